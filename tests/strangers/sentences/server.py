"""The server that keeps every sentence; the others change one hook of it and are otherwise this one."""

from __future__ import annotations

import copy
import gzip
import threading
from email.utils import formatdate
from typing import TYPE_CHECKING, Self

from tests.strangers.sentences import data
from tests.strangers.sentences.answers import BODILESS, Answer, Row, to_json
from tests.strangers.sentences.asked import Ask

if TYPE_CHECKING:
    from io import BufferedIOBase

PATH = "/api/governance/customers"
KEY = "reference-key"
SESSION = "stranger-session-token-1"


class Shared:
    """What all requests to one server have in common."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.port = 0
        #: Lists that were given out, lists that are being made, good requests that were answered.
        self.reads = self.active = self.admitted = 0


class Lawful:
    """Keeps every sentence, and does nothing unusual.

    It is made anew for each request, and each method is a hook: ``admits`` and ``refuse`` know the credential,
    ``stock`` and ``edit`` what is listed, ``text`` and ``encode`` how it is written, ``bad_value``, ``unmet``,
    ``options`` and ``listing`` what is answered; ``dress`` has the last word.
    """

    version = "HTTP/1.1"
    keeps_alive = False
    compresses = False

    def __init__(self) -> None:
        self.shared = Shared()
        self.ask = Ask("GET", "/", ())

    def asked(self, ask: Ask) -> Self:
        """The same server, for one request."""
        other = copy.copy(self)
        other.ask = ask
        return other

    def admits(self) -> bool:
        """Whether the credential is good."""
        return self.ask.bearer == KEY

    def refuse(self) -> Answer:
        """The 401."""
        answer = self.error(401, "missing or invalid credentials")
        answer.set("WWW-Authenticate", 'Bearer realm="governance"')
        return answer

    def stock(self) -> list[Row]:
        """The customers."""
        return data.customers()

    def edit(self, document: Row) -> None:
        """Change the whole list in place."""

    def text(self, document: Row) -> str:
        """The list as JSON."""
        return to_json(document)

    def encode(self, text: str) -> bytes:
        """That as bytes."""
        return text.encode("utf-8")

    def answer(self) -> Answer:
        """The answer before its last headers."""
        if self.ask.path != PATH:
            return self.error(404, "no such path")
        if self.ask.method == "OPTIONS":
            return self.options()
        if self.ask.method not in {"GET", "HEAD"}:
            refused = self.error(405, "method not allowed")
            refused.set("Allow", "GET, HEAD, OPTIONS")
            return refused
        return self.admitted() if self.admits() else self.refuse()

    def admitted(self) -> Answer:
        """The answer to a request with a good credential."""
        if self.ask.memory == "bad":
            return self.bad_value()
        return self.listing() if self.accepts() else self.unmet()

    def accepts(self) -> bool:
        """Whether JSON is welcome."""
        if not "".join(self.ask.all("Accept")).strip():
            return True
        return bool(self.ask.quality("Accept", ("application/json", "application/*", "*/*")))

    def allows(self, coding: str) -> bool:
        """Whether a content coding is welcome."""
        return bool(self.ask.quality("Accept-Encoding", (coding, "*")))

    def options(self) -> Answer:
        """The answer to OPTIONS."""
        return Answer(204, [("Allow", "GET, HEAD, OPTIONS")])

    def bad_value(self) -> Answer:
        """The answer to a bad ``from_memory``."""
        return self.error(400, "from_memory must be true or false", "from_memory")

    def unmet(self) -> Answer:
        """The answer where JSON is not welcome."""
        return self.error(406, "only application/json is served")

    def listing(self) -> Answer:
        """The 200."""
        listed = self.stock()
        document: Row = {"customers": listed, "count": len(listed)}
        self.edit(document)
        return Answer(200, [("Content-Type", "application/json")], self.encode(self.text(document)))

    def error_value(self, status: int, message: str, param: str | None = None) -> Row:
        """The documented error body."""
        error = {"type": "invalid_request_error", "code": str(status), "message": message}
        if param:
            error["param"] = param
        return {"event_id": "evt-1", "type": "error", "is_bifrost_error": True, "status_code": status, "error": error}

    def error(self, status: int, message: str, param: str | None = None) -> Answer:
        """An answer with it."""
        value = self.error_value(status, message, param)
        return Answer(status, [("Content-Type", "application/json")], to_json(value).encode("utf-8"))

    def finish(self, answer: Answer) -> None:
        """The headers that every answer has."""
        answer.add("Date", formatdate(usegmt=True))
        answer.add("Cache-Control", "private, no-store")
        answer.add("Vary", "Authorization, Accept, Accept-Encoding")
        answer.add("Connection", "keep-alive" if self.keeps_alive else "close")
        if self.compresses and answer.body and self.allows("gzip"):
            answer.add("Content-Encoding", "gzip")
            answer.body = gzip.compress(answer.body, mtime=0)
        if answer.status not in BODILESS:
            answer.add("Content-Length", str(len(answer.body)))

    def dress(self, answer: Answer) -> None:
        """Change any answer at the last."""

    def head(self, answer: Answer) -> bytes:
        """Status line and header fields."""
        lines = [f"{self.version} {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def has_body(self, answer: Answer) -> bool:
        """Whether a body belongs to the answer."""
        return self.ask.method != "HEAD" and answer.status not in BODILESS

    def write(self, answer: Answer, out: BufferedIOBase) -> None:
        """Put the answer on the wire."""
        out.write(self.head(answer) + (answer.body if self.has_body(answer) else b""))

    def serve(self, out: BufferedIOBase) -> None:
        """Answer the request."""
        answer = self.answer()
        self.finish(answer)
        self.dress(answer)
        self.write(answer, out)
        out.flush()
