"""Bodies of answers, each distinct one judged once: what it breaks, the objects that it holds, what was observed."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies import numbers, reading
from customers_conformance.bodies.violations import Looked, Violation, violations
from customers_conformance.bodies.walk import Node, walk
from customers_conformance.contract.document import ROOT, Contract
from customers_conformance.contract.keywords import is_integer, shown
from customers_conformance.contract.pointers import steps_of
from customers_conformance.model import FINDINGS_KEPT, UNDOCUMENTED_KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.bodies.reading import Reading

#: Integers of the contract that no int64 holds, of which the places are kept.
MOST_WIDE = 10_000


@dataclass(slots=True)
class Observations:
    """What a walk through a body saw, undocumented properties not entered."""

    nodes: list[Node] = field(default_factory=list)
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

    def note(self, contract: Contract, node: Node) -> None:
        """Take note of a value where an object is due."""
        self.objects[node.schema] += 1
        if not isinstance(node.value, dict):
            return
        self.nodes.append(node)
        table = contract.properties[node.schema]
        for name in node.value:
            label = f"{node.schema}.{name}"
            if name in table:
                self.coverage[label] += 1
                continue
            self.unknown.setdefault(node.schema, set()).add(name)
            if label not in self.first_places:
                if len(self.first_places) == UNDOCUMENTED_KEPT:
                    continue
                self.first_places[label] = node.at(name)
            self.undocumented[label] += 1


@dataclass(slots=True)
class Broken:
    """What a body breaks: by requirement the first violations and how many there are."""

    first: dict[str | None, list[Violation]] = field(default_factory=dict)
    total: Counter[str | None] = field(default_factory=Counter)
    looked: Looked = field(default_factory=Looked)

    def note(self, violation: Violation) -> None:
        """Take note of one more."""
        first = self.first.setdefault(violation.requirement, [])
        if len(first) < FINDINGS_KEPT:
            first.append(violation)
        self.total[violation.requirement] += 1


class Listing:
    """One distinct body of a 200, read and judged on demand."""

    def __init__(self, content: bytes, contract: Contract) -> None:
        """Reads nothing yet."""
        self._content = content
        self.contract = contract

    @functools.cached_property
    def reading(self) -> Reading:
        """What strict reading gave."""
        return reading.read(self._content)

    @functools.cached_property
    def seen(self) -> Observations:
        """The objects of the body, and what was counted on the way."""
        seen = Observations()
        if self.reading.is_json:
            for node in walk(self.contract, ROOT, self.reading.value):
                seen.note(self.contract, node)
        return seen

    @property
    def customers(self) -> list[dict[str, Any]]:
        """The items of ``customers`` that are objects; empty where there is no such list."""
        value = self.reading.value if self.reading.is_json else None
        items = value.get("customers") if isinstance(value, dict) else None
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    @property
    def is_listing(self) -> bool:
        """Whether the body holds a list of customers."""
        value = self.reading.value if self.reading.is_json else None
        return isinstance(value, dict) and isinstance(value.get("customers"), list)

    def nodes(self, *schemas: str) -> Iterator[Node]:
        """The objects of some schemas, in the order of the body."""
        return (node for node in self.seen.nodes if node.schema in schemas)

    def strays(self) -> Iterator[tuple[Node, str, Any]]:
        """The values of undocumented properties: the object, the name, the value."""
        for node in self.seen.nodes:
            table = self.contract.properties[node.schema]
            for name, held in node.value.items():
                if name not in table:
                    yield node, name, held

    def documents(self, place: str) -> bool:
        """Whether the contract documents what stands at a JSON pointer; beneath an undocumented property nothing is."""
        schema, held = ROOT, self.reading.value
        steps = iter(steps_of(place))
        for name in steps:
            if not isinstance(held, dict):
                return True
            said = self.contract.properties[schema].get(name)
            if said is None:
                return False
            if said.holds is None:
                return True
            held = held[name]
            if said.listed and isinstance(held, list):
                index = next(steps, None)
                if index is None:
                    return True
                held = held[int(index)]
            schema = said.holds
        return True

    def violations(self, looked: Looked | None = None) -> Iterator[Violation]:
        """Every violation of the document; a number that no int64 or double holds breaks another requirement."""
        if not self.reading.is_json:
            return
        looked = looked or Looked()
        if len(self.wide_integers) > MOST_WIDE:
            looked.beyond = f"the body holds more than {MOST_WIDE:,} integers beyond int64; the rest is not looked at"
            return
        excused = self.reading.numbers.keys() | self.wide_integers.keys()
        for violation in violations(self.contract, ROOT, self.reading.value, looked):
            if violation.pointer not in excused:
                yield violation

    @functools.cached_property
    def broken(self) -> Broken:
        """The violations by requirement."""
        broken = Broken()
        for violation in self.violations(broken.looked):
            broken.note(violation)
        return broken

    @functools.cached_property
    def wide_integers(self) -> dict[str, str]:
        """Integers of the contract that no int64 holds: place and value; no more than one beyond ``MOST_WIDE``."""
        wide: dict[str, str] = {}
        for node in self.seen.nodes:
            for name, said in self.contract.properties[node.schema].items():
                value = node.value.get(name)
                if "integer" in said.types and is_integer(value) and not _fits(value):
                    wide[node.at(name)] = shown(value)
                    if len(wide) > MOST_WIDE:
                        return wide
        return wide

    @functools.cached_property
    def applied(self) -> Counter[str]:
        """For each requirement of the document, how many cases there were to judge."""
        applied = self.broken.looked.cases.copy()
        for name, owner in self.contract.owners.items():
            if owner:
                applied[owner] += self.seen.objects[name]
        for node in self.seen.nodes:
            for identifier, counts in self.contract.counted(node.schema):
                applied[identifier] += counts(node.value)
            for name, owner in _formatted(self.contract, node.schema):
                applied[owner] += isinstance(node.value.get(name), str)
        return applied


def _fits(value: float) -> bool:
    # A float is compared as an integer: 2**63 itself is a float, and beyond.
    return int(value) in numbers.INT64


@functools.cache
def _formatted(contract: Contract, schema: str) -> tuple[tuple[str, str], ...]:
    """The properties of a schema whose format is a requirement's, each with the requirement."""
    return tuple(
        (name, contract.formats[said.format])
        for name, said in contract.properties[schema].items()
        if said.format and said.format in contract.formats
    )
