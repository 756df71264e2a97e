"""Waivers: which findings each covers, and what that makes of the verdicts. Pure, and after the judging."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from customers_conformance.fingerprints import ANY, any_number, kind, pattern, symptom
from customers_conformance.model import Level, Use, Verdict, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from customers_conformance.model import Finding, Group, Judgement, Waivers

#: A waiver that holds longer from now on is not looked at again for too long.
FAR = timedelta(days=366)

#: How a finding of a member that is not there reads; the member is a part of the place that is waived.
_ABSENT, _MEMBER = "absent", "the member "

#: Waivers that a reason names before it counts the others.
_NAMED = 3

_BROKEN = frozenset({Verdict.FAIL, Verdict.WARN})


def parts_of(at: str) -> tuple[str, str]:
    """The probe and the pattern of a place that a waiver names, either of them empty: ``@memory/customers/*/id``."""
    if not at.startswith("@"):
        return "", at
    probe, slash, rest = at[1:].partition("/")
    return probe, slash + rest


def place_of(finding: Finding) -> str:
    """The place that a waiver of a finding names: its pattern, with the member that is missing there."""
    if not finding.pointer:
        return ""
    where = pattern(finding)
    if finding.actual == _ABSENT and finding.expected.startswith(_MEMBER):
        member = finding.expected.removeprefix(_MEMBER).partition(" ")[0]
        where += f"/{member.replace('~', '~0').replace('/', '~1')}"
    return where


def expected_of(group: Group) -> str:
    """What a symptom says that was expected."""
    return group.symptom.removeprefix(f"{kind(group.first)}, expected ")


def waived(
    judgements: Sequence[Judgement], waivers: Waivers, *, told: bool = True
) -> tuple[tuple[Judgement, ...], Waivers]:
    """The judgements with what is accepted, and the waivers with what each did.

    ``told`` is false where a run was not judged: then no waiver does anything.
    """
    work = _Work(waivers.entries)
    found = tuple(_followed(work.waived(judgement) for judgement in judgements)) if told else tuple(judgements)
    uses = tuple(work.use(number) for number in range(len(waivers.entries)))
    covered = tuple(work.covered[number] for number in range(len(waivers.entries)))
    return found, replace(waivers, uses=uses, covered=covered)


def _followed(judgements: Iterable[Judgement]) -> Iterator[Judgement]:
    """The judgements, each that could not be judged for what it comes after with a reason that says what is waived."""
    found = {judgement.requirement.id: judgement for judgement in judgements}
    for judgement in found.values():
        path, last = list[str](), judgement
        while (before := _before(last)) in found and before not in path:
            path.append(before)
            last = found[before]
        if path and last.verdict is Verdict.WAIVED:
            way = ", which comes after ".join(path)
            yield replace(judgement, reason=f"comes after {way}, which is waived: look at that one first")
        else:
            yield judgement


def _before(judgement: Judgement) -> str:
    """What has to hold first, where a judgement is unverified for that; empty where it is not."""
    first = judgement.missing[0] if judgement.verdict is Verdict.UNVERIFIED and judgement.missing else ""
    return first if first in judgement.requirement.after else ""


def expired(waivers: Waivers, started: str) -> Iterator[int]:
    """The numbers of the waivers that no longer held when a run began, at a date-time."""
    day = datetime.fromisoformat(started).date()
    return (number for number, one in enumerate(waivers.entries) if date.fromisoformat(one.expires) < day)


def notes(waivers: Waivers, started: str) -> Iterator[str]:
    """What the reader should mind of the waivers of a run that began at a date-time, a sentence each."""
    latest = datetime.fromisoformat(started).date() + FAR
    named = [f"The waiver of {one.requirement} ({waivers.named(number)})" for number, one in enumerate(waivers.entries)]
    for number, use in enumerate(waivers.uses):
        if use is Use.UNUSED:
            where = f" at {waivers.entries[number].at}" if waivers.entries[number].at else ""
            yield f"{named[number]} is unused: what it accepts{where} is not there any more. Take it out."
    for number, one in enumerate(waivers.entries):
        if date.fromisoformat(one.expires) > latest:
            says = f"holds until {one.expires}, more than {FAR.days} days ahead: nobody will look at it again."
            yield f"{named[number]} {says}"


def proposed(judgement: Judgement, *, reason: str, owner: str, expires: str, link: str = "") -> tuple[Waiver, ...]:
    """The waivers that would accept all that is known of a judgement and is not accepted yet, by place."""
    identifier, must = judgement.requirement.id, judgement.requirement.level is Level.MUST
    accepting = partial(Waiver, identifier, reason=reason, owner=owner, expires=expires, link=link)
    found = [
        accepting(
            judgement.verdict if judgement.verdict in _BROKEN else Verdict.FAIL if must else Verdict.WARN,
            at=place_of(group.first) or (group.pattern if group.pattern.startswith("@") else ""),
            actual=_kind(group),
            expected=expected_of(group),
        )
        for group in sorted(judgement.groups, key=lambda group: group.pattern)
        if group.waived < group.count
    ]
    if judgement.verdict is Verdict.UNVERIFIED and judgement.missing:
        found.append(accepting(Verdict.UNVERIFIED, missing=judgement.missing))
    return tuple(found)


@dataclass(slots=True)
class _Work:
    """Waivers, and what they did so far."""

    entries: tuple[Waiver, ...]
    covered: Counter[int] = field(default_factory=Counter)
    _judged: dict[str, Judgement] = field(default_factory=dict)

    def waived(self, judgement: Judgement) -> Judgement:
        """A judgement with what is accepted of it."""
        self._judged[judgement.requirement.id] = judgement
        own = [(number, one) for number, one in enumerate(self.entries) if one.requirement == judgement.requirement.id]
        if not own or judgement.verdict not in _BROKEN | {Verdict.UNVERIFIED}:
            return judgement
        broken = [(number, one) for number, one in own if one.accepts is judgement.verdict in _BROKEN]
        lacking = [(number, one) for number, one in own if one.accepts is Verdict.UNVERIFIED]
        marked = self._marked(judgement, broken)
        missing = [name for name in judgement.missing if not self._accepted(name, lacking)]
        used = [one for number, one in own if self.covered[number]]
        left = judgement.findings_total - sum(group.waived for group in marked.groups)
        if left or not used or (judgement.verdict is Verdict.UNVERIFIED and missing):
            return marked
        if missing:
            why = f"what is broken is waived; what else it asks could not be judged for want of: {missing[0]}"
            return replace(marked, verdict=Verdict.UNVERIFIED, reason=why)
        return replace(marked, verdict=Verdict.WAIVED, reason=_reason(used))

    def _accepted(self, name: str, lacking: Iterable[tuple[int, Waiver]]) -> bool:
        accepting = [number for number, one in lacking if name in one.missing]
        self.covered.update(accepting)
        return bool(accepting)

    def _marked(self, judgement: Judgement, broken: Sequence[tuple[int, Waiver]]) -> Judgement:
        def marked(finding: Finding) -> Finding:
            return replace(finding, waiver=next((number for number, one in broken if covers(one, finding)), None))

        return replace(
            judgement,
            findings=tuple(map(marked, judgement.findings)),
            groups=tuple(
                replace(group, first=marked(group.first), waived=self._of_group(group, broken))
                for group in judgement.groups
            ),
        )

    def _of_group(self, group: Group, broken: Sequence[tuple[int, Waiver]]) -> int:
        """How many places of a group are covered; what stood there is told apart as far as the group does."""
        concerned = [(number, one) for number, one in broken if _is_at(one, group)]
        whole = [number for number, one in concerned if not parts_of(one.at)[0] and one.actual == _kind(group)]
        self.covered.update(dict.fromkeys(whole, group.count))
        seen = 0
        for sighting in group.sightings:
            covering = [
                number
                for number, one in concerned
                if number not in whole
                and parts_of(one.at)[0] in {"", sighting.probe}
                and one.actual in {_kind(group), sighting.actual}
            ]
            self.covered.update(dict.fromkeys(covering, sighting.count))
            seen += sighting.count if covering else 0
        return group.count if whole else seen

    def use(self, number: int) -> Use:
        """What became of a waiver."""
        one = self.entries[number]
        judgement = self._judged.get(one.requirement)
        if judgement is None or judgement.verdict is Verdict.ERROR:
            return Use.NOT_JUDGED
        if self.covered[number]:
            return Use.USED
        if judgement.verdict is Verdict.UNVERIFIED or judgement.further:
            return Use.NOT_JUDGED
        if judgement.verdict is Verdict.NOT_APPLICABLE and one.accepts in _BROKEN:
            return Use.NOT_JUDGED
        return Use.UNUSED


def covers(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver of a finding's requirement covers it."""
    probe, place = parts_of(waiver.at)
    how = kind(finding)
    return (
        _leads_to(place, place_of(finding))
        and probe in {"", any_number(finding.probe)}
        and waiver.actual in {how, finding.actual}
        and (not waiver.expected or symptom(finding) == f"{how}, expected {waiver.expected}")
    )


def _is_at(waiver: Waiver, group: Group) -> bool:
    """Whether a waiver is of a group's place and of what is expected there."""
    expects = not waiver.expected or waiver.expected == expected_of(group)
    return expects and _leads_to(parts_of(waiver.at)[1], place_of(group.first))


def _kind(group: Group) -> str:
    return kind(group.first)


def _leads_to(place: str, where: str) -> bool:
    """Whether the place of a waiver is that of a finding; a star stands for one step, whichever."""
    ours, theirs = place.split("/"), where.split("/")
    return len(ours) == len(theirs) and all(one in {ANY, other} for one, other in zip(ours, theirs, strict=True))


def _reason(used: Sequence[Waiver]) -> str:
    """Why what is broken is accepted."""
    said = list(dict.fromkeys(f"accepted until {one.expires} by {one.owner}: {one.reason}" for one in used))
    more = len(said) - _NAMED
    return "; ".join([*said[:_NAMED], *([f"and by {more} waivers more"] if more > 0 else [])])
