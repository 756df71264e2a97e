"""Applicators: the keywords of JSON Schema 2020-12 that hold schemas; and what a schema asks, all keywords together.

The validators go into the schemas that an applicator holds, and report what is broken there. Left out is what they do
not report alike: ``false`` as the schema of a named member or of an item, and ``patternProperties``, of which Python
would have to count by patterns that it reads otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from customers_conformance.contract.scope import HELD, TYPE, Scope
from customers_conformance.contract.vocabulary.assertions import (
    ASSERTIONS,
    StandardKeyword,
    Subschemas,
    is_list,
    is_text,
    many,
    members,
    written,
)
from customers_conformance.contract.vocabulary.formats import FORMATS
from customers_conformance.contract.vocabulary.glances import UNCLEAR, VALUE_GLANCES
from customers_conformance.contract.vocabulary.keywords import (
    KEYWORDS,
    Breach,
    Keyword,
    fast_keywords,
    is_number,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from customers_conformance.contract.vocabulary.assertions import Cases, Schema


#: What each case that breaks a keyword of ours adds to a number of cases beside itself.
BREACH = 1 << 48

#: Of what stands in these, all cases are counted; and by names alone, or by the type.
_COUNTED_WITHIN = frozenset({"additionalProperties", "allOf", "items", "prefixItems", "properties"})
_TOLD_BY_NAMES = frozenset({"dependentRequired", "else", "required", "then"})


def cases_of(schema: Any) -> Cases:
    """What counts how many cases of a schema, as it is compiled, a value has: those of its keywords together.

    Each that breaks a keyword of ours counts for ``BREACH`` more.
    """
    if not isinstance(schema, dict):
        return _never
    parts = [
        _cases_of_ours(KEYWORDS[name], limit) if name in KEYWORDS else STANDARD[name].cases(limit, schema)
        for name, limit in schema.items()
        # What a condition leads to has no case of its own.
        if name not in {"then", "else"}
    ]
    return parts[0] if len(parts) == 1 else lambda instance: sum([part(instance) for part in parts])


def _cases_of_ours(keyword: Keyword, limit: Any) -> Cases:
    glance = VALUE_GLANCES[keyword.name](limit) if keyword.name in VALUE_GLANCES else None

    def count(instance: Any) -> int:
        if glance is not None and (cases := glance(instance)) != UNCLEAR:
            return cases
        found = 0
        for case in keyword.cases(limit, instance):
            found += 1 if case is None else BREACH + 1
        return found

    return count


def is_told_by_types(schema: Any, *, truths: bool = False) -> bool:
    """Whether names and types of an object's members, and its ``truths``, tell how many cases of a schema there are."""
    if not isinstance(schema, dict):
        return True
    for name, limit in schema.items():
        if name == "properties":
            if not all(map(_is_told_by_type, limit.values())):
                return False
        elif name == "if":
            asked = [key for said in limit.get("properties", {}).values() for key, _ in _asked(said)]
            if not truths or _plain_condition(limit) is None or "format" in asked:
                return False
        elif name == "allOf":
            if not all(is_told_by_types(each, truths=truths) for each in limit):
                return False
        elif name not in _TOLD_BY_NAMES:
            return False
    return True


def _is_told_by_type(schema: Any) -> bool:
    """Whether the type of a value alone tells how many cases there are."""
    return not isinstance(schema, dict) or all(
        name == "format" or (name in ASSERTIONS and ASSERTIONS[name].counting is None) for name in schema
    )


def without_ours(schema: Any) -> Any:
    """A schema without our keywords, where ``cases_of`` finds all that break them."""
    if not isinstance(schema, dict):
        return schema
    return {
        name: subschemas_of(name).changed(limit, without_ours) if name in _COUNTED_WITHIN else limit
        for name, limit in schema.items()
        if name not in KEYWORDS
    }


def breaches_of(name: str, limit: Any, instance: Any, beside: Schema) -> Iterator[Breach]:
    """What is wrong with a value that breaks a keyword, ours or a standard one."""
    if name in KEYWORDS:
        return KEYWORDS[name].breaches(limit, instance)
    return STANDARD[name].breaches(limit, instance, beside)


def phrase_of(schema: Any) -> str:
    """What a schema expects, in words."""
    if not schema or not isinstance(schema, dict):
        return "anything"
    phrases = (
        f"{name} {written(limit)}" if name in KEYWORDS else STANDARD[name].phrase(limit)
        for name, limit in schema.items()
    )
    return " and ".join(phrase for phrase in phrases if phrase)


def scope_of(schema: Any) -> Scope:
    """What a schema looks at, its references aside."""
    found = TYPE
    if isinstance(schema, dict) and "$ref" not in schema:
        for name, limit in schema.items():
            found |= KEYWORDS[name].scope if name in KEYWORDS else STANDARD[name].scope(limit)
    return found


