"""A secret is known by its place, by its name and by its shape, as the contract's document says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.selftest.redaction.material import (
    SECRET,
    body,
    content,
    customer,
    exchange,
    mcp_client,
    provider_key,
    redact,
)

from customers_conformance.contract import secrets as patterns
from customers_conformance.model import Mode
from customers_conformance.redaction.escapes import decode


@pytest.mark.parametrize(
    "value",
    [
        provider_key(value={"value": SECRET}),
        provider_key(value=SECRET),
        provider_key(bedrock_secret_key={"value": SECRET, "from_env": False}),
        provider_key(azure_client_secret={"value": SECRET}),
        provider_key(vertex_auth_credentials={"value": SECRET}),
        provider_key(bedrock_access_key={"value": SECRET}),
        provider_key(bedrock_session_token={"value": {"value": SECRET}}),
        mcp_client(headers={"Authorization": SECRET}),
        mcp_client(headers={"X": [SECRET]}),
        mcp_client(headers=SECRET),
        customer(api_key=SECRET),
        customer(settings={"credentials": {"user": SECRET}}),
        customer(teams=[{"claims": {"password": SECRET}}]),
        {"customers": {"by-id": {"virtual_keys": [{"provider_configs": [{"keys": [{"value": {"value": SECRET}}]}]}]}}},
    ],
)
@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_a_secret_is_struck_out_by_its_place_and_wherever_else_it_stands(value: Any, mode: Mode) -> None:
    after, before = redact(exchange(f"it was {SECRET}!".encode(), 500), exchange(value), mode=mode)

    assert SECRET.encode() not in content(before)
    assert "⟦secret:1⟧" in content(before).decode()
    assert content(after).decode() == "it was ⟦secret:1⟧!"
    json.loads(content(before))


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
@pytest.mark.parametrize("masked", ["", "****", "sk-****abcd", "[REDACTED]", "env.OPENAI_KEY"])
def test_masked_and_empty_values_stay(masked: str, mode: Mode) -> None:
    for value in (
        provider_key(value={"value": masked}),
        mcp_client(headers={"A": masked}),
        mcp_client(tls_config={"ca_cert_pem": masked}),
    ):
        redacted = body(value, mode)
        assert masked in json.dumps(redacted, ensure_ascii=False)
        assert "secret" not in json.dumps(redacted["customers"][0]["virtual_keys"][0].get("mcp_configs"))


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_undocumented_texts_are_judged_the_same_for_secrets(mode: Mode) -> None:
    texts = [
        "AKIAIOSFODNN7EXAMPLE",
        "plain",
        "a sentence with sk-bf-inside1 it",
        "https://u:pw12@h/",
        "7f" * 20,
        "2026-01-01T00:00:00Z",
    ]
    names = ["note", "password", "token_count"]
    value = customer(
        **{f"undocumented {name} {index}": {name: text} for name in names for index, text in enumerate(texts)}
    )

    redacted = body(value, mode)

    for holder, members in value["customers"][0].items():
        if isinstance(members, dict):
            ((name, text),) = members.items()
            after = redacted["customers"][0][holder][name]
            assert patterns.is_secret(after, [holder, name]) == patterns.is_secret(text, [holder, name]), (
                name,
                text,
                after,
            )


def test_a_trivial_value_under_a_secret_name_goes_but_counts_as_no_secret() -> None:
    redacted = body(customer(password="required"))["customers"][0]["password"]

    assert redacted == "⟦text:1⟧"
    assert not patterns.is_secret(redacted, ["password"])


def test_a_secret_under_a_name_that_is_spelt_with_escapes_is_struck_out() -> None:
    raw = b'{"customers":[{"virtual_keys":[{"va\\u006cue":"plAinSecret-93aa77-K2m"}]}],"count":1}'
    (one,) = redact(exchange(raw))
    assert b"plAinSecret" not in content(one)


def test_a_documented_secret_is_struck_out_within_objects_that_stand_where_none_is_documented() -> None:
    moved = {"backup": {"provider_configs": [{"keys": [{"value": {"value": "plainword"}}]}]}}
    assert "plainword" not in json.dumps(body(customer(**moved)))
    assert "plainword" in json.dumps(body(customer(backup={"notes": [{"value": {"text": "plainword"}}]})))


@pytest.mark.parametrize(
    "broken", [rb"sk-bf-canary-0001 \x", rb"sk-bf-canary-0001 \q\u0041", rb"sk-bf-canary-0001 \u12"]
)
def test_a_literal_with_an_escape_that_is_none_keeps_that_escape_alone(broken: bytes) -> None:
    (one,) = redact(exchange(b'{"customers":[{"virtual_keys":[{"value":"' + broken + b'"}]}],"count":1}'))
    assert b"canary" not in content(one)
    assert broken.partition(b" ")[2][:2] in content(one)


def test_a_text_is_read_with_the_escapes_that_are_sound_where_one_is_broken() -> None:
    assert decode(rb"a\u0042\n\q\/") == "aB\n\\q/"
