"""``gl-code-quality.json``: what is broken, as GitLab's Code Quality report, which a merge request compares.

The format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import one_line
from customers_conformance.model import Verdict
from customers_conformance.reports import wording
from customers_conformance.reports.digest import report_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Finding, Judgement, Run

FILE = "gl-code-quality.json"

#: Where the requirements stand in this project: an issue has to have a place in a file.
CATALOGUE = "openapi/requirements.yaml"

#: How many characters of one text of a finding stand in a description.
TEXT_LIMIT = 400

_BROKEN = {Verdict.FAIL: "critical", Verdict.WARN: "minor", Verdict.WAIVED: "info", Verdict.UNVERIFIED: "info"}


def render(run: Run) -> bytes:
    """The run as a Code Quality report in UTF-8; what hides or turns text is written as an escape."""
    return (json.dumps(issues(run), ensure_ascii=False, indent=2) + "\n").encode()


def issues(run: Run) -> list[dict[str, Any]]:
    """An issue for the outcome, for each waiver that nothing needs, and for each defect, in however many places."""
    return [
        _outcome(run),
        *(_issue("waivers", "minor", says, _digest(says)) for says in wording.unused(run)),
        *(issue for judgement in run.judgements for issue in _issues(judgement)),
    ]


def _outcome(run: Run) -> dict[str, Any]:
    severity = "blocker" if run.exit_code else "info"
    issue = _issue("outcome", severity, f"{run.outcome.value}: {_text(run.summary)}", _digest(run.outcome.value))
    # A list of issues has no other place for it.
    return issue | {"content": {"body": f"made of report.json, {report_digest(run)}"}}


def _issues(judgement: Judgement) -> Iterator[dict[str, Any]]:
    if judgement.verdict not in _BROKEN:
        return
    requirement = judgement.requirement
    # A place in each customer of a long list is one defect, and stays it when the list grows.
    defects: dict[tuple[str, bool], list[Finding]] = {}
    for finding in judgement.findings:
        calm = finding.waiver is not None or wording.is_known(judgement, finding)
        defects.setdefault((finding.fingerprint, calm), []).append(finding)
    for (fingerprint, calm), findings in defects.items():
        severity = _BROKEN[Verdict.WAIVED if calm else judgement.verdict]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        says = f"{requirement.title} ({requirement.level}), {_found(findings[0])}{more}"
        # Of one defect some places may be accepted, and no two issues may have one fingerprint.
        yield _issue(requirement.id, severity, says, _digest(f"{fingerprint} accepted") if calm else fingerprint)


def _found(finding: Finding) -> str:
    says = finding.message or "broken"
    if finding.expected or finding.actual:
        says = f"expected {_text(finding.expected or 'nothing')}, got {_text(finding.actual or 'nothing')}"
    return f"at {_text(wording.place(finding))}: {_text(says, 2 * TEXT_LIMIT)}"


def _issue(name: str, severity: str, says: str, fingerprint: str) -> dict[str, Any]:
    return {
        "description": _text(f"{name}: {says}", 4 * TEXT_LIMIT),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": CATALOGUE, "lines": {"begin": 1}},
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _text(text: str, limit: int = TEXT_LIMIT) -> str:
    return one_line(text, limit)
