"""``junit.xml``: a test case for each requirement and one for the outcome, as Jenkins' schema (junit-10.xsd) has it.

Beyond that schema a test case says where it stands, ``file`` and ``line``, which GitLab shows, and has ``properties``,
which Jenkins' step ``junit`` reads. The requests of a run serve all requirements: their time is that of the outcome,
and the others take none, so that the sum is the run's.

Written with the standard library: of the libraries for the format, junitparser puts ``skipped`` and junit-xml
``disabled`` on the root, both of which that schema refuses.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from customers_conformance.harmless import one_line
from customers_conformance.model import Judgement, News, Outcome, Verdict
from customers_conformance.reports.telling import wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.reports.telling.digest import report_digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customers_conformance.model import Run
    from customers_conformance.reports.telling.defects import Defect

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
    _add_properties(suite, _properties(run))
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
        *(("warning", text) for text in run.warnings),
        ("waivers", wording.waivers(run) or "none"),
        ("suite", run.suite_version),
        ("contract", run.contract_digest),
        ("requirements", run.requirements_digest),
        ("evidence", f"{run.evidence.file} {run.evidence.digest}"),
        ("report", report_digest(run)),
    ]


def _add_properties(parent: ET.Element, pairs: Iterable[tuple[str, str]]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in pairs:
        ET.SubElement(properties, "property", name=name, value=one_line(value, TEXT_LIMIT))


def _add_outcome(suite: ET.Element, run: Run) -> str:
    """Add the test case of the run, which fails where its exit code is not 0; returns as ``_add_case``."""
    case = ET.SubElement(suite, "testcase", name=OUTCOME, classname="run")
    if (seconds := _seconds(run)) is not None:
        case.set("time", f"{seconds:.3f}")
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
        time="0",
    )
    if judgement.location:
        case.attrib |= {"file": one_line(judgement.location.file), "line": str(judgement.location.line)}
    warns = judgement.verdict is Verdict.WARN
    properties = [
        ("id", requirement.id),
        ("title", requirement.title),
        ("level", requirement.level),
        ("profile", requirement.profile),
        ("source", requirement.source),
        ("verdict", judgement.verdict),
        *((("warning", _message(run, judgement)),) if warns else ()),
    ]
    _add_properties(case, properties)
    kind = _kind(run, judgement)
    if kind:
        element = ET.SubElement(case, kind, type=judgement.verdict.value, message=_message(run, judgement))
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


def _message(run: Run, judgement: Judgement) -> str:
    if judgement.reason:
        return one_line(judgement.reason, TEXT_LIMIT)
    found = defects(run, judgement)
    if not found:
        return judgement.verdict.value.replace("_", " ")
    known = f"{wording.NEWS[News.KNOWN]}: " if judgement.news is News.KNOWN else ""
    at = "at" if found[0].in_body else "in"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return one_line(f"{known}{found[0].heading}, {at} {found[0].where}", TEXT_LIMIT) + more


def _text(run: Run, judgement: Judgement) -> str:
    requirement = judgement.requirement
    says = one_line(requirement.says, TEXT_LIMIT)
    parts = [f"{requirement.level} ({requirement.source}): A conforming server {says}."]
    if judgement.news:
        parts.append(f"{wording.NEWS[judgement.news]}")
    if judgement.reason:
        parts.append(f"reason: {one_line(judgement.reason, TEXT_LIMIT)}")
    parts.extend(_defect(defect) for defect in defects(run, judgement))
    if judgement.further:
        parts.append(wording.further(judgement))
    return "\n".join(parts)


def _defect(defect: Defect) -> str:
    """A thing that is wrong, told once: what stands there and how often, where, and in which answer."""
    first = defect.group.first
    rows = [("at" if defect.in_body else "in", defect.where)]
    rows += [("says", words)] if (words := wording.message(first)) else []
    rows += [("first", defect.places_line)] if defect.places else []
    rows += [("there", ", ".join(defect.stood))] if defect.stood else []
    rows += [("seen in", words)] if (words := wording.answer(first)) else []
    rows += [("mark", remark) for remark in defect.remarks]
    lines = [f"  {name:<8} {one_line(text, TEXT_LIMIT)}" for name, text in rows]
    return "\n".join([one_line(defect.heading, TEXT_LIMIT), *lines])


def _seconds(run: Run) -> float | None:
    """How long the run took, in seconds; ``None`` where its times do not tell."""
    try:
        seconds = (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(seconds, 0.0)
