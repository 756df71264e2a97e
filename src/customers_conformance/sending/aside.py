"""Work beside an event loop, in a thread that keeps neither the loop nor the process from ending."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Value = TypeVar("_Value")


async def aside(work: Callable[[], _Value], name: str) -> _Value:
    """What ``work`` gives or raises in a daemon thread of that name; who is cancelled waits for it no longer.

    The threads of a loop's own executor are waited for when the loop ends, and again when the interpreter does: one
    that hangs, in a look-up or at the lock of an import, would keep the process for ever.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Value] = loop.create_future()
    context = contextvars.copy_context()

    def settle(found: list[_Value], problem: BaseException | None) -> None:
        if answer.done():
            return
        if problem is not None:
            answer.set_exception(problem)
        else:
            answer.set_result(found[0])

    def carried_out() -> None:
        found: list[_Value] = []
        problem = None
        try:
            found.append(context.run(work))
        except BaseException as error:  # noqa: BLE001 - whoever waits raises it
            problem = error
        # The loop was closed where nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, found, problem)

    threading.Thread(target=carried_out, name=name, daemon=True).start()
    return await answer
