"""Retries: runs against a server that drops some connections and answers some requests 503, on a clock that leaps."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.selftest.running.leaping import leap

from customers_conformance.model import Outcome, Verdict
from customers_conformance.proving.verifying import verified
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.running import run
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from customers_conformance.model import Judgement, Run


@pytest.fixture(autouse=True)
def leaping(monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)


class Flaky:
    """The reference server behind a network that drops a share of the connections, and a gateway that answers 503."""

    def __init__(self, seed: int, share: float = 0.05) -> None:
        self._application = create_app(customers=2)
        self._chance = random.Random(seed)  # noqa: S311 - no secret comes of it
        self._share = share
        self.asked = self.dropped = self.refused = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        chance = self._chance.random()
        if chance < self._share:
            self.dropped += 1
            raise ConnectionResetError
        if chance < 2 * self._share:
            self.refused += 1
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._application(scope, receive, send)


def chosen(**options: Any) -> Settings:
    return Settings(**{"url": "http://127.0.0.1:1", "key": DEFAULT_KEY, "seed": 1, "settle": 0.5, **options})


def conducted(application: Any, **options: Any) -> Run:
    return run.conduct(chosen(**options), transport=httpx.ASGITransport(app=application))


def of(found: Run, requirement: str) -> Judgement:
    return next(each for each in found.judgements if each.requirement.id == requirement)


def verdicts(found: Run) -> dict[str, Verdict]:
    return {each.requirement.id: each.verdict for each in found.judgements}


def test_with_retries_a_flaky_server_has_the_same_outcome_in_ten_of_ten_runs_and_the_probes_are_named() -> None:
    sound = conducted(Flaky(0, 0.0), examples=0)
    for seed in range(10):
        flaky = Flaky(seed)
        found = conducted(flaky, examples=0, retries=3)
        assert found.outcome is sound.outcome
        assert verdicts(found) == verdicts(sound) | {"CUST-ROB-001": Verdict.WARN}
        met = [each for one in found.flaky for each in one.met]
        assert all(one.mended and one.probe for one in found.flaky)
        assert met.count("503") == flaky.refused
        assert len(met) == flaky.refused + flaky.dropped > 3
        assert of(found, "CUST-ROB-001").findings_total == len(met)


def test_without_retries_nothing_is_hidden_and_nothing_is_told_of_them() -> None:
    found = conducted(Flaky(1))
    assert found.outcome is Outcome.NONCONFORMANT
    assert of(found, "CUST-ROB-001").verdict is Verdict.FAIL
    assert found.flaky == ()


def test_retries_of_a_sound_server_change_nothing() -> None:
    sound = conducted(Flaky(1, 0.0), retries=3)
    assert sound.flaky == ()
    assert verdicts(sound) == verdicts(conducted(Flaky(1, 0.0)))
    assert of(sound, "CUST-ROB-001").verdict is Verdict.PASS


def test_strict_holds_against_a_server_what_a_retry_mended() -> None:
    assert conducted(Flaky(1), retries=3, strict=True).outcome is Outcome.NONCONFORMANT


def test_what_no_retry_mended_is_judged_as_ever() -> None:
    found = conducted(Flaky(5, 0.2), retries=1, examples=0)
    refused = [one for one in found.flaky if not one.mended and found.exchanges[one.exchange].response is not None]
    assert refused
    judgement = of(found, "CUST-ROB-001")
    assert judgement.verdict is Verdict.FAIL
    assert {one.exchange for one in refused} <= {finding.exchange for finding in judgement.findings}
    assert not {one.exchange for one in found.flaky if one.mended} & {found.exchange for found in judgement.findings}


def test_a_server_that_never_answers_is_asked_so_often_and_the_run_is_invalid() -> None:
    flaky = Flaky(1, 1.0)
    found = conducted(flaky, retries=3)
    assert found.outcome is Outcome.INVALID
    assert flaky.asked == 4


@pytest.mark.parametrize("retries", [0, 1, 3])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.49])
def test_a_run_never_sends_more_than_its_plan_says(retries: int, share: float) -> None:
    flaky = Flaky(3, share)
    settings = chosen(retries=retries, examples=5)
    found = run.conduct(settings, transport=httpx.ASGITransport(app=flaky))
    assert found.ledger is not None
    assert found.ledger.requests == flaky.asked <= len(run.plan(settings)) + run.further(settings)


def test_the_evidence_carries_what_was_asked_again_and_gives_the_same_verdicts(tmp_path: Path) -> None:
    live = run.execute(chosen(retries=3, out=tmp_path / "live"), transport=httpx.ASGITransport(app=Flaky(4)))
    again = run.execute(Settings(har=tmp_path / "live" / "evidence.har", out=tmp_path / "again"))
    assert live.flaky
    assert again.flaky == live.flaky
    assert [each.verdict for each in again.judgements] == [each.verdict for each in live.judgements]
    assert of(again, "CUST-ROB-001").findings == of(live, "CUST-ROB-001").findings
    assert not verified(tmp_path / "live").differences
    assert not verified(tmp_path / "again").differences
    told = json.loads((tmp_path / "live" / "report.json").read_text("utf-8"))
    assert told["run"]["options"]["retries"] == 3
    assert told["flaky"] == [
        {"probe": one.probe, "exchange": one.exchange, "met": list(one.met), "mended": True} for one in live.flaky
    ]
