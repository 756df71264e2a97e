"""Comparing two answers as the requirements say: by id, without regard to order, the changing properties aside.

What identifies a property (the ids on the way to it, and its name) is its key: it stays the same from read to read,
while the pointer to the property moves with the order of the lists.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from customers_conformance.contract.document import ROOT
from customers_conformance.contract.pointers import pointer
from customers_conformance.contract.properties import CHANGING
from customers_conformance.contract.vocabulary.formats import Instant, read_time
from customers_conformance.contract.vocabulary.keywords import identifies, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from customers_conformance.bodies.listing import Listing
    from customers_conformance.contract.document import Contract
    from customers_conformance.contract.properties import Property

Path = tuple[str | int, ...]

#: An item of a list: its id, or the id that others have too (or none) and the rank among those.
_Name = str | int | tuple[str | int | None, int]

#: What identifies a property in any answer: the names of the members and of the items on the way, in turn.
Key = tuple[_Name, ...]

#: Differences of two answers that are held; all are counted.
KEPT = 1000


class _Absent:
    """Stands for what an answer does not show."""


_ABSENT = _Absent()

#: Characters of a text that stands for a list or an object.
_LONG = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two answers differ; the pointer is into the second where it has the place, else into the first."""

    key: Key
    pointer: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Where two answers differ: the first places, and how many there are."""

    first: tuple[Difference, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A place that both answers may have: what identifies it, and the path to it in each."""

    key: Key
    left: Path
    right: Path

    def below(self, name: _Name, left: str | int, right: str | int) -> _Place:
        return _Place((*self.key, name), (*self.left, left), (*self.right, right))


@dataclass(frozen=True, slots=True)
class _Unlike:
    """Two values at a place that are not the same, one of them absent perhaps."""

    place: _Place
    left: Any
    right: Any

    @property
    def difference(self) -> Difference:
        path = self.place.left if self.right is _ABSENT else self.place.right
        return Difference(self.place.key, pointer(path), _displayed(self.left), _displayed(self.right))


def canonical(value: Any) -> str:
    """A value as text, equal for values that are equal: members and items in any order, ``4.0`` as ``4``."""
    if isinstance(value, str):
        return f'"{value}'
    if isinstance(value, list):
        return _short("[", sorted(map(canonical, value)))
    if isinstance(value, dict):
        return _short("{", [part for key in sorted(value) for part in (key, canonical(value[key]))])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, Decimal | Instant) else json.dumps(value)


def _short(mark: str, parts: Iterable[str]) -> str:
    """Parts as one text that tells where each ends; by its digest where it is long, so that nesting adds no length."""
    text = mark + "".join(f"{len(part)}:{part}" for part in parts)
    return text if len(text) <= _LONG else mark + hashlib.blake2b(text.encode(), digest_size=24).hexdigest()


_FOUND: WeakKeyDictionary[Listing, WeakKeyDictionary[Listing, Differences]] = WeakKeyDictionary()


def differences(left: Listing, right: Listing) -> Differences:
    """Where two answers differ, in the order of the first; compared once for each pair of distinct bodies."""
    known = _FOUND.setdefault(left, WeakKeyDictionary())
    if right not in known:
        found = (unlike.difference for unlike in _unlike(left, right))
        first = tuple(islice(found, KEPT))
        known[right] = Differences(first, len(first) + sum(1 for _ in found))
    return known[right]


def shared_differences(left: Listing, right: Listing) -> Iterator[Difference]:
    """Where properties that hold no object differ, of those that both answers show; null is not shown."""
    for unlike in _unlike(left, right):
        if _is_leaf(unlike.left) and _is_leaf(unlike.right):
            yield unlike.difference


def _is_leaf(value: Any) -> bool:
    """Whether a value is shown, and that of a property that holds no object."""
    return not (value is None or isinstance(value, _Absent | _Structure))


@dataclass(frozen=True, slots=True)
class _Structure:
    """Stands for a list or an object where another kind of value is on the other side, or nothing."""

    held: Any


