"""An alarm for the work of a thread that no signal reaches: the interpreter raises there what another asks for."""

from __future__ import annotations

import ctypes
import threading
import time

#: CPython's; another interpreter has none, and there the work looks at the clock itself.
_raise_in = getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None)


class Alarm:
    """Raises an exception in the thread that made it, at its next byte code after a moment, until it is stopped."""

    def __init__(self, problem: type[BaseException]) -> None:
        """``problem`` is made without arguments."""
        self._problem = problem
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._changed = threading.Condition()
        self._moment: float | None = None
        self._stopped = False
        if _raise_in is not None:
            threading.Thread(target=self._watch, name="customers-conformance deadline", daemon=True).start()

    def set(self, seconds: float) -> None:
        """Have it come in so many seconds, and not when it was due before."""
        self._change(time.monotonic() + seconds, stopped=False)

    def stop(self) -> None:
        """Have it come no more, not even where it was on its way."""
        self._change(None, stopped=True)

    def _change(self, moment: float | None, *, stopped: bool) -> None:
        with self._changed:
            self._moment, self._stopped = moment, stopped
            self._raise(None)
            self._changed.notify()

    def _raise(self, problem: object) -> None:
        if _raise_in is not None:
            _raise_in(self._thread, problem)

    def _watch(self) -> None:
        with self._changed:
            while not self._stopped:
                left = None if self._moment is None else self._moment - time.monotonic()
                if left is not None and left <= 0:
                    self._moment = None
                    self._raise(ctypes.py_object(self._problem))
                else:
                    self._changed.wait(left)
