"""Answers that ask to wait: they show nothing of what was asked, and the advice is how to ask less often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.model import Role

if TYPE_CHECKING:
    from customers_conformance.model import Exchange

_TOO_MANY = 429
_UNAVAILABLE = 503


def asked_to_wait(exchange: Exchange, name: str) -> str | None:
    """That an answer is a 429, or a 503 with ``Retry-After``, and what to do, as a phrase; ``None`` where it is not."""
    response = exchange.response
    if response is None:
        return None
    if response.status != _TOO_MANY and (response.status != _UNAVAILABLE or response.header("Retry-After") is None):
        return None
    less = "ask it less often (--rate)"
    if exchange.role is Role.TOGETHER:
        less += ", or for fewer at one time (--concurrency)"
    later = ", or try again later" if response.status == _UNAVAILABLE else ""
    return f"the target asked to wait ({response.status}) on {name}: {less}{later}"
