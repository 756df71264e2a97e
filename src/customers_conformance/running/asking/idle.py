"""When a run has time for work of its own, because it waits for the target."""

from __future__ import annotations

import asyncio
import contextlib
import time

#: Seconds after which it is looked at again, and what part of them the process works where it is busy.
_LOOK, _BUSY = 0.05, 0.5


async def idle(needed: asyncio.Event) -> None:
    """Returns when the process mostly waits, or else when what it has time for is ``needed``.

    Two threads that are both busy only hinder each other: together they take a tenth longer than one after the other.
    """
    loop = asyncio.get_running_loop()
    while not needed.is_set():
        begun, worked = loop.time(), time.process_time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK):
                await needed.wait()
        if time.process_time() - worked < _BUSY * (loop.time() - begun):
            return
