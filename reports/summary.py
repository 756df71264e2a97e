"""``summary.md``: the run on one page of GitHub-flavoured Markdown, for a job's summary or a comment.

Whatever is no plain word stands in a code span, where Markdown, HTML, links, mentions and references mean nothing; no
text of the target begins a line, and none parts the cells of a table. It has 60,000 bytes at the most: what a comment
takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers_conformance.model import Level, Verdict
from customers_conformance.reports.telling import advice, unlocking, wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.reports.telling.digest import report_digest
from customers_conformance.reports.telling.markdown import cell, code, code_cell, prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customers_conformance.model import Judgement, Run
    from customers_conformance.reports.telling.defects import Defect
    from customers_conformance.reports.telling.unlocking import Row

FILE = "summary.md"

#: Bytes that the file has at the most.
MOST = 60_000

#: How many of the run's warnings are shown.
WARNINGS_SHOWN = 20

#: Characters of a text in a cell, of a sentence, and ids in a cell.
_CELL, _SENTENCE, _IDS = 160, 600, 12


@dataclass(frozen=True, slots=True)
class _Room:
    """How much is shown: rows of a table, defects of one requirement, and whether more of each is folded away."""

    rows: int
    defects: int
    is_folded: bool = True


#: From the whole to what always fits.
_ROOMS = (_Room(81, 8), _Room(81, 3), _Room(81, 3, is_folded=False), _Room(20, 3, is_folded=False), _Room(5, 1, False))


def render(run: Run) -> bytes:
    """The run as Markdown in UTF-8."""
    report = report_digest(run)
    made = (("\n".join(_lines(run, report, room)) + "\n").encode() for room in _ROOMS)
    text = next(made)
    for less in made:
        if len(text) <= MOST:
            break
        text = less
    return text


def _lines(run: Run, report: str, room: _Room) -> Iterator[str]:
    yield f"# {wording.OUTCOMES[run.outcome][0]} {wording.title(run)}"
    yield ""
    yield f"**Customers conformance:** {prose(run.summary, 1000)}"
    yield ""
    yield f"{prose(advice.meaning(run))}"
    yield ""
    counts = run.counts
    told = [(counts[verdict.value], *wording.VERDICTS[verdict]) for verdict in Verdict]
    yield " · ".join(f"{sign} **{count}** {words}" for count, sign, words in told if count) or "Nothing was judged."
    yield ""
    yield from _about(run, report)
    if run.warnings:
        yield from _section("Mind", len(run.warnings))
        for text in run.warnings[:WARNINGS_SHOWN]:
            yield f"- note: {prose(text)}"
        yield from _rest(len(run.warnings) - WARNINGS_SHOWN)
    yield from _steps(run)
    for title, verdict in (("Failures", Verdict.FAIL), ("Warnings", Verdict.WARN), ("Waived", Verdict.WAIVED)):
        yield from _broken(run, title, wording.with_verdict(run, verdict), room)
    yield from _errors(run, room)
    yield from _unverified(run, room)


def _about(run: Run, report: str) -> Iterator[str]:
    yield f"- target: {code(run.target_url)}" + (f", served by {code(run.target_server)}" if run.target_server else "")
    if run.source is not None:
        yield f"- recorded: {code(wording.recorded(run))}"
    yield f"- profiles: {', '.join(run.profiles)}" + ("" if run.complete else "; **the run was cut short**")
    if run.partial:
        yield f"- partial: {prose(run.partial)}"
    if run.flaky:
        yield f"- asked again ({len(run.flaky)}): {prose(wording.flaky(run), 1000)}"
    yield f"- evidence: {code(run.evidence.file)}, {run.evidence.mode.value}, {code(run.evidence.digest)}"
    yield f"- made of: {code('report.json')}, {code(report)}; {code('report.html')} shows all of it"
    if run.baseline is not None:
        yield f"- baseline: {code(run.baseline.file)}, {code(run.baseline.started)}"
    if run.waivers is not None:
        yield f"- waivers: {code(wording.waivers(run))}"


def _section(title: str, count: int) -> Iterator[str]:
    yield ""
    yield f"## {title} ({count})"
    yield ""


def _steps(run: Run) -> Iterator[str]:
    steps = advice.steps(run)
    if not steps:
        return
    yield from ("", "## What to do first", "")
    for number, step in enumerate(steps, start=1):
        detail = f" ({prose(step.detail, _SENTENCE)})" if step.detail else ""
        yield f"{number}. {prose(step.todo, _SENTENCE)}{detail}"


def _broken(run: Run, title: str, judgements: list[Judgement], room: _Room) -> Iterator[str]:
    if not judgements:
        return
    yield from _section(title, len(judgements))
    yield "| requirement | what is wrong | where |"
    yield "| --- | --- | --- |"
    shown = advice.in_order(run, judgements)[: room.rows]
    for judgement in shown:
        yield from _rows(run, judgement, room)
    yield from _more_rows(len(judgements) - len(shown))
    if room.is_folded:
        yield from _folded("What these ask for, and where it was seen", _told(run, shown))


def _rows(run: Run, judgement: Judgement, room: _Room) -> Iterator[str]:
    requirement = judgement.requirement
    level = "" if requirement.level is Level.MUST else f" ({requirement.level})"
    named = f"**{requirement.id}** {cell(requirement.title)}{level}"
    found = defects(run, judgement)
    for defect in found[: room.defects]:
        remarks = "".join(f"; {cell(remark, _CELL)}" for remark in defect.remarks)
        yield f"| {named} | {cell(defect.heading, _CELL)}{remarks} | {_where(defect)} |"
        named = ""
    if not found:
        yield f"| {named} | {cell(judgement.reason or judgement.verdict.value, _CELL)} | |"
    more = sum(one.group.count for one in found[room.defects :]) + judgement.further
    if more:
        yield f"| | and {more:,} more of other kinds | |"


def _where(defect: Defect) -> str:
    shown: str = code_cell(defect.where, _CELL) if defect.in_body else cell(defect.where, _CELL)
    return shown


def _more_rows(count: int) -> Iterator[str]:
    if count > 0:
        yield f"| and {count} more, in the full report | | |"


def _told(run: Run, judgements: Iterable[Judgement]) -> Iterator[str]:
    """Each requirement once: its sentence, its sources, and where the first of what is wrong was seen."""
    for judgement in judgements:
        requirement = judgement.requirement
        yield f"- **{requirement.id}** ({requirement.level}, {prose(requirement.source)})"
        yield f"  - a conforming server {prose(requirement.says, _SENTENCE)}"
        if link := wording.standard_link(requirement):
            yield f"  - standard: [{prose(requirement.section)}]({link})"
        if judgement.reason:
            yield f"  - reason: {prose(judgement.reason, _SENTENCE)}"
        for defect in defects(run, judgement)[:1]:
            first = defect.group.first
            where = wording.answer(first)
            at = f"at {code(first.pointer, _CELL)}" if first.pointer else f"in {prose(defect.where, _CELL)}"
            yield f"  - first {at}" + (f" ({prose(where)})" if where else "")
            if message := wording.message(first):
                yield f"  - says: {prose(message, _SENTENCE)}"


def _errors(run: Run, room: _Room) -> Iterator[str]:
    judgements = wording.with_verdict(run, Verdict.ERROR)
    if not judgements:
        return
    yield from _section("Errors of the suite", len(judgements))
    for judgement in judgements[: room.rows]:
        yield f"- **{judgement.requirement.id}** {prose(judgement.requirement.title)}"
        yield f"  - reason: {prose(judgement.reason or 'none was given', _SENTENCE)}"
    yield from _rest(len(judgements) - room.rows)


def _unverified(run: Run, room: _Room) -> Iterator[str]:
    judgements = wording.with_verdict(run, Verdict.UNVERIFIED)
    if not judgements:
        return
    yield from _section("Unverified", len(judgements))
    if not (rows := unlocking.rows(run)):
        # Of an invalid run nothing could be judged, for the reason that its first sentence gives.
        yield "None of them could be judged."
        return
    yield "| what to do | settles | requirements |"
    yield "| --- | ---: | --- |"
    for row in rows[: room.rows]:
        detail = f" {cell(row.detail, _SENTENCE)}" if row.detail else ""
        yield f"| {cell(row.todo, _CELL)}.{detail} | {row.count} | {_ids(row)} |"
    yield from _more_rows(len(rows) - room.rows)
    if room.is_folded:
        yield from _folded("Why, in the words of each check", _reasons(judgements))


def _reasons(judgements: Iterable[Judgement]) -> Iterator[str]:
    for reason, group in wording.by_reason(judgements).items():
        yield f"- {', '.join(judgement.requirement.id for judgement in group)}"
        yield f"  - why: {prose(reason, _SENTENCE)}"


def _ids(row: Row) -> str:
    more = f" and {row.count - _IDS} more" if row.count > _IDS else ""
    return ", ".join(row.ids[:_IDS]) + more


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{title}</summary>", "")
    yield from lines
    yield from ("", "</details>")


def _rest(count: int, indent: str = "") -> Iterator[str]:
    if count > 0:
        yield f"{indent}- and {count} more, in the full report"
