"""Two finished runs held against each other: what changed, requirement by requirement, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers_conformance.model import ExitCode
from customers_conformance.proving.comparison.causes import Causes, Why, is_worse
from customers_conformance.proving.comparison.side import Side, agree, defects

if TYPE_CHECKING:
    from pathlib import Path

    from customers_conformance.fingerprints import Defect
    from customers_conformance.model import Judgement, Requirement, Run


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement that is judged otherwise; a judgement is ``None`` where the run did not judge it."""

    requirement: Requirement
    old: Judgement | None
    new: Judgement | None
    #: What is wrong by one alone, as far as both told all.
    gone: tuple[Defect, ...]
    come: tuple[Defect, ...]
    why: Why

    @property
    def is_worse(self) -> bool:
        """Whether the new run is worse off in it."""
        return self.old is not None and self.new is not None and is_worse(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two runs; changes in the order of the catalogue."""

    old: Run
    new: Run
    changes: tuple[Change, ...]

    @property
    def worse(self) -> int:
        """How many requirements are worse off."""
        return sum(change.is_worse for change in self.changes)

    @property
    def exit_code(self) -> int:
        """1 where something got worse, else 0."""
        return ExitCode.NONCONFORMANT if self.worse else ExitCode.DONE


def compared(old: Path, new: Path) -> Comparison:
    """The comparison of two reports; raises ``UsageError`` for what cannot be read."""
    sides = Side("the old run", old), Side("the new run", new)
    causes = Causes(*sides)
    changes = []
    for identifier in _order(*sides):
        one, other = (side.judgements.get(identifier) for side in sides)
        if agree(one, other):
            continue
        known = one or other
        if known is None:
            continue
        gone, come = _wrong_in_one(one, other)
        changes.append(Change(known.requirement, one, other, gone, come, causes.why(identifier)))
    return Comparison(sides[0].run, sides[1].run, tuple(changes))


def _order(old: Side, new: Side) -> list[str]:
    """The ids of both, in the order of the newer one; those that it lacks last."""
    return [*new.judgements, *(identifier for identifier in old.judgements if identifier not in new.judgements)]


def _wrong_in_one(old: Judgement | None, new: Judgement | None) -> tuple[tuple[Defect, ...], tuple[Defect, ...]]:
    before = defects(old) if old else frozenset()
    after = defects(new) if new else frozenset()
    if before is None or after is None:
        return (), ()

    def ordered(found: frozenset[Defect]) -> tuple[Defect, ...]:
        return tuple(sorted(found, key=lambda one: (one.pattern, one.symptom)))

    return ordered(before - after), ordered(after - before)
