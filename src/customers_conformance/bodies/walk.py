"""The objects of a body, each with the way up: along the documented properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.contract.document import Contract

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value where an object of the contract is due: its schema's name, and the way up."""

    schema: str
    value: Any
    parent: Node | None = None
    #: The member of the parent that holds it; in a list, its place there.
    member: str = ""
    index: int | None = None

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
        return next((node for node in self.ancestors if node.schema == schema), None)


def walk(contract: Contract, schema: str, value: Any) -> Iterator[Node]:
    """Every value that stands where an object of the contract is due, in the order of the body.

    It goes along the documented properties, and is iterative, so that depth costs no stack.
    """
    waiting: list[Iterator[Node]] = [iter([Node(schema, value)])]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield node
        if isinstance(node.value, dict):
            waiting.append(_below(contract, node))


def _below(contract: Contract, node: Node) -> Iterator[Node]:
    table = contract.properties[node.schema]
    for name, held in node.value.items():
        said = table.get(name)
        if said is None or said.holds is None:
            continue
        if not said.listed:
            if held is not None or not said.nullable:
                yield Node(said.holds, held, node, name)
        elif isinstance(held, list):
            for index, item in enumerate(held):
                yield Node(said.holds, item, node, name, index)


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
