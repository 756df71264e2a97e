"""Shapes: what the document says of all objects of one schema that have the same members of the same types.

A list of customers holds few shapes, however long it is: what follows from one is found once, and counted.
"""

from __future__ import annotations

import functools
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.comparison import CHANGING
from customers_conformance.contract.applicators import is_told_by_types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customers_conformance.contract.assertions import Cases
    from customers_conformance.contract.document import Contract
    from customers_conformance.contract.properties import Property

#: Shapes that are remembered; a hostile body may have no two objects of one shape.
_REMEMBERED = 4096

_NUMBERS = frozenset({int, float, Decimal})
_HASHED = frozenset({str, bool, type(None)})


class Shape:
    """What the document says of the objects of one schema that have some documented members of some types."""

    __slots__ = (
        "compared",
        "counted",
        "counts",
        "dated",
        "held",
        "integers",
        "key",
        "labels",
        "lists",
        "numbers",
        "plain",
        "schema",
        "spelled",
    )

    def __init__(self, contract: Contract, schema: str, value: Mapping[str, Any]) -> None:
        """Takes one such object, its documented members alone."""
        table = contract.properties[schema]
        self.schema = schema
        #: Members that hold objects of the contract: the name, their schema, whether in a list, whether null may be.
        self.held = tuple(
            (name, said.holds, said.listed, said.nullable) for name in value if (said := table[name]).holds is not None
        )
        #: Those that are lists.
        self.lists = tuple(name for name, _, listed, _ in self.held if listed and type(value[name]) is list)
        #: ``Schema.member`` of each, as coverage counts them.
        self.labels = tuple(f"{schema}.{name}" for name in value)
        #: How many of them are numbers.
        self.numbers = sum(type(held) in _NUMBERS for held in value.values())
        #: Integers by the document, in its order, that are numbers.
        self.integers = tuple(
            name for name, said in table.items() if "integer" in said.types and type(value.get(name)) in _NUMBERS
        )
        #: Date-times by the document that are texts.
        self.dated = tuple(
            name for name, said in table.items() if said.format == "date-time" and type(value.get(name)) is str
        )
        #: How many cases there are for a requirement, whatever the values are, and what counts them where these matter.
        self.counts, self.counted = _cases(contract, schema, value)
        #: What copies of an object are compared by, whether this one has it or not.
        self.compared = _compared(contract, schema)
        plain = [name for name in value if table[name].is_leaf and name not in CHANGING]
        #: What does not change by itself and holds no object: the values that a hash tells apart, and the names of the
        #: others, of which it is the text that does (-1 and -2 have one hash).
        self.plain = _getter([name for name in plain if type(value[name]) in _HASHED])
        self.spelled = tuple(name for name in plain if type(value[name]) not in _HASHED)
        #: Equal for equal shapes.
        self.key = hash((schema, tuple(value), tuple(map(type, value.values()))))

    def digest(self, value: Mapping[str, Any]) -> int:
        """A number that is equal for two objects only where shape and plain values are the same."""
        if self.spelled:
            return hash((self.key, self.plain(value), *[repr(value[name]) for name in self.spelled]))
        return hash((self.key, self.plain(value)))


@functools.cache
def _compared(contract: Contract, schema: str) -> tuple[tuple[str, Property], ...]:
    properties = contract.properties[schema].items()
    return tuple((name, said) for name, said in properties if said.is_leaf and name not in CHANGING)


def _getter(names: list[str]) -> Callable[[Mapping[str, Any]], Any]:
    return itemgetter(*names) if names else _nothing


def _nothing(_value: Mapping[str, Any]) -> None:
    return None


def _cases(
    contract: Contract, schema: str, value: Mapping[str, Any]
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, Cases], ...]]:
    entries = dict(contract.compiled_entries(schema)) if not contract.is_part(schema) else {}
    counts: list[tuple[str, int]] = []
    counted: list[tuple[str, Cases]] = []
    for identifier, cases in contract.counted(schema) if entries else ():
        if is_told_by_types(entries[identifier]):
            counts.append((identifier, cases(value)))
        else:
            counted.append((identifier, cases))
    for name, said in contract.properties[schema].items():
        owner = contract.formats.get(said.format) if said.format else None
        if owner is not None and type(value.get(name)) is str:
            counts.append((owner, 1))
    return tuple(counts), tuple(counted)


class Shapes:
    """The shapes of one contract, found as objects come."""

    def __init__(self, contract: Contract) -> None:
        """Knows none yet."""
        self._contract = contract
        self._known: dict[tuple[str, tuple[str, ...], tuple[type, ...]], tuple[Shape, tuple[str, ...]]] = {}

    def of(self, schema: str, value: Mapping[str, Any]) -> tuple[Shape, tuple[str, ...]]:
        """The shape of an object, and the names of its members that the contract does not document."""
        key = (schema, tuple(value), tuple(map(type, value.values())))
        return self._known.get(key) or self._found(key, value)

    def _found(
        self, key: tuple[str, tuple[str, ...], tuple[type, ...]], value: Mapping[str, Any]
    ) -> tuple[Shape, tuple[str, ...]]:
        schema = key[0]
        table: Mapping[str, Property] = self._contract.properties[schema]
        strays = tuple(name for name in value if name not in table)
        if strays:
            found = (self.of(schema, {name: held for name, held in value.items() if name in table})[0], strays)
        else:
            found = (Shape(self._contract, schema, value), ())
        if len(self._known) < _REMEMBERED:
            self._known[key] = found
        return found


@functools.cache
def shapes_of(contract: Contract) -> Shapes:
    """The shapes of a contract, which lives as long as the process."""
    return Shapes(contract)
