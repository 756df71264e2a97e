"""``gl-code-quality.json``: what is broken, as GitLab's Code Quality report, which a merge request compares.

The format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import one_line
from customers_conformance.model import Location, Verdict
from customers_conformance.reports.telling import wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.reports.telling.digest import report_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Judgement, Run
    from customers_conformance.reports.telling.defects import Defect

FILE = "gl-code-quality.json"

#: Where the requirements stand in this project, for what is about none: an issue has to have a place in a file.
CATALOGUE = "openapi/requirements.yaml"

#: How many characters of one text of a finding stand in a description.
TEXT_LIMIT = 400

_BROKEN = {Verdict.FAIL: "critical", Verdict.WARN: "minor", Verdict.WAIVED: "info", Verdict.UNVERIFIED: "info"}


def render(run: Run) -> bytes:
    """The run as a Code Quality report in UTF-8; what hides or turns text is written as an escape."""
    return (json.dumps(issues(run), ensure_ascii=False, indent=2) + "\n").encode()


def issues(run: Run) -> list[dict[str, Any]]:
    """An issue for the outcome, for each waiver that nothing needs, and for each defect, in however many places.

    One stands at the line of the contract that its requirement is about.
    """
    return [
        _outcome(run),
        *(_issue("waivers", "minor", says, _digest(says)) for says in wording.unused(run)),
        *(issue for judgement in run.judgements for issue in _issues(run, judgement)),
    ]


def _outcome(run: Run) -> dict[str, Any]:
    severity = "blocker" if run.exit_code else "info"
    issue = _issue("outcome", severity, f"{run.outcome.value}: {_text(run.summary)}", _digest(run.outcome.value))
    # A list of issues has no other place for it.
    return issue | {"content": {"body": f"made of report.json, {report_digest(run)}"}}


def _issues(run: Run, judgement: Judgement) -> Iterator[dict[str, Any]]:
    if judgement.verdict not in _BROKEN:
        return
    requirement = judgement.requirement
    for defect in defects(run, judgement):
        group = defect.group
        is_calm = group.waived >= group.count or group.known
        severity = _BROKEN[Verdict.WAIVED if is_calm else judgement.verdict]
        says = f"{requirement.title} ({requirement.level}), {_found(defect)}"
        yield _issue(requirement.id, severity, says, group.fingerprint, judgement.location)
    if judgement.further:
        says = f"{requirement.title} ({requirement.level}), {wording.further(judgement)}"
        fingerprint = _digest(f"{requirement.id} further")
        yield _issue(requirement.id, _BROKEN[judgement.verdict], says, fingerprint, judgement.location)


def _found(defect: Defect) -> str:
    at = "at" if defect.in_body else "in"
    parts = [f"{_text(defect.heading)}, {at} {_text(defect.where)}"]
    parts += [f"first {at} {_text(defect.places_line)}"] if defect.places else []
    return "; ".join([*parts, *map(_text, defect.remarks)])


def _issue(name: str, severity: str, says: str, fingerprint: str, location: Location | None = None) -> dict[str, Any]:
    place = location or Location(CATALOGUE, 1)
    return {
        "description": _text(f"{name}: {says}", 4 * TEXT_LIMIT),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": _text(place.file), "lines": {"begin": place.line}},
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _text(text: str, limit: int = TEXT_LIMIT) -> str:
    return one_line(text, limit)
