"""Finding known texts in raw bytes, whatever encoding hides them: escapes, one upon another, and UTF-16.

Nothing is parsed: what is found is a span of the bytes, widened to whole JSON escapes, so that JSON stays JSON. However
many texts are looked for, each is found wherever it stands, and the longest of those that begin at one place is taken.
"""

from __future__ import annotations

import functools
import io
import itertools
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from customers_conformance.redaction.escapes import Escapes, Origins, aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    #: Whether a span can hold what is looked for: what it says is true where it can.
    Fits = Callable[[int, int], object]

#: Bytes that are worked on at one time, and that the automaton looks through in one call: it answers with a list.
_WINDOW = 1024 * 1024
_PIECE = 64 * 1024

#: Bytes by which the automaton knows a needle; the rest is compared. It answers for each that it knows at each place:
#: of a body made for needles of any length that would be more than fits into memory.
_STEM = 8

#: How many encodings one upon another are undone.
_LAYERS = 2
#: How many bytes a byte of a needle can take where it is escaped in UTF-16.
_WIDEST = 32


class Span(NamedTuple):
    """A needle's place in the bytes; ``width`` is the bytes of a character, ``first`` which of them tells it."""

    start: int
    end: int
    needle: bytes
    width: int = 1
    first: int = 0


class Needles:
    """Texts to find in bytes, each with what is written in its place."""

    def __init__(self, table: Mapping[str, str]) -> None:
        """Take texts of any characters; an empty one is left aside."""
        self._shown: dict[bytes, bytes] = {}
        for text, shown in table.items():
            spelt = text.encode("utf-8", "surrogatepass")
            for needle in (spelt,) if text.isascii() else (spelt, text.encode("latin-1", "replace")):
                if needle and (b"?" not in needle or "?" in text):
                    self._shown.setdefault(needle, shown.encode())
        self._escapes = Escapes({character for needle in self._shown for character in needle})
        for raw, written in list(self._shown.items()):
            # What looks like an escape in the needle itself is undone with those around it.
            for reading in self._escapes.readings(raw) if self._escapes.may_stand_in(raw) else ():
                self._shown.setdefault(reading, written)
        self._longest = max(map(len, self._shown), default=0)
        by_stem: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for needle in sorted(self._shown, key=len, reverse=True):
            by_stem[needle[:_STEM]].append(needle)
        #: By stem, in the automaton's order: how long its needles are, the longest first, and how those end.
        self._families = list(map(_lengths_and_endings, by_stem.values()))
        self._automaton = ahocorasick_rs.BytesAhoCorasick(list(by_stem))

    def __bool__(self) -> bool:
        """Whether there is anything to strike out."""
        return bool(self._shown)

    def may_stand_in(self, data: bytes) -> bool:
        """Whether a needle, or what begins like one, stands in the data as it is."""
        return bool(self._shown) and any(self._hits(data))

    def may_be_hidden_in(self, data: bytes) -> bool:
        """Whether a needle can stand in the data as it is, under escapes, or in UTF-16: quick, for short data."""
        return self.may_stand_in(data) or (bool(self._shown) and (b"\0" in data or self._escapes.stand_in(data)))

    def strike(self, data: bytes, keep: Callable[[bytes, int, int], bool] | None = None) -> bytes:
        """The data with each needle replaced, in UTF-16 where it stands in UTF-16; ``keep`` may spare a span."""
        if not self._shown or (len(data) <= _PIECE and not self.may_be_hidden_in(data)):
            return data
        return spliced(data, ((span.start, span.end, self._written(span)) for span in self._merged(data, keep)))

    def _written(self, span: Span) -> bytes:
        shown = self._shown[span.needle]
        if span.width == 1:
            return shown
        return shown.decode().encode("utf-16-be" if span.first else "utf-16-le")

    def _merged(self, data: bytes, keep: Callable[[bytes, int, int], bool] | None) -> Iterator[Span]:
        """What to replace, in order; of needles that overlap the longest stands for all."""
        last, done = None, 0
        for span in self._spans(data, keep):
            if last is None:
                last = span
            elif span.start < last.end:
                needle = max(last.needle, span.needle, key=len)
                start = max(done, min(last.start, span.start))
                last = last._replace(start=start, end=max(last.end, span.end), needle=needle)
            else:
                yield last
                last, done = span, last.end
        if last is not None:
            yield last

    def _spans(self, data: bytes, keep: Callable[[bytes, int, int], bool] | None) -> Iterator[Span]:
        """Where the needles stand, widened to whole escapes, in the order of their starts; they may overlap."""
        overlap = _WIDEST * self._longest
        window = max(_WINDOW, overlap)
        for begin in range(0, len(data), window):
            spans = []
            for found in self._found(data[begin : begin + window + overlap]):
                if found.start >= window:
                    continue
                span = found._replace(start=begin + found.start, end=begin + found.end)
                if keep is None or not keep(data, span.start, span.end):
                    start, end = (span.start, span.end) if span.width > 1 else aligned(data, span.start, span.end)
                    spans.append(span._replace(start=start, end=end))
            yield from sorted(spans)

    def _found(self, data: bytes) -> Iterator[Span]:
        for place in self._layered(data, _anywhere):
            yield Span(*place)
        if b"\0" in data:
            for parity in (0, 1):
                wide = functools.partial(_wide, data, parity)
                for start, end, needle in self._layered(data[parity::2], wide):
                    first, last = wide(start, end) or (0, 0)
                    yield Span(first, last, needle, 2, 2 * start + parity - first)

    def _layered(self, data: bytes, fits: Fits) -> Iterator[tuple[int, int, bytes]]:
        """Where the needles stand as they are, and under escapes."""
        yield from self._plain(data, fits)
        layers = self._layers(data)
        if not any(map(self._shows, layers[1:])):
            return
        origins = list[Origins]()
        for outer, layer in itertools.pairwise(layers):
            origins.append(self._escapes.origins(outer))
            raw = functools.partial(_raw, tuple(reversed(origins)))
            fits_raw = functools.partial(_fits_raw, fits, raw)
            for start, end, needle in (*self._plain(layer, fits_raw), *self._wide_in(layer, fits_raw)):
                yield *raw(start, end), needle

    def _layers(self, data: bytes) -> list[bytes]:
        """The data, and what is under its escapes, one encoding after the other."""
        layers = [data]
        while len(layers) <= _LAYERS and self._escapes.may_stand_in(layers[-1]):
            decoded = self._escapes.undone(layers[-1])
            if decoded == layers[-1]:
                break
            layers.append(decoded)
        return layers

    def _shows(self, data: bytes) -> bool:
        """Whether a needle stands in data of which escapes were undone."""
        found = itertools.chain(self._plain(data, _anywhere), self._wide_in(data, _anywhere))
        return next(found, None) is not None

    def _wide_in(self, data: bytes, fits: Fits) -> Iterator[tuple[int, int, bytes]]:
        """Where the needles stand in UTF-16 among escapes that were undone, by which zeros came to be there."""
        if b"\0" not in data:
            return
        for parity in (0, 1):
            first, last = parity, parity - 1

            def parted(start: int, end: int, first: int = first, last: int = last) -> object:
                zeros = data[2 * start + first + 1 : 2 * end + last : 2]
                return not any(zeros) and fits(2 * start + first, 2 * end + last)

            for start, end, needle in self._plain(data[parity::2], parted):
                yield 2 * start + first, 2 * end + last, needle

    def _plain(self, data: bytes, fits: Fits) -> Iterator[tuple[int, int, bytes]]:
        """Where the needles stand that fit, those left out that stand within another.

        A body may be made of needles that begin at every byte of it: most are passed over, for they reach no further.
        """
        end = 0
        for hits in self._hits(data):
            at = 0
            while at < len(hits):
                # Of those that begin within what was found the last one reaches farthest, as a rule.
                last = max(at + 1, bisect_left(hits, (end,), at))
                for place, index in reversed(hits[at:last]):
                    needle = self._longest_at(data, place, index, end, fits)
                    if needle is not None:
                        end = place + len(needle)
                        yield place, end, needle
                at = last

    def _hits(self, data: bytes) -> Iterator[list[tuple[int, int]]]:
        """Where stems stand, in order, and which, a piece of the data at a time."""
        if len(data) <= _PIECE:
            found = self._automaton.find_matches_as_indexes(data, overlapping=True)
            yield sorted((start, index) for index, start, _ in found)
            return
        view = memoryview(data)
        for begin in range(0, len(data), _PIECE):
            piece = view[begin : begin + _PIECE + _STEM - 1]
            found = self._automaton.find_matches_as_indexes(piece, overlapping=True)
            yield sorted((begin + start, index) for index, start, _ in found if start < _PIECE)

    def _longest_at(self, data: bytes, place: int, index: int, beyond: int, fits: Fits) -> bytes | None:
        """The longest needle of a stem that stands at a place, ends beyond another, and fits."""
        for length, endings in self._families[index]:
            end = place + length
            if end <= beyond:
                break
            if data[end - _STEM : end] in endings if length > _STEM else end <= len(data):
                needle = data[place:end]
                if needle in self._shown and fits(place, end):
                    return needle
        return None


