"""A long list read one item at a time: the same strict reading as of any body, in the memory of its largest item.

The text is decoded window by window, so that one wide character does not make all of it wide. Nothing that an item
tells counts before the body has ended as JSON: whoever takes the items looks at ``reading`` then.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from customers_conformance.bodies.parsing.bounds import (
    MAX_DEPTH,
    TOO_HEAVY,
    heaviest,
    objects_in,
    room_for_depth,
    structure,
    too_much_kept,
    weight,
)
from customers_conformance.bodies.parsing.reading import (
    Cleaning,
    Decoding,
    NotJsonError,
    Reading,
    TooManyNumbersError,
    defect_of_bytes,
    in_words,
    nested_too_deep,
    read,
    too_deep,
    too_many_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

#: The member of the top that holds the list.
LISTED = "customers"

#: Bytes that are decoded at one time, unless an item is longer.
_WINDOW = 1024 * 1024
#: Characters before the end of a window in which an error may be due to its end.
_AT_THE_END = 16
#: How json says that a text does not end, wherever it begins.
_OPEN = "unterminated string"
#: Items after which it is looked at again how much is kept of them.
_LOOKED = 256
#: Levels above a member of the top, and above an item.
_ABOVE_A_MEMBER, _ABOVE_AN_ITEM = 1, 2

_SPACE = re.compile(r"[ \t\n\r]*")
_OBJECT = re.compile(rb"[ \t\n\r]*\{")
_LONE = re.compile(rb"\\u[dD][89a-fA-F]")


class Item(NamedTuple):
    """One item of the list, and where its bytes stand in the body."""

    value: Any
    start: int
    end: int
    #: The places of numbers in it that nothing holds, and of objects in which a member stands twice.
    numbers: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


class _BeyondError(Exception):
    """The body is not judged; the text says why."""


class _DefectError(Exception):
    """The text is no JSON from a character on."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def _end_of_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


class _Window:
    """The part of a body's text that is looked at: ``text``, and the place in it."""

    def __init__(self, content: bytes) -> None:
        self._whole = content
        self._content = memoryview(content)
        self._end = 0
        #: Where the window begins, in bytes and in characters.
        self._byte = self._character = 0
        self._is_ascii = True
        #: Whether half a surrogate pair may have been seen so far, and in this window.
        self.had_lone = self.has_lone = False
        self.text = ""
        self.place = 0
        #: Whether it was weighed since it begins where it does.
        self.is_weighed = False
        self._counted = (0, 0)
        self._load(_WINDOW)

    @property
    def is_last(self) -> bool:
        """Whether no text follows."""
        return self._end == len(self._content)

    def byte(self, place: int) -> int:
        """Where in the body a place of the window is, in bytes; asked in the order of the text."""
        if self._is_ascii:
            return self._byte + place
        before, so_far = self._counted
        so_far += len(self.text[before:place].encode())
        self._counted = (place, so_far)
        return self._byte + so_far

    def character(self, place: int) -> int:
        """Where in the text a place of the window is."""
        return self._character + place

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        text, place = self.text, self.place
        if place < len(text) and text[place] not in " \t\n\r":
            return text[place]
        while True:
            place = self.place = _end_of_space(self.text, self.place)
            if place < len(self.text) or self.is_last:
                return self.text[place : place + 1]
            self.move(_WINDOW)

    def move(self, size: int) -> None:
        """Begin the window at the place, with so many bytes."""
        begin = self.byte(self.place)
        self._character += self.place
        self._byte = begin
        self._load(size)

    def grow(self) -> None:
        """Begin the window at the place, with twice as many bytes from there on as it has now."""
        left = self._end - self.byte(self.place)
        self.move(max(_WINDOW, 2 * left))
        if left > _WINDOW and self.weight() > heaviest():
            # What is read at one time is weighed before it is read.
            raise _BeyondError(TOO_HEAVY)

    def weight(self) -> int:
        """What the values in the window may weigh at the most."""
        return weight(self._whole, self.byte(self.place), self._end)

    def _load(self, size: int) -> None:
        piece = self._content[self._byte : self._byte + size]
        self.text = ""
        self.text, used = codecs.utf_8_decode(piece, "strict", False)
        self._end = self._byte + used
        self._is_ascii = len(self.text) == used
        self.place = 0
        self.is_weighed = False
        self._counted = (0, 0)
        self.has_lone = self._whole.find(b"\\u", self._byte, self._end) >= 0 and bool(_LONE.search(piece))
        self.had_lone = self.had_lone or self.has_lone


