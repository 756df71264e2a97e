"""Generated requests: within their budget, shrunk where they break something, the same for the same seed."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from tests.selftest.made import CONTRACT

from customers_conformance.model import Verdict
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.running import run
from customers_conformance.running.asking import drawing
from customers_conformance.running.asking.generated import SHRINKING, _without_security, pairs
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from customers_conformance.model import Exchange


def test_a_generated_query_is_sent_as_decoded_pairs() -> None:
    query = {"from_memory": True, "a": ["x", None], "b": {"c": "é"}, "d": 1.5}
    assert pairs(query) == (("from_memory", "true"), ("a", "x"), ("a", "null"), ("b", '{"c": "é"}'), ("d", "1.5"))


def test_the_copy_that_is_generated_from_has_no_security_and_the_document_keeps_its() -> None:
    copied = _without_security(CONTRACT.document)
    assert "security" not in copied
    assert all("security" not in operation for path in copied["paths"].values() for operation in path.values())
    assert "security" in CONTRACT.document
    bare: dict[str, Any] = {"paths": {"/": {"summary": "a path", "get": {}}}}
    assert _without_security(bare) == bare


def test_an_example_that_breaks_something_is_shrunk_within_a_budget() -> None:
    def fails(call: Call, answer: Answer) -> None:
        if call.bad_query and call.query[0][1] not in {"banana", "1", "yes", "TRUE", ""} and len(call.raw_query) < 1000:
            answer.status = 500

    def found(examples: int) -> Any:
        fault = Fault("odd-value-fails", "fails", "CUST-ROB-001", Behaviour(answer=fails))
        chosen = Settings(url="http://127.0.0.1:1", key=DEFAULT_KEY, seed=1, examples=examples, settle=0)
        chosen_transport = httpx.ASGITransport(app=create_app(customers=1, fault=fault))
        return run.conduct(chosen, transport=chosen_transport)

    result = found(20)
    sent = [exchange for exchange in result.exchanges if exchange.probe.startswith("generated")]
    assert 0 < len(sent) <= 20 + 2 * SHRINKING
    (judgement,) = [j for j in result.judgements if j.requirement.id == "CUST-ROB-001"]
    assert judgement.verdict is Verdict.FAIL
    assert any(finding.probe.startswith("generated") for finding in judgement.findings)
    assert not [exchange for exchange in found(0).exchanges if exchange.probe.startswith("generated")]


def test_nothing_is_shrunk_for_what_every_answer_breaks() -> None:
    def nameless(_call: Call, value: Any) -> None:
        value["customers"][0]["name"] = None

    fault = Fault("no-name", "shows no name", "CUST-SCH-002", Behaviour(value=nameless))
    assert 0 < len(sent(1, httpx.ASGITransport(app=create_app(customers=1, fault=fault)))) <= 20


def sent(seed: int, transport: httpx.AsyncBaseTransport, *, generated: bool = True) -> list[Exchange]:
    chosen = Settings(url="http://127.0.0.1:1", key=DEFAULT_KEY, seed=seed, settle=0)
    exchanges = run.conduct(chosen, transport=transport).exchanges
    return [one for one in exchanges if one.probe.startswith("generated") is generated]


def test_the_same_seed_generates_the_same_requests_whatever_lies_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = httpx.ASGITransport(app=create_app(customers=1))
    first = [one.request for one in sent(1, transport)]
    assert len(first) > 10
    assert first != [one.request for one in sent(2, transport)]
    # Schemathesis looks for it, and would obey it or refuse it.
    (tmp_path / "schemathesis.toml").write_text("no = 'setting of its own'\n")
    monkeypatch.chdir(tmp_path)
    assert [one.request for one in sent(1, transport)] == first
    assert [place.name for place in tmp_path.iterdir()] == ["schemathesis.toml"]


def test_no_constant_of_the_program_that_starts_a_run_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    constants = Constants(strings={"canary-secret"}, integers={31_415_926})
    monkeypatch.setattr(providers, "_get_local_constants", lambda: constants)
    transport = httpx.ASGITransport(app=create_app(customers=1))
    chosen = Settings(url="http://127.0.0.1:1", key=DEFAULT_KEY, seed=1, settle=0, examples=200)
    urls = [one.request.url for one in run.conduct(chosen, transport=transport).exchanges]
    assert len(urls) > 150
    assert not [url for url in urls if "canary" in url or "31415926" in url]


def test_a_release_of_hypothesis_that_draws_no_constants_generates_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(providers, "HypothesisProvider", object)
    drawing._leave_out_constants.__wrapped__()


def test_generated_requests_do_not_wait_for_one_another() -> None:
    class Holding(httpx.ASGITransport):
        """Answers the first of some URLs once the second is asked."""

        urls: frozenset[str] = frozenset()
        asked = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if str(request.url) in self.urls:
                self.asked += 1
                if self.asked == 1:
                    await self.second.wait()
                self.second.set()
            return await super().handle_async_request(request)

        @cached_property
        def second(self) -> asyncio.Event:
            return asyncio.Event()

    transport = Holding(app=create_app(customers=1))
    others = {one.request.url for one in sent(1, transport, generated=False)}
    transport.urls = frozenset({one.request.url for one in sent(1, transport)} - others)
    assert all(one.response for one in sent(1, transport))
    assert transport.asked > 1
