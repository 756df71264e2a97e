"""References within one document: followed, and found where they lead out of it, nowhere or round in a circle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from customers_conformance.contract.pointers import pointer, steps_of
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: How many references may lead from one to the next.
MAX_HOPS = 50

#: Keywords that resolve a reference; the second and third are JSON Schema's, and are not followed.
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")

#: Members whose own members are named by the author: none of the names is a keyword.
_NAMED = frozenset({
    *("$defs", "definitions", "dependentSchemas", "patternProperties", "properties", "schemas"),
    *("callbacks", "content", "encoding", "headers", "links", "mapping", "parameters", "pathItems", "paths"),
    *("requestBodies", "responses", "scopes", "securitySchemes", "variables", "webhooks"),
})  # fmt: skip

#: Members that hold data, in which a reference is none.
_DATA = frozenset({"const", "default", "enum", "example", "examples"})


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a document and the path to its place."""

    value: Any
    path: tuple[str | int, ...]

    @property
    def place(self) -> str:
        """The place as a JSON pointer in a fragment (``#/components``)."""
        return shown(self.path)

    @property
    def members(self) -> Mapping[str, Any]:
        """Its members; none where it is no object."""
        return self.value if isinstance(self.value, dict) else {}

    def at(self, *steps: str | int) -> Part:
        """The part that these steps lead to; ``None`` is the value of one that is not there."""
        value = self.value
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                value = None
        return Part(value, (*self.path, *steps))

    def each(self) -> Iterator[Part]:
        """Its items, or its members, in their order."""
        if isinstance(self.value, dict):
            yield from (Part(value, (*self.path, name)) for name, value in self.value.items())
        elif isinstance(self.value, list):
            yield from (Part(value, (*self.path, number)) for number, value in enumerate(self.value))


def shown(path: Iterable[str | int]) -> str:
    """A path as a JSON pointer in a fragment (RFC 6901, 6), without escapes for URLs."""
    return "#" + pointer(path)


def target(root: Part, reference: str) -> Part | None:
    """What a reference within the document names; ``None`` where it leads nowhere."""
    fragment = unquote(reference.removeprefix("#"))
    if fragment and not fragment.startswith("/"):
        return None
    value: Any = root.value
    path: list[str | int] = []
    for step in steps_of(fragment):
        if isinstance(value, dict) and step in value:
            path.append(step)
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdecimal() and _index(step) < len(value):
            path.append(int(step))
            value = value[int(step)]
        else:
            return None
    return Part(value, tuple(path))


def followed(root: Part, part: Part) -> Part:
    """The part itself, or what its reference leads to in the end; a part without a value where that is nowhere."""
    for _ in range(MAX_HOPS):
        reference = part.members.get("$ref")
        if not isinstance(reference, str):
            return part
        found = target(root, reference)
        if found is None:
            break
        part = found
    return Part(None, part.path)


def check_within(root: Part) -> None:
    """Raises ``UsageError`` for the first reference beyond the document, and for what changes what references mean."""
    for part, is_data in _objects(root):
        for keyword in _REFERENCES:
            reference = part.members.get(keyword)
            if isinstance(reference, str) and reference and not reference.startswith("#"):
                raise UsageError(
                    f"at {part.at(keyword).place}: the reference {reference[:200]!a} leads beyond the file, and "
                    "nothing was fetched; allowed is a document of one file: bundle it first"
                )
            if keyword == "$ref" and isinstance(reference, str) and reference[1:2] not in ("", "/") and not is_data:
                raise UsageError(
                    f"at {part.at(keyword).place}: the reference {reference[:200]!a} names an anchor; "
                    "allowed is the place itself, such as '#/components/schemas/Customer'"
                )
        if isinstance(part.members.get("$id"), str) and not is_data:
            raise UsageError(
                f"at {part.at('$id').place}: an $id gives the references beneath it another base; "
                "allowed is a document without it"
            )


def astray(root: Part) -> Iterator[tuple[str, str]]:
    """The references that lead nowhere or in a circle: the place of each, and a sentence.

    Raises ``UsageError`` where more than ``MAX_HOPS`` lead from one to the next.
    """
    hops: dict[str, int | None] = {}
    for part, is_data in _objects(root):
        reference = part.members.get("$ref")
        if is_data or not isinstance(reference, str):
            continue
        place = part.at("$ref").place
        if target(root, reference) is None:
            yield place, f"the reference {reference[:200]!a} leads nowhere"
        elif _hops(root, part, hops) is None:
            yield place, f"the reference {reference[:200]!a} leads in a circle, to no value"


def _hops(root: Part, start: Part, known: dict[str, int | None]) -> int | None:
    """How many references lead from a part to a value or to nowhere; ``None`` for a circle."""
    trail: dict[str, None] = {}
    part: Part | None = start
    hops: int | None = 0
    while part is not None and isinstance(reference := part.members.get("$ref"), str):
        if part.place in known or part.place in trail:
            hops = known.get(part.place)
            break
        trail[part.place] = None
        part = target(root, reference)
    for place in reversed(trail):
        hops = None if hops is None else hops + 1
        if hops is not None and hops > MAX_HOPS:
            raise UsageError(
                f"at {place}: more than {MAX_HOPS} references lead from one to the next; allowed are fewer"
            )
        known[place] = hops
    return hops


def _objects(root: Part) -> Iterator[tuple[Part, bool]]:
    """Every object of the document, and whether it is data rather than part of the description."""
    pending: list[tuple[Part, bool, bool]] = [(root, False, False)]
    while pending:
        part, is_data, is_named = pending.pop()
        if isinstance(part.value, dict) and not is_named:
            yield part, is_data
        elif isinstance(part.value, dict):
            yield part, True
        for held in part.each():
            if isinstance(held.value, dict | list):
                name = held.path[-1]
                keyword = name if isinstance(part.value, dict) and not is_named else ""
                pending.append((held, is_data or keyword in _DATA, keyword in _NAMED))


def _index(step: str) -> int:
    # RFC 6901 allows no leading zero; no list is longer than this has digits.
    return int(step) if len(step) < 10 and (step == "0" or step[0] != "0") else 10**10