class Stream:
    """Reads a body whose top is an object, the list in it item by item."""

    def __init__(self, content: bytes) -> None:
        """Nothing is read yet."""
        self._content = content
        #: What reading gave, once all items were taken; its value is the top, the list in it empty.
        self.reading = Reading(beyond="not read to its end")
        self._decoding = Decoding()
        self._cleaning = Cleaning()
        #: What is held of members of the top, in bytes, as far as the body was weighed; and whether any of them has to
        #: be cleaned.
        self._held = self._weighed = 0
        self._is_noted = False
        #: Braces in the value that was read last.
        self._objects = 0

    def __iter__(self) -> Iterator[Item | None]:
        """The items of the list, in order, ``None`` before the first: what came before it does not count any more."""
        content = self._content
        if defect := defect_of_bytes(content):
            self.reading = Reading(defect=defect)
        elif why := too_much_kept(objects_in(content), 0):
            self.reading = Reading(beyond=why)
        elif not _OBJECT.match(content):
            self.reading = read(content)
        else:
            yield from self._read()

    def _read(self) -> Iterator[Item | None]:
        try:
            with room_for_depth():
                window = _Window(self._content)
                pairs = yield from self._members(window)
                self.reading = self._top(pairs, lone=window.had_lone)
        except _DefectError as error:
            self.reading = self._defect(f"no JSON: {error} at offset {error.at}")
        except NotJsonError as error:
            self.reading = self._defect(str(error))
        except _BeyondError as error:
            self.reading = Reading(beyond=str(error))
        except TooManyNumbersError:
            self.reading = Reading(beyond=too_many_numbers())
        except RecursionError:
            self.reading = self._defect(None)

    def _defect(self, defect: str | None) -> Reading:
        depth, _ = structure(self._content)
        if depth > MAX_DEPTH:
            return Reading(beyond=too_deep(depth))
        return Reading(defect=defect) if defect else Reading(beyond=nested_too_deep())

    def _top(self, pairs: list[tuple[str, Any]], *, lone: bool) -> Reading:
        """What was read, now that the body has ended."""
        top = self._decoding.object(pairs)
        if not (lone or self._is_noted or self._decoding.is_noted or self._cleaning.has_noted):
            return Reading(top)
        return Cleaning(lone=lone).reading(top, listed=LISTED, items=self._cleaning)

    def _members(self, window: _Window) -> Generator[Item | None, None, list[tuple[str, Any]]]:
        """The members of the top; those of the list are given out."""
        pairs: list[tuple[str, Any]] = []
        window.peek()
        window.place += 1
        before, comma = "{", 0
        if window.peek() == "}":
            _end(window)
            return pairs
        while True:
            if window.peek() != '"':
                raise _syntax(window, before, comma)
            self._weigh(window)
            name, _, _ = self._value(window, _ABOVE_A_MEMBER)
            if window.peek() != ":":
                raise _syntax(window, '{""')
            window.place += 1
            is_list = window.peek() == "["
            if name == LISTED:
                self._cleaning = Cleaning()
                yield None
            if name == LISTED and is_list:
                self._weigh_to(window.byte(window.place))
                yield from self._items(window)
                # What was let go weighs nothing.
                self._weighed = window.byte(window.place)
                pairs.append((name, []))
            else:
                pairs.append((name, self._member(window)))
            if (following := window.peek()) == "}":
                _end(window)
                return pairs
            if following != ",":
                raise _syntax(window, '{"":0')
            before, comma = '{"":0,', window.character(window.place)
            window.place += 1

    def _member(self, window: _Window) -> Any:
        """The value of a member of the top, which is held to the end."""
        self._weigh(window)
        value, _, _ = self._value(window, _ABOVE_A_MEMBER)
        self._is_noted = self._is_noted or self._decoding.is_noted
        self._decoding.is_noted = False
        return value

    def _weigh(self, window: _Window) -> None:
        """Refuses what is held of the top where that is too heavy: once for all of a window, which holds thousands."""
        if not window.is_weighed:
            self._weigh_to(window.byte(window.place))
            if self._held + window.weight() > heaviest():
                raise _BeyondError(TOO_HEAVY)
            window.is_weighed = True

    def _weigh_to(self, place: int) -> None:
        self._held += weight(self._content, self._weighed, place)
        self._weighed = place

    def _items(self, window: _Window) -> Iterator[Item]:
        window.place += 1
        if window.peek() == "]":
            window.place += 1
            return
        index = objects = 0
        while True:
            value, start, end = self._value(window, _ABOVE_AN_ITEM)
            objects += self._objects
            if not index % _LOOKED and (why := too_much_kept(objects, index)):
                raise _BeyondError(why)
            if self._decoding.is_noted or window.has_lone:
                self._decoding.is_noted = False
                yield self._cleaned(value, index, start, end, lone=window.has_lone)
            else:
                yield Item(value, start, end)
            index += 1
            if (following := window.peek()) == "]":
                window.place += 1
                return
            if following != ",":
                raise _syntax(window, "[0")
            comma = window.character(window.place)
            window.place += 1
            if window.peek() == "]":
                raise _syntax(window, "[0,", comma)

    def _cleaned(self, value: Any, index: int, start: int, end: int, *, lone: bool) -> Item:
        cleaned, numbers, repeated = self._cleaning.clean(value, (LISTED, index), lone=lone)
        return Item(cleaned, start, end, numbers, repeated)

    def _value(self, window: _Window, above: int) -> tuple[Any, int, int]:
        """The value at the place of the window, which goes on behind it, and its bytes; ``above`` levels enclose it."""
        scan = self._decoding.scan
        while True:
            try:
                value, place = scan(window.text, window.place)
            except StopIteration as stop:
                error, at = "expecting value", stop.value
            except json.JSONDecodeError as problem:
                error, at = in_words(problem), problem.pos
            else:
                # A number near the end of the window may go on behind it: 1e of 1e5 is read as 1.
                if place < len(window.text) - _AT_THE_END or window.is_last:
                    start = window.byte(window.place)
                    window.place = place
                    end = window.byte(place)
                    self._hold_depth(start, end, above)
                    return value, start, end
                error, at = "", 0
            is_due_to_the_end = not error or at >= len(window.text) - _AT_THE_END or error.startswith(_OPEN)
            if window.is_last or not is_due_to_the_end:
                raise _DefectError(error, window.character(at))
            window.grow()

    def _hold_depth(self, start: int, end: int, above: int) -> None:
        """Refuses what is nested too deep; only what has so many brackets can be."""
        self._objects = 0
        if end - start < MAX_DEPTH:
            # Nor can what is so short; most items of a list of numbers are.
            if end - start > 1:
                self._objects = self._content.count(b"{", start, end)
            return
        content = self._content
        self._objects = content.count(b"{", start, end)
        brackets = self._objects + content.count(b"[", start, end)
        most = MAX_DEPTH - above
        if brackets > most and structure(content[start:end]).depth > most:
            deepest, _ = structure(content)
            raise _BeyondError(too_deep(deepest))


def _end(window: _Window) -> None:
    """Takes the end of the top; raises where anything follows."""
    window.place += 1
    if window.peek():
        raise _DefectError("something after the value", window.character(window.place))


def _syntax(window: _Window, before: str, comma: int = 0) -> _DefectError:
    """What json says where it reads what stands here after ``before``, in which ``comma`` is the last one."""
    try:
        json.JSONDecoder().raw_decode(before + window.text[window.place :])
    except json.JSONDecodeError as error:
        at = error.pos - len(before)
        return _DefectError(in_words(error), comma if at < 0 else window.character(window.place + at))
    message = "json reads what is no JSON"
    raise AssertionError(message)


def value_of(content: bytes) -> Any:
    """The value of one item by itself, which was read before."""
    decoding = Decoding()
    with room_for_depth():
        value = decoding.decode(content.decode())
        lone = bool(_LONE.search(content))
        return Cleaning().clean(value, (), lone=lone)[0] if lone or decoding.is_noted else value
