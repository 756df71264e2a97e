"""Known texts are found in any bytes, however many are looked for."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers_conformance.redaction import search as needles
from customers_conformance.redaction.escapes import aligned


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


def numbered(count: int) -> dict[str, str]:
    """So many secrets that begin alike, each with a token of its own."""
    return {f"s3cret-value-{number:05}": f"<{number}>" for number in range(count)}


@pytest.mark.parametrize("count", [1, 150, 1500])
@pytest.mark.parametrize("form", ["{}", "xx{}xx", "{}{}", "=%73{}"])
def test_a_needle_is_found_as_a_part_of_a_word_however_many_there_are(count: int, form: str) -> None:
    table = numbered(count)
    secret, token = f"s3cret-value-{count - 1:05}", f"<{count - 1}>"

    struck = needles.Needles(table).strike(form.replace("{}", secret).encode())

    assert struck.decode() == form.replace("{}", token)


@pytest.mark.parametrize("count", [1, 1500])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_needle_is_found_in_utf_16_under_escapes_however_many_there_are(count: int, codec: str) -> None:
    wide = "".join(f"\\u{byte:04x}" for byte in f"s3cret-value-{count - 1:05}".encode(codec))

    struck = needles.Needles(numbered(count)).strike(f"x{wide}x".encode())

    assert f"<{count - 1}>".encode() in struck


def test_needles_that_overlap_go_together_as_the_longest_of_them() -> None:
    table = {"abcdefgh": "<1>", "efghijklmn": "<2>", "abcd": "<3>", "lmnopqrs": "<4>"}
    found = needles.Needles(table)

    assert found.strike(b"-abcdefghijklmnopqrs-abcd-") == b"-<2>-<3>-"
    assert found.strike(b"abcdefghabcdefgh") == b"<1><1>"


def test_a_needle_that_overlaps_itself_leaves_nothing() -> None:
    assert needles.Needles({"abababab": "<1>"}).strike(b"-" + b"ab" * 7 + b"a-") == b"-<1>a-"


def test_a_needle_is_found_across_the_pieces_that_are_worked_on() -> None:
    found = needles.Needles({"s3cret-value": "<1>", "s3cret-" + "long" * 40_000: "<2>"})
    for before in (64 * 1024, 1024 * 1024):
        for shift in (1, 6, 11):
            data = b"." * (before - shift) + b"s3cret-value." + b"\\u00733cret-value"
            assert found.strike(data) == b"." * (before - shift) + b"<1>.<1>"
    assert found.strike(b"s3cret-" + b"long" * 40_000) == b"<2>"


def test_data_without_a_needle_is_given_back_as_it_is() -> None:
    data = b"nothing of \\u0041 interest % &amp; here"

    assert needles.Needles(numbered(3)).strike(data) is data
    assert needles.Needles({"": "<1>"}).strike(data) is data


def test_anchors_are_found_across_the_pieces_that_are_worked_on_each_once() -> None:
    anchors = needles.Anchors([b"s3cret", b"::"])
    for shift in range(9):
        data = b"." * (64 * 1024 - shift) + b"s3cret::"
        assert list(anchors.places(data)) == [data.index(b"s3cret"), data.index(b"::")]
        assert anchors.in_it(data) == {b"s3cret", b"::"}
    colons = b":" * 200_001
    assert list(anchors.places(colons)) == list(range(0, 200_000, 2))
    assert anchors.in_it(colons) == {b"::"}
    assert not anchors.stand_in(b"s3cre" + b"." * 70_000 + b":")


def test_spans_are_replaced_in_order_and_nothing_is_copied_where_there_is_none() -> None:
    data = b"one two three"
    assert needles.spliced(data, iter(())) is data
    assert needles.spliced(data, [(0, 3, b"1"), (4, 7, b""), (12, 13, b"E")]) == b"1  threE"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\\n", "\\r\\n"])
def test_a_needle_is_found_where_base64_is_folded_and_not_where_a_word_breaks(line_end: str) -> None:
    found = needles.Needles({"abcdefghijklmnopqrstuvwxyz": "<1>"})
    assert found.strike(f"x=abcdefghijklmnopqrst{line_end}uvwxyz.".encode()) == b"x=<1>."
    broken = f"x=abcdefghij{line_end}klmnopqrstuvwxyz.".encode()
    assert found.strike(broken) == broken


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_longer_needle_that_is_not_there_in_utf_16_hides_no_shorter_one(codec: str) -> None:
    found = needles.Needles({"s3cret-value": "<1>", "s3cret-value0": "<2>", "value-of-more": "<3>"})

    for end in (b"0\1", b"0", b"-\1o\1f\1-\1m\1o\1r\1e\1"):
        struck = found.strike(b"xx" + "s3cret-value".encode(codec) + end)
        assert "s3cret".encode(codec)[1:-1] not in struck
        assert "<1>".encode(codec)[1:-1] in struck or "<2>".encode(codec)[1:-1] in struck


@pytest.mark.parametrize("before", ["", "x", "xy", "-" * 40])
def test_a_needle_in_utf_16_under_escapes_takes_nothing_of_what_is_beside_it_with_it(before: str) -> None:
    found = needles.Needles({"s3cret-value": "<1>"})
    for codec, struck in (("utf-16-le", "<1>\\u0000"), ("utf-16-be", "\\u0000<1>")):
        wide = "".join(f"\\u{byte:04x}" for byte in "s3cret-value".encode(codec))
        assert found.strike(f"{before}{wide}yz".encode()).decode() == f"{before}{struck}yz"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", [b"", b"x", b"xy"])
def test_a_needle_in_utf_16_takes_nothing_of_what_is_beside_it_with_it(codec: str, before: bytes) -> None:
    struck = needles.Needles({"s3cret-value": "<1>"}).strike(before + "s3cret-value".encode(codec) + b"yz")
    assert struck == before + "<1>".encode(codec) + b"yz"


def test_a_needle_is_found_where_html_spells_its_characters() -> None:
    found = needles.Needles({"a>b<c&d'e\"f": "<1>"})
    assert found.strike(b"x a&gt;b&lt;c&amp;d&apos;e&quot;f y") == b"x <1> y"


def test_a_span_is_widened_to_the_escapes_that_it_cuts_and_to_nothing_else() -> None:
    assert aligned(b"\\u0041bc", 3, 8) == (0, 8)
    for end in range(4, 10):
        assert aligned(b"abc\\u0041d", 0, end) == (0, 9)
    assert aligned(b"abc\\u0041d", 0, 3) == (0, 3)
    assert aligned(b"abc\\nd", 4, 6) == (3, 6)
