"""What the target holds that is struck out: the table that is learnt of it, and how one text is told."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.contract import secrets as patterns
from customers_conformance.contract.vocabulary.formats import is_reset_duration, read_time
from customers_conformance.redaction.rules import Place, Rule, documented_names
from customers_conformance.redaction.search import Anchors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

    from customers_conformance.model import Response

#: A shorter value is struck out where it stands, not wherever else it occurs.
SHORTEST = 8

_BEGINNINGS = (placeholders.TOKEN_BEGINS.encode(), *(shape.anchor for shape in patterns.SECRETS))
#: What one of stands in every text that is shaped like a secret.
ANCHORS = Anchors(
    anchor for anchor in _BEGINNINGS if not any(anchor.startswith(other) for other in _BEGINNINGS if other != anchor)
)
_VIRTUAL_KEY = patterns.VIRTUAL_KEY.in_text()
_NUMBER = re.compile(r"[0-9.eE+-]+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+*-]+")
#: Texts that decide a verdict: all of the virtual keys or models, and a reference to a variable without its name.
_DECIDING_WHOLE = frozenset({"*", "env."})
#: How any other text begins that does.
_DECIDING = frozenset("+.0123456789")
_LETTER_AND_DIGIT = re.compile(r"(?=\D*[0-9])(?=[^A-Za-z]*[A-Za-z])\S+")
_KINDS = {
    Rule.VIRTUAL_KEY: placeholders.TOKEN_OF_VIRTUAL_KEY,
    Rule.SECRET: placeholders.TOKEN_OF_SECRET,
    Rule.PEM: placeholders.TOKEN_OF_PEM,
}


class Answer(Enum):
    """What the exchange was answered in which a text stands."""

    #: A 2xx: the body is a list of customers.
    SUCCESS = auto()
    #: Any other answer: its text is looked through for what it must not show.
    REFUSAL = auto()
    #: None, or the text is no part of one: what was asked, what our side says of it.
    NONE = auto()


def answer_of(response: Response | None) -> Answer:
    """What an exchange was answered."""
    if response is None:
        return Answer.NONE
    return Answer.SUCCESS if 200 <= response.status < 300 else Answer.REFUSAL


class Noted:
    """The literals of a body of which place, name or shape may tell something; about 20 bytes of memory for each.

    Each is its start, its end, its place, and the kind of its token, where that is told already.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._spans = array("Q")
        self._said = array("H")
        self._numbers: dict[tuple[Place, str | None], int] = {}

    def __len__(self) -> int:
        """How many they are."""
        return len(self._said)

    def __iter__(self) -> Iterator[tuple[int, int, Place, str | None]]:
        """All of them, in order."""
        spans, said = iter(self._spans), list(self._numbers)
        for start, end, number in zip(spans, spans, self._said, strict=True):
            yield start, end, *said[number]

    def add(self, start: int, end: int, place: Place, kind: str | None) -> None:
        """Note one more."""
        self._spans.append(start)
        self._spans.append(end)
        self._said.append(self._numbers.setdefault((place, kind), len(self._numbers)))


@dataclass(frozen=True, slots=True)
class HeldSecrets:
    """What is secret of all that the target said.

    ``everywhere`` has the texts that are struck out wherever they stand, ``ids`` those of customers, which a refusal
    may not show, each with its token; ``cleared`` are the answers of which every text goes, secret or not. ``noted``
    says of bodies, by what they were answered to, what was found in them, once for each.
    """

    everywhere: Mapping[str, str]
    ids: Mapping[str, str]
    cleared: frozenset[Answer]
    noted: MutableMapping[tuple[bytes, Answer], Noted] = field(default_factory=dict)


def kind_of(text: str, place: Place, answer: Answer) -> str | None:
    """The kind of token for a text that the place, or the shape of an undocumented text, says to be a secret.

    ``None`` where it is none; the kind of a mere text where it goes all the same, and must not count as a secret.
    """
    kind = _KINDS.get(place.rule)
    if kind is not None and (kind != placeholders.TOKEN_OF_PEM or patterns.is_pem(text)):
        counts = place.documented or answer is not Answer.SUCCESS or patterns.is_secret(text)
        return kind if counts else placeholders.TOKEN_OF_TEXT
    if not place.open:
        return None
    named, listed = place.rule is Rule.OPEN_SECRET, answer is Answer.SUCCESS
    # An error's text is looked through for internals: by shape, only the secrets in it go.
    if (named and patterns.is_opaque(text)) or (listed and patterns.is_secret(text)):
        return kind_by_shape(text)
    return placeholders.TOKEN_OF_TEXT if named and listed and not decides(text) else None


def kind_by_shape(text: str) -> str:
    """The kind of token for a secret of which only the text is known."""
    if _VIRTUAL_KEY.fullmatch(text):
        return placeholders.TOKEN_OF_VIRTUAL_KEY
    return placeholders.TOKEN_OF_PEM if patterns.is_pem(text) else placeholders.TOKEN_OF_SECRET


def may_tell(raw: bytes, place: Place) -> bool:
    """Whether a literal can hold what is struck out by its place or shape: quick, for there are many."""
    if place.rule is Rule.OPEN or (place.open and place.rule is not Rule.OPEN_SECRET):
        return b"\\" in raw or ANCHORS.stand_in(raw)
    return place.rule is not Rule.PLAIN


def stays(text: str) -> bool:
    """Whether a text says nothing that could be struck out: it is masked, or nothing but tokens."""
    return patterns.is_masked(text) or placeholders.is_only_tokens(text)


def decides(text: str) -> bool:
    """Whether a text decides a verdict by what it says, and shows nothing of what the target holds."""
    return (
        text in _DECIDING_WHOLE
        or text.isspace()
        or (text[:1] in _DECIDING and (read_time(text) is not None or is_reset_duration(text)))
    )


def can_be_sought(text: str) -> bool:
    """Whether a text can be looked for: long enough, no number, no name or word of the protocol's."""
    return (
        len(text) >= SHORTEST
        and not _NUMBER.fullmatch(text)
        and not _MEDIA_TYPE.fullmatch(text)
        and text not in documented_names()
        and not decides(text)
    )


def is_distinctive(text: str, kind: str) -> bool:
    """Whether a secret is struck out wherever it stands: no word that stands elsewhere by chance."""
    if not can_be_sought(text):
        return False
    return (
        kind == placeholders.TOKEN_OF_VIRTUAL_KEY
        or bool(_LETTER_AND_DIGIT.fullmatch(text))
        or patterns.looks_secret(text)
    )
