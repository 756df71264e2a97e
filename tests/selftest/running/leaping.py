"""A loop of asyncio's whose clock leaps: where nothing is left to do but wait, the time has come at once.

While a thread of the loop's works, time passes as it does for the thread.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


class _Leaping(selectors.DefaultSelector):
    """Waits for nothing that the clock brings, and counts by how many seconds it went ahead."""

    ahead = 0.0
    #: How many threads the loop waits for.
    threads = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.threads:
            return list(super().select(timeout))
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.ahead += timeout
        return list(ready)


class LeapingLoop(asyncio.SelectorEventLoop):
    """For servers in process: what comes over a network takes real time."""

    def __init__(self) -> None:
        """Begins at the real time."""
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """The seconds of the real clock, and those that were leapt over."""
        return super().time() + self._leaping.ahead

    def run_in_executor(
        self, executor: Any, func: Callable[[Unpack[_Arguments]], _Result], *args: *_Arguments
    ) -> asyncio.Future[_Result]:
        """As asyncio does; no time is leapt over until the thread is done."""
        future = super().run_in_executor(executor, func, *args)
        self._leaping.threads += 1
        future.add_done_callback(self._one_less)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        """As asyncio does, which takes a timeout since Python 3.12."""
        self._leaping.threads += 1
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self._leaping.threads -= 1

    def _one_less(self, _future: asyncio.Future[Any]) -> None:
        self._leaping.threads -= 1


def leap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every run of a test on such a loop."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
