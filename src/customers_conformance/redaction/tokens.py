"""The tokens that stand for values in redacted evidence: ``⟦kind:n⟧``, equal ones for equal values."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from customers_conformance.placeholders import STAYING, TOKEN_BEGINS, TOKEN_IN_BYTES, TOKEN_OF_TEXT, token
from customers_conformance.redaction.search import Anchors

if TYPE_CHECKING:
    from collections.abc import Iterator

_CASES = 2 ** len(TOKEN_OF_TEXT)
_WORDS = tuple(
    "".join(letter.upper() if variant >> place & 1 else letter for place, letter in enumerate(TOKEN_OF_TEXT))
    for variant in range(_CASES)
)

#: All that ``TOKEN_IN_BYTES`` finds begins with one of these.
_MARKS = Anchors([TOKEN_BEGINS.encode(), b"\\u27e6", b"\\u27E6"])


class Tokens:
    """Which token stands for which value; numbered by first appearance, above every number that was there before."""

    def __init__(self) -> None:
        """Begin with no values."""
        self._next: dict[str, Iterator[int]] = {}
        self._highest: dict[str, int] = {}
        self._secrets: dict[str, str] = {}
        #: By the text: its number and its place among those that differ from it only in case, as one integer, for there
        #: may be millions.
        self._texts: dict[str, int] = {}
        #: The last of those, by the text in lower case, where another than that is among them.
        self._caseless: dict[str, int] = {}

    def note(self, data: bytes) -> None:
        """Take note of the tokens in what is going to be redacted; before the first token is given."""
        for place in _MARKS.places(data):
            found = TOKEN_IN_BYTES.match(data, place)
            if found:
                kind = found[1].decode().lower()
                self._highest[kind] = max(self._highest.get(kind, 0), int(found[2]))

    def known(self, text: str) -> str | None:
        """The token of a secret value that was seen; ``None`` where it was not."""
        return self._secrets.get(text)

    def of(self, text: str, kind: str, shown: str = "") -> str:
        """The token of a value, and after it what of the value is no secret; the first that is given for it stays."""
        if kind == TOKEN_OF_TEXT:
            return self.text(text)
        known = self._secrets.get(text)
        if known is None:
            known = self._secrets[text] = token(kind, self._number(kind)) + _staying(text) + shown
        return known

    def text(self, text: str) -> str:
        """The token of any other value; those that differ only in case have tokens that differ only in case."""
        code = self._texts.get(text)
        if code is None:
            lower = text.lower()
            last = self._caseless.get(lower, self._texts.get(lower, _CASES - 1))
            code = last + 1 if (last + 1) % _CASES else self._number(TOKEN_OF_TEXT) * _CASES
            self._texts[text] = code
            if lower in self._caseless or lower != text:
                self._caseless[lower] = code
        number, variant = divmod(code, _CASES)
        return token(_WORDS[variant], number) + _staying(text)

    def _number(self, kind: str) -> int:
        if kind not in self._next:
            self._next[kind] = count(self._highest.get(kind, 0) + 1)
        return next(self._next[kind])


def _staying(text: str) -> str:
    return "".join(dict.fromkeys(STAYING.findall(text)))
