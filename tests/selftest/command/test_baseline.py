"""A baseline as a user meets it: what is new fails, what is known does not, and both are told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from tests.selftest.proving import folders

from customers_conformance.command import cli
from customers_conformance.command.options import OPTIONS
from customers_conformance.model import ExitCode
from customers_conformance.proving.verifying import verified
from customers_conformance.reports import reading

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for option in OPTIONS:
        monkeypatch.delenv(option.variable, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    folders.recorded(tmp_path / "before")
    return tmp_path


def judge(recording: Path | str, *arguments: str) -> int:
    place = recording if isinstance(recording, Path) else folders.RECORDINGS / recording
    out = () if "--out" in arguments else ("--out", "out")
    return cli.answer(["judge", str(place), *out, "--profile", "all", *arguments])


def against(recording: Path | str = folders.AUTH_ON, *arguments: str) -> int:
    return judge(recording, "--baseline", "before", *arguments)


def report() -> Any:
    return folders.report(Path("out"))


def changed(change: Callable[[Any], object]) -> Path:
    """The recording of 1.4.19 with another answer to each plain request, whose body is given as a value."""
    recording = json.loads((folders.RECORDINGS / folders.AUTH_ON).read_text("utf-8"))
    for entry in recording["log"]["entries"]:
        content = entry["response"]["content"]
        text = content.get("text", "")
        if '"customers":[' in text:
            value = json.loads(text)
            change(value)
            content["text"] = json.dumps(value, separators=(",", ":"))
            content["size"] = len(content["text"].encode())
            entry["response"]["headers"] = [
                each for each in entry["response"]["headers"] if each["name"].lower() != "content-length"
            ]
    place = Path("changed.har").absolute()
    place.write_text(json.dumps(recording), "utf-8")
    return place


def new() -> dict[str, str]:
    return {each["id"]: each["verdict"] for each in report()["requirements"] if each["news"] == "new"}


def test_a_recording_against_its_own_report_ends_0_and_verdicts_and_outcome_stay() -> None:
    assert against() == ExitCode.DONE
    found, before = report(), folders.report(Path("before"))
    assert (found["outcome"], found["counts"]) == ("nonconformant", before["counts"])
    assert found["summary"].endswith(f" Nothing is new since the baseline of {before['run']['started'][:10]}.")
    assert {each["news"] for each in found["requirements"]} == {"known", None}
    assert {group["known"] for each in found["requirements"] for group in each["groups"]} == {True}
    assert judge(folders.AUTH_ON, "--baseline", "before/report.json", "--strict") == ExitCode.DONE


def _one_more(value: Any) -> None:
    value["customers"][0]["teams"][1]["name"] = 7


def test_one_defect_more_ends_1_and_only_that_one_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    assert against(changed(_one_more)) == ExitCode.NONCONFORMANT
    assert new() == {"CUST-SCH-003": "fail"}
    (entry,) = [each for each in report()["requirements"] if each["id"] == "CUST-SCH-003"]
    assert [group["pattern"] for group in entry["groups"] if not group["known"]] == ["/customers/*/teams/*/name"]
    assert "New since the baseline of " in report()["summary"]
    assert ": CUST-SCH-003." in report()["summary"]
    shown = capsys.readouterr().out
    assert "FAIL      CUST-SCH-003" in shown
    assert "KNOWN     CUST-SCH-004" in shown


def _other_order(value: Any) -> None:
    value["customers"].reverse()
    for customer in value["customers"]:
        customer.get("teams", []).reverse()


def _one_customer_more(value: Any) -> None:
    first = json.loads(json.dumps(value["customers"][0]))
    text = json.dumps(first).replace(first["id"], "another-id-1234")
    customer = json.loads(text)
    customer["name"] = "another one"
    for number, child in enumerate([*customer.get("teams", []), *customer.get("virtual_keys", [])]):
        child["id"], child["name"] = f"another-{number}-1234", f"another {number}"
        if "value" in child:
            child["value"] = f"sk-bf-another-{number}-0123456789"
    value["customers"].append(customer)
    value["count"] += 1
    value["total_count"] += 1


@pytest.mark.parametrize("change", [_other_order, _one_customer_more])
def test_customers_may_come_and_stand_in_another_order(change: Callable[[Any], object]) -> None:
    assert against(changed(change)) == ExitCode.DONE, new()
    assert new() == {}


def _of_before(change: Callable[[Any], object]) -> None:
    folders.edit(Path("before"), lambda value: [change(each) for each in value["requirements"]])


def test_what_passed_there_and_fails_now_is_new() -> None:
    def passed(entry: Any) -> None:
        if entry["id"] == "CUST-AUTH-007":
            entry.update(verdict="pass", findings=[], groups=[], findings_total=0)

    _of_before(passed)
    assert against() == ExitCode.NONCONFORMANT
    assert new() == {"CUST-AUTH-007": "fail"}


def test_newly_unverified_ends_3_unless_that_is_allowed() -> None:
    def passed(entry: Any) -> None:
        if entry["id"] == "CUST-QRY-003":
            entry.update(verdict="pass", reason=None)

    _of_before(passed)
    assert against() == ExitCode.INCOMPLETE
    assert new() == {"CUST-QRY-003": "unverified"}
    assert against(folders.AUTH_ON, "--allow-unverified") == ExitCode.DONE


def test_a_should_that_is_broken_anew_ends_1_in_a_strict_run_alone() -> None:
    def passed(entry: Any) -> None:
        if entry["id"] == "CUST-HTTP-002":
            entry.update(verdict="pass", findings=[], groups=[], findings_total=0)

    _of_before(passed)
    assert against() == ExitCode.DONE
    assert against(folders.AUTH_ON, "--strict") == ExitCode.NONCONFORMANT


def test_a_requirement_that_the_older_suite_did_not_have_warns_and_does_not_fail() -> None:
    folders.edit(
        Path("before"),
        lambda value: value.update(
            requirements=[each for each in value["requirements"] if each["id"] not in {"CUST-SCH-003", "CUST-QRY-003"}]
        ),
    )
    assert against() == ExitCode.DONE
    told = [text for text in report()["warnings"] if "is not in the baseline" in text]
    assert [text.split()[0] for text in told] == ["CUST-QRY-003", "CUST-SCH-003"]
    cases = ET.parse(Path("out/junit.xml")).getroot()[0].findall("testcase")  # noqa: S314 - our own
    (case,) = [case for case in cases if "CUST-SCH-003" in case.get("name", "")]
    assert [child.tag for child in case] == ["properties", "system-out"]


def test_a_requirement_that_the_baseline_left_out_is_new() -> None:
    judge(folders.AUTH_ON, "--skip", "CUST-SCH-003")
    Path("out").rename("partial")
    assert judge(folders.AUTH_ON, "--baseline", "partial") == ExitCode.NONCONFORMANT
    assert new() == {"CUST-SCH-003": "fail"}


def test_more_findings_that_are_not_told_apart_are_new_and_as_many_are_known() -> None:
    run = reading.read((Path("before") / "report.json").read_bytes())
    from customers_conformance.judging.baseline import baseline_of, compared

    broken = next(each for each in run.judgements if each.requirement.id == "CUST-SCH-003")
    more = replace(broken, further=3, findings_total=broken.findings_total + 3)
    told = [
        compared([more], baseline_of(replace(run, judgements=(replace(broken, further=before),)), "", ""))[0].news
        for before in (2, 3)
    ]
    assert told == ["new", "known"]


def test_what_is_known_is_shown_as_known_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    against()
    assert "KNOWN     CUST-SCH-003" in capsys.readouterr().out
    assert "known: the baseline has it" in Path("out/report.html").read_text("utf-8")
    assert "known: the baseline has it" in Path("out/summary.md").read_text("utf-8")
    suite = ET.parse(Path("out/junit.xml")).getroot()[0]  # noqa: S314 - our own
    assert suite.get("failures") == "0"
    assert "known: the baseline has it" in "".join(suite.itertext())
    results = json.loads(Path("out/report.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert {each["baselineState"] for each in results} == {"unchanged"}
    issues = json.loads(Path("out/gl-code-quality.json").read_text("utf-8"))
    assert {each["severity"] for each in issues} == {"info"}


def test_waivers_and_a_baseline_go_together() -> None:
    shipped = Path(__file__).parents[3] / "waivers" / "bifrost-1.4.19.toml"
    text = shipped.read_text("utf-8").replace("2027-11-23", "2999-12-31")
    Path("own.toml").write_text(text, "utf-8")
    assert against(changed(_one_more), "--waivers", "own.toml") == ExitCode.NONCONFORMANT
    assert new() == {"CUST-SCH-003": "fail"}
    assert against(folders.AUTH_ON, "--waivers", "own.toml") == ExitCode.DONE
    assert report()["outcome"] == "incomplete"


def test_verify_holds_the_baseline_of_a_report() -> None:
    against()
    found = [each for each in verified(Path("out")).differences if each.place.startswith(("report", "evidence"))]
    assert found == []
    forged = {"CUST-REL-001": {"verdict": "fail", "fingerprints": [], "further": 0}}
    folders.edit(Path("out"), lambda value: value["baseline"]["requirements"].update(forged))
    told = [str(each) for each in verified(Path("out")).differences]
    assert any(each.startswith("evidence.har /log/_run/run/baseline/requirements/CUST-REL-001") for each in told)


@pytest.mark.parametrize(
    "text, words",
    [
        (None, "--baseline: before: it holds no report.json"),
        ("[]", "report.json: it holds no JSON object"),
        ('{"format": "customers-conformance/report/1"}', "cannot be read by this version"),
        ("[" * 100_000, "nested too deep"),
    ],
    ids=range(4),
)
def test_a_strangers_file_is_read_strictly(text: str | None, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = Path("before/report.json")
    place.unlink() if text is None else place.write_text(text, "utf-8")
    assert against() == ExitCode.USAGE
    assert words in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.parametrize("baseline", ["before", "before/report.json", "before/../before"])
def test_a_run_never_replaces_its_own_baseline(baseline: str, capsys: pytest.CaptureFixture[str]) -> None:
    known = Path("before/report.json").read_bytes()
    assert judge(folders.AUTH_ON, "--out", "before", "--baseline", baseline) == ExitCode.USAGE
    assert "is the report that this run replaces (--out)" in capsys.readouterr().err
    assert Path("before/report.json").read_bytes() == known


@pytest.mark.parametrize(
    "change", [{"complete": False}, {"outcome": "invalid"}], ids=["a run that was cut short", "an invalid run"]
)
def test_a_run_that_judged_nothing_is_no_baseline(change: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    folders.edit(Path("before"), lambda value: (value["run"] if "complete" in change else value).update(change))
    assert against() == ExitCode.USAGE
    assert "--baseline: before: its run was cut short, or is invalid; allowed is the report" in capsys.readouterr().err


def test_an_invalid_run_is_invalid_against_any_baseline(tmp_path: Path) -> None:
    folder = folders.live(tmp_path / "live")
    folders.edit(folder, lambda value: value["log"].update(entries=[]), "evidence.har")
    assert against(folder / "evidence.har") == ExitCode.INVALID
