"""Assertions: the keywords of JSON Schema 2020-12 that ask something of a value itself.

The validators decide whether a value breaks one. What stands here says the rest: how many cases it has, how a breach of
it reads, and what it looks at. ``multipleOf`` is left out: the validators divide fractions and great numbers each in
their own way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.scope import HELD, TEXT, TYPE, WHOLE, Scope
from customers_conformance.contract.vocabulary.formats import FORMAT_WORDS, FORMATS
from customers_conformance.contract.vocabulary.keywords import Breach, is_number, shortened, shown, type_of_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Schema = Mapping[str, Any]
    Cases = Callable[[Any], int]


class Subschemas(Enum):
    """What the value of a keyword holds: no schema, one, a list of them, or one by each name."""

    NONE = "none"
    ONE = "one"
    LIST = "list"
    NAMED = "named"

    def of(self, limit: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        """The schemas in a keyword's value, each with the steps to it."""
        if self is Subschemas.ONE:
            yield (), limit
        elif self is not Subschemas.NONE:
            for step, schema in enumerate(limit) if self is Subschemas.LIST else limit.items():
                yield (step,), schema

    def changed(self, limit: Any, change: Callable[[Any], Any]) -> Any:
        """A keyword's value, each schema in it changed."""
        match self:
            case Subschemas.ONE:
                return change(limit)
            case Subschemas.LIST:
                return [change(schema) for schema in limit]
            case Subschemas.NAMED:
                return {name: change(schema) for name, schema in limit.items()}
        return limit


@dataclass(frozen=True, slots=True)
class StandardKeyword:
    """One keyword: to what it applies, what it expects, what stands there instead, and what it looks at.

    ``limit`` is the keyword's value, ``beside`` the schema that it stands in.
    """

    #: What it expects, as a part of a finding.
    phrase: Callable[[Any], str]
    #: Whether it asks something of a value.
    applies: Callable[[Any], bool] = lambda _instance: True
    #: How many cases a value has, where that is more than whether it applies: made once for each schema.
    counting: Callable[[Any, Schema], Cases] | None = None
    #: What stands there instead, by limit and value.
    actual: Callable[[Any, Any], str] = lambda _limit, instance: shown(instance)
    #: Every breach of a value that breaks it, where there may be several or one has a place of its own.
    each: Callable[[Any, Any, Schema], Iterator[Breach]] | None = None
    scope: Callable[[Any], Scope] = lambda _limit: TYPE
    subschemas: Subschemas = Subschemas.NONE

    def cases(self, limit: Any, beside: Schema) -> Cases:
        """What counts the cases of a value."""
        return self.counting(limit, beside) if self.counting else lambda instance: int(self.applies(instance))

    def breaches(self, limit: Any, instance: Any, beside: Schema) -> Iterator[Breach]:
        """What is wrong with a value that a validator found to break it."""
        if self.each:
            return self.each(limit, instance, beside)
        return iter((Breach((), self.phrase(limit), self.actual(limit, instance)),))


_TYPE_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
}


def is_text(value: Any) -> bool:
    """Whether a JSON value is a string."""
    return isinstance(value, str)


def is_list(value: Any) -> bool:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


def is_object(value: Any) -> bool:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def many(count: int, one: str) -> str:
    """So many of a thing, in words."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def written(value: Any) -> str:
    """A value of the document as a finding quotes it."""
    return shortened(json.dumps(value, ensure_ascii=False)) if isinstance(value, dict | list) else shown(value)


def _compared(value: Any) -> Scope:
    """What must be looked at to tell whether a value is a given one: a list or an object is compared whole."""
    return WHOLE if isinstance(value, dict | list) else TEXT


def _types(limit: str | list[str]) -> list[str]:
    return [limit] if isinstance(limit, str) else list(limit)


def _type_of(limit: Any, instance: Any) -> str:
    if "integer" in _types(limit) and is_number(instance):
        return shown(instance)
    return type_of_json[type(instance)]


def _each_missing(limit: list[str], instance: Any, _beside: Schema) -> Iterator[Breach]:
    return (Breach((), f"the member {name}", "absent") for name in limit if name not in instance)


def _each_dependent(limit: Mapping[str, list[str]], instance: Any, _beside: Schema) -> Iterator[Breach]:
    for name, needed in limit.items():
        if name in instance:
            yield from (
                Breach((), f"the member {other} beside {name}", "absent") for other in needed if other not in instance
            )


def _dependent(limit: Mapping[str, Any], _beside: Schema) -> Cases:
    return lambda instance: sum(name in instance for name in limit) if isinstance(instance, dict) else 0


def members(*names: str) -> Scope:
    """Looks at whether members stand there."""
    return Scope(members=dict.fromkeys(names, TYPE))


def _number(words: str) -> StandardKeyword:
    return StandardKeyword(lambda limit: f"{words} {limit}", is_number)


def _length(words: str) -> StandardKeyword:
    return StandardKeyword(
        lambda limit: (
            "a value that is not empty"
            if (words, limit) == ("at least", 1)
            else f"a value of {words} {many(limit, 'character')}"
        ),
        is_text,
        scope=lambda _limit: TEXT,
    )


def _size(words: str, one: str, applies: Callable[[Any], bool]) -> StandardKeyword:
    return StandardKeyword(
        lambda limit: f"{words} {many(limit, one)}",
        applies,
        actual=lambda _limit, instance: many(len(instance), one),
        scope=lambda _limit: HELD,
    )


#: By name.
ASSERTIONS: dict[str, StandardKeyword] = {
    "type": StandardKeyword(
        lambda limit: " or ".join(_TYPE_WORDS[name] for name in _types(limit)),
        actual=_type_of,
    ),
    "enum": StandardKeyword(
        lambda limit: " or ".join(map(written, limit)),
        scope=lambda limit: WHOLE if any(_compared(value).whole for value in limit) else TEXT,
    ),
    "const": StandardKeyword(written, scope=_compared),
    "minimum": _number("at least"),
    "maximum": _number("at most"),
    "exclusiveMinimum": _number("more than"),
    "exclusiveMaximum": _number("less than"),
    "minLength": _length("at least"),
    "maxLength": _length("at most"),
    "pattern": StandardKeyword(lambda limit: f"a value like {limit}", is_text, scope=lambda _limit: TEXT),
    "format": StandardKeyword(
        lambda limit: FORMAT_WORDS.get(limit, ""),
        counting=lambda limit, _beside: lambda instance: int(limit in FORMATS and isinstance(instance, str)),
        scope=lambda limit: TEXT if limit in FORMATS else TYPE,
    ),
    "minItems": _size("at least", "item", is_list),
    "maxItems": _size("at most", "item", is_list),
    "minProperties": _size("at least", "member", is_object),
    "maxProperties": _size("at most", "member", is_object),
    "uniqueItems": StandardKeyword(
        lambda limit: "items that all differ" if limit else "",
        counting=lambda limit, _beside: lambda instance: int(limit and isinstance(instance, list)),
        actual=lambda _limit, _instance: "two that are equal",
        scope=lambda limit: WHOLE if limit else TYPE,
    ),
    "required": StandardKeyword(
        lambda limit: " and ".join(f"the member {name}" for name in limit),
        is_object,
        each=_each_missing,
        scope=lambda limit: members(*limit),
    ),
    "dependentRequired": StandardKeyword(
        lambda limit: " and ".join(f"{name} with {', '.join(others)} beside it" for name, others in limit.items()),
        counting=_dependent,
        each=_each_dependent,
        scope=lambda limit: members(*limit, *(other for others in limit.values() for other in others)),
    ),
}
