"""The folder of a finished run, which a stranger may have filled: read within bounds, and nothing beyond it.

A name in a report leads to no other folder, whether by a path or by a link; what is no plain file is not opened.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import one_line
from customers_conformance.model import MEBI, UsageError
from customers_conformance.reports import reading
from customers_conformance.running.folder import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Run

#: Any other file than a report or its evidence has so many bytes at the most.
LARGEST = 256 * MEBI

#: A folder has so many entries at the most.
MOST_ENTRIES = 1000

_LONGEST_PLACE = 2000


@dataclass(frozen=True, slots=True)
class Stored:
    """A report as it lies in its folder."""

    folder: Path
    #: The name of the report's file in that folder.
    name: str
    data: bytes = field(repr=False)
    #: The report as JSON, which keeps the published schema.
    value: dict[str, Any] = field(repr=False)
    #: What it says, without exchanges: those stand in the evidence.
    run: Run = field(repr=False)


class MissingFile(UsageError):  # noqa: N818 - it says what is wrong, as its text does
    """There is no file of that name."""


def opened(path: Path) -> Stored:
    """The report at a path: a folder that holds a ``report.json``, or the file itself.

    Raises ``UsageError`` for what is not there, cannot be read, or is no report.
    """
    folder, name, data = found(path)
    with naming(folder / name):
        value = reading.value_of(data)
    return Stored(folder, name, data, value, reading.run_of(value))


@contextlib.contextmanager
def naming(file: Path) -> Iterator[None]:
    """Say which file a mistake in the block is about."""
    try:
        yield
    except MissingFile:
        raise
    except UsageError as error:
        raise UsageError(f"{one_line(str(file), _LONGEST_PLACE)}: {error}") from None


def found(path: Path) -> tuple[Path, str, bytes]:
    """The folder, name and bytes of the report at a path, unread; raises ``UsageError`` as ``opened`` does."""
    shown = one_line(str(path), _LONGEST_PLACE)
    try:
        place = path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise UsageError(
            f"{shown}: there is no such file or folder; give the folder of a run, or its {FIRST}"
        ) from None
    folder, name = (place, FIRST) if place.is_dir() else (place.parent, place.name)
    try:
        with naming(folder / name):
            return folder, name, contents(folder, name, reading.LARGEST)
    except MissingFile:
        raise UsageError(f"{shown}: it holds no {FIRST}; give the folder of a run, or its {FIRST}") from None


def contents(folder: Path, name: str, most: int) -> bytes:
    """The bytes of a plain file that stands in a folder itself; raises ``UsageError``, ``MissingFile`` where it is not.

    ``most`` is how many bytes it may have.
    """
    if name in {"", ".", ".."} or PurePosixPath(name).name != name or PureWindowsPath(name).name != name:
        raise UsageError(f"{one_line(name)!r} is no name of a file in this folder; allowed is a name without a path")
    try:
        place = (folder / name).resolve(strict=True)
        if not place.is_relative_to(folder.resolve()):
            raise UsageError(f"{one_line(name)}: it is a link that leaves the folder; allowed is a file in it")
        # What waits for a writer, such as a pipe, must not be waited for.
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        raise MissingFile(f"{one_line(name)}: there is no such file") from None
    except (OSError, ValueError, RuntimeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "the name is not valid"
        raise UsageError(f"{one_line(name)}: it cannot be read ({why}); allowed is a file that can") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(f"{one_line(name)}: it is no file; allowed is a plain one")
    with open(descriptor, "rb") as file:  # noqa: PTH123 - pathlib opens no descriptors
        data = file.read(most + 1)
    if len(data) > most:
        raise UsageError(f"{one_line(name)}: it has more than {most:,} bytes; allowed are so many")
    return data


def handed_over(path: Path, most: int) -> bytes:
    """The bytes of a file that the user names, of so many at the most; raises ``UsageError``, which names it."""
    shown = one_line(str(path), _LONGEST_PLACE)
    try:
        place = path.resolve(strict=True)
        return contents(place.parent, place.name, most)
    except MissingFile:
        raise UsageError(f"{shown}: there is no such file") from None
    except UsageError as error:
        raise UsageError(f"{shown}: {str(error).partition(': ')[2]}") from None
    except (OSError, ValueError, RuntimeError):
        raise UsageError(f"{shown}: there is no such file") from None


def names(folder: Path) -> list[str]:
    """What stands in a folder, by name; raises ``UsageError`` where it is more than a run leaves."""
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(found) == MOST_ENTRIES:
                    raise UsageError(
                        f"{one_line(str(folder), _LONGEST_PLACE)}: it holds more than {MOST_ENTRIES} entries"
                    )
                found.append(entry.name)
    except OSError as error:
        shown = one_line(str(folder), _LONGEST_PLACE)
        raise UsageError(f"{shown}: it cannot be listed ({error.strerror}); allowed is a folder that can") from None
    return sorted(found)
