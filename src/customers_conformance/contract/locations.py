"""Where each requirement stands: the line of the document that judges it, or that of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from customers_conformance.contract.catalogue import CATALOGUE_FILE
from customers_conformance.contract.schemas import DOCUMENT_FILE, SCHEMAS
from customers_conformance.model import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customers_conformance.model import Judgement


@cache
def locations() -> Mapping[str, Location]:
    """The first line that is about a requirement, by id, of the files that ship with the package.

    In the document it is the line of the entry in ``x-requirements`` or ``x-formats``, or of the schema whose
    ``x-requirement`` it is; a requirement of which the document does not speak stands in the catalogue.
    """
    found: dict[str, Location] = {}
    for file, lines in ((DOCUMENT_FILE, _document_lines), (CATALOGUE_FILE, _catalogue_lines)):
        text = (resources.files("customers_conformance.openapi") / file.removeprefix("openapi/")).read_bytes()
        for identifier, node in lines(yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
            found.setdefault(identifier, Location(file, node.start_mark.line + 1))
    return found


def located(judgements: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """With where each requirement stands."""
    return tuple(replace(judgement, location=locations().get(judgement.requirement.id)) for judgement in judgements)


def _document_lines(root: Any) -> Iterator[tuple[str, yaml.Node]]:
    components, schemas = SCHEMAS
    held = _members(_members(root)[components][1])
    for name, schema in _members(held[schemas][1]).values():
        members = _members(schema)
        if "x-requirement" in members:
            yield members["x-requirement"][1].value, name
        if "x-requirements" in members:
            yield from ((entry.value, entry) for entry, _ in _members(members["x-requirements"][1]).values())
    yield from ((requirement.value, name) for name, requirement in _members(held["x-formats"][1]).values())


def _catalogue_lines(root: Any) -> Iterator[tuple[str, yaml.Node]]:
    for entry in _members(root)["requirements"][1].value:
        yield _members(entry)["id"][1].value, entry


def _members(node: Any) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """The members of a mapping: the nodes of name and value, by name."""
    return {name.value: (name, value) for name, value in node.value}
