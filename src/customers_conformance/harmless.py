"""Text from the target, made harmless to whoever reads it: nothing invisible, no controls, no commands."""

from __future__ import annotations

import re
import unicodedata

#: How many characters of a text are shown unless told.
LIMIT = 400

ELLIPSIS = "…"

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

#: Categories that show nothing, move the cursor or turn the line around: controls (C0, C1), format controls (the
#: bidirectional ones, zero-width ones, tags), surrogates, private use, and line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

#: Default-ignorable or blank characters that Unicode files under letters, marks and symbols.
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))

#: What a CI log may obey: `::command` opens a line for GitHub, `##[…]`, `##vso[…]` and `##teamcity[…]` anywhere.
_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")

_SURROGATE = re.compile("[\ud800-\udfff]")


def one_line(text: str, limit: int = LIMIT) -> str:
    r"""The text on one line, of ``limit`` characters at most (an ellipsis stands for the rest).

    Controls, line ends, bidirectional and other invisible characters and lone surrogates are written as ``\x1b``,
    ``\u202e`` or ``\U000e0041``, and what a CI log would take for a command is broken up.
    """
    return _shown(text, limit, "")


def lines(text: str, limit: int = LIMIT) -> str:
    """As ``one_line``, but line feeds stay, so that the text may stand in a block of its own."""
    return _shown(text.replace("\r\n", "\n"), limit, "\n")


def without_surrogates(text: str) -> str:
    """The text with every lone surrogate as U+FFFD, so that every encoding of Unicode can write it."""
    return _SURROGATE.sub("\ufffd", text)


def json_without_commands(text: str) -> str:
    r"""The text of JSON with the same value, in which a CI log finds no command: a ``#`` of it is ``\u0023``."""
    return _COMMAND.sub(r"#\\u0023", text)


def is_harmless(text: str) -> bool:
    """Whether the text shows as it is: on one line, with nothing hidden in it."""
    return one_line(text, len(text) + 1) == text


def _shown(text: str, limit: int, kept: str) -> str:
    if len(text) <= limit and text.isascii() and text.isprintable() and "::" not in text and "##" not in text:
        return text
    # Cut first: a command is broken up, and a character escaped, in no more than what is shown.
    head = _COMMAND.sub(r"#\\x23", text[: limit + 1])
    if re.match(r"\s*::", head):
        head = head.replace("::", r"\x3a:", 1)
    parts = [char if char in kept else _escaped(char) for char in head]
    if sum(map(len, parts)) <= limit:
        return "".join(parts)
    room = limit - len(ELLIPSIS)
    shown: list[str] = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        shown.append(part)
    return "".join(shown) + ELLIPSIS


def _escaped(char: str) -> str:
    if " " <= char <= "~":
        return char
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    category = unicodedata.category(char)
    hidden = (
        category in _HIDDEN_CATEGORIES
        or category == "Zs"
        or char in _HIDDEN
        or any(code in selectors for selectors in _VARIATION_SELECTORS)
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )
    if not hidden:
        return char
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
