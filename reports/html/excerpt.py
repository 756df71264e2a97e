"""The part of an answer's body around the place of a finding, in a few short lines."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import ELLIPSIS, lines, one_line
from customers_conformance.model import MEBI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from customers_conformance.model import Body, Finding

#: Members or items shown around the marked one, on either side.
LINES_AROUND = 8

#: How many wrong places are marked in one excerpt.
MARKED = 12

#: Characters of one value, and of a body that is no JSON.
VALUE_LIMIT = 160
RAW_LIMIT = 1200

#: Bodies beyond this size, in bytes, are shown by their beginning only.
PARSED_LIMIT = 16 * MEBI

#: Brackets and commas likewise; so many of parsed bodies are remembered.
VALUES_LIMIT = 1_000_000
_MARKS = (b"[", b"{", b",")


#: How a finding says that a body is no JSON, and where in its text that shows.
_NO_JSON = re.compile(r"no JSON\b[^;,]*?(?: at offset ([0-9]{1,9}))?(?:[;,]|$)")


def offset_of(finding: Finding) -> int | None:
    """Where the text of a body stops being JSON, in characters, as a finding says it; ``None`` of any other finding."""
    found = None if finding.pointer else _NO_JSON.match(finding.actual)
    return int(found[1] or 0) if found else None


class Members(list[tuple[str, Any]]):
    """An object of JSON with its members in order, repeated ones included."""

    @functools.cached_property
    def positions(self) -> dict[str, int]:
        """Where the last member of each name stands; looked for once, however many places in it are shown."""
        return {name: number for number, (name, _) in enumerate(self)}


class Literal(str):
    """A number of JSON as it is written: ``4.0`` is not ``4``, and ``1e400`` is no float."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong place in a body, as a JSON pointer; where a member is absent, the name of it, and where it should be."""

    pointer: str
    absent: str = ""

    @property
    def holder(self) -> str:
        """The container among whose lines it is marked."""
        return self.pointer if self.absent else self.pointer.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an excerpt; a marked one is wrong."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a body, below the place that ``path`` names (a JSON pointer, on one line; empty for the whole)."""

    path: str
    lines: tuple[Line, ...]
    #: Which of the wrong places are marked.
    shows: frozenset[Wrong] = frozenset()
    #: Whether they are of the answer's head, and not of its body.
    of_head: bool = False


@dataclass(slots=True)
class Excerpts:
    """Makes excerpts, reading each distinct body once as long as memory allows."""

    #: Members or items shown around the marked one, on either side.
    lines_around: int = LINES_AROUND
    _parsed: dict[bytes, Any] = field(default_factory=dict)
    _values: int = 0

    def around(self, body: Body, pointer: str, wrong: Iterable[Wrong] = ()) -> Excerpt | None:
        """The lines around the place that ``pointer`` names, or the beginning of a body that has no such place.

        Whatever else is wrong in the same object or list is shown and marked, too. ``None`` where there is no body.
        """
        if not body.content:
            return None
        value = self._value(body)
        if pointer.startswith("/") and value is not None:
            excerpt = _located(value, pointer, wrong, self.lines_around)
            if excerpt is not None:
                return excerpt
        if isinstance(value, list):
            return Excerpt("", tuple(_container(value, [], (), self.lines_around)))
        return Excerpt("", _raw(body.content))

    def at(self, body: Body, offset: int) -> Excerpt | None:
        """The text of a body that is no JSON, marked from ``offset`` on, in characters; ``None`` where it is empty."""
        if not body.content:
            return None
        text = body.content[: 4 * (offset + 1) + 4 * VALUE_LIMIT].decode("utf-8-sig", "replace")
        before, after = text[max(0, offset - VALUE_LIMIT) : offset], text[offset : offset + VALUE_LIMIT]
        more = offset > len(before), len(text) > offset + len(after)
        lines = [Line(ELLIPSIS * more[0] + one_line(before, 8 * VALUE_LIMIT))] if before else []
        shown = one_line(after, 8 * VALUE_LIMIT) + ELLIPSIS * more[1] if after else "(here it ends)"
        return Excerpt("", (*lines, Line(shown, marked=True)))

    def _value(self, body: Body) -> Any:
        """The parsed body; ``None`` where it is none, or too large."""
        if body.content in self._parsed:
            return self._parsed[body.content]
        values = sum(body.content.count(mark) for mark in _MARKS)
        if len(body.content) > PARSED_LIMIT or values > VALUES_LIMIT:
            return None
        value = _read(body.content)
        if self._values + values <= VALUES_LIMIT:
            self._values += values
            self._parsed[body.content] = value
        return value


