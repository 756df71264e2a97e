"""``report.html``: the run as one page for a person, without a script, a picture or anything fetched."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup, escape

from customers_conformance.harmless import one_line
from customers_conformance.model import MEBI, News, Verdict
from customers_conformance.reports import wording
from customers_conformance.reports.digest import report_digest
from customers_conformance.reports.excerpt import Excerpt, Excerpts
from customers_conformance.reports.messages import Conversation, conversation
from customers_conformance.reports.repeating import repeat

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Finding, Judgement, Run

FILE = "report.html"

#: Of one requirement: how many findings are shown with the lines around them, and how many conversations.
EXCERPTS_SHOWN = 5
CONVERSATIONS_SHOWN = 3

#: How much the findings of all requirements may add to the page with their evidence, in characters; beyond it only the
#: first finding of a requirement is shown, each text of it no longer than the second figure.
EVIDENCE_LIMIT = MEBI
BRIEF_LIMIT = 200

#: How many undocumented properties the page lists.
UNDOCUMENTED_SHOWN = 200

#: How many characters of one text, and of a name, the page shows.
TEXT_LIMIT = 1500
NAME_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A finding in words, each text on one line, with the lines around it where there is room for them."""

    where: str
    answer: str
    message: str
    expected: str
    actual: str
    #: By whom, until when and why it is accepted; empty where it is not.
    waived: str
    known: bool
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True)
class Case:
    """A judgement with the evidence that the page shows for it."""

    judgement: Judgement
    places: tuple[Place, ...]
    conversations: tuple[Conversation, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Area:
    """The judgements of one area of the catalogue, with how many have which verdict."""

    title: str
    code: str
    judgements: tuple[Judgement, ...]

    @property
    def tally(self) -> list[tuple[Verdict, int]]:
        """The verdicts that occur, in the order of ``Verdict``."""
        verdicts = [judgement.verdict for judgement in self.judgements]
        return [(verdict, verdicts.count(verdict)) for verdict in Verdict if verdict in verdicts]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar of verdicts, in thousandths of its width."""

    verdict: Verdict
    start: float
    width: float


def render(run: Run) -> bytes:
    """The run as HTML in UTF-8."""
    files = importlib.resources.files(__package__ or "")
    style = files.joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().from_string(files.joinpath("page.html.j2").read_text(encoding="utf-8"))
    page = template.render(
        run=run,
        report_digest=report_digest(run),
        style=Markup(style),  # noqa: S704 - our own file, and it must stand as it is hashed
        style_digest=digest,
        cases=_cases(run),
        areas=_areas(run),
        segments=_segments(run),
        reasons=wording.by_reason(wording.with_verdict(run, Verdict.UNVERIFIED)),
        undocumented=run.undocumented[:UNDOCUMENTED_SHOWN],
        repeat=repeat(run),
    )
    return page.encode()


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(line=_line, name=_name, prose=_prose)
    environment.globals.update(
        Verdict=Verdict,
        outcomes=wording.OUTCOMES,
        title=wording.title,
        recorded=wording.recorded,
        flaky=wording.flaky,
        verdicts=wording.VERDICTS,
        proof=wording.proof,
        observed=wording.observed,
        waivers=wording.waivers,
        news=wording.NEWS,
        News=News,
        sources=wording.sources,
    )
    return environment


def _line(value: object) -> str:
    return one_line(str(value), TEXT_LIMIT)


def _name(value: str) -> str:
    return one_line(value, NAME_LIMIT)


def _prose(text: str) -> Markup:
    """A sentence, what stands between its backticks as code."""
    parts = one_line(text, TEXT_LIMIT).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def _cases(run: Run) -> dict[Verdict, list[Case]]:
    """What is shown in full, by verdict; where the room runs out, the gravest were shown first."""
    exchanges = {exchange.index: exchange for exchange in run.exchanges}
    excerpts = Excerpts()
    room = EVIDENCE_LIMIT
    cases: dict[Verdict, list[Case]] = {}
    for verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.WAIVED):
        for judgement in wording.with_verdict(run, verdict):
            case = _case(run, judgement, exchanges, excerpts) if room > 0 else _brief_case(run, judgement)
            room -= len(repr((case.places, case.conversations)))
            cases.setdefault(verdict, []).append(case)
    return cases


def _case(run: Run, judgement: Judgement, exchanges: dict[int, Exchange], excerpts: Excerpts) -> Case:
    places = []
    conversations: dict[int, Conversation] = {}
    for number, finding in enumerate(judgement.findings):
        exchange = None if finding.exchange is None else exchanges.get(finding.exchange)
        excerpt = None
        if exchange is not None:
            if number < EXCERPTS_SHOWN and exchange.response is not None:
                excerpt = excerpts.around(exchange.response.body, finding.pointer)
            if exchange.index not in conversations and len(conversations) < CONVERSATIONS_SHOWN:
                conversations[exchange.index] = conversation(exchange)
        places.append(_place(run, judgement, finding, TEXT_LIMIT, excerpt))
    left_out = max(0, judgement.findings_total - len(places))
    return Case(judgement, tuple(places), tuple(conversations.values()), left_out)


def _brief_case(run: Run, judgement: Judgement) -> Case:
    places = tuple(_place(run, judgement, finding, BRIEF_LIMIT, None) for finding in judgement.findings[:1])
    return Case(judgement, places, (), max(0, judgement.findings_total - len(places)))


def _place(run: Run, judgement: Judgement, finding: Finding, limit: int, excerpt: Excerpt | None) -> Place:
    texts = (
        wording.place(finding),
        wording.answer(finding),
        wording.message(finding),
        finding.expected,
        finding.actual,
        wording.waived(run, finding),
    )
    where, answer, message, expected, actual, waived = (one_line(text, limit) for text in texts)
    return Place(where, answer, message, expected, actual, waived, wording.is_known(judgement, finding), excerpt)


def _areas(run: Run) -> list[Area]:
    groups: dict[str, list[Judgement]] = {}
    for judgement in run.judgements:
        groups.setdefault(judgement.requirement.area, []).append(judgement)
    return [Area(wording.AREAS.get(code, code), code, tuple(group)) for code, group in groups.items()]


def _segments(run: Run) -> list[Segment]:
    total = len(run.judgements)
    counts = run.counts
    segments = []
    start = 0.0
    for verdict in Verdict:
        width = 1000 * counts[verdict.value] / total if total else 0.0
        if width:
            segments.append(Segment(verdict, round(start, 2), round(width, 2)))
        start += width
    return segments
