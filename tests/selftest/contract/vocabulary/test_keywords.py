"""Our keywords and formats: what holds, what breaks, and what they leave to others."""

from __future__ import annotations

from typing import Any

import pytest

from customers_conformance.contract.vocabulary.explaining import explaining_validator, format_checker
from customers_conformance.contract.vocabulary.formats import FORMATS, is_reset_duration, read_time
from customers_conformance.contract.vocabulary.keywords import (
    KEYWORDS,
    children,
    fast_keyword,
    identifies,
    is_integer,
    is_number,
    names,
    shown,
)

TEAMS = {"teams": {"as": "customer_id", "insteadOf": ["virtual_key_id"]}}
OWNERS = ["team_id", "customer_id"]
TIMES = {"updated_at": "created_at"}
EARLY, LATE, NEVER = "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.5Z", "0001-01-01T00:00:00Z"

#: A keyword, its value, an instance, how many cases there were, and the places that break.
CASES: list[tuple[str, Any, Any, int, list[tuple[str | int, ...]]]] = [
    ("countOf", {"count": "customers"}, {"count": 2, "customers": [{}, {}]}, 1, []),
    ("countOf", {"count": "customers"}, {"count": 2.0, "customers": [{}, {}]}, 1, []),
    ("countOf", {"count": "customers"}, {"count": 1, "customers": []}, 1, [("count",)]),
    ("countOf", {"count": "customers"}, {"count": "1", "customers": []}, 0, []),
    ("countOf", {"count": "customers"}, {"count": True, "customers": []}, 0, []),
    ("countOf", {"count": "customers"}, {"count": 1, "customers": {}}, 0, []),
    ("countOf", {"count": "customers"}, [], 0, []),
    ("uniqueBy", {"teams": "id"}, {"teams": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}, 2, []),
    ("uniqueBy", {"teams": "id"}, {"teams": [{"id": "a"}, {"id": "b"}, {"id": "a"}]}, 2, [("teams", 2, "id")]),
    ("uniqueBy", {"teams": "id"}, {"teams": [{"id": ""}, {"id": ""}, 7, {}]}, 0, []),
    ("uniqueBy", {"teams": "id"}, {"teams": [{"id": 0}, {"id": 0}]}, 1, [("teams", 1, "id")]),
    ("uniqueBy", {"teams": {"by": "id", "empty": True}}, {"teams": [{"id": ""}, {"id": ""}]}, 1, [("teams", 1, "id")]),
    ("uniqueBy", {"teams": "id"}, {"teams": [{"id": 5}, {"id": 5.0}]}, 1, [("teams", 1, "id")]),
    ("uniqueBy", {"teams": "id"}, {"teams": [{"id": "a"}]}, 0, []),
    ("uniqueBy", {"teams": "id"}, {"teams": None}, 0, []),
    ("uniqueBy", {"teams": "id"}, None, 0, []),
    ("agreesWith", {"budget_id": "budget"}, {"budget_id": "b", "budget": {"id": "b"}}, 1, []),
    ("agreesWith", {"budget_id": "budget"}, {"budget_id": "b", "budget": {"id": "c"}}, 1, [("budget_id",)]),
    ("agreesWith", {"budget_id": "budget"}, {"budget_id": "", "budget": {"id": "c"}}, 0, []),
    ("agreesWith", {"budget_id": "budget"}, {"budget_id": "b", "budget": None}, 0, []),
    ("agreesWith", {"budget_id": "budget"}, "b", 0, []),
    ("namedBy", TEAMS, {"id": "c", "teams": [{"customer_id": "c"}]}, 1, []),
    ("namedBy", TEAMS, {"id": "c", "teams": [{"customer_id": "d"}]}, 1, [("teams", 0, "customer_id")]),
    ("namedBy", TEAMS, {"id": "c", "teams": [{"virtual_key_id": "d"}]}, 1, [("teams", 0, "virtual_key_id")]),
    ("namedBy", TEAMS, {"id": "c", "teams": [{"customer_id": 7}, {}, 5]}, 0, []),
    ("namedBy", TEAMS, {"id": "", "teams": [{"customer_id": "d"}]}, 0, []),
    ("namedBy", TEAMS, [], 0, []),
    ("namedBy", {"budget": {"as": "team_id"}}, {"id": "c", "budget": {"team_id": "d"}}, 1, [("budget", "team_id")]),
    ("heldWithout", {"budget": OWNERS}, {"budget": {"team_id": "", "customer_id": None}}, 2, []),
    ("heldWithout", {"budget": OWNERS}, {"budget": {"team_id": "t"}}, 2, [("budget", "team_id")]),
    ("heldWithout", {"budget": OWNERS}, {"budget": "t"}, 0, []),
    ("heldWithout", {"budget": OWNERS}, 5, 0, []),
    ("atMostOneOf", OWNERS, {"team_id": "t", "customer_id": ""}, 1, []),
    ("atMostOneOf", OWNERS, {}, 1, []),
    ("atMostOneOf", OWNERS, {"team_id": "t", "customer_id": "c"}, 1, [()]),
    ("atMostOneOf", OWNERS, OWNERS, 0, []),
    ("notBefore", TIMES, {"updated_at": EARLY, "created_at": EARLY}, 1, []),
    ("notBefore", TIMES, {"updated_at": EARLY, "created_at": LATE}, 1, [("updated_at",)]),
    ("notBefore", TIMES, {"updated_at": NEVER, "created_at": LATE}, 0, []),
    ("notBefore", TIMES, {"updated_at": EARLY, "created_at": NEVER}, 0, []),
    ("notBefore", TIMES, {"updated_at": "soon", "created_at": LATE}, 0, []),
    ("notBefore", TIMES, [], 0, []),
    ("subsetOf", {"some": "all"}, {"some": ["a"], "all": ["a", "b"]}, 1, []),
    ("subsetOf", {"some": "all"}, {"some": ["a", "z", 5, "*"], "all": ["a"]}, 2, [("some", 1)]),
    ("subsetOf", {"some": "all"}, {"some": ["z"], "all": ["*"]}, 1, []),
    ("subsetOf", {"some": "all"}, {"some": ["*"], "all": ["a"]}, 1, []),
    ("subsetOf", {"some": "all"}, {"some": ["z"]}, 0, []),
    ("subsetOf", {"some": "all"}, "z", 0, []),
    ("selection", True, ["a", "b"], 1, []),
    ("selection", True, ["*"], 1, []),
    ("selection", True, ["*", "a"], 2, [(0,)]),
    ("selection", True, ["a", "A", 5, 5], 2, [(1,)]),
    ("selection", True, [], 0, []),
    ("selection", True, "a", 0, []),
    ("selection", False, ["a", "a"], 0, []),
    ("masked", "secret", "", 1, []),
    ("masked", "secret", "sk-1****abcd", 1, []),
    ("masked", "secret", "hunter2hunter2", 1, [()]),
    ("masked", "secret", None, 0, []),
    ("masked", "pem", "[REDACTED]", 1, []),
    ("masked", "pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", 1, [()]),
]


