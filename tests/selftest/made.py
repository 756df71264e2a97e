"""Exchanges made by hand, as the tests of the engine use them, and what they are."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from customers_conformance import placeholders
from customers_conformance.contract import document as contracts
from customers_conformance.evidence.evidence import Evidence
from customers_conformance.judging.judge import Rules, judge_one
from customers_conformance.judging.registry import checks
from customers_conformance.model import (
    ENDPOINT,
    Body,
    Exchange,
    Framing,
    Judgement,
    Probe,
    Request,
    Response,
)
from customers_conformance.running import judged as judged_run

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTRACT = contracts.load()
PROBES = {probe.name: probe for probe in judged_run.known_probes(CONTRACT)}
URL = "https://gateway.example" + ENDPOINT
DATE = "Mon, 23 Nov 2026 10:00:00 GMT"
CHALLENGE = ("WWW-Authenticate", "Bearer")

#: The header fields of a sound answer.
HEAD = {"Date": DATE, "Content-Type": "application/json", "Cache-Control": "no-store"}

ERROR: dict[str, Any] = {"is_bifrost_error": True, "status_code": 401, "error": {"message": "no"}}


def example() -> Any:
    """The document's own example of an answer, to be changed at will."""
    answer = CONTRACT.document["paths"][ENDPOINT]["get"]["responses"]["200"]
    return copy.deepcopy(answer["content"]["application/json"]["example"])


def crowd(*names: str) -> Any:
    """A list of customers that have an id and a name and nothing else."""
    return {"customers": [{"id": f"id-{name}-1234", "name": name} for name in names], "count": len(names)}


def said(
    probe: str | Probe = "default",
    body: Any = None,
    status: int = 200,
    *,
    index: int = 0,
    named: bool = True,
    headers: Iterable[tuple[str, str]] = (),
    without: Iterable[str] = (),
    sent: Iterable[tuple[str, str]] = (),
    framing: Framing | None = Framing(),  # noqa: B008 - frozen
    started: float = 0.0,
    **details: Any,
) -> Exchange:
    """A probe and its answer: a body given as bytes is sent as it is, any other value as JSON; ``None`` is none."""
    asked = PROBES.get(probe, Probe(probe)) if isinstance(probe, str) else probe
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    given = dict(headers)
    head = {name: value for name, value in {**HEAD, **given}.items() if name not in set(without)}
    doubled = [pair for pair in headers if given[pair[0]] != pair[1]]
    digest = hashlib.sha256(content).hexdigest()
    return Exchange(
        index=index,
        probe=asked.name if named else "",
        request=Request(
            method=asked.method,
            url=URL,
            query=asked.query,
            headers=(*placeholders.HEADERS.get(asked.credential, ()), *asked.headers, *sent),
            credential=asked.credential,
        ),
        response=Response(
            status=status,
            reason=details.pop("reason", ""),
            http_version="HTTP/1.1",
            headers=(*head.items(), *doubled),
            body=Body(**{"content": content, "digest": digest, "length": len(content), **details}),
            framing=framing,
        ),
        started=started,
        role=asked.role,
    )


def silent(probe: str = "default", *, index: int = 0, named: bool = True) -> Exchange:
    """A probe without an answer."""
    asked = said(probe, index=index, named=named)
    return Exchange(asked.index, asked.probe, asked.request, None, error="The connection was refused.", role=asked.role)


def evidence(*exchanges: Exchange, **details: Any) -> Evidence:
    """Evidence of exchanges, numbered in the order in which they are given."""
    numbered = [replace(exchange, index=index) for index, exchange in enumerate(exchanges)]
    return Evidence(numbered, CONTRACT, probes=PROBES.values(), **details)


def judged(identifier: str, *exchanges: Exchange, rules: Rules = Rules(), **details: Any) -> Judgement:  # noqa: B008
    """The judgement of one requirement by its own check alone."""
    found = evidence(*exchanges, **details)
    return judge_one(found, checks(CONTRACT)[identifier], CONTRACT.by_id[identifier], rules)
