"""The schemas of the document: held to the keywords that the suite knows, and compiled to JSON Schema alone."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

import jsonschema_rs

from customers_conformance.contract.catalogue import ContractError
from customers_conformance.contract.pointers import pointer
from customers_conformance.contract.vocabulary.applicators import STANDARD, changed, subschemas_of
from customers_conformance.contract.vocabulary.assertions import Subschemas
from customers_conformance.contract.vocabulary.formats import FORMATS
from customers_conformance.contract.vocabulary.keywords import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT_FILE = "openapi/customers.yaml"
SCHEMAS = ("components", "schemas")

_REF = "#/components/schemas/"

#: What only describes a schema, and would make validators slower.
_ANNOTATIONS = frozenset(
    {"$comment", "default", "deprecated", "description", "example", "examples", "externalDocs", "readOnly", "title"}
    | {"writeOnly"}
)
#: What a named schema may say beside: whose requirement it is, and what else its objects must meet.
_EXTENSIONS = frozenset({"x-requirement", "x-requirements"})
#: What a property's text is that may not be shown to everyone; judges nothing.
SENSITIVE = "x-sensitive"
#: Formats that describe a number alone.
_DESCRIBING_FORMATS = frozenset({"int64"})

Path = tuple[str | int, ...]


class Sensitive(StrEnum):
    """What makes a text sensitive: the values of ``x-sensitive``, and those of the keyword ``masked``."""

    CUSTOMER_ID = "customer-id"
    VIRTUAL_KEY = "virtual-key"
    SECRET = "secret"  # noqa: S105 - a kind
    PEM = "pem"


class _Stand(Enum):
    """Where a schema stands, as far as it tells whether the walk through an answer follows a reference there."""

    OBJECT = "object"
    PROPERTY = "property"
    ITEM = "item"
    ELSEWHERE = "elsewhere"

    def below(self, keyword: str) -> _Stand:
        """Where the schemas in a keyword's value stand."""
        if keyword == "properties" and self in {_Stand.OBJECT, _Stand.PROPERTY}:
            return _Stand.PROPERTY
        return _Stand.ITEM if keyword == "items" and self is _Stand.PROPERTY else _Stand.ELSEWHERE


def check_keywords(schemas: Mapping[str, Any]) -> None:
    """Raises ``ContractError`` with the first keyword of the document that the suite could not judge, and its place."""
    for name, schema in schemas.items():
        place = (*SCHEMAS, name)
        own = {key: value for key, value in schema.items() if key not in _EXTENSIONS}
        _check(schemas, own, place, _Stand.OBJECT)
        for identifier, entry in schema.get("x-requirements", {}).items():
            _check(schemas, entry, (*place, "x-requirements", identifier), _Stand.ELSEWHERE)


def _check(schemas: Mapping[str, Any], schema: Any, place: Path, stand: _Stand) -> None:
    if schema is True:
        return
    if not isinstance(schema, dict):
        _refuse(place, f"{schema!r} is no schema that is judged", "write an object of keywords")
    if "$ref" in schema:
        _check_reference(schemas, schema, place, stand)
        return
    if reference := nullable_reference(schema):
        _check_reference(schemas, reference, place, stand)
        if not schema.keys() - _ANNOTATIONS <= {"anyOf"}:
            _refuse(place, "keywords stand beside a reference or null, and none is judged", "say them in the schema")
        return
    for keyword, limit in schema.items():
        if keyword == SENSITIVE and stand is _Stand.PROPERTY:
            if limit not in list(Sensitive):
                _refuse(place, f"{SENSITIVE} holds {limit!r}", f"write one of {', '.join(Sensitive)}")
        elif keyword not in _ANNOTATIONS and keyword not in KEYWORDS:
            _check_standard(schemas, keyword, limit, place, stand)


def _check_standard(schemas: Mapping[str, Any], keyword: str, limit: Any, place: Path, stand: _Stand) -> None:
    if keyword not in STANDARD:
        remedy = "say it with one that contract/vocabulary/assertions.py or applicators.py lists, or add it there"
        _refuse(place, f"the keyword {keyword} is not one that the suite can judge", remedy)
    if keyword == "format" and limit not in FORMATS and not (limit in _DESCRIBING_FORMATS and stand is _Stand.PROPERTY):
        _refuse(place, f"the format {limit} is not one that the suite can judge", f"write {' or '.join(FORMATS)}")
    kind = subschemas_of(keyword)
    if kind is Subschemas.NONE:
        try:
            jsonschema_rs.Draft202012Validator({keyword: limit})
        except ValueError as error:
            _refuse(place, f"{keyword}: {str(error).splitlines()[0]}", "correct it")
    if keyword == "additionalProperties" and limit is False:
        return
    if not isinstance(limit, {Subschemas.LIST: list, Subschemas.NAMED: dict}.get(kind, object)):
        _refuse(place, f"{keyword} holds {limit!r}", "correct it")
    for steps, schema in kind.of(limit):
        _check(schemas, schema, (*place, keyword, *steps), stand.below(keyword))


def _check_reference(schemas: Mapping[str, Any], schema: Mapping[str, Any], place: Path, stand: _Stand) -> None:
    target = schema["$ref"]
    if stand not in {_Stand.PROPERTY, _Stand.ITEM}:
        remedy = "refer from a property, from its items or from a choice of null and it; say it in place elsewhere"
        _refuse(place, f"$ref to {target} stands where the suite does not follow it", remedy)
    if not schema.keys() - _ANNOTATIONS <= {"$ref"}:
        _refuse(place, f"keywords stand beside $ref to {target}, and none is judged", "say them in the schema")
    if str(target).removeprefix(_REF) not in schemas:
        _refuse(place, f"$ref to {target} leads to no schema", f"write {_REF} and the name of one")


def _refuse(place: Path, why: str, remedy: str) -> NoReturn:
    msg = f"{DOCUMENT_FILE}: at {pointer(place).removeprefix('/')}: {why}; {remedy}"
    raise ContractError(msg)


def referred(schema: Mapping[str, Any]) -> str:
    """The name of the schema that a reference leads to."""
    return str(schema["$ref"]).removeprefix(_REF)


def nullable_reference(schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The reference of a choice between null and one; ``None`` where a schema is no such choice."""
    options = schema.get("anyOf", ())
    others = [option for option in options if option != {"type": "null"}]
    if len(options) == 2 and len(others) == 1 and isinstance(others[0], dict) and "$ref" in others[0]:
        return others[0]
    return None


def compiled(schema: Any) -> Any:
    """A schema of the document as JSON Schema alone: annotations gone, references local, nullable ones rewritten."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{referred(schema)}"}
    if reference := nullable_reference(schema):
        # Under anyOf both validators report the outer object, and the requirement of the inner one is lost.
        return {"if": {"type": "null"}, "else": compiled(reference)}
    described = _ANNOTATIONS | _EXTENSIONS | {SENSITIVE}
    return changed({key: value for key, value in schema.items() if key not in described}, compiled)


def without_references(schema: Any) -> Any:
    """A compiled schema that asks nothing where it refers to another one, whose objects are judged by themselves."""
    return True if isinstance(schema, dict) and "$ref" in schema else changed(schema, without_references)
