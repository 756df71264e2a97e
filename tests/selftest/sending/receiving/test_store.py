"""Bodies in memory: equal ones once, and all together within the budget."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from customers_conformance.model import PREFIX
from customers_conformance.sending.receiving.store import BodyStore, Holding

if TYPE_CHECKING:
    from collections.abc import Iterator

BIG = 4 * PREFIX
A = b"a" * BIG
B = b"a" * PREFIX + b"b" * (BIG - PREFIX)
C = b"c" * BIG


class Clock:
    """Counts how often a clock was stopped and started."""

    def __init__(self) -> None:
        self.stopped = 0
        self.started = 0

    @contextmanager
    def standing(self) -> Iterator[None]:
        self.stopped += 1
        try:
            yield
        finally:
            self.started += 1


async def put(holding: Holding, body: bytes, step: int = PREFIX // 2) -> None:
    for at in range(0, len(body), step):
        await holding.add(body[at : at + step])


async def received(store: BodyStore, body: bytes) -> tuple[bytes, str | None]:
    with store.receive(Clock().standing) as holding:
        await put(holding, body)
        return holding.finish(), holding.cut


def test_equal_bodies_are_one_object() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        first, _ = await received(store, A)
        second, _ = await received(store, bytes(A))
        assert first == A
        assert second is first
        assert store.held == BIG

    asyncio.run(run())


def test_a_body_that_is_like_one_that_is_held_is_not_held_again_while_it_arrives() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        with store.receive(Clock().standing) as holding:
            await put(holding, A[:-1])
            assert holding.held == 0
            assert store.held == BIG
            await holding.add(b"z")
            assert holding.held == BIG
            assert holding.finish() == A[:-1] + b"z"
        assert store.held == 2 * BIG

    asyncio.run(run())


def test_a_body_changes_over_to_another_that_it_is_like() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        await received(store, B)
        assert store.held == store.budget
        assert await received(store, B) == (B, None)
        assert store.held == store.budget

    asyncio.run(run())


def test_a_body_that_ends_early_is_its_own() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        assert await received(store, A[:-5]) == (A[:-5], None)
        content, cut = await received(store, A[:-9])
        assert content == A[:PREFIX]
        assert "the evidence is limited to" in (cut or "")

    asyncio.run(run())


def test_a_body_beyond_the_budget_keeps_its_first_64_kib() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        await received(store, B)
        content, cut = await received(store, C)
        assert content == C[:PREFIX]
        assert cut == f"the evidence is limited to {2 * BIG} bytes (twice --max-body)"
        assert store.held <= store.budget + PREFIX
        assert await received(store, b"") == (b"", None)
        assert await received(store, b"small") == (b"small", None)

    asyncio.run(run())


def test_a_reader_waits_with_its_clock_stopped_and_then_finds_its_twin() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        clocks = [Clock() for _ in range(4)]
        with ExitStack() as stack:
            holdings = [stack.enter_context(store.receive(clock.standing)) for clock in clocks]
            await put(holdings[0], C[: BIG // 2])
            waiting = [asyncio.ensure_future(put(holding, C)) for holding in holdings[1:]]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert [clock.stopped for clock in clocks] == [0, 1, 1, 1]
            assert store.held <= store.budget
            await put(holdings[0], C[BIG // 2 :])
            content = holdings[0].finish()
            await asyncio.gather(*waiting)
            assert [clock.started for clock in clocks] == [0, 1, 1, 1]
            assert all(holding.finish() is content for holding in holdings[1:])
            assert all(holding.cut is None for holding in holdings)
        assert store.held == store.budget

    asyncio.run(run())


def test_a_reader_that_is_given_up_leaves_its_room_to_those_who_wait() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        clock = Clock()
        with store.receive(clock.standing) as waiter:
            with store.receive(Clock().standing) as given_up:
                await put(given_up, C[: BIG // 2])
                waiting = asyncio.ensure_future(put(waiter, B))
                await asyncio.sleep(0)
                assert clock.stopped == 1
            await waiting
            assert waiter.finish() == B

    asyncio.run(run())


def test_readers_that_never_agree_are_cut_and_never_wait_for_each_other() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        bodies = [bytes([65 + at]) * BIG for at in range(8)]
        got = await asyncio.wait_for(asyncio.gather(*(received(store, body) for body in bodies)), 5)
        whole = [content for content, cut in got if cut is None]
        assert len(whole) == 2
        assert all(content == body[: len(content)] for body, (content, _) in zip(bodies, got, strict=True))
        assert all(len(content) == PREFIX for content, cut in got if cut)

    asyncio.run(run())


def test_what_was_cut_off_takes_no_more() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        with store.receive(Clock().standing) as holding:
            await put(holding, A[: BIG // 2])
            holding.cut_off("enough")
            await put(holding, A)
            assert holding.finish() == A[:PREFIX]
            assert holding.cut == "enough"

    asyncio.run(run())


def test_readers_grow_side_by_side_where_there_is_room_for_all() -> None:
    async def run() -> None:
        store = BodyStore(8 * BIG)
        clock = Clock()
        with store.receive(clock.standing) as first, store.receive(clock.standing) as second:
            await put(first, A)
            await put(second, C)
            assert store.held == 2 * BIG
            assert (first.finish(), second.finish()) == (A, C)
        assert clock.stopped == 0

    asyncio.run(run())


def test_many_values_in_few_bytes_make_more_work_than_as_many_bytes_of_text() -> None:
    async def run() -> None:
        store = BodyStore(BIG)
        await received(store, A)
        assert store.work == store.held == BIG
        dense = b"{}," * 1000
        await received(store, dense)
        await received(store, bytes(dense))
        assert store.work == BIG + 2000 * 16
        assert store.held == BIG + len(dense)
        assert store.growing == 0

    asyncio.run(run())
