"""The log of a HAR, parsed within the memory of little more than the file and what comes of it.

A text of a body that is long is read a piece at a time, and handed over in UTF-8: as a whole it would be held several
times over, and where one character is wide, each would take up to four bytes.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

from customers_conformance.evidence.texts import PIECE
from customers_conformance.model import KIBI, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

#: A text that has fewer runs of ordinary characters and escapes, none of which is longer, is shorter than a piece.
_RUNS, _RUN = 2 * KIBI, PIECE // (2 * KIBI) - 2

_ALLOWED = "allowed is HAR 1.2, a JSON object with a list of entries under log.entries"

# In JSON none of these quotes is one within a text. Most texts end soon, and are passed over.
_BEGINNING = re.compile(rb'"text"(?<!\\"text")\s*+:\s*+"(?!(?:[^"\\]{1,%d}+|\\.){0,%d}+")' % (_RUN, _RUNS), re.DOTALL)
_DECODER = json.JSONDecoder()
_HIGH_SURROGATE = re.compile(rb"\\u[dD][89abAB][0-9A-Fa-f]{2}")
_LONGEST_ESCAPE = len("\\u0000")
#: What stands in the place of a text that was taken out: no JSON, so that no file may have it.
_TAKEN_OUT = "NaN"


def read(data: bytes) -> dict[str, Any]:
    """The log; a text of a body may be bytes of UTF-8. Raises ``UsageError`` where the data are no HAR."""
    value = _with_long_texts_apart(data)
    if value is None:
        value = _as_a_whole(data)
    log = value.get("log") if isinstance(value, dict) else None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        missing = "log.entries" if isinstance(log, dict) else "log"
        raise UsageError(f"the file is no HAR: it has no {missing}; {_ALLOWED}")
    for index, entry in enumerate(log["entries"]):
        if not isinstance(entry, dict):
            raise malformed(index, "it is no object")
    return log


def malformed(index: int, what: str) -> UsageError:
    """The error for an entry that cannot be read; ``index`` counts from 0."""
    return UsageError(f"the file is no HAR: entry {index}: {what}; allowed are entries as HAR 1.2 has them")


def _as_a_whole(data: bytes) -> Any:
    try:
        return _parsed(data, _refuse)
    except UnicodeDecodeError as error:
        raise UsageError(f"the file is no HAR: byte {error.start} is no UTF-8; {_ALLOWED}") from None
    except RecursionError:
        raise UsageError(f"the file is no HAR: it is nested too deep; {_ALLOWED}") from None
    except ValueError as error:
        raise UsageError(f"the file is no HAR: it is no JSON ({error}); {_ALLOWED}") from None


def _parsed(data: bytes, constant: Callable[[str], object]) -> Any:
    return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_members, parse_constant=constant)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the member {twice[:80]!a} stands twice in an object")
    return members


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _with_long_texts_apart(data: bytes) -> Any:
    """The value of a file; ``None`` where it has no long text, or cannot be read so: as a whole it tells why."""
    try:
        rest, texts = _taken_out(data)
        waiting = iter(texts)

        def put_back(constant: str) -> object:
            return _refuse(constant) if constant != _TAKEN_OUT else next(waiting, None) or _refuse(constant)

        return _parsed(rest, put_back) if texts else None
    except (ValueError, RecursionError):
        return None


def _taken_out(data: bytes) -> tuple[bytes, list[bytes]]:
    """A file with ``_TAKEN_OUT`` in the place of every long text of a body, and these texts in order.

    Raises ``ValueError`` where one is no JSON, or has a lone surrogate.
    """
    view, rest, texts, at = memoryview(data), io.BytesIO(), list[bytes](), 0
    begin = _BEGINNING.search(data)
    while begin:
        text, end = _text(data, begin.end())
        if len(text) > PIECE:
            texts.append(text)
            rest.write(view[at : begin.end() - 1])
            rest.write(_TAKEN_OUT.encode())
            at = end
        begin = _BEGINNING.search(data, end)
    rest.write(view[at:])
    return rest.getvalue(), texts


def _text(data: bytes, begin: int) -> tuple[bytes, int]:
    """A text in UTF-8, and where what follows it begins."""
    text = io.BytesIO()
    while True:
        stop = _boundary(data, begin, begin + PIECE)
        piece = data[begin:stop].decode()
        try:
            text.write(json.loads(f'"{piece}"').encode())
        except json.JSONDecodeError:
            # It ends in this piece.
            inside, end = _DECODER.raw_decode(f'"{piece}')
            text.write(inside.encode())
            return text.getvalue(), begin + len(piece[: end - 1].encode())
        begin = stop


def _boundary(data: bytes, begin: int, stop: int) -> int:
    """A place before or at ``stop`` where no escape, no character and no pair of surrogates is cut."""
    if stop >= len(data):
        stop = len(data)
    else:
        slash = data.rfind(b"\\", max(begin, stop - _LONGEST_ESCAPE), stop)
        if slash >= 0:
            # The first of several backslashes begins an escape, whatever the others do.
            stop = _run(data, begin, slash)
            if _HIGH_SURROGATE.match(data, max(begin, stop - _LONGEST_ESCAPE)):
                stop = _run(data, begin, stop - _LONGEST_ESCAPE)
        while stop > begin and data[stop] & 0xC0 == 0x80:
            stop -= 1
    if stop <= begin:
        raise ValueError("the file ends, or there is no place to cut")
    return stop


def _run(data: bytes, begin: int, end: int) -> int:
    """Where the backslashes begin that stand before a place."""
    while end > begin and data[end - 1] == ord("\\"):
        end -= 1
    return end
