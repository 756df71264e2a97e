"""``gl-code-quality.json``: an issue for each thing that is wrong, at the line of the contract that it breaks."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from tests.selftest import runs

from customers_conformance.model import Finding, Location, Outcome
from customers_conformance.reports import code_quality  # noqa: TID251 - it is what is tested


def test_there_is_an_issue_for_the_outcome_and_for_each_thing_that_is_wrong() -> None:
    issues = json.loads(code_quality.render(runs.plain()))
    assert [(issue["check_name"], issue["severity"]) for issue in issues] == [
        ("outcome", "blocker"),
        ("CUST-SCH-003", "critical"),
        ("CUST-SCH-003", "critical"),
        # Of what is not told apart.
        ("CUST-SCH-003", "critical"),
        ("CUST-REL-001", "critical"),
        ("CUST-HTTP-002", "minor"),
        ("CUST-SEC-002", "info"),
    ]
    assert issues[0]["description"].startswith("outcome: nonconformant: The server breaks 2")
    assert issues[1]["description"] == (
        "CUST-SCH-003: Sends teams as their schema says (MUST), null, expected an object, "
        "at /customers/*/teams/*/profile; first at /customers/0/teams/0/profile"
    )
    further = next(one.further for one in runs.plain().judgements if one.requirement.id == "CUST-SCH-003")
    assert issues[3]["description"].endswith(f"(MUST), and {further} more of other kinds")
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert re.fullmatch("[0-9a-f]{64}", issue["fingerprint"])
        assert issue["location"] == {"path": "openapi/requirements.yaml", "lines": {"begin": 1}}


def test_an_issue_stands_at_the_line_of_the_contract_that_it_breaks() -> None:
    run = runs.plain()
    failed = replace(run.judgements[2], location=Location("openapi/customers.yaml", 42))
    _, issue = code_quality.issues(replace(run, judgements=(failed,)))
    assert issue["location"] == {"path": "openapi/customers.yaml", "lines": {"begin": 42}}


def test_an_issue_stays_the_same_while_lists_grow_and_values_change() -> None:
    run = runs.plain()

    def fingerprints(*found: Finding) -> set[str]:
        failed = replace(run.judgements[1], findings=found, findings_total=len(found))
        changed = runs.grouped(replace(run, judgements=(failed,)))
        return {issue["fingerprint"] for issue in code_quality.issues(changed)[1:]}

    first = Finding("m", pointer="/customers/0/name", actual="1", exchange=3)
    assert fingerprints(first) == fingerprints(
        Finding("n", pointer="/customers/17/name", actual="2", exchange=9), replace(first, pointer="/customers/5/name")
    )
    assert fingerprints(first).isdisjoint(fingerprints(replace(first, pointer="/customers/0/id")))
    assert fingerprints(first).isdisjoint(fingerprints(replace(first, actual="null")))


def test_what_is_waived_in_part_is_as_grave_as_before_and_says_how_many_are() -> None:
    run = runs.plain()
    (count,) = run.judgements[2].groups
    failed = replace(run.judgements[2], groups=(replace(count, count=9, waived=3),))
    _, issue = code_quality.issues(replace(run, judgements=(failed,)))
    assert issue["severity"] == "critical"
    assert "3 of 9 waived" in issue["description"]


@pytest.mark.parametrize(
    "outcome, exit_code, severity",
    [
        (Outcome.CONFORMANT, 0, "info"),
        (Outcome.INCOMPLETE, 0, "info"),
        (Outcome.INCOMPLETE, 3, "blocker"),
        (Outcome.INVALID, 4, "blocker"),
    ],
)
def test_the_outcome_is_an_issue_as_grave_as_the_exit_code(outcome: Outcome, exit_code: int, severity: str) -> None:
    run = replace(runs.conformant(), outcome=outcome, exit_code=exit_code)
    (issue,) = code_quality.issues(run)
    assert (issue["check_name"], issue["severity"]) == ("outcome", severity)
    (before,) = code_quality.issues(runs.conformant())
    assert (issue["fingerprint"] == before["fingerprint"]) is (outcome is Outcome.CONFORMANT)
