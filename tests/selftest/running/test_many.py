"""Many runs at once: each is one process that shares nothing with another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.hostile import conduct
from tests.hostile.scripts import guarded
from tests.selftest.running.deadline.test_ending import HANGS, Stop, heeded, report, run

from customers_conformance.reference.app import DEFAULT_KEY
from customers_conformance.reference.server import running

if TYPE_CHECKING:
    from pathlib import Path

#: Requests of every kind, generated ones too.
OPTIONS = ("--only", "CUST-ROB-003", "--only", "CUST-MEM-001", "--examples", "4", "--settle", "0")


def verdicts(out: Path) -> dict[str, Any]:
    found = json.loads((out / "report.json").read_bytes())
    assert found["run"]["complete"] is True
    return {one["id"]: one["verdict"] for one in found["requirements"]}


def test_runs_at_once_leave_each_its_own_files_and_nothing_else(tmp_path: Path) -> None:
    temporary, here = tmp_path / "temporary", tmp_path / "here"
    temporary.mkdir()
    here.mkdir()
    environment = os.environ | {"CUSTOMERS_CONFORMANCE_KEY": DEFAULT_KEY, "TMPDIR": str(temporary), "HOME": str(here)}
    with running(customers=1) as url:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "customers_conformance", "run", url, "--out", f"out-{number}", *OPTIONS],
                cwd=here,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(4)
        ]
        ended = [(process.communicate()[1], process.returncode) for process in started]
    assert [code for _, code in ended] == [0] * 4, ended
    assert {path.name for path in here.iterdir()} == {f"out-{number}" for number in range(4)}
    for number in range(4):
        assert {path.name for path in (here / f"out-{number}").iterdir()} == conduct.FILES
        assert set(verdicts(here / f"out-{number}").values()) == {"pass"}
    assert list(temporary.iterdir()) == []


def test_two_runs_never_write_to_one_folder(tmp_path: Path) -> None:
    stop, out = Stop(), tmp_path / "out"
    with run(guarded(stop), out) as first, conduct.hosted(guarded(Stop())) as server:
        assert stop.reached.wait(HANGS)
        begun = (out / "report.json").read_bytes()
        with heeded(signal.SIGTERM):
            second = subprocess.run(
                [sys.executable, "-m", "customers_conformance", "run", server.url(), "--out", str(out)],
                env=os.environ | {"CUSTOMERS_CONFORMANCE_KEY": conduct.KEY},
                capture_output=True,
                text=True,
                check=False,
            )
        assert second.returncode == 2
        assert second.stderr.startswith(f"error: --out {out}: another run is writing there; wait for its end.")
        assert not server.requests
        assert (out / "report.json").read_bytes() == begun
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=HANGS)
    assert report(out)["summary"] == "The run was cut short by SIGTERM."


def test_a_run_that_was_killed_keeps_no_other_from_its_folder(tmp_path: Path) -> None:
    stop, out = Stop(), tmp_path / "out"
    with run(guarded(stop), out) as process:
        assert stop.reached.wait(HANGS)
        process.kill()
        process.communicate(timeout=HANGS)
    with run(guarded(Stop(answered=10**6)), out, "--only", "CUST-REL-001") as process:
        process.communicate(timeout=HANGS)
    assert report(out)["run"]["complete"] is True
