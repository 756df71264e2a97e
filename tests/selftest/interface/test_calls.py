"""The calls of Python, as a program uses them."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest.proving import folders

import customers_conformance
from customers_conformance import Outcome, Run, UsageError, Verdict, judge, run, verify
from customers_conformance.command import options
from customers_conformance.interface import calls
from customers_conformance.interface.apart import apart
from customers_conformance.model import News
from customers_conformance.reference import server
from customers_conformance.reference.app import DEFAULT_KEY
from customers_conformance.running.deadline.ending import BY_CTRL_C, CutShortError, OverdueError, Watch, by_deadline

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
RECORDING = folders.RECORDINGS / folders.AUTH_ON
FEW = ("CUST-AUTH-001", "CUST-REL-001", "CUST-SCH-003")

FAULTY = "count-too-high"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server.running(customers=2) as found:
        yield found


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    with server.running(customers=2, fault=FAULTY) as found:
        yield found


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Takes Ctrl-C where it is ignored, too, as in what a shell runs in the background."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def test_a_live_server_is_judged(url: str) -> None:
    found = run(url, key=DEFAULT_KEY, only=FEW)
    assert isinstance(found, Run)
    assert (found.outcome, found.exit_code, found.target_url) == (Outcome.CONFORMANT, 0, url)
    assert {one.requirement.id for one in found.judgements} == set(FEW)
    assert found.failures == ()


def test_what_is_broken_is_found_by_its_id(faulty: str) -> None:
    found = run(faulty, key=DEFAULT_KEY, only=FEW)
    assert found.outcome is Outcome.NONCONFORMANT
    (broken,) = found.failures
    assert broken == found.judgement("CUST-REL-001")
    assert broken.findings[0].pointer == "/count"
    with pytest.raises(KeyError):
        found.judgement("CUST-REL-002")


def test_recorded_traffic_is_judged_by_its_path_or_the_text_of_it() -> None:
    found = judge(RECORDING, only=FEW)
    assert found.source is not None
    assert found.judgements == judge(str(RECORDING), only=FEW).judgements


def test_a_folder_is_verified(tmp_path: Path, url: str) -> None:
    run(url, key=DEFAULT_KEY, only=FEW, out=tmp_path / "run")
    found = verify(tmp_path / "run")
    assert (found.agrees, found.exit_code, found.differences) == (True, 0, ())
    folders.edit(tmp_path / "run", lambda report: report.update(summary="All is well."))
    found = verify(str(tmp_path / "run"))
    assert not found.agrees
    assert any(one.place == "report.json /summary" for one in found.differences)


def test_a_server_that_cannot_be_asked_is_an_outcome_and_no_error() -> None:
    found = run("http://127.0.0.1:1", key="k", only=FEW)
    assert (found.outcome, found.exit_code) == (Outcome.INVALID, 4)


def test_nothing_is_written_unless_a_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    run(url, key=DEFAULT_KEY, profiles="robustness")
    judge(RECORDING, only=FEW)
    assert list(tmp_path.iterdir()) == []


def test_the_key_and_other_secrets_reach_no_file_and_no_repr(tmp_path: Path, url: str) -> None:
    secrets: dict[str, Any] = {
        "key": DEFAULT_KEY,
        "session": "canary-session",
        "headers": {"X-Tenant": "canary-tenant"},
    }
    found = run(url, only=FEW, out=tmp_path, **secrets)
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"X-Tenant" in written
    for secret in (DEFAULT_KEY, "canary-session", "canary-tenant"):
        assert secret.encode() not in written
        assert secret not in repr(found)


def test_neither_the_environment_nor_a_configuration_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (tmp_path / "customers-conformance.toml").write_text('only = ["CUST-REL-001"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_SKIP", "CUST-REL-001")
    assert len(run(url, key=DEFAULT_KEY, only=FEW).judgements) == len(FEW)
    monkeypatch.setenv(options.KEY_VARIABLE, DEFAULT_KEY)
    with pytest.raises(UsageError, match="no key: give the server's as key, or say no_auth=True"):
        run(url, only=FEW)


def test_a_call_prints_nothing_and_leaves_signals_alone(capfd: pytest.CaptureFixture[str], url: str) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    during: list[object] = []
    run(url, key=DEFAULT_KEY, progress=lambda _: during.append(signal.getsignal(signal.SIGTERM)))
    assert capfd.readouterr() == ("", "")
    assert set(during) == {signal.getsignal(signal.SIGTERM)}
    assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_loggers_of_others_speak_again_once_the_run_is_over(url: str) -> None:
    def disabled() -> list[bool]:
        return [logging.getLogger(name).disabled for name in ("httpx", "httpcore", "httpcore.http11")]

    during: list[list[bool]] = []
    run(url, key=DEFAULT_KEY, only=FEW, progress=lambda _: during.append(disabled()))
    assert [True] * 3 in during
    assert disabled() == [False] * 3


def test_a_call_works_where_an_event_loop_runs(url: str) -> None:
    async def within() -> tuple[Run, Run]:
        return run(url, key=DEFAULT_KEY, only=FEW), await asyncio.to_thread(run, url, key=DEFAULT_KEY, only=FEW)

    assert [found.outcome for found in asyncio.run(within())] == [Outcome.CONFORMANT] * 2


def test_several_calls_work_at_one_time_in_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, faulty: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found: dict[str, Outcome] = {}

    def work(target: str) -> None:
        found[target] = run(target, key=DEFAULT_KEY, examples=4).outcome

    threads = [threading.Thread(target=work, args=(target,)) for target in (url, faulty)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {url: Outcome.CONFORMANT, faulty: Outcome.NONCONFORMANT}
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_in_sentences(url: str) -> None:
    told: list[str] = []
    run(url, key=DEFAULT_KEY, only=FEW, progress=told.append)
    assert told[0] == "asking the plain request"
    assert "judging" in told


def test_waivers_and_a_baseline_are_files(tmp_path: Path, faulty: str) -> None:
    waivers = tmp_path / "waivers.toml"
    waivers.write_text(
        '[[waiver]]\nrequirement = "CUST-REL-001"\nat = "/count"\nactual = "a number"\naccepts = "fail"\n'
        'reason = "known"\nowner = "me"\nexpires = 2999-01-01\n'
    )
    first = run(faulty, key=DEFAULT_KEY, only=FEW, out=tmp_path / "first")
    assert first.failures
    found = run(faulty, key=DEFAULT_KEY, only=FEW, waivers=waivers)
    assert (found.outcome, found.exit_code) == (Outcome.CONFORMANT_WITH_WAIVERS, 0)
    found = run(faulty, key=DEFAULT_KEY, only=FEW, baseline=tmp_path / "first")
    assert (found.exit_code, found.judgement("CUST-REL-001").news) == (0, News.KNOWN)


def test_a_report_in_the_usual_folder_is_a_baseline_where_no_file_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faulty: str
) -> None:
    monkeypatch.chdir(tmp_path)
    out = "conformance-report"
    run(faulty, key=DEFAULT_KEY, only=FEW, out=out)
    assert run(faulty, key=DEFAULT_KEY, only=FEW, baseline=out).exit_code == 0
    with pytest.raises(UsageError, match=r"^baseline: conformance-report is the report that this run replaces \(out\)"):
        run(faulty, key=DEFAULT_KEY, only=FEW, baseline=out, out=out)


@pytest.mark.parametrize(
    "given, said",
    [
        ({"profile": "core"}, "there is no option 'profile'; the nearest: profiles"),
        ({"profiles": "cor"}, "profiles: there is no profile 'cor'; allowed: core,"),
        ({"only": "CUST-REL-0001"}, "only: there is no requirement 'CUST-REL-0001'; the nearest: CUST-REL-001"),
        ({"only": 5}, "only: 5 is not allowed; allowed: a text, or several"),
        ({"skip": [5]}, "skip: [5] is not allowed; allowed: a text, or several"),
        ({"strict": "no"}, "strict: 'no' is not allowed; allowed: True, False"),
        ({"timeout": 0}, "timeout: '0' is not allowed; allowed: a number from"),
        ({"timeout": True}, "timeout: 'True' is not allowed"),
        ({"seed": -1}, "seed: '-1' is not allowed; allowed: a whole number"),
        ({"max_body": "much"}, "max_body: 'much' is not allowed"),
        ({"evidence": "some"}, "evidence: 'some' is not allowed; allowed: redacted, shape, full"),
        ({"headers": 5}, "headers: they are no names and values"),
        ({"headers": {"X-A": 5}}, "headers: they are no names and values"),
        ({"headers": {"Authorization": "canary"}}, "the header Authorization cannot be added"),
        ({"waivers": "absent.toml"}, "waivers: absent.toml: it cannot be read"),
        ({"strict_waivers": True}, "strict_waivers: there are no waivers; allowed is beside waivers"),
        ({"baseline": "absent"}, "baseline: absent: there is no such file or folder"),
        ({"out": []}, "out: [] is not allowed; allowed: a text, or a path"),
        ({"out": __file__}, f"out {__file__}: it is, or goes through, a file and no folder"),
        ({"ca_bundle": "absent.pem"}, "ca_bundle: 'absent.pem' cannot be read"),
        ({"key": ""}, "the key is empty"),
        ({"key": 5}, "key: it is no text"),
        ({"key": "Bearer canary"}, "the key begins with 'Bearer '"),
        ({"session": b"canary"}, "session: it is no text"),
        ({"only": FEW, "skip": FEW}, "nothing is selected by profiles core"),
        ({"key_placeholder": "x"}, "there is no option 'key_placeholder'; the nearest: "),
        ({"key_placeholder": None}, "there is no option 'key_placeholder'; the nearest: "),
    ],
)
def test_a_mistake_is_told_by_the_name_of_its_keyword(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        run("http://127.0.0.1:1", **{"key": "k", **given})
    assert str(caught.value).startswith(said)
    assert "canary" not in str(caught.value)


def test_what_is_named_has_to_be_there() -> None:
    for call in (
        lambda: run("gateway.example", key="k"),
        lambda: run(5, key="k"),  # type: ignore[arg-type]
        lambda: judge("absent.har"),
        lambda: judge(5),  # type: ignore[arg-type]
        lambda: judge(RECORDING, timeout=5),  # type: ignore[call-arg]
        lambda: verify("absent"),
        lambda: verify(folders.RECORDINGS, public_key="absent"),
    ):
        with pytest.raises(UsageError):
            call()


def test_a_keyword_is_an_option_of_the_command_and_every_option_is_one() -> None:
    elsewhere = {"plan", "target", "config", "show_config", "header_env", "virtual_key_env", "session_env"}
    elsewhere |= {"key_env", "key_file", "key_placeholder"}
    renamed = {"profile": "profiles", "header": "headers"}
    for command, known in ((options.RUN, calls.RunOptions), (options.JUDGE, calls.JudgeOptions)):
        names = {option.member for option in options.options_of(command) if not option.printing} - elsewhere
        secrets = {"virtual_key", "session"} if command == options.RUN else set()
        assert {renamed.get(name, name) for name in names} | secrets == known.__optional_keys__


def test_a_deadline_ends_the_work_of_the_run_as_well() -> None:
    def work(watch: Watch) -> None:
        with watch.watching():
            watch.limit(99.9)
            with pytest.raises(OverdueError, match=re.escape(by_deadline(100))):
                all(True for _ in itertools.count())
            watch.limit(0)
            watch.check()

    apart(work, 100)


def test_an_alarm_comes_no_more_once_it_was_put_off() -> None:
    def work(watch: Watch) -> int:
        with watch.watching():
            watch.limit(100)
            watch.limit(0)
            ended = time.monotonic() + 0.2
            return sum(1 for _ in iter(lambda: time.monotonic() < ended, False))

    assert apart(work, 100)


def test_a_run_that_was_cut_short_is_a_run(url: str) -> None:
    found = run(url, key=DEFAULT_KEY, deadline=0.001)
    assert (found.outcome, found.complete) == (Outcome.INVALID, False)
    assert found.summary == by_deadline(0.001)


def test_what_is_raised_in_the_thread_of_a_run_is_raised_where_it_was_called(url: str) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("no progress")

    with pytest.raises(RuntimeError, match="no progress"):
        run(url, key=DEFAULT_KEY, only=FEW, progress=fail)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_the_work_and_is_raised() -> None:
    ended: list[str] = []

    def work(watch: Watch) -> None:
        with watch.watching():
            watch.limit(0)
            os.kill(os.getpid(), signal.SIGINT)
            try:
                all(True for _ in itertools.count())
            except CutShortError as problem:
                ended.append(str(problem))
                raise

    with pytest.raises(KeyboardInterrupt):
        apart(work, 100)
    assert ended == [BY_CTRL_C]


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_amid_the_requests_leaves_a_report_of_what_came(tmp_path: Path, url: str) -> None:
    interrupted: list[str] = []

    def interrupt(text: str) -> None:
        if text.startswith("sending") and not interrupted:
            interrupted.append(text)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(url, key=DEFAULT_KEY, out=tmp_path, progress=interrupt)
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["run"]["complete"], report["summary"]) == (False, BY_CTRL_C)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_amid_judging_ends_the_run_as_the_command_does(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def interrupt(text: str) -> None:
        begun.append(text)
        if "CUST-REL-001" in text:
            os.kill(os.getpid(), signal.SIGINT)
            # Until the alarm comes that Ctrl-C has set off.
            all(True for _ in itertools.count())

    monkeypatch.setattr(calls, "_steps", lambda progress: progress)
    with pytest.raises(KeyboardInterrupt):
        run(url, key=DEFAULT_KEY, only=FEW, examples=0, out=tmp_path, progress=interrupt)
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["run"]["complete"], report["summary"], report["exit_code"]) == (False, BY_CTRL_C, 130)
    assert not any("heads" in text for text in begun)
    assert verify(tmp_path).agrees


def test_the_package_is_imported_without_what_it_exports() -> None:
    program = (
        "import sys, customers_conformance as package\n"
        "print(sorted(name for name in sys.modules if name.startswith('customers_conformance.')))\n"
        "print(set(package.__all__) <= set(dir(package)), package.Verdict.FAIL, sorted(package._PLACES))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", f"True fail {sorted(customers_conformance.__all__)}"]


def test_what_is_not_exported_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'judgment'"):
        _ = customers_conformance.judgment  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", customers_conformance.__all__)
def test_what_is_exported_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(customers_conformance, name))


def test_a_program_of_the_documentation_is_sound_in_its_types(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert programs
    files = []
    for number, program in enumerate(programs):
        file = tmp_path / f"program_{number}.py"
        file.write_text(program, "utf-8")
        files.append(str(file))
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from customers_conformance import run\nrun('http://x', key='k', profile='core').outcom\n", "utf-8"
    )
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    for asked, said in ((files, []), ([str(wrong)], ["profile", "outcom"])):
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path), *asked],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
        own = [line for line in done.stdout.splitlines() if "program_" in line or "wrong.py" in line]
        assert all(word in done.stdout for word in said), done.stdout
        assert bool(own) is bool(said), done.stdout


def test_verdicts_are_told_by_their_names(faulty: str) -> None:
    found = run(faulty, key=DEFAULT_KEY, only=FEW)
    assert [one.verdict for one in found.judgements] == [Verdict.PASS, Verdict.PASS, Verdict.FAIL]
