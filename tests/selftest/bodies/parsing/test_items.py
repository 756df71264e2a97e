"""A list read item by item: as strictly as any body, window by window."""

from __future__ import annotations

import json
from typing import Any

import pytest

from customers_conformance.bodies.parsing import bounds, items, reading
from customers_conformance.bodies.parsing.items import Stream, value_of
from customers_conformance.bodies.parsing.reading import read

SOUND = [
    b"{}",
    b'{"customers":[]}',
    b' {"customers" : [ ] , "count" : 0 } ',
    b'{"count":2,"customers":[{"id":"a"},{"id":"b","teams":[{"id":1.50,"n":-0.0}]}],"zz":{"a":[null,true]}}',
    b'{"customers":[1,12,"x",null,[2],{"a":{}}],"count":6}',
    '{"customers":[{"id":"\u00e9\U0001f600"},{"id":"\u20ac"}],"x":"\u00fc"}'.encode(),
    b'{"customers":[{"id":"\\ud83d\\ude00"},{"id":"\\ud800","\\udfff":1}]}',
    b'{"customers":[{"a":1e999,"b":[-1e400]},{"a":1,"a":{"b":2,"b":3}}],"x":1e999,"x":{"y":1,"y":2},"x":{"y":1,"y":2}}',
    b'{"customers":{"a":1}}',
    b'{"customers":null,"a":1e999}',
    b'{"customers":[1],"customers":[2,{"a":1,"a":2}]}',
    b'{"customers":[{"a":1e999}],"count":1,"\\u0063ustomers":[3,4]}',
    b'{"customers":[1],"customers":5}',
    b"[1,2]",
    b'"text"',
    b"5",
]
UNSOUND = [
    b"",
    b" ",
    b"\xef\xbb\xbf{}",
    b'{"customers":["\xff"]}',
    b"{",
    b"{5:1}",
    b"{,}",
    b'{"a"}',
    b'{"a" 1}',
    b'{"a":}',
    b'{"a":1,}',
    b'{"a":1 , }',
    b'{"a":1 "b":2}',
    b'{"customers":',
    b'{"customers":[',
    b'{"customers":[1',
    b'{"customers":[1,',
    b'{"customers":[1, ]}',
    b'{"customers":[,1]}',
    b'{"customers":[1 2]}',
    b'{"customers":[{"id":"a"},{"id":"b"]}',
    b'{"customers":[{"id":"a}]}',
    b'{"customers":[{"id":"\\x"}]}',
    b'{"customers":[{"id":"a\nb"}]}',
    b'{"customers":[NaN]}',
    b'{"customers":[{"a":-Infinity}]}',
    b'{"customers":[tru]}',
    b'{"customers":[01]}',
    b'{"customers":[]} x',
    b'{"customers":[]}{}',
    b'{"customers":[]\x00}',
    '{"customers":["\u20ac\U0001f600", x]}'.encode(),
]


def streamed(content: bytes) -> tuple[Any, reading.Reading]:
    """The value that items and top make together, and what reading gave."""
    stream = Stream(content)
    found: list[Any] = []
    for item in stream:
        if item is None:
            found = []
        else:
            assert value_of(content[item.start : item.end]) == item.value
            found.append(item.value)
    value = stream.reading.value
    if stream.reading.is_json and isinstance(value, dict) and value.get("customers") == []:
        value = {**value, "customers": found}
    return value, stream.reading


@pytest.mark.parametrize("window", [4, 5, 7, 11, 1024])
@pytest.mark.parametrize("content", [*SOUND, *UNSOUND])
def test_a_body_read_by_items_is_read_as_any_other(
    content: bytes, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "_WINDOW", window)
    monkeypatch.setattr(reading, "_PIECE", max(window, 4))
    whole = read(content)
    value, found = streamed(content)
    assert (found.defect, found.beyond) == (whole.defect, whole.beyond)
    assert (found.repeated, found.repeated_total) == (whole.repeated, whole.repeated_total)
    assert (list(found.numbers.items()), found.surrogates) == (list(whole.numbers.items()), whole.surrogates)
    assert value == whole.value or not whole.is_json


@pytest.mark.parametrize(
    "content",
    [
        b'{"customers":[' + b"[" * 499 + b"]" * 499 + b"]}",
        b'{"customers":[{"a":' + b"[" * 100_000,
        b'{"x":' + b'{"a":' * 500 + b"1" + b"}" * 501,
        b'{"customers":[1,' + b"[" * 600 + b"]" * 600 + b" x",
    ],
)
def test_what_is_nested_too_deep_is_told_as_of_any_body(content: bytes) -> None:
    assert streamed(content)[1].beyond == read(content).beyond is not None


def test_items_are_judged_to_the_same_depth() -> None:
    assert streamed(b'{"customers":[' + b"[" * 498 + b"]" * 498 + b"]}")[1].is_json


def test_members_of_the_top_are_judged_to_the_same_depth_and_the_body_looked_through_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []

    def looks(content: bytes) -> bounds.Structure:
        looked.append(len(content))
        return bounds.structure(content)

    monkeypatch.setattr(items, "structure", looks)
    member = b"[" + b"[]," * 5 + b"[" * 498 + b"]" * 499
    content = b"{" + b",".join(b'"%d":%b' % (number, member) for number in range(20)) + b"}"
    assert streamed(content)[1].is_json
    assert looked == [len(member)] * 20


def test_names_of_the_members_of_the_top_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "_WINDOW", 64)
    monkeypatch.setattr(bounds, "TOKENS", 0)
    monkeypatch.setattr(bounds, "MAX_WEIGHT", 20 * 1000)
    content = b"{" + b",".join(b'"%d%b":1' % (number, b"n" * 1000) for number in range(20)) + b"}"
    assert streamed(content)[1].beyond == bounds.TOO_HEAVY


def test_what_is_read_at_one_time_is_weighed_and_not_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "_WINDOW", 100)
    item = b'{"id":"a","name":"' + b"b" * 60 + b'"}'
    long = b'{"customers":[' + b",".join([item] * 200) + b"]}"
    monkeypatch.setattr(bounds, "TOKENS", 0)
    monkeypatch.setattr(bounds, "MAX_WEIGHT", 200 * 250)
    assert bounds.weight(long) > 200 * 250
    assert streamed(long)[1].is_json
    one = b'{"customers":[[' + b",".join([b"[]"] * 1000) + b"]]}"
    assert streamed(one)[1].beyond == bounds.TOO_HEAVY
    assert streamed(b'{"x":[' + b",".join([b"[]"] * 1000) + b"]}")[1].beyond == bounds.TOO_HEAVY


def test_numbers_beyond_every_double_are_counted_over_all_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_NOTED", 2)
    for content in (b'{"customers":[1e999,1e999,1e999]}', b'{"customers":[1e999,1e999],"x":1e999}'):
        assert streamed(content)[1].beyond == read(content).beyond is not None
    twice = b'{"customers":[{"a":1,"a":1},{"a":1,"a":1},{"a":1,"a":1}],"b":1,"b":1}'
    assert streamed(twice)[1].repeated == read(twice).repeated
    assert streamed(twice)[1].repeated_total == 4


def test_an_item_that_is_longer_than_a_window_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "_WINDOW", 16)
    value = {"customers": [{"id": "\u20ac" * n, "n": 10**n} for n in (1, 100, 3, 40)], "count": 4}
    for content in (json.dumps(value).encode(), json.dumps(value, ensure_ascii=False, indent=3).encode()):
        assert streamed(content)[0] == value
