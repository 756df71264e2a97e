"""Shapes: what the document says of all objects of one schema that have the same members of the same types.

A list of customers holds few shapes, however long it is: what follows from one is found once, and counted.
"""

from __future__ import annotations

import functools
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.properties import CHANGING
from customers_conformance.contract.vocabulary.applicators import is_told_by_types
from customers_conformance.contract.vocabulary.glances import GLANCES, UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customers_conformance.contract.document import Contract
    from customers_conformance.contract.properties import Property
    from customers_conformance.contract.vocabulary.assertions import Cases
    from customers_conformance.contract.vocabulary.glances import Glance
    from customers_conformance.contract.vocabulary.keywords import Keyword

#: Shapes that are remembered; a hostile body may have no two objects of one shape.
_REMEMBERED = 4096
#: Undocumented members of a shape that is remembered, and how many characters their names have.
_STRAYS, _NAMED = 32, 1024

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
        "is_plain",
        "is_read",
        "key",
        "labels",
        "lists",
        "numbers",
        "plain",
        "related",
        "relations",
        "schema",
        "spelled",
        "truth",
        "variants",
    )

    def __init__(self, contract: Contract, schema: str, value: Mapping[str, Any], *, is_variant: bool = False) -> None:
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
        self.counts, self.counted = _cases(contract, schema, value, truths=is_variant)
        truths = [name for name in value if type(value[name]) is bool]
        #: What gives the truths of an object where they tell more cases, and the shapes by them.
        self.truth = None if is_variant else _truth(contract, schema, truths)
        self.variants: dict[Any, Shape] = {}
        #: Likewise of the keywords that relate members: cases that there are whatever the values are, and the others.
        self.relations, self.related = _relations(contract, schema, value)
        #: Whether its values have to be read, for what they count or mean.
        self.is_read = bool(self.counted or self.dated)
        #: Whether nothing stands beneath it, and it tells no more than cases that are counted.
        self.is_plain = not (self.held or self.integers or self.dated or self.relations or self.related)
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


def _truth(contract: Contract, schema: str, truths: list[str]) -> Callable[[Mapping[str, Any]], Any] | None:
    entries = [entry for _, entry in contract.compiled_entries(schema)]
    tell = any(is_told_by_types(entry, truths=True) and not is_told_by_types(entry) for entry in entries)
    return itemgetter(*truths) if truths and tell else None


def _getter(names: list[str]) -> Callable[[Mapping[str, Any]], Any]:
    return itemgetter(*names) if names else _nothing


def _unclear(_value: Any) -> int:
    return UNCLEAR


def _nothing(_value: Mapping[str, Any]) -> None:
    return None


def _cases(contract: Contract, schema: str, value: Mapping[str, Any], *, truths: bool) -> tuple[_Counts, _Counted]:
    """Cases by the names and the types of members, and of ``truths`` by these; and what counts the others."""
    entries = dict(contract.compiled_entries(schema))
    counts: list[tuple[str, int]] = []
    counted: list[tuple[str, Cases]] = []
    for identifier, cases in contract.counted(schema):
        if is_told_by_types(entries[identifier], truths=truths):
            counts.append((identifier, cases(value)))
        else:
            counted.append((identifier, cases))
    for name, said in contract.properties[schema].items():
        owner = contract.formats.get(said.format) if said.format else None
        if owner is not None and type(value.get(name)) is str:
            counts.append((owner, 1))
    return tuple(counts), tuple(counted)


_Counts = tuple[tuple[str, int], ...]
_Counted = tuple[tuple[str, "Cases"], ...]

#: A keyword on an object: the requirement, what glances at it, the keyword, its value.
Related = tuple[str, "Glance", "Keyword", Any]


def _relations(
    contract: Contract, schema: str, value: Mapping[str, Any]
) -> tuple[tuple[tuple[str, int], ...], tuple[Related, ...]]:
    known: list[tuple[str, int]] = []
    others: list[Related] = []
    for requirement, keyword, limit in contract.relations(schema):
        glancing = GLANCES.get(keyword.name)
        if glancing is not None and not value.keys() & set(glancing.speaks_of(limit)):
            known.append((requirement, keyword.applies(limit, value)))
        else:
            others.append((requirement, glancing.glance(limit) if glancing else _unclear, keyword, limit))
    return tuple(known), tuple(others)


class Shapes:
    """The shapes of one contract, found as objects come."""

    def __init__(self, contract: Contract) -> None:
        """Knows none yet."""
        self._contract = contract
        #: By schema, names and types of the members.
        self.known: dict[tuple[object, ...], tuple[Shape, tuple[str, ...]]] = {}

    def of(self, schema: str, value: Mapping[str, Any]) -> tuple[Shape, tuple[str, ...]]:
        """The shape of an object, and the names of its members that the contract does not document."""
        key = (schema, *value, *map(type, value.values()))
        shape, strays = found = self.known.get(key) or self._found(key, schema, value)
        if shape.truth is None:
            return found
        truths = shape.truth(value)
        if truths not in shape.variants:
            documented = {name: value[name] for name in value if name not in strays} if strays else value
            shape.variants[truths] = Shape(self._contract, schema, documented, is_variant=True)
        return shape.variants[truths], strays

    def _found(self, key: tuple[object, ...], schema: str, value: Mapping[str, Any]) -> tuple[Shape, tuple[str, ...]]:
        table: Mapping[str, Property] = self._contract.properties[schema]
        strays = tuple(name for name in value if name not in table)
        if strays:
            found = (self.of(schema, {name: held for name, held in value.items() if name in table})[0], strays)
        else:
            found = (Shape(self._contract, schema, value), ())
        if len(self.known) < _REMEMBERED and len(strays) <= _STRAYS and sum(map(len, strays)) <= _NAMED:
            self.known[key] = found
        return found


@functools.cache
def shapes_of(contract: Contract) -> Shapes:
    """The shapes of a contract, which lives as long as the process."""
    return Shapes(contract)
