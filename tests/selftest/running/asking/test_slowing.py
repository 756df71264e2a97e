"""Slowing down: a run against servers that let so many requests a second through, on a clock that leaps."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.selftest.running.leaping import leap

from customers_conformance.model import Outcome, Verdict
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.running import run
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from customers_conformance.model import Run


@pytest.fixture(autouse=True)
def leaping(monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)


class Bucket:
    """The reference server behind a bucket of tokens: ``burst`` at once, ``rate`` a second; else 429."""

    def __init__(self, rate: float, burst: int, status: int = 429, retry_after: str | None = None) -> None:
        self._application = create_app(customers=2)
        self._rate, self._burst = rate, burst
        self._tokens, self._filled = float(burst), 0.0
        self._refused_at = 0.0
        self._status = status
        self._headers = [(b"date", formatdate(usegmt=True).encode())]
        if retry_after is not None:
            self._headers.append((b"retry-after", retry_after.encode()))
        self.asked = self.refused = self.running = 0
        #: How many were under way at one time, at the most, of those that came after the first refusals were told.
        self.most_after = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        now = asyncio.get_running_loop().time()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        self.asked += 1
        self.running += 1
        if self.refused and now > self._refused_at:
            self.most_after = max(self.most_after, self.running)
        await asyncio.sleep(0)
        try:
            if self._tokens >= 1:
                self._tokens -= 1
                await self._application(scope, receive, send)
            else:
                self._refused_at = now if not self.refused else self._refused_at
                self.refused += 1
                await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
                await send({"type": "http.response.body", "body": b""})
        finally:
            self.running -= 1


def chosen(**options: Any) -> Settings:
    return Settings(**{"url": "http://127.0.0.1:1", "key": DEFAULT_KEY, "seed": 1, "examples": 0, **options})


def conducted(application: Any, **options: Any) -> Run:
    return run.conduct(chosen(**options), transport=httpx.ASGITransport(app=application))


def differing(found: Run, without_limit: Run) -> dict[str, tuple[Verdict, str | None]]:
    """What has another verdict than without the limit."""
    expected = {judgement.requirement.id: judgement.verdict for judgement in without_limit.judgements}
    return {
        judgement.requirement.id: (judgement.verdict, judgement.reason)
        for judgement in found.judgements
        if judgement.verdict is not expected[judgement.requirement.id]
    }


LIMITS = [(429, None), (429, "1"), (429, "0"), (429, "soon"), (503, "1")]


@pytest.mark.parametrize("status, retry_after", LIMITS)
def test_a_rate_limit_changes_no_verdict_where_it_lets_a_crowd_through(status: int, retry_after: str | None) -> None:
    begun = time.monotonic()
    limited = Bucket(10, 10, status, retry_after)
    found = conducted(limited)
    assert limited.refused
    assert differing(found, conducted(create_app(customers=2))) == {}
    # What was waited for is only on the clock that leaps.
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("status, retry_after", LIMITS)
def test_a_crowd_that_a_limit_never_lets_through_is_unverified_and_told_why(
    status: int, retry_after: str | None
) -> None:
    found = conducted(Bucket(10, 5, status, retry_after))
    other = differing(found, conducted(create_app(customers=2)))
    assert other.keys() == {"CUST-AUTH-001", "CUST-ROB-002"} | ({"CUST-ROB-001"} if status == 503 else set())
    for verdict, reason in other.values():
        assert verdict is Verdict.UNVERIFIED
        assert reason is not None
        assert f"the target asked to wait ({status}) on together" in reason
        assert "ask it less often (--rate), or for fewer at one time (--concurrency)" in reason
    assert found.outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize("options", [{"rate": 8}, {"concurrency": 5}])
def test_the_advice_gives_the_verdicts_of_a_target_without_the_limit(options: dict[str, Any]) -> None:
    found = conducted(Bucket(10, 5), **options)
    assert differing(found, conducted(create_app(customers=2))) == {}
    assert bool(found.warnings) is ("rate" not in options)


def test_the_run_says_that_it_slowed_down_and_goes_on_one_request_at_a_time() -> None:
    told: list[str] = []
    limited = Bucket(2, 3, retry_after="7")
    settings = chosen(skip=("CUST-HTTP-001", "CUST-ROB-002"))
    found = run.conduct(settings, told.append, transport=httpx.ASGITransport(app=limited))
    assert limited.refused
    assert limited.most_after == 1
    assert "waiting 7 s, as the target asks (429)" in told
    assert "the target asks to be asked less often (429): one request at a time from here on" in told
    (warning,) = found.warnings
    assert warning.startswith("The target asked to be asked less often (429): from then on the run sent one request")
    assert "--rate" in warning


def test_a_run_that_met_no_limit_says_nothing_of_it() -> None:
    assert conducted(Bucket(1000, 1000)).warnings == ()


@pytest.mark.parametrize("retry_after", [None, "0", "1", "7", "60", "9999"])
def test_a_target_that_refuses_for_ever_is_not_waited_for_until_the_deadline(retry_after: str | None) -> None:
    limited = Bucket(0, 1, 429, retry_after)
    found = conducted(limited)
    assert found.complete
    assert found.outcome is Outcome.INCOMPLETE
    (warning,) = found.warnings
    assert "After 30 s without any other answer the run waited no more." in warning


@pytest.mark.parametrize("bucket", [(10, 5), (10, 1), (2, 1), (0, 1), (0, 0)])
@pytest.mark.parametrize("retry_after", [None, "0", "1"])
def test_a_run_that_slows_down_never_sends_more_than_its_plan_says(
    bucket: tuple[float, int], retry_after: str | None
) -> None:
    limited = Bucket(*bucket, retry_after=retry_after)
    settings = chosen()
    found = run.conduct(settings, transport=httpx.ASGITransport(app=limited))
    assert found.ledger is not None
    assert found.ledger.requests == limited.asked <= len(run.plan(settings)) + run.further(settings)


def test_waiting_never_leads_beyond_the_deadline() -> None:
    found = conducted(Bucket(0.5, 1), deadline=20)
    assert not found.complete
    assert found.outcome is Outcome.INVALID
    assert any("--rate" in warning for warning in found.warnings)
