"""The secrets of a run: which there are, what a request carries of them, and every text that gives one away."""

from __future__ import annotations

import base64
import json
import re
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from customers_conformance import placeholders
from customers_conformance.model import Credential, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Near misses of a shorter key would be too easily another valid key, or too like the key itself.
SHORTEST_KEY_WITH_NEAR_MISSES = 8

#: What is missing where no virtual key was given: the list may show one.
NO_VIRTUAL_KEY = "a virtual key"
_LONG_KEY = f"a key of {SHORTEST_KEY_WITH_NEAR_MISSES} characters or more"

#: Headers that ``--header`` may not set: credentials of another kind, and what the suite must say itself.
REFUSED_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "te",
        "transfer-encoding",
        "upgrade",
        "x-api-key",
        "x-bf-vk",
    }
)

#: The user that stands beside the key where the key is the password of ``Basic``.
BASIC_USER = "user"

#: What a target that takes no credentials is sent (``--no-auth``); see ``Credentials``.
SENT_WITHOUT_KEY = frozenset({Credential.KEY, Credential.NONE})

VIRTUAL_KEYS = frozenset({Credential.VIRTUAL_KEY, Credential.VIRTUAL_KEY_HEADER})

_URL_SAFE = str.maketrans("+/", "-_")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"(?:[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff\t]*[\x21-\x7e\x80-\xff])?)?")


def unknown_token(seed: str) -> str:
    """A made-up bearer token that no server knows, the same for the same seed; it is no secret."""
    return f"{placeholders.MADE_UP_PREFIX}{uuid.uuid5(uuid.NAMESPACE_OID, f'customers-conformance {seed}').hex}"


