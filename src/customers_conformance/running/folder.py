"""The folder that a run writes to: whole files only, put into place at once, none older than the run."""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from customers_conformance import reports
from customers_conformance.model import UsageError

try:
    import fcntl
except ImportError:
    # Not a Unix: there two runs can disturb each other in one folder.
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from customers_conformance.model import Run

#: The run as data: written first as incomplete, and last as whole.
FIRST = "report.json"

#: The recording, which is no report but stands beside them.
EVIDENCE = "evidence.har"

#: What ``certify`` writes beside them: it outlives no other run in the same folder.
CERTIFICATE = "certificate.json"


class Format(Protocol):
    """A module of the package ``reports`` that writes a file."""

    FILE: str
    #: Whether the file says by a digest which ``report.json`` it was made of; else it is known by its bytes alone.
    CARRIES_DIGEST: bool

    def render(self, run: Run) -> bytes:
        """The whole file."""


class WriteFailed(Exception):  # noqa: N818 - it says what happened, as its text does
    """A report that could not be made or written (a full disk, a folder taken away): its text is a sentence."""


def formats() -> list[Format]:
    """Every module of the package ``reports`` that has a ``FILE``, by the name of that file."""
    names = sorted(module.name for module in pkgutil.iter_modules(reports.__path__))
    modules = [importlib.import_module(f"{reports.__name__}.{name}") for name in names]
    found = [cast("Format", module) for module in modules if hasattr(module, "FILE")]
    return sorted(found, key=lambda one: one.FILE)


class Folder:
    """Where the files of a run go: ``held`` while it lasts, first ``begin``, then ``write`` and ``publish``."""

    def __init__(self, out: Path, named: str = "--out") -> None:
        """Take the folder; nothing is touched yet. ``named`` is the option that names it."""
        self.out = out
        self._named = named
        self._formats = formats()
        self.names = (*(one.FILE for one in self._formats), EVIDENCE)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder, and hold it for the block, so that no other run writes there meanwhile.

        Raises ``UsageError`` where another does, or where files cannot be written, before anything is sent. What a run
        that was killed left behind is removed.
        """
        with contextlib.ExitStack() as block:
            self._prepare(block)
            yield

    def _prepare(self, block: contextlib.ExitStack) -> None:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            if not _locked(self.out, block):
                raise self._unusable("another run is writing there; wait for its end")
            for name in self.names:
                if (self.out / name).is_dir() and not (self.out / name).is_symlink():
                    raise self._unusable(f"{name} in it is a folder, and a report of that name is due")
                for leftover in self.out.glob(f".{name}.*.part"):
                    leftover.unlink()
            trial = self._temporary(FIRST)
            _write(trial, [b"\n"])
            trial.unlink()
        except (FileExistsError, NotADirectoryError) as error:
            raise self._unusable("it is, or goes through, a file and no folder") from error
        except PermissionError as error:
            raise self._unusable("you may not write there") from error
        except (OSError, ValueError) as error:
            raise self._unusable(_cause(error)) from error

    def begin(self, run: Run, keep: Collection[str] = ()) -> None:
        """Write a ``report.json`` that says the run is not complete, and remove the files of an earlier run.

        ``keep`` names those that stay: a recording that is being judged in place. Raises ``WriteFailed``.
        """
        unfinished = replace(run, complete=False)
        for one in self._formats:
            if one.FILE == FIRST:
                self.write(FIRST, one.render(unfinished))
        for name in (*self.names, CERTIFICATE):
            if name != FIRST and name not in keep:
                try:
                    (self.out / name).unlink(missing_ok=True)
                except OSError as error:
                    raise WriteFailed(_sentence("remove", self.out / name, error)) from error

    def write(self, name: str, data: bytes | Iterable[bytes]) -> Path:
        """Write a file whole and move it into place; a symbolic link of that name is replaced, never followed.

        Raises ``WriteFailed``; then whatever bore the name before still does.
        """
        place = self.out / name
        part = self._temporary(name)
        try:
            _write(part, [data] if isinstance(data, bytes) else data)
            part.replace(place)
        except OSError as error:
            raise WriteFailed(_sentence("write", place, error)) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return place

    def publish(self, run: Run) -> list[Path]:
        """Write every report, ``report.json`` last, so that it is complete only where the others are there.

        One that fails does not keep the others from being written. Raises ``WriteFailed`` for all that failed.
        """
        places: list[Path] = []
        failures: list[str] = []
        for one in sorted(self._formats, key=lambda one: one.FILE == FIRST):
            try:
                places.append(self.write(one.FILE, one.render(run)))
            except WriteFailed as error:
                failures.append(str(error))
            except Exception as error:  # noqa: BLE001 - a fault in one format must not cost the user the others
                failures.append(f"Could not make {one.FILE}: {type(error).__name__}; please report this fault.")
        if failures:
            raise WriteFailed(" ".join(failures))
        return places

    def _unusable(self, why: str) -> UsageError:
        named = f"{self._named} {self.out}"
        return UsageError(f"{named}: {why}. Name a folder that can be written, or one that can be made.")

    def _temporary(self, name: str) -> Path:
        return self.out / f".{name}.{secrets.token_hex(8)}.part"


def _locked(out: Path, block: contextlib.ExitStack) -> bool:
    """Lock a folder until the block ends, or the process, however it does; whether nobody else has it locked."""
    if fcntl is None:
        return True
    try:
        descriptor = os.open(out, os.O_RDONLY)
        block.callback(os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks, or a folder that may be written and not read.
        return True
    return True


def _write(place: Path, chunks: Iterable[bytes]) -> None:
    # Exclusive creation neither follows a link nor opens what another process put there.
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - pathlib opens no descriptors
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())


def _sentence(what: str, place: Path, error: OSError) -> str:
    return f"Could not {what} {place}: {_cause(error)}."


def _cause(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
