"""A body as it arrives: what decodes to more than the bound is decoded once, however often it is sent."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import zlib

import pytest

from customers_conformance.model import PREFIX, Body
from customers_conformance.sending.receiving import reception as receiving
from customers_conformance.sending.receiving.decoding import Decoder
from customers_conformance.sending.receiving.reception import OverlongBodies, Reception
from customers_conformance.sending.receiving.store import BodyStore

BOUND = 200_000
BOMB = gzip.compress(bytes(10 * BOUND))
OTHER = gzip.compress(b"a" * 1000 + bytes(10 * BOUND))


def received(data: bytes, known: OverlongBodies, step: int = 50, coding: str = "gzip") -> tuple[Body, int]:
    """What is made of a body that comes in steps of so many bytes, and how many steps were asked for."""

    async def receive() -> tuple[Body, int]:
        store = BodyStore(BOUND)
        steps = 0
        with store.receive(contextlib.nullcontext) as holding:
            reception = Reception(holding, [coding], BOUND, known)
            for at in range(0, len(data), step):
                steps += 1
                if not await reception.take(data[at : at + step]):
                    break
            return await reception.finish(), steps

    return asyncio.run(receive())


def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what is given to a decoder from now on."""
    sizes: list[int] = []
    feed = Decoder.feed

    def counting(self: Decoder, data: bytes) -> object:
        sizes.append(len(data))
        return feed(self, data)

    monkeypatch.setattr(Decoder, "feed", counting)
    return sizes


