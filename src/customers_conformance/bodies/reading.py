"""Strict JSON reading (RFC 8259): what is wrong with a body, and its value made safe for both validators.

The value is bounded before it is parsed: in depth, and in the number of values that it may hold. What JSON allows but
the validators cannot take is replaced and noted: lone surrogates, numbers beyond what they hold.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from customers_conformance.bodies.bounds import MAX_DEPTH, room_for_depth, structure, too_heavy
from customers_conformance.bodies.numbers import INT64, Beyond, integer, real
from customers_conformance.contract.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Numbers beyond every double, or members that stand twice, of which the places are kept.
MAX_NOTED = 10_000


_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_BOM = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a body gave. ``value`` means something only where ``is_json`` is true."""

    value: Any = None
    #: What breaks RFC 8259, as a finding's *actual*; ``None`` where the body is well-formed.
    defect: str | None = None
    #: Why it was not judged, as a sentence; ``None`` where it was.
    beyond: str | None = None
    #: Members that stand twice in an object: place of the object, and the name; the first ``MAX_NOTED``, and how many.
    repeated: tuple[tuple[str, str], ...] = ()
    repeated_total: int = 0
    #: Numbers that no int64 and no double holds: place, and the number as sent, cut.
    numbers: Mapping[str, str] = field(default_factory=dict)
    #: Whether a lone surrogate was read as U+FFFD.
    surrogates: bool = False

    @property
    def is_json(self) -> bool:
        """Whether there is a value to look at."""
        return self.defect is None and self.beyond is None


class _Repeated(dict[str, Any]):
    """An object of which a member stood twice; the last one is kept, as most parsers do."""

    names: tuple[str, ...] = ()


class _NotJsonError(ValueError):
    pass


class _TooManyNumbersError(Exception):
    pass


def read(content: bytes) -> Reading:
    """Reads a body as strictly as RFC 8259 asks; never raises for anything that a body can hold."""
    defect = _defect_of_bytes(content)
    if defect:
        return Reading(defect=defect)
    if why := too_heavy(content):
        return Reading(beyond=why)
    depth, members = structure(content)
    if depth > MAX_DEPTH:
        return Reading(beyond=f"the body is nested {depth:,} levels deep; {MAX_DEPTH} are judged")
    return _parsed(content, members)


def _parsed(content: bytes, members: int) -> Reading:
    """The body as JSON; ``members`` are the colons in it, of which each is one."""
    lone = bool(_SURROGATE_ESCAPE.search(content))
    try:
        with room_for_depth():
            cleaning = _Cleaning(lone=lone)
            found = cleaning.reading(_DECODER.decode(content.decode("utf-8")))
            if cleaning.members == members or found.beyond:
                return found
            # A member stands twice in its object. To look for it takes twice the memory, so this value goes first.
            del found, cleaning
            return _Cleaning(lone=lone).reading(_REPEATING.decode(content.decode("utf-8")))
    except json.JSONDecodeError as error:
        return Reading(defect=f"no JSON: {_in_words(error)} at offset {error.pos}")
    except _NotJsonError as error:
        return Reading(defect=str(error))
    except RecursionError:
        return Reading(beyond=f"the body is nested deeper than the {MAX_DEPTH} levels that are judged")


def _defect_of_bytes(content: bytes) -> str | None:
    if not content.strip(b" \t\r\n"):
        return "white space alone" if content else "an empty body"
    if content.startswith(_BOM):
        return "a byte order mark before the value"
    if content.startswith(_WIDE_MARKS):
        return "a byte order mark of UTF-16 before the value"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"bytes that are no UTF-8, at offset {error.start}"
    return None


def _in_words(error: json.JSONDecodeError) -> str:
    return "something after the value" if error.msg == "Extra data" else error.msg[:1].lower() + error.msg[1:]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    repeated = _Repeated(value)
    seen: set[str] = set()
    names: dict[str, None] = {}
    for name, _ in pairs:
        if name in seen:
            names[name] = None
        seen.add(name)
    repeated.names = tuple(names)
    return repeated


def _constant(name: str) -> NoReturn:
    msg = f"{name}, which is no JSON"
    raise _NotJsonError(msg)


_DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=integer, parse_float=real)
_REPEATING = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=integer, parse_float=real)

_NUMBER_SHOWN = 40


class _Cleaning:
    """Replaces what the validators cannot take, and notes where it stood."""

    def __init__(self, *, lone: bool) -> None:
        self._lone = lone
        self._replaced = False
        self.members = 0
        self._repeated: list[tuple[str, str]] = []
        self._repeated_total = 0
        self._numbers: dict[str, str] = {}

    def reading(self, value: Any) -> Reading:
        try:
            cleaned = self._clean(value, ())
        except _TooManyNumbersError:
            return Reading(beyond=f"the body holds more than the {MAX_NOTED:,} numbers beyond a double that are judged")
        return Reading(
            cleaned,
            repeated=tuple(self._repeated),
            repeated_total=self._repeated_total,
            numbers=self._numbers,
            surrogates=self._replaced,
        )

    def _clean(self, item: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(item, str):
            return self._text(item)
        if isinstance(item, Beyond):
            if len(self._numbers) == MAX_NOTED:
                raise _TooManyNumbersError
            self._numbers[pointer(path)] = _cut(item.text)
            return INT64[0] if item.text.startswith("-") else INT64[-1]
        if isinstance(item, dict):
            return self._object(item, path)
        if isinstance(item, list):
            for index, held in enumerate(item):
                if self._lone or isinstance(held, _WATCHED):
                    item[index] = self._clean(held, (*path, index))
        return item

    def _object(self, item: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
        self.members += len(item)
        if isinstance(item, _Repeated):
            kept = item.names[: MAX_NOTED - len(self._repeated)]
            self._repeated.extend((pointer(path), name) for name in kept)
            self._repeated_total += len(item.names)
        elif not self._lone:
            for key, held in item.items():
                if isinstance(held, _WATCHED):
                    item[key] = self._clean(held, (*path, key))
            return item
        return {self._text(key): self._clean(held, (*path, key)) for key, held in item.items()}

    def _text(self, string: str) -> str:
        if not self._lone or not _SURROGATE.search(string):
            return string
        self._replaced = True
        return _SURROGATE.sub("\ufffd", string)


def _cut(digits: str) -> str:
    return digits if len(digits) <= _NUMBER_SHOWN else f"{digits[:_NUMBER_SHOWN]}… ({len(digits):,} digits)"


_WATCHED = (dict, list, Beyond)
