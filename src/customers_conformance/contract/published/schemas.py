"""What a schema of a published document promises of a value.

It is read through references, ``allOf``, ``anyOf`` and ``oneOf``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.published.references import Part, followed
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from customers_conformance.contract.published.reading import Published

#: Ways in which one schema may be met, where ``anyOf`` and ``oneOf`` part them.
MAX_ALTERNATIVES = 64

#: Schemas that are read of one document, as often as they are come by.
MAX_READ = 1_000_000

#: Every type of JSON; ``number`` stands for those that are no integers.
ANY = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

_BRANCHES = ("anyOf", "oneOf")
_OF_OBJECTS = frozenset({"additionalProperties", "patternProperties", "properties", "required"})


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which a schema is met: the types, and what is said of members and items, each by all that apply."""

    parts: tuple[Part, ...]
    types: frozenset[str]
    properties: Mapping[str, tuple[Part, ...]]
    required: frozenset[str]
    items: tuple[Part, ...]
    #: What is said of the members that are not listed.
    others: tuple[Part, ...]
    formats: frozenset[str]

    @property
    def place(self) -> str:
        """Where its members are listed, or else where it stands."""
        return next((part.place for part in self.parts if "properties" in part.members), self.parts[-1].place)


class Schemas:
    """The schemas of one document, read with a bound on the work."""

    def __init__(self, published: Published) -> None:
        self._root = published.root
        self._has_nullable = published.version == "3.0"
        self._left = MAX_READ

    def shapes(self, conjuncts: Sequence[Part]) -> list[Shape]:
        """The ways in which a value meets all of some schemas; raises ``UsageError`` where they are too many."""
        return [self._shape(parts) for parts in self._alternatives(conjuncts)]

    def said(self, part: Part) -> Mapping[str, Any]:
        """The keywords that a part says itself; OpenAPI 3.0 knows none beside a reference."""
        members = part.members
        return {"$ref": members["$ref"]} if self._has_nullable and "$ref" in members else members

    def _alternatives(self, conjuncts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
        # What is still to be read: a part that applies, or a list of which one does.
        pending: list[tuple[list[Part | list[Part]], dict[str, Part]]] = [(list(conjuncts), {})]
        count = 1
        while pending:
            unread, read = pending.pop()
            while unread:
                next_one = unread.pop()
                if isinstance(next_one, list):
                    count += len(next_one) - 1
                    if count > MAX_ALTERNATIVES:
                        raise UsageError(
                            f"at {next_one[0].place}: anyOf and oneOf give more than {MAX_ALTERNATIVES} ways to meet a "
                            "schema; allowed are fewer"
                        )
                    chosen, *others = next_one
                    self._spend(len(others) * len(read))
                    pending.extend(([*unread, other], dict(read)) for other in reversed(others))
                    unread.append(chosen)
                elif next_one.place not in read:
                    read[next_one.place] = next_one
                    unread.extend(self._applied(next_one))
            yield tuple(read.values())

    def _applied(self, part: Part) -> Iterator[Part | list[Part]]:
        """What applies beside a part: what it refers to, those of its ``allOf``, and one each of other lists."""
        said = self.said(part)
        self._spend(1 + len(part.at("properties").members))
        if isinstance(said.get("$ref"), str):
            yield followed(self._root, part)
        yield from part.at("allOf").each() if "allOf" in said else ()
        for keyword in _BRANCHES:
            if said.get(keyword):
                yield list(part.at(keyword).each())

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise UsageError(f"comparing the document takes more than {MAX_READ:,} steps; allowed is a simpler one")

    def _shape(self, parts: tuple[Part, ...]) -> Shape:
        speaking = [(part, self.said(part)) for part in parts]
        properties: dict[str, list[Part]] = {}
        for part, said in speaking:
            for held in part.at("properties").each() if isinstance(said.get("properties"), dict) else ():
                properties.setdefault(str(held.path[-1]), []).append(held)
        return Shape(
            parts,
            self._types(speaking),
            {name: tuple(held) for name, held in properties.items()},
            frozenset(name for _, said in speaking for name in _texts(said.get("required"))),
            tuple(part.at("items") for part, said in speaking if "items" in said),
            tuple(part.at("additionalProperties") for part, said in speaking if "additionalProperties" in said),
            frozenset(said["format"] for _, said in speaking if isinstance(said.get("format"), str)),
        )

    def _types(self, speaking: Iterable[tuple[Part, Mapping[str, Any]]]) -> frozenset[str]:
        """The types that all parts allow; where none names any, those that its keywords are about."""
        types, named, about, is_nullable = ANY, False, set[str](), False
        for part, said in speaking:
            if part.value is False:
                return frozenset()
            for allowed in _named_types(said):
                types, named = types & allowed, True
            about |= {"object"} if _OF_OBJECTS & said.keys() else {"array"} if "items" in said else set()
            is_nullable = is_nullable or (self._has_nullable and said.get("nullable") is True)
        if not named and about:
            types = frozenset(about)
        # Meant of the whole, also where it stands beside a reference within allOf.
        return types | {"null"} if is_nullable else types


def _named_types(said: Mapping[str, Any]) -> Iterator[frozenset[str]]:
    if "type" in said:
        names = {said["type"]} if isinstance(said["type"], str) else set(_texts(said["type"]))
        yield frozenset(names | ({"integer"} if "number" in names else set()))
    if "const" in said:
        yield frozenset({_type_of(said["const"])})
    if isinstance(said.get("enum"), list):
        yield frozenset(map(_type_of, said["enum"]))


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if value == int(value) else "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "null"


def _texts(value: Any) -> Iterator[str]:
    yield from (text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def in_words(types: frozenset[str]) -> str:
    """Types as a person writes them: ``string or null``."""
    if types == ANY:
        return "any type"
    named = sorted(types - {"null"} - ({"integer"} if "number" in types else set()))
    return " or ".join([*named, *(["null"] if "null" in types else [])]) or "no value at all"
