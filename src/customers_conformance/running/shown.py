"""The contract as a target showed it: each property of each kind of object, how often it was there and broken."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.document import ROOT
from customers_conformance.contract.pointers import steps_of
from customers_conformance.contract.schemas import nullable_reference, referred
from customers_conformance.fingerprints import ANY
from customers_conformance.judging.waivers import place_of
from customers_conformance.model import ShownObject, ShownProperty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from customers_conformance.contract.document import Contract
    from customers_conformance.model import Judgement


def shown(
    contract: Contract, coverage: Mapping[str, int], objects: Mapping[str, int], judgements: Iterable[Judgement]
) -> tuple[ShownObject, ...]:
    """Every kind of object that an answer may hold, in the document's order; nothing where no list was seen.

    ``coverage`` says how often each ``Schema.property`` was there, ``objects`` how many of each kind there were.
    """
    if not objects.get(ROOT):
        return ()
    broken = _broken(contract, judgements)
    return tuple(
        ShownObject(
            name,
            objects.get(name, 0),
            tuple(
                ShownProperty(
                    member,
                    type_of(said),
                    member in schema.get("required", ()),
                    coverage.get(f"{name}.{member}", 0),
                    broken[name, member],
                )
                for member, said in schema["properties"].items()
            ),
        )
        for name, schema in _reached(contract.document["components"]["schemas"])
    )


def _reached(schemas: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas of all objects that an answer may hold; one that is written within another as ``Schema.member``."""
    found = {ROOT}
    waiting = [ROOT]
    while waiting:
        for said in _within(schemas[waiting.pop()]):
            for reference in (said, nullable_reference(said), said.get("items")):
                if isinstance(reference, dict) and "$ref" in reference and referred(reference) not in found:
                    found.add(referred(reference))
                    waiting.append(referred(reference))
    for name, schema in schemas.items():
        if name in found:
            yield name, schema
            for member, said in schema.get("properties", {}).items():
                if "properties" in said:
                    yield f"{name}.{member}", said


def _within(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for said in schema.get("properties", {}).values():
        yield said
        yield from _within(said)


def type_of(said: Mapping[str, Any]) -> str:
    """What may stand in a property of the document, in words: ``list of Team``, ``string (date-time) or null``."""
    if reference := nullable_reference(said):
        return f"{referred(reference)} or null"
    if "$ref" in said:
        return referred(said)
    kinds = [said["type"]] if isinstance(said.get("type"), str) else list(said.get("type", ["anything"]))
    words = [_kind(kind, said) for kind in kinds if kind != "null"]
    return " or ".join([*words, *(["null"] if "null" in kinds else [])])


def _kind(kind: str, said: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"list of {type_of(said['items'])}" if isinstance(said.get("items"), dict) else "list"
    if kind == "object" and isinstance(said.get("additionalProperties"), dict):
        return f"map of {type_of(said['additionalProperties'])}"
    return f"{kind} ({said['format']})" if "format" in said else str(kind)


def _broken(contract: Contract, judgements: Iterable[Judgement]) -> Counter[tuple[str, str]]:
    """How many findings stand at each property, or tell that it is absent; by schema and name."""
    counts: Counter[tuple[str, str]] = Counter()
    for judgement in judgements:
        for group in judgement.groups:
            property_ = _property_at(contract, place_of(group.first))
            if property_ is not None:
                counts[property_] += group.count
    return counts


def _property_at(contract: Contract, pattern: str) -> tuple[str, str] | None:
    """The property to which a place belongs, by its pattern: the last that the contract documents on the way to it.

    ``None`` where that is none, and where an object that the contract documents is meant as a whole.
    """
    schema: str | None = ROOT
    found = None
    for step in steps_of(pattern):
        if schema is None:
            break
        if step == ANY:
            found = None
            continue
        known = contract.properties[schema].get(step)
        if known is None:
            return None
        found = (schema, step)
        schema = known.holds
    return found
