"""The generated pages of ``docs``: what they are, which differ from those that are there, and their files."""

from __future__ import annotations

from pathlib import Path

from tests.documentation import kill_matrix, options, requirements

DOCS = Path(__file__).parents[2] / "docs"


def made() -> dict[str, str]:
    """Every generated page by its path in ``docs``, with one line end at its end."""
    every = requirements.pages() | kill_matrix.pages() | options.pages()
    return {path: f"{text.rstrip()}\n" for path, text in every.items()}


def stale() -> list[str]:
    """The paths of generated pages that are missing, differ from what they are made of, or belong to none any more."""
    fresh = made()
    there = {
        path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
        for path in (*(DOCS / requirements.FOLDER).glob("*.md"), DOCS / kill_matrix.PAGE, DOCS / options.PAGE)
        if path.is_file()
    }
    return sorted(path for path in fresh.keys() | there.keys() if fresh.get(path) != there.get(path))


def write() -> list[str]:
    """Write the pages that are stale, remove those that belong to none, and return their paths."""
    fresh, paths = made(), stale()
    for path in paths:
        file = DOCS / path
        if path in fresh:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(fresh[path], encoding="utf-8")
        else:
            file.unlink()
    return paths
