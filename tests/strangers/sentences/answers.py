"""One answer before it is written, and the texts that go into it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]

REASONS = {
    200: "OK",
    203: "Non-Authoritative Information",
    204: "No Content",
    302: "Found",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}

#: Statuses that never have a body.
BODILESS = frozenset({204, 304})


class Answer:
    """Status, header fields in their order, body, reason phrase."""

    def __init__(
        self, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", reason: str | None = None
    ) -> None:
        self.status, self.headers, self.body = status, list(headers), body
        self.reason = REASONS.get(status, "") if reason is None else reason

    def drop(self, name: str) -> None:
        """Take each field of a name out."""
        self.headers = [(held, value) for held, value in self.headers if held.lower() != name.lower()]

    def add(self, name: str, value: str) -> None:
        """One field more."""
        self.headers.append((name, value))

    def set(self, name: str, value: str) -> None:
        """One field in the place of all of its name."""
        self.drop(name)
        self.add(name, value)


def plain_text(status: int, text: str) -> Answer:
    """An answer that is no JSON."""
    return Answer(status, [("Content-Type", "text/plain")], text.encode())


class Raw(str):
    """Text that stands in the JSON exactly as it is, as a value or as a member name (then with its quotes)."""

    __slots__ = ()


def to_json(value: object) -> str:
    """The JSON text of a value that may hold ``Raw`` pieces."""
    pieces: list[str] = []

    def mark(part: object) -> Any:
        if isinstance(part, Raw):
            pieces.append(str(part))
            return f"\ue000{len(pieces) - 1}\ue001"
        if isinstance(part, dict):
            return {mark(name): mark(held) for name, held in part.items()}
        if isinstance(part, list):
            return [mark(held) for held in part]
        return part

    text = json.dumps(mark(value), ensure_ascii=False)
    return re.sub('"\ue000(\\d+)\ue001"', lambda found: pieces[int(found[1])], text)


def chunked(body: bytes, size: int = 1000, number: str = "{:x}", extension: str = "", trailer: str = "") -> bytes:
    """A body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    made = b"".join(
        number.format(len(piece)).encode() + extension.encode() + b"\r\n" + piece + b"\r\n" for piece in pieces
    )
    return made + b"0\r\n" + trailer.encode() + b"\r\n"
