"""JSON string literals in raw bytes, with the place where each stands, whether or not the whole parses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.redaction.rules import Place

# A raw line end closes a literal: JSON has none in it, and in a broken body it is where sense may come back.
_TOKEN = re.compile(rb'"((?:[^"\\\r\n]++|\\[^\r\n])*+)(?:"(\s*+:)?+|(?=[\\\r\n])|\Z)|\[\s*+\]|\{\s*+\}|[{\[]++|[}\]]++')
_SOUND = re.compile(rb'(?:[^\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*+')
_ESCAPED = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_NEEDS_NO_ESCAPE = re.compile(r'[^"\\\x00-\x1f]*+')
_SURROGATES = re.compile("[\ud800-\udfff]")
_BARE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

#: Brackets deeper than this are counted, not followed.
DEEPEST = 2000

_LIST = ord("[")


def strings(data: bytes, root: Place, *, all_of_them: bool = True) -> Iterator[tuple[int, int, Place | None]]:
    """Start and end of what stands between the quotes of each literal, and its place; ``None`` for a member's name.

    Brackets tell the place as far as they can; linear in the size of the data. Unless ``all_of_them`` are wanted, names
    are left out, and plain places without an escape.
    """
    escapes = b"\\" in data
    within = _Brackets(root)
    for token in _TOKEN.finditer(data):
        group = token.lastindex
        if group == 1:
            if all_of_them or not within.slot.plain or (escapes and b"\\" in token[1]):
                yield *token.span(1), within.slot
        elif group == 2:
            within.slot = within.container.child(token[1])
            if all_of_them:
                yield *token.span(1), None
        elif token[0][-1:] in b"{[":
            within.opened(token[0])
        elif token[0][:1] in b"}]":
            within.closed(len(token[0]))


class _Brackets:
    """Which container we are in, and the place of the next value there."""

    def __init__(self, root: Place) -> None:
        self._lost = root.lost()
        self.container, self.slot = self._lost, root
        self._stack: list[tuple[Place, Place]] = []
        self._deeper = 0

    def opened(self, brackets: bytes) -> None:
        for bracket in brackets[: max(0, DEEPEST - len(self._stack))]:
            self._stack.append((self.container, self.slot))
            self.container, self.slot = self.slot, (self.slot.items() if bracket == _LIST else self._lost)
            self._deeper -= 1
        self._deeper += len(brackets)

    def closed(self, count: int) -> None:
        levels = max(0, count - self._deeper)
        self._deeper = max(0, self._deeper - count)
        if levels > len(self._stack):
            self.container = self.slot = self._lost
            self._stack.clear()
        elif levels:
            self.container, self.slot = self._stack[-levels]
            del self._stack[-levels:]


def decode(raw: bytes) -> str:
    """The text of a literal; broken bytes and lone surrogates become U+FFFD, broken escapes stay as they are."""
    text = raw.decode("utf-8", "replace")
    if "\\" not in text:
        return text
    try:
        plain = json.loads(f'"{text}"', strict=False)
    except ValueError:
        plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else _BARE.get(found[2], found[2]), text)
    return _SURROGATES.sub("\ufffd", plain) if isinstance(plain, str) else text


def encode(text: str, instead_of: bytes) -> bytes:
    """A literal's inside for a text, with the first flaw of the one that it replaces: what was broken stays broken."""
    written = text if _NEEDS_NO_ESCAPE.fullmatch(text) else json.dumps(text, ensure_ascii=False)[1:-1]
    return written.encode("utf-8", "replace") + _flaw(instead_of)


def _flaw(raw: bytes) -> bytes:
    sound = _SOUND.match(raw)
    at = sound.end() if sound else 0
    if at < len(raw):
        return raw[at : at + 2] if raw[at : at + 1] == b"\\" else raw[at : at + 1]
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return raw[error.start : error.end]
    if "\\u" not in text:
        return b""
    lone = _SURROGATES.search(json.loads(f'"{text}"', strict=False))
    return f"\\u{ord(lone[0]):04x}".encode() if lone else b""
