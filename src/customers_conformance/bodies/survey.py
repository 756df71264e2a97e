"""One walk through a body, for all who want to see its objects: the document, coverage, and every listener."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.listeners import Listener, Noted
from customers_conformance.bodies.observations import MOST_WIDE, Observations
from customers_conformance.bodies.parsing import numbers
from customers_conformance.bodies.shapes import shapes_of
from customers_conformance.bodies.violations import Judging
from customers_conformance.bodies.walk import Node
from customers_conformance.contract.document import ROOT
from customers_conformance.contract.vocabulary.applicators import BREACH
from customers_conformance.contract.vocabulary.formats import read_time
from customers_conformance.contract.vocabulary.glances import UNCLEAR
from customers_conformance.contract.vocabulary.keywords import identifies, is_integer, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from customers_conformance.bodies.shapes import Related, Shape
    from customers_conformance.contract.document import Contract
    from customers_conformance.contract.vocabulary.formats import Instant
    from customers_conformance.model import Observed


#: The member of the top that holds the list, of which the items are surveyed one at a time.
LISTED = "customers"

#: Shapes that are told apart before what they say is added up, and date-times that are remembered, and how many
#: characters one has that is.
_REMEMBERED, _USUAL = 4096, 64


#: Stands in the place of the id of an item that is no object.
NO_OBJECT = object()

#: Stands for what a date-time means that is not remembered.
_UNREAD: Any = object()


class _Part:
    """What was seen of the top of a body, or of all its items."""

    def __init__(self, contract: Contract, most: int | None) -> None:
        self.seen = Observations()
        self.judging = Judging(contract, most)
        #: How often each shape was there, since that was last added up.
        self._shapes: dict[Shape, int] = {}
        #: What date-times mean that were there, as far as they are remembered.
        self._moments: dict[str, Instant | None] = {}

    def count(self, shape: Shape) -> None:
        """Count an object of a shape."""
        shapes = self._shapes
        if shape in shapes:
            shapes[shape] += 1
            return
        if len(shapes) == _REMEMBERED:
            self.add_up()
        shapes[shape] = 1

    def breaks(self, shape: Shape, value: Any) -> bool:
        """Count the cases that depend on the values of an object; whether one breaks a keyword of ours, or a format."""
        breaks = False
        for identifier, count in shape.counted:
            cases = count(value)
            if cases >= BREACH:
                breaks, cases = True, cases % BREACH
            self.seen.cases[identifier] += cases
        moments = self._moments
        for name in shape.dated:
            text = value[name]
            moment = moments.get(text, _UNREAD)
            if moment is _UNREAD:
                moment = self._read(text)
            if moment is None:
                self.seen.times -= 1
                breaks = True
        return breaks

    def counts(self, shape: Shape, value: Any) -> bool:
        """Count likewise an object that holds no other, unless one of its cases breaks something."""
        found = [(identifier, count(value)) for identifier, count in shape.counted]
        if any(cases >= BREACH for _, cases in found):
            return False
        for identifier, cases in found:
            self.seen.cases[identifier] += cases
        return True

    def relate(self, node: Node, related: tuple[Related, ...]) -> None:
        """Judge by keywords that relate members an object that breaks nothing else."""
        if self.judging.is_over:
            return
        counts = []
        for requirement, glance, _, _ in related:
            if (count := glance(node.value)) == UNCLEAR:
                self.judge(node)
                return
            counts.append((requirement, count))
        cases = self.judging.broken.looked.cases
        for requirement, count in counts:
            cases[requirement] += count

    def judge(self, node: Node, *, breaks: bool = False) -> None:
        """Judge an object by the document."""
        was_over = self.judging.is_over
        self.judging.judge(node, breaks=breaks)
        if self.judging.is_over and not was_over:
            # From here on what is related is counted no more.
            self.add_up(related=True)

    def _read(self, text: str) -> Instant | None:
        moment = read_time(text)
        if len(text) <= _USUAL:
            if len(self._moments) == _REMEMBERED:
                self._moments.clear()
            self._moments[text] = moment
        if moment is not None and (self.seen.latest is None or moment.second > self.seen.latest.second):
            self.seen.latest = moment
        return moment

    def settle(self, wide: Mapping[str, str], excused: Collection[str]) -> None:
        """Take over what was found in an item, or in the top, but for what breaks another requirement."""
        self.judging.settle(wide.keys() | set(excused) if wide or excused else ())
        for place, value in wide.items():
            if len(self.seen.wide_integers) > MOST_WIDE:
                break
            self.seen.wide_integers[place] = value

    def add_up(self, *, related: bool = False) -> None:
        """Add up what the shapes say of all objects; ``related`` that the judging has ended just now."""
        for shape, times in self._shapes.items():
            self.seen.add(shape, times)
            if related or not self.judging.is_over:
                for identifier, count in shape.relations:
                    self.judging.broken.looked.cases[identifier] += times * count
        self._shapes.clear()


class Survey:
    """Walks through the items of a body one at a time, then through its top, and lets go of each."""

    def __init__(self, contract: Contract, listeners: Iterable[Callable[[], Listener]], most: int | None) -> None:
        """Takes what makes listeners, and how many violations are told; ``None`` where none is."""
        self._contract = contract
        self._most = most
        self._listeners = tuple(listeners)
        self._shapes = shapes_of(contract)
        #: The schema of the items.
        self.schema = contract.properties[ROOT][LISTED].holds or ""
        self._above = Node(ROOT, {})
        self._above.is_suspect = True
        self.begin()

    def begin(self) -> None:
        """Begins anew: what was seen so far counts for nothing."""
        self._heard = {type(each): (each, Noted()) for each in (make() for make in self._listeners)}
        self._strays = [(each.see_stray, noted) for each, noted in self._heard.values() if _hears(each, "see_stray")]
        #: By schema, the listeners that see its objects.
        self._seeing: dict[str, list[tuple[Callable[[Node], Iterable[Observed]], Noted]]] = {
            schema: [
                (each.see, noted) for each, noted in self._heard.values() if _hears(each, "see") and each.hears(schema)
            ]
            for schema in self._contract.properties
        }
        self._quiet = frozenset(
            schema for schema, seeing in self._seeing.items() if not seeing and not self._contract.is_part(schema)
        )
        self._top, self._items = _Part(self._contract, self._most), _Part(self._contract, self._most)
        #: Of each item its id, ``None`` where it has none and ``NO_OBJECT`` where it is no object; and what is equal
        #: only where all that is compared is.
        self.ids: list[Any] = []
        self.digests = array("q")
        #: Whether the body holds a list, and how many of its items are objects.
        self.is_listing = False
        self.objects = 0

    def item(self, value: Any, excused: Collection[str] = ()) -> None:
        """Surveys the next item; ``excused`` are the places of numbers in it that nothing holds."""
        if not isinstance(value, dict) and self._items.judging.is_over:
            # Nothing is to be told of it any more.
            self.ids.append(NO_OBJECT)
            self.digests.append(hash((self.schema, type(value), repr(value))))
            self._items.seen.objects[self.schema] += 1
            return
        node = Node(self.schema, value, self._above, LISTED, len(self.ids))
        identity = NO_OBJECT
        if isinstance(value, dict):
            self.objects += 1
            identity = value.get("id")
            identity = identity if identifies(identity) else None
        self.ids.append(identity)
        self._items.judging.suspect(node)
        self.digests.append(self._walk(node, self._items, excused))

    def top(self, value: Any, excused: Collection[str] = ()) -> None:
        """Surveys the top of the body, at the end; its list stands for the items that were surveyed."""
        node = Node(ROOT, value)
        node.is_suspect = True
        self._walk(node, self._top, excused, beside=LISTED)

    def _walk(  # noqa: C901 - the one loop that every object goes through
        self, top: Node, part: _Part, excused: Collection[str], beside: str | None = None
    ) -> int:
        """Goes from an item, or from the top, through all its objects; returns what tells it from others."""
        shape_of = self._shapes.of
        seeing = self._seeing
        told: list[int] = []
        wide: dict[str, str] = {}
        waiting = [top]
        while waiting:
            node = waiting.pop()
            value = node.value
            if not isinstance(value, dict):
                part.seen.objects[node.schema] += 1
                part.judge(node)
                told.append(hash((node.schema, type(value), repr(value))))
                continue
            node.shape, node.strays = shape, strays = shape_of(node.schema, value)
            part.count(shape)
            breaks = part.breaks(shape, value) if shape.is_read else False
            if breaks or node.is_suspect:
                part.judge(node, breaks=breaks)
            elif shape.related:
                part.relate(node, shape.related)
            node.digest = digest = shape.digest(value)
            told.append(digest)
            if shape.integers:
                _note_wide(node, shape, wide)
            if strays:
                self._show_strays(node, part)
            for see, noted in seeing[node.schema]:
                try:
                    if observed := see(node):
                        noted.take(observed, top=node.parent is None)
                except Exception as failure:  # noqa: BLE001 - whatever a listener does is its own check's error
                    self._drop(noted, failure)
            if shape.held:
                waiting += self._below(node, shape, part, told, beside if node is top else None)
        part.settle(wide, excused)
        return hash(tuple(told))

    def _below(self, node: Node, shape: Shape, part: _Part, told: list[int], beside: str | None) -> list[Node]:
        """The objects right beneath one, the last one first, but for those of which nothing more is to be told."""
        found: list[Node] = []
        value = node.value
        for name, schema, listed, nullable in shape.held:
            held = value[name]
            if not listed:
                if held is None and nullable:
                    continue
                if schema in self._quiet and not node.is_suspect and self._is_done(schema, held, part, told):
                    continue
                found.append(Node(schema, held, node, name))
            elif isinstance(held, list) and name != beside:
                told.append(len(held))
                is_quiet = schema in self._quiet and not node.is_suspect
                for index, item in enumerate(held):
                    if not (is_quiet and self._is_done(schema, item, part, told)):
                        found.append(Node(schema, item, node, name, index))
        if node.is_suspect:
            for each in found:
                part.judging.suspect(each)
        found.reverse()
        return found

    def _is_done(self, schema: str, value: Any, part: _Part, told: list[int]) -> bool:
        """Whether all that an object tells is what its shape tells: then it is told."""
        if type(value) is not dict:
            return False
        shape, strays = self._shapes.of(schema, value)
        if strays or not shape.is_plain or not part.counts(shape, value):
            return False
        part.count(shape)
        told.append(shape.digest(value))
        return True

    def _show_strays(self, node: Node, part: _Part) -> None:
        for name in node.strays:
            part.seen.stray(node, name)
            for see_stray, noted in self._strays:
                try:
                    noted.take(see_stray(node, name), top=node.parent is None)
                except Exception as failure:  # noqa: BLE001 - likewise
                    self._drop(noted, failure)

    def _drop(self, noted: Noted, failure: Exception) -> None:
        """Shows nothing more to a listener that failed."""
        noted.failure = failure
        self._strays = [each for each in self._strays if each[1] is not noted]
        for schema, seeing in self._seeing.items():
            self._seeing[schema] = [each for each in seeing if each[1] is not noted]

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


def _note_wide(node: Node, shape: Shape, wide: dict[str, str]) -> None:
    """Takes note of the integers of an object that no int64 holds."""
    for name in shape.integers:
        value = node.value[name]
        if type(value) is int and _LEAST <= value <= _MOST:
            continue
        # A float is compared as an integer: 2**63 itself is a float, and beyond.
        if is_integer(value) and int(value) not in numbers.INT64:
            wide[node.at(name)] = shown(value)


_LEAST, _MOST = numbers.INT64[0], numbers.INT64[-1]
