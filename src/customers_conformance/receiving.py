"""A body as it arrives: counted, hashed, decoded and held, within its bounds."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from .decoding import CodingError, Decoder, codings, undecodable
from .model import Body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .bodystore import Holding

#: Brackets and commas that a body may hold: one with more weighs too much to be judged (``reading.MAX_WEIGHT``), and is
#: not held, for what is looked for in it before that takes time by the piece.
MOST_VALUES = 4_000_000

#: Quotation marks, likewise: three times what a valid list of that many values has.
MOST_QUOTES = 12_000_000

_MARKS = (b"[", b"{", b",")


class Reception:
    """One body while it is read: the bytes go in as received, chunk framing removed and codings kept."""

    def __init__(self, holding: Holding, content_encoding: Iterable[str], max_body: int) -> None:
        """Take where it is held, the values of ``Content-Encoding``, and the bound, as sent and as decoded."""
        self._holding = holding
        self._max_body = max_body
        self._sum = hashlib.sha256()
        self._length = 0
        self._decoded = 0
        self._values = 0
        self._quotes = 0
        names = codings(content_encoding)
        self._undecoded = undecodable(names)
        self._decoder: Decoder | None = Decoder([] if self._undecoded else names)
        self._coding_error: str | None = None

    async def take(self, chunk: bytes) -> bool:
        """Take what came; whether more is wanted: none is beyond the bound."""
        within = chunk[: max(0, self._max_body - self._length)]
        self._length += len(chunk)
        self._sum.update(chunk)
        try:
            for piece in self._decoder.feed(within) if self._decoder else ():
                await self._holding.add(piece[: self._max_body - self._decoded])
                self._decoded += len(piece)
                if self._decoded > self._max_body:
                    self._holding.cut_off(f"the decoded body is longer than {self._max_body} bytes (--max-body)")
                    return False
                if self._is_crowded(piece):
                    self._holding.cut_off(f"the body holds more than the {MOST_VALUES:,} values that are judged")
                    return False
                # A bomb decodes to thousands of pieces: the clock and the other readers have their turn between them.
                await asyncio.sleep(0)
        except CodingError as problem:
            self._coding_error = str(problem)
            self._decoder = None
        if self._length > self._max_body:
            self._holding.cut_off(f"the body is longer than {self._max_body} bytes (--max-body)")
            return False
        return True

    def _is_crowded(self, piece: bytes) -> bool:
        self._values += sum(piece.count(mark) for mark in _MARKS)
        self._quotes += piece.count(b'"')
        return self._values > MOST_VALUES or self._quotes > MOST_QUOTES

    def finish(self, broken: str | None = None) -> Body:
        """The body; ``broken`` says what ended it before its time."""
        if self._decoder is not None and broken is None and self._holding.cut is None:
            try:
                self._decoder.finish()
            except CodingError as problem:
                self._coding_error = str(problem)
        content = self._holding.finish()
        cut = self._holding.cut or broken or self._coding_error or (self._undecoded if self._length else None)
        return Body(
            content=content,
            digest=self._sum.hexdigest(),
            length=self._length,
            cut=cut,
            coding_error=self._coding_error,
        )