def looks_at(schema: Any) -> bool:
    """Whether a schema asks anything of a value; what a reference says is judged with the object itself."""
    return isinstance(schema, dict) and bool(schema) and "$ref" not in schema


def subschemas_of(name: str) -> Subschemas:
    """What the value of a keyword holds; a keyword of ours holds no schemas."""
    return STANDARD[name].subschemas if name in STANDARD else Subschemas.NONE


def changed(schema: Any, change: Callable[[Any], Any]) -> Any:
    """A schema, each schema right beneath it changed."""
    if not isinstance(schema, dict):
        return schema
    return {name: subschemas_of(name).changed(limit, change) for name, limit in schema.items()}


def validator(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    """The validator of jsonschema-rs for a schema with our keywords and formats."""
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, formats=dict(FORMATS), keywords=fast_keywords()
    )


def _never(_instance: Any) -> int:
    return 0


def _once(_instance: Any) -> int:
    return 1


def _each_name(limit: Any, instance: Any, _beside: Schema) -> Iterator[Breach]:
    holds = validator(limit).is_valid
    return (Breach((), f"names of members: {phrase_of(limit)}", shown(name)) for name in instance if not holds(name))


def _each_other(_limit: Any, instance: Any, beside: Schema) -> Iterator[Breach]:
    known = beside.get("properties", {})
    expected = f"no member but {', '.join(known)}" if known else "no member"
    return (Breach((), expected, f"the member {shown(name)}") for name in instance if name not in known)


def _members(limit: Mapping[str, Any], _beside: Schema) -> Cases:
    """The cases of the members that are named, where they stand."""
    counts = [(name, cases_of(schema)) for name, schema in limit.items()]

    def count(instance: Any) -> int:
        found = 0
        if isinstance(instance, dict):
            for name, cases in counts:
                if name in instance:
                    found += cases(instance[name])
        return found

    return count


def _other_members(limit: Any, beside: Schema) -> Cases:
    known = beside.get("properties", {})
    cases = _once if limit is False else cases_of(limit)

    def count(instance: Any) -> int:
        if not isinstance(instance, dict):
            return 0
        # Where no other member may stand, an object without one is a case that holds.
        others = sum(cases(held) for name, held in instance.items() if name not in known)
        return max(1, others) if limit is False else others

    return count


def _dependent_schemas(limit: Mapping[str, Any], _beside: Schema) -> Cases:
    counts = [(name, cases_of(schema)) for name, schema in limit.items()]
    return lambda instance: (
        sum(cases(instance) for name, cases in counts if name in instance) if isinstance(instance, dict) else 0
    )


def _names(limit: Any, _beside: Schema) -> Cases:
    cases = cases_of(limit)
    return lambda instance: sum(map(cases, instance)) if isinstance(instance, dict) else 0


def _items(limit: Any, beside: Schema) -> Cases:
    """The cases of the items that ``prefixItems`` does not judge."""
    cases, first = cases_of(limit), len(beside.get("prefixItems", ()))
    return lambda instance: sum(map(cases, instance[first:])) if isinstance(instance, list) else 0


def _first_items(limit: list[Any], _beside: Schema) -> Cases:
    counts = [cases_of(schema) for schema in limit]
    return lambda instance: (
        sum(cases(item) for cases, item in zip(counts, instance, strict=False)) if isinstance(instance, list) else 0
    )


def _together(limit: list[Any], _beside: Schema) -> Cases:
    counts = [cases_of(schema) for schema in limit]
    return lambda instance: sum(cases(instance) for cases in counts)


def _condition(limit: Any, beside: Schema) -> Cases:
    """One case where the branch that the condition leads to says something."""
    holds = _plain_condition(limit) or validator(limit).is_valid
    branches = ("else" in beside, "then" in beside)
    return lambda instance: int(branches[holds(instance)])


def _plain_condition(schema: Any) -> Callable[[Any], bool] | None:
    """What tells whether a value meets a schema that asks for members and for plain values in them."""
    if not isinstance(schema, dict) or not schema.keys() <= {"required", "properties"}:
        return None
    required = schema.get("required", ())
    asked = [(name, key, limit) for name, said in schema.get("properties", {}).items() for key, limit in _asked(said)]
    tests = [(name, test) for name, key, limit in asked if key in _PLAIN and (test := _PLAIN[key](limit)) is not None]
    if len(tests) < len(asked):
        return None

    def holds(instance: Any) -> bool:
        if not isinstance(instance, dict):
            return True
        for name in required:
            if name not in instance:
                return False
        for name, test in tests:  # noqa: SIM110 - a generator takes twice as long, and this is asked of every object
            if name in instance and not test(instance[name]):
                return False
        return True

    return holds


