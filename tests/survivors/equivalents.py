"""The changes that no test can notice, since the program does the same with them: a list with reasons."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A change by the text of its lines, which outlives edits elsewhere in the module, and why it changes nothing."""

    module: str
    before: str
    after: str
    reason: str

    def is_in(self, source: str) -> bool:
        """Whether the lines of before stand in the module's text."""
        return self.before in source


def equivalents() -> list[Equivalent]:
    """The list as it is kept."""
    entries = tomllib.loads(LIST.read_text(encoding="utf-8")).get("equivalent", [])
    return [Equivalent(**entry) for entry in entries]
