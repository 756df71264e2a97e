"""What the target holds is struck out, and what is left is judged the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selftest.redaction.material import (
    KEY,
    URL,
    VIRTUAL_KEY,
    body,
    content,
    customer,
    exchange,
    mcp_client,
    provider_key,
    redact,
    virtual_key,
)

from customers_conformance.contract import internals
from customers_conformance.contract import secrets as patterns
from customers_conformance.model import Mode
from customers_conformance.redaction.held_secrets import Answer, HeldSecrets
from customers_conformance.redaction.striker import Striker
from customers_conformance.redaction.tokens import Tokens

if TYPE_CHECKING:
    import re


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_a_virtual_key_is_struck_out_wherever_it_stands(mode: Mode) -> None:
    odd = "odd.virtual:key 1"
    listed = customer(
        virtual_keys=[{"value": VIRTUAL_KEY}, {"value": odd}, {"value": VIRTUAL_KEY}, {"value": "short"}, {"value": ""}]
    )
    before = exchange(
        {"error": {"message": f"no {odd} {VIRTUAL_KEY}"}}, 401, headers=(("X", f"{odd};"),), reason=VIRTUAL_KEY
    )
    asked = exchange(
        b"", request={"headers": (("Authorization", f"Bearer {VIRTUAL_KEY}"),), "url": f"{URL}?x={quote(odd)}"}
    )

    one, two, three = redact(before, exchange(listed), asked, mode=mode)

    first, other = "⟦virtual-key:1⟧", "⟦virtual-key:2⟧"
    assert [key["value"] for key in json.loads(content(two))["customers"][0]["virtual_keys"]] == [
        first, other, first, "⟦virtual-key:3⟧", "",
    ]  # fmt: skip
    assert json.loads(content(one))["error"]["message"] == f"no {other} {first}"
    assert one.response is not None
    assert one.response.headers == (("X", f"{other};"),)
    assert one.response.reason == first
    assert three.request.headers == (("Authorization", f"Bearer {first}"),)
    assert three.request.url == f"{URL}?x={other}"


def test_what_is_shaped_like_a_virtual_key_is_struck_out_where_none_is_listed() -> None:
    (one,) = redact(exchange(b"broken sk-bf-aaaa\nand sk-bf-bbbb, sk-bf-aaaa but not sk-bf-****"))

    assert content(one).decode() == "broken ⟦virtual-key:1⟧\nand ⟦virtual-key:2⟧, ⟦virtual-key:1⟧ but not sk-bf-****"


SHAPED = [
    "sk-bf-canary-0001", "sk-abcdefghijklmnop1234", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AIza" + "b1" * 17,
    "ya29." + "q1" * 12, "ghp_" + "a1" * 18, "github_pat_" + "z1" * 15, "glpat-" + "q1" * 10, "xoxb-1234567890ab",
    "hf_" + "a1" * 17, "sk_live_" + "a1" * 12, "rk_live_" + "a1" * 12, "eyJhbGciOiJI.eyJzdWIiOiIx.abc",
    '"private_key": "abcdefgh12"', '\\"private_key\\" : \\"abcdefgh12', "Bearer abcdefghijklmnop123",
    "bearer abcdefghijklmnop123", "Basic YWxhZGRpbjpvcGVuc2VzYW1l", "https://u:pw12@h/", "sk-bf-****", "//sk-bf-",
    "-----", "\\", '"', " ", "x",
]  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(texts=st.lists(st.sampled_from(SHAPED) | st.sampled_from(SHAPED).map(lambda text: text[:7]), max_size=6))
def test_shapes_are_found_as_if_each_was_looked_for_in_all(texts: list[str]) -> None:
    """However close they stand: by the anchor that each has, which others may overlap."""
    data = "".join(texts).encode()
    striker = Striker(HeldSecrets({}, {}, frozenset()), Tokens())
    slow, tokens = data, Tokens()
    for shape in patterns.SECRETS:

        def token(found: re.Match[bytes], kind: str = shape.name) -> bytes:
            span = patterns.secret_span(found)
            if span is None:
                return found[0]
            start, end = span[0] - found.start(), span[1] - found.start()
            told = tokens.of(found[0][start:end].decode(), "virtual-key" if kind == "virtual key" else "secret")
            return found[0][:start] + told.encode() + found[0][end:]

        if shape.name != "PEM block":
            slow = shape.in_bytes().sub(token, slow)

    assert striker.line(data.decode(), Answer.NONE) == slow.decode()


def test_many_virtual_keys_are_all_struck_out() -> None:
    keys = [f"sk-bf-{number:06}" for number in range(500)] + [f"odd.key={number:06}" for number in range(500)]
    listed = customer(virtual_keys=[{"value": key} for key in keys])

    one, two = redact(exchange(listed), exchange(" ".join(keys).encode(), 500))

    assert b"sk-bf-" not in content(one) + content(two)
    assert b"odd.key" not in content(one) + content(two)
    assert len(set(content(two).decode().split())) == len(keys)


def test_a_pem_body_stays_a_pem_body_and_says_nothing() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n"
    redacted = body(mcp_client(tls_config={"ca_cert_pem": pem}, name=f"see {pem} there"))

    client = redacted["customers"][0]["virtual_keys"][0]["mcp_configs"][0]["mcp_client"]
    assert patterns.is_pem(client["tls_config"]["ca_cert_pem"])
    assert "MIIB" not in json.dumps(redacted)
    assert client["name"].startswith("see ⟦pem:")
    assert client["name"].endswith(" there")
    (broken,) = redact(exchange(f"\xff{pem}rest".encode("latin-1")))
    assert content(broken).decode("latin-1").startswith("\xff")
    assert b"MIIB" not in content(broken)
    (cut,) = redact(exchange(b'{"a":"-----BEGIN PRIVATE KEY-----\\nMIIBszCCAV'))
    assert b"MIIB" not in content(cut)
    (kept,) = redact(exchange(b"-----BEGIN CERTIFICATE-----\n[REDACTED]\n-----END CERTIFICATE-----"))
    assert b"REDACTED" in content(kept)


def test_a_value_known_as_a_secret_does_not_make_an_undocumented_text_one() -> None:
    secret = "correct-horse-battery-9"
    value = provider_key(value={"value": secret})
    value["customers"][0]["hint"] = f"it is {secret} again"

    redacted = body(value)["customers"][0]["hint"]

    assert secret not in redacted
    assert not patterns.is_secret(redacted, ["hint"])


def test_an_error_keeps_the_internals_that_it_leaks() -> None:
    leak = "SELECT id FROM customers failed at postgres://admin:hunter2pw@db/x in /srv/app/main.go:42"

    redacted = body({"error": {"message": leak}}, Mode.SHAPE, status=500)["error"]["message"]

    assert redacted == leak.replace("hunter2pw", "⟦secret:1⟧")
    assert internals.find_internals(redacted) is not None


def test_shape_leaves_what_decides_a_verdict_and_nothing_else() -> None:
    kept = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "0001-01-01t00:00:00+01:00"}
    limits = {"reset_duration": "1M", "token_reset_duration": "1h30m"}
    value = virtual_key(
        **kept, name="Alpha", description="alpha", rate_limit=limits,
        budgets=[{"reset_duration": "13 months", "last_reset": "never"}],
        provider_configs=[{"allowed_models": ["GPT-4", "gpt-4", "*", ""], "provider": "Alpha"}],
    )  # fmt: skip

    (key,) = body(value, Mode.SHAPE)["customers"][0]["virtual_keys"]

    assert {name: key[name] for name in kept} == kept
    assert key["rate_limit"] == limits
    models = key["provider_configs"][0]["allowed_models"]
    assert models[2:] == ["*", ""]
    assert models[0] != models[1]
    assert models[0].lower() == models[1].lower()
    assert key["name"] == key["provider_configs"][0]["provider"]
    assert key["name"] != key["description"]
    assert key["value"] == "⟦virtual-key:1⟧"
    for text in (key["name"], *models[:2], *key["budgets"][0].values()):
        assert text.lower().startswith("⟦text:")


def test_shape_tells_more_variants_of_case_apart_than_a_word_has() -> None:
    variants = {format(number, "07b").replace("0", "a").replace("1", "A") for number in range(128)}
    (listed,) = body(customer(tags=sorted(variants)), Mode.SHAPE)["customers"]

    assert len(set(listed["tags"])) == len(variants)


def test_shape_keeps_an_echo_of_the_key_visible() -> None:
    redacted = body(customer(config_hash=f"you sent {KEY}", budget_id=KEY), Mode.SHAPE)["customers"][0]

    assert redacted["config_hash"].startswith("⟦text:")
    assert redacted["config_hash"].endswith("<key>")
    assert redacted["budget_id"] == "<key>"


def test_shape_replaces_a_customer_id_in_errors_by_value() -> None:
    listed, refused = redact(
        exchange(customer()),
        exchange(
            {"error": {"message": "not for customer-0001, Acme", "customer-0001": 1}},
            403,
            headers=(("X", "customer-0001"),),
        ),
        mode=Mode.SHAPE,
    )

    token = json.loads(content(listed))["customers"][0]["id"]
    assert json.loads(content(refused)) == {"error": {"message": f"not for {token}, Acme", token: 1}}
    assert refused.response is not None
    assert refused.response.header("x") == token


def test_shape_replaces_an_id_that_is_a_members_name() -> None:
    (one,) = redact(exchange({"customers": {"customer-0001": {"id": "customer-0001"}}}), mode=Mode.SHAPE)

    assert json.loads(content(one)) == {"customers": {"⟦text:1⟧": {"id": "⟦text:1⟧"}}}


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
@pytest.mark.parametrize(
    "raw",
    [
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12\xff"}]}]}',
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12\x01"}]}]}',
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12\\q"}]}]}',
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12',
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12\n"}]}]}',
        b'"x"}]}{"value":"opaque value 12"',
        b'\xef\xbb\xbf{"customers":[{"virtual_keys":[{"value":"opaque value 12"}]}]}',
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12"}]}]}trailing',
        b'{"customers":[{"virtual_keys":[{"value":"opaque value 12","value":NaN}]}]}',
    ],
)
def test_a_broken_body_is_redacted_and_stays_broken(raw: bytes, mode: Mode) -> None:
    (one,) = redact(exchange(raw), mode=mode)

    assert b"opaque" not in content(one)
    with pytest.raises(ValueError, match=r"."):
        json.loads(content(one).decode(), parse_constant=int)


def test_a_lone_surrogate_stays_one() -> None:
    (one,) = redact(
        exchange(b'{"customers":[{"virtual_keys":[{"value":"opaque \\ud800"},{"value":"opaque \\u0041"}]}]}')
    )

    first, second = (key["value"] for key in json.loads(content(one))["customers"][0]["virtual_keys"])
    assert first.endswith("⟧\ud800")
    assert second.endswith("⟧")


def test_tokens_that_were_there_stay_and_are_not_used_again() -> None:
    before = customer(
        virtual_keys=[{"value": "⟦virtual-key:7⟧"}, {"value": "sk-bf-fresh-one"}, {"value": "<virtual-key>"}],
        api_key="⟦secret:3⟧", password="hunter2-again",
    )  # fmt: skip

    (listed,) = body(before)["customers"]

    assert [key["value"] for key in listed["virtual_keys"]] == ["⟦virtual-key:7⟧", "⟦virtual-key:8⟧", "<virtual-key>"]
    assert (listed["api_key"], listed["password"]) == ("⟦secret:3⟧", "⟦secret:4⟧")


def test_credentials_of_others_in_a_recording_are_struck_out_and_those_made_up_stay() -> None:
    headers = (
        ("Authorization", "Bearer some-real-credential"),
        ("Cookie", "theme=dark; token=real-session-value"),
        ("Proxy-Authorization", "Basic <key:basic>"),
        ("X-Api-Key", "unknown-" + "0" * 32),
    )
    before = exchange(
        b"you are some-real-credential1 no, some-real-credential", 401,
        headers=(("Set-Cookie", "sid=real-cookie-value; HttpOnly"),),
        request={
            "headers": headers,
            "url": f"{URL}?api_key=12345678901&x=1",
            "query": (("api_key", "12345678901"), ("x", "1")),
        },
    )  # fmt: skip
    (one,) = redact(before, forms={})

    shown = repr(one)
    assert not any(secret in shown for secret in ("real-session", "real-cookie", "12345678901", "Bearer some"))
    assert one.request.headers[2:] == headers[2:]
    assert one.request.headers[1][1].startswith("theme=dark; token=⟦secret:")
    assert one.request.query[1] == ("x", "1")
    assert one.request.url.endswith("&x=1")
    assert one.response is not None
    assert one.response.headers[0][1].endswith("; HttpOnly")


def test_a_deep_body_is_walked_without_recursion() -> None:
    deep = b"[" * 100_000 + b'{"value":"sk-bf-deep-down"}' + b"]" * 100_000 + b'{"password":"hunter2-end"}'

    (one,) = redact(exchange(deep))

    assert b"sk-bf-" not in content(one)
    assert content(one).count(b"[") == 100_000


def test_a_secret_that_reads_as_a_part_of_a_time_leaves_times_whole() -> None:
    value = customer(password="-03-01T08:00", created_at="2025-03-01T08:00:00Z")
    struck = body(value)["customers"][0]
    assert struck["created_at"] == "2025-03-01T08:00:00Z"
    assert struck["password"] == "⟦secret:1⟧"


def test_a_list_that_is_no_json_shows_no_text_where_every_text_is_struck_out() -> None:
    (one,) = redact(exchange(b"Alice Smith GmbH,555\n"), mode=Mode.SHAPE)
    assert content(one) == "⟦text:1⟧".encode()
    (error,) = redact(exchange(b"Alice Smith GmbH,555\n", 500), mode=Mode.SHAPE)
    assert content(error) == b"Alice Smith GmbH,555\n"
