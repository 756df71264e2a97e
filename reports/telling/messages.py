"""A request and its answer as lines of text, short and harmless, for a reader."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from customers_conformance import placeholders
from customers_conformance.harmless import ELLIPSIS, is_harmless, one_line
from customers_conformance.model import Credential

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Exchange, Request, Response

#: What a request carries as credentials, in words.
CARRIED: Mapping[Credential, str] = MappingProxyType(
    {
        Credential.NONE: "without credentials",
        Credential.KEY: "with the key",
        Credential.KEY_LOWER_SCHEME: "with the key, its scheme in lower case",
        Credential.UNKNOWN: "with an unknown key",
        Credential.EMPTY: "with an empty key",
        Credential.BASIC_USER: "with the key as the user of Basic",
        Credential.BASIC_PASSWORD: "with the key as the password of Basic",
        Credential.TOKEN_SCHEME: "with the key under the scheme Token",
        Credential.NO_SCHEME: "with the key and no scheme",
        Credential.API_KEY: "with the key as x-api-key",
        Credential.API_KEY_BESIDE_UNKNOWN: "with the key as x-api-key, beside an unknown one",
        Credential.CUT: "with the key, its last character cut off",
        Credential.EXTENDED: "with the key and a character more",
        Credential.CHANGED_EARLY: "with the key, a character near its start changed",
        Credential.CHANGED_LATE: "with the key, a character near its end changed",
        Credential.CASE_CHANGED: "with the key in another letter case",
        Credential.QUERY: "with the key in the query",
        Credential.VIRTUAL_KEY: "with a virtual key",
        Credential.VIRTUAL_KEY_HEADER: "with a virtual key in a header of its own",
        Credential.SESSION: "with a session",
        Credential.OTHER: "with other credentials",
    }
)

_KEY = f'"${placeholders.KEY_VARIABLE}"'
_BASIC = re.compile(f"[Bb]asic (?:{placeholders.BASIC_USER}|{placeholders.BASIC_PASSWORD})")
#: What stands for credentials in a request; the made-up token, which is none, stands as it was sent.
_SECRETS = re.compile(
    rf"(<key(?::[a-z-]+)?>|<virtual-key>|<session>|<header:[^<>]+>|{placeholders.VIRTUAL_KEY_TOKEN.pattern})"
)

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
    #: The method and the path with its query; what the request carried; the status, or that there is none.
    asked: str
    carried: str
    came: str
    request: Message
    answer: Message | None
    error: str
    command: str


def conversation(exchange: Exchange) -> Conversation:
    """The exchange as a reader wants it."""
    return Conversation(
        index=exchange.index,
        asked=one_line(f"{exchange.request.method} {_target(exchange.request)}", FIELD_LIMIT),
        carried=CARRIED[exchange.request.credential],
        came=_result(exchange),
        request=_request(exchange.request),
        answer=None if exchange.response is None else _answer(exchange.response),
        error=one_line(exchange.error or "there is no answer"),
        command=command(exchange.request),
    )


def command(request: Request) -> str:
    """A ``curl`` command that asks again; empty where a terminal would not show it as it is.

    Its credentials are read from variables of the shell, which complains of any but the key's that is not set.
    """
    words = ["curl", "--include", "--globoff", "--path-as-is"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "GET":
        words += ["--request", request.method]
    for name, value in request.headers:
        basic = _BASIC.fullmatch(value) if name.lower() == "authorization" else None
        if basic is not None:
            words += ["--user", f"{_KEY}:" if request.credential is Credential.BASIC_USER else f"user:{_KEY}"]
        elif name.lower() not in {"host", "connection"}:
            # A header without a value takes a semicolon, else curl leaves it out.
            words += ["--header", _word(f"{name}: {value}" if value else f"{name};", request.credential)]
    if request.credential is Credential.QUERY:
        words.append("--get")
        for name, value in request.query:
            words += ["--data-urlencode", _word(f"{name}={value}", request.credential)]
        words.append(shlex.quote(request.url.partition("?")[0]))
    else:
        words.append(shlex.quote(_address(request)))
    text = " ".join(words)
    return text if is_harmless(text) and len(text) <= 8 * FIELD_LIMIT else ""


def _word(text: str, credential: Credential) -> str:
    """A word of a shell's command, each placeholder of credentials as the variable that holds them."""
    parts = _SECRETS.split(text)
    return "".join(
        _variable(part, credential) if number % 2 else shlex.quote(part)
        for number, part in enumerate(parts)
        if part or len(parts) == 1
    )


def _variable(placeholder: str, credential: Credential) -> str:
    """What a shell puts in the place of a placeholder; of an unset variable it says what to set it to."""
    if placeholder == placeholders.KEY:
        return _KEY
    if placeholder == placeholders.SESSION:
        return '"${SESSION_TOKEN:?set it to a session token}"'
    if placeholder.startswith("<header:"):
        return '"${ADDED_HEADER:?set it to the value of the added header}"'
    if not placeholder.startswith("<key:"):
        return '"${VIRTUAL_KEY:?set it to a virtual key}"'
    return {
        Credential.CUT: f'"${{{placeholders.KEY_VARIABLE}%?}}"',
        Credential.EXTENDED: f'"${{{placeholders.KEY_VARIABLE}}}0"',
    }.get(credential, '"${NEAR_MISS:?set it to a text that differs from the key by little}"')


def _result(exchange: Exchange) -> str:
    if exchange.response is None:
        return "no answer"
    return one_line(f"{exchange.response.status} {exchange.response.reason}".strip(), 60)


def _address(request: Request) -> str:
    """The URL with its query, whether or not the recording keeps the query in the URL."""
    if not request.query or "?" in request.url:
        return request.url
    return f"{request.url}?{urlencode(request.query, safe='<>:', errors='replace')}"


def _target(request: Request) -> str:
    """The path with its query; the whole URL where it has no parts."""
    try:
        parts = urlsplit(_address(request))
    except ValueError:
        return request.url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _request(request: Request) -> Message:
    return Message(
        start=one_line(f"{request.method} {_target(request)} {request.http_version}"),
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
