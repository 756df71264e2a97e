"""The contract: the document that speaks of the catalogue's requirements, loaded, checked against it, compiled."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.catalogue import (
    CATALOGUE_FILE,
    ID,
    ContractError,
    check_shape,
    parse,
    requirements_of,
)
from customers_conformance.contract.properties import tabulate
from customers_conformance.contract.schemas import (
    DOCUMENT_FILE,
    check_keywords,
    compiled,
    without_references,
)
from customers_conformance.contract.vocabulary.applicators import (
    cases_of,
    scope_of,
    subschemas_of,
    validator,
    without_ours,
)
from customers_conformance.contract.vocabulary.assertions import Subschemas
from customers_conformance.contract.vocabulary.keywords import KEYWORDS, Keyword

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import jsonschema
    import jsonschema_rs

    from customers_conformance.contract.scope import Scope
    from customers_conformance.contract.vocabulary.assertions import Cases

#: The schema of the answer, where every walk begins.
ROOT = "ListCustomersResponse"
ERROR_SCHEMA = "BifrostError"

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
                            "type": {"const": "object"},
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
class Place:
    """A keyword of the compiled schema: the requirement that owns it, its name and value, the schema it stands in."""

    requirement: str | None
    keyword: str
    limit: Any
    beside: Mapping[str, Any]


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
        #: The requirement that the failure of a format breaks, where it stands outside ``x-requirements``.
        self.formats: Mapping[str, str] = document["components"].get("x-formats", {})
        self._check_ids()
        check_keywords(self._schemas)
        self.properties = tabulate(self._schemas)
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
        return validator({**self.schema_of(name), "$defs": {name: self._shallow(name)}})

    @functools.cache  # noqa: B019
    def scope(self, name: str) -> Scope:
        """What ``shallow`` looks at of the objects of one named schema."""
        return scope_of(self._shallow(name))

    @functools.cache  # noqa: B019
    def quick(self, name: str) -> jsonschema_rs.Draft202012Validator:
        """The validator for one named schema and all that it holds, without what a walk judges for itself.

        That is ``relations``, what ``counted`` tells of our keywords, and the date-times among the properties.
        """
        return validator({**self.schema_of(name), "$defs": {each: self._quick(each) for each in self.defs}})

    def _quick(self, name: str) -> dict[str, Any]:
        found = dict(self.defs[name])
        found["properties"] = {
            member: {key: limit for key, limit in said.items() if key != "format"}
            if self.properties[name][member].format == "date-time"
            else said
            for member, said in found.get("properties", {}).items()
        }
        for index, (_, entry) in enumerate(self.compiled_entries(name)):
            found["allOf"] = list(found["allOf"])
            found["allOf"][index] = True if _is_relation(entry) else without_ours(entry)
        return found

    @functools.cached_property
    def listed_whole(self) -> bool:
        """Whether the schema of the answer looks at more of the items of its list than how many there are, and at ids.

        Where it does not, each item can be let go once it was judged.
        """
        looked_at = self.scope(ROOT).members.get("customers")
        return (looked_at is not None and looked_at.items is not None) or not all(
            keyword.looks_at_ids(limit) for _, keyword, limit in self.relations(ROOT)
        )

    def _shallow(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = without_references(self.defs[name])
        for index, (_, entry) in enumerate(self.compiled_entries(name)):
            if _is_relation(entry):
                found["allOf"][index] = True
        return found

    @functools.cache  # noqa: B019
    def relations(self, name: str) -> tuple[tuple[str, Keyword, Any], ...]:
        """What our keywords say of the objects of one named schema: the requirement, the keyword, its value."""
        return tuple(
            (identifier, KEYWORDS[key], value)
            for identifier, entry in self.compiled_entries(name)
            if _is_relation(entry)
            for key, value in entry.items()
        )

    @functools.cache  # noqa: B019
    def counted(self, name: str) -> tuple[tuple[str, Cases], ...]:
        """What counts the cases of the other entries of one named schema, each with its requirement."""
        entries = self.compiled_entries(name)
        return tuple((identifier, cases_of(entry)) for identifier, entry in entries if not _is_relation(entry))

    def compiled_entries(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """The requirements that one named schema has in ``x-requirements``, each with its compiled schema."""
        identifiers = self.entries.get(name, {})
        return list(zip(identifiers, self.defs[name]["allOf"], strict=False)) if identifiers else []

    @functools.cache  # noqa: B019
    def explaining(self, name: str) -> jsonschema.protocols.Validator:
        """The validator of jsonschema for one named schema: explains, and is the second opinion."""
        from customers_conformance.contract.vocabulary.explaining import (  # noqa: PLC0415 - a run need not wait for jsonschema
            explaining_validator,
            format_checker,
        )

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
        """The keyword at a path of the compiled schema, which begins with ``$defs`` and a name.

        What the names of members break is a breach of ``propertyNames``, whichever keyword in it they break.
        """
        name = str(path[1])
        schema: Any = self.defs[name]
        steps = iter(path[2:])
        keyword = str(next(steps))
        while (step := next(steps, None)) is not None and keyword != "propertyNames":
            limit = schema[keyword]
            if subschemas_of(keyword) is Subschemas.ONE:
                schema, keyword = limit, str(step)
            else:
                schema, keyword = limit[step], str(next(steps))
        limit = schema[keyword]
        owner = self.owners.get(name)
        entries = self.compiled_entries(name)
        if path[2] == "allOf" and int(path[3]) < len(entries):
            owner, _ = entries[int(path[3])]
        elif keyword == "format":
            owner = self.formats.get(limit, owner)
        return Place(owner, keyword, limit, schema)

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

    def _compile(self, name: str) -> dict[str, Any]:
        schema = self._schemas[name]
        entries = self.entries[name]
        elsewhere = {member for entry in entries.values() for member in entry.get("required", ())}
        found: dict[str, Any] = compiled(schema)
        if "required" in found:
            found["required"] = [member for member in found["required"] if member not in elsewhere]
        if entries:
            # First, so that the place of an entry tells its requirement.
            found["allOf"] = [*map(compiled, entries.values()), *found.get("allOf", ())]
        return found

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


def _is_relation(entry: Any) -> bool:
    """Whether an entry says nothing but our keywords, of the object itself."""
    return isinstance(entry, dict) and KEYWORDS.keys() >= entry.keys()