def _read(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode("utf-8-sig", "replace"),
            object_pairs_hook=Members,
            parse_int=Literal,
            parse_float=Literal,
            parse_constant=Literal,
        )
    except (ValueError, RecursionError):
        return None


def _raw(content: bytes) -> tuple[Line, ...]:
    text = lines(content[: 4 * RAW_LIMIT].decode("utf-8", "replace"), RAW_LIMIT)
    rows = [Line(row) for row in text.split("\n")]
    if len(rows) > 2 * LINES_AROUND:
        rows = [*rows[: 2 * LINES_AROUND], Line(ELLIPSIS)]
    return tuple(rows)


def _located(value: Any, pointer: str, wrong: Iterable[Wrong], around: int) -> Excerpt | None:
    """The lines at a pointer: a container's own, or those of the object or list that holds a plain value."""
    parent: list[Any] = []
    for token in pointer.split("/")[1:]:
        position = _position(value, token)
        if position is None:
            return None
        parent, value = value, value[position][1] if isinstance(value, Members) else value[position]
    shown, path = (value, pointer) if isinstance(value, list) else (parent, pointer.rpartition("/")[0])
    here = [one for one in dict.fromkeys(wrong) if one.holder == path]
    absent = [one for one in here if one.absent][:MARKED]
    # Where only members are absent, the object itself is not what is wrong.
    itself = path == pointer and not any(one.pointer == pointer for one in absent)
    marks = {} if path == pointer else {_position(shown, pointer.rpartition("/")[2]): Wrong(pointer)}
    for one in here:
        position = None if one.absent else _position(shown, one.pointer.rpartition("/")[2])
        if position is not None and len(marks) < MARKED:
            marks.setdefault(position, one)
    first, *others = _container(
        shown, [mark for mark in marks if mark is not None], [one.absent for one in absent], around
    )
    shows = frozenset([*absent, *marks.values(), *([Wrong(pointer)] if itself else [])])
    return Excerpt(one_line(path), (Line(first.text, marked=itself), *others), shows)


def _position(parent: Any, token: str) -> int | None:
    """Where a token of a pointer leads in a container: the last member of that name, or the item of that number."""
    token = token.replace("~1", "/").replace("~0", "~")
    if isinstance(parent, Members):
        return parent.positions.get(token)
    if isinstance(parent, list) and token.isascii() and token.isdecimal() and len(token) < 10:
        return int(token) if int(token) < len(parent) else None
    return None


def _container(value: list[Any], marks: Sequence[int], absent: Iterable[str], around: int) -> Iterator[Line]:
    """The lines of an object or a list near the marked members or items, what those hold told by number only.

    What is around the first is shown as well, and what stands alone between two that are.
    """
    named = isinstance(value, Members)
    centre = marks[0] if marks else 0
    shown = {*range(max(0, centre - around), min(len(value), centre + around + 1)), *marks}
    shown |= {number + 1 for number in shown if number + 2 in shown}
    noun = "member" if named else "item"
    yield Line("{" if named else "[")
    before = -1
    for number in sorted(shown):
        if left_out := number - before - 1:
            yield Line(f"  {ELLIPSIS} {_count(left_out, noun)}{' before' if before < 0 else ''}")
        before = number
        item = value[number]
        text = f"  {_scalar(item[0])}: {_short(item[1])}" if named else f"  {_short(item)}"
        yield Line(text + ("," if number + 1 < len(value) else ""), marked=number in marks)
    if left_out := len(value) - before - 1:
        yield Line(f"  {ELLIPSIS} {_count(left_out, noun)} more")
    yield from (Line(f"  (no {one_line(name, VALUE_LIMIT)})", marked=True) for name in absent)
    yield Line("}" if named else "]")


def _short(value: Any) -> str:
    if isinstance(value, Members):
        return f"{{ {ELLIPSIS} {_count(len(value), 'member')} }}" if value else "{}"
    if isinstance(value, list):
        return f"[ {ELLIPSIS} {_count(len(value), 'item')} ]" if value else "[]"
    return _scalar(value)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _scalar(value: Any) -> str:
    if isinstance(value, Literal):
        return one_line(value, VALUE_LIMIT)
    if isinstance(value, str):
        # Cut before it is quoted, so that the quotes say whether the end is shown.
        quoted = json.dumps(value[:VALUE_LIMIT], ensure_ascii=False)
        shown = one_line(quoted, 8 * VALUE_LIMIT)
        return shown if len(value) <= VALUE_LIMIT else f"{shown[:-1]}{ELLIPSIS}"
    return json.dumps(value)
