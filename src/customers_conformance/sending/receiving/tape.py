"""A network backend for httpcore that keeps a tape of what crosses the wire.

The tape holds the final head as it came, and counts; it ends an exchange that breaks a bound (RFC 9112 has none).
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import h11
import httpcore

from customers_conformance.model import KIBI
from customers_conformance.sending.receiving.head import Head, interim_status, is_final, parse_head

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from customers_conformance.sending.resolving import Addresses

#: How long a head may be, in bytes; a longer one ends the exchange.
LONGEST_HEAD = 64 * KIBI
#: How many interim answers (1xx) may come before the answer; the next one ends the exchange.
MOST_INTERIM = 50
_BLANK_LINE = re.compile(rb"\n\r?\n")
_SWITCHING_PROTOCOLS = 101
_BODILESS = frozenset({204, 304})


class NoAnswerError(Exception):
    """What came is no answer; the text says why, as a sentence."""


class Tape:
    """What one exchange showed on the wire, inside TLS: the head, and counts of bytes."""

    def __init__(self, method: str = "GET", layers: int = 0) -> None:
        """Begin a tape; ``layers`` is how many TLS handshakes come before the target itself speaks."""
        #: Whether a connection was made, and how many bytes were sent and received over it.
        self.connected = False
        self.sent = 0
        self.received = 0
        #: Whether the end of the stream was seen.
        self.ended = False
        #: Bytes that came after the head.
        self.after_head = 0
        self._method = method
        self._layers = layers
        self._pending = bytearray()
        self._begun = False
        self._head: Head | None = None
        self._interim = 0
        self._before = 0
        self._chunks: _Chunks | None = None

    @property
    def answering(self) -> bool:
        """Whether what comes is the target's, and not that of a proxy before it."""
        return self._layers <= 0

    @property
    def head(self) -> Head | None:
        """The head of the answer, as far as it came; ``None`` where not even a sound status line did."""
        if self._head is not None or not self.answering:
            return self._head
        lines, newline, _ = bytes(self._pending).rpartition(b"\n")
        return parse_head(lines, complete=False) if newline else None

    @property
    def surplus(self) -> int:
        """Bytes that followed the end of the answer."""
        head = self._head
        if head is None:
            return 0
        if self._bodiless(head):
            return self.after_head
        if self._chunks is not None:
            return self._chunks.surplus
        return 0 if head.length is None else max(0, self.after_head - head.length)

    def handshake(self) -> None:
        """Note a TLS handshake: what came before it was said by a proxy."""
        self._layers -= 1
        self._pending.clear()
        self._before = 0

    def feed(self, data: bytes) -> None:
        """Take what was read; raises ``NoAnswerError`` where it breaks a bound or is no HTTP answer."""
        self.received += len(data)
        if not data:
            self.ended = True
        elif not self.answering:
            self._before += len(data)
            if self._before > LONGEST_HEAD:
                raise NoAnswerError(_too_long("the proxy's answer"))
        elif self._head is not None:
            self._feed_body(data)
        else:
            self._feed_head(data)

    def _feed_head(self, data: bytes) -> None:
        seen = max(0, len(self._pending) - 3)
        self._pending += data
        while True:
            self._check_first_line()
            end = _BLANK_LINE.search(self._pending, seen)
            if (end.start() if end else len(self._pending)) > LONGEST_HEAD:
                raise NoAnswerError(_too_long("the head of the answer"))
            if end is None:
                return
            raw, rest = bytes(self._pending[: end.end()]), bytes(self._pending[end.end() :])
            self._pending = bytearray(rest)
            self._begun = False
            seen = 0
            head = parse_head(raw[: end.start()])
            if head is not None:
                self._begin_body(head, raw)
                if rest:
                    self._feed_body(rest)
                return
            self._interim += 1
            if self._interim > MOST_INTERIM:
                raise NoAnswerError(f"more than {MOST_INTERIM} interim answers (1xx) came before the answer")

    def _check_first_line(self) -> None:
        end = -1 if self._begun else self._pending.find(b"\n", 0, LONGEST_HEAD + 1)
        if end < 0:
            return
        line = self._pending[:end]
        self._begun = True
        status = interim_status(bytes(line))
        if status == _SWITCHING_PROTOCOLS:
            raise NoAnswerError("the server switched protocols (101), which it was not asked for")
        if status is None and not is_final(bytes(line)):
            raise NoAnswerError("what came does not begin with a status line of HTTP/1.0 or HTTP/1.1")

    def _begin_body(self, head: Head, raw: bytes) -> None:
        self._head = head
        self._pending.clear()
        if head.chunked and not self._bodiless(head):
            self._chunks = _Chunks(self._method, raw)

    def _feed_body(self, data: bytes) -> None:
        self.after_head += len(data)
        if self._chunks is not None:
            self._chunks.feed(data)

    def _bodiless(self, head: Head) -> bool:
        return self._method == "HEAD" or head.status in _BODILESS


class _Chunks:
    """A second h11 beside httpcore's, which keeps its own to itself: it tells what follows the last chunk."""

    def __init__(self, method: str, head: bytes) -> None:
        self.surplus = 0
        self._parser: h11.Connection | None = h11.Connection(h11.CLIENT)
        self._ended = False
        self._parser.send(h11.Request(method=method, target="/", headers=[("Host", "host")]))
        self._parser.send(h11.EndOfMessage())
        self.feed(head)

    def feed(self, data: bytes) -> None:
        if self._ended:
            self.surplus += len(data)
        if self._ended or self._parser is None:
            return
        try:
            self._parser.receive_data(data)
            while (event := self._parser.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.EndOfMessage):
                    self._ended = True
                    self.surplus = len(self._parser.trailing_data[0])
                    self._parser = None
                    return
        except h11.RemoteProtocolError:
            # httpcore's parser refuses the same and says so.
            self._parser = None


def _too_long(what: str) -> str:
    return f"{what} is longer than {LONGEST_HEAD} bytes"


class TapedStream(httpcore.AsyncNetworkStream):
    """A connection that tells its tape what crosses it."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, tape: Tape) -> None:
        """Wrap a connection."""
        self._inner = inner
        self._tape = tape

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Read what comes; ``b""`` at the end of the stream."""
        data = await self._inner.read(max_bytes, timeout)
        self._tape.feed(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write all of it."""
        # Counted first: of what is cut short, a part has left.
        self._tape.sent += len(buffer)
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Speak TLS from here on; the tape begins anew."""
        try:
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            # httpcore closes the connection after an error only: a handshake that runs out of time would leave it open.
            await self._inner.aclose()
            raise
        self._tape.handshake()
        return TapedStream(inner, self._tape)

    def get_extra_info(self, info: str) -> Any:
        """What the connection underneath tells of itself."""
        return self._inner.get_extra_info(info)


class TapedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were looked up before, in order, whatever name is asked for."""

    def __init__(self, addresses: Addresses, tape: Tape, inner: httpcore.AsyncNetworkBackend | None = None) -> None:
        """Take the addresses, which are told which of them answers."""
        self._addresses = addresses
        self._tape = tape
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers; each has an equal share of the time that is left."""
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        addresses = list(self._addresses)
        while True:
            share = None if end is None else max(0.001, end - loop.time()) / len(addresses)
            address = addresses.pop(0)
            try:
                stream = await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise
                continue
            self._tape.connected = True
            self._addresses.prefer(address)
            return TapedStream(stream, self._tape)
