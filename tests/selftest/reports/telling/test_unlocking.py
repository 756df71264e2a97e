"""What to do about the unverified requirements, by what would unlock most."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.selftest import runs

from customers_conformance.contract.document import load
from customers_conformance.model import Finding, Group, Judgement, Outcome, Requirement, Run, Verdict
from customers_conformance.reports.telling import unlocking

LIVE = replace(runs.plain(), source=None)
RECORDED = replace(runs.conformant(), outcome=Outcome.INCOMPLETE)
CATALOGUE = load().by_id


def lacking(identifier: str, reason: str = "", *missing: str) -> Judgement:
    """A requirement of the catalogue that is unverified: for what it needs, or for another reason."""
    requirement = CATALOGUE[identifier]
    if reason:
        return Judgement(requirement, Verdict.UNVERIFIED, reason, missing=missing or (reason,))
    return Judgement(
        requirement, Verdict.UNVERIFIED, f"needs {requirement.needs}: none was seen", missing=(requirement.needs,)
    )


def broken(identifier: str, finding: Finding, pattern: str) -> Judgement:
    group = Group(pattern, "", 1, finding)
    return Judgement(CATALOGUE[identifier], Verdict.FAIL, findings=(finding,), groups=(group,))


def table(run: Run, *judgements: Judgement) -> list[tuple[int, str]]:
    found = unlocking.rows(replace(run, judgements=judgements))
    told = [identifier for row in found for identifier in row.ids]
    assert sorted(told) == sorted(one.requirement.id for one in judgements if one.verdict is Verdict.UNVERIFIED)
    return [(row.count, row.todo) for row in found]


def test_one_richer_datum_stands_for_all_that_it_would_show() -> None:
    ids = ("CUST-SCH-005", "CUST-SCH-008", "CUST-REL-007", "CUST-VAL-009", "CUST-SEC-001")
    assert table(LIVE, *map(lacking, ids)) == [
        (5, "Add a virtual key with a provider config that has a provider key that comes from the environment")
    ]


def test_an_empty_list_asks_for_customers_first_with_what_belongs_in_them() -> None:
    ids = ("CUST-SCH-002", "CUST-REL-002", "CUST-SCH-003", "CUST-SCH-004", "CUST-SCH-010")
    assert table(LIVE, *map(lacking, ids)) == [
        (4, "Add two customers, one of them with a team and a virtual key"),
        (1, "Add a budget to a team or a virtual key"),
    ]


def test_every_need_of_the_catalogue_that_is_data_belongs_to_a_few_things_to_add() -> None:
    needing = [
        lacking(one.id)
        for one in CATALOGUE.values()
        if one.needs and not re.search("answer|body", one.needs) and not one.authentication
    ]
    found = table(LIVE, *needing)
    assert all(todo.startswith("Add ") for _, todo in found)
    assert len(found) <= 5


def test_what_waits_for_a_broken_requirement_stands_at_the_root_of_it() -> None:
    root = broken("CUST-AUTH-002", Finding.of("401", "200 OK", 0), "@no-credentials")
    after = lacking("CUST-AUTH-003", "comes after CUST-AUTH-002, which does not hold", "CUST-AUTH-002")
    later = lacking("CUST-AUTH-009", "comes after CUST-AUTH-003, which does not hold", "CUST-AUTH-003")
    unshown = lacking("CUST-AUTH-012")
    assert table(LIVE, root, after, later, unshown) == [(3, "Mend CUST-AUTH-002 first")]


def test_a_view_without_a_list_waits_for_the_schema_of_the_list() -> None:
    root = broken("CUST-SCH-001", Finding.of("a list", "an object", 3, "/customers"), "/customers")
    unseen = lacking("CUST-MEM-001", "entry 3 does not show a list of customers to compare")
    assert table(RECORDED, root, unseen) == [(1, "Mend CUST-SCH-001 first")]


def test_what_a_recording_lacks_is_one_thing_to_do() -> None:
    judgements = (
        lacking("CUST-ROB-002", "the probe together was not recorded", "together"),
        lacking("CUST-AUTH-004", "the probe basic-user was not recorded", "basic-user"),
        lacking("CUST-HTTP-003", "nothing is known of the bytes on the wire"),
    )
    assert table(RECORDED, *judgements) == [(3, "Run the suite against the live server instead")]
    (row,) = unlocking.rows(replace(RECORDED, judgements=judgements))
    assert row.detail.startswith("The recording lacks the 2 probes `together`, `basic-user`.")
    assert "bytes on the wire" in row.detail


@pytest.mark.parametrize(
    "identifier, reason, todo",
    [
        ("CUST-AUTH-007", "the probe session-cookie was not sent: it takes a session token", "Give a session token"),
        ("CUST-AUTH-006", "the probe virtual-key was not sent: it takes a virtual key", "Give a virtual key"),
        ("CUST-ROB-002", "the probe together has no answer: time is up", "See why there was no answer, and run again"),
        ("CUST-ROB-002", "the list changed its mind", "The list changed its mind"),
        ("CUST-SEC-003", "", "Let the suite see a refusal with a body, such as a 401"),
        ("CUST-RSP-002", "", "Answer the plain request with status 200 and the list in JSON"),
        ("CUST-HTTP-009", "", "Make the target show an answer that redirects"),
    ],
)
def test_every_other_reason_says_what_to_do_or_stands_as_it_is(identifier: str, reason: str, todo: str) -> None:
    assert table(LIVE, lacking(identifier, reason)) == [(1, todo)]


def test_where_no_list_could_be_read_what_breaks_it_has_to_be_mended_first() -> None:
    unread = replace(LIVE, coverage={})
    why = "the plain request does not show a list of customers to compare with"
    waiting = [
        *map(lacking, ("CUST-SCH-002", "CUST-VAL-009", "CUST-RSP-002")),
        lacking("CUST-QRY-001", why),
        lacking("CUST-HTTP-004", "needs an answer that shows it: none was seen", "an answer that shows it"),
        lacking("CUST-HTTP-005", "the answer breaks HTTP: a header line is malformed"),
    ]
    rotten = broken("CUST-ROB-001", Finding("", actual="500"), "@default")
    odd = broken("CUST-SCH-001", Finding("", actual="a list"), "")
    assert table(unread, odd, rotten, *waiting) == [(6, "Mend CUST-ROB-001 first")]
    assert (5, "Mend CUST-ROB-001 first") not in table(LIVE, odd, rotten, *waiting)
    silent = [each for _, each in table(unread, *waiting)]
    assert "Let the suite see an answer to judge it by" in silent
    refused = lacking("CUST-SEC-003")
    assert table(unread, odd, refused) == [(1, "Let the suite see a refusal with a body, such as a 401")]


def test_a_run_that_could_not_begin_has_one_row() -> None:
    (row,) = unlocking.rows(runs.invalid())
    assert row.todo == "Run again, and let it end"
    (row,) = unlocking.rows(replace(runs.invalid(), complete=True))
    assert row.todo == "Make the plain request with the key answer"
    (row,) = unlocking.rows(replace(runs.invalid(), complete=True, source=RECORDED.source))
    assert row.todo == ("Record the plain request with the key" if RECORDED.source else row.todo)
    assert row.count == len(runs.invalid().judgements)


def test_the_longest_row_comes_first() -> None:
    found = table(LIVE, lacking("CUST-SCH-006"), *map(lacking, ("CUST-SCH-005", "CUST-SEC-001")))
    assert [count for count, _ in found] == [2, 1]


def test_a_requirement_that_lacks_nothing_that_is_known_is_counted_all_the_same() -> None:
    odd = Judgement(Requirement("X-Y-1", "", CATALOGUE["CUST-SCH-001"].level, "core", "", "page"), Verdict.UNVERIFIED)
    assert [row.count for row in unlocking.rows(replace(LIVE, judgements=(odd,)))] == [1]


def test_what_is_verified_is_in_no_row() -> None:
    assert unlocking.rows(runs.conformant()) == ()