def _lengths_and_endings(needles: list[bytes]) -> tuple[tuple[int, Container[bytes]], ...]:
    if len(needles) == 1:
        return ((len(needles[0]), (needles[0][-_STEM:],)),)
    return tuple(
        (length, frozenset(needle[-_STEM:] for needle in those)) for length, those in itertools.groupby(needles, len)
    )


def spliced(data: bytes, replacements: Iterable[tuple[int, int, bytes]]) -> bytes:
    """The data with each span (start, end) replaced, in order; the same object where there is none.

    Besides the data it costs the memory of what comes of it.
    """
    view, written, at = memoryview(data), io.BytesIO(), 0
    for start, end, instead in replacements:
        written.write(view[at:start])
        written.write(instead)
        at = end
    if not at:
        return data
    written.write(view[at:])
    return written.getvalue()


class Anchors:
    """Short texts of which one stands in all that is looked for; found in one quick pass."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        """Take texts that are not empty, and of which none stands at the beginning of another."""
        self._texts = tuple(texts)
        self._longest = max(map(len, self._texts))
        # Of those that overlap the first is found: that is the kind which the automaton finds quickest.
        self._automaton = ahocorasick_rs.BytesAhoCorasick(self._texts, matchkind=ahocorasick_rs.MatchKind.LeftmostFirst)

    def stand_in(self, data: bytes) -> bool:
        """Whether one stands in the data."""
        return any(self._found(data))

    def in_it(self, data: bytes) -> set[bytes]:
        """Those that stand in the data; one that stands there only where it overlaps others may be missing."""
        found = set[int]()
        for matches in self._found(data):
            found.update(index for index, _, _ in matches)
            if len(found) == len(self._texts):
                break
        return {self._texts[index] for index in found}

    def places(self, data: bytes) -> Iterator[int]:
        """Where they stand, those left out that overlap one before."""
        end = 0
        for begin, matches in zip(itertools.count(0, _PIECE), self._found(data)):
            for _, first, last in matches:
                if first < _PIECE and begin + first >= end:
                    end = begin + last
                    yield begin + first

    def _found(self, data: bytes) -> Iterator[list[tuple[int, int, int]]]:
        """What is found, a piece of the data at a time: what begins beyond a piece may be found again in the next."""
        if len(data) <= _PIECE:
            yield self._automaton.find_matches_as_indexes(data)
            return
        view = memoryview(data)
        for begin in range(0, len(data), _PIECE):
            yield self._automaton.find_matches_as_indexes(view[begin : begin + _PIECE + self._longest - 1])


def _anywhere(_start: int, _end: int) -> object:
    return True


def _raw(origins: Sequence[Origins], start: int, end: int) -> tuple[int, int]:
    """A span in data whose escapes were undone, from layer to layer, as it was at first."""
    for each in origins:
        start, end = each.raw(start), each.raw(end)
    return start, end


def _fits_raw(fits: Fits, raw: Callable[[int, int], tuple[int, int]], start: int, end: int) -> object:
    return fits(*raw(start, end))


def _wide(data: bytes, parity: int, start: int, end: int) -> tuple[int, int] | None:
    """The bytes of a span found in every other byte, where those between are zero: UTF-16, in either order."""
    first, last = 2 * start + parity, 2 * end + parity
    after = data[first + 1 : last : 2]
    if len(after) == end - start and not any(after):
        return first, last
    before = data[first - 1 : last - 2 : 2] if first else b""
    if len(before) == end - start and not any(before):
        return first - 1, last - 1
    return None
