"""What the page shows of each requirement: its defects, the lines around the first, and one exchange."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from customers_conformance.harmless import one_line
from customers_conformance.model import MEBI, Verdict
from customers_conformance.reports.html.excerpt import Excerpt, Excerpts, Line, Wrong, offset_of
from customers_conformance.reports.telling import advice, wording
from customers_conformance.reports.telling.defects import Defect, absent, defects
from customers_conformance.reports.telling.messages import Conversation, conversation

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Finding, Judgement, Run

#: Of one requirement: how many defects are told, and how many with the lines around the first place.
DEFECTS_SHOWN = 40
EXCERPTS_SHOWN = 4

#: Members or items shown around a marked one, on either side.
LINES_AROUND = 3

#: How much the defects of all requirements may add to the page, in characters; beyond it only the first of a
#: requirement is told, each text of it no longer than ``BRIEF_LIMIT``. What the page itself adds to each is counted.
ROOM = MEBI // 2
MARKUP = 600
BRIEF_LIMIT = 120

#: How many characters of one text are shown: of a heading, of a place, of what was expected and found.
HEADING_LIMIT = 200
PLACE_LIMIT = 160
TEXT_LIMIT = 1000


#: How many fields of an answer's head are shown.
FIELDS_SHOWN = 5

_STATUS = re.compile("[1-5][0-9]{2}(?![0-9])")
_FIELD = re.compile("[A-Z][A-Za-z-]+")
_WORDS = re.compile("[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Told:
    """A defect with each text on one line, ready to be shown."""

    heading: str
    where: str
    places: tuple[str, ...]
    more: int
    #: How many findings it stands for.
    count: int
    in_body: bool
    stood: tuple[str, ...]
    remarks: tuple[str, ...]
    #: What the check says beside what was expected and found; empty where it says no more.
    message: str
    #: In full, where the heading has no room for it; empty where it has.
    expected: str
    actual: str
    #: The lines around the first place in a body, or the head of the answer.
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A requirement that is broken, with the evidence that the page shows for it."""

    judgement: Judgement
    told: tuple[Told, ...]
    talk: Conversation | None
    #: How many findings stand in none of these.
    left_out: int


def entries(run: Run) -> dict[Verdict, list[Entry]]:
    """What is shown with its evidence, by verdict; where the room runs out, the gravest were shown first."""
    exchanges = {exchange.index: exchange for exchange in run.exchanges}
    excerpts = Excerpts(LINES_AROUND)
    room = ROOM
    found: dict[Verdict, list[Entry]] = {}
    for verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.WAIVED):
        for judgement in advice.in_order(run, wording.with_verdict(run, verdict)):
            entry = _entry(run, judgement, exchanges, excerpts, brief=room <= 0)
            room -= len(repr((entry.told, entry.talk))) + MARKUP * len(entry.told)
            found.setdefault(verdict, []).append(entry)
    return found


def _entry(run: Run, judgement: Judgement, exchanges: dict[int, Exchange], excerpts: Excerpts, *, brief: bool) -> Entry:
    told = []
    first = None
    shown = 0
    #: What the excerpts have marked so far, by the answer in which it stands.
    marked: set[tuple[int, Wrong]] = set()
    for number, one in enumerate(islice(defects(run, judgement), 1 if brief else DEFECTS_SHOWN)):
        exchange = None if one.group.first.exchange is None else exchanges.get(one.group.first.exchange)
        first = first or exchange
        excerpt = None
        if not brief and number < EXCERPTS_SHOWN and exchange is not None and exchange.response is not None:
            if not one.in_body:
                offset = offset_of(one.group.first)
                excerpt = _head(exchange, one) if offset is None else excerpts.at(exchange.response.body, offset)
            elif (exchange.index, _wrong(one.group.first)) not in marked:
                wrong = _wrong_in(judgement, exchange)
                excerpt = excerpts.around(exchange.response.body, one.group.first.pointer, wrong)
                marked |= {(exchange.index, each) for each in excerpt.shows} if excerpt else set()
        told.append(_told(one, excerpt, BRIEF_LIMIT if brief else TEXT_LIMIT))
        shown += one.group.count
    talk = None if brief or first is None else conversation(first)
    return Entry(judgement, tuple(told), talk, max(0, judgement.findings_total - shown))


def _wrong_in(judgement: Judgement, exchange: Exchange) -> list[Wrong]:
    """All places of an answer's body in which a requirement is broken, as far as its findings are kept."""
    found = (*judgement.findings, *(group.first for group in judgement.groups))
    return [_wrong(one) for one in found if one.exchange == exchange.index and one.pointer]


def _wrong(one: Finding) -> Wrong:
    return Wrong(one.pointer, absent(one))


def _head(exchange: Exchange, one: Defect) -> Excerpt | None:
    """The first lines of an answer's head; marked are the status and the fields that the defect is about."""
    answer = conversation(exchange).answer
    if answer is None:
        return None
    first = one.group.first
    about = set(_WORDS.findall(f"{first.expected} {first.actual}".lower()))
    lines = [Line(answer.start, marked=_STATUS.match(first.actual) is not None)]
    named = [(name, value, name.lower() in about) for name, value in answer.fields]
    shown = sorted(named, key=lambda field: not field[2])[:FIELDS_SHOWN]
    lines += [
        Line(f"{name}: {value}", marked=marked) for name, value, marked in named if (name, value, marked) in shown
    ]
    wanted = _FIELD.match(first.expected)
    if first.actual == "none" and wanted and not any(line.marked for line in lines):
        lines.append(Line(f"(no {wanted[0]})", marked=True))
    return Excerpt("", tuple(lines), of_head=True)


def _told(one: Defect, excerpt: Excerpt | None, limit: int) -> Told:
    first = one.group.first
    brief = min(limit, HEADING_LIMIT)
    heading = one_line(one.heading, brief)
    cut = len(one.heading) > brief
    message = wording.message(first)
    return Told(
        heading=heading,
        where=one_line(one.where, brief),
        places=tuple(one_line(place, PLACE_LIMIT) for place in one.places),
        more=one.more,
        count=one.group.count,
        in_body=one.in_body,
        stood=tuple(one_line(text, PLACE_LIMIT) for text in one.stood),
        remarks=tuple(one_line(text, 2 * HEADING_LIMIT) for text in one.remarks),
        message=one_line(message, limit) if message and not one.heading.startswith(message.rstrip(".")) else "",
        expected=one_line(first.expected, limit) if cut else "",
        actual=one_line(first.actual, limit) if cut else "",
        excerpt=excerpt,
    )
