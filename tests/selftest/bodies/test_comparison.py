"""Comparing answers by id, without regard to order."""

from __future__ import annotations

import json
from typing import Any

from tests.selftest.made import CONTRACT, crowd, example

from customers_conformance.bodies.comparison import KEPT, canonical, differences, is_same, shared_differences
from customers_conformance.bodies.listing import Listing
from customers_conformance.bodies.parsing.bounds import room_for_depth


def listed(value: Any) -> Listing:
    return Listing(json.dumps(value).encode(), CONTRACT)


def different(left: Any, right: Any) -> list[tuple[str, str, str]]:
    return [(d.pointer, d.left, d.right) for d in differences(listed(left), listed(right)).first]


def shared(left: Any, right: Any) -> list[tuple[str, str, str]]:
    return [(d.pointer, d.left, d.right) for d in shared_differences(listed(left), listed(right))]


def test_order_is_no_difference() -> None:
    left = crowd("a", "b")
    right = crowd("b", "a")
    assert different(left, right) == []


def test_a_change_is_found_where_it_stands_in_the_second() -> None:
    right = crowd("b", "a")
    right["customers"][1]["name"] = "c"
    assert different(crowd("a", "b"), right) == [("/customers/1/name", '"a"', '"c"')]


def test_what_changes_by_itself_and_what_is_undocumented_is_left_aside() -> None:
    left, right = example(), example()
    right["customers"][0]["budget"]["current_usage"] = 99
    right["customers"][0]["updated_at"] = "2026-03-03T00:00:00Z"
    right["customers"][0]["zz"] = 1
    assert different(left, right) == []


def test_absent_null_and_empty_are_the_same_for_an_id_that_names_another_object() -> None:
    left, right, third = crowd("a"), crowd("a"), crowd("a")
    right["customers"][0]["budget_id"] = None
    third["customers"][0]["budget_id"] = ""
    assert different(left, right) == different(left, third) == different(right, third) == []


def test_a_whole_float_is_the_integer() -> None:
    assert canonical({"a": [2.0, 1]}) == canonical({"a": [1, 2]})
    assert canonical(1.5) != canonical(1)


def test_a_customer_that_is_missing_differs_once() -> None:
    assert different(crowd("a", "b"), crowd("a")) == [("/customers/1", "an object", "absent")]
    assert different(crowd("a"), crowd("a", "b")) == [("/customers/1", "absent", "an object")]


def test_of_many_differences_the_first_are_held_and_all_are_counted() -> None:
    names = [f"customer-{number}" for number in range(KEPT + 5)]
    found = differences(listed(crowd(*names)), listed({"customers": [], "count": 0}))
    assert (len(found.first), found.total) == (KEPT, KEPT + 5)


def test_a_property_that_changes_by_itself_ranks_no_twins() -> None:
    left: Any = {
        "customers": [
            {"name": "x", "updated_at": "2026-01-01T00:00:00Z", "zz": 1},
            {"name": "y", "updated_at": "2026-01-02T00:00:00Z", "zz": 2},
        ],
        "count": 2,
    }
    right = json.loads(json.dumps(left))
    for number, item in enumerate(right["customers"]):
        item |= {"updated_at": f"2026-02-0{5 - number}T00:00:00Z", "zz": 5 - number}
    assert different(left, right) == []


def test_items_without_an_id_of_their_own_are_compared_by_rank() -> None:
    twins: Any = {"customers": [{"id": "a", "name": "x"}, {"id": "a", "name": "y"}, {"name": "z"}, 7, None], "count": 5}
    turned: Any = {"customers": list(reversed(twins["customers"])), "count": 5}
    assert different(twins, turned) == []
    turned["customers"][0] = 8
    assert different(twins, turned) != []


def test_a_list_and_null_differ_and_null_is_not_shown() -> None:
    left, right = example(), example()
    right["customers"][0]["teams"][0]["virtual_keys"] = None
    assert ("/customers/0/teams/0/virtual_keys", "a list", "null") in different(left, right)
    assert shared(left, right) == []
    right["customers"][0]["teams"] = "none"
    assert ("/customers/0/teams", "a list", '"none"') in different(left, right)
    right["customers"][0]["name"] = None
    assert shared(left, right) == []
    right["customers"][0]["name"] = "Other"
    assert shared(left, right) == [("/customers/0/name", '"Acme"', '"Other"')]


def test_an_answer_without_a_list_shows_nothing() -> None:
    assert different({"customers": 5}, []) == []
    assert different({"customers": 5}, crowd("a")) == [("/customers", "absent", "a list")]


def test_an_object_in_the_place_of_another_kind_of_item_is_no_property_that_both_show() -> None:
    left = {"customers": ["x", {"id": "a", "name": "n"}], "count": 2}
    right = {"customers": [{"name": "q"}, {"id": "a", "name": "n"}], "count": 2}
    assert shared(left, right) == []
    assert different(left, right) != []


def test_of_twins_the_equal_ones_are_matched_first() -> None:
    left: Any = {"customers": [{"name": name} for name in "abcd"], "count": 4}
    right: Any = {"customers": [{"name": name} for name in "dzca"], "count": 4}
    assert different(left, right) == [("/customers/1/name", '"b"', '"z"')]
    fewer: Any = {"customers": [{"name": name} for name in "dc"], "count": 2}
    assert len(different(left, fewer)) == 2


def test_objects_without_ids_are_compared_however_deep_they_are_nested() -> None:
    def nested(name: str) -> Any:
        value: Any = {"name": name}
        for _ in range(100):
            value = {"name": "n", "teams": [{"name": "t", "customer": value}, {"name": "u", "claims": {"a": [[1], 2]}}]}
        return {"customers": [value], "count": 1}

    with room_for_depth():
        assert different(nested("a"), nested("a")) == []
        ((pointer, left, right),) = different(nested("a"), nested("b"))
    assert (pointer.count("/customer/"), left, right) == (100, '"a"', '"b"')


def test_truth_is_no_number_and_a_whole_float_is_an_integer_between_two_values() -> None:
    assert not is_same(left=True, right=1)
    assert not is_same("1", 1)
    assert is_same(4.0, 4)
    assert not is_same("a", "b")


def test_an_item_without_an_id_that_only_one_list_has_is_a_difference() -> None:
    left = crowd("a")
    right = {**left, "customers": [*left["customers"], {"name": "no id"}]}
    assert [pointer for pointer, _, _ in different(left, right)] == ["/customers/1"]
    assert [pointer for pointer, _, _ in different(right, left)] == ["/customers/1"]
