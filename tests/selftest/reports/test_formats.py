"""The reports of runs: what stands in each, and that nothing a target says can turn one against its reader."""

from __future__ import annotations

import importlib.resources
import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from markdown_it import MarkdownIt
from tests.selftest import runs
from tests.selftest.reports import published

from customers_conformance.command import terminal
from customers_conformance.harmless import is_harmless
from customers_conformance.model import Flaky, Location, Outcome, RecordedTraffic, Run, Verdict
from customers_conformance.reports import (
    data,  # noqa: TID251
    junit,  # noqa: TID251
    page,  # noqa: TID251
    sarif,  # noqa: TID251
    summary,  # noqa: TID251
)
from customers_conformance.reports.telling import markdown
from customers_conformance.running.folder import Format, formats

ALL = [runs.plain(), runs.conformant(), runs.invalid(), runs.hostile(), *map(runs.hostile, runs.HOSTILE)]
#: What no file may hold as it is: controls but the line feed, what turns or hides text, and what is no character.
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\U000e0041]")


def schema() -> Any:
    return json.loads(
        importlib.resources.files("customers_conformance.reports").joinpath("report.schema.json").read_text()
    )


def parsed(run: Run) -> ET.Element:
    return ET.fromstring(junit.render(run))  # noqa: S314 - our own output


def cases(run: Run) -> dict[str, ET.Element]:
    root = parsed(run)
    return {case.attrib["name"].split(" ")[0]: case for case in root.iter("testcase")}


@pytest.mark.parametrize("one", formats(), ids=lambda one: one.FILE)
@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_every_format_writes_every_run_as_utf_8_without_a_harmful_character(one: Format, run: Run) -> None:
    text = one.render(run).decode("utf-8")
    assert not HARMFUL.search(text)
    assert text.endswith("\n")
    assert one.render(run) == one.render(run)


@pytest.mark.parametrize("one", formats(), ids=lambda one: one.FILE)
def test_no_line_of_a_file_is_a_command_to_a_ci_service(one: Format) -> None:
    for line in one.render(runs.hostile()).decode().splitlines():
        assert not line.lstrip().startswith("::")
        if one.FILE != data.FILE:
            assert not re.search(r"##\w*\[", line)


@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_the_data_is_valid_by_the_published_schema(run: Run) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(
        json.loads(data.render(run)), schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_the_published_schema_refuses_what_it_does_not_describe() -> None:
    changes: list[dict[str, Any]] = [{"more": 1}, {"outcome": "fine"}, {"exit_code": "1"}, {"counts": {}}]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data.report(runs.plain()) | change, schema())


def test_the_data_has_the_published_members_in_the_published_order() -> None:
    run = runs.plain()
    report = json.loads(data.render(run))
    assert list(report) == [
        *("format", "suite", "run", "target", "evidence", "outcome", "summary", "exit_code", "counts", "not_judged"),
        *("requirements", "undocumented", "coverage", "shown", "warnings", "flaky", "ledger", "waivers", "baseline"),
    ]
    assert report["format"] == "customers-conformance/report/2"
    entry = report["requirements"][2]
    assert list(entry) == [
        *("id", "title", "level", "profile", "says", "judged", "source", "quote", "section", "needs", "after"),
        *("concerns", "location", "verdict", "reason", "news", "missing", "observed", "findings_total", "findings"),
        *("groups", "further", "faults"),
    ]
    assert entry["findings"] == [
        {
            "probe": "default",
            "exchange": 0,
            "pointer": "/count",
            "expected": "1",
            "actual": "2",
            "message": "`count` says another number than `customers` has.",
            "fingerprint": run.judgements[2].groups[0].fingerprint,
            "waiver": None,
        }
    ]
    assert "faults" not in report["requirements"][4]
    assert "left_out" not in report["evidence"]


def test_the_data_says_whether_it_was_live_or_recorded_whole_or_a_part_and_with_which_options() -> None:
    live, judged = (json.loads(data.render(run))["run"] for run in (runs.plain(), runs.conformant()))
    assert list(live) == [
        *("id", "started", "finished", "seed", "profiles", "complete", "partial", "source", "options"),
    ]
    assert (live["source"], live["partial"], live["options"]["examples"]) == ("live", None, 20)
    assert judged["source"] == {
        "name": "traffic.har",
        "creator": "mitmproxy 11.0",
        "first": "2026-11-01T08:00:00Z",
        "last": "2026-11-01T08:05:00Z",
    }
    assert "examples" not in judged["options"]


