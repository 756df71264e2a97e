"""The pytest front end: the same verdicts, files and exit code as the command, one test per requirement."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from tests.selftest import runs

from customers_conformance.contract import document as contract
from customers_conformance.model import News, Outcome, Role, Run, UsageError, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from customers_conformance.running.settings import Settings

CONFORMANCE = Path(__file__).parent.parent / "conformance"
URL = "--cc-url=http://127.0.0.1:9"


class FrontEnd:
    """Runs pytest with the plugin inside this process, on a run made by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.folder = folder
        self.asked: list[Settings] = []

    def __call__(self, run: Run | UsageError, *arguments: str, tests: Path = CONFORMANCE) -> tuple[int, str]:
        """The exit code, and all that was printed."""

        def execute(settings: Settings, progress: Callable[[str], None]) -> Run:
            self.asked.append(settings)
            progress("step \x1b one")
            if isinstance(run, UsageError):
                raise run
            return run

        stub = SimpleNamespace(execute=execute)
        self._monkeypatch.setattr("customers_conformance.running.run", stub, raising=False)
        self._monkeypatch.setitem(sys.modules, "customers_conformance.running.run", stub)
        if isinstance(run, Run):
            requirements = tuple(each.requirement for each in run.judgements)
            self._monkeypatch.setattr(contract, "load", lambda: SimpleNamespace(requirements=requirements))
        self._monkeypatch.chdir(self.folder)
        self._capsys.readouterr()
        ini = str(CONFORMANCE / "pytest.ini")
        code = pytest.main(["-c", ini, "-p", "customers_conformance.pytest_plugin", str(tests), *arguments])
        shown = self._capsys.readouterr()
        return int(code), shown.out + shown.err


@pytest.fixture
def front_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> FrontEnd:
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_KEY", "canary-key")
    return FrontEnd(monkeypatch, capsys, tmp_path)


def test_each_verdict_has_its_result(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.plain(), URL, "-rA", "--cc-profile=all")
    assert code == 1
    assert len(front_end.asked) == 1
    assert "3 failed, 2 passed, 5 skipped, 1 warning, 1 error" in shown
    for line in (
        "FAILED ../",
        "test_requirement[CUST-SCH-003 Sends teams as their schema says]",
        "CUST-SCH-003 Sends teams as their schema says\n",
        "sends objects that match their schema: Team",
        "at        default (exchange 0) /customers/0/teams/0/profile",
        "expected  an object",
        "actual    null",
        "and at 5 more places, in the report",
        "unverified: The target shows no duration",
        "not applicable: No answer was a redirect.",
        "waived: Accepted until",
        "CUST-ROB-001 Answers no request with a 5xx: error: The check itself failed",
        "BrokenShould: CUST-HTTP-002",
        "step \\x1b one",
        "nonconformant: The server breaks 2",
        "exit code 1",
    ):
        assert line in shown
    assert "Traceback" not in shown
    assert "canary" not in shown


def test_a_conforming_target_is_exit_code_0(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.conformant(), URL, "--cc-profile=all", "-v")
    assert code == 0
    assert "test_requirement[CUST-AUTH-001 Accepts the key as a bearer token] PASSED" in shown
    assert list(front_end.folder.rglob("*")) == []


def test_a_generated_request_that_broke_something_fails_its_property(front_end: FrontEnd) -> None:
    run = runs.plain()
    exchanges = (
        replace(run.exchanges[0], role=Role.GENERATED_ODD),
        replace(run.exchanges[1], role=Role.GENERATED),
        *run.exchanges[2:],
    )
    failure = next(each for each in run.judgements if each.verdict is Verdict.FAIL)
    only = replace(failure, findings=failure.findings[1:])
    code, shown = front_end(replace(run, exchanges=exchanges, judgements=(only,)), URL, "-rA")
    assert code == 1
    assert "PASSED" in shown
    assert "3 failed, 1 passed" in shown
    assert "CUST-SCH-003: GET https://staging.example" in shown


def test_an_invalid_run_is_one_error_that_tells_the_reason_once(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.invalid(), URL, "--cc-profile=all", "-q", "-rN")
    assert code == 4
    assert "10 deselected, 1 error" in shown
    assert shown.count("the connection was refused") == 2
    assert "invalid: The plain request got no answer: the connection was refused. (exit code 4)" in shown


