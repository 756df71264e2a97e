"""``report.sarif``: valid as published, one result for each thing that is wrong, located in the contract."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.selftest import runs
from tests.selftest.proving import folders
from tests.selftest.reports import published

from customers_conformance.model import Finding, Location, Run, Verdict
from customers_conformance.reports import sarif  # noqa: TID251 - it is what is tested
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

ROOT = Path(__file__).parents[3]
ALL = [runs.plain(), runs.conformant(), runs.invalid(), runs.hostile(), *map(runs.hostile, runs.HOSTILE)]


def log(run: Run) -> Any:
    (only,) = json.loads(sarif.render(run))["runs"]
    return only


@pytest.fixture(scope="module", params=[folders.AUTH_ON, folders.AUTH_OFF])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The verdicts on what a release of the real gateway answered."""
    return execute(Settings(har=folders.RECORDINGS / request.param, out=tmp_path_factory.mktemp("out")))


@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_every_log_is_valid_by_the_published_schema(run: Run) -> None:
    published.sarif().validate(json.loads(sarif.render(run)))


def test_the_log_of_a_real_gateway_is_valid_and_has_a_result_for_each_group(recorded: Run) -> None:
    published.sarif().validate(json.loads(sarif.render(recorded)))
    groups = [
        (one.requirement.id, group.fingerprint, group.count)
        for one in recorded.judgements
        if one.verdict in {Verdict.FAIL, Verdict.WARN}
        for group in one.groups
    ]
    results = [
        (one["ruleId"], one["partialFingerprints"]["defect/v1"], one["occurrenceCount"])
        for one in log(recorded)["results"]
    ]
    assert sorted(results) == sorted(groups) != []


def test_a_result_stands_at_the_line_of_the_contract_that_is_about_its_requirement(recorded: Run) -> None:
    for result in log(recorded)["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        lines = (ROOT / place["artifactLocation"]["uri"]).read_text("utf-8").splitlines()
        near = "\n".join(lines[place["region"]["startLine"] - 1 :][:6])
        assert result["ruleId"] in near or "type: object" in near


def test_the_files_of_the_contract_are_not_taken_for_those_of_the_repository_that_uploads_the_log() -> None:
    found = log(replace(runs.plain(), judgements=(replace(runs.plain().judgements[1], location=Location("a b", 7)),)))
    place = found["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20b", "uriBaseId": "CUSTOMERS_CONFORMANCE"},
        "region": {"startLine": 7},
    }
    base = found["originalUriBaseIds"]["CUSTOMERS_CONFORMANCE"]
    assert "uri" not in base
    assert base["description"]["text"].startswith("The repository of customers-conformance 0.1.0")


