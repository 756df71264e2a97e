"""A run turns to other work when it waits for the target, and not while it is busy itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tests.selftest.running.leaping import LeapingLoop

from customers_conformance.running.asking.idle import idle

if TYPE_CHECKING:
    import pytest


def over(wait: float) -> list[str]:
    """What comes first: the time for other work, or the need of what is to be done in it, so many seconds later."""
    came: list[str] = []

    async def watch() -> None:
        needed = asyncio.Event()

        async def rest() -> None:
            await idle(needed)
            came.append("needed" if needed.is_set() else "idle")

        async def need() -> None:
            await asyncio.sleep(wait)
            came.append("asked for")
            needed.set()

        await asyncio.gather(rest(), need())

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(watch())
    return came


def test_who_waits_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "process_time", lambda: 0.0)
    assert over(1.0) == ["idle", "asked for"]


def test_who_is_busy_has_none_until_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "process_time", lambda: asyncio.get_running_loop().time())
    assert over(1.0) == ["asked for", "needed"]
