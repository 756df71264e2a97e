"""``http.server`` of the standard library: HTTP/1.0, the end of the connection ends the body.

It shows one property more than the page, as the vendor's own server does. ``bare`` leaves out what the standard library
leaves to be written: HEAD and OPTIONS, which it then answers 501. ``dateless`` writes the status line alone, and so
neither ``Server`` nor ``Date``.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.strangers import contract
from tests.strangers.servers import listening

EXTRA = "total_count"


class Bare(BaseHTTPRequestHandler):
    """Answers GET alone."""

    def do_GET(self) -> None:
        self._answer()

    def begin(self, status: int) -> None:
        """Begin an answer as the standard library does."""
        self.send_response(status)

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        if path != contract.PATH:
            self.send_error(404)
            return
        found = contract.answer(query, self.headers.get_all("Authorization", []))
        self.begin(found.status)
        for name, value in found.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


class Complete(Bare):
    """Answers HEAD and OPTIONS, too."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        self.begin(204)
        self.send_header("Allow", "GET, HEAD, OPTIONS")
        self.end_headers()


class Dateless(Complete):
    """Begins with the status line alone."""

    def begin(self, status: int) -> None:
        self.send_response_only(status)


#: By what the command line says.
HANDLERS = {"complete": Complete, "bare": Bare, "dateless": Dateless}


class Server(ThreadingHTTPServer):
    """A thread for each connection."""

    # The standard library's 5 would let the sixth of eight requests at once wait for a second.
    request_queue_size = 128


def main(handler: type[BaseHTTPRequestHandler]) -> None:
    """Serve until ended."""
    for view in contract.VIEWS.values():
        view[EXTRA] = view["count"]
    server = Server(("127.0.0.1", 0), handler)
    listening.announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main(HANDLERS[sys.argv[1]])
