"""Faults of HTTP: repeated reads, HEAD, framing, headers, negotiation, redirects."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.answers import (
    header,
    listed,
    listed_from_memory,
    mistaken,
    redirect,
    refused,
    status,
)
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.reference.negotiation import accepts_json, allows_coding, forbids_coding
from customers_conformance.reference.places import DEEP_CONFIG, KEY, LAST, look
from customers_conformance.reference.raw import chunked, head, in_chunks, over_wire, sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.reference.places import When

    Write = Callable[[Call, Answer], bytes]


def _http(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-HTTP-{number:03}", behaviour)


def _counting(path: str, write: Callable[[int], object]) -> Behaviour:
    """A server whose every read shows at this place how many there were."""

    def change(call: Call, tree: Any) -> None:
        *steps, name = path.split(".")
        look(tree, ".".join(steps))[name] = write(call.read)

    return Behaviour(value=change)


def _is_head(call: Call) -> bool:
    return call.method == "HEAD" and call.admitted


def _options(call: Call) -> bool:
    return call.method == "OPTIONS"


def _memory(call: Call) -> bool:
    return call.shows_memory and call.method == "GET"


def _anonymous(call: Call) -> bool:
    return call.anonymous and call.method == "GET"


def _bad(call: Call) -> bool:
    return call.bad_query and call.method == "GET"


def _labelled(answer: Answer, *fields: tuple[str, str]) -> Answer:
    """The answer with these fields in place of its length."""
    answer.remove("Content-Length")
    for name, value in fields:
        answer.add(name, value)
    return answer


def _length(change: Callable[[int], str]) -> Write:
    return lambda _, answer: head(_labelled(answer, ("Content-Length", change(len(answer.body))))) + answer.body


def _lengths(_: Call, answer: Answer) -> bytes:
    size = len(answer.body)
    return head(_labelled(answer, ("Content-Length", str(size)), ("Content-Length", str(size + 1)))) + answer.body


def _length_twice(_: Call, answer: Answer) -> bytes:
    answer.add("Content-Length", str(len(answer.body)))
    return head(answer) + answer.body


def _length_and_chunks(_: Call, answer: Answer) -> bytes:
    answer.add("Transfer-Encoding", "chunked")
    return head(answer) + chunked(answer.body)


def _chunks(change: Callable[[bytes], bytes]) -> Write:
    def write(_: Call, answer: Answer) -> bytes:
        in_chunks(answer)
        return head(answer) + change(chunked(answer.body))

    return write


def _followed(call: Call, answer: Answer) -> bytes:
    return sound(call, answer) + b"surplus"


def _head_with_body(_: Call, answer: Answer) -> bytes:
    return head(answer) + answer.body


def _options_with_body(_: Call, answer: Answer) -> bytes:
    return head(answer) + b"nothing to see"


def _recoded(coding: str, change: Callable[[bytes], bytes], where: Callable[[Call, Answer], bool]) -> Behaviour:
    def code(call: Call, answer: Answer) -> None:
        if answer.body and where(call, answer):
            answer.body = change(answer.body)
            answer.set("Content-Encoding", coding)
            answer.set("Content-Length", str(len(answer.body)))

    return Behaviour(coded=code)


def _unasked(coding: str, change: Callable[[bytes], bytes], where: Callable[[Call, Answer], bool]) -> Behaviour:
    return _recoded(
        coding,
        change,
        lambda call, answer: where(call, answer) and forbids_coding(call.header("accept-encoding"), coding),
    )


def _cut_gzip(call: Call, answer: Answer) -> None:
    if answer.header("content-encoding") == "gzip" and allows_coding(call.header("accept-encoding"), "gzip"):
        answer.body = answer.body[:-12]
        answer.set("Content-Length", str(len(answer.body)))


def _wrong_checksum(_: Call, answer: Answer) -> None:
    if answer.header("content-encoding") == "gzip":
        answer.body = answer.body[:-8] + bytes([answer.body[-8] ^ 255]) + answer.body[-7:]


def _credentialed(origin: Callable[[str], str | None], when: When) -> Behaviour:
    def change(call: Call, answer: Answer) -> None:
        sent = call.header("origin")
        allowed = origin(sent) if sent and call.admitted and when(call) else None
        if allowed:
            answer.set("Access-Control-Allow-Origin", allowed)
            answer.set("Access-Control-Allow-Credentials", "true")

    return Behaviour(answer=change)


def _unmet(media_type: str, text: bytes) -> Behaviour:
    def change(call: Call, answer: Answer) -> Answer | None:
        if not call.admitted or accepts_json(call.header("accept")) or answer.status != 406:
            return None
        kept = [(name, value) for name, value in answer.headers if name.lower() != "content-type"]
        return Answer(200, [*kept, ("Content-Type", media_type)], text)

    return Behaviour(answer=change)


def _bodiless(number: int, when: When) -> Behaviour:
    def change(call: Call, answer: Answer) -> None:
        if when(call):
            answer.status = number

    return Behaviour(answer=change)


FAULTS: Final = (
    _http(
        "reads-counted-in-text",
        "counts the reads in the description of a virtual key",
        1,
        _counting(f"{KEY}.description", lambda n: f"Read {n} times"),
    ),
    _http(
        "reads-counted-in-weight",
        "changes a weight deep inside a team's key at each read",
        1,
        _counting(f"{DEEP_CONFIG}.weight", lambda n: 0.5 + n),
    ),
    _http(
        "reads-counted-in-hash",
        "changes the hash of the last customer's budget at each read",
        1,
        _counting(f"{LAST}.budget.config_hash", lambda n: f"hash-{n:08}"),
    ),
    _http(
        "first-read-marks",
        "shows a virtual key as unread at the first read and as read ever after",
        1,
        _counting(f"{KEY}.description", lambda n: "unread" if n == 1 else "read"),
    ),
    _http("head-gets-404", "answers HEAD with 404", 2, status(404, _is_head)),
    _http("head-gets-405", "answers HEAD with 405", 2, status(405, _is_head)),
    _http("head-gets-204", "answers HEAD with 204", 2, _bodiless(204, _is_head)),
    _http(
        "head-is-text",
        "says text/plain in a HEAD",
        2,
        header("Content-Type", "text/plain", lambda call, _: _is_head(call)),
    ),
    _http(
        "head-is-untyped",
        "leaves Content-Type out of a HEAD",
        2,
        header("Content-Type", None, lambda call, _: _is_head(call)),
    ),
    _http(
        "body-too-short",
        "ends the memory view before its Content-Length",
        3,
        over_wire(_length(lambda size: str(size + 5)), _memory),
    ),
    _http(
        "body-too-long",
        "sends more of the refusal than its Content-Length",
        3,
        over_wire(_length(lambda size: str(size - 5)), _anonymous),
    ),
    _http("two-lengths", "gives the memory view two lengths that differ", 3, over_wire(_lengths, _memory)),
    _http("length-twice", "gives a 400 its length twice", 3, over_wire(_length_twice, _bad)),
    _http(
        "length-beside-chunks", "gives the memory view a length and chunks", 3, over_wire(_length_and_chunks, _memory)
    ),
    _http("length-negative", "gives a refusal a negative length", 3, over_wire(_length(lambda _: "-1"), _anonymous)),
    _http("length-in-hexadecimal", "writes the length of a 400 in hexadecimal", 3, over_wire(_length(hex), _bad)),
    _http(
        "chunk-size-broken",
        "writes a chunk size that is no number",
        3,
        over_wire(_chunks(lambda b: b"zz" + b[b.index(b"\r\n") :]), _memory),
    ),
    _http(
        "chunk-last-missing", "sends no last chunk", 3, over_wire(_chunks(lambda b: b[: -len(b"0\r\n\r\n")]), _memory)
    ),
    _http(
        "chunk-longer-than-said",
        "sends a chunk longer than its size",
        3,
        over_wire(_chunks(lambda b: b.replace(b"\r\n0\r\n\r\n", b"!\r\n0\r\n\r\n")), _memory),
    ),
    _http(
        "surplus-after-chunks",
        "sends bytes after the last chunk of a 400",
        3,
        over_wire(_chunks(lambda b: b + b"surplus"), _bad),
    ),
    _http("surplus-after-body", "sends bytes after the body of a refusal", 3, over_wire(_followed, _anonymous)),
    _http(
        "length-as-list",
        "gives a refusal its length twice in one field",
        3,
        over_wire(_length(lambda n: f"{n}, {n}"), _anonymous),
    ),
    _http("length-with-plus", "writes the length of a 400 with a plus", 3, over_wire(_length(lambda n: f"+{n}"), _bad)),
    _http(
        "chunk-size-with-prefix",
        "writes chunk sizes as 0x and digits",
        3,
        over_wire(_chunks(lambda content: b"0x" + content), _memory),
    ),
    _http(
        "gzip-checksum-wrong",
        "sends gzip with a wrong checksum, where gzip is allowed",
        3,
        Behaviour(coded=_wrong_checksum),
    ),
    _http("head-with-body", "sends a body to HEAD", 3, over_wire(_head_with_body, _is_head)),
    _http("no-content-with-body", "sends a body with a 204 to OPTIONS", 3, over_wire(_options_with_body, _options)),
    _http("gzip-cut-off", "sends a gzip body that ends early, where gzip is allowed", 3, Behaviour(coded=_cut_gzip)),
    _http(
        "gzip-in-name-only",
        "says gzip of plain bytes, where gzip is allowed",
        3,
        Behaviour(
            coded=lambda call, answer: (
                answer.set("Content-Encoding", "gzip")
                if listed(call, answer) and allows_coding(call.header("accept-encoding"), "gzip")
                else None
            ),
            compresses=False,
        ),
    ),
    _http("no-date", "sends no Date with the memory view", 4, header("Date", None, listed_from_memory)),
    _http("no-date-in-refusal", "sends no Date with a 401", 4, header("Date", None, refused)),
    _http(
        "date-in-rfc-3339",
        "writes Date as RFC 3339 does",
        4,
        header("Date", "2026-01-02T03:04:05Z", listed_from_memory),
    ),
    _http(
        "date-of-no-day",
        "sends a Date in a month that does not exist, for HEAD only",
        4,
        header("Date", "Fri, 02 Foo 2026 03:04:05 GMT", lambda call, _: _is_head(call)),
    ),
    _http("cacheable", "sends no Cache-Control with the list", 5, header("Cache-Control", None, listed)),
    _http("cached-by-all", "says public", 5, header("Cache-Control", "public, max-age=60", listed)),
    _http(
        "cached-by-proxies",
        "says private and s-maxage, from memory only",
        5,
        header("Cache-Control", "private, s-maxage=60", listed_from_memory),
    ),
    _http(
        "cached-for-a-minute",
        "says max-age and neither private nor no-store",
        5,
        header("Cache-Control", "max-age=60", listed),
    ),
    _http(
        "cacheable-once",
        "sends no Cache-Control with the third plain read",
        5,
        header("Cache-Control", None, lambda call, _: call.plain_read == 3),
    ),
    _http(
        "origin-echoed-with-credentials",
        "allows credentials to any origin by echoing it",
        6,
        _credentialed(lambda sent: sent, lambda _: True),
    ),
    _http(
        "null-origin-with-credentials",
        "allows credentials to the origin null only",
        6,
        _credentialed(lambda sent: sent if sent == "null" else None, lambda _: True),
    ),
    _http(
        "any-origin-with-credentials", "allows credentials beside *", 6, _credentialed(lambda _: "*", lambda _: True)
    ),
    _http(
        "accept-ignored-in-html",
        "answers an Accept that it cannot meet with 200 and HTML",
        7,
        _unmet("text/html", b"<p>Customers</p>"),
    ),
    _http(
        "accept-ignored-in-xml",
        "answers an Accept that it cannot meet with 200 and XML",
        7,
        _unmet("application/xml", b"<customers/>"),
    ),
    _http(
        "accept-ignored-in-csv",
        "answers an Accept that it cannot meet with 200 and CSV",
        7,
        _unmet("text/csv", b"id,name\r\n"),
    ),
    _http(
        "gzip-unasked",
        "sends gzip where it is not allowed",
        8,
        _unasked("gzip", lambda b: gzip.compress(b, mtime=0), listed),
    ),
    _http(
        "deflate-unasked-from-memory",
        "sends deflate where it is not allowed, from memory only",
        8,
        _unasked("deflate", zlib.compress, listed_from_memory),
    ),
    _http(
        "gzip-unasked-in-refusal",
        "sends a 401 in gzip where it is not allowed",
        8,
        _unasked("gzip", lambda b: gzip.compress(b, mtime=0), refused),
    ),
    _http(
        "gzip-unasked-in-mistake",
        "sends a 400 in gzip where it is not allowed",
        8,
        _unasked("gzip", lambda b: gzip.compress(b, mtime=0), mistaken),
    ),
    _http(
        "options-wanders-off",
        "redirects OPTIONS to another origin",
        9,
        redirect(301, "https://elsewhere.invalid/", _options),
    ),
    _http(
        "head-wanders-off",
        "redirects HEAD to another origin",
        9,
        redirect(302, "https://elsewhere.invalid/list", _is_head),
    ),
    _http(
        "stranger-sent-to-log-in",
        "redirects whoever has no credentials to another origin",
        9,
        redirect(302, "https://login.invalid/?next=customers", _anonymous),
    ),
)
