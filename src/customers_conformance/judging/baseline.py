"""A run held against an earlier report: what is new since then. Pure, and after the waivers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from customers_conformance.model import GROUPS_KEPT, Baseline, Before, Level, News, Outcome, UsageError, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from customers_conformance.model import Judgement, Requirement, Run

_COMPARED = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.UNVERIFIED})

#: Ids that a sentence names before it counts the others.
_NAMED = 3


def baseline_of(run: Run, file: str, digest: str) -> Baseline:
    """What a run is as a baseline; raises ``UsageError`` where it judged nothing."""
    if not run.complete or run.outcome is Outcome.INVALID:
        raise UsageError(
            f"{file}: its run was cut short, or is invalid; allowed is the report of one that judged its target"
        )
    return Baseline(
        file=file,
        digest=digest,
        run=run.id,
        started=run.started,
        suite=run.suite_version,
        profiles=run.profiles,
        only=tuple(run.options["only"]),
        skip=tuple(run.options["skip"]),
        requirements={
            one.requirement.id: Before(
                one.verdict, tuple(sorted(group.fingerprint for group in one.groups)), one.further
            )
            for one in run.judgements
        },
    )


def compared(judgements: Sequence[Judgement], baseline: Baseline) -> tuple[Judgement, ...]:
    """The judgements, each that is broken or unverified with what is new of it."""
    return tuple(_compared(one, baseline) if one.verdict in _COMPARED else one for one in judgements)


def _compared(judgement: Judgement, baseline: Baseline) -> Judgement:
    before = baseline.requirements.get(judgement.requirement.id)
    if before is None:
        lacked = _selects(baseline, judgement.requirement)
        return replace(judgement, news=News.NOT_THERE if lacked else News.NEW)
    known = frozenset(before.fingerprints)
    groups = tuple(replace(group, known=group.fingerprint in known) for group in judgement.groups)
    if judgement.verdict is Verdict.UNVERIFIED:
        new = not _was_unverified(before)
    else:
        new = judgement.further > before.further or any(
            not group.known and group.waived < group.count for group in groups
        )
    return replace(judgement, groups=groups, news=News.NEW if new else News.KNOWN)


def _was_unverified(before: Before) -> bool:
    """Whether it was not judged there; where that was accepted, it is waived and nothing of it is broken."""
    is_broken = before.fingerprints or before.further
    return before.verdict is Verdict.UNVERIFIED or (before.verdict is Verdict.WAIVED and not is_broken)


def _selects(baseline: Baseline, requirement: Requirement) -> bool:
    """Whether a baseline would show a requirement if its suite had had it."""
    chosen = requirement.profile in baseline.profiles and requirement.id not in baseline.skip
    return chosen and (not baseline.only or requirement.id in baseline.only)


def news(judgements: Sequence[Judgement], baseline: Baseline, *, strict: bool) -> str:
    """What is new, as a sentence."""
    new = [one.requirement.id for one in judgements if is_new(one, strict=strict)]
    since = f"since the baseline of {baseline.started[:10]}"
    if not new:
        return f"Nothing is new {since}."
    more = f" and {len(new) - _NAMED} more" if len(new) > _NAMED else ""
    return f"New {since}: {', '.join(new[:_NAMED])}{more}."


def is_new(judgement: Judgement, *, strict: bool) -> bool:
    """Whether what a judgement tells is new, and binds."""
    # A MUST may warn, too: of what asking again mended.
    binds = strict if judgement.verdict is Verdict.WARN else judgement.requirement.level is Level.MUST
    return judgement.news is News.NEW and binds


def notes(judgements: Sequence[Judgement]) -> Iterator[str]:
    """What the reader should mind of a baseline, a sentence each."""
    for one in judgements:
        if one.news is News.NOT_THERE:
            says = "is not in the baseline: the suite that made it did not have the requirement yet."
            yield f"{one.requirement.id} ({one.verdict}) {says} It counts from the next baseline on."
        elif one.news is News.KNOWN and one.further:
            says = f"is broken in more than {GROUPS_KEPT} ways: {one.further:,} findings are not told apart."
            yield f"{one.requirement.id} {says} What is new among them is taken for known."
