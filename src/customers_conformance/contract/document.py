"""The contract: the document that speaks of the catalogue's requirements, loaded, checked against it, compiled."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from customers_conformance.contract.catalogue import (
    CATALOGUE_FILE,
    ID,
    ContractError,
    check_shape,
    parse,
    requirements_of,
)
from customers_conformance.contract.formats import FORMATS, format_checker
from customers_conformance.contract.keywords import KEYWORDS, Keyword, explaining_validator, fast_keyword

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import jsonschema

DOCUMENT_FILE = "openapi/customers.yaml"

#: The schema of the answer, where every walk begins.
ROOT = "ListCustomersResponse"
ERROR_SCHEMA = "BifrostError"

_REF = "#/components/schemas/"
#: What only describes a schema, and would make validators slower.
_ANNOTATIONS = {"description", "title", "examples", "example", "default", "x-requirement", "x-requirements"}

_DOCUMENT_SCHEMA = {
    "type": "object",
    "required": ["openapi", "paths", "components"],
    "properties": {
        "components": {
            "type": "object",
            "required": ["schemas"],
            "properties": {
                "x-formats": {"type": "object", "additionalProperties": ID},
                "schemas": {
                    "type": "object",
                    "required": [ROOT, ERROR_SCHEMA],
                    "additionalProperties": {
                        "type": "object",
                        "required": ["type"],
                        "properties": {
                            "x-requirement": ID,
                            "x-requirements": {
                                "type": "object",
                                "propertyNames": ID,
                                "additionalProperties": {"type": "object", "minProperties": 1},
                            },
                        },
                    },
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Property:
    """What the contract says of one property, as far as walking an answer needs it.

    ``holds`` names the schema of the objects that it holds, alone or in a list, ``nullable`` says whether null may
    stand in the place of one; ``free`` marks an object that may hold anything.
    """

    name: str
    holds: str | None = None
    listed: bool = False
    nullable: bool = False
    free: bool = False
    types: frozenset[str] = frozenset()
    format: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the property holds no object of the contract."""
        return self.holds is None

    @property
    def is_reference(self) -> bool:
        """Whether it is an id that names another object; absent, null and empty are then the same."""
        return self.name.endswith("_id") and self.name not in {"client_id", "key_id"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the compiled schema a keyword stands: the named schema, and the requirement that owns it."""

    schema: str
    requirement: str | None
    keyword: str
    value: Any


class Contract:
    """The contract, compiled: the catalogue, the walk table, and both validators."""

    def __init__(self, document: Mapping[str, Any], catalogue: Mapping[str, Any], digests: tuple[str, str]) -> None:
        """Compiles parsed files; raises ``ContractError`` where they are malformed or disagree."""
        self.requirements = requirements_of(catalogue)
        check_shape(document, _DOCUMENT_SCHEMA, DOCUMENT_FILE)
        self.document = document
        self.digest, self.requirements_digest = digests
        self.by_id = {requirement.id: requirement for requirement in self.requirements}
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self.owners = {name: schema.get("x-requirement") for name, schema in self._schemas.items()}
        self.entries = {name: dict(schema.get("x-requirements", {})) for name, schema in self._schemas.items()}
        #: The requirement that the failure of a format breaks, where it stands in a plain schema.
        self.formats: Mapping[str, str] = document["components"].get("x-formats", {})
        self._check_ids()
        self.properties: dict[str, dict[str, Property]] = {}
        for name, schema in self._schemas.items():
            self._tabulate(name, schema)
        self._entry_ids = {name: list(entries) for name, entries in self.entries.items()}
        self.defs = {name: self._compile(name) for name in self._schemas}

    @property
    def document_requirements(self) -> frozenset[str]:
        """The ids that the document itself judges."""
        owned = {owner for owner in self.owners.values() if owner}
        entered = {identifier for entries in self.entries.values() for identifier in entries}
        return frozenset(owned | entered | set(self.formats.values()))

    @functools.cache  # noqa: B019 - a contract lives as long as the process
    def shallow(self, name: str) -> jsonschema_rs.Draft202012Validator:
        """The validator of jsonschema-rs for one named schema, without ``relations`` and the objects that it holds."""
        compiled = _without_references(self.defs[name])
        if "allOf" in compiled:
            compiled["allOf"] = [True if _is_relation(entry) else entry for entry in compiled["allOf"]]
        schema = {**self.schema_of(name), "$defs": {name: compiled}}
        return jsonschema_rs.Draft202012Validator(
            schema,
            validate_formats=True,
            formats=dict(FORMATS),
            keywords={key: fast_keyword(spec) for key, spec in KEYWORDS.items()},
        )

    @functools.cache  # noqa: B019
    def relations(self, name: str) -> tuple[tuple[str, Keyword, Any], ...]:
        """What our keywords say of the objects of one named schema: the requirement, the keyword, its value."""
        return tuple(
            (identifier, KEYWORDS[key], value)
            for identifier, entry in self.entries.get(name, {}).items()
            if _is_relation(entry)
            for key, value in entry.items()
        )

    @functools.cache  # noqa: B019
    def entered(self, name: str) -> frozenset[str]:
        """The members of one named schema of which its entries say more than our keywords do."""
        entries = (entry for entry in self.entries.get(name, {}).values() if not _is_relation(entry))
        return frozenset(member for entry in entries for member in _members(entry))

    @functools.cache  # noqa: B019
    def typed(self, name: str) -> frozenset[str]:
        """The properties of one named schema of which only the type is judged."""
        properties = self.defs.get(name, {}).get("properties", {})
        return frozenset(member for member, said in properties.items() if set(said) == {"type"}) - self.entered(name)

    @functools.cache  # noqa: B019
    def explaining(self, name: str) -> jsonschema.protocols.Validator:
        """The validator of jsonschema for one named schema: explains, and is the second opinion."""
        return explaining_validator()(self.schema_of(name), format_checker=format_checker())

    def is_part(self, name: str) -> bool:
        """Whether a schema of the walk table is written within another one, and has no name of its own."""
        return name not in self._schemas

    def schema_of(self, name: str) -> dict[str, Any]:
        """The compiled JSON Schema of one named schema, with all it refers to."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/$defs/{name}",
            "$defs": self.defs,
        }

    def place(self, path: Sequence[str | int]) -> Place:
        """What stands at a path of the compiled schema, which begins with ``$defs`` and a name."""
        name = str(path[1])
        owner = self.owners.get(name)
        last = str(path[-1])
        value: Any = self.defs[name]
        for step in path[2:]:
            value = value[step]
        if len(path) > 3 and path[2] == "allOf":
            owner = self._entry_ids[name][int(path[3])]
        elif last == "format":
            owner = self.formats.get(value, owner)
        return Place(name, owner, last, value)

    def follow(self, path: Iterable[str | int], schema: str) -> list[str | int]:
        """A schema path of jsonschema's, from which ``$ref`` is dropped, as the path of the place itself."""
        place: list[str | int] = ["$defs", schema]
        for step in path:
            held = self._at(place)
            if isinstance(held, dict) and "$ref" in held:
                place = ["$defs", held["$ref"].removeprefix("#/$defs/")]
            if step != "$ref":
                place.append(step)
        return place

    def _at(self, path: Sequence[str | int]) -> Any:
        value: Any = self.defs[str(path[1])]
        for step in path[2:]:
            value = value[step]
        return value

    def _tabulate(self, name: str, schema: Mapping[str, Any]) -> None:
        table: dict[str, Property] = {}
        for member, said in schema.get("properties", {}).items():
            entry = _property(member, said)
            if "properties" in said:
                entry = Property(member, holds=f"{name}.{member}", types=entry.types)
                self._tabulate(f"{name}.{member}", said)
            table[member] = entry
        self.properties[name] = table

    def _compile(self, name: str) -> dict[str, Any]:
        schema = self._schemas[name]
        entries = self.entries[name]
        elsewhere = {member for entry in entries.values() for member in entry.get("required", ())}
        compiled: dict[str, Any] = _plain(schema)
        if "required" in compiled:
            compiled["required"] = [member for member in compiled["required"] if member not in elsewhere]
        if entries:
            compiled["allOf"] = [_plain(entry) for entry in entries.values()]
        return compiled

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for requirement in self.requirements:
            if requirement.id in seen:
                message = f"{CATALOGUE_FILE}: {requirement.id} stands twice; give the second the next free number"
                raise ContractError(message)
            for earlier in requirement.after:
                if earlier not in {other.id for other in self.requirements}:
                    message = (
                        f"{CATALOGUE_FILE}: {requirement.id} comes after {earlier}, which it lacks; correct the id"
                    )
                    raise ContractError(message)
            seen.add(requirement.id)
        spoken = {f"schemas/{name}": self._ids_of(name) for name in self._schemas}
        for place, ids in {**spoken, "x-formats": list(self.formats.values())}.items():
            for identifier in ids:
                if identifier not in seen:
                    message = (
                        f"{DOCUMENT_FILE}: components/{place} speaks of {identifier}, "
                        f"which {CATALOGUE_FILE} does not list; add it there or correct the id"
                    )
                    raise ContractError(message)

    def _ids_of(self, name: str) -> list[str]:
        owner = self.owners[name]
        return [*self.entries[name], *([owner] if owner else [])]


