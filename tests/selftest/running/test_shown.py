"""The contract as a target showed it, property by property."""

from __future__ import annotations

from pathlib import Path

from customers_conformance.contract import document
from customers_conformance.contract.document import ROOT
from customers_conformance.model import ShownProperty
from customers_conformance.running import run
from customers_conformance.running.settings import Settings
from customers_conformance.running.shown import shown

RECORDING = Path(__file__).parents[1] / "recordings" / "bifrost-1.4.19-auth-on.har"


def judged() -> dict[str, dict[str, ShownProperty]]:
    """What the recording showed, by object and property."""
    found = run.conduct(Settings(har=RECORDING)).shown
    return {one.name: {each.name: each for each in one.properties} for one in found}


def test_a_property_says_what_may_stand_there_how_often_it_was_there_and_how_often_it_was_broken() -> None:
    found = judged()
    assert found["Team"]["profile"] == ShownProperty("profile", "object", required=False, seen=3, broken=3)
    assert found["Team"]["virtual_keys"].type == "list of VirtualKey or null"
    assert found["Customer"]["created_at"].type == "string (date-time)"
    assert found["MCPClientConfig"]["tool_pricing"].type == "map of number"


def test_an_absent_member_counts_as_broken_where_it_would_stand() -> None:
    absent = judged()["VirtualKey"]["calendar_aligned"]
    assert (absent.required, absent.seen, absent.broken) == (True, 0, 2)


def test_every_kind_of_object_that_an_answer_may_hold_is_there_whether_it_was_seen_or_not() -> None:
    found = run.conduct(Settings(har=RECORDING)).shown
    counts = {one.name: one.count for one in found}
    assert (counts["Customer"], counts["Team"], counts["ProviderKey"]) == (4, 3, 0)
    assert set(counts) == {name for name in document.load().properties if not name.startswith("BifrostError")}
    assert found[0].name == ROOT


def test_nothing_is_shown_where_no_list_was_seen() -> None:
    assert shown(document.load(), {}, {}, ()) == ()
