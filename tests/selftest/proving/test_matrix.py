"""Runs side by side: every target and requirement stands in the matrix, and contracts are not mixed unseen."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from tests.selftest import runs
from tests.selftest.proving import folders
from tests.selftest.proving.folders import conformant, edit, live, recorded
from tests.selftest.proving.schemas import enumerated, keeps, schema
from tests.selftest.reports.test_page import CONTRAST

from customers_conformance.command import cli
from customers_conformance.model import Outcome, UsageError, Verdict
from customers_conformance.proving.matrix import joining
from customers_conformance.proving.matrix.joining import as_json, joined
from customers_conformance.proving.matrix.page import as_html, as_markdown
from customers_conformance.running.folder import FIRST, formats
from customers_conformance.running.judged import cleaned

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from customers_conformance.model import Run

RENDER = next(one for one in formats() if one.FILE == FIRST).render


SCHEMA = "matrix.schema.json"


def stored(place: Path, run: Run) -> Path:
    """A folder with a report alone: a matrix needs no evidence."""
    place.mkdir(parents=True)
    (place / FIRST).write_bytes(RENDER(cleaned(run)))
    return place


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """The two recordings of a real gateway, and the reference server."""
    recorded(tmp_path / "runs" / "bifrost-1.4.19")
    recorded(tmp_path / "runs" / "bifrost-1.5.16", folders.AUTH_OFF)
    conformant(tmp_path / "runs" / "reference")
    return tmp_path / "runs"


def test_every_target_and_requirement_stands_in_it_with_its_verdict(three: Path) -> None:
    found = joined([str(three)])
    assert [target.label for target in found.targets] == ["bifrost-1.4.19", "bifrost-1.5.16", "reference"]
    by_id = {row.id: row for row in found.rows}
    assert len(by_id) == max(sum(target.counts.values()) for target in found.targets)
    assert by_id["CUST-SCH-001"].verdicts == (Verdict.FAIL, Verdict.PASS, Verdict.PASS)
    assert by_id["CUST-AUTH-007"].verdicts == (Verdict.FAIL, Verdict.UNVERIFIED, None)
    assert not by_id["CUST-AUTH-007"].is_kept_by_all
    assert by_id["CUST-AUTH-001"].is_kept_by_all
    assert found.coverage["Customer.id"][0]
    assert found.mark(found.targets[0]) == ""


def test_folders_files_and_patterns_name_reports_each_once(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = three / "reference"
    for named in (
        [str(one)],
        [str(one / FIRST)],
        [str(three / "ref*")],
        [str(three / "*" / "report.json"), str(three)],
        [str(three / "**" / FIRST)],
    ):
        assert "reference" in [target.label for target in joined(named).targets]
        assert len(joined(named).targets) == len({target.run for target in joined(named).targets})
    monkeypatch.chdir(three)
    assert len(joined(["bifrost-*"]).targets) == 2
    for nothing in ("nowhere", "no*", "a\0b"):
        with pytest.raises(UsageError, match="there is no report; give folders of runs"):
            joined([nothing])


def test_targets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for parent in ("a", "b", "c"):
        stored(tmp_path / parent / "run", runs.plain())
    found = joined([str(tmp_path / "*" / "run")])
    assert [target.label for target in found.targets] == ["run", "run (2)", "run (3)"]
    (tmp_path / "staging.json").write_bytes(RENDER(runs.plain()))
    assert joined([str(tmp_path / "staging.json")]).targets[0].label == "staging"


def test_a_file_that_is_no_report_is_refused_by_its_name(three: Path) -> None:
    (three / "reference" / FIRST).write_text("{}")
    with pytest.raises(UsageError, match=r"reference/report\.json: at /format: "):
        joined([str(three)])


def test_contracts_are_mixed_only_where_that_was_asked_for_and_then_marked(three: Path) -> None:
    other = "sha256:" + "9" * 64
    edit(three / "reference", lambda value: value["suite"].update(contract=other))
    with pytest.raises(UsageError) as refused:
        joined([str(three)])
    assert "were judged against 2 contracts" in str(refused.value)
    assert f"{other} (reference)" in str(refused.value)
    found = joined([str(three)], mix_contracts=True)
    assert [found.mark(target) for target in found.targets] == ["A", "A", "B"]
    assert "judged against 2 contracts, marked by letters" in as_html(found).decode()
    assert "- contract B: `reference`" in as_markdown(found).decode()
    assert json.loads(as_json(found))["contracts"][1] == other
    assert [joining._letters(number) for number in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_waivers_are_told_with_their_reasons(tmp_path: Path) -> None:
    found = joined([str(stored(tmp_path / "run", runs.plain()))])
    (waiver,) = found.targets[0].waivers
    assert waiver.requirement == "CUST-SEC-002"
    for text in (as_html(found), as_markdown(found), as_json(found)):
        assert b"Accepted until 2027-01-01: the vendor knows." in text


def test_a_part_is_never_plainly_conformant_and_a_run_that_was_cut_short_says_so(tmp_path: Path) -> None:
    stored(tmp_path / "runs" / "part", replace(runs.conformant(), partial="no teams (--without)"))
    stored(tmp_path / "runs" / "cut", runs.invalid())
    html, text = (made(joined([str(tmp_path / "runs")])).decode() for made in (as_html, as_markdown))
    for shown in (html, text):
        assert "Conformant in part" in shown
        assert "Invalid run, cut short" in shown


def test_the_data_holds_all_and_the_command_writes_three_files(
    three: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.answer(["matrix", str(three), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "bifrost-1.4.19: Not conformant, http://gateway.example" in shown
    assert sorted(path.name for path in out.iterdir()) == ["matrix.html", "matrix.json", "matrix.md"]
    value: Any = json.loads((out / "matrix.json").read_text("utf-8"))
    keeps(SCHEMA, value)
    assert value["format"] == "customers-conformance/matrix/1"
    assert [each["outcome"] for each in value["targets"]] == ["nonconformant", "nonconformant", "conformant"]
    row = next(each for each in value["requirements"] if each["id"] == "CUST-AUTH-007")
    assert row["verdicts"] == ["fail", "unverified", None]
    edit(three / "reference", lambda value: value["suite"].update(contract=""))
    assert cli.answer(["matrix", str(three), "--out", str(out)]) == 2
    assert "--mix-contracts" in capsys.readouterr().err
    assert cli.answer(["matrix", str(three), "--out", str(out), "--mix-contracts"]) == 0
    keeps(SCHEMA, json.loads((out / "matrix.json").read_text("utf-8")))
    assert cli.answer(["matrix", str(tmp_path / "nowhere")]) == 2


def test_the_published_schema_names_every_verdict_and_takes_as_many_targets_as_a_matrix() -> None:
    said = enumerated(SCHEMA)
    assert said["verdicts"] == {None, *Verdict}
    assert said["outcome"] == set(Outcome)
    assert schema(SCHEMA)["properties"]["targets"]["maxItems"] == joining.MOST


def test_one_target_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live(tmp_path / "alone")
    assert cli.answer(["matrix", str(tmp_path / "alone"), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" requirements are kept by the target.")
    written = "".join((tmp_path / "out" / name).read_text("utf-8") for name in ("matrix.md", "matrix.html"))
    assert "# 1 target, " in written
    assert "<title>1 target side by side" in written
    assert "1 targets" not in written
    assert "all of them" not in written


def test_the_folder_of_a_run_stays_a_proof(three: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = next(path for path in sorted(three.iterdir()) if path.is_dir())
    before = sorted(folder.iterdir())
    assert cli.answer(["matrix", str(three), "--out", str(folder)]) == 2
    assert f"--out {folder}: it holds a run's report.json, and `verify` accepts no other" in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_hostile_text_marks_nothing_up(tmp_path: Path) -> None:
    place = stored(tmp_path / "a | b <script>", runs.hostile())
    found = joined([str(place)])
    html = as_html(found).decode()
    assert "<script" not in html
    assert "<img" not in html
    assert "\x1b" not in html
    markdown = as_markdown(found).decode()
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown)
    assert {token.type for token in tokens}.isdisjoint({"html_block", "fence", "code_block"})
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    rows = [token for token in tokens if token.type == "tr_open"]
    cells = [token for token in tokens if token.type in {"td_open", "th_open"}]
    assert len(rows) == 2 + 1 + len(found.rows)
    assert len(cells) == 2 * 10 + 2 * (1 + len(found.rows))


def test_five_hundred_reports_take_seconds(tmp_path: Path) -> None:
    folder = live(tmp_path / "one", only=(), profiles=("core", "integrity", "security", "http", "robustness"))
    data = (folder / FIRST).read_bytes()
    for number in range(500):
        (tmp_path / "many" / f"run-{number:03}").mkdir(parents=True)
        (tmp_path / "many" / f"run-{number:03}" / FIRST).write_bytes(data)
    before = time.process_time()
    found = joined([str(tmp_path / "many")])
    sizes = [len(made(found)) for made in (as_html, as_markdown, as_json)]
    assert len(found.targets) == 500
    assert time.process_time() - before < 20
    assert sizes[0] < 16_000_000


def test_reports_beyond_what_a_matrix_holds_are_refused(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "MOST", 2)
    with pytest.raises(UsageError, match="3 reports were named; allowed are 2"):
        joined([str(three)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_it_within_its_width_and_fetches_nothing(
    browser: Browser, three: Path, scheme: str, width: int
) -> None:
    stored(three / "hostile", runs.hostile())
    place = three / "matrix.html"
    place.write_bytes(as_html(joined([str(three)], mix_contracts=True)))
    view = browser.new_page(
        viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
    )
    told: list[str] = []
    view.on("request", lambda request: told.append(request.url))
    view.on("console", lambda message: told.append(message.text))
    view.goto(place.as_uri())
    view.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert told == [place.as_uri()]
    assert view.title() == "4 targets side by side"
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert view.evaluate("document.scripts.length + document.images.length") == 0
    assert view.evaluate("document.querySelectorAll('main, header, footer').length") == 3
    assert view.evaluate("[...document.querySelectorAll('th')].every(one => one.scope)")
    assert view.evaluate("[...document.querySelectorAll('.scroll')].every(one => one.tabIndex === 0)")
    least, where = view.evaluate(CONTRAST)
    assert least >= 4.5, where
    view.close()
