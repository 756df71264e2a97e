"""Documents that describe the endpoint: the contract's own, as it is, changed in one place, and in OpenAPI 3.0."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.document import load
from customers_conformance.contract.published.operation import Held, held_against
from customers_conformance.contract.published.reading import Published

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = load().document
PATH = "/api/governance/customers"


def own() -> Any:
    """The contract's own document, to be changed."""
    return copy.deepcopy(CONTRACT)


def operation(document: Any) -> Any:
    """Its operation."""
    return document["paths"][PATH]["get"]


def made(change: Callable[[Any], object]) -> Any:
    """The contract's own document with one change, which may be made to its schemas by ``schemas``."""
    document = own()
    change(document)
    return document


def schemas(change: Callable[[Any], object]) -> Callable[[Any], object]:
    """A change to the schemas of a document."""
    return lambda document: change(document["components"]["schemas"])


def held(document: Any) -> Held:
    """A document held against the contract."""
    return held_against(Published(document, document["openapi"][:3]), CONTRACT)


def told(document: Any) -> list[tuple[str, str, str, str]]:
    """Kind, promise, place and property of each difference."""
    return [(each.kind, each.promise, each.place, each.contract) for each in held(document).differences]


def in_3_0() -> Any:
    """The contract's own document as OpenAPI 3.0 says the same."""
    document = own()
    document["openapi"] = "3.0.3"
    del document["info"]["summary"], document["info"]["license"]["identifier"]
    return _in_3_0(document)


def _in_3_0(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_3_0(item) for item in value]
    if not isinstance(value, dict):
        return value
    # Examples of schemas are one alone in 3.0.
    members = {name: _in_3_0(held) for name, held in value.items() if name != "examples"}
    if isinstance(members.get("type"), list):
        (members["type"],) = [name for name in members["type"] if name != "null"]
        members["nullable"] = True
    if {"type": "null"} in members.get("anyOf", ()):
        members["allOf"] = [option for option in members.pop("anyOf") if option != {"type": "null"}]
        members["nullable"] = True
    return members
