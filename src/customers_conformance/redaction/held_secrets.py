"""What the target holds struck out of bodies: virtual keys, secrets, PEM bodies, and with ``shape`` every text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.contract import secrets as patterns
from customers_conformance.contract.formats import is_reset_duration, read_time
from customers_conformance.redaction import literals, tokens
from customers_conformance.redaction import rules as places
from customers_conformance.redaction.rules import Place, Rule
from customers_conformance.redaction.run_secrets import in_documented_name
from customers_conformance.redaction.search import Needles
from customers_conformance.redaction.utf16 import codec_of, from_utf8, to_utf8

if TYPE_CHECKING:
    from collections.abc import Callable

#: A shorter value is struck out where it stands, not wherever else it occurs.
SHORTEST = 8

#: More values than this are not looked for one by one where their shape tells them.
MANY = 100

_SHAPES = tuple((shape.anchor, shape.in_bytes()) for shape in patterns.SECRETS if shape.name != "PEM block")
_ANCHORS = tuple(shape.anchor for shape in patterns.SECRETS)
_TOKEN = placeholders.TOKEN_BEGINS.encode()
_VIRTUAL_KEY = patterns.VIRTUAL_KEY.in_text()
_PEM_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,64}-----")
_PEM_REST = re.compile(rb"(?:[A-Za-z0-9+/=:,. \t\r\n-]|\\[nrt/]|\\u00[0-9A-Fa-f]{2})*+")
_PEM_END = re.compile(rb"-----END [A-Z0-9 ]{1,64}-----")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:[\[{\"0-9-]|true|false|null)")
#: Characters of a time or a duration on either side of what is found in it.
_TIME = 40
_NUMBER = re.compile(r"[0-9.eE+-]+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+*-]+")
_LETTER_AND_DIGIT = re.compile(r"(?=\D*[0-9])(?=[^A-Za-z]*[A-Za-z])\S+")
_KINDS = {
    Rule.VIRTUAL_KEY: placeholders.TOKEN_OF_VIRTUAL_KEY,
    Rule.SECRET: placeholders.TOKEN_OF_SECRET,
    Rule.PEM: placeholders.TOKEN_OF_PEM,
}


class BodyStrike:
    """Learns what to strike out from all bodies first, then strikes it out of each."""

    def __init__(self, known: tokens.Tokens, *, shape: bool) -> None:
        """``known`` gives the tokens, to bodies and to whatever else is redacted."""
        self._tokens = known
        self._shape = shape
        self._root = places.root()
        self._everywhere: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._needles = Needles({})
        self._id_needles = Needles({})
        self._struck: dict[tuple[bytes, bool], bytes] = {}
        #: What one of stands in every literal of the body at hand that can be shaped like a secret.
        self._anchors: tuple[bytes, ...] = ()

    def learn(self, text: str, kind: str) -> str:
        """Take note of a secret, and give its token."""
        token = self._tokens.secret(text, kind)
        if text not in self._everywhere and _is_distinctive(text, kind):
            self._everywhere[text] = token
        return token

    def collect(self, content: bytes, *, succeeded: bool) -> None:
        """Learn what a body holds."""
        data = to_utf8(content, codec_of(content))
        self._anchor(data)
        for start, end, place in literals.strings(data, self._root, all_of_them=self._shape):
            if place is None or not self._may_tell(data[start:end], place):
                continue
            text = literals.decode(data[start:end])
            if place.rule is Rule.CUSTOMER_ID and not place.undocumented:
                if self._shape and succeeded and _is_name(text) and not _stays(text):
                    self._ids[text] = self._tokens.text(text)
            elif not _stays(text):
                self._token(text, place, succeeded=succeeded)

    def learnt(self) -> None:
        """Say that every body was collected."""
        everywhere = self._everywhere
        if len(everywhere) > MANY:
            # Those that have the shape of a virtual key are found by it.
            everywhere = {text: token for text, token in everywhere.items() if not _VIRTUAL_KEY.fullmatch(text)}
        self._needles = Needles(everywhere, by_word=True)
        self._id_needles = Needles(self._ids, by_word=True)
        self._struck.clear()

    def strike(self, content: bytes, *, succeeded: bool) -> bytes:
        """A body with everything struck out; equal bodies once. ``succeeded`` says that the answer was a 2xx."""
        key = (content, succeeded)
        if key not in self._struck:
            codec = codec_of(content)
            data = to_utf8(content, codec)
            if self._shape and succeeded and not _BEGINNING.match(data):
                # It is no JSON, and nothing tells which of it is text.
                struck = self._tokens.text(data.decode("utf-8", "replace")).encode() if data.strip() else data
            else:
                struck = self.embedded(self._literals(data, succeeded=succeeded), refused=not succeeded)
            self._struck[key] = content if struck == data else from_utf8(struck, codec, content)
        return self._struck[key]

    def embedded(self, data: bytes, *, refused: bool = False) -> bytes:
        """Any bytes without known secrets and what is shaped like one; with ``refused`` without customers' ids."""
        if refused:
            data = self._id_needles.strike(data, in_documented_name)
        data = self._needles.strike(data, _stays_there)
        for anchor, pattern in _SHAPES:
            if anchor in data:
                data = pattern.sub(self._shaped(anchor), data)
        return self._pem(data) if b"-----BEGIN " in data else data

    def _literals(self, data: bytes, *, succeeded: bool) -> bytes:
        # Of millions of pieces a list would take many times what they hold.
        struck_out, at = bytearray(), 0
        self._anchor(data)
        all_texts = self._shape and succeeded
        for start, end, place in literals.strings(data, self._root, all_of_them=all_texts):
            if start == end:
                continue
            raw = data[start:end]
            if place is None:
                struck = self._name(raw) if all_texts and self._ids else None
            elif all_texts or b"\\" in raw or self._may_tell(raw, place):
                struck = self._text(literals.decode(raw), place, succeeded=succeeded)
            else:
                continue
            if struck is not None:
                struck_out += data[at:start]
                struck_out += literals.encode(struck, raw)
                at = end
        return bytes(struck_out + data[at:]) if at else data

    def _anchor(self, data: bytes) -> None:
        present = tuple(anchor for anchor in (_TOKEN, *_ANCHORS) if anchor in data)
        self._anchors = present + self._needles.among(data)

    def _may_tell(self, raw: bytes, place: Place) -> bool:
        """Whether a literal can hold what is struck out by its place or shape: quick, for there are many."""
        if place.rule is Rule.OPEN or (place.open and place.rule is not Rule.OPEN_SECRET):
            return b"\\" in raw or any(anchor in raw for anchor in self._anchors)
        return place.rule is not Rule.PLAIN

    def _name(self, raw: bytes) -> str | None:
        text = literals.decode(raw)
        return None if text in places.documented_names() else self._ids.get(text)

    def _text(self, text: str, place: Place, *, succeeded: bool) -> str | None:
        """What to write in the place of a text; ``None`` where it stays, or is left to ``embedded``."""
        if _stays(text):
            return None
        token = self._token(text, place, succeeded=succeeded)
        if token is None and self._shape and succeeded and not _decides(text):
            known = None if place.undocumented else self._everywhere.get(text)
            token = known or self._tokens.text(text)
        return token or self._inside(text, hides=succeeded and place.undocumented)

    def _inside(self, text: str, *, hides: bool) -> str | None:
        """A text with what is embedded in it struck out; ``None`` where nothing is."""
        struck = self.embedded(text.encode("utf-8", "replace")).decode("utf-8", "replace")
        if hides and patterns.is_secret(struck) and not patterns.is_secret(text):
            # Not shaped like a secret, and must not look so by its token (CUST-SEC-006).
            return self._tokens.text(text)
        return None if struck == text else struck

    def _token(self, text: str, place: Place, *, succeeded: bool) -> str | None:
        """The token for a text that the place, or the shape of an undocumented text, says to be a secret."""
        kind = _KINDS.get(place.rule)
        if kind is not None and (kind != placeholders.TOKEN_OF_PEM or patterns.is_pem(text)):
            if place.undocumented and succeeded and not patterns.is_secret(text):
                return self._tokens.text(text)
            return self.learn(text, kind)
        if not place.open:
            return None
        return self._open(text, named=place.rule is Rule.OPEN_SECRET, succeeded=succeeded)

    def _open(self, text: str, *, named: bool, succeeded: bool) -> str | None:
        # An error's text is looked through for internals: by shape, only the secrets in it go.
        if (named and patterns.is_opaque(text)) or (succeeded and patterns.is_secret(text)):
            return self.learn(text, _kind_of(text))
        return self._tokens.text(text) if named and succeeded and not _decides(text) else None

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
            return found[0][:start] + self._tokens.secret(secret, kind).encode() + found[0][end:]

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
                parts += [data[at : begin.start()], self._tokens.secret(block, placeholders.TOKEN_OF_PEM).encode()]
                at = stop
            begin = _PEM_BEGIN.search(data, stop)
        return b"".join([*parts, data[at:]])


