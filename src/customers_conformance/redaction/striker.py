"""Striking out what the target holds: virtual keys, secrets, PEM bodies, and of cleared answers every text."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from customers_conformance import placeholders
from customers_conformance.contract import secrets as patterns
from customers_conformance.redaction import literals
from customers_conformance.redaction.escapes import decode, encode
from customers_conformance.redaction.held_secrets import (
    ANCHORS,
    Answer,
    HeldSecrets,
    decides,
    kind_of,
    may_tell,
    stays,
)
from customers_conformance.redaction.rules import NO_SECRETS, Rule, documented_names, rules
from customers_conformance.redaction.search import Anchors, Needles, spliced
from customers_conformance.redaction.utf16 import codec_of, from_utf8, to_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.redaction.rules import Place
    from customers_conformance.redaction.tokens import Tokens

_PEM = Anchors([b"-----BEGIN "])
_PEM_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,64}-----")
_PEM_REST = re.compile(rb"(?:[A-Za-z0-9+/=:,. \t\r\n-]|\\[nrt/]|\\u00[0-9A-Fa-f]{2})*+")
_PEM_END = re.compile(rb"-----END [A-Z0-9 ]{1,64}-----")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:[\[{\"0-9-]|true|false|null)")
#: Characters of a time or a duration on either side of what is found in it.
_TIME = 40
#: Literals that are remembered with what is written in their place, and their bytes at the most: times come often.
_REMEMBERED, _SHORT = 1 << 14, 64


class _Shape(NamedTuple):
    """A shape of secrets as it is looked for: its anchor stands so many bytes after its beginning at the most."""

    pattern: re.Pattern[bytes]
    anchor: bytes
    alone: Anchors
    before: int
    kind: str


_SHAPES = tuple(
    _Shape(
        shape.in_bytes(),
        shape.anchor,
        Anchors([shape.anchor]),
        shape.before,
        placeholders.TOKEN_OF_VIRTUAL_KEY if shape is patterns.VIRTUAL_KEY else placeholders.TOKEN_OF_SECRET,
    )
    for shape in patterns.SECRETS
    if shape.name != "PEM block"
)


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
            told = self._cleared(data, answer) if answer in self._held.cleared else self._told(data, content, answer)
            # What came of the literals is held by nobody else while more is struck out of it.
            struck = self._embedded(spliced(data, told), answer)
        return content if struck == data else from_utf8(struck, codec, content)

    def _embedded(self, data: bytes, answer: Answer) -> bytes:
        """Any bytes without known secrets and what is shaped like one; a refusal also without customers' ids."""
        if answer is Answer.REFUSAL:
            data = self._ids.strike(data, literals.in_documented_name)
        data = self._everywhere.strike(data, _stays_there)
        data = self._shapes(data)
        return spliced(data, self._pem(data)) if _PEM.stand_in(data) else data

    def _cleared(self, data: bytes, answer: Answer) -> Iterator[tuple[int, int, bytes]]:
        """What to write in the place of each literal, where every text goes."""

        @functools.lru_cache(maxsize=_REMEMBERED)
        def instead_of(raw: bytes, place: Place | None) -> bytes | None:
            text = decode(raw)
            if place is None:
                instead = None if text in documented_names() else self._held.ids.get(text)
            else:
                instead = None if stays(text) else self._instead(text, place, answer)
            return None if instead is None else encode(instead, raw)

        for start, end, place in literals.strings(data, rules()):
            of = instead_of if end - start <= _SHORT else instead_of.__wrapped__
            instead = of(data[start:end], place)
            if instead is not None:
                yield start, end, instead

    def _instead(self, text: str, place: Place, answer: Answer) -> str | None:
        token = self._token(text, place, answer)
        if token is not None or decides(text):
            return token
        known = self._held.everywhere.get(text) if place.documented else None
        return known or self._tokens.text(text)

    def _told(self, data: bytes, content: bytes, answer: Answer) -> Iterator[tuple[int, int, bytes]]:
        """What to write in the places of the literals that are secret by their place, or by what stands in them."""
        noted = self._held.noted.pop((content, answer), None)
        walked = ((*literal, None) for literal in literals.telling(data, rules())) if noted is None else noted
        for start, end, place, kind in walked:
            raw = data[start:end]
            if kind is not None:
                yield start, end, encode(self._tokens.of(decode(raw), kind), raw)
            elif self._may_be_told(raw, place):
                text = decode(raw)
                instead = None if stays(text) else self._token(text, place, answer) or self._inside(text, place, answer)
                if instead is not None:
                    yield start, end, encode(instead, raw)

    def _may_be_told(self, raw: bytes, place: Place) -> bool:
        """Whether a literal can hold what is struck out: quick."""
        escaped = b"\\" in raw
        if place.documented and place.rule in NO_SECRETS:
            # By its place it is none, but there may be some in it.
            return (escaped or place.rule is Rule.CUSTOMER_ID) and self._may_hold(
                decode(raw).encode() if escaped or not raw.isascii() else raw
            )
        return escaped or may_tell(raw, place) or (place.open and self._everywhere.may_stand_in(raw))

    def _may_hold(self, data: bytes) -> bool:
        """Whether anything can be struck out of a text."""
        return ANCHORS.stand_in(data) or self._everywhere.may_be_hidden_in(data)

    def _token(self, text: str, place: Place, answer: Answer) -> str | None:
        kind = kind_of(text, place, answer)
        return None if kind is None else self._tokens.of(text, kind)

    def _inside(self, text: str, place: Place, answer: Answer) -> str | None:
        """A text with what is embedded in it struck out; ``None`` where nothing is."""
        data = text.encode("utf-8", "replace")
        found = self._embedded(data, Answer.NONE)
        if found is data:
            return None
        struck = found.decode("utf-8", "replace")
        hides = answer is Answer.SUCCESS and not place.documented
        if hides and patterns.is_secret(struck) and not patterns.is_secret(text):
            # Not shaped like a secret, and must not look so by its token (CUST-SEC-006).
            return self._tokens.text(text)
        return None if struck == text else struck

    def _shapes(self, data: bytes) -> bytes:
        """The data without what is shaped like a secret, one shape after the other."""
        present = ANCHORS.in_it(data)
        for shape in _SHAPES:
            if any(map(shape.anchor.startswith, present)):
                struck = spliced(data, self._shaped(data, shape))
                if struck is not data:
                    # What is written in the place of a secret may show a customer's id, and that any text.
                    data, present = struck, ANCHORS.in_it(struck)
        return data

    def _shaped(self, data: bytes, shape: _Shape) -> Iterator[tuple[int, int, bytes]]:
        match, end = shape.pattern.match, 0
        for place in shape.alone.places(data):
            for start in range(max(end, place - shape.before), place + 1):
                found = match(data, start)
                if found:
                    end = found.end()
                    span = patterns.secret_span(found)
                    secret = data[slice(*span)].decode("utf-8", "replace") if span else ""
                    if span and not placeholders.is_only_tokens(secret):
                        yield *span, self._tokens.of(secret, shape.kind).encode()
                    break

    def _pem(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        begin = _PEM_BEGIN.search(data)
        while begin:
            rest = _PEM_REST.match(data, begin.end())
            stop = rest.end() if rest else begin.end()
            end = _PEM_END.search(data, begin.end(), stop)
            stop = end.end() if end else stop
            block = data[begin.start() : stop].decode("utf-8", "replace")
            if patterns.is_pem(block):
                yield begin.start(), stop, self._tokens.of(block, placeholders.TOKEN_OF_PEM).encode()
            begin = _PEM_BEGIN.search(data, stop)


def _stays_there(data: bytes, start: int, end: int) -> bool:
    """Whether a span stays although it reads as a secret that stood elsewhere: in a name of the contract, in a time."""
    if literals.in_documented_name(data, start, end):
        return True
    before = data.rfind(b'"', max(0, start - _TIME), start)
    after = data.find(b'"', end, end + _TIME)
    return before >= 0 and after >= 0 and decides(data[before + 1 : after].decode("utf-8", "replace"))
