"""What a body may hold before it is parsed: its depth, and what its value weighs in memory."""

from __future__ import annotations

import contextlib
import re
import sys
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from customers_conformance.model import MEBI, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Exchange

#: Levels of nesting that are judged.
MAX_DEPTH = 500

#: What the value of a body may weigh in memory, in bytes.
MAX_WEIGHT = 448 * MEBI
TOO_HEAVY = f"the body holds more values than {MAX_WEIGHT // MEBI} MiB can take, and is not judged"

#: How much heavier bodies may be once they are redacted, in bytes: a token may be longer than the secret that it stands
#: for, and whatever was judged before must be judged again from the evidence.
TOKENS = 128 * MEBI

#: Bytes in memory: of an object and what is noted of it, of a list, of a scalar that is short, and of a member where an
#: object has more than it has room for.
_OBJECT, _LIST, _SCALAR, _WIDE_SCALAR, _MEMBER = 300, 64, 72, 104, 100
_ROOM, _SHORT = 5, 8
#: Bytes that stay of an object of a list, and of an item whatever it is, while it is judged one item at a time.
_KEPT_OF_AN_OBJECT, _KEPT_OF_AN_ITEM = 200, 40
#: Members of an object, and lists among them, as many as most have.
_MEMBERS, _LISTS = 12, 8
_OK = 200
_FOUR_BYTES = re.compile(rb"[\xf0-\xff]|\\u[dD][89abAB]")

#: Bytes that are looked through for brackets at one time.
_WINDOW = 1024 * 1024
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}

#: Python frames that a walk takes for each level at the most, and what is left for everything else.
_FRAMES, _OTHER_FRAMES = 8, 2000


@contextlib.contextmanager
def room_for_depth() -> Iterator[None]:
    """Lets walks go as deep as bodies may be nested; what is deeper was refused before it was parsed.

    The limit stays raised: where it is lowered while another thread compiles what it imports, Python fails there.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_DEPTH * _FRAMES + _OTHER_FRAMES))
    yield


def too_heavy(content: bytes) -> str | None:
    """Why a redacted body is not parsed, as a sentence; ``None`` where its value can be held."""
    return TOO_HEAVY if weight(content) > heaviest() else None


def heaviest() -> int:
    """What the values that are held at one time may weigh, in bytes."""
    return MAX_WEIGHT + TOKENS


def objects_in(content: bytes) -> int:
    """How many objects a list may hold, by its brackets; lists count as well where there are many more of them."""
    objects = content.count(b"{")
    return objects + max(0, content.count(b"[") - _LISTS * objects)


def too_much_kept(objects: int, items: int) -> str | None:
    """Why a list of so many items with so many objects is not judged, as a sentence; ``None`` where it can be.

    An item is let go once it was judged, but what tells it from others stays.
    """
    return TOO_HEAVY if objects * _KEPT_OF_AN_OBJECT + items * _KEPT_OF_AN_ITEM > heaviest() else None


def weight(content: bytes, start: int = 0, end: int | None = None) -> int:
    """About how many bytes of memory the value of a body, or of a part of it, takes by its brackets, commas and colons.

    Those in strings count as well. While it is read it takes up to 1.7 times as much.
    """
    end = len(content) if end is None else end
    objects, lists, commas, colons = (content.count(mark, start, end) for mark in (b"{", b"[", b",", b":"))
    is_ascii = content[start:end].isascii()
    members = min(colons, commas + objects)
    return (
        _OBJECT * objects
        + _LIST * lists
        + (_SCALAR if is_ascii else _WIDE_SCALAR) * (commas + 1)
        + _MEMBER * max(0, members - _ROOM * objects)
        + _width(content, start, end, is_ascii=is_ascii) * max(0, end - start - _SHORT * commas)
    )


def _width(content: bytes, start: int, end: int, *, is_ascii: bool) -> int:
    """Bytes that each character of a text takes: as many as the widest one needs, and nearly as many to decode it."""
    if is_ascii and content.find(b"\\u", start, end) < 0:
        return 1
    return 7 if _FOUR_BYTES.search(content, start, end) else 4


class Structure(NamedTuple):
    """What brackets and colons tell of a body, as far as it is JSON: how deep it is nested, and its members."""

    depth: int
    members: int


def structure(content: bytes) -> Structure:
    """Looks through a body window by window, so that it costs the memory of one."""
    deepest = level = members = at = 0
    in_string = False
    while at < len(content):
        end = at + _WINDOW
        # No escape is cut in two.
        end += (end - at - len(content[at:end].rstrip(b"\\"))) % 2 if end < len(content) else 0
        window = content[at:end]
        pieces = (_ESCAPE.sub(b"", window) if b"\\" in window else window).split(b'"')
        outside = b"".join(pieces[int(in_string) :: 2])
        members += outside.count(b":")
        levels = list(accumulate(map(_STEP.__getitem__, outside.translate(None, _NOT_BRACKETS)), initial=level))
        level, highest = levels[-1], max(levels)
        deepest = max(deepest, highest)
        in_string ^= len(pieces) % 2 == 0
        at = end
    return Structure(deepest, members)


#: What the values of all distinct bodies of a run may weigh together, in bytes.
MOST_WEIGHT = 688 * MEBI


class Scale:
    """Keeps what is held of all distinct bodies of a run within a bound: a body beyond it is cut.

    Of a list that is what stays of its objects once they were judged; of any other body, its value.
    """

    def __init__(self, *, redacted: bool = False) -> None:
        """``redacted`` says that the bodies were weighed before tokens stood in them, and cut where they had to be."""
        self._spare = TOKENS if redacted else 0
        self._total = 0
        self._cut: dict[tuple[str, str | None, bool], str | None] = {}

    def weighed(self, exchange: Exchange) -> Exchange:
        """The exchange, its body cut where it weighs too much."""
        response = exchange.response
        if response is None or response.body.cut:
            return exchange
        body = response.body
        is_list = response.status == _OK and exchange.request.method == "GET"
        known = (body.digest, response.header("content-encoding"), is_list)
        if known not in self._cut:
            self._cut[known] = self._why_list(body.content) if is_list else self._why(weight(body.content))
        why = self._cut[known]
        if why is None:
            return exchange
        body = replace(body, content=body.content[:PREFIX], cut=why)
        return replace(exchange, response=replace(response, body=body))

    def _why_list(self, content: bytes) -> str | None:
        objects, commas = objects_in(content), content.count(b",")
        if too_much_kept(objects, 0):
            return TOO_HEAVY
        # Where there are many more values than objects have members, they may be items. One list may be as it likes.
        kept = objects * _KEPT_OF_AN_OBJECT + max(0, commas - _MEMBERS * objects) * _KEPT_OF_AN_ITEM
        return self._why(kept) if self._total else self._why(min(kept, MAX_WEIGHT))

    def _why(self, weight: int) -> str | None:
        if weight > MAX_WEIGHT + self._spare:
            return TOO_HEAVY
        if self._total + weight > MOST_WEIGHT + self._spare:
            return f"the bodies of the run hold more values than {MOST_WEIGHT // MEBI} MiB can take together"
        self._total += weight
        return None