def test_reports_of_recorded_traffic_say_what_was_recorded_when_and_by_what() -> None:
    said = "traffic.har, by mitmproxy 11.0, 2026-11-01T08:00:00Z to 2026-11-01T08:05:00Z"
    assert f"No server was asked: {said}." in page.render(runs.conformant()).decode()
    assert "<dt>Started</dt>" not in page.render(runs.conformant()).decode()
    assert f"- recorded: `{said}`\n" in summary.render(runs.conformant()).decode()
    assert f"recorded: {said}" in junit.render(runs.conformant()).decode()
    assert "ecorded:" not in summary.render(runs.plain()).decode()
    assert "<dt>Started</dt>" in page.render(runs.plain()).decode()


def test_a_recording_that_tells_no_time_is_said_to_tell_none() -> None:
    run = replace(runs.conformant(), source=RecordedTraffic("traffic.har", ""))
    assert "- recorded: `traffic.har, at an unknown time`\n" in summary.render(run).decode()


def test_the_data_of_recorded_traffic_has_no_ledger_and_counts_what_was_left_out() -> None:
    report = json.loads(data.render(runs.conformant()))
    assert report["ledger"] is None
    assert report["evidence"]["left_out"] == 3


def test_the_data_keeps_every_text_but_lone_surrogates() -> None:
    report = json.loads(data.render(runs.hostile()))
    assert report["summary"] == re.sub("[\ud800-\udfff]", "\ufffd", runs.EVERYTHING)


def by_schema(root: ET.Element) -> str:
    """The file without what the schema does not know: where a test case stands, and its properties."""
    for case in root.iter("testcase"):
        for name in ("file", "line"):
            case.attrib.pop(name, None)
        for properties in case.findall("properties"):
            case.remove(properties)
    return ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_the_junit_file_is_valid_by_jenkins_schema_but_for_what_it_says_of_cases(run: Run) -> None:
    published.junit().validate(by_schema(parsed(run)))


def test_a_junit_case_says_where_its_requirement_stands_and_what_it_is() -> None:
    run = runs.plain()
    failed = replace(run.judgements[1], location=Location("openapi/customers.yaml", 42))
    case = cases(replace(run, judgements=(failed,)))["CUST-SCH-003"]
    assert (case.get("file"), case.get("line"), case.get("classname")) == ("openapi/customers.yaml", "42", "core.SCH")
    assert {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")} == {
        "id": "CUST-SCH-003",
        "title": "Sends teams as their schema says",
        "level": "MUST",
        "profile": "core",
        "source": "page, http",
        "verdict": "fail",
    }


def test_a_junit_warning_is_a_property_and_is_printed() -> None:
    case = cases(runs.plain())["CUST-HTTP-002"]
    (told,) = [each.attrib["value"] for each in case.iter("property") if each.attrib["name"] == "warning"]
    assert told == "405, expected 200, in the answer to head"
    assert "405, expected 200" in str(case.findtext("system-out"))
    of_the_run = [
        one for one in parsed(runs.plain())[0].iterfind("properties/property") if one.get("name") == "warning"
    ]
    assert [one.get("value") for one in of_the_run] == list(runs.plain().warnings)


def test_the_times_of_junit_cases_add_up_to_that_of_the_run() -> None:
    suite = parsed(runs.plain())[0]
    times = [float(case.attrib["time"]) for case in suite.iter("testcase")]
    assert sum(times) == float(suite.attrib["time"]) == 2.25


def test_the_junit_file_has_a_case_for_each_requirement_and_counts_them() -> None:
    run = runs.plain()
    root = parsed(run)
    suite = root[0]
    assert list(cases(run)) == ["outcome", *(one.requirement.id for one in run.judgements)]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("9", "3", "1")
    assert (suite.get("tests"), suite.get("skipped"), suite.get("time")) == ("9", "3", "2.250")


