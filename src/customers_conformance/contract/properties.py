"""The walk table: what the document says of each property, as far as walking and redacting an answer need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.schemas import SENSITIVE, Sensitive, nullable_reference, referred

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What may change between two reads without any change by us.
CHANGING = frozenset(
    {
        "current_usage",
        "token_current_usage",
        "request_current_usage",
        "last_reset",
        "token_last_reset",
        "request_last_reset",
        "updated_at",
    }
)


@dataclass(frozen=True, slots=True)
class Property:
    """What the contract says of one property.

    ``holds`` names the schema of the objects that it holds, alone or in a list, ``nullable`` says whether null may
    stand in the place of one; ``free`` marks an object that may hold anything. ``sensitive`` is what a text there is,
    or a value of the map there; ``masked`` names the members of the object there that are sensitive in this place.
    """

    name: str
    holds: str | None = None
    listed: bool = False
    nullable: bool = False
    free: bool = False
    types: frozenset[str] = frozenset()
    format: str | None = None
    sensitive: Sensitive | None = None
    masked: tuple[tuple[str, Sensitive], ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Whether the property holds no object of the contract."""
        return self.holds is None

    @property
    def is_reference(self) -> bool:
        """Whether it is an id that names another object; absent, null and empty are then the same."""
        return self.name.endswith("_id") and self.name not in {"client_id", "key_id"}


def tabulate(schemas: Mapping[str, Any]) -> dict[str, dict[str, Property]]:
    """The properties by schema and name; an object written within ``Schema.member`` has that for a name."""
    tables: dict[str, dict[str, Property]] = {}
    for name, schema in schemas.items():
        masked = [place for entry in schema.get("x-requirements", {}).values() for place in _masked(entry)]
        _tabulate(tables, name, schema, masked)
    return tables


_Masked = list[tuple[tuple[str, ...], Sensitive]]


def _tabulate(tables: dict[str, dict[str, Property]], name: str, schema: Mapping[str, Any], masked: _Masked) -> None:
    table = tables[name] = {}
    for member, said in schema.get("properties", {}).items():
        here = [(path[1:], kind) for path, kind in masked if path[0] == member]
        part = f"{name}.{member}" if "properties" in said else None
        table[member] = _property(member, said, part, here)
        if part is not None:
            _tabulate(tables, part, said, [(path, kind) for path, kind in here if path])


def _masked(entry: Any) -> Iterator[tuple[tuple[str, ...], Sensitive]]:
    """The members that an entry wants masked, each by the way to it; the values of a map by the way to the map."""
    members = entry.get("properties", {}) if isinstance(entry, dict) else {}
    for member, said in members.items():
        values = said.get("additionalProperties") if isinstance(said, dict) else None
        for schema in (said, values):
            if isinstance(schema, dict) and "masked" in schema:
                yield (member,), Sensitive(schema["masked"])
        for path, kind in _masked(said):
            yield (member, *path), kind


def _property(name: str, said: Mapping[str, Any], part: str | None, masked: _Masked) -> Property:
    kinds = [Sensitive(said[SENSITIVE])] if SENSITIVE in said else []
    kinds += [kind for path, kind in masked if not path]
    sensitive = kinds[0] if kinds else None
    below = tuple((path[0], kind) for path, kind in masked if path)
    reference = nullable_reference(said)
    if reference or "$ref" in said:
        held, nullable = referred(reference or said), reference is not None
        return Property(name, held, nullable=nullable, types=frozenset({"object"}), sensitive=sensitive, masked=below)
    types = frozenset([said["type"]] if isinstance(said.get("type"), str) else said.get("type", ()))
    items = said.get("items", {})
    if isinstance(items, dict) and "$ref" in items:
        return Property(name, referred(items), listed=True, types=types, sensitive=sensitive, masked=below)
    return Property(
        name,
        part,
        free=part is None and "object" in types and "additionalProperties" not in said,
        types=types,
        format=said.get("format"),
        sensitive=sensitive,
        masked=below,
    )
