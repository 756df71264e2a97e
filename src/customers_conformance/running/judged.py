"""From evidence to the run that is reported: the verdicts, the outcome, and what else the exchanges show.

Whoever has the same evidence and the same header gets the same run: who collected it, and whoever checks that later.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from customers_conformance.contract.locations import located
from customers_conformance.harmless import without_surrogates
from customers_conformance.judging.baseline import compared, news
from customers_conformance.judging.baseline import notes as baseline_notes
from customers_conformance.judging.judge import Rules, judge, outcome
from customers_conformance.judging.proofs import proven
from customers_conformance.judging.registry import checks
from customers_conformance.judging.waivers import notes, waived
from customers_conformance.model import (
    PLAIN,
    UNDOCUMENTED_KEPT,
    ExitCode,
    Flaky,
    Judgement,
    Undocumented,
    Use,
    Verdict,
)
from customers_conformance.running.asking.collecting import why_invalid
from customers_conformance.running.deadline.ending import BY_CTRL_C
from customers_conformance.running.shown import shown
from customers_conformance.running.statement import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from customers_conformance.contract.document import Contract
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Probe, Requirement, Run

_Value = TypeVar("_Value")


def judged(
    header: Run,
    evidence: Evidence,
    requirements: Sequence[Requirement],
    rules: Rules,
    cut_short: str | None,
    *,
    begin: Callable[[Requirement], None] = lambda _: None,
) -> Run:
    """The run of a header with all that its evidence shows; ``cut_short`` says why it ended before its end.

    ``begin`` is called before each requirement is judged. Of the header's warnings none is lost; its verdicts, outcome
    and coverage count for nothing.
    """
    why = why_invalid(evidence)
    if why:
        why = cut_short or why
        judgements = tuple(Judgement(requirement, Verdict.UNVERIFIED, why) for requirement in requirements)
    else:
        judgements = judge(evidence, requirements, rules, begin)
    why = cut_short or why
    accepted, warnings = header.waivers, tuple[str, ...]()
    if accepted is not None:
        judgements, accepted = waived(judgements, accepted, told=not why)
        warnings = tuple(notes(accepted, header.started))
    baseline = header.baseline if not why else None
    if baseline is not None:
        judgements = compared(judgements, baseline)
        warnings = (*warnings, *baseline_notes(judgements))
    found, exit_code = outcome(
        judgements, invalid=bool(why), rules=rules, waivers=accepted, against_baseline=baseline is not None
    )
    if cut_short == BY_CTRL_C and header.source is None:
        exit_code = ExitCode.INTERRUPTED
    summary = why or sentence(found, judgements, header.partial, evidence)
    if baseline is not None:
        summary += f" {news(judgements, baseline, strict=rules.strict)}"
    if accepted is not None and exit_code == ExitCode.USAGE:
        unused = accepted.uses.count(Use.UNUSED)
        summary += f" {unused} waiver{' is' if unused == 1 else 's are'} not needed any more (--strict-waivers)."
    undocumented, coverage, objects = _observed(evidence)
    plain = next((exchange.response for exchange in evidence.plain if exchange.response), None)
    return cleaned(
        replace(
            header,
            complete=cut_short is None,
            target_server=plain.header("Server") if plain else None,
            outcome=found,
            exit_code=exit_code,
            summary=summary,
            judgements=proven(located(judgements)),
            undocumented=undocumented,
            coverage=coverage,
            warnings=(*warnings, *header.warnings, *_notes(evidence)),
            waivers=accepted,
            exchanges=evidence.exchanges,
            flaky=tuple(_flaky(evidence)),
            shown=shown(evidence.contract, coverage, objects, judgements),
        )
    )


def cleaned(run: Run) -> Run:
    """The run as its report reads it back: with no lone surrogate in a text; the exchanges stay as they are."""
    return replace(_cleaned(replace(run, exchanges=())), exchanges=run.exchanges)


def _cleaned(value: _Value) -> _Value:
    found: Any = value
    if type(value) is str:
        found = without_surrogates(str(value))
    elif isinstance(value, tuple | list):
        found = type(value)(map(_cleaned, value))
    elif isinstance(value, dict | Counter):
        found = {_cleaned(name): _cleaned(item) for name, item in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: _cleaned(getattr(value, one.name)) for one in fields(value)}
        found = replace(value, **changed)
    return found  # type: ignore[no-any-return]


def known_probes(contract: Contract) -> list[Probe]:
    """Every probe of every check, by which recorded traffic is recognised."""
    found = {PLAIN.name: PLAIN}
    for check in checks(contract).values():
        found.update((probe.name, probe) for probe in (*check.reads, *check.sends))
    return list(found.values())


def _observed(evidence: Evidence) -> tuple[tuple[Undocumented, ...], dict[str, int], Counter[str]]:
    counts: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    places: dict[str, str] = {}
    coverage: Counter[str] = Counter()
    for _, listing in evidence.distinct():
        counts.update(listing.seen.undocumented)
        coverage.update(listing.seen.coverage)
        objects.update(listing.seen.objects)
        for label, place in listing.seen.first_places.items():
            places.setdefault(label, place)
    listed = tuple(Undocumented(label, place, counts[label]) for label, place in sorted(places.items()))
    return listed[:UNDOCUMENTED_KEPT], dict(sorted(coverage.items())), objects


def _flaky(evidence: Evidence) -> Iterator[Flaky]:
    for exchange in evidence.exchanges:
        if exchange.retried:
            met = tuple(each.says for each in exchange.retried)
            yield Flaky(evidence.name(exchange), exchange.index, met, exchange.mended)


def _notes(evidence: Evidence) -> tuple[str, ...]:
    notes = []
    if any(listing.reading.surrogates for _, listing in evidence.distinct()):
        notes.append("A lone surrogate in a string was read as U+FFFD.")
    return tuple(notes)
