"""A published document held against the contract: the endpoint, what it answers, and what a request brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.published.differences import (
    Comparison,
    Difference,
    Kind,
    Promise,
    name_of,
)
from customers_conformance.contract.published.endpoint import (
    METHOD,
    PATH,
    Endpoint,
    endpoint_of,
    parameter_of,
    parameters_of,
    what_is_there,
)
from customers_conformance.contract.published.reading import Published
from customers_conformance.contract.published.references import Part, followed
from customers_conformance.contract.published.schemas import Schemas, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_JSON = "application/json"

#: Says of a response of the contract's document that it conforms where it is given, and is not promised.
_ALLOWED = "x-allowed"

#: Media types that a description of JSON may stand under, the plainest first.
_MEDIA_TYPES = (_JSON, "application/*", "*/*")


@dataclass(frozen=True, slots=True)
class Held:
    """What came of holding a document against the contract; ``endpoint`` is ``None`` where it is not described."""

    endpoint: Endpoint | None
    differences: tuple[Difference, ...]


def held_against(published: Published, contract: Mapping[str, Any]) -> Held:
    """Holds a valid document against the contract's own; raises ``UsageError`` where that takes too much work."""
    endpoint = endpoint_of(published.root)
    if endpoint is None:
        place = "#/paths" if "paths" in published.document else "#"
        wanted = f"{METHOD.upper()} {PATH}, under a server's base or not"
        found = what_is_there(published.root)
        missing = Difference(Kind.MISSING, Promise.LESS, place, f"{METHOD.upper()} {PATH}", wanted, found)
        return Held(None, (missing,))
    found_by_key: dict[tuple[str, str, str, str], Difference] = {}
    for difference in _Operation(published, endpoint, Published(contract, "3.1")).differences():
        key = (difference.kind, difference.place, difference.contract, difference.found)
        found_by_key.setdefault(key, difference)
    order = list(Promise)
    return Held(
        endpoint,
        tuple(sorted(found_by_key.values(), key=lambda each: (order.index(each.promise), each.contract, each.place))),
    )


