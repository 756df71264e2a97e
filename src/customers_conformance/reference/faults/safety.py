"""Faults that show what should be hidden, and faults of a server that is easily upset."""

from __future__ import annotations

import base64
from typing import Any, Final

from customers_conformance.reference.answers import error_body, listed, refused
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

_PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2FuYXJ5Q2FuYXJ5\n-----END CERTIFICATE-----\n"
_SECRET = "Qm9ndXMtc2VjcmV0LWZvci10ZXN0cw"  # noqa: S105 -- made up, and what a leak shows
_CLOUD = f"{DEEP_CONFIG}.keys.0"


def _security(name: str, says: str, number: int, behaviour: Behaviour, also: tuple[str, ...] = ()) -> Fault:
    return Fault(name, says, f"CUST-SEC-{number:03}", behaviour, also)


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
)