@pytest.mark.parametrize(
    "run,outcome,children",
    [
        (runs.conformant(), Outcome.CONFORMANT, []),
        (replace(runs.conformant(), exit_code=3), Outcome.INCOMPLETE, ["failure"]),
        (runs.conformant(), Outcome.INCOMPLETE, []),
        (runs.plain(), Outcome.NONCONFORMANT, ["failure"]),
        (runs.invalid(), Outcome.INVALID, ["error"]),
    ],
    ids=["conformant", "incomplete", "allow-unverified", "nonconformant", "invalid"],
)
def test_the_junit_file_is_red_where_the_exit_code_is_not_0(run: Run, outcome: Outcome, children: list[str]) -> None:
    run = replace(run, outcome=outcome)
    case = cases(run)["outcome"]
    assert [child.tag for child in case] == children
    for child in case:
        assert child.get("message") == f"{outcome}: {run.summary}"
    root = parsed(run)
    assert bool(int(root.attrib["failures"]) + int(root.attrib["errors"])) == bool(run.exit_code)


@pytest.mark.parametrize(
    "name,children",
    [
        ("CUST-AUTH-001", []),
        ("CUST-REL-001", ["failure"]),
        ("CUST-HTTP-002", ["system-out"]),
        ("CUST-VAL-001", ["skipped"]),
        ("CUST-HTTP-009", ["skipped"]),
        ("CUST-SEC-002", ["skipped"]),
        ("CUST-ROB-001", ["error"]),
    ],
)
def test_the_junit_file_says_each_verdict_in_its_own_way(name: str, children: list[str]) -> None:
    assert [child.tag for child in cases(runs.plain())[name]] == ["properties", *children]


def test_a_junit_failure_tells_each_defect_once_with_place_and_answer() -> None:
    failure = cases(runs.plain())["CUST-SCH-003"].find("failure")
    assert failure is not None
    assert failure.get("message") == "null, expected an object, at /customers/*/teams/*/profile (and 1 more)"
    assert str(failure.text).splitlines()[1:8] == [
        "null, expected an object",
        "  at       /customers/*/teams/*/profile",
        "  says     A null where an object is due.",
        "  first    /customers/0/teams/0/profile",
        "  seen in  answer 0, probe default",
        "nothing, expected config_hash",
        "  at       /customers/*/virtual_keys/*",
    ]
    assert str(failure.text).splitlines()[-1] == "and 5 more of other kinds"


def test_unverified_is_a_junit_error_in_an_invalid_run() -> None:
    assert {child.tag for case in cases(runs.invalid()).values() for child in case} == {"error", "properties"}


def test_a_junit_file_without_sound_times_has_no_time() -> None:
    for times in (("soon", "later"), ("2026-11-23T10:00:00", "2026-11-23T10:00:00Z")):
        run = replace(runs.plain(), started=times[0], finished=times[1])
        assert parsed(run)[0].get("time") is None


