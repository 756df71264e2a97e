"""The bodies of a run in memory: equal ones held once, and a bound on what all take together."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from customers_conformance.model import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

#: Bytes that a bracket or a comma of a list of customers comes with at the least, and what they are.
_BYTES_A_VALUE = 16
_MARKS = (b"[", b"{", b",")


class BodyStore:
    """Holds bodies, kept ones and those that still arrive, within twice the bound of one body.

    The first reader that holds more than a prefix is the senior: it may use all that is free. The others take what
    leaves the senior its share, and wait for the rest. The senior never waits, so that there is no deadlock: where
    the budget is used up by bodies that are kept, its body is cut.
    """

    def __init__(self, max_body: int) -> None:
        """Take the bound of one body, in bytes."""
        self.max_body = max_body
        self.budget = 2 * max_body
        self._kept: list[bytes] = []
        self._kept_size = 0
        #: Bytes of the kept bodies, by the work that they make: many values in few bytes count as more of them.
        self.work = 0
        #: The digests of kept bodies that came again, by identity.
        self._digests: dict[int, str] = {}
        self._growing: list[Holding] = []
        self._changed = asyncio.Event()

    @property
    def held(self) -> int:
        """Bytes that are held: kept bodies, and what is there of those that grow beyond a prefix."""
        return self._kept_size + sum(holding.held for holding in self._growing)

    @property
    def growing(self) -> int:
        """Bytes of those that still arrive."""
        return self.held - self._kept_size

    @contextmanager
    def receive(self, standing: Callable[[], AbstractContextManager[None]]) -> Iterator[Holding]:
        """Hold one body while it arrives; ``standing`` stops the reader's clock while it waits for room."""
        holding = Holding(self, standing)
        try:
            yield holding
        finally:
            self.release(holding)

    def like(self, start: bytes | bytearray | memoryview, piece: bytes) -> bytes | None:
        """A kept body that begins so; ``None`` where there is none."""
        for body in self._kept:
            if body.startswith(piece, len(start)) and body.startswith(start):
                return body
        return None

    def keep(self, content: bytes) -> bytes:
        """Keep a body, and return the equal one where there is one already."""
        for body in self._kept:
            if body == content:
                return body
        if content:
            self._kept.append(content)
            self._kept_size += len(content)
            self.work += max(len(content), _BYTES_A_VALUE * sum(map(content.count, _MARKS)))
        self._notify()
        return content

    def digest(self, kept: bytes) -> str:
        """The SHA-256 of a kept body in hexadecimal, computed once."""
        if id(kept) not in self._digests:
            self._digests[id(kept)] = hashlib.sha256(kept).hexdigest()
        return self._digests[id(kept)]

    def release(self, holding: Holding) -> None:
        """Give back what a reader held."""
        if holding in self._growing:
            self._growing.remove(holding)
            self._notify()

    async def room(self, holding: Holding, need: int, piece: bytes) -> bool:
        """Wait for so many bytes more; whether there is room, or a twin was found meanwhile."""
        if holding not in self._growing:
            self._growing.append(holding)
        while True:
            free = self.budget - self.held
            senior = self._growing[0]
            if senior is holding:
                return need <= free
            if free - need >= self.max_body - senior.held:
                return True
            with holding.standing():
                await self._changed.wait()
            if holding.find_twin(piece):
                return True

    def fits(self, size: int) -> bool:
        """Whether a body of this size may be kept now: small ones always may."""
        return size <= PREFIX or self.held + size <= self.budget

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class Holding:
    """One body as it arrives: compared with those that are kept while it is like one, else held."""

    def __init__(self, store: BodyStore, standing: Callable[[], AbstractContextManager[None]]) -> None:
        """Begin with nothing."""
        self.standing = standing
        #: Why the body is not held whole, as a sentence.
        self.cut: str | None = None
        self._store = store
        self._twin: bytes | None = None
        self._size = 0
        self._pieces = bytearray()

    @property
    def held(self) -> int:
        """Bytes that this reader holds itself and that count: the first 64 KiB alone never do."""
        return len(self._pieces) if len(self._pieces) > PREFIX else 0

    async def add(self, piece: bytes) -> None:
        """Take the next piece; waits where the budget is used up."""
        if self.cut is not None or not piece:
            return
        if not self._follows(piece):
            need = self._size + len(piece) - self.held
            if self._size + len(piece) > PREFIX and not await self._store.room(self, need, piece):
                # What fits into the prefix is kept of the piece too.
                self._take(piece[: max(0, PREFIX - self._size)])
                self.cut_off(f"the evidence is limited to {self._store.budget} bytes (twice --max-body)")
                return
            if not self._follows(piece):
                self._take(piece)
        self._size += len(piece)

    def cut_off(self, why: str) -> None:
        """Hold no more than the first 64 KiB of the body."""
        self.cut = why
        if self._twin is not None:
            self._pieces += memoryview(self._twin)[: min(self._size, PREFIX)]
            self._twin = None
        del self._pieces[PREFIX:]
        self._store.release(self)

    @property
    def like(self) -> bytes | None:
        """The kept body that all that came so far is the beginning of; ``None`` where there is none."""
        return self._twin

    @property
    def again(self) -> str | None:
        """The digest of the kept body that came once more, whole; ``None`` where this is another one."""
        is_whole = self._twin is not None and self._size == len(self._twin)
        return self._store.digest(self._twin) if self._twin is not None and is_whole else None

    @property
    def beginning(self) -> bytes:
        """What is held of a body that was cut."""
        return bytes(self._pieces)

    def finish(self) -> bytes:
        """The body, shared with an equal one; a prefix where it was cut."""
        if self._twin is not None and self._size == len(self._twin):
            return self._twin
        if self._twin is not None and not self._store.fits(self._size):
            self.cut_off(f"the evidence is limited to {self._store.budget} bytes (twice --max-body)")
        content = bytes(self._pieces) if self._twin is None else self._twin[: self._size]
        self._pieces = bytearray()
        self._store.release(self)
        return self._store.keep(content)

    def find_twin(self, piece: bytes) -> bool:
        """Look for a kept body that is like all that came and goes on with this piece; drop what is held for it."""
        start = memoryview(self._twin)[: self._size] if self._twin is not None else memoryview(self._pieces)
        with start:
            twin = self._store.like(start, piece)
        if twin is None:
            return False
        self._twin = twin
        self._pieces = bytearray()
        self._store.release(self)
        return True

    def _follows(self, piece: bytes) -> bool:
        """Whether a kept body is still like this one."""
        if self._twin is not None and self._twin.startswith(piece, self._size):
            return True
        return (self._twin is not None or not self._size) and self.find_twin(piece)

    def _take(self, piece: bytes) -> None:
        if self._twin is not None:
            self._pieces += memoryview(self._twin)[: self._size]
            self._twin = None
        self._pieces += piece
