"""What a value breaks of the document: by jsonschema-rs object by object, and by jsonschema as the second opinion.

Objects are judged one at a time, each without what stands below the reach of its keywords: so many violations as a
hostile body may have are never held at once, and no nesting is too deep to say where.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.walk import Node, Path, walk
from customers_conformance.contract.formats import FORMAT_WORDS
from customers_conformance.contract.keywords import KEYWORDS, KeywordFailedError, is_number, shown, type_of_json
from customers_conformance.contract.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import jsonschema
    import jsonschema_rs

    from customers_conformance.contract.document import Contract


#: Violations of one body that are told, and values that an object may hold for its violations to be told.
MOST = 100_000

#: Characters of a text of which the type alone is judged.
_TEXT = 200

_TYPE_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
}


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
        expected, actual = in_words("type", "object", node.value, None)
        yield Violation(contract.owners[node.schema], node.pointer, expected, actual)
        return
    yield from _of_members(contract, node, looked)
    for requirement, keyword, limit in contract.relations(node.schema):
        for case in keyword.cases(limit, node.value):
            looked.cases[requirement] += 1
            if case is not None:
                yield Violation(requirement, node.at(*case.path), case.expected, case.actual)


def _of_members(contract: Contract, node: Node, looked: Looked) -> Iterator[Violation]:
    validator = contract.shallow(node.schema)
    judged = _shallow(contract, node.schema, node.value)
    if validator.is_valid(judged):
        return
    if _size(judged) > MOST:
        # jsonschema-rs collects all errors, each with its value, before it hands out the first.
        looked.beyond = f"an object that breaks its schema holds more than {MOST:,} values, and where is not looked at"
        return
    path = node.pointer
    located = (found for error in validator.iter_errors(judged) for found in _located(contract, judged, error))
    for violation in dict.fromkeys(located):
        yield replace(violation, pointer=path + violation.pointer)


def _size(value: Any) -> int:
    """How many values a value holds, at any depth."""
    held = value.values() if isinstance(value, dict) else value
    return len(held) + sum(_size(item) for item in held if isinstance(item, dict | list))


def _shallow(contract: Contract, schema: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The documented members of an object; what the objects that it holds hold only where an entry speaks of it."""
    table = contract.properties[schema]
    entered, typed = contract.entered(schema), contract.typed(schema)
    kept: dict[str, Any] = {}
    for name, held in value.items():
        said = table.get(name)
        if said is None:
            continue
        if said.holds is None:
            # Each error has a copy of its object: a long text of which the type alone is judged is not copied.
            kept[name] = held[:_TEXT] if isinstance(held, str) and name in typed else _flat(held)
        elif contract.is_part(said.holds) or name in entered:
            kept[name] = _documented(contract, said.holds, held)
        else:
            kept[name] = _emptied(held)
    return kept


def _documented(contract: Contract, schema: str, value: Any) -> Any:
    """A value with what the contract documents of it, at any depth."""
    if isinstance(value, list):
        return [_documented(contract, schema, item) for item in value]
    if not isinstance(value, dict):
        return value
    table = contract.properties[schema]
    kept: dict[str, Any] = {}
    for name, held in value.items():
        said = table.get(name)
        if said is not None:
            kept[name] = _flat(held) if said.holds is None else _documented(contract, said.holds, held)
    return kept


def _flat(value: Any) -> Any:
    """A value without what stands two levels below, which no schema looks into."""
    if isinstance(value, dict):
        return {name: _emptied(held) for name, held in value.items()}
    return [_emptied(item) for item in value] if isinstance(value, list) else value


def _emptied(value: Any) -> Any:
    return type(value)() if isinstance(value, dict | list) else value


def explained(contract: Contract, schema: str, value: Any) -> list[Violation]:
    """Every violation by jsonschema: the second opinion of the self-tests, slower, and bound to some 300 levels."""
    return list(
        dict.fromkeys(
            violation
            for error in contract.explaining(schema).iter_errors(value)
            for violation in _explained(contract, schema, error)
        )
    )


def _located(contract: Contract, value: Any, error: jsonschema_rs.ValidationError) -> Iterator[Violation]:
    cause = error.__cause__
    if cause is not None and not isinstance(cause, KeywordFailedError):
        raise cause
    path = tuple(error.instance_path)
    place = contract.place(error.schema_path)
    if place.keyword in KEYWORDS:
        for breach in KEYWORDS[place.keyword].breaches(place.value, follow(value, path)):
            yield Violation(place.requirement, pointer((*path, *breach.path)), breach.expected, breach.actual)
        return
    missing = getattr(error.kind, "property", None)
    expected, actual = in_words(place.keyword, place.value, follow(value, path), missing)
    yield Violation(place.requirement, pointer(path), expected, actual)


def _explained(contract: Contract, schema: str, error: jsonschema.ValidationError) -> Iterator[Violation]:
    path = tuple(error.absolute_path)
    place = contract.place(contract.follow(error.absolute_schema_path, schema))
    if isinstance(error.cause, KeywordFailedError):
        yield Violation(place.requirement, pointer(path), error.cause.breach.expected, error.cause.breach.actual)
        return
    missing = None
    if place.keyword == "required":
        missing = next(name for name in place.value if f"{name!r} is a required" in error.message)
    expected, actual = in_words(place.keyword, place.value, error.instance, missing)
    yield Violation(place.requirement, pointer(path), expected, actual)


def follow(value: Any, path: Path) -> Any:
    """The part of a value at a path that exists."""
    for step in path:
        value = value[step]
    return value


def in_words(keyword: str, limit: Any, instance: Any, missing: str | None) -> tuple[str, str]:
    """What a plain keyword expects, and what stands there instead."""
    if keyword == "type":
        types = [limit] if isinstance(limit, str) else list(limit)
        return " or ".join(_TYPE_WORDS[name] for name in types), _kind(instance, types)
    if keyword == "required":
        return f"the member {missing}", "absent"
    if keyword == "format":
        return FORMAT_WORDS[limit], shown(instance)
    words: Mapping[str, Callable[[], str]] = {
        "minimum": lambda: f"at least {limit}",
        "exclusiveMinimum": lambda: f"more than {limit}",
        "minLength": lambda: "a value that is not empty",
        "pattern": lambda: f"a value like {limit}",
        "not": lambda: "another value",
    }
    return words.get(keyword, lambda: f"{keyword} {shown(limit)}")(), shown(instance)


def _kind(instance: Any, types: list[str]) -> str:
    if "integer" in types and is_number(instance):
        return shown(instance)
    return type_of_json[type(instance)]
