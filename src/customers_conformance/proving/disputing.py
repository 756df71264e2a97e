"""One finding as Markdown to paste into an issue: the sentence, its source, what was asked and answered, how to repeat.

Everything comes from a report and its evidence, redacted as these are; text that a target wrote stands in code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customers_conformance.fingerprints import Defect, defect
from customers_conformance.harmless import one_line
from customers_conformance.model import UsageError
from customers_conformance.proving.folder import opened
from customers_conformance.proving.recording import whole
from customers_conformance.reports.html.excerpt import Excerpts, offset_of
from customers_conformance.reports.html.repeating import repeat
from customers_conformance.reports.telling import wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.reports.telling.markdown import code, prose
from customers_conformance.reports.telling.messages import Message, conversation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from customers_conformance.model import Exchange, Finding, Judgement, Run

#: A fingerprint may be cut to so many characters, where it is still that of one defect.
SHORTEST = 8

#: Places and lines that are shown.
_PLACES, _LISTED = 5, 20
_LONGEST = 1000

_HEXADECIMAL = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")
#: What encloses a quotation, which code does by itself.
_QUOTES = "\u201c\u201d"

_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class Dispute:
    """One defect of a run, with the findings that show it."""

    run: Run
    judgement: Judgement
    defect: Defect
    #: In how many places it shows; those that the report tells are the findings, one at least.
    count: int
    findings: tuple[Finding, ...]


def disputed(path: Path, fingerprint: str) -> Dispute:
    """The defect of a report that a fingerprint, or its beginning, names.

    Raises ``UsageError`` for what cannot be read, and where it names no defect of the report, or several.
    """
    run = whole(opened(path))
    known = _defects(run)
    asked = fingerprint.strip().lower()
    if not _HEXADECIMAL.fullmatch(asked):
        shown = one_line(fingerprint, 80)
        raise UsageError(
            f"{shown!a} is no fingerprint; allowed are {SHORTEST} to 64 characters of 0-9 and a-f{_list(known)}"
        )
    found = [each for each in known if each.fingerprint.startswith(asked)]
    if not found:
        raise UsageError(f"the report shows no finding with the fingerprint {asked}{_list(known)}")
    if len(found) > 1:
        raise UsageError(f"{asked} begins {len(found)} fingerprints; give more of it{_list(found)}")
    (one,) = found
    judgement = next(each for each in run.judgements if each.requirement.id == one.requirement)
    group = next(each for each in judgement.groups if (each.pattern, each.symptom) == (one.pattern, one.symptom))
    findings = tuple(each for each in judgement.findings if defect(one.requirement, each) == one)
    return Dispute(run, judgement, one, group.count, findings or (group.first,))


def _defects(run: Run) -> list[Defect]:
    return [
        Defect(judgement.requirement.id, group.pattern, group.symptom)
        for judgement in run.judgements
        for group in judgement.groups
    ]


def _list(known: list[Defect]) -> str:
    if not known:
        return "; the report shows no finding at all"
    lines = [f"{each.fingerprint[:12]} {each.requirement} {each.pattern or 'the answer'}" for each in known[:_LISTED]]
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return f"; it shows: {'; '.join(one_line(line, 120) for line in lines)}{more}"


def as_markdown(dispute: Dispute) -> str:
    """The bundle, to be pasted."""
    return "\n".join(_rows(dispute)) + "\n"


def _rows(dispute: Dispute) -> Iterator[str]:
    run, judgement, first = dispute.run, dispute.judgement, dispute.findings[0]
    requirement = judgement.requirement
    exchange = next((one for one in run.exchanges if one.index == first.exchange), None)
    yield f"# {requirement.id}: {prose(requirement.title)}"
    yield ""
    yield f"- target: {code(run.target_url)}" + (f", {code(run.target_server)}" if run.target_server else "")
    yield f"- when: {code(run.started)}" + (f", recorded: {code(wording.recorded(run))}" if run.source else "")
    yield f"- run: {code(run.id)}, customers-conformance {code(run.suite_version)}"
    yield f"- fingerprint: `{dispute.defect.fingerprint}`"
    yield from _sentence(judgement)
    yield from _finding(dispute)
    if exchange is not None:
        yield from _exchange(exchange, first)
    yield from _accepted(first)
    yield from _commands(dispute)


def _sentence(judgement: Judgement) -> Iterator[str]:
    requirement = judgement.requirement
    yield from _section("The sentence")
    yield f"A conforming server {prose(requirement.says, _LONGEST)}."
    yield ""
    yield f"- {requirement.level}, profile {prose(requirement.profile)}"
    for name, words in wording.sources(requirement):
        quoted = f": {code(words.strip(_QUOTES), _LONGEST)}" if words else ""
        yield f"- source {prose(name)}{quoted}"
    if requirement.judged:
        yield f"- how it is judged: {prose(requirement.judged, _LONGEST)}"


def _finding(dispute: Dispute) -> Iterator[str]:
    yield from _section("What was found")
    fingerprint = dispute.defect.fingerprint
    told = (one.heading for one in defects(dispute.run, dispute.judgement) if one.group.fingerprint == fingerprint)
    yield prose(next(told, dispute.defect.symptom))
    yield ""
    for finding in dispute.findings[:_PLACES]:
        where = wording.answer(finding)
        yield f"- at {code(wording.place(finding))}" + (f" ({prose(where)})" if where else "")
        yield f"  - expected: {prose(finding.expected)}"
        yield f"  - actual: {code(finding.actual)}"
        message = wording.message(finding)
        if message:
            yield f"  - message: {prose(message)}"
    if (more := dispute.count - len(dispute.findings[:_PLACES])) > 0:
        yield f"- and {more:,} more"


def _exchange(exchange: Exchange, finding: Finding) -> Iterator[str]:
    talk = conversation(exchange)
    yield from _section("The request")
    yield from _fenced("sh", [talk.command] if talk.command else _message(talk.request))
    yield from _section("The answer")
    if talk.answer is None:
        yield prose(talk.error)
        return
    yield from _fenced("http", _message(talk.answer))
    excerpt, offset = None, offset_of(finding)
    if exchange.response is not None and offset is not None:
        excerpt = Excerpts().at(exchange.response.body, offset)
    elif exchange.response is not None:
        excerpt = Excerpts().around(exchange.response.body, finding.pointer)
    if excerpt is not None:
        yield ""
        yield f"At {code(excerpt.path)}:" if excerpt.path else "Its body:"
        yield ""
        yield from _fenced("", [f"{'> ' if line.marked else '  '}{line.text}" for line in excerpt.lines])


def _message(message: Message) -> list[str]:
    return [message.start, *(f"{name}: {value}" for name, value in message.fields)]


def _accepted(finding: Finding) -> Iterator[str]:
    yield from _section("What would have been accepted")
    yield f"{prose(finding.expected or 'what the sentence says')}, at {code(wording.place(finding))}."


def _commands(dispute: Dispute) -> Iterator[str]:
    identifier = dispute.defect.requirement
    yield from _section("To repeat it")
    # Whatever else was selected does not matter here, and an id by itself is of any profile.
    alone = replace(dispute.run, profiles=(), options={**dispute.run.options, "only": [identifier], "skip": []})
    for says, command in repeat(alone):
        yield says
        yield ""
        yield from _fenced("sh", [command])
        yield ""
    yield "Read what is said of the requirement, and see servers that break it."
    yield ""
    yield from _fenced("sh", [f"customers-conformance explain {identifier}"])


def _section(title: str) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""


def _fenced(language: str, lines: list[str]) -> Iterator[str]:
    """Lines as a block of code, between more backticks than any of them holds."""
    longest = max((len(found) for line in lines for found in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield from lines
    yield fence
