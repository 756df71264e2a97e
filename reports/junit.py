"""``junit.xml``: a test case for each requirement and one for the outcome, as Jenkins' schema (junit-10.xsd) has it.

Written with the standard library: of the libraries for the format, junitparser puts ``skipped`` and junit-xml
``disabled`` on the root, both of which that schema refuses.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from customers_conformance.harmless import one_line
from customers_conformance.model import Judgement, News, Outcome, Verdict
from customers_conformance.reports import wording
from customers_conformance.reports.digest import report_digest

if TYPE_CHECKING:
    from customers_conformance.model import Finding, Run

FILE = "junit.xml"

#: The name of the test case that is red when the gate is.
OUTCOME = "outcome"

#: How many characters of one text of a finding stand in the file.
TEXT_LIMIT = 2000

_SKIPPED = frozenset({Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE, Verdict.WAIVED})


def render(run: Run) -> bytes:
    """The run as JUnit's XML in UTF-8; a character that XML forbids or that hides is written as an escape."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite")
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(run):
        ET.SubElement(properties, "property", name=name, value=one_line(value, TEXT_LIMIT))
    kinds = [_add_outcome(suite, run), *(_add_case(suite, run, judgement) for judgement in run.judgements)]
    totals = {
        "name": "customers-conformance",
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
    }
    root.attrib.update(totals)
    suite.attrib.update(totals, skipped=str(kinds.count("skipped")), timestamp=one_line(run.started))
    seconds = _seconds(run)
    if seconds is not None:
        suite.set("time", f"{seconds:.3f}")
    ET.SubElement(suite, "system-out").text = "\n".join(
        [one_line(run.summary, TEXT_LIMIT), *(f"warning: {one_line(text, TEXT_LIMIT)}" for text in run.warnings)]
    )
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n".encode()


def _properties(run: Run) -> list[tuple[str, str]]:
    return [
        ("outcome", run.outcome.value),
        ("exit_code", str(run.exit_code)),
        ("complete", "true" if run.complete else "false"),
        ("run", run.id),
        ("target", run.target_url),
        ("source", f"recorded: {wording.recorded(run)}" if run.source else "live"),
        ("profiles", " ".join(run.profiles)),
        ("partial", run.partial or "no"),
        *((("flaky", wording.flaky(run)),) if run.flaky else ()),
        ("waivers", wording.waivers(run) or "none"),
        ("suite", run.suite_version),
        ("contract", run.contract_digest),
        ("requirements", run.requirements_digest),
        ("evidence", f"{run.evidence.file} {run.evidence.digest}"),
        ("report", report_digest(run)),
    ]


def _add_outcome(suite: ET.Element, run: Run) -> str:
    """Add the test case of the run, which fails where its exit code is not 0; returns as ``_add_case``."""
    case = ET.SubElement(suite, "testcase", name=OUTCOME, classname="run")
    unused = [f"warning: {one_line(text, TEXT_LIMIT)}" for text in wording.unused(run)]
    if not run.exit_code:
        if unused:
            ET.SubElement(case, "system-out").text = "\n".join(unused)
        return ""
    kind = "error" if run.outcome is Outcome.INVALID else "failure"
    says = one_line(run.summary, TEXT_LIMIT)
    element = ET.SubElement(case, kind, type=run.outcome.value, message=f"{run.outcome.value}: {says}")
    element.text = "\n".join([says, f"exit code {run.exit_code}", *unused])
    return kind


def _add_case(suite: ET.Element, run: Run, judgement: Judgement) -> str:
    """Add the test case of one requirement; returns what it holds: ``failure``, ``error``, ``skipped`` or nothing."""
    requirement = judgement.requirement
    case = ET.SubElement(
        suite,
        "testcase",
        name=one_line(requirement.heading),
        classname=f"{requirement.profile}.{requirement.area}",
    )
    kind = _kind(run, judgement)
    if kind:
        element = ET.SubElement(case, kind, type=judgement.verdict.value, message=_message(judgement))
        element.text = _text(run, judgement)
    elif judgement.verdict in {Verdict.WARN, Verdict.FAIL}:
        ET.SubElement(case, "system-out").text = f"warning: {_text(run, judgement)}"
    return kind


def _kind(run: Run, judgement: Judgement) -> str:
    verdict = judgement.verdict
    if verdict is Verdict.FAIL:
        return {News.KNOWN: "skipped", News.NOT_THERE: ""}.get(judgement.news or News.NEW, "failure")
    if verdict is Verdict.ERROR or (verdict is Verdict.UNVERIFIED and run.outcome is Outcome.INVALID):
        return "error"
    return "skipped" if verdict in _SKIPPED else ""


def _message(judgement: Judgement) -> str:
    if judgement.reason:
        return one_line(judgement.reason, TEXT_LIMIT)
    known = f"{wording.NEWS[News.KNOWN]}: " if judgement.news is News.KNOWN else ""
    if judgement.findings:
        first = next((one for one in judgement.findings if one.waiver is None), judgement.findings[0])
        more = f" (and {judgement.findings_total - 1} more)" if judgement.findings_total > 1 else ""
        return f"{known}{one_line(wording.place(first))}: {one_line(first.message, TEXT_LIMIT)}{more}"
    return judgement.verdict.value.replace("_", " ")


def _text(run: Run, judgement: Judgement) -> str:
    requirement = judgement.requirement
    parts = [f"{requirement.level} ({requirement.source}): {one_line(requirement.says, TEXT_LIMIT)}"]
    if judgement.news:
        parts.append(f"{wording.NEWS[judgement.news]}")
    if judgement.reason:
        parts.append(f"reason: {one_line(judgement.reason, TEXT_LIMIT)}")
    parts.extend(_finding(run, judgement, finding) for finding in judgement.findings)
    unseen = judgement.findings_total - len(judgement.findings)
    if unseen > 0:
        parts.append(f"and {unseen} more like these")
    return "\n".join(parts)


def _finding(run: Run, judgement: Judgement, finding: Finding) -> str:
    rows = [f"at {one_line(wording.place(finding))}: {one_line(finding.message, TEXT_LIMIT)}"]
    where = wording.answer(finding)
    if where:
        rows.append(f"  in       {one_line(where)}")
    if finding.expected:
        rows.append(f"  expected {one_line(finding.expected, TEXT_LIMIT)}")
    if finding.actual:
        rows.append(f"  actual   {one_line(finding.actual, TEXT_LIMIT)}")
    if accepted := wording.waived(run, finding):
        rows.append(f"  {one_line(accepted, TEXT_LIMIT)}")
    if wording.is_known(judgement, finding):
        rows.append(f"  {wording.NEWS[News.KNOWN]}")
    return "\n".join(rows)


def _seconds(run: Run) -> float | None:
    """How long the run took, in seconds; ``None`` where its times do not tell."""
    try:
        seconds = (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(seconds, 0.0)