def test_a_result_tells_what_is_wrong_where_and_in_which_answer() -> None:
    first, *_, unanswered, waived = log(runs.plain())["results"]
    assert first["message"]["text"] == (
        "Sends teams as their schema says (broken): null, expected an object, at /customers/\\*/teams/\\*/profile. "
        "A null where an object is due. First at /customers/0/teams/0/profile."
    ).replace("\\*", "*")
    (related,) = first["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "evidence.har"
    assert related["logicalLocations"] == [{"fullyQualifiedName": "/customers/0/teams/0/profile", "kind": "value"}]
    assert related["message"]["text"] == "The evidence, answer 0, probe default."
    assert first["webRequest"]["headers"]["Authorization"] == "Bearer <key>"
    assert first["webResponse"]["statusCode"] == 200
    assert unanswered["webResponse"] == {"noResponseReceived": True}
    assert waived["suppressions"] == [
        {
            "kind": "external",
            "justification": "waived until 2027-01-01 by the platform team: the vendor knows "
            "(https://tracker.example/12)",
        }
    ]


def test_levels_follow_requirement_and_verdict_and_rules_come_once() -> None:
    found = log(runs.plain())
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == [
        one.requirement.id for one in runs.plain().judgements
    ]
    assert [(result["ruleId"], result["level"]) for result in found["results"]] == [
        ("CUST-SCH-003", "error"),
        ("CUST-SCH-003", "error"),
        ("CUST-REL-001", "error"),
        ("CUST-HTTP-002", "warning"),
        ("CUST-SEC-002", "error"),
    ]
    notes = found["invocations"][0]["toolExecutionNotifications"]
    assert {note["level"] for note in notes} == {"note", "error", "warning"}
    assert found["invocations"][0]["startTimeUtc"] == "2026-11-23T10:00:00.000Z"


def test_a_rule_tells_the_sentence_how_it_is_judged_and_its_sources_with_a_link_to_the_standard() -> None:
    rule = log(runs.plain())["tool"]["driver"]["rules"][1]
    assert rule["shortDescription"]["text"] == "Sends teams as their schema says"
    assert rule["fullDescription"]["text"] == "A conforming server sends objects that match their schema: Team."
    text = rule["help"]["text"]
    for words in (
        "How it is judged: at the nearest `schema`. MUST, profile core.",
        "Source: page, the published reference page of the endpoint, the authority: \u201c",
        "Source: http, the standards of HTTP, JSON and bearer tokens: RFC 9110, 15.5.2.",
    ):
        assert words in text
    assert "MUST, profile core." in rule["help"]["markdown"]
    assert rule["helpUri"] == "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2"


def test_a_rule_that_comes_from_no_standard_has_no_link() -> None:
    run = runs.plain()
    ours = replace(run.judgements[1].requirement, source="page", section="")
    (rule,) = log(replace(run, judgements=(replace(run.judgements[1], requirement=ours),)))["tool"]["driver"]["rules"]
    assert "helpUri" not in rule


def test_a_fingerprint_does_not_change_with_the_place_in_a_list_nor_with_the_line_of_the_contract() -> None:
    run = runs.plain()

    def fingerprint(pointer: str, line: int = 1) -> Any:
        found = (Finding("m", "1", "2", pointer),)
        failed = replace(run.judgements[1], findings=found, findings_total=1, location=Location("x.yaml", line))
        return log(runs.grouped(replace(run, judgements=(failed,))))["results"][0]["partialFingerprints"]

    one = fingerprint("/customers/0/name")
    assert one == fingerprint("/customers/17/name", 9)
    assert one != fingerprint("/customers/0/id")
    assert re.fullmatch("[0-9a-f]{16}:1", one["primaryLocationLineHash"])
    assert one["defect/v1"].startswith(one["primaryLocationLineHash"].removesuffix(":1"))


def test_what_is_waived_in_part_is_not_suppressed_and_says_how_many_are() -> None:
    run = runs.plain()
    (count,) = run.judgements[2].groups
    failed = replace(run.judgements[2], groups=(replace(count, count=9, waived=3),))
    (result,) = log(replace(run, judgements=(failed,)))["results"]
    assert "suppressions" not in result
    assert "3 of 9 waived" in result["message"]["text"]


def test_a_message_holds_no_link_and_no_placeholder_of_the_target() -> None:
    for result in log(runs.hostile("[x](https://evil.example) {0}"))["results"]:
        text = result["message"]["text"]
        assert not re.search(r"(?<!\\)\[", text)
        assert "{0}" not in text.replace("{{0}}", "")


def test_times_that_are_none_are_left_out() -> None:
    found = log(replace(runs.plain(), started="soon", finished="2026-11-23T10:00:00"))
    assert not {"startTimeUtc", "endTimeUtc"} & set(found["invocations"][0])


def test_the_evidence_is_a_valid_har_of_its_schema(recorded: Run, tmp_path: Path) -> None:
    execute(Settings(har=folders.RECORDINGS / str(recorded.source and recorded.source.name), out=tmp_path))
    published.har().validate(json.loads((tmp_path / "evidence.har").read_text("utf-8")))


def test_what_stands_in_no_result_is_counted_in_a_notification() -> None:
    run = runs.plain()
    noted = [one["message"]["text"] for one in log(run)["invocations"][0]["toolExecutionNotifications"]]
    further = {one.requirement.id: one.further for one in run.judgements if one.further}
    assert further
    for identifier, count in further.items():
        assert f"{identifier}: and {count} more of other kinds, in no result" in noted
