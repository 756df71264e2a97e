"""What a request carries of the secrets, and every text that gives one away."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from customers_conformance import placeholders
from customers_conformance.model import Credential, UsageError
from customers_conformance.sending.credentials import Credentials, near_misses, unknown_token

KEY = "Key-0123456789-abcXYZ/+="


def credentials(**given: object) -> Credentials:
    return Credentials(**{"key": KEY, "unknown": "unknown-1", **given})  # type: ignore[arg-type]


def test_near_misses_differ_from_the_key_and_from_each_other() -> None:
    changed = near_misses(KEY)
    assert len({KEY, *changed.values()}) == 6
    assert changed[Credential.CUT] == KEY[:-1]
    assert changed[Credential.EXTENDED][:-1] == KEY
    assert changed[Credential.CASE_CHANGED] == "kEY-0123456789-ABCxyz/+="


@pytest.mark.parametrize("key", ["abcdefgh", "12345678", "AAAAZZZZ", "zzzzzzz9", "--------", "a-------b", "________"])
def test_one_character_of_each_half_is_changed_to_another_of_its_class(key: str) -> None:
    changed = near_misses(key)
    for kind, places in (
        (Credential.CHANGED_EARLY, range(len(key) // 2)),
        (Credential.CHANGED_LATE, range(len(key) // 2, len(key))),
    ):
        differ = [at for at in range(len(key)) if changed[kind][at] != key[at]]
        assert len(differ) == 1
        assert differ[0] in places
        was, became = key[differ[0]], changed[kind][differ[0]]
        assert (was.isdigit(), was.islower(), was.isupper()) == (became.isdigit(), became.islower(), became.isupper())


def test_placeholders_become_secrets_and_unknown_ones_stay() -> None:
    given = credentials(virtual_key="sk-bf-1", session="s1", headers=(("X-Tenant", "t1"),))
    assert given.substitute("Bearer <key>") == f"Bearer {KEY}"
    assert given.substitute("Bearer <key:cut>") == f"Bearer {KEY[:-1]}"
    assert given.substitute("<virtual-key> <session> <unknown> <header:X-Tenant>") == "sk-bf-1 s1 unknown-1 t1"
    assert given.substitute("<key:nonsense> <other> <header:Y>") == "<key:nonsense> <other> <header:Y>"
    assert base64.b64decode(given.substitute("<key:basic>")).decode() == f"user:{KEY}"
    assert base64.b64decode(given.substitute("<key:basic-user>")).decode() == f"{KEY}:"


def test_every_header_of_every_kind_can_be_filled_in() -> None:
    given = credentials(virtual_key="sk-bf-1", session="s1")
    for kind, headers in placeholders.HEADERS.items():
        assert given.can_send(kind) is None
        assert given.request_headers(kind) == headers
        assert all("<" not in given.substitute(value) for _, value in headers)


def test_files_show_one_placeholder_for_all_near_misses_and_the_made_up_token_in_the_clear() -> None:
    given = credentials()
    assert given.show("<key:cut> <key:extended> <key:changed-early> <key:case-changed>") == " ".join(["<key:cut>"] * 4)
    assert given.show("<key:basic-user> <key:basic>") == "<key:basic> <key:basic>"
    assert given.show("Bearer <key>") == "Bearer <key>"
    assert given.show("Bearer <unknown>") == "Bearer unknown-1"


@pytest.mark.parametrize(
    "kind, given, missing",
    [
        (Credential.NONE, {"key": None}, None),
        (Credential.KEY, {"key": None}, None),
        (Credential.EMPTY, {"key": None}, "a key"),
        (Credential.UNKNOWN, {"key": None}, "a key"),
        (Credential.VIRTUAL_KEY, {"key": None, "virtual_key": "sk-bf-1"}, "a key"),
        (Credential.QUERY, {"key": None}, "a key"),
        (Credential.CASE_CHANGED, {"key": None}, "a key"),
        (Credential.QUERY, {}, None),
        (Credential.CUT, {"key": "1234567"}, "a key of 8 characters or more"),
        (Credential.CUT, {"key": "12345678"}, None),
        (Credential.CASE_CHANGED, {"key": "12345678"}, "a key with a letter"),
        (Credential.CASE_CHANGED, {"key": "1234567a"}, None),
        (Credential.VIRTUAL_KEY_HEADER, {}, "a virtual key"),
        (Credential.SESSION, {}, "a session token"),
        (Credential.OTHER, {}, "credentials that only a recording holds"),
    ],
)
def test_what_is_missing_to_send_a_kind_is_told(
    kind: Credential, given: dict[str, object], missing: str | None
) -> None:
    assert credentials(**given).can_send(kind) == missing


def test_every_disguise_of_a_secret_is_known_with_the_longest_first() -> None:
    given = credentials(virtual_key="sk-bf-virtual", session="session-9", headers=(("X-Tenant", "tenant value"),))
    forms = given.forms()
    expected = {
        KEY: "<key>",
        KEY[:-1]: "<key:cut>",
        KEY + "0": "<key:cut>",
        KEY.swapcase(): "<key:cut>",
        quote(KEY, safe=""): "<key>",
        quote(KEY, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"): "<key>",
        base64.b64encode(KEY.encode()).decode(): "<key>",
        base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="): "<key>",
        base64.b64encode(f"user:{KEY}".encode()).decode(): "<key:basic>",
        base64.b64encode(f"{KEY}:".encode()).decode().rstrip("="): "<key:basic>",
        "sk-bf-virtual": "<virtual-key>",
        "session-9": "<session>",
        "tenant value": "<header:X-Tenant>",
        "tenant+value": "<header:X-Tenant>",
        "tenant%20value": "<header:X-Tenant>",
    }
    assert {text: forms.get(text) for text in expected} == expected
    assert "unknown-1" not in forms
    assert "" not in forms
    assert list(forms) == sorted(forms, key=len, reverse=True)


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "Bearer "])
@pytest.mark.parametrize("after", ["", "z", "zz", ' and "more'])
def test_base64_of_a_text_that_holds_the_key_holds_a_known_form(before: str, after: str) -> None:
    encoded = base64.b64encode(f"{before}{KEY}{after}".encode()).decode()
    found = [form for form, shown in credentials().forms().items() if form in encoded and shown == "<key>"]
    assert found
    assert len(found[0]) >= len(KEY)


def test_a_short_key_has_no_near_misses_and_no_partial_forms() -> None:
    forms = credentials(key="k7").forms()
    assert set(forms.values()) == {"<key>", "<key:basic>"}
    assert {text for text, shown in forms.items() if shown == "<key>"} == {"k7", "azc=", "azc"}


def test_a_repr_shows_no_secret() -> None:
    given = credentials(virtual_key="sk-bf-1", session="s-1", headers=(("X-Tenant", "t-1"),))
    text = repr(given)
    assert text == "<Credentials: key, virtual_key, session, header X-Tenant>"
    assert repr(Credentials(key=None, unknown="u")) == "<Credentials: none>"


@pytest.mark.parametrize(
    "given",
    [
        {"key": ""},
        {"key": "key with a blank"},
        {"key": "line\nend"},
        {"key": "nul\0"},
        {"key": "schlüssel"},
        {"virtual_key": "tab\t"},
        {"session": "a;b"},
        {"session": 'quo"te'},
        {"headers": (("Bad Name", "x"),)},
        {"headers": (("", "x"),)},
        {"headers": (("X-Tenant", "line\r\nend"),)},
        {"headers": (("X-Tenant", " leading"),)},
        {"headers": (("X-Tenant", "beyond Latin-1: €"),)},
        *(
            {"headers": ((name, "secret-value"),)}
            for name in ("Authorization", "COOKIE", "x-api-key", "X-BF-VK", "Host")
        ),
    ],
)
def test_what_no_header_can_carry_is_refused_without_being_repeated(given: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        credentials(**given)
    assert "allowed are" in str(caught.value) or "refused are" in str(caught.value)
    for value in ("key with a blank", "schlüssel", "secret-value", "leading", "€"):
        assert value not in str(caught.value)


def test_an_added_header_may_be_empty_or_hold_latin_1() -> None:
    assert (
        credentials(headers=(("X-Empty", ""), ("X-Name", "café au lait"))).forms()["café au lait"] == "<header:X-Name>"
    )


def test_the_made_up_token_follows_from_the_seed() -> None:
    assert unknown_token("1") == unknown_token("1")
    assert unknown_token("1") != unknown_token("2")
    assert unknown_token("1").startswith("unknown-")
