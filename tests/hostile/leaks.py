"""Looking for what must not be anywhere: secrets in any encoding, and what a terminal or a reader would obey."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Characters of a secret that give it away.
WINDOW = 10

#: Of data longer than this, the beginning and the end alone are looked at in every encoding.
WHOLE = 4 * 1024 * 1024

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_ESCAPE = re.compile(rb"\\{1,8}u([0-9a-fA-F]{4})")


def traces(data: bytes, secrets: Iterable[str]) -> list[str]:
    """Which parts of secrets stand in the data, and in which encoding, whatever the case of the letters."""
    parts = [secret[at : at + WINDOW].lower().encode() for secret in secrets for at in range(len(secret) - WINDOW + 1)]
    return [
        f"{part.decode()} {how}"
        for how, view in _views(data)
        for lowered in [view.lower()]
        for part in parts
        if part in lowered
    ]


def _views(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "in the clear", data
    if b"\0" in data:
        yield "in UTF-16", data.replace(b"\0", b"")
    if len(data) > WHOLE:
        data = data[: WHOLE // 2] + b"\n" + data[-WHOLE // 2 :]
    if b"%" in data:
        yield "URL-escaped", unquote_to_bytes(data)
        yield "URL-escaped twice", unquote_to_bytes(unquote_to_bytes(data))
    if b"\\" in data:
        unescaped = _ESCAPE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), data)
        yield "in JSON escapes", unescaped
        yield "in a text within JSON", unescaped.replace(b"\\", b"")
    if b"&" in data:
        yield "in character references", html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    pieces = []
    for run in _BASE64.findall(data):
        standard = run.translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            part = standard[start:]
            pieces.append(base64.b64decode(part[: len(part) // 4 * 4]))
    joined = b"\n".join(pieces)
    yield "in Base64", joined
    yield "in UTF-16 in Base64", joined.replace(b"\0", b"")
    if b"\\u" in joined:
        yield "in JSON escapes in Base64", _ESCAPE.sub(lambda found: bytes([int(found[1], 16) & 255]), joined)


def obeyed(text: str) -> list[str]:
    """What a terminal or a CI log would obey in the text of a screen."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        hidden = sorted({f"U+{ord(c):04X}" for c in line if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}})
        if hidden:
            found.append(f"line {number} holds {', '.join(hidden)}")
        if re.match(r"\s*::", line) or re.search(r"##\w*\[", line):
            found.append(f"line {number} is a command for a CI log: {line[:60]!r}")
    return found
