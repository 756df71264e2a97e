"""Comparing answers as the requirements say: by id, without regard to order, the changing properties aside.

An answer is laid out flat: what identifies a property (the ids on the way, its name) to its value, so that two answers
differ where the values differ, and one property can be followed through many reads.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from customers_conformance.contract import ROOT, pointer
from customers_conformance.vocabulary import is_id, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from customers_conformance.bodies import Listing
    from customers_conformance.contract import Contract, Property
    from customers_conformance.evidence import Evidence
    from customers_conformance.model import Exchange, Probe

#: What may change between two reads without any change by us.
CHANGING = frozenset(
    {
        "current_usage",
        "token_current_usage",
        "request_current_usage",
        "last_reset",
        "token_last_reset",
        "request_last_reset",
        "updated_at",
    }
)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One plain property, or the fact that a list or an object is there (``value`` is then its kind)."""

    value: str
    path: tuple[str | int, ...]
    held: Any
    #: Whether it is the mark of a list or an object, and no plain property.
    structure: bool = False

    @property
    def pointer(self) -> str:
        """Where it stands in its answer."""
        return pointer(self.path)

    @property
    def display(self) -> str:
        """As a reader sees it."""
        return shown(self.held)


Laid = dict[Key, Shown]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: what identifies it, and its path in this answer."""

    key: Key
    path: tuple[str | int, ...]

    def below(self, name: str, *steps: str | int) -> Place:
        """A place beneath."""
        return Place((*self.key, name), (*self.path, *steps))


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two answers differ; the pointer is into the second where it has the place, else into the first."""

    key: Key
    pointer: str
    left: str
    right: str


def canonical(value: Any) -> str:
    """A value as text, equal for values that are equal: members and items in order, ``4.0`` as ``4``."""
    if isinstance(value, str):
        # The most frequent value needs no encoder, only to differ from every other kind.
        return f'"{value}'
    return json.dumps(_ordered(value), sort_keys=True, ensure_ascii=False)


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_ordered(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {key: _ordered(held) for key, held in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_LAID: WeakKeyDictionary[Listing, Laid] = WeakKeyDictionary()


def flat(listing: Listing) -> Mapping[Key, Shown]:
    """The customers of an answer, laid out flat; done once for each distinct body."""
    if listing in _LAID:
        return _LAID[listing]
    laid: Laid = {}
    value = listing.reading.value
    if listing.is_listing:
        said = listing.contract.properties[ROOT]["customers"]
        _lay(listing.contract, said, value["customers"], Place(("customers",), ("customers",)), laid)
    _LAID[listing] = laid
    return laid


def _lay(contract: Contract, said: Property, held: Any, place: Place, laid: Laid) -> None:
    if said.holds is None:
        if said.is_reference and (held is None or held in ("", 0)):
            return
        laid[place.key] = Shown(canonical(held), place.path, held)
    elif said.listed and isinstance(held, list):
        laid[place.key] = Shown("list", place.path, held, structure=True)
        for name, index in _identities(held):
            _lay_object(contract, said.holds, held[index], place.below(name, index), laid)
    elif not said.listed and isinstance(held, dict):
        _lay_object(contract, said.holds, held, place, laid)
    else:
        laid[place.key] = Shown("null" if held is None else "other", place.path, held, structure=True)


def _lay_object(contract: Contract, schema: str, held: Any, place: Place, laid: Laid) -> None:
    if not isinstance(held, dict):
        laid[place.key] = Shown(canonical(held), place.path, held)
        return
    laid[place.key] = Shown("object", place.path, held, structure=True)
    for name, said in contract.properties[schema].items():
        if name in held and name not in CHANGING:
            _lay(contract, said, held[name], place.below(name, name), laid)


def _identities(items: Sequence[Any]) -> Iterator[tuple[str, int]]:
    """A name for each item: its id where no sibling has the same, else its rank among those alike."""
    ids = [json.dumps(item["id"]) if isinstance(item, dict) and is_id(item.get("id")) else "" for item in items]
    counts = Counter(ids)
    rest = []
    for index, identity in enumerate(ids):
        if identity and counts[identity] == 1:
            yield identity, index
        else:
            rest.append(index)
    rest.sort(key=lambda index: (ids[index], canonical(items[index])))
    for rank, index in enumerate(rest):
        yield f"{ids[index]}#{rank}", index


def differences(left: Mapping[Key, Shown], right: Mapping[Key, Shown]) -> list[Difference]:
    """Where two answers differ, in the order of the first."""
    found = []
    for key in dict.fromkeys([*left, *right]):
        one, other = left.get(key), right.get(key)
        if one is None or other is None or one.value != other.value:
            place = other or one
            found.append(
                Difference(
                    key,
                    place.pointer if place else "",
                    one.display if one else "absent",
                    other.display if other else "absent",
                )
            )
    return found


def shared_differences(left: Mapping[Key, Shown], right: Mapping[Key, Shown]) -> list[Difference]:
    """Where plain properties that both answers show differ; null is not shown."""
    return [
        Difference(key, right[key].pointer, one.display, right[key].display)
        for key, one in left.items()
        if key in right
        and not one.structure
        and not right[key].structure
        and "null" not in (one.value, right[key].value)
        and one.value != right[key].value
    ]


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked between two control reads."""

    before: Exchange
    after: Exchange
    asked: tuple[Exchange, ...]


def rounds(evidence: Evidence, *probes: Probe) -> list[Round]:
    """The comparisons that the evidence holds: for each pair of neighbouring control reads, what stands between."""
    controls = evidence.plain
    asked = evidence.of(*probes)
    found = []
    for before, after in pairwise(controls):
        between = tuple(exchange for exchange in asked if before.index < exchange.index < after.index)
        if between:
            found.append(Round(before, after, between))
    return found


def agreed(evidence: Evidence, round_: Round) -> Listing | None:
    """The list that both control reads of a round show; ``None`` where they differ or show none."""
    first, second = evidence.listing(round_.before), evidence.listing(round_.after)
    if first is None or second is None or not first.is_listing or not second.is_listing:
        return None
    if first is second or not differences(flat(first), flat(second)):
        return second
    return None
