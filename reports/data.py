"""``report.json``: the run as data, from which everything else can be made; ``report.schema.json`` describes it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import is_harmless, json_without_commands, without_surrogates

if TYPE_CHECKING:
    from customers_conformance.model import Baseline, Finding, Group, Judgement, Run, Waivers

FILE = "report.json"
FORMAT = "customers-conformance/report/2"

_NOT_ASCII = re.compile(r"[^ -~\n]")


def render(run: Run) -> bytes:
    """The run as JSON in UTF-8, harmless to print: what hides or turns text, or is a CI's command, stands as an escape.

    A lone surrogate stands as U+FFFD.
    """
    text = json.dumps(_cleaned(report(run)), ensure_ascii=False, indent=2)
    return (json_without_commands(_NOT_ASCII.sub(_visible, text)) + "\n").encode()


def report(run: Run) -> dict[str, Any]:
    """The run as a value of JSON, members in the published order."""
    evidence: dict[str, Any] = {
        "file": run.evidence.file,
        "digest": run.evidence.digest,
        "mode": run.evidence.mode.value,
    }
    if run.evidence.left_out is not None:
        evidence["left_out"] = run.evidence.left_out
    return {
        "format": FORMAT,
        "suite": {
            "version": run.suite_version,
            "contract": run.contract_digest,
            "requirements": run.requirements_digest,
        },
        "run": {
            "id": run.id,
            "started": run.started,
            "finished": run.finished,
            "seed": run.seed,
            "profiles": list(run.profiles),
            "complete": run.complete,
            "partial": run.partial,
            "source": "live" if run.source is None else asdict(run.source),
            "options": dict(run.options),
        },
        "target": {"url": run.target_url, "server": run.target_server},
        "evidence": evidence,
        "outcome": run.outcome.value,
        "summary": run.summary,
        "exit_code": run.exit_code,
        "counts": run.counts,
        "not_judged": list(run.not_judged),
        "requirements": [_requirement(judgement) for judgement in run.judgements],
        "undocumented": [
            {"property": one.property, "example": one.example, "count": one.count} for one in run.undocumented
        ],
        "coverage": dict(run.coverage),
        "shown": [asdict(one) | {"properties": [asdict(each) for each in one.properties]} for one in run.shown],
        "warnings": list(run.warnings),
        "flaky": [asdict(one) | {"met": list(one.met)} for one in run.flaky],
        "ledger": run.ledger
        and {
            "requests": run.ledger.requests,
            "methods": dict(run.ledger.methods),
            "hosts": list(run.ledger.hosts),
            "bytes_received": run.ledger.bytes_received,
        },
        "waivers": run.waivers and _waivers(run.waivers),
        "baseline": run.baseline and _baseline(run.baseline),
    }


def _baseline(baseline: Baseline) -> dict[str, Any]:
    lists = {name: list(getattr(baseline, name)) for name in ("profiles", "only", "skip")}
    entries = {
        name: {"verdict": one.verdict.value, "fingerprints": list(one.fingerprints), "further": one.further}
        for name, one in baseline.requirements.items()
    }
    return asdict(baseline) | lists | {"requirements": entries}


def _waivers(waivers: Waivers) -> dict[str, Any]:
    entries = [
        asdict(one)
        | {
            "accepts": one.accepts.value,
            "missing": list(one.missing),
            "use": waivers.uses[number].value if waivers.uses else None,
            "covered": waivers.covered[number] if waivers.covered else 0,
        }
        for number, one in enumerate(waivers.entries)
    ]
    return {"file": waivers.file, "digest": waivers.digest, "entries": entries}


def _requirement(judgement: Judgement) -> dict[str, Any]:
    requirement = judgement.requirement
    entry: dict[str, Any] = {
        "id": requirement.id,
        "title": requirement.title,
        "level": requirement.level.value,
        "profile": requirement.profile,
        "says": requirement.says,
        "judged": requirement.judged,
        "source": requirement.source,
        "quote": requirement.quote,
        "section": requirement.section,
        "needs": requirement.needs,
        "after": list(requirement.after),
        "concerns": list(requirement.concerns),
        "location": judgement.location and asdict(judgement.location),
        "verdict": judgement.verdict.value,
        "reason": judgement.reason,
        "news": judgement.news and judgement.news.value,
        "missing": list(judgement.missing),
        "observed": dict(judgement.observed),
        "findings_total": judgement.findings_total,
        "findings": [_finding(finding) for finding in judgement.findings],
        "groups": [_group(group) for group in judgement.groups],
        "further": judgement.further,
    }
    if judgement.faults is not None:
        entry["faults"] = judgement.faults
    return entry


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "probe": finding.probe,
        "exchange": finding.exchange,
        "pointer": finding.pointer,
        "expected": finding.expected,
        "actual": finding.actual,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "waiver": finding.waiver,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "fingerprint": group.fingerprint,
        "pattern": group.pattern,
        "symptom": group.symptom,
        "count": group.count,
        "waived": group.waived,
        "known": group.known,
        "places": list(group.places),
        "sightings": [{"actual": one.actual, "probe": one.probe, "count": one.count} for one in group.sightings],
        "first": _finding(group.first),
    }


def _cleaned(value: Any) -> Any:
    """The value with no lone surrogate in any of its texts."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(key): _cleaned(item) for key, item in value.items()}
    return value


def _visible(match: re.Match[str]) -> str:
    """A character as JSON's escape where it would not show as it is."""
    char = match.group()
    return char if is_harmless(char) else json.dumps(char)[1:-1]
