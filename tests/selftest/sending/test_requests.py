"""What leaves and what does not, and what is told of the answer."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.hostile.peers import JSON, OK, SOUND, serve

from customers_conformance import placeholders
from customers_conformance.model import PLAIN, SAFE_METHODS, Credential, Probe, UsageError
from customers_conformance.sending.credentials import Credentials
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.request import USER_AGENT
from customers_conformance.sending.resolving import Addresses
from customers_conformance.sending.target import Target
from customers_conformance.sending.transport import TapedTransport, UnsafeMethodError, read_surplus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

from tests.selftest.sending.asking import CREDENTIALS, KEY, asked


def test_the_headers_leave_in_their_order_and_nothing_is_added_to_them() -> None:
    probe = Probe("p", query=(("from_memory", "tr ue&"), ("e", "")), headers=(("X-Odd", "\xe9\xff"), ("X-Odd", "")))
    exchange, (head,) = asked(SOUND, probe=probe, credentials=replace(CREDENTIALS, headers=(("X-Tenant", "t-1"),)))
    first, *lines = head.split(b"\r\n")
    assert first == b"GET /base/api/governance/customers?from_memory=tr%20ue%26&e= HTTP/1.1"
    host = lines[0].removeprefix(b"Host: ").decode()
    assert lines[1:] == [
        f"User-Agent: {USER_AGENT}".encode(),
        b"Accept: */*",
        b"Accept-Encoding: identity",
        f"Authorization: Bearer {KEY}".encode(),
        b"X-Odd: \xe9\xff",
        b"X-Odd: ",
        b"X-Tenant: t-1",
        b"Connection: close",
        b"",
        b"",
    ]
    assert exchange.index == 7
    assert exchange.probe == "p"
    assert exchange.request.url == f"http://{host}/base/api/governance/customers?from_memory=tr%20ue%26&e="
    assert exchange.request.query == probe.query
    assert exchange.request.headers == (
        ("Host", host),
        ("User-Agent", USER_AGENT),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Authorization", "Bearer <key>"),
        ("X-Odd", "\xe9\xff"),
        ("X-Odd", ""),
        ("X-Tenant", "<header:X-Tenant>"),
        ("Connection", "close"),
    )
    assert KEY not in repr(exchange)
    assert "t-1" not in repr(exchange)


def test_an_answer_is_told_as_it_stood_on_the_wire() -> None:
    raw = OK + b"content-LENGTH:  26 \r\nX-Fold: a\r\n  b\r\nX-High: \xe9\r\n\r\n" + JSON
    before = time.time()
    exchange, _ = asked(raw)
    response = exchange.response
    assert response is not None
    assert response.headers == (("content-LENGTH", "26"), ("X-Fold", "a b"), ("X-High", "\xe9"))
    assert (response.status, response.reason, response.http_version) == (200, "OK", "HTTP/1.1")
    assert response.body.length == 26
    assert response.body.digest == hashlib.sha256(JSON).hexdigest()
    assert before <= exchange.started <= time.time()
    assert 0 < exchange.duration < 5


def test_a_probe_replaces_accept_and_accept_encoding() -> None:
    _, (head,) = asked(SOUND, probe=Probe("p", headers=(("accept", "text/html"), ("Accept-Encoding", "gzip"))))
    assert b"*/*" not in head
    assert b"identity" not in head
    assert b"accept: text/html\r\nAccept-Encoding: gzip\r\n" in head


def test_the_key_goes_into_the_query_of_a_probe_for_that_and_shows_as_a_placeholder() -> None:
    exchange, (head,) = asked(SOUND, probe=Probe("p", query=(("api_key", "<key>"),), credential=Credential.QUERY))
    assert f"?api_key={KEY} ".encode() in head
    assert b"Authorization" not in head
    assert exchange.request.url.endswith("/api/governance/customers?api_key=<key>")
    assert exchange.request.query == (("api_key", "<key>"),)


def test_a_generated_value_that_reads_like_a_placeholder_stays_what_it_is() -> None:
    probe = Probe("p", query=(("from_memory", "<key>"),), headers=(("X-Generated", "<key>"),))
    exchange, (head,) = asked(SOUND, probe=probe)
    assert b"?from_memory=%3Ckey%3E " in head
    assert b"X-Generated: <key>\r\n" in head
    assert exchange.request.url.endswith("?from_memory=%3Ckey%3E")


@pytest.mark.parametrize(
    "text, encoded", [("é", b"%C3%A9"), ("\udcff", b"%FF"), ("\ud800", b"%ED%A0%80"), ("+/~", b"%2B%2F~")]
)
def test_any_text_can_be_a_query_value(text: str, encoded: bytes) -> None:
    _, (head,) = asked(SOUND, probe=Probe("p", query=(("from_memory", text),)))
    assert b"?from_memory=" + encoded + b" " in head


@pytest.mark.parametrize("kind", [kind for kind in Credential if kind is not Credential.OTHER])
def test_every_kind_of_credentials_can_be_sent_and_none_shows(kind: Credential) -> None:
    given = replace(CREDENTIALS, virtual_key="sk-bf-1234", session="session-1")
    exchange, (head,) = asked(SOUND, probe=Probe("p", credential=kind), credentials=given)
    assert exchange.response is not None
    assert exchange.request.credential is kind
    shown = repr(exchange.request)
    assert not [form for form in given.forms() if form in shown]
    carried = {name.encode() for name, _ in placeholders.HEADERS.get(kind, ())}
    assert {name for name in (b"Authorization", b"x-api-key", b"x-bf-vk", b"Cookie") if name + b":" in head} == carried


def test_without_a_key_the_plain_request_carries_nothing_and_counts_as_one_with_it() -> None:
    exchange, (head,) = asked(SOUND, credentials=Credentials(key=None, unknown="u"))
    assert b"Authorization" not in head
    assert "Authorization" not in dict(exchange.request.headers)
    assert exchange.request.credential is Credential.KEY


def test_without_a_key_no_other_credentials_are_sent() -> None:
    given = Credentials(key=None, unknown="u", virtual_key="sk-bf-1234", session="session-1")
    for kind in set(Credential) - {Credential.KEY, Credential.NONE}:
        exchange, heads = asked(SOUND, probe=Probe("p", credential=kind), credentials=given)
        assert (exchange.response, heads) == (None, [])


@pytest.mark.parametrize("given, carried", [(None, "sk-bf-<key>-1"), ("sk-bf-given", "sk-bf-given")])
def test_a_virtual_key_of_the_list_is_sent_where_none_was_given_and_stays_the_lists(
    given: str | None, carried: str
) -> None:
    probe = Probe("p", credential=Credential.VIRTUAL_KEY)
    credentials = replace(CREDENTIALS, virtual_key=given)

    async def run() -> None:
        async with serve(SOUND) as server, Target(parse_url(server.url()), credentials) as target:
            assert target.missing(probe) == (None if given else "a virtual key")
            target.learn("sk-bf-<key>-1")
            assert target.missing(probe) is None
            exchange = await target.send(probe, 0)
            assert f"Authorization: Bearer {carried}\r\n".encode() in server.requests[0]
            shown = dict(exchange.request.headers)["Authorization"]
            assert shown == f"Bearer {'<virtual-key>' if given else carried}"
            with pytest.raises(UsageError, match="the listed virtual key of 3 characters"):
                target.learn("a b")

    asyncio.run(run())


def test_a_probe_whose_credentials_are_missing_is_not_sent() -> None:
    exchange, heads = asked(SOUND, probe=Probe("p", credential=Credential.SESSION))
    assert exchange.error == "not sent: it takes a session token"
    assert heads == []


@pytest.mark.parametrize(
    "probe",
    [
        Probe("p", headers=(("X", "a\r\nb"),)),
        Probe("p", headers=(("X", "€"),)),
        Probe("p", query=(("q", "x" * 70000),)),
    ],
)
def test_a_request_that_http_does_not_allow_is_not_sent(probe: Probe) -> None:
    exchange, heads = asked(SOUND, probe=probe)
    assert exchange.error == "the request cannot be sent: it holds what HTTP does not allow"
    assert heads == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "", "GET\r\n"])
def test_any_other_method_is_refused_whoever_asks(method: str) -> None:
    async def run() -> None:
        async with serve(SOUND) as server, Target(parse_url(server.url()), CREDENTIALS) as target:
            with pytest.raises(UnsafeMethodError, match="GET, HEAD, OPTIONS"):
                await target.send(Probe("p", method=method), 0)
            request = httpx.Request(method, server.url()) if method else None
            if request is not None and request.method not in SAFE_METHODS:
                with pytest.raises(UnsafeMethodError):
                    await TapedTransport(Addresses(["127.0.0.1"])).handle_async_request(request)
            assert target.ledger.requests == 0
            assert server.requests == []

    asyncio.run(run())


def test_the_ledger_tells_what_left_and_what_came_back() -> None:
    async def run() -> None:
        async with serve(SOUND) as server, Target(parse_url(server.url()), CREDENTIALS) as target:
            assert target.ledger.hosts == ()
            for method in ("GET", "HEAD", "OPTIONS", "GET"):
                await target.send(Probe("p", method=method), 0)
            ledger = target.ledger
            assert ledger.requests == 4
            assert ledger.methods == {"GET": 2, "HEAD": 1, "OPTIONS": 1}
            assert ledger.hosts == (f"127.0.0.1:{server.port}",)
            assert ledger.bytes_received == 4 * len(SOUND)

    asyncio.run(run())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    async def run() -> None:
        async with serve(SOUND) as elsewhere:
            answer = b"HTTP/1.1 %d X\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n" % (status, elsewhere.url().encode())
            async with serve(answer) as server, Target(parse_url(server.url()), CREDENTIALS) as target:
                exchange = await target.send(PLAIN, 0)
                assert exchange.response is not None
                assert exchange.response.status == status
                assert exchange.response.header("Location") == f"{elsewhere.url()}/"
            assert elsewhere.requests == []

    asyncio.run(run())


def test_no_cookie_is_kept() -> None:
    async def run() -> None:
        answer = OK + b"Set-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
        async with serve(answer) as server, Target(parse_url(server.url()), CREDENTIALS) as target:
            await target.send(PLAIN, 0)
            await target.send(PLAIN, 1)
            assert len(server.requests) == 2
            assert server.requests[0] == server.requests[1]

    asyncio.run(run())


def test_neither_proxies_nor_passwords_of_the_environment_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pa55word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    exchange, (head,) = asked(SOUND, probe=Probe("p", credential=Credential.NONE))
    assert exchange.response is not None
    assert b"uthorization" not in head


def test_neither_library_logs(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asked(b"HTTP/1.1 200 " + KEY.encode() + b"\r\nX: " + KEY.encode() + b"\r\n\r\n")
    assert KEY not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("http")]


def test_a_server_in_process_is_asked_the_same_way() -> None:
    seen: list[dict[str, object]] = []

    async def app(scope: dict[str, object], _receive: object, send: Callable[[dict[str, object]], object]) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"application/json")]})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": JSON})  # type: ignore[misc]

    async def run() -> None:
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with Target(parse_url("http://in-process.example"), CREDENTIALS, transport=transport) as target:
            exchange = await target.send(PLAIN, 0)
            assert exchange.response is not None
            assert exchange.response.framing is None
            assert exchange.response.body.content == JSON
            assert exchange.response.body.length == 26
            assert (exchange.response.status, exchange.response.reason) == (200, "")
            assert exchange.response.header("content-type") == "application/json"
            assert target.ledger.requests == 1
            assert target.ledger.bytes_received == 26
            assert target.ledger.hosts == ("in-process.example:80",)

    asyncio.run(run())
    assert (b"authorization", f"Bearer {KEY}".encode()) in seen[0]["headers"]  # type: ignore[operator]


def test_a_server_in_process_that_fails_gives_no_answer() -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise ZeroDivisionError(KEY)

    async def run() -> str | None:
        transport = httpx.ASGITransport(app)
        async with Target(parse_url("http://in-process.example"), CREDENTIALS, transport=transport) as target:
            return (await target.send(PLAIN, 0)).error

    assert asyncio.run(run()) == "the server in process failed (ZeroDivisionError)"


def test_a_transport_that_answers_without_asyncio_gives_no_answer() -> None:
    class Blocking(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            class Stream(httpx.SyncByteStream):
                def __iter__(self) -> Iterator[bytes]:
                    yield b""

                async def aclose(self) -> None:
                    return

            return httpx.Response(200, stream=Stream(), request=request)

    async def run() -> str | None:
        async with Target(parse_url("http://in-process.example"), CREDENTIALS, transport=Blocking()) as target:
            return (await target.send(PLAIN, 0)).error

    assert asyncio.run(run()) is not None


def test_a_taped_transport_can_be_used_on_its_own() -> None:
    async def run() -> None:
        async with serve(SOUND + b"surplus") as server:
            request = httpx.Request("GET", server.url())
            answer = await TapedTransport(Addresses(["127.0.0.1"])).handle_async_request(request)
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            assert b"".join([chunk async for chunk in answer.stream]) == JSON
            tape = answer.extensions["tape"]
            await read_surplus(answer, tape, 1.0)
            assert tape.surplus == 7
            assert tape.head.status == 200
            await answer.stream.aclose()

    asyncio.run(run())
