"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def pointer(path: Iterable[str | int]) -> str:
    """A path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def steps_of(place: str) -> list[str]:
    """The steps of a JSON pointer (RFC 6901), as texts."""
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
