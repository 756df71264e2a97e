"""The contract as the target showed it, and what else it showed, as rows for a reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers_conformance.model import Run, ShownProperty, Undocumented

#: How many undocumented properties are listed in all.
UNDOCUMENTED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: how many there were, the properties that the contract names, and those that it does not."""

    name: str
    count: int
    properties: tuple[ShownProperty, ...]
    undocumented: tuple[Undocumented, ...]

    @property
    def broken(self) -> int:
        """How many findings stand at its properties."""
        return sum(one.broken for one in self.properties)

    @property
    def never(self) -> int:
        """How many properties were never seen."""
        return sum(not one.seen for one in self.properties)


def kinds(run: Run) -> tuple[Kind, ...]:
    """Every kind of object that the contract names, and those that hold undocumented properties besides."""
    stray: dict[str, list[Undocumented]] = {}
    for one in run.undocumented[:UNDOCUMENTED_SHOWN]:
        stray.setdefault(one.property.rpartition(".")[0], []).append(one)
    named = [Kind(one.name, one.count, one.properties, tuple(stray.pop(one.name, ()))) for one in run.shown]
    return (*named, *(Kind(name, 0, (), tuple(found)) for name, found in stray.items()))
