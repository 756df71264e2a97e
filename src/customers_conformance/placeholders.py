"""What stands in the place of a secret: placeholders for credentials (``<key>``), tokens for values (``⟦secret:1⟧``).

A placeholder stands where a request carries a credential, before the secret is put in and after it was struck out; a
token stands for what the target holds. Both are said here and nowhere else; how a recording may write them, and what a
file shows of them, is part of the promise (design: recorded traffic, what never happens).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from customers_conformance.model import Credential

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY: Final = "<key>"
#: Where the key is read from unless told, and what a command names that is shown for another request.
KEY_VARIABLE: Final = "CUSTOMERS_CONFORMANCE_KEY"
#: The made-up bearer token, which is no secret.
UNKNOWN: Final = "<unknown>"
VIRTUAL_KEY: Final = "<virtual-key>"
SESSION: Final = "<session>"
#: The key as the user of ``Basic``, and as its password.
BASIC_USER: Final = "<key:basic-user>"
BASIC_PASSWORD: Final = "<key:basic>"  # noqa: S105 - a placeholder

#: Texts that differ from the key by little.
NEAR_MISSES: Mapping[Credential, str] = MappingProxyType(
    {
        kind: f"<key:{kind}>"
        for kind in (
            Credential.CUT,
            Credential.EXTENDED,
            Credential.CHANGED_EARLY,
            Credential.CHANGED_LATE,
            Credential.CASE_CHANGED,
        )
    }
)

#: The forms of the key that a recording may hold, by what follows the colon.
KEY_FORMS: Final = tuple(
    placeholder.removeprefix("<key:").removesuffix(">")
    for placeholder in (BASIC_PASSWORD, BASIC_USER, *NEAR_MISSES.values())
)

#: The header that carries each kind of credentials; the target puts the secret in, and recorded traffic reads the same
#: with the placeholder left. A kind that is missing here carries no header.
HEADERS: Mapping[Credential, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Credential.KEY: (("Authorization", f"Bearer {KEY}"),),
        Credential.KEY_LOWER_SCHEME: (("Authorization", f"bearer {KEY}"),),
        Credential.UNKNOWN: (("Authorization", f"Bearer {UNKNOWN}"),),
        Credential.EMPTY: (("Authorization", "Bearer"),),
        Credential.BASIC_USER: (("Authorization", f"Basic {BASIC_USER}"),),
        Credential.BASIC_PASSWORD: (("Authorization", f"Basic {BASIC_PASSWORD}"),),
        Credential.TOKEN_SCHEME: (("Authorization", f"Token {KEY}"),),
        Credential.NO_SCHEME: (("Authorization", KEY),),
        Credential.API_KEY: (("x-api-key", KEY),),
        Credential.API_KEY_BESIDE_UNKNOWN: (("Authorization", f"Bearer {UNKNOWN}"), ("x-api-key", KEY)),
        Credential.VIRTUAL_KEY: (("Authorization", f"Bearer {VIRTUAL_KEY}"),),
        Credential.VIRTUAL_KEY_HEADER: (("x-bf-vk", VIRTUAL_KEY),),
        Credential.SESSION: (("Cookie", f"token={SESSION}"),),
        **{kind: (("Authorization", f"Bearer {placeholder}"),) for kind, placeholder in NEAR_MISSES.items()},
    }
)

#: Query parameters in which a key may travel.
KEY_PARAMETERS: Final = frozenset({"access_token", "api_key", "key"})

#: What a file shows for a placeholder that tells more than a file should.
SHOWN: Mapping[str, str] = MappingProxyType(
    {BASIC_USER: BASIC_PASSWORD} | dict.fromkeys(NEAR_MISSES.values(), NEAR_MISSES[Credential.CUT])
)

PATTERN: Final = re.compile(r"<(?:key(?::[a-z-]+)?|unknown|virtual-key|session|header:[^<>]+)>")

#: How the placeholders of a secret begin.
BEGINNINGS: Final = tuple(f"<{name}{mark}" for name in ("key", "session", "virtual-key", "header") for mark in ":>")

#: How the made-up bearer token of a run begins, and what follows.
MADE_UP_PREFIX: Final = "unknown-"
MADE_UP: Final = re.compile(f"{MADE_UP_PREFIX}[0-9a-f]{{32}}")

#: The kinds of tokens; that of any other text has its letters in either case.
TOKEN_OF_VIRTUAL_KEY: Final = "virtual-key"  # noqa: S105 - a kind
TOKEN_OF_SECRET: Final = "secret"  # noqa: S105 - a kind
TOKEN_OF_PEM: Final = "pem"  # noqa: S105 - a kind
TOKEN_OF_TEXT: Final = "text"  # noqa: S105 - a kind
_SECRET_KINDS = (TOKEN_OF_VIRTUAL_KEY, TOKEN_OF_SECRET, TOKEN_OF_PEM)

#: How a token begins.
TOKEN_BEGINS: Final = "⟦"  # noqa: S105 - a bracket


def token(kind: str, number: int) -> str:
    """What stands for a value of the target: ``⟦secret:1⟧``."""
    return f"{TOKEN_BEGINS}{kind}:{number}⟧"


def _tokens_of(*kinds: str) -> str:
    return f"{TOKEN_BEGINS}(?:{'|'.join(kinds)}):[0-9]{{1,12}}⟧"


_ANY_CASE = "".join(f"[{letter}{letter.upper()}]" for letter in TOKEN_OF_TEXT)
_ALL_KINDS = (*_SECRET_KINDS, _ANY_CASE)

TOKEN: Final = re.compile(_tokens_of(*_ALL_KINDS))
SECRET_TOKEN: Final = re.compile(_tokens_of(*_SECRET_KINDS))
PEM_TOKEN: Final = re.compile(_tokens_of(TOKEN_OF_PEM))
VIRTUAL_KEY_TOKEN: Final = re.compile(_tokens_of(TOKEN_OF_VIRTUAL_KEY))
#: A token in bytes, as it is or in JSON escapes: its kind and its number.
TOKEN_IN_BYTES: Final = re.compile(
    rb"(?:\xe2\x9f\xa6|\\u27[eE]6)(" + "|".join(_ALL_KINDS).encode() + rb"):([0-9]{1,9})(?![0-9])"
)

#: Parts of a text that stay when it is struck out: what stands for credentials, which decides whether they were echoed.
STAYING: Final = re.compile(f"{PATTERN.pattern}|{MADE_UP.pattern}")
_NOTHING_ELSE = re.compile(f"(?:{STAYING.pattern}|{TOKEN.pattern}|[\ufffd\x00-\x1f])+")


def header(name: str) -> str:
    """What stands for the value of an added header."""
    return f"<header:{name}>"


def is_only_tokens(text: str) -> bool:
    """Whether a text says nothing but tokens and placeholders, so that there is nothing left to strike out."""
    return bool(_NOTHING_ELSE.fullmatch(text))
