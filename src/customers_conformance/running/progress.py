"""What a run tells of its progress: steps, and how far the present one is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers_conformance.model import Exchange

#: Takes what the run is at, for whoever watches it: a step as a sentence, or how far the step is.
Tell = Callable[[str], None]

#: Seconds between two lines that tell how far a step is, where they stay on the screen.
APART = 10.0

_KILO = 1000


class HowFar(str):
    """How far the present step is: one of many such texts, of which any may be left out."""

    __slots__ = ()


class Answered(str):
    """What came of one request, of interest to who wants to see each."""

    __slots__ = ()


def answered(exchange: Exchange) -> Answered:
    """An exchange on one line: the probe, what came, how much of it, and in what time."""
    name, response = exchange.probe or f"entry {exchange.index}", exchange.response
    asked = f"{exchange.index:>3} {name}: {exchange.request.method}"
    if response is None:
        return Answered(f"{asked}, no answer: {exchange.error or 'none was recorded'}")
    length = response.body.length if response.body.length is not None else len(response.body.content)
    return Answered(f"{asked} {response.status}, {amount(length)}, {exchange.duration * 1000:,.0f} ms")


class Notice(str):
    """What whoever watches should see for longer than the step lasts."""

    __slots__ = ()


class Thinned:
    """Lets every step through, of the texts that say how far it is one in so many seconds, and no single answer."""

    def __init__(self, tell: Tell, apart: float = APART, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds; the first text is due ``apart`` after the step."""
        self._tell = tell
        self._apart = apart
        self._clock = clock
        self._last = clock()

    def __call__(self, text: str) -> None:
        """Take a text, and tell it where it is due."""
        if isinstance(text, Answered):
            return
        now = self._clock()
        if isinstance(text, HowFar) and now - self._last < self._apart:
            return
        self._last = now
        self._tell(text)


class Requests:
    """The requests of a run as they are made: how many of those that are planned, and what came back."""

    def __init__(self, tell: Tell, planned: int) -> None:
        """``planned`` may grow: comparisons are made again, requests generated."""
        self._tell = tell
        self._step = ""
        self.planned = planned
        self._made = 0
        self._bytes = 0

    def step(self, step: str) -> None:
        """What is asked from here on."""
        self._step = step
        self._tell(step)

    def made(self, exchange: Exchange) -> None:
        """One more request was answered, or was not."""
        self._made += 1
        self._tell(answered(exchange))
        self._show()

    def arrived(self, size: int) -> None:
        """So many bytes more of a body came."""
        self._bytes += size
        self._show()

    def _show(self) -> None:
        planned = max(self.planned, self._made)
        self._tell(HowFar(f"{self._step}: {self._made} of {planned} requests, {amount(self._bytes)} received"))


def amount(size: float) -> str:
    """So many bytes, as people read them: three digits."""
    for unit in ("bytes", "kB", "MB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if size >= _KILO / 10 else f"{size:.3g} {unit}"
        size /= _KILO
    return f"{size:.3g} GB"