def _stays_there(data: bytes, start: int, end: int) -> bool:
    """Whether a span stays although it reads as a secret that stood elsewhere: in a name of the contract, in a time."""
    if in_documented_name(data, start, end):
        return True
    before = data.rfind(b'"', max(0, start - _TIME), start)
    after = data.find(b'"', end, end + _TIME)
    return before >= 0 and after >= 0 and _decides(data[before + 1 : after].decode("utf-8", "replace"))


def _stays(text: str) -> bool:
    return patterns.is_masked(text) or placeholders.is_only_tokens(text)


def _decides(text: str) -> bool:
    """Whether a text decides a verdict by what it says, and shows nothing of what the target holds."""
    return text == "*" or read_time(text) is not None or is_reset_duration(text)


def _kind_of(text: str) -> str:
    if _VIRTUAL_KEY.fullmatch(text):
        return placeholders.TOKEN_OF_VIRTUAL_KEY
    return placeholders.TOKEN_OF_PEM if patterns.is_pem(text) else placeholders.TOKEN_OF_SECRET


def _is_name(text: str) -> bool:
    """Whether a text can be looked for: long enough, no number, no name or word of the protocol's."""
    return (
        len(text) >= SHORTEST
        and not _NUMBER.fullmatch(text)
        and not _MEDIA_TYPE.fullmatch(text)
        and text not in places.documented_names()
        and not _decides(text)
    )


def _is_distinctive(text: str, kind: str) -> bool:
    if not _is_name(text):
        return False
    return (
        kind == placeholders.TOKEN_OF_VIRTUAL_KEY
        or bool(_LETTER_AND_DIGIT.fullmatch(text))
        or patterns.looks_secret(text)
    )
