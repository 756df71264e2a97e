"""What hostile servers do: scripts to be put together, and the bodies that they send."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.hostile import peers
from tests.hostile.conduct import KEY

from customers_conformance.reference.data import rows
from customers_conformance.reference.database import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.hostile.peers import Peer

    Script = Callable[[Peer], Awaitable[None]]

MEBI = 1024 * 1024
PIECE = 256 * 1024


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json") -> bytes:
    """A soundly framed answer."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: " + kind, b"Cache-Control: no-store", *headers]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


UNAUTHORIZED = answer(
    b'{"is_bifrost_error":false,"error":{"message":"a key is needed"}}',
    b"WWW-Authenticate: Bearer",
    status=b"401 Unauthorized",
)


def is_let_in(peer: Peer) -> bool:
    """Whether the request carries the key as it should."""
    lines = peer.request.lower().split(b"\r\n")
    return b"authorization: bearer " + KEY.lower().encode() in lines and KEY.encode() in peer.request


async def put(peer: Peer, data: bytes) -> None:
    """Send an answer, without its body where the request is a HEAD."""
    await peer.send(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if peer.request.startswith(b"HEAD") else data)


def guarded(script: Script | bytes) -> Script:
    """The script for requests with the key; the others are refused as they should be."""

    async def serve(peer: Peer) -> None:
        if not is_let_in(peer):
            await put(peer, UNAUTHORIZED)
        elif isinstance(script, bytes):
            await put(peer, script)
        else:
            await script(peer)

    return serve


@functools.cache
def customers(count: int = 2) -> str:
    """The reference server's customers as JSON."""
    return json.dumps(Database(rows(count)).customers())


