"""JSON string literals in raw bytes, with the place where each stands, whether or not the whole parses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .places import Place

# A raw line end closes a literal: JSON has none in it, and in a broken body it is where sense may come back.
_TOKEN = re.compile(rb'"((?:[^"\\\r\n]++|\\[^\r\n])*+)(?:"(\s*+:)?+|(?=[\\\r\n])|\Z)|\[\s*+\]|\{\s*+\}|[{\[]++|[}\]]++')
_FLAW = re.compile(rb'[\x00-\x1f]|\\(?!["\\/bfnrt]|u[0-9A-Fa-f]{4})')
_ESCAPED = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
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
    lost, escapes = root.lost(), b"\\" in data
    stack: list[tuple[Place, Place]] = []
    container, slot, deeper = lost, root, 0
    for token in _TOKEN.finditer(data):
        group = token.lastindex
        if group == 1:
            if all_of_them or not slot.plain or (escapes and b"\\" in token[1]):
                yield *token.span(1), slot
        elif group == 2:
            slot = container.child(token[1])
            if all_of_them:
                yield *token.span(1), None
        elif token[0][-1:] in b"{[":
            for bracket in token[0][: max(0, DEEPEST - len(stack))]:
                stack.append((container, slot))
                container, slot = slot, (slot.items() if bracket == _LIST else lost)
                deeper -= 1
            deeper += len(token[0])
        elif token[0][:1] in b"}]":
            closed = max(0, len(token[0]) - deeper)
            deeper = max(0, deeper - len(token[0]))
            if closed > len(stack):
                container = slot = lost
            elif closed:
                container, slot = stack[-closed]
            del stack[len(stack) - min(closed, len(stack)) :]


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
    return json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "replace") + _flaw(instead_of)


def _flaw(raw: bytes) -> bytes:
    found = _FLAW.search(raw)
    if found:
        return raw[found.start() : found.end() + 1] if found[0] == b"\\" else found[0]
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return raw[error.start : error.end]
    if "\\u" not in text:
        return b""
    lone = _SURROGATES.search(json.loads(f'"{text}"', strict=False))
    return f"\\u{ord(lone[0]):04x}".encode() if lone else b""
