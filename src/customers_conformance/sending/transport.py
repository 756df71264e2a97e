"""The transport for live servers: httpx's interface over httpcore, with a connection and a tape for each request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpcore
import httpx

from customers_conformance.model import KIBI, SAFE_METHODS
from customers_conformance.sending.receiving.head import Head
from customers_conformance.sending.receiving.tape import Tape, TapedBackend

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from customers_conformance.sending.origin import Proxy
    from customers_conformance.sending.resolving import Addresses

#: How many surplus bytes are read; more are not counted.
MOST_SURPLUS = 64 * KIBI

_READ_SIZE = 64 * KIBI


class UnsafeMethodError(ValueError):
    """A request with a method that may not leave: a mistake of the suite's own, whoever asks."""


def check_method(method: str) -> None:
    """Raises ``UnsafeMethodError`` for any method but those that may leave."""
    if method not in SAFE_METHODS:
        raise UnsafeMethodError(f"the method {method!a} may not be sent; allowed are {', '.join(sorted(SAFE_METHODS))}")


class _Answer(httpx.AsyncByteStream):
    """The body of an answer; closing it closes the connection."""

    def __init__(self, answer: httpcore.Response, pool: httpcore.AsyncConnectionPool) -> None:
        self._answer = answer
        self._pool = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        """Close the connection."""
        await self._answer.aclose()
        await self._pool.aclose()


class TapedTransport(httpx.AsyncBaseTransport):
    """httpx's transport interface over httpcore: a connection for each request, and nothing added to it.

    ``request.extensions`` may hold the ``tape`` to write on and ``connect_timeout`` in seconds; the response's hold the
    ``tape`` and httpcore's own. Raises httpcore's exceptions, ``NoAnswerError`` and ``UnsafeMethodError``.
    """

    def __init__(
        self,
        addresses: Addresses,
        context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """Take the addresses to connect to, the proxy's where there is one, and what to trust."""
        self._addresses = addresses
        self._context = context
        self._proxy = proxy
        self._backend = backend

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer, head read and body not."""
        check_method(request.method)
        tape = request.extensions.get("tape") or Tape(request.method, self.layers(request.url.scheme))
        pool = self._pool(TapedBackend(self._addresses, tape, self._backend))
        target = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        timeout = {"connect": request.extensions.get("connect_timeout")}
        try:
            answer = await pool.handle_async_request(
                httpcore.Request(request.method, target, headers=request.headers.raw, extensions={"timeout": timeout})
            )
        except BaseException:
            await pool.aclose()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Answer(answer, pool),
            extensions={**answer.extensions, "tape": tape},
        )

    def layers(self, scheme: str) -> int:
        """How many TLS handshakes come before the target itself speaks."""
        return (scheme == "https") + (self._proxy is not None and self._proxy.origin.scheme == "https")

    def _pool(self, backend: TapedBackend) -> httpcore.AsyncConnectionPool:
        # A pool for each request: cancelling wounds one that is shared.
        if self._proxy is None:
            return httpcore.AsyncConnectionPool(ssl_context=self._context, network_backend=backend)
        return httpcore.AsyncHTTPProxy(
            self._proxy.origin.url,
            proxy_auth=self._proxy.auth,
            ssl_context=self._context,
            proxy_ssl_context=self._context if self._proxy.origin.scheme == "https" else None,
            network_backend=backend,
        )


async def read_surplus(response: httpx.Response, tape: Tape, seconds: float) -> None:
    """Read on after the body for so many seconds at most, or to the end of the stream: the tape counts what comes."""
    stream = response.extensions["network_stream"]
    try:
        async with asyncio.timeout(seconds):
            while not tape.ended and tape.surplus < MOST_SURPLUS:
                await stream.read(_READ_SIZE)
    except (httpcore.NetworkError, OSError):
        # The answer is whole already: how its connection ends does not matter.
        return


def untaped_head(answer: httpx.Response) -> Head:
    """The head of an answer that crossed no wire, as the transport says it."""
    version = answer.extensions.get("http_version", b"HTTP/1.1")
    reason = answer.extensions.get("reason_phrase", b"")
    return Head(
        version.decode("latin-1"),
        answer.status_code,
        reason.decode("latin-1"),
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw),
    )
