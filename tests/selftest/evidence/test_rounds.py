"""Rounds: what was asked between two control reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.selftest.made import PROBES, crowd, evidence, said, silent

from customers_conformance.evidence.rounds import agreed, rounds, shows_no_list

if TYPE_CHECKING:
    from customers_conformance.model import Exchange


def test_a_round_stands_between_two_neighbouring_control_reads() -> None:
    found = evidence(said("database"), said(), said("database"), said("memory"), said(), said(), said("database"))
    (round_,) = rounds(found, PROBES["database"])
    assert (round_.before.index, round_.after.index, [e.index for e in round_.asked]) == (1, 4, [2])
    assert rounds(found, PROBES["together"]) == []


def test_control_reads_agree_where_they_show_the_same_customers() -> None:
    def both(first: Any, second: Any) -> object:
        found = evidence(said(body=first), said("database"), said(body=second))
        return agreed(found, rounds(found, PROBES["database"])[0])

    assert both(crowd("a", "b"), crowd("a", "b")) is not None
    assert both(crowd("a", "b"), crowd("b", "a")) is not None
    assert both(crowd("a", "b"), crowd("a")) is None
    assert both(crowd("a"), {"customers": None}) is None
    found = evidence(said(body=crowd("a")), said("database"), silent())
    assert agreed(found, rounds(found, PROBES["database"])[0]) is None


def test_a_cut_body_is_the_reason_where_one_was_and_no_answer_is_none() -> None:
    def why(*exchanges: Exchange) -> str:
        return shows_no_list("The read", exchanges, "to compare with").reason

    nothing = "The read does not show a list of customers to compare with"
    assert why(silent(), said(body={})) == nothing
    assert why(silent(), said(body={}, cut="it was cut")) == "The read cannot be compared: it was cut"
