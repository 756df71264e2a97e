"""A report is read back into the run that it was made of, and every file made again byte for byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.selftest import runs
from tests.selftest.proving import folders

from customers_conformance.command import cli
from customers_conformance.model import PROFILES, Mode, Run, UsageError
from customers_conformance.proving.rendering import rendered
from customers_conformance.reports import reading
from customers_conformance.reports.telling import digest
from customers_conformance.running.folder import FIRST, formats
from customers_conformance.running.judged import cleaned
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = {one.FILE: one for one in formats()}
MADE = [runs.plain(), runs.conformant(), runs.invalid(), cleaned(runs.hostile())]


@pytest.mark.parametrize("run", MADE, ids=["plain", "conformant", "invalid", "hostile"])
def test_a_report_is_read_back_into_its_run_but_for_the_exchanges(run: Run) -> None:
    again = reading.read(FORMATS[FIRST].render(run))
    assert again == replace(run, exchanges=())
    for one in FORMATS.values():
        assert one.render(replace(again, exchanges=run.exchanges)) == one.render(run)


def test_a_run_holds_no_lone_surrogate_in_what_its_report_says() -> None:
    dirty = runs.hostile()
    assert cleaned(dirty).exchanges == dirty.exchanges
    assert "\ufffd" in cleaned(dirty).summary
    for one in (FIRST, "junit.xml"):
        assert FORMATS[one].render(cleaned(dirty))


@pytest.mark.parametrize("mode", Mode)
def test_every_file_is_made_again_byte_for_byte(mode: Mode, tmp_path: Path) -> None:
    out = tmp_path / "out"
    execute(Settings(har=folders.RECORDINGS / folders.AUTH_ON, profiles=PROFILES, out=out, evidence=mode))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for name in before:
        if name not in {FIRST, "evidence.har"}:
            (out / name).unlink()
    assert {path.name for path in rendered(out)} == set(before) - {"evidence.har"}
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_every_other_file_but_the_badge_carries_the_digest_of_the_report(tmp_path: Path) -> None:
    folder = folders.live(tmp_path / "out", "count-too-high")
    carried = digest.of((folder / FIRST).read_bytes()).encode()
    # A badge service refuses members that it does not know.
    for name in set(FORMATS) - {FIRST, "badge.json"}:
        assert carried in (folder / name).read_bytes(), name


def test_the_command_names_the_files_and_refuses_evidence_that_is_not_the_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folders.live(tmp_path / "out")
    assert cli.answer(["render", str(folder / FIRST)]) == 0
    assert str(folder / "report.html") in capsys.readouterr().out
    folders.edit(folder, lambda value: value["log"]["entries"].pop(), "evidence.har")
    assert cli.answer(["render", str(folder)]) == 2
    assert "it is not the evidence of this report" in capsys.readouterr().err
    (folder / "evidence.har").unlink()
    assert cli.answer(["render", str(folder)]) == 2
    assert "evidence.har: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "line 1, column 1"),
        ("[]", "it holds no JSON object"),
        ("{" * 100_000, "line 1"),
        ('{"a":' * 100_000, "nested too deep"),
        ("[" * 100_000, "nested too deep"),
        ('{"format": "customers-conformance/report/2", "format": 1}', "the member format stands twice"),
        ('{"format": "customers-conformance/report/1"}', "at /format: customers-conformance/report/1 cannot be read"),
        ('{"format": "\\u001b[2J"}', r"at /format: \x1b[2J is no format"),
        ('{"format": "customers-conformance/report/2"}', "at the top: "),
        ('{"format": NaN}', "NaN is no number"),
        ('{"format": 1e999}', "the number 1e999 is too large"),
        ("\ud800", "byte 0 is no UTF-8"),
    ],
    ids=range(12),
)
def test_what_is_no_report_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(UsageError) as told:
        reading.read(text.encode("utf-8", "surrogatepass"))
    assert words in str(told.value)
    assert "allowed is" in str(told.value)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('"exit_code": 1', '"exit_code": "1"', "at /exit_code: "),
        ('"verdict": "pass"', '"verdict": "fine"', "at /requirements/0/verdict: "),
        ('"id": "CUST-SCH-003"', '"id": "CUST-AUTH-001"', "at /requirements/1/id: CUST-AUTH-001 stands twice"),
        ('"probe": "default"', '"probe": "default", "more": 1', "at /requirements/1/findings/0: "),
        ('"strict": false', '"strict": false, "<script>": 1', "at /run/options: "),
        ('"id": "0b7c"', '"id": "\\ud800"', "half a character"),
        ('"started": "2026', '"started": "soon 2026', "at /run/started: "),
        ('"digest": "sha256:0', '"digest": "sha256:x', "at /evidence/digest: "),
    ],
)
def test_a_report_that_breaks_the_schema_is_refused_with_the_place(old: str, new: str, words: str) -> None:
    text = FORMATS[FIRST].render(runs.plain()).decode()
    assert old in text
    with pytest.raises(UsageError) as told:
        reading.read(text.replace(old, new, 1).encode())
    assert words in str(told.value)


def test_a_report_has_a_size_at_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 10)
    with pytest.raises(UsageError, match="it has 11 bytes; allowed are 10"):
        reading.read(b" " * 11)


def test_a_member_that_stands_twice_among_very_many_is_found_at_once() -> None:
    many = ", ".join(f'"{number}": 1' for number in range(200_000))
    with pytest.raises(UsageError, match="the member 199999 stands twice"):
        reading.read(f'{{{many}, "199999": 1}}'.encode())
