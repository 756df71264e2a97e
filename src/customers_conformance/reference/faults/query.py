"""Faults of the query and of the plain answer: which values from_memory takes, and how a 200 is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.answers import (
    body,
    header,
    listed,
    listed_from_memory,
    relabelled,
    status,
)
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.reference.places import (
    DEEP_CONFIG,
    KEY,
    put,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.reference.places import When

_LONG = 1000


def _asks(value: str) -> When:
    return lambda call: call.admitted and call.method == "GET" and call.values("from_memory") == [value]


def _repeated(call: Call) -> bool:
    return call.admitted and len(call.values("from_memory")) > 1


def _long(call: Call) -> bool:
    return call.admitted and any(len(value) >= _LONG for value in call.values("from_memory"))


def _unknown(call: Call) -> bool:
    return call.admitted and call.unknown_parameter and not call.bad_query


def _without_last(when: When) -> Behaviour:
    def change(call: Call, tree: Any) -> None:
        if when(call):
            del tree["customers"][-1:]
            tree["count"] = len(tree["customers"])

    return Behaviour(value=change)


def _replaced(old: bytes, new: bytes) -> Behaviour:
    """The first occurrence of some bytes in the list, replaced."""
    return body(lambda content: content.replace(old, new, 1), listed)


def _no_body(call: Call, answer: Answer) -> bool:
    return listed_from_memory(call, answer) and call.method == "GET"


def _repeat_deep(content: bytes) -> bytes:
    head, mark, tail = content.rpartition(b'"allow_all_keys":')
    return head + b'"allow_\\u0061ll_keys":true,' + mark + tail


def _repeat_last_name(content: bytes) -> bytes:
    head, mark, tail = content.rpartition(b'"count":')
    return head + b'"count":' + tail.rstrip(b"}") + b"," + mark + tail


def _origin(call: Call) -> str | None:
    return call.header("origin") if call.admitted and call.method == "GET" else None


def _list(change: Callable[[Any], object], when: When) -> Behaviour:
    def apply(call: Call, tree: Any) -> None:
        if when(call):
            change(tree["customers"])
            tree["count"] = len(tree["customers"])

    return Behaviour(value=apply)


FAULTS: Final = (
    Fault("true-gets-400", "answers 400 to from_memory=true", "CUST-QRY-002", status(400, _asks("true"))),
    Fault("true-gets-404", "answers 404 to from_memory=true", "CUST-QRY-002", status(404, _asks("true"))),
    Fault("false-gets-422", "answers 422 to from_memory=false", "CUST-QRY-002", status(422, _asks("false"))),
    Fault("false-gets-203", "answers 203 to from_memory=false", "CUST-QRY-002", relabelled(203, _asks("false"))),
    Fault("empty-value-gets-404", "answers 404 to an empty from_memory", "CUST-QRY-003", status(404, _asks(""))),
    Fault("one-gets-403", "answers 403 to from_memory=1", "CUST-QRY-003", status(403, _asks("1"))),
    Fault("yes-gets-404", "answers 404 to from_memory=yes", "CUST-QRY-003", status(404, _asks("yes"))),
    Fault("upper-case-gets-409", "answers 409 to from_memory=TRUE", "CUST-QRY-003", status(409, _asks("TRUE"))),
    Fault("repeated-gets-403", "answers 403 to a repeated from_memory", "CUST-QRY-003", status(403, _repeated)),
    Fault("long-gets-403", "answers 403 to a from_memory of 2,000 characters", "CUST-QRY-003", status(403, _long)),
    Fault("long-gets-413", "answers 413 to a from_memory of 2,000 characters", "CUST-QRY-003", status(413, _long)),
    Fault("unknown-parameter-gets-400", "answers 400 to an unknown parameter", "CUST-QRY-004", status(400, _unknown)),
    Fault("unknown-parameter-gets-404", "answers 404 to an unknown parameter", "CUST-QRY-004", status(404, _unknown)),
    Fault(
        "unknown-parameter-hides-last",
        "leaves the last customer out beside an unknown parameter",
        "CUST-QRY-004",
        _without_last(_unknown),
    ),
    Fault(
        "unknown-parameter-shows-other-text",
        "shows another description of a virtual key beside an unknown parameter",
        "CUST-QRY-004",
        put(f"{KEY}.description", "Filtered", _unknown),
    ),
    Fault("sent-as-text", "sends the list as text/plain", "CUST-RSP-001", header("Content-Type", "text/plain", listed)),
    Fault(
        "sent-untyped", "sends the list without a Content-Type", "CUST-RSP-001", header("Content-Type", None, listed)
    ),
    Fault(
        "sent-as-latin-1",
        "says charset=iso-8859-1 of the list",
        "CUST-RSP-001",
        header("Content-Type", "application/json; charset=iso-8859-1", listed),
    ),
    Fault(
        "memory-sent-as-text",
        "sends the memory view as text/json",
        "CUST-RSP-001",
        header("Content-Type", "text/json", listed_from_memory),
    ),
    Fault(
        "byte-order-mark", "begins with a byte order mark", "CUST-RSP-002", body(lambda b: b"\xef\xbb\xbf" + b, listed)
    ),
    Fault(
        "memory-followed-by-brace",
        "sends a brace too many after the memory view",
        "CUST-RSP-002",
        body(lambda content: content + b"}", listed_from_memory),
    ),
    Fault(
        "memory-cut-off",
        "ends the memory view one byte early",
        "CUST-RSP-002",
        body(lambda content: content[:-1], listed_from_memory),
    ),
    Fault("memory-empty", "sends no bytes at all as the memory view", "CUST-RSP-002", body(lambda _: b"", _no_body)),
    Fault("not-a-number", "writes a weight as NaN", "CUST-RSP-002", written(f"{DEEP_CONFIG}.weight", "NaN")),
    Fault(
        "minus-infinity", "writes a weight as -Infinity", "CUST-RSP-002", written(f"{DEEP_CONFIG}.weight", "-Infinity")
    ),
    Fault(
        "broken-utf-8", "has a lone byte 0xE9 in a name", "CUST-RSP-002", _replaced(b"Team 0001 sales", b"Caf\xe9 0001")
    ),
    Fault(
        "trailing-comma",
        "ends the list of models with a comma",
        "CUST-RSP-002",
        _replaced(b'"gpt-4o-mini"]', b'"gpt-4o-mini",]'),
    ),
    Fault(
        "raw-line-end",
        "has a raw line end within a string",
        "CUST-RSP-002",
        _replaced(b"Everything about", b"Everything\nabout"),
    ),
    Fault("leading-zero", "writes count with a leading zero", "CUST-RSP-002", _replaced(b'"count":', b'"count":0')),
    Fault(
        "utf-16",
        "sends the memory view in UTF-16",
        "CUST-RSP-002",
        body(lambda content: content.decode().encode("utf-16"), listed_from_memory),
    ),
    Fault("count-twice", "repeats count at the top", "CUST-RSP-003", body(_repeat_last_name, listed)),
    Fault(
        "name-twice",
        "repeats the name of the first customer",
        "CUST-RSP-003",
        _replaced(b'"name":"Customer 0001"', b'"name":"Customer 0001","name":"Customer 0001"'),
    ),
    Fault(
        "deep-name-twice-in-disguise",
        "repeats a member deep inside, once with an escape in its name, from memory only",
        "CUST-RSP-003",
        body(_repeat_deep, listed_from_memory),
    ),
    Fault(
        "origin-gets-403",
        "answers 403 where an Origin is sent",
        "CUST-RSP-004",
        status(403, lambda c: bool(_origin(c))),
    ),
    Fault(
        "origin-gets-404",
        "answers 404 where an Origin is sent",
        "CUST-RSP-004",
        status(404, lambda c: bool(_origin(c))),
    ),
    Fault(
        "null-origin-gets-403",
        "answers 403 where the Origin is null",
        "CUST-RSP-004",
        status(403, lambda call: _origin(call) == "null"),
    ),
    Fault(
        "json-accept-gets-404",
        "answers 404 to Accept: application/json",
        "CUST-RSP-004",
        status(404, lambda call: call.admitted and call.header("accept") == "application/json"),
        also=("CUST-HTTP-007",),
    ),
    Fault(
        "unknown-parameter-gets-403",
        "answers 403 to an unknown parameter",
        "CUST-RSP-004",
        status(403, _unknown),
        also=("CUST-QRY-004",),
    ),
    Fault(
        "unknown-parameter-lists-nobody",
        "lists nobody beside an unknown parameter",
        "CUST-QRY-004",
        _list(lambda found: found.clear(), _unknown),
    ),
    Fault("repeated-gets-409", "answers 409 to a repeated from_memory", "CUST-QRY-003", status(409, _repeated)),
    Fault(
        "form-feed-after-the-end",
        "sends a form feed, which is no white space of JSON, after the memory view",
        "CUST-RSP-002",
        body(lambda content: content + b"\n\x0c\n", listed_from_memory),
    ),
    Fault(
        "surrogates-as-bytes",
        "writes an emoji as two surrogates of three bytes each",
        "CUST-RSP-002",
        _replaced(b"Team 0001 sales", b"Team \xed\xa0\xbd\xed\xb8\x80 sales"),
    ),
    Fault(
        "number-without-digit-after-point",
        "writes a weight as 1. and nothing after it",
        "CUST-RSP-002",
        written(f"{DEEP_CONFIG}.weight", "1."),
    ),
    Fault("number-with-plus", "writes a weight as +1", "CUST-RSP-002", written(f"{DEEP_CONFIG}.weight", "+1")),
    Fault(
        "claims-repeat-emoji",
        "repeats a member of a team's claims, once as an emoji and once as its escapes",
        "CUST-RSP-003",
        _replaced(b'"claims":{', '"claims":{"😀":1,"\\ud83d\\ude00":1,'.encode()),
    ),
    Fault(
        "customers-twice-in-disguise",
        "repeats customers at the top, once with an escape in its name",
        "CUST-RSP-003",
        _replaced(b'{"customers":', b'{"\\u0063ustomers":null,"customers":'),
    ),
)
