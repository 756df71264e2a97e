"""What a walk through a body saw: objects, properties that were there, and those that no contract documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from customers_conformance.model import UNDOCUMENTED_KEPT

if TYPE_CHECKING:
    from customers_conformance.bodies.shapes import Shape
    from customers_conformance.bodies.walk import Node
    from customers_conformance.contract.vocabulary.formats import Instant

#: Integers of the contract that no int64 holds, of which the places are kept.
MOST_WIDE = 10_000

#: Names of undocumented properties that are told apart, for each schema.
MOST_UNKNOWN = 20_000

#: Characters of the name of an undocumented property that are kept; of a longer one the place is its object's.
NAME_KEPT = 1000


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
    #: Of undocumented properties, by schema: what tells their names apart; no more than ``MOST_UNKNOWN``.
    unknown: dict[str, set[int]] = field(default_factory=dict)
    #: Documented properties that hold a number.
    numbers: int = 0
    #: Documented properties that hold a date-time, and the latest of them.
    times: int = 0
    latest: Instant | None = None
    #: Integers of the contract that no int64 holds: place and value; no more than one beyond ``MOST_WIDE``.
    wide_integers: dict[str, str] = field(default_factory=dict)
    #: For each requirement of the document that asks something of members, how many cases there were to judge.
    cases: Counter[str] = field(default_factory=Counter)

    def add(self, shape: Shape, times: int) -> None:
        """Add so many objects of one shape."""
        self.objects[shape.schema] += times
        self.times += times * len(shape.dated)
        self.numbers += times * shape.numbers
        for label in shape.labels:
            self.coverage[label] += times
        for identifier, count in shape.counts:
            self.cases[identifier] += times * count

    def stray(self, node: Node, name: str) -> None:
        """Take note of an undocumented property."""
        unknown = self.unknown.setdefault(node.schema, set())
        if len(unknown) < MOST_UNKNOWN:
            unknown.add(hash(name))
        is_long = len(name) > NAME_KEPT
        label = f"{node.schema}.{name[:NAME_KEPT]}…" if is_long else f"{node.schema}.{name}"
        if label not in self.first_places:
            if len(self.first_places) == UNDOCUMENTED_KEPT:
                return
            self.first_places[label] = node.pointer if is_long else node.at(name)
        self.undocumented[label] += 1

    def follow(self, later: Observations) -> None:
        """Add what was seen after it."""
        self.objects += later.objects
        self.coverage += later.coverage
        self.numbers += later.numbers
        self.times += later.times
        self.latest = max(filter(None, (self.latest, later.latest)), default=None)
        self.cases += later.cases
        for label, place in later.first_places.items():
            if label in self.first_places or len(self.first_places) < UNDOCUMENTED_KEPT:
                self.first_places.setdefault(label, place)
                self.undocumented[label] += later.undocumented[label]
        for schema, names in later.unknown.items():
            unknown = self.unknown.setdefault(schema, set())
            unknown.update(islice(names, MOST_UNKNOWN - len(unknown)))
        for place, value in later.wide_integers.items():
            if len(self.wide_integers) > MOST_WIDE:
                break
            self.wide_integers[place] = value