class _Operation:
    """Their operation beside the contract's."""

    def __init__(self, published: Published, endpoint: Endpoint, contract: Published) -> None:
        self._root, self._endpoint = published.root, endpoint
        self._theirs, self._ours = Schemas(published), Schemas(contract)
        self._our_root = contract.root
        self._our_item = contract.root.at("paths", PATH)
        self._our_operation = self._our_item.at(METHOD)
        self._schemas = Comparison(self._theirs, self._ours)

    def differences(self) -> Iterator[Difference]:
        yield from self._responses()
        yield from self._parameters()
        yield from self._security()

    def _responses(self) -> Iterator[Difference]:
        responses = self._endpoint.operation.at("responses")
        for ours in self._our_operation.at("responses").each():
            status = str(ours.path[-1])
            # "default" is what is said of every status that is not named; of success, it says too little.
            names = (status, f"{status[0]}XX", *(["default"] if status[0] != "2" else []))
            if ours.members.get(_ALLOWED):
                # It conforms where it is given, and nobody has to name it.
                names = (status,)
            name = next((name for name in names if name in responses.members), None)
            if name is None:
                if ours.members.get(_ALLOWED):
                    continue
                found = ", ".join(responses.members) or "none"
                yield _missing(responses.place, name_of(ours), "a response of this status", found)
            else:
                yield from self._response(followed(self._root, responses.at(name)), ours)

    def _response(self, theirs: Part, ours: Part) -> Iterator[Difference]:
        subject = name_of(ours)
        headers = {str(each.path[-1]).lower(): each for each in theirs.at("headers").each()}
        for header in ours.at("headers").each():
            name = str(header.path[-1])
            described = headers.get(name.lower())
            if described is None:
                yield _missing(theirs.place, f"{subject}, {name}", "a header field", "no such field")
            elif header.members.get("required") and not followed(self._root, described).members.get("required"):
                yield Difference(
                    *(Kind.OPTIONAL, Promise.LESS, described.place, f"{subject}, {name}"),
                    *("a required header field", "an optional one"),
                )
        types = {_media_type(str(each.path[-1])): each for each in theirs.at("content").each()}
        media = next((types[name] for name in _MEDIA_TYPES if name in types), None)
        if "content" not in ours.members:
            return
        if media is None:
            yield _missing(theirs.place, subject, f"a body of {_JSON}", ", ".join(types) or "no body")
        elif "schema" not in media.members:
            yield _missing(media.place, subject, "a schema of the body", "none")
        else:
            yield from self._schemas.differences(media.at("schema"), ours.at("content", _JSON, "schema"))

    def _parameters(self) -> Iterator[Difference]:
        item, operation = self._endpoint.item, self._endpoint.operation
        known = set()
        for ours in self._our_operation.at("parameters").each():
            where, name = str(ours.members["in"]), str(ours.members["name"])
            known.add((where, name))
            theirs = parameter_of(self._root, item, operation, where, name)
            if theirs is None:
                yield _missing(operation.place, f"parameter {name}", f"a parameter in the {where}", "no such parameter")
            else:
                yield from self._parameter(theirs, ours, f"parameter {name}")
        for theirs in parameters_of(self._root, item, operation):
            where, name = str(theirs.members.get("in")), str(theirs.members.get("name"))
            if where == "path" or (where, name) in known:
                continue
            if theirs.members.get("required") is True:
                kind, promise, found = Kind.REQUIRED, Promise.LESS, f"one that is required in the {where}"
            else:
                kind, promise, found = Kind.UNDOCUMENTED, Promise.MORE, f"one in the {where}"
            yield Difference(kind, promise, theirs.place, f"parameter {name}", "no such parameter", found)

    def _parameter(self, theirs: Part, ours: Part, subject: str) -> Iterator[Difference]:
        """A request may bring what the contract allows: here their types may be more, and not less."""
        if theirs.members.get("required") is True and not ours.members.get("required"):
            yield Difference(
                *(Kind.REQUIRED, Promise.LESS, theirs.place, subject, "an optional parameter", "a required one")
            )
        described = next(iter((*theirs.at("content").each(), theirs))).at("schema")
        if described.value is None:
            return
        wanted, taken = (_types(of, part) for of, part in ((self._ours, ours.at("schema")), (self._theirs, described)))
        if not wanted <= taken:
            promise = Promise.LESS if taken & wanted else Promise.OTHER
            yield Difference(Kind.TYPE, promise, described.place, subject, in_words(wanted), in_words(taken))
        (default,) = _defaults(self._ours, ours.at("schema"))
        for other in _defaults(self._theirs, described):
            if other.value != default.value:
                yield Difference(
                    *(Kind.DEFAULT, Promise.OTHER, other.place, subject),
                    *(f"the default {default.value!r}", f"the default {str(other.value)[:100]}"),
                )

    def _security(self) -> Iterator[Difference]:
        own = self._endpoint.operation.at("security")
        stated = own if own.value is not None else self._root.at("security")
        wanted = "the key as a bearer token (http, bearer)"
        ways = {way.place: self._way(way) for way in stated.each()}
        if not ways or "none" in ways.values():
            place = next((place for place, way in ways.items() if way == "none"), self._endpoint.operation.place)
            yield Difference(Kind.SECURITY, Promise.LESS, place, "security", wanted, "no credential is needed")
        elif "http bearer" not in ways.values():
            found = "; or ".join(dict.fromkeys(ways.values()))
            yield Difference(Kind.SECURITY, Promise.OTHER, stated.place, "security", wanted, found)
        else:
            for place, way in ways.items():
                if way != "http bearer":
                    yield Difference(Kind.UNDOCUMENTED, Promise.MORE, place, "security", wanted, f"also {way}")

    def _way(self, way: Part) -> str:
        """One way to show who asks, in words: ``http bearer``, ``none``, ``apiKey in header x-api-key``."""
        return " with ".join(self._scheme(str(name)) for name in way.members) or "none"

    def _scheme(self, name: str) -> str:
        scheme = followed(self._root, self._root.at("components", "securitySchemes", name)).members
        said = [str(scheme[member]) for member in ("type", "scheme", "in", "name") if member in scheme]
        if not said:
            return f"{name}, which is not defined"
        if scheme.get("type") == "http":
            return f"http {said[-1].lower()}"
        return " ".join([said[0], *(["in"] if "in" in scheme else []), *said[1:]])


def _types(schemas: Schemas, part: Part) -> frozenset[str]:
    return frozenset().union(*(shape.types for shape in schemas.shapes((part,)))) - {"null"}


def _defaults(schemas: Schemas, part: Part) -> list[Part]:
    """The defaults that a schema states."""
    parts = {each.place: each for shape in schemas.shapes((part,)) for each in shape.parts}
    return [each.at("default") for each in parts.values() if "default" in schemas.said(each)]


def _media_type(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _missing(place: str, subject: str, expected: str, found: str) -> Difference:
    return Difference(Kind.MISSING, Promise.LESS, place, subject, expected, found)
