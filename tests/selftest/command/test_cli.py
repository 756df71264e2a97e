"""The command: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, NoReturn

import click
import pytest
from tests.selftest import runs

from customers_conformance import model
from customers_conformance.command import cli, terminal
from customers_conformance.contract import document as contract
from customers_conformance.running.folder import FIRST, formats
from customers_conformance.running.progress import HowFar, Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette

    from customers_conformance.running.settings import Settings

URL = "http://127.0.0.1:9"
RECORDING = Path(__file__).parents[1] / "recordings" / "bifrost-1.4.19-auth-on.har"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_KEY", "canary-key")


@pytest.fixture
def conducted(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], list[Settings]]:
    """Let every run end in this way, and return what it was asked for."""

    def conduct(end: object) -> list[Settings]:
        asked: list[Settings] = []

        def execute(settings: Settings, progress: Callable[[str], None]) -> model.Run:
            asked.append(settings)
            progress("3 of 71 requests \x1b[2J")
            if isinstance(end, BaseException):
                raise end
            assert isinstance(end, model.Run)
            return end

        probes = (
            model.PLAIN,
            model.PLAIN,
            model.Probe("later", query=(("a", "b"),), headers=(("X", "y"),), says="why", depends_on="the list"),
        )
        stub = SimpleNamespace(execute=execute, plan=lambda _: probes, further=lambda _: 7)
        monkeypatch.setattr("customers_conformance.running.run", stub, raising=False)
        monkeypatch.setitem(sys.modules, "customers_conformance.running.run", stub)
        return asked

    return conduct


def test_run_prints_the_outcome_and_returns_its_code(
    conducted: Callable[[object], list[Settings]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = conducted(runs.plain())
    assert cli.answer(["run", URL, "--out", str(tmp_path), "--profile", "core", "--strict"]) == 1
    assert asked[0].profiles == ("core",)
    assert asked[0].strict
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1].startswith("nonconformant: The server breaks 2")
    for text in (
        "FAIL      CUST-SCH-003 Sends teams as their schema says",
        "found     null, expected an object (and 1 more)",
        "at        /customers/*/teams/*/profile",
        "first     Mend CUST-SCH-003",
        str(tmp_path),
    ):
        assert text in shown.out
    assert shown.err == "3 of 71 requests \\x1b[2J\n"


def test_quiet_prints_the_outcome_alone(
    conducted: Callable[[object], list[Settings]], capsys: pytest.CaptureFixture[str]
) -> None:
    conducted(runs.plain())
    assert cli.answer(["run", URL, "--quiet"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "nonconformant: The server breaks 2 of the 6 requirements that it must keep.\n"
    assert shown.err == ""


def test_the_report_itself_is_printed_as_json_and_nothing_else(
    conducted: Callable[[object], list[Settings]], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    conducted(runs.plain())
    assert cli.answer(["run", URL, "--format", "json"]) == 1
    (report,) = (one for one in formats() if one.FILE == FIRST)
    assert capfdbinary.readouterr().out == report.render(runs.plain())


def test_verbose_prints_a_line_for_each_exchange_to_standard_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.answer(["judge", str(RECORDING), "--verbose", "--out", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    lines = [line for line in shown.err.splitlines() if re.fullmatch(r" *\d+ entry \d+: [A-Z]+ \d{3}, .+, \d ms", line)]
    entries = json.loads(RECORDING.read_text("utf-8"))["log"]["entries"]
    assert len(lines) == len(entries)
    assert "entry" not in shown.out


@pytest.mark.parametrize(
    "given, says",
    [
        (["--quiet", "--verbose"], "--quiet and --verbose contradict each other"),
        (["--format", "xml"], "--format: 'xml' is not allowed; allowed: text, json"),
    ],
)
def test_what_is_printed_is_asked_for_in_one_way(
    given: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(["run", URL, *given]) == 2
    assert says in capsys.readouterr().err


def test_what_is_new_since_the_baseline_stands_above_what_is_known() -> None:
    run = runs.plain()
    known, new = replace(run.judgements[1], news=model.News.KNOWN), replace(run.judgements[2], news=model.News.NEW)
    lines = [line.plain for line in terminal.summary(replace(run, judgements=(known, new)), "out", [])]
    first, second = (line for line in lines if line.startswith(("FAIL", "KNOWN")))
    assert (first[:4], second[:5]) == ("FAIL", "KNOWN")


def test_judge_reads_a_recording_without_a_key(
    conducted: Callable[[object], list[Settings]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSTOMERS_CONFORMANCE_KEY")
    asked = conducted(runs.conformant())
    assert cli.answer(["judge", "some.har", "--key-placeholder", "XXX"]) == 0
    assert (str(asked[0].har), asked[0].key_placeholder) == ("some.har", "XXX")


@pytest.mark.parametrize("run", [runs.plain(), runs.conformant(), runs.invalid(), runs.hostile()])
@pytest.mark.parametrize("columns", [80, terminal.UNBOUNDED])
def test_a_summary_fits_a_screen(run: model.Run, columns: int) -> None:
    lines = terminal.summary(run, "conformance-report", ["report.html", "report.json"], columns)
    assert len(lines) <= terminal.SCREEN
    assert all("\n" not in line.plain and "\x1b" not in line.plain for line in lines)
    assert all(len(line.plain) <= columns for line in lines[:-1])


def test_every_failed_id_has_a_line_of_its_own() -> None:
    run = runs.plain()
    failure = next(each for each in run.judgements if each.verdict is model.Verdict.FAIL)
    many = replace(run, judgements=tuple(_named(failure, f"CUST-SCH-{number:03}") for number in range(30)))
    for columns in (60, terminal.UNBOUNDED):
        lines = [line.plain for line in terminal.summary(many, "out", ["report.json"], columns)]
        begun = [line.split()[1] for line in lines if line.startswith("FAIL")]
        assert begun == [f"CUST-SCH-{number:03}" for number in range(30)]
        assert "and 1 note more, in the report" in lines


def _named(judgement: model.Judgement, identifier: str) -> model.Judgement:
    return replace(judgement, requirement=replace(judgement.requirement, id=identifier))


def test_as_many_failures_as_fit_show_their_first_place() -> None:
    run = runs.plain()
    failure = next(each for each in run.judgements if each.verdict is model.Verdict.FAIL)
    several = replace(
        run, warnings=(), waivers=None, judgements=tuple(_named(failure, f"CUST-SCH-{n:03}") for n in range(4))
    )
    lines = [line.plain for line in terminal.summary(several, "out", ["report.json"], 80)]
    assert sum(line.startswith("FAIL") for line in lines) == 4
    assert sum(line.startswith("  at ") for line in lines) == 4
    assert len(lines) <= terminal.SCREEN


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_long_pointer_is_wrapped_and_not_cut_off(columns: int) -> None:
    run = runs.plain()
    failure = next(each for each in run.judgements if each.verdict is model.Verdict.FAIL)
    pointer = "/customers/0/virtual_keys/12/provider_configs/3/budget/max_limit/and/much/further/below/this/place"
    found = replace(failure, findings=(replace(failure.findings[0], pointer=pointer),), findings_total=1)
    broken = runs.grouped(replace(run, judgements=(found,)))
    lines = [line.plain for line in terminal.summary(broken, "out", ["report.json"], columns)]
    assert all(len(line) <= columns for line in lines[:-1])
    start = next(number for number, line in enumerate(lines) if line.startswith("  at "))
    end = next(number for number, line in enumerate(lines) if number > start and not line.startswith(" " * 12))
    shown = "".join(line[12:] for line in lines[start:end]).replace(" ", "")
    assert shown == pointer.replace("/0/", "/*/").replace("/12/", "/*/").replace("/3/", "/*/")
    assert end - start > 1


def test_what_was_not_seen_is_told_once_for_each_reason() -> None:
    run = runs.plain()
    unseen = next(each for each in run.judgements if each.verdict is model.Verdict.UNVERIFIED)
    many = replace(run, judgements=(unseen,) * 6)
    (line,) = (each.plain for each in terminal.summary(many, "out", []) if each.plain.startswith("UNSEEN"))
    assert line.startswith("UNSEEN    The target shows no duration: add a budget to a customer: settles CUST-VAL-001")
    assert line.endswith(" and 2 more")


def test_what_does_not_fit_is_counted_by_requirement(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.answer(["judge", str(RECORDING), "--out", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    total = int(re.search(r"(\d+) unverified", next(line for line in lines if line.startswith("verdicts")))[1])  # type: ignore[index]
    shown = [line for line in lines if line.startswith("UNSEEN")]
    settled = sum(line.count("CUST-") + sum(map(int, re.findall(r"and (\d+) more$", line))) for line in shown)
    left = next(int(found[1]) for line in lines if (found := re.match(r"and (\d+) unverified", line)))
    assert settled + left == total


def test_a_finding_without_values_shows_its_message() -> None:
    run = runs.plain()
    failure = next(each for each in run.judgements if each.verdict is model.Verdict.FAIL)
    bare = replace(failure, findings=(model.Finding("No answer at all."),), findings_total=1)
    assert list(terminal.explained(bare, 1))[1:] == [
        "at        a request the answer as a whole",
        "found     No answer at all.",
    ]


def test_what_is_to_be_printed_is_held_before_a_plan_is(
    conducted: Callable[[object], list[Settings]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = conducted(AssertionError("a request"))
    for arguments, said in (
        (["--quiet", "--verbose"], "--quiet and --verbose contradict each other"),
        (["--format", "yaml"], "--format: 'yaml' is not allowed; allowed: text, json"),
        (["--format", "json"], "--plan and --format json contradict each other: a plan is a table; leave one out"),
    ):
        assert cli.answer(["run", URL, "--plan", *arguments]) == 2
        printed = capsys.readouterr()
        assert (printed.out, said in printed.err) == ("", True)
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_FORMAT", "json")
    assert cli.answer(["run", URL, "--plan"]) == 0
    assert asked == []


def test_a_line_that_goes_on_below_begins_with_no_command_of_a_ci() -> None:
    for width in range(20, 120):
        lines = [line.plain for line in terminal.labelled("target", "word " * 9 + "::error::canary " * 9, width)]
        assert len(lines) > 1
        assert not any(line.lstrip().startswith("::") for line in lines)
        assert all(len(line) <= max(width, 30) for line in lines)


def test_a_plan_is_printed_and_nothing_sent(
    conducted: Callable[[object], list[Settings]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = conducted(AssertionError("a request"))
    assert cli.answer(["run", URL, "--plan"]) == 0
    shown = capsys.readouterr().out
    assert asked == []
    assert "default × 2" in shown
    assert "later *" in shown
    assert "these would be sent, and none was; 1 of them are if an earlier answer gives cause (*)\n" in shown
    assert shown.splitlines()[-1].startswith("3 requests, up to 7 more: generated ones, repeats until the data settles")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["run"], "no URL: give the server's base"),
        (["judge"], "Missing argument"),
        (["run", URL, "--waiver", "file"], "No such option"),
        (["run", URL, "--key", "x"], "No such option"),
        (["run", URL, "--profile", "cor"], "there is no profile 'cor'; allowed: core"),
        (["run", "ftp://host"], "https"),
        (["judge", "some.har", "--rate", "3"], "No such option"),
        (["nothing"], "No such command"),
        (["serve", "--port", "70000"], "0<=x<=65535"),
    ],
)
def test_a_mistake_is_exit_code_2_and_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_exit_code_130(
    conducted: Callable[[object], list[Settings]], interruption: BaseException
) -> None:
    conducted(interruption)
    assert cli.answer(["run", URL]) == 130


def test_a_fault_of_the_suite_is_not_the_targets_and_shows_no_text(
    conducted: Callable[[object], list[Settings]], capsys: pytest.CaptureFixture[str]
) -> None:
    conducted(ValueError("canary-text"))
    assert cli.answer(["run", URL]) == 4
    shown = capsys.readouterr()
    assert "the suite itself failed (ValueError)" in shown.err
    assert "canary" not in shown.err + shown.out


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = (
        model.Requirement(
            *("CUST-A-001", "Says a or b", model.Level.MUST, "core", "says a|b", "page"),
            needs="a key",
            after=("CUST-A-002",),
        ),
        model.Requirement(
            *("CUST-A-002", "Says c", model.Level.SHOULD, "http", "says c", "http"),
            judged="with care",
            section="RFC 9110, 1",
            pending=True,
        ),
    )
    monkeypatch.setattr(contract, "load", lambda: SimpleNamespace(requirements=entries))


@pytest.mark.usefixtures("catalogue")
def test_the_catalogue_is_listed_in_three_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["requirements"]) == 0
    assert "CUST-A-002  Says c (not judged yet)  SHOULD  http" in capsys.readouterr().out
    assert cli.answer(["requirements", "--format", "json", "--profile", "http"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry == {
        "id": "CUST-A-002",
        "title": "Says c",
        "level": "SHOULD",
        "profile": "http",
        "says": "says c",
        "judged": "with care",
        "source": "http",
        "quote": "",
        "section": "RFC 9110, 1",
        "needs": "",
        "after": [],
        "pending": True,
    }
    assert cli.answer(["requirements", "--format", "markdown", "--profile", "all"]) == 0
    shown = capsys.readouterr().out
    assert "| CUST-A-001 | Says a or b | MUST | core | says a\\|b |  | page | a key; after CUST-A-002 |" in shown


def test_faults_and_variants_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["serve", "--faults"]) == 0
    assert "CUST-REL-001" in capsys.readouterr().out
    assert cli.answer(["serve", "--variants"]) == 0
    assert "the server" in capsys.readouterr().out


def test_serve_says_where_which_key_what_next_and_how_to_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(host: str, port: int, application: Starlette, ready: Callable[[str], None]) -> None:
        keys.append(application.state.reference.key)
        application.state.reference.database.close()
        ready(f"http://{host}:{port}")

    keys: list[str] = []
    monkeypatch.setattr("customers_conformance.reference.server.serve", serve)
    assert cli.answer(["serve", "--port", "8080", "--customers", "2"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "http://127.0.0.1:8080",
        "key:  that of CUSTOMERS_CONFORMANCE_KEY",
        "next: customers-conformance run http://127.0.0.1:8080",
        "stop: Ctrl-C",
    ]
    monkeypatch.delenv("CUSTOMERS_CONFORMANCE_KEY")
    assert cli.answer(["serve"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "http://127.0.0.1:0",
        "key:  reference-key",
        "next: CUSTOMERS_CONFORMANCE_KEY=reference-key customers-conformance run http://127.0.0.1:0",
        "stop: Ctrl-C",
    ]
    assert keys == ["canary-key", "reference-key"]


@pytest.mark.parametrize("kind, near", [("fault", "customer-twice"), ("variant", "tiny-and-exact")])
def test_an_unknown_name_is_told_the_three_nearest_and_what_lists_all(
    capsys: pytest.CaptureFixture[str], kind: str, near: str
) -> None:
    assert cli.answer(["serve", f"--{kind}", f"{near[:-1]}"]) == 2
    shown = capsys.readouterr().err
    assert f"no {kind} is named '{near[:-1]}'; the nearest: {near}, " in shown
    assert shown.partition("the nearest: ")[2].partition(";")[0].count(",") == 2
    assert f"; `customers-conformance serve --{kind}s` lists all" in shown


def test_the_version_and_the_help_are_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["--version"]) == 0
    assert cli.answer(["run", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--max-body" in shown
    assert "--waivers" in shown


def test_the_help_cuts_no_sentence_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for command in cli.command.commands.values():
        assert command.help is not None
        assert " ".join(command.help.partition("\n\n")[0].split()) in shown
    assert "..." not in shown.partition("Commands:")[2]


def test_progress_is_one_living_line_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TTY_INTERACTIVE", "1")
    monkeypatch.setenv("TERM", "xterm")
    with terminal.Progress() as progress:
        progress("asking")
        progress(HowFar("asking: 3 of 71 requests"))
        progress(Notice("The deadline is in danger."))
    shown = capsys.readouterr().err
    assert "\x1b[?25h" in shown
    assert shown.endswith("\x1b[2K")
    # A notice stays above the living line, of which nothing stays.
    assert "The deadline is in danger.\n" in shown


def test_progress_is_a_line_for_each_step_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.Progress() as progress:
        progress("asking")
        progress(HowFar("asking: 3 of 71 requests"))
        progress(Notice("The deadline is in danger."))
        progress("judging")
    assert capsys.readouterr() == ("", "asking\nThe deadline is in danger.\njudging\n")


def _command(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-m", "customers_conformance", *arguments]
    return subprocess.run(call, capture_output="stdout" not in options, timeout=60, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_a_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as broken:
        done = _command("requirements", stdout=broken, stderr=subprocess.PIPE)
    assert done.stderr == b""
    assert done.returncode == 0


def test_closed_streams_are_no_fault() -> None:
    line = f"exec {sys.executable} -m customers_conformance requirements >&- 2>&-"
    assert subprocess.run(["sh", "-c", line], timeout=60, check=False).returncode == 0


def test_an_encoding_of_the_terminal_that_lacks_a_character_is_no_fault() -> None:
    done = _command(
        "requirements", "--format", "markdown", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 0
    assert b"\\u2026" in done.stdout


def test_main_ends_the_process_with_the_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(_: list[str]) -> int:
        return 3

    class Stream:
        def reconfigure(self, **_: object) -> None: ...

        def flush(self) -> NoReturn:
            raise BrokenPipeError

        def fileno(self) -> NoReturn:
            raise ValueError

    monkeypatch.setattr(cli, "answer", answer)
    monkeypatch.setattr(sys, "stdout", Stream())
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    sys.stderr.close()
    assert ended.value.code == 3
    assert capsys.readouterr().out == ""
