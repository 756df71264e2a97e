"""What one command takes: seconds, seconds of the processor, memory; and the server that it asks."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import sysconfig
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]

#: Where this environment's commands are.
_COMMANDS = Path(sysconfig.get_path("scripts"))

#: Seconds after which a command is ended: longer than any takes that ends.
_LONGEST = 900.0

#: Bytes in a unit of what the system calls the largest memory.
_UNIT = 1 if sys.platform == "darwin" else 1024

_LOADS = "import json, sys, time; body = open(sys.argv[1], 'rb').read(); begun = time.perf_counter(); json.loads(body)"
_LOADS += "; print(time.perf_counter() - begun)"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process and those that it waited for took; ``peak`` is in bytes, of the largest of them."""

    seconds: float
    processor: float
    peak: int
    code: int
    requests: int | None = None
    #: What the suite's report says; empty for the peer.
    outcome: str = ""
    unverified: int | None = None

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def timed(command: Sequence[str], cwd: Path, **environment: str) -> Taken:
    """Run a command to its end; what it writes goes nowhere."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        end = threading.Timer(_LONGEST, process.kill)
        end.start()
        # Popen would wait without asking what it took.
        _, status, used = os.wait4(process.pid, 0)
        end.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    return Taken(round(seconds, 3), round(used.ru_utime + used.ru_stime, 3), used.ru_maxrss * _UNIT, process.returncode)


class Bench:
    """Prepared files in a folder, and the commands that are measured on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def made(self, customers: int, *options: str) -> Path:
        """A list of so many customers, made once; the options are those of ``tests.bench.lists``."""
        file = self.folder / f"{customers}{''.join(options)}.json"
        if not file.exists():
            self._make(file, customers, *options)
        return file

    def recorded(self, customers: int, *options: str) -> tuple[Path, Path]:
        """As ``made``, and a recording of it, made once."""
        file = self.folder / f"{customers}{''.join(options)}.json"
        recording = file.with_suffix(".har")
        if not recording.exists():
            self._make(file, customers, *options, "--recording", str(recording))
        return file, recording

    def _make(self, file: Path, customers: int, *options: str) -> None:
        command = [sys.executable, "-m", "tests.bench.lists", str(file), "--customers", str(customers), *options]
        subprocess.run(command, cwd=ROOT, check=True)

    def suite_run(self, url: str, key: str = server.KEY) -> Taken:
        """A full run of the suite against a server."""
        return self._suite("run", url, CUSTOMERS_CONFORMANCE_KEY=key)

    def suite_judge(self, recording: Path) -> Taken:
        """The suite's verdicts on a recording."""
        return self._suite("judge", str(recording), "--max-body", "1GiB")

    def _suite(self, *arguments: str, **environment: str) -> Taken:
        out = self.folder / "report"
        command = [str(_COMMANDS / "customers-conformance"), *arguments, "--out", str(out)]
        taken = timed(command, self.folder, **environment)
        report = json.loads((out / "report.json").read_bytes())
        return replace(
            taken,
            requests=report["ledger"]["requests"] if report["ledger"] else None,
            outcome=report["outcome"] if report["run"]["complete"] else "cut short",
            unverified=report["counts"]["unverified"],
        )

    def peer_run(self, url: str, key: str = server.KEY) -> Taken:
        """A run of Schemathesis with the contract's document and its own defaults."""
        document = ROOT / "openapi" / "customers.yaml"
        command = [str(_COMMANDS / "st"), "run", str(document), "--url", url, "-H", f"Authorization: Bearer {key}"]
        return timed(command, self.folder)

    def loads(self, file: Path) -> float:
        """Seconds that ``json.loads`` takes for the bytes of a file, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-c", _LOADS, str(file)], capture_output=True, text=True, check=True, timeout=600
        )
        return round(float(done.stdout), 6)

    @contextlib.contextmanager
    def serving(self, file: Path, latency: float = 0.0) -> Iterator[str]:
        """The server of prepared bytes, for so long; its URL."""
        with started(sys.executable, "-m", "tests.bench.server", str(file), "--latency", str(latency)) as url:
            yield url

    @contextlib.contextmanager
    def reference(self) -> Iterator[str]:
        """The reference server as users start it, for so long; its URL."""
        environment = {"CUSTOMERS_CONFORMANCE_KEY": server.KEY}
        with started(str(_COMMANDS / "customers-conformance"), "serve", **environment) as url:
            yield url


@contextlib.contextmanager
def started(*command: str, **environment: str) -> Iterator[str]:
    """A server that says its URL in its first line, for so long."""
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def requests_at(url: str) -> int:
    """How many requests the server of prepared bytes was asked so far."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    with contextlib.closing(connection):
        connection.request("GET", server.COUNTED)
        return int(connection.getresponse().read())