@dataclass(frozen=True)
class Credentials:
    """What a run was given to authenticate with, and a made-up token; its ``repr`` shows no secret.

    Without a key the target takes no credentials (``--no-auth``). Here alone is said what that makes of a request: one
    with the key carries nothing and counts as one that has let the key in, one without credentials stays what it is,
    and no other is sent.

    Raises ``UsageError`` for a value that no header can carry and for an added header that is refused.
    """

    key: str | None
    unknown: str
    virtual_key: str | None = None
    session: str | None = None
    #: The added headers, name and value; the values are secret.
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no header can carry, without repeating it."""
        for name, value in (("key", self.key), ("virtual key", self.virtual_key)):
            if value is not None:
                check_bearer(name, value)
        if self.session is not None and not _COOKIE_VALUE.fullmatch(self.session):
            allowed = "visible ASCII characters but quotes, commas, semicolons and backslashes"
            raise UsageError(_unsendable("session token", self.session, allowed))
        for name, value in self.headers:
            _check_header(name, value)

    def __repr__(self) -> str:
        """What there is, without saying what it is."""
        given = [
            name
            for name, value in (("key", self.key), ("virtual_key", self.virtual_key), ("session", self.session))
            if value is not None
        ]
        given += [f"header {name}" for name, _ in self.headers]
        return f"<Credentials: {', '.join(given) or 'none'}>"

    def can_send(self, kind: Credential) -> str | None:
        """What is missing to send credentials of this kind, as a phrase; ``None`` where nothing is."""
        if kind is Credential.OTHER:
            return "credentials that only a recording holds"
        if self.key is None:
            return None if kind in SENT_WITHOUT_KEY else "a key"
        for missing, kinds, needed in (
            (self.virtual_key is None, VIRTUAL_KEYS, NO_VIRTUAL_KEY),
            (self.session is None, {Credential.SESSION}, "a session token"),
            (len(self.key) < SHORTEST_KEY_WITH_NEAR_MISSES, set(placeholders.NEAR_MISSES), _LONG_KEY),
            (self.key.swapcase() == self.key, {Credential.CASE_CHANGED}, "a key with a letter"),
        ):
            if missing and kind in kinds:
                return needed
        return None

    def request_headers(self, kind: Credential) -> tuple[tuple[str, str], ...]:
        """The headers that carry credentials of this kind, placeholders in the place of secrets."""
        return () if self.key is None and kind is Credential.KEY else placeholders.HEADERS.get(kind, ())

    def substitute(self, text: str) -> str:
        """The text with each placeholder replaced by its secret; those without one stay."""
        return placeholders.PATTERN.sub(lambda found: self._secrets.get(found[0], found[0]), text)

    def show(self, text: str) -> str:
        """The text with its placeholders as a file shows them; the made-up token stands in the clear."""
        return placeholders.PATTERN.sub(
            lambda found: (
                self.unknown if found[0] == placeholders.UNKNOWN else placeholders.SHOWN.get(found[0], found[0])
            ),
            text,
        )

    def forms(self) -> dict[str, str]:
        """Every text that gives a secret away, with what to write in its place; the longest first.

        Each secret (near misses and both ``Basic`` forms included) stands as it is, URL-escaped, and in Base64,
        standard and URL-safe, padded and not, also where it is a part of what was encoded. JSON escapes and other
        encodings of the bytes are left to the reader of this table. An added header's value may be short.
        """
        forms: dict[str, str] = {}
        for placeholder, secret in self._secrets.items():
            if placeholder == placeholders.UNKNOWN or not secret:
                continue
            shown = placeholders.SHOWN.get(placeholder, placeholder)
            texts = set(
                _disguises(
                    secret, alone=placeholder not in {placeholders.KEY, placeholders.VIRTUAL_KEY, placeholders.SESSION}
                )
            )
            if shown == placeholders.BASIC_PASSWORD:
                texts |= {secret.rstrip("="), secret.translate(_URL_SAFE), secret.translate(_URL_SAFE).rstrip("=")}
            for text in texts:
                forms.setdefault(text, shown)
        return dict(sorted(forms.items(), key=lambda form: -len(form[0])))

    @cached_property
    def _secrets(self) -> dict[str, str]:
        secrets = {placeholders.UNKNOWN: self.unknown}
        if self.key is not None:
            secrets[placeholders.KEY] = self.key
            secrets[placeholders.BASIC_USER] = _base64(f"{self.key}:")
            secrets[placeholders.BASIC_PASSWORD] = _base64(f"{BASIC_USER}:{self.key}")
            secrets.update(
                (placeholders.NEAR_MISSES[kind], changed)
                for kind, changed in near_misses(self.key).items()
                if self.can_send(kind) is None
            )
        if self.virtual_key is not None:
            secrets[placeholders.VIRTUAL_KEY] = self.virtual_key
        if self.session is not None:
            secrets[placeholders.SESSION] = self.session
        secrets.update((placeholders.header(name), value) for name, value in self.headers)
        return secrets


def check_bearer(what: str, value: str) -> None:
    """Raises ``UsageError`` for a text that no bearer token can be; ``what`` says what it is."""
    if not _VISIBLE.fullmatch(value):
        raise UsageError(_unsendable(what, value, "visible ASCII characters, without blanks"))


def near_misses(key: str) -> dict[Credential, str]:
    """Texts that differ from the key by little: all are wrong, and none is the key."""
    half = len(key) // 2
    return {
        Credential.CUT: key[:-1],
        Credential.EXTENDED: f"{key}0",
        Credential.CHANGED_EARLY: _changed(key, half // 2, half),
        Credential.CHANGED_LATE: _changed(key, half + (len(key) - half) // 2, len(key)),
        Credential.CASE_CHANGED: key.swapcase(),
    }


def _changed(key: str, start: int, end: int) -> str:
    """The key with one character changed to another of its class: the first alphanumeric one of the range."""
    place = next((at for at in range(start, end) if key[at].isalnum()), start)
    return key[:place] + _neighbour(key[place]) + key[place + 1 :]


def _neighbour(character: str) -> str:
    for alphabet in ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        if character in alphabet:
            return alphabet[(alphabet.index(character) + 1) % len(alphabet)]
    return "_" if character == "-" else "-"


def _disguises(secret: str, *, alone: bool) -> Iterator[str]:
    """The texts that say a secret: itself, URL-escaped, and in Base64; unless ``alone``, one upon another."""
    raw = secret.encode("latin-1", "replace")
    yield secret
    for escaped in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield escaped
        yield re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), escaped)
    for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
        yield encoded
        yield encoded.rstrip("=")
    if len(raw) >= SHORTEST_KEY_WITH_NEAR_MISSES:
        texts = {raw, quote(raw, safe="").encode(), quote_plus(raw).encode()}
        if not alone:
            escaped = json.dumps(secret)[1:-1]
            texts |= {escaped.encode(), escaped.replace("/", "\\/").encode()}
            texts |= {"".join(f"\\u{ord(letter):04x}" for letter in secret).encode()}
            texts |= {secret.encode("utf-16-le"), secret.encode("utf-16-be")}
        for text in texts:
            yield from _base64_cores(text)


def _base64_cores(raw: bytes) -> Iterator[str]:
    """How Base64 of a longer text shows bytes: in one of three alignments, their first and last bits aside."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw)
        core = whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6].decode()
        yield core
        yield core.translate(_URL_SAFE)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _unsendable(what: str, value: str, allowed: str) -> str:
    why = "is empty" if not value else f"of {len(value)} characters holds one that cannot be sent"
    return f"the {what} {why}; allowed are {allowed}"


def _check_header(name: str, value: str) -> None:
    if not _TOKEN.fullmatch(name):
        raise UsageError(f"{name!a} is no header name; allowed are letters, digits and !#$%&'*+-.^_`|~")
    if name.lower() in REFUSED_HEADERS:
        raise UsageError(f"the header {name} cannot be added; refused are {', '.join(sorted(REFUSED_HEADERS))}")
    if not _FIELD_VALUE.fullmatch(value):
        message = (
            f"the value of the added header {name} cannot be sent; allowed are visible characters up to U+00FF, "
            "with blanks and tabs between them"
        )
        raise UsageError(message)
