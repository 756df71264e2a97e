"""Where in an answer a string can stand, as far as redaction must know it; drawn from the contract's document."""

from __future__ import annotations

import functools
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from customers_conformance.contract import document as contract
from customers_conformance.contract.secrets import secret_name
from customers_conformance.redaction import literals

if TYPE_CHECKING:
    from collections.abc import Mapping

_REF = "#/components/schemas/"
_ROOT = "ListCustomersResponse"


class Rule(Enum):
    """What may stand at a place."""

    PLAIN = auto()
    CUSTOMER_ID = auto()
    VIRTUAL_KEY = auto()
    SECRET = auto()
    PEM = auto()
    #: Under a property that the contract does not document, or in an object that may hold anything.
    OPEN = auto()
    #: The same, where the name of a property on the way is a secret's.
    OPEN_SECRET = auto()


class Place:
    """One place: a rule for a string there, and the places below it, whether it should hold an object or a list."""

    def __init__(self, rule: Rule, *, undocumented: bool, leaf: bool = False) -> None:
        """``leaf`` says that the same rule holds for whatever stands below."""
        self.rule = rule
        self.undocumented = undocumented
        #: Whether a text here is no secret by its place, and no shape makes it one.
        self.plain = rule in {Rule.PLAIN, Rule.CUSTOMER_ID} and not undocumented
        #: Whether the shape of a text here makes it a secret.
        self.open = rule in {Rule.OPEN, Rule.OPEN_SECRET} or (undocumented and rule in {Rule.PLAIN, Rule.CUSTOMER_ID})
        self._leaf = leaf
        self._members: dict[bytes, Place] = {}
        self._item: Place | None = None
        self._everything: Place | None = None
        self._known: Mapping[str, Place] = {}
        self._lost: Place | None = None

    def child(self, name: bytes) -> Place:
        """The place of a member, its name as it stands in the bytes."""
        if b"\\" in name:
            # A name may be spelt with escapes.
            name = literals.decode(name).encode("utf-8", "replace")
        found = self._members.get(name)
        if found is not None:
            return found
        if self._leaf:
            return self
        if self._item is not None:
            # An object where a list is due: a single item, or items by their ids.
            return self._item._members.get(name, self._item)  # noqa: SLF001 - of the same class
        if self._everything is not None:
            return self._everything
        return self._open(literals.decode(name))

    def items(self) -> Place:
        """The place of an item, where a list stands here."""
        return self._item or self

    def lost(self) -> Place:
        """The place of what stands where brackets do not tell."""
        return self._lost or self

    def _open(self, name: str) -> Place:
        if name in self._known:
            return self._known[name]
        return _open_place(secret=secret_name(name), undocumented=self._opens_undocumented)

    @property
    def _opens_undocumented(self) -> bool:
        return self.undocumented or self.rule is not Rule.OPEN


class _Builder:
    """Builds the places of the document's schemas, documented or as they stand under an undocumented property."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._built: dict[tuple[str, Rule, bool], Place] = {}
        #: By name, what stands under an undocumented property that is called as a documented one.
        self.known: dict[str, Place] = {}

    def schema(self, name: str, *, undocumented: bool, secret: Rule = Rule.PLAIN) -> Place:
        key = (name, secret, undocumented)
        if key not in self._built:
            place = self._built[key] = Place(secret, undocumented=undocumented)
            self._fill(place, name, self._schemas[name], {})
            if secret is not Rule.PLAIN:
                place._members[b"value"] = Place(secret, undocumented=undocumented, leaf=True)  # noqa: SLF001
        return self._built[key]

    def _fill(self, place: Place, name: str, schema: Mapping[str, Any], masked: Mapping[str, Any]) -> None:
        place._known = self.known  # noqa: SLF001
        for rules in schema.get("x-requirements", {}).values():
            masked = {**masked, **rules.get("properties", {})} if "masked" in repr(rules) else masked
        for member, said in schema.get("properties", {}).items():
            if place.undocumented and secret_name(member):
                place._members[member.encode()] = Place(Rule.OPEN_SECRET, undocumented=True, leaf=True)  # noqa: SLF001
                continue
            rule = self._rule(name, member)
            below = self._said(f"{name}.{member}", said, rule, masked.get(member, {}), undocumented=place.undocumented)
            place._members[member.encode()] = below  # noqa: SLF001

    @staticmethod
    def _rule(name: str, member: str) -> Rule:
        return {("VirtualKey", "value"): Rule.VIRTUAL_KEY, ("Customer", "id"): Rule.CUSTOMER_ID}.get(
            (name, member), Rule.PLAIN
        )

    def _said(
        self, name: str, said: Mapping[str, Any], rule: Rule, masked: Mapping[str, Any], *, undocumented: bool
    ) -> Place:
        said = next((option for option in said.get("anyOf", ()) if "$ref" in option), said)
        rule = {"pem": Rule.PEM, "secret": Rule.SECRET}.get(masked.get("masked", ""), rule)
        if "$ref" in said:
            secret = Rule.SECRET if "masked" in repr(masked) else Rule.PLAIN
            return self.schema(said["$ref"].removeprefix(_REF), undocumented=undocumented, secret=secret)
        if "masked" in repr(masked.get("additionalProperties")):
            return Place(Rule.SECRET, undocumented=undocumented, leaf=True)
        free = "object" in said["type"] and not {"properties", "additionalProperties"} & set(said)
        rule = Rule.OPEN if free else rule
        place = Place(rule, undocumented=undocumented, leaf=rule in {Rule.VIRTUAL_KEY, Rule.SECRET, Rule.PEM})
        place._known = self.known  # noqa: SLF001
        if "items" in said:
            place._item = self._said(name, said["items"], Rule.PLAIN, {}, undocumented=undocumented)  # noqa: SLF001
        elif "properties" in said:
            self._fill(place, name, said, masked.get("properties", {}))
        elif "additionalProperties" in said:
            place._everything = place  # noqa: SLF001
        return place

    def names(self) -> None:
        """Fill ``known`` with what has places of its own below it, and with secrets."""
        for name in self._schemas:
            for member, place in self.schema(name, undocumented=True)._members.items():  # noqa: SLF001
                telling = place.rule in {Rule.SECRET, Rule.PEM} or place.items()._members  # noqa: SLF001
                if telling and member != b"value":
                    self.known.setdefault(member.decode(), place)


@functools.cache
def _open_place(*, secret: bool, undocumented: bool) -> Place:
    place = Place(Rule.OPEN_SECRET if secret else Rule.OPEN, undocumented=undocumented, leaf=secret)
    place._known = _builder().known  # noqa: SLF001
    return place


@functools.cache
def _builder() -> _Builder:
    schemas = contract.load().document["components"]["schemas"]
    builder = _Builder(schemas)
    builder.names()
    return builder


@functools.cache
def root() -> Place:
    """The place of an answer's whole body."""
    place = _builder().schema(_ROOT, undocumented=False)
    # Brackets that do not match: nothing is judged there, so a value may be struck out on suspicion.
    lost = Place(Rule.OPEN, undocumented=True)
    lost._known = {**_builder().known, "value": Place(Rule.VIRTUAL_KEY, undocumented=True, leaf=True)}  # noqa: SLF001
    place._lost = lost  # noqa: SLF001
    return place


@functools.cache
def documented_names() -> frozenset[str]:
    """The names of every property that the contract documents."""
    names: set[str] = set()
    pending: list[Any] = list(contract.load().document["components"]["schemas"].values())
    while pending:
        said = pending.pop()
        names.update(said.get("properties", {}))
        pending += said.get("properties", {}).values()
    return frozenset(names)