@pytest.mark.parametrize("step", [1, 7, 50, 100_000])
def test_a_body_that_begins_as_an_overlong_one_is_not_decoded_again(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    known = OverlongBodies()
    first, _ = received(BOMB, known)
    sizes = decoded(monkeypatch)
    again, _ = received(BOMB, known, step)
    assert sizes == []
    assert (again.content, again.cut) == (first.content, first.cut)
    assert again.cut == f"the decoded body is longer than {BOUND} bytes (--max-body)"
    assert len(again.content) == PREFIX
    assert len(known) == 1


@pytest.mark.parametrize("step", [1, 50, 100_000])
def test_a_body_that_is_like_an_overlong_one_for_a_while_is_decoded(step: int) -> None:
    known = OverlongBodies()
    received(BOMB, known)
    for content in (b"short", bytes(BOUND), b"a" * 1000 + bytes(1000)):
        body, _ = received(gzip.compress(content), known, step)
        assert (body.content, body.cut, body.coding_error) == (content, None, None)
    other, _ = received(OTHER, known, step)
    assert other.content.startswith(b"a" * 1000 + b"\0")
    assert other.cut is not None
    assert [one.content[:1] for one in known.coded(("gzip",))] == [b"\0", b"a"]


def test_a_body_that_ends_while_it_is_like_an_overlong_one_ends_too_early() -> None:
    known = OverlongBodies()
    received(BOMB, known)
    body, _ = received(known.coded(("gzip",))[0].start[:40], known)
    assert body.coding_error == "the gzip stream ends too early"
    assert set(body.content) <= {0}


def test_equal_bytes_of_another_coding_are_another_body() -> None:
    known = OverlongBodies()
    stream = zlib.compress(bytes(10 * BOUND))
    received(stream, known, coding="deflate")
    body, _ = received(stream, known)
    assert body.coding_error == "the body is no sound gzip stream"


def test_only_some_overlong_bodies_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_KNOWN", 1)
    known = OverlongBodies()
    received(BOMB, known)
    received(OTHER, known)
    assert len(known) == 1
    monkeypatch.setattr(receiving, "MOST_COMPARED", 10)
    long = OverlongBodies()
    assert received(BOMB, long)[0].cut is not None
    assert not len(long)


def test_a_coding_within_others_is_bounded_as_they_are() -> None:
    nothing = gzip.compress(b"")
    body, steps = received(gzip.compress(nothing * (BOUND // len(nothing) + 9)), OverlongBodies(), coding="gzip, gzip")
    assert body.cut == f"a content coding within others decodes to more than {BOUND} bytes (--max-body)"
    assert body.coding_error is None
    assert steps < 100
    within, _ = received(gzip.compress(nothing * 9 + gzip.compress(b"text")), OverlongBodies(), coding="gzip, gzip")
    assert (within.content, within.cut) == (b"text", None)


def test_the_clock_has_its_turn_where_nothing_comes_of_what_is_decoded() -> None:
    decoder = Decoder(["gzip"], BOUND)
    assert list(decoder.feed(gzip.compress(b""))) in ([], [b""])
    nested = Decoder(["gzip", "gzip"], BOUND)
    assert b"" in list(nested.feed(gzip.compress(gzip.compress(b"") * 100)))


def test_the_same_overlong_body_from_several_readers_is_remembered_once() -> None:
    known = OverlongBodies()

    async def receive() -> None:
        store = BodyStore(BOUND)
        with store.receive(contextlib.nullcontext) as one, store.receive(contextlib.nullcontext) as other:
            for reception in [Reception(holding, ["gzip"], BOUND, known) for holding in (one, other)]:
                await reception.take(BOMB)
                await reception.finish()

    asyncio.run(receive())
    assert len(known) == 1


def plain(store: BodyStore, data: bytes, step: int = 50) -> Body:
    """What is made of a body without a coding that comes in steps of so many bytes."""

    async def receive() -> Body:
        with store.receive(contextlib.nullcontext) as holding:
            reception = Reception(holding, [], BOUND, OverlongBodies())
            for at in range(0, len(data), step):
                if not await reception.take(data[at : at + step]):
                    break
            return await reception.finish()

    return asyncio.run(receive())


LIST = b'{"customers":[' + b'{"id":"a"},' * 10_000 + b"]}"


@pytest.mark.parametrize(
    "data",
    [LIST, LIST[:-5], LIST + b" ", LIST[:60_000] + b"x" + LIST[60_000:], b"x" + LIST, b"", LIST[:70_001] + b"y" * 10],
    ids=["equal", "ends early", "goes on", "parts midway", "other from the start", "empty", "parts and ends"],
)
@pytest.mark.parametrize("step", [7, 1000, 300_000])
def test_a_body_beside_one_that_is_kept_is_what_it_is_alone(data: bytes, step: int) -> None:
    store = BodyStore(BOUND)
    kept = plain(store, LIST)
    body = plain(store, data, step)
    assert body == plain(BodyStore(BOUND), data, step)
    assert body.digest == hashlib.sha256(data).hexdigest()
    assert (body.content is kept.content) == (data == LIST)


def test_a_body_that_is_kept_already_is_hashed_once_more_and_then_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    store = BodyStore(BOUND)
    plain(store, LIST)
    hashed: list[int] = []
    sha256 = hashlib.sha256

    def counting(data: bytes = b"") -> object:
        hashed.append(len(data))
        return sha256(data)

    monkeypatch.setattr(hashlib, "sha256", counting)
    for _ in range(3):
        plain(store, LIST)
    assert sum(hashed) == len(LIST)


@pytest.mark.parametrize("step", [50, 1000, 150_000])
def test_a_body_that_goes_on_beyond_the_bound_is_cut_there_whatever_it_begins_like(step: int) -> None:
    store = BodyStore(BOUND)
    plain(store, LIST)
    data = LIST + b" " * BOUND
    body = plain(store, data, step)
    assert body == plain(BodyStore(BOUND), data, step)
    assert body.cut == f"the body is longer than {BOUND} bytes (--max-body)"


@pytest.mark.parametrize("step", [100, 30_000])
def test_a_body_has_as_many_values_as_it_has_whatever_it_begins_like(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BodyStore(BOUND)
    plain(store, LIST)
    monkeypatch.setattr(receiving, "MOST_VALUES", 20_010)
    assert plain(store, LIST, step).cut is None
    longer = plain(store, LIST + b"," * 9, step)
    assert longer.cut == "the body holds more than the 20,010 values that are judged"
    assert longer == plain(BodyStore(BOUND), LIST + b"," * 9, step)
