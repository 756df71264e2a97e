"""A run that is cut short: what was collected is written, it says so, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import threading
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.hostile import conduct
from tests.hostile.scripts import answer, guarded, put, sound

from customers_conformance.evidence import har
from customers_conformance.model import Outcome
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.running.deadline.ending import Watch
from customers_conformance.running.run import conduct as conduct_run
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.hostile.peers import Peer

#: Seconds after which a run that should have ended is taken for one that hangs.
HANGS = 30

OPTIONS = ("--settle", "0", "--examples", "0", "--timeout", "20")
WHOLE = answer(sound())


class Stop:
    """A server that answers the plain request, and then holds what comes until it is let go."""

    def __init__(self, answered: int = 1) -> None:
        """Answer so many requests at once."""
        self.reached = threading.Event()
        self.let_go = threading.Event()
        self._left = answered

    async def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        self._left -= 1
        if self._left < 0:
            self.reached.set()
            if not self.let_go.is_set():
                await peer.stay()
                return
        await put(peer, WHOLE)


@contextlib.contextmanager
def heeded(*numbers: signal.Signals) -> Iterator[None]:
    """What is started in the block heeds these signals, also where whoever started the tests ignores them."""
    # A handler is not passed on to another program, but that a signal is ignored is.
    former = [(number, signal.signal(number, signal.default_int_handler)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in former:
            signal.signal(number, handler)


@contextlib.contextmanager
def run(
    script: Callable[[Peer], Any] | bytes,
    out: Path,
    *further: str,
    options: tuple[str, ...] = OPTIONS,
    stdout: int = subprocess.PIPE,
    stderr: int = -1,
) -> Iterator[subprocess.Popen[str]]:
    """The command against a server; ended, with all that it started, when the test is over."""
    with conduct.hosted(script) as server:
        with heeded(signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(
                conduct.command(server.url(), out, (*options, *further)),
                stdout=stdout,
                stderr=stderr,
                env=conduct.environment(),
                start_new_session=True,
                text=True,
            )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def ended(process: subprocess.Popen[str], within: float = HANGS) -> tuple[int, str]:
    """The exit code and the text of both streams, when the process and all that it started have ended."""
    out, err = process.communicate(timeout=within)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert "Traceback" not in (out or "") + (err or "")
    return process.returncode, (out or "") + (err or "")


def report(out: Path) -> dict[str, Any]:
    """``report.json``, beside which no half-written file stands."""
    assert not list(out.glob(".*"))
    for path in out.iterdir():
        assert path.stat().st_size > 0
    value = json.loads((out / "report.json").read_bytes())
    assert isinstance(value, dict)
    return value


def verdicts(out: Path) -> dict[str, str]:
    """The verdict on each requirement in ``report.json``."""
    return {one["id"]: one["verdict"] for one in report(out)["requirements"]}


def stays_invalid(out: Path, why: str, *, judged: bool = True) -> None:
    """What was cut short is so for whoever judges its evidence again, and again after that.

    Unless judging itself was cut short, the verdicts are the same.
    """
    found = conduct_run(Settings(har=out / "evidence.har", only=tuple(verdicts(out))))
    assert not judged or {one.requirement.id: one.verdict.value for one in found.judgements} == verdicts(out)
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, 4, False)
    assert "cut short" in found.summary
    assert why in found.summary
    execute(Settings(har=out / "evidence.har", out=out.parent / "again"))
    assert conduct_run(Settings(har=out.parent / "again" / "evidence.har")).complete is False


def _entries(out: Path) -> list[dict[str, Any]]:
    entries = json.loads((out / "evidence.har").read_bytes())["log"]["entries"]
    assert isinstance(entries, list)
    return entries


@pytest.mark.parametrize(
    "number,code,why",
    [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 4, "SIGTERM")],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_amid_the_requests_leaves_all_files_and_says_so(
    tmp_path: Path, number: signal.Signals, code: int, why: str
) -> None:
    stop = Stop()
    out = tmp_path / "out"
    with run(guarded(stop), out) as process:
        assert stop.reached.wait(HANGS)
        process.send_signal(number)
        assert ended(process)[0] == code
    seen = report(out)
    assert (seen["run"]["complete"], seen["outcome"], seen["exit_code"]) == (False, "invalid", code)
    assert why in seen["summary"]
    # What was asked until then is judged, and nothing passes that takes the answers that are missing.
    assert {"CUST-AUTH-001": "pass", "CUST-AUTH-002": "unverified"}.items() <= verdicts(out).items()
    assert {path.name for path in out.iterdir()} == conduct.FILES
    assert _entries(out)
    stays_invalid(out, why)


@pytest.fixture
def deaf() -> Iterator[None]:
    """The tests as ``nohup``, or a CI runner, may start them: Ctrl-C is ignored."""
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("deaf")
def test_a_started_run_heeds_ctrl_c_although_the_tests_do_not(tmp_path: Path) -> None:
    stop = Stop(answered=0)
    with run(stop, tmp_path / "out") as process:
        assert stop.reached.wait(HANGS)
        process.send_signal(signal.SIGINT)
        assert ended(process)[0] == 130


@pytest.mark.parametrize("number,code", [(signal.SIGINT, 130), (signal.SIGTERM, 4)], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_before_any_answer_ends_the_run(tmp_path: Path, number: signal.Signals, code: int) -> None:
    stop = Stop(answered=0)
    out = tmp_path / "out"
    with run(stop, out) as process:
        assert stop.reached.wait(HANGS)
        process.send_signal(number)
        assert ended(process)[0] == code
    assert report(out)["run"]["complete"] is False


@pytest.mark.parametrize("number,code", [(signal.SIGINT, 130), (signal.SIGTERM, 4)], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_while_judging_leaves_a_report_that_is_not_complete(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    broken = b'{"customers":[' + b",".join(b'{"id":%d,"name":null}' % n for n in range(12_000)) + b'],"count":0}'
    out = tmp_path / "out"
    with run(guarded(answer(broken)), out, "--only", "CUST-SCH-002") as process:
        assert process.stderr is not None
        assert any("judging" in line for line in process.stderr)
        process.send_signal(number)
        assert ended(process)[0] == code
    assert report(out)["run"]["complete"] is False
    stays_invalid(out, "Ctrl-C" if number is signal.SIGINT else "SIGTERM", judged=False)
    assert report(out)["evidence"]["digest"] == f"sha256:{sha256((out / 'evidence.har').read_bytes()).hexdigest()}"


@pytest.mark.parametrize("number,code", [(signal.SIGINT, 130), (signal.SIGTERM, 4)], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_amid_generated_requests_ends_the_run(tmp_path: Path, number: signal.Signals, code: int) -> None:
    stop = Stop(answered=45)
    out = tmp_path / "out"
    generating = {"--settle": "0", "--only": "CUST-ROB-003", "--examples": "400", "--seed": "1"}
    with run(guarded(stop), out, options=tuple(chain(*generating.items()))) as process:
        assert stop.reached.wait(HANGS)
        process.send_signal(number)
        # Sooner than the request that is under way would time out.
        assert ended(process, within=10)[0] == code
    seen = report(out)
    assert (seen["run"]["complete"], seen["exit_code"]) == (False, code)
    generated = [one for one in _entries(out) if one["_probe"].startswith("generated")]
    assert len(generated) > 5


def test_a_run_that_is_killed_leaves_a_report_that_is_not_complete(tmp_path: Path) -> None:
    stop = Stop()
    out = tmp_path / "out"
    with run(guarded(stop), out) as process:
        assert stop.reached.wait(HANGS)
        process.kill()
        assert ended(process)[0] == -signal.SIGKILL
    assert report(out)["run"]["complete"] is False


def test_a_deadline_leaves_a_report_that_is_not_complete(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with run(guarded(Stop()), out, "--deadline", "5") as process:
        assert ended(process)[0] == 4
    seen = report(out)
    assert (seen["run"]["complete"], seen["outcome"]) == (False, "invalid")
    assert "deadline of 5 s" in seen["summary"]
    # On a busy machine no time may be left to judge anything.
    stays_invalid(out, "deadline of 5 s", judged=set(verdicts(out).values()) != {"unverified"})


def test_judging_in_place_that_is_cut_short_leaves_the_recording_as_it_is(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app=create_app(customers=1))
    live = Settings(url="http://127.0.0.1", key=DEFAULT_KEY, out=tmp_path, only=("CUST-REL-001",), examples=0)
    execute(live, transport=transport)
    recorded = har.read((tmp_path / "evidence.har").read_bytes())

    def interrupted(step: str) -> None:
        if step == "judging":
            raise KeyboardInterrupt

    found = execute(Settings(har=tmp_path / "evidence.har", out=tmp_path), interrupted)
    assert (found.exit_code, found.complete) == (130, False)
    left = har.read((tmp_path / "evidence.har").read_bytes())
    assert (left.exchanges, left.cut_short) == (recorded.exchanges, None)


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, coverage could not write its figures either, and would say so."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("unmeasured")
def test_a_full_disk_is_told_and_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    stop = Stop()
    out = tmp_path / "out"
    with run(guarded(stop), out) as process:
        assert stop.reached.wait(HANGS)
        # The page does not fit any more; a report.json that is not complete does.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (45_000, 45_000))
        process.send_signal(signal.SIGTERM)
        code, screen = ended(process)
    assert code == 4
    assert "Could not write" in screen
    seen = report(out)
    assert (seen["run"]["complete"], seen["outcome"]) == (False, "invalid")
    assert "report.html" not in {path.name for path in out.iterdir()}


@pytest.mark.usefixtures("unmeasured")
def test_a_disk_without_any_room_keeps_the_first_report(tmp_path: Path) -> None:
    stop = Stop()
    out = tmp_path / "out"
    with run(guarded(stop), out) as process:
        assert stop.reached.wait(HANGS)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (10, 10))
        process.send_signal(signal.SIGTERM)
        assert ended(process)[0] == 4
    assert report(out)["run"]["complete"] is False


def test_a_folder_that_is_taken_away_is_told(tmp_path: Path) -> None:
    stop = Stop()
    out = tmp_path / "out"
    with run(guarded(stop), out) as process:
        assert stop.reached.wait(HANGS)
        shutil.rmtree(out)
        process.send_signal(signal.SIGTERM)
        code, screen = ended(process)
    assert code == 4
    assert "Could not write" in screen
    assert not out.exists()


@pytest.mark.parametrize("streams", [("stdout",), ("stderr",), ("stdout", "stderr")], ids="-and-".join)
def test_a_closed_pipe_changes_neither_files_nor_exit_code(tmp_path: Path, streams: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = tmp_path / "out"
    stdout, stderr = (writing if name in streams else subprocess.PIPE for name in ("stdout", "stderr"))
    with run(guarded(WHOLE), out, "--only", "CUST-REL-001", stdout=stdout, stderr=stderr) as process:
        os.close(writing)
        assert ended(process)[0] == 0
    seen = report(out)
    assert (seen["run"]["complete"], seen["exit_code"]) == (True, 0)


def test_a_run_that_begins_after_its_deadline_has_time_to_say_so() -> None:
    former = signal.getsignal(signal.SIGTERM)
    watch = Watch(-100)
    with watch.watching():
        watch.limit(0)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGTERM) == former


def test_outside_of_a_watched_block_no_alarm_is_set_that_would_kill_the_process() -> None:
    watch = Watch(-100)
    watch.limit(0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    with watch.watching():
        pass
    watch.limit(0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_sigterm_amid_the_requests_cancels_them_and_its_former_handler_is_back_afterwards() -> None:
    former = signal.getsignal(signal.SIGTERM)

    async def cut_short() -> str | None:
        with Watch(100).sending() as sending:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(HANGS)
        return sending.cut

    assert asyncio.run(cut_short()) == "The run was cut short by SIGTERM."
    assert signal.getsignal(signal.SIGTERM) == former


def test_a_task_that_is_cancelled_without_a_signal_is_cancelled() -> None:
    async def cancelled() -> None:
        with Watch(100).sending():
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
