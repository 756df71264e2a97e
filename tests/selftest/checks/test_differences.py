"""What is a difference between two answers, and where it is found."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.selftest.made import CONTRACT, crowd, example, judged, said

from customers_conformance.model import Verdict

PASS, FAIL, WARN = Verdict.PASS, Verdict.FAIL, Verdict.WARN


def different(left: Any, right: Any) -> list[tuple[str, str, str]]:
    """Where two lists of customers differ, as the plain request's and another's."""
    plain = said(body={"customers": left, "count": len(left)})
    found = judged("CUST-QRY-001", plain, said("database", {"customers": right, "count": len(right)}), plain)
    assert found.verdict in {PASS, FAIL}, found.reason
    return [
        (item.pointer, item.expected.removesuffix(", as the plain request shows"), item.actual)
        for item in found.findings
    ]


def member(name: str, left: Any, right: Any) -> list[tuple[str, str, str]]:
    """Where two customers differ that differ in one member; ``...`` is none."""
    one, other = ({"id": "c-1", "name": "One"} | ({} if value is ... else {name: value}) for value in (left, right))
    return different([one], [other])


@pytest.mark.parametrize(
    "name, left, right",
    [
        ("name", "One", "Two"),
        ("name", "One", None),
        ("name", "1", 1),
        ("config_hash", ..., "x"),
        ("config_hash", None, ...),
        ("config_hash", "x", "X"),
        ("created_at", "2026-01-01T12:00:00Z", "2026-01-01T12:00:01Z"),
        ("created_at", "2026-01-01T12:00:00Z", "noon"),
        ("budget_id", "b", "c"),
        ("budget_id", "b", ""),
        ("budget_id", 1, "1"),
        ("budget_id", 1, 0),
        ("budget_id", True, 1),
        ("budget", ..., None),
        ("budget", {}, ...),
        ("budget", {}, None),
        ("budget", {}, []),
        ("teams", [], None),
        ("teams", [], ...),
        ("teams", [], {}),
        ("teams", [1], [2]),
        ("teams", [1], [1, 1]),
        ("teams", [[1, 2]], [[1, 3]]),
        ("teams", [{"a": 1}], [7]),
    ],
)
def test_two_values_that_say_other_things_are_a_difference(name: str, left: Any, right: Any) -> None:
    for one, other in ((left, right), (right, left)):
        (found,) = member(name, one, other)
        assert found[0].startswith(f"/customers/0/{name}")


@pytest.mark.parametrize(
    "name, left, right",
    [
        ("created_at", "2026-01-01T12:00:00Z", "2026-01-01T14:00:00.000+02:00"),
        ("budget_id", ..., None),
        ("budget_id", ..., ""),
        ("budget_id", None, 0),
        ("budget_id", 4, 4.0),
        ("budget", 7, "seven"),
        ("teams", "some", 7),
        ("teams", [1, 2], [2, 1]),
        ("teams", [[1, 2]], [[2, 1]]),
        ("teams", [4.0], [4]),
        ("zz", 1, 2),
        ("updated_at", "2026-01-01T12:00:00Z", ...),
    ],
)
def test_two_values_that_say_the_same_or_are_not_ours_to_compare_are_none(name: str, left: Any, right: Any) -> None:
    assert member(name, left, right) == []
    assert member(name, right, left) == []


CHANGING = (
    "current_usage", "token_current_usage", "request_current_usage",
    "last_reset", "token_last_reset", "request_last_reset", "updated_at",
)  # fmt: skip


def places(value: Any, *path: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Every place of the example, and what stands there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value), *(found for name, item in items for found in places(item, *path, name))]


LEAVES = [
    path
    for path, value in places(example()["customers"])
    if not isinstance(value, dict | list)
    and path[-1] != "id"
    and not {"claims", "config", "profile", "headers", "tool_pricing", "envs", "args"} & set(path)
    and isinstance(path[-1], str)
]


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_every_property_at_any_depth_is_compared_but_those_that_change_by_themselves(path: tuple[Any, ...]) -> None:
    left, right = example()["customers"], example()["customers"]
    holder = right
    for step in path[:-1]:
        holder = holder[step]
    held = holder[path[-1]]
    holder[path[-1]] = not held if isinstance(held, bool) else held + 1 if isinstance(held, int | float) else f"{held}x"
    found = [pointer for pointer, _, _ in different(left, right)]
    assert found == ([] if path[-1] in CHANGING else ["/customers/" + "/".join(map(str, path))])


def test_items_belong_together_by_their_ids_in_any_order() -> None:
    left = [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}, {"id": "3", "name": "c"}]
    right = [{"id": "3", "name": "c"}, {"id": "2", "name": "y"}, {"id": "1", "name": "x"}]
    assert different(left, right) == [("/customers/2/name", '"a"', '"x"'), ("/customers/1/name", '"b"', '"y"')]


@pytest.mark.parametrize("nobody", ["", None, []])
def test_items_that_no_id_identifies_belong_together_where_they_are_equal(nobody: Any) -> None:
    def those(*names: str) -> Any:
        return [{"id": nobody, "name": name} for name in names]

    assert different(those("a", "b"), those("b", "a")) == []
    assert different(those("a", "b"), those("c", "a")) == [("/customers/0/name", '"b"', '"c"')]
    assert len(different(those("a", "a"), those("a"))) == 1


def test_long_lists_differ_by_their_last_item_too() -> None:
    def listed(last: str) -> Any:
        models = [f"model-{number:04}" for number in range(100)] + [last]
        return [{"id": "c", "virtual_keys": [{"id": "k", "provider_configs": [{"id": 1, "allowed_models": models}]}]}]

    assert different(listed("a"), listed("a")) == []
    ((pointer, _, _),) = different(listed("a"), listed("b"))
    assert pointer == "/customers/0/virtual_keys/0/provider_configs/0/allowed_models"


def test_objects_without_ids_that_are_long_are_told_apart_and_brought_together() -> None:
    def those(*names: str) -> Any:
        return [{"name": "x" * 200 + name, "teams": [{"name": "y" * 200 + name}]} for name in names]

    assert different(those("a", "b"), those("b", "a")) == []
    assert [pointer for pointer, _, _ in different(those("a", "b"), those("b", "c"))] == [
        "/customers/1/name", "/customers/1/teams/0/name",
    ]  # fmt: skip


def test_the_memory_view_is_compared_by_what_both_views_show() -> None:
    def views(left: Any, right: Any) -> Verdict:
        both = [said("database", {"customers": [left], "count": 1}), said("memory", {"customers": [right], "count": 1})]
        return judged("CUST-MEM-002", said(body=crowd("a")), *both, said(body=crowd("a"))).verdict

    one: dict[str, Any] = {
        "id": "c",
        "name": "n",
        "budget": {"id": "b", "max_limit": 1},
        "teams": [{"id": "t", "name": "t"}],
    }
    hidden: list[dict[str, Any]] = [
        *({"name": None}, {"budget": None}, {"budget": 7}),
        *({"teams": []}, {"config_hash": "x"}, {"teams": 7}),
    ]
    for changed in hidden:
        assert views(one, {**one, **changed}) is PASS
        assert views({**one, **changed}, one) is PASS
    deep = copy.deepcopy(one)
    deep["budget"]["max_limit"] = 2
    assert views(one, deep) is WARN
    assert views(one, {**one, "name": "m"}) is WARN
    assert views(one, {**one, "name": ""}) is WARN
    assert views(one, {**one, "teams": [{"id": "t", "name": "u"}]}) is WARN


def test_every_changing_property_is_one_of_the_contract() -> None:
    assert set(CHANGING) <= {name for table in CONTRACT.properties.values() for name in table}
