"""Faults of what errors say: the body and the challenge of a refusal, the body of a mistake, what slips out in both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.answers import (
    anonymous_refused,
    body,
    error_body,
    header,
    mistaken,
    refused,
    unknown_refused,
)
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault, error
from customers_conformance.reference.data import virtual_key_value
from customers_conformance.reference.places import respelled

if TYPE_CHECKING:
    from collections.abc import Callable

_ACCENTED = "kundin-zürich"


def _asks_memory(call: Call) -> bool:
    return call.values("from_memory") == ["true"]


def _repeat_type(content: bytes) -> bytes:
    return content.replace(b'{"type"', b'{"type": "error", "type"', 1)


def _mistake(name: str, says: str, behaviour: Behaviour) -> Fault:
    return Fault(name, says, "CUST-SCH-012", behaviour)


def _internals(name: str, says: str, message: str, *, on_refusal: bool = False) -> Fault:
    behaviour = error_body("error.message", message, anonymous_refused if on_refusal else mistaken)
    return Fault(name, says, "CUST-SEC-003", behaviour)


def _as_written(old: bytes, new: bytes, where: Callable[[Call, Answer], bool]) -> Behaviour:
    """A server that writes a part of an error body with these very bytes, escapes and digits included."""
    return body(lambda content: content.replace(old, new, 1), where)


def _accented(value: str) -> Behaviour:
    """A server with a customer whose id no ASCII holds, and which a header of a 401 names as these bytes."""
    return replace(header("X-Tenant", value, anonymous_refused), value=respelled("customer-0001", _ACCENTED).value)


def _forbidden(call: Call, answer: Answer) -> Answer | None:
    virtual = answer.status == 401 and call.is_virtual_key(call.bearer or "")
    return error(403, "Only customer-0001 may have this list") if virtual else None


def _unknown_parameter_page(call: Call, _: Answer) -> Answer | None:
    if not (call.admitted and call.method == "GET" and call.unknown_parameter):
        return None
    answer = error(404, "")
    answer.set("Content-Type", "text/html")
    answer.body = b"<h1>Not found</h1>"
    return answer


FAULTS: Final = (
    Fault(
        "refusal-lists-nobody",
        "holds an empty customers member in a 401",
        "CUST-AUTH-010",
        error_body("customers", [], anonymous_refused),
    ),
    Fault(
        "refusal-names-customer",
        "names a customer's id in the message of a 401",
        "CUST-AUTH-010",
        error_body("error.message", "No access to customer-0001", anonymous_refused),
    ),
    Fault(
        "refusal-shows-virtual-key",
        "shows a virtual key's value in a header of a 401",
        "CUST-AUTH-010",
        header("X-Hint", virtual_key_value("vk-0001-1"), anonymous_refused),
    ),
    Fault(
        "refusal-in-html",
        "sends the error body of a 401 as text/html",
        "CUST-AUTH-011",
        header("Content-Type", "text/html", unknown_refused),
    ),
    Fault(
        "refusal-as-text",
        "sends a 401 whose body is no JSON",
        "CUST-AUTH-011",
        body(lambda _: b"Unauthorized", unknown_refused),
    ),
    Fault(
        "refusal-flag-as-string",
        "writes is_bifrost_error of a 401 as a string",
        "CUST-AUTH-011",
        error_body("is_bifrost_error", "true", anonymous_refused),
    ),
    Fault(
        "refusal-says-400",
        "says status_code 400 in a 401",
        "CUST-AUTH-011",
        error_body("status_code", 400, unknown_refused),
    ),
    Fault(
        "refusal-error-as-string",
        "writes error of a 401 as a string, from memory only",
        "CUST-AUTH-011",
        error_body("error", "unauthorized", lambda call, answer: refused(call, answer) and _asks_memory(call)),
    ),
    Fault(
        "refusal-code-as-number",
        "writes error.code of a 401 as a number",
        "CUST-AUTH-011",
        error_body("error.code", 401, unknown_refused),
    ),
    Fault(
        "refusal-repeats-type",
        "repeats the member type in a 401",
        "CUST-AUTH-011",
        body(_repeat_type, anonymous_refused),
    ),
    Fault(
        "no-challenge",
        "sends no WWW-Authenticate with a 401",
        "CUST-AUTH-012",
        header("WWW-Authenticate", None, refused),
    ),
    Fault(
        "no-challenge-for-basic",
        "sends no WWW-Authenticate with a 401 to Basic credentials",
        "CUST-AUTH-012",
        header(
            "WWW-Authenticate",
            None,
            lambda call, answer: refused(call, answer) and call.scheme_and_token[0] == "Basic",
        ),
    ),
    Fault(
        "no-challenge-from-memory",
        "sends no WWW-Authenticate with a 401 to a request for the memory view",
        "CUST-AUTH-012",
        header("WWW-Authenticate", None, lambda call, answer: refused(call, answer) and _asks_memory(call)),
    ),
    Fault(
        "refusal-lists-null",
        "holds the member customers with null in a 401",
        "CUST-AUTH-010",
        error_body("customers", None, unknown_refused),
    ),
    Fault(
        "refusal-lists-deep-in-disguise",
        "holds a member customers deep inside a 401, with an escape in its name",
        "CUST-AUTH-010",
        _as_written(b'"extra_fields": {}', b'"extra_fields": {"partial": [{"\\u0063ustomers": 0}]}', anonymous_refused),
    ),
    Fault(
        "refusal-names-customer-in-disguise",
        "names a customer's id in a 401, with an escape in it",
        "CUST-AUTH-010",
        _as_written(b"An API key", b"For \\u0063ustomer\\u002d0002 an API key", anonymous_refused),
    ),
    Fault(
        "refusal-names-customer-by-member",
        "holds a member that is named by a customer's id in a 401",
        "CUST-AUTH-010",
        error_body("extra_fields", {"hints": [{"customer-0001": None}]}, unknown_refused),
    ),
    Fault(
        "refusal-sets-cookie-of-customer",
        "sets a cookie that holds a customer's id beside another one, with a 401",
        "CUST-AUTH-010",
        header("Set-Cookie", "tenant=customer-0001; Path=/; HttpOnly", anonymous_refused),
    ),
    Fault(
        "refusal-sets-cookie-of-virtual-key",
        "sets a cookie that holds a virtual key's value, with a 401",
        "CUST-AUTH-010",
        header("Set-Cookie", f"session={virtual_key_value('vk-0002-1')}; Path=/", unknown_refused),
    ),
    Fault(
        "refusal-sets-cookie-named-by-customer",
        "names a cookie by a customer's id, with a 401",
        "CUST-AUTH-010",
        header("Set-Cookie", "customer-0002=1; Path=/", anonymous_refused),
    ),
    Fault(
        "refusal-challenges-by-customer",
        "names a customer's id as the realm of a challenge",
        "CUST-AUTH-010",
        header("WWW-Authenticate", 'Bearer realm="customer-0002"', unknown_refused),
    ),
    Fault(
        "refusal-names-customer-in-latin-1",
        "names a customer's id in a header of a 401, in Latin-1",
        "CUST-AUTH-010",
        _accented(_ACCENTED),
    ),
    Fault(
        "refusal-names-customer-in-utf-8",
        "names a customer's id in a header of a 401, in UTF-8",
        "CUST-AUTH-010",
        _accented(_ACCENTED.encode().decode("latin-1")),
    ),
    Fault(
        "forbidden-names-customer",
        "answers 403 to a virtual key and names a customer's id",
        "CUST-AUTH-010",
        Behaviour(answer=_forbidden),
    ),
    Fault(
        "refusal-untyped",
        "sends the error body of a 401 without a Content-Type",
        "CUST-AUTH-011",
        header("Content-Type", None, unknown_refused),
    ),
    Fault(
        "refusal-in-latin-1",
        "says a quoted charset other than UTF-8 of a 401",
        "CUST-AUTH-011",
        header("Content-Type", 'application/json; Charset="ISO-8859-1"', anonymous_refused),
    ),
    Fault(
        "refusal-repeats-type-in-disguise",
        "repeats the member type in a 401, once with an escape in its name",
        "CUST-AUTH-011",
        _as_written(b'{"type"', b'{"\\u0074ype": "error", "type"', anonymous_refused),
    ),
    Fault(
        "refusal-says-401-as-text",
        "writes status_code of a 401 as a string",
        "CUST-AUTH-011",
        error_body("status_code", "401", anonymous_refused),
    ),
    Fault(
        "refusal-says-hardly-401",
        "writes status_code of a 401 with a digit far behind the point",
        "CUST-AUTH-011",
        _as_written(b'"status_code": 401', b'"status_code": 401.00000000000000000001', unknown_refused),
    ),
    Fault(
        "refusal-says-0",
        "says status_code 0 in a 401",
        "CUST-AUTH-011",
        error_body("status_code", 0, anonymous_refused),
    ),
    Fault(
        "refusal-extra-null",
        "sends a null extra_fields in a 401",
        "CUST-AUTH-011",
        error_body("extra_fields", None, unknown_refused),
    ),
    Fault(
        "refusal-as-empty-list",
        "sends an empty list as the body of a 401",
        "CUST-AUTH-011",
        body(lambda _: b"[]", anonymous_refused),
    ),
    Fault(
        "empty-challenge",
        "sends an empty WWW-Authenticate with a 401",
        "CUST-AUTH-012",
        header("WWW-Authenticate", "", refused),
    ),
    _mistake(
        "mistake-in-html",
        "sends the error body of a 400 as text/html",
        header("Content-Type", "text/html", mistaken),
    ),
    _mistake("mistake-as-text", "sends a 400 whose body is no JSON", body(lambda _: b"Bad request", mistaken)),
    _mistake("mistake-says-500", "says status_code 500 in a 400", error_body("status_code", 500, mistaken)),
    _mistake(
        "mistake-flag-as-number",
        "writes is_bifrost_error of a 400 as 1",
        error_body("is_bifrost_error", 1, mistaken),
    ),
    _mistake(
        "mistake-extra-as-list", "writes extra_fields of a 400 as a list", error_body("extra_fields", [], mistaken)
    ),
    _mistake("mistake-param-null", "sends a null error.param in a 400", error_body("error.param", None, mistaken)),
    _mistake("mistake-as-false", "sends false as the body of a 400", body(lambda _: b"false", mistaken)),
    _mistake("mistake-says-0", "says status_code 0 in a 400", error_body("status_code", 0, mistaken)),
    _mistake(
        "mistake-says-hardly-400",
        "writes status_code of a 400 with a digit far behind the point",
        _as_written(b'"status_code": 400', b'"status_code": 400.00000000000000000001', mistaken),
    ),
    _mistake(
        "mistake-repeats-message-in-disguise",
        "repeats the message of a 400, once with an escape in its name",
        _as_written(b'"message"', b'"\\u006dessage": "", "message"', mistaken),
    ),
    _mistake(
        "mistake-in-two-types",
        "sends two fields of Content-Type with a 400",
        Behaviour(
            answer=lambda call, answer: answer.add("Content-Type", "text/html") if mistaken(call, answer) else None
        ),
    ),
    Fault(
        "unknown-parameter-gets-page",
        "answers 404 with a page to an unknown parameter",
        "CUST-SCH-012",
        Behaviour(answer=_unknown_parameter_page),
        also=("CUST-QRY-004",),
    ),
    _internals(
        "mistake-shows-trace",
        "shows a stack trace in a 400",
        'Traceback (most recent call last):\n  File "/srv/gateway/src/app.py", line 12, in read\nValueError: bad',
    ),
    _internals(
        "mistake-shows-sql",
        "shows the SQL in a 400",
        "SELECT id, name FROM governance_customers WHERE id = 1: syntax error",
    ),
    _internals(
        "mistake-shows-connection",
        "shows a connection string in a 400",
        "dial postgres://gateway:hunter2@db.internal:5432/governance: refused",
    ),
    _internals(
        "refusal-shows-go-trace",
        "shows a stack trace of Go in a 401",
        "panic: nil\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/build/gateway/main.go:42 +0x1d",
        on_refusal=True,
    ),
    _internals(
        "mistake-shows-path", "shows a source path in a 400", "bad value at /usr/src/gateway/handlers/governance.go:123"
    ),
    Fault(
        "mistake-shows-path-in-disguise",
        "shows a source path in a 400, its slashes escaped",
        "CUST-SEC-003",
        _as_written(
            b"from_memory must", b"\\u002fusr\\/src\\/gateway\\/handlers\\u002fgovernance\\u002ego:123: must", mistaken
        ),
    ),
    Fault(
        "mistake-shows-connection-in-disguise",
        "shows a connection string in a 400, with escapes in it",
        "CUST-SEC-003",
        _as_written(
            b"from_memory must",
            b"postgres\\u003a\\/\\/gateway\\u003ahunter2\\u0040db.internal\\u003a5432\\/governance must",
            mistaken,
        ),
    ),
    Fault(
        "refusal-shows-trace-deep-inside",
        "shows a stack trace in a list within a 401",
        "CUST-SEC-003",
        error_body(
            "extra_fields",
            {"causes": ['Traceback (most recent call last):\n  File "/srv/gateway/src/app.py", line 12, in read']},
            unknown_refused,
        ),
    ),
)
