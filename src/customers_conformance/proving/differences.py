"""Where a report says something else than its evidence gives, each difference as a sentence with the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

#: Characters of a value, and of a place, that a sentence shows.
_SHOWN, _LONGEST_PLACE = 120, 300

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree: the file with the place in it, and a sentence; both fit to be shown."""

    place: str
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


def difference(place: str, says: str) -> Difference:
    """A difference whose texts may come from a stranger."""
    return Difference(one_line(place, _LONGEST_PLACE), one_line(says, 4 * _LONGEST_PLACE))


def unequal(said: Any, found: Any, place: str = "", leave: Collection[str] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Where two values of JSON differ: a pointer, and what stands there in either; ``leave`` are places left out."""
    if place in leave or _same(said, found):
        return
    if isinstance(said, dict) and isinstance(found, dict):
        for name in {**said, **found}:
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from unequal(said.get(name, _ABSENT), found.get(name, _ABSENT), f"{place}/{step}", leave)
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for number, (one, other) in enumerate(zip(said, found, strict=True)):
            yield from unequal(one, other, f"{place}/{number}", leave)
    else:
        yield place, said, found


def _same(one: Any, other: Any) -> bool:
    """Whether two values that hold no others are alike; a truth is no number."""
    return one == other and isinstance(one, bool) is isinstance(other, bool) and not isinstance(one, dict | list)


def shown(value: Any) -> str:
    """A value of JSON in a sentence."""
    if value is _ABSENT:
        return "nothing"
    if isinstance(value, dict | list):
        noun = "members" if isinstance(value, dict) else "items"
        return f"{len(value):,} {noun}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return one_line(str(value), _SHOWN) or "an empty text"


def against_evidence(said: dict[str, Any], found: dict[str, Any], leave: Collection[str]) -> Iterator[Difference]:
    """Where a report says something else than the one that its evidence gives; requirements are told by their ids."""
    for pointer, one, other in unequal(said, found, leave=(*leave, "/requirements")):
        yield difference(f"report.json {pointer}", f"it says {shown(one)}; the evidence gives {shown(other)}")
    if "/requirements" not in leave:
        yield from _requirements(said["requirements"], found["requirements"], leave)


def _requirements(
    said: list[dict[str, Any]], found: list[dict[str, Any]], leave: Collection[str]
) -> Iterator[Difference]:
    given = {entry["id"]: entry for entry in found}
    names = [entry["id"] for entry in said]
    for number, entry in enumerate(said):
        place, name = f"report.json /requirements/{number}", entry["id"]
        if name not in given:
            yield difference(place, f"{name} is not among the requirements that the options select")
            continue
        inner = {each.removeprefix("/requirements/*") for each in leave if each.startswith("/requirements/*/")}
        for pointer, one, other in unequal(entry, given[name], leave=inner):
            yield difference(f"{place}{pointer}", f"{name}: it says {shown(one)}; the evidence gives {shown(other)}")
    missing = [name for name in given if name not in names]
    for name in missing:
        yield difference("report.json /requirements", f"{name} is missing; the evidence gives {given[name]['verdict']}")
    if not missing and set(names) == set(given) and names != list(given):
        yield difference("report.json /requirements", "they do not stand in the order of the catalogue")
