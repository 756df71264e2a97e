"""Evidence as HAR: our own read back equal, and whatever other recorders write."""

from __future__ import annotations

import base64
import json
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers_conformance.evidence import har, log, texts
from customers_conformance.model import (
    MEBI,
    Attempt,
    Body,
    Credential,
    Exchange,
    Framing,
    Request,
    Response,
    Role,
    UsageError,
)

URL = "http://gateway.example/api/governance/customers"
RECORDINGS = Path(__file__).parents[1] / "recordings"
KEY = (("Authorization", "Bearer <key>"),)


MET = (Attempt(503, asks_to_wait=True), Attempt(None, "the connection was reset before the answer ended"))


def exchange(body: Body | None = None, *, index: int = 0, **changes: Any) -> Exchange:
    response = None if body is None else Response(200, "OK", "HTTP/1.1", (("Content-Type", "application/json"),), body)
    request = Request("GET", URL, (("from_memory", "true"),), KEY, Credential.KEY)
    return Exchange(**{"index": index, "probe": "default", "request": request, "response": response, **changes})


def foreign(*entries: dict[str, Any], placeholder: str = "<key>") -> har.Recording:
    return har.read(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode(), placeholder)


def entry(
    headers: dict[str, str] | None = None, *, url: str = URL, method: str = "GET", **response: Any
) -> dict[str, Any]:
    listed = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    answer = {"status": 200, "statusText": "OK", "headers": [], "content": {"size": 2, "text": "{}"}, **response}
    return {"request": {"method": method, "url": url, "headers": listed}, "response": answer}


def content_of(one: Exchange) -> bytes:
    assert one.response is not None
    return one.response.body.content


def credential(headers: dict[str, str], url: str = URL, body: str = "{}") -> Credential:
    with_key = entry({"Authorization": "Bearer <key>"}, content={"text": body})
    return foreign(with_key, entry(headers, url=url)).exchanges[1].request.credential


@pytest.mark.parametrize(
    "body",
    [
        None,
        Body(),
        Body(b'{"customers":[]}', "d1", 16),
        Body(b"\xef\xbb\xbf{}", "d2", 5),
        Body(b'{"a":"\xff\xfe"}', "d3", 9, cut="the body was cut short"),
        Body(b"\0" * 100, "d4", 3, coding_error="the gzip stream ends too early"),
        Body("⟦text:1⟧ \u2028 \x7f".encode(), "d5", None, exact=False),
        Body(b'"' * 100_000, "d6", 100_000),
        Body(bytes(range(256)) * 400, "d7", 1),
    ],
)
@pytest.mark.parametrize("framing", [None, Framing(), Framing("a short body", 7)])
def test_our_own_file_gives_back_equal_exchanges(body: Body | None, framing: Framing | None) -> None:
    plain = exchange(body)
    if plain.response is not None:
        response = Response(
            plain.response.status, "Ünüsual\ud800", "HTTP/1.0", (("X", "é⟦secret:1⟧"),), plain.response.body, framing
        )
        plain = exchange(response=response, started=1_764_000_000.123456, duration=0.25, comment="why", retried=MET)
    else:
        plain = exchange(error="it was refused")
    both = (plain, exchange(body, index=1))

    data = har.write(both, version="1.0")
    recording = har.read(data)

    assert recording == har.Recording(
        both, 0, authenticated=True, own=True, warnings=(), creator="customers-conformance 1.0"
    )
    assert har.write(recording.exchanges, version="1.0") == data


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    content=st.binary(max_size=200), reason=st.text(max_size=5), value=st.text(max_size=5), query=st.text(max_size=5)
)
def test_any_content_and_text_is_read_back(content: bytes, reason: str, value: str, query: str) -> None:
    request = Request("HEAD", URL, (("q", query),), (("X", value),), Credential.NONE)
    response = Response(599, reason, "HTTP/1.1", (("Location", value),), Body(content, "d", 0), Framing(reason))
    whole = exchange(request=request, response=response)

    recording = har.read(har.write([whole], version="1"))

    assert recording.exchanges == (whole,)
    assert not recording.authenticated


