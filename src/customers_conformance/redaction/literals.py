"""JSON string literals in raw bytes, with the place where each stands, whether or not the whole parses."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from customers_conformance.redaction.rules import Place, Rule, documented_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customers_conformance.redaction.rules import Rules

# A raw line end closes a literal: JSON has none in it, and in a broken body it is where sense may come back.
_TOKEN = re.compile(rb'"((?:[^"\\\r\n]++|\\[^\r\n])*+)(?:"(\s*+:)?+|(?=[\\\r\n])|\Z)|\[\s*+\]|\{\s*+\}|[{\[]++|[}\]]++')
_TEXT = re.compile(rb'"((?:[^"\\\r\n]++|\\[^\r\n])*+)(?:"(\s*+:)?+|(?=[\\\r\n])|\Z)')
_BEFORE = re.compile(rb'(?:[^"]*+"(?:[^"\\\r\n]++|\\[^\r\n])*+(?:"|(?=[\\\r\n])))*+')
#: The same, a name together with its value where that is a text without escapes.
_MEMBER = re.compile(
    rb'"((?:[^"\\\r\n]++|\\[^\r\n])*+)(?:"(\s*+:(?:\s*+"([^"\\\r\n]*+)"(?=\s*+[,}\]]))?+)?+|(?=[\\\r\n])|\Z)'
    rb"|\[\s*+\]|\{\s*+\}|[{\[]++|[}\]]++"
)
_NAMED, _VALUE = 2, 3
_NAME = re.compile(rb'"([A-Za-z_]{1,64})"\s{0,64}:')

#: Brackets deeper than this are counted, not followed.
DEEPEST = 2000

_LIST = ord("[")
_OPENING, _CLOSING = frozenset(b"{["), frozenset(b"}]")


def strings(data: bytes, rules: Rules) -> Iterator[tuple[int, int, Place | None]]:
    """Start and end of what stands between the quotes of each literal, and its place; ``None`` for a member's name.

    Brackets tell the place as far as they can; linear in the size of the data.
    """
    within = _Brackets(rules)
    for token in _TOKEN.finditer(data):
        if token.lastindex == 1:
            yield *token.span(1), within.slot
        elif token.lastindex == 2:
            within.slot = within.container.child(token[1])
            yield *token.span(1), None
        else:
            within.passed(token[0])


def values_at(data: bytes, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Start and end of each literal that is no member's name and holds one of some places, which are in order."""
    at = 0
    for place in places:
        if place < at:
            continue
        before = _BEFORE.match(data, at, place)
        token = _TEXT.search(data, before.end() if before else at)
        if token is None:
            return
        if place < token.start():
            # It stands in none; the literal may hold the next one.
            at = token.start()
            continue
        at = token.end()
        if token.lastindex == 1 and place < at:
            yield token.span(1)


def telling(data: bytes, rules: Rules) -> Iterator[tuple[int, int, Place]]:
    """The same without names and without values of which neither place nor spelling tells anything: quick."""
    escapes = b"\\" in data
    silent = _silent_members(_notation_of(data))
    within = _Brackets(rules)
    token = _MEMBER.search(data)
    while token:
        at = token.end()
        if token.lastindex == _NAMED:
            within.slot = within.container.child(token[1])
            start = token.start(_VALUE)
            if start < 0:
                token = _MEMBER.search(data, at)
                continue
            if not within.slot.quiet:
                yield start, token.end(_VALUE), within.slot
        elif token.lastindex == 1:
            if not within.slot.quiet or (escapes and b"\\" in token[1]):
                yield *token.span(1), within.slot
        else:
            within.passed(token[0])
        passed = silent[within.container]
        found = None if passed is None else passed.match(data, at)
        if found and found.end() > at:
            within.slot = rules.quiet
            at = found.end()
        token = _MEMBER.search(data, at)


class _Brackets:
    """Which container we are in, and the place of the next value there."""

    def __init__(self, rules: Rules) -> None:
        self._lost = rules.lost
        self.container, self.slot = rules.lost, rules.root
        self._stack: list[tuple[Place, Place]] = []
        self._deeper = 0

    def passed(self, brackets: bytes) -> None:
        if brackets[-1] in _OPENING:
            self._opened(brackets)
        elif brackets[0] in _CLOSING:
            self._closed(len(brackets))

    def _opened(self, brackets: bytes) -> None:
        room = DEEPEST - len(self._stack)
        if len(brackets) > room:
            self._deeper += len(brackets) - room
            brackets = brackets[:room]
        for bracket in brackets:
            self._stack.append((self.container, self.slot))
            self.container, self.slot = self.slot, (self.slot.items() if bracket == _LIST else self._lost)

    def _closed(self, count: int) -> None:
        if self._deeper:
            count, self._deeper = max(0, count - self._deeper), max(0, self._deeper - count)
        if count > len(self._stack):
            self.container = self.slot = self._lost
            self._stack.clear()
        elif count:
            self.container, self.slot = self._stack[-count]
            del self._stack[-count:]


class _Notation(NamedTuple):
    """How a body is written: the patterns for the space between its signs, and for the inside of a text."""

    space: bytes
    text: bytes


