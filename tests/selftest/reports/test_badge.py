"""``badge.json``: the outcome as a badge service draws it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.selftest import runs

from customers_conformance.model import Outcome, Run, Verdict
from customers_conformance.reports import badge


def made(run: Run) -> Any:
    return json.loads(badge.render(run))


def without_failures(run: Run) -> Run:
    """A strict run that its warnings alone broke."""
    return replace(run, judgements=tuple(one for one in run.judgements if one.verdict is not Verdict.FAIL))


@pytest.mark.parametrize(
    "run, message, color",
    [
        (runs.conformant(), "conformant: 8 of 8 kept", "brightgreen"),
        (replace(runs.conformant(), partial="only CUST-REL-001"), "conformant in part: 8 of 8 kept", "brightgreen"),
        (replace(runs.conformant(), outcome=Outcome.INCOMPLETE), "incomplete: 8 of 8 kept", "yellow"),
        (runs.plain(), "not conformant: 2 of 8 broken", "red"),
        (without_failures(runs.plain()), "not conformant: 1 of 6 broken", "red"),
        (runs.invalid(), "invalid run: cut short", "lightgrey"),
    ],
)
def test_a_badge_says_the_outcome_and_what_it_stands_on(run: Run, message: str, color: str) -> None:
    assert (made(run)["message"], made(run)["color"]) == (message, color)


def test_a_badge_has_the_members_that_services_know_and_no_text_of_the_target() -> None:
    for run in (runs.plain(), runs.hostile()):
        assert set(made(run)) == {"schemaVersion", "label", "message", "color", "isError"}
        assert (made(run)["schemaVersion"], made(run)["label"]) == (1, "customers conformance")
        assert badge.render(run) == badge.render(runs.plain()) or run.partial
