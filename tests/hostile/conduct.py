"""The whole command against hostile servers; started as ``python -m tests.hostile.conduct [NAME …]``.

Each story of ``stories`` is one run in a process of its own. What must hold for every one of them is looked
for here: it ends in time, with an exit code that is sound, with all its files, without a leak and without a trace.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.resources
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
from tests.hostile import leaks, peers

from customers_conformance.sending.credentials import Credentials
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.target import Target

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from tests.hostile.story import Story

KEY = "cAnary9Key+Zq7f3aK1ndly_Xw"
EXTRA = "eXtra:cAnaRy 41c0ffee99"
VIRTUAL_KEY = "sk-bf-g1vEncAnary-5d0e77aa12"
SESSION = "sEssioncAnary77aa01bb"
SECRETS = (KEY, EXTRA, VIRTUAL_KEY, SESSION)

#: What the process may hold at most, in MiB, unless a story says less.
MOST_MEMORY = 1024

#: Seconds beyond ``--deadline``, in which everything has its place: the start of Python, on a machine that is busy.
GRACE = 5.0

FILES = {
    "badge.json",
    "evidence.har",
    "gl-code-quality.json",
    "junit.xml",
    "report.html",
    "report.json",
    "report.sarif",
    "summary.md",
}
#: What would run, or be shown, if the page held text from the target as it came.
MARKUP = (b"<script>alert", b"<img src=x", b"<svg onload", b'"javascript:', b"<iframe")
SAFE = {b"GET", b"HEAD", b"OPTIONS"}


@dataclass
class Ended:
    """What one run of the command left behind."""

    code: int
    out: str
    err: str
    seconds: float
    #: The most memory that it held at one time, in MiB.
    memory: float
    folder: Path
    requests: list[bytes]
    #: Whether a process of it was left.
    left: bool = False
    report: dict[str, Any] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """A file of the run; nothing where there is none."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / name).read_bytes()
        return b""

    def verdict(self, identifier: str) -> str:
        """The verdict of a requirement."""
        return next((one["verdict"] for one in self.report["requirements"] if one["id"] == identifier), "not selected")

    def of(self, verdict: str) -> list[str]:
        """The ids of the requirements with a verdict."""
        return [one["id"] for one in self.report["requirements"] if one["verdict"] == verdict]


