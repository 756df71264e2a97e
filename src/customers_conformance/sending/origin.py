"""The server that was named: its address as a URL, checked by hand because URL parsers let too much through."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

import idna

from customers_conformance.model import DEFAULT_PORTS, ENDPOINT, UsageError

LONGEST_LABEL = 63
LONGEST_HOST = 253
HIGHEST_PORT = 65535
#: How much of a URL an error repeats.
SHOWN_LENGTH = 200

ALLOWED = "allowed is http:// or https://, a host, a port (1 to 65535) and a base path: https://gateway.example/base"

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?")
#: C0, DEL, C1 and every blank of Unicode: none may stand in a URL.
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff]")


@dataclass(frozen=True, slots=True)
class Origin:
    """A server's base URL in parts.

    ``host`` is as it was written, an IPv6 address without its brackets; ``base_path`` is percent-encoded and without a
    slash at the end: empty or ``/base``.
    """

    scheme: str
    host: str
    port: int
    base_path: str = ""

    @property
    def default_port(self) -> bool:
        """Whether the port is the scheme's own, so that it need not be written."""
        return self.port == DEFAULT_PORTS[self.scheme]

    @property
    def ascii_host(self) -> str:
        """The host as it is looked up and certified: an international name in its ASCII form."""
        return self.host if self.host.isascii() else idna.encode(self.host, uts46=True).decode("ascii")

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port: what ``Host`` says."""
        host = f"[{self.host}]" if ":" in self.host else self.ascii_host
        return host if self.default_port else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL as text, the same for every way to write it but for the case of the host."""
        return f"{self.scheme}://{self.authority}{self.base_path}"

    @property
    def endpoint(self) -> str:
        """The URL that the suite asks for."""
        return self.url + ENDPOINT

    @property
    def address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The host as an address; ``None`` where it is a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def is_loopback(self) -> bool:
        """Whether it can only be this machine, so that plain http is no risk."""
        if (address := self.address) is not None:
            return address.is_loopback
        name = self.ascii_host.lower().rstrip(".")
        return name == "localhost" or name.endswith(".localhost")


def parse_url(text: str) -> Origin:
    """Read the base URL of a server.

    Raises ``UsageError`` for user and password, a query, a fragment, a backslash, blanks and control characters, no
    scheme or another than http and https, no host or a malformed one, and a port out of range.
    """
    _refuse(text)
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    authority, slash, path = rest.partition("/")
    host, port_text = _split(authority, text)
    port = DEFAULT_PORTS[scheme] if port_text is None else _port(port_text, text)
    return Origin(scheme, host, port, _base_path(slash + path, text))


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy: where it is, and user and password where it wants them; its ``repr`` shows no password."""

    origin: Origin
    auth: tuple[bytes, bytes] | None = field(default=None, repr=False)


def parse_proxy(text: str) -> Proxy:
    """Read the URL of a proxy, which may hold user and password, percent-encoded; raises ``UsageError``."""
    scheme, separator, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    userinfo, at, host = authority.rpartition("@")
    origin = parse_url(scheme + separator + host + slash + path)
    if origin.base_path:
        raise UsageError("the URL has a path; allowed is http:// or https://, user:password@, a host and a port")
    user, _, password = userinfo.partition(":")
    return Proxy(origin, (unquote_to_bytes(user), unquote_to_bytes(password)) if at else None)


def _refuse(text: str) -> None:
    scheme, separator, rest = text.partition("://")
    if "@" in rest.partition("/")[0]:
        # Not repeated: it holds a password.
        raise UsageError(f"the URL holds a user or a password before its host; {ALLOWED}")
    for what, character in (("a query", "?"), ("a fragment", "#")):
        if character in text:
            # Not repeated: a query is a place where keys are put.
            raise UsageError(f"the URL holds {what} ({character!r}); {ALLOWED}")
    if "\\" in text:
        raise UsageError(_sentence(text, "holds a backslash"))
    if _UNPRINTABLE.search(text):
        raise UsageError(_sentence(text, "holds a blank or a control character"))
    if not separator:
        raise UsageError(_sentence(text, "has no scheme"))
    if scheme.lower() not in DEFAULT_PORTS:
        raise UsageError(_sentence(text, f"has the scheme {scheme!a}"))


def _split(authority: str, text: str) -> tuple[str, str | None]:
    """Host and port as they are written."""
    if authority.startswith("["):
        literal, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise UsageError(_sentence(text, "has a malformed IPv6 address"))
        try:
            ipaddress.IPv6Address(literal)
        except ValueError:
            raise UsageError(_sentence(text, f"has a malformed IPv6 address ({literal!a})")) from None
        if "%" in literal:
            raise UsageError(_sentence(text, "has an IPv6 address with a zone"))
        return literal, rest[1:] if rest else None
    host, colon, port = authority.partition(":")
    if not host:
        raise UsageError(_sentence(text, "has no host"))
    _check_host(host, text)
    return host, port if colon else None


def _check_host(host: str, text: str) -> None:
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
        for label in name.split("."):
            if label.lower().startswith("xn--"):
                idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        raise UsageError(_sentence(text, f"has a host that is no valid international name ({host!a})")) from None
    labels = name.removesuffix(".").split(".")
    if "" in labels:
        raise UsageError(_sentence(text, "has a host with an empty label"))
    if len(name) > LONGEST_HOST or any(len(label) > LONGEST_LABEL for label in labels):
        raise UsageError(_sentence(text, f"has a host or a label that is too long ({LONGEST_HOST}, {LONGEST_LABEL})"))
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise UsageError(_sentence(text, f"has a malformed host ({host!a})"))
    if labels[-1].isdigit():
        try:
            ipaddress.IPv4Address(name)
        except ValueError:
            raise UsageError(_sentence(text, f"has a malformed IPv4 address ({host!a})")) from None


def _port(digits: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", digits) or not 0 < int(digits) <= HIGHEST_PORT:
        raise UsageError(_sentence(text, f"has a port out of range ({digits[:20]!a})"))
    return int(digits)


def _base_path(path: str, text: str) -> str:
    import httpx  # noqa: PLC0415 - `--help` need not wait for it

    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", path)
    escaped = quote(escaped.encode("utf-8", "surrogateescape"), safe="%/:@!$&'()*+,;=~-._")
    try:
        # httpx resolves dot segments when it sends: resolved here, what is shown is what is sent.
        raw = httpx.URL(f"http://host{escaped}").raw_path
    except httpx.InvalidURL:
        raise UsageError(_sentence(text, "is too long")) from None
    return raw.decode("ascii").rstrip("/")


def _sentence(text: str, what: str) -> str:
    shown = text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
    return f"the URL {shown!a} {what}; {ALLOWED}"
