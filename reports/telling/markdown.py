"""Text made harmless in GitHub-flavoured Markdown: whatever is no plain word stands in a code span.

There Markdown, HTML, links, mentions and references mean nothing.
"""

from __future__ import annotations

import re

from customers_conformance.harmless import LIMIT, one_line

#: A word that no reader of Markdown could take for more: letters, or a short number (of a section, too), with ordinary
#: punctuation about.
_WORD = re.compile(
    r"[(\"'\u201c\u2018]*(?:\d{4}-\d\d-\d\d|[^\W\d_]{1,30}(?:[-'\u2019][^\W\d_]{1,30})*"
    r"|\d{1,3}(?:,\d{3}){1,4}|\d{1,6}(?:\.\d{1,4}){0,2})?[)\"'\u201d\u2019.,;:!?\u2026\u2013\u2014]*"
)
_TICKS = re.compile("`+")

#: What a piece of a sentence is: words as they are, words that are no plain ones, and what stood between backticks.
_TEXT, _ODD, _SPAN = "text", "odd", "span"


def code(text: str, limit: int = LIMIT) -> str:
    """A text as a code span: fenced by more backticks than it holds, on one line."""
    shown = one_line(text, limit)
    if not shown.strip():
        return f"({len(shown)} spaces)" if shown else "(empty)"
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str, limit: int = LIMIT) -> str:
    """A sentence with whatever is no plain word in code spans; spans between backticks stay spans."""
    shown = one_line(text, limit)
    parts = shown.split("`")
    if len(parts) % 2 == 0:
        # An odd backtick opens nothing: it is a character like any other.
        parts = [shown]
    pieces: list[tuple[str, str]] = []
    for number, part in enumerate(parts):
        if number % 2:
            pieces.append((_SPAN, part))
        else:
            pieces.extend(piece for word in re.split("( +)", part) if word for piece in _pieces(word))
    return _joined(pieces)


def code_cell(text: str, limit: int = LIMIT) -> str:
    """A text as a code span in a table: the mark that parts cells is written as an escape."""
    return code(_unparted(text), limit)


def cell(text: str, limit: int = LIMIT) -> str:
    """A sentence in a table: likewise."""
    return prose(_unparted(text), limit)


def _unparted(text: str) -> str:
    return text.replace("|", "\\u007c")


def _pieces(word: str) -> list[tuple[str, str]]:
    """A word as it is where it is plain; else as code, less the punctuation that ends it."""
    if word.isspace() or _WORD.fullmatch(word):
        return [(_TEXT, word)]
    opened = word[: len(word) - len(word.lstrip("(\u201c"))]
    odd = word.removeprefix(opened).rstrip(").,;:\u201d")
    closed = word[len(opened) + len(odd) :]
    return [(kind, piece) for kind, piece in ((_TEXT, opened), (_ODD, odd), (_TEXT, closed)) if piece]


def _joined(pieces: list[tuple[str, str]]) -> str:
    """Pieces put together; code that touches code becomes one span (adjacent fences would merge), as do odd words."""
    spans: list[tuple[str, str]] = []
    for kind, piece in pieces:
        if kind != _TEXT and spans and spans[-1][0] != _TEXT:
            spans[-1] = (kind, spans[-1][1] + piece)
        elif kind == _ODD and len(spans) > 1 and spans[-1][1].isspace() and spans[-2][0] == _ODD:
            spans[-2:] = [(_ODD, spans[-2][1] + spans[-1][1] + piece)]
        else:
            spans.append((kind, piece))
    return "".join(piece if kind == _TEXT else code(piece) for kind, piece in spans).strip()
