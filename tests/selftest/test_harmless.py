"""Text of a target, made harmless."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

import pytest

from customers_conformance.harmless import (
    ELLIPSIS,
    is_harmless,
    json_without_commands,
    lines,
    one_line,
    without_surrogates,
)


@pytest.mark.parametrize(
    "text,shown",
    [
        ("plain, ünïcödé, 日本, 🎉", "plain, ünïcödé, 日本, 🎉"),
        ("\x1b[31m\x07\x00\x7f", r"\x1b[31m\x07\x00\x7f"),
        ("\x9b\x85", r"\x9b\x85"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202eevil\u2066\u200b\ufeff", r"\u202eevil\u2066\u200b\ufeff"),
        ("\u2028\u2029\u00a0\u3164\u034f\ufe0f", r"\u2028\u2029\xa0\u3164\u034f\ufe0f"),
        ("\U000e0041\U000e0100\uffff\ufdd0", r"\U000e0041\U000e0100\uffff\ufdd0"),
        ("\ud800", r"\ud800"),
        ("::set-output name=x::y", r"\x3a:set-output name=x::y"),
        ("##[group]x ##vso[y] ## heading", r"#\x23[group]x #\x23vso[y] ## heading"),
        ("###[x]", r"##\x23[x]"),
    ],
)
def test_what_hides_turns_or_commands_is_written_as_an_escape(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert is_harmless(text) == (text == shown)


def test_no_character_whatever_brings_a_control_or_a_format_character_back() -> None:
    for code in (*range(0x20000), *range(0xE0000, 0xE0200), sys.maxunicode):
        shown = one_line(chr(code), 10)
        assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in shown)


def test_a_long_text_is_cut_at_the_limit_and_never_amid_an_escape() -> None:
    assert one_line("a" * 10, 10) == "a" * 10
    assert one_line("a" * 11, 10) == "a" * 9 + ELLIPSIS
    assert one_line("\x1b" * 10, 10) == r"\x1b\x1b" + ELLIPSIS
    assert one_line("abcdef\x1b", 9) == "abcdef" + ELLIPSIS
    assert len(one_line("\u202e" * 10_000_000, 50)) <= 50


def test_lines_keep_their_ends_and_nothing_else() -> None:
    assert lines("a\r\nb\n\rc\x1b") == "a\nb\n\\rc\\x1b"


def test_json_means_the_same_without_the_commands_of_a_ci() -> None:
    value = {"##[group]": "a ##vso[task.setvariable] ##teamcity[x] # ## ### \\##[y]", "n": [1, "##"]}
    shown = json_without_commands(json.dumps(value))
    assert json.loads(shown) == value
    assert not re.search(r"##[a-z]*\[", shown)


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert without_surrogates("a\ud800b\udfff🎉") == "a\ufffdb\ufffd🎉"
