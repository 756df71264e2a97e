"""What was asked for, from all who may say: an option over the environment over a target over the file's defaults."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance.command import configuration
from customers_conformance.command.configuration import Value
from customers_conformance.command.once import once
from customers_conformance.command.options import options_of
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customers_conformance.command.configuration import Configuration
    from customers_conformance.command.options import Option

_TRUTHS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}

#: Options of which one is given: what is nearer to the user sets the other aside.
_ONE_OF = (("key_env", "key_file"), ("quiet", "verbose"))

#: How the command line's own values are told.
ARGUMENT = "the command line"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: values by ``Option.member``, and the URL; what nobody gave is in neither."""

    given: Mapping[str, Value]
    url: Value | None = None
    #: The configuration that was looked for and found.
    found: Path | None = None

    def wants(self, member: str) -> bool:
        """Whether an option without a value is on."""
        return member in self.given and self.given[member].value is True

    @property
    def values(self) -> dict[str, object]:
        """The values, as ``values.settings`` takes them."""
        return {member: each.value for member, each in self.given.items()}

    @property
    def origins(self) -> dict[str, str]:
        """How each value was given."""
        return {member: each.origin for member, each in self.given.items()}


def asked(
    command: str,
    values: Mapping[str, object],
    *,
    url: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Asked:
    """What ``values``, which a front end collected for a command, come to with all that was said elsewhere.

    A value of many parts replaces the one below it, as any other does. Raises ``UsageError`` for a configuration that
    is not sound, and for a variable or a target that is not known.
    """
    taken = options_of(command)
    options = dict(_of_command_line(taken, values))
    variables = dict(_of_environment(taken, os.environ if environment is None else environment))
    found = _configuration(options, variables)
    defaults = found.defaults if found else {}
    target = options.get("target") or variables.get("target")
    if target is None and url is None:
        # A server that was named is not asked with what was meant for the target that holds otherwise: its key.
        target = defaults.get("target")
    of_target = _of_target(found, target) if target else {}
    given = merged(command, options, variables, of_target, defaults)
    server = Value(url, ARGUMENT) if url is not None else of_target.get(configuration.URL)
    return Asked(given, server, found.path if found and "config" not in given else None)


def merged(command: str, *layers: Mapping[str, Value]) -> dict[str, Value]:
    """What a command is given by layers, of which the first that has a value gives it."""
    members = {option.member for option in options_of(command)}
    given = {name: value for layer in reversed(layers) for name, value in layer.items() if name in members}
    for names in _ONE_OF:
        nearest = next((layer for layer in layers if any(name in layer for name in names)), {})
        for name in names:
            if name not in nearest:
                given.pop(name, None)
    return given


def _of_target(found: Configuration | None, target: Value) -> Mapping[str, Value]:
    if found is None:
        raise UsageError(f"{target.origin}: there is no configuration that could hold a target; {configuration.ABSENT}")
    return found.target(str(target.value), target.origin)


def _of_command_line(taken: tuple[Option, ...], values: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    for option in taken:
        given, name = values.get(option.member), f"--{option.name}"
        if isinstance(given, list | tuple) and given:
            texts = tuple(map(str, given))
            yield option.member, Value(texts if option.many else once(name, texts), name)
        elif isinstance(given, str) or given is True:
            yield option.member, Value(given, name)


def _of_environment(taken: tuple[Option, ...], environment: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """What variables say; an empty one says nothing, as CIs set those that were left out."""
    for option in taken:
        if text := environment.get(option.variable):
            yield option.member, Value(_of_variable(option, text), option.variable)


def _of_variable(option: Option, text: str) -> str | tuple[str, ...] | bool:
    if option.many:
        parts = text.splitlines() if option.free else re.split(r"[\s,]+", text)
        return tuple(part for part in parts if part.strip())
    if option.metavar is not None:
        return text
    truth = _TRUTHS.get(text.strip().lower())
    if truth is None:
        raise UsageError(f"{option.variable}: {text!a} is not allowed; allowed: {', '.join(_TRUTHS)}")
    return truth


def _configuration(options: Mapping[str, Value], variables: Mapping[str, Value]) -> Configuration | None:
    named = options.get("config") or variables.get("config")
    if named is None:
        return configuration.find(Path())
    if not named.value:
        raise UsageError(f"{named.origin} is empty; give it a value or leave it out")
    return configuration.read(Path(str(named.value)))
