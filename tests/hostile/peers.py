"""Hostile servers on raw sockets: each is one entry that says what it does and what must come of it."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from customers_conformance.model import Limits, Probe

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable

    from customers_conformance.model import Exchange

OK = b"HTTP/1.1 200 OK\r\n"
JSON = b'{"customers":[],"count":0}'
SOUND = OK + b"Content-Type: application/json\r\nContent-Length: 26\r\n\r\n" + JSON
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


class Peer:
    """One connection of a hostile server, whose request head has been read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes = b"") -> None:
        """Take the connection, and the head of the request."""
        self.reader = reader
        self.writer = writer
        self.request = request

    async def send(self, data: bytes) -> None:
        """Send bytes, and wait where the other side does not read."""
        self.writer.write(data)
        await self.writer.drain()

    async def stay(self) -> None:
        """Keep the connection open until the other side closes it."""
        while await self.reader.read(1024):
            pass

    def reset(self) -> None:
        """Close with a reset."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Server:
    """A running hostile server: its port, and the heads of the requests that arrived."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    def url(self, scheme: str = "http") -> str:
        """Its base URL."""
        return f"{scheme}://127.0.0.1:{self.port}"


@asynccontextmanager
async def serve(
    *scripts: bytes | Callable[[Peer], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serve on a free port of the loopback: the first connection gets the first script, the last one all that follow.

    Bytes are sent and the connection closed.
    """
    server = Server(0)
    tasks: set[asyncio.Task[object]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                head = await reader.readuntil(b"\r\n\r\n")
                server.requests.append(head)
                script = scripts[min(len(server.requests), len(scripts)) - 1]
                peer = Peer(reader, writer, head)
                if isinstance(script, bytes):
                    await peer.send(script)
                else:
                    await script(peer)
        finally:
            if task:
                tasks.discard(task)
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def then_stay(data: bytes) -> Callable[[Peer], Awaitable[None]]:
    """Send the bytes and keep the connection open."""

    async def script(peer: Peer) -> None:
        await peer.send(data)
        await peer.stay()

    return script


def then_reset(data: bytes) -> Callable[[Peer], Awaitable[None]]:
    """Send the bytes and reset the connection when they have gone."""

    async def script(peer: Peer) -> None:
        await peer.send(data)
        await asyncio.sleep(0.05)
        peer.reset()

    return script


def without_end(start: bytes, more: bytes, pause: float = 0.0) -> Callable[[Peer], Awaitable[None]]:
    """Send the start, then the same bytes again and again."""

    async def script(peer: Peer) -> None:
        await peer.send(start)
        while True:
            await peer.send(more)
            await asyncio.sleep(pause)

    return script


def in_parts(*parts: bytes, pause: float = 0.05) -> Callable[[Peer], Awaitable[None]]:
    """Send the parts one by one, with a pause between them, and close."""

    async def script(peer: Peer) -> None:
        for part in parts:
            await peer.send(part)
            await asyncio.sleep(pause)

    return script


def coded(coding: bytes, body: bytes) -> bytes:
    """An answer whose body has a content coding."""
    return OK + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)


def bare_deflate(data: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


@dataclass(frozen=True)
class Case:
    """A hostile server and what must come of one request to it; a text that is expected need only be contained."""

    name: str
    #: What the server does.
    does: str
    script: bytes | Callable[[Peer], Awaitable[None]]
    #: The status of the answer; ``None`` where there must be none, and then what its error says.
    status: int | None = 200
    error: str = ""
    #: What must be told of the framing; nothing must where it is empty.
    framing: str = ""
    #: Bytes after the answer; ``None`` for any number but none.
    surplus: int | None = 0
    content: bytes | None = JSON
    cut: str = ""
    coding_error: str = ""
    probe: Probe = Probe("probe")  # noqa: RUF009 - frozen
    limits: Limits = Limits(timeout=5.0)  # noqa: RUF009 - frozen
    #: Too slow for every run of the self-tests.
    slow: bool = False

    def __str__(self) -> str:
        """The name, for the list of tests."""
        return self.name


def complaints(case: Case, exchange: Exchange) -> list[str]:
    """What is not as the case says it must be."""
    response = exchange.response
    if response is None:
        if case.status is None and exchange.error and case.error in exchange.error:
            return []
        return [f"error is {exchange.error!r}"]
    framing = response.framing
    seen = {
        "status": (response.status == case.status, response.status),
        "error": (exchange.error is None, exchange.error),
        "framing": (_as_told(case.framing, framing.error if framing else None), framing),
        "surplus": (framing is not None and _counted(case.surplus, framing.surplus), framing),
        "content": (case.content is None or response.body.content == case.content, response.body.content[:100]),
        "cut": (_as_told(case.cut, response.body.cut), response.body.cut),
        "coding_error": (_as_told(case.coding_error, response.body.coding_error), response.body.coding_error),
    }
    return [f"{name} is {value!r}" for name, (right, value) in seen.items() if not right]


def _counted(expected: int | None, surplus: int) -> bool:
    return surplus > 0 if expected is None else surplus == expected


def _as_told(expected: str, told: str | None) -> bool:
    return expected in told if expected and told is not None else not expected and told is None


QUICK = Limits(timeout=0.3)
SMALL = Limits(timeout=5.0, max_body=1000)

CASES = (
    # Sound answers: what must not be complained of.
    Case("sound", "a sound answer", SOUND),
    Case("kept-open", "keeps the connection open after a sound answer", then_stay(SOUND)),
    Case("http-1.0", "HTTP/1.0, the body ended by the end of the connection", b"HTTP/1.0 200 OK\r\n\r\n" + JSON),
    Case(
        "bare-line-feeds",
        "ends lines with a line feed alone",
        OK.replace(b"\r", b"") + b"Content-Length: 26\n\n" + JSON,
    ),
    Case("no-reason", "no reason phrase", b"HTTP/1.1 200\r\nContent-Length: 26\r\n\r\n" + JSON),
    Case(
        "chunked",
        "sound chunks with an extension and a trailer",
        CHUNKED + b"1a;a=b\r\n" + JSON + b"\r\n0\r\nX: y\r\n\r\n",
    ),
    Case("interim", "50 interim answers first", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 50 + SOUND),
    Case(
        "byte-by-byte", "sends a byte at a time", in_parts(*(SOUND[at : at + 1] for at in range(len(SOUND))), pause=0)
    ),
    Case("strange-status", "status 999", b"HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n", status=999, content=b""),
    Case(
        "cookies-and-reason",
        "control characters in the reason phrase",
        b"HTTP/1.1 200 \x1b[31m\xff\r\nContent-Length: 26\r\nSet-Cookie: a=b\r\n\r\n" + JSON,
    ),
    # No answer at all.
    Case("closes", "closes without a byte", b"", status=None, error="closed without an answer"),
    Case("resets", "resets without a byte", then_reset(b""), status=None, error="reset"),
    Case("greets", "greets like a mail server", then_stay(b"220 mail ESMTP\r\n"), status=None, error="status line"),
    Case("http-0.9", "HTTP/0.9", b"<html>hello</html>", status=None, error="no answer of HTTP/1.1"),
    Case("http-2", "says HTTP/2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", status=None, error="status line"),
    Case("lower-case", "says http/1.1", b"http/1.1 200 OK\r\n\r\n", status=None, error="status line"),
    Case("empty-line-first", "an empty line first", b"\r\n" + SOUND, status=None, error="status line"),
    Case("long-status", "status 2000000", b"HTTP/1.1 2000000 OK\r\n\r\n", status=None, error="status line"),
    Case("status-099", "status 099", b"HTTP/1.1 099 No\r\n\r\n", status=None, error="status line"),
    Case("upgrade", "switches protocols unasked", b"HTTP/1.1 101 Go\r\n\r\n\x01\x02", status=None, error="101"),
    Case(
        "interim-51",
        "51 interim answers",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 51 + SOUND,
        status=None,
        error="more than 50",
    ),
    Case(
        "interim-endless",
        "interim answers without end",
        without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        status=None,
        error="more than 50",
    ),
    Case("hangs", "says nothing", then_stay(b""), status=None, error="no answer within 0.3 s", limits=QUICK),
    Case("half-head", "stops in the head", then_stay(OK + b"Content-"), status=None, error="did not end", limits=QUICK),
    Case("half-line", "stops in the status line", then_stay(b"HTTP/1."), status=None, error="no answer", limits=QUICK),
    Case(
        "head-drips",
        "a header a byte at a time, without end",
        without_end(OK, b"X", pause=0.01),
        status=None,
        error="did not end within 0.3 s",
        limits=QUICK,
    ),
    Case(
        "endless-header",
        "a header field without end",
        without_end(OK, b"X" * 9999),
        status=None,
        error="longer than 65536",
    ),
    Case(
        "endless-reason", "a reason without end", without_end(b"HTTP/1.1 200 ", b"X" * 9999), status=None, error="65536"
    ),
    Case(
        "long-head", "a head of 90 KB", OK + b"X: " + b"x" * 90000 + b"\r\n\r\n", status=None, error="longer than 65536"
    ),
    Case(
        "many-fields",
        "10,000 header fields",
        OK + b"".join(b"X-%d: y\r\n" % at for at in range(10000)) + b"\r\n",
        status=None,
        error="longer than 65536",
    ),
    Case(
        "body-drips",
        "a byte of the body now and then",
        without_end(OK + b"Content-Length: 9999\r\n\r\n", b"x", pause=0.01),
        status=None,
        error="the answer did not end within 0.3 s",
        limits=QUICK,
    ),
    Case("body-stops", "stops in the body", then_stay(SOUND[:-1]), status=None, error="did not end", limits=QUICK),
    Case(
        "no-last-chunk", "never sends the last chunk", then_stay(CHUNKED + b"1a\r\n" + JSON), status=None, limits=QUICK
    ),
    Case("reset-in-body", "resets amid the body", then_reset(SOUND[:-5]), status=None, error="reset"),
    Case("reset-in-head", "resets amid the head", then_reset(SOUND[:30]), status=None, error="reset"),
    # Answers whose framing is broken: received all the same.
    Case(
        "head-ends",
        "closes amid the head",
        OK + b"X: y\r\nConte",
        framing="before the header ended",
        content=b"",
        cut="HTTP",
    ),
    Case("short-body", "closes a byte too early", SOUND[:-1], framing="25 of 26", content=JSON[:-1], cut="25 of 26"),
    Case(
        "huge-length",
        "a length of 10^18 and few bytes",
        OK + b"Content-Length: 1000000000000000000\r\n\r\n" + JSON,
        framing="26 of 1000000000000000000",
        cut="breaks HTTP",
    ),
    Case(
        "two-lengths",
        "two lengths that differ",
        OK + b"Content-Length: 26\r\nContent-Length: 27\r\n\r\n" + JSON,
        framing="more than once",
        content=b"",
        cut="breaks HTTP",
    ),
    Case(
        "same-length-twice",
        "the same length twice: the header list shows it",
        OK + b"Content-Length: 26\r\nContent-Length: 26\r\n\r\n" + JSON,
    ),
    Case(
        "length-beside-chunks",
        "a length beside chunks: the header list shows it",
        OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n" + JSON + b"\r\n0\r\n\r\n",
    ),
    *(
        Case(
            f"length-{name}",
            f"the length {value!r}",
            OK + b"Content-Length: " + value + b"\r\n\r\n" + JSON,
            framing="Content-Length",
            content=b"",
            cut="Content-Length",
        )
        for name, value in (
            ("negative", b"-1"),
            ("plus", b"+5"),
            ("underscore", b"2_6"),
            ("hexadecimal", b"0x1a"),
            ("empty", b""),
            ("21-digits", b"1" * 21),
            ("list", b"26, 27"),
        )
    ),
    *(
        Case(
            f"transfer-{name}",
            f"the transfer coding {value!r}",
            OK + b"Transfer-Encoding: " + value + b"\r\n\r\n1a\r\n" + JSON + b"\r\n0\r\n\r\n",
            framing="Transfer-Encoding",
            content=b"",
            cut="Transfer-Encoding",
        )
        for name, value in (
            ("gzip-chunked", b"gzip, chunked"),
            ("identity", b"identity"),
            ("twice", b"chunked\r\nTransfer-Encoding: chunked"),
        )
    ),
    *(
        Case(
            f"header-{name}",
            f"the header line {line!r}",
            OK + b"X: y\r\n" + line + b"\r\nContent-Length: 26\r\n\r\n" + JSON,
            framing="header",
            content=b"",
            cut="header",
        )
        for name, line in (
            ("no-colon", b"nonsense"),
            ("no-name", b": value"),
            ("blank-before-colon", b"Name : value"),
            ("nul", b"Name: a\x00b"),
            ("carriage-return", b"Name: a\rb"),
            ("high-name", b"N\xff: value"),
        )
    ),
    Case("fold-first", "a folded line first", OK + b" x\r\nX: y\r\n\r\n", framing="folded", content=b"", cut="folded"),
    *(
        Case(
            f"chunk-{name}",
            f"chunks that go {chunks[:20]!r}",
            CHUNKED + chunks,
            framing=told,
            content=content,
            cut="breaks HTTP",
        )
        for name, chunks, told, content in (
            ("negative", b"-5\r\nhello\r\n0\r\n\r\n", "size of a chunk", b""),
            ("hexadecimal", b"0x10\r\nhello\r\n0\r\n\r\n", "size of a chunk", b""),
            ("long-size", b"0" * 21 + b"5\r\nhello\r\n0\r\n\r\n", "size of a chunk", b""),
            ("wrong-end", b"5\r\nhelloXX0\r\n\r\n", "line end", b"hello"),
            ("unfinished", b"5\r\nhello\r\n", "last chunk", b"hello"),
            ("no-blank-line", b"5\r\nhello\r\n0\r\n", "last chunk", b"hello"),
            ("all-ones", b"FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "last chunk", b"hello\r\n0\r\n\r\n"),
            ("endless-extension", b"5;" + b"x" * 200000, "too long", b""),
            ("endless-trailer", b"5\r\nhello\r\n0\r\nX: " + b"x" * 200000, "too long", b"hello"),
        )
    ),
    # Bytes where none belong.
    Case("surplus", "bytes after the length", SOUND + b"surplus", surplus=7),
    Case("surplus-late", "bytes after the length, later", in_parts(SOUND, b"surplus"), surplus=7),
    Case(
        "surplus-chunks", "bytes after the last chunk", CHUNKED + b"1a\r\n" + JSON + b"\r\n0\r\n\r\nsurplus", surplus=7
    ),
    Case(
        "surplus-chunks-late",
        "bytes after the last chunk, later",
        in_parts(CHUNKED + b"1a\r\n" + JSON + b"\r\n0\r\n\r\nsur", b"plus"),
        surplus=7,
    ),
    Case("second-answer", "a second answer", SOUND + SOUND, surplus=len(SOUND)),
    Case("surplus-drips", "surplus bytes without end", without_end(SOUND, b"x", pause=0.01), surplus=None),
    Case("surplus-floods", "surplus bytes in a flood", without_end(SOUND, b"x" * 9999), surplus=None),
    Case("body-of-head", "a body to HEAD", SOUND, surplus=26, content=b"", probe=Probe("head", method="HEAD")),
    Case(
        "chunks-of-head",
        "chunks to HEAD",
        CHUNKED + b"0\r\n\r\n",
        surplus=5,
        content=b"",
        probe=Probe("head", method="HEAD"),
    ),
    Case(
        "length-of-head", "a length and no body to HEAD", SOUND[:-26], content=b"", probe=Probe("head", method="HEAD")
    ),
    Case("body-of-204", "a body to 204", b"HTTP/1.1 204 No\r\n\r\nhello", status=204, surplus=5, content=b""),
    Case(
        "body-of-304",
        "a body to 304, later",
        in_parts(b"HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n", b"hello"),
        status=304,
        surplus=5,
        content=b"",
    ),
    # Size.
    Case(
        "flood",
        "a body without end",
        without_end(OK + b"\r\n", b"x" * 999),
        content=b"x" * 1000,
        cut="1000",
        limits=SMALL,
    ),
    Case(
        "flood-of-chunks",
        "chunks without end",
        without_end(CHUNKED, b"5\r\nhello\r\n"),
        content=b"hello" * 200,
        cut="longer than 1000 bytes",
        limits=SMALL,
    ),
    Case(
        "bomb",
        "10 MB of nothing in 10 kB of gzip",
        coded(b"gzip", gzip.compress(bytes(10_000_000))),
        content=bytes(65536),
        cut="the decoded body is longer than 1000000 bytes",
        limits=Limits(timeout=5.0, max_body=1_000_000),
    ),
    Case(
        "bomb-in-a-bomb",
        "gzip in gzip",
        coded(b"gzip, gzip", gzip.compress(gzip.compress(bytes(10_000_000)))),
        content=bytes(65536),
        cut="the decoded body is longer",
        limits=Limits(timeout=5.0, max_body=1_000_000),
    ),
    Case(
        "crowded",
        "more brackets than are judged",
        OK + b"Content-Length: 4000001\r\n\r\n" + b"[" * 4_000_001,
        content=b"[" * 65536,
        cut="more than the 4,000,000 values",
    ),
    Case(
        "crowded-with-quotes",
        "more quotation marks than are judged",
        OK + b"Content-Length: 12000001\r\n\r\n" + b'"' * 12_000_001,
        content=b'"' * 65536,
        cut="more than the 4,000,000 values",
    ),
    # Content codings.
    Case("gzip", "gzip", coded(b"gzip", gzip.compress(JSON))),
    Case("x-gzip", "x-gzip in capitals", coded(b"X-GZip", gzip.compress(JSON))),
    Case("deflate", "deflate", coded(b"deflate", zlib.compress(JSON))),
    Case("bare-deflate", "deflate without zlib's header", coded(b"deflate", bare_deflate(JSON))),
    Case("identity", "identity", coded(b"identity", JSON)),
    Case("two-codings", "deflate, then gzip", coded(b"deflate, gzip", gzip.compress(zlib.compress(JSON)))),
    Case("two-members", "gzip of two members", coded(b"gzip", gzip.compress(JSON[:9]) + gzip.compress(JSON[9:]))),
    Case("empty-coded", "gzip of nothing at all", coded(b"gzip", b""), content=b""),
    Case(
        "gzip-cut",
        "gzip less its last bytes",
        coded(b"gzip", gzip.compress(JSON)[:-4]),
        cut="too early",
        coding_error="gzip stream ends too early",
    ),
    Case(
        "gzip-junk",
        "junk after gzip",
        coded(b"gzip", gzip.compress(JSON) + b"junk"),
        cut="follow",
        coding_error="bytes follow the end of the gzip stream",
    ),
    Case(
        "deflate-junk",
        "junk after deflate",
        coded(b"deflate", zlib.compress(JSON) + b"junk"),
        cut="follow",
        coding_error="bytes follow the end of the deflate stream",
    ),
    Case(
        "no-gzip",
        "JSON that says it is gzip",
        coded(b"gzip", JSON),
        content=b"",
        cut="sound",
        coding_error="no sound gzip",
    ),
    Case(
        "deflate-byte",
        "one byte of deflate",
        coded(b"deflate", b"x"),
        content=b"",
        cut="early",
        coding_error="too early",
    ),
    Case("brotli", "a coding that is not known here", coded(b"br", JSON), cut="'br' cannot be decoded"),
    Case(
        "unknown-coding",
        "a coding that nobody knows: its name may be anything",
        coded(b"Some-Secret", JSON),
        cut="a content coding of another name cannot be decoded here",
    ),
    Case("five-codings", "five codings", coded(b"gzip,gzip,gzip,gzip,gzip", JSON), cut="more than 4 content codings"),
    Case(
        "broken-and-coded",
        "gzip in a body that is cut short: one defect",
        coded(b"gzip", gzip.compress(JSON))[:-9],
        framing="bytes of the body",
        content=None,
        cut="breaks HTTP",
    ),
    # Redirects.
    Case(
        "redirect-junk",
        "a redirect to nonsense",
        b"HTTP/1.1 302 Found\r\nLocation: http://[:::99999/\xff\r\nContent-Length: 0\r\n\r\n",
        status=302,
        content=b"",
    ),
)
