"""Faults that show what should be hidden, and faults of a server that is easily upset."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.answers import anonymous_refused, error_body, listed, mistaken, refused, status
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.reference.places import (
    CONFIG,
    DEEP_CONFIG,
    DEEP_KEY,
    KEY,
    LAST,
    MCP,
    TEAM,
    in_memory,
    look,
    put,
)
from customers_conformance.reference.raw import over_wire, sound

if TYPE_CHECKING:
    from customers_conformance.reference.places import When

_LONG = 1000
_PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2FuYXJ5Q2FuYXJ5\n-----END CERTIFICATE-----\n"
_SECRET = "Qm9ndXMtc2VjcmV0LWZvci10ZXN0cw"  # noqa: S105 -- made up, and what a leak shows
_CLOUD = f"{DEEP_CONFIG}.keys.0"
_USUAL = frozenset(
    [
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "authorization",
        "origin",
        "cookie",
        "accept-language",
        "x-forwarded-for",
        "content-type",
        "x-api-key",
        "x-bf-vk",
    ]
)


def _security(name: str, says: str, number: int, behaviour: Behaviour, also: tuple[str, ...] = ()) -> Fault:
    return Fault(name, says, f"CUST-SEC-{number:03}", behaviour, also)


def _robust(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-ROB-{number:03}", behaviour)


def _sent(call: Call, name: str) -> bool:
    return call.admitted and call.method == "GET" and call.header(name) is not None


def _carries(name: str) -> When:
    return lambda call: _sent(call, name)


def _long_header(call: Call) -> bool:
    return _odd(call) and any(len(value) >= _LONG for _, value in call.headers)


def _high_bytes(call: Call) -> bool:
    return _odd(call) and any(not value.isascii() for _, value in call.headers)


def _repeated_header(call: Call) -> bool:
    names = [name for name, _ in call.headers]
    return _odd(call) and len(names) > len(set(names))


def _empty_header(call: Call) -> bool:
    return _odd(call) and any(not value for _, value in call.headers)


def _strange_name(call: Call) -> bool:
    """A header that nobody knows, with a value that is odd in no way."""
    strange = [(name, value) for name, value in call.headers if name not in _USUAL]
    return (
        _odd(call)
        and len(strange) == 1
        and bool(strange[0][1])
        and strange[0][1].isascii()
        and len(strange[0][1]) < _LONG
    )


def _odd(call: Call) -> bool:
    return call.admitted and call.method == "GET" and not call.query


def _asks(value: str) -> When:
    return lambda call: call.admitted and call.method == "GET" and call.values("from_memory") == [value]


def _echo(call: Call) -> str:
    return f"Token {call.bearer} is not known"


def _echo_query(call: Call) -> str:
    return f"Nothing to show for {call.raw_query or 'you'}"


def _stranger_refused(call: Call, answer: Answer) -> bool:
    return refused(call, answer) and bool(call.bearer)


def _claims_key(call: Call, tree: Any) -> None:
    look(tree, TEAM)["claims"]["caller"] = call.key


def _header_from(name: str, prefix: str) -> Behaviour:
    def change(call: Call, answer: Answer) -> None:
        if _stranger_refused(call, answer):
            answer.set(name, prefix + (call.bearer or ""))

    return Behaviour(answer=change)


def _key_header(call: Call, answer: Answer) -> None:
    if listed(call, answer) and call.plain:
        answer.set("X-Authenticated-As", base64.b64encode(call.key.encode()).decode())


def _reason_echo(call: Call, answer: Answer) -> bytes:
    if _stranger_refused(call, answer):
        answer.reason = f"Unknown token {call.bearer}"
    return sound(call, answer)


def _crowded(path: str, value: object) -> Behaviour:
    def change(call: Call, tree: Any) -> None:
        if call.crowded:
            *steps, name = path.split(".")
            look(tree, ".".join(steps))[name] = value

    return Behaviour(value=change, gathers=True)


def _crowd_hides_last(call: Call, tree: Any) -> None:
    if call.crowded:
        del tree["customers"][-1:]
        tree["count"] = len(tree["customers"])


def _internals(name: str, says: str, message: str, *, on_refusal: bool = False) -> Fault:
    return _security(name, says, 3, error_body("error.message", message, anonymous_refused if on_refusal else mistaken))


def _unavailable(call: Call, answer: Answer) -> None:
    if _asks("true")(call):
        answer.status = 503
        answer.write({"status_code": 503, "error": {"message": "The memory is busy"}})


FAULTS: Final = (
    _security(
        "key-value-shown",
        "shows the secret of a provider key",
        1,
        put(f"{CONFIG}.keys.0.value.value", f"sk-live-{_SECRET}"),
    ),
    _security(
        "key-value-half-masked",
        "masks a provider key with too few characters",
        1,
        put(f"{CONFIG}.keys.0.value.value", "sk-***abcd"),
    ),
    _security(
        "key-value-tail-shown",
        "masks only the beginning of a provider key",
        1,
        put(f"{CONFIG}.keys.0.value.value", f"****{_SECRET}"),
    ),
    _security(
        "azure-secret-shown",
        "shows azure_client_secret deep inside a team's key",
        1,
        put(f"{_CLOUD}.azure_client_secret.value", _SECRET),
    ),
    _security(
        "vertex-credentials-shown",
        "shows vertex_auth_credentials",
        1,
        put(f"{_CLOUD}.vertex_auth_credentials.value", '{"type": "service_account"}'),
    ),
    _security(
        "bedrock-access-key-shown",
        "shows bedrock_access_key",
        1,
        put(f"{_CLOUD}.bedrock_access_key.value", "AKIABOGUSBOGUSBOGUS1"),
    ),
    _security(
        "bedrock-secret-shown", "shows bedrock_secret_key", 1, put(f"{_CLOUD}.bedrock_secret_key.value", _SECRET)
    ),
    _security(
        "bedrock-token-shown",
        "shows bedrock_session_token, short as it is",
        1,
        put(f"{_CLOUD}.bedrock_session_token.value", "hunter2"),
    ),
    _security(
        "certificate-shown",
        "shows the certificate of an MCP client",
        2,
        put(f"{MCP}.mcp_client.tls_config.ca_cert_pem", _PEM),
    ),
    _security(
        "certificate-shown-on-one-line",
        "shows the certificate with its line ends taken out",
        2,
        put(f"{MCP}.mcp_client.tls_config.ca_cert_pem", _PEM.replace("\n", "")),
    ),
    _security(
        "certificate-shown-with-returns",
        "shows the certificate with line ends of another kind",
        2,
        put(f"{MCP}.mcp_client.tls_config.ca_cert_pem", _PEM.replace("\n", "\r\n")),
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
    _security(
        "token-echoed-in-message",
        "echoes the bearer token in the message of a 401",
        4,
        error_body("error.message", _echo, _stranger_refused),
    ),
    _security(
        "token-echoed-in-header", "echoes the bearer token in a header of a 401", 4, _header_from("X-Refused", "")
    ),
    _security("token-echoed-in-cookie", "puts the bearer token into a cookie", 4, _header_from("Set-Cookie", "last=")),
    _security("token-echoed-in-reason", "echoes the bearer token in the reason phrase", 4, over_wire(_reason_echo)),
    _security(
        "query-echoed-in-refusal",
        "echoes the query, key and all, in a 401",
        4,
        error_body("error.message", _echo_query, refused),
    ),
    _security("key-in-claims", "shows the key in the claims of a team", 4, Behaviour(value=_claims_key)),
    _security(
        "key-in-header-as-base64",
        "sends the key back in Base64 in a header of the plain answer",
        4,
        Behaviour(answer=_key_header),
    ),
    _security(
        "mcp-header-shown",
        "shows a header of an MCP client",
        5,
        put(f"{MCP}.mcp_client.headers.Authorization", f"Bearer {_SECRET}"),
    ),
    _security(
        "mcp-header-short",
        "shows a short header of an MCP client",
        5,
        put(f"{MCP}.mcp_client.headers.X-Tenant", "acme"),
    ),
    _security(
        "mcp-header-tail-shown",
        "masks only the beginning of a header",
        5,
        put(f"{MCP}.mcp_client.headers.X-Tenant", f"****{_SECRET}"),
    ),
    _security(
        "secret-undocumented",
        "shows a secret under an undocumented property of a customer",
        6,
        put(f"{LAST}.api_key", "sk-bogus0123456789abcdefghijklmnopqrstuvwx"),
        ("CUST-SCH-014",),
    ),
    _security(
        "certificate-undocumented",
        "shows a private key under an undocumented property deep inside",
        6,
        put(f"{DEEP_KEY}.tls", _PEM.replace("CERTIFICATE", "PRIVATE KEY")),
        ("CUST-SCH-014",),
    ),
    _security(
        "access-key-undocumented-in-memory",
        "shows an access key under an undocumented property, from memory only",
        6,
        put(f"{KEY}.cloud", {"inner": ["AKIAIOSFODNN7BOGUS42"]}, in_memory),
        ("CUST-SCH-014",),
    ),
    _robust("bad-value-gets-500", "answers 500 to from_memory=yes", 1, status(500, _asks("yes"))),
    _robust("empty-value-gets-500", "answers 500 to an empty from_memory", 1, status(500, _asks(""))),
    _robust(
        "long-value-gets-502",
        "answers 502 to a from_memory of 2,000 characters",
        1,
        status(502, lambda call: call.admitted and any(len(value) >= _LONG for _, value in call.query)),
    ),
    _robust("memory-gets-503", "answers 503 to from_memory=true and says no time", 1, Behaviour(answer=_unavailable)),
    _robust(
        "unknown-parameter-gets-500",
        "answers 500 to an unknown parameter",
        1,
        status(500, lambda call: call.admitted and call.unknown_parameter and call.method == "GET"),
    ),
    _robust(
        "head-gets-500", "answers HEAD with 500", 1, status(500, lambda call: call.admitted and call.method == "HEAD")
    ),
    _robust("options-gets-501", "answers OPTIONS with 501", 1, status(501, lambda call: call.method == "OPTIONS")),
    _robust("long-header-gets-500", "answers 500 to a header of 4,000 characters", 1, status(500, _long_header)),
    _robust(
        "basic-gets-500",
        "answers 500 to Basic credentials",
        1,
        status(500, lambda call: call.scheme_and_token[0] == "Basic"),
    ),
    _robust("origin-gets-500", "answers 500 where an Origin is sent", 1, status(500, _carries("origin"))),
    _robust(
        "crowd-sees-other-text",
        "shows another description while like requests are under way",
        2,
        _crowded(f"{KEY}.description", "Busy"),
    ),
    _robust(
        "crowd-sees-other-weight",
        "shows another weight deep inside while like requests are under way",
        2,
        _crowded(f"{DEEP_CONFIG}.weight", 9),
    ),
    _robust(
        "crowd-misses-last",
        "leaves the last customer out while like requests are under way",
        2,
        Behaviour(value=_crowd_hides_last, gathers=True),
    ),
    _robust("cookie-gets-403", "answers 403 beside a cookie", 3, status(403, _carries("cookie"))),
    _robust("language-gets-404", "answers 404 to Accept-Language: *", 3, status(404, _carries("accept-language"))),
    _robust("forwarded-gets-403", "answers 403 to X-Forwarded-For", 3, status(403, _carries("x-forwarded-for"))),
    _robust(
        "content-type-gets-415",
        "answers 415 to a Content-Type without a body",
        3,
        status(415, _carries("content-type")),
    ),
    _robust("high-bytes-get-404", "answers 404 to a header with bytes above 127", 3, status(404, _high_bytes)),
    _robust("repeated-header-gets-409", "answers 409 to a repeated header", 3, status(409, _repeated_header)),
    _robust("empty-header-gets-422", "answers 422 to a header with an empty value", 3, status(422, _empty_header)),
    _robust("long-header-gets-403", "answers 403 to a header of 4,000 characters", 3, status(403, _long_header)),
    _robust("strange-header-gets-404", "answers 404 to a header that it does not know", 3, status(404, _strange_name)),
)
