"""What a server answers, whatever carries the answer: written from the contract alone, without any of the suite's code.

Every framework puts the same decisions on the wire, so that what differs between the strangers is how they speak HTTP.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.strangers import data

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH = "/api/governance/customers"

#: Beside the media type; whatever is behind a key is not for shared caches.
CACHING = "private, max-age=0"
CHALLENGE = 'Bearer realm="governance"'

VIEWS = data.views()


@dataclass(frozen=True)
class Answer:
    """An answer without what the framework adds: framing, ``Date``, ``Server``."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def is_let_in(authorization: Sequence[str]) -> bool:
    """Whether the values of ``Authorization`` are the one key under ``Bearer``, whose case is free."""
    if len(authorization) != 1:
        return False
    scheme, _, token = authorization[0].partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        token.strip(" ").encode("utf-8", "surrogateescape"), data.KEY.encode()
    )


def error(status: int, kind: str, message: str) -> dict[str, Any]:
    """The documented error body."""
    return {"is_bifrost_error": False, "status_code": status, "error": {"type": kind, "message": message}}


def answer(query: str, authorization: Sequence[str]) -> Answer:
    """What a GET or HEAD is answered; ``query`` is what follows the question mark, ``authorization`` each field."""
    if not is_let_in(authorization):
        return _sent(401, error(401, "authentication_error", "no valid key"), ("WWW-Authenticate", CHALLENGE))
    asked = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "from_memory"]
    if len(asked) > 1 or not set(asked) <= {"true", "false"}:
        return _sent(400, error(400, "invalid_request", "from_memory is true or false, once"))
    return _sent(200, VIEWS["memory" if asked == ["true"] else "database"], ("Cache-Control", CACHING))


def _sent(status: int, value: Any, *headers: tuple[str, str]) -> Answer:
    return Answer(status, (("Content-Type", "application/json"), *headers), json.dumps(value).encode())
