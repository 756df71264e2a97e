"""``report.html``: the run as one page for a person, by itself: nothing is fetched.

Without a script it is complete; with its own it filters, and opens what is folded where a link leads.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup, escape

from customers_conformance.harmless import one_line
from customers_conformance.model import DEFAULT_LIMITS, Mode, News, Outcome, Verdict
from customers_conformance.placeholders import KEY
from customers_conformance.reports.html.entries import entries
from customers_conformance.reports.html.portrait import kinds
from customers_conformance.reports.html.repeating import given, repeat
from customers_conformance.reports.html.requests import requests
from customers_conformance.reports.telling import advice, wording
from customers_conformance.reports.telling.digest import report_digest
from customers_conformance.reports.telling.messages import conversation
from customers_conformance.reports.telling.unlocking import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Judgement, Run

FILE = "report.html"

#: How many characters of one text, and of a name, the page shows.
TEXT_LIMIT = 1500
NAME_LIMIT = 300

#: How many warnings of the run are shown at the top.
WARNINGS_SHOWN = 20


#: What the options are unless the user says otherwise, where that is more than nothing.
_USUAL: Mapping[str, object] = MappingProxyType(
    {
        "timeout": DEFAULT_LIMITS.timeout,
        "deadline": DEFAULT_LIMITS.deadline,
        "max_body": DEFAULT_LIMITS.max_body,
        "concurrency": DEFAULT_LIMITS.concurrency,
        "evidence": Mode.REDACTED.value,
        "settle": 5.0,
        "retries": 0,
        "examples": 20,
        "key_placeholder": KEY,
    }
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar of verdicts, in thousandths of its width."""

    verdict: Verdict
    start: float
    width: float


def render(run: Run) -> bytes:
    """The run as HTML in UTF-8."""
    style, script = _file("page.css"), _file("page.js")
    # A run that was interrupted before it was judged has neither, whatever its evidence holds.
    told = run.ledger is not None or run.source is not None
    plain = advice.plain_of(run) if told else None
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            report_digest=report_digest(run),
            style=Markup(style),  # noqa: S704 - our own file, and it must stand as it is hashed
            style_digest=_digest(style),
            script=Markup(script),  # noqa: S704 - likewise
            script_digest=_digest(script),
            certificate=run.outcome in {Outcome.CONFORMANT, Outcome.CONFORMANT_WITH_WAIVERS},
            unjudged=run.outcome is Outcome.INVALID and not any(_is_judged(one) for one in run.judgements),
            tried=[conversation(plain)] if plain and run.outcome is Outcome.INVALID and told else [],
            plain_answered=plain is not None and plain.response is not None,
            meaning=advice.meaning(run),
            share=advice.share(run),
            steps=advice.steps(run),
            entries=entries(run),
            rows=rows(run),
            segments=_segments(run),
            kinds=kinds(run),
            told=told,
            requests=requests(run) if told else (),
            lasted=_lasted(run),
            options=_options(run),
            repeat=repeat(run),
            warnings=run.warnings[:WARNINGS_SHOWN],
        )
    )
    return page.encode()


def _file(name: str) -> str:
    return importlib.resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True,
        keep_trailing_newline=True,
        loader=jinja2.FunctionLoader(_file),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(line=_line, name=_name, prose=_prose, when=_when, words=_words)
    environment.globals.update(
        AREAS=wording.AREAS,
        Verdict=Verdict,
        News=News,
        outcomes=wording.OUTCOMES,
        title=wording.title,
        recorded=wording.recorded,
        flaky=wording.flaky,
        verdicts=wording.VERDICTS,
        with_verdict=wording.with_verdict,
        proof=wording.proof,
        judged_on=wording.judged_on,
        waivers=wording.waivers,
        news=wording.NEWS,
        sources=wording.sources,
    )
    return environment


def _line(value: object) -> str:
    return one_line(str(value), TEXT_LIMIT)


def _name(value: str) -> str:
    return one_line(value, NAME_LIMIT)


def _when(text: str) -> str:
    """A date-time as a person reads it, in UTC to the second; any other text as it is."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError):
        return _line(text)


def _prose(text: str) -> Markup:
    """A sentence, what stands between its backticks as code."""
    parts = one_line(text, TEXT_LIMIT).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def _words(command: str) -> Markup:
    """A command whose lines break before an option, and within one only where it is longer than a line."""
    parts = command.split(" --")
    return Markup(" ").join(
        Markup('<span class="option">{}{}</span>').format("--" if number else "", part)
        for number, part in enumerate(parts)
    )


def _options(run: Run) -> str:
    """The options that bear on the run, as they are typed, but for what is usual."""
    return " ".join(given({name: value for name, value in run.options.items() if _USUAL.get(name) != value}))


def _is_judged(one: Judgement) -> bool:
    return one.verdict not in {Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE}


def _lasted(run: Run) -> str:
    """How long the run took, in words; empty where its times tell nothing."""
    try:
        seconds = (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()
    except ValueError:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


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