def test_an_invalid_run_is_an_error_also_where_the_outcome_was_deselected(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.invalid(), URL, "--cc-profile=all", "-k", "CUST-REL-001 or CUST-SCH-003")
    assert code == 4
    assert "10 deselected, 1 error" in shown
    assert "CUST-SCH-003 Sends teams as their schema says: unverified: The plain request got no answer" in shown


def test_what_is_skipped_is_told_once_for_each_reason(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.plain(), URL, "--cc-profile=all", "-q", "-rN")
    assert code == 1
    assert "UNSEEN    CUST-VAL-001: The target shows no duration: add a budget to a customer." in shown
    assert "N/A       CUST-HTTP-009: No answer was a redirect." in shown
    assert "WAIVED    CUST-SEC-002: Accepted until 2027-01-01: the vendor knows." in shown


def test_a_run_that_is_not_let_through_fails_a_test_though_nothing_is_broken(front_end: FrontEnd) -> None:
    run = replace(runs.conformant(), outcome=Outcome.INCOMPLETE, exit_code=3)
    code, shown = front_end(run, URL, "--cc-profile=all", "-rA")
    assert code == 3
    assert "FAILED" in shown
    assert "incomplete: The server keeps every requirement that was judged. (exit code 3)" in shown


@pytest.mark.parametrize("code", [0, 1, 3, 4, 130])
def test_the_exit_code_is_the_runs(front_end: FrontEnd, code: int) -> None:
    run = replace(runs.conformant(), exit_code=code, outcome=Outcome.INCOMPLETE)
    assert front_end(run, URL, "--cc-profile=all")[0] == code


def test_only_the_selected_requirements_are_tests(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.plain(), URL, "--cc-only=CUST-REL-001", "--collect-only", "-q")
    assert code == 0
    assert "test_requirement[CUST-REL-001 Reports the number of customers as count]" in shown
    assert "CUST-AUTH-001" not in shown
    assert front_end.asked == []


