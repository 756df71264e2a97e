"""A quick part of the hostile servers of ``nox -s hostile``, for the whole command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.hostile import conduct
from tests.hostile.stories import STORIES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.story import Story


@pytest.mark.parametrize("story", [story for story in STORIES if story.fast], ids=str)
def test_a_run_against_a_hostile_server_comes_to_what_its_entry_says(story: Story, tmp_path: Path) -> None:
    _, found = conduct.told(story, tmp_path / "out")
    assert found == []


def test_the_corpus_is_large_and_every_name_stands_once() -> None:
    names = [story.name for story in STORIES]
    assert len(names) == len(set(names)) >= 60
