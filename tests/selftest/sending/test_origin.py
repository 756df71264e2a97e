"""URLs of servers and proxies: what is read, and what is refused."""

from __future__ import annotations

import pytest

from customers_conformance.model import UsageError
from customers_conformance.sending.origin import Origin, parse_proxy, parse_url


@pytest.mark.parametrize(
    "text, origin, url",
    [
        ("http://127.0.0.1:8080", Origin("http", "127.0.0.1", 8080), "http://127.0.0.1:8080"),
        ("HTTPS://Gateway.Example/", Origin("https", "Gateway.Example", 443), "https://Gateway.Example"),
        (
            "https://gateway.example:443/base/",
            Origin("https", "gateway.example", 443, "/base"),
            "https://gateway.example/base",
        ),
        ("http://[::1]:9/a/b", Origin("http", "::1", 9, "/a/b"), "http://[::1]:9/a/b"),
        ("http://[::1]", Origin("http", "::1", 80), "http://[::1]"),
        ("http://my_service:5000", Origin("http", "my_service", 5000), "http://my_service:5000"),
        ("http://münchen.example", Origin("http", "münchen.example", 80), "http://xn--mnchen-3ya.example"),
        ("http://host./ü", Origin("http", "host.", 80, "/%C3%BC"), "http://host./%C3%BC"),
        ("http://host/100%/%2f/a@b", Origin("http", "host", 80, "/100%25/%2f/a@b"), "http://host/100%25/%2f/a@b"),
        ("http://host/a/../b/./c", Origin("http", "host", 80, "/b/c"), "http://host/b/c"),
    ],
)
def test_a_base_url_is_read_into_its_parts(text: str, origin: Origin, url: str) -> None:
    assert parse_url(text) == origin
    assert parse_url(text).url == url
    assert parse_url(text).endpoint == f"{url}/api/governance/customers"


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "has no scheme"),
        ("gateway.example", "has no scheme"),
        ("//gateway.example", "has no scheme"),
        ("ftp://gateway.example", "the scheme 'ftp'"),
        ("://host", "the scheme ''"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://:80", "no host"),
        ("http://host:99999", "port out of range"),
        ("http://host:0", "port out of range"),
        ("http://host:", "port out of range"),
        ("http://host:+80", "port out of range"),
        ("http://host:٨٠", "port out of range"),
        ("http://host:80:80", "port out of range"),
        ("http://host?query=1", "a query"),
        ("http://host/#fragment", "a fragment"),
        ("http://127.0.0.1\\@evil/", "before its host"),
        ("http://127.0.0.1\\evil/", "a backslash"),
        ("http://host/a b", "a blank"),
        (" http://host", "a blank"),
        ("http://ho\tst", "a blank"),
        ("http://host\u2028", "a blank"),
        ("http://host\x1b[31m", "control character"),
        ("http://a..b", "empty label"),
        ("http://.a", "empty label"),
        (f"http://{'a' * 64}.example", "too long"),
        (f"http://{'a.' * 127}example", "too long"),
        ("http://-a.example", "malformed host"),
        ("http://a%20b", "malformed host"),
        ("http://xn--a", "no valid international name"),
        ("http://\udce9.example", "no valid international name"),
        ("http://1.2.3.4.5", "malformed IPv4"),
        ("http://999.1.1.1", "malformed IPv4"),
        ("http://[::1", "malformed IPv6"),
        ("http://[::1]a", "malformed IPv6"),
        ("http://[nonsense]", "malformed IPv6"),
        ("http://[fe80::1%eth0]", "a zone"),
        (f"http://host/{'a' * 70000}", "too long"),
    ],
)
def test_a_base_url_that_could_be_misread_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        parse_url(text)
    assert "allowed is http:// or https://" in str(caught.value)
    assert str(caught.value).isascii() or "…" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("text", ["http://user:pa55word@host", "http://host?key=pa55word", "http://host#pa55word"])
def test_what_may_be_a_secret_in_a_url_is_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_url(text)
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize(
    "text, loopback",
    [
        ("http://127.0.0.1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("http://LocalHost", True),
        ("http://a.localhost.", True),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_loopback_is_what_can_only_be_this_machine(text: str, *, loopback: bool) -> None:
    assert parse_url(text).is_loopback is loopback


def test_a_proxy_may_have_user_and_password_which_its_repr_hides() -> None:
    proxy = parse_proxy("http://us%40er:pa55word@proxy.example:3128")
    assert proxy.auth == (b"us@er", b"pa55word")
    assert proxy.origin == Origin("http", "proxy.example", 3128)
    assert "pa55word" not in repr(proxy)
    assert parse_proxy("https://proxy.example").auth is None


@pytest.mark.parametrize(
    "text", ["socks5://user:pa55word@proxy", "http://user:pa55word@", "http://proxy/path", "proxy:3128"]
)
def test_a_proxy_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_proxy(text)
    assert "pa55word" not in str(caught.value)
