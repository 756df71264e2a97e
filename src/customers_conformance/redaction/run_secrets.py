"""The run's own secrets struck out: the key and its near misses, sessions, added headers, in any encoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customers_conformance.redaction import literals
from customers_conformance.redaction.escapes import decode, encode
from customers_conformance.redaction.search import Anchors, Needles, spliced
from customers_conformance.redaction.utf16 import codec_of, from_utf8, to_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Fields whose value is HTTP's own words: there a word that an added header happens to have is no secret.
WORDED_FIELDS = frozenset(
    {
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "transfer-encoding",
        "vary",
    }
)

#: A shorter secret is struck out only where it is the whole value: its letters stand everywhere.
_SHORTEST = 4
#: An added header's value that is shorter, or has no digit, is a word, and struck out as one.
_SHORTEST_STRONG = 8
_NUMBER = re.compile(r"[0-9.eE+-]+")
_WORDS = re.compile(r"[A-Za-z/;=,+.* -]*")
_JSON = re.compile(rb'[\xef\xbb\xbf \t\r\n]*+[{\["]')
_LITERAL_OR_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+"|-?[0-9][0-9.eE+-]*+', re.DOTALL)


class RunSecrets:
    """Strikes out texts that are known from the start."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        """``forms`` maps each text that gives a secret away to what is written in its place."""
        forms = {text: shown for text, shown in forms.items() if text}
        weak = {text: shown for text, shown in forms.items() if _is_weak(text, shown)}
        self._strong = Needles({text: shown for text, shown in forms.items() if text not in weak})
        self._numbers = {
            text.encode(): shown.encode()
            for text, shown in forms.items()
            if text not in weak and _NUMBER.fullmatch(text)
        }
        self._weak = weak
        # Where a literal is a word, or holds one: as it is, or with an escape.
        signs = (text if _is_word(text) else f'"{text}' for text in weak)
        self._signs = Anchors({b"\\", *(sign.encode("utf-8", "replace") for sign in signs)})
        words = sorted((re.escape(text) for text in weak if _is_word(text)), key=len, reverse=True)
        self._words = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(words)})(?![A-Za-z0-9_])") if words else None

    def line(self, text: str) -> str:
        """A sentence, a header field's value, a URL."""
        return self._word(self._strike(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass"))

    def field(self, name: str, value: str) -> tuple[str, str]:
        """A header field."""
        if name.lower() in WORDED_FIELDS:
            return name, self._strike(value.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
        return self.line(name), self.line(value)

    def body(self, content: bytes) -> bytes:
        """A body; JSON stays JSON, and the names that the contract documents stay names."""
        data = content
        if any(number in data for number in self._numbers):
            data = _LITERAL_OR_NUMBER.sub(self._number, data)
        data = self._strong.strike(data, literals.in_documented_name)
        if not self._weak:
            return data
        codec = codec_of(data)
        text = to_utf8(data, codec)
        if not any(weak.encode() in text for weak in self._weak):
            return data
        return from_utf8(self._words_in(text), codec, data)

    def _strike(self, data: bytes) -> bytes:
        return self._strong.strike(data)

    def _word(self, text: str) -> str:
        if text in self._weak:
            return self._weak[text]
        return self._words.sub(lambda found: self._weak[found[0]], text) if self._words else text

    def _words_in(self, data: bytes) -> bytes:
        if not _JSON.match(data):
            return self._word(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        return spliced(data, self._worded(data))

    def _worded(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        for start, end in literals.values_at(data, self._signs.places(data)):
            raw = data[start:end]
            text = decode(raw)
            struck = self._word(text)
            if struck != text:
                yield start, end, encode(struck, raw)

    def _number(self, found: re.Match[bytes]) -> bytes:
        if found[0][:1] == b'"':
            return found[0]
        shown = next((shown for number, shown in self._numbers.items() if number in found[0]), None)
        return found[0] if shown is None else b'"' + shown + b'"'


def _is_weak(text: str, shown: str) -> bool:
    if len(text) < _SHORTEST:
        return True
    return shown.startswith("<header:") and (len(text) < _SHORTEST_STRONG or bool(_WORDS.fullmatch(text)))


def _is_word(text: str) -> bool:
    return len(text) >= _SHORTEST and not text.isdigit()
