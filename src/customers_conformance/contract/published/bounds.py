"""What a file of a published document may hold at the most."""

from __future__ import annotations

from customers_conformance.model import MEBI

#: Bytes of a file that are read.
MAX_SIZE = 16 * MEBI

#: Levels of nesting.
MAX_DEPTH = 200

#: Values that a document may hold, and characters of its texts, with what aliases repeat.
MAX_VALUES = 500_000
MAX_CHARACTERS = 64 * MEBI


class RefusedError(Exception):
    """Why a file is not read, as a sentence that names the place."""


def check_size(values: int, characters: int, place: str = "") -> None:
    """Raises ``RefusedError`` where a document holds too much; ``place`` begins the sentence."""
    for count, most, what in ((values, MAX_VALUES, "values"), (characters, MAX_CHARACTERS, "characters")):
        if count > most:
            raise RefusedError(f"{place}more than {most:,} {what}, with what aliases repeat; allowed are {most:,}")


def check_depth(levels: int, place: str = "") -> None:
    """Raises ``RefusedError`` where a document is nested too deeply; ``place`` begins the sentence."""
    if levels > MAX_DEPTH:
        raise RefusedError(f"{place}more than {MAX_DEPTH} levels of nesting; allowed are {MAX_DEPTH}")
