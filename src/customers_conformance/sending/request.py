"""What a probe is on the wire, with the secrets in it, and in a file, with placeholders."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from customers_conformance import placeholders
from customers_conformance.model import Credential, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Probe
    from customers_conformance.sending.credentials import Credentials
    from customers_conformance.sending.origin import Origin

USER_AGENT = f"customers-conformance/{version('customers-conformance')}"


def shown(probe: Probe, origin: Origin, credentials: Credentials) -> Request:
    """The request as files show it."""
    show = credentials.show if probe.credential is Credential.QUERY else str
    query = tuple((name, show(value)) for name, value in probe.query)
    target = "&".join(f"{_quote(name)}={_quote_around(value, probe)}" for name, value in query)
    lines = _headers(probe, origin, credentials, {name: placeholders.header(name) for name, _ in credentials.headers})
    carried = probe.credential
    if carried is Credential.KEY and credentials.key is None:
        carried = Credential.NONE
    return Request(
        method=probe.method,
        url=f"{origin.endpoint}?{target}" if target else origin.endpoint,
        query=query,
        headers=tuple((name, credentials.show(value) if own else value) for name, value, own in lines),
        credential=carried,
    )


def wired(
    probe: Probe, origin: Origin, credentials: Credentials, extensions: Mapping[str, object] | None = None
) -> httpx.Request:
    """The request as it is sent; raises ``ValueError`` and ``httpx.InvalidURL`` for what cannot be."""
    # Generated values may read like a placeholder: the key goes into the query of the probes that are about that only.
    substitute = credentials.substitute if probe.credential is Credential.QUERY else str
    target = "&".join(f"{_quote(name)}={_quote(substitute(value))}" for name, value in probe.query)
    headers = [
        (name.encode("ascii"), (credentials.substitute(value) if own else value).encode("latin-1"))
        for name, value, own in _headers(probe, origin, credentials, dict(credentials.headers))
    ]
    url = f"{origin.endpoint}?{target}" if target else origin.endpoint
    return httpx.Request(probe.method, url, headers=headers, extensions=dict(extensions or {}))


def _headers(
    probe: Probe, origin: Origin, credentials: Credentials, added: dict[str, str]
) -> list[tuple[str, str, bool]]:
    """Name, value and whether placeholders in the value are the suite's own, in the order of the wire."""
    own = {name.lower() for name, _ in probe.headers}
    lines = [("Host", origin.authority, False), ("User-Agent", USER_AGENT, False)]
    lines += [
        (name, value, False)
        for name, value in (("Accept", "*/*"), ("Accept-Encoding", "identity"))
        if name.lower() not in own
    ]
    if credentials.key is not None or probe.credential is not Credential.KEY:
        lines += [(name, value, True) for name, value in credentials.request_headers(probe.credential)]
    lines += [(name, value, False) for name, value in probe.headers]
    lines += [(name, added[name], False) for name, _ in credentials.headers]
    lines.append(("Connection", "close", False))
    return lines


def _quote(text: str) -> str:
    """Percent-encoded but for what RFC 3986 calls unreserved; an escaped byte stands for itself."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "surrogatepass")
    return quote(raw, safe="")


def _quote_around(text: str, probe: Probe) -> str:
    """The same with placeholders left as they are, where the probe has any."""
    if probe.credential is not Credential.QUERY:
        return _quote(text)
    parts = re.split(f"({placeholders.PATTERN.pattern})", text)
    return "".join(part if at % 2 else _quote(part) for at, part in enumerate(parts))
