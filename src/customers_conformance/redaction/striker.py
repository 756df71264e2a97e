"""Striking out what the target holds: virtual keys, secrets, PEM bodies, and of cleared answers every text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.contract import secrets as patterns
from customers_conformance.redaction import literals
from customers_conformance.redaction.escapes import decode, encode
from customers_conformance.redaction.held_secrets import (
    Answer,
    HeldSecrets,
    anchors_in,
    decides,
    kind_of,
    may_tell,
    stays,
)
from customers_conformance.redaction.rules import documented_names, rules
from customers_conformance.redaction.search import Needles
from customers_conformance.redaction.utf16 import codec_of, from_utf8, to_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from customers_conformance.redaction.rules import Place
    from customers_conformance.redaction.tokens import Tokens

_SHAPES = tuple((shape.anchor, shape.in_bytes()) for shape in patterns.SECRETS if shape.name != "PEM block")
_PEM_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,64}-----")
_PEM_REST = re.compile(rb"(?:[A-Za-z0-9+/=:,. \t\r\n-]|\\[nrt/]|\\u00[0-9A-Fa-f]{2})*+")
_PEM_END = re.compile(rb"-----END [A-Z0-9 ]{1,64}-----")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:[\[{\"0-9-]|true|false|null)")
#: Characters of a time or a duration on either side of what is found in it.
_TIME = 40


class Striker:
    """Strikes the secrets of one table out of texts and bodies; what it was given before changes nothing."""

    def __init__(self, held: HeldSecrets, tokens: Tokens) -> None:
        """``tokens`` are those of which the table has its tokens; what only its shape tells gets the next ones."""
        self._held = held
        self._tokens = tokens
        self._everywhere = Needles(held.everywhere)
        self._ids = Needles(held.ids)

    def line(self, text: str, answer: Answer) -> str:
        """A sentence, a URL, a header field's name or value."""
        return self._embedded(text.encode("utf-8", "surrogatepass"), answer).decode("utf-8", "surrogatepass")

    def body(self, content: bytes, answer: Answer) -> bytes:
        """A body; one that holds nothing to strike out is given back as it is."""
        codec = codec_of(content)
        data = to_utf8(content, codec)
        if answer in self._held.cleared and not _BEGINNING.match(data):
            # It is no JSON, and nothing tells which of it is text.
            struck = self._tokens.text(data.decode("utf-8", "replace")).encode() if data.strip() else data
        else:
            struck = self._embedded(self._literals(data, answer), answer)
        return content if struck == data else from_utf8(struck, codec, content)

    def _embedded(self, data: bytes, answer: Answer) -> bytes:
        """Any bytes without known secrets and what is shaped like one; a refusal also without customers' ids."""
        if answer is Answer.REFUSAL:
            data = self._ids.strike(data, literals.in_documented_name)
        data = self._everywhere.strike(data, _stays_there)
        for anchor, pattern in _SHAPES:
            if anchor in data:
                data = pattern.sub(self._shaped(anchor), data)
        return self._pem(data) if b"-----BEGIN " in data else data

    def _literals(self, data: bytes, answer: Answer) -> bytes:
        # Of millions of pieces a list would take many times what they hold.
        view, struck, at = memoryview(data), bytearray(), 0
        written = self._cleared if answer in self._held.cleared else self._told
        for start, end, instead in written(data, answer):
            struck += view[at:start]
            struck += encode(instead, data[start:end])
            at = end
        if not at:
            return data
        struck += view[at:]
        return bytes(struck)

    def _cleared(self, data: bytes, answer: Answer) -> Iterator[tuple[int, int, str]]:
        """What to write in the place of each literal, where every text goes."""
        for start, end, place in literals.strings(data, rules()):
            text = decode(data[start:end])
            if place is None:
                instead = None if text in documented_names() else self._held.ids.get(text)
            else:
                instead = None if stays(text) else self._instead(text, place, answer)
            if instead is not None:
                yield start, end, instead

    def _instead(self, text: str, place: Place, answer: Answer) -> str | None:
        token = self._token(text, place, answer)
        if token is not None or decides(text):
            return token
        known = self._held.everywhere.get(text) if place.documented else None
        return known or self._tokens.text(text)

    def _told(self, data: bytes, answer: Answer) -> Iterator[tuple[int, int, str]]:
        """What to write in the places of the literals that are secret by their place, or by what stands in them."""
        anchors = anchors_in(data)
        for start, end, place in literals.telling(data, rules()):
            raw = data[start:end]
            if b"\\" in raw or may_tell(raw, place, anchors) or (place.open and self._everywhere.may_stand_in(raw)):
                text = decode(raw)
                instead = None if stays(text) else self._token(text, place, answer) or self._inside(text, place, answer)
                if instead is not None:
                    yield start, end, instead

    def _token(self, text: str, place: Place, answer: Answer) -> str | None:
        kind = kind_of(text, place, answer)
        return None if kind is None else self._tokens.of(text, kind)

    def _inside(self, text: str, place: Place, answer: Answer) -> str | None:
        """A text with what is embedded in it struck out; ``None`` where nothing is."""
        struck = self._embedded(text.encode("utf-8", "replace"), Answer.NONE).decode("utf-8", "replace")
        hides = answer is Answer.SUCCESS and not place.documented
        if hides and patterns.is_secret(struck) and not patterns.is_secret(text):
            # Not shaped like a secret, and must not look so by its token (CUST-SEC-006).
            return self._tokens.text(text)
        return None if struck == text else struck

    def _shaped(self, anchor: bytes) -> Callable[[re.Match[bytes]], bytes]:
        kind = (
            placeholders.TOKEN_OF_VIRTUAL_KEY if anchor == patterns.VIRTUAL_KEY.anchor else placeholders.TOKEN_OF_SECRET
        )

        def replacement(found: re.Match[bytes]) -> bytes:
            span = patterns.secret_span(found)
            if span is None:
                return found[0]
            start, end = span[0] - found.start(), span[1] - found.start()
            secret = found[0][start:end].decode("utf-8", "replace")
            if placeholders.is_only_tokens(secret):
                return found[0]
            return found[0][:start] + self._tokens.of(secret, kind).encode() + found[0][end:]

        return replacement

    def _pem(self, data: bytes) -> bytes:
        parts, at = [], 0
        begin = _PEM_BEGIN.search(data)
        while begin:
            rest = _PEM_REST.match(data, begin.end())
            stop = rest.end() if rest else begin.end()
            end = _PEM_END.search(data, begin.end(), stop)
            stop = end.end() if end else stop
            block = data[begin.start() : stop].decode("utf-8", "replace")
            if patterns.is_pem(block):
                parts += [data[at : begin.start()], self._tokens.of(block, placeholders.TOKEN_OF_PEM).encode()]
                at = stop
            begin = _PEM_BEGIN.search(data, stop)
        return b"".join([*parts, data[at:]])


def _stays_there(data: bytes, start: int, end: int) -> bool:
    """Whether a span stays although it reads as a secret that stood elsewhere: in a name of the contract, in a time."""
    if literals.in_documented_name(data, start, end):
        return True
    before = data.rfind(b'"', max(0, start - _TIME), start)
    after = data.find(b'"', end, end + _TIME)
    return before >= 0 and after >= 0 and decides(data[before + 1 : after].decode("utf-8", "replace"))
