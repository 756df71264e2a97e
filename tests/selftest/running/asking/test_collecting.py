"""Collecting: what is asked again, and what an earlier answer gives to a later request."""

from __future__ import annotations

from typing import Any

import httpx
from tests.selftest.made import crowd, evidence, said

from customers_conformance.judging.registry import CONTROLS, VIEW, Check
from customers_conformance.model import Verdict
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reference.behaviour import Behaviour, Call, Variant
from customers_conformance.running import run
from customers_conformance.running.asking.collecting import _is_unsettled, active_virtual_key
from customers_conformance.running.settings import Settings


def conducted(value: Any, settle: float, *only: str) -> Any:
    chosen = Settings(url="http://127.0.0.1:1", key=DEFAULT_KEY, seed=1, examples=0, settle=settle, only=only)
    behaviour = Behaviour(value=value)
    application = create_app(customers=2, variant=Variant("changing", "changes", behaviour))
    return run.conduct(chosen, transport=httpx.ASGITransport(app=application))


def test_what_has_not_settled_is_asked_again_until_it_has() -> None:
    def lagging(call: Call, value: Any) -> None:
        if call.shows_memory and call.read < 6:
            value["customers"].pop()
            value["count"] -= 1

    found = conducted(lagging, 3.0, "CUST-MEM-001")
    assert [j.verdict for j in found.judgements] == [Verdict.PASS]
    assert sum(exchange.probe == "memory" for exchange in found.exchanges) > 1
    found = conducted(lagging, 0.0, "CUST-MEM-001")
    assert [j.verdict for j in found.judgements] == [Verdict.FAIL]


def test_data_that_never_rests_is_unverified_when_the_settling_time_is_over() -> None:
    def restless(call: Call, value: Any) -> None:
        if call.read % 4 > 1:
            value["customers"][0]["name"] = f"name {call.read}"

    found = conducted(restless, 0.25, "CUST-QRY-001", "CUST-HTTP-001", "CUST-ROB-002")
    assert {j.verdict for j in found.judgements} <= {Verdict.UNVERIFIED, Verdict.PASS}
    assert any("changed while it was read" in (j.reason or "") for j in found.judgements)


def test_a_check_that_fails_by_itself_is_not_asked_again() -> None:
    def fails(_evidence: Any) -> Any:
        raise ZeroDivisionError

    assert not _is_unsettled(Check("x", fails, (), settles=VIEW), evidence())
    assert not _is_unsettled(Check("x", lambda _evidence: iter(()), (), settles=CONTROLS), evidence())


def test_only_an_active_virtual_key_in_the_clear_is_taken_from_the_list() -> None:
    def first(*keys: Any) -> str | None:
        value = crowd("a")
        value["customers"][0]["virtual_keys"] = list(keys)
        return active_virtual_key(evidence(said(status=500), said(body=value)))

    assert first({"value": "sk-bf-1234", "is_active": True}) == "sk-bf-1234"
    assert first({"value": "sk-bf-1", "is_active": False}, {"value": "sk-bf-2345", "is_active": True}) == "sk-bf-2345"
    assert first({"value": "sk-bf-****", "is_active": True}) is None
    assert first({"value": "other", "is_active": True}, {"value": 5, "is_active": True}) is None
