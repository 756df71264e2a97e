"""Connecting: names, TLS, proxies, and what is told where there is no connection."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpcore
import pytest
import trustme
from tests.hostile.peers import JSON, SOUND, Peer, serve

from customers_conformance.model import PLAIN, UsageError
from customers_conformance.sending.failures import explain
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.receiving.head import Head, complaint
from customers_conformance.sending.receiving.tape import Tape, TapedBackend
from customers_conformance.sending.resolving import Addresses, look_up
from customers_conformance.sending.target import Target

if TYPE_CHECKING:
    from pathlib import Path

    from customers_conformance.model import Exchange
from tests.selftest.sending.asking import CREDENTIALS, KEY, QUICK, failed


def test_a_refused_port_is_told() -> None:
    async def port() -> int:
        async with serve(SOUND) as server:
            return server.port

    closed = asyncio.run(port())
    assert failed(f"http://127.0.0.1:{closed}") == f"connection refused by 127.0.0.1:{closed}"
    # Where the machine has no IPv6, the reason is another one.
    assert f" [::1]:{closed}" in (failed(f"http://[::1]:{closed}") or "")


def test_a_name_that_does_not_resolve_is_told() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(host, port)

    assert failed("http://staging.example", resolver=nowhere) == "the name staging.example does not resolve"
    assert failed("http://staging.example", resolver=lambda *_: []) == "the name staging.example does not resolve"


def test_a_look_up_that_hangs_is_told_and_keeps_nothing_alive() -> None:
    ended = threading.Event()
    try:
        told = failed("http://staging.example", resolver=lambda *_: [str(ended.wait(9))])
    finally:
        ended.set()
    assert told == "the name staging.example did not resolve within 0.3 s"


def test_a_process_ends_while_a_look_up_hangs() -> None:
    script = """
import asyncio, time
from customers_conformance.sending.credentials import Credentials
from customers_conformance.model import PLAIN
from customers_conformance.model import Limits
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.target import Target
async def main():
    hang = lambda *_: time.sleep(60)
    origin, limits = parse_url("http://a.example"), Limits(timeout=0.1)
    async with Target(origin, Credentials("k", "u"), limits, resolver=hang) as target:
        print((await target.send(PLAIN, 0)).error)
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "the name a.example did not resolve within 0.1 s\n"
    assert done.stderr == ""