@pytest.mark.parametrize("name, value, instance, cases, broken", CASES)
def test_a_keyword_finds_every_breach_and_counts_what_it_looked_at(
    name: str, value: Any, instance: Any, cases: int, broken: list[tuple[str | int, ...]]
) -> None:
    spec = KEYWORDS[name]
    assert [breach.path for breach in spec.breaches(value, instance)] == broken
    assert spec.applies(value, instance) == cases


def test_every_keyword_has_cases_that_hold_break_and_do_not_apply() -> None:
    for name in KEYWORDS:
        mine = [(cases, broken) for keyword, _, _, cases, broken in CASES if keyword == name]
        assert any(cases and not broken for cases, broken in mine), name
        assert any(broken for _, broken in mine), name
        assert any(not cases for cases, _ in mine), name


@pytest.mark.parametrize("name,value,instance,cases,broken", CASES)
def test_both_validators_find_what_a_keyword_finds(
    name: str, value: Any, instance: Any, cases: int, broken: list[tuple[str | int, ...]]
) -> None:
    del cases
    import jsonschema_rs

    fast = jsonschema_rs.Draft202012Validator({name: value}, keywords={name: fast_keyword(KEYWORDS[name])})
    assert fast.is_valid(instance) == (not broken)
    explained = explaining_validator()({name: value}).iter_errors(instance)
    assert [tuple(error.absolute_path) for error in explained] == broken


def test_a_member_holds_an_object_or_a_list_of_them() -> None:
    held = {"keys": [{"id": "a"}, "x", {"id": "b"}], "budget": {"id": "c"}, "name": "d"}
    assert list(children(held, "keys")) == [(("keys", 0), {"id": "a"}), (("keys", 2), {"id": "b"})]
    assert list(children(held, "budget")) == [(("budget",), {"id": "c"})]
    assert list(children(held, "name")) == list(children(held, "other")) == []


