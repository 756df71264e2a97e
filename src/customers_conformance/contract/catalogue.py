"""The catalogue of requirements: read, and held to its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import yaml

from customers_conformance.model import ABSENT_THINGS, PROFILES, Level, Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE_FILE = "openapi/requirements.yaml"

#: The shape of an id.
ID = {"type": "string", "pattern": "^CUST-[A-Z]{3,4}-[0-9]{3}$"}
_CATALOGUE_SCHEMA = {
    "type": "object",
    "required": ["contract", "requirements"],
    "properties": {
        "contract": {"type": "string", "minLength": 1},
        "requirements": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "level", "profile", "says", "source"],
                "additionalProperties": False,
                "properties": {
                    "id": ID,
                    "level": {"enum": [level.value for level in Level]},
                    "profile": {"enum": list(PROFILES)},
                    "says": {"type": "string", "minLength": 1},
                    "source": {"type": "string", "minLength": 1},
                    "needs": {"type": "string"},
                    "after": {"type": "array", "items": ID},
                    "concerns": {"type": "array", "items": {"enum": list(ABSENT_THINGS)}},
                    "conditional": {"type": "boolean"},
                    "authentication": {"type": "boolean"},
                    "judged": {"type": "boolean"},
                },
            },
        },
    },
}


class ContractError(Exception):
    """The document and the catalogue disagree, or one is malformed: names the file, the place and the remedy."""


def parse(text: bytes, name: str) -> Any:
    """A file of YAML; ``name`` is the file's, for the error. Raises ``ContractError``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, in C where there is one
    except yaml.YAMLError as error:
        raise ContractError(f"{name} is not YAML: {error}") from error


def check_shape(value: object, schema: Mapping[str, Any], name: str) -> None:
    """Raises ``ContractError`` with the first place of a file that breaks its schema."""
    errors = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(value), key=lambda error: list(error.absolute_path)
    )
    if errors:
        place = "/".join(str(step) for step in errors[0].absolute_path) or "the top"
        raise ContractError(f"{name}: at {place}: {errors[0].message}; correct it there")


def requirements_of(catalogue: Any) -> tuple[Requirement, ...]:
    """The requirements of a parsed catalogue, in its order; raises ``ContractError`` where it is malformed."""
    check_shape(catalogue, _CATALOGUE_SCHEMA, CATALOGUE_FILE)
    return tuple(_requirement(entry) for entry in catalogue["requirements"])


def _requirement(entry: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=entry["id"],
        level=Level(entry["level"]),
        profile=entry["profile"],
        says=" ".join(entry["says"].split()),
        source=entry["source"],
        needs=entry.get("needs", ""),
        after=tuple(entry.get("after", ())),
        concerns=tuple(entry.get("concerns", ())),
        conditional=entry.get("conditional", False),
        authentication=entry.get("authentication", False),
        judged=entry.get("judged", True),
    )
