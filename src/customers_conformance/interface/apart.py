"""A run in a thread of its own: no signal is taken, and an event loop that runs in the caller's is not disturbed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from customers_conformance.running.deadline.ending import BY_CTRL_C, GRACE, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between two looks at whether Ctrl-C came: some systems do not wake who waits.
_APART = 0.2

_Value = TypeVar("_Value")


@dataclass(slots=True)
class _Work(Generic[_Value]):
    """What the thread does, and what came of it."""

    made: Callable[[Watch], _Value]
    deadline: float
    watch: Watch | None = None
    is_over: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    found: list[_Value] = field(default_factory=list)
    problem: BaseException | None = None

    def do(self) -> None:
        """Do it, and keep what it raises for the caller."""
        # Of this very thread: it is asked here whether signals can be had.
        self.watch = Watch(self.deadline)
        try:
            if not self.is_over:
                self.found.append(self.made(self.watch))
        except BaseException as problem:  # noqa: BLE001 - the caller raises it
            self.problem = problem
        finally:
            self.done.set()

    def end(self) -> None:
        """Have it end, for Ctrl-C; called in another thread."""
        self.is_over = True
        if self.watch is not None:
            self.watch.end(BY_CTRL_C)


def apart(made: Callable[[Watch], _Value], deadline: float) -> _Value:
    """What ``made`` gives or raises in a thread of its own, under a deadline in seconds.

    ``KeyboardInterrupt`` ends that thread's work first, which writes what it has, and is then raised.
    """
    work = _Work(made, deadline)
    # A daemon: what came too late to be ended does not keep the process.
    thread = threading.Thread(target=work.do, name="customers-conformance", daemon=True)
    try:
        thread.start()
        # An interrupted join takes the thread for ended (Python 3.11).
        while not work.done.wait(_APART):
            pass
    except KeyboardInterrupt:
        work.end()
        work.done.wait(GRACE)
        raise
    if work.problem is not None:
        raise work.problem
    return work.found[0]
