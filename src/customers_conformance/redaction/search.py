"""Finding known texts in raw bytes, whatever encoding hides them: escapes, one upon another, and UTF-16.

Nothing is parsed: what is found is a span of the bytes, widened to whole JSON escapes, so that JSON stays JSON.
"""

from __future__ import annotations

import functools
import html
import re
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: Bytes that are decoded at one time.
_CHUNK = 1024 * 1024

#: An escape in a needle is undone where so many bytes are left.
_SHORTEST = 8

#: A line end within Base64 (RFC 2045, 6.8), as it is or as JSON escapes it.
_FOLDED = rb"(?<=[A-Za-z0-9+/_-]{16})(?:\r?\n|(?:\\r)?\\n)(?=[A-Za-z0-9+/_=-])"
_FOLD = re.compile(_FOLDED)

#: How many encodings one upon another are undone.
_LAYERS = 2

#: More needles than this are looked up by word, not one by one.
_FEW = 200

_ENTITIES = {"amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27}
_WORD = re.compile(rb"""[^\s"'<>,;()\[\]{}\\]{4,4096}""")
_SUBWORD = re.compile(rb"[A-Za-z0-9_-]{4,4096}")
_HEX_ESCAPE = re.compile(rb"\\u[0-9A-Fa-f]{4}")
#: How far before a place the backslash of an escape that holds it can stand.
_ESCAPE_REACH = 5


class Span(NamedTuple):
    """A needle's place in the bytes; ``width`` is the bytes of a character, ``first`` which of them tells it."""

    start: int
    end: int
    needle: bytes
    width: int = 1
    first: int = 0


class Needles:
    """Texts to strike out, each with what is written in its place."""

    def __init__(self, table: Mapping[str, str], *, by_word: bool = False) -> None:
        """Take texts of any characters; an empty one is left aside.

        ``by_word`` allows to look for many only where each is a word of its own, which is quick.
        """
        self._shown: dict[bytes, bytes] = {}
        for text, shown in table.items():
            for needle in {text.encode("utf-8", "surrogatepass"), text.encode("latin-1", "replace")} - {b""}:
                if b"?" not in needle or "?" in text:
                    self._shown.setdefault(needle, shown.encode())
        self._escape = _escapes({character for needle in self._shown for character in needle})
        for raw, written in list(self._shown.items()):
            # What looks like an escape in the needle itself is undone with those around it.
            for undone in self._undone(raw):
                if len(undone) >= _SHORTEST:
                    self._shown.setdefault(undone, written)
        self._by_words = by_word and len(self._shown) > _FEW
        self._longest = max(map(len, self._shown), default=0)

    def _undone(self, needle: bytes) -> set[bytes]:
        """A needle without the escapes that it holds: all, those with a backslash, the others."""

        def some(escape: re.Match[bytes], *, slashed: bool) -> bytes:
            return _character(escape[0]) if escape[0].startswith(b"\\") is slashed else escape[0]

        ways: list[Callable[[re.Match[bytes]], bytes]] = [
            _character_of,
            functools.partial(some, slashed=True),
            functools.partial(some, slashed=False),
        ]
        return {self._escape.sub(undo, needle) for undo in ways}

    def __bool__(self) -> bool:
        """Whether there is anything to strike out."""
        return bool(self._shown)

    def among(self, data: bytes) -> tuple[bytes, ...]:
        """Which needles stand in the data as they are; none where there are too many to look for."""
        return () if self._by_words else tuple(needle for needle in self._shown if needle in data)

    def strike(self, data: bytes, keep: Callable[[bytes, int, int], bool] | None = None) -> bytes:
        """The data with each needle replaced, in UTF-16 where it stands in UTF-16; ``keep`` may spare a span."""
        spans = [span for span in self.spans(data) if keep is None or not keep(data, span.start, span.end)]
        if not spans:
            return data
        parts, at = [], 0
        for span in _merged(data, spans):
            parts += [data[at : span.start], self._written(span)]
            at = span.end
        return b"".join([*parts, data[at:]])

    def spans(self, data: bytes) -> list[Span]:
        """Where the needles stand; spans may overlap."""
        if not self._shown or not data:
            return []
        found = [Span(*place) for place in self._layered(data)]
        if b"\0" in data:
            for parity in (0, 1):
                for start, end, needle in self._layered(data[parity::2]):
                    wide = _wide(data, parity, start, end)
                    if wide is not None:
                        found.append(Span(*wide, needle, 2, 2 * start + parity - wide[0]))
        return found

    def _written(self, span: Span) -> bytes:
        shown = self._shown[span.needle]
        if span.width == 1:
            return shown
        return shown.decode().encode("utf-16-be" if span.first else "utf-16-le")

    def _layered(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        yield from self._plain(data)
        if not any(mark in data for mark in (b"\\", b"%", b"&")) and not _FOLD.search(data):
            return
        overlap = 16 * self._longest
        for begin in range(0, len(data), _CHUNK):
            layer, maps = data[begin : begin + _CHUNK + overlap], list[_Places]()
            for _ in range(_LAYERS):
                decoded = self._escape.sub(_character_of, layer)
                if decoded == layer:
                    break
                places = _places(self._escape, layer) if self._shows(decoded) or maps else None
                if places is None and not self._escape.search(decoded):
                    break
                maps.append(places or _places(self._escape, layer))
                layer = decoded
                for start, end, needle in (*self._plain(layer), *self._wide_in(layer)):
                    for each in reversed(maps):
                        start, end = each.raw(start), each.raw(end)  # noqa: PLW2901 - from layer to layer
                    yield begin + start, begin + end, needle

    def _shows(self, data: bytes) -> bool:
        return next(self._plain(data), None) is not None or next(self._wide_in(data), None) is not None

    def _wide_in(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Where the needles stand in UTF-16 among escapes that were undone, by which zeros came to be there."""
        if b"\0" not in data or self._by_words:
            return
        for needle in self._shown:
            wide = b"\0".join(bytes([byte]) for byte in needle)
            at = data.find(wide)
            while at >= 0:
                yield at, at + len(wide), needle
                at = data.find(wide, at + len(wide))

    def _plain(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        if self._by_words:
            yield from self._by_word(data)
            return
        for needle in self._shown:
            at = data.find(needle)
            while at >= 0:
                yield at, at + len(needle), needle
                at = data.find(needle, at + len(needle))

    def _by_word(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        for word in _WORD.finditer(data):
            if word[0] in self._shown:
                yield word.start(), word.end(), word[0]
                continue
            for part in _SUBWORD.finditer(data, word.start(), word.end()):
                if part[0] in self._shown:
                    yield part.start(), part.end(), part[0]


class _Places:
    """Which byte of the encoded text a byte of the decoded text comes from."""

    def __init__(self) -> None:
        self._decoded = array("Q", [0])
        self._raw = array("Q", [0])

    def add(self, decoded: int, raw: int) -> None:
        self._decoded.append(decoded)
        self._raw.append(raw)

    def raw(self, at: int) -> int:
        index = bisect_right(self._decoded, at) - 1
        return self._raw[index] + at - self._decoded[index]


def _escapes(alphabet: set[int]) -> re.Pattern[bytes]:
    """The escapes that can spell the characters of an alphabet, or begin another escape."""
    codes = "|".join(f"{code:02x}" for code in sorted(alphabet | set(b"%\\&\0")))
    bare = "".join(f"\\x{code:02x}" for code in sorted(alphabet & set(b"\"'\\/")))
    named = [name for name, code in _ENTITIES.items() if code in alphabet or name == "amp"]
    # JSON in JSON doubles backslashes; where one is a character of its own, a layer takes half of them.
    slashes = "" if ord("\\") in alphabet else "{1,8}"
    ours = rf"\\{slashes}(?:(?i:u00(?:{codes})|x(?:{codes})){f'|[{bare}]' if bare else ''})|%(?i:{codes})"
    return re.compile(_FOLDED + f"|{ours}|&(?:{'|'.join(named)}|#[0-9]{{1,7}}|#[xX][0-9A-Fa-f]{{1,6}});".encode())


def _places(pattern: re.Pattern[bytes], data: bytes) -> _Places:
    places, length, at = _Places(), 0, 0
    for escape in pattern.finditer(data):
        length += escape.start() - at
        places.add(length, escape.start())
        length += len(_character(escape[0]))
        at = escape.end()
        places.add(length, at)
    return places


def _character_of(escape: re.Match[bytes]) -> bytes:
    return _character(escape[0])


@functools.lru_cache(maxsize=4096)
def _character(escape: bytes) -> bytes:
    if escape[-1:] == b"\n" or escape[-2:] == b"\\n":
        return b""
    if escape[:1] == b"%":
        return bytes([_hexadecimal(escape[1:])])
    if escape[:1] == b"&":
        return html.unescape(escape.decode("ascii")).encode("utf-8", "surrogatepass")
    # Any number of backslashes: JSON in JSON doubles them.
    spelt = escape.lstrip(b"\\") or b"\\"
    if spelt[:1] in b"uU":
        return chr(_hexadecimal(spelt[1:])).encode()
    return bytes([_hexadecimal(spelt[1:])]) if spelt[:1] in b"xX" else spelt


def _hexadecimal(digits: bytes) -> int:
    return int(digits, 16)


def _wide(data: bytes, parity: int, start: int, end: int) -> tuple[int, int] | None:
    """The bytes of a span found in every other byte, where those between are zero: UTF-16, in either order."""
    first, last = 2 * start + parity, 2 * end + parity
    after = data[first + 1 : last : 2]
    if len(after) == end - start and not any(after):
        return first, last
    before = data[first - 1 : last - 2 : 2] if first else b""
    if len(before) == end - start and not any(before):
        return first - 1, last - 1
    return None


def _merged(data: bytes, spans: list[Span]) -> list[Span]:
    """The spans in order, widened to whole escapes; those that overlap become one, of the longest needle."""
    merged: list[Span] = []
    for span in sorted(span if span.width > 1 else _aligned(data, span) for span in spans):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            needle = max(last.needle, span.needle, key=len)
            merged[-1] = last._replace(end=max(last.end, span.end), needle=needle)
        else:
            merged.append(span)
    return merged


def _aligned(data: bytes, span: Span) -> Span:
    start = span.start
    for reach in range(1, _ESCAPE_REACH + 1):
        slash = start - reach
        if slash < 0 or data[slash : slash + 1] != b"\\" or not _is_free(data, slash):
            continue
        if _escape_end(data, slash) > start:
            start = slash
        break
    end = span.end
    for slash in range(max(start, end - _ESCAPE_REACH), end):
        if data[slash : slash + 1] == b"\\" and _is_free(data, slash):
            end = max(end, _escape_end(data, slash))
    return span._replace(start=start, end=end)


def _is_free(data: bytes, slash: int) -> bool:
    """Whether a backslash begins an escape: an even number of them stands before it."""
    before = data[max(0, slash - 4096) : slash]
    return (len(before) - len(before.rstrip(b"\\"))) % 2 == 0


def _escape_end(data: bytes, slash: int) -> int:
    """The end of the JSON escape that begins at a backslash; its own place where it begins none."""
    if _HEX_ESCAPE.match(data, slash):
        return slash + 6
    return slash + 2 if data[slash + 1 : slash + 2] in b'"\\/bfnrt' and slash + 1 < len(data) else slash
