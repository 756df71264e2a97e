"""CUST-REL-013: an object that stands in more than one place of an answer is described alike."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.comparison import agree, canonical, meaning
from customers_conformance.bodies.listeners import Listener, Noted
from customers_conformance.bodies.walk import Node
from customers_conformance.contract.pointers import pointer
from customers_conformance.contract.vocabulary.keywords import identifies, names, shown
from customers_conformance.judging.registry import check_listing, finding
from customers_conformance.model import GROUPS_KEPT, Further, Observed, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from customers_conformance.bodies.listeners import Walked
    from customers_conformance.bodies.walk import Path
    from customers_conformance.contract.properties import Property

#: Objects whose ids are unique only beneath one virtual key.
_LOCAL = frozenset({"VirtualKeyProviderConfig", "VirtualKeyMCPConfig"})
_IDENTIFIED_BY = {"MCPClientConfig": "client_id"}
_UNIDENTIFIED = frozenset({"ListCustomersResponse", "EnvVar"})


@check_listing("CUST-REL-013")
class DescribesAnObjectAlikeWhereverItStands(Listener):
    """The properties that hold no object and that both copies show, the changing ones aside.

    Copies within one customer are compared there and then. Of others a digest is kept; where two differ, or where
    siblings share an id, the body is gone through again.
    """

    def __init__(self) -> None:
        """Nothing stands anywhere yet."""
        self._customers: set[int] = set()
        #: By the number of an object, its digest; and those of the customer that is seen.
        self._digests: dict[int, int] = {}
        self._near: dict[int, Node] = {}
        #: The numbers of objects that two siblings have: those are two objects, and CUST-REL-002 and -003 judge them.
        self._doubled: set[int] = set()
        #: The numbers of objects of which copies in two customers may differ.
        self._unlike: set[int] = set()
        self._noted = Noted()

    @classmethod
    def hears(cls, schema: str) -> bool:
        """What has an id, and what holds such objects."""
        return schema not in _UNIDENTIFIED

    def see(self, node: Node) -> Iterable[Observed]:
        """Compares it with the first that was the same object."""
        number = _number(node)
        for name in node.shape.lists if node.shape else ():
            if len(node.value[name]) > 1:
                self._doubled.update(_of_siblings(node, name))
        if node.parent is not None and node.parent.parent is None:
            self._begin(number)
        if number is None:
            return ()
        if number not in self._digests:
            self._digests[number] = node.digest
            self._near[number] = node
            return ()
        self._noted.note(Seen(kind="copies"))
        if self._digests[number] == node.digest:
            return ()
        if number in self._near:
            for one in _differing(self._near[number].value, self._near[number].at, node):
                self._noted.note(one)
        else:
            self._unlike.add(number)
        return ()

    def _begin(self, number: int | None) -> None:
        """Another customer: those that were near are far from here on."""
        self._near.clear()
        if number is not None and number in self._customers:
            self._doubled.add(number)
        elif number is not None:
            self._customers.add(number)

    def end(self, listing: Walked) -> Iterable[Observed]:
        """What was found, now that all siblings are known."""
        self._near.clear()
        self._digests.clear()
        if self._doubled or self._unlike:
            self._noted = listing.walk(lambda: _Again(listing, self._doubled, self._unlike))[1]
        return self._noted.observed()


class _Again(Listener):
    """Compares copies, knowing which siblings share an id, and which copies in two customers may differ."""

    def __init__(self, listing: Walked, doubled: set[int], unlike: set[int]) -> None:
        self._listing = listing
        self._doubled = doubled
        self._unlike = unlike
        self._seen: set[int] = set()
        self._near: dict[int, Node] = {}
        #: By the number of an object, the customer that shows it first, and what its properties mean.
        self._far: dict[int, tuple[int, array[int]]] = {}
        self._customer = 0
        #: Of those that were read again, what the properties are there, and the way to them.
        self._again: dict[int, tuple[Mapping[str, Any], Path]] = {}

    @classmethod
    def hears(cls, schema: str) -> bool:
        """What has an id."""
        return schema not in _UNIDENTIFIED

    def see(self, node: Node) -> Iterator[Observed]:
        """Compares it with the first that was the same object."""
        if node.parent is not None and node.parent.parent is None:
            self._customer = node.index or 0
            self._near.clear()
        number = _number(node)
        if number is None:
            return
        if number not in self._seen:
            self._seen.add(number)
            self._near[number] = node
            if number in self._unlike:
                self._far[number] = self._customer, _meant(node)
            return
        if self._doubled and any(_number(each) in self._doubled for each in (node, *node.ancestors)):
            return
        yield Seen(kind="copies")
        if number in self._near:
            yield from _differing(self._near[number].value, self._near[number].at, node)
        elif number in self._far:
            yield from self._differing_far(number, node)

    def _differing_far(self, number: int, node: Node) -> Iterator[Observed]:
        """How a copy differs from one in another customer, which is read again where that is one of a few."""
        customer, first = self._far[number]
        differing = sum(1 for one, other in zip(first, _meant(node), strict=True) if one and other and one != other)
        if not differing:
            return
        if number not in self._again:
            if len(self._again) == GROUPS_KEPT:
                yield Further(differing)
                return
            earlier = next(each for each in self._listing.objects_of(customer) if _number(each) == number)
            shown_there = {name: earlier.value.get(name) for name, _ in earlier.shape.compared} if earlier.shape else {}
            self._again[number] = shown_there, earlier.path
        values, path = self._again[number]
        yield from _differing(values, lambda name: pointer((*path, name)), node)


def _number(node: Node) -> int | None:
    """A number that is the same wherever one object stands; ``None`` where nothing tells it from others."""
    schema, value = node.schema, node.value
    if schema in _UNIDENTIFIED or "." in schema or not isinstance(value, dict):
        return None
    identity = value.get(_IDENTIFIED_BY.get(schema, "id"))
    if identity is None or not identifies(identity):
        return None
    if schema not in _LOCAL:
        return hash((schema, identity if type(identity) is str else _spelled(identity)))
    key = node.nearest("VirtualKey")
    owner = key.value.get("id") if key else None
    return hash((schema, _spelled(identity), _spelled(owner) if identifies(owner) else key and key.path))


def _spelled(identity: Any) -> str | tuple[str]:
    """An id as a hash tells it from others: some numbers have one hash, and ``4.0`` is the number 4."""
    return identity if isinstance(identity, str) else (str(int(identity)),)


def _of_siblings(node: Node, name: str) -> Iterator[int]:
    """The numbers that two objects of a list of an object have."""
    schema = next(holds for member, holds, _, _ in node.shape.held if member == name) if node.shape else ""
    member = _IDENTIFIED_BY.get(schema, "id")
    items = node.value[name]
    ids = [item.get(member) for item in items if isinstance(item, dict)]
    try:
        if len(set(ids)) == len(ids):
            return
    except TypeError:
        # Some are no ids at all.
        pass
    numbers = Counter(_number(Node(schema, item, node, name, index)) for index, item in enumerate(items))
    yield from (number for number, times in numbers.items() if number is not None and times > 1)


def _meant(node: Node) -> array[int]:
    """What each property of an object means, as numbers that are equal where meanings are; 0 where none is shown."""
    compared = node.shape.compared if node.shape else ()
    return array("q", [_meaning(said, node.value.get(name)) for name, said in compared])


def _meaning(said: Property, held: Any) -> int:
    if held is None or (said.is_reference and not names(held)):
        return 0
    return hash(canonical(meaning(said, held))) or 1


def _differing(earlier: Mapping[str, Any], at: Callable[[str], str], node: Node) -> Iterator[Observed]:
    """The properties that two copies both show, each another value; ``at`` says where those of the earlier stand."""
    for name, said in node.shape.compared if node.shape else ():
        one, other = earlier.get(name), node.value.get(name)
        if one is None or other is None or (said.is_reference and not (names(one) and names(other))):
            continue
        if not agree(said, one, other):
            yield finding(f"{shown(one)}, as at {at(name)}", shown(other), pointer=node.at(name))
