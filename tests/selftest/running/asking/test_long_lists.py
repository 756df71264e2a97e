"""A long list is asked less, and every requirement is judged on it all the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.selftest.running.leaping import leap

from customers_conformance.model import PLAIN, Body, Exchange, Limits, Request, Response, Verdict
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reference.faults import FAULTS
from customers_conformance.running import run
from customers_conformance.running.asking import long_lists
from customers_conformance.running.asking.long_lists import LongList
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from customers_conformance.model import Run

ODD = ("odd-header-unknown", "odd-header-cookie", "odd-header-content-type")


def chosen(**options: Any) -> Settings:
    return Settings(**{"url": "http://127.0.0.1:1", "key": DEFAULT_KEY, "seed": 1, "settle": 0.0, **options})


def conducted(application: Any = None, **options: Any) -> Run:
    app = application or create_app(customers=2)
    return run.conduct(chosen(**options), transport=httpx.ASGITransport(app=app))


def verdicts(found: Run) -> dict[str, Verdict]:
    return {j.requirement.id: j.verdict for j in found.judgements}


def asked(found: Run) -> Counter[str]:
    return Counter(exchange.probe for exchange in found.exchanges)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list of two customers is long."""
    monkeypatch.setattr(long_lists, "LONG", 10_000)


@pytest.mark.usefixtures("long")
def test_a_long_list_is_asked_less_and_every_requirement_is_judged_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    found = conducted()
    monkeypatch.undo()
    as_ever = conducted()
    assert verdicts(found) == verdicts(as_ever)
    assert found.complete
    fewer = asked(as_ever) - asked(found)
    assert set(ODD) < set(fewer)
    assert len(found.exchanges) < len(as_ever.exchanges) - 20
    assert asked(found)["odd-headers"] == 1
    assert sum(number for name, number in asked(found).items() if name.startswith("generated")) <= long_lists.EXAMPLES
    # What stands for nine requests is seen as one.
    seen = {j.requirement.id: j.observed for j in found.judgements}["CUST-ROB-003"]
    assert seen["exchanges"] < 9


def test_the_headers_of_one_request_are_those_of_all_that_it_stands_for() -> None:
    plan = run._plan(chosen())
    (one,) = plan.in_one
    stood_for = [probe for probe in plan.independent if probe.name in one.stands_for]
    assert len(stood_for) == 9
    assert one.headers == tuple(field for probe in stood_for for field in probe.headers)
    assert one not in plan.probes(8)


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("fault", [one.name for one in FAULTS if one.breaks == "CUST-ROB-003"])
def test_every_fault_that_an_odd_header_shows_is_found_on_a_long_list(fault: str) -> None:
    found = conducted(create_app(customers=2, fault=fault), only=("CUST-ROB-003",))
    assert verdicts(found) == {"CUST-ROB-003": Verdict.FAIL}


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    "fault,probes",
    [
        ("language-gets-404", {"odd-headers", "odd-header-language"}),
        # One request with all of them may be answered so, for another header's sake.
        ("empty-header-gets-431", {"odd-header-empty"}),
    ],
)
def test_the_header_that_breaks_a_long_list_is_named(fault: str, probes: set[str]) -> None:
    found = conducted(create_app(customers=2, fault=fault), only=("CUST-ROB-003",), examples=0)
    assert {finding.probe for judgement in found.judgements for finding in judgement.findings} == probes
    assert asked(found)["odd-header-unknown"] == 1


@pytest.mark.usefixtures("long")
def test_a_recording_of_a_long_list_gives_the_verdicts_of_its_run(tmp_path: Any) -> None:
    transport = httpx.ASGITransport(app=create_app(customers=2))
    found = run.execute(chosen(out=tmp_path), transport=transport)
    assert verdicts(run.conduct(Settings(har=tmp_path / "evidence.har"))) == verdicts(found)


@pytest.mark.usefixtures("long")
def test_a_slow_long_list_is_asked_for_no_more_often_at_one_time_than_it_comes_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leap(monkeypatch)
    under_way, most = 0, 0
    reference = create_app(customers=2)

    async def shared(scope: Any, receive: Any, send: Any) -> None:
        """One link for all: so many at one time take so many times as long."""
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(20):
            await asyncio.sleep(0.1 * under_way)
        under_way -= 1
        await reference(scope, receive, send)

    found = conducted(shared, timeout=10.0, only=("CUST-ROB-002", "CUST-AUTH-002"), examples=0)
    assert most == 2
    assert {exchange.error for exchange in found.exchanges} == {None}
    assert verdicts(found)["CUST-ROB-002"] is Verdict.PASS
    assert asked(found)["together"] == 2


@pytest.mark.parametrize(
    "seconds,room,concurrency,at_once,crowd",
    [
        (0.1, 1000, 8, 8, 8),
        (1.0, 1000, 8, 5, 5),
        (4.9, 1000, 8, 1, 2),
        (60.0, 1000, 8, 1, 2),
        (0.1, 35, 8, 8, 3),
        (0.1, 0, 8, 8, 2),
        (0.1, 1000, 1, 1, 1),
        (0.0, 1000, 8, 8, 8),
    ],
)
def test_as_many_are_made_at_one_time_as_the_link_and_the_memory_bear(
    seconds: float, room: int, concurrency: int, at_once: int, crowd: int
) -> None:
    limits = Limits(timeout=10.0, concurrency=concurrency)
    found = LongList(10, seconds)
    assert (found.at_once(limits), found.crowd(limits, room)) == (at_once, crowd)


def answered(**changes: Any) -> Exchange:
    response = Response(200, "OK", "HTTP/1.1", (("Content-Type", "application/json"), ("Date", "now")), Body(b"{}"))
    request = Request("GET", "http://127.0.0.1", (), (), PLAIN.credential)
    return Exchange(0, PLAIN.name, request, replace(response, **changes))


@pytest.mark.parametrize(
    "changes,alike",
    [
        ({"headers": (("date", "later"), ("content-type", "application/json"))}, True),
        ({"status": 201}, False),
        ({"body": Body(b"[]")}, False),
        ({"body": Body(b"{}", cut="cut")}, False),
        ({"headers": (("Content-Type", "text/html"), ("Date", "now"))}, False),
        ({"headers": (("Content-Type", "application/json"), ("Set-Cookie", "a=b"))}, False),
    ],
)
def test_an_answer_is_like_another_in_status_body_and_fields(changes: dict[str, Any], alike: bool) -> None:  # noqa: FBT001
    assert long_lists.alike(answered(**changes), answered()) is alike


def test_no_answer_is_like_none() -> None:
    silent = replace(answered(), response=None)
    assert not long_lists.alike(silent, answered())
    assert not long_lists.alike(answered(), silent)
    assert not long_lists.alike(None, answered())
    assert long_lists.of(silent, 1.0) is None