def test_a_name_is_resolved_once_and_its_addresses_are_tried_in_order() -> None:
    async def run() -> None:
        asked_for: list[str] = []

        def resolver(host: str, port: int) -> list[str]:
            asked_for.append(f"{host}:{port}")
            return ["127.0.0.99", "127.0.0.1"]

        async with serve(SOUND) as server:
            origin = parse_url(f"http://staging.example:{server.port}")
            async with Target(origin, CREDENTIALS, resolver=resolver) as target:
                for at in range(3):
                    assert (await target.send(PLAIN, at)).response
                assert target.ledger.hosts == (f"staging.example:{server.port}",)
            assert asked_for == [f"staging.example:{server.port}"]
            assert f"Host: staging.example:{server.port}\r\n".encode() in server.requests[0]

    asyncio.run(run())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for 127.0.0.1 and staging.example."""
    return server_side(authority, "127.0.0.1", "staging.example")


def server_side(authority: trustme.CA, *names: str, days: int = 9) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ends = datetime.now(UTC) + timedelta(days=days)
    authority.issue_cert(*names, not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=ends).configure_cert(context)
    return context


def over_tls(context: ssl.SSLContext, bundle: str | None, host: str = "127.0.0.1", script: object = SOUND) -> Exchange:
    async def run() -> Exchange:
        async with serve(script, tls=context) as server:  # type: ignore[arg-type]
            origin = parse_url(f"https://{host}:{server.port}")
            async with Target(origin, CREDENTIALS, ca_bundle=bundle, resolver=lambda *_: ["127.0.0.1"]) as target:
                return await target.send(PLAIN, 0)

    return asyncio.run(run())


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "staging.example"])
def test_tls_works_with_a_bundle_and_its_tape_is_inside(certified: ssl.SSLContext, bundle: str, host: str) -> None:
    exchange = over_tls(certified, bundle, host, SOUND + b"surplus")
    assert exchange.response is not None
    assert exchange.response.body.content == JSON
    assert exchange.response.framing is not None
    assert exchange.response.framing.surplus == 7


def test_a_certificate_that_is_not_trusted_is_told(certified: ssl.SSLContext) -> None:
    error = over_tls(certified, None).error
    assert error is not None
    assert error.startswith("TLS: the certificate")
    assert "--ca-bundle names a file of trusted ones" in error


def test_a_certificate_for_another_host_is_told(authority: trustme.CA, bundle: str) -> None:
    context = server_side(authority, "other.example")
    assert over_tls(context, bundle, "staging.example").error == "TLS: the certificate is for another host"
    assert over_tls(context, bundle).error == "TLS: the certificate is for another address"


def test_a_certificate_that_has_expired_is_told(authority: trustme.CA, bundle: str) -> None:
    context = server_side(authority, "127.0.0.1", days=-9)
    assert over_tls(context, bundle).error == "TLS: the certificate has expired"


def test_a_server_without_tls_is_told() -> None:
    async def run() -> list[str | None]:
        told = []
        for script in (SOUND, b""):
            reply = script

            async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reply: bytes = reply) -> None:
                await reader.read(100)
                writer.write(reply)
                writer.close()

            async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
                origin = parse_url(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
                async with Target(origin, CREDENTIALS) as target:
                    told.append((await target.send(PLAIN, 0)).error)
        return told

    assert asyncio.run(run()) == [
        "TLS: the server does not speak TLS (is it http?)",
        "TLS: the connection was closed during the handshake",
    ]


def test_a_handshake_that_hangs_ends_with_the_timeout() -> None:
    async def run() -> str | None:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.read()
            finally:
                writer.close()

        async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
            origin = parse_url(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            async with Target(origin, CREDENTIALS, QUICK) as target:
                return (await target.send(PLAIN, 0)).error

    assert asyncio.run(run()) == "no answer within 0.3 s"


def test_session_keys_are_never_logged(
    certified: ssl.SSLContext, bundle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    assert over_tls(certified, bundle).response
    assert not (tmp_path / "keys.log").exists()
    assert os.environ["SSLKEYLOGFILE"]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_cannot_be_read_is_refused(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(UsageError, match=r"ca\.pem' cannot be read as a file of certificates"):
        Target(parse_url("https://host"), CREDENTIALS, ca_bundle=str(tmp_path / "ca.pem"))


async def tunnel(peer: Peer, port: int) -> None:
    """Be a proxy that connects to a port of the loopback."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await peer.send(b"HTTP/1.1 200 Connected\r\nVia: proxy\r\n\r\n")

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
        sink.close()

    try:
        await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer), return_exceptions=True)
    finally:
        writer.close()


def test_a_proxy_connects_and_its_own_answer_is_not_the_targets(certified: ssl.SSLContext, bundle: str) -> None:
    async def run() -> None:
        async with serve(SOUND, tls=certified) as server, serve(lambda peer: tunnel(peer, server.port)) as proxy:
            origin = parse_url(f"https://staging.example:{server.port}")
            url = proxy.url().replace("://", "://me:pa55word@")
            async with Target(origin, CREDENTIALS, ca_bundle=bundle, proxy=url) as target:
                exchange = await target.send(PLAIN, 0)
                assert exchange.response is not None, exchange.error
                assert exchange.response.header("Via") is None
                assert exchange.response.body.content == JSON
                assert target.ledger.hosts == (f"127.0.0.1:{proxy.port}",)
            assert proxy.requests[0].startswith(f"CONNECT staging.example:{server.port} ".encode())
            assert b"Proxy-Authorization: Basic bWU6cGE1NXdvcmQ=" in proxy.requests[0]
            assert KEY.encode() not in proxy.requests[0]
            assert b"Proxy-Authorization" not in server.requests[0]

    asyncio.run(run())


def test_a_proxy_forwards_plain_http() -> None:
    async def run() -> None:
        async with serve(SOUND) as proxy:
            async with Target(parse_url("http://staging.example/base"), CREDENTIALS, proxy=proxy.url()) as target:
                assert (await target.send(PLAIN, 0)).response
            assert proxy.requests[0].startswith(
                b"GET http://staging.example/base/api/governance/customers HTTP/1.1\r\n"
            )
            assert b"Host: staging.example\r\n" in proxy.requests[0]

    asyncio.run(run())


