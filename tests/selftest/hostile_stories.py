"""Whole runs against hostile servers: each is one entry that says what the server does and what must come of it."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from customers_conformance.reference.data import rows
from customers_conformance.reference.database import Database

from . import hostile
from .hostile_run import KEY, MOST_MEMORY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from .hostile import Peer
    from .hostile_run import Ended

    Script = Callable[[Peer], Awaitable[None]]

MEBI = 1024 * 1024
PIECE = 256 * 1024

#: Exit codes: the target broke something, the suite was not let in or cut short, or could not judge enough.
BROKEN, INVALID, INCOMPLETE = 1, 4, 3


@dataclass(frozen=True)
class Story:
    """A hostile server and what must come of a whole run against it."""

    name: str
    #: What the server does.
    does: str
    script: Script | bytes
    #: The exit codes that are sound.
    exits: frozenset[int]
    #: Requirements that must fail, and that must be unverified.
    fails: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    #: Requirements, or beginnings of their ids, that must not fail.
    keeps: tuple[str, ...] = ()
    #: What some reason, finding or warning of the report must say.
    says: str = ""
    options: tuple[str, ...] = ("--settle", "0.2", "--examples", "0")
    #: ``--timeout`` and ``--deadline``.
    timeout: float = 5.0
    deadline: float = 60.0
    #: MiB and seconds that it may cost at most; 0 for any time within the deadline.
    memory: int = MOST_MEMORY
    seconds: float = 0.0
    #: What else must not be in any file.
    secrets: tuple[str, ...] = ()
    #: How the server is asked.
    scheme: str = "http"
    #: Quick enough for every run of the self-tests.
    fast: bool = False

    def __str__(self) -> str:
        """The name, for the list of tests."""
        return self.name

    def scripts(self, elsewhere: hostile.Server) -> list[Script | bytes]:
        """What is served; a place that is written ``ELSEWHERE`` is another origin's."""
        script = self.script
        if isinstance(script, bytes):
            return [script.replace(b"ELSEWHERE", elsewhere.url().encode())]
        return [script]

    def looks(self, ended: Ended) -> Iterator[str]:
        """What the report says otherwise than it must."""
        for identifier in self.fails:
            if ended.verdict(identifier) != "fail":
                yield f"{identifier} is {ended.verdict(identifier)}, not fail"
        for identifier in self.unverified:
            if ended.verdict(identifier) != "unverified":
                yield f"{identifier} is {ended.verdict(identifier)}, not unverified"
        if wrong := [one for one in ended.of("fail") if one.startswith(self.keeps)] if self.keeps else []:
            yield f"failed, and must not: {wrong}"
        if self.says and self.says not in json.dumps(ended.report, ensure_ascii=False):
            yield f"the report does not say {self.says!r}"


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


def in_turn(*bodies: Callable[[], bytes]) -> Script:
    """One body after the other, each made once it is asked for."""
    count = [0]

    async def serve(peer: Peer) -> None:
        count[0] += 1
        await put(peer, answer(bodies[count[0] % len(bodies)]()))

    return guarded(serve)


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


def _identified(numbers: range) -> Callable[[], bytes]:
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


def _echo_json(text: str) -> bytes:
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


def _echo_wide(text: str) -> bytes:
    return json.dumps({"customers": [], "count": 0, "echo": text}).encode("utf-16")


def _echo_rubble(text: str) -> bytes:
    return b'{"customers":[\xff\xfe"' + text.encode("latin-1") + b"<" + base64.b64encode(text.encode("latin-1"))


def _echo_cut(text: str) -> bytes:
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


def _decorated() -> bytes:
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


