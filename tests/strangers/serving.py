"""Starting programs that serve: each tells its address in its first lines, and is ended with the block."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.strangers import contract, data
from tests.strangers.stranger import MissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

#: Seconds that a program may take to start, to be built, and to end.
STARTING, BUILDING, ENDING = 30.0, 300.0, 10.0

_ADDRESS = re.compile(r"(127\.0\.0\.1:[0-9]+)")


def environment(**more: str) -> dict[str, str]:
    """The environment of a program that is started: ours, and the key."""
    return {**os.environ, "CUSTOMERS_CONFORMANCE_KEY": data.KEY, **more}


def found(program: str) -> str:
    """The path of a program; raises ``MissingError`` where it is not installed."""
    path = shutil.which(program)
    if path is None:
        raise MissingError(f"{program} is not installed")
    return path


@contextlib.contextmanager
def started(arguments: Sequence[str], announced: str = "http://") -> Iterator[str]:
    """The URL that a program tells in a line that holds ``announced``; it is ended with SIGTERM."""
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment()
    ) as process:
        # Where it neither speaks nor ends, it is ended, and so is the reading.
        silence = threading.Timer(STARTING, process.kill)
        silence.start()
        try:
            address = _address(process, announced)
            silence.cancel()
            yield f"http://{address}"
        finally:
            silence.cancel()
            ended(process)


def _address(process: subprocess.Popen[str], announced: str) -> str:
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        address = _ADDRESS.search(line.partition(announced)[2]) if announced in line else None
        if address:
            # Whatever it says later must not fill the pipe.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return address[1]
    raise RuntimeError(f"{process.args!r} did not say where it listens: {''.join(said)[-2000:]}")


def ended(process: subprocess.Popen[str]) -> None:
    """End a process: asked first, then killed."""
    process.terminate()
    try:
        process.wait(ENDING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of this machine that nobody has, for a program that cannot choose one by itself."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def await_port(port: int, process: subprocess.Popen[str]) -> None:
    """Return once somebody listens; raises ``RuntimeError`` where the process ends first or takes too long."""
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < STARTING:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}: {process.args!r} ended with {process.poll()}")


def python_server(name: str, *arguments: str) -> AbstractContextManager[str]:
    """The URL of one of ``servers``."""
    return started([sys.executable, "-m", f"tests.strangers.servers.{name}_server", *arguments])


def python(name: str, *arguments: str, needs: str | None = None) -> Callable[[Path], AbstractContextManager[list[str]]]:
    """A stranger of ``servers``, where the module that it needs is installed."""

    @contextlib.contextmanager
    def opened(_: Path) -> Iterator[list[str]]:
        if importlib.util.find_spec(needs or name) is None:
            raise MissingError(f"{needs or name} is not installed")
        with python_server(name, *arguments) as url:
            yield ["run", url]

    return opened


@contextlib.contextmanager
def go(folder: Path) -> Iterator[list[str]]:
    """The server in Go, built with nothing but its standard library."""
    binary = folder / "server"
    building = [found("go"), "build", "-o", str(binary), "."]
    offline = environment(GOPROXY="off", GOTOOLCHAIN="local", GOFLAGS="", GOWORK="off")
    subprocess.run(building, check=True, timeout=BUILDING, env=offline, cwd=HERE / "go")
    with started([str(binary), str(_dumped(folder))]) as url:
        yield ["run", url]


def node(*arguments: str) -> Callable[[Path], AbstractContextManager[list[str]]]:
    """The server in JavaScript, on Node."""

    @contextlib.contextmanager
    def opened(folder: Path) -> Iterator[list[str]]:
        with started([found("node"), str(HERE / "node" / "server.js"), str(_dumped(folder)), *arguments]) as url:
            yield ["run", url]

    return opened


def _dumped(folder: Path) -> Path:
    """The data for servers in other languages: each view as the text to send, its memory written in another way."""
    path = folder / "data.json"
    views = {name: json.dumps(view, ensure_ascii=False) for name, view in data.views(respelled=True).items()}
    path.write_text(json.dumps({"path": contract.PATH, "key": data.KEY, "views": views}), encoding="utf-8")
    return path
