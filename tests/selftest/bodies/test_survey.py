"""One walk through a body: what listeners are shown, in which order, and what becomes of one that fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest.made import CONTRACT, crowd, example

from customers_conformance.bodies import listing as bodies
from customers_conformance.bodies import observations, violations
from customers_conformance.bodies.listeners import Listener, Noted
from customers_conformance.bodies.listing import Listing
from customers_conformance.bodies.shapes import shapes_of
from customers_conformance.bodies.store import Bodies
from customers_conformance.model import FINDINGS_KEPT, Finding, Further, Observed, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customers_conformance.bodies.walk import Node


def listing(value: Any) -> Listing:
    return Listing(value if isinstance(value, bytes) else json.dumps(value).encode(), CONTRACT)


class Places(Listener):
    """Keeps the places of what it is shown."""

    def __init__(self) -> None:
        self.objects: list[str] = []
        self.strays: list[str] = []

    def see(self, node: Node) -> Iterable[Observed]:
        self.objects.append(node.pointer)
        return ()

    def see_stray(self, node: Node, name: str) -> Iterable[Observed]:
        self.strays.append(node.at(name))
        yield Finding("stray", pointer=node.at(name))


class Teams(Places):
    schemas = ("Team",)


class Failing(Listener):
    schemas = ("Customer",)

    def see(self, node: Node) -> Iterable[Observed]:
        if node.index == 1:
            raise ZeroDivisionError
        return ()


def test_a_listener_sees_all_objects_in_order_and_the_top_last() -> None:
    value = example()
    seen = listing(value).kept(Places).objects
    assert seen[:3] == ["/customers/0", "/customers/0/budget", "/customers/0/teams/0"]
    assert seen[-1] == ""
    assert len(seen) == len(set(seen)) == sum(listing(value).seen.objects.values())


def test_a_listener_that_names_schemas_sees_their_objects_alone() -> None:
    assert listing(example()).kept(Teams).objects == ["/customers/0/teams/0"]


def test_findings_at_the_top_stand_before_the_others() -> None:
    value = crowd(*map(str, range(30)))
    for number, item in enumerate(value["customers"]):
        item[f"x{number}"] = 1
    value["zz"] = 1
    observed = list(listing(value).noted(Places).observed())
    assert [item.pointer for item in observed if isinstance(item, Finding)][:2] == ["/zz", "/customers/0/x0"]
    assert sum(isinstance(item, Finding) for item in observed) == FINDINGS_KEPT
    assert sum(item.count for item in observed if isinstance(item, Further)) == 31 - FINDINGS_KEPT


def test_of_a_list_that_stands_twice_the_last_one_is_seen() -> None:
    found = listing(b'{"customers":[{"id":"a","zz":1},{"id":"b"}],"count":1,"\\u0063ustomers":[{"id":"c"}]}')
    assert found.ids == ["c"]
    assert found.kept(Places).strays == []
    assert found.seen.objects["Customer"] == found.size == 1
    assert found.reading.repeated == (("", "customers"),)


def test_names_that_no_contract_knows_are_told_apart_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observations, "MOST_UNKNOWN", 5)
    value = crowd("a", "b")
    for item in value["customers"]:
        item |= {f"{item['name']}{number}": 1 for number in range(4)}
    seen = listing(value).seen
    assert len(seen.unknown["Customer"]) == 5
    assert len(seen.undocumented) == 8


def test_a_name_that_is_too_long_to_keep_is_told_by_its_beginning_and_the_place_of_its_object() -> None:
    value = crowd("a")
    value["customers"][0] |= {"n" * 1_000_000: 1, "short": 1}
    seen = listing(value).seen
    told = f"Customer.{'n' * observations.NAME_KEPT}…"
    assert dict(seen.undocumented) == {told: 1, "Customer.short": 1}
    assert seen.first_places == {told: "/customers/0", "Customer.short": "/customers/0/short"}


def test_objects_of_names_without_end_leave_no_shape_behind() -> None:
    value = crowd("a")
    value["customers"] = [dict.fromkeys((f"x{number}-{name}" for name in range(33)), 1) for number in range(50)]
    known = shapes_of(CONTRACT).known
    before = len(known)
    listing(value).seen  # noqa: B018 - it is worked out when it is asked for
    assert len(known) - before <= 2


def test_nothing_counts_of_a_body_that_has_a_defect_at_its_end() -> None:
    found = listing(json.dumps({"customers": [{"id": 5, "zz": 1}] * 3})[:-1].encode())
    assert found.reading.defect is not None
    assert not found.broken.total
    assert not found.seen.objects
    assert found.kept(Places).strays == []
    assert not found.is_listing


def test_a_listener_that_fails_hides_nothing_from_the_others() -> None:
    found = listing(crowd("a", "b"))
    with pytest.raises(ZeroDivisionError):
        list(found.noted(Failing).observed())
    with pytest.raises(ZeroDivisionError):
        found.kept(Failing)
    assert found.kept(Places).objects == ["/customers/0", "/customers/1", ""]


def test_what_was_noted_is_told_with_its_counts() -> None:
    noted = Noted()
    for item in (Seen(2, "a"), Seen(3, "a"), Unseen("why"), Further(4), Finding("one")):
        noted.note(item)
    assert list(noted.observed()) == [Seen(5, "a"), Unseen("why"), Finding("one"), Further(4)]


@pytest.mark.parametrize("names, told", [("aabc", 3), ("aaaa", 3), ("abcd", 4)])
def test_what_the_top_breaks_leaves_room_for_fewer_violations(
    names: str, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (violations, bodies):
        monkeypatch.setattr(module, "MOST", told)
    value = {"customers": [{"id": name} for name in names], "count": len(names)}
    found = listing(value)
    doubled = len(names) - len(set(names))
    assert found.broken.total["CUST-REL-002"] == doubled
    assert found.broken.total.total() == told
    assert (found.broken.looked.beyond is None) is (doubled == 0)


def test_the_bodies_of_a_run_are_judged_once_and_kept_as_long_as_they_are_wanted() -> None:
    known = Bodies(CONTRACT)
    content, other = (json.dumps(crowd(name)).encode() for name in "ab")
    first = known.listing(content)
    assert known.listing(bytes(bytearray(content))) is first
    assert known.reading(other) is known.reading(other)
    assert known.occurrences("id-a", content) == 1
    known.keep({content})
    assert known.listing(content) is first
    known.keep(set())
    assert known.listing(content) is not first
