"""A loop of asyncio's whose clock leaps: where nothing is left to do but wait, the time has come at once."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


class _Leaping(selectors.DefaultSelector):
    """Waits for nothing that the clock brings, and counts by how many seconds it went ahead."""

    ahead = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.ahead += timeout
        return list(ready)


class LeapingLoop(asyncio.SelectorEventLoop):
    """For servers in process: what comes over a network, or from a thread, takes real time."""

    def __init__(self) -> None:
        """Begins at the real time."""
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """The seconds of the real clock, and those that were leapt over."""
        return super().time() + self._leaping.ahead


def leap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every run of a test on such a loop."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
