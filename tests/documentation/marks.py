"""What GitHub makes of Markdown: names of anchors, and links in one text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

#: Attributes of HTML that name another file.
_OF_HTML = re.compile(r"""\b(?:href|src|srcset)\s*=\s*["']([^"']*)["']""")
_ID_OF_HTML = re.compile(r"""\b(?:id|name)\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Markdown: where its links lead, as they are written, and which anchors it has."""

    links: tuple[str, ...]
    anchors: frozenset[str]


def read(text: str) -> Page:
    """Read a page as GitHub does, tables and HTML included."""
    tokens = list(_flat(MarkdownIt("commonmark").enable("table").parse(text)))
    return Page(tuple(_links(tokens)), frozenset(_anchors(tokens)))


def slug(heading: str) -> str:
    """The anchor of a heading that no earlier one of its page is like: ``CUST-REL-001 Reports …``."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def cell(text: str) -> str:
    """A text that may stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a table; the cells are Markdown."""
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _links(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"link_open", "image"}:
            yield str(token.attrs["href" if token.type == "link_open" else "src"])
        elif token.type in {"html_block", "html_inline"}:
            yield from _OF_HTML.findall(token.content)


def _anchors(tokens: list[Token]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, token in enumerate(tokens):
        if token.type in {"html_block", "html_inline"}:
            yield from _ID_OF_HTML.findall(token.content)
        if token.type != "heading_open":
            continue
        parts = tokens[number + 1].children or []
        name = slug("".join(part.content for part in parts if part.type in {"text", "code_inline"}))
        yield f"{name}-{seen[name]}" if name in seen else name
        seen[name] = seen.get(name, 0) + 1
