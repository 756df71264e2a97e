"""Faults of authentication: who is let in, who is kept out, and what the refusal says."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.answers import (
    admit,
    refuse,
    relabelled,
    status,
)
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault

if TYPE_CHECKING:
    from customers_conformance.reference.places import When


def _has(scheme: str) -> When:
    return lambda call: call.scheme_and_token == (scheme, call.key)


def _basic(call: Call) -> tuple[str, str]:
    scheme, token = call.scheme_and_token
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _no_scheme(call: Call) -> bool:
    return call.header("authorization") == call.key


def _stranger(call: Call) -> bool:
    """Any bearer token but the key, alone and beside a sound query, so that no neighbouring rule is touched."""
    return bool(call.bearer) and call.bearer != call.key and not _bad(call)


def _bad(call: Call) -> bool:
    values = call.values("from_memory")
    return bool(values) and values not in (["true"], ["false"])


def _anonymous(call: Call) -> bool:
    return call.anonymous and not _bad(call)


def _asks_memory(call: Call) -> bool:
    return call.values("from_memory") == ["true"]


def _virtual(call: Call) -> bool:
    return bool(call.bearer) and call.is_virtual_key(call.bearer or "")


def _virtual_header(call: Call) -> bool:
    return call.is_virtual_key(call.header("x-bf-vk") or "")


def _session(call: Call) -> bool:
    return f"token={call.session}" in (call.header("cookie") or "").split("; ")


def _near(compare: When) -> When:
    return lambda call: bool(call.bearer) and compare(call)


def _differs_in(call: Call, *, early: bool) -> bool:
    token, key = call.bearer or "", call.key
    if len(token) != len(key) or token.lower() == key.lower():
        return False
    half = len(key) // 2
    return token[half:] == key[half:] if early else token[:half] == key[:half]


def _plain(call: Call) -> bool:
    return call.plain


def _empty(call: Call, answer: Answer) -> Answer | None:
    if not call.plain:
        return None
    return Answer(204, [item for item in answer.headers if item[0].lower() != "content-type"])


def _query_first(number: int, when: When) -> Behaviour:
    return status(number, lambda call: not call.admitted and _bad(call) and when(call), "from_memory is bad")


def _lower_scheme(call: Call) -> bool:
    return call.scheme_and_token[0] == "bearer"


def _named_without_key(name: str) -> When:
    return lambda call: call.values(name) == [call.key] and call.header("authorization") is None


def _repeat_type(content: bytes) -> bytes:
    return content.replace(b'{"type"', b'{"type": "error", "type"', 1)


def _key_beside(call: Call, *, stranger: bool) -> bool:
    return call.header("x-api-key") == call.key and (call.header("authorization") is not None) is stranger


FAULTS: Final = (
    Fault("key-gets-204", "answers the plain request with 204 and no body", "CUST-AUTH-001", Behaviour(answer=_empty)),
    Fault("key-gets-203", "answers the plain request with 203", "CUST-AUTH-001", relabelled(203, _plain)),
    Fault("key-gets-400", "answers the plain request with 400", "CUST-AUTH-001", status(400, _plain)),
    Fault(
        "third-read-gets-400",
        "answers the third plain read with 400, the others with 200",
        "CUST-AUTH-001",
        status(400, lambda call: call.plain_read == 3),
    ),
    Fault("open-door", "lets in whoever carries no credentials", "CUST-AUTH-002", admit(_anonymous)),
    Fault(
        "open-memory",
        "lets in whoever carries no credentials, from memory only",
        "CUST-AUTH-002",
        admit(lambda call: call.anonymous and _asks_memory(call)),
    ),
    Fault(
        "open-head",
        "lets in a HEAD without credentials",
        "CUST-AUTH-002",
        admit(lambda call: call.anonymous and call.method == "HEAD"),
    ),
    Fault(
        "nobody-gets-403",
        "answers 403 to a GET without credentials",
        "CUST-AUTH-002",
        status(403, lambda call: _anonymous(call) and call.method == "GET"),
    ),
    Fault(
        "nobody-gets-404-from-memory",
        "answers 404 to a GET without credentials that asks for the memory view",
        "CUST-AUTH-002",
        status(404, lambda call: call.anonymous and call.method == "GET" and _asks_memory(call)),
    ),
    Fault("any-bearer", "lets in any bearer token", "CUST-AUTH-003", admit(_stranger)),
    Fault(
        "any-bearer-from-memory",
        "lets in any bearer token, from memory only",
        "CUST-AUTH-003",
        admit(lambda call: _stranger(call) and _asks_memory(call)),
    ),
    Fault(
        "empty-bearer",
        "lets in a bearer scheme with nothing after it",
        "CUST-AUTH-003",
        admit(lambda call: call.bearer == "" and not _bad(call)),
    ),
    Fault(
        "stranger-gets-403",
        "answers 403 to an unknown bearer token",
        "CUST-AUTH-003",
        status(403, lambda call: _stranger(call) and call.method == "GET"),
    ),
    Fault(
        "basic-password",
        "takes the key as a Basic password",
        "CUST-AUTH-004",
        admit(lambda call: _basic(call)[1] == call.key),
    ),
    Fault(
        "basic-user", "takes the key as a Basic user", "CUST-AUTH-004", admit(lambda call: _basic(call)[0] == call.key)
    ),
    Fault("token-scheme", "takes the key under the scheme Token", "CUST-AUTH-004", admit(_has("Token"))),
    Fault("no-scheme", "takes the key under no scheme", "CUST-AUTH-004", admit(_no_scheme)),
    Fault(
        "token-scheme-gets-403",
        "answers 403 to the key under the scheme Token",
        "CUST-AUTH-004",
        status(403, _has("Token")),
    ),
    Fault(
        "api-key-header",
        "takes the key from x-api-key",
        "CUST-AUTH-005",
        admit(lambda call: _key_beside(call, stranger=False)),
    ),
    Fault(
        "api-key-beside-bearer",
        "takes the key from x-api-key only beside an unknown bearer token",
        "CUST-AUTH-005",
        admit(lambda call: _key_beside(call, stranger=True)),
    ),
    Fault(
        "api-key-gets-403",
        "answers 403 to the key in x-api-key",
        "CUST-AUTH-005",
        status(403, lambda call: _key_beside(call, stranger=False)),
    ),
    Fault("virtual-key-bearer", "takes a virtual key as a bearer token", "CUST-AUTH-006", admit(_virtual)),
    Fault("virtual-key-header", "takes a virtual key from x-bf-vk", "CUST-AUTH-006", admit(_virtual_header)),
    Fault(
        "virtual-key-gets-404",
        "answers 404 to a virtual key as a bearer token",
        "CUST-AUTH-006",
        status(404, _virtual),
    ),
    Fault("session-cookie", "takes a session cookie", "CUST-AUTH-007", admit(_session)),
    Fault("session-gets-400", "answers 400 to a session cookie", "CUST-AUTH-007", status(400, _session)),
    *(
        Fault(
            f"query-{name.replace('_', '-')}",
            f"takes the key from the query parameter {name}",
            "CUST-AUTH-008",
            admit(_named_without_key(name)),
        )
        for name in ("access_token", "api_key", "key")
    ),
    Fault(
        "key-cut-short",
        "takes the key without its last character",
        "CUST-AUTH-009",
        admit(_near(lambda call: call.bearer == call.key[:-1])),
    ),
    Fault(
        "key-extended",
        "takes whatever begins with the key",
        "CUST-AUTH-009",
        admit(_near(lambda call: (call.bearer or "").startswith(call.key))),
    ),
    Fault(
        "key-second-half",
        "compares only the second half of the key",
        "CUST-AUTH-009",
        admit(_near(lambda call: _differs_in(call, early=True))),
    ),
    Fault(
        "key-first-half",
        "compares only the first half of the key",
        "CUST-AUTH-009",
        admit(_near(lambda call: _differs_in(call, early=False))),
    ),
    Fault(
        "key-any-case",
        "compares the key without regard to case",
        "CUST-AUTH-009",
        admit(_near(lambda call: (call.bearer or "").lower() == call.key.lower())),
    ),
    Fault("scheme-by-the-letter", "takes only Bearer as written", "CUST-AUTH-013", refuse(_lower_scheme)),
    Fault(
        "scheme-lower-case-without-challenge",
        "refuses the lower-case scheme as if it were unknown, with an error body of its own",
        "CUST-AUTH-013",
        Behaviour(
            admits=lambda call: False if _lower_scheme(call) else None,
            answer=lambda call, answer: (
                answer.write({"error": {"message": "unsupported scheme"}}) if _lower_scheme(call) else None
            ),
        ),
    ),
    Fault(
        "query-before-credentials",
        "answers 400 to a bad query before it looks at the credentials",
        "CUST-AUTH-014",
        _query_first(400, lambda _: True),
    ),
    Fault(
        "query-before-credentials-422",
        "answers 422 to a bad query before it looks at the credentials",
        "CUST-AUTH-014",
        _query_first(422, lambda _: True),
    ),
)
