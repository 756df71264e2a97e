"""The texts of bodies as HAR has them, written a piece at a time: as a whole each would be held several times over."""

from __future__ import annotations

import base64
import codecs
import json
from typing import TYPE_CHECKING

from customers_conformance.model import KIBI, MEBI

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of a body that are worked on at one time; a multiple of three, so that Base64 goes on where it ended.
PIECE = 192 * KIBI

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_MOST_CONTROLS = 1 / 16
_MOST_WIDE = 16 * MEBI


def is_text(content: bytes) -> bool:
    """Whether a body is written as text, else as Base64: it is UTF-8, and JSON does not blow it up."""
    if len(content) > _MOST_WIDE and not content.isascii():
        # As text each character takes as many bytes as the widest one, and escapes double that.
        return False
    controls = sum(len(piece) - len(piece.translate(None, _CONTROLS)) for piece in _pieces(content))
    if controls > len(content) * _MOST_CONTROLS:
        return False
    try:
        for _ in _characters(content):
            pass
    except UnicodeDecodeError:
        return False
    return True


def as_text(content: bytes, *, ascii_only: bool) -> Iterator[bytes]:
    """What stands between the quotes for a body that is written as text."""
    for piece in _characters(content):
        yield json.dumps(piece, ensure_ascii=ascii_only)[1:-1].encode()


def as_base64(content: bytes) -> Iterator[bytes]:
    """The same for any other body."""
    return map(base64.b64encode, _pieces(content))


def from_base64(text: str | bytes, *, strictly: bool) -> bytes:
    """What a text says in Base64; raises ``ValueError`` where it is none, ``strictly`` also for other signs in it."""
    if not text.isascii():
        raise ValueError("Base64 is ASCII")
    return base64.b64decode(text, validate=strictly)


def _pieces(content: bytes) -> Iterator[bytes]:
    for begin in range(0, len(content), PIECE):
        yield content[begin : begin + PIECE]


def _characters(content: bytes) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in _pieces(content):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)
