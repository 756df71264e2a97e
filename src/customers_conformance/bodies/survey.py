"""One walk through a body, for all who want to see its objects: the document, coverage, and every listener."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies import numbers
from customers_conformance.bodies.listeners import Listener, Noted
from customers_conformance.bodies.violations import Judging
from customers_conformance.bodies.walk import Node, walk
from customers_conformance.contract.applicators import BREACH
from customers_conformance.contract.document import ROOT
from customers_conformance.contract.keywords import identifies, is_integer, shown
from customers_conformance.model import UNDOCUMENTED_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from customers_conformance.bodies.shapes import Shape
    from customers_conformance.contract.document import Contract
    from customers_conformance.model import Observed

#: Integers of the contract that no int64 holds, of which the places are kept.
MOST_WIDE = 10_000

#: The member of the top that holds the list, of which the items are surveyed one at a time.
LISTED = "customers"

#: Shapes that are told apart before what they say is added up.
_SHAPES = 4096


@dataclass(slots=True)
class Observations:
    """What a walk through a body saw, undocumented properties not entered."""

    #: How often a value stood where an object of the schema is due, of the right type or not.
    objects: Counter[str] = field(default_factory=Counter)
    #: ``Schema.property`` and how often it was there.
    coverage: Counter[str] = field(default_factory=Counter)
    #: ``Schema.property`` that the contract does not document, the first ``UNDOCUMENTED_KEPT``: how often, and the
    #: first place.
    undocumented: Counter[str] = field(default_factory=Counter)
    first_places: dict[str, str] = field(default_factory=dict)
    #: All names of undocumented properties, by schema.
    unknown: dict[str, set[str]] = field(default_factory=dict)
    #: Documented properties that hold a number.
    numbers: int = 0
    #: Integers of the contract that no int64 holds: place and value; no more than one beyond ``MOST_WIDE``.
    wide_integers: dict[str, str] = field(default_factory=dict)
    #: For each requirement of the document that asks something of members, how many cases there were to judge.
    cases: Counter[str] = field(default_factory=Counter)

    def add(self, schema: str, shape: Shape, times: int) -> None:
        """Add so many objects of one shape."""
        self.objects[schema] += times
        self.numbers += times * shape.numbers
        for label in shape.labels:
            self.coverage[label] += times
        for identifier, count in shape.counts:
            self.cases[identifier] += times * count

    def stray(self, node: Node, name: str) -> None:
        """Take note of an undocumented property."""
        self.unknown.setdefault(node.schema, set()).add(name)
        label = f"{node.schema}.{name}"
        if label not in self.first_places:
            if len(self.first_places) == UNDOCUMENTED_KEPT:
                return
            self.first_places[label] = node.at(name)
        self.undocumented[label] += 1

    def follow(self, later: Observations) -> None:
        """Add what was seen after it."""
        self.objects += later.objects
        self.coverage += later.coverage
        self.numbers += later.numbers
        self.cases += later.cases
        for label, place in later.first_places.items():
            if label in self.first_places or len(self.first_places) < UNDOCUMENTED_KEPT:
                self.first_places.setdefault(label, place)
                self.undocumented[label] += later.undocumented[label]
        for schema, names in later.unknown.items():
            self.unknown.setdefault(schema, set()).update(names)
        for place, value in later.wide_integers.items():
            if len(self.wide_integers) > MOST_WIDE:
                break
            self.wide_integers[place] = value


#: Stands in the place of the id of an item that is no object.
NO_OBJECT = object()


class _Part:
    """What was seen of the top of a body, or of all its items."""

    def __init__(self, contract: Contract, most: int | None) -> None:
        self.seen = Observations()
        self.judging = Judging(contract, most)
        self._shapes: dict[Shape, int] = {}

    def judge(self, node: Node, shape: Shape) -> None:
        """Count what an object of a shape holds, and judge it by the document."""
        shapes = self._shapes
        if shape in shapes:
            shapes[shape] += 1
        else:
            if len(shapes) == _SHAPES:
                self.add_up()
            shapes[shape] = 1
        breaks = False
        for identifier, count in shape.counted:
            cases = count(node.value)
            if cases >= BREACH:
                breaks, cases = True, cases % BREACH
            self.seen.cases[identifier] += cases
        self.judging.judge(node, breaks=breaks)

    def settle(self, wide: Mapping[str, str], excused: Collection[str]) -> None:
        """Take over what was found in an item, or in the top, but for what breaks another requirement."""
        self.judging.settle(wide.keys() | set(excused) if wide or excused else ())
        for place, value in wide.items():
            if len(self.seen.wide_integers) > MOST_WIDE:
                break
            self.seen.wide_integers[place] = value

    def add_up(self) -> None:
        """Add up what the shapes say of all objects."""
        for shape, times in self._shapes.items():
            self.seen.add(shape.schema, shape, times)
        self._shapes.clear()


class Survey:
    """Walks through the items of a body one at a time, then through its top, and lets go of each."""

    def __init__(self, contract: Contract, listeners: Iterable[Callable[[], Listener]], most: int | None) -> None:
        """Takes what makes listeners, and how many violations are told; ``None`` where none is."""
        self._contract = contract
        self._most = most
        self._listeners = tuple(listeners)
        #: The schema of the items.
        self.schema = contract.properties[ROOT][LISTED].holds or ""
        self._above = Node(ROOT, {})
        self._above.is_suspect = True
        self.begin()

    def begin(self) -> None:
        """Begins anew: what was seen so far counts for nothing."""
        self._heard = {type(each): (each, Noted()) for each in (make() for make in self._listeners)}
        self._strays = [(each.see_stray, noted) for each, noted in self._heard.values() if _hears(each, "see_stray")]
        self._seeing: dict[str, list[tuple[Callable[[Node], Iterable[Observed]], Noted]]] = {}
        self._top, self._items = _Part(self._contract, self._most), _Part(self._contract, self._most)
        #: Of each item its id, ``None`` where it has none and ``NO_OBJECT`` where it is no object; and what is equal
        #: only where all that is compared is.
        self.ids: list[Any] = []
        self.digests = array("q")
        #: How many of the items are objects.
        self.objects = 0

    def item(self, value: Any, excused: Collection[str] = ()) -> None:
        """Surveys the next item; ``excused`` are the places of numbers in it that nothing holds."""
        node = Node(self.schema, value, self._above, LISTED, len(self.ids))
        identity = NO_OBJECT
        if isinstance(value, dict):
            self.objects += 1
            identity = value.get("id")
            identity = identity if identifies(identity) else None
        self.ids.append(identity)
        self.digests.append(self._walk(node, self._items, excused))

    def top(self, value: Any, excused: Collection[str] = ()) -> None:
        """Surveys the top of the body, at the end; its list stands for the items that were surveyed."""
        node = Node(ROOT, value)
        node.is_suspect = True
        self._walk(node, self._top, excused, beside=LISTED)

    def _walk(self, top: Node, part: _Part, excused: Collection[str], beside: str | None = None) -> int:
        """Goes from an item, or from the top, through all its objects; returns what tells it from others."""
        told: list[int] = []
        wide: dict[str, str] = {}
        is_top = part is self._top
        for node in walk(self._contract, top, beside=beside):
            shape = node.shape
            if shape is None:
                part.seen.objects[node.schema] += 1
                part.judging.judge(node)
                told.append(hash((node.schema, type(node.value), repr(node.value))))
                continue
            part.judge(node, shape)
            node.digest = shape.digest(node.value)
            told.append(node.digest)
            told.extend([len(node.value[name]) for name in shape.lists])
            if shape.integers:
                _note_wide(node, wide)
            if node.strays:
                self._show_strays(node, part)
            for see, noted in self._seeing.get(node.schema) or self._seeing_of(node.schema):
                try:
                    for item in see(node):
                        noted.note(item, top=is_top)
                except Exception as failure:  # noqa: BLE001 - whatever a listener does is its own check's error
                    self._drop(noted, failure)
        part.settle(wide, excused)
        return hash(tuple(told))

    def _show_strays(self, node: Node, part: _Part) -> None:
        for name in node.strays:
            part.seen.stray(node, name)
            for see_stray, noted in self._strays:
                try:
                    for item in see_stray(node, name):
                        noted.note(item, top=part is self._top)
                except Exception as failure:  # noqa: BLE001 - likewise
                    self._drop(noted, failure)

    def _drop(self, noted: Noted, failure: Exception) -> None:
        """Shows nothing more to a listener that failed."""
        noted.failure = failure
        self._strays = [each for each in self._strays if each[1] is not noted]
        self._seeing = {
            schema: [each for each in seeing if each[1] is not noted] for schema, seeing in self._seeing.items()
        }

    def _seeing_of(self, schema: str) -> list[tuple[Callable[[Node], Iterable[Observed]], Noted]]:
        if schema not in self._seeing:
            self._seeing[schema] = [
                (each.see, noted) for each, noted in self._heard.values() if _hears(each, "see") and each.hears(schema)
            ]
        return self._seeing[schema]

    def end(self) -> None:
        """All items were surveyed, and the top: adds up what was seen."""
        self._top.add_up()
        self._items.add_up()
        self.seen = self._top.seen
        self.seen.follow(self._items.seen)

    @property
    def top_judging(self) -> Judging:
        """What the top of the body breaks."""
        return self._top.judging

    @property
    def item_judging(self) -> Judging:
        """What the items break."""
        return self._items.judging

    @property
    def heard(self) -> list[tuple[Listener, Noted]]:
        """The listeners, each with what it observed."""
        return list(self._heard.values())

    def find(self, kind: type[Listener]) -> tuple[Listener, Noted] | None:
        """The listener of a kind and what it observed; ``None`` where none was taken along."""
        return self._heard.get(kind)


class Items(list[Any]):
    """Stands for the list of a body whose items were let go: of each its id is left, and no more than that is asked.

    Holds the ids; what is no object stands as null.
    """

    def __iter__(self) -> Iterator[Any]:
        """The items, in order."""
        return (None if identity is NO_OBJECT else {"id": identity} for identity in super().__iter__())


def _hears(listener: Listener, method: str) -> bool:
    return getattr(type(listener), method) is not getattr(Listener, method)


def _note_wide(node: Node, wide: dict[str, str]) -> None:
    """Takes note of the integers of an object that no int64 holds."""
    for name in node.shape.integers if node.shape else ():
        value = node.value[name]
        # A float is compared as an integer: 2**63 itself is a float, and beyond.
        if is_integer(value) and int(value) not in numbers.INT64:
            wide[node.at(name)] = shown(value)
