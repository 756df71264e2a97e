"""How Hypothesis draws: from tables that were made beforehand, and that are the ones it would make."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal import charmap

from customers_conformance.running.asking import drawing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_is_read_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(charmap, "_charmap", None)
    set_hypothesis_home_dir(tmp_path)
    yield
    set_hypothesis_home_dir(None)


@pytest.mark.skipif(
    unicodedata.unidata_version not in {"14.0.0", "15.0.0", "15.1.0"},
    reason="Hypothesis makes the table of this release of Unicode for itself",
)
def test_the_table_of_characters_is_the_one_that_hypothesis_would_make(monkeypatch: pytest.MonkeyPatch) -> None:
    made = charmap.charmap()
    monkeypatch.setattr(charmap, "_charmap", None)
    with drawing.apart(), monkeypatch.context() as patched:
        # What is read needs no character's category.
        patched.delattr(unicodedata, "category")
        assert charmap.charmap() == made


def test_hypothesis_makes_the_table_of_a_release_of_unicode_that_there_is_none_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = charmap.charmap()
    monkeypatch.setattr(charmap, "_charmap", None)
    monkeypatch.setattr(unicodedata, "unidata_version", "99.0.0")
    with drawing.apart():
        assert charmap.charmap() == made


def test_hypothesis_makes_the_table_where_it_could_not_be_put(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(f"no space left for {len(data)} bytes in {self}")

    monkeypatch.setattr(Path, "write_bytes", full)
    for _ in range(2):
        with drawing.apart():
            assert charmap.charmap()["Co"][0] == (57344, 63743)
