"""Strict reading of JSON."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from customers_conformance.bodies.parsing import bounds, reading
from customers_conformance.bodies.parsing.bounds import MAX_DEPTH
from customers_conformance.bodies.parsing.numbers import INT64
from customers_conformance.bodies.parsing.reading import read


@pytest.mark.parametrize(
    "content, value",
    [
        (b"{}", {}),
        (b" \t\r\n[1, 2.5, null] \n", [1, 2.5, None]),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        ('{"é": "ü"}'.encode(), {"é": "ü"}),
        (b"true", True),
        (b"-0", 0),
    ],
)
def test_json_is_read(content: bytes, value: object) -> None:
    found = read(content)
    assert found.is_json
    assert found.value == value
    assert not found.surrogates


@pytest.mark.parametrize(
    "content, defect",
    [
        (b"", "an empty body"),
        (b" \n\t", "white space alone"),
        (b"\xef\xbb\xbf{}", "a byte order mark before the value"),
        ("{}".encode("utf-16"), "a byte order mark of UTF-16 before the value"),
        (b'{"a": "\xff"}', "bytes that are no UTF-8, at offset 7"),
        (b'"\xed\xa0\x80"', "bytes that are no UTF-8, at offset 1"),
        (b"{} {}", "no JSON: something after the value at offset 3"),
        (b"{}\x00", "no JSON: something after the value at offset 2"),
        (b"\x0b{}", "no JSON: expecting value at offset 0"),
        (b'{"a": 1,}', "no JSON: "),
        (b"{'a': 1}", "no JSON: expecting property name"),
        (b'{"a": 01}', "no JSON: expecting ',' delimiter"),
        (b'"a\nb"', "no JSON: invalid control character"),
        (b"[NaN]", "NaN, which is no JSON"),
        (b"[Infinity]", "Infinity, which is no JSON"),
        (b"[-Infinity]", "-Infinity, which is no JSON"),
        (b"<html></html>", "no JSON: expecting value at offset 0"),
        (b'{"a": [1', "no JSON: "),
    ],
)
def test_what_is_no_json_is_said_in_words(content: bytes, defect: str) -> None:
    found = read(content)
    assert not found.is_json
    assert found.defect is not None
    assert found.defect.startswith(defect)


def test_members_that_stand_twice_are_named_with_the_place_and_the_last_one_counts() -> None:
    found = read(b'{"a": [{"b": 1, "b": 2, "b": {"c": 1, "c": 3}, "d": 4}]}')
    assert found.value == {"a": [{"b": {"c": 3}, "d": 4}]}
    assert set(found.repeated) == {("/a/0", "b"), ("/a/0/b", "c")}


def test_a_number_that_nothing_holds_is_noted_and_replaced() -> None:
    found = read(b'{"a": 1e400, "b": [-1e400, ' + b"9" * 400 + b"], " + b'"c": -' + b"9" * 400 + b', "d": 1.5}')
    assert found.value == {"a": INT64[-1], "b": [INT64[0], INT64[-1]], "c": INT64[0], "d": 1.5}
    assert found.numbers["/a"] == "1e400"
    assert found.numbers["/b/1"] == "9" * 40 + "… (400 digits)"
    assert set(found.numbers) == {"/a", "/b/0", "/b/1", "/c"}


def test_a_number_alone_may_be_too_large() -> None:
    assert read(b"1e999").numbers == {"": "1e999"}


def test_a_large_integer_that_python_holds_is_kept() -> None:
    assert read(b"[18446744073709551616]").value == [2**64]


def test_a_lone_surrogate_is_replaced_in_names_and_values_and_noted() -> None:
    found = read(b'{"\\ud800": ["\\udfff", "\\\\ud800", 1, true], "k": {"\\uDc00": null}}')
    assert found.is_json
    assert found.value == {"\ufffd": ["\ufffd", "\\ud800", 1, True], "k": {"\ufffd": None}}
    assert found.surrogates
    json.dumps(found.value, ensure_ascii=False).encode()


def test_a_pair_of_surrogates_is_no_lone_one() -> None:
    assert not read(b'["\\ud83d\\ude00"]').surrogates


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
def test_values_are_judged_to_a_depth_and_no_deeper(opening: bytes, closing: bytes) -> None:
    assert read(opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH).is_json
    beyond = read(opening * (MAX_DEPTH + 1) + b"1" + closing * (MAX_DEPTH + 1))
    assert beyond.beyond == "the body is nested 501 levels deep; 500 are judged"
    assert not beyond.is_json


def test_brackets_within_strings_and_beside_each_other_are_no_depth() -> None:
    assert read(b'["' + b"[" * 600 + b'\\"' + b"{" * 600 + b'"]').is_json
    assert read(b"[" + b"[]," * 600 + b"1]").is_json


def test_brackets_that_never_close_do_no_harm() -> None:
    assert read(b"[" * 100_000).beyond is not None
    assert read(b"]" * 100_000).defect is not None
    assert read(b"]" * 600 + b"[" * 600).defect is not None


def test_a_parser_that_runs_out_of_stack_leaves_the_body_unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shallow:
        def decode(self, _text: str) -> object:
            raise RecursionError

    monkeypatch.setattr(reading, "Decoding", Shallow)
    assert read(b"[]").beyond == "the body is nested deeper than the 500 levels that are judged"


def test_what_a_value_weighs_is_bounded_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    ten = b"[" + b"1," * 9 + b"1]"
    monkeypatch.setattr(bounds, "MAX_WEIGHT", bounds.weight(ten) - 100)
    monkeypatch.setattr(bounds, "TOKENS", 100)
    assert read(ten).is_json
    assert read(b"[" + ten + b"]").beyond == bounds.TOO_HEAVY


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b",".join([b"{}"] * 5000) + b"]",
        b"[" + b",".join(b'{"id":"a%d"}' % number for number in range(5000)) + b"]",
        b"{" + b",".join(b'"a%d":"b%d"' % (number, number) for number in range(5000)) + b"}",
        b"[" + b",".join(b'"%06d"' % number for number in range(5000)) + b"]",
        b'["' + b"x" * 100_000 + b'"]',
        '["\U0001f600'.encode() + b"x" * 100_000 + b'"]',
        '["\u20ac'.encode() + b"x" * 100_000 + b'"]',
        b'["\\ud83d\\ude00' + b"x" * 100_000 + b'"]',
        b'["\\u20ac' + b"x" * 100_000 + b'"]',
        "[{}]".format(",".join(f'"\u20ac{number:05}"' for number in range(5000))).encode(),
    ],
)
def test_a_value_weighs_no_less_than_it_takes(body: bytes) -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        value = json.loads(body)
        took = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert value
    assert took <= bounds.weight(body)


def test_a_member_that_stands_twice_is_found_however_deep() -> None:
    found = read(b'{"a": [{"b": 1, "c": {"d": 1, "d": 2, "d": 3, "e:": "\\":", "f": 1, "f": 2}}]}')
    assert found.repeated == (("/a/0/c", "d"), ("/a/0/c", "f"))
    assert found.repeated_total == 2


def test_brackets_and_colons_are_counted_across_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"a\\": ['\\"[{:', {"b": {"c:": []}}], "d": "\\\\"}).encode()
    whole = bounds.structure(body)
    assert whole == (5, 4)
    for window in range(1, len(body)):
        monkeypatch.setattr(bounds, "_WINDOW", window)
        assert bounds.structure(body) == whole


def test_numbers_beyond_every_double_are_noted_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_NOTED", 2)
    assert len(read(b"[1e999, 1e999]").numbers) == 2
    assert read(b"[1e999, 1e999, 1e999]").beyond is not None
    twice = read(b'[{"a": 1, "a": 2}, {"a": 1, "a": 2, "b": 1, "b": 2}]')
    assert (len(twice.repeated), twice.repeated_total) == (2, 3)


@pytest.mark.parametrize(
    "digits, finite",
    [
        ("-1" + "0" * 308, True),
        ("1" + "0" * 308, True),
        ("9" * 309, False),
        ("-" + "9" * 309, False),
    ],
)
def test_an_integer_is_beyond_where_no_double_is_as_large(digits: str, *, finite: bool) -> None:
    assert (read(f"[{digits}]".encode()).numbers == {}) is finite


@pytest.mark.parametrize("closed", [b"[]", b"{}", b'{"a":{}}', b"[[[]]]"])
def test_what_was_closed_before_makes_nothing_less_deep(closed: bytes) -> None:
    beside = (closed + b",") * 100
    within, beyond = (b"[" * depth + b"]" * depth for depth in (MAX_DEPTH - 1, MAX_DEPTH))
    assert read(b"[" + beside + within + b"]").is_json
    assert read(b"[" + beside + beyond + b"]").beyond == "the body is nested 501 levels deep; 500 are judged"
