"""What counts as new since a baseline, requirement by requirement."""

from __future__ import annotations

import pytest
from tests.selftest.made import CONTRACT

from customers_conformance.judging.baseline import compared, is_new, notes
from customers_conformance.model import Baseline, Before, Judgement, News, Verdict

MUST, SHOULD = "CUST-ROB-001", "CUST-HTTP-002"


def baseline(identifier: str, before: Before) -> Baseline:
    return Baseline("before", "", "", "2026-01-01", "1", ("core",), (), (), {identifier: before})


@pytest.mark.parametrize(
    "identifier, verdict, strict, new",
    [
        (MUST, Verdict.FAIL, False, True),
        # What asking again mended.
        (MUST, Verdict.WARN, False, False),
        (MUST, Verdict.WARN, True, True),
        (MUST, Verdict.UNVERIFIED, False, True),
        (SHOULD, Verdict.WARN, False, False),
        (SHOULD, Verdict.WARN, True, True),
        (SHOULD, Verdict.UNVERIFIED, True, False),
    ],
)
def test_what_is_new_binds_as_it_would_without_a_baseline(
    identifier: str, verdict: Verdict, *, strict: bool, new: bool
) -> None:
    judgement = Judgement(CONTRACT.by_id[identifier], verdict, findings_total=1, news=News.NEW)
    assert is_new(judgement, strict=strict) is new


@pytest.mark.parametrize(
    "before, news",
    [
        (Before(Verdict.PASS, (), 0), News.NEW),
        (Before(Verdict.UNVERIFIED, (), 0), News.KNOWN),
        # Accepted for want of a datum.
        (Before(Verdict.WAIVED, (), 0), News.KNOWN),
        (Before(Verdict.WAIVED, ("0" * 64,), 0), News.NEW),
        (Before(Verdict.WAIVED, (), 3), News.NEW),
    ],
)
def test_what_was_not_judged_there_is_not_newly_unverified(before: Before, news: News) -> None:
    (found,) = compared([Judgement(CONTRACT.by_id[MUST], Verdict.UNVERIFIED)], baseline(MUST, before))
    assert found.news is news


def test_findings_that_are_not_told_apart_are_named_as_such() -> None:
    judgement = Judgement(CONTRACT.by_id[MUST], Verdict.FAIL, further=7)
    found = compared([judgement], baseline(MUST, Before(Verdict.FAIL, (), 7)))
    assert [one.news for one in found] == [News.KNOWN]
    (said,) = notes(found)
    assert said.startswith(f"{MUST} is broken in more than 100 ways: 7 findings are not told apart.")
