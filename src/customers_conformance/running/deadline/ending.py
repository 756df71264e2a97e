"""What ends a run before its end: Ctrl-C, SIGTERM and the deadline. No other module touches a signal.

Amid the requests SIGTERM cancels the task that sends, so that what came until then is judged and written; the target
keeps the deadline itself. Afterwards both end the process's own work, wherever it is, by ``CutShortError``: at the next
byte code by a signal, or by an alarm in a thread that no signal reaches; and what was swallowed, at the next ``check``.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from customers_conformance.running.deadline.alarm import Alarm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

#: Seconds that a run has left at the most once the user, or whoever started it, has ended it.
GRACE = 8.0
#: Seconds that the process always has, however late it is, to come to where it can be ended.
_LEAST = 0.05


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


class OverdueError(CutShortError):
    """The time is over that the work at hand could take; there may be some left for less of it."""


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
        self._limit: float | None = None
        self._in_main_thread = threading.current_thread() is threading.main_thread()
        self._watching = False
        self._alarm: Alarm | None = None
        self._cut: CutShortError | None = None
        #: Ends the sending from another thread, while there is one.
        self._cancel: Callable[[str], object] | None = None

    @property
    def left(self) -> float:
        """Seconds until the run's end; less than 0 where that is past."""
        return self._end - time.monotonic()

    @property
    def is_ended(self) -> bool:
        """Whether somebody has ended the run, so that there is no time for less of it either."""
        return self._cut is not None and not isinstance(self._cut, OverdueError)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Raises ``CutShortError`` in the block when SIGTERM comes, and ``OverdueError`` as ``limit`` says."""
        with self._signals() if self._in_main_thread and hasattr(signal, "setitimer") else self._alarmed():
            try:
                yield
            except BaseExceptionGroup:
                # Where it was raised among several tasks, it comes with what became of the others.
                self.check()
                raise

    @contextlib.contextmanager
    def _alarmed(self) -> Iterator[None]:
        watch = self

        class Late(OverdueError):  # noqa: N818 - it is named where it is raised, and never caught by name
            """Says by itself what is over: who raises it in a thread cannot tell it anything."""

            def __init__(self, *_: object) -> None:
                super().__init__(str(watch._cut or by_deadline(watch._deadline)))

        self._alarm = Alarm(Late)
        try:
            yield
        finally:
            self._alarm.stop()
            self._alarm = None

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        former = [(number, signal.signal(number, self._end_it)) for number in (signal.SIGTERM, signal.SIGALRM)]
        unraisable = sys.unraisablehook
        sys.unraisablehook = functools.partial(self._again, unraisable)
        self._watching = True
        try:
            yield
        finally:
            self._watching = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in former:
                signal.signal(number, handler)
            sys.unraisablehook = unraisable

    @contextlib.contextmanager
    def sending(self) -> Iterator[Sending]:
        """Cancels the running task when SIGTERM or ``end`` comes, and leaves the block; to be used in an event loop."""
        sending = Sending()
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def end(why: str) -> None:
            sending.cut = why
            if task is not None:
                task.cancel()

        former = signal.getsignal(signal.SIGTERM)
        if self._in_main_thread:
            loop.add_signal_handler(signal.SIGTERM, end, BY_SIGTERM)
        self._cancel = lambda why: loop.call_soon_threadsafe(end, why)
        try:
            self.check()
            yield sending
        except asyncio.CancelledError:
            if sending.cut is None:
                raise
        finally:
            self._cancel = None
            if self._in_main_thread:
                loop.remove_signal_handler(signal.SIGTERM)
                signal.signal(signal.SIGTERM, former)

    def end(self, why: str) -> None:
        """Have the run end, called in another thread than it is in; ``why`` is a sentence.

        What came until then is judged where it is being sent, and where it is judged already, it has no end.
        """
        cancel = self._cancel
        if cancel is None:
            self._cut = CutShortError(why)
            # The work may come to its end at this moment, and takes its alarm away.
            if (alarm := self._alarm) is not None:
                alarm.ring()
        else:
            # The loop may be over by now.
            with contextlib.suppress(RuntimeError):
                cancel(why)

    def hurry(self) -> None:
        """Have the run end soon: whoever ended it does not wait for long."""
        self._end = min(self._end, time.monotonic() + GRACE)

    def limit(self, before: float, least: float = _LEAST) -> None:
        """Have what the process does from here on end so many seconds before the run's end, ``least`` from now on."""
        if isinstance(self._cut, OverdueError):
            self._cut = None
        self._limit = max(self._end - before, time.monotonic() + least)
        left = max(self._limit - time.monotonic(), _LEAST)
        if self._watching:
            signal.setitimer(signal.ITIMER_REAL, left)
        elif self._alarm is not None:
            self._alarm.set(left)

    def check(self) -> None:
        """Raises again what a library's callback may have swallowed, and ``OverdueError`` where the time is over."""
        if self._cut is None and self._limit is not None and time.monotonic() >= self._limit:
            self._cut = OverdueError(by_deadline(self._deadline))
        if self._cut is not None:
            raise _once_more(self._cut)

    def _end_it(self, number: int, _frame: FrameType | None) -> NoReturn:
        if number == signal.SIGTERM:
            self._cut = CutShortError(BY_SIGTERM)
        elif self._cut is None:
            self._cut = OverdueError(by_deadline(self._deadline))
        raise _once_more(self._cut)

    def _again(self, former: Callable[[sys.UnraisableHookArgs], object], lost: sys.UnraisableHookArgs) -> None:
        """Raises once more what was raised where nothing can be, in a weak reference's callback perhaps."""
        if isinstance(lost.exc_value, CutShortError):
            signal.setitimer(signal.ITIMER_REAL, _LEAST)
        else:
            former(lost)


def _once_more(problem: CutShortError) -> CutShortError:
    # Another one: each keeps all that stood where it was raised.
    return type(problem)(str(problem))
