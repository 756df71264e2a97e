"""A request and its answer as lines of text, short and harmless, for a reader."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from customers_conformance.harmless import ELLIPSIS, is_plain, one_line

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Request, Response

#: How many header fields of one message are shown, and how many characters of each.
FIELDS_SHOWN = 40
FIELD_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Message:
    """The first line of a request or an answer, its header fields, and what is to be said of it."""

    start: str
    fields: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """An exchange for a reader: ``answer`` or ``error``, and the command that asks again where there is one."""

    index: int
    title: str
    request: Message
    answer: Message | None
    error: str
    command: str


def conversation(exchange: Exchange) -> Conversation:
    """The exchange as a reader wants it."""
    name = exchange.probe or "recorded"
    return Conversation(
        index=exchange.index,
        title=f"{exchange.index}: {one_line(name, 80)}, {_result(exchange)}",
        request=_request(exchange.request),
        answer=None if exchange.response is None else _answer(exchange.response),
        error=one_line(exchange.error or "there is no answer"),
        command=command(exchange.request),
    )


def command(request: Request) -> str:
    """A ``curl`` command that asks again, placeholders left in; empty where a terminal would not show it as it is."""
    words = ["curl", "--include", "--globoff", "--path-as-is"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "GET":
        words += ["--request", request.method]
    for name, value in request.headers:
        if name.lower() not in {"host", "connection"}:
            # A header without a value takes a semicolon, else curl leaves it out.
            words += ["--header", f"{name}: {value}" if value else f"{name};"]
    words.append(_address(request))
    text = shlex.join(words)
    return text if is_plain(text) and len(text) <= 8 * FIELD_LIMIT else ""


def _result(exchange: Exchange) -> str:
    if exchange.response is None:
        return "no answer"
    return one_line(f"{exchange.response.status} {exchange.response.reason}".strip(), 60)


def _address(request: Request) -> str:
    """The URL with its query, whether or not the recording keeps the query in the URL."""
    if not request.query or "?" in request.url:
        return request.url
    return f"{request.url}?{urlencode(request.query, safe='<>:', errors='replace')}"


def _request(request: Request) -> Message:
    try:
        parts = urlsplit(_address(request))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    except ValueError:
        target = request.url
    return Message(
        start=one_line(f"{request.method} {target} {request.http_version}"),
        fields=_fields(request.headers),
        notes=(f"credentials: {request.credential.value}",),
    )


def _answer(response: Response) -> Message:
    body, framing = response.body, response.framing
    notes = []
    if body.length is not None:
        notes.append(f"body: {body.length:,} byte" + ("" if body.length == 1 else "s"))
    if body.digest:
        notes.append(f"SHA-256 of the body: {one_line(body.digest, 80)}")
    notes += [one_line(text) for text in (body.cut, body.coding_error, framing and framing.error) if text]
    if framing is not None and framing.surplus:
        notes.append(f"{framing.surplus:,} bytes after the end of the answer")
    return Message(
        start=one_line(f"{response.http_version} {response.status} {response.reason}".rstrip()),
        fields=_fields(response.headers),
        notes=tuple(notes),
    )


def _fields(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    shown = [(one_line(name, FIELD_LIMIT), one_line(value, FIELD_LIMIT)) for name, value in headers[:FIELDS_SHOWN]]
    if len(headers) > FIELDS_SHOWN:
        shown.append((ELLIPSIS, f"{len(headers) - FIELDS_SHOWN} more"))
    return tuple(shown)
