"""The objects of a body, each with the way up: along the documented properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.shapes import shapes_of
from customers_conformance.contract.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.bodies.shapes import Shape
    from customers_conformance.contract.document import Contract

Path = tuple[str | int, ...]


class Node:
    """A value where an object of the contract is due: its schema's name, and the way up.

    ``member`` is the one of the parent that holds it; in a list, ``index`` is its place there.
    """

    __slots__ = ("digest", "index", "is_suspect", "member", "parent", "schema", "shape", "strays", "value")

    #: What its members are; ``None`` where the value is no object, or was not reached yet.
    shape: Shape | None
    #: The names of its members that the contract does not document.
    strays: tuple[str, ...]
    #: Equal for two objects only where the members are that are compared; 0 before it is surveyed.
    digest: int
    #: Whether something in it, or beneath it, may break its schema.
    is_suspect: bool

    def __init__(
        self, schema: str, value: Any, parent: Node | None = None, member: str = "", index: int | None = None
    ) -> None:
        """A place that the walk has not reached yet."""
        self.schema = schema
        self.value = value
        self.parent = parent
        self.member = member
        self.index = index
        self.shape = None
        self.strays = ()
        self.is_suspect = False
        self.digest = 0

    @property
    def path(self) -> Path:
        """The way from the top of the body."""
        steps: list[str | int] = []
        node = self
        while node.parent is not None:
            steps += [node.member] if node.index is None else [node.index, node.member]
            node = node.parent
        return tuple(reversed(steps))

    @property
    def pointer(self) -> str:
        """The JSON pointer of the object."""
        return pointer(self.path)

    def at(self, *steps: str | int) -> str:
        """The JSON pointer of something within the object."""
        return pointer((*self.path, *steps))

    @property
    def ancestors(self) -> Iterator[Node]:
        """The objects that enclose it, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def nearest(self, schema: str) -> Node | None:
        """The nearest enclosing object of a schema."""
        node = self.parent
        while node is not None and node.schema != schema:
            node = node.parent
        return node


def walk(contract: Contract, top: Node, *, beside: str | None = None) -> Iterator[Node]:
    """Every value that stands where an object of the contract is due, from the top on, in the order of the body.

    It goes along the documented properties, and is iterative, so that depth costs no stack. What the member ``beside``
    of the top holds is left out.
    """
    shape_of = shapes_of(contract).of
    waiting = [top]
    while waiting:
        node = waiting.pop()
        value = node.value
        if not isinstance(value, dict):
            yield node
            continue
        node.shape, node.strays = shape_of(node.schema, value)
        yield node
        if node.shape.held:
            below = _below(node, beside if node is top else None)
            below.reverse()
            waiting += below


def _below(node: Node, beside: str | None) -> list[Node]:
    found: list[Node] = []
    value = node.value
    for name, schema, listed, nullable in node.shape.held if node.shape else ():
        held = value[name]
        if name == beside:
            continue
        if not listed:
            if held is not None or not nullable:
                found.append(Node(schema, held, node, name))
        elif isinstance(held, list):
            found += [Node(schema, item, node, name, index) for index, item in enumerate(held)]
    return found


def strings(value: Any) -> Iterator[str]:
    """Every text of a value, names of members among them, at whatever depth; in no particular order."""
    waiting = [value]
    while waiting:
        held = waiting.pop()
        if isinstance(held, str):
            yield held
        elif isinstance(held, dict):
            yield from held
            waiting.extend(held.values())
        elif isinstance(held, list):
            waiting.extend(held)