def load() -> Contract:
    """The contract that ships with the package, loaded once; raises ``ContractError``."""
    return _load()


@functools.cache
def _load() -> Contract:
    folder = resources.files("customers_conformance.openapi")
    texts = [(folder / name.removeprefix("openapi/")).read_bytes() for name in (DOCUMENT_FILE, CATALOGUE_FILE)]
    digests = tuple("sha256:" + hashlib.sha256(text).hexdigest() for text in texts)
    document, catalogue = (parse(text, name) for text, name in zip(texts, (DOCUMENT_FILE, CATALOGUE_FILE), strict=True))
    return Contract(document, catalogue, (digests[0], digests[1]))


def _property(name: str, said: Mapping[str, Any]) -> Property:
    nullable = False
    for option in said.get("anyOf", ()):
        nullable = nullable or option == {"type": "null"}
        if "$ref" in option:
            said = option
    if "$ref" in said:
        return Property(name, holds=said["$ref"].removeprefix(_REF), nullable=nullable, types=frozenset({"object"}))
    types = frozenset([said["type"]] if isinstance(said["type"], str) else said["type"])
    items = said.get("items", {})
    if "$ref" in items:
        return Property(name, holds=items["$ref"].removeprefix(_REF), listed=True, types=types)
    return Property(name, free="object" in types, types=types, format=said.get("format"))