@pytest.mark.parametrize(
    "probe, role",
    [
        ("default", Role.ALONE),
        ("together", Role.TOGETHER),
        ("odd-header-empty", Role.ODD_HEADER),
        ("generated-7", Role.GENERATED),
        ("generated-odd-7", Role.GENERATED_ODD),
        ("", Role.ALONE),
    ],
)
def test_a_file_says_the_role_of_each_request_and_one_that_does_not_is_read_by_the_names(
    probe: str, role: Role
) -> None:
    written = exchange(probe=probe, role=role)
    saying = json.loads(har.write([written], version="1"))
    (entry,) = saying["log"]["entries"]
    assert entry["_role"] == role
    assert har.read(json.dumps(saying).encode()).exchanges == (written,)
    del entry["_role"]
    assert har.read(json.dumps(saying).encode()).exchanges == (written,)


def test_a_file_that_says_nothing_of_retries_is_read_as_one_without() -> None:
    data = har.write([exchange(Body(b"{}", "d", 2))], version="1")
    assert har.read(data.replace(b',\n "_retried": []', b"")).exchanges == har.read(data).exchanges


def test_a_large_body_is_stored_once() -> None:
    body = Body(b"[" + b"1," * 50_000 + b"1]", "d", 100_003)
    many = tuple(exchange(body, index=index) for index in range(5))

    data = har.write(many, version="1")

    assert len(data) < 150_000
    assert har.read(data).exchanges == many


def test_our_file_is_har_by_its_members() -> None:
    log = json.loads(har.write([exchange(Body(b"{}", "d", 2))], version="9"))["log"]

    assert (log["version"], log["creator"]) == ("1.2", {"name": "customers-conformance", "version": "9"})
    first = log["entries"][0]
    assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(first)
    assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} <= set(
        first["request"]
    )
    assert first["response"]["content"]["size"] == 2


@pytest.mark.parametrize(
    "old, new",
    [
        (b'"_index": 0', b'"_index": "x"'),
        (b'"_index": 0', b'"_index": true'),
        (b'"_credential": "key"', b'"_credential": "magic"'),
        (b'"_started": 0.0', b'"_started": 1e400'),
        (b'"_probe": "default",', b""),
        (b'"_role": "alone"', b'"_role": "main"'),
        (b'"queryString": [', b'"queryString": [3,'),
        (b'"_retried": []', b'"_retried": [3]'),
        (b'"_retried": []', b'"_retried": [{"status": "503", "error": null, "asks_to_wait": true}]'),
        (b'"text": "{}"', b'"text": "!", "encoding": "base64"'),
        (b'"text": "{}"', b'"_same": "nowhere"'),
        (b'"request": {', b'"request": [], "x": {'),
        (b"evidence/1", b"evidence/9"),
    ],
)
def test_a_broken_file_of_ours_is_refused_with_a_sentence(old: bytes, new: bytes) -> None:
    data = har.write([exchange(Body(b"{}", "d", 2))], version="1")
    assert old in data

    with pytest.raises(UsageError, match="allowed"):
        har.read(data.replace(old, new))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04\xff",
        b"<html>",
        b"[]",
        b"{}",
        b'{"log": []}',
        b'{"log": {"entries": {}}}',
        b'{"log": {"entries": [1]}}',
        b'{"log": {"entries": [{}]}}',
        b'{"log": {"entries": [{"request": {"url": 7}}]}}',
        b'{"log": {"entries": [NaN]}}',
        b'{"log": {}, "log": {"entries": []}}',
        b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_a_file_that_is_no_har_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"no HAR.*allowed"):
        har.read(data)


def test_a_large_body_that_is_not_ascii_is_written_as_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_MOST_WIDE", 10)
    whole = exchange(Body('["\u20ac and more"]'.encode(), "d", 17))
    data = har.write([whole], version="1")
    assert b'"base64"' in data
    assert har.read(data).exchanges == (whole,)


