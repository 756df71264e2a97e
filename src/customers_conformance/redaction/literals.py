"""JSON string literals in raw bytes, with the place where each stands, whether or not the whole parses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customers_conformance.redaction.rules import documented_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.redaction.rules import Place, Rules

# A raw line end closes a literal: JSON has none in it, and in a broken body it is where sense may come back.
_TOKEN = re.compile(rb'"((?:[^"\\\r\n]++|\\[^\r\n])*+)(?:"(\s*+:)?+|(?=[\\\r\n])|\Z)|\[\s*+\]|\{\s*+\}|[{\[]++|[}\]]++')
_NAME = re.compile(rb'"([A-Za-z_]{1,64})"\s{0,64}:')

#: Brackets deeper than this are counted, not followed.
DEEPEST = 2000

_LIST = ord("[")


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


def telling(data: bytes, rules: Rules) -> Iterator[tuple[int, int, Place]]:
    """The same without names and without values of which neither place nor spelling tells anything: quick."""
    escapes = b"\\" in data
    within = _Brackets(rules)
    token = _TOKEN.search(data)
    while token:
        at = token.end()
        if token.lastindex == 2:
            within.slot = within.container.child(token[1])
        else:
            if token.lastindex == 1:
                if not within.slot.quiet or (escapes and b"\\" in token[1]):
                    yield *token.span(1), within.slot
            else:
                within.passed(token[0])
            passed = within.container.quiet_members and within.container.quiet_members.match(data, at)
            if passed and passed.end() > at:
                within.slot = rules.quiet
                at = passed.end()
        token = _TOKEN.search(data, at)


class _Brackets:
    """Which container we are in, and the place of the next value there."""

    def __init__(self, rules: Rules) -> None:
        self._lost = rules.lost
        self.container, self.slot = rules.lost, rules.root
        self._stack: list[tuple[Place, Place]] = []
        self._deeper = 0

    def passed(self, brackets: bytes) -> None:
        if brackets[-1:] in b"{[":
            self._opened(brackets)
        elif brackets[:1] in b"}]":
            self._closed(len(brackets))

    def _opened(self, brackets: bytes) -> None:
        for bracket in brackets[: max(0, DEEPEST - len(self._stack))]:
            self._stack.append((self.container, self.slot))
            self.container, self.slot = self.slot, (self.slot.items() if bracket == _LIST else self._lost)
            self._deeper -= 1
        self._deeper += len(brackets)

    def _closed(self, count: int) -> None:
        levels = max(0, count - self._deeper)
        self._deeper = max(0, self._deeper - count)
        if levels > len(self._stack):
            self.container = self.slot = self._lost
            self._stack.clear()
        elif levels:
            self.container, self.slot = self._stack[-levels]
            del self._stack[-levels:]


def in_documented_name(data: bytes, start: int, end: int) -> bool:
    """Whether a span stands within the name of a member that the contract documents."""
    quote = data.rfind(b'"', max(0, start - 64), start)
    name = _NAME.match(data, quote) if quote >= 0 else None
    return name is not None and name.end(1) >= end and name[1].decode() in documented_names()
