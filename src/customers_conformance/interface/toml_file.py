"""A TOML file that the user hands over: read within bounds, and its mistakes told with file and line."""

from __future__ import annotations

import re
import stat
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers_conformance.model import KIBI, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Bytes of a file, and characters of a line: what a key of more parts costs to read grows with their square.
LARGEST = 256 * KIBI
LONGEST_LINE = 4 * KIBI

_ALLOWED = "allowed is a file of TOML in UTF-8"

#: Tables within tables whose lines are known.
_DEEPEST = 8

#: One part of a key: bare, or in quotes.
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_NAME = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*(\[{{1,2}})[ \t]*({_NAME})[ \t]*\]")
_PAIR = re.compile(rf"[ \t]*({_NAME})[ \t]*=")
_PLACE = re.compile(r"(.*) \(at (?:line ([0-9]+), column [0-9]+|end of document)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The content of a file, and the lines in which its keys stand."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def at(self, *keys: str) -> str:
        """The file, and the line of what the keys lead to, or of the table that holds it."""
        return f"{self.path}, line {self.line(*keys)}"

    def line(self, *keys: str) -> int:
        """That line, from 1."""
        near = (self.lines[keys[:depth]] for depth in range(len(keys), 0, -1) if keys[:depth] in self.lines)
        return next(near, 1)

    def mistake(self, says: str, *keys: str) -> UsageError:
        """What is said of what the keys lead to."""
        return UsageError(f"{self.at(*keys)}: {says}")


def read(path: Path) -> TomlFile:
    """Read a file; raises ``UsageError`` for one that cannot be read, is too large, or is no TOML."""
    text = _text(path)
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise UsageError(f"{path}, line {number}: it has more than {LONGEST_LINE} characters; allowed are no more")
    try:
        return TomlFile(path, tomllib.loads(text), _lines(lines))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.fullmatch(str(error))
        says = place[1] if place else str(error)
        line_number = (place and place[2]) or len(lines)
        raise UsageError(f"{path}, line {line_number}: this is no TOML ({says}); {_ALLOWED}") from None
    except RecursionError:
        raise UsageError(f"{path}: it is nested too deep; {_ALLOWED}") from None


def _lines(lines: list[str]) -> dict[tuple[str, ...], int]:
    """The first line of each key and table, by the keys that lead to it; a table in a line has that alone.

    The tables of a list are told apart by their numbers, from 0: ``("waiver", "0", "reason")``.
    """
    found: dict[tuple[str, ...], int] = {}
    listed: Counter[tuple[str, ...]] = Counter()
    table: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            name = table = _parts(header[2])
            if header[1] == "[[":
                name = table = (*table, str(listed[table]))
                listed[name[:-1]] += 1
        elif pair := _PAIR.match(line):
            name = (*table, *_parts(pair[1]))
        else:
            continue
        for depth in range(1, len(name) + 1):
            found.setdefault(name[:depth], number)
    return found


def head(path: Path) -> bytes:
    """The first ``LARGEST`` bytes of a file, and one more; raises ``UsageError`` for one that cannot be read."""
    try:
        # A pipe or a device would be waited for.
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path}: it is no regular file; {_ALLOWED}")
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "the name is not valid"
        raise UsageError(f"{path}: it cannot be read ({why}); allowed is a file that can") from None


def _text(path: Path) -> str:
    content = head(path)
    if len(content) > LARGEST:
        raise UsageError(f"{path}: it has more than {LARGEST // KIBI} KiB; allowed are no more")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {number}: byte {error.start} is no UTF-8; {_ALLOWED}") from None


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, name)[:_DEEPEST])
