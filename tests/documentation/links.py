"""Whether every link of the documentation leads somewhere: to a file, a line or a heading of the repository."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.documentation import marks

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

_LINE = re.compile(r"L(\d+)(?:-L(\d+))?")


def pages() -> list[Path]:
    """The pages whose links are held."""
    roots = (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"))
    return [*roots, *sorted((ROOT / "docs").rglob("*.md"))]


def broken(page: Path) -> Iterator[str]:
    """What is wrong with the links of a page, a sentence each; an address elsewhere is held to its form alone."""
    for link in _read(page).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if not (parts.scheme == "https" and "." in (parts.hostname or "") and " " not in link):
                yield f"{page.name}: {link} is no address; allowed is one with https://"
        else:
            yield from _broken_here(page, link, unquote(parts.path), unquote(parts.fragment))


def _broken_here(page: Path, link: str, path: str, fragment: str) -> Iterator[str]:
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT) or not _is_there(target):
        yield f"{page.name}: {link} leads to no file of the repository"
    elif fragment and target.suffix == ".md":
        if fragment not in _read(target).anchors:
            yield f"{page.name}: {link} leads to no heading"
    elif fragment and not _is_line(target, fragment):
        yield f"{page.name}: {link} leads to no line"


def _is_there(target: Path) -> bool:
    """Whether a file or folder is there under this very name: not every file system tells upper from lower case."""
    return target == ROOT or (target.parent.is_dir() and target.name in {one.name for one in target.parent.iterdir()})


def _is_line(target: Path, fragment: str) -> bool:
    found = _LINE.fullmatch(fragment)
    lines = len(target.read_text(encoding="utf-8").splitlines()) if target.is_file() else 0
    return found is not None and all(1 <= int(number) <= lines for number in found.groups() if number)


@cache
def _read(page: Path) -> marks.Page:
    return marks.read(page.read_text(encoding="utf-8"))
