"""Learning what is secret: everything is looked at before anything is struck out."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING

from customers_conformance.contract.secrets import VIRTUAL_KEY
from customers_conformance.model import Mode
from customers_conformance.placeholders import TOKEN_OF_SECRET, TOKEN_OF_TEXT, TOKEN_OF_VIRTUAL_KEY
from customers_conformance.redaction import literals
from customers_conformance.redaction.escapes import decode
from customers_conformance.redaction.held_secrets import (
    Answer,
    HeldSecrets,
    Noted,
    answer_of,
    can_be_sought,
    is_distinctive,
    kind_of,
    may_tell,
    stays,
)
from customers_conformance.redaction.rules import Rule, rules
from customers_conformance.redaction.shown_credentials import shown_in
from customers_conformance.redaction.utf16 import codec_of, to_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from customers_conformance.model import Exchange
    from customers_conformance.redaction.tokens import Tokens

_VIRTUAL_KEY = VIRTUAL_KEY.in_text()

#: A body that holds more literals of note than one in so many bytes is walked through again rather than noted.
_SPARSE = 40

#: The answers of which every text goes.
_CLEARED = {Mode.SHAPE: frozenset({Answer.SUCCESS})}


def learnt(exchanges: Sequence[Exchange], tokens: Tokens, mode: Mode) -> HeldSecrets:
    """What the exchanges say to be secret; ``tokens`` gives each its token, above those that were there before."""
    # Equal bodies are looked at once.
    bodies = {
        (exchange.response.body.content, answer_of(exchange.response)): None
        for exchange in exchanges
        if exchange.response is not None
    }
    for exchange in exchanges:
        for text in _texts(exchange):
            tokens.note(text.encode("utf-8", "surrogatepass"))
    everywhere: dict[str, str] = {}
    ids: dict[str, str] = {}
    cleared = _CLEARED.get(mode, frozenset())
    # Ids are no secrets: they are of interest where every text goes, and where they may stand among credentials.
    with_ids = bool(cleared) or any(any(shown_in(exchange)) for exchange in exchanges)
    noted: dict[tuple[bytes, Answer], Noted] = {}
    held: list[tuple[str, str | None]] = []
    for content, answer in bodies:
        data = to_utf8(content, codec_of(content))
        tokens.note(data)
        notes = Noted()
        held += _held(data, answer, notes, with_ids=with_ids)
        if len(notes) <= len(data) // _SPARSE and answer not in cleared:
            noted[content, answer] = notes
    listed = frozenset(text for text, kind in held if kind is None and can_be_sought(text))
    shown = list(_shown(exchanges, listed))
    for text, sort in shown:
        tokens.of(text, sort, _ids_within(text, listed))
    for text, kind in itertools.chain(shown, held):
        if kind is None:
            if Answer.SUCCESS in cleared and text in listed:
                ids[text] = tokens.text(text)
        else:
            token = tokens.of(text, kind)
            if kind != TOKEN_OF_TEXT and is_distinctive(text, kind):
                everywhere.setdefault(text, token)
    # An id that is a secret elsewhere has one token: equal values stay equal.
    ids = {text: everywhere.get(text, token) for text, token in ids.items()}
    # A header field is read as Latin-1, where UTF-8 stands in it, too.
    ids |= {
        text.encode("utf-8", "replace").decode("latin-1"): token for text, token in ids.items() if not text.isascii()
    }
    return HeldSecrets(MappingProxyType(everywhere), MappingProxyType(ids), cleared, noted)


def _shown(exchanges: Sequence[Exchange], listed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The credentials of others that the exchanges show, with the kind of token; a customer's id is none."""
    for exchange in exchanges:
        for secret in shown_in(exchange):
            if secret not in listed:
                yield secret, TOKEN_OF_VIRTUAL_KEY if _VIRTUAL_KEY.fullmatch(secret) else TOKEN_OF_SECRET


def _held(data: bytes, answer: Answer, notes: Noted, *, with_ids: bool) -> Iterator[tuple[str, str | None]]:
    """Each text of a body that goes for what it is, with the kind of its token; ``None`` for a customer's id."""
    most = len(data) // _SPARSE
    for start, end, place in literals.telling(data, rules()):
        raw = data[start:end]
        is_id = place.rule is Rule.CUSTOMER_ID and place.documented
        kind = None
        if may_tell(raw, place) and (with_ids or not is_id):
            text = decode(raw)
            if stays(text):
                continue
            kind = None if is_id else kind_of(text, place, answer)
            if kind is not None or (is_id and answer is Answer.SUCCESS):
                yield text, kind
        if len(notes) <= most:
            notes.add(start, end, place, kind)


def _ids_within(text: str, listed: frozenset[str]) -> str:
    """The ids of customers that a secret holds: they are none, and whether a refusal shows one is judged."""
    return "".join(f" {word}" for word in sorted(listed) if len(word) < len(text) and word in text)


def _texts(exchange: Exchange) -> Iterator[str]:
    request, response = exchange.request, exchange.response
    yield from (request.url, exchange.comment, exchange.error or "", *(each.error or "" for each in exchange.retried))
    for pair in (*request.query, *request.headers):
        yield from pair
    if response is not None:
        yield response.reason
        for pair in response.headers:
            yield from pair
