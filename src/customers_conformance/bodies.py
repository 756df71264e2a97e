"""Bodies of answers judged against the document: validation, the objects that they hold, what was observed.

Each distinct body is judged once; the fast validator decides and locates, and a keyword of ours is then asked for all
its violations on the object that it located.
"""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from customers_conformance import reading
from customers_conformance.contract import ROOT, Contract, Property, pointer
from customers_conformance.vocabulary import (
    FORMAT_WORDS,
    FORMATS,
    KEYWORDS,
    KeywordFailedError,
    is_number,
    shown,
    type_of_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import jsonschema

    from customers_conformance.reading import Reading

Path = tuple[str | int, ...]

_TYPE_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
}


class TooDeepError(Exception):
    """A body breaks the document somewhere so deep that the place cannot be told."""

    def __init__(self) -> None:
        """Says so."""
        super().__init__("the body breaks its schema, but is nested too deep to say where")


@dataclass(frozen=True, slots=True)
class Violation:
    """One place in a body that breaks one requirement; ``requirement`` is ``None`` within an error body."""

    requirement: str | None
    pointer: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An object of the contract within an answer: its schema's name, its value, and the way up."""

    schema: str
    value: dict[str, Any]
    parent: Node | None
    step: Path

    @property
    def path(self) -> Path:
        """The way from the top of the body."""
        return self.step if self.parent is None else (*self.parent.path, *self.step)

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


@dataclass(slots=True)
class Observations:
    """What a walk through a body saw."""

    nodes: list[Node] = field(default_factory=list)
    #: How often a value stood where an object of the schema is due, of the right type or not.
    objects: Counter[str] = field(default_factory=Counter)
    #: ``Schema.property`` and how often it was there.
    coverage: Counter[str] = field(default_factory=Counter)
    #: ``Schema.property`` that the contract does not document: how often, and the first place.
    undocumented: Counter[str] = field(default_factory=Counter)
    first_places: dict[str, str] = field(default_factory=dict)
    #: The values of undocumented properties: place, name, value.
    strays: list[tuple[Node, str, Any]] = field(default_factory=list)


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
            _Walk(self.contract, seen).enter(ROOT, self.reading.value, None, ())
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

    @functools.cached_property
    def violations(self) -> list[Violation]:
        """Every violation of the document, by the fast validator; a number that is out of range is left aside."""
        if not self.reading.is_json:
            return []
        excused = self.reading.numbers.keys() | self.wide_integers.keys()
        found = validate(self.contract, ROOT, self.reading.value)
        return [violation for violation in found if violation.pointer not in excused]

    @functools.cached_property
    def wide_integers(self) -> dict[str, str]:
        """Integers of the contract that no int64 holds: place and value."""
        wide: dict[str, str] = {}
        for node in self.seen.nodes:
            for name, said in self.contract.properties[node.schema].items():
                value = node.value.get(name)
                if "integer" in said.types and isinstance(value, int | float) and not _fits(value):
                    wide[node.at(name)] = shown(value)
        return wide

    @functools.cached_property
    def applied(self) -> Counter[str]:
        """For each requirement of the document, how many cases there were to judge."""
        applied: Counter[str] = Counter()
        for name, owner in self.contract.owners.items():
            if owner:
                applied[owner] += self.seen.objects[name]
        for node in self.seen.nodes:
            for identifier, counts in _applicability(self.contract, node.schema):
                applied[identifier] += counts(node.value)
        return applied


def _fits(value: float) -> bool:
    # A float is compared as an integer: 2**63 itself is a float, and beyond.
    return int(value) in reading.INT64


class _Walk:
    """One walk along the properties that the contract documents; iterative, so that depth costs no stack."""

    def __init__(self, contract: Contract, seen: Observations) -> None:
        self._properties = contract.properties
        self._seen = seen

    def enter(self, schema: str, value: Any, parent: Node | None, step: Path) -> None:
        waiting: list[tuple[str, Any, Node | None, Path]] = [(schema, value, parent, step)]
        while waiting:
            below = self._visit(*waiting.pop())
            waiting.extend(reversed(below))

    def _visit(self, schema: str, value: Any, parent: Node | None, step: Path) -> list[tuple[str, Any, Node, Path]]:
        seen = self._seen
        seen.objects[schema] += 1
        if not isinstance(value, dict):
            return []
        node = Node(schema, value, parent, step)
        seen.nodes.append(node)
        table = self._properties[schema]
        below: list[tuple[str, Any, Node, Path]] = []
        for name, held in value.items():
            said = table.get(name)
            label = f"{schema}.{name}"
            if said is None:
                seen.undocumented[label] += 1
                seen.first_places.setdefault(label, node.at(name))
                seen.strays.append((node, name, held))
                continue
            seen.coverage[label] += 1
            if said.holds is not None and held is not None:
                below.extend(self._below(said, held, node))
        return below

    def _below(self, said: Property, held: Any, node: Node) -> Iterator[tuple[str, Any, Node, Path]]:
        if said.holds is None:
            return
        if not said.listed:
            yield said.holds, held, node, (said.name,)
        elif isinstance(held, list):
            for index, item in enumerate(held):
                yield said.holds, item, node, (said.name, index)


