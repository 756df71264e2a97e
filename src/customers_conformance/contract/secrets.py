"""What masked values and secrets look like: the published patterns that verdicts rest on.

Every pattern is linear: it begins with a fixed text or a boundary, and every repetition in it is bounded.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers_conformance.placeholders import PEM_TOKEN, SECRET_TOKEN, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of a secret: ``anchor`` stands in every text that matches; a group, if there is one, is the secret."""

    name: str
    anchor: bytes
    source: str
    #: How many characters of a match may stand before the anchor.
    before: int = 0

    def in_text(self) -> re.Pattern[str]:
        """The pattern for text."""
        return re.compile(self.source)

    def in_bytes(self) -> re.Pattern[bytes]:
        """The pattern for raw bytes."""
        return re.compile(self.source.encode("ascii"))


_MASKS = "*•xX"
_MASK_RUN = re.compile(r"[*•xX]{4}")
_MOST_OTHERS = 8
_REDACTED_WORDS = frozenset({"[redacted]", "<redacted>", "redacted"})
_ENV_REFERENCE = re.compile(r"env\.[A-Za-z0-9_.-]{1,255}")

_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{1,64}-----")
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{4,}")
_LINE_END = re.compile(r"\\r\\n|\\n|[\r\n\t ]+")
_PEM_SEARCHED = 4096
_PEM_BLOCKS = 64


def is_masked(text: str) -> bool:
    """Whether a value is masked: empty, mostly mask characters, a word for redacted, or an ``env.`` reference."""
    if not text or text.lower() in _REDACTED_WORDS or _ENV_REFERENCE.fullmatch(text):
        return True
    if not _MASK_RUN.search(text):
        return False
    return len(text) - sum(map(text.count, _MASKS)) <= _MOST_OTHERS


def is_pem(text: str) -> bool:
    """Whether a value shows a PEM body (RFC 7468): a BEGIN line with Base64 after it, or the token for one."""
    if PEM_TOKEN.search(text):
        return True
    for begin in itertools.islice(_PEM_BEGIN.finditer(text), _PEM_BLOCKS):
        body = text[begin.end() : begin.end() + _PEM_SEARCHED].partition("-----END")[0]
        lines = [line for line in _LINE_END.split(body) if line]
        if not is_masked(" ".join(lines)) and any(_PEM_LINE.fullmatch(line) and not is_masked(line) for line in lines):
            return True
    return False


#: Shapes of virtual keys.
VIRTUAL_KEY = Shape("virtual key", b"sk-bf-", r"sk-bf-[A-Za-z0-9_-]{4,256}")