def test_a_boolean_is_no_number_and_a_whole_float_is_an_integer() -> None:
    assert not is_number(True)
    assert is_integer(4.0)
    assert not is_integer(4.5)
    values: list[Any] = ["a", "", 1, 0, None, True, []]
    assert [value for value in values if identifies(value) and value is not True] == ["a", 1, 0]
    assert [value for value in values if names(value)] == ["a", 1]
    assert not identifies(True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31t12:00:00.123456789z",
        "2026-01-31T12:00:00+05:30",
        "2026-01-31T12:00:00-00:00",
        "2024-02-29T23:59:59Z",
        "2016-12-31T23:59:60Z",
        "2017-01-01T00:59:60.25+01:00",
        "2016-12-31T15:59:60-08:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:59:60+01:00",
        "9999-12-31T23:30:00-01:00",
    ],
)
def test_a_date_time_of_rfc_3339_is_one(text: str) -> None:
    assert read_time(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00Z\n",
        " 2026-01-31T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:61Z",
        "2026-01-31T12:00:60Z",
        "2017-01-01T00:59:60Z",
        "9999-12-31T23:59:60-01:00",
        "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00+00:60",
        "2026-01-31T12:00:00+0100",
        "\uff12026-01-31T12:00:00Z",
        "20260131T120000Z",
    ],
)
def test_what_rfc_3339_does_not_write_is_no_date_time(text: str) -> None:
    assert read_time(text) is None
    assert not FORMATS["date-time"](text)


def test_the_leap_day_of_year_zero_is_a_date_time() -> None:
    assert read_time("0000-02-29T00:00:00Z") is not None


def test_times_are_compared_in_utc_with_all_their_digits() -> None:
    def time(text: str) -> Any:
        found = read_time(text)
        assert found is not None
        return found

    assert time("2026-01-31T12:00:00+01:00") == time("2026-01-31T11:00:00Z")
    assert time("2026-01-31T12:00:00.5Z") == time("2026-01-31T12:00:00.500Z")
    assert time("2026-01-31T12:00:00.123456788Z") < time("2026-01-31T12:00:00.123456789Z")
    assert time("2016-12-31T23:59:60Z") == time("2017-01-01T00:00:00Z")
    assert time("0000-06-01T00:00:00Z").is_zero
    assert time("0001-01-01T00:00:00Z").is_zero
    assert not time(EARLY).is_zero


@pytest.mark.parametrize(
    "text",
    [
        "30s",
        "5m",
        "1h",
        "1d",
        "1w",
        "1M",
        "1Y",
        "12M",
        "1h30m",
        "1.5h",
        "2562047h",
        "0.000000001s",
        ".5us1ns",
        "00000000000000000000001h",
        "500ms",
        ".5s",
        "1.s",
        "+5m",
        "1µs",
        "1μs",
        "100ns",
        "0h1m",
        "007d",
    ],
)
def test_a_positive_duration_is_one(text: str) -> None:
    assert is_reset_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1",
        "0s",
        "0d",
        "0.0h",
        "0.1ns",
        "0.0000000001s",
        "2562048h",
        "99999999999999999999ns",
        "-1h",
        "d",
        "1.5d",
        "1d2h",
        "1h1d",
        " 1h",
        "1h ",
        "1h\n",
        "٣d",
        "1x",
        "1e3s",
        "1 h",
        "1D",
        "1hour",
        ".",
    ],
)
def test_what_is_no_positive_duration_is_refused(text: str) -> None:
    assert not is_reset_duration(text)


def test_formats_leave_values_that_are_no_strings_to_the_plain_schemas() -> None:
    checker = format_checker()
    for name, holds in FORMATS.items():
        assert holds(5)
        assert holds(None)
        assert checker.conforms(7, name)
        assert not checker.conforms("env.", name)


@pytest.mark.parametrize(
    "value, text",
    [
        ({"a": 1}, "an object"),
        ([1], "a list"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (1.5, "1.5"),
        ("a", '"a"'),
        ("b" * 100, f'"{"b" * 80}…"'),
        (10**90, "1" + "0" * 79 + "…"),
    ],
)
def test_a_value_is_shown_short(value: object, text: str) -> None:
    assert shown(value) == text
