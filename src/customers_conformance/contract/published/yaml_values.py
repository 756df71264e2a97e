"""YAML as values of JSON: surveyed before a value is made, so that aliases and nesting cannot make it grow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from customers_conformance.contract.published.bounds import RefusedError, check_depth, check_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TAG = "tag:yaml.org,2002:"


def parsed(content: bytes) -> Any:
    """The value of one document of YAML; raises ``RefusedError`` where there is none that is within the bounds."""
    try:
        survey = _Survey()
        for event in yaml.parse(content, Loader=_LOADER):
            survey.see(event)
        return yaml.load(content, Loader=_LOADER)  # noqa: S506 - makes values of JSON and nothing else
    except yaml.MarkedYAMLError as error:
        raise RefusedError(f"at {_line(error.problem_mark)}: it is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise RefusedError(f"it is not YAML: {error}") from None


class _Size(NamedTuple):
    """What a value takes with its aliases written out."""

    values: int
    characters: int
    levels: int


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come, and what it holds so far."""

    anchor: str | None
    is_mapping: bool
    values: int = 1
    characters: int = 0
    levels: int = 1
    held: int = 0
    keys: set[str] = field(default_factory=set)

    def add(self, size: _Size) -> None:
        self.values += size.values
        self.characters += size.characters
        self.levels = max(self.levels, size.levels + 1)
        self.held += 1


class _Survey:
    """Sees the events of YAML.

    Raises ``RefusedError`` for what is too much, and for a key that is no text or stands twice.
    """

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._anchored: dict[str | None, _Size] = {}
        self._values = self._characters = 0

    def see(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._check_key(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append(_Open(event.anchor, isinstance(event, yaml.MappingStartEvent)))
            self._count(_Size(1, 0, 0), event)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            self._ended(ended.anchor, _Size(ended.values, ended.characters, ended.levels))
        elif isinstance(event, yaml.ScalarEvent):
            size = _Size(1, len(event.value), 0)
            self._count(size, event)
            self._ended(event.anchor, size)
        elif isinstance(event, yaml.AliasEvent):
            repeated = self._anchored.get(event.anchor)
            if repeated is None:
                raise RefusedError(
                    f"{_at(event)}the alias *{event.anchor} names nothing that ended before it; "
                    "allowed is one that does"
                )
            self._count(repeated, event)
            self._ended(None, repeated)

    def _count(self, size: _Size, event: yaml.Event) -> None:
        self._values += size.values
        self._characters += size.characters
        check_size(self._values, self._characters, _at(event))
        check_depth(len(self._open) + size.levels, _at(event))

    def _ended(self, anchor: str | None, size: _Size) -> None:
        if anchor is not None:
            self._anchored[anchor] = size
        if self._open:
            self._open[-1].add(size)

    def _check_key(self, event: yaml.NodeEvent) -> None:
        outer = self._open[-1] if self._open else None
        if outer is None or not outer.is_mapping or outer.held % 2:
            return
        if not isinstance(event, yaml.ScalarEvent):
            raise RefusedError(f"{_at(event)}a key is no plain text; allowed are names")
        if event.value in outer.keys:
            raise RefusedError(f"{_at(event)}the key {event.value[:200]!a} stands twice; allowed is once")
        outer.keys.add(event.value)


def _at(event: yaml.Event) -> str:
    return f"at {_line(event.start_mark)}: "


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else "its end"


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Iterator[dict[str, Any]]:
    members: dict[str, Any] = {}
    yield members
    loader.flatten_mapping(node)
    # A key is its text, as in JSON: 200 is "200".
    members.update((key.value, loader.construct_object(value)) for key, value in node.value)


def _sequence(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> Iterator[list[Any]]:
    items: list[Any] = []
    yield items
    items.extend(loader.construct_object(item) for item in node.value)


def _scalar(make: Callable[[str], Any]) -> Callable[[yaml.SafeLoader, yaml.ScalarNode], Any]:
    return lambda loader, node: make(loader.construct_scalar(node))


def _other(_: yaml.SafeLoader, node: yaml.Node) -> None:
    raise yaml.constructor.ConstructorError(
        problem=f"the tag {node.tag[:200]!a} is of no value of JSON", problem_mark=node.start_mark
    )


def _null(_: str) -> None:
    return None


def _boolean(text: str) -> bool:
    return text.lower() == "true"


#: The scalars of YAML 1.2's core schema as far as JSON has them, with the characters that they begin with: ``no`` is a
#: text, and so is a date.
_SCALARS: tuple[tuple[str, str, str, Callable[[str], Any]], ...] = (
    ("null", r"~|null|Null|NULL", "~nN", _null),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF", _boolean),
    ("int", r"[-+]?[0-9]+", "-+0123456789", int),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789", float),
    ("merge", r"<<", "<", str),
)


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """What a plain scalar is, by its first character (empty: by nothing), in the shape that PyYAML keeps."""
    table = {"": [(_TAG + "null", re.compile(r"\Z"))]}
    for name, pattern, firsts, _ in _SCALARS:
        for first in firsts:
            table.setdefault(first, []).append((_TAG + name, re.compile(rf"(?:{pattern})\Z")))
    return table


_CONSTRUCTORS: dict[str | None, Any] = {
    None: _other,
    _TAG + "map": _mapping,
    _TAG + "seq": _sequence,
    _TAG + "str": _scalar(str),
}
_CONSTRUCTORS.update((_TAG + name, _scalar(make)) for name, _, _, make in _SCALARS)

#: A loader of PyYAML, in C where there is one, that makes the values of JSON and nothing else.
_LOADER: Any = type(
    "_LOADER",
    (getattr(yaml, "CSafeLoader", yaml.SafeLoader),),
    {"yaml_implicit_resolvers": _resolvers(), "yaml_constructors": _CONSTRUCTORS},
)
