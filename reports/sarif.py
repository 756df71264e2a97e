"""``report.sarif``: what is broken, as SARIF 2.1.0, for a code host's list of alerts."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from customers_conformance.harmless import one_line
from customers_conformance.model import Level, Outcome, Verdict
from customers_conformance.reports import wording
from customers_conformance.reports.digest import report_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Exchange, Finding, Judgement, Requirement, Run

FILE = "report.sarif"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#: How many characters of one text of a finding stand in the file, and how many header fields of one message.
TEXT_LIMIT = 2000
FIELDS_SHOWN = 40

_BROKEN = {Verdict.FAIL: "error", Verdict.WARN: "warning", Verdict.WAIVED: "error", Verdict.UNVERIFIED: "note"}
_NOTED = {Verdict.ERROR: "error", Verdict.UNVERIFIED: "note"}


def render(run: Run) -> bytes:
    """The run as SARIF in UTF-8; what hides or turns text is written as an escape."""
    return (json.dumps(log(run), ensure_ascii=False, indent=2) + "\n").encode()


def log(run: Run) -> dict[str, Any]:
    """The run as a SARIF log: a rule for each requirement, a result for each finding."""
    exchanges = {exchange.index: exchange for exchange in run.exchanges}
    results = [
        _result(run, number, judgement, finding, exchanges)
        for number, judgement in enumerate(run.judgements)
        if judgement.verdict in _BROKEN
        for finding in judgement.findings
    ]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "customers-conformance",
                        "version": _text(run.suite_version),
                        "rules": [_rule(judgement) for judgement in run.judgements],
                    }
                },
                "automationDetails": {"id": f"customers-conformance/{_text(run.id)}"},
                "invocations": [_invocation(run)],
                "artifacts": [
                    {"location": {"uri": _uri(run)}, "mimeType": "application/json", "roles": ["attachment"]}
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {
                    "outcome": run.outcome.value,
                    "partial": run.partial and _text(run.partial),
                    "source": f"recorded: {_text(wording.recorded(run))}" if run.source else "live",
                    "waivers": _text(wording.waivers(run)) or None,
                    "target": _text(run.target_url),
                    "report": report_digest(run),
                    "counts": run.counts,
                },
            }
        ],
    }


def _rule(judgement: Judgement) -> dict[str, Any]:
    requirement = judgement.requirement
    rule: dict[str, Any] = {
        "id": requirement.id,
        "name": requirement.id.replace("-", ""),
        "shortDescription": {"text": _text(requirement.title)},
        "fullDescription": {"text": f"A conforming server {_text(requirement.says)}."},
        "help": {"text": _help(requirement)},
        "defaultConfiguration": {"level": "error" if requirement.level is Level.MUST else "warning"},
        "properties": {"tags": [requirement.profile, wording.AREAS.get(requirement.area, requirement.area)]},
    }
    if judgement.faults is not None:
        rule["properties"]["faults"] = judgement.faults
    return rule


def _help(requirement: Requirement) -> str:
    """How a requirement is judged, how binding it is and where it comes from."""
    parts = [f"How it is judged: {_text(requirement.judged)}."] if requirement.judged else []
    parts.append(f"{requirement.level}, profile {requirement.profile}.")
    parts += [f"Source: {_text(what)}." for what, _ in wording.sources(requirement)]
    return " ".join(parts)


def _result(
    run: Run, rule: int, judgement: Judgement, finding: Finding, exchanges: Mapping[int, Exchange]
) -> dict[str, Any]:
    requirement = judgement.requirement
    texts = [finding.message or "broken"]
    texts += [f"{name}: {text}" for name, text in (("Expected", finding.expected), ("Actual", finding.actual)) if text]
    identity = "\n".join((requirement.id, finding.probe, re.sub(r"/\d+(?=/|$)", "/*", finding.pointer)))
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(run), "index": 0}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": _text(finding.pointer or "/"), "kind": "value"}],
    }
    where = wording.answer(finding)
    if where:
        location["message"] = {"text": f"In {_text(where)}."}
    result: dict[str, Any] = {
        "ruleId": requirement.id,
        "ruleIndex": rule,
        "kind": "fail",
        "level": "warning" if requirement.level is Level.SHOULD else _BROKEN[judgement.verdict],
        "message": {"text": _unlinked(f"At {_text(wording.place(finding))}: {'; '.join(map(_text, texts))}")},
        "locations": [location],
        "partialFingerprints": {
            "place/v1": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest(),
            **({"defect/v1": finding.fingerprint} if finding.fingerprint else {}),
        },
    }
    accepted = wording.waived(run, finding)
    if accepted or judgement.verdict is Verdict.WAIVED:
        why = accepted or judgement.reason or "waived"
        result["suppressions"] = [{"kind": "external", "justification": _text(why)}]
    if run.baseline is not None:
        result["baselineState"] = "unchanged" if wording.is_known(judgement, finding) else "new"
    exchange = None if finding.exchange is None else exchanges.get(finding.exchange)
    if exchange is not None:
        result.update(_messages(exchange))
    return result


def _messages(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    messages: dict[str, Any] = {
        "webRequest": {
            "protocol": "HTTP",
            "version": _version(request.http_version),
            "target": _text(request.url),
            "method": _text(request.method),
            "headers": _headers(request.headers),
            "parameters": _headers(request.query),
        }
    }
    if response is None:
        messages["webResponse"] = {"noResponseReceived": True}
    else:
        messages["webResponse"] = {
            "protocol": "HTTP",
            "version": _version(response.http_version),
            "statusCode": response.status,
            "reasonPhrase": _text(response.reason),
            "headers": _headers(response.headers),
        }
    return messages


def _invocation(run: Run) -> dict[str, Any]:
    notes = [
        {
            "level": _NOTED[judgement.verdict],
            "message": {"text": _unlinked(_text(judgement.reason or judgement.verdict.value))},
            "associatedRule": {"id": judgement.requirement.id, "index": number},
        }
        for number, judgement in enumerate(run.judgements)
        if judgement.verdict in _NOTED
    ]
    notes += [{"level": "warning", "message": {"text": _unlinked(_text(text))}} for text in run.warnings]
    invocation: dict[str, Any] = {
        "executionSuccessful": run.complete and run.outcome is not Outcome.INVALID,
        "exitCode": run.exit_code,
        "exitCodeDescription": _text(run.summary),
        "toolExecutionNotifications": notes,
    }
    for name, text in (("startTimeUtc", run.started), ("endTimeUtc", run.finished)):
        time = _time(text)
        if time:
            invocation[name] = time
    return invocation


def _time(text: str) -> str:
    """A time as SARIF writes it, in UTC; empty where it is none."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time.tzinfo else ""


def _uri(run: Run) -> str:
    return quote(run.evidence.file.encode("utf-8", "replace"), safe="/")


def _version(text: str) -> str:
    return _text(text.rpartition("/")[2])


def _headers(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Fields by name, repeated ones joined by a comma."""
    joined: dict[str, str] = {}
    for name, value in pairs[:FIELDS_SHOWN]:
        key = _text(name)
        joined[key] = f"{joined[key]}, {_text(value)}" if key in joined else _text(value)
    return joined


def _text(text: str, limit: int = TEXT_LIMIT) -> str:
    return one_line(text, limit)


def _unlinked(text: str) -> str:
    r"""A message in which brackets are no embedded link and braces no placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    text = re.sub(r"([\\\[\]])", r"\\\1", text)
    return text.replace("{", "{{").replace("}", "}}")
