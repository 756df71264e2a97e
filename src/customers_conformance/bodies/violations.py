"""What a value breaks of the document: by jsonschema-rs object by object, and by jsonschema as the second opinion.

Objects are judged one at a time, each without what stands below the reach of its keywords: so many violations as a
hostile body may have are never held at once, and no nesting is too deep to say where.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.walk import Node, Path, walk
from customers_conformance.contract.applicators import breaches_of
from customers_conformance.contract.keywords import KEYWORDS, KeywordFailedError
from customers_conformance.contract.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jsonschema
    import jsonschema_rs

    from customers_conformance.contract.document import Contract, Place


#: Violations of one body that are told, and values that an object may hold for its violations to be told.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Violation:
    """One place in a body that breaks one requirement; ``requirement`` is ``None`` within an error body."""

    requirement: str | None
    pointer: str
    expected: str
    actual: str


@dataclass(slots=True)
class Looked:
    """What was looked at while violations were told."""

    #: What there was to judge by our keywords, by requirement.
    cases: Counter[str] = field(default_factory=Counter)
    #: Why something was not looked at, as a sentence; ``None`` where all was.
    beyond: str | None = None


def violations(contract: Contract, schema: str, value: Any, looked: Looked | None = None) -> Iterator[Violation]:
    """Every violation, object by object, up to ``MOST``; ``looked`` says what was looked at.

    A failure inside a keyword of ours is raised, never taken for a violation.
    """
    looked = looked or Looked()
    found = 0
    for node in walk(contract, schema, value):
        for violation in _of_node(contract, node, looked):
            if found == MOST:
                looked.beyond = f"the body breaks its schema in more than the {MOST:,} places that are looked at"
                return
            found += 1
            yield violation


def _of_node(contract: Contract, node: Node, looked: Looked) -> Iterator[Violation]:
    if contract.is_part(node.schema):
        # It is judged with the object whose schema it is a part of.
        return
    if not isinstance(node.value, dict):
        for breach in breaches_of("type", "object", node.value, {}):
            yield Violation(contract.owners[node.schema], node.pointer, breach.expected, breach.actual)
        return
    yield from _of_members(contract, node, looked)
    for requirement, keyword, limit in contract.relations(node.schema):
        for case in keyword.cases(limit, node.value):
            looked.cases[requirement] += 1
            if case is not None:
                yield Violation(requirement, node.at(*case.path), case.expected, case.actual)


def _of_members(contract: Contract, node: Node, looked: Looked) -> Iterator[Violation]:
    validator = contract.shallow(node.schema)
    # Each error has a copy of its object, so what no keyword looks at is left out.
    judged = contract.scope(node.schema).within(node.value)
    if validator.is_valid(judged):
        return
    if _size(judged) > MOST:
        # jsonschema-rs collects all errors, each with its value, before it hands out the first.
        looked.beyond = f"an object that breaks its schema holds more than {MOST:,} values, and where is not looked at"
        return
    # One for each keyword and value: each gives all breaches of its own.
    broken = dict.fromkeys(_where(error) for error in validator.iter_errors(judged))
    located = (violation for path, keyword in broken for violation in _located(contract.place(keyword), judged, path))
    above = node.pointer
    for violation in dict.fromkeys(located):
        yield replace(violation, pointer=above + violation.pointer)


def _where(error: jsonschema_rs.ValidationError) -> tuple[Path, Path]:
    """Where an error stands: in the value, and in the schema."""
    cause = error.__cause__
    if cause is not None and not isinstance(cause, KeywordFailedError):
        raise cause
    return tuple(error.instance_path), tuple(error.schema_path)


def _size(value: Any) -> int:
    """How many values a value holds, at any depth."""
    held = value.values() if isinstance(value, dict) else value
    return len(held) + sum(_size(item) for item in held if isinstance(item, dict | list))


def explained(contract: Contract, schema: str, value: Any) -> list[Violation]:
    """Every violation by jsonschema: the second opinion of the self-tests, slower, and bound to some 300 levels."""
    return list(
        dict.fromkeys(
            violation
            for error in contract.explaining(schema).iter_errors(value)
            for violation in _explained(contract, schema, value, error)
        )
    )


def _explained(contract: Contract, schema: str, value: Any, error: jsonschema.ValidationError) -> Iterator[Violation]:
    path = tuple(error.absolute_path)
    place = contract.place(contract.follow(error.absolute_schema_path, schema))
    if isinstance(error.cause, KeywordFailedError) and place.keyword in KEYWORDS:
        yield Violation(place.requirement, pointer(path), error.cause.breach.expected, error.cause.breach.actual)
        return
    yield from _located(place, value, path)


def _located(place: Place, value: Any, path: Path) -> Iterator[Violation]:
    """What the part of a value at a path breaks of one keyword."""
    for breach in breaches_of(place.keyword, place.limit, follow(value, path), place.beside):
        yield Violation(place.requirement, pointer((*path, *breach.path)), breach.expected, breach.actual)


def follow(value: Any, path: Path) -> Any:
    """The part of a value at a path that exists."""
    for step in path:
        value = value[step]
    return value
