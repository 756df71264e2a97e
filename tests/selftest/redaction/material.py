"""What the tests of redaction are made of: secrets, exchanges that show them, and what is left of those."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from customers_conformance.model import Body, Credential, Exchange, Framing, Mode, Request, Response
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.sending.credentials import Credentials

KEY = "canary/Key+0123=abcdEF"

SESSION = "session-canary-987654"

ADDED = "added canary value 77"

CREDENTIALS = Credentials(
    key=KEY,
    unknown="unknown-" + "0" * 32,
    session=SESSION,
    headers=(("X-Tenant", ADDED), ("X-Stage", "staging"), ("X-N", "7")),
)

URL = "http://gateway.example/api/governance/customers"

ALL_MODES = [Mode.REDACTED, Mode.SHAPE, Mode.FULL]

VIRTUAL_KEY = "sk-bf-canary-0001"

SECRET = "provider-secret-canary-1"


def exchange(content: bytes | Any = b"", status: int = 200, **changes: Any) -> Exchange:
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    response = Response(
        status, "OK", "HTTP/1.1", (("Content-Type", "application/json"),), Body(data, "digest", 999), Framing()
    )
    fields = {name: changes.pop(name) for name in ("reason", "headers", "framing") if name in changes}
    request = Request("GET", URL, (), (("Authorization", "Bearer <key>"),), Credential.KEY)
    request = replace(request, **changes.pop("request", {}))
    return Exchange(
        **{"index": 0, "probe": "default", "request": request, "response": replace(response, **fields), **changes}
    )


def redact(
    *exchanges: Exchange, mode: Mode = Mode.REDACTED, forms: dict[str, str] | None = None
) -> tuple[Exchange, ...]:
    return Redactor(CREDENTIALS.forms() if forms is None else forms, mode).exchanges(exchanges)


def content(one: Exchange) -> bytes:
    assert one.response is not None
    return one.response.body.content


def body(value: bytes | Any, mode: Mode = Mode.REDACTED, status: int = 200) -> Any:
    (one,) = redact(exchange(value, status), mode=mode)
    return json.loads(content(one))


def customer(**members: Any) -> dict[str, Any]:
    return {"customers": [{"id": "customer-0001", "name": "Acme", **members}], "count": 1}


def virtual_key(**members: Any) -> dict[str, Any]:
    return customer(virtual_keys=[{"id": "vk-1", "value": VIRTUAL_KEY, **members}])


def escaped(text: str, form: str) -> str:
    return "".join(form.format(ord(letter)) for letter in text)


CANARIES = [KEY[:-1], KEY.swapcase()[:-1], SESSION, ADDED, "staging"]


def provider_key(**members: Any) -> dict[str, Any]:
    return virtual_key(provider_configs=[{"keys": [{"id": 1, **members}]}])


def mcp_client(**members: Any) -> dict[str, Any]:
    return virtual_key(mcp_configs=[{"mcp_client": members}])