@functools.cache
def sound() -> bytes:
    """A sound list."""
    return b'{"customers":%s,"count":2}' % customers().encode()


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The sound list with a change."""
    value = json.loads(sound())
    change(value)
    return json.dumps(value).encode()


def sometimes(script: Script | bytes, often: int = 3) -> Script:
    """A sound server that does this to every so many-th request that it lets in, not to the first."""
    seen = [0]

    async def serve(peer: Peer) -> None:
        seen[0] += 1
        if seen[0] % often:
            await put(peer, answer(sound()))
        elif isinstance(script, bytes):
            await peer.send(script)
        else:
            await script(peer)

    return guarded(serve)


def streamed(length: int, pieces: Callable[[], Iterator[bytes]], *headers: bytes) -> Script:
    """A body that is made while it is sent, so that this side does not hold it."""

    async def serve(peer: Peer) -> None:
        head = [b"HTTP/1.1 200 OK", b"Content-Type: application/json", *headers]
        await peer.send(b"\r\n".join([*head, b"Content-Length: %d" % length, b"", b""]))
        if not peer.request.startswith(b"HEAD"):
            for piece in pieces():
                await peer.send(piece)

    return guarded(serve)


def repeated(start: bytes, unit: bytes, size: int, end: bytes) -> Script:
    """A body of one unit again and again."""
    block = unit * (PIECE // len(unit))
    blocks = max(1, (size - len(start) - len(end)) // len(block))

    def pieces() -> Iterator[bytes]:
        yield start
        for _ in range(blocks):
            yield block
        yield end

    return streamed(len(start) + blocks * len(block) + len(end), pieces)


def varying(start: bytes, unit: bytes, size: int, end: bytes) -> Script:
    """A body of one unit again and again, and a number that is another at each request."""
    count = [0]
    filling = unit * (size // len(unit))

    async def serve(peer: Peer) -> None:
        count[0] += 1
        await put(peer, answer(start + filling + b",%d" % count[0] + end))

    return guarded(serve)


def made(make: Callable[[], bytes]) -> Script:
    """One body, made once it is asked for."""
    kept = functools.cache(make)

    async def serve(peer: Peer) -> None:
        await put(peer, answer(kept()))

    return guarded(serve)


def numbered_items(start: bytes, item: bytes, count: int, end: bytes) -> bytes:
    """A body of so many items, each with its number in it."""
    return start + b",".join(item % number for number in range(count)) + end


def in_turn(*bodies: Callable[[], bytes], headers: tuple[bytes, ...] = ()) -> Script:
    """One body after the other, each made once it is asked for."""
    count = [0]

    async def serve(peer: Peer) -> None:
        count[0] += 1
        await put(peer, answer(bodies[count[0] % len(bodies)](), *headers))

    return guarded(serve)


def in_turn_answered(*answers: bytes) -> Script:
    """One answer after the other."""
    count = [0]

    async def serve(peer: Peer) -> None:
        count[0] += 1
        await put(peer, answers[count[0] % len(answers)])

    return guarded(serve)


def folded(size: int) -> bytes:
    """A list without customers, one wide character, and line ends."""
    return b'{"customers":[],"count":0,"x":"%s"%s}' % ("\U0001f600".encode(), b"\n" * size)


def wide_by_escape(size: int, name: bytes) -> bytes:
    """A list without customers and a long text that an escape makes wide."""
    return b'{"customers":[],"count":0,"%s":"\\ud83d\\ude00%s"}' % (name, b"x" * size)


@functools.cache
def hollow(size: int) -> bytes:
    """So many bytes of empty gzip members, compressed."""
    nothing = gzip.compress(b"", mtime=0)
    return gzip.compress(nothing * (size // len(nothing)), 1, mtime=0)


def large(size: int, stray: bytes = b"first") -> Callable[[], bytes]:
    """A sound list of many bytes, but for a property that nobody knows."""

    @functools.cache
    def body() -> bytes:
        item = json.loads(customers(1))[0]
        text = json.dumps(item)
        count = size // len(text)
        items = b",".join(text.replace(item["id"], f"customer-{one}").encode() for one in range(count))
        return b'{"customers":[%s],"count":%d,"%s":1}' % (items, count, stray)

    return body


def identified(numbers: range) -> Callable[[], bytes]:
    @functools.cache
    def body() -> bytes:
        items = b",".join(b'{"id":"customer-%d"}' % one for one in numbers)
        return b'{"customers":[%s],"count":%d}' % (items, len(numbers))

    return body


def numbered(size: int) -> Script:
    """A list that is another at each request."""
    count = [0]

    async def serve(peer: Peer) -> None:
        count[0] += 1
        start = b'{"customers":[],"count":0,"stray-%d":"' % count[0]
        filling = (b"%08d" % count[0]) * (PIECE // 8)
        blocks = size // PIECE
        length = len(start) + blocks * PIECE + 2
        head = answer(b"").replace(b"Content-Length: 0", b"Content-Length: %d" % length)
        await peer.send(head)
        if not peer.request.startswith(b"HEAD"):
            await peer.send(start)
            for _ in range(blocks):
                await peer.send(filling)
            await peer.send(b'"}')

    return guarded(serve)


def bomb(size: int) -> Script:
    """Nothing, so many bytes of it, in one stream of gzip."""

    @functools.cache
    def parts() -> tuple[bytes, bytes]:
        stream = zlib.compressobj(9, wbits=31)
        nothing = bytes(16 * MEBI)
        first = stream.compress(nothing) + stream.flush(zlib.Z_FULL_FLUSH)
        # Between full flushes a stretch stands for itself, so that it can be sent again and again.
        again = stream.compress(nothing) + stream.flush(zlib.Z_FULL_FLUSH)
        return first, again

    async def serve(peer: Peer) -> None:
        first, again = parts()
        times = size // (16 * MEBI) - 1
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
        await peer.send(head + b"Content-Length: %d\r\n\r\n" % (len(first) + times * len(again)) + first)
        for _ in range(times):
            await peer.send(again)

    return guarded(serve)


def echoing(body: Callable[[str], bytes], *, status: bytes = b"200 OK", everyone: bool = False) -> Script:
    """Sends back all that it was sent: in the reason phrase, in headers, cookies and places, and in the body."""

    async def serve(peer: Peer) -> None:
        text = peer.request.decode("latin-1")
        flat = " ".join(text.split())[:3000]
        coded = base64.b64encode(text.encode("latin-1"))[:6000]
        reason = status + b" " + flat.encode("latin-1")
        headers = (
            b"Server: " + flat.encode("latin-1"),
            b"X-Echo-Base64: " + coded,
            b"X-Echo-Url: " + quote(flat, safe="").encode(),
            b"X-Echo-All: " + "".join(f"%{ord(c) & 255:02x}" for c in flat[:1500]).encode(),
            b"X-Echo-Json: " + "".join(f"\\u{ord(c):04x}" for c in flat[:1500]).encode(),
            b"X-" + KEY.encode() + b": a name",
            b"Set-Cookie: hostile-cookie=" + quote(flat, safe="").encode()[:3000],
            b"Location: /?key=" + quote(KEY).encode(),
            b'WWW-Authenticate: Bearer realm="' + KEY.encode() + b'"',
            b"Content-Encoding: identity",
        )
        await put(peer, answer(body(text), *headers, status=reason))

    return serve if everyone else guarded(serve)


def echo_json(text: str) -> bytes:
    escaped = "".join(f"\\u{ord(c):04x}" for c in text)
    stray = {
        "plain": text,
        "url": quote(text, safe=""),
        "twice": quote(quote(text, safe=""), safe=""),
        "base64": base64.b64encode(text.encode()).decode(),
        "shifted": base64.b64encode(b"x" + text.encode()).decode(),
        "text-within": json.dumps({"a": text}),
        KEY: KEY,
    }
    value = {"customers": [{"id": KEY, "name": text, KEY: 1, "teams": [{"id": KEY, "name": 3}]}], "count": KEY}
    # The members are sorted so that equal requests get equal bodies.
    return json.dumps(value | stray)[:-1].encode() + f',"escaped":"{escaped}"}}'.encode()


def echo_wide(text: str) -> bytes:
    return json.dumps({"customers": [], "count": 0, "echo": text}).encode("utf-16")


def echo_rubble(text: str) -> bytes:
    return b'{"customers":[\xff\xfe"' + text.encode("latin-1") + b"<" + base64.b64encode(text.encode("latin-1"))


def echo_cut(text: str) -> bytes:
    """The key across the place where a body that is too long is cut."""
    del text
    start = b'{"customers":[],"count":0,"x":"'
    return start + b"x" * (65536 - len(start) - 14) + KEY.encode() + b"y" * 200_000


HOSTILE_TEXTS = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></style></pre><iframe>",
    "\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\x08",
    "admin\u202etxt.exe\u2066\u200b\ufeff\U000e0041\u2028x\u0085y",
    "\x00\x01\ufffe\uffff]]>--><![CDATA[",
    "| a | b |\n\n# Heading\n::error file=x::owned\n##[error]x ##vso[task.setvariable]x ##teamcity[x]",
    "::add-mask::x\r\n[link](javascript:alert(1)) ![i](//evil.example/x.png) <https://evil.example> `` ``` @all #1",
    "{{7*7}}{% raw %}%s{0}${x}",
)


def decorated() -> bytes:
    def item(number: int, text: str) -> dict[str, Any]:
        return {
            "id": text,
            "name": text,
            text: text,
            "created_at": text,
            "teams": [{"id": text, "name": number, "customer_id": text, text: 1, "profile": text}],
            "virtual_keys": [{"id": text, "name": text, "customer_id": text + "x", "value": text, "is_active": text}],
            "budget": {"id": text, "max_limit": text, "reset_duration": text},
        }

    listed = [item(number, text) for number, text in enumerate(HOSTILE_TEXTS)] * 2
    return json.dumps({"customers": listed, "count": "\n::error::x", "\x1b[31m::": 1}).encode()


def head(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


def drip(peer_start: bytes, unit: bytes) -> Script:
    return peers.without_end(peer_start, unit, pause=1.0)


async def never(peer: Peer) -> None:
    await peer.stay()


def broken_items(count: int) -> bytes:
    return b'{"customers":[' + b",".join(b'{"id":%d,"name":null}' % n for n in range(count)) + b'],"count":0}'


def strays(count: int, size: int = 12) -> bytes:
    names = b",".join(b'"%s%d":%d' % (b"p" * size, n, n) for n in range(count))
    return b'{"customers":[{"id":"a","name":"b",' + names + b'}],"count":1}'


def secret_holding() -> bytes:
    def hide(value: dict[str, Any]) -> None:
        first = value["customers"][0]
        first["password"] = LISTED_SECRET
        first["nested"] = {"api_key": LISTED_SECRET, "note": f"Bearer {LISTED_SECRET}"}
        first["virtual_keys"][0]["value"] = LISTED_KEY
        first["name"] = LISTED_KEY

    return changed(hide)


LISTED_SECRET = "pAsscAnary-93aa77-K2m"
LISTED_KEY = "sk-bf-l1stcAnary-0a1b2c3d4e"

LONG = b'{"customers":[],"count":'
DEEP = b'{"customers":' + b"[" * 100_000 + b"]" * 100_000 + b',"count":0}'
