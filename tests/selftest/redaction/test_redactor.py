"""Redaction: no secret is left anywhere, and what is left is judged the same."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.selftest.redaction.material import (
    ALL_MODES,
    CANARIES,
    KEY,
    SECRET,
    VIRTUAL_KEY,
    body,
    content,
    exchange,
    redact,
    virtual_key,
)

from customers_conformance.evidence import har
from customers_conformance.model import MEBI, Mode
from customers_conformance.redaction.redactor import Redactor, taken
from customers_conformance.redaction.striker import Striker
from customers_conformance.redaction.utf16 import codec_of

if TYPE_CHECKING:
    from customers_conformance.redaction.held_secrets import Answer


def test_utf_16_keeps_its_encoding() -> None:
    (wide,) = redact(exchange(f'{{"a":"{KEY}"}}'.encode("utf-16-be")))
    (listed,) = redact(exchange(json.dumps(virtual_key()).encode("utf-16")))

    assert content(wide).decode("utf-16-be") == '{"a":"<key>"}'
    assert content(listed).decode("utf-16") == json.dumps(virtual_key(value="⟦virtual-key:1⟧"), ensure_ascii=False)


@pytest.mark.parametrize("mode", ALL_MODES)
@pytest.mark.parametrize("name", ["bifrost-1.4.19-auth-on", "bifrost-1.5.16-auth-off"])
def test_redacting_twice_changes_nothing_more(name: str, mode: Mode) -> None:
    recording = har.read((Path(__file__).parents[1] / "recordings" / f"{name}.har").read_bytes())

    once = redact(*recording.exchanges, mode=mode, forms={})

    assert redact(*once, mode=mode, forms={}) == once
    assert (once == recording.exchanges) is (mode is Mode.FULL)
    for one in once:
        assert mode is Mode.FULL or b'"sk-bf-' not in content(one)
        assert not content(one) or json.loads(content(one)) is not None


def test_full_leaves_what_the_target_holds() -> None:
    assert body(virtual_key(), Mode.FULL) == virtual_key()
    (one,) = redact(exchange(error=VIRTUAL_KEY), mode=Mode.FULL, forms={})
    assert one.error == VIRTUAL_KEY


def test_an_exchange_without_an_answer_is_redacted_too() -> None:
    lost = replace(exchange(), response=None, error=f"refused {KEY} {VIRTUAL_KEY}")

    (one,) = redact(lost)

    assert one.error == "refused <key> ⟦virtual-key:1⟧"


def test_equal_bodies_are_redacted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []
    struck = Striker.body

    def counted(self: Striker, data: bytes, answer: Answer) -> bytes:
        calls.append(data)
        return struck(self, data, answer)

    monkeypatch.setattr(Striker, "body", counted)
    raw = json.dumps(virtual_key()).encode()

    many = redact(*[exchange(raw) for _ in range(5)])

    assert len({content(one) for one in many}) == 1
    assert len(calls) == 1


def test_a_large_body_is_redacted_within_the_memory_of_two_more() -> None:
    keys = [{"value": f"sk-bf-{number:08}", "config_hash": "a" * 1000} for number in range(4000)]
    raw = json.dumps({"customers": [{"id": "customer-0001", "virtual_keys": keys}]}).encode()

    tracemalloc.start()
    try:
        (one,) = redact(exchange(raw))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert b"sk-bf-" not in content(one)
    # Besides the body: what was struck, and while it grows, the table of what is secret and a window.
    assert peak < 2.5 * len(raw)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(raw=st.binary(max_size=300), mode=st.sampled_from(ALL_MODES), status=st.sampled_from([200, 401]))
def test_random_bytes_never_raise_and_stay_where_they_hold_no_secret(raw: bytes, mode: Mode, status: int) -> None:
    assume(b"7" not in raw)
    (one,) = redact(exchange(raw, status), mode=mode)

    if mode is not Mode.SHAPE or status != 200:
        assert content(one) == raw


_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        KEY,
        VIRTUAL_KEY,
        SECRET,
        "x" + KEY,
        "\n" + VIRTUAL_KEY,
        "⟦text:1⟧",
        "*",
        "1d",
        "2026-01-01T00:00:00Z",
        "\\",
        '"',
        "\\u",
    ]
)

_NAMES = st.sampled_from(
    [
        "customers",
        "virtual_keys",
        "value",
        "keys",
        "provider_configs",
        "headers",
        "password",
        "claims",
        "id",
        "name",
        "x\\",
    ]
)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | _TEXT, inner, max_size=4),
    max_leaves=25,
)


def shaped(value: Any) -> Any:
    """A value with every string and name forgotten."""
    if isinstance(value, dict):
        return [shaped(item) for item in value.values()]
    if isinstance(value, list):
        return tuple(shaped(item) for item in value)
    return "" if isinstance(value, str) else value


@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=_JSON, mode=st.sampled_from(ALL_MODES), ascii_only=st.booleans(), status=st.sampled_from([200, 500]))
def test_json_stays_json_of_the_same_shape(value: Any, mode: Mode, status: int, *, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    (one,) = redact(exchange(raw, status), mode=mode)

    assert shaped(
        json.loads(content(one), object_pairs_hook=lambda pairs: dict(enumerate(v for _, v in pairs)))
    ) == shaped(value)
    assert not any(canary.encode() in content(one) for canary in CANARIES)
    assert mode is Mode.FULL or VIRTUAL_KEY.encode() not in content(one)


def test_a_customers_id_within_a_cookie_stays_to_be_judged() -> None:
    listed = exchange({"customers": [{"id": "cust-0001-a", "name": "One"}], "count": 1})
    cookies = ["s=signed.cust-0001-a.0a1b2c3d", "last=cust-0001-a", "s=signed.nothing.0a1b2c3d"]
    refusals = [exchange({}, 401, headers=(("Set-Cookie", f"{cookie}; Path=/"),)) for cookie in cookies]

    _, *struck = redact(listed, *refusals)

    shown = [one.response.headers[0][1] for one in struck if one.response is not None]
    assert shown == ["s=⟦secret:1⟧ cust-0001-a; Path=/", "last=cust-0001-a; Path=/", "s=⟦secret:2⟧; Path=/"]


@pytest.mark.parametrize(
    "data, codec",
    [
        ("a list of customers".encode("utf-16-le"), "utf-16-le"),
        ("a list of customers".encode("utf-16-be"), "utf-16-be"),
        (b"\0" * 40, None),
        (bytes(range(16)) * 4, None),
        (b"one zero\0among letters", None),
    ],
)
def test_utf_16_without_a_mark_is_told_by_the_zeros_of_one_half(data: bytes, codec: str | None) -> None:
    assert codec_of(data) == codec


def test_a_short_body_that_was_cut_shows_nothing() -> None:
    (one,) = Redactor({KEY: "<key>"}, Mode.REDACTED).exchanges([exchange(KEY[:5].encode())], {0})
    assert content(one) == b""


def test_no_body_is_held_both_as_it_came_and_as_it_became() -> None:
    tracemalloc.start()
    try:
        padding = b"x" * MEBI
        came = [exchange(b'[{"value":"sk-bf-canary-%04d","a":"%b"}]' % (n, padding), index=n) for n in range(12)]
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        redacted = Redactor({}, Mode.REDACTED).exchanges(taken(came))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not [one for one in redacted if b"canary" in content(one)]
    assert came == []
    assert most < held + 6 * MEBI


def test_who_redacts_is_told_which_bodies_are_others_now() -> None:
    told: list[bytes] = []
    secret, plain = exchange(virtual_key()), exchange({"name": "a"}, index=1)
    again = replace(secret, index=2)
    Redactor({}, Mode.REDACTED, told.append).exchanges([secret, plain, again])
    assert told == [content(secret)]
