"""Generated requests: within their budget, shrunk where they break something, the same for the same seed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
from tests.selftest.made import CONTRACT

from customers_conformance.model import Verdict
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.running import run
from customers_conformance.running.generated import SHRINKING, _without_security, pairs
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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


def requests(seed: int, transport: httpx.AsyncBaseTransport, *, generated: bool = True) -> list[Any]:
    chosen = Settings(url="http://127.0.0.1:1", key=DEFAULT_KEY, seed=seed, settle=0)
    exchanges = run.conduct(chosen, transport=transport).exchanges
    return [one.request for one in exchanges if one.probe.startswith("generated") is generated]


def test_the_same_seed_generates_the_same_requests_whatever_lies_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = httpx.ASGITransport(app=create_app(customers=1))
    first = requests(1, transport)
    assert len(first) > 10
    assert first != requests(2, transport)
    # Schemathesis looks for it, and would obey it or refuse it.
    (tmp_path / "schemathesis.toml").write_text("no = 'setting of its own'\n")
    monkeypatch.chdir(tmp_path)
    assert requests(1, transport) == first
    assert [place.name for place in tmp_path.iterdir()] == ["schemathesis.toml"]


def test_generated_requests_do_not_wait_for_one_another() -> None:
    class Noting(httpx.ASGITransport):
        noted: list[tuple[str, str]]

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.noted.append(("asked", str(request.url)))
            await asyncio.sleep(0)
            answer = await super().handle_async_request(request)
            self.noted.append(("answered", str(request.url)))
            return answer

    transport = Noting(app=create_app(customers=1))
    transport.noted = []
    urls = {request.url for request in requests(1, transport)}
    urls -= {request.url for request in requests(1, transport, generated=False)}
    steps = "".join("+" if step == "asked" else "-" for step, url in transport.noted if url in urls)
    assert "++" in steps