def test_the_options_of_the_command_are_taken_with_the_prefix(front_end: FrontEnd) -> None:
    front_end(
        runs.plain(), URL, "--cc-profile=all", "--cc-strict", "--cc-without=mcp", "--cc-out=there", "--cc-max-body=2MiB"
    )
    (settings,) = front_end.asked
    assert settings.strict
    assert settings.without == {"mcp"}
    assert (str(settings.out), settings.max_body) == ("there", 2 * 1024 * 1024)
    assert (settings.url, settings.key) == ("http://127.0.0.1:9", "canary-key")


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        ((URL, "--cc-only=CUST-XXX-999"), 2, "error: --only: there is no requirement 'CUST-XXX-999'; the nearest: "),
        ((URL, "--cc-out=a", "--cc-out=b"), 2, "error: --out is given twice"),
        ((URL, "--cc-profile=cor"), 2, "there is no profile 'cor'"),
        (("--cc-url=ftp://host",), 2, "scheme"),
        ((URL, "--cc-nonsense"), 4, "unrecognized arguments"),
    ],
)
def test_a_mistake_is_a_sentence_and_an_exit_code(
    front_end: FrontEnd, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found, shown = front_end(runs.plain(), *arguments)
    assert found == code
    assert said in shown
    assert "Traceback" not in shown
    assert front_end.asked == []


def test_a_plan_is_printed_and_nothing_sent(front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[Settings] = []

    def plan(settings: Settings) -> int:
        planned.append(settings)
        return 0

    monkeypatch.setattr("customers_conformance.command.cli.planned", plan)
    code, shown = front_end(runs.plain(), "--cc-plan", URL, "--cc-only=CUST-REL-001")
    assert (code, shown) == (0, "")
    assert planned[0].only == ("CUST-REL-001",)
    assert front_end.asked == []


def test_a_mistake_that_only_the_run_sees_is_exit_code_2(front_end: FrontEnd) -> None:
    code, shown = front_end(UsageError("--out: 'x' cannot be written"), URL)
    assert code == 2
    assert "error: --out: 'x' cannot be written" in shown
    assert "Traceback" not in shown


def _line_of_the_readme(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the README says to type, in a folder without any configuration of pytest."""
    line = ["-p", "customers_conformance.pytest_plugin", "--pyargs", "customers_conformance.tests"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *line, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "0")], ids=["alone", "without-workers"])
def test_the_line_of_the_readme_works_without_our_configuration(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = _line_of_the_readme(tmp_path, "--cc-only=CUST-REL-001", "--cc-examples=0", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["conformance-report"]


def test_workers_are_refused_with_the_reason(tmp_path: Path) -> None:
    done = _line_of_the_readme(tmp_path, "--cc-only=CUST-REL-001", "-n", "2")
    assert done.returncode == 2
    assert "error: pytest-xdist is asked for workers (-n)" in done.stderr
    assert "allowed is -n 0" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("no_auth", [False, True])
def test_without_a_url_the_embedded_server_is_judged(
    front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch, *, no_auth: bool
) -> None:
    @contextmanager
    def running() -> Iterator[str]:
        yield "http://127.0.0.1:7"

    monkeypatch.setattr("customers_conformance.reference.server.running", running)
    monkeypatch.delenv("CUSTOMERS_CONFORMANCE_KEY")
    front_end(runs.conformant(), "--cc-profile=all", *(["--cc-no-auth"] if no_auth else []))
    (settings,) = front_end.asked
    assert settings.url == "http://127.0.0.1:7"
    assert settings.key == (None if no_auth else "reference-key")


def test_the_failure_of_another_test_stays_a_failure(front_end: FrontEnd) -> None:
    tests = front_end.folder / "test_other.py"
    tests.write_text(
        "def test_other(): assert False\ndef test_requirement(requirement, conforms): conforms(requirement)\n",
    )
    assert front_end(runs.conformant(), URL, "--cc-profile=all", "-p", "no:terminal", tests=tests)[0] == 1


def test_tests_without_requirements_send_nothing(front_end: FrontEnd) -> None:
    tests = front_end.folder / "test_other.py"
    tests.write_text("def test_other(): pass\n")
    assert front_end(runs.conformant(), URL, "--cc-profile=all", tests=tests)[0] == 0
    assert front_end.asked == []


def test_the_help_names_the_options(front_end: FrontEnd) -> None:
    code, shown = front_end(runs.plain(), "--help")
    assert code == 0
    assert "--cc-max-body" in shown


CONFIGURATION = """\
strict = true
skip = ["CUST-REL-002"]
[targets.staging]
url = "http://127.0.0.1:9"
key-env = "STAGING_KEY"
"""


def test_the_configuration_and_its_targets_are_taken(front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    (front_end.folder / "gate.toml").write_text(CONFIGURATION)
    monkeypatch.setenv("STAGING_KEY", "canary-staging")
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_SKIP", "CUST-SCH-003")
    front_end(runs.plain(), "--cc-config=gate.toml", "--cc-target", "staging", "--cc-settle=0")
    (asked,) = front_end.asked
    assert (asked.url, asked.key, asked.strict, asked.settle) == ("http://127.0.0.1:9", "canary-staging", True, 0)
    assert asked.skip == ("CUST-SCH-003",)


def test_the_configuration_is_shown_and_nothing_is_asked(front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    (front_end.folder / "customers-conformance.toml").write_text("strict = true")
    code, shown = front_end(runs.plain(), URL, "--cc-show-config")
    assert (code, front_end.asked) == (0, [])
    assert "customers-conformance.toml, line 1: strict" in shown
    code, shown = front_end(runs.plain(), URL, "--cc-show-config", "--cc-timeout=0")
    assert (code, front_end.asked) == (2, [])
    assert "--timeout: '0' is not allowed" in shown


def test_a_mistake_in_the_configuration_is_exit_code_2_and_one_sentence(front_end: FrontEnd) -> None:
    (front_end.folder / "customers-conformance.toml").write_text("strikt = true")
    code, shown = front_end(runs.plain(), URL)
    assert code == 2
    assert "error: customers-conformance.toml, line 1: there is no option 'strikt'; the nearest: strict, " in shown


def test_what_the_baseline_has_is_skipped_and_what_its_suite_did_not_have_warns(front_end: FrontEnd) -> None:
    run = replace(runs.plain(), exit_code=0, outcome=Outcome.NONCONFORMANT)
    failing = [each for each in run.judgements if each.verdict is Verdict.FAIL]
    told = {failing[0].requirement.id: News.KNOWN, failing[1].requirement.id: News.NOT_THERE}
    others = [each for each in run.judgements if each.verdict is not Verdict.ERROR]
    held = tuple(replace(each, news=told.get(each.requirement.id)) for each in others)
    code, shown = front_end(replace(run, judgements=held), URL, "-rs", "--cc-no-auth")
    assert code == 0
    assert "known: the baseline has it" in shown
    assert f"BrokenShould: {failing[1].requirement.heading}" in shown
