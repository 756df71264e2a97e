"""All that is known of a requirement, offline: what ``customers-conformance explain`` tells."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from customers_conformance.command import terminal
from customers_conformance.contract import document
from customers_conformance.contract.locations import locations
from customers_conformance.harmless import one_line
from customers_conformance.model import PLAIN
from customers_conformance.reports.telling import wording
from customers_conformance.running.settings import unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

    from customers_conformance.contract.document import Contract
    from customers_conformance.model import Location, Probe, Requirement

#: Said where a requirement is judged on more than the requests that are made for it.
_OTHERS = "on every other answer of the run that bears on it, too"
_COMPARED = "compared between plain requests before and after; asked again until the data settle"
_PENDING = "the suite cannot judge it yet"


@dataclass(frozen=True, slots=True)
class Example:
    """An answer of a server that ``serve`` starts: the option and the name for it, and what the server does."""

    option: str
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one requirement."""

    requirement: Requirement
    location: Location
    #: The requirements that it comes after, and those that come after it.
    after: tuple[Requirement, ...]
    before: tuple[Requirement, ...]
    #: The requests that are made for it.
    probes: tuple[Probe, ...]
    #: What else is to be said of how it is judged.
    notes: tuple[str, ...]
    right: tuple[Example, ...]
    wrong: tuple[Example, ...]
    #: How many faulty servers prove that the check can fail it; ``None`` where that was not measured.
    faults: int | None


def told(ids: tuple[str, ...], form: str) -> int:
    """Tell all that is known of some requirements, as ``text``, ``json`` or ``markdown``; raises ``UsageError``."""
    contract = document.load()
    for name in ids:
        if name not in contract.by_id:
            raise unknown("explain", name, contract.by_id)
    explanations = [explanation(contract, contract.by_id[name]) for name in dict.fromkeys(ids)]
    screen = terminal.Screen()
    if form == "json":
        screen.say(json.dumps([_as_data(each) for each in explanations], indent=2, ensure_ascii=False))
        return 0
    for number, each in enumerate(explanations):
        if number:
            screen.say("")
        for part in _lines(each, screen.columns) if form == "text" else markdown(each):
            if isinstance(part, (str, Text)):
                screen.say(part)
            else:
                screen.print(part)
    return 0


def explanation(contract: Contract, requirement: Requirement) -> Explanation:
    """What the catalogue, the checks and the reference server know of a requirement."""
    from customers_conformance.judging.proofs import proofs  # noqa: PLC0415 - the other commands need not wait for it
    from customers_conformance.judging.registry import checks  # noqa: PLC0415 - as above

    check = checks(contract).get(requirement.id)
    notes = [requirement.judged] if requirement.judged else []
    probes: list[Probe] = []
    if check is None:
        notes.append(_PENDING)
    else:
        made = [PLAIN] * check.plain_reads + [*check.reads, *check.sends]
        probes = [probe for number, probe in enumerate(made) if probe == PLAIN or probe not in made[:number]]
        if PLAIN in check.reads:
            probes.remove(PLAIN)
        if check.settles:
            notes.append(_COMPARED)
        if check.reads_all or not check.reads:
            notes.append(_OTHERS)
    right, wrong = _examples(requirement.id)
    return Explanation(
        requirement,
        locations()[requirement.id],
        tuple(contract.by_id[name] for name in requirement.after),
        tuple(other for other in contract.requirements if requirement.id in other.after),
        tuple(probes),
        tuple(notes),
        right,
        wrong,
        proofs().get(requirement.id),
    )


def _examples(identifier: str) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """What keeps a requirement though one might think otherwise, and what breaks it."""
    from customers_conformance.reference.faults import FAULTS  # noqa: PLC0415 - the other commands need not wait for it
    from customers_conformance.reference.variants import VARIANTS, variants_by_name  # noqa: PLC0415 - as above
    from customers_conformance.reference.variants.kept import KEPT  # noqa: PLC0415 - as above

    variants = [variants_by_name()[name] for name in KEPT.get(identifier, ())]
    return (
        tuple(Example("--variant", variant.name, variant.says) for variant in variants),
        (
            *(Example("--fault", fault.name, fault.says) for fault in FAULTS if fault.breaks == identifier),
            *(Example("--variant", each.name, each.says) for each in VARIANTS if identifier in each.warns),
        ),
    )


