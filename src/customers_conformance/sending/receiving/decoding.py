"""Undoing content codings piece by piece, so that a bound holds while it grows and not after (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from customers_conformance.model import KIBI

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

#: How many bytes are decoded at one time.
PIECE = 256 * KIBI

#: More codings one upon another are not undone.
MOST_CODINGS = 4

_GZIP = frozenset({"gzip", "x-gzip"})
#: Codings that are known by name alone.
_FOREIGN = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"})

_ZLIB_HEADER = 2
_FOR_GZIP = zlib.MAX_WBITS | 16
_FOR_RAW = -zlib.MAX_WBITS


class CodingError(Exception):
    """The bytes do not decode; the text says why, as a sentence."""


def codings(values: Iterable[str]) -> list[str]:
    """The codings that the values of ``Content-Encoding`` name, in the order in which they were applied."""
    names = [name.strip().lower() for value in values for name in value.split(",")]
    return [name for name in names if name not in {"", "identity"}]


def undecodable(names: list[str]) -> str | None:
    """Why these codings cannot be undone here, as a sentence; ``None`` where they can."""
    if len(names) > MOST_CODINGS:
        return f"the body has more than {MOST_CODINGS} content codings and is not decoded"
    unknown = [name for name in names if name not in _GZIP and name != "deflate"]
    if unknown:
        # Any other name is the server's own text, in lower case here, in which no secret would be found again.
        named = f"the content coding {unknown[0]!r}" if unknown[0] in _FOREIGN else "a content coding of another name"
        return f"{named} cannot be decoded here"
    return None


class OverlongError(Exception):
    """A coding within others decodes to more than is allowed; its text is a sentence."""


class Decoder:
    """Undoes codings one upon another; without any, what goes in comes out."""

    def __init__(self, names: list[str], most: int) -> None:
        """Take codings that ``undecodable`` finds no fault with, in the order in which they were applied.

        ``most`` bounds what one that is not the last may decode to, in bytes.
        """
        self._stages = [_Stage(name) for name in reversed(names)]
        self._most = most
        self._made = [0] * len(self._stages)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode, in pieces of 256 KiB at the most, empty ones too; raises ``CodingError`` and ``OverlongError``."""
        return self._through(data, 0)

    def finish(self) -> None:
        """Say that no more comes; raises ``CodingError`` where the bytes end too early."""
        for stage in self._stages:
            stage.finish()

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._stages):
            yield data
            return
        for piece in self._stages[depth].feed(data):
            self._made[depth] += len(piece)
            if depth + 1 < len(self._stages) and self._made[depth] > self._most:
                message = f"a content coding within others decodes to more than {self._most} bytes (--max-body)"
                raise OverlongError(message)
            yield from self._through(piece, depth + 1)
            # Nothing may come of a piece: the clock has its turn all the same.
            yield b""


class _Stage:
    """One coding undone: gzip with any number of members, or deflate with zlib's header or bare."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream = zlib.decompressobj(_FOR_GZIP) if name in _GZIP else None
        self._start = b""
        self._begun = False
        #: Whether a member or the stream has ended and nothing has followed.
        self._ended = False
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._start += data
            if len(self._start) < _ZLIB_HEADER:
                self._begun = self._begun or bool(data)
                return
            data = self._start
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if _has_zlib_header(data) else _FOR_RAW)
        while data:
            if self._ended:
                self._next_member()
            self._begun = True
            data = yield from self._member(data)

    def finish(self) -> None:
        if self._begun and not self._ended:
            raise CodingError(f"the {self._name} stream ends too early")

    def _member(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Decode to the end of the member or of the data; returns what follows the member."""
        stream = self._stream
        if stream is None:  # pragma: no cover - set by feed
            return b""
        while True:
            try:
                piece = stream.decompress(data, PIECE)
            except zlib.error:
                what = "bytes follow the end of" if self._members else "the body is no sound"
                raise CodingError(f"{what} {'the ' if self._members else ''}{self._name} stream") from None
            if piece:
                yield piece
            if stream.eof:
                self._ended = True
                self._members += 1
                return stream.unused_data
            data = stream.unconsumed_tail
            if not data and len(piece) < PIECE:
                return b""

    def _next_member(self) -> None:
        if self._name not in _GZIP:
            raise CodingError(f"bytes follow the end of the {self._name} stream")
        self._stream = zlib.decompressobj(_FOR_GZIP)
        self._ended = False


def _has_zlib_header(data: bytes) -> bool:
    """Whether the data begin as RFC 1950 has it, and not with bare deflate as some servers send it."""
    return data[0] & 0x0F == zlib.DEFLATED and (data[0] << 8 | data[1]) % 31 == 0
