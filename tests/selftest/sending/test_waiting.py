"""Waiting: what a server asks for, the rate, turns, the deadline, and being cancelled."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.hostile.peers import CHUNKED, OK, SOUND, Peer, in_parts, serve, then_stay
from tests.selftest.sending.asking import BUSY, CREDENTIALS, GATEWAY, TOO_MANY, Sleeper, asked

from customers_conformance.model import PLAIN, Limits, Probe
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.target import Target


def test_503_with_retry_after_is_waited_for_once_and_the_second_answer_counts() -> None:
    sleeper = Sleeper()
    exchange, heads = asked(BUSY % b"3", SOUND, probe=Probe("p"), sleeper=sleeper)
    assert exchange.response is not None
    assert exchange.response.status == 200
    assert exchange.comment == "sent again after 3 s: the first answer was 503"
    assert sleeper.slept == [3]
    assert len(heads) == 2
    exchange, heads = asked(BUSY % b"3", probe=Probe("p"))
    assert exchange.response is not None
    assert exchange.response.status == 503
    assert len(heads) == 2


@pytest.mark.parametrize(
    "value, waited",
    [
        (b"0", []),
        (b"61", [60]),
        (b"9" * 5000, [60]),
        (b"-1", []),
        (b"soon", []),
        (b"1e3", []),
        (b"", []),
        (b"Wed, 21 Oct 2015 07:28:00 GMT", []),
        (b"Wed, 21 Oct 2015 07:28:00 -0000", []),
        (b"Wed, 21 Oct 9999 07:28:00 GMT", [60]),
        (b"Wed, 99 Oct 2015 99:28:00 GMT", []),
    ],
)
def test_retry_after_is_waited_for_within_bounds(value: bytes, waited: list[float]) -> None:
    sleeper = Sleeper()
    asked(BUSY % value, SOUND, probe=Probe("p"), sleeper=sleeper)
    assert sleeper.slept == waited


def test_retry_after_may_be_a_date() -> None:
    sleeper = Sleeper()
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True).encode()
    asked(BUSY.replace(b"503", b"429") % when, SOUND, probe=Probe("p"), sleeper=sleeper)
    assert 25 < sleeper.slept[0] <= 30


def test_nothing_is_waited_for_beyond_the_deadline() -> None:
    sleeper = Sleeper()
    exchange, heads = asked(BUSY % b"30", SOUND, limits=Limits(deadline=20), sleeper=sleeper)
    assert exchange.response is not None
    assert exchange.response.status == 503
    assert sleeper.slept == []
    assert len(heads) == 1


def test_a_gateway_error_is_waited_for_at_the_first_plain_request_only() -> None:
    async def run() -> None:
        sleeper = Sleeper()
        async with serve(GATEWAY) as server, Target(parse_url(server.url()), CREDENTIALS, sleep=sleeper) as target:
            await target.send(Probe("other"), 0)
            assert sleeper.slept == []
            await target.send(PLAIN, 1)
            await target.send(PLAIN, 2)
            assert sleeper.slept == [1]
            assert len(server.requests) == 4

    asyncio.run(run())


def test_429_is_waited_for_once_even_where_it_names_no_time() -> None:
    sleeper = Sleeper()
    exchange, heads = asked(TOO_MANY, SOUND, probe=Probe("p"), sleeper=sleeper)
    assert exchange.response is not None
    assert exchange.response.status == 200
    assert exchange.comment == "sent again after 0.25 s: the first answer was 429"
    assert len(heads) == 2
    assert len(sleeper.slept) == 1
    _, heads = asked(TOO_MANY, probe=Probe("p"))
    assert len(heads) == 2


def test_the_pause_grows_with_each_429_up_to_a_bound_and_is_kept() -> None:
    async def run() -> None:
        sleeper = Sleeper()
        script = (*[TOO_MANY] * 8, SOUND)
        async with serve(*script) as server, Target(parse_url(server.url()), CREDENTIALS, sleep=sleeper) as target:
            exchanges = [await target.send(Probe("p"), at) for at in range(6)]
            assert [exchange.response.status for exchange in exchanges if exchange.response] == [429] * 4 + [200] * 2
            assert sleeper.slept == [0.2, 0.5, 1, 2, 2, 2, 2, 2, 2]
            assert target.slowdown is not None
            assert target.slowdown.status == 429
            assert 13 < target.slowdown.waited < 14

    asyncio.run(run())


def test_after_a_429_requests_are_sent_one_at_a_time() -> None:
    async def run() -> None:
        running = most = 0

        async def slow(peer: Peer) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1
            await peer.send(SOUND)

        async with (
            serve(TOO_MANY, slow) as server,
            Target(parse_url(server.url()), CREDENTIALS, sleep=Sleeper()) as target,
        ):
            exchanges = [await target.send(Probe("p"), 0)]
            exchanges += await asyncio.gather(*(target.send(Probe("p"), at) for at in range(1, 9)))
            assert most == 1
            assert all(exchange.response and exchange.response.status == 200 for exchange in exchanges)

    asyncio.run(run())


def test_requests_made_at_the_same_time_are_all_made_again_where_one_is_refused() -> None:
    async def run() -> None:
        running = most = 0

        async def slow(peer: Peer) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.1)
            running -= 1
            await peer.send(SOUND)

        async with (
            serve(TOO_MANY, SOUND, SOUND, SOUND, slow) as server,
            Target(parse_url(server.url()), CREDENTIALS, sleep=Sleeper()) as target,
        ):
            exchanges = await target.send_together(PLAIN, range(4))
            assert [exchange.index for exchange in exchanges] == [0, 1, 2, 3]
            assert all(exchange.response and exchange.response.status == 200 for exchange in exchanges)
            firsts = [exchange.comment.rpartition(" ")[2] for exchange in exchanges]
            assert sorted(firsts) == ["200", "200", "200", "429"]
            assert most == 4
            assert target.ledger.requests == 8

    asyncio.run(run())


def test_what_cannot_leave_before_the_deadline_cuts_the_run_short() -> None:
    async def run() -> None:
        limits = Limits(rate=0.01, deadline=50)
        async with serve(SOUND) as server, Target(parse_url(server.url()), CREDENTIALS, limits) as target:
            await target.send(PLAIN, 0)
            assert target.deadline_left() > 0
            await target.send(PLAIN, 1)
            assert target.deadline_left() == 0

    asyncio.run(run())


def test_requests_are_spaced_by_the_rate() -> None:
    async def run() -> None:
        sleeper = Sleeper()
        limits = Limits(rate=10)
        async with (
            serve(SOUND) as server,
            Target(parse_url(server.url()), CREDENTIALS, limits, sleep=sleeper) as target,
        ):
            await asyncio.gather(*(target.send(PLAIN, at) for at in range(4)))
        # The first leaves at once; each further one waits while the clock is set forward for the one before.
        assert sleeper.slept == [0.1, 0.1, 0.1]

    asyncio.run(run())


def test_no_more_requests_run_at_one_time_than_allowed() -> None:
    async def run() -> None:
        running: list[int] = []
        most = 0

        async def slow(peer: Peer) -> None:
            nonlocal most
            running.append(1)
            most = max(most, len(running))
            await asyncio.sleep(0.02)
            running.pop()
            await peer.send(SOUND)

        limits = Limits(concurrency=3)
        async with serve(slow) as server, Target(parse_url(server.url()), CREDENTIALS, limits) as target:
            exchanges = await asyncio.gather(*(target.send(PLAIN, at) for at in range(9)))
        assert most == 3
        assert all(exchange.response for exchange in exchanges)

    asyncio.run(run())


def test_waiting_for_a_turn_does_not_count_against_the_timeout() -> None:
    async def run() -> None:
        limits = Limits(timeout=0.4, concurrency=1)
        script = in_parts(b"", SOUND, pause=0.15)
        async with serve(script) as server, Target(parse_url(server.url()), CREDENTIALS, limits) as target:
            exchanges = await asyncio.gather(*(target.send(PLAIN, at) for at in range(4)))
        assert all(exchange.response for exchange in exchanges)

    asyncio.run(run())


def test_the_deadline_ends_what_runs_and_what_waits() -> None:
    async def run() -> None:
        limits = Limits(timeout=9, deadline=0.3, concurrency=2)
        begun = time.monotonic()
        async with serve(then_stay(OK)) as server, Target(parse_url(server.url()), CREDENTIALS, limits) as target:
            exchanges = await asyncio.gather(*(target.send(PLAIN, at) for at in range(5)))
            assert target.deadline_left() == 0
            assert (await target.send(PLAIN, 9)).error == "the run's deadline of 0.3 s was reached"
            assert len(server.requests) == 2
        assert {exchange.error for exchange in exchanges} == {"the run's deadline of 0.3 s was reached"}
        assert time.monotonic() - begun < 2

    asyncio.run(run())


def test_the_rate_never_leads_beyond_the_deadline() -> None:
    async def run() -> None:
        limits = Limits(rate=0.01, deadline=50)
        async with serve(SOUND) as server, Target(parse_url(server.url()), CREDENTIALS, limits) as target:
            assert (await target.send(PLAIN, 0)).response
            assert (await target.send(PLAIN, 1)).error == "the run's deadline of 50 s was reached"
            assert len(server.requests) == 1

    asyncio.run(run())


def test_cancelling_ends_all_at_once_and_leaves_no_task() -> None:
    async def run() -> float:
        arrived = asyncio.Semaphore(0)

        async def script(peer: Peer) -> None:
            arrived.release()
            await then_stay(CHUNKED)(peer)

        async with serve(script) as server, Target(parse_url(server.url()), CREDENTIALS) as target:
            sending = [asyncio.ensure_future(target.send(PLAIN, at)) for at in range(20)]
            for _ in range(8):
                await arrived.acquire()
            begun = time.monotonic()
            for task in sending:
                task.cancel()
            results = await asyncio.gather(*sending, return_exceptions=True)
            assert all(isinstance(result, asyncio.CancelledError) for result in results)
            return time.monotonic() - begun

    assert asyncio.run(run()) < 1


def test_a_reader_that_waits_for_room_has_its_clock_stopped() -> None:
    async def run() -> None:
        size = 300_000
        heads = OK + b"Content-Length: %d\r\n\r\n" % size

        async def other(peer: Peer) -> None:
            await peer.send(heads + b"b" * (size - 1))
            await asyncio.sleep(0.3)
            await peer.send(b"b")

        limits = Limits(timeout=0.5, max_body=size)
        async with (
            serve(heads + b"a" * size, other) as server,
            Target(parse_url(server.url()), CREDENTIALS, limits) as target,
        ):
            first = await target.send(PLAIN, 0)
            others = await asyncio.gather(*(target.send(PLAIN, at) for at in range(1, 5)))
            bodies = [exchange.response.body for exchange in (first, *others) if exchange.response]
            assert len(bodies) == 5
            assert [body.cut for body in bodies] == [None] * 5
            assert len({id(body.content) for body in bodies}) == 2

    asyncio.run(run())


def test_the_deadline_ends_a_reader_that_waits_for_room() -> None:
    async def run() -> None:
        size = 300_000
        head = OK + b"Content-Length: %d\r\n\r\n" % size
        limits = Limits(timeout=9, deadline=0.5, max_body=size)
        scripts = (head + b"a" * size, then_stay(head + b"b" * (size - 1)))
        async with serve(*scripts) as server, Target(parse_url(server.url()), CREDENTIALS, limits) as target:
            assert (await target.send(PLAIN, 0)).response
            waiting = await asyncio.gather(*(target.send(PLAIN, at) for at in range(1, 4)))
        assert {exchange.error for exchange in waiting} == {"the run's deadline of 0.5 s was reached"}

    asyncio.run(run())


def test_nothing_is_sent_in_the_time_that_is_reserved_for_what_is_kept() -> None:
    async def run() -> None:
        async with (
            serve(OK + b"Content-Length: 2\r\n\r\n{}") as server,
            Target(
                parse_url(server.url()),
                CREDENTIALS,
                Limits(deadline=50),
                reserve=lambda kept, _arriving: 60.0 if kept else 10.0,
            ) as target,
        ):
            assert 39 < target.deadline_left() <= 40
            assert (await target.send(PLAIN, 0)).response
            assert target.deadline_left() == 0
            assert not target.cut_short
            assert (await target.send(PLAIN, 1)).error == target.overdue == "the run's deadline of 50 s was reached"
            assert target.cut_short
            assert len(server.requests) == 1

    asyncio.run(run())


def test_a_body_that_grows_ends_all_that_is_under_way_where_there_is_no_time_for_it() -> None:
    async def run() -> None:
        size = 300_000
        head = OK + b"Content-Length: %d\r\n\r\n" % size
        scripts = (then_stay(head), then_stay(head + b"b" * (size - 1)))
        arrived: list[int] = []
        async with (
            serve(*scripts) as server,
            Target(
                parse_url(server.url()),
                CREDENTIALS,
                Limits(timeout=40, deadline=50),
                arrived=arrived.append,
                reserve=lambda _kept, arriving: 60.0 if arriving > size // 2 else 0.0,
            ) as target,
        ):
            both = await asyncio.gather(*(target.send(PLAIN, at) for at in range(2)))
            assert {exchange.error for exchange in both} == {target.overdue}
            assert size // 2 < sum(arrived) < size
            # What was held of it is let go of, and the run ends all the same.
            assert target.deadline_left() == 0

    asyncio.run(run())


def test_no_more_are_sent_at_one_time_once_that_is_narrowed() -> None:
    async def run() -> None:
        under_way = most = 0

        async def script(peer: Peer) -> None:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            await peer.send(SOUND)

        async with serve(script) as server, Target(parse_url(server.url()), CREDENTIALS) as target:
            target.narrow(1)
            exchanges = await asyncio.gather(*(target.send(PLAIN, at) for at in range(6)))
        assert all(exchange.response for exchange in exchanges)
        assert most == 1

    asyncio.run(run())
