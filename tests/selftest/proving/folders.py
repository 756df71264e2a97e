"""Folders of finished runs, and what a forger would do to one."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from customers_conformance.model import PROFILES, UsageError
from customers_conformance.proving.rendering import rendered
from customers_conformance.reference import server
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reports.telling import digest
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDINGS = Path(__file__).parents[1] / "recordings"
AUTH_ON, AUTH_OFF = "bifrost-1.4.19-auth-on.har", "bifrost-1.5.16-auth-off.har"

#: Enough to have every kind of verdict, in a second.
FEW = ("CUST-AUTH-001", "CUST-REL-001", "CUST-SCH-002", "CUST-SCH-003", "CUST-VAL-003", "CUST-HTTP-004", "CUST-SEC-003")


@functools.cache
def _home() -> Path:
    home = tempfile.TemporaryDirectory(prefix="customers-conformance-folders-")
    # It lives as long as the process does.
    _KEPT.append(home)
    return Path(home.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@functools.cache
def _in_process(name: str, fault: str | None, customers: int, options: tuple[tuple[str, Any], ...]) -> Path:
    out = _home() / name
    transport = httpx.ASGITransport(app=create_app(customers=customers, fault=fault))
    asked = {"only": FEW, "seed": 1, "examples": 4, **dict(options)}
    execute(Settings(url="http://127.0.0.1", key=DEFAULT_KEY, out=out, **asked), transport=transport)
    return out


def live(place: Path, fault: str | None = None, customers: int = 2, **options: Any) -> Path:
    """A copy of the folder of a run that asked the reference server in process."""
    name = f"live-{fault}-{customers}-{abs(hash(tuple(options.items())))}"
    return _copy(_in_process(name, fault, customers, tuple(options.items())), place)


@functools.cache
def _of_recording(name: str) -> Path:
    out = _home() / f"of-{name}"
    execute(Settings(har=RECORDINGS / name, out=out, profiles=PROFILES))
    return out


def recorded(place: Path, name: str = AUTH_ON) -> Path:
    """A copy of the folder of a run that judged a real server's recording."""
    return _copy(_of_recording(name), place)


@functools.cache
def _conformant() -> Path:
    out = _home() / "conformant"
    with server.running(customers=4) as url:
        execute(Settings(url=url, key=DEFAULT_KEY, profiles=("core",), out=out, seed=1))
    return out


def conformant(place: Path) -> Path:
    """A copy of the folder of a live run of the whole profile core, against a server that conforms."""
    return _copy(_conformant(), place)


def _copy(folder: Path, place: Path) -> Path:
    shutil.copytree(folder, place)
    return place


def report(folder: Path) -> Any:
    """What its report says."""
    return json.loads((folder / "report.json").read_text("utf-8"))


def edit(folder: Path, change: Callable[[Any], object], name: str = "report.json") -> None:
    """Changes a file that holds JSON, and leaves the others as they are."""
    value = json.loads((folder / name).read_text("utf-8"))
    change(value)
    indent, ascii_only = (2, False) if name == "report.json" else (1, False)
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only) + "\n"
    (folder / name).write_text(text, "utf-8")


def cover(folder: Path) -> None:
    """Does what a careful forger would: mends the digest of the evidence, and makes every file again."""
    mended = digest.of((folder / "evidence.har").read_bytes())
    edit(folder, lambda value: value["evidence"].update(digest=mended))
    try:
        rendered(folder)
    except UsageError as error:
        raise AssertionError(error) from error


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
