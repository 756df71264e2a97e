"""Variants of HTTP: versions, framing, codings, headers, clocks."""

from __future__ import annotations

import zlib
from email.utils import formatdate
from time import time
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Variant
from customers_conformance.reference.negotiation import allows_coding
from customers_conformance.reference.raw import chunked, content, head, in_chunks, over_wire, sound

if TYPE_CHECKING:
    from collections.abc import Callable

_MINUTE = 60


def _old(call: Call, answer: Answer) -> bytes:
    answer.remove("Content-Length")
    return head(answer, "HTTP/1.0") + content(call, answer)


def _hints(call: Call, answer: Answer) -> bytes:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    return early + sound(call, answer)


def _in_chunks(size: int) -> Behaviour:
    def write(call: Call, answer: Answer) -> bytes:
        if answer.status == 204:
            return sound(call, answer)
        in_chunks(answer)
        return head(answer) + (b"" if call.method == "HEAD" else chunked(answer.body, size))

    return over_wire(write)


def _odd_chunks(call: Call, answer: Answer) -> bytes:
    if answer.status == 204 or call.method == "HEAD":
        return sound(call, answer)
    in_chunks(answer)
    answer.add("Trailer", "X-Checksum")
    whole = chunked(answer.body, max(1, len(answer.body))).replace(b"\r\n", b";part=one\r\n", 1)
    return head(answer) + whole.removesuffix(b"\r\n") + b"X-Checksum: none\r\n\r\n"


def _until_close(call: Call, answer: Answer) -> bytes:
    answer.remove("Content-Length")
    return head(answer) + content(call, answer)


def _renamed(change: type[str] | object) -> Behaviour:
    def write(call: Call, answer: Answer) -> bytes:
        answer.headers = [(change(name), value) for name, value in answer.headers]  # type: ignore[operator]
        return sound(call, answer)

    return over_wire(write)


def _reason(text: str) -> Behaviour:
    def write(call: Call, answer: Answer) -> bytes:
        answer.reason = text
        return sound(call, answer)

    return over_wire(write)


def _deflated(call: Call, answer: Answer) -> None:
    if answer.body and answer.status == 200 and allows_coding(call.header("accept-encoding"), "deflate"):
        answer.body = zlib.compress(answer.body)
        answer.set("Content-Encoding", "deflate")


def _clock(minutes: int) -> Behaviour:
    def change(_: Call, answer: Answer) -> None:
        answer.set("Date", formatdate(time() + minutes * _MINUTE, usegmt=True))

    return Behaviour(answer=change)


def _fields(*fields: tuple[str, str]) -> Behaviour:
    def change(_: Call, answer: Answer) -> None:
        for name, value in fields:
            answer.add(name, value)

    return Behaviour(answer=change)


def _removed(name: str) -> Behaviour:
    return Behaviour(answer=lambda _, answer: answer.remove(name))


def _origin_echoed(call: Call, answer: Answer) -> None:
    if call.header("origin"):
        answer.add("Access-Control-Allow-Origin", call.header("origin") or "")
        answer.add("Vary", "Origin")


def _credentials_refused(call: Call, answer: Answer) -> None:
    _origin_echoed(call, answer)
    answer.add("Access-Control-Allow-Credentials", "false")


def _credentials_shouted(call: Call, answer: Answer) -> None:
    _origin_echoed(call, answer)
    answer.add("Access-Control-Allow-Credentials", "TRUE")


def _quoted_challenges(_: Call, answer: Answer) -> None:
    if answer.status == 401:
        answer.set("www-authenticate", 'Newauth realm="a, \\"b\\"", type=1, bearer ERROR="invalid_token"')
        answer.add("WWW-Authenticate", "Bearer")


def _called(coding: str) -> Callable[[Call, Answer], None]:
    def change(_: Call, answer: Answer) -> None:
        if answer.header("content-encoding") == "gzip":
            answer.set("Content-Encoding", coding)

    return change


def _quoted_chunks(call: Call, answer: Answer) -> bytes:
    if answer.status == 204 or call.method == "HEAD":
        return sound(call, answer)
    in_chunks(answer)
    size = b'00%X;note="a;b\\"c";last\r\n' % len(answer.body)
    return head(answer) + (size + answer.body + b"\r\n" if answer.body else b"") + b"000\r\n\r\n"


def _blanks_around(call: Call, answer: Answer) -> bytes:
    answer.headers = [(name, f" \t{value}\t ") for name, value in answer.headers]
    return sound(call, answer)


def _shouting_head(call: Call, answer: Answer) -> None:
    if call.method == "HEAD" and answer.status == 200:
        answer.set("Content-Type", "Application/JSON")


