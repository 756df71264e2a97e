"""What is passed over quickly is just what a walk through every literal would find to say nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selftest.redaction.material import VIRTUAL_KEY, content, customer, exchange, provider_key, redact

from customers_conformance.redaction import literals
from customers_conformance.redaction.escapes import decode
from customers_conformance.redaction.held_secrets import stays
from customers_conformance.redaction.rules import rules
from customers_conformance.reference.data import rows
from customers_conformance.reference.database import Database


def reference_list() -> dict[str, Any]:
    database = Database(rows(2))
    try:
        return {"customers": database.customers(), "count": 2}
    finally:
        database.close()


LISTED = reference_list()
NOTATIONS: dict[str, dict[str, Any]] = {
    "compact": {"separators": (",", ":")},
    "spaced": {},
    "indented": {"indent": 2},
    "with tabs": {"indent": "\t"},
}


def worth_a_look(data: bytes) -> list[bytes]:
    """By the walk that passes over nothing: the literals that can be struck out by their place or their spelling."""
    found = []
    for start, end, place in literals.strings(data, rules()):
        raw = data[start:end]
        if place is not None and not (place.quiet and b"\\" not in raw) and not stays(decode(raw)):
            found.append(raw)
    return found


def told(data: bytes) -> list[bytes]:
    return [data[start:end] for start, end, _ in literals.telling(data, rules()) if not stays(decode(data[start:end]))]


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_nothing_that_may_be_secret_is_passed_over_however_the_body_is_written(notation: dict[str, Any]) -> None:
    data = json.dumps(LISTED, **notation).encode()

    assert told(data) == worth_a_look(data)
    assert VIRTUAL_KEY[:6].encode() in b" ".join(told(data))


_TEXTS = st.sampled_from(
    [
        *("", "****", "sk-****abcd", "abcde****fghi", "abcdefghi****", "env.KEY", "env.", "<redacted>", "[Redacted]"),
        *(
            "<redacted]",
            "\u2026<redacted>",
            "\u27e6secret:1\u27e7",
            "\u27e6text:1\u27e7",
            "a",
            "sk-bf-1234",
            "\u00e9\n",
        ),
    ]
)
_SCALARS = _TEXTS | st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-1, 1)
_NAMES = st.sampled_from(
    [
        *("id", "name", "value", "budget", "budgets", "teams", "team", "customer", "virtual_keys", "provider_configs"),
        *("keys", "headers", "tls_config", "ca_cert_pem", "mcp_configs", "mcp_client", "claims", "env_var", "password"),
        *("azure_client_secret", "allowed_models", "stdio_config", "tool_pricing", "rate_limit", "x", "va\\lue"),
    ]
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5), max_leaves=30
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(value=_VALUES, notation=st.sampled_from([*NOTATIONS.values()]), ascii_only=st.booleans())
def test_nothing_that_may_be_secret_is_passed_over_in_any_json(
    value: Any, notation: dict[str, Any], *, ascii_only: bool
) -> None:
    data = json.dumps({"customers": [value]}, ensure_ascii=ascii_only, **notation).encode()

    assert told(data) == worth_a_look(data)


def test_masked_values_and_what_the_contract_calls_no_secret_are_passed_over() -> None:
    data = json.dumps(LISTED, separators=(",", ":")).encode()
    seen = [data[start:end] for start, end, _ in literals.telling(data, rules())]

    assert not [raw for raw in seen if stays(decode(raw))]
    # Of each of the two: four virtual keys, three ids of the customer, and what objects of any shape hold.
    assert len(seen) == 22
    assert len(re.findall(rb'"[^"]*"', data)) > 1000


@pytest.mark.parametrize(
    "broken",
    [
        b'{"value":"****","stray-secret-77"}',
        b'{"value":"****" "stray-secret-77"}',
        b'{"value":"****","stray-secret-77":1,"value":"stray-secret-77"}',
        b'{"value":"stray-secret-77',
        b'{"value":"****","env_var":"A","value":"stray-secret-77"}',
    ],
)
def test_a_secret_that_strays_behind_a_masked_one_is_struck_out(broken: bytes) -> None:
    whole = json.dumps(provider_key(value=0), separators=(",", ":")).encode()
    before, value, after = whole.partition(b'"value":0')
    assert value

    (one,) = redact(exchange(before + b'"value":' + broken + after))

    assert b'"stray-secret' not in content(one).replace(b'"stray-secret-77":1', b"")


def test_a_body_without_anything_to_strike_out_is_the_same_object() -> None:
    for data in (b'{"customers":[],"count":0}', b"", b"\xff\xfe", json.dumps(customer(virtual_keys=None)).encode()):
        (one,) = redact(exchange(data))
        assert content(one) is data


@pytest.mark.parametrize(
    "data, values",
    [
        (b'{"word":"a word"}', [b"a word"]),
        (b'{"a":"\\u0077ord","b":"x"}', [b"\\u0077ord"]),
        (b'[word,"a word",word,"word"]', [b"a word", b"word"]),
        (b'"a word', [b"a word"]),
        (b'"say \\"word\\""', [b'say \\"word\\"']),
        (b'word "word":"x"', []),
        (b"word", []),
    ],
)
def test_a_value_is_found_by_a_place_in_it_and_a_name_is_none(data: bytes, values: list[bytes]) -> None:
    places = [found.start() for found in re.finditer(rb"word|\\", data)]

    assert [data[start:end] for start, end in literals.values_at(data, places)] == values
