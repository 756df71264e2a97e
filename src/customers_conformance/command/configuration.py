"""The configuration: defaults and named targets, from ``customers-conformance.toml`` or ``pyproject.toml``.

Found in the working directory, or above it up to the root of the repository. What may stand in it is the table of
options.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance.command.options import OPTIONS, Option
from customers_conformance.interface import toml_file
from customers_conformance.interface.values import hold
from customers_conformance.model import UsageError
from customers_conformance.running.settings import NEAREST
from customers_conformance.sending.origin import parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.interface.toml_file import TomlFile

FILE = "customers-conformance.toml"
PYPROJECT = "pyproject.toml"

#: Where it stands in ``pyproject.toml``.
_SECTION = ("tool", "customers-conformance")

#: What is said where there is none.
ABSENT = (
    f"allowed is {FILE}, or a [{'.'.join(_SECTION)}] in {PYPROJECT}, in the working directory or above it in its "
    "repository, or another file with --config"
)

TARGETS = "targets"
URL = "url"

#: What a target may be called: its name becomes that of a job of a CI, and of a folder.
_TARGET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_STORED = {option.name: option for option in OPTIONS if option.stored}

#: What a target may say.
_OF_TARGETS = (URL, *(name for name in _STORED if name != "target"))

#: What holds a secret itself, and what to write instead.
_SECRETS = {
    **dict.fromkeys(("key", "api-key", "management-key", "token", "password", "authorization"), "key-env"),
    "virtual-key": "virtual-key-env",
    **dict.fromkeys(("session", "session-token"), "session-env"),
    **dict.fromkeys(("header", "headers"), "header-env"),
}

#: A folder that holds it is a repository's root.
_REPOSITORY = ".git"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an option, a text, texts or a truth, and where it is from, as a phrase that names it."""

    value: str | tuple[str, ...] | bool
    origin: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one file says: values by ``Option.member``; those of a target hold its URL, too."""

    path: Path
    defaults: Mapping[str, Value]
    targets: Mapping[str, Mapping[str, Value]]

    def target(self, name: str, origin: str) -> Mapping[str, Value]:
        """The values of a target; raises ``UsageError`` where there is none of this name, asked for by ``origin``."""
        if name not in self.targets:
            near = ", ".join(get_close_matches(name, self.targets, NEAREST, cutoff=0))
            known = f"the nearest: {near}; `customers-conformance targets` lists all" if near else "it has none"
            raise UsageError(f"{origin}: there is no target {name!a} in {self.path}; {known}")
        return self.targets[name]


def find(folder: Path) -> Configuration | None:
    """The configuration that holds in a folder; ``None`` where there is none.

    Of the folder itself and those above it, up to the root of the repository, the nearest with a configuration has
    it; outside of a repository the folder alone: what strangers put above it would say where the key is sent.
    Raises ``UsageError`` as ``read`` does, and for a folder with two.
    """
    for place in _searched(folder.absolute()):
        found = [file for file in (place / FILE, place / PYPROJECT) if _holds_one(file)]
        if len(found) > 1:
            raise UsageError(f"{_shown(place)} holds two configurations, {FILE} and {PYPROJECT}; allowed is one")
        if found:
            return read(_shown(found[0]))
    return None


def _searched(folder: Path) -> list[Path]:
    folders = [folder, *folder.parents]
    for number, place in enumerate(folders, 1):
        if (place / _REPOSITORY).exists():
            return folders[:number]
    return [folder]


def _holds_one(file: Path) -> bool:
    """Whether a file is there and, where it is shared, has a section of ours; only such a one has to be sound."""
    if not file.is_file():
        return False
    if file.name == FILE:
        return True
    shown = _shown(file)
    named = _SECTION[-1].encode() in toml_file.head(shown)
    return named and _SECTION[-1] in _table(toml_file.read(shown), _SECTION[:1])


def _shown(path: Path) -> Path:
    """The path as a person would write it here: what is asked relates to it, and so do messages."""
    return Path(os.path.relpath(path))


def read(path: Path) -> Configuration:
    """Read a configuration, strictly.

    Raises ``UsageError`` for a file that is none, an unknown key, a value of another type, a malformed URL of a
    target, and what would put a secret into the file; each with its line.
    """
    file = toml_file.read(path)
    section = _SECTION if path.name == PYPROJECT else ()
    table = _table(file, section)
    if section and not table:
        raise UsageError(f"{path}: it has no [{'.'.join(section)}]; allowed is a file with one")
    targets = _table(file, (*section, TARGETS))
    defaults = {name: value for name, value in table.items() if name != TARGETS}
    return Configuration(
        path,
        _values(file, section, defaults, tuple(_STORED)),
        {name: _target(file, section, name) for name in targets},
    )


def _table(file: TomlFile, keys: tuple[str, ...]) -> dict[str, object]:
    found = file.data
    for depth, key in enumerate(keys, 1):
        found = found.get(key, {})
        if not isinstance(found, dict):
            raise file.mistake(f"{'.'.join(keys[:depth])} is no table; allowed is one", *keys[:depth])
    return found


def _target(file: TomlFile, section: tuple[str, ...], name: str) -> dict[str, Value]:
    place = (*section, TARGETS, name)
    if not _TARGET_NAME.fullmatch(name):
        allowed = "letters, digits, '.', '_' and '-', 64 at the most, the first a letter or a digit"
        raise file.mistake(f"{name!a} is no name of a target; allowed are {allowed}", *place)
    found = _values(file, place, _table(file, place), _OF_TARGETS)
    if URL not in found:
        raise file.mistake(f"the target {name} has no {URL}; give it the base of its server", *place)
    return found


def _values(
    file: TomlFile, place: tuple[str, ...], table: Mapping[str, object], allowed: tuple[str, ...]
) -> dict[str, Value]:
    found = {}
    for name, given in table.items():
        if isinstance(given, dict):
            raise file.mistake(f"[{name}] is no table of a configuration; allowed is [{TARGETS}.NAME]", *place, name)
        if name not in allowed:
            raise file.mistake(_unknown(name, allowed), *place, name)
        origin = f"{file.at(*place, name)}: {name}"
        try:
            value = _url(given) if name == URL else _value(_STORED[name], given, file.path.parent)
        except UsageError as mistake:
            raise UsageError(f"{origin}: {mistake}") from None
        hold(name.replace("-", "_"), value, origin)
        found[name.replace("-", "_")] = Value(value, origin)
    return found


def _unknown(name: str, allowed: tuple[str, ...]) -> str:
    dashed = name.replace("_", "-").lower()
    if instead := _SECRETS.get(dashed):
        return (
            f"{name}: a secret does not belong in a file; put it into an environment variable, and name that here "
            f"with {instead}"
        )
    if name == URL:
        return f"{URL} belongs to a target; allowed is [{TARGETS}.NAME] with {URL} in it"
    if any(option.name == dashed for option in OPTIONS) and dashed not in allowed:
        return f"{name} cannot stand here; give it on the command line"
    near = ", ".join(get_close_matches(dashed, allowed, NEAREST, cutoff=0))
    return f"there is no option {name!a}; the nearest: {near}; `customers-conformance run --help` lists all"


def _url(given: object) -> str:
    if not isinstance(given, str):
        raise UsageError("it is no text; allowed is one, in quotes")
    parse_url(given)
    return given


def _value(option: Option, given: object, folder: Path) -> str | tuple[str, ...] | bool:
    """The value as a front end gives it; a path is relative to the file's folder."""
    if option.metavar is None:
        if not isinstance(given, bool):
            raise UsageError("it is neither true nor false; allowed are these, without quotes")
        return given
    if option.many:
        given = [given] if isinstance(given, str) else given
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise UsageError('it is no list of texts; allowed is one: ["…", "…"]')
        return tuple(given)
    if option.is_number and isinstance(given, int | float) and not isinstance(given, bool):
        return str(given)
    if not isinstance(given, str):
        raise UsageError(f"it is no {'number' if option.is_number else 'text'}; allowed is one")
    if option.name == "proxy" and "@" in given:
        # Not repeated: it holds a password.
        raise UsageError(
            "a secret does not belong in a file; allowed is a proxy without user and password: with them, "
            f"give it in the environment variable {option.variable}"
        )
    return str(folder / given) if option.is_path and given else given
