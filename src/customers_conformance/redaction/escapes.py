"""Escapes: JSON's within a literal, and those of JSON, URLs, HTML and folded Base64 that hide a text in any bytes."""

from __future__ import annotations

import functools
import html
import json
import re
from array import array
from bisect import bisect_right

#: An escape in a text that is looked for is undone where so many bytes are left.
_SHORTEST = 8

_SOUND = re.compile(rb'(?:[^\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*+')
_ESCAPED = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_NEEDS_NO_ESCAPE = re.compile(r'[^"\\\x00-\x1f]*+')
_SURROGATES = re.compile("[\ud800-\udfff]")
_BARE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

#: A line end within Base64 (RFC 2045, 6.8), as it is or as JSON escapes it. A pattern that begins with the sign that it
#: looks for passes quickly over what has none.
_FOLDED, _ESCAPED_FOLDED = (
    "|".join(f"{end}(?=[A-Za-z0-9+/_=-])(?<=[A-Za-z0-9+/_-]{{16}}{end})" for end in ends)
    for ends in ((r"\n", r"\r\n"), (r"\\n", r"\\r\\n"))
)
_FOLD = re.compile(rb"\n(?=[A-Za-z0-9+/_=-])(?:(?<=[A-Za-z0-9+/_-]{16}\n)|(?<=[A-Za-z0-9+/_-]{16}\r\n))")
_ENTITIES = {"amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27}
_HEX_ESCAPE = re.compile(rb"\\u[0-9A-Fa-f]{4}")
#: How far before a place the backslash of an escape that holds it can stand.
_REACH = 5

_LITERAL = json.JSONDecoder(strict=False)


def decode(raw: bytes) -> str:
    """The text of a literal; broken bytes and lone surrogates become U+FFFD, broken escapes stay as they are."""
    text = raw.decode("utf-8", "replace")
    if "\\" not in text:
        return text
    try:
        plain, _ = _LITERAL.raw_decode(f'"{text}"')
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


def aligned(data: bytes, start: int, end: int) -> tuple[int, int]:
    """A span widened to the whole JSON escapes that it cuts."""
    if data.find(b"\\", max(0, start - _REACH), end) < 0:
        return start, end
    for reach in range(1, _REACH + 1):
        slash = start - reach
        if slash < 0 or data[slash : slash + 1] != b"\\" or not _is_free(data, slash):
            continue
        if _end(data, slash) > start:
            start = slash
        break
    for slash in range(max(start, end - _REACH), end):
        if data[slash : slash + 1] == b"\\" and _is_free(data, slash):
            end = max(end, _end(data, slash))
    return start, end


def _is_free(data: bytes, slash: int) -> bool:
    """Whether a backslash begins an escape: an even number of them stands before it."""
    before = data[max(0, slash - 4096) : slash]
    return (len(before) - len(before.rstrip(b"\\"))) % 2 == 0


def _end(data: bytes, slash: int) -> int:
    """The end of the JSON escape that begins at a backslash; its own place where it begins none."""
    if _HEX_ESCAPE.match(data, slash):
        return slash + 6
    return slash + 2 if data[slash + 1 : slash + 2] in b'"\\/bfnrt' and slash + 1 < len(data) else slash


class Origins:
    """Which byte of the encoded text a byte of the decoded text comes from."""

    def __init__(self) -> None:
        self._decoded = array("Q", [0])
        self._raw = array("Q", [0])

    def add(self, decoded: int, raw: int) -> None:
        """Say that what is decoded from here on begins there."""
        self._decoded.append(decoded)
        self._raw.append(raw)

    def raw(self, at: int) -> int:
        """The place in the encoded text."""
        index = bisect_right(self._decoded, at) - 1
        return self._raw[index] + at - self._decoded[index]


class Escapes:
    """The escapes that can spell the characters of an alphabet, or begin another escape."""

    def __init__(self, alphabet: set[int]) -> None:
        """``alphabet`` holds the bytes of what is looked for."""
        codes = "|".join(f"{code:02x}" for code in sorted(alphabet | set(b"%\\&\0")))
        bare = "".join(f"\\x{code:02x}" for code in sorted(alphabet & set(b"\"'\\/")))
        named = [name for name, code in _ENTITIES.items() if code in alphabet or name == "amp"]
        # JSON in JSON doubles backslashes; where one is a character of its own, a layer takes half of them.
        slashes = "" if ord("\\") in alphabet else r"\\{0,7}"
        slashed = rf"\\{slashes}(?:(?i:u00(?:{codes})|x(?:{codes})){f'|[{bare}]' if bare else ''})"
        others = rf"%(?i:{codes})|&(?:{'|'.join(named)}|#[0-9]{{1,7}}|#[xX][0-9A-Fa-f]{{1,6}});"
        self._slashed, self._pattern = (
            re.compile(f"({'|'.join(those)})".encode())
            for those in ((_ESCAPED_FOLDED, slashed), (_FOLDED, _ESCAPED_FOLDED, slashed, others))
        )

    @staticmethod
    def may_stand_in(data: bytes) -> bool:
        """Whether any escape can stand in the data: quick, for most data has none."""
        if b"\\" in data or b"%" in data or b"&" in data:
            return True
        return b"\n" in data and _FOLD.search(data) is not None

    def stand_in(self, data: bytes) -> bool:
        """Whether an escape stands in the data."""
        return self.may_stand_in(data) and self._pattern.search(data) is not None

    def undone(self, data: bytes) -> bytes:
        """The data with every escape undone, once."""
        slashed = b"%" not in data and b"&" not in data and b"\n" not in data
        parts = (self._slashed if slashed else self._pattern).split(data)
        parts[1::2] = map(_character, parts[1::2])
        return b"".join(parts)

    def origins(self, data: bytes) -> Origins:
        """Where the bytes of ``undone(data)`` come from."""
        places, length, at = Origins(), 0, 0
        for escape in self._pattern.finditer(data):
            length += escape.start() - at
            places.add(length, escape.start())
            length += len(_character(escape[0]))
            at = escape.end()
            places.add(length, at)
        return places

    def readings(self, text: bytes) -> set[bytes]:
        """A text that may hold escapes itself without them: without all, without those with a backslash, the others."""

        def slashed(escape: re.Match[bytes]) -> bytes:
            return _character(escape[0]) if escape[0].startswith(b"\\") else escape[0]

        def others(escape: re.Match[bytes]) -> bytes:
            return escape[0] if escape[0].startswith(b"\\") else _character(escape[0])

        read = {self._pattern.sub(undo, text) for undo in (_character_of, slashed, others)}
        return {reading for reading in read if len(reading) >= _SHORTEST}


def _character_of(escape: re.Match[bytes]) -> bytes:
    return _character(escape[0])


@functools.lru_cache(maxsize=4096)
def _character(escape: bytes) -> bytes:
    if escape[-1:] == b"\n" or escape[-2:] == b"\\n":
        return b""
    if escape[:1] == b"%":
        return bytes([int(escape[1:], 16)])
    if escape[:1] == b"&":
        return html.unescape(escape.decode("ascii")).encode("utf-8", "surrogatepass")
    # Any number of backslashes: JSON in JSON doubles them.
    spelt = escape.lstrip(b"\\") or b"\\"
    if spelt[:1] in b"uU":
        return chr(int(spelt[1:], 16)).encode()
    return bytes([int(spelt[1:], 16)]) if spelt[:1] in b"xX" else spelt