def _plain(schema: Any) -> Any:
    """A part of the document as plain JSON Schema: annotations gone, references local, nullable ones rewritten."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    options = schema.get("anyOf", [])
    nullable = [option for option in options if option == {"type": "null"}]
    if nullable and len(options) == 2:
        # Under anyOf both validators report the outer object, and the requirement of the inner one is lost.
        (reference,) = [option for option in options if option != {"type": "null"}]
        return {"if": {"type": "null"}, "else": _plain(reference)}
    return {key: _member(key, value) for key, value in schema.items() if key not in _ANNOTATIONS}


def _member(key: str, value: Any) -> Any:
    if key == "$ref":
        return "#/$defs/" + value.removeprefix(_REF)
    if key == "properties":
        return {name: _plain(said) for name, said in value.items()}
    if key in KEYWORDS:
        return value
    return _plain(value)


def _members(schema: Any) -> Iterator[str]:
    """The members that a schema names beneath ``properties``, in its own conditions and parts too."""
    if isinstance(schema, list):
        for part in schema:
            yield from _members(part)
    elif isinstance(schema, dict):
        yield from schema.get("properties", ())
        for key in ("allOf", "anyOf", "oneOf", "if", "then", "else", "not"):
            yield from _members(schema.get(key))


def _is_relation(entry: Mapping[str, Any]) -> bool:
    """Whether an entry says nothing but our keywords, of the object itself."""
    return KEYWORDS.keys() >= entry.keys()


def _without_references(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_references(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return True if "$ref" in schema else {key: _without_references(value) for key, value in schema.items()}
