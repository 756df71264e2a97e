"""Verdicts, what comes after what, and the outcome of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest.made import CHALLENGE, CONTRACT, ERROR, crowd, evidence, judged, said, silent

from customers_conformance.contract.catalogue import ContractError
from customers_conformance.judging import registry
from customers_conformance.judging.judge import Rules, judge, judge_one, outcome
from customers_conformance.judging.proofs import proven
from customers_conformance.judging.registry import Check, check, checks, closure, finding, shortened
from customers_conformance.model import (
    FINDINGS_KEPT,
    Finding,
    Further,
    Judgement,
    Level,
    Mended,
    Observed,
    Outcome,
    Probe,
    Requirement,
    Seen,
    Unseen,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.contract.document import Contract
    from customers_conformance.evidence.evidence import Evidence

MUST = Requirement("CUST-TEST-001", "Does it", Level.MUST, "core", "says", "page", needs="a thing")
SHOULD = replace(MUST, level=Level.SHOULD)
PROBE = Probe("asked")


def verdict(
    *observed: Observed,
    requirement: Requirement = MUST,
    exchanges: tuple[Any, ...] = (said("asked"),),
    rules: Rules = Rules(),  # noqa: B008
    reads: tuple[Probe, ...] = (PROBE,),
    reads_all: bool = False,
    **details: Any,
) -> Judgement:
    def function(_evidence: Evidence) -> Iterator[Observed]:
        yield from observed

    bound = Check(requirement.id, function, reads, reads_all=reads_all)
    return judge_one(evidence(*exchanges, **details), bound, requirement, rules)


def test_a_requirement_passes_on_evidence_and_on_nothing_else() -> None:
    found = verdict(Seen(2, "customers"), Seen(kind="customers"), Seen(kind="reads"))
    assert (found.verdict, found.reason) == (Verdict.PASS, None)
    assert found.observed == {"customers": 3, "reads": 1}
    for nothing in ([], [Seen(0)]):
        found = verdict(*nothing)
        assert (found.verdict, found.reason) == (Verdict.UNVERIFIED, "needs a thing: none was seen")
    assert verdict(requirement=replace(MUST, needs="")).reason == "needs an answer that shows it: none was seen"


def test_a_finding_fails_a_must_and_warns_of_a_should_whatever_else_was_seen() -> None:
    broken = finding("this", "that", 0, "/a")
    assert verdict(Seen(), broken, Unseen("why")).verdict is Verdict.FAIL
    found = verdict(broken, requirement=SHOULD)
    assert found.verdict is Verdict.WARN
    (told,) = found.findings
    assert replace(told, fingerprint="") == Finding("expected this, got that", "this", "that", "/a", 0, "asked")


def test_what_asking_again_mended_is_a_warning_unless_something_is_broken_or_missing() -> None:
    mended = Mended(Finding("m", exchange=0))
    found = verdict(Seen(), *[mended] * (FINDINGS_KEPT + 5))
    assert (found.verdict, found.findings_total) == (Verdict.WARN, FINDINGS_KEPT + 5)
    assert {(one.message, one.exchange, one.probe) for one in found.findings} == {("m", 0, "asked")}
    assert len(found.findings) == FINDINGS_KEPT
    broken = verdict(mended, Finding("broken"))
    assert (broken.verdict, [one.message for one in broken.findings]) == (Verdict.FAIL, ["broken"])
    assert broken.findings_total == 1
    assert verdict(mended, Seen(), Unseen("lacks")).verdict is Verdict.UNVERIFIED


def test_a_finding_names_the_probe_of_its_exchange_and_may_have_none() -> None:
    found = verdict(Finding("m", exchange=0), Finding("m"))
    assert [item.probe for item in found.findings] == ["asked", ""]


def test_all_findings_are_counted_and_some_are_kept() -> None:
    found = verdict(*[finding("a", str(number)) for number in range(FINDINGS_KEPT + 5)])
    assert len(found.findings) == FINDINGS_KEPT
    assert found.findings_total == FINDINGS_KEPT + 5


def test_findings_that_are_not_shown_are_counted() -> None:
    many = [finding("a", str(number)) for number in range(FINDINGS_KEPT + 5)]
    *first, others = shortened(many)
    assert first == many[:FINDINGS_KEPT]
    assert isinstance(others, Further)
    assert (others.count, sum(group.count for group in others.groups)) == (5, 5)
    assert list(shortened(many[:2])) == many[:2]
    found = verdict(many[0], Further(7))
    assert (len(found.findings), found.findings_total) == (1, 8)


def test_what_was_wanted_and_is_missing_leaves_a_requirement_unverified() -> None:
    found = verdict(Seen(), Unseen("the first reason"), Unseen("the second"))
    assert (found.verdict, found.reason) == (Verdict.UNVERIFIED, "the first reason")
    assert found.observed == {"cases": 1}


def test_a_probe_without_an_answer_is_named_in_the_reason() -> None:
    assert verdict(Seen(), exchanges=()).reason == "the probe asked was not sent"
    assert verdict(Seen(), exchanges=(), own=False).reason == "the probe asked was not recorded"
    unsent = verdict(Seen(), exchanges=(), unsent={"asked": "a session token (--session-env)"})
    assert unsent.reason == "the probe asked was not sent: it takes a session token (--session-env)"
    refused = verdict(Seen(), exchanges=(silent("asked"),))
    assert refused.reason == "the probe asked has no answer: The connection was refused."
    quiet = verdict(Seen(), exchanges=(replace(silent("asked"), error=None),))
    assert quiet.reason == "the probe asked has no answer: none was recorded"


def test_where_every_exchange_is_evidence_each_one_without_an_answer_counts() -> None:
    found = verdict(Seen(), exchanges=(said("asked"), silent("other")), reads_all=True)
    assert found.reason == "the probe other has no answer: The connection was refused."
    foreign = verdict(Seen(), exchanges=(said("asked"), silent(named=False)), reads_all=True, own=False)
    assert foreign.reason == "the probe entry 1 has no answer: The connection was refused."


def test_a_condition_that_never_arose_does_not_apply() -> None:
    found = verdict(requirement=replace(MUST, conditional=True))
    assert found.verdict is Verdict.NOT_APPLICABLE
    assert verdict(finding("a", "b"), requirement=replace(MUST, conditional=True)).verdict is Verdict.FAIL


def test_what_the_target_was_said_not_to_have_does_not_apply_unless_it_shows_up() -> None:
    mine = replace(MUST, concerns=("mcp", "teams"))
    rules = Rules(without=frozenset({"teams", "mcp", "memory"}))
    found = verdict(requirement=mine, rules=rules)
    assert (found.verdict, found.reason) == (
        Verdict.NOT_APPLICABLE,
        "the target was said to have no mcp, teams (--without)",
    )
    assert verdict(Seen(), requirement=mine, rules=rules).verdict is Verdict.PASS
    assert verdict(finding("a", "b"), requirement=mine, rules=rules).verdict is Verdict.FAIL
    assert verdict(requirement=mine, rules=Rules(without=frozenset({"memory"}))).verdict is Verdict.UNVERIFIED


def test_an_exception_in_a_check_is_the_suites_own_failure() -> None:
    def function(_evidence: Evidence) -> Iterator[Observed]:
        yield finding("a", "b")
        raise KeyError("secret text")

    found = judge_one(evidence(), Check("x", function, ()), MUST, Rules())
    assert found.verdict is Verdict.ERROR
    assert found.reason == "the check itself failed (KeyError); please report it"
    assert found.findings == ()


def test_credentials_are_not_judged_where_there_are_none() -> None:
    for name in ("CUST-AUTH-001", "CUST-SEC-004"):
        assert judged(name, said(), rules=Rules(no_auth=True)).verdict is Verdict.NOT_APPLICABLE
        hidden = judged(name, said(), authenticated=False)
        assert hidden.verdict is Verdict.UNVERIFIED
        assert "no key placeholder" in (hidden.reason or "")
    assert judged("CUST-RSP-001", said(body=crowd("a")), rules=Rules(no_auth=True)).verdict is Verdict.PASS


def selected(*names: str) -> list[Requirement]:
    return [CONTRACT.by_id[name] for name in names]


def test_what_comes_after_a_broken_requirement_is_unverified_down_the_chain() -> None:
    open_door = [said(probe, crowd("a"), 200) for probe in ("no-credentials", "no-credentials-memory")]
    shut = [
        said(probe, ERROR, 401, headers=[CHALLENGE])
        for probe in ("unknown-bearer", "unknown-bearer-memory", "empty-bearer")
    ]
    wanted = selected("CUST-AUTH-013", "CUST-AUTH-003", "CUST-AUTH-002", "CUST-AUTH-001")
    found = judge(evidence(said(body=crowd("a")), *open_door, *shut, said("lower-case-scheme", crowd("a"))), wanted)
    assert [(j.requirement.id, j.verdict) for j in found] == [
        ("CUST-AUTH-013", Verdict.UNVERIFIED),
        ("CUST-AUTH-003", Verdict.UNVERIFIED),
        ("CUST-AUTH-002", Verdict.FAIL),
        ("CUST-AUTH-001", Verdict.PASS),
    ]
    assert found[0].reason == "comes after CUST-AUTH-003, which does not hold: look at that one first"
    assert found[1].reason == "comes after CUST-AUTH-002, which does not hold: look at that one first"


def test_what_comes_after_an_unverified_requirement_is_judged() -> None:
    (found,) = judge(evidence(said(body=crowd("a")), said("head")), selected("CUST-HTTP-002"))
    assert found.verdict is Verdict.PASS
    odd = [said("lower-case-scheme", crowd("a"))]
    (found,) = judge(evidence(*odd), selected("CUST-AUTH-013"))
    assert found.verdict is Verdict.PASS


def test_the_closure_adds_all_that_comes_before_in_the_order_of_the_catalogue() -> None:
    assert [r.id for r in closure(CONTRACT, selected("CUST-AUTH-009"))] == [
        "CUST-AUTH-002",
        "CUST-AUTH-003",
        "CUST-AUTH-009",
    ]


def of(verdict: Verdict, level: Level = Level.MUST) -> Judgement:
    return Judgement(replace(MUST, level=level), verdict)


PASSED, WARNED = of(Verdict.PASS), of(Verdict.WARN, Level.SHOULD)


@pytest.mark.parametrize(
    "judgements, rules, expected",
    [
        ([PASSED], Rules(), (Outcome.CONFORMANT, 0)),
        ([PASSED, WARNED], Rules(), (Outcome.CONFORMANT, 0)),
        ([PASSED, WARNED], Rules(strict=True), (Outcome.NONCONFORMANT, 1)),
        ([PASSED, of(Verdict.FAIL)], Rules(), (Outcome.NONCONFORMANT, 1)),
        ([of(Verdict.FAIL), of(Verdict.ERROR), of(Verdict.UNVERIFIED)], Rules(), (Outcome.NONCONFORMANT, 1)),
        ([PASSED, of(Verdict.ERROR), of(Verdict.UNVERIFIED)], Rules(), (Outcome.INVALID, 4)),
        ([PASSED, of(Verdict.ERROR, Level.SHOULD)], Rules(), (Outcome.INVALID, 4)),
        ([PASSED, of(Verdict.UNVERIFIED)], Rules(), (Outcome.INCOMPLETE, 3)),
        ([PASSED, of(Verdict.UNVERIFIED)], Rules(allow_unverified=True), (Outcome.INCOMPLETE, 0)),
        ([PASSED, of(Verdict.UNVERIFIED, Level.SHOULD)], Rules(), (Outcome.CONFORMANT, 0)),
        ([PASSED, of(Verdict.WAIVED)], Rules(), (Outcome.CONFORMANT_WITH_WAIVERS, 0)),
        ([of(Verdict.WAIVED), of(Verdict.UNVERIFIED)], Rules(), (Outcome.INCOMPLETE, 3)),
        ([PASSED, of(Verdict.WAIVED, Level.SHOULD)], Rules(), (Outcome.CONFORMANT, 0)),
        ([PASSED, of(Verdict.NOT_APPLICABLE)], Rules(), (Outcome.CONFORMANT, 0)),
        ([of(Verdict.NOT_APPLICABLE)], Rules(), (Outcome.INCOMPLETE, 3)),
        ([of(Verdict.NOT_APPLICABLE)], Rules(allow_unverified=True), (Outcome.INCOMPLETE, 0)),
        ([of(Verdict.NOT_APPLICABLE), of(Verdict.PASS, Level.SHOULD)], Rules(), (Outcome.INCOMPLETE, 3)),
        ([of(Verdict.PASS, Level.SHOULD)], Rules(), (Outcome.CONFORMANT, 0)),
        ([WARNED], Rules(), (Outcome.CONFORMANT, 0)),
    ],
)
def test_the_first_row_of_the_table_that_applies_is_the_outcome(
    judgements: list[Judgement], rules: Rules, expected: tuple[Outcome, int]
) -> None:
    assert outcome(judgements, invalid=False, rules=rules) == expected
    assert outcome(judgements, invalid=True, rules=rules) == (Outcome.INVALID, 4)


def fresh() -> Contract:
    """A contract of its own, so that what is found wrong with it is not remembered."""
    from tests.selftest.contract.test_document import made

    return made(lambda _schemas, _entries: None)


def test_every_judged_requirement_has_exactly_one_binding() -> None:
    bound = checks(CONTRACT)
    assert set(bound) == {r.id for r in CONTRACT.requirements if not r.pending}


def test_a_second_check_is_refused() -> None:
    with pytest.raises(ContractError, match="CUST-AUTH-001 has two checks; remove one"):
        check("CUST-AUTH-001")(lambda _evidence: iter(()))


def test_a_check_beside_a_place_in_the_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    doubled = {**registry._CHECKS, "CUST-REL-001": registry._CHECKS["CUST-AUTH-001"]}
    monkeypatch.setattr(registry, "_CHECKS", doubled)
    with pytest.raises(ContractError, match="CUST-REL-001 is judged by the document and by a check; remove one"):
        checks(fresh())


def test_a_check_of_no_requirement_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_CHECKS", {**registry._CHECKS, "CUST-ZZZ-001": registry._CHECKS["CUST-AUTH-001"]})
    with pytest.raises(ContractError, match=r"CUST-ZZZ-001 is not in openapi/requirements\.yaml"):
        checks(fresh())


def test_a_requirement_without_a_check_is_refused_unless_it_says_so() -> None:
    from tests.selftest.contract.test_document import made

    def with_one_more(**said_of_it: Any) -> Contract:
        entry = {"id": "CUST-ZZZ-001", "title": "Does it", "level": "MUST", "profile": "core", "says": "does it"}
        return made(lambda _schemas, entries: entries.append({**entry, "source": "ours", **said_of_it}))

    with pytest.raises(ContractError, match="CUST-ZZZ-001 has no check and no place in the document"):
        checks(with_one_more())
    assert "CUST-ZZZ-001" not in checks(with_one_more(pending=True))


def test_a_selection_of_shoulds_alone_conforms_only_where_one_was_judged() -> None:
    should = next(each for each in CONTRACT.requirements if each.level is Level.SHOULD)
    outcomes = {
        verdict: outcome([Judgement(should, verdict)], invalid=False)[0]
        for verdict in (Verdict.PASS, Verdict.WARN, Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE)
    }
    assert list(outcomes.values()) == [
        Outcome.CONFORMANT,
        Outcome.CONFORMANT,
        Outcome.INCOMPLETE,
        Outcome.INCOMPLETE,
    ]


def test_the_shipped_matrix_says_how_many_faults_prove_a_check() -> None:
    (judgement,) = proven((judged("CUST-HTTP-001", said()),))
    assert judgement.faults is not None
    assert judgement.faults >= 2
