"""Waivers as a user meets them: a file, its mistakes, the exit code, and what every report says of them."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from tests.selftest.proving import folders

from customers_conformance.command import cli
from customers_conformance.command.options import OPTIONS
from customers_conformance.interface import waivers
from customers_conformance.model import ExitCode, UsageError
from customers_conformance.proving.verifying import verified
from customers_conformance.running import run

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(__file__).parents[3] / "waivers"
RECORDED = {
    folders.AUTH_ON: SHIPPED / "bifrost-1.4.19.toml",
    folders.AUTH_OFF: SHIPPED / "bifrost-1.5.16.toml",
}

ONE = """\
# a comment

[[waiver]]
requirement = "CUST-SCH-003"
at = "/customers/*/teams/*/profile"
actual = "null"
accepts = "fail"
reason = "they know"
owner = "us"
expires = 2027-01-31
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, on the day after the recordings were made."""
    for option in OPTIONS:
        monkeypatch.delenv(option.variable, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    at(monkeypatch, "2026-11-24")
    return tmp_path


def at(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp()
    monkeypatch.setattr(run, "_now", lambda: datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z"))


def judge(recording: Path | str, *arguments: str, text: str | None = None) -> int:
    place = recording if isinstance(recording, Path) else folders.RECORDINGS / recording
    given = list(arguments)
    if text is not None:
        Path("own.toml").write_text(text, "utf-8")
        given += ["--waivers", "own.toml"]
    return cli.answer(["judge", str(place), "--out", "out", *given])


def report() -> Any:
    return folders.report(Path("out"))


def refusal(text: str) -> str:
    Path("own.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError) as told:
        waivers.read(Path("own.toml"))
    return str(told.value)


def entry(identifier: str) -> Any:
    return next(each for each in report()["requirements"] if each["id"] == identifier)


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("strict", [(), ("--strict", "--strict-waivers")], ids=["as it is", "strict"])
def test_with_the_shipped_waivers_a_real_server_ends_0(name: str, strict: tuple[str, ...]) -> None:
    given = ("--profile", "all", "--waivers", str(RECORDED[name]), "--allow-unverified", *strict)
    assert judge(name, *given) == ExitCode.DONE
    found = report()
    assert found["outcome"] == "incomplete"
    assert found["counts"]["waived"] > 0
    assert f" {found['counts']['waived']} requirements are waived." in found["summary"]
    assert {each["use"] for each in found["waivers"]["entries"]} == {"used"}
    assert found["warnings"] == []


@pytest.mark.parametrize("name", RECORDED)
def test_without_allow_unverified_the_same_ends_3(name: str) -> None:
    assert judge(name, "--waivers", str(RECORDED[name])) == ExitCode.INCOMPLETE


def test_one_byte_that_matters_ends_1_and_is_named() -> None:
    recording = json.loads((folders.RECORDINGS / folders.AUTH_ON).read_text("utf-8"))
    content = recording["log"]["entries"][0]["response"]["content"]
    assert '"profile":null' in content["text"]
    changed = content["text"].replace('"profile":null', '"profile":1234', 1)
    content["text"] = changed
    Path("changed.har").write_text(json.dumps(recording), "utf-8")
    given = ("--waivers", str(RECORDED[folders.AUTH_ON]), "--allow-unverified", "--only", "CUST-SCH-003")
    assert judge(Path("changed.har").absolute(), *given) == ExitCode.NONCONFORMANT
    broken = entry("CUST-SCH-003")
    assert broken["verdict"] == "fail"
    left = [group for group in broken["groups"] if group["waived"] < group["count"]]
    assert [(group["pattern"], group["symptom"], group["count"]) for group in left] == [
        ("/customers/*/teams/*/profile", "a number, expected an object", 1)
    ]


def test_a_waiver_that_has_expired_ends_2_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at(monkeypatch, "2027-02-01")
    assert judge(folders.AUTH_ON, text=ONE) == ExitCode.USAGE
    told = capsys.readouterr().err
    assert "--waivers: own.toml, line 3: the waiver of CUST-SCH-003 expired on 2027-01-31" in told
    assert not Path("out").exists()
    at(monkeypatch, "2027-01-31")
    assert judge(folders.AUTH_ON, text=ONE) == ExitCode.NONCONFORMANT


def test_a_served_fault_with_the_waiver_that_is_printed_is_conformant_with_waivers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folders.live(tmp_path / "live", "count-too-high")
    said = ("--reason", 'they "know"\x1b', "--owner", "us", "--expires", "2027-06-30", "--link", "https://t.example/1")
    assert cli.answer(["waive", str(folder), "CUST-REL-001", *said]) == ExitCode.DONE
    printed = capsys.readouterr().out
    assert tomllib.loads(printed)["waiver"] == [
        {
            "requirement": "CUST-REL-001",
            "at": "/count",
            "actual": "a number",
            "expected": "#, the number of items in customers",
            "accepts": "fail",
            "reason": 'they "know"\x1b',
            "owner": "us",
            "link": "https://t.example/1",
            "expires": datetime(2027, 6, 30, tzinfo=UTC).date(),
        }
    ]
    assert "\x1b" not in printed
    assert judge(folder / "evidence.har", "--only", "CUST-REL-001", text=printed) == ExitCode.DONE
    assert report()["outcome"] == "conformant_with_waivers"
    assert report()["summary"].startswith(
        "The target keeps every requirement that was judged, but 1 requirement is wai"
    )


def test_when_the_target_is_mended_the_unused_waiver_is_named_on_top_of_every_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folders.live(tmp_path / "live")
    given = ("--only", "CUST-REL-001", "--only", "CUST-SCH-003")
    assert judge(folder / "evidence.har", *given, text=ONE) == ExitCode.DONE
    screen = capsys.readouterr().out.splitlines()
    named = "The waiver of CUST-SCH-003 (own.toml, line 3) is unused"
    assert any(named in line for line in screen[:8])
    assert report()["warnings"][0].startswith(named)
    assert report()["waivers"]["entries"][0]["use"] == "unused"
    suite = ET.parse(Path("out/junit.xml")).getroot()[0]  # noqa: S314 - our own
    assert named in "".join(suite.find("testcase").itertext())  # type: ignore[union-attr]
    page = Path("out/report.html").read_text("utf-8")
    assert page.index(named) < page.index("<main")
    lines = Path("out/summary.md").read_text("utf-8").splitlines()
    assert any(line.startswith("- note: The waiver of") for line in lines[:20])
    assert named in json.loads(Path("out/gl-code-quality.json").read_text("utf-8"))[1]["description"]
    sarif = json.loads(Path("out/report.sarif").read_text("utf-8"))["runs"][0]
    assert any(named in note["message"]["text"] for note in sarif["invocations"][0]["toolExecutionNotifications"])
    assert judge(folder / "evidence.har", *given, "--strict-waivers", text=ONE) == ExitCode.USAGE
    assert report()["outcome"] == "conformant"
    assert report()["summary"].endswith(" 1 waiver is not needed any more (--strict-waivers).")


def test_what_is_waived_stays_in_every_report_and_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--only", "CUST-SCH-003", "--only", "CUST-SCH-001")
    text = ONE + ONE.replace("profile", "config") + ONE.replace("profile", "claims")
    assert judge(folders.AUTH_ON, *given, text=text) == ExitCode.NONCONFORMANT
    accepted = "waived until 2027-01-31 by us: they know"
    assert entry("CUST-SCH-003")["verdict"] == "waived"
    assert {each["waiver"] for each in entry("CUST-SCH-003")["findings"]} == {0, 1, 2}
    assert Path("out/report.html").read_text("utf-8").count(accepted) == len(entry("CUST-SCH-003")["groups"]) == 3
    assert accepted.partition(" by")[0] in Path("out/summary.md").read_text("utf-8")
    cases = ET.parse(Path("out/junit.xml")).getroot()[0].findall("testcase")  # noqa: S314 - our own
    (skipped,) = [case.find("skipped") for case in cases if "CUST-SCH-003" in case.get("name", "")]
    assert skipped is not None
    assert accepted in str(skipped.text)
    results = json.loads(Path("out/report.sarif").read_text("utf-8"))["runs"][0]["results"]
    suppressed = [each for each in results if "suppressions" in each]
    assert {each["ruleId"] for each in suppressed} == {"CUST-SCH-003"}
    assert suppressed[0]["suppressions"] == [{"kind": "external", "justification": accepted}]
    issues = json.loads(Path("out/gl-code-quality.json").read_text("utf-8"))
    assert {each["severity"] for each in issues if each["check_name"] == "CUST-SCH-003"} == {"info"}
    assert "1 waived" in capsys.readouterr().out


def test_a_place_that_is_waived_is_marked_beside_one_that_fails() -> None:
    assert judge(folders.AUTH_ON, "--only", "CUST-SCH-003", text=ONE) == ExitCode.NONCONFORMANT
    found = entry("CUST-SCH-003")
    assert (found["verdict"], found["findings_total"]) == ("fail", 9)
    assert [each["waiver"] for each in found["findings"]].count(0) == 3
    results = json.loads(Path("out/report.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert sum("suppressions" in each for each in results) == 1
    assert [group["waived"] for group in found["groups"]].count(3) == 1
    assert Path("out/report.html").read_text("utf-8").count("waived until 2027-01-31") == 1


def test_a_waiver_that_holds_for_longer_than_a_year_is_told() -> None:
    judge(folders.AUTH_ON, text=ONE.replace("2027-01-31", "2028-01-31"))
    assert "holds until 2028-01-31, more than 366 days ahead" in report()["warnings"][0]


def test_a_run_that_judged_nothing_says_nothing_of_its_waivers(tmp_path: Path) -> None:
    folder = folders.live(tmp_path / "live")
    folders.edit(folder, lambda value: value["log"].update(entries=[]), "evidence.har")
    assert judge(folder / "evidence.har", "--strict-waivers", text=ONE) == ExitCode.INVALID
    assert report()["waivers"]["entries"][0]["use"] == "not_judged"


MISTAKES = {
    ONE.replace("owner", "onwer"): "line 9: a waiver has no key 'onwer'; the nearest: owner",
    ONE.replace(
        "[[waiver]]", "[[waivers]]"
    ): "line 3: there is no 'waivers' in a file of waivers; allowed is [[waiver]]",
    ONE.replace("[[waiver]]", "[waiver]"): "line 3: waiver is no list of tables; allowed is [[waiver]]",
    "waiver = [1]": "line 1: waiver is no list of tables",
    ONE.replace("SCH-003", "SCH-099"): "line 4: requirement: there is no requirement 'CUST-SCH-099'; the nearest: ",
    ONE.replace("profile", "profiel"): "line 5: at: /customers/*/teams/*/profiel cannot match: Team has no property",
    ONE.replace("/customers", "@hed/customers"): "line 5: at: there is no probe 'hed'; the nearest: head",
    ONE.replace('"fail"', '"warn"'): "line 7: accepts: CUST-SCH-003 is a MUST, which can only fail",
    ONE.replace('"fail"', '"pass"'): "line 7: accepts: 'pass' is not allowed; allowed: fail, warn, unverified",
    ONE.replace('"fail"', "[1]"): "line 7: accepts: '[1]' is not allowed",
    ONE.replace('"fail"', '"unverified"'): 'line 5: at: it contradicts accepts = "unverified", which goes with missing',
    ONE + 'missing = "together"\n': 'line 11: missing: it contradicts accepts = "fail", which goes with actual',
    ONE.replace("2027-01-31", '"2027-01-31"'): "line 10: expires: it is no date; allowed is one without quotes",
    ONE.replace("2027-01-31", "2027-01-31T12:00:00Z"): "line 10: expires: it is no date",
    ONE.replace("2027-01-31", "2027-02-30"): "line 10: this is no TOML",
    ONE.replace('"us"', '" "'): "line 9: owner: it is empty",
    ONE.replace('"us"', "7"): "line 9: owner: it is no text; allowed is one, in quotes",
    ONE.replace('owner = "us"\n', ""): "line 3: the waiver has no owner; allowed is one with it",
    ONE.replace('actual = "null"\n', ""): "line 3: the waiver has no actual; allowed is one with it",
    ONE + 'link = "javascript:alert(1)"\n': "line 11: link: 'javascript:alert(1)' is no address; allowed is one with",
    ONE + 'link = "https://["\n': "line 11: link: 'https://[' is no address",
    ONE + 'expected = "null"\n': "line 11: expected: 'null' is what stands there, too: nothing is broken so",
    ONE + ONE: "line 13: it accepts the same as the waiver in line 3; allowed is one of them",
    ONE + ONE.replace("null", "text").replace("profile", "x"): "line 15: at: /customers/*/teams/*/x cannot match",
}


@pytest.mark.parametrize("text", MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_with_file_line_and_sentence(text: str) -> None:
    told = refusal(text)
    assert told.startswith(f"own.toml, {MISTAKES[text]}")


UNVERIFIED = """\
[[waiver]]
requirement = "CUST-QRY-003"
accepts = "unverified"
missing = "from-memory-yes"
reason = "nobody recorded it"
owner = "us"
expires = 2027-01-31
"""


def test_what_is_unverified_may_be_accepted_for_what_is_missing() -> None:
    given = ("--only", "CUST-QRY-003", "--only", "CUST-QRY-001")
    assert judge(folders.AUTH_ON, *given, text=UNVERIFIED) == ExitCode.DONE
    assert report()["outcome"] == "conformant_with_waivers"
    assert judge(folders.AUTH_ON, *given, text=UNVERIFIED.replace("-yes", "-true")) == ExitCode.USAGE
    assert judge(folders.AUTH_ON, *given, text=UNVERIFIED.replace("-yes", "-banana")) == ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    "changed, words",
    [
        (UNVERIFIED.replace('missing = "from-memory-yes"\n', ""), "line 1: the waiver has no missing"),
        (UNVERIFIED.replace('"from-memory-yes"', "[]"), "line 4: missing: it is empty"),
        (UNVERIFIED.replace('"from-memory-yes"', '["", 1]'), "line 4: missing: it is no text and no list of texts"),
        (UNVERIFIED.replace('"from-memory-yes"', '"from-memory-yess"'), "line 4: missing: there is no probe"),
        (
            UNVERIFIED.replace('"from-memory-yes"', '"CUST-SEC-001"'),
            "line 4: missing: CUST-QRY-003 does not come after",
        ),
    ],
)
def test_so_is_one_in_what_is_missing(changed: str, words: str) -> None:
    assert refusal(changed).startswith(f"own.toml, {words}")


def test_what_asking_again_mended_may_be_accepted_as_the_warning_that_it_is() -> None:
    text = ONE.replace("CUST-SCH-003", "CUST-ROB-001").replace("/customers/*/teams/*/profile", "@default")
    warned = text.replace('"fail"', '"warn"').replace('actual = "null"', 'actual = "503"')
    assert judge(folders.AUTH_ON, "--only", "CUST-ROB-001", text=warned) != ExitCode.USAGE
    other = warned.replace("CUST-ROB-001", "CUST-AUTH-001")
    assert "accepts: CUST-AUTH-001 is a MUST, which can only fail" in refusal(other)


def test_mistakes_end_2_before_anything_is_sent_or_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(folders.AUTH_ON, text=ONE.replace("owner", "onwer")) == ExitCode.USAGE
    assert "error: --waivers: own.toml, line 9: a waiver has no key 'onwer'" in capsys.readouterr().err
    assert not Path("out").exists()
    assert judge(folders.AUTH_ON, "--waivers", "nowhere.toml") == ExitCode.USAGE
    assert "nowhere.toml: it cannot be read" in capsys.readouterr().err
    assert judge(folders.AUTH_ON, "--strict-waivers") == ExitCode.USAGE
    assert "--strict-waivers: there are no waivers" in capsys.readouterr().err


def test_no_waivers_are_none_of_a_mistake() -> None:
    assert judge(folders.AUTH_ON, "--only", "CUST-REL-001", text="# all is mended\n") == ExitCode.DONE
    assert report()["waivers"]["entries"] == []


def test_the_configuration_names_waivers_beside_itself() -> None:
    Path("customers-conformance.toml").write_text('waivers = "accepted/own.toml"\n', "utf-8")
    Path("accepted").mkdir()
    Path("accepted/own.toml").write_text(ONE, "utf-8")
    assert judge(folders.AUTH_ON, "--only", "CUST-SCH-003") == ExitCode.NONCONFORMANT
    assert report()["waivers"]["file"] == "own.toml"


def _accept_more(value: Any) -> None:
    value["waivers"]["entries"][0]["at"] = "/customers/*/teams/*/claims"


def _accept_longer(value: Any) -> None:
    value["waivers"]["entries"][0]["expires"] = "2026-01-01"


def _accept_the_unknown(value: Any) -> None:
    value["waivers"]["entries"][0]["requirement"] = "CUST-SCH-099"


def _use(value: Any) -> None:
    value["waivers"]["entries"][0]["covered"] = 4


def _digest(value: Any) -> None:
    value["waivers"]["digest"] = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    "change, places",
    [
        (_accept_more, ("evidence.har /log/_run/run/waivers", "report.json /requirements/0/groups")),
        (_accept_longer, ("report.json /waivers/entries/0/expires: the waiver of CUST-SCH-003 expired on 2026-01-01",)),
        (_accept_the_unknown, ("report.json /waivers/entries/0/requirement: there is no requirement CUST-SCH-099",)),
        (_use, ("report.json /waivers/entries/0/covered: it says 4; the evidence gives 3",)),
        (_digest, ("evidence.har /log/_run/run/waivers/digest",)),
    ],
)
def test_verify_holds_the_waivers_of_a_report(change: Callable[[Any], None], places: tuple[str, ...]) -> None:
    judge(folders.AUTH_ON, "--only", "CUST-SCH-003", text=ONE)
    sound = [str(each) for each in verified(Path("out")).differences if each.place.startswith(("report", "evidence"))]
    assert sound == []
    folders.edit(Path("out"), change)
    told = [str(each) for each in verified(Path("out")).differences]
    for place in places:
        assert any(each.startswith(place) for each in told), (place, told)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("CUST-SCH-099",), "waive: there is no requirement 'CUST-SCH-099'; the nearest: "),
        (("CUST-REL-001",), "waive: the verdict on CUST-REL-001 is pass; allowed is one of fail, unverified, warn"),
        (("CUST-SCH-003", "--expires", "soon"), "--expires: 'soon' is no date; allowed is one such as 2027-01-31"),
        (("CUST-SCH-003", "--expires", "2020-01-31"), "--expires: 2020-01-31 is over"),
        (("CUST-SCH-003", "--owner", " "), "--owner is empty"),
        (("CUST-SCH-003", "--link", "data:x"), "--link: 'data:x' is no address"),
    ],
)
def test_what_cannot_be_waived_is_told(
    arguments: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folders.recorded(tmp_path / "recorded")
    defaults = {"--reason": "they know", "--owner": "us", "--expires": "2999-01-31"}
    said = [word for pair in defaults.items() if pair[0] not in arguments for word in pair]
    assert cli.answer(["waive", str(folder), *said, *arguments]) == ExitCode.USAGE
    assert words in capsys.readouterr().err


def test_what_is_printed_groups_by_pattern_and_covers_all_that_is_not_accepted_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folders.recorded(tmp_path / "recorded")
    said = ("--reason", "they know", "--owner", "us", "--expires", "2999-01-31")
    texts = []
    waivable = ("CUST-SCH-003", "CUST-SCH-004", "CUST-AUTH-012", "CUST-AUTH-003", "CUST-VAL-002")
    for identifier in waivable:
        assert cli.answer(["waive", str(folder / "report.json"), identifier, *said]) == ExitCode.DONE
        texts.append(capsys.readouterr().out)
    entries = tomllib.loads(texts[0])["waiver"]
    assert [each["at"] for each in entries] == [
        f"/customers/*/teams/*/{name}" for name in ("claims", "config", "profile")
    ]
    only = [
        word
        for name in ("SCH-003", "SCH-004", "AUTH-012", "AUTH-003", "VAL-002")
        for word in ("--only", f"CUST-{name}")
    ]
    assert judge(folders.AUTH_ON, *only, text="\n".join(texts)) == ExitCode.DONE
    assert report()["counts"]["waived"] == len(texts)
    assert cli.answer(["waive", "out", "CUST-SCH-003", *said]) == ExitCode.USAGE
    assert "CUST-SCH-003 is waived in this report already" in capsys.readouterr().err


def test_what_is_waived_already_asks_for_a_report_without_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(folders.AUTH_OFF, "--waivers", str(RECORDED[folders.AUTH_OFF])) == 3
    name = next(one["id"] for one in report()["requirements"] if one["verdict"] == "waived")
    capsys.readouterr()
    given = ("--reason", "r", "--owner", "o", "--expires", "2999-01-31")
    assert cli.answer(["waive", "out", name, *given]) == 2
    assert capsys.readouterr().err == (
        f"error: waive: {name} is waived in this report already, by bifrost-1.5.16.toml; give a report that was "
        "judged without --waivers\n"
    )


def test_two_files_of_waivers_are_refused_with_how_to_join_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["judge", "x.har", "--waivers", "a.toml", "--waivers", "b.toml"]) == 2
    assert capsys.readouterr().err == (
        "error: --waivers is given twice ('a.toml', 'b.toml'); allowed is once; to accept what both list, put the "
        "[[waiver]] tables of both into one file\n"
    )


def test_what_comes_after_a_waived_requirement_is_waived_by_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    only = ("CUST-AUTH-001", "CUST-AUTH-002", "CUST-AUTH-003")
    har = folders.live(tmp_path / "live", "open-door", only=only) / "evidence.har"
    asked = [text for name in only for text in ("--only", name)]

    def printed(identifier: str) -> str:
        capsys.readouterr()
        said = ("--reason", "r", "--owner", "o", "--expires", "2999-01-31")
        assert cli.answer(["waive", "out", identifier, *said]) == 0
        return capsys.readouterr().out

    assert judge(har, *asked) == 1
    first = printed("CUST-AUTH-002")
    assert first.count("[[waiver]]") > 1
    assert judge(har, *asked, text=first) == 3
    (after,) = (one for one in report()["requirements"] if one["id"] == "CUST-AUTH-003")
    assert after["reason"] == "comes after CUST-AUTH-002, which is waived: look at that one first"
    assert judge(har, *asked, text=first + printed("CUST-AUTH-003")) == 0
    assert report()["outcome"] == "conformant_with_waivers"
    assert verified(Path("out")).differences == ()


def test_a_report_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    said = ("--reason", "they know", "--owner", "us", "--expires", "2999-01-31")
    assert cli.answer(["waive", "nowhere", "CUST-SCH-003", *said]) == ExitCode.USAGE
    assert "waive: nowhere: there is no such file or folder" in capsys.readouterr().err
