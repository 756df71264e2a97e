"""What is wrong, told apart from where and how often: a finding by its place's pattern and its symptom.

Findings with one fingerprint are one defect: in whichever customer it shows, in whatever order, and in any run.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from customers_conformance.model import (
    GENERATED_ROLES,
    GROUPS_KEPT,
    PLACES_KEPT,
    SIGHTINGS_KEPT,
    Finding,
    Further,
    Group,
    Sighting,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Stands for any position in a list.
ANY = "*"
#: The requests of a recording that no probe makes, as fingerprints name them.
ENTRY = f"entry {ANY}"

#: How the kinds of JSON read in a symptom, by what the text of such a value looks like.
_KINDS = (
    ("a string", re.compile(r'".*"', re.DOTALL)),
    ("a number", re.compile(r"-?[0-9][0-9.eE+-]*…?")),
    ("a boolean", re.compile(r"true|false")),
)

_POSITION = re.compile(r"/[0-9]+(?=/|$)")
_QUOTED = re.compile(r'"[^"]*"')
_POINTED = re.compile(r"(?<=\bat )/\S*")
_NUMBER = re.compile(r"(?<![A-Za-z])[0-9]+(?:[.:][0-9]+)*")
_STATUS = re.compile(r"[1-5][0-9]{2}(?![0-9])")
_TOKEN = re.compile(r"⟦([A-Za-z-]+):[0-9]+⟧")
#: The name of a probe that a run, or a recording, numbers by itself.
_NUMBERED = re.compile(rf"({'|'.join(f'{role}-' for role in sorted(GENERATED_ROLES))}|entry )[0-9]+")


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong: the requirement, where (without positions), and how it shows."""

    requirement: str
    #: A JSON pointer with ``*`` for every position; of a status the probe that was answered so, as ``@no-credentials``.
    #: Empty for the answer as a whole.
    pattern: str
    #: What stood there, and what was expected: kinds of values in the place of the target's own.
    symptom: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal, the same in every run."""
        text = f"{self.requirement}\n{self.pattern}\n{self.symptom}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def defect(requirement: str, finding: Finding) -> Defect:
    """What a finding of a requirement (its id) shows."""
    return Defect(requirement, pattern(finding), symptom(finding))


def pattern(finding: Finding) -> str:
    """Where a finding stands, in any customer: ``/customers/*/teams/*/profile``."""
    if finding.pointer:
        return _POSITION.sub(f"/{ANY}", finding.pointer)
    # A wrong status is one of the request; a wrong header is one of every answer.
    return f"@{any_number(finding.probe)}" if finding.probe and _STATUS.match(finding.actual) else ""


def pattern_of(steps: Iterable[str | int]) -> str:
    """The pattern of a place in a body, by the steps that lead to it; as that of its JSON pointer (RFC 6901)."""
    return "".join([f"/{_step(step)}" for step in steps])


def _step(step: str | int) -> str:
    if isinstance(step, int) or (step.isascii() and step.isdigit()):
        return ANY
    return step.replace("~", "~0").replace("/", "~1") if "~" in step or "/" in step else step


def any_number(probe: str) -> str:
    """The name of a probe, with a star for the number that a run, or a recording, gives by itself."""
    numbered = _NUMBERED.fullmatch(probe)
    return f"{numbered[1]}{ANY}" if numbered else probe


def symptom(finding: Finding) -> str:
    """How it shows: ``null, expected an object``; free of the target's data."""
    if not (finding.expected or finding.actual):
        return _plain(finding.message, at_a_place=bool(finding.pointer))
    return _symptom(finding.expected, finding.actual, at_a_place=bool(finding.pointer))


def kind(finding: Finding) -> str:
    """What stood at the place, as a kind: ``null``, ``a string``, ``a number``; of a status the number alone."""
    return _kind(finding.actual, at_a_place=bool(finding.pointer))


def _symptom(expected: str, actual: str, *, at_a_place: bool) -> str:
    short = len(expected) + len(actual) <= _LONGEST_REMEMBERED
    make = _remembered if short else _remembered.__wrapped__
    return make(expected, actual, at_a_place=at_a_place)


@lru_cache(4096)
def _remembered(expected: str, actual: str, *, at_a_place: bool) -> str:
    return f"{_kind(actual, at_a_place=at_a_place)}, expected {_plain(expected, at_a_place=at_a_place)}"


