"""Faults of guards that look at one door: who asks in one particular way is let in, or refused in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from customers_conformance.reference.answers import admit, header, status
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault, common_headers, strictly

if TYPE_CHECKING:
    from customers_conformance.reference.places import When


def _bad(call: Call) -> bool:
    return not isinstance(strictly(call), bool) and bool(call.values("from_memory"))


def _beside(name: str, value: str | None = None) -> When:
    def when(call: Call) -> bool:
        return call.header(name) is not None and value in (None, call.header(name))

    return when


def _of_view(value: str) -> When:
    return lambda call: call.values("from_memory") == [value]


def _unknown_parameter(call: Call) -> bool:
    return call.unknown_parameter


def _plainly(call: Call) -> bool:
    return not call.query


def _nobody(when: When) -> When:
    return lambda call: call.anonymous and call.method == "GET" and when(call)


def _stranger(when: When) -> When:
    """A bearer token that is not the key."""
    return lambda call: bool(call.bearer) and call.bearer != call.key and call.method == "GET" and when(call)


def _empty_bearer(call: Call) -> bool:
    return call.bearer == "" and call.method == "GET" and not call.query


def _foreign_cookie(call: Call) -> bool:
    """A cookie that is no session, and nothing else that could be credentials."""
    carriers = ("authorization", "x-api-key", "x-bf-vk")
    cookie = call.header("cookie") or ""
    return bool(cookie) and call.session not in cookie and not any(call.header(name) for name in carriers)


def _let_in_with_bad_value(when: When) -> Behaviour:
    """A server that lets in whom this holds for, and reads the bad value as false."""
    return Behaviour(
        admits=lambda call: True if when(call) else None,
        view=lambda call: False if when(call) else strictly(call),
    )


def _given(content: bytes, content_type: str | None, when: When, number: int = 200) -> Behaviour:
    """A server that gives bad credentials a success of its own, with this body."""

    def change(call: Call, _: Answer) -> Answer | None:
        typed = [("Content-Type", content_type)] if content_type else []
        return Answer(number, [*common_headers(), *typed], content) if when(call) else None

    return Behaviour(answer=change)


def _without_challenge(method: str) -> Behaviour:
    return header("WWW-Authenticate", None, lambda call, _: call.method == method)


_NOBODYS_DOORS: Final[tuple[tuple[str, str, When], ...]] = (
    ("database-view", "asks for the database view by name", _of_view("false")),
    ("unknown-parameter", "sends an unknown parameter", _unknown_parameter),
    ("json-accept", "asks for JSON by name", _beside("accept", "application/json")),
    ("gzip", "takes a compressed answer", _beside("accept-encoding", "gzip")),
    ("origin", "comes from a foreign origin", _beside("origin")),
    ("forwarded", "says to be forwarded from the server itself", _beside("x-forwarded-for")),
)

FAULTS: Final = (
    *(
        Fault(
            f"open-to-{name}", f"lets in whoever has no credentials and {says}", "CUST-AUTH-002", admit(_nobody(when))
        )
        for name, says, when in _NOBODYS_DOORS
    ),
    Fault("open-to-cookie", "lets in whoever has any cookie", "CUST-AUTH-002", admit(_foreign_cookie)),
    Fault(
        "open-to-bad-value",
        "lists its customers for whoever has no credentials and a bad from_memory",
        "CUST-AUTH-002",
        _let_in_with_bad_value(_nobody(_bad)),
    ),
    *(
        Fault(
            f"nobody-gets-{number}-{name}",
            f"answers {number} to a GET without credentials that {says}",
            "CUST-AUTH-002",
            status(number, when),
        )
        for number, name, says, when in (
            (403, "for-bad-value", "has a bad from_memory", _nobody(_bad)),
            (404, "for-bad-value", "has a bad from_memory", _nobody(_bad)),
            (403, "for-unknown-parameter", "has an unknown parameter", _nobody(_unknown_parameter)),
            (410, "for-unknown-parameter", "has an unknown parameter", _nobody(_unknown_parameter)),
            (400, "from-database", "asks for the database view by name", _nobody(_of_view("false"))),
            (422, "beside-json-accept", "asks for JSON by name", _nobody(_beside("accept", "application/json"))),
            (403, "beside-origin", "comes from a foreign origin", _nobody(_beside("origin"))),
            (404, "beside-cookie", "has a cookie", _foreign_cookie),
            (406, "beside-gzip", "takes a compressed answer", _nobody(_beside("accept-encoding", "gzip"))),
        )
    ),
    Fault(
        "nobody-gets-page",
        "answers 200 with a page to log in to a GET without credentials",
        "CUST-AUTH-002",
        _given(b"<!doctype html><title>Log in</title>", "text/html", _nobody(_plainly)),
    ),
    Fault(
        "nobody-gets-empty-list",
        "shows a list of nobody to whoever has no credentials",
        "CUST-AUTH-002",
        _given(b'{"customers": [], "count": 0}', "application/json", _nobody(_plainly)),
    ),
    Fault(
        "nobody-gets-204",
        "answers 204 to a GET without credentials, from memory only",
        "CUST-AUTH-002",
        _given(b"", None, _nobody(_of_view("true")), 204),
    ),
    Fault(
        "nobodys-head-gets-204",
        "answers 204 to a HEAD without credentials",
        "CUST-AUTH-002",
        _given(b"", None, lambda call: call.anonymous and call.method == "HEAD", 204),
    ),
    Fault(
        "any-bearer-with-bad-value",
        "lets in any bearer token beside a bad from_memory",
        "CUST-AUTH-003",
        _let_in_with_bad_value(_stranger(_bad)),
    ),
    *(
        Fault(
            f"stranger-gets-{number}-{name}",
            f"answers {number} to an unknown bearer token that {says}",
            "CUST-AUTH-003",
            status(number, _stranger(when)),
        )
        for number, name, says, when in (
            (403, "for-bad-value", "comes with a bad from_memory", _bad),
            (404, "for-bad-value", "comes with a bad from_memory", _bad),
            (400, "from-memory", "asks for the memory view", _of_view("true")),
        )
    ),
    Fault(
        "stranger-gets-page",
        "answers 200 with a page to log in to an unknown bearer token",
        "CUST-AUTH-003",
        _given(b"<!doctype html><title>Log in</title>", "text/html", _stranger(_plainly)),
    ),
    Fault(
        "stranger-gets-nothing",
        "answers 200 without a body to an unknown bearer token that asks for the memory view",
        "CUST-AUTH-003",
        _given(b"", None, _stranger(_of_view("true"))),
    ),
    Fault(
        "empty-bearer-gets-400",
        "answers 400 to a bearer scheme with nothing after it",
        "CUST-AUTH-003",
        status(400, _empty_bearer),
    ),
    Fault(
        "empty-bearer-gets-null",
        "answers 200 with null to a bearer scheme with nothing after it",
        "CUST-AUTH-003",
        _given(b"null", "application/json", _empty_bearer),
    ),
    Fault(
        "no-scheme-gets-400",
        "answers 400 to the key under no scheme",
        "CUST-AUTH-004",
        status(400, lambda call: call.header("authorization") == call.key),
    ),
    Fault(
        "api-key-beside-bearer-gets-403",
        "answers 403 to the key in x-api-key beside an unknown bearer token",
        "CUST-AUTH-005",
        status(403, lambda call: call.header("x-api-key") == call.key and bool(call.bearer)),
    ),
    Fault(
        "no-challenge-for-head",
        "sends no WWW-Authenticate with a 401 to HEAD",
        "CUST-AUTH-012",
        _without_challenge("HEAD"),
    ),
    Fault(
        "bad-value-of-stranger-gets-422",
        "answers 422 to a bad from_memory of an unknown bearer token, before it looks at the token",
        "CUST-AUTH-014",
        status(422, _stranger(_bad)),
    ),
)