def _asked(schema: Any) -> list[tuple[str, Any]]:
    return list(schema.items()) if isinstance(schema, dict) else [("", None)] if schema is not True else []


#: What tests a value by the limit of a keyword, where that is plain.
_PLAIN: dict[str, Callable[[Any], Callable[[Any], bool] | None]] = {
    "const": lambda limit: (lambda held: held is limit) if isinstance(limit, bool) else None,
    "type": lambda limit: {"string": is_text, "number": is_number}.get(limit) if isinstance(limit, str) else None,
    "format": FORMATS.get,
}


def _below(*schemas: Any) -> Scope:
    """What schemas look at of one value together."""
    found = TYPE
    for schema in schemas:
        found |= scope_of(schema)
    return found


def _items_below(*schemas: Any) -> Scope:
    return Scope(items=_below(*schemas)) if any(map(looks_at, schemas)) else TYPE


def _named_below(limit: Mapping[str, Any]) -> Scope:
    return Scope(members={name: scope_of(schema) for name, schema in limit.items()})


def _others_below(limit: Any) -> Scope:
    return Scope(others=scope_of(limit)) if limit is False or looks_at(limit) else TYPE


def _alternatives(limit: list[Any]) -> str:
    return " or ".join(map(phrase_of, limit))


def _by_name(limit: Mapping[str, Any]) -> str:
    return " and ".join(f"{name}: {phrase_of(schema)}" for name, schema in limit.items())


#: By name.
APPLICATORS: dict[str, StandardKeyword] = {
    "dependentSchemas": StandardKeyword(
        _by_name,
        counting=_dependent_schemas,
        scope=lambda limit: members(*limit) | _below(*limit.values()),
        subschemas=Subschemas.NAMED,
    ),
    "propertyNames": StandardKeyword(
        lambda limit: f"names of members: {phrase_of(limit)}",
        counting=_names,
        each=_each_name,
        scope=lambda limit: HELD if looks_at(limit) else TYPE,
        subschemas=Subschemas.ONE,
    ),
    "properties": StandardKeyword(_by_name, counting=_members, scope=_named_below, subschemas=Subschemas.NAMED),
    "additionalProperties": StandardKeyword(
        lambda limit: "no other member" if limit is False else f"other members: {phrase_of(limit)}",
        counting=_other_members,
        each=_each_other,
        scope=_others_below,
        subschemas=Subschemas.ONE,
    ),
    "items": StandardKeyword(
        lambda limit: f"items: {phrase_of(limit)}", counting=_items, scope=_items_below, subschemas=Subschemas.ONE
    ),
    "prefixItems": StandardKeyword(
        lambda limit: f"first items: {', '.join(map(phrase_of, limit))}",
        counting=_first_items,
        # An item's place tells which schema it is to meet.
        scope=lambda limit: Scope(items=_below(*limit)),
        subschemas=Subschemas.LIST,
    ),
    "contains": StandardKeyword(
        lambda limit: f"an item that is {phrase_of(limit)}",
        is_list,
        actual=lambda _limit, instance: f"none among {many(len(instance), 'item')}",
        scope=lambda limit: Scope(items=scope_of(limit)),
        subschemas=Subschemas.ONE,
    ),
    "allOf": StandardKeyword(
        lambda limit: " and ".join(map(phrase_of, limit)),
        counting=_together,
        scope=lambda limit: _below(*limit),
        subschemas=Subschemas.LIST,
    ),
    "anyOf": StandardKeyword(_alternatives, scope=lambda limit: _below(*limit), subschemas=Subschemas.LIST),
    "oneOf": StandardKeyword(
        lambda limit: f"just one of {_alternatives(limit)}",
        scope=lambda limit: _below(*limit),
        subschemas=Subschemas.LIST,
    ),
    "not": StandardKeyword(lambda limit: f"anything but {phrase_of(limit)}", scope=scope_of, subschemas=Subschemas.ONE),
    "if": StandardKeyword(
        lambda limit: f"where it is {phrase_of(limit)}",
        counting=_condition,
        scope=scope_of,
        subschemas=Subschemas.ONE,
    ),
    "then": StandardKeyword(phrase_of, lambda _instance: False, scope=scope_of, subschemas=Subschemas.ONE),
    "else": StandardKeyword(
        lambda limit: f"else {phrase_of(limit)}", lambda _instance: False, scope=scope_of, subschemas=Subschemas.ONE
    ),
}

#: Every standard keyword that the document may use, by name.
STANDARD = ASSERTIONS | APPLICATORS
