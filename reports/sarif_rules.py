"""The rules of ``report.sarif``: each requirement once, with all that a reader of an alert wants to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import one_line
from customers_conformance.model import Level
from customers_conformance.reports.telling import markdown, wording

if TYPE_CHECKING:
    from customers_conformance.model import Judgement, Requirement

#: How many characters of one text stand in the file.
TEXT_LIMIT = 2000


def rule(judgement: Judgement) -> dict[str, Any]:
    """A requirement as a reporting descriptor (SARIF 2.1.0, 3.49)."""
    requirement = judgement.requirement
    made: dict[str, Any] = {
        "id": requirement.id,
        "name": requirement.id.replace("-", ""),
        "shortDescription": {"text": _text(requirement.title)},
        "fullDescription": {"text": f"A conforming server {_text(requirement.says)}."},
        "help": {"text": " ".join(_help(requirement)), "markdown": _markdown(requirement)},
        "defaultConfiguration": {"level": "error" if requirement.level is Level.MUST else "warning"},
        "properties": {
            "tags": [requirement.profile, wording.AREAS.get(requirement.area, requirement.area)],
            "level": requirement.level.value,
            "profile": requirement.profile,
            "source": _text(requirement.source),
        },
    }
    if link := wording.standard_link(requirement):
        made["helpUri"] = link
    if judgement.faults is not None:
        made["properties"]["faults"] = judgement.faults
    return made


def _help(requirement: Requirement) -> list[str]:
    """How a requirement is judged, how binding it is and where it comes from, as sentences."""
    parts = [f"How it is judged: {_text(requirement.judged)}."] if requirement.judged else []
    parts.append(f"{requirement.level}, profile {requirement.profile}.")
    for what, words in wording.sources(requirement):
        parts.append(f"Source: {_text(what)}{f': {_text(words)}' if words else ''}.")
    return parts


def _markdown(requirement: Requirement) -> str:
    says = markdown.prose(f"A conforming server {requirement.says}.", TEXT_LIMIT)
    return "\n\n".join([says, *(markdown.prose(part, TEXT_LIMIT) for part in _help(requirement))])


def _text(text: str) -> str:
    return one_line(text, TEXT_LIMIT)
