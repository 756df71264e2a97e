"""An alarm for the work of a thread that no signal reaches: the interpreter raises there what another asks for."""

from __future__ import annotations

import ctypes
import threading

#: CPython's; another interpreter has none, and there the work looks at the clock itself.
_raise_in = getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None)


class Alarm:
    """Raises an exception in the thread that made it, at its next byte code after a moment, until it is stopped.

    Nothing is ever taken back from the interpreter, as ``PyThreadState_SetAsyncExc`` would with no exception: where
    none was waiting, CPython 3.11 looks for it ever after, and a thread that is traced (by coverage) stands still.
    """

    def __init__(self, problem: type[BaseException]) -> None:
        """``problem`` is made without arguments."""
        self._problem = problem
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._timer: threading.Timer | None = None

    def set(self, seconds: float) -> None:
        """Have it come in so many seconds, and not when it was due before; called in the thread itself."""
        self.stop()
        self._timer = threading.Timer(seconds, self.ring)
        self._timer.name = "customers-conformance deadline"
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Have it come no more, not even where it was on its way; called in the thread itself."""
        while self._timer is not None:
            try:
                self._timer.cancel()
                self._timer.join()
                # What is on its way is raised where a loop goes back at the latest: here, where it does no harm.
                for _ in range(3):
                    pass
                self._timer = None
            except self._problem:
                continue

    def ring(self) -> None:
        """Have it come now; called in another thread."""
        if _raise_in is not None:
            _raise_in(self._thread, ctypes.py_object(self._problem))