def _head(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


def _drip(peer_start: bytes, unit: bytes) -> Script:
    return hostile.without_end(peer_start, unit, pause=1.0)


async def _never(peer: Peer) -> None:
    await peer.stay()


def _broken_items(count: int) -> bytes:
    return b'{"customers":[' + b",".join(b'{"id":%d,"name":null}' % n for n in range(count)) + b'],"count":0}'


def _strays(count: int, size: int = 12) -> bytes:
    names = b",".join(b'"%s%d":%d' % (b"p" * size, n, n) for n in range(count))
    return b'{"customers":[{"id":"a","name":"b",' + names + b'}],"count":1}'


def _secret_holding() -> bytes:
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
QUICKLY = ("--settle", "0", "--examples", "0")
ALL = (*QUICKLY, "--profile", "all", "--virtual-key-env", "VIRTUAL_KEY", "--session-env", "SESSION")
#: For bodies so large that sending them for every probe would be what takes the time.
FEW = (*QUICKLY, "--only", "CUST-RSP-002", "--only", "CUST-REL-001", "--only", "CUST-SEC-006")
HEADED = (*ALL, "--header-env", "X-Extra=EXTRA")

ANY = frozenset({BROKEN, INVALID, INCOMPLETE})
SOUND = frozenset({0})
FAILS = frozenset({BROKEN})
NONE = frozenset({INVALID})

STORIES = (
    # Size.
    Story(
        "bomb",
        "10 GiB in a gzip bomb",
        bomb(10 * 1024 * MEBI),
        ANY,
        says="--max-body",
        memory=300,
        seconds=5.0,
        options=QUICKLY,
    ),
    Story(
        "bomb-once",
        "a gzip bomb now and then",
        sometimes(bomb(10 * 1024 * MEBI), 20),
        ANY,
        memory=300,
        seconds=5.0,
        options=QUICKLY,
    ),
    Story("flood", "bodies without end", hostile.without_end(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), ANY),
    Story(
        "flood-sometimes",
        "a body without end now and then",
        sometimes(hostile.without_end(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), 9),
        ANY,
    ),
    Story("distinct", "bodies of 60 MB, each another", numbered(60_000_000), ANY, options=QUICKLY),
    Story(
        "distinct-small-bound",
        "bodies of 60 MB, each another, where 1 MB is allowed",
        numbered(60_000_000),
        ANY,
        options=(*QUICKLY, "--max-body", "1000000"),
        memory=300,
    ),
    Story(
        "many-lists",
        "64 MB of lists",
        repeated(b'{"customers":[[]', b",[]", 63_000_000, b'],"count":1}'),
        ANY,
        options=FEW,
    ),
    Story(
        "many-objects",
        "64 MB of objects",
        repeated(b'{"customers":[{}', b",{}", 63_000_000, b'],"count":1}'),
        ANY,
        options=FEW,
    ),
    Story("brackets", "64 MB of brackets", repeated(b'{"customers":', b"[", 63_000_000, b"]"), ANY, options=FEW),
    Story("quotes", "64 MB of quotes", repeated(b'{"a":', b'"', 63_000_000, b""), ANY, options=FEW),
    Story("backslashes", "64 MB of backslashes", repeated(b'{"a":"', b"\\", 63_000_000, b'"}'), ANY, options=FEW),
    Story("escapes", "64 MB of escapes", repeated(b'{"a":"', b"\\u0041", 63_000_000, b'"}'), ANY, options=FEW),
    Story("percents", "64 MB of URL escapes", repeated(b'{"a":"', b"%41", 63_000_000, b'"}'), ANY, options=FEW),
    Story("nuls", "64 MB of nothing", repeated(b'{"a":"', b"\0", 63_000_000, b'"}'), ANY, options=FEW),
    Story(
        "numbers", "7 MB of numbers", repeated(b'{"customers":[1', b",1", 7_000_000, b'],"count":1}'), ANY, options=FEW
    ),
    Story("base64", "64 MB that look like Base64", repeated(b'{"a":"', b"QUJD", 63_000_000, b'"}'), ANY, options=FEW),
    Story(
        "virtual-keys",
        "many virtual keys",
        repeated(b'{"a":"', b"sk-bf-abcdefgh0123 ", 20_000_000, b'"}'),
        ANY,
        options=FEW,
    ),
    Story(
        "pem", "many beginnings of PEM", repeated(b'{"a":"', b"-----BEGIN X-----", 20_000_000, b'"}'), ANY, options=FEW
    ),
    Story(
        "customers-without-members",
        "a million customers that show nothing",
        guarded(answer(b'{"customers":[%s],"count":5}' % b",".join([b"{}"] * 1_000_000))),
        FAILS,
        fails=("CUST-REL-001", "CUST-SCH-015"),
        options=QUICKLY,
    ),
    Story(
        "customers-with-ids",
        "a million customers that show an id, in two orders",
        in_turn(_identified(range(1_000_000)), _identified(range(999_999, -1, -1))),
        FAILS,
        fails=("CUST-SCH-015",),
        options=QUICKLY,
        deadline=120.0,
    ),
    Story(
        "dense-and-distinct",
        "6 MB of lists in lists, each body another",
        varying(b'{"customers":[],"count":0,"x":[[]', b",[]", 6_000_000, b"]}"),
        ANY,
        options=QUICKLY,
    ),
    Story(
        "emoji",
        "60 MB of text with one wide character",
        guarded(answer(b'{"customers":[],"count":0,"x":"%s%s"}' % ("\U0001f600".encode(), b"x" * 60_000_000))),
        SOUND,
        options=FEW,
    ),
    Story(
        "large-and-sound",
        "two sound lists of 50 MB in turn",
        in_turn(large(50_000_000), large(50_000_000, b"second")),
        ANY,
        options=QUICKLY,
        deadline=300.0,
    ),
    Story(
        "placeholders",
        "30 MB of what stands for the key in evidence",
        repeated(b'{"customers":[],"count":0,"x":"', b"<key> ", 30_000_000, b'"}'),
        ANY,
        options=QUICKLY,
        deadline=120.0,
    ),
    Story(
        "shapes",
        "a million short texts, where every text is struck out",
        guarded(
            answer(b'{"customers":[],"count":0,"x":[%s]}' % b",".join(b'"T%06x"' % one for one in range(1_000_000)))
        ),
        SOUND,
        options=(*FEW, "--evidence", "shape"),
    ),
    # Values.
    Story(
        "deep",
        "a list nested 100,000 deep",
        guarded(answer(DEEP)),
        ANY,
        says="levels deep",
        keeps=("CUST-RSP", "CUST-SCH", "CUST-REL"),
        unverified=("CUST-REL-001",),
        fast=True,
    ),
    Story(
        "deep-objects",
        "objects nested 100,000 deep",
        guarded(answer(b'{"customers":[],"count":0,"x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001)),
        ANY,
        unverified=("CUST-REL-001",),
    ),
    Story(
        "deep-and-open",
        "a list nested deep that never ends",
        guarded(answer(b'{"customers":' + b"[" * 1_000_000)),
        ANY,
    ),
    Story(
        "deep-499",
        "a list 499 deep",
        guarded(answer(b'{"customers":[],"count":0,"x":' + b"[" * 498 + b"]" * 498 + b"}")),
        ANY,
    ),
    Story(
        "long-number",
        "a count of ten million digits",
        guarded(answer(LONG + b"1" * 10_000_000 + b"}")),
        FAILS,
        fails=("CUST-VAL-011",),
        keeps=("CUST-SCH",),
    ),
    Story(
        "long-number-once",
        "a count of ten million digits, asked for a few requirements",
        guarded(answer(LONG + b"1" * 10_000_000 + b"}")),
        FAILS,
        fails=("CUST-VAL-011",),
        keeps=("CUST-SCH",),
        options=(*QUICKLY, "--only", "CUST-VAL-011", "--only", "CUST-SCH-001", "--only", "CUST-RSP-002"),
        fast=True,
    ),
    Story(
        "bomb-alone",
        "one bomb of 10 GiB",
        bomb(10 * 1024 * MEBI),
        ANY,
        says="--max-body",
        memory=300,
        seconds=5,
        options=(*QUICKLY, "--only", "CUST-RSP-002"),
    ),
    Story(
        "tls-never",
        "takes connections and never says a word of TLS",
        _never,
        NONE,
        timeout=0.5,
        scheme="https",
    ),
    Story(
        "long-real",
        "a count with a million digits and an exponent",
        guarded(answer(LONG + b"1" * 1_000_000 + b"e999999}")),
        FAILS,
        fails=("CUST-VAL-011",),
        keeps=("CUST-SCH",),
    ),
    Story(
        "lone-surrogate",
        "half a character in names",
        guarded(answer(changed(lambda value: value["customers"][0].update(name="a \ud800 b", extra="\udfff")))),
        ANY,
        says="lone surrogate",
        keeps=("CUST-RSP-002",),
        fast=True,
    ),
    Story(
        "surrogate-names",
        "half a character in names of members",
        guarded(answer(b'{"customers":[{"id":"\\ud800","name":"x","\\udc00":"\\ud800"}],"count":1}')),
        ANY,
    ),
    Story("findings", "100,000 items that are broken", guarded(answer(_broken_items(100_000))), FAILS),
    Story("strays", "100,000 properties that nobody knows", guarded(answer(_strays(100_000))), ANY),
    Story("long-strays", "900 properties with names of 60 kB", guarded(answer(_strays(900, 60_000))), ANY),
    Story("one-long-stray", "a property with a name of 30 MB", guarded(answer(_strays(1, 30_000_000))), ANY),
    Story(
        "long-texts",
        "an id of 30 MB",
        guarded(answer(b'{"customers":[{"id":"' + b"i" * 30_000_000 + b'","name":3}],"count":9}')),
        ANY,
    ),
    Story(
        "twice",
        "members that stand 100,000 times",
        guarded(answer(b'{"customers":[],"count":0' + b',"count":0' * 100_000 + b"}")),
        FAILS,
        fails=("CUST-RSP-003",),
    ),
    Story(
        "same-ids",
        "30,000 customers with one id",
        guarded(answer(b'{"customers":[' + b",".join([b'{"id":"a","name":"a"}'] * 30_000) + b'],"count":30000}')),
        FAILS,
        fails=("CUST-REL-002",),
    ),
    Story(
        "wide", "a list in UTF-16", guarded(answer(sound().decode().encode("utf-16"))), FAILS, fails=("CUST-RSP-002",)
    ),
    Story("not-json", "a list that is no JSON", guarded(answer(b"<html>" + b"\xff" * 1000)), ANY),
    Story("empty", "empty bodies", guarded(answer(b"")), ANY),
    # Time.
    Story("never", "takes connections and never answers", _never, NONE, timeout=0.5, says="no answer", fast=True),
    Story("never-sometimes", "never answers now and then", sometimes(_never), ANY, timeout=0.5),
    Story("drip-head", "a byte of a header a second", _drip(b"HTTP/1.1 200 OK\r\n", b"X"), NONE, timeout=2),
    Story(
        "drip-body",
        "a byte of the body a second",
        _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b" "),
        NONE,
        timeout=2,
    ),
    Story(
        "drip-to-the-deadline",
        "a byte of the body a second, after a sound answer",
        sometimes(_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b" "), 2),
        NONE,
        timeout=30,
        deadline=2,
        seconds=6,
        says="deadline",
        fast=True,
    ),
    Story(
        "retry-for-ever",
        "asks to be asked later, always",
        guarded(answer(b"", b"Retry-After: 99999999999", status=b"503 Busy")),
        NONE,
        deadline=3,
        seconds=6,
    ),
    Story("interim", "interim answers without end", hostile.without_end(b"", b"HTTP/1.1 103 Early\r\n\r\n"), NONE),
    Story("endless-header", "a header without end", hostile.without_end(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999), NONE),
    Story(
        "endless-header-sometimes",
        "a header without end now and then",
        sometimes(hostile.without_end(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999)),
        ANY,
    ),
    # HTTP.
    Story("resets", "resets every connection", hostile.then_reset(b""), NONE),
    Story(
        "resets-sometimes",
        "resets amid the body now and then",
        sometimes(hostile.then_reset(answer(sound())[:900])),
        ANY,
    ),
    Story(
        "two-lengths",
        "two lengths that differ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\nContent-Length: 27\r\n\r\n" + hostile.JSON,
        FAILS,
        fails=("CUST-HTTP-003",),
    ),
    Story("surplus", "a second answer after the first", guarded(answer(sound()) * 2), FAILS, fails=("CUST-HTTP-003",)),
    Story("short", "bodies that end too early", guarded(answer(sound())[:-5]), FAILS, fails=("CUST-HTTP-003",)),
    Story(
        "chunks",
        "chunks that are broken",
        hostile.CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
        FAILS,
        fails=("CUST-HTTP-003",),
    ),
    Story("brotli", "a coding that nobody asked for", guarded(answer(b"xx", b"Content-Encoding: br")), ANY),
    Story(
        "gzip-rubble",
        "gzip that is none",
        guarded(answer(b"xx", b"Content-Encoding: gzip")),
        FAILS,
        fails=("CUST-HTTP-003",),
    ),
    Story("rubbish", "rubbish in the place of HTTP", b"\x16\x03\x01\x00\xff" * 999, NONE),
    Story("tls-rubbish", "rubbish in the place of TLS", b"HTTP/1.1 200 OK\r\n\r\n", NONE, scheme="https"),
    Story(
        "many-cookies",
        "cookies",
        guarded(answer(sound(), *[b"Set-Cookie: hostile-cookie%d=x; Path=/" % n for n in range(500)])),
        ANY,
    ),
    Story(
        "strange-headers",
        "controls and commands in headers and reason",
        guarded(
            answer(
                sound(),
                b"Server: \x1b[31m::error::x ##[error]y \xe2\x80\xae <script>alert(1)</script>",
                b"Content-Language: | a | `b` [x](javascript:alert(1))",
                status=b"200 \x1b]0;owned\x07::error::x\xff <script>alert(1)</script>",
            )
        ),
        ANY,
        fast=True,
    ),
    Story(
        "strange-refusal",
        "controls and commands in a refusal",
        answer(b"\x1b[2J<script>alert(1)</script>", status=b"401 \x1b[31m\xc2\x9b::error::x"),
        NONE,
    ),
    # Redirects.
    Story(
        "redirect-elsewhere",
        "a redirect to another origin",
        b"HTTP/1.1 302 Found\r\nLocation: ELSEWHERE/x\r\nSet-Cookie: hostile-cookie=1\r\nContent-Length: 0\r\n\r\n",
        NONE,
        fast=True,
    ),
    Story(
        "redirect-loop",
        "a redirect to itself, always",
        b"HTTP/1.1 307 Again\r\nLocation: /api/governance/customers\r\nContent-Length: 0\r\n\r\n",
        NONE,
    ),
    Story(
        "redirect-sometimes",
        "a redirect to nonsense now and then",
        sometimes(
            b"HTTP/1.1 302 Found\r\nLocation: http://[:::9/\xff?" + KEY.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        ),
        ANY,
    ),
    # Secrets.
    Story("echo-json", "echoes all in JSON", echoing(_echo_json), ANY, options=HEADED, fast=True),
    Story("echo-wide", "echoes all in UTF-16", echoing(_echo_wide), ANY, options=HEADED),
    Story("echo-rubble", "echoes all in what does not parse", echoing(_echo_rubble), ANY, options=HEADED),
    Story(
        "echo-full",
        "echoes all; the evidence in full",
        echoing(_echo_json),
        ANY,
        options=(*HEADED, "--evidence", "full"),
    ),
    Story(
        "echo-shape",
        "echoes all; the evidence as shape",
        echoing(_echo_json),
        ANY,
        options=(*HEADED, "--evidence", "shape"),
    ),
    Story(
        "echo-cut",
        "echoes the key where bodies are cut",
        echoing(_echo_cut),
        ANY,
        options=(*ALL, "--max-body", "100000"),
    ),
    Story(
        "echo-refusing",
        "echoes all in refusals",
        echoing(_echo_json, status=b"401 No", everyone=True),
        NONE,
        options=HEADED,
    ),
    Story(
        "echo-failing",
        "echoes all in errors",
        echoing(_echo_rubble, status=b"500 No", everyone=True),
        ANY,
        options=(*HEADED[:-2], "--examples", "6", "--header-env", "X-Extra=EXTRA"),
    ),
    Story("echo-status-line", "the key in the place of a status line", KEY.encode() + b"\r\n\r\n", NONE),
    Story("echo-version", "the key in a broken header", b"HTTP/1.1 200 OK\r\n" + KEY.encode() + b"\r\n\r\n", ANY),
    Story("echo-chunk", "the key in the place of a chunk's size", hostile.CHUNKED + KEY.encode() + b"\r\n", ANY),
    Story(
        "echo-coding", "the key as a content coding", guarded(answer(b"x", b"Content-Encoding: " + KEY.encode())), ANY
    ),
    Story(
        "echo-gzip",
        "echoes all in gzip that is cut",
        guarded(answer(gzip.compress(_echo_json(KEY))[:-6], b"Content-Encoding: gzip")),
        ANY,
    ),
    Story(
        "listed-secrets",
        "secrets in the list",
        guarded(answer(_secret_holding())),
        FAILS,
        secrets=(LISTED_SECRET, LISTED_KEY),
        options=ALL,
        fast=True,
    ),
    # What the reader sees.
    Story("decorated", "hostile text in every place", guarded(answer(_decorated())), FAILS, fast=True),
    Story(
        "decorated-errors",
        "hostile text in errors",
        sometimes(answer(_decorated(), status=b"500 \x1b[31m")),
        FAILS,
    ),
    # Generated requests.
    Story(
        "generated",
        "a thousand generated requests",
        guarded(answer(b'{"customers":[],"count":0}')),
        ANY,
        options=("--settle", "0", "--examples", "1000"),
        deadline=120,
    ),
    Story(
        "generated-failing",
        "fails at every generated request",
        sometimes(answer(b"{}", status=b"500 No"), 2),
        FAILS,
        options=("--settle", "0", "--examples", "40"),
    ),
)
