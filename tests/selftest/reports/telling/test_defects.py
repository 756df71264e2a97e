"""A group of findings in words, as every report tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.selftest import runs

from customers_conformance.fingerprints import Tally
from customers_conformance.model import Finding, Group, ShownObject, ShownProperty
from customers_conformance.reports.telling import defects

RUN = runs.plain()
BROKEN = RUN.judgements[1]

#: A list of two customers, three teams between them.
SHOWN = (
    ShownObject("List", 1, (ShownProperty("customers", "list of Customer", required=True, seen=1, broken=0),)),
    ShownObject("Customer", 2, (ShownProperty("teams", "list of Team or null", required=True, seen=2, broken=0),)),
    ShownObject("Team", 3, (ShownProperty("profile", "object", required=True, seen=3, broken=2),)),
)


def grouped(*findings: Finding) -> Group:
    tally = Tally()
    for one in findings:
        tally.note(one)
    (group,) = tally.groups(BROKEN.requirement.id)
    return group


def told(*findings: Finding) -> defects.Defect:
    return defects.defect(replace(RUN, shown=SHOWN), BROKEN, grouped(*findings))


def nulls(*places: str) -> defects.Defect:
    return told(*(Finding.of("an object", "null", 0, place) for place in places))


def test_a_heading_says_what_stood_what_is_expected_and_of_how_many() -> None:
    one = nulls("/customers/0/teams/0/profile", "/customers/1/teams/0/profile")
    assert one.heading == "null, expected an object: 2 of 3"
    assert one.where == "/customers/*/teams/*/profile"
    assert one.places_line == "/customers/0/teams/0/profile, /customers/1/teams/0/profile"


def test_where_nobody_knows_of_how_many_only_the_times_are_said() -> None:
    assert nulls("/odd/0", "/odd/1").heading == "null, expected an object: 2 times"
    assert nulls("/odd/0").heading == "null, expected an object"
    assert nulls(*(f"/customers/{one}/teams/0/profile" for one in range(9))).heading.endswith(": 9 times")


def test_a_member_that_is_absent_is_counted_of_its_objects() -> None:
    absent = told(*(Finding.of("the member name", "absent", 0, f"/customers/{one}/teams/0") for one in range(2)))
    assert absent.heading == "the member name is absent: 2 of 3"


def test_places_beyond_the_first_are_counted() -> None:
    many = nulls(*(f"/customers/{one}/teams" for one in range(8)))
    assert many.places_line.endswith("/customers/4/teams and 3 more")


def test_a_finding_of_an_answer_names_the_probes_that_show_it() -> None:
    found = [replace(Finding.of("Date", "none", one), probe=name) for one, name in enumerate(("default", "head"))]
    one = told(*found, found[0])
    assert one.heading == "none, expected Date: 3 answers"
    assert one.where == "answers as a whole"
    assert one.places_line == "default (2), head"
    assert not one.in_body


def test_a_wrong_status_is_one_of_its_probe() -> None:
    one = told(replace(Finding.of("200", "405 Method Not Allowed", 2), probe="head"))
    assert (one.heading, one.where) == ("405 Method Not Allowed, expected 200", "the answer to head")


def test_texts_that_differ_are_told_apart() -> None:
    found = (Finding.of("a number above 0", text, 0, f"/odd/{at}") for at, text in enumerate(("-1", "-1", "-7")))
    one = told(*found)
    assert one.heading.startswith("-1, expected a number above 0, and alike")
    assert one.stood == ("-1 (2 times)", "-7 (once)")


def test_an_undocumented_property_is_called_so() -> None:
    assert (
        told(Finding.of("a documented property", "Team.budgets, 2 times", 0, "/customers/0/teams/0/budgets")).heading
        == "Team.budgets is undocumented: 2 times"
    )


def test_a_message_alone_is_a_heading() -> None:
    assert told(Finding("The list is odd.", pointer="/customers")).heading.startswith("The list is odd")


@pytest.mark.parametrize("waived, start", [(2, "waived until"), (1, "1 of 2 waived until")])
def test_what_is_accepted_is_said_with_whom_and_why(waived: int, start: str) -> None:
    one = replace(
        grouped(
            *(
                Finding.of(
                    "x",
                    "y",
                    0,
                    f"/odd/{at}",
                )
                for at in range(2)
            )
        ),
        waived=waived,
        known=True,
    )
    judgement = replace(BROKEN, findings=(replace(one.first, waiver=0),), groups=(one,))
    (words, known) = defects.defects(RUN, judgement)[0].remarks
    assert words.startswith(start)
    assert "the platform team" in words
    assert known == "known: the baseline has it"


def test_what_nothing_accepts_comes_first() -> None:
    accepted, open_ = grouped(Finding.of("x", "y", 0, "/a")), grouped(Finding.of("x", "y", 0, "/b"))
    judgement = replace(BROKEN, groups=(replace(accepted, waived=1), open_))
    assert [one.where for one in defects.defects(RUN, judgement)] == ["/b", "/a"]
