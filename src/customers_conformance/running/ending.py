"""What ends a run early after its requests were sent: SIGTERM, and the deadline."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

#: Seconds that a run whose deadline is over has left to strike out secrets and to write.
WRITING = 10.0


class CutShortError(BaseException):
    """The run has to end now; no ``except Exception`` on the way may keep it. Its text is a sentence."""


class Watch:
    """The time and the signals of one run; used as ``with Watch(seconds).watching():`` in the main thread."""

    def __init__(self, deadline: float) -> None:
        """``deadline`` is in seconds from now on."""
        self._deadline = deadline
        self._end = time.monotonic() + deadline
        self._active = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
        self._cut: str | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Raises ``CutShortError`` in the block when SIGTERM comes, or when the time is over.

        Until ``limit`` is called the target keeps the deadline; what the process does meanwhile by itself is cut short
        ``WRITING`` seconds later.
        """
        if not self._active:
            yield
            return
        former = [(number, signal.signal(number, self._end_it)) for number in (signal.SIGTERM, signal.SIGALRM)]
        try:
            signal.setitimer(signal.ITIMER_REAL, max(self._end - time.monotonic(), 0) + WRITING)
            yield
        except BaseExceptionGroup:
            # Where it was raised among several tasks, it comes with what became of the others.
            self.check()
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in former:
                signal.signal(number, handler)

    def limit(self) -> None:
        """From here on the deadline holds for the process itself; the target kept it until now."""
        if self._active:
            signal.setitimer(signal.ITIMER_REAL, max(self._end - time.monotonic(), WRITING))

    def check(self) -> None:
        """Raises again what a library's callback may have swallowed."""
        if self._cut:
            raise CutShortError(self._cut)

    def _end_it(self, number: int, _frame: FrameType | None) -> NoReturn:
        why = "SIGTERM" if number == signal.SIGTERM else f"its deadline of {self._deadline:g} s (--deadline)"
        self._cut = f"The run was cut short by {why}."
        raise CutShortError(self._cut)
