"""However a body is laid out, what goes is what stands at a secret's place, and nothing beside it."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from typing import Any

import pytest
from tests.selftest.redaction.material import (
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

from customers_conformance.contract import secrets as patterns
from customers_conformance.model import Exchange, Mode
from customers_conformance.redaction.held_secrets import Answer, answer_of, can_be_sought

#: Too short to be looked for elsewhere: only its place tells it.
SHORT = "vk-007"

LAYOUTS: list[dict[str, Any]] = [
    {"separators": (",", ":")},
    {},
    {"indent": 1},
    {"indent": "\t"},
    {"separators": (" ,\r\n", "  :  ")},
    {"sort_keys": True},
    {"ensure_ascii": False, "indent": 4},
]


def key(**members: Any) -> dict[str, Any]:
    return {"id": SHORT, "name": SHORT, "value": SHORT, "is_active": True, **members}


def levels() -> Any:
    """A list in which a virtual key follows upon one, two, three and more closing brackets."""
    configs = [{"id": 1, "provider": SHORT, "keys": [{"id": 2, "value": {"value": "p-7", "from_env": False}}]}]
    team = {"id": SHORT, "name": SHORT, "virtual_keys": [key(), key(provider_configs=configs)], "zz": [[{"a": [{}]}]]}
    return {
        "customers": [
            {"id": "c-1", "teams": [team, team], "virtual_keys": [key(), key()], "name": SHORT},
            {"virtual_keys": [], "id": "c-2", "teams": [], "zz": {}, "name": SHORT, "budget": {"id": SHORT}},
            {
                "id": "c-3",
                "zz": [[[[]]], {"a": {"b": {"c": 1}}}],
                "virtual_keys": [key(provider_configs=configs), key()],
            },
        ],
        "count": 3,
    }


def struck(value: Any, path: tuple[str, ...] = ()) -> Any:
    """The value as it should be left."""
    if isinstance(value, dict):
        return {name: struck(item, (*path, name)) for name, item in value.items()}
    if isinstance(value, list):
        return [struck(item, path) for item in value]
    if path[-2:] == ("virtual_keys", "value"):
        return "⟦virtual-key:1⟧"
    return "⟦secret:1⟧" if path[-2:] == ("value", "value") else value


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
def test_a_secret_goes_by_its_place_however_many_brackets_stand_before_it(layout: dict[str, Any]) -> None:
    assert body(json.dumps(levels(), **layout).encode()) == struck(levels())


@pytest.mark.parametrize("depth", [1, 100, 1990, 1995, 2000, 2005, 4000])
@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_the_place_is_known_again_after_however_deep_a_value(opening: str, closing: str, depth: int) -> None:
    deep = opening * depth + "1" + closing * depth
    keys = json.dumps([{"value": SHORT, "name": SHORT}])
    raw = f'{{"customers":[{{"zz":{deep},"virtual_keys":{keys},"name":"{SHORT}"}}],"count":1}}'
    (one,) = redact(exchange(raw.encode()))
    shown = content(one).decode()
    assert shown == raw.replace(f'"value": "{SHORT}"', '"value": "⟦virtual-key:1⟧"')


def test_brackets_that_close_more_than_was_opened_leave_every_value_suspected() -> None:
    rest = json.dumps(virtual_key(value=SHORT))
    for before in ("]", "}]", "]}]}]}", '"x"]}', "[]]"):
        (one,) = redact(exchange(f"{before},{rest}".encode()))
        assert content(one).decode() == f"{before},{rest}".replace(f'"value": "{SHORT}"', '"value": "⟦text:1⟧"')


@pytest.mark.parametrize("space", ["", " ", "\n\t"])
@pytest.mark.parametrize("before", ["", "{", '{"a":1,', "x" * 70])
def test_a_secret_that_is_spelt_as_a_documented_name_spares_the_names(space: str, before: str) -> None:
    raw = f'{before}"customers"{space}:[]}} customers "customers" x'
    (one,) = redact(exchange(raw.encode()), forms={"customers": "<key>"})
    assert content(one).decode() == f'{before}"customers"{space}:[]}} <key> "<key>" x'


@pytest.mark.parametrize("layout", [{}, {"ensure_ascii": False, "indent": 1}])
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_in_utf_16_is_struck_out_by_place_and_keeps_half_a_character_at_its_end(
    codec: str, layout: dict[str, Any]
) -> None:
    for end in (b"", b"\x5d"):
        (one,) = redact(exchange(json.dumps(levels(), **layout).encode(codec) + end))
        data = content(one)
        assert data.endswith(end)
        assert json.loads(data.removesuffix(end).decode(codec)) == struck(levels())


@pytest.mark.parametrize("name", ["Ω" * 60, "客户" * 30, "Müller"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_in_lists_of_names_in_any_script(codec: str, name: str) -> None:
    value = virtual_key(value=SHORT, name=name)
    (one,) = redact(exchange(json.dumps(value, ensure_ascii=False).encode(codec)))
    assert json.loads(content(one).decode(codec)) == struck(value)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_a_secret_that_is_spelt_with_escapes_goes_at_any_place(mode: Mode) -> None:
    spelt = escaped(VIRTUAL_KEY)
    for member in ("name", "config_hash", "zz"):
        raw = json.dumps(customer()).replace('"name": "Acme"', f'"{member}": "{spelt}"').encode()
        (one,) = redact(exchange(raw), mode=mode)
        assert spelt.encode() not in content(one)
        (listed,) = json.loads(content(one))["customers"]
        assert listed[member].startswith("⟦")
        assert listed[member].endswith("⟧")
    raw = json.dumps(virtual_key()).replace(VIRTUAL_KEY, escaped("opaque-1")).encode()
    assert json.loads(content(redact(exchange(raw), mode=mode)[0]))["customers"][0]["virtual_keys"][0][
        "value"
    ].startswith("⟦virtual-key:1")


def test_a_known_secret_within_a_text_goes_alone_where_texts_are_documented() -> None:
    secret = "correct-horse-battery-9"
    value = provider_key(value={"value": secret})
    text = f"it is {secret} again"
    value["customers"][0] |= {"name": text, "hint": text, "teams": [{"claims": {"hint": text}, "name": text}]}
    (listed,) = body(value)["customers"]
    shown = text.replace(secret, "⟦secret:1⟧")
    assert (listed["name"], listed["teams"][0]["name"]) == (shown, shown)
    assert listed["teams"][0]["claims"]["hint"] == shown
    assert listed["hint"] == "⟦text:1⟧"


def test_a_text_among_brackets_that_do_not_match_counts_as_undocumented() -> None:
    secret = "correct-horse-battery-9"
    listed = exchange(provider_key(value={"value": secret}))
    _, broken = redact(listed, exchange(f'],["it is {secret} again"]'.encode()))
    assert content(broken).decode() == '],["⟦text:1⟧"]'


def test_texts_that_differ_only_in_case_have_tokens_that_do() -> None:
    words = ["".join(letters) for letters in itertools.product(*zip("abcd", "ABCD", strict=True))]
    (listed,) = body(customer(tags=[*words, "other"]), Mode.SHAPE)["customers"]
    *tokens, other = listed["tags"]
    assert len(set(tokens)) == 16
    assert len({token.lower() for token in tokens}) == 1
    assert other.lower() != tokens[0].lower()


@pytest.mark.parametrize(
    "text, sought",
    [("abcd-12", False), ("abcd-123", True), ("123456.7e+8", False), ("text/plain", False), ("audio/x-media", False)],
)
def test_a_text_of_eight_characters_that_is_no_word_of_the_protocol_is_looked_for(text: str, *, sought: bool) -> None:
    assert can_be_sought(text) is sought
    value = provider_key(value={"value": text}, name=f"it is {text}")
    (listed,) = body(value)["customers"]
    name = listed["virtual_keys"][0]["provider_configs"][0]["keys"][0]["name"]
    assert name == ("it is ⟦secret:1⟧" if sought else f"it is {text}")


@pytest.mark.parametrize("text", ["correcthorse", "correct horse 99", "CORRECTHORSE"])
def test_a_secret_that_is_a_word_or_a_sentence_goes_where_it_stands_alone(text: str) -> None:
    value = provider_key(value={"value": text}, name=f"it is {text}")
    (listed,) = body(value)["customers"]
    (shown,) = listed["virtual_keys"][0]["provider_configs"][0]["keys"]
    assert (shown["value"]["value"], shown["name"]) == ("⟦secret:1⟧", f"it is {text}")


@pytest.mark.parametrize(
    "status, answer", [(199, Answer.REFUSAL), (200, Answer.SUCCESS), (299, Answer.SUCCESS), (300, Answer.REFUSAL)]
)
def test_a_success_is_any_2xx(status: int, answer: Answer) -> None:
    assert answer_of(exchange(b"", status).response) is answer
    assert answer_of(None) is Answer.NONE


def credentials(*headers: tuple[str, str], answered: tuple[tuple[str, str], ...] = ()) -> tuple[list[str], list[str]]:
    """What is left of the fields of a request and of its answer."""
    (one,) = redact(exchange(b"", headers=answered, request={"headers": headers}), forms={})
    assert one.response is not None
    return [value for _, value in one.request.headers], [value for _, value in one.response.headers]


@pytest.mark.parametrize("name", ["Authorization", "proxy-authorization", "X-API-Key", "x-bf-vk"])
def test_the_last_word_of_a_field_of_credentials_is_a_secret_from_eight_characters_on(name: str) -> None:
    assert credentials((name, "Bearer abcdefg8"))[0] == ["Bearer ⟦secret:1⟧"]
    assert credentials((name, "abcdefg8"))[0] == ["⟦secret:1⟧"]
    assert credentials((name, "Bearer abcdef7"))[0] == ["Bearer abcdef7"]
    assert credentials((name, "Bearer sk-bf-abcdefg8"))[0] == ["Bearer ⟦virtual-key:1⟧"]
    assert credentials((name, "Bearer ********"), (name, ""))[0] == ["Bearer ********", ""]
    assert credentials(("X-Other", "Bearer abcdefg8"))[0] == ["Bearer abcdefg8"]


def test_every_cookie_of_a_request_and_the_value_of_one_that_is_set_are_secrets() -> None:
    sent, answered = credentials(
        ("Cookie", "a=abcdefg8; b=short; c=ab=defg8=; flag"),
        answered=(("Set-Cookie", "sid=ab=defgh9; Domain=abcdefgh"),),
    )
    assert sent == ["a=⟦secret:1⟧; b=short; c=⟦secret:2⟧; flag"]
    assert answered == ["sid=⟦secret:3⟧; Domain=abcdefgh"]


@pytest.mark.parametrize("name, goes", [("api_key", True), ("key", True), ("password", True), ("page", False)])
def test_a_parameter_that_is_called_so_holds_a_secret(name: str, *, goes: bool) -> None:
    request = {"url": f"http://gateway.example/x?{name}=abcdefg8", "query": ((name, "abcdefg8"),)}
    (one,) = redact(exchange(b"", request=request), forms={})
    shown = "⟦secret:1⟧" if goes else "abcdefg8"
    assert one.request.query == ((name, shown),)
    assert one.request.url == f"http://gateway.example/x?{name}={shown}"


def strong(text: str, raw: str, shown: str = "<header:X>") -> str:
    (one,) = redact(exchange(raw.encode()), forms={text: shown})
    return content(one).decode()


def test_a_secret_of_three_characters_goes_where_it_is_the_whole_and_one_of_four_anywhere() -> None:
    raw = '{"a": "xabcx", "b": "abc", "c": "is abc so"}'
    assert strong("abc", raw, "<key>") == raw.replace('"abc"', '"<key>"')
    raw = raw.replace("abc", "abcd")
    assert strong("abcd", raw, "<key>") == raw.replace("abcd", "<key>")


def test_a_header_that_was_added_goes_as_a_word_where_it_is_short_or_has_no_digit() -> None:
    for text in ("ab1-cd2", "staging-only", "abcd"):
        raw = f'{{"a": "x{text}x", "b": "{text}", "c": "is {text}."}}'
        assert strong(text, raw) == raw.replace(f'"{text}"', '"<header:X>"').replace(f" {text}.", " <header:X>.")
    raw = '{"a": "xab1-cd23x", "b": "ab1-cd23"}'
    assert strong("ab1-cd23", raw) == raw.replace("ab1-cd23", "<header:X>")
    raw = '{"a": "x 1234 x", "b": "1234", "c": 1234}'
    assert strong("1234", raw) == raw.replace('"1234"', '"<header:X>"')


def test_short_secrets_go_in_any_text_that_is_no_json_and_behind_a_byte_order_mark() -> None:
    assert strong("staging", "on staging\n") == "on <header:X>\n"
    assert strong("staging", ' \n{"staging": "staging"}') == ' \n{"staging": "<header:X>"}'
    assert strong("staging", '\ufeff{"staging": "staging"}') == '\ufeff{"staging": "<header:X>"}'
    assert strong("staging", '["staging"]') == '["<header:X>"]'
    assert strong("staging", '"staging"') == '"<header:X>"'
    (wide,) = redact(exchange('{"a": "on staging"}'.encode("utf-16")), forms={"staging": "<header:X>"})
    assert content(wide).decode("utf-16") == '{"a": "on <header:X>"}'


@pytest.mark.parametrize("number", ["1234567890", "-1234567890", "1234567890.5", "71234567890e3"])
def test_a_number_that_holds_a_secret_of_digits_goes_whole(number: str) -> None:
    raw = f'{{"a": {number}, "b": 1, "c": "{number} \\" {number}"}}'
    assert strong("1234567890", raw, "<key>") == raw.replace(number, '"<key>"', 1).replace("1234567890", "<key>")


PEM = "-----BEGIN {0}-----\nMIIBszCCAVmgAwIBAgIU\n-----END {0}-----"


def test_each_block_of_several_goes_by_itself() -> None:
    first, second = PEM.format("CERTIFICATE"), PEM.format("RSA PRIVATE KEY").replace("MII", "MIX")
    text = f"a\n{first}\nb\n{second}\nc {first}"
    assert redacted_text(text) == "a\n⟦pem:1⟧\nb\n⟦pem:2⟧\nc ⟦pem:1⟧"
    assert redacted_text(f"{first}{second}") == "⟦pem:1⟧⟦pem:2⟧"


def redacted_text(text: str) -> str:
    (one,) = redact(exchange(text.encode(), 500))
    return content(one).decode()


def test_a_certificate_stays_one_where_it_is_due() -> None:
    pem = PEM.format("CERTIFICATE")
    config = body(mcp_client(tls_config={"ca_cert_pem": pem}))["customers"][0]["virtual_keys"][0]["mcp_configs"][0]
    shown = config["mcp_client"]["tls_config"]["ca_cert_pem"]
    assert "⟦pem:1⟧" in shown
    assert patterns.is_pem(shown)
    plain = body(mcp_client(tls_config={"ca_cert_pem": "in words"}))["customers"][0]["virtual_keys"][0]["mcp_configs"][
        0
    ]
    assert plain["mcp_client"]["tls_config"]["ca_cert_pem"] == "in words"


def test_tokens_go_on_above_those_that_any_part_of_any_exchange_holds() -> None:
    def next_after(*before: Exchange) -> str:
        *_, last = redact(*before, exchange(virtual_key()))
        return str(json.loads(content(last))["customers"][0]["virtual_keys"][0]["value"])

    assert next_after() == "⟦virtual-key:1⟧"
    assert next_after(exchange(b'"\xe2\x9f\xa6virtual-key:41\xe2\x9f\xa7"')) == "⟦virtual-key:42⟧"
    assert next_after(exchange(b'"\\u27e6virtual-key:41\\u27e7"')) == "⟦virtual-key:42⟧"
    assert next_after(exchange("⟦virtual-key:41⟧".encode("utf-16"))) == "⟦virtual-key:42⟧"
    token = "⟦virtual-key:41⟧"
    assert next_after(exchange(reason=token)) == "⟦virtual-key:42⟧"
    assert next_after(exchange(headers=(("X", token),))) == "⟦virtual-key:42⟧"
    assert next_after(exchange(comment=token)) == "⟦virtual-key:42⟧"
    assert next_after(exchange(error=token)) == "⟦virtual-key:42⟧"
    assert next_after(exchange(request={"query": (("q", token),)})) == "⟦virtual-key:42⟧"
    assert next_after(exchange(request={"url": f"http://x/{token}"})) == "⟦virtual-key:42⟧"
    assert next_after(exchange(headers=(("X", "⟦text:41⟧"),))) == "⟦virtual-key:1⟧"


def test_what_says_nothing_hides_no_secret_behind_it() -> None:
    odd = "odd.virtual:key 1"
    keys = [{"value": "sk-bf-****"}, {"value": ""}, {"name": "x", "value": "<virtual-key>"}, {"value": odd}]
    _, told = redact(exchange(customer(virtual_keys=keys)), exchange(f"no {odd}".encode(), 500))
    assert content(told).decode() == "no ⟦virtual-key:1⟧"


def test_a_text_keeps_its_letters_beside_a_secret() -> None:
    raw = f'{{"customers": [{{"name": "caf\xe9 \\"\u2713\\" {VIRTUAL_KEY}\\n"}}]}}'
    (one,) = redact(exchange(raw.encode()))
    assert content(one).decode() == raw.replace(VIRTUAL_KEY, "⟦virtual-key:1⟧")


def test_a_body_that_opens_without_end_is_followed_to_a_bound() -> None:
    def took(levels: int) -> int:
        one = exchange(b"[1," * levels)
        tracemalloc.start()
        try:
            redact(one)
            return tracemalloc.get_traced_memory()[1] - len(content(one))
        finally:
            tracemalloc.stop()

    took(1)
    assert took(12_000) < 2 * took(4_000)