@contextlib.contextmanager
def hosted(
    *scripts: bytes | Callable[[peers.Peer], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> Iterator[peers.Server]:
    """A hostile server in a thread of its own."""
    began: list[peers.Server] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with peers.serve(*scripts, tls=tls) as server:
            began.append(server)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield began[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def environment(**more: str) -> dict[str, str]:
    """The environment of a run: the secrets, and proxies that must not be used."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("COLUMNS")},
        "CUSTOMERS_CONFORMANCE_KEY": KEY,
        "EXTRA": EXTRA,
        "VIRTUAL_KEY": VIRTUAL_KEY,
        "SESSION": SESSION,
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "PYTHONDEVMODE": "",
        **more,
    }


def command(url: str, folder: Path, options: Sequence[str] = ()) -> list[str]:
    """The command line of a run."""
    return [sys.executable, "-m", "customers_conformance", "run", url, "--out", str(folder), *options]


def ran(url: str, folder: Path, options: Sequence[str], seconds: float, server: peers.Server | None) -> Ended:
    """Run the command to its end, or kill it after so many seconds (the exit code is then -9)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        process = subprocess.Popen(
            command(url, folder, options), stdout=out, stderr=err, env=environment(), start_new_session=True
        )
        memory = 0.0
        while process.poll() is None:
            # What wait4 tells of a child begins with what its parent held when it was started.
            memory = _peak(process.pid) or memory
            if time.monotonic() - begun > seconds:
                process.kill()
            time.sleep(0.02)
        took = time.monotonic() - begun
        left = _kill_group(process.pid)
        out.seek(0)
        err.seek(0)
        ended = Ended(
            process.returncode,
            out.read().decode("utf-8", "surrogateescape"),
            err.read().decode("utf-8", "surrogateescape"),
            took,
            memory,
            folder,
            list(server.requests) if server else [],
            left,
        )
    with contextlib.suppress(ValueError):
        ended.report = json.loads(ended.read("report.json") or b"{}")
    return ended


def _peak(process: int) -> float:
    """The most memory that a process has held so far, in MiB; 0 where it cannot be told any more."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _kill_group(leader: int) -> bool:
    """Whether a process was left in the group of a process that has ended; it is ended as well."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def told(story: Story, folder: Path) -> tuple[Ended, list[str]]:
    """Run the command against the server of a story; what is not as it must be."""
    elsewhere: list[bytes] = []
    with hosted(peers.SOUND) as other, hosted(*story.scripts(other)) as server:
        url = server.url(story.scheme)
        options = ("--deadline", f"{story.deadline:g}", "--timeout", f"{story.timeout:g}", *story.options)
        ended = ran(url, folder, options, story.deadline + GRACE, server)
        elsewhere += other.requests
    found = list(_complaints(story, ended))
    if elsewhere:
        found.append(f"{len(elsewhere)} requests went to another origin")
    return ended, found


def _complaints(story: Story, ended: Ended) -> Iterator[str]:
    if ended.code not in story.exits:
        yield f"the exit code is {ended.code}, not of {sorted(story.exits)}"
    if ended.memory > story.memory:
        yield f"it held {ended.memory:.0f} MiB, more than {story.memory}"
    if story.seconds and ended.seconds > story.seconds:
        yield f"it took {ended.seconds:.1f} s, longer than {story.seconds:g}"
    if ended.left:
        yield "a process was left"
    yield from _of_the_screen(ended)
    yield from _of_the_files(ended)
    yield from _of_the_requests(ended)
    for name, data in (("stdout", ended.out.encode("utf-8", "replace")), ("stderr", ended.err.encode())):
        yield from (f"{name} holds {trace}" for trace in leaks.traces(data, (*SECRETS, *story.secrets)))
    for path in sorted(ended.folder.iterdir()) if ended.folder.is_dir() else ():
        yield from (f"a file's name holds {trace}" for trace in leaks.traces(path.name.encode(), SECRETS))
        found = leaks.traces(path.read_bytes(), (*SECRETS, *story.secrets))
        yield from (f"{path.name} holds {trace}" for trace in found[:4])
    if ended.report:
        yield from story.looks(ended)


def _of_the_screen(ended: Ended) -> Iterator[str]:
    screen = ended.out + ended.err
    if "Traceback" in screen or "suite itself" in screen:
        yield f"a fault of the suite is shown: {screen[-600:]!r}"
    yield from leaks.obeyed(ended.out)
    yield from leaks.obeyed(ended.err)


def _of_the_files(ended: Ended) -> Iterator[str]:
    names = {path.name for path in ended.folder.iterdir()} if ended.folder.is_dir() else set()
    if names != FILES:
        yield f"the files are {sorted(names)}"
    if not ended.report:
        yield "report.json is no JSON"
        return
    schema = json.loads((importlib.resources.files("customers_conformance.reports") / "report.schema.json").read_text())
    problem = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(ended.report))
    if problem is not None:
        yield f"report.json breaks its schema: {problem.message[:200]}"
    if ended.report["exit_code"] != ended.code:
        yield f"report.json says exit code {ended.report['exit_code']}"
    if ended.report["counts"]["error"]:
        reasons = {one["reason"] for one in ended.report["requirements"] if one["verdict"] == "error"}
        yield f"errors: {ended.of('error')}: {sorted(map(str, reasons))}"
    for name in sorted(FILES & names):
        yield from _of_a_file(name, ended.read(name))


def _of_a_file(name: str, data: bytes) -> Iterator[str]:
    try:
        if name.endswith("xml"):
            ET.fromstring(data)  # noqa: S314 - our own file, and whether it is well-formed is the question
        elif name.endswith(("har", "json", "sarif")):
            json.loads(data)
    except (ValueError, ET.ParseError, RecursionError) as problem:
        yield f"{name} cannot be read: {problem}"
    if name.endswith("html"):
        yield from (f"{name} holds {mark!r}" for mark in MARKUP if mark in data.lower())
    if name.endswith("md"):
        yield from (f"{name}: {one}" for one in leaks.obeyed(data.decode()))


def _of_the_requests(ended: Ended) -> Iterator[str]:
    methods = {head.split(b" ", 1)[0] for head in ended.requests}
    if methods - SAFE:
        yield f"other methods arrived: {methods - SAFE}"
    if any(b"hostile-cookie" in head for head in ended.requests):
        yield "a cookie was sent back"


def alone(case: peers.Case) -> list[str]:
    """One request of the target alone to the server of a case; what is not as it must be."""

    async def exchange() -> list[str]:
        async with (
            peers.serve(case.script) as server,
            Target(parse_url(server.url()), Credentials(key=KEY, unknown="unknown-1"), case.limits) as target,
        ):
            return peers.complaints(case, await target.send(case.probe, 0))

    return asyncio.run(asyncio.wait_for(exchange(), 30))


def main(names: Sequence[str]) -> int:
    """Run all, or those of these names; print a line for each, and the figures last."""
    from tests.hostile.stories import STORIES

    say = sys.stdout.write
    failed = 0
    cases = [case for case in peers.CASES if not names]
    for case in cases:
        if found := alone(case):
            failed += 1
            say(f"FAILED {case.name}: {'; '.join(found)}\n")
    stories = [story for story in STORIES if not names or story.name in names]
    slowest, largest = ("none", 0.0), ("none", 0.0)
    for story in stories:
        with tempfile.TemporaryDirectory() as folder:
            ended, found = told(story, Path(folder) / "out")
        failed += bool(found)
        slowest = max(slowest, (story.name, ended.seconds), key=lambda one: one[1])
        largest = max(largest, (story.name, ended.memory), key=lambda one: one[1])
        word = "FAILED" if found else "ok"
        say(f"{word:6} {story.name:32} exit {ended.code:3} {ended.seconds:5.1f} s {ended.memory:5.0f} MiB\n")
        for complaint in found:
            say(f"       {complaint[:600]}\n")
        sys.stdout.flush()
    say(
        f"{len(cases)} servers for the target alone, {len(stories)} for the whole command; {failed} failed; "
        f"slowest {slowest[0]} {slowest[1]:.1f} s; peak memory {largest[0]} {largest[1]:.0f} MiB\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
