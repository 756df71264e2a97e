"""A server of the sentences on a port of its own: it reads requests and leaves the answers to ``Lawful``."""

from __future__ import annotations

import contextlib
import http.server
import threading
from typing import TYPE_CHECKING, Any

from tests.strangers.sentences.asked import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.strangers.sentences.server import Lawful

_LONGEST_LINE = 65536


@contextlib.contextmanager
def running(lawful: Lawful) -> Iterator[str]:
    """The URL of a server that answers in threads, until the block ends."""
    with _Server(lawful) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{lawful.shared.port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def handle_one_request(self) -> None:
        try:
            self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
            if not self.raw_requestline:
                self.close_connection = True
            elif len(self.raw_requestline) > _LONGEST_LINE:
                self.requestline, self.request_version, self.command = "", "", ""
                self.send_error(414)
            elif self.parse_request():
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                lawful = self.server.lawful
                lawful.asked(Ask(self.command, self.path, self.headers.items())).serve(self.wfile)
                self.close_connection = self.close_connection or not lawful.keeps_alive
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What cannot be read as a request is answered with the documented error body."""
        del explain
        lawful = self.server.lawful
        answer = lawful.error(int(code), message or "the request cannot be read")
        lawful.finish(answer)
        lawful.write(answer, self.wfile)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, lawful: Lawful) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lawful = lawful
        lawful.shared.port = int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""
        del request, client_address