def _unlike(left: Listing, right: Listing) -> Iterator[_Unlike]:
    if left is right:
        return
    top = _Place(("customers",), ("customers",), ("customers",))
    schema = left.contract.properties[ROOT]["customers"].holds
    if left.is_listing and right.is_listing and schema is not None:
        yield from _Comparison(left.contract).items(schema, _Listed(left), _Listed(right), top)
    elif left.is_listing or right.is_listing:
        ours, theirs = (_Structure([]) if one.is_listing else _ABSENT for one in (left, right))
        yield _Unlike(top, ours, theirs)


class _Held:
    """The items of a list within a customer, and their ids."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items
        self.ids = list(map(_id_of, items))

    def item(self, index: int) -> Any:
        return self._items[index]


class _Listed:
    """The items of the list of a body: each is read again where it has to be looked at."""

    def __init__(self, listing: Listing) -> None:
        self.item = listing.item
        self.digests = listing.digests
        self.ids = [identity if identifies(identity) else None for identity in listing.ids]


#: A list, by its items.
_Items = _Held | _Listed


def _are_known_alike(left: _Items, index: int, right: _Items, other: int) -> bool:
    """Whether equal digests say that two items are alike; others say nothing."""
    return isinstance(left, _Listed) and isinstance(right, _Listed) and left.digests[index] == right.digests[other]


class _Comparison:
    """Walks two answers side by side along the documented properties."""

    def __init__(self, contract: Contract) -> None:
        self._properties = contract.properties
        #: By the identity of an object, which lives as long as the comparison.
        self._forms: dict[int, str] = {}

    def member(self, said: Property, left: Any, right: Any, place: _Place) -> Iterator[_Unlike]:
        """The differences of one documented property."""
        if said.holds is None:
            left, right = _referring(said, left), _referring(said, right)
            if not agree(said, left, right):
                yield _Unlike(place, left, right)
        elif said.listed and isinstance(left, list) and isinstance(right, list):
            yield from self.items(said.holds, _Held(left), _Held(right), place)
        elif not said.listed and isinstance(left, dict) and isinstance(right, dict):
            yield from self._objects(said.holds, left, right, place)
        elif _kind(said, left) != _kind(said, right):
            yield _Unlike(place, _structure(left), _structure(right))

    def _objects(self, schema: str, left: Any, right: Any, place: _Place) -> Iterator[_Unlike]:
        if not isinstance(left, dict) or not isinstance(right, dict):
            if not is_same(left, right):
                yield _Unlike(place, _item(left), _item(right))
            return
        for name, said in self._properties[schema].items():
            if name in CHANGING or (name not in left and name not in right):
                continue
            one, other = left.get(name, _ABSENT), right.get(name, _ABSENT)
            if one is not other:
                yield from self.member(said, one, other, place.below(name, name, name))

    def items(self, schema: str, left: _Items, right: _Items, place: _Place) -> Iterator[_Unlike]:
        """The differences of two lists."""
        for name, index, other in self._pairs(schema, left, right):
            if index is not None and other is not None:
                if not _are_known_alike(left, index, right, other):
                    below = place.below(name, index, other)
                    yield from self._objects(schema, left.item(index), right.item(other), below)
            elif index is not None:
                yield _Unlike(place.below(name, index, index), _item(left.item(index)), _ABSENT)
            elif other is not None:
                yield _Unlike(place.below(name, other, other), _ABSENT, _item(right.item(other)))
            if isinstance(left, _Listed):
                # Its items are let go, and others take their identities.
                self._forms.clear()

    def _pairs(self, schema: str, left: _Items, right: _Items) -> Iterator[tuple[_Name, int | None, int | None]]:
        """The items of two lists that belong together: a name for both, and the index of each.

        By the id, where no sibling has the same; the others of an id, or of none, are equal, or are told apart by rank.
        """
        (ours, our_alike), (theirs, their_alike) = _by_id(left.ids), _by_id(right.ids)
        for name, index in ours.items():
            yield name, index, theirs.get(name)
        for name, index in theirs.items():
            if name not in ours:
                yield name, None, index
        if not our_alike and not their_alike:
            return
        forms = [self._form_of(schema, left, index) for index in our_alike]
        others = [self._form_of(schema, right, index) for index in their_alike]
        one, other = _unmatched(left.ids, our_alike, forms, others), _unmatched(right.ids, their_alike, others, forms)
        for identity in dict.fromkeys([*one, *other]):
            for rank, (index, twin) in enumerate(zip_longest(one.get(identity, ()), other.get(identity, ()))):
                yield (identity, rank), index, twin

    def _form_of(self, schema: str, items: _Items, index: int) -> str:
        form = self._form(schema, items.item(index))
        if isinstance(items, _Listed):
            self._forms.clear()
        return form

    def _form(self, schema: str, item: Any) -> str:
        """What is compared of an item, as text that is equal for items that are alike; made once for each object."""
        if not isinstance(item, dict):
            return canonical(item)
        if id(item) in self._forms:
            return self._forms[id(item)]
        parts, nested = [], False
        for name, said in self._properties[schema].items():
            held = _referring(said, item.get(name, _ABSENT))
            if held is _ABSENT or name in CHANGING:
                continue
            if said.holds is None:
                parts += [name, canonical(meaning(said, held))]
                continue
            nested = True
            if said.listed and isinstance(held, list):
                parts += [name, _short("[", sorted(self._form(said.holds, below) for below in held))]
            else:
                parts += [name, self._form(said.holds, held)]
        form = _short("{", parts)
        if nested:
            self._forms[id(item)] = form
        return form


def _by_id(ids: Sequence[Any]) -> tuple[dict[_Name, int], list[int]]:
    """The index of each item whose id no sibling has, and the indexes of the others."""
    named: dict[_Name, int] = {}
    alike: list[int] = []
    twice: set[_Name] = set()
    for index, identity in enumerate(ids):
        if identity is None:
            alike.append(index)
        elif named.setdefault(identity, index) != index:
            twice.add(identity)
            alike.append(index)
    alike.extend(named.pop(identity) for identity in twice)
    return named, sorted(alike)


def _unmatched(ids: Sequence[Any], alike: list[int], forms: list[str], others: list[str]) -> dict[Any, list[int]]:
    """The indexes, by id, of the items that have no equal among the others, of which each is the equal of one."""
    left = Counter(others)
    found: dict[Any, list[int]] = {}
    for index, form in zip(alike, forms, strict=True):
        if left[form]:
            left[form] -= 1
        else:
            found.setdefault(ids[index], []).append(index)
    return found


def _id_of(item: Any) -> Any:
    identity = item.get("id") if isinstance(item, dict) else None
    return identity if identifies(identity) else None


def _referring(said: Property, held: Any) -> Any:
    """A value, or nothing where it is an id that names no other object."""
    return _ABSENT if said.is_reference and (held is None or held in ("", 0)) else held


def agree(said: Property, left: Any, right: Any) -> bool:
    """Whether two values of one property say the same: date-times by the instant that they mean."""
    return is_same(meaning(said, left), meaning(said, right))


def meaning(said: Property, held: Any) -> Any:
    """A value of a property, or the instant that it means."""
    moment = read_time(held) if said.format == "date-time" else None
    return held if moment is None else moment


def is_same(left: Any, right: Any) -> bool:
    """Whether two values are equal: members and items in any order, ``4.0`` as ``4``."""
    if left is right:
        return True
    if left is _ABSENT or right is _ABSENT:
        return False
    if type(left) is type(right) and not isinstance(left, dict | list):
        return bool(left == right)
    return canonical(left) == canonical(right)


def _kind(said: Property, held: Any) -> str:
    if held is _ABSENT or held is None:
        return "null" if held is None else "absent"
    return "whole" if isinstance(held, list if said.listed else dict) else "other"


def _structure(held: Any) -> Any:
    return held if held is _ABSENT else _Structure(held)


def _item(held: Any) -> Any:
    return _Structure(held) if isinstance(held, dict) else held


def _displayed(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    return shown(value.held if isinstance(value, _Structure) else value)
