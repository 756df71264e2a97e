"""``report.sarif``: what is broken, as SARIF 2.1.0, for a code host's list of alerts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from customers_conformance.harmless import one_line
from customers_conformance.model import Level, Outcome, Verdict
from customers_conformance.reports.sarif_rules import TEXT_LIMIT, rule
from customers_conformance.reports.telling import wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.reports.telling.digest import report_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customers_conformance.model import Exchange, Judgement, Requirement, Run
    from customers_conformance.reports.telling.defects import Defect

FILE = "report.sarif"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#: What the files of the contract are relative to: a repository that uploads the log may hold others of these names.
BASE = "CUSTOMERS_CONFORMANCE"
#: Where a requirement stands of which no line is known.
CATALOGUE = "openapi/requirements.yaml"

#: How often a probe is meant, behind its name.
_TIMES = re.compile(r" \([0-9,]+\)$")

#: How many header fields of one message stand in the file.
FIELDS_SHOWN = 40

_BROKEN = {Verdict.FAIL: "error", Verdict.WARN: "warning", Verdict.WAIVED: "error", Verdict.UNVERIFIED: "note"}
_NOTED = {Verdict.ERROR: "error", Verdict.UNVERIFIED: "note"}


def render(run: Run) -> bytes:
    """The run as SARIF in UTF-8; what hides or turns text is written as an escape."""
    return (json.dumps(log(run), ensure_ascii=False, indent=2) + "\n").encode()


def log(run: Run) -> dict[str, Any]:
    """The run as a SARIF log: a rule for each requirement, a result for each thing that is wrong."""
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "customers-conformance",
                        "version": _text(run.suite_version),
                        "rules": [rule(judgement) for judgement in run.judgements],
                    }
                },
                "originalUriBaseIds": {BASE: {"description": {"text": _base(run)}}},
                "automationDetails": {"id": f"customers-conformance/{_text(run.id)}"},
                "invocations": [_invocation(run)],
                "artifacts": [
                    {
                        "location": {"uri": _uri(run.evidence.file)},
                        "mimeType": "application/json",
                        "roles": ["attachment"],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": list(_results(run)),
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


def _results(run: Run) -> Iterator[dict[str, Any]]:
    """A result for each thing that is wrong, wherever it stands; those that nothing accepts come first."""
    exchanges = {exchange.index: exchange for exchange in run.exchanges}
    for number, judgement in enumerate(run.judgements):
        if judgement.verdict in _BROKEN:
            for defect in defects(run, judgement):
                yield _result(run, number, judgement, defect, exchanges)


def _result(
    run: Run, rule: int, judgement: Judgement, defect: Defect, exchanges: Mapping[int, Exchange]
) -> dict[str, Any]:
    requirement, group = judgement.requirement, defect.group
    result: dict[str, Any] = {
        "ruleId": requirement.id,
        "ruleIndex": rule,
        "kind": "fail",
        "level": "warning" if requirement.level is Level.SHOULD else _BROKEN[judgement.verdict],
        "message": {"text": _unlinked(_says(requirement, defect))},
        "locations": [_located(judgement, defect)],
        "relatedLocations": [_seen(run, defect)],
        "occurrenceCount": max(1, group.count),
        "partialFingerprints": {
            # Of GitHub, which keeps an alert by it: a digest, and how many before it are the same.
            "primaryLocationLineHash": f"{group.fingerprint[:16]}:1",
            "defect/v1": group.fingerprint,
        },
    }
    if group.waived >= group.count or judgement.verdict is Verdict.WAIVED:
        why = defect.remarks[0] if group.waived and defect.remarks else judgement.reason or "waived"
        result["suppressions"] = [{"kind": "external", "justification": _text(why)}]
    if run.baseline is not None:
        result["baselineState"] = "unchanged" if group.known else "new"
    exchange = None if group.first.exchange is None else exchanges.get(group.first.exchange)
    if exchange is not None:
        result.update(_messages(exchange))
    return result


def _says(requirement: Requirement, defect: Defect) -> str:
    """What is wrong on one line: the title, what stood where and how often, and the first places."""
    at = "at" if defect.in_body else "in"
    parts = [f"{_text(requirement.title)} (broken): {_text(defect.heading)}, {at} {_text(defect.where)}."]
    if more := wording.message(defect.group.first):
        parts.append(_text(more))
    if defect.places:
        parts.append(f"First {at} {_text(defect.places_line)}.")
    if defect.stood:
        parts.append(f"There stood {_text(', '.join(defect.stood))}.")
    parts += [f"{_text(remark)}." for remark in defect.remarks]
    return " ".join(parts)


def _located(judgement: Judgement, defect: Defect) -> dict[str, Any]:
    """The line of the contract that is broken, and the place in the answer that breaks it."""
    file, line = (judgement.location.file, judgement.location.line) if judgement.location else (CATALOGUE, 1)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(file), "uriBaseId": BASE},
            "region": {"startLine": max(1, line)},
        },
        "logicalLocations": [{"fullyQualifiedName": _text(defect.where), "kind": "value"}],
    }


def _seen(run: Run, defect: Defect) -> dict[str, Any]:
    """Where it was seen: the evidence, the answer, and the first places in it."""
    where = wording.answer(defect.group.first)
    places = defect.places if defect.in_body else [_TIMES.sub("", place) for place in defect.places]
    return {
        "id": 1,
        "physicalLocation": {"artifactLocation": {"uri": _uri(run.evidence.file), "index": 0}},
        "logicalLocations": [{"fullyQualifiedName": _text(place), "kind": "value"} for place in places],
        "message": {"text": _unlinked(f"The evidence, {_text(where)}." if where else "The evidence.")},
    }


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
    notes += [
        {
            "level": "warning",
            "message": {"text": f"{judgement.requirement.id}: {wording.further(judgement)}, in no result"},
            "associatedRule": {"id": judgement.requirement.id, "index": number},
        }
        for number, judgement in enumerate(run.judgements)
        if judgement.further
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


def _base(run: Run) -> str:
    version = _text(run.suite_version)
    return f"The repository of customers-conformance {version}, whose contract is judged by; its files are not yours."


def _uri(file: str) -> str:
    return quote(file.encode("utf-8", "replace"), safe="/")


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
