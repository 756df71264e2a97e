"""``summary.md``: the run on one page of GitHub-flavoured Markdown, for a job's summary or a comment.

Whatever is no plain word stands in a code span, where Markdown, HTML, links, mentions and references mean nothing; no
text of the target begins a line or stands in a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.model import News, Verdict
from customers_conformance.reports import wording
from customers_conformance.reports.digest import report_digest
from customers_conformance.reports.markdown import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Finding, Judgement, Run

FILE = "summary.md"

#: How many findings of one requirement are shown; the others stand in the other reports.
FINDINGS_SHOWN = 3

#: How many of the run's warnings are shown.
WARNINGS_SHOWN = 20


def render(run: Run) -> bytes:
    """The run as Markdown in UTF-8."""
    return ("\n".join(_lines(run)) + "\n").encode()


def _lines(run: Run) -> Iterator[str]:
    yield f"# {wording.OUTCOMES[run.outcome][0]} {wording.title(run)}"
    yield ""
    yield f"**Customers conformance:** {prose(run.summary, 1000)}"
    yield ""
    yield from _counts(run)
    yield ""
    yield f"- target: {code(run.target_url)}" + (f", served by {code(run.target_server)}" if run.target_server else "")
    if run.source is not None:
        yield f"- recorded: {code(wording.recorded(run))}"
    yield f"- profiles: {', '.join(run.profiles)}" + ("" if run.complete else "; **the run was cut short**")
    if run.flaky:
        yield f"- asked again ({len(run.flaky)}): {prose(wording.flaky(run), 1000)}"
    yield f"- evidence: {code(run.evidence.file)}, {run.evidence.mode.value}, {code(run.evidence.digest)}"
    yield f"- made of: {code('report.json')}, {code(report_digest(run))}"
    if run.baseline is not None:
        yield f"- baseline: {code(run.baseline.file)}, {code(run.baseline.started)}"
    if run.waivers is not None:
        yield f"- waivers: {code(wording.waivers(run))}"
    if run.warnings:
        yield from _section("Mind", len(run.warnings))
        for text in run.warnings[:WARNINGS_SHOWN]:
            yield f"- note: {prose(text)}"
        yield from _rest(len(run.warnings) - WARNINGS_SHOWN)
    yield from _broken(run, "Failures", Verdict.FAIL)
    yield from _broken(run, "Errors of the suite", Verdict.ERROR)
    yield from _broken(run, "Warnings", Verdict.WARN)
    yield from _broken(run, "Waived", Verdict.WAIVED)
    yield from _unverified(run)


def _counts(run: Run) -> Iterator[str]:
    counts = run.counts
    yield "| " + " | ".join(wording.VERDICTS[verdict][1] for verdict in Verdict) + " |"
    yield "| " + " | ".join("---:" for _ in Verdict) + " |"
    yield "| " + " | ".join(str(counts[verdict.value]) for verdict in Verdict) + " |"


def _section(title: str, count: int) -> Iterator[str]:
    yield ""
    yield f"## {title} ({count})"
    yield ""


def _broken(run: Run, title: str, verdict: Verdict) -> Iterator[str]:
    judgements = wording.with_verdict(run, verdict)
    if not judgements:
        return
    yield from _section(title, len(judgements))
    for judgement in judgements:
        yield from _requirement(run, judgement)


def _requirement(run: Run, judgement: Judgement) -> Iterator[str]:
    requirement = judgement.requirement
    yield f"- **{requirement.id}** {prose(requirement.title)} ({requirement.level}, {prose(requirement.source)})"
    yield f"  - a conforming server {prose(requirement.says, 600)}"
    if judgement.news:
        yield f"  - {wording.NEWS[judgement.news]}"
    if judgement.reason:
        yield f"  - reason: {prose(judgement.reason, 600)}"
    # What is not accepted comes first.
    for finding in sorted(judgement.findings, key=lambda one: one.waiver is not None)[:FINDINGS_SHOWN]:
        yield from _finding(run, finding)
        if wording.is_known(judgement, finding):
            yield f"    - {wording.NEWS[News.KNOWN]}"
    shown = min(len(judgement.findings), FINDINGS_SHOWN)
    yield from _rest(judgement.findings_total - shown, "  ")


def _finding(run: Run, finding: Finding) -> Iterator[str]:
    where = wording.answer(finding)
    place = code(finding.pointer) if finding.pointer else "the answer"
    message = wording.message(finding)
    yield f"  - at {place}" + (f" ({prose(where)})" if where else "") + (f": {prose(message)}" if message else "")
    if finding.expected:
        yield f"    - expected: {prose(finding.expected)}"
    if finding.actual:
        yield f"    - actual: {code(finding.actual)}"
    if accepted := wording.waived(run, finding):
        yield f"    - {prose(accepted)}"


def _rest(count: int, indent: str = "") -> Iterator[str]:
    if count > 0:
        yield f"{indent}- and {count} more, in the full report"


def _unverified(run: Run) -> Iterator[str]:
    judgements = wording.with_verdict(run, Verdict.UNVERIFIED)
    if not judgements:
        return
    yield from _section("Unverified", len(judgements))
    for reason, group in wording.by_reason(judgements).items():
        yield f"- {', '.join(judgement.requirement.id for judgement in group)}"
        yield f"  - why, and what to do: {prose(reason, 600)}"
