"""Findings by what is wrong: every one counts under its fingerprint, beyond those that are shown."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.selftest.made import crowd, judged, said

from customers_conformance.contract.pointers import pointer, steps_of
from customers_conformance.fingerprints import Tally, pattern, pattern_of
from customers_conformance.model import (
    FINDINGS_KEPT,
    GROUPS_KEPT,
    PLACES_KEPT,
    SIGHTINGS_KEPT,
    Finding,
    Judgement,
    Sighting,
    Verdict,
)

MANY = 3 * FINDINGS_KEPT


def teams(*profiles: Any) -> Any:
    """A list in which each customer has one team with a profile."""
    body = crowd(*map(str, range(len(profiles))))
    for number, (customer, profile) in enumerate(zip(body["customers"], profiles, strict=True)):
        customer["teams"] = [
            {"id": f"t-{number}", "name": f"t{number}", "profile": profile, "config": {}, "claims": {}}
        ]
    return body


def told(found: Judgement) -> list[tuple[str, str, int]]:
    return [(group.pattern, group.symptom, group.count) for group in found.groups]


def test_a_defect_in_every_customer_is_one_group_that_counts_all_of_them() -> None:
    found = judged("CUST-SCH-003", said(body=teams(*[None] * MANY)))
    assert told(found) == [("/customers/*/teams/*/profile", "null, expected an object", MANY)]
    assert (len(found.findings), found.findings_total, found.further) == (FINDINGS_KEPT, MANY, 0)
    (group,) = found.groups
    assert group.places == tuple(f"/customers/{number}/teams/0/profile" for number in range(PLACES_KEPT))
    assert group.sightings == (Sighting("null", MANY, "default"),)
    assert group.first == found.findings[0]
    assert {one.fingerprint for one in found.findings} == {group.fingerprint}


def test_a_defect_that_shows_beyond_the_findings_that_are_kept_is_a_group_of_its_own() -> None:
    found = judged("CUST-SCH-003", said(body=teams(*[None] * MANY, "text", *[None] * 2)))
    place = "/customers/*/teams/*/profile"
    assert told(found) == [
        (place, "null, expected an object", MANY + 2),
        (place, "a string, expected an object", 1),
    ]
    assert found.groups[1].first.pointer == f"/customers/{MANY}/teams/0/profile"
    assert found.groups[1].first.exchange == 0
    assert found.groups[1].first.probe == "default"


def test_groups_are_the_same_in_whatever_order_the_customers_stand() -> None:
    profiles = [None, "text", *[None] * MANY, 4]
    one, other = (judged("CUST-SCH-003", said(body=teams(*each))) for each in (profiles, profiles[::-1]))
    assert {group.fingerprint: group.count for group in one.groups} == {
        group.fingerprint: group.count for group in other.groups
    }


def test_what_listeners_find_is_grouped_beyond_what_is_kept_too() -> None:
    body = crowd(*map(str, range(MANY + 1)))
    for customer in body["customers"]:
        customer["name"] = "Acme"
    found = judged("CUST-REL-004", said(body=body))
    assert found.verdict is Verdict.WARN
    (group,) = found.groups
    assert (group.pattern, group.count) == ("/customers/*/name", MANY)
    assert group.first.exchange == 0


def test_copies_that_differ_in_many_customers_are_grouped_all() -> None:
    body = crowd(*map(str, range(MANY)))
    for number, customer in enumerate(body["customers"]):
        customer["teams"] = [{"id": "shared", "name": f"name {number}", "profile": {}, "config": {}, "claims": {}}]
    found = judged("CUST-REL-013", said(body=body))
    assert [(group.pattern, group.count) for group in found.groups] == [("/customers/*/teams/*/name", MANY - 1)]
    assert found.further == 0


def test_bodies_of_several_answers_count_together_and_tell_which_probe_showed_what() -> None:
    found = judged(
        "CUST-SCH-003",
        said(body=teams(*[None] * MANY)),
        said("memory", teams(*[None] * (MANY + 1))),
    )
    (group,) = found.groups
    assert group.count == found.findings_total == 2 * MANY + 1
    assert group.sightings == (Sighting("null", MANY, "default"), Sighting("null", MANY + 1, "memory"))


def test_a_target_that_is_wrong_in_ever_new_ways_is_told_apart_up_to_a_bound() -> None:
    tally = Tally()
    for number in range(GROUPS_KEPT + 7):
        tally.note(Finding.of("nothing", "a value", pointer=f"/property-{number}x"))
    assert (len(tally.groups()), tally.further, tally.total) == (GROUPS_KEPT, 7, GROUPS_KEPT + 7)
    tally.note(Finding.of("nothing", "a value", pointer="/property-0x"))
    assert (tally.groups()[0].count, tally.further) == (2, 7)


def test_the_texts_of_a_group_are_bounded_and_the_others_are_counted_all_the_same() -> None:
    tally = Tally()
    for number in range(SIGHTINGS_KEPT + 3):
        tally.note(Finding.of("an object", f'"text {number}"', pointer="/customers/0/teams"))
    tally.note(Finding.of("an object", f'"{"x" * 1000}"', pointer="/customers/0/teams"))
    (group,) = tally.groups()
    assert group.count == SIGHTINGS_KEPT + 4
    assert sum(one.count for one in group.sightings) == SIGHTINGS_KEPT


def test_counts_that_meet_another_count_add_up_wherever_they_were_made() -> None:
    one, other = Tally(), Tally()
    for tally, number in ((one, 3), (other, GROUPS_KEPT)):
        for place in range(number):
            tally.note(Finding.of("an object", "null", pointer=f"/place-{place}x"))
    one.note(Finding.of("an object", "null", pointer="/elsewhere"))
    one.add(other.all())
    assert (one.total, one.further) == (GROUPS_KEPT + 4, 1)
    assert sum(group.count for group in one.groups()) == GROUPS_KEPT + 3


@pytest.mark.parametrize(
    "steps",
    [
        ("customers", 0, "teams", 17, "profile"),
        ("customers", "12", "name"),
        ("a/b", "c~d", "1/2", "~1", ""),
        ("²", "1a", 3),
        (),
    ],
)
def test_the_pattern_of_steps_is_that_of_their_pointer(steps: tuple[str | int, ...]) -> None:
    assert pattern_of(steps) == pattern(Finding("m", pointer=pointer(steps)))
    assert list(itertools.chain(steps_of(pointer(steps)))) == [str(step) for step in steps]
