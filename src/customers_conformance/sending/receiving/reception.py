"""A body as it arrives: counted, hashed, decoded and held, within its bounds.

One without a coding is only compared for as long as it is like a kept one: what that one was found to be holds for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from customers_conformance.model import KIBI, Body
from customers_conformance.sending.receiving.decoding import CodingError, Decoder, OverlongError, codings, undecodable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customers_conformance.sending.receiving.store import Holding

#: Brackets and commas that a body may hold: one with more is not held, for what is looked for in it takes time by the
#: piece. What is judged is bounded once more by what its value weighs (``bodies.bounds``).
MOST_VALUES = 4_000_000

#: Quotation marks, likewise: three times what a valid list of that many values has.
MOST_QUOTES = 12_000_000

_MARKS = (b"[", b"{", b",")


#: Overlong bodies that are remembered.
MOST_KNOWN = 8

#: Bytes that were held back and are decoded at one time.
STEP = 4 * KIBI

#: Bytes as sent that are compared with those of bodies that decoded to more than the bound.
MOST_COMPARED = 256 * KIBI


class Overlong(NamedTuple):
    """A body that decoded to more than the bound: its codings, what of it was decoded, and what came of it."""

    codings: tuple[str, ...]
    start: bytes
    content: bytes
    cut: str


class OverlongBodies:
    """The overlong bodies of a run, so that each is decoded once, however often it is sent."""

    def __init__(self) -> None:
        """None is known yet."""
        self._known: list[Overlong] = []

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._known)

    def coded(self, codings: tuple[str, ...]) -> list[Overlong]:
        """Those that came with some codings, in their order."""
        return [known for known in self._known if known.codings == codings]

    def remember(self, overlong: Overlong) -> None:
        """Take one more, as long as there is room; of those that came at the same time one is enough."""
        if len(self._known) < MOST_KNOWN and overlong not in self._known:
            self._known.append(overlong)


class Reception:
    """One body while it is read: the bytes go in as received, chunk framing removed and codings kept."""

    def __init__(
        self, holding: Holding, content_encoding: Iterable[str], max_body: int, overlong: OverlongBodies
    ) -> None:
        """Take where it is held, the values of ``Content-Encoding``, and the bound, as sent and as decoded.

        ``overlong`` are those of the run: a body that begins as one of them is not decoded again.
        """
        self._holding = holding
        self._max_body = max_body
        self._overlong = overlong
        self._sum = hashlib.sha256()
        #: How many bytes of a body without a coding went into the sum, and were looked through.
        self._summed = 0
        self._length = 0
        self._decoded = 0
        self._values = 0
        self._quotes = 0
        self._names = tuple(codings(content_encoding))
        self._undecoded = undecodable(list(self._names))
        self._decoder: Decoder | None = Decoder([] if self._undecoded else list(self._names), max_body)
        self._coding_error: str | None = None
        #: What came, as long as it is short enough to be compared, and how much of it was not decoded yet.
        self._start = bytearray() if self._names and not self._undecoded else None
        self._waiting = 0
        self._like = overlong.coded(self._names)

    async def take(self, chunk: bytes) -> bool:
        """Take what came; whether more is wanted: none is beyond the bound."""
        within = chunk[: max(0, self._max_body - self._length)]
        self._length += len(chunk)
        if not self._names:
            return await self._hold(chunk, within)
        self._sum.update(chunk)
        if self._start is not None:
            return await self._compare(self._start, within)
        return await self._decode(within)

    async def _hold(self, chunk: bytes, within: bytes) -> bool:
        """Take what needs no decoding."""
        known = self._holding.like
        await self._holding.add(within)
        if self._holding.like is not None and self._length <= self._max_body:
            return True
        self._catch_up(known, self._length - len(chunk))
        self._sum.update(chunk)
        self._summed = self._length
        if self._is_crowded(within):
            self._cut_crowded()
        elif self._length > self._max_body:
            self._cut_overlong()
        return self._holding.cut is None

    def _catch_up(self, known: bytes | None, end: int) -> None:
        """Look through what was only compared, up to a place: the bytes of a kept body."""
        if known is None or self._summed == end:
            return
        self._sum.update(memoryview(known)[self._summed : end])
        self._count(known, self._summed, end)
        self._summed = end

    async def _compare(self, start: bytearray, data: bytes) -> bool:
        """Hold back what is like a known overlong body until it is as long, or is like it no more."""
        before = len(start)
        start += data
        self._waiting += len(data)
        self._like = [
            known for known in self._like if known.start.startswith(data[: len(known.start) - before], before)
        ]
        for known in self._like:
            if len(known.start) <= len(start):
                await self._holding.add(known.content)
                self._holding.cut_off(known.cut)
                return False
        return bool(self._like) or await self._decode_waiting(start)

    async def _decode_waiting(self, start: bytearray) -> bool:
        waiting, self._waiting = bytes(start[len(start) - self._waiting :]), 0
        if len(start) > MOST_COMPARED:
            self._start = None
        # In steps, for what comes before a broken one is kept.
        for at in range(0, len(waiting), STEP):
            if not await self._decode(waiting[at : at + STEP]):
                return False
        return True

    async def _decode(self, data: bytes) -> bool:
        try:
            for piece in self._decoder.feed(data) if self._decoder else ():
                await self._holding.add(piece[: self._max_body - self._decoded])
                self._decoded += len(piece)
                if self._decoded > self._max_body:
                    self._cut_decoded(f"the decoded body is longer than {self._max_body} bytes (--max-body)")
                    return False
                if self._is_crowded(piece):
                    self._cut_crowded()
                    return False
                # A bomb decodes to thousands of pieces: the clock and the other readers have their turn between them.
                await asyncio.sleep(0)
        except OverlongError as problem:
            self._cut_decoded(str(problem))
            return False
        except CodingError as problem:
            self._coding_error = str(problem)
            self._decoder = None
        if self._length > self._max_body:
            self._cut_overlong()
            return False
        return True

    def _cut_overlong(self) -> None:
        self._holding.cut_off(f"the body is longer than {self._max_body} bytes (--max-body)")

    def _cut_crowded(self) -> None:
        self._cut_decoded(f"the body holds more than the {MOST_VALUES:,} values that are judged")

    def _cut_decoded(self, why: str) -> None:
        self._holding.cut_off(why)
        if self._start is not None:
            self._overlong.remember(Overlong(self._names, bytes(self._start), self._holding.beginning, why))

    def _is_crowded(self, piece: bytes) -> bool:
        self._count(piece, 0, len(piece))
        return self._values > MOST_VALUES or self._quotes > MOST_QUOTES

    def _count(self, data: bytes, start: int, end: int) -> None:
        self._values += sum(data.count(mark, start, end) for mark in _MARKS)
        self._quotes += data.count(b'"', start, end)

    async def finish(self, broken: str | None = None) -> Body:
        """The body; ``broken`` says what ended it before its time."""
        if self._start is not None and self._waiting and self._holding.cut is None:
            await self._decode_waiting(self._start)
        if self._decoder is not None and broken is None and self._holding.cut is None:
            try:
                self._decoder.finish()
            except CodingError as problem:
                self._coding_error = str(problem)
        again = None if self._names else self._holding.again
        if again is None and not self._names:
            self._catch_up(self._holding.like, self._length)
        content = self._holding.finish()
        cut = self._holding.cut or broken or self._coding_error or (self._undecoded if self._length else None)
        return Body(
            content=content,
            digest=again or self._sum.hexdigest(),
            length=self._length,
            cut=cut,
            coding_error=self._coding_error,
        )
