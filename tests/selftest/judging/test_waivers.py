"""What a waiver covers: exactly its symptom at its places, until its day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.selftest.judging.test_groups import MANY, teams
from tests.selftest.made import CONTRACT, PROBES, crowd, judged, said, silent

from customers_conformance.judging.accepting import mistakes
from customers_conformance.judging.judge import Rules, outcome
from customers_conformance.judging.waivers import covers, expired, notes, proposed, waived
from customers_conformance.model import ExitCode, Judgement, Outcome, Use, Verdict, Waiver, Waivers

PROFILE = "/customers/*/teams/*/profile"


def waiver(requirement: str = "CUST-SCH-003", **changed: Any) -> Waiver:
    given = {"at": PROFILE, "actual": "null", "expires": "2027-01-31", **changed}
    accepts = given.pop("accepts", Verdict.FAIL)
    return Waiver(requirement, accepts, "they know", "us", **given)


def lacking(requirement: str, *missing: str) -> Waiver:
    return waiver(requirement, accepts=Verdict.UNVERIFIED, at="", actual="", missing=missing)


def applied(found: Judgement, *entries: Waiver) -> tuple[Judgement, Waivers]:
    (one,), waivers = waived([found], Waivers("w.toml", "", entries))
    return one, waivers


def broken(*profiles: Any) -> Judgement:
    return judged("CUST-SCH-003", said(body=teams(*profiles)))


def test_a_waiver_accepts_its_symptom_at_all_its_places_beyond_those_that_are_shown() -> None:
    found, waivers = applied(broken(*[None] * MANY), waiver())
    assert (found.verdict, found.findings_total) == (Verdict.WAIVED, MANY)
    assert found.reason == "accepted until 2027-01-31 by us: they know"
    assert {one.waiver for one in found.findings} == {0}
    assert [group.waived for group in found.groups] == [MANY]
    assert (waivers.uses, waivers.covered) == ((Use.USED,), (MANY,))


def test_another_symptom_of_the_same_requirement_still_fails_and_what_is_accepted_is_marked() -> None:
    found, waivers = applied(broken(*[None] * MANY, "text"), waiver())
    assert (found.verdict, found.reason) == (Verdict.FAIL, None)
    assert [group.waived for group in found.groups] == [MANY, 0]
    assert waivers.uses == (Use.USED,)
    both, _ = applied(broken(*[None] * MANY, "text"), waiver(), waiver(actual="a string"))
    assert both.verdict is Verdict.WAIVED


@pytest.mark.parametrize(
    "changed",
    [
        {"at": "/customers/*/teams/*/config"},
        {"at": "/customers/*/teams/*"},
        {"at": ""},
        {"actual": "a string"},
        {"expected": "a list"},
        {"at": f"@memory{PROFILE}"},
        {"at": "@default"},
        {"accepts": Verdict.WARN},
        {"requirement": "CUST-SCH-004"},
    ],
    ids=str,
)
def test_what_is_not_its_symptom_at_its_places_is_not_covered(changed: dict[str, Any]) -> None:
    found, _ = applied(broken(None), waiver(**changed))
    assert found.verdict is Verdict.FAIL
    assert found.groups[0].waived == 0
    assert {one.waiver for one in found.findings} == {None}


@pytest.mark.parametrize("changed", [{}, {"expected": "an object"}, {"at": f"@default{PROFILE}"}], ids=str)
def test_a_waiver_may_say_more_and_then_covers_no_less(changed: dict[str, Any]) -> None:
    found, _ = applied(broken(None), waiver(**changed))
    assert found.verdict is Verdict.WAIVED
    assert covers(waiver(**changed), found.findings[0])


def test_a_waiver_of_one_view_leaves_the_other_failing() -> None:
    both = judged("CUST-SCH-003", said(body=teams(None)), said("memory", teams(None, None)))
    found, waivers = applied(both, waiver(at=f"@memory{PROFILE}"))
    assert (found.verdict, found.groups[0].waived, found.groups[0].count) == (Verdict.FAIL, 2, 3)
    assert waivers.covered == (2,)


def dated(*texts: str) -> Judgement:
    body = crowd(*map(str, range(len(texts))))
    for customer, text in zip(body["customers"], texts, strict=True):
        customer["created_at"] = text
    found = judged("CUST-SCH-013", said(body=body))
    assert [group.count for group in found.groups] == [len(texts)]
    return found


def at_a_date(actual: str) -> Waiver:
    return waiver("CUST-SCH-013", at="/customers/*/created_at", actual=actual)


def test_a_text_word_for_word_covers_that_text_alone() -> None:
    found, waivers = applied(dated("one", *["two"] * MANY), at_a_date('"two"'))
    assert (found.verdict, found.groups[0].waived) == (Verdict.FAIL, MANY)
    assert waivers.covered == (MANY,)
    both, _ = applied(dated("one", *["two"] * MANY), at_a_date('"two"'), at_a_date('"one"'))
    assert both.verdict is Verdict.WAIVED


def test_texts_that_are_not_told_apart_are_covered_by_no_text() -> None:
    texts = [f"text {number}" for number in range(MANY)]
    found, _ = applied(dated(*texts), *[at_a_date(f'"{text}"') for text in texts])
    assert found.verdict is Verdict.FAIL
    assert applied(dated(*texts), at_a_date("a string"))[0].verdict is Verdict.WAIVED


def test_of_a_missing_member_the_place_is_its_own() -> None:
    body = crowd("a")
    del body["customers"][0]["name"]
    found = judged("CUST-SCH-015", said(body=body))
    assert found.verdict is Verdict.FAIL
    accepted = waiver("CUST-SCH-015", at="/customers/*/name", actual="absent")
    assert applied(found, accepted)[0].verdict is Verdict.WAIVED
    assert applied(found, replace(accepted, at="/customers/*"))[0].verdict is Verdict.FAIL
    assert applied(found, replace(accepted, at="/customers/*/id"))[0].verdict is Verdict.FAIL


def test_a_status_is_accepted_of_the_probe_that_is_named() -> None:
    found = judged("CUST-AUTH-002", said("no-credentials", status=200, body=crowd("a")))
    accepted = waiver("CUST-AUTH-002", at="@no-credentials", actual="200")
    (one,), _ = waived([found], Waivers("w.toml", "", (accepted,)))
    assert one.groups[0].waived == 1
    assert applied(found, replace(accepted, at="@no-credentials-memory"))[0].groups[0].waived == 0


def after(identifier: str, before: str) -> Judgement:
    reason = f"comes after {before}, which does not hold: look at that one first"
    return Judgement(CONTRACT.by_id[identifier], Verdict.UNVERIFIED, reason, missing=(before,))


def test_what_comes_after_a_waived_requirement_says_so_however_far_ahead_that_is() -> None:
    root = replace(judged("CUST-AUTH-002", said("no-credentials", status=200, body=crowd("a"))), missing=())
    accepted = waiver("CUST-AUTH-002", at="", actual="200")
    first = CONTRACT.by_id["CUST-AUTH-003"].after[0]
    assert first == "CUST-AUTH-002"
    later = next(one for one in CONTRACT.requirements if "CUST-AUTH-003" in one.after)
    given = [after("CUST-AUTH-003", first), after(later.id, "CUST-AUTH-003"), root]
    ended = "which is waived: look at that one first"
    found, _ = waived(given, Waivers("w.toml", "", (replace(accepted, at="@no-credentials"),)))
    assert [one.requirement.id for one in found] == [one.requirement.id for one in given]
    assert found[0].reason == f"comes after CUST-AUTH-002, {ended}"
    assert found[1].reason == f"comes after CUST-AUTH-003, which comes after CUST-AUTH-002, {ended}"
    unused, _ = waived(given, Waivers("w.toml", "", (replace(accepted, at="@other"),)))
    assert [one.reason for one in unused] == [one.reason for one in given]


def test_what_is_missing_beside_what_is_waived_is_no_pass_and_no_waiver() -> None:
    found = judged("CUST-AUTH-002", said("no-credentials", status=200, body=crowd("a")))
    accepted = waiver("CUST-AUTH-002", at="@no-credentials", actual="200")
    one, waivers = applied(found, accepted)
    assert (one.verdict, waivers.uses) == (Verdict.UNVERIFIED, (Use.USED,))
    assert one.reason is not None
    assert one.reason.startswith("what is broken is waived; what else it asks could not be judged for want of: no-cred")
    assert applied(found, accepted, lacking("CUST-AUTH-002", *found.missing))[0].verdict is Verdict.WAIVED


def test_what_is_unverified_is_accepted_for_the_want_that_is_named_and_for_no_other() -> None:
    found = judged("CUST-VAL-003", said(body=crowd("a")))
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, (CONTRACT.by_id["CUST-VAL-003"].needs,))
    one, waivers = applied(found, lacking("CUST-VAL-003", *found.missing))
    assert (one.verdict, waivers.uses) == (Verdict.WAIVED, (Use.USED,))
    other, waivers = applied(found, lacking("CUST-VAL-003", "something else that is missing"))
    assert (other.verdict, waivers.uses) == (Verdict.UNVERIFIED, (Use.NOT_JUDGED,))


def test_each_probe_that_is_missing_has_to_be_accepted() -> None:
    found = judged("CUST-AUTH-003", said("unknown-bearer", status=401), silent("unknown-bearer-memory"))
    first, *others = found.missing
    assert others
    assert applied(found, lacking("CUST-AUTH-003", first))[0].verdict is Verdict.UNVERIFIED
    assert applied(found, lacking("CUST-AUTH-003", first), lacking("CUST-AUTH-003", *others))[0].verdict is (
        Verdict.WAIVED
    )


def test_a_waiver_of_what_was_mended_is_unused_and_one_of_what_was_not_judged_is_not() -> None:
    passing = judged("CUST-SCH-003", said(body=teams({})))
    assert passing.verdict is Verdict.PASS
    assert applied(passing, waiver())[1].uses == (Use.UNUSED,)
    assert applied(passing, lacking("CUST-SCH-003", "a team"))[1].uses == (Use.UNUSED,)
    for verdict in (Verdict.UNVERIFIED, Verdict.ERROR, Verdict.NOT_APPLICABLE):
        assert applied(replace(passing, verdict=verdict), waiver())[1].uses == (Use.NOT_JUDGED,)
    assert applied(passing, waiver("CUST-REL-001"))[1].uses == (Use.NOT_JUDGED,)
    assert waived([broken(None)], Waivers("w.toml", "", (waiver(),)), told=False)[1].uses == (Use.NOT_JUDGED,)


def test_findings_that_are_not_told_apart_are_never_waived() -> None:
    found = replace(broken(None), further=1, findings_total=2)
    assert applied(found, waiver())[0].verdict is Verdict.FAIL
    assert applied(found, waiver(actual="a list"))[1].uses == (Use.NOT_JUDGED,)


def test_a_must_that_is_waived_makes_the_outcome_conformant_with_waivers() -> None:
    found, waivers = applied(broken(None), waiver())
    passing = judged("CUST-SCH-003", said(body=teams({})))
    assert outcome([found, passing], invalid=False, waivers=waivers) == (Outcome.CONFORMANT_WITH_WAIVERS, ExitCode.DONE)
    strict = Rules(strict_waivers=True)
    assert outcome([found], invalid=False, rules=strict, waivers=waivers)[1] == ExitCode.DONE
    unused = replace(waivers, uses=(Use.UNUSED,))
    assert outcome([found], invalid=False, waivers=unused)[1] == ExitCode.DONE
    assert outcome([found], invalid=False, rules=strict, waivers=unused)[1] == ExitCode.USAGE
    assert outcome([broken(None)], invalid=False, rules=strict, waivers=unused)[1] == ExitCode.NONCONFORMANT


def test_a_waiver_holds_through_its_last_day_and_one_that_holds_too_long_is_told() -> None:
    waivers = Waivers("w.toml", "", (waiver(line=3),), (Use.USED,), (1,))
    assert list(expired(waivers, "2027-01-31T23:59:59Z")) == []
    assert list(expired(waivers, "2027-02-01T00:00:00Z")) == [0]
    assert list(notes(waivers, "2026-01-30T12:00:00Z")) == []
    (far,) = notes(waivers, "2026-01-29T12:00:00Z")
    assert "CUST-SCH-003 (w.toml, line 3) holds until 2027-01-31, more than 366 days ahead" in far
    (told,) = notes(replace(waivers, uses=(Use.UNUSED,)), "2026-12-01T00:00:00Z")
    assert told == (
        f"The waiver of CUST-SCH-003 (w.toml, line 3) is unused: what it accepts at {PROFILE} is not there any more. "
        "Take it out."
    )


def test_what_is_proposed_accepts_all_of_a_judgement() -> None:
    said_of = {"reason": "they know", "owner": "us", "expires": "2027-01-31"}
    cases = [
        broken(*[None] * MANY, "text", 4),
        judged("CUST-AUTH-012", said("no-credentials", status=401, body=crowd("a"))),
        judged("CUST-VAL-003", said(body=crowd("a"))),
        judged("CUST-SCH-014", said(body={**crowd("a"), "total_count": 1})),
        judged("CUST-HTTP-002", said(), said("head", status=405)),
    ]
    for found in cases:
        entries = proposed(found, **said_of)
        assert applied(found, *entries)[0].verdict in {Verdict.WAIVED, Verdict.UNVERIFIED}
        for one in entries:
            assert list(mistakes(one, CONTRACT, PROBES)) == []


@pytest.mark.parametrize(
    "given, words",
    [
        (waiver(at="/customers/*/teams/*/profiel"), "Team has no property 'profiel'; the nearest: profile"),
        (waiver(at="/customers/0/teams/*/profile"), "'0' stands where a position in customers does; allowed is *"),
        (waiver(at="/customers/*/*/*/profile"), "* stands where a property of Customer does"),
        (waiver(at="/customers/*/name/*"), "nothing stands beneath name"),
        (waiver(at="/customers/*/name"), "CUST-SCH-003 is about Team, and no such object is on the way"),
        (waiver(at=""), "the answer as a whole cannot match: CUST-SCH-003 is about Team"),
        (waiver(at="customers"), "'customers' is no pattern"),
        (waiver(at="@hed"), "there is no probe 'hed'; the nearest: head"),
        (waiver(accepts=Verdict.WARN), "CUST-SCH-003 is a MUST, which can only fail; allowed is fail or unverified"),
        (waiver("CUST-REL-012", at="/customers/*/nmae"), "Customer has no property 'nmae'"),
        (lacking("CUST-SCH-003", "togethr"), "there is no probe and no requirement 'togethr'; the nearest: together"),
    ],
    ids=range(11),
)
def test_what_can_never_match_is_told_with_what_is_allowed(given: Waiver, words: str) -> None:
    told = [f"{key}: {says}" for key, says in mistakes(given, CONTRACT, PROBES)]
    assert len(told) == 1
    assert words in told[0]


@pytest.mark.parametrize(
    "given",
    [
        waiver(),
        waiver(at=f"@generated-*{PROFILE}"),
        waiver(at=f"{PROFILE}/anything/at/all"),
        waiver("CUST-SCH-014", accepts=Verdict.WARN, at="/customers/*/rate_limit"),
        waiver("CUST-SCH-012", at="/error/message"),
        waiver("CUST-AUTH-012", at=""),
        waiver("CUST-REL-001", at="/count"),
        lacking("CUST-AUTH-003", "together", "CUST-AUTH-002", "entry *", "the answer has no Date to judge its times"),
    ],
    ids=range(8),
)
def test_what_an_answer_may_show_can_be_waived(given: Waiver) -> None:
    assert list(mistakes(given, CONTRACT, PROBES)) == []
