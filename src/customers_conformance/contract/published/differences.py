"""Where the schemas of a published document promise less than the contract, something other, or more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from customers_conformance.contract.published.references import Part
from customers_conformance.contract.published.schemas import ANY, Schemas, Shape, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The path of a contract's object, before its name.
_OBJECTS = ("components", "schemas")

#: A format whose values are all of another one.
_NARROWER = {("int32", "int64")}


class Promise(StrEnum):
    """What a document promises where it differs from the contract."""

    LESS = "less"
    OTHER = "other"
    MORE = "more"


class Kind(StrEnum):
    """In what a document differs from the contract."""

    #: What the contract describes is not described.
    MISSING = "missing"
    #: A value may be of a type that the contract does not allow.
    TYPE = "type"
    #: What is always there by the contract need not be.
    OPTIONAL = "optional"
    #: A value may be null, and by the contract may not.
    NULLABLE = "nullable"
    #: A text or number need not have the contract's format.
    FORMAT = "format"
    #: A request has to bring what the contract does not ask for.
    REQUIRED = "required"
    #: What holds where a request says nothing.
    DEFAULT = "default"
    #: How a request shows who asks.
    SECURITY = "security"
    #: Described, and not in the contract.
    UNDOCUMENTED = "undocumented"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a published document and the contract.

    ``place`` is in the published document (``#/components/schemas/Team``), ``contract`` what of the contract it is
    about (``Team.name``); ``expected`` is what the contract says, ``found`` what the document says.
    """

    kind: Kind
    promise: Promise
    place: str
    contract: str
    expected: str
    found: str


class Comparison:
    """Schemas of a published document, held against those of the contract; each pair once, so recursion ends."""

    def __init__(self, theirs: Schemas, ours: Schemas) -> None:
        self._theirs = theirs
        self._ours = ours
        self._seen: set[tuple[frozenset[str], str]] = set()

    def differences(self, theirs: Part, ours: Part) -> Iterator[Difference]:
        """Where values by a schema of theirs may not be what one of ours allows."""
        pending: list[tuple[tuple[Part, ...], Part]] = [((theirs,), ours)]
        while pending:
            conjuncts, expected = pending.pop()
            pair = (frozenset(part.place for part in conjuncts), expected.place)
            if pair in self._seen:
                continue
            self._seen.add(pair)
            shapes = self._theirs.shapes(conjuncts)
            ours_types, shape = self._expected(expected)
            subject, place = name_of(expected), conjuncts[0].place
            yield from _types(shapes, ours_types, place, subject)
            for found in shapes:
                # Of any value nothing more is promised, and of one of another type nothing that matters.
                if found.types != ANY and found.types & shape.types - {"null"}:
                    yield from _formats(found, shape, place, subject)
                    yield from self._members(found, shape)
                    pending.extend(_beneath(found, shape))

    def _expected(self, part: Part) -> tuple[frozenset[str], Shape]:
        """What the contract allows: its types, and its one shape that is not null."""
        shapes = self._ours.shapes((part,))
        (shape,) = (shape for shape in shapes if shape.types != {"null"})
        return _all_types(shapes), shape

    def _members(self, found: Shape, shape: Shape) -> Iterator[Difference]:
        """What is said of the members of an object, but for their values."""
        for name, (ours, *_) in shape.properties.items():
            subject = name_of(ours)
            theirs = found.properties.get(name)
            if theirs is None or any(self._theirs.said(part).get("writeOnly") is True for part in theirs):
                place = found.place if theirs is None else theirs[0].place
                what = "no such property" if theirs is None else "a property that is only written (writeOnly)"
                wanted = f"a property of type {in_words(self._expected(ours)[0])}"
                yield Difference(Kind.MISSING, Promise.LESS, place, subject, wanted, what)
            elif name in shape.required - found.required:
                yield Difference(
                    Kind.OPTIONAL, Promise.LESS, theirs[0].place, subject, "a required property", "an optional one"
                )
        if shape.properties:
            for name in found.properties.keys() - shape.properties.keys():
                added = found.properties[name]
                what = f"a property of type {in_words(_all_types(self._theirs.shapes(added)))}"
                subject = f"{_owner(shape)}.{name}"
                yield Difference(Kind.UNDOCUMENTED, Promise.MORE, added[0].place, subject, "no such property", what)


def _types(shapes: Sequence[Shape], allowed: frozenset[str], place: str, subject: str) -> Iterator[Difference]:
    types = _all_types(shapes)
    beyond = types - allowed
    if types == ANY or beyond - {"null"} or not types:
        promise = Promise.LESS if types > allowed else Promise.OTHER
        if types != allowed:
            yield Difference(Kind.TYPE, promise, place, subject, in_words(allowed), in_words(types))
    elif beyond:
        yield Difference(Kind.NULLABLE, Promise.LESS, place, subject, in_words(allowed), in_words(types))


def _formats(found: Shape, shape: Shape, place: str, subject: str) -> Iterator[Difference]:
    for wanted in shape.formats - found.formats:
        if any((said, wanted) in _NARROWER for said in found.formats):
            continue
        promise = Promise.OTHER if found.formats else Promise.LESS
        what = f"format {', '.join(sorted(found.formats))}" if found.formats else "no format"
        yield Difference(Kind.FORMAT, promise, place, subject, f"format {wanted}", what)


def _beneath(found: Shape, shape: Shape) -> Iterator[tuple[tuple[Part, ...], Part]]:
    """The items and members of which both speak: what applies to each, and what the contract says of it."""
    for ours in shape.items:
        yield found.items or _anything(found, "items"), ours
    for name, (ours, *_) in shape.properties.items():
        if name in found.properties:
            yield found.properties[name], ours
    for ours in shape.others:
        yield found.others or _anything(found, "additionalProperties"), ours
        yield from ((theirs, ours) for theirs in found.properties.values())


def _anything(found: Shape, keyword: str) -> tuple[Part, ...]:
    """What applies where nothing is said: any value, told at the place of what says nothing."""
    part = found.parts[-1]
    return (Part(True, (*part.path, keyword)),)


def _all_types(shapes: Iterable[Shape]) -> frozenset[str]:
    return frozenset().union(*(shape.types for shape in shapes))


def _owner(shape: Shape) -> str:
    return next(name_of(part) for part in shape.parts if "properties" in part.members)


def name_of(part: Part) -> str:
    """A part of the contract as people call it: ``Customer.name``, ``Customer.teams[]``, ``response 401``."""
    path = [str(step) for step in part.path]
    if tuple(path[:2]) != _OBJECTS:
        for steps, what in (("responses", "response"), ("parameters", "parameter")):
            if steps in path:
                return f"{what} {path[path.index(steps) + 1]}"
        return part.place
    name, keyword = path[2], ""
    for step in path[3:]:
        if keyword == "properties":
            name, keyword = f"{name}.{step}", ""
        elif step in ("items", "additionalProperties"):
            name += {"items": "[]", "additionalProperties": ".*"}[step]
        else:
            keyword = step
    return name