#: Shapes of secrets. What follows a property's name, Base64 and hexadecimal of any length, is not among them.
SECRETS: tuple[Shape, ...] = (
    VIRTUAL_KEY,
    Shape("OpenAI or Anthropic key", b"sk-", r"sk-(?<![A-Za-z0-9]sk-)(?!bf-)[A-Za-z0-9_-]{16,256}"),
    Shape("AWS access key id", b"AKIA", r"AKIA(?<![A-Za-z0-9]AKIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Shape("AWS temporary key id", b"ASIA", r"ASIA(?<![A-Za-z0-9]ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Shape("Google API key", b"AIza", r"AIza(?<![A-Za-z0-9]AIza)[A-Za-z0-9_-]{30,45}"),
    Shape("Google OAuth token", b"ya29.", r"ya29\.(?<![A-Za-z0-9]ya29\.)[A-Za-z0-9_-]{20,512}"),
    Shape("GitHub token", b"gh", r"gh(?<![A-Za-z0-9]gh)[opusr]_[A-Za-z0-9]{30,255}"),
    Shape("GitHub fine-grained token", b"github_pat_", r"github_pat_[A-Za-z0-9_]{20,255}"),
    Shape("GitLab token", b"glpat-", r"glpat-[A-Za-z0-9_-]{16,255}"),
    Shape("Slack token", b"xox", r"xox(?<![A-Za-z0-9]xox)[abeoprs]-[A-Za-z0-9-]{10,255}"),
    Shape("Hugging Face token", b"hf_", r"hf_(?<![A-Za-z0-9]hf_)[A-Za-z0-9]{30,255}"),
    Shape("Stripe key", b"_live_", r"(?:sk|rk)_live_[A-Za-z0-9]{16,255}", before=2),
    Shape(
        "JSON Web Token",
        b"eyJ",
        r"eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,8192}",
    ),
    Shape("PEM block", b"-----BEGIN ", r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----"),
    Shape(
        "private key in JSON",
        b"private_key",
        r'\\?"private_key\\?"\s{0,20}:\s{0,20}\\?"([^"\\]{8,8192})',
        before=2,
    ),
    Shape(
        "Bearer credentials",
        b"earer ",
        r"[Bb]earer (?<![A-Za-z0-9][Bb]earer )([A-Za-z0-9._~+/-]{16,8192}={0,2})",
        before=1,
    ),
    Shape(
        "Basic credentials",
        b"asic ",
        r"[Bb]asic (?<![A-Za-z0-9][Bb]asic )([A-Za-z0-9+/]{16,8192}={0,2})(?![A-Za-z0-9+/=])",
        before=1,
    ),
    Shape("password in a URL", b"://", r"://[^\s/?#@:\"<>\\]{0,128}:([^\s/?#@\"<>\\]{1,256})@"),
)

_ANY_SECRET = re.compile("|".join(f"(?:{shape.source})" for shape in SECRETS))


def looks_secret(text: str) -> bool:
    """Whether a text holds something shaped like a secret, or a token that stands for one; masked values do not."""
    if SECRET_TOKEN.search(text):
        return True
    return any(secret_span(found) for found in _ANY_SECRET.finditer(text))


def secret_span(found: re.Match[str] | re.Match[bytes]) -> tuple[int, int] | None:
    """Where the secret stands in what matched a shape; ``None`` where it is masked, or plain prose after ``Bearer``."""
    group = found.lastindex or 0
    matched: str | bytes = found[group]
    secret = matched if isinstance(matched, str) else matched.decode("utf-8", "replace")
    if is_masked(secret) or TOKEN.fullmatch(secret) or (group and secret.isalpha() and secret.islower()):
        return None
    return found.span(group)


_NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_WORDS = frozenset(
    {
        "apikey", "authorization", "bearer", "cookie", "credential", "credentials", "jwt", "passphrase", "passwd",
        "password", "passwords", "privatekey", "accesskey", "secretkey", "pwd", "secret", "secrets", "token",
    }
)  # fmt: skip
_KEY_KINDS = frozenset(
    {"access", "api", "auth", "encryption", "license", "master", "private", "secret", "service", "session", "shared",
     "signing", "ssh"}
)  # fmt: skip
_TOKEN_KINDS = frozenset({"access", "api", "auth", "bearer", "refresh", "session"})
_COUNTED = frozenset(
    {"completion", "cost", "input", "max", "min", "output", "per", "price", "prompt", "remaining", "total", "used"}
)
_ABOUT = frozenset(
    {
        "algorithm", "at", "budget", "count", "counts", "current", "duration", "enabled", "endpoint", "expiration",
        "expires", "expiry", "format", "id", "ids", "in", "interval", "length", "limit", "limits", "max", "min",
        "mode", "name", "names", "path", "policy", "prefix", "price", "provider", "rate", "remaining", "required",
        "reset", "scope", "scopes", "size", "source", "status", "total", "ttl", "type", "types", "uri", "url",
        "usage", "used", "version", "window",
    }
)  # fmt: skip
_LONGEST_NAME = 256


def secret_name(name: str) -> bool:
    """Whether a property's name says that it holds a secret: ``password``, ``apiKey``; not ``token_count``."""
    words = [word.lower() for word in _NAME_PARTS.findall(name[:_LONGEST_NAME])]
    if not words or words[-1] in _ABOUT:
        return False
    pairs = set(itertools.pairwise(words))
    if any(first in _KEY_KINDS and second in {"key", "keys"} for first, second in pairs):
        return True
    if any(first in _TOKEN_KINDS and second == "tokens" for first, second in pairs):
        return True
    if "token" in words and _COUNTED.intersection(words):
        words = [word for word in words if word != "token"]
    return not _SECRET_WORDS.isdisjoint(words)


_TRIVIAL = re.compile(r"[a-z_ -]*|[A-Z_ -]*|[A-Z]?[a-z]*|[0-9.,+-]*")
_SHORTEST_SECRET = 6


def is_secret(text: str, names: Iterable[str] = ()) -> bool:
    """Whether a string under an undocumented property is a secret: by its shape, or by a name above it.

    ``names`` are the names of the properties that it stands under, the undocumented ones. By name only a string counts
    that is not masked, holds no white space and is no plain word or number: ``hunter2``, but not ``required``.
    """
    if looks_secret(text):
        return True
    return is_opaque(text) and any(map(secret_name, names))


def is_opaque(text: str) -> bool:
    """Whether a string may be a secret where its name says so: no plain word, no number, no sentence, not masked."""
    return (
        len(text) >= _SHORTEST_SECRET
        and not _TRIVIAL.fullmatch(text)
        and not is_masked(text)
        and not any(map(str.isspace, text))
        and not TOKEN.fullmatch(text)
    )
