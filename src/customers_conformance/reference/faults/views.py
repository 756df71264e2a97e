"""Faults of the two views: what is shown where from_memory is absent, and how memory and database differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.behaviour import Behaviour, Call, Fault
from customers_conformance.reference.places import (
    DEEP_CONFIG,
    FIRST,
    KEY,
    LAST,
    edit,
    in_database,
    in_memory,
    look,
    objects,
    put,
    rename,
    respelled,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.reference.places import When


def _absent(call: Call) -> bool:
    return not call.values("from_memory")


def _without_last(when: When) -> Behaviour:
    def change(call: Call, tree: Any) -> None:
        if when(call):
            del tree["customers"][-1:]
            tree["count"] = len(tree["customers"])

    return Behaviour(value=change)


def _list(change: Callable[[Any], object], when: When) -> Behaviour:
    def apply(call: Call, tree: Any) -> None:
        if when(call):
            change(tree["customers"])
            tree["count"] = len(tree["customers"])

    return Behaviour(value=apply)


def _one_more(customers: Any) -> None:
    customers.append({"id": "customer-9999", "name": "Customer 9999"})


def _other_name(tree: Any) -> None:
    rename(tree, "Customer", "Customer 0001", "Customer 0001 (cached)")


def _other_models(tree: Any) -> None:
    look(tree, DEEP_CONFIG)["allowed_models"] = ["gpt-4o"]


def _other_price(tree: Any) -> None:
    for client in objects(tree, "McpClient"):
        if "tool_pricing" in client:
            client["tool_pricing"]["search"] = 0.004


FAULTS: Final = (
    Fault(
        "default-shows-other-text",
        "shows another description of a virtual key where from_memory is absent",
        "CUST-QRY-001",
        put(f"{KEY}.description", "Read from somewhere else", _absent),
    ),
    Fault(
        "default-hides-last",
        "leaves the last customer out where from_memory is absent",
        "CUST-QRY-001",
        _without_last(_absent),
    ),
    Fault(
        "default-shows-other-weight",
        "shows another weight deep inside a team's key where from_memory is absent",
        "CUST-QRY-001",
        put(f"{DEEP_CONFIG}.weight", 0.5, _absent),
    ),
    Fault(
        "memory-hides-last",
        "leaves the last customer out, from memory only",
        "CUST-MEM-001",
        _list(lambda found: found.pop(), in_memory),
    ),
    Fault(
        "memory-shows-one-more",
        "lists a customer that the database does not have, from memory only",
        "CUST-MEM-001",
        _list(_one_more, in_memory),
    ),
    Fault(
        "memory-empty-list",
        "lists nobody, from memory only",
        "CUST-MEM-001",
        _list(lambda found: found.clear(), in_memory),
    ),
    Fault(
        "memory-has-other-text",
        "shows another description of a virtual key, from memory only",
        "CUST-MEM-002",
        put(f"{KEY}.description", "As it was", in_memory),
    ),
    Fault(
        "memory-has-other-name",
        "shows another name of the first customer, from memory only",
        "CUST-MEM-002",
        edit(_other_name, in_memory),
    ),
    Fault(
        "memory-has-other-models",
        "shows fewer models deep inside a team's key, from memory only",
        "CUST-MEM-002",
        edit(_other_models, in_memory),
    ),
    Fault(
        "memory-has-other-price",
        "shows another price of a tool, from memory only",
        "CUST-MEM-002",
        edit(_other_price, in_memory),
    ),
    Fault(
        "memory-has-other-limit",
        "shows another limit of the last customer's budget, from memory only",
        "CUST-MEM-002",
        put(f"{LAST}.budget.max_limit", 999.0, in_memory),
    ),
    Fault(
        "default-shows-hardly-other-weight",
        "shows another weight far behind the point where from_memory is absent",
        "CUST-QRY-001",
        written(f"{DEEP_CONFIG}.weight", "0.75000000000000000000001", _absent),
    ),
    Fault(
        "default-shows-weight-zero",
        "shows the weight 0 deep inside a team's key where from_memory is absent",
        "CUST-QRY-001",
        put(f"{DEEP_CONFIG}.weight", 0, _absent),
    ),
    Fault(
        "memory-spells-id-otherwise",
        "writes a customer's id in capitals, from memory only",
        "CUST-MEM-001",
        respelled("customer-0004", "CUSTOMER-0004", in_memory),
    ),
    Fault(
        "memory-spells-id-with-blank",
        "ends a customer's id with a blank, from memory only",
        "CUST-MEM-001",
        respelled('"customer-0001"', '"customer-0001 "', in_memory),
    ),
    Fault(
        "memory-has-hardly-other-weight",
        "shows another weight far behind the point, from memory only",
        "CUST-MEM-002",
        written(f"{DEEP_CONFIG}.weight", "0.75000000000000000000001", in_memory),
    ),
    Fault(
        "memory-has-other-instant",
        "shows a creation a fraction of a nanosecond later, from memory only",
        "CUST-MEM-002",
        put(f"{FIRST}.created_at", "2025-03-01T08:00:00.0000000001Z", in_memory),
    ),
    Fault(
        "memory-has-instant-of-other-offset",
        "shows the same time of day with another offset, from memory only",
        "CUST-MEM-002",
        put(f"{KEY}.created_at", "2025-03-01T08:00:00+01:00", in_memory),
    ),
    Fault(
        "memory-has-empty-description",
        "shows an empty description of a virtual key, from memory only",
        "CUST-MEM-002",
        put(f"{KEY}.description", "", in_memory),
    ),
    Fault(
        "memory-allows-nothing",
        "shows an empty list of models deep inside, from memory only",
        "CUST-MEM-002",
        put(f"{DEEP_CONFIG}.allowed_models", [], in_memory),
    ),
    Fault(
        "memory-says-inactive",
        "shows a virtual key as inactive, from memory only",
        "CUST-MEM-002",
        put(f"{KEY}.is_active", False, in_memory),
    ),
    Fault(
        "default-lists-nobody",
        "lists nobody where from_memory is absent",
        "CUST-QRY-001",
        _list(lambda found: found.clear(), _absent),
    ),
    Fault(
        "database-lists-nobody",
        "lists nobody, from the database only",
        "CUST-MEM-001",
        _list(lambda found: found.clear(), in_database),
    ),
)
