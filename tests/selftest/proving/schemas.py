"""The published schemas of what commands print and write, held against that."""

from __future__ import annotations

import importlib.resources
import json
from typing import TYPE_CHECKING, Any

import jsonschema

if TYPE_CHECKING:
    from collections.abc import Iterator


def schema(name: str) -> Any:
    """The schema, as it is shipped."""
    return json.loads(importlib.resources.files("customers_conformance.reports").joinpath(name).read_text("utf-8"))


def keeps(name: str, value: object) -> None:
    """Holds a value against a schema that is itself sound."""
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema(name))
    validator(schema(name), format_checker=validator.FORMAT_CHECKER).validate(value)


def enumerated(name: str) -> dict[str, set[str | None]]:
    """The values that a schema lists, by the member or the definition that they belong to."""

    def within(value: Any, key: str) -> Iterator[tuple[str, set[str | None]]]:
        if isinstance(value, dict):
            if "enum" in value:
                yield key, set(value["enum"])
            for inner, each in value.items():
                yield from within(each, key if inner == "items" else inner)

    return dict(within(schema(name), ""))
