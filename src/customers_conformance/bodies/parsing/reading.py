"""Strict JSON reading (RFC 8259): what is wrong with a body, and its value made safe for both validators.

The value is bounded before it is parsed: in depth, and in the number of values that it may hold. What JSON allows but
the validators cannot take is replaced and noted: lone surrogates, numbers beyond what they hold.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from customers_conformance.bodies.parsing.bounds import MAX_DEPTH, room_for_depth, structure, too_heavy
from customers_conformance.bodies.parsing.numbers import INT64, Beyond, integer, real
from customers_conformance.contract.pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal


#: Numbers beyond every double, or members that stand twice, of which the places are kept.
MAX_NOTED = 10_000


_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
#: Bytes that are decoded at one time.
_PIECE = 1024 * 1024
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


class NotJsonError(ValueError):
    """What json reads beyond JSON; the text says what it is."""


class TooManyNumbersError(Exception):
    """More numbers beyond a double than are noted."""


def read(content: bytes) -> Reading:
    """Reads a body as strictly as RFC 8259 asks; never raises for anything that a body can hold."""
    defect = defect_of_bytes(content)
    if defect:
        return Reading(defect=defect)
    if why := too_heavy(content):
        return Reading(beyond=why)
    depth, _ = structure(content)
    if depth > MAX_DEPTH:
        return Reading(beyond=too_deep(depth))
    return _parsed(content)


def _parsed(content: bytes) -> Reading:
    decoding = Decoding()
    lone = bool(_SURROGATE_ESCAPE.search(content))
    try:
        with room_for_depth():
            value = decoding.decode(content.decode("utf-8"))
            return Cleaning(lone=lone).reading(value) if lone or decoding.is_noted else Reading(value)
    except json.JSONDecodeError as error:
        return Reading(defect=f"no JSON: {in_words(error)} at offset {error.pos}")
    except NotJsonError as error:
        return Reading(defect=str(error))
    except TooManyNumbersError:
        return Reading(beyond=too_many_numbers())
    except RecursionError:
        return Reading(beyond=nested_too_deep())


def too_deep(depth: int) -> str:
    """Why a body that is nested so deep is not judged."""
    return f"the body is nested {depth:,} levels deep; {MAX_DEPTH} are judged"


def nested_too_deep() -> str:
    """Why a body on which the parser runs out of stack is not judged."""
    return f"the body is nested deeper than the {MAX_DEPTH} levels that are judged"


def too_many_numbers() -> str:
    """Why a body of so many numbers is not judged."""
    return f"the body holds more than the {MAX_NOTED:,} numbers beyond a double that are judged"


def defect_of_bytes(content: bytes) -> str | None:
    """What makes bytes no JSON before they are parsed, as a finding's *actual*."""
    if not content.strip(b" \t\r\n"):
        return "white space alone" if content else "an empty body"
    if content.startswith(_BOM):
        return "a byte order mark before the value"
    if content.startswith(_WIDE_MARKS):
        return "a byte order mark of UTF-16 before the value"
    at = 0 if not content.isascii() else len(content)
    while at < len(content):
        # In pieces, so that one wide character does not make all of the text wide.
        try:
            _, used = codecs.utf_8_decode(memoryview(content)[at : at + _PIECE], "strict", at + _PIECE >= len(content))
        except UnicodeDecodeError as error:
            return f"bytes that are no UTF-8, at offset {at + error.start}"
        at += used
    return None


def in_words(error: json.JSONDecodeError) -> str:
    """What json says of a defect, as a part of a sentence."""
    return "something after the value" if error.msg == "Extra data" else error.msg[:1].lower() + error.msg[1:]


class Decoding:
    """Decodes texts, and tells whether they hold what has to be noted: a member that stands twice, a number beyond."""

    def __init__(self) -> None:
        """Nothing is decoded yet."""
        self.is_noted = False
        decoder = json.JSONDecoder(
            object_pairs_hook=self.object, parse_constant=_constant, parse_int=self._integer, parse_float=self._real
        )
        self.decode = decoder.decode
        #: Decodes the value at an index of a text; raises ``StopIteration`` where there is none.
        self.scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object of members in their order; it remembers those that stand twice."""
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        self.is_noted = True
        repeated = _Repeated(value)
        seen: set[str] = set()
        names: dict[str, None] = {}
        for name, _ in pairs:
            if name in seen:
                names[name] = None
            seen.add(name)
        repeated.names = tuple(names)
        return repeated

    def _integer(self, text: str) -> int | Beyond:
        value = integer(text)
        if isinstance(value, Beyond):
            self.is_noted = True
        return value

    def _real(self, text: str) -> float | Decimal | Beyond:
        value = real(text)
        if isinstance(value, Beyond):
            self.is_noted = True
        return value


def _constant(name: str) -> NoReturn:
    msg = f"{name}, which is no JSON"
    raise NotJsonError(msg)


_NUMBER_SHOWN = 40


class Cleaning:
    """Replaces what the validators cannot take, and notes where it stood."""

    def __init__(self, *, lone: bool = False) -> None:
        """``lone`` says whether there may be lone surrogates."""
        self._lone = lone
        self._replaced = False
        self._repeated: list[tuple[str, str]] = []
        self._repeated_total = 0
        self._numbers: dict[str, str] = {}
        self._listed: str | None = None
        self._items: Cleaning | None = None

    @property
    def has_noted(self) -> bool:
        """Whether anything was noted."""
        return bool(self._replaced or self._repeated_total or self._numbers)

    def reading(self, value: Any, listed: str | None = None, items: Cleaning | None = None) -> Reading:
        """What was read; ``items`` noted what the list that is the member ``listed`` of the value held.

        Raises ``TooManyNumbersError``.
        """
        self._listed, self._items = listed, items
        cleaned = self._clean(value, ())
        return Reading(
            cleaned,
            repeated=tuple(self._repeated),
            repeated_total=self._repeated_total,
            numbers=self._numbers,
            surrogates=self._replaced,
        )

    def clean(self, item: Any, path: tuple[str | int, ...], *, lone: bool) -> _Cleaned:
        """A value that stands at a path; the places of numbers, and of objects with a member twice, noted in it."""
        self._lone = lone
        numbers, repeated = len(self._numbers), len(self._repeated)
        cleaned = self._clean(item, path)
        places = tuple(dict.fromkeys(place for place, _ in self._repeated[repeated:]))
        return cleaned, tuple(islice(self._numbers, numbers, None)), places

    def _follow(self, later: Cleaning) -> None:
        """Takes over what another one noted."""
        self._repeated += later._repeated[: MAX_NOTED - len(self._repeated)]
        self._repeated_total += later._repeated_total
        self._numbers |= later._numbers
        self._replaced = self._replaced or later._replaced
        if len(self._numbers) > MAX_NOTED:
            raise TooManyNumbersError

    def _clean(self, item: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(item, str):
            return self._text(item)
        if isinstance(item, Beyond):
            if len(self._numbers) == MAX_NOTED:
                raise TooManyNumbersError
            self._numbers[pointer(path)] = _cut(item.text)
            return INT64[0] if item.text.startswith("-") else INT64[-1]
        if isinstance(item, dict):
            return self._object(item, path)
        if isinstance(item, list):
            if self._items is not None and path == (self._listed,):
                self._follow(self._items)
            for index, held in enumerate(item):
                if self._lone or isinstance(held, _WATCHED):
                    item[index] = self._clean(held, (*path, index))
        return item

    def _object(self, item: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
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
_Cleaned = tuple[Any, tuple[str, ...], tuple[str, ...]]