_SPACED = re.compile(rb'":?\s|,\s"')
#: What tells whether a body is written with spaces stands in so many bytes of its beginning; else it takes longer.
_LOOKED_AT = 64 * 1024


def _notation_of(data: bytes) -> _Notation:
    whole = not any(mark in data for mark in (b"\\", b"\n", b"\r"))
    spaced = _SPACED.search(data, 0, _LOOKED_AT)
    return _Notation(rb"\s*+" if spaced else b"", rb'[^"]*+' if whole else rb'[^"\\\r\n]*+')


_NUMBER = rb"[-+.0-9A-Za-z]++"
#: Some of the texts that stay wherever they stand (``held_secrets.stays``).
_STAYING = rb'"(?:' + rb"|".join(
    (
        rb"[A-Za-z0-9._-]{0,4}+\*{4,}+[A-Za-z0-9._-]{0,4}+",
        rb"env\.[A-Za-z0-9_.-]{1,255}+",
        rb"(?i:\[redacted\]|<redacted>)|\\u003[cC](?i:redacted)\\u003[eE]",
        rb"\xe2\x9f\xa6(?:virtual-key|secret|pem):[0-9]{1,12}+\xe2\x9f\xa7",
    )
) + rb')?+"'  # fmt: skip
#: Who holds one of these is looked at: what it holds is not passed over.
_TELLING = frozenset({Rule.VIRTUAL_KEY, Rule.CUSTOMER_ID})


class _SilentMembers(dict[Place, "re.Pattern[bytes] | None"]):
    """By place, the members in a row of an object there that hold nothing to strike out; ``None`` where none can be.

    What is passed over with them is what a walk through them would find to be nothing: names that the contract has,
    texts of which the place says nothing, and some of those that stay. Where the walk would go on with another place
    than that of a text of which nothing is said, what follows must be the next member or the end.
    """

    def __init__(self, notation: _Notation) -> None:
        super().__init__()
        self._space, self._text = notation
        self._quiet = rb'"' + self._text + rb'"|' + _NUMBER
        self._staying = _STAYING + rb"|" + _NUMBER
        self._ended = rb"(?=" + self._space + rb"[,}])"
        self._followed = rb"(?=%b(?:\}|,%b\"%b\"%b:))" % (self._space, self._space, self._text, self._space)
        self._next = self._space + rb",?+" + self._space

    def __missing__(self, place: Place) -> re.Pattern[bytes] | None:
        members = self._members(place, (place,))
        self[place] = None if members is None else re.compile(members)
        return self[place]

    def _members(self, place: Place, within: tuple[Place, ...]) -> bytes | None:
        names: defaultdict[tuple[bytes, bytes], list[bytes]] = defaultdict(list)
        for name, each in place.members.items():
            names[self._value(each, within)].append(re.escape(name))
        if not names:
            return None
        # Those that are most often met come first.
        ordered = sorted(names.items(), key=lambda item: item[0][1] != self._ended)
        alternatives = (
            rb'(?:%b)"%b:%b(?:%b)%b' % (b"|".join(those), self._space, self._space, value, end)
            for (value, end), those in ordered
        )
        return self._row(rb'"(?:' + b"|".join(alternatives) + rb")")

    def _value(self, place: Place, within: tuple[Place, ...]) -> tuple[bytes, bytes]:
        """The pattern for what is nothing at a place, and what must follow it."""
        text, flat = self._texts(place), place.quiet
        item = place.items()
        if item is not place:
            held = self._object(item, within)
            flat = flat and item.quiet and (not item.members or _is_flat(item))
            those = held if flat and held else b"|".join(filter(None, (self._texts(item), held)))
            text += rb"|\[" + self._list(those) + rb"\]"
        elif place.deep:
            flat = False
            leaf = text + rb"|\[" + self._list(text) + rb"\]"
            member = rb'"%b"%b:%b(?:%b)%b' % (self._text, self._space, self._space, leaf, self._followed)
            text += rb"|\{" + self._row(member) + self._space + rb"\}"
        else:
            held = self._object(place, within)
            flat = flat and (not place.members or _is_flat(place))
            text += rb"|" + held if held else b""
        return text, self._ended if flat else self._followed

    def _texts(self, place: Place) -> bytes:
        return self._quiet if place.quiet else self._staying

    def _object(self, place: Place, within: tuple[Place, ...]) -> bytes | None:
        if place in within or any(each.rule in _TELLING for each in place.members.values()):
            return None
        members = self._members(place, (*within, place))
        return None if members is None else rb"\{" + members + self._space + rb"\}"

    def _list(self, item: bytes) -> bytes:
        return self._row(rb"(?:%b)(?=%b[,\]])" % (item, self._space)) + self._space

    def _row(self, one: bytes) -> bytes:
        return rb"(?:" + self._next + one + rb")*+"


_silent_members = functools.cache(_SilentMembers)


def _is_flat(place: Place) -> bool:
    return all(each.quiet and not each.members and each.items() is each for each in place.members.values())


def in_documented_name(data: bytes, start: int, end: int) -> bool:
    """Whether a span stands within the name of a member that the contract documents."""
    quote = data.rfind(b'"', max(0, start - 64), start)
    name = _NAME.match(data, quote) if quote >= 0 else None
    return name is not None and name.end(1) >= end and name[1].decode() in documented_names()