def validate(contract: Contract, schema: str, value: Any) -> list[Violation]:
    """Every violation by jsonschema-rs; a failure inside a keyword of ours is raised, never taken for a violation."""
    validator = contract.fast(schema)
    if validator.is_valid(value):
        return []
    # jsonschema-rs hands an error's value out only where it is no deeper than some 250 levels.
    for judged in (value, pruned(contract, schema, value)):
        with contextlib.suppress(ValueError):
            errors = list(validator.iter_errors(judged))
            return _distinct(found for error in errors for found in _located(contract, judged, error))
    raise TooDeepError


def pruned(contract: Contract, schema: str, value: Any) -> Any:
    """A value without what stands under undocumented properties and in free objects, which no schema looks into."""
    if not isinstance(value, dict):
        return _emptied(value)
    table = contract.properties[schema]
    kept: dict[str, Any] = {}
    for name, held in value.items():
        said = table.get(name)
        if said is None:
            kept[name] = None
        elif said.holds is not None and isinstance(held, list) and said.listed:
            kept[name] = [pruned(contract, said.holds, item) for item in held]
        elif said.holds is not None:
            kept[name] = pruned(contract, said.holds, held)
        elif isinstance(held, dict):
            kept[name] = {key: _emptied(item) for key, item in held.items()}
        elif isinstance(held, list):
            kept[name] = [_emptied(item) for item in held]
        else:
            kept[name] = held
    return kept


def _emptied(value: Any) -> Any:
    return type(value)() if isinstance(value, dict | list) else value


def validate_explaining(contract: Contract, schema: str, value: Any) -> list[Violation]:
    """Every violation by jsonschema: the second opinion of the self-tests, slower, and bound to some 300 levels."""
    return _distinct(
        violation
        for error in contract.explaining(schema).iter_errors(value)
        for violation in _explained(contract, schema, error)
    )


def _distinct(violations: Iterator[Violation]) -> list[Violation]:
    return list(dict.fromkeys(violations))


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


@functools.cache
def _applicability(contract: Contract, schema: str) -> tuple[tuple[str, Callable[[Any], int]], ...]:
    entries = contract.defs.get(schema, {}).get("allOf", [])
    names = contract.entries.get(schema, {})
    return tuple((identifier, _applies(entry)) for identifier, entry in zip(names, entries, strict=True))


def _applies(entry: Any) -> Callable[[Any], int]:
    if not isinstance(entry, dict):
        return _always
    parts: list[Callable[[Any], int]] = []
    if "if" in entry:
        holds = _condition(entry["if"])
        return lambda value: int(holds(value))
    for key, limit in entry.items():
        if key == "properties":
            parts.extend(_member_applies(name, _applies(said)) for name, said in limit.items())
        elif key == "additionalProperties":
            parts.append(_values_apply(_applies(limit)))
        elif key == "allOf":
            parts.extend(_applies(part) for part in limit)
        elif key in KEYWORDS:
            parts.append(functools.partial(KEYWORDS[key].applies, limit))
        elif key in {"minimum", "exclusiveMinimum"}:
            parts.append(lambda value: int(is_number(value)))
        elif key in {"pattern", "format", "minLength"}:
            parts.append(lambda value: int(isinstance(value, str)))
        else:
            parts.append(_always)
    return lambda value: sum(part(value) for part in parts)


def _always(_value: object) -> int:
    return 1


def _member_applies(name: str, inner: Callable[[Any], int]) -> Callable[[Any], int]:
    return lambda value: inner(value[name]) if isinstance(value, dict) and name in value else 0


def _values_apply(inner: Callable[[Any], int]) -> Callable[[Any], int]:
    return lambda value: sum(inner(held) for held in value.values()) if isinstance(value, dict) else 0


def _condition(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    validator = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, formats=dict(FORMATS))
    return validator.is_valid