VARIANTS: Final = (
    Variant("http-1-0", "speaks HTTP/1.0 and ends a body by closing", over_wire(_old)),
    Variant("interim-answers", "sends 103 and 102 before each answer", over_wire(_hints)),
    Variant("chunked", "sends its bodies in chunks", _in_chunks(512)),
    Variant("chunked-finely", "sends its bodies in chunks of 7 bytes", _in_chunks(7)),
    Variant("chunked-with-trailer", "sends chunk extensions and a trailer", over_wire(_odd_chunks)),
    Variant("body-until-close", "sends neither length nor chunks", over_wire(_until_close)),
    Variant("headers-in-capitals", "writes header names in capitals", _renamed(str.upper)),
    Variant("headers-in-lower-case", "writes header names in lower case", _renamed(str.lower)),
    Variant("reason-of-its-own", "has reason phrases of its own", _reason("As You Like It")),
    Variant("never-compressed", "never compresses", Behaviour(compresses=False)),
    Variant("deflated", "prefers deflate where it is allowed", Behaviour(answer=_deflated)),
    Variant("slow", "takes a fifth of a second for each answer", Behaviour(delay=0.2)),
    Variant("clock-fast", "has a clock four minutes fast", _clock(4)),
    Variant("clock-slow", "has a clock four minutes slow", _clock(-4)),
    Variant("no-date", "sends no Date", _removed("Date"), warns=("CUST-HTTP-004",), unverified=("CUST-VAL-008",)),
    Variant("no-server", "sends no Server", _removed("Server")),
    Variant(
        "entity-tags",
        "sends ETag, Vary and more",
        _fields(("ETag", 'W/"1"'), ("Vary", "Accept-Encoding"), ("X-Request-Id", "4f1c")),
    ),
    Variant(
        "cookies-set",
        "sets a cookie that it never wants back",
        _fields(("Set-Cookie", "seen=1; HttpOnly"), ("Set-Cookie", "lang=en; Path=/")),
    ),
    Variant("origin-echoed", "echoes the origin without credentials", Behaviour(answer=_origin_echoed)),
    Variant(
        "origin-echoed-credentials-false",
        "echoes the origin and denies credentials",
        Behaviour(answer=_credentials_refused),
    ),
    Variant("any-origin", "allows any origin without credentials", _fields(("Access-Control-Allow-Origin", "*"))),
    Variant(
        "fixed-origin",
        "allows credentials to its own dashboard alone",
        _fields(
            ("Access-Control-Allow-Origin", "https://dashboard.example"), ("Access-Control-Allow-Credentials", "true")
        ),
    ),
    Variant(
        "challenges-with-commas-in-quotes",
        "sends challenges in two fields, with commas and quotes within quotes",
        Behaviour(answer=_quoted_challenges),
    ),
    Variant("gzip-in-capitals", "writes the coding as GZIP, where gzip is allowed", Behaviour(coded=_called("GZIP"))),
    Variant(
        "gzip-by-old-name", "writes the coding as x-gzip, where gzip is allowed", Behaviour(coded=_called("x-gzip"))
    ),
    Variant(
        "identity-by-name",
        "says that its bodies have the coding identity",
        Behaviour(answer=lambda _, answer: answer.set("Content-Encoding", "identity"), compresses=False),
    ),
    Variant(
        "chunked-with-quoted-extensions",
        "sends chunk sizes with zeros before and quoted extensions",
        over_wire(_quoted_chunks),
    ),
    Variant("values-between-blanks", "writes blanks and tabs around each value of a header", over_wire(_blanks_around)),
    Variant(
        "origin-echoed-in-two-fields",
        "allows two origins of its own with credentials, each in a field",
        _fields(
            ("Access-Control-Allow-Origin", "https://one.example"),
            ("Access-Control-Allow-Origin", "https://two.example"),
            ("Access-Control-Allow-Credentials", "true"),
        ),
    ),
    Variant(
        "cookies-in-latin-1",
        "sets cookies with bytes above 127, in Latin-1 and in UTF-8",
        _fields(("Set-Cookie", "greeting=Gr\xfc\xdfe"), ("Set-Cookie", "place=Z\xc3\xbcrich")),
    ),
    Variant("head-type-in-capitals", "writes the Content-Type of HEAD in capitals", Behaviour(answer=_shouting_head)),
    Variant(
        "origin-echoed-credentials-shouted",
        "echoes the origin and writes TRUE where browsers read only true",
        Behaviour(answer=_credentials_shouted),
    ),
)
