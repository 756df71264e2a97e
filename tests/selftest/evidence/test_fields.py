"""Header fields read as clients read them."""

from __future__ import annotations

import pytest
from tests.selftest.made import said

from customers_conformance.evidence.fields import cache_directives, leads_within, media_type, readings

PLAIN, SECURE = "http://gateway.example/api", "https://gateway.example/api"


@pytest.mark.parametrize(
    "url, location, within",
    [
        (PLAIN, "/login", True),
        (PLAIN, "http://gateway.example:80/x", True),
        (PLAIN, "https://gateway.example/x", True),
        (PLAIN, "https://gateway.example:443/x", True),
        (PLAIN, "https://gateway.example:8443/x", False),
        (PLAIN, "https://other.example/x", False),
        (PLAIN, "ftp://gateway.example/x", False),
        (PLAIN, "file://gateway.example/x", False),
        (PLAIN, "ws://gateway.example/x", False),
        (PLAIN, "http://gateway.example:81/x", False),
        ("http://gateway.example:8080/api", "https://gateway.example/x", False),
        ("http://gateway.example:8080/api", "http://gateway.example:8080/x", True),
        (SECURE, "http://gateway.example/x", False),
        (SECURE, "https://gateway.example/x", True),
        (SECURE, "//gateway.example/x", True),
        (SECURE, "mailto:a@gateway.example", False),
        (SECURE, "", True),
        (SECURE, "/caf\xc3\xa9", True),
    ],
)
def test_a_location_leads_within_its_origin_or_to_its_secure_form(url: str, location: str, *, within: bool) -> None:
    assert leads_within(url, location) is within


def test_a_value_is_read_as_latin_1_and_as_utf_8() -> None:
    assert readings("plain") == {"plain"}
    assert readings("caf\xc3\xa9") == {"caf\xc3\xa9", "caf\xe9"}
    assert readings("caf\xe9") == {"caf\xe9"}
    assert readings("\u2713") == {"\u2713"}


@pytest.mark.parametrize(
    "value, expected",
    [
        ("application/json", ("application/json", [])),
        (' Application/JSON ; Charset = "UTF-8"', ("application/json", [("charset", "UTF-8")])),
        (r'a/b; c="d\"e\f"', ("a/b", [("c", 'd"ef')])),
        ("a/b; c=1; c=2", ("a/b", [("c", "1"), ("c", "2")])),
        ("a/b, c/d", ("a/b, c/d", [])),
        ("", ("", [])),
    ],
)
def test_a_media_type_is_told_with_its_parameters(value: str, expected: tuple[str, list[tuple[str, str]]]) -> None:
    assert media_type(value) == expected


@pytest.mark.parametrize(
    "fields, expected",
    [
        (["private"], {"private": None}),
        (['Private = "a, b" , no-store'], {"private": "a, b", "no-store": None}),
        (['private="a", private'], {"private": None}),
        (['private, private="a"'], {"private": None}),
        (['private=""'], {"private": None}),
        (["max-age=5, max-age=6"], {"max-age": "5"}),
    ],
)
def test_a_directive_that_also_stands_without_an_argument_has_none(
    fields: list[str], expected: dict[str, str | None]
) -> None:
    response = said(headers=[("Cache-Control", field) for field in fields]).response
    assert response is not None
    assert cache_directives(response) == expected