def _kind(actual: str, *, at_a_place: bool) -> str:
    if at_a_place:
        return next((name for name, form in _KINDS if form.fullmatch(actual)), _plain(actual, at_a_place=True))
    status = _STATUS.match(actual)
    return status[0] if status else _plain(actual, at_a_place=False)


def _plain(text: str, *, at_a_place: bool) -> str:
    """A text of ours without what stood in the target's data; beside no place in a body a status is none of that."""
    text = _TOKEN.sub(r"⟦\1⟧", _POINTED.sub("…", _QUOTED.sub('"…"', text)))
    return _NUMBER.sub(lambda found: found[0] if not at_a_place and _STATUS.fullmatch(found[0]) else "#", text)


#: Characters of what was expected and found of which the symptom is remembered.
_LONGEST_REMEMBERED = 500

#: Characters of a text that is counted word for word.
_LONGEST_SIGHTING = 200


@dataclass(slots=True)
class _Counted:
    """A group in the making."""

    pattern: str
    symptom: str
    first: Finding
    count: int = 0
    places: dict[str, None] = field(default_factory=dict)
    sightings: dict[tuple[str, str], int] = field(default_factory=dict)

    def see(self, actual: str, probe: str, count: int = 1) -> None:
        key = (actual, probe)
        if key in self.sightings:
            self.sightings[key] += count
        elif len(self.sightings) < SIGHTINGS_KEPT and len(actual) <= _LONGEST_SIGHTING:
            self.sightings[key] = count

    def stand(self, place: str) -> None:
        if len(self.places) < PLACES_KEPT:
            self.places[place] = None

    def group(self, requirement: str) -> Group:
        sightings = tuple(Sighting(actual, count, probe) for (actual, probe), count in self.sightings.items())
        named = Defect(requirement, self.pattern, self.symptom).fingerprint if requirement else ""
        return Group(
            self.pattern,
            self.symptom,
            self.count,
            replace(self.first, fingerprint=named),
            tuple(self.places),
            sightings,
            named,
        )


class Tally:
    """Counts findings of one requirement by what is wrong, however many there are: the first groups are told apart."""

    def __init__(self) -> None:
        """Nothing was found yet."""
        self._groups: dict[tuple[str, str], _Counted] = {}
        self.total = 0
        #: How many findings are in no group.
        self.further = 0

    def note(self, finding: Finding) -> None:
        """Count one more."""
        self.count(pattern(finding), finding, lambda: finding)

    def count(self, where: str, told: Finding | tuple[str, str], make: Callable[[], Finding]) -> None:
        """Count one more at a place in a body, by its pattern; it is made only where more than a count is kept of it.

        ``told`` is the finding, or what was expected there and what was found.
        """
        self.total += 1
        if isinstance(told, Finding):
            how, actual, probe = symptom(told), told.actual, any_number(told.probe)
        else:
            how, actual, probe = _symptom(*told, at_a_place=True), told[1], ""
        counted = self._groups.get((where, how)) or self._begun(where, how, make)
        if counted is None:
            self.further += 1
            return
        counted.count += 1
        counted.see(actual, probe)
        if len(counted.places) < PLACES_KEPT:
            counted.stand(_place(make()))

    def add(self, further: Further) -> None:
        """Count more that were counted elsewhere; without a place in a body they are told by the probe of the first."""
        self.total += further.count
        self.further += further.count - sum(group.count for group in further.groups)
        for group in further.groups:
            where = group.pattern if group.first.pointer else pattern(group.first)
            counted = self._groups.get((where, group.symptom)) or self._begun(where, group.symptom, group.first)
            if counted is None:
                self.further += group.count
                continue
            counted.count += group.count
            for sighting in group.sightings:
                counted.see(sighting.actual, sighting.probe or any_number(group.first.probe), sighting.count)
            for place in group.places:
                counted.stand(place)

    def _begun(self, where: str, how: str, first: Finding | Callable[[], Finding]) -> _Counted | None:
        if len(self._groups) == GROUPS_KEPT:
            return None
        counted = _Counted(where, how, first if isinstance(first, Finding) else first())
        self._groups[where, how] = counted
        return counted

    def groups(self, requirement: str = "") -> tuple[Group, ...]:
        """The groups in the order in which they were met; ``requirement`` is an id, for their fingerprints."""
        return tuple(counted.group(requirement) for counted in self._groups.values())

    def all(self) -> Further:
        """All that was counted."""
        return Further(self.total, self.groups())


def _place(finding: Finding) -> str:
    return finding.pointer or f"@{any_number(finding.probe)}"
