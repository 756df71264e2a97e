"""Answers as bytes, sound and unsound (RFC 9112, 6 to 8)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from customers_conformance.reference.behaviour import Answer, Behaviour, Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.reference.places import When


def head(answer: Answer, version: str = "HTTP/1.1") -> bytes:
    """Status line and header fields with the empty line after them; names in the case they have."""
    reason = answer.reason or _reason(answer.status)
    lines = [f"{version} {answer.status} {reason}", *(f"{name}: {value}" for name, value in answer.headers)]
    if answer.header("connection") is None:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def sound(call: Call, answer: Answer) -> bytes:
    """The whole answer, framed as it should be."""
    return head(answer) + content(call, answer)


def content(call: Call, answer: Answer) -> bytes:
    """The body where one belongs."""
    return b"" if call.method == "HEAD" or answer.status in {204, 304} else answer.body


def chunked(body: bytes, size: int = 4096) -> bytes:
    """The body in chunks, the last one and the end included."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def in_chunks(answer: Answer) -> None:
    """Say that the body comes in chunks, and not how long it is."""
    answer.remove("Content-Length")
    answer.set("Transfer-Encoding", "chunked")


def over_wire(write: Callable[[Call, Answer], bytes], when: When | None = None) -> Behaviour:
    """A server that writes its answers so where this holds, and soundly elsewhere."""

    def choose(call: Call, answer: Answer) -> bytes:
        return write(call, answer) if when is None or when(call) else sound(call, answer)

    return Behaviour(wire=choose)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
