"""The catalogue of requirements: read, and held to its shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import yaml

from customers_conformance.model import ABSENT_THINGS, PROFILES, SOURCES, Level, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CATALOGUE_FILE = "openapi/requirements.yaml"

#: Characters of a title and of a sentence at the most.
TITLE_LIMIT, SENTENCE_LIMIT = 60, 220

#: A title stands as it is in headings, names of tests and tables: it begins like a sentence and holds no mark of any.
_TITLE = re.compile(r"[A-Z][ -~]*[^ .]")
_MARKS = "`|[]<>\\"

_SECTION = re.compile(r"RFC [0-9]+, [0-9]+(\.[0-9]+)*(; RFC [0-9]+, [0-9]+(\.[0-9]+)*)*")

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
                "required": ["id", "title", "level", "profile", "says", "source"],
                "additionalProperties": False,
                "properties": {
                    "id": ID,
                    "title": {"type": "string"},
                    "level": {"enum": [level.value for level in Level]},
                    "profile": {"enum": list(PROFILES)},
                    "says": {"type": "string", "minLength": 1},
                    "judged": {"type": "string", "minLength": 1},
                    "source": {"type": "string", "minLength": 1},
                    "quote": {"type": "string", "minLength": 1},
                    "section": {"type": "string"},
                    "needs": {"type": "string"},
                    "after": {"type": "array", "items": ID},
                    "concerns": {"type": "array", "items": {"enum": list(ABSENT_THINGS)}},
                    "conditional": {"type": "boolean"},
                    "authentication": {"type": "boolean"},
                    "pending": {"type": "boolean"},
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


def check_shape(value: object, schema: dict[str, Any], name: str) -> None:
    """Raises ``ContractError`` with the first place of a file that breaks its schema."""
    validator = jsonschema_rs.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(value), key=lambda error: error.instance_path)
    if errors:
        place = "/".join(str(step) for step in errors[0].instance_path) or "the top"
        raise ContractError(f"{name}: at {place}: {errors[0].message}; correct it there")


def requirements_of(catalogue: Any) -> tuple[Requirement, ...]:
    """The requirements of a parsed catalogue, in its order; raises ``ContractError`` where it is malformed."""
    check_shape(catalogue, _CATALOGUE_SCHEMA, CATALOGUE_FILE)
    requirements = tuple(_requirement(entry) for entry in catalogue["requirements"])
    titled: dict[str, Requirement] = {}
    for requirement in requirements:
        for mistake in _mistakes(requirement):
            raise ContractError(f"{CATALOGUE_FILE}: {requirement.id}: {mistake}")
        other = titled.setdefault(requirement.title.casefold(), requirement)
        if other.id != requirement.id:
            message = (
                f"{CATALOGUE_FILE}: {other.id} and {requirement.id} have one title, {requirement.title!r}; "
                "say in the second what tells them apart"
            )
            raise ContractError(message)
    return requirements


def _mistakes(requirement: Requirement) -> Iterator[str]:
    """What is wrong with the texts of a requirement, each with its remedy."""
    for name, text, limit in (("title", requirement.title, TITLE_LIMIT), ("says", requirement.says, SENTENCE_LIMIT)):
        if len(text) > limit:
            notes = ", and put notes on how it is judged in `judged`" if name == "says" else ""
            yield f"`{name}` has {len(text)} characters, and {limit} are allowed: {text!r}; say it shorter{notes}"
    if not _TITLE.fullmatch(requirement.title) or any(mark in requirement.title for mark in _MARKS):
        yield (
            f"`title` is {requirement.title!r}; write ASCII that begins with a capital letter, ends without a point "
            f"and holds none of {' '.join(_MARKS)}"
        )
    for source in requirement.sources:
        if source not in SOURCES:
            yield f"`source` names {source!r}; write {', '.join(SOURCES)}, or several of them with commas"
    for name, text, source in (("quote", requirement.quote, "page"), ("section", requirement.section, "http")):
        if bool(text) != (source in requirement.sources):
            yield (
                f"`{name}` is there and `source` does not name {source}; take one away or add the other"
                if text
                else f"`source` names {source} and there is no `{name}`; add it, or correct the source"
            )
    if requirement.section and not _SECTION.fullmatch(requirement.section):
        yield f"`section` is {requirement.section!r}; write it as `RFC 9110, 15.5.2`, a semicolon between several"


def _requirement(entry: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=entry["id"],
        title=entry["title"],
        level=Level(entry["level"]),
        profile=entry["profile"],
        says=_folded(entry["says"]),
        source=entry["source"],
        judged=_folded(entry.get("judged", "")),
        quote=_folded(entry.get("quote", "")),
        section=entry.get("section", ""),
        needs=entry.get("needs", ""),
        after=tuple(entry.get("after", ())),
        concerns=tuple(entry.get("concerns", ())),
        conditional=entry.get("conditional", False),
        authentication=entry.get("authentication", False),
        pending=entry.get("pending", False),
    )


def _folded(text: str) -> str:
    return " ".join(text.split())
