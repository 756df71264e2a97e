"""Work beside an event loop: its value and its failure are handed over, and nobody waits for what hangs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from customers_conformance.sending.aside import aside


def test_what_work_gives_and_what_it_raises_is_handed_over() -> None:
    assert asyncio.run(aside(lambda: threading.current_thread().name, "beside")) == "beside"
    with pytest.raises(ZeroDivisionError):
        asyncio.run(aside(lambda: 1 // 0, "beside"))


def test_work_that_hangs_keeps_neither_the_loop_nor_the_process() -> None:
    program = (
        "import asyncio, threading\n"
        "from customers_conformance.sending.aside import aside\n"
        "try:\n"
        "    asyncio.run(asyncio.wait_for(aside(threading.Event().wait, 'hangs'), 0.01))\n"
        "except TimeoutError:\n"
        "    print('over')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("over\n", "")


def test_work_that_ends_when_the_loop_is_closed_is_let_go(capfd: pytest.CaptureFixture[str]) -> None:
    going = threading.Event()

    async def left() -> None:
        task = asyncio.create_task(aside(going.wait, "late"))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(left())
    (late,) = [thread for thread in threading.enumerate() if thread.name == "late"]
    going.set()
    late.join()
    assert capfd.readouterr().err == ""
