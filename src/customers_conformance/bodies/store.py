"""The bodies of a run, each distinct one read and judged once, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.bodies.listing import Listing
from customers_conformance.bodies.parsing import reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from customers_conformance.bodies.parsing.reading import Reading
    from customers_conformance.contract.document import Contract


class Bodies:
    """What was read out of bodies so far, by content: equal bytes on the wire may be coded or not."""

    def __init__(self, contract: Contract) -> None:
        """Knows none yet."""
        self.contract = contract
        self._listings: dict[bytes, Listing] = {}
        self._readings: dict[bytes, Reading] = {}
        self._occurrences: dict[bytes, dict[str, int]] = {}

    def listing(self, content: bytes) -> Listing:
        """The body of a 200."""
        if content not in self._listings:
            self._listings[content] = Listing(content, self.contract)
        return self._listings[content]

    def reading(self, content: bytes) -> Reading:
        """Strict reading of any body."""
        if content not in self._readings:
            self._readings[content] = reading.read(content)
        return self._readings[content]

    def occurrences(self, text: str, content: bytes) -> int:
        """How often a text stands in a body, in any of the codings in which one may be read."""
        known = self._occurrences.setdefault(content, {})
        if text not in known:
            known[text] = sum(content.count(text.encode(coding)) for coding in ("utf-8", "utf-16-le", "utf-16-be"))
        return known[text]

    def keep(self, contents: Collection[bytes]) -> None:
        """Let go of all but some."""
        for content in {*self._listings, *self._readings, *self._occurrences}.difference(contents):
            self.forget(content)

    def forget(self, content: bytes) -> None:
        """Let go of one."""
        self._listings.pop(content, None)
        self._readings.pop(content, None)
        self._occurrences.pop(content, None)
