"""The loggers of httpx and httpcore, kept still while requests are made: they would say what a server says."""

from __future__ import annotations

import logging
import threading

#: httpcore's debug level logs headers.
_LOGGERS = ("httpx", "httpcore", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


class _Silence:
    """As many as want it begin and end it, in whatever threads; the last gives each logger back as it was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._former: dict[str, bool] = {}

    def begin(self) -> None:
        """Keep them still until ``end``."""
        with self._lock:
            if not self._wanted:
                self._former = {name: logging.getLogger(name).disabled for name in _LOGGERS}
            self._wanted += 1
            for name in _LOGGERS:
                logging.getLogger(name).disabled = True

    def end(self) -> None:
        """Let them speak again, where nobody else wants them still."""
        with self._lock:
            self._wanted -= 1
            for name, disabled in self._former.items() if not self._wanted else ():
                logging.getLogger(name).disabled = disabled


SILENCE = _Silence()