def test_a_judgement_without_words_has_its_verdict_for_a_message() -> None:
    run = runs.plain()
    run = replace(run, judgements=(replace(run.judgements[4], reason=None, verdict=Verdict.NOT_APPLICABLE),))
    skipped = cases(run)["CUST-VAL-001"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not applicable"


@pytest.mark.parametrize(
    "text,shown",
    [
        ("plain", "`plain`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("```", "```` ``` ````"),
        (" a ", "`  a  `"),
        ("", "(empty)"),
        ("  ", "(2 spaces)"),
        ("a|b", "`a|b`"),
        ("a\nb", r"`a\nb`"),
    ],
)
def test_a_code_span_holds_whatever_it_is_given(text: str, shown: str) -> None:
    assert markdown.code(text) == shown
    if text.strip():
        (paragraph,) = [token for token in MarkdownIt().parse(shown) if token.type == "inline"]
        assert [child.type for child in paragraph.children or ()] == ["code_inline"]


@pytest.mark.parametrize(
    "text,shown",
    [
        ("Reports `count` (RFC 9110, 15.5) as is.", "Reports `count` (RFC 9110, 15.5) as is."),
        ("got <b> <i> here", "got `<b> <i>` here"),
        ("an odd ` here", "an odd `` ` `` here"),
        ("x@y`z`", "`x@yz`"),
        ("see 15.5.2), or <x>.", "see 15.5.2), or `<x>`."),
        ("by its deadline of 1 s (--deadline).", "by its deadline of 1 s (`--deadline`)."),
        ("see 1.2.3.4", "see `1.2.3.4`"),
        ("Mend CUST-SCH-001: now", "Mend `CUST-SCH-001`: now"),
        (":tada: here", "`:tada`: here"),
        ("until 2027-01-01", "until 2027-01-01"),
        ("", ""),
    ],
)
def test_prose_keeps_words_and_fences_the_rest(text: str, shown: str) -> None:
    assert markdown.prose(text) == shown


def test_every_format_shows_the_title_beside_the_id() -> None:
    run = runs.plain()
    for judgement in run.judgements:
        requirement = judgement.requirement
        assert f'name="{requirement.heading}"' in junit.render(run).decode()
        rules = {rule["id"]: rule for rule in sarif.log(run)["runs"][0]["tool"]["driver"]["rules"]}
        assert rules[requirement.id]["shortDescription"]["text"] == requirement.title
        assert requirement.title in page.render(run).decode()
        entry = next(one for one in data.report(run)["requirements"] if one["id"] == requirement.id)
        assert (entry["title"], entry["says"]) == (requirement.title, requirement.says)
    for judgement in page.wording.with_verdict(run, Verdict.FAIL, Verdict.WARN, Verdict.ERROR, Verdict.WAIVED):
        title = markdown.prose(judgement.requirement.title)
        assert f" **{judgement.requirement.id}** {title}" in summary.render(run).decode()


def test_the_page_tells_how_a_requirement_is_judged_and_quotes_its_source() -> None:
    html = page.render(runs.plain()).decode()
    assert "<p>How it is judged: at the nearest <code>schema</code>.</p>" in html
    assert (
        "<p>Source: page, the published reference page of the endpoint, the authority: "
        "\u201c&#34;customers&#34;: [ { &#34;id&#34;: &#34;&lt;string&gt;&#34;\u201d</p>"
    ) in html
    assert "bearer tokens: RFC 9110, 15.5.2</p>" in html


def test_a_source_of_another_version_is_shown_by_its_name() -> None:
    run = runs.plain()
    odd = replace(run.judgements[1].requirement, source="hearsay, ours")
    text = page.render(replace(run, judgements=(replace(run.judgements[1], requirement=odd),))).decode()
    assert "<p>Source: hearsay</p>\n<p>Source: ours, a decision of this contract</p>" in text


def test_every_report_for_people_and_programs_names_the_probes_that_were_asked_again() -> None:
    again = (Flaky("memory", 3, ("503", "no answer: a reset"), mended=True), Flaky("head", 4, ("502",), mended=False))
    run = replace(runs.plain(), flaky=again)
    said = "memory (503, no answer: a reset); head (502, in vain)"
    assert json.loads(data.render(run))["flaky"] == [
        {"probe": "memory", "exchange": 3, "met": ["503", "no answer: a reset"], "mended": True},
        {"probe": "head", "exchange": 4, "met": ["502"], "mended": False},
    ]
    (told,) = [each.attrib["value"] for each in parsed(run).iter("property") if each.attrib["name"] == "flaky"]
    assert told == said
    assert f"- asked again (2): {said}\n" in summary.render(run).decode()
    assert f"Asked again: {said}." in page.render(run).decode()
    assert "FLAKY     2 asked again: memory, head" in [line.plain for line in terminal.summary(run, "out", [])]
    many = replace(run, flaky=again * 6)
    assert "(502, in vain); and 4 more" in summary.render(many).decode()
    for one in formats():
        assert b"sked again" not in one.render(runs.plain())


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_format_shows_every_outcome(outcome: Outcome) -> None:
    run = replace(runs.plain(), outcome=outcome)
    for one in formats():
        text = one.render(run).decode()
        title = page.wording.OUTCOMES[outcome][1]
        said = {"badge.json": title.lower()}.get(
            one.FILE, title if one.FILE.endswith(("md", "html")) else outcome.value
        )
        assert said in text


def test_every_format_survives_a_run_without_anything() -> None:
    run = replace(runs.conformant(), judgements=(), exchanges=(), profiles=())
    for one in formats():
        assert is_harmless(one.render(run).decode().splitlines()[0])
