"""The run's own secrets: no trace of them is left, in whatever encoding they come back."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from tests.selftest.redaction.material import (
    ADDED,
    ALL_MODES,
    CANARIES,
    CREDENTIALS,
    KEY,
    SESSION,
    URL,
    VIRTUAL_KEY,
    content,
    customer,
    escaped,
    exchange,
    redact,
)

from customers_conformance.model import Exchange, Framing, Mode
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.sending.credentials import Credentials

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
    *_, said = redact(*places, exchange(error=f"the server said {text}"), mode=mode)
    sentence = said.error or ""
    assert sentence != f"the server said {text}"
    assert sentence.startswith("the server said ")
    assert not any(canary in sentence for canary in CANARIES)
    assert json.loads(content(redacted[1]))["count"] == 1


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
