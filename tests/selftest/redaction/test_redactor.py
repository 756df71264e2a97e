"""Redaction: no secret is left anywhere, and what is left is judged the same."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from customers_conformance.contract import internals
from customers_conformance.contract import secrets as patterns
from customers_conformance.evidence import har
from customers_conformance.model import Body, Credential, Exchange, Framing, Mode, Request, Response
from customers_conformance.redaction import held_secrets as bodystrike
from customers_conformance.redaction import search as needles
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.sending.credentials import Credentials

KEY = "canary/Key+0123=abcdEF"
SESSION = "session-canary-987654"
ADDED = "added canary value 77"
CREDENTIALS = Credentials(
    key=KEY,
    unknown="unknown-" + "0" * 32,
    session=SESSION,
    headers=(("X-Tenant", ADDED), ("X-Stage", "staging"), ("X-N", "7")),
)
URL = "http://gateway.example/api/governance/customers"
ALL_MODES = [Mode.REDACTED, Mode.SHAPE, Mode.FULL]
VIRTUAL_KEY = "sk-bf-canary-0001"
SECRET = "provider-secret-canary-1"


def exchange(content: bytes | Any = b"", status: int = 200, **changes: Any) -> Exchange:
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    response = Response(
        status, "OK", "HTTP/1.1", (("Content-Type", "application/json"),), Body(data, "digest", 999), Framing()
    )
    fields = {name: changes.pop(name) for name in ("reason", "headers", "framing") if name in changes}
    request = Request("GET", URL, (), (("Authorization", "Bearer <key>"),), Credential.KEY)
    request = replace(request, **changes.pop("request", {}))
    return Exchange(
        **{"index": 0, "probe": "default", "request": request, "response": replace(response, **fields), **changes}
    )


def redact(
    *exchanges: Exchange, mode: Mode = Mode.REDACTED, forms: dict[str, str] | None = None
) -> tuple[Exchange, ...]:
    return Redactor(CREDENTIALS.forms() if forms is None else forms, mode).exchanges(exchanges)


def content(one: Exchange) -> bytes:
    assert one.response is not None
    return one.response.body.content


def body(value: bytes | Any, mode: Mode = Mode.REDACTED, status: int = 200) -> Any:
    (one,) = redact(exchange(value, status), mode=mode)
    return json.loads(content(one))


def customer(**members: Any) -> dict[str, Any]:
    return {"customers": [{"id": "customer-0001", "name": "Acme", **members}], "count": 1}


def virtual_key(**members: Any) -> dict[str, Any]:
    return customer(virtual_keys=[{"id": "vk-1", "value": VIRTUAL_KEY, **members}])


def escaped(text: str, form: str) -> str:
    return "".join(form.format(ord(letter)) for letter in text)


DISGUISES = {
    "plain": KEY,
    "URL-escaped": quote(KEY, safe=""),
    "URL-escaped in lower case": quote(KEY, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "every letter URL-escaped": escaped(KEY, "%{:02x}"),
    "URL-escaped twice": quote(quote(KEY, safe=""), safe=""),
    "JSON escapes": escaped(KEY, "\\u{:04x}"),
    "JSON escapes in upper case": escaped(KEY, "\\u{:04X}"),
    "some JSON escapes": KEY[:4] + escaped(KEY[4:9], "\\u{:04x}") + KEY[9:],
    "escaped slashes": KEY.replace("/", "\\/"),
    "JSON in JSON": escaped(KEY, "\\\\u{:04x}"),
    "hexadecimal escapes": escaped(KEY, "\\x{:02x}"),
    "HTML entities": escaped(KEY, "&#{};"),
    "HTML entities in hexadecimal": escaped(KEY, "&#x{:x};"),
    "Base64": base64.b64encode(KEY.encode()).decode(),
    "Base64, URL-safe": base64.urlsafe_b64encode(KEY.encode()).decode(),
    "Base64 of Basic": base64.b64encode(f"user:{KEY}".encode()).decode(),
    "Base64 within more": base64.b64encode(f"a token={KEY}; path=/".encode()).decode(),
    "extended": KEY + "0",
    "cut": KEY[:-1],
    "case changed": KEY.swapcase(),
    "session": SESSION,
    "added header": ADDED,
    "added header, URL-escaped": quote(ADDED),
}  # fmt: skip
CANARIES = [KEY[:-1], KEY.swapcase()[:-1], SESSION, ADDED, "staging"]


def leaks(one: Exchange) -> list[str]:
    """Which disguises of a secret an exchange still shows."""
    shown = repr(replace(one, response=None)) + repr(one.response)
    return [name for name, text in DISGUISES.items() if text in shown or repr(text)[1:-1] in shown]


@pytest.mark.parametrize("mode", ALL_MODES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_secret_of_the_run_leaves_no_trace_wherever_it_comes_back(disguise: str, mode: Mode) -> None:
    text = DISGUISES[disguise]
    raw = text.encode()
    places = [
        exchange(b'{"error":{"message":"no ' + raw + b' here"}}', 401),
        exchange(b'{"customers":[{"name":"' + raw + b'"}],"count":1}'),
        exchange(b'{"customers":[{"' + raw + b'":1}'),
        exchange(b"\xff\xfe\x80 broken " + raw + b'" }]{'),
        exchange(b"<html>" + raw + b"</html>", 500),
        exchange(f'{{"a":"{text}"}}'.encode("utf-16")),
        exchange(f'{{"a":"{text}"}}'.encode("utf-16-be")),
        exchange(f'{{"a":"{text}"}}'.encode("utf-16-le") + b"\0"),
        exchange(b"x" + text.encode("utf-16-be") + b"yz\xff"),
        exchange(b"", reason=f"No {text}"),
        exchange(b"", headers=(("Location", f"https://other.invalid/?k={text}"), (f"X-{text}", "1"), ("X", text))),
        exchange(b"", framing=Framing(f"illegal header line {text}")),
        exchange(b"", request={"url": f"{URL}?q={text}", "query": (("q", text),), "headers": (("X-Odd", text),)}),
        exchange(b"", error=f"ConnectError({text!r})", comment=text),
    ]

    redacted = redact(*places, mode=mode)

    assert [leaks(one) for one in redacted] == [[]] * len(places)
    for before, after in zip(places, redacted, strict=True):
        assert not any(canary.encode() in content(after) for canary in CANARIES)
        assert not any(canary.encode("utf-16-le") in content(after) for canary in CANARIES)
        assert not any(canary.encode("utf-16-be") in content(after) for canary in CANARIES)
        assert before.response is not None
        assert after.response is not None
        assert (after.response.body.digest, after.response.body.length) == ("digest", 999)
    redactor = Redactor(CREDENTIALS.forms(), mode)
    redactor.exchanges(places)
    sentence = redactor.text(f"the server said {text}")
    assert sentence != f"the server said {text}"
    assert sentence.startswith("the server said ")
    assert not any(canary in sentence for canary in CANARIES)
    assert json.loads(content(redacted[1]))["count"] == 1


def test_utf_16_keeps_its_encoding() -> None:
    (wide,) = redact(exchange(f'{{"a":"{KEY}"}}'.encode("utf-16-be")))
    (listed,) = redact(exchange(json.dumps(virtual_key()).encode("utf-16")))

    assert content(wide).decode("utf-16-be") == '{"a":"<key>"}'
    assert content(listed).decode("utf-16") == json.dumps(virtual_key(value="⟦virtual-key:1⟧"), ensure_ascii=False)


def test_a_secret_beside_an_escape_does_not_break_json() -> None:
    forms = {"nabcdef0123": "<key>", "0041abcdef0": "<key>", "abcdef012\\": "<key>"}
    for raw in (
        b'{"a":"\\nabcdef0123"}',
        b'{"a":"x\\u0041abcdef0"}',
        b'{"a":"abcdef012\\"","b":1}',
        b'{"a":"\\\\nabcdef0123"}',
    ):
        (one,) = redact(exchange(raw), forms=forms)
        assert "<key>" in json.loads(content(one))["a"]
        assert b"abcdef" not in content(one)


def test_a_secret_of_digits_leaves_json_where_it_is_a_number() -> None:
    (one,) = redact(
        exchange(b'{"count":1234567890,"x":"1234567890","y":12}'), forms={"1234567890": "<key>"}, mode=Mode.FULL
    )

    assert json.loads(content(one)) == {"count": "<key>", "x": "<key>", "y": 12}


def test_a_short_added_header_is_struck_out_as_a_word_and_spares_the_words_of_the_contract() -> None:
    forms = {"name": "<header:A>", "7": "<header:B>", "application/json": "<header:C>", "staging": "<header:D>"}
    before = exchange(
        {
            "customers": [
                {"name": "staging", "id": "7", "created_at": "2027-07-07T00:00:00Z", "config_hash": "in staging-7"}
            ]
        }
    )
    (one,) = redact(before, forms=forms)

    (listed,) = json.loads(content(one))["customers"]
    assert listed == {
        "name": "<header:D>",
        "id": "<header:B>",
        "created_at": "2027-07-07T00:00:00Z",
        "config_hash": "in <header:D>-7",
    }
    assert one.response is not None
    assert one.response.header("content-type") == "application/json"
    (text,) = redact(exchange(b"at staging\xff", headers=(("X", "7"), ("Y", "on staging"))), forms=forms)
    assert content(text) == b"at <header:D>\xff"
    assert text.response is not None
    assert text.response.headers == (("X", "<header:B>"), ("Y", "on <header:D>"))


def test_the_name_of_a_documented_member_is_never_struck_out() -> None:
    (one,) = redact(exchange(customer(teams=[])), forms={"customers": "<key>", "teams": "<key>"})

    assert json.loads(content(one)) == customer(teams=[])


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


def test_many_virtual_keys_are_all_struck_out() -> None:
    keys = [f"sk-bf-{number:06}" for number in range(500)] + [f"odd.key={number:06}" for number in range(500)]
    listed = customer(virtual_keys=[{"value": key} for key in keys])

    one, two = redact(exchange(listed), exchange(" ".join(keys).encode(), 500))

    assert b"sk-bf-" not in content(one) + content(two)
    assert b"odd.key" not in content(one) + content(two)
    assert len(set(content(two).decode().split())) == len(keys)


def provider_key(**members: Any) -> dict[str, Any]:
    return virtual_key(provider_configs=[{"keys": [{"id": 1, **members}]}])


def mcp_client(**members: Any) -> dict[str, Any]:
    return virtual_key(mcp_configs=[{"mcp_client": members}])


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


def test_full_leaves_what_the_target_holds() -> None:
    assert body(virtual_key(), Mode.FULL) == virtual_key()
    assert Redactor({}, Mode.FULL).text(VIRTUAL_KEY) == VIRTUAL_KEY


def test_an_exchange_without_an_answer_is_redacted_too() -> None:
    lost = replace(exchange(), response=None, error=f"refused {KEY} {VIRTUAL_KEY}")

    (one,) = redact(lost)

    assert one.error == "refused <key> ⟦virtual-key:1⟧"


def test_equal_bodies_are_redacted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []
    embedded = bodystrike.BodyStrike.embedded

    def counted(self: bodystrike.BodyStrike, data: bytes, *, refused: bool = False) -> bytes:
        calls.append(data)
        return embedded(self, data, refused=refused)

    monkeypatch.setattr(bodystrike.BodyStrike, "embedded", counted)
    raw = json.dumps(virtual_key()).encode()

    many = redact(*[exchange(raw) for _ in range(5)])

    assert len({content(one) for one in many}) == 1
    assert sum(len(call) > 100 for call in calls) == 1


def test_a_deep_body_is_walked_without_recursion() -> None:
    deep = b"[" * 100_000 + b'{"value":"sk-bf-deep-down"}' + b"]" * 100_000 + b'{"password":"hunter2-end"}'

    (one,) = redact(exchange(deep))

    assert b"sk-bf-" not in content(one)
    assert content(one).count(b"[") == 100_000


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


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    secret=st.text('ab/+=\\"%<', min_size=8, max_size=12),
    before=st.binary(max_size=20),
    after=st.binary(max_size=20),
    form=st.sampled_from(["plain", "json", "url", "wide"]),
)
def test_a_needle_is_found_in_any_bytes(secret: str, before: bytes, after: bytes, form: str) -> None:
    hidden = {
        "plain": secret.encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "url": quote(secret, safe="").encode(),
        "wide": secret.encode("utf-16-le"),
    }[form]

    struck = needles.Needles({secret: "<key>"}).strike(before + hidden + after)

    assert hidden not in struck
    assert b"<\0k\0e\0y\0>\0" in struck or b"<key>" in struck


@pytest.mark.parametrize("shown", [8, 20, len(CREDENTIALS.key or "") - 1])
def test_a_body_that_was_cut_amid_a_secret_shows_nothing_of_it(shown: int) -> None:
    key = (CREDENTIALS.key or "").encode()
    for end in (0, 600):
        raw = b"x" * 9000 + key + b"y" * end + VIRTUAL_KEY.encode() + b" " + key[:shown]
        redactor = Redactor(CREDENTIALS.forms(), Mode.REDACTED)
        (one,) = redactor.exchanges([exchange(raw)], {0})
        assert content(one).startswith(b"x" * 4000)
        assert key[:8] not in content(one)
        assert b"canary" not in content(one)
    (whole,) = redact(exchange(raw))
    assert len(content(whole)) > len(content(one)) + 4000


@pytest.mark.parametrize("key", ['cAnary9"Key%41Zq7f3aK1nd', "cAnary9%2FKey/Zq7f3aK1nd", "cAnary&amp;9/Key\\\\Zq7f3aK"])
def test_a_key_that_holds_escapes_is_found_among_escapes(key: str) -> None:
    forms = Credentials(key=key, unknown="unknown-" + "0" * 32).forms()
    quoted = json.dumps(key)[1:-1]
    for text in (key, quoted, quoted.replace("/", "\\/"), quote(key, safe=""), quote(quoted)):
        (one,) = redact(exchange(b'{"a":"' + text.encode() + b'","b":1}'), forms=forms)
        assert b"cAnary" not in content(one), text
        assert b"<key>" in content(one)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", "\\r\\n"])
@pytest.mark.parametrize("before", [0, 20, 40, 57, 60])
def test_the_key_is_found_in_base64_that_is_folded(end: str, before: int) -> None:
    lines = re.findall(".{1,76}", base64.b64encode(b"x" * before + KEY.encode() + b" and more" * 9).decode())
    (one,) = redact(exchange(f'{{"a":"{end.join(lines)}"}}'.encode()))
    shown = content(one).decode().replace("\\r", "").replace("\\n", "").replace("\r", "").replace("\n", "")
    assert "<key>" in shown
    core = base64.b64encode(bytes(before) + KEY.encode()).decode()
    assert core[before // 3 * 4 + 4 :][:12] not in shown


def test_the_key_is_found_where_one_encoding_lies_upon_another() -> None:
    wide = KEY.encode("utf-16-le")
    for text in (
        base64.b64encode(b"ab" + wide + b"cd").decode(),
        base64.b64encode(b"a" + KEY.encode("utf-16-be")).decode(),
        base64.b64encode(("k=" + json.dumps(KEY).replace("/", "\\/")).encode()).decode(),
        base64.b64encode(escaped(KEY, "\\u{:04x}").encode()).decode(),
        "".join(f"\\u{byte:04x}" for byte in wide),
        "".join(f"%{byte:02x}" for byte in wide),
    ):
        (one,) = redact(exchange(f'{{"a":"x{text}x"}}'.encode()))
        assert b"<key>" in content(one), text


def test_many_forms_of_many_secrets_are_all_looked_for() -> None:
    names = [(f"X-{number}", f"s3cret-{number:04}-value") for number in range(60)]
    forms = Credentials(key=KEY, unknown="unknown-" + "0" * 32, headers=tuple(names)).forms()
    (one,) = redact(exchange({"a": f"https://other.invalid/?k={KEY}"}), forms=forms)
    assert b"?k=<key>" in content(one)


def test_a_secret_under_a_name_that_is_spelt_with_escapes_is_struck_out() -> None:
    raw = b'{"customers":[{"virtual_keys":[{"va\\u006cue":"plAinSecret-93aa77-K2m"}]}],"count":1}'
    (one,) = redact(exchange(raw))
    assert b"plAinSecret" not in content(one)


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
