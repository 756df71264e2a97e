"""Faults that show what should be hidden: secrets, certificates, and the credentials that were sent."""

from __future__ import annotations

import base64
from typing import Any, Final

from customers_conformance.reference.answers import error_body, listed, refused
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.reference.places import (
    BARE_TEAM,
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


def _reason_key(call: Call, answer: Answer) -> bytes:
    if listed(call, answer) and call.plain:
        answer.reason = f"OK {call.key}"
    return sound(call, answer)


def _key_cookie(call: Call, answer: Answer) -> None:
    if listed(call, answer) and call.plain:
        answer.add("Set-Cookie", "lang=en")
        answer.add("Set-Cookie", f"last={call.key}; HttpOnly")


def _escaped_echo(call: Call, answer: Answer) -> None:
    if _stranger_refused(call, answer):
        escaped = "".join(f"\\u{ord(character):04x}" for character in call.bearer or "")
        answer.body = answer.body.replace(b"An API key", f"Not {escaped} but an API key".encode(), 1)


def _named_by_key(call: Call, tree: Any) -> None:
    tree[call.key] = 0


def _claims_named_by_key(call: Call, tree: Any) -> None:
    look(tree, TEAM)["claims"][call.key] = None


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
    *(
        _security(
            f"key-value-{name}",
            f"shows {says} for the secret of a provider key",
            1,
            put(f"{CONFIG}.keys.0.value.value", text),
        )
        for name, says, text in (
            ("blank", "a blank", " "),
            ("zero", "a single digit", "0"),
            ("with-nine-others", "nine characters beside four mask characters", "abcde****6789"),
            ("of-three-stars", "three stars", "***"),
            ("prefix-alone", "env. and no name", "env."),
            ("reference-to-two-names", "a reference with a blank in it", "env.OPENAI KEY"),
            ("said-to-be-redacted", "a word that only begins like a mask", "[REDACTED"),
        )
    ),
    _security(
        "azure-secret-shown-beside-reference",
        "shows azure_client_secret after a reference",
        1,
        put(f"{_CLOUD}.azure_client_secret.value", f"env.X {_SECRET}"),
    ),
    _security(
        "certificate-shown-without-end",
        "shows a certificate without its last line",
        2,
        put(f"{MCP}.mcp_client.tls_config.ca_cert_pem", _PEM.partition("-----END")[0]),
    ),
    _security(
        "certificate-shown-below-mask",
        "masks the first line of a certificate and shows the second",
        2,
        put(f"{MCP}.mcp_client.tls_config.ca_cert_pem", _PEM.replace("MII", "****************\nMII")),
    ),
    _security("key-in-reason", "says the key in the reason phrase of the plain answer", 4, over_wire(_reason_key)),
    _security("key-in-cookie", "puts the key into a second cookie beside the list", 4, Behaviour(answer=_key_cookie)),
    _security(
        "token-echoed-in-disguise",
        "echoes the bearer token in the message of a 401, every character escaped",
        4,
        Behaviour(answer=_escaped_echo),
    ),
    _security(
        "key-as-undocumented-name",
        "names an undocumented property by the key",
        4,
        Behaviour(value=_named_by_key),
        ("CUST-SCH-014",),
    ),
    _security(
        "key-as-name-in-claims",
        "names a member of a team's claims by the key",
        4,
        Behaviour(value=_claims_named_by_key),
    ),
    _security("mcp-header-blank", "shows a blank for a header", 5, put(f"{MCP}.mcp_client.headers.X-Tenant", " ")),
    _security(
        "mcp-header-prefix-alone", "shows env. for a header", 5, put(f"{MCP}.mcp_client.headers.X-Tenant", "env.")
    ),
    _security(
        "secret-as-undocumented-name",
        "names an undocumented property by a secret",
        6,
        put(f"{LAST}.AKIAIOSFODNN7BOGUS42", 0),
        ("CUST-SCH-014",),
    ),
    _security(
        "secret-as-name-beneath",
        "names a member by a secret beneath an undocumented property",
        6,
        put(f"{BARE_TEAM}.last_used", {"by": [{"AKIAIOSFODNN7BOGUS42": None}]}),
        ("CUST-SCH-014",),
    ),
)
