"""What a probe is on the wire, with the secrets in it, and in a file, with placeholders."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import httpx

from customers_conformance import placeholders
from customers_conformance.model import Credential, Request
from customers_conformance.sending.credentials import NO_VIRTUAL_KEY, check_bearer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Probe
    from customers_conformance.sending.credentials import Credentials
    from customers_conformance.sending.origin import Origin

USER_AGENT = f"customers-conformance/{version('customers-conformance')}"


class _Line(NamedTuple):
    """A header field; ``own`` says that placeholders in its value stand for secrets."""

    name: str
    value: str
    own: bool = False


class Composer:
    """Makes requests of probes, for one server and with what is known to authenticate with."""

    def __init__(self, origin: Origin, credentials: Credentials) -> None:
        """Take the server, and what the run was given."""
        self._origin = origin
        self._credentials = credentials
        self._listed_key: str | None = None

    def learn(self, virtual_key: str) -> None:
        """Take a virtual key that the server's own list shows, to be sent where none was given.

        It stays the list's: requests show it in the clear, and whoever writes them down strikes it out as the list's.
        Raises ``UsageError`` for one that no header can carry.
        """
        check_bearer("listed virtual key", virtual_key)
        self._listed_key = virtual_key

    def missing(self, kind: Credential) -> str | None:
        """What is missing to send credentials of this kind, as a phrase; ``None`` where nothing is."""
        return None if self._sends_listed_key(kind) else self._credentials.can_send(kind)

    def shown(self, probe: Probe) -> Request:
        """The request as files show it, but for a listed virtual key."""
        credentials = self._credentials
        show = credentials.show if probe.credential is Credential.QUERY else str
        query = tuple((name, show(value)) for name, value in probe.query)
        target = "&".join(f"{_quote(name)}={_quote_around(value, probe)}" for name, value in query)
        added = {name: placeholders.header(name) for name, _ in credentials.headers}
        return Request(
            method=probe.method,
            url=self._url(target),
            query=query,
            headers=tuple(
                (name, credentials.show(value) if own else value) for name, value, own in self._lines(probe, added)
            ),
            credential=probe.credential,
        )

    def wired(self, probe: Probe, extensions: Mapping[str, object] | None = None) -> httpx.Request:
        """The request as it is sent; raises ``ValueError`` and ``httpx.InvalidURL`` for what cannot be."""
        # Generated values may read like a placeholder: the key goes into the query of the probes about that only.
        substitute = self._credentials.substitute if probe.credential is Credential.QUERY else str
        target = "&".join(f"{_quote(name)}={_quote(substitute(value))}" for name, value in probe.query)
        headers = [
            (name.encode("ascii"), (self._credentials.substitute(value) if own else value).encode("latin-1"))
            for name, value, own in self._lines(probe, dict(self._credentials.headers))
        ]
        return httpx.Request(probe.method, self._url(target), headers=headers, extensions=dict(extensions or {}))

    def _url(self, query: str) -> str:
        return f"{self._origin.endpoint}?{query}" if query else self._origin.endpoint

    def _lines(self, probe: Probe, added: Mapping[str, str]) -> list[_Line]:
        """The header fields in the order of the wire."""
        own = {name.lower() for name, _ in probe.headers}
        lines = [_Line("Host", self._origin.authority), _Line("User-Agent", USER_AGENT)]
        lines += [
            _Line(name, value)
            for name, value in (("Accept", "*/*"), ("Accept-Encoding", "identity"))
            if name.lower() not in own
        ]
        lines += self._credential_lines(probe.credential)
        lines += [_Line(name, value) for name, value in probe.headers]
        lines += [_Line(name, added[name]) for name, _ in self._credentials.headers]
        lines.append(_Line("Connection", "close"))
        return lines

    def _credential_lines(self, kind: Credential) -> list[_Line]:
        headers = self._credentials.request_headers(kind)
        if self._listed_key is not None and self._sends_listed_key(kind):
            # Put in at once: the target's text may itself read like a placeholder, which must stay what it is.
            listed = self._listed_key
            return [_Line(name, value.replace(placeholders.VIRTUAL_KEY, listed)) for name, value in headers]
        return [_Line(name, value, own=True) for name, value in headers]

    def _sends_listed_key(self, kind: Credential) -> bool:
        return self._listed_key is not None and self._credentials.can_send(kind) == NO_VIRTUAL_KEY


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
