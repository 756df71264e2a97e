"""The configuration, shown: each value with where it is from, and the targets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance.command import configuration, options, terminal
from customers_conformance.command.layers import merged
from customers_conformance.harmless import json_without_commands
from customers_conformance.interface.values import VARIABLE
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customers_conformance.command.configuration import Configuration, Value
    from customers_conformance.command.layers import Asked

_HIDDEN = "(not shown)"
_NONE = ""
_DEFAULT = "default"


def shown(asked: Asked, command: str) -> None:
    """Print each value that a command would use, and where it is from; a secret is never among them."""
    table = terminal.table("option", "value", "from")
    for row in _rows(asked, command):
        table.add_row(*map(terminal.cell, row))
    terminal.Screen().print(table)


def _rows(asked: Asked, command: str) -> Iterator[tuple[str, str, str]]:
    if command == options.RUN:
        yield ("URL", str(asked.url.value), asked.url.origin) if asked.url else ("URL", _NONE, "nowhere")
        yield "key", *_key(asked)
    for option in options.options_of(command):
        if option.name == "show-config":
            continue
        given = asked.given.get(option.member)
        if option.name == options.CONFIG.name and asked.found:
            yield option.name, str(asked.found), "found"
        elif given is None:
            yield option.name, option.default or ("false" if option.metavar is None else _NONE), _DEFAULT
        else:
            yield option.name, _shown(option.name, given), given.origin


def _key(asked: Asked) -> tuple[str, str]:
    """Whether there is a key, and where it would be read."""
    if asked.wants("no_auth"):
        return "none", asked.given["no_auth"].origin
    if (file := asked.given.get("key_file")) is not None:
        return _HIDDEN, f"the file {file.value}"
    named = asked.given.get("key_env")
    name = options.KEY_VARIABLE if named is None else str(named.value)
    state = _HIDDEN if os.environ.get(name) else "none"
    return state, f"the environment variable {_variable(name)}"


def _shown(name: str, given: Value) -> str:
    value = given.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(_without_secret(name, each) for each in value)
    return _without_secret(name, value)


def _without_secret(name: str, text: str) -> str:
    if name == "header":
        return f"{text.partition(':')[0]}: {_HIDDEN}" if ":" in text else _HIDDEN
    if name == "header-env":
        header, _, variable = text.partition("=")
        return f"{header}={_variable(variable)}"
    if name == "proxy" and "@" in text:
        return f"{_HIDDEN}@{text.rpartition('@')[2]}"
    return _variable(text) if name.endswith("-env") else text


def _variable(name: str) -> str:
    """The name of a variable; what is none may be the secret itself."""
    return name if VARIABLE.fullmatch(name) else _HIDDEN


def targets(form: str, config: str | None) -> int:
    """Print the targets of a configuration, or of the one that is found; raises ``UsageError`` where there are none."""
    found = configuration.read(Path(config)) if config else configuration.find(Path())
    if found is None:
        raise UsageError(f"there is no configuration; {configuration.ABSENT}")
    if not found.targets:
        # A matrix of nothing would be green.
        raise UsageError(f"{found.path} has no targets; allowed is one or more: [{configuration.TARGETS}.NAME]")
    listed = [
        {"name": name, "url": str(values[configuration.URL].value), "key_env": _key_variable(found, values)}
        for name, values in found.targets.items()
    ]
    screen = terminal.Screen()
    if form == "json":
        screen.say(json_without_commands(json.dumps(listed, ensure_ascii=True)))
    else:
        table = terminal.table("target", "URL", "key from")
        for one in listed:
            table.add_row(*(terminal.cell(text or _NONE) for text in one.values()))
        screen.print(table)
    return 0


def _key_variable(found: Configuration, target: Mapping[str, Value]) -> str | None:
    """The variable in which a CI's job has to hand the key over; ``None`` where it is read elsewhere, or not at all."""
    given = merged(options.RUN, target, found.defaults)
    if "key_file" in given or ("no_auth" in given and given["no_auth"].value):
        return None
    return _variable(str(given["key_env"].value)) if "key_env" in given else options.KEY_VARIABLE