_SPELT = st.lists(
    st.sampled_from(
        [
            *('"', "\\", "\\\\", "\n", "a", "bc" * 9, "é", "€", "🔑", "\u2028", '"text": "', "NaN", "{}", "⟦secret:1⟧"),
            "\ud83d",
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    texts_=st.lists(_SPELT, min_size=1, max_size=4), ascii_only=st.booleans(), piece=st.integers(3, 40), other=_SPELT
)
def test_a_text_is_read_the_same_in_pieces_of_any_size(
    texts_: list[str], other: str, piece: int, *, ascii_only: bool
) -> None:
    entries = [{**entry(content={"text": text}), "text": other, f"{other}text": other} for text in texts_]
    data = json.dumps({"log": {"entries": entries}}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "PIECE", piece)
        # Short texts are read in pieces, too.
        patch.setattr(log, "_BEGINNING", re.compile(rb'"text"(?<!\\"text")\s*+:\s*+"'))
        try:
            read = [content_of(one) for one in har.read(data).exchanges]
        except UsageError:
            # A lone surrogate is no UTF-8.
            assert "\ud83d" in "".join((other, *texts_))
            assert not ascii_only
        else:
            assert read == [text.encode("utf-8", "replace") for text in texts_]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=_SPELT, reason=_SPELT, piece=st.integers(1, 13).map(lambda third: 3 * third))
def test_a_large_body_is_written_the_same_in_pieces_of_any_size(text: str, reason: str, piece: int) -> None:
    whole = exchange(Body(text.encode("utf-8", "surrogatepass"), "d", 1))
    assert whole.response is not None
    whole = exchange(response=replace(whole.response, reason=reason))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(har, "SHARED", 1)
        expected = har.write([whole], version="1")
        patch.setattr(texts, "PIECE", piece)
        assert har.write([whole], version="1") == expected
    assert har.read(expected).exchanges == (whole,)


@pytest.mark.parametrize("wide", ["", "ł", "🔑"])
def test_a_large_file_is_read_and_written_within_little_more_than_its_size(wide: str) -> None:
    body = json.dumps([{"name": f"{wide} {number}"} for number in range(150_000)], ensure_ascii=False)
    data = json.dumps({"log": {"entries": [entry(content={"text": body})]}}, ensure_ascii=False).encode()

    tracemalloc.start()
    try:
        recording = har.read(data)
        _, reading = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        size = sum(map(len, har.pieces(recording.exchanges, version="1")))
        _, writing = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size > len(body)
    assert reading < 1.5 * len(data)
    # A window, however large the body.
    assert writing - before < 3 * MEBI


@pytest.mark.parametrize(
    "text", ["x" * 400_000, '"' * 150_000, "\\n" * 150_000, 'x" ' * 100_000, "\\" * 150_000, "é" * 70_000]
)
@pytest.mark.parametrize("more", [0, 1, 2, 3])
def test_a_long_text_is_read_as_it_is_whatever_it_is_made_of(text: str, more: int) -> None:
    text = "🔑"[: more % 2] + "y" * more + text
    recording = foreign(entry(content={"text": text}), entry(content={"text": "short"}))

    assert [content_of(one) for one in recording.exchanges] == [text.encode(), b"short"]


def test_equal_bodies_of_a_recording_are_one() -> None:
    text = json.dumps({"customers": ["x" * 100_000]})
    one, two = foreign(entry(content={"text": text}), entry(content={"text": text})).exchanges

    assert content_of(one) is content_of(two)


@pytest.mark.parametrize(
    "flaw, says",
    [
        (b"NaN", "NaN is no JSON"),
        (b"Infinity", "Infinity is no JSON"),
        (b"1, 2", "Expecting"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'"\xff"', "is no UTF-8"),
    ],
)
def test_a_flaw_of_a_file_with_long_texts_is_told_with_its_place(flaw: bytes, says: str) -> None:
    whole = json.dumps({"log": {"entries": [entry(content={"text": "é" * 300_000})], "x": 0}}, ensure_ascii=False)
    data = whole.encode().replace(b'"x": 0', b'"x": ' + flaw)

    with pytest.raises(UsageError, match=says) as error:
        har.read(data)

    if says == "Expecting":
        assert f"(char {data.decode().index('1, 2') + 3})" in str(error.value)


@pytest.mark.parametrize("started", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_time_that_no_clock_shows_is_left_out(started: str) -> None:
    recording = foreign({**entry(), "startedDateTime": started})
    assert recording.exchanges[0].started == 0.0
    assert har.write(recording.exchanges, version="1")


def test_our_own_file_with_a_url_that_is_none_is_refused() -> None:
    data = har.write([exchange(Body())], version="1").replace(URL.encode(), b"http://[")
    with pytest.raises(UsageError, match="entry 0"):
        har.read(data)


def test_an_empty_placeholder_is_refused() -> None:
    with pytest.raises(UsageError, match="placeholder"):
        har.read(b'{"log": {"entries": []}}', "")


def test_entries_for_other_paths_and_unsafe_methods_are_left_out_and_counted() -> None:
    recording = foreign(
        entry(),
        entry(url="http://gateway.example/api/governance/teams"),
        entry(url="http://gateway.example/assets/x.js?u=/api/governance/customers"),
        entry(url="http://[broken/api/governance/customers"),
        entry(method="POST"),
        entry(url="https://other.example/base/api/governance/customers?from_memory=true#top", method="options"),
    )

    assert len(recording.exchanges) == 2
    assert recording.left_out == 4
    assert recording.exchanges[1].request.method == "OPTIONS"
    assert recording.exchanges[1].request.query == (("from_memory", "true"),)
    assert [one.index for one in recording.exchanges] == [0, 1]
    assert any("2 hosts" in warning for warning in recording.warnings)


def test_a_byte_order_mark_before_the_file_is_read_over() -> None:
    assert har.read(b'\xef\xbb\xbf{"log": {"entries": []}}').exchanges == ()


@pytest.mark.parametrize(
    "headers, kind",
    [
        ({}, Credential.NONE),
        ({"authorization": "Bearer <key>"}, Credential.KEY),
        ({"Authorization": "Bearer <key>", "Cookie": "theme=dark; token=abc"}, Credential.KEY),
        ({"authorization": "bearer <key>"}, Credential.KEY_LOWER_SCHEME),
        ({"authorization": "BEARER <key>"}, Credential.KEY_LOWER_SCHEME),
        ({"authorization": "Bearer <key>x"}, Credential.EXTENDED),
        ({"authorization": "Bearer <key:cut>"}, Credential.CUT),
        ({"authorization": "Bearer <key:changed-late>"}, Credential.CHANGED_LATE),
        ({"authorization": "Bearer"}, Credential.EMPTY),
        ({"authorization": "Bearer "}, Credential.EMPTY),
        ({"authorization": "Bearer nobody"}, Credential.UNKNOWN),
        ({"authorization": "Bearer nobody", "Cookie": "theme=dark"}, Credential.UNKNOWN),
        ({"authorization": "Bearer nobody", "Cookie": "token=abc"}, Credential.OTHER),
        ({"authorization": "Bearer sk-bf-made-up"}, Credential.UNKNOWN),
        ({"authorization": "Bearer sk-bf-listed"}, Credential.VIRTUAL_KEY),
        ({"authorization": "Bearer ⟦virtual-key:1⟧"}, Credential.VIRTUAL_KEY),
        ({"authorization": "Bearer <session>"}, Credential.OTHER),
        ({"authorization": "Basic <key:basic>"}, Credential.BASIC_PASSWORD),
        ({"authorization": "Basic <key:basic-user>"}, Credential.BASIC_USER),
        ({"authorization": "Basic abc"}, Credential.OTHER),
        ({"authorization": "Token <key>"}, Credential.TOKEN_SCHEME),
        ({"authorization": "<key>"}, Credential.NO_SCHEME),
        ({"authorization": "Digest x"}, Credential.OTHER),
        ({"X-Api-Key": "<key>"}, Credential.API_KEY),
        ({"X-Api-Key": "other"}, Credential.OTHER),
        ({"X-Api-Key": "<key>", "Authorization": "Bearer nobody"}, Credential.API_KEY_BESIDE_UNKNOWN),
        ({"x-bf-vk": "sk-bf-listed"}, Credential.VIRTUAL_KEY_HEADER),
        ({"x-bf-vk": "sk-bf-made-up"}, Credential.OTHER),
        ({"Cookie": "theme=dark; token=<session>"}, Credential.SESSION),
        ({"Cookie": "token=made-up"}, Credential.OTHER),
        ({":method": "GET", ":path": "/"}, Credential.NONE),
    ],
)
def test_the_kind_of_credentials_is_told_from_the_headers(headers: dict[str, str], kind: Credential) -> None:
    listed = '{"customers":[{"virtual_keys":[{"value": "sk-bf-listed"}]}]}'

    assert credential(headers, body=listed) is kind


@pytest.mark.parametrize(
    "query, kind",
    [
        ("api_key=<key>", Credential.QUERY),
        ("access_token=%3Ckey%3E", Credential.QUERY),
        ("from_memory=true&key=<key>", Credential.QUERY),
        ("token=<key>", Credential.OTHER),
        ("key=<key>&api_key=<key>", Credential.OTHER),
        ("from_memory=", Credential.NONE),
    ],
)
def test_a_key_in_the_query_is_told(query: str, kind: Credential) -> None:
    assert credential({}, url=f"{URL}?{query}") is kind


def test_without_a_placeholder_every_request_counts_as_one_with_the_key() -> None:
    recording = foreign(entry(), entry({"Cookie": "a=b"}))

    assert not recording.authenticated
    assert {one.request.credential for one in recording.exchanges} == {Credential.KEY}
    assert "authentication is not judged" in recording.warnings[0]


def test_the_authorization_that_was_most_often_admitted_counts_as_the_keys() -> None:
    recording = foreign(
        entry({"Authorization": "Bearer other-key-0123456789"}, status=401),
        entry({"Authorization": "Bearer real-key-0123456789"}),
        entry({"Authorization": "Bearer rare-key-0123456789"}),
        entry({"authorization": "Bearer real-key-0123456789"}, url=f"{URL}?from_memory=true"),
        entry(),
        entry({"Cookie": "a=b"}),
    )

    assert [one.request.credential for one in recording.exchanges] == [
        Credential.UNKNOWN,
        Credential.KEY,
        Credential.UNKNOWN,
        Credential.KEY,
        Credential.NONE,
        Credential.OTHER,
    ]
    assert not recording.authenticated
    assert recording.key == "real-key-0123456789"
    assert "most often answered 200" in recording.warnings[0]


def test_no_authorization_counts_as_the_keys_where_none_was_admitted() -> None:
    recording = foreign(entry({"Authorization": "Bearer some-key-0123456789"}, status=401), entry())

    assert [one.request.credential for one in recording.exchanges] == [Credential.UNKNOWN, Credential.NONE]
    assert recording.key is None


@pytest.mark.parametrize(
    "placeholder, basic", [("[key]", "[key]:basic"), ("{{KEY}}", "{{KEY}}:basic"), ("<my-key>", "<my-key:basic>")]
)
def test_another_placeholder_is_read_as_ours(placeholder: str, basic: str) -> None:
    recording = foreign(
        entry({"Authorization": f"Bearer {placeholder}"}),
        entry({"Authorization": f"Basic {basic}"}),
        entry({}, url=f"{URL}?key={placeholder}"),
        placeholder=placeholder,
    )

    kinds = [one.request.credential for one in recording.exchanges]
    assert kinds == [Credential.KEY, Credential.BASIC_PASSWORD, Credential.QUERY]
    assert recording.exchanges[0].request.header("authorization") == "Bearer <key>"
    assert recording.authenticated


@pytest.mark.parametrize(
    "response",
    [{"status": 0}, {"status": -1, "_error": "net::ERR_FAILED"}, {"status": None}, {"status": "x"}, {"status": 1000}],
)
def test_an_entry_without_an_answer_has_none(response: dict[str, Any]) -> None:
    (one,) = foreign(entry({}, **response)).exchanges

    assert one.response is None
    assert one.error is not None
    assert "no answer" in one.error
    without = entry()
    del without["response"]
    assert foreign(without).exchanges[0].response is None


@pytest.mark.parametrize(
    "response, content, exact, cut",
    [
        ({"content": {"size": 2, "text": "{}"}}, b"{}", True, False),
        ({"content": {"size": 9, "text": "{}"}}, b"{}", False, False),
        ({"content": {"text": "é"}}, "é".encode(), False, False),
        (
            {"content": {"size": 3, "text": base64.b64encode(b"\xff{}").decode(), "encoding": "base64"}},
            b"\xff{}",
            True,
            False,
        ),
        ({"content": {"size": 3, "text": "A", "encoding": "base64"}}, b"", False, True),
        ({"content": {"size": 3, "text": "A", "encoding": "rot13"}}, b"", False, True),
        ({"content": {"size": 30}}, b"", False, True),
        ({"content": {"size": 0}}, b"", True, False),
        ({"content": None}, b"", False, True),
        ({"content": {}, "status": 204}, b"", True, False),
        ({"content": {}, "bodySize": 0, "status": "304"}, b"", True, False),
    ],
)
def test_a_body_is_read_as_far_as_the_recording_holds_it(
    response: dict[str, Any], content: bytes, *, exact: bool, cut: bool
) -> None:
    (one,) = foreign(entry({}, **response)).exchanges

    assert one.response is not None
    body = one.response.body
    assert (body.content, body.exact, body.cut is not None) == (content, exact, cut)
    assert (body.length, one.response.framing) == (None, None)
    assert len(body.digest) == 64


def test_two_bodies_of_which_nothing_is_known_are_not_equal() -> None:
    one, two = foreign(entry({}, content={}), entry({}, content={})).exchanges

    assert one.response is not None
    assert two.response is not None
    assert one.response.body.digest != two.response.body.digest


@pytest.mark.parametrize(
    "started, time, expected",
    [
        ("2026-11-23T06:13:57.5Z", 1500, (1795414437.5, 1.5)),
        ("2026-11-23T07:13:57.500+01:00", -1, (1795414437.5, 0.0)),
        ("2026-11-23T06:13:57.5", "x", (1795414437.5, 0.0)),
        ("yesterday", 10**400, (0.0, 0.0)),
        (7, None, (0.0, 0.0)),
    ],
)
def test_times_are_read_where_they_can_be(started: object, time: object, expected: tuple[float, float]) -> None:
    (one,) = foreign({**entry(), "startedDateTime": started, "time": time}).exchanges

    assert (one.started, one.duration) == expected


def test_cookies_and_queries_are_taken_from_their_lists_where_nothing_else_tells() -> None:
    odd = entry({"Authorization": "Bearer <key>"})
    odd["request"]["cookies"] = [{"name": "token", "value": "<session>"}]
    odd["request"]["queryString"] = [{"name": "from_memory", "value": "true"}, "no pair", {"value": "no name"}]

    (one,) = foreign(odd).exchanges

    assert one.request.header("cookie") == "token=<session>"
    assert one.request.query == (("from_memory", "true"),)


_COMMON = {
    "valid": "key", "valid again": "key", "from_memory=false": "key", "from_memory=true": "key",
    "no credentials": "none",
    "no credentials, from_memory=true": "none", "unknown bearer": "unknown", "virtual-key-shaped bearer": "unknown",
    "virtual key header": "other", "key as Basic": "basic-password", "key as Token scheme": "token-scheme",
    "key without scheme": "no-scheme", "key as x-api-key": "x-api-key", "key in the query": "query",
    "lower-case scheme": "key-lower-scheme", "key cut short": "cut", "key extended": "extended",
    "made-up session cookie": "other", "from_memory=banana": "key", "from_memory empty": "key", "from_memory=1": "key",
    "from_memory=TRUE": "key", "from_memory twice": "key", "from_memory very long": "key",
    "bad credentials, bad query": "none", "unknown parameter": "key", "HEAD": "key", "OPTIONS": "none",
    "foreign origin": "key", "accept html": "key", "accept json": "key", "gzip allowed": "key", "identity only": "key",
}  # fmt: skip


@pytest.mark.parametrize(
    "name, expected",
    [
        ("bifrost-1.4.19-auth-on", {**_COMMON, "real session cookie": "session"}),
        ("bifrost-1.5.16-auth-off", _COMMON),
    ],
)
def test_the_recordings_are_read_entry_by_entry(name: str, expected: dict[str, str]) -> None:
    recording = har.read((RECORDINGS / f"{name}.har").read_bytes())

    assert {one.comment: one.request.credential.value for one in recording.exchanges} == expected
    assert (recording.left_out, recording.authenticated, recording.own, recording.warnings) == (0, True, False, ())
    for one in recording.exchanges:
        assert one.response is not None
        assert one.response.body.exact
        assert one.started > 1.7e9
    again = har.read(har.write(recording.exchanges, version="1", authenticated=recording.authenticated))
    assert again.exchanges == recording.exchanges


@pytest.mark.parametrize("byte", [byte for byte in range(32) if byte not in b"\t\n\r"])
def test_a_body_full_of_a_control_character_is_written_as_base64(byte: int) -> None:
    written = har.write([exchange(Body(bytes([byte]) * 1000, "d", 1000))], version="1")
    assert base64.b64encode(bytes([byte]) * 1000) in written
    assert len(written) < 1000 * len("\\u0000")


def test_a_body_with_a_few_control_characters_is_written_as_text() -> None:
    assert b"x" * 1000 in har.write([exchange(Body(b"x" * 1000 + b"\0" * 10, "d", 1010))], version="1")


def test_sizes_that_nobody_counted_are_told_as_har_tells_them() -> None:
    for body in (None, Body(b"{}", "d", None)):
        (written,) = json.loads(har.write([exchange(body)], version="1"))["log"]["entries"]
        for message in (written["request"], written["response"]):
            assert message["headersSize"] == -1
        assert json.dumps(written["response"]["bodySize"]) == "-1"


def test_a_file_of_ours_is_marked_as_cut_short_without_a_change_of_anything_else() -> None:
    lines = har.write([exchange(Body(b'{"_cut_short": null}', "d", 20))], version="1").splitlines(keepends=True)
    marked = list(har.marked(lines, "The run was ended."))
    ((before, after),) = [pair for pair in zip(lines, marked, strict=True) if pair[0] != pair[1]]
    assert after == before.replace(b"null", b'"The run was ended."')
