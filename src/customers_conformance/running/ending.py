"""What ends a run before its end: Ctrl-C, SIGTERM and the deadline. No other module touches a signal.

Amid the requests SIGTERM cancels the task that sends, so that what came until then is judged and written; the target
keeps the deadline itself. Afterwards both end the process's own work, wherever it is, by ``CutShortError``.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

#: Seconds that a run whose deadline is over has left to strike out secrets and to write.
WRITING = 10.0


def _cut_short(by: str) -> str:
    return f"The run was cut short by {by}."


#: What is said of a run that the user, or whoever started it, ended.
BY_CTRL_C = _cut_short("Ctrl-C")
BY_SIGTERM = _cut_short("SIGTERM")


def by_deadline(seconds: float) -> str:
    """What is said of a run that took longer than it may."""
    return _cut_short(f"its deadline of {seconds:g} s (--deadline)")


class CutShortError(BaseException):
    """The run has to end now; no ``except Exception`` on the way may keep it. Its text is a sentence."""


@dataclass(slots=True)
class Sending:
    """The sending of a run, as ``Watch.sending`` yields it; ``cut`` says what ended it, where something did."""

    cut: str | None = None


class Watch:
    """The time and the signals of one run, from when it is made; signals are taken in the main thread alone."""

    def __init__(self, deadline: float) -> None:
        """``deadline`` is in seconds from now on."""
        self._deadline = deadline
        self._end = time.monotonic() + deadline
        self._in_main_thread = threading.current_thread() is threading.main_thread()
        self._watching = False
        self._cut: str | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Raises ``CutShortError`` in the block when SIGTERM comes, or when the time is over.

        Until ``limit`` is called the target keeps the deadline; what the process does meanwhile by itself is cut short
        ``WRITING`` seconds later.
        """
        if not self._in_main_thread or not hasattr(signal, "setitimer"):
            yield
            return
        former = [(number, signal.signal(number, self._end_it)) for number in (signal.SIGTERM, signal.SIGALRM)]
        self._watching = True
        try:
            signal.setitimer(signal.ITIMER_REAL, max(self._end - time.monotonic(), 0) + WRITING)
            yield
        except BaseExceptionGroup:
            # Where it was raised among several tasks, it comes with what became of the others.
            self.check()
            raise
        finally:
            self._watching = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in former:
                signal.signal(number, handler)

    @contextlib.contextmanager
    def sending(self) -> Iterator[Sending]:
        """Cancels the running task when SIGTERM comes, and leaves the block; to be used in an event loop."""
        sending = Sending()
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def end() -> None:
            sending.cut = BY_SIGTERM
            if task is not None:
                task.cancel()

        former = signal.getsignal(signal.SIGTERM)
        if self._in_main_thread:
            loop.add_signal_handler(signal.SIGTERM, end)
        try:
            yield sending
        except asyncio.CancelledError:
            if sending.cut is None:
                raise
        finally:
            if self._in_main_thread:
                loop.remove_signal_handler(signal.SIGTERM)
                signal.signal(signal.SIGTERM, former)

    def limit(self) -> None:
        """From here on the deadline holds for the process itself; the target kept it until now."""
        if self._watching:
            signal.setitimer(signal.ITIMER_REAL, max(self._end - time.monotonic(), WRITING))

    def check(self) -> None:
        """Raises again what a library's callback may have swallowed."""
        if self._cut:
            raise CutShortError(self._cut)

    def _end_it(self, number: int, _frame: FrameType | None) -> NoReturn:
        self._cut = BY_SIGTERM if number == signal.SIGTERM else by_deadline(self._deadline)
        raise CutShortError(self._cut)
