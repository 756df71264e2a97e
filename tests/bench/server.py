"""A server of prepared bytes, so that no work of its own is measured: ``python -m tests.bench.server FILE``.

It keeps the contract where the list in the file does, in both views alike. ``/requests`` tells how many it was asked.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "bench-key"
PATH = "/api/governance/customers"
COUNTED = "/requests"

_ALLOWED = ("Allow", "GET, HEAD, OPTIONS")
_CHALLENGE = ("WWW-Authenticate", 'Bearer realm="bench"')


def refusal(status: int, message: str) -> bytes:
    """The documented body of an error."""
    error = {"type": "invalid_request", "message": message}
    return json.dumps({"is_bifrost_error": False, "status_code": status, "error": error}).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    # Head and body leave together, and at once: else a client that keeps its connection waits for 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True

    server: Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == COUNTED:
            self._send(200, str(self.server.requests).encode())
            return
        self.server.count()
        time.sleep(self.server.latency)
        if path != PATH:
            self._send(404, refusal(404, "there is no such path"))
        elif not is_let_in(self.headers.get_all("Authorization", [])):
            self._send(401, refusal(401, "no valid key"), _CHALLENGE)
        elif not is_readable(query):
            self._send(400, refusal(400, "from_memory is true or false, once"))
        else:
            self._send(200, self.server.body, ("Cache-Control", "private, max-age=0"))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_OPTIONS(self) -> None:
        self.server.count()
        self.send_response(204)
        self.send_header(*_ALLOWED)
        self.end_headers()

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        """Any other method; what it brings along is not read, so that the connection ends."""
        self.server.count()
        self.close_connection = True
        self._send(405, refusal(405, "read only"), _ALLOWED, ("Connection", "close"))

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), *headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


def is_let_in(authorization: list[str]) -> bool:
    """Whether the values of ``Authorization`` are the one key under ``Bearer``, whose case is free."""
    scheme, _, key = " ".join(authorization).partition(" ")
    return len(authorization) == 1 and scheme.lower() == "bearer" and key.strip(" ") == KEY


def is_readable(query: str) -> bool:
    """Whether the parameter is asked for as the contract lets it, or not at all."""
    asked = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "from_memory"]
    return len(asked) <= 1 and set(asked) <= {"true", "false"}


class Server(ThreadingHTTPServer):
    """A thread for each connection; ``latency`` is what each answer waits for, in seconds."""

    # The standard library's 5 would let the sixth of eight requests at once wait for a second.
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, body: bytes, latency: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = body
        self.latency = latency
        self.requests = 0
        self._counting = threading.Lock()

    def count(self) -> None:
        """One request more."""
        with self._counting:
            self.requests += 1

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


def main() -> None:
    """Serve until ended; the first line says where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--latency", type=float, default=0.0)
    asked = parser.parse_args()
    with Server(asked.file.read_bytes(), asked.latency) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
