"""Heads as they stand on the wire, and what is wrong with an answer's framing, in sentences (RFC 9112, 4 to 8).

h11 decides whether an answer is sound HTTP; here is only read what it does not hand out: the header fields of an answer
that it refuses, and those that it merges or changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A status line of an answer that counts: HTTP/1.0 or 1.1 and three digits from 200.
_FINAL = re.compile(rb"(HTTP/1\.[01]) ([2-9][0-9]{2})(?: (.*))?", re.DOTALL)
_INTERIM = re.compile(rb"HTTP/1\.[01] (1[0-9]{2})(?: .*)?", re.DOTALL)

#: How h11 words what it refuses (its texts carry bytes of the answer), and how it is said here; in order.
_COMPLAINTS = (
    ("conflicting Content-Length", "Content-Length is given more than once, with different values"),
    ("bad Content-Length", "the value of Content-Length is no length in bytes"),
    ("multiple Transfer-Encoding", "Transfer-Encoding is given more than once"),
    ("Only Transfer-Encoding", "the value of Transfer-Encoding is not 'chunked' alone"),
    ("continuation line", "a folded line stands before the first header field"),
    ("illegal header line", "a header line is malformed"),
    ("Illegal header", "a header field is malformed"),
    ("illegal status line", "the status line is malformed"),
    ("illegal chunk header", "the line that tells the size of a chunk is malformed"),
    ("malformed chunk footer", "a chunk is not followed by a line end"),
    ("incomplete chunked read", "the connection was closed before the last chunk ended"),
    ("Receive buffer too long", "a trailer or the line of a chunk's size is too long"),
)
_SHORT_BODY = re.compile(r"received ([0-9]+) bytes, expected ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and header fields of an answer, in the order and case of the wire, as Latin-1 text."""

    http_version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    #: Whether the blank line that ends it came.
    complete: bool = True

    def fields(self, name: str) -> list[str]:
        """Every value of a field, in order; ``name`` is in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks, as h11 sees it."""
        return any(value.lower() == "chunked" for value in self.fields("transfer-encoding"))

    @property
    def length(self) -> int | None:
        """The length that ``Content-Length`` says, where it says one."""
        values = {value.strip() for text in self.fields("content-length") for value in text.split(",")}
        value = values.pop() if len(values) == 1 else ""
        return int(value) if re.fullmatch(r"[0-9]{1,20}", value) else None


def interim_status(line: bytes) -> int | None:
    """The status of an interim answer by its status line (1xx); ``None`` for any other line."""
    found = _INTERIM.fullmatch(line.removesuffix(b"\r"))
    return int(found[1]) if found else None


def is_final(line: bytes) -> bool:
    """Whether a line is the sound status line of an answer."""
    return _FINAL.fullmatch(line.removesuffix(b"\r")) is not None


def parse_head(raw: bytes, *, complete: bool = True) -> Head | None:
    """The head of an answer; ``None`` where its status line is not sound.

    Folded lines are joined by a blank, bare line feeds end lines too, and a line without a colon is left out.
    """
    first, *lines = [line.removesuffix(b"\r") for line in raw.split(b"\n")]
    status_line = _FINAL.fullmatch(first)
    if status_line is None:
        return None
    fields: list[tuple[str, str]] = []
    for line in lines:
        text = line.decode("latin-1")
        if text[:1] in {" ", "\t"} and fields:
            name, value = fields.pop()
            fields.append((name, " ".join((value, text.strip(" \t")))))
        elif ":" in text:
            name, _, value = text.partition(":")
            fields.append((name, value.strip(" \t")))
    version, status, reason = status_line.groups()
    return Head(version.decode(), int(status), (reason or b"").decode("latin-1"), tuple(fields), complete)


def complaint(problem: str, head: Head) -> str:
    """What h11 refused, as a sentence without its words and without bytes of the answer."""
    if not head.complete:
        return "the connection was closed before the header ended"
    for theirs, ours in _COMPLAINTS:
        if theirs in problem:
            return ours
    if found := _SHORT_BODY.search(problem):
        return f"the connection was closed after {found[1]} of {found[2]} bytes of the body"
    return "the answer breaks HTTP/1.1"
