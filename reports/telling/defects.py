"""What is wrong, in words: a group of findings as every report tells it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers_conformance.fingerprints import ENTRY
from customers_conformance.model import News
from customers_conformance.reports.telling import wording

if TYPE_CHECKING:
    from customers_conformance.model import Finding, Group, Judgement, Run, ShownObject, ShownProperty

#: What our checks expect where a property is undocumented, and where a member is absent.
_DOCUMENTED = "a documented property"
_MEMBER = "the member "
_ABSENT = "absent"

#: What a reader calls a recorded request that no probe of ours makes.
_RECORDED = "other recorded requests"

#: How many answers, and how many texts that stood in a place, are named.
NAMED = 6


@dataclass(frozen=True, slots=True)
class Defect:
    """A group of findings in words. They may hold text of the target: each format makes it harmless."""

    group: Group
    #: What stood there, what was expected, and how often: ``null, expected an object: 3 of 3``.
    heading: str
    #: Where, positions left out: ``/customers/*/teams/*/profile``, or which answers.
    where: str
    #: The first places as JSON pointers, or the probes whose answers show it: ``unknown-bearer (2)``.
    places: tuple[str, ...]
    #: How many times more than these.
    more: int
    #: What stood there, where that differs: ``-1 (2 times)``.
    stood: tuple[str, ...]
    #: By whom it is accepted, and whether the baseline has it.
    remarks: tuple[str, ...]

    @property
    def in_body(self) -> bool:
        """Whether it stands at a place in a body, and not in an answer as a whole."""
        return bool(self.group.first.pointer)

    @property
    def places_line(self) -> str:
        """The places on one line: ``a, b and 3 more``."""
        named = ", ".join(self.places)
        return f"{named} and {self.more:,} more" if self.more else named


def defects(run: Run, judgement: Judgement) -> tuple[Defect, ...]:
    """All groups of a judgement in words; those that nothing accepts, and no baseline has, come first."""
    groups = sorted(judgement.groups, key=lambda one: (one.waived >= one.count, one.known))
    return tuple(defect(run, judgement, group) for group in groups)


def defect(run: Run, judgement: Judgement, group: Group) -> Defect:
    """A group of findings in words."""
    places, named = _places(group)
    return Defect(
        group=group,
        heading=_heading(run, group),
        where=_where(group),
        places=places,
        more=max(0, group.count - named),
        stood=_stood(group),
        remarks=_remarks(run, judgement, group),
    )


def _heading(run: Run, group: Group) -> str:
    what = _symptom(group)
    total = _total(run, group)
    if total is not None and total >= group.count:
        return f"{what}: {group.count:,} of {total:,}"
    if group.count == 1:
        return what
    if group.first.pointer:
        return f"{what}: {group.count:,} times"
    return f"{what}: {group.count:,} answers"


def _symptom(group: Group) -> str:
    """What stood there and what was expected, word for word where all of the group say the same."""
    first = group.first
    if not (first.expected or first.actual):
        return first.message.rstrip(".") or group.symptom
    if first.expected == _DOCUMENTED:
        name, _, times = first.actual.rpartition(", ")
        return f"{name or first.actual} is undocumented: {'once' if times == '1 times' else times}"
    if absent(first):
        return f"{first.expected} is absent"
    told = f"{first.actual or 'nothing'}, expected {first.expected}" if first.expected else first.actual
    # Where there are more than are kept, those that are stand for all: the symptom is the same.
    alike = all(one.actual == first.actual for one in group.sightings)
    if group.count == 1 or alike or told == group.symptom:
        return told
    return f"{told}, and alike" if "#" in group.symptom or "…" in group.symptom else group.symptom


def absent(finding: Finding) -> str:
    """The name of the member that a finding misses; empty where it misses none."""
    if finding.actual == _ABSENT and finding.expected.startswith(_MEMBER):
        return finding.expected.removeprefix(_MEMBER)
    return ""


def _where(group: Group) -> str:
    if group.first.pointer:
        return group.pattern or group.first.pointer
    if group.pattern.startswith("@"):
        return f"the answer to {group.pattern[1:]}"
    return "the answer as a whole" if group.count == 1 else "answers as a whole"


def _places(group: Group) -> tuple[tuple[str, ...], int]:
    """The first places, and how many findings they stand for."""
    if group.first.pointer:
        return group.places or (group.first.pointer,), max(1, len(group.places))
    probes: Counter[str] = Counter()
    for one in group.sightings:
        if one.probe:
            probes[_RECORDED if one.probe == ENTRY else one.probe] += one.count
    if not probes:
        named = tuple(place.removeprefix("@") for place in group.places if place != "@")[:NAMED]
        return named, len(named) or group.count
    first = list(probes.items())[:NAMED]
    return tuple(name if count == 1 else f"{name} ({count:,})" for name, count in first), sum(
        count for _, count in first
    )


def _stood(group: Group) -> tuple[str, ...]:
    texts: Counter[str] = Counter()
    for one in group.sightings:
        texts[one.actual] += one.count
    if len(texts) < 2:
        return ()
    return tuple(f"{text} ({_times(count)})" for text, count in texts.most_common(NAMED))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _remarks(run: Run, judgement: Judgement, group: Group) -> tuple[str, ...]:
    remarks = []
    if group.waived:
        own = (one for one in judgement.findings if one.fingerprint == group.fingerprint and one.waiver is not None)
        words = wording.waived(run, next(own, group.first)) or "waived"
        remarks.append(words if group.waived >= group.count else f"{group.waived:,} of {group.count:,} {words}")
    if group.known:
        remarks.append(wording.NEWS[News.KNOWN])
    return tuple(remarks)


def _total(run: Run, group: Group) -> int | None:
    """How often that to which a group belongs was seen; ``None`` where the run does not tell."""
    if not run.shown or not group.first.pointer or group.first.expected == _DOCUMENTED:
        return None
    objects = {one.name: one for one in run.shown}
    here: ShownObject | None = run.shown[0]
    total = here.count if here else None
    for step in group.pattern.split("/")[1:]:
        if step == "*":
            total = here.count if here else None
            continue
        member = _member(here, step)
        if here is None or member is None:
            return None
        total = member.seen
        here = objects.get(f"{here.name}.{step}") or objects.get(_kind(member.type))
    if group.first.actual == _ABSENT:
        return here.count if here else None
    return total


def _member(one: ShownObject | None, name: str) -> ShownProperty | None:
    return next((member for member in one.properties if member.name == name), None) if one else None


def _kind(type_: str) -> str:
    """The name of the kind of object that a property holds: ``list of Team or null`` holds ``Team``."""
    return type_.removesuffix(" or null").rpartition(" of ")[2]