def _as_data(explained: Explanation) -> dict[str, Any]:
    requirement = explained.requirement
    return {
        "id": requirement.id,
        "title": requirement.title,
        "level": str(requirement.level),
        "profile": requirement.profile,
        "says": requirement.says,
        "judged": list(explained.notes),
        "sources": [
            {"name": name, "what": what, "detail": detail}
            for name, (what, detail) in zip(requirement.sources, wording.sources(requirement), strict=True)
        ],
        "place": asdict(explained.location),
        "needs": requirement.needs,
        "after": [each.id for each in explained.after],
        "before": [each.id for each in explained.before],
        "faults": explained.faults,
        "pending": requirement.pending,
        "probes": [
            {
                "name": probe.name,
                "method": probe.method,
                "query": list(map(list, probe.query)),
                "headers": list(map(list, probe.headers)),
                "credential": str(probe.credential),
                "says": probe.says,
                "depends_on": probe.depends_on,
            }
            for probe in explained.probes
        ],
        "right": [asdict(each) for each in explained.right],
        "wrong": [asdict(each) for each in explained.wrong],
    }


def _facts(explained: Explanation) -> Iterator[tuple[str, str]]:
    """What is told of a requirement in a line each: a label and a text."""
    requirement = explained.requirement
    yield "level", f"{requirement.level}, profile {requirement.profile}"
    for note in explained.notes:
        yield "judged", note
    for what, detail in wording.sources(requirement):
        yield "source", f"{what}: {detail}" if detail else what
    yield "place", str(explained.location)
    if requirement.needs:
        yield "needs", requirement.needs
    for each in explained.after:
        yield "after", each.heading
    for each in explained.before:
        yield "before", each.heading
    if explained.faults:
        yield "proven", f"by {explained.faults} faulty server{'s' * (explained.faults > 1)} that the check catches"


def _lines(explained: Explanation, columns: int) -> Iterator[str | Text | Table]:
    requirement = explained.requirement
    yield Text(requirement.heading, "bold")
    yield from terminal.labelled("says", f"a conforming server {requirement.says}", columns)
    for label, text in _facts(explained):
        yield from terminal.labelled(label, text, columns)
    if explained.probes:
        yield ""
        table = terminal.table(*terminal.PROBE_COLUMNS)
        for probe in explained.probes:
            table.add_row(*(terminal.cell(text, terminal.PROBE_CELL) for text in terminal.probe_row(probe)))
        yield table
    for title, examples in (("right", explained.right), ("wrong", explained.wrong)):
        if examples:
            yield ""
            table = terminal.table(f"{title}: the server …", "try it: customers-conformance serve …")
            for example in examples:
                table.add_row(terminal.cell(example.says), terminal.cell(f"{example.option} {example.name}"))
            yield table


def markdown(
    explained: Explanation, place: Callable[[Location], str] | None = None, *, folded: bool = False
) -> Iterator[str]:
    """The lines of a section of Markdown.

    ``place`` is Markdown that shows where the requirement stands, such as a link. ``folded`` hides right and wrong
    answers behind a summary, as HTML that forges let through.
    """
    requirement = explained.requirement
    yield f"## {requirement.heading}"
    yield ""
    yield f"A conforming server {requirement.says}."
    yield ""
    for label, text in _facts(explained):
        if label == "place":
            yield f"- place: {place(explained.location) if place else code(text)}"
        elif label == "source":
            what, parted, detail = text.partition(": ")
            yield f"- source: {what}{parted}{code(detail)}"
        else:
            yield f"- {label}: {text}"
    if explained.probes:
        yield ""
        yield f"| {' | '.join(terminal.PROBE_COLUMNS)} |"
        yield f"| {' | '.join('---' for _ in terminal.PROBE_COLUMNS)} |"
        for probe in explained.probes:
            *cells, says = (one_line(text, terminal.PROBE_CELL) for text in terminal.probe_row(probe))
            yield f"| {' | '.join([*map(code, cells), says])} |"
    yield from _answers("Right", explained.right, folded=folded)
    yield from _answers("Wrong", explained.wrong, folded=folded)


def _answers(title: str, examples: tuple[Example, ...], *, folded: bool) -> Iterator[str]:
    if not examples:
        return
    yield ""
    if folded:
        yield f"<details><summary>{title} answers: {len(examples)}</summary>"
        yield ""
        yield "The server …"
    else:
        yield f"{title}: the server …"
    yield ""
    for example in examples:
        yield f"- {plain(example.says)} ({code(f'serve {example.option} {example.name}')})"
    if folded:
        yield ""
        yield "</details>"


def code(text: str) -> str:
    """A text of ours, which holds no backtick, as a code span that may stand in a table."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def plain(text: str) -> str:
    """A text with what Markdown would read as its own escaped."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)
