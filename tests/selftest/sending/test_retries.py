"""Asking again: what is, how far apart and how often, what counts in the end, and what is told of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.hostile.peers import OK, SOUND, Peer, serve, then_reset, then_stay
from tests.selftest.sending.asking import BUSY, CREDENTIALS, GATEWAY, QUICK, TOO_MANY, Sleeper

from customers_conformance.model import Attempt, Limits, Probe, Role
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.model import Exchange

    Script = bytes | Callable[[Peer], object]

UNAVAILABLE = GATEWAY.replace(b"502 Bad Gateway", b"503 Unavailable")
LATE = GATEWAY.replace(b"502 Bad Gateway", b"504 Timeout")
FAILED = GATEWAY.replace(b"502 Bad Gateway", b"500 Failed")
BEGUN = OK + b"Content-Length: 9\r\n\r\n{"
PROBE = Probe("p")


async def closed(_peer: Peer) -> None:
    """Closes without an answer."""


def asked(
    *scripts: Script,
    retries: int = 3,
    limits: Limits = QUICK,
    sleeper: Sleeper | None = None,
) -> tuple[Exchange, int]:
    """Ask a server with retries; the exchange, and how many requests arrived."""

    async def run() -> tuple[Exchange, int]:
        async with serve(*scripts) as server:  # type: ignore[arg-type]
            origin = parse_url(server.url())
            async with Target(origin, CREDENTIALS, limits, sleep=sleeper or Sleeper(), retries=retries) as target:
                return await target.send(PROBE, 7), len(server.requests)

    return asyncio.run(run())


def status(exchange: Exchange) -> int | None:
    return exchange.response.status if exchange.response else None


@pytest.mark.parametrize(
    "script, met",
    [
        (GATEWAY, Attempt(502)),
        (UNAVAILABLE, Attempt(503)),
        (LATE, Attempt(504)),
        (TOO_MANY, Attempt(429)),
        (BUSY % b"0", Attempt(503, asks_to_wait=True)),
        (closed, Attempt(None, "the connection was closed without an answer")),
        (
            then_reset(BEGUN),
            Attempt(None, "the connection was reset before the answer ended"),
        ),
        (then_stay(b""), Attempt(None, "no answer within 0.3 s")),
        (then_stay(OK + b"Content-Length: 9\r\n\r\n{"), Attempt(None, "the answer did not end within 0.3 s")),
    ],
)
def test_what_may_pass_is_asked_again_and_told(script: Script, met: Attempt) -> None:
    exchange, times = asked(script, script, SOUND)
    assert (status(exchange), times) == (200, 3)
    assert exchange.retried == (met, met)
    assert exchange.mended
    assert exchange.comment == f"asked again, for these came of it: {met.says}, {met.says}"


@pytest.mark.parametrize(
    "script",
    [
        SOUND,
        FAILED,
        b"nonsense\r\n\r\n",
        OK + b"Content-Length: 9\r\n\r\n{}",
        OK + b"".join(b"X-%d: %s\r\n" % (number, b"a" * 4000) for number in range(20)) + b"\r\n",
    ],
)
def test_an_answer_that_is_the_servers_own_is_asked_for_once(script: Script) -> None:
    exchange, times = asked(script)
    assert times == 1
    assert exchange.retried == ()
    assert not exchange.mended


def test_each_time_is_twice_as_far_apart_up_to_a_bound() -> None:
    sleeper = Sleeper()
    exchange, times = asked(GATEWAY, retries=7, sleeper=sleeper)
    assert (status(exchange), times) == (502, 8)
    assert sleeper.slept == [0.5, 1, 2, 4, 8, 8, 8]
    assert exchange.retried == (Attempt(502),) * 7
    assert not exchange.mended


def test_nothing_is_asked_again_beyond_the_deadline() -> None:
    sleeper = Sleeper()
    _, times = asked(GATEWAY, retries=7, sleeper=sleeper, limits=Limits(timeout=0.3, deadline=4))
    assert times == 4
    assert sleeper.slept == [0.5, 1, 2]


def test_a_server_that_cannot_be_reached_is_asked_again() -> None:
    async def run() -> tuple[Exchange, list[float]]:
        async with serve(SOUND) as server:
            url = server.url()
        sleeper = Sleeper()
        async with Target(parse_url(url), CREDENTIALS, sleep=sleeper, retries=2) as target:
            return await target.send(PROBE, 0), sleeper.slept

    exchange, slept = asyncio.run(run())
    assert len(exchange.retried) == 2
    assert slept == [0.5, 1]


def test_a_name_that_does_not_resolve_is_not_asked_again() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError

    async def run() -> Exchange:
        async with Target(parse_url("http://absent.example"), CREDENTIALS, retries=3, resolver=unknown) as target:
            return await target.send(PROBE, 0)

    exchange = asyncio.run(run())
    assert exchange.error == "the name absent.example does not resolve"
    assert exchange.retried == ()


def test_a_wait_that_the_server_asked_for_is_waited_for_as_often_as_retries_are_asked_for() -> None:
    sleeper = Sleeper()
    exchange, times = asked(*[BUSY % b"3"] * 3, SOUND, sleeper=sleeper)
    assert (status(exchange), times) == (200, 4)
    assert sleeper.slept == [3, 3, 3]
    exchange, times = asked(BUSY % b"3", retries=2)
    assert (status(exchange), times) == (503, 3)


def test_without_retries_what_is_waited_for_once_is_not_told_as_asked_again() -> None:
    exchange, times = asked(BUSY % b"3", SOUND, retries=0)
    assert (status(exchange), times) == (200, 2)
    assert exchange.retried == ()
    assert exchange.comment == "sent again after 3 s: the first answer was 503"
    for script in (GATEWAY, closed):
        exchange, times = asked(script, retries=0)
        assert times == 1
        assert exchange.retried == ()


def together(*scripts: Script, retries: int) -> tuple[list[Exchange], int]:
    """Ask three times at the same time; the exchanges, and how many requests arrived."""
    crowd = Probe("crowd", role=Role.TOGETHER)

    async def run() -> tuple[list[Exchange], int]:
        async with serve(*scripts) as server:  # type: ignore[arg-type]
            origin = parse_url(server.url())
            async with Target(origin, CREDENTIALS, QUICK, sleep=Sleeper(), retries=retries) as target:
                return await target.send_together(crowd, range(3)), len(server.requests)

    return asyncio.run(run())


def test_what_is_asked_at_one_time_is_asked_again_at_one_time_and_each_last_answer_counts() -> None:
    exchanges, times = together(SOUND, GATEWAY, SOUND, SOUND, SOUND, closed, SOUND, retries=3)
    # The second failure may meet the one that lacks an answer, or one of its company.
    assert times in {6, 9}
    assert [status(exchange) for exchange in exchanges] == [200, 200, 200]
    met = sorted(each.says for exchange in exchanges for each in exchange.retried)
    assert met == ["502", "no answer: the connection was closed without an answer"]


def test_an_answer_in_company_counts_though_it_is_none_that_one_would_want() -> None:
    exchanges, _ = together(GATEWAY, SOUND, SOUND, FAILED, retries=3)
    assert [status(exchange) for exchange in exchanges] == [500, 500, 500]


def test_what_is_asked_at_one_time_in_vain_says_so() -> None:
    exchanges, times = together(GATEWAY, retries=2)
    assert times == 9
    assert all(exchange.retried == (Attempt(502), Attempt(502)) and not exchange.mended for exchange in exchanges)
