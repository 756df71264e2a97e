"""Asking a server of the self-tests once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.hostile.peers import Peer, serve

from customers_conformance.model import DEFAULT_LIMITS, PLAIN, Limits, Probe
from customers_conformance.sending.credentials import Credentials
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.model import Exchange

KEY = "Key-of-the-selftest-1"
CREDENTIALS = Credentials(key=KEY, unknown="unknown-1")
QUICK = Limits(timeout=0.3)
BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


class Sleeper:
    """Sleeps not at all: it sets the loop's clock forward instead, and remembers by how many seconds."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(round(seconds, 1))
        loop = asyncio.get_running_loop()
        clock = loop.time
        loop.time = lambda: clock() + seconds  # type: ignore[method-assign]
        await asyncio.sleep(0)


def asked(
    *scripts: bytes | Callable[[Peer], object],
    probe: Probe = PLAIN,
    credentials: Credentials = CREDENTIALS,
    limits: Limits = DEFAULT_LIMITS,
    sleeper: Sleeper | None = None,
) -> tuple[Exchange, list[bytes]]:
    """Ask a server once; the exchange, and the heads that arrived."""

    async def run() -> tuple[Exchange, list[bytes]]:
        async with serve(*scripts) as server:  # type: ignore[arg-type]
            origin = parse_url(server.url() + "/base")
            async with Target(origin, credentials, limits, sleep=sleeper or Sleeper()) as target:
                return await target.send(probe, 7), server.requests

    return asyncio.run(run())


def failed(url: str, **options: object) -> str | None:
    """Why there is no answer from a URL."""

    async def run() -> Exchange:
        options.setdefault("limits", QUICK)
        async with Target(parse_url(url), CREDENTIALS, **options) as target:  # type: ignore[arg-type]
            return await target.send(PLAIN, 0)

    exchange = asyncio.run(run())
    assert exchange.response is None
    return exchange.error