@pytest.mark.parametrize(
    "script, told",
    [
        (b"HTTP/1.1 407 \x1b[31m\r\nContent-Length: 0\r\n\r\n", "the proxy refused to connect, with status 407"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n", "the proxy's answer is longer than 65536 bytes"),
        (b"", "the connection was closed without an answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "TLS: the connection was closed during the handshake"),
    ],
)
def test_a_proxy_that_does_not_connect_is_told(script: bytes, told: str) -> None:
    async def run() -> str | None:
        origin = parse_url("https://staging.example")
        async with serve(script) as proxy, Target(origin, CREDENTIALS, proxy=proxy.url()) as target:
            return (await target.send(PLAIN, 0)).error

    assert asyncio.run(run()) == told


def test_what_a_decryption_that_fails_amid_the_body_leaves_is_no_answer(certified: ssl.SSLContext, bundle: str) -> None:
    async def broken(peer: Peer) -> None:
        await peer.send(SOUND[:-5])
        await asyncio.sleep(0.05)
        raw = peer.writer.get_extra_info("socket").fileno()
        os.write(raw, b"\x17\x03\x03\x00\x20" + b"x" * 32)
        await peer.stay()

    error = over_tls(certified, bundle, script=broken).error
    assert error is not None
    assert error.startswith("TLS: ")


def test_a_handshake_that_is_refused_is_told(bundle: str) -> None:
    error = over_tls(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), bundle).error
    assert error is not None
    assert error.startswith("TLS: ")


def test_the_systems_resolver_is_asked_for_names() -> None:
    addresses = look_up("localhost", 80)
    assert set(addresses) <= {"127.0.0.1", "::1"}
    assert len(addresses) == len(set(addresses))


def test_a_name_that_cannot_be_one_does_not_resolve() -> None:
    def refuse(host: str, port: int) -> list[str]:
        raise UnicodeError(host, port)

    assert failed("http://staging.example", resolver=refuse) == "the name staging.example does not resolve"


@pytest.mark.parametrize(
    "problem, connected, told",
    [
        (httpcore.ConnectError(), False, "no connection to host:1"),
        (OSError(113, "x"), False, "no connection to host:1: no route to host"),
        (httpcore.ReadError(KEY), True, "the connection was reset before the answer ended"),
        (ValueError(KEY), True, "the exchange failed (ValueError)"),
        (ssl.SSLEOFError(), True, "TLS: the connection was closed during the handshake"),
        (httpcore.LocalProtocolError(KEY), True, "the request cannot be sent: it holds what HTTP does not allow"),
    ],
)
def test_every_failure_has_a_sentence_without_the_librarys_words(
    problem: Exception, told: str, *, connected: bool
) -> None:
    assert explain(problem, "host:1", connected=connected, received=False) == told


def test_what_the_parser_refuses_for_another_reason_is_told_without_its_words() -> None:
    head = Head("HTTP/1.1", 200, "", ())
    assert complaint(KEY, head) == "the answer breaks HTTP/1.1"


class Hosts(httpcore.AsyncNetworkBackend):
    """Only one address answers; all that are tried are remembered, with the seconds that they have."""

    def __init__(self, answering: str) -> None:
        self.answering = answering
        self.tried: list[tuple[str, float | None]] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,  # noqa: ARG002
        socket_options: object = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        self.tried.append((host, timeout and round(timeout)))
        if host != self.answering:
            raise httpcore.ConnectTimeout
        return httpcore.AsyncMockStream([])


def test_each_address_has_its_share_of_the_time_and_the_one_that_answers_is_tried_first_later() -> None:
    async def run() -> None:
        addresses = Addresses(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        inner = Hosts("10.0.0.2")
        tape = Tape()
        backend = TapedBackend(addresses, tape, inner)
        await backend.connect_tcp("staging.example", 80, 9.0)
        assert inner.tried == [("10.0.0.1", 3), ("10.0.0.2", 4)]
        assert tape.connected
        await TapedBackend(addresses, Tape(), inner).connect_tcp("staging.example", 80)
        assert inner.tried[2:] == [("10.0.0.2", None)]
        assert list(addresses) == ["10.0.0.2", "10.0.0.1", "10.0.0.3"]
        inner.answering = "none"
        tape = Tape()
        with pytest.raises(httpcore.ConnectTimeout):
            await TapedBackend(addresses, tape, inner).connect_tcp("staging.example", 80)
        assert not tape.connected

    asyncio.run(run())


def test_nothing_of_a_proxys_answer_counts_as_the_targets() -> None:
    tape = Tape(layers=1)
    tape.feed(SOUND + b"more")
    assert tape.head is None
    assert tape.surplus == 0
    tape.handshake()
    tape.feed(SOUND)
    assert tape.head is not None
    assert tape.surplus == 0
