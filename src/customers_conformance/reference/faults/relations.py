"""Faults between objects: ids, names, owners, back-references, and views that tell different stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.behaviour import Behaviour, Call, Fault
from customers_conformance.reference.places import (
    BARE_KEY,
    BARE_TEAM,
    CONFIG,
    DEEP_CONFIG,
    DEEP_KEY,
    DEEP_MCP,
    FIRST,
    KEY,
    LAST,
    MCP,
    TEAM,
    drop,
    edit,
    in_memory,
    look,
    objects,
    put,
    rename,
    twice,
)

if TYPE_CHECKING:
    from customers_conformance.reference.places import When


def _relation(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-REL-{number:03}", behaviour)


def _bare_twin(tree: Any) -> None:
    last = tree["customers"][-1]
    tree["customers"].insert(0, {"id": last["id"], "name": last["name"]})
    tree["count"] = len(tree["customers"])


def _several(*behaviours: Behaviour) -> Behaviour:
    """Edits that make one defect together."""

    def change(call: Call, tree: Any) -> None:
        for behaviour in behaviours:
            if behaviour.value is not None:
                behaviour.value(call, tree)

    return Behaviour(value=change)


def _shared_key_name(tree: Any) -> None:
    look(tree, BARE_KEY)["name"] = look(tree, DEEP_KEY)["name"]


def _customer_back_reference(path: str) -> Behaviour:
    """A back-reference that shows another customer, truthfully as far as it goes."""
    return put(path, {"id": "customer-0002", "name": "Customer 0002"})


def _list(change: object, when: When) -> Behaviour:
    def apply(call: Call, tree: Any) -> None:
        if when(call):
            change(tree["customers"])  # type: ignore[operator]
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
    _relation("count-too-high", "counts one customer too many", 1, put("count", lambda count: count + 1)),
    _relation(
        "count-too-low-in-memory",
        "counts one too few, from memory only",
        1,
        put("count", lambda count: count - 1, in_memory),
    ),
    _relation("count-zero", "says count 0 whatever it lists", 1, put("count", 0)),
    _relation("customer-twice", "lists the last customer twice", 2, twice(LAST)),
    _relation(
        "customer-twice-in-memory", "lists the first customer twice, from memory only", 2, twice(FIRST, in_memory)
    ),
    _relation(
        "customer-twice-once-bare", "lists the last customer once more with id and name alone", 2, edit(_bare_twin)
    ),
    _relation("team-twice", "lists a team twice", 3, twice(BARE_TEAM)),
    _relation("key-twice-in-memory", "lists a virtual key twice, from memory only", 3, twice(BARE_KEY, in_memory)),
    _relation(
        "config-twice", "lists a provider config of a team's key twice", 3, twice(f"{DEEP_KEY}.provider_configs.1")
    ),
    _relation("mcp-config-twice", "lists an MCP config twice", 3, twice(MCP)),
    _relation("budget-twice", "lists a budget of a provider config twice", 3, twice(f"{DEEP_CONFIG}.budgets.0")),
    _relation("key-budget-twice", "lists a budget of a virtual key twice", 3, twice(f"{KEY}.budgets.1")),
    _relation(
        "customers-of-one-name",
        "gives two customers one name",
        4,
        edit(lambda tree: rename(tree, "Customer", "Customer 0002", "Customer 0001")),
    ),
    _relation(
        "teams-of-one-name",
        "gives teams of two customers one name",
        4,
        edit(lambda tree: rename(tree, "Team", "Team 0002 sales", "Team 0001 sales")),
    ),
    _relation("keys-of-one-name", "gives a team's key and a customer's key one name", 4, edit(_shared_key_name)),
    _relation(
        "team-of-another",
        "names another customer in the last team",
        5,
        put(f"{BARE_TEAM}.customer_id", "customer-0001"),
    ),
    _relation(
        "team-of-nobody",
        "names a customer that does not exist in a team",
        5,
        put(f"{TEAM}.customer_id", "customer-gone"),
    ),
    _relation(
        "team-of-shouted-customer",
        "names the holding customer in capitals",
        5,
        put(f"{BARE_TEAM}.customer_id", str.upper),
    ),
    _relation(
        "key-of-another-customer",
        "names another customer in a customer's key",
        6,
        put(f"{BARE_KEY}.customer_id", "customer-0001"),
    ),
    _relation(
        "key-of-another-team", "names another team in a team's key", 6, put(f"{DEEP_KEY}.team_id", f"team-{1:04}-1")
    ),
    _relation(
        "team-key-names-customer",
        "names the customer in a team's key and not the team",
        6,
        _several(drop(f"{DEEP_KEY}.team_id"), put(f"{DEEP_KEY}.customer_id", "customer-0004")),
    ),
    _relation(
        "config-of-another-key",
        "names another virtual key in a provider config",
        7,
        put(f"{CONFIG}.virtual_key_id", "vk-0002-1"),
    ),
    _relation(
        "deep-config-of-another-key",
        "names another virtual key in a provider config of a team's key",
        7,
        put(f"{DEEP_KEY}.provider_configs.1.virtual_key_id", "vk-0001-1"),
    ),
    _relation(
        "mcp-config-of-another-key",
        "names another virtual key in an MCP config",
        7,
        put(f"{DEEP_MCP}.virtual_key_id", "vk-0001-1"),
    ),
    _relation(
        "customer-budget-disagrees",
        "names another budget beside a customer's budget",
        8,
        put(f"{LAST}.budget_id", "budget-0001"),
    ),
    _relation(
        "team-budget-disagrees",
        "names another budget beside a team's budget",
        8,
        put(f"{TEAM}.budget_id", "budget-0001"),
    ),
    _relation(
        "key-rate-disagrees",
        "names another rate limit beside a key's",
        8,
        put(f"{KEY}.rate_limit_id", "rate-vk-0002-1"),
    ),
    _relation(
        "config-rate-disagrees",
        "names another rate limit beside that of a team's provider config",
        8,
        put(f"{DEEP_CONFIG}.rate_limit_id", "rate-gone"),
    ),
    _relation(
        "team-budget-of-another",
        "names another team in a team's budget",
        9,
        put(f"{TEAM}.budget.team_id", "team-0002-1"),
    ),
    _relation(
        "key-budget-of-another",
        "names another virtual key in a key's budget",
        9,
        put(f"{DEEP_KEY}.budgets.1.virtual_key_id", "vk-0001-1"),
    ),
    _relation(
        "config-budget-of-another",
        "names another provider config in a deep budget",
        9,
        put(f"{DEEP_CONFIG}.budgets.1.provider_config_id", 1),
    ),
    _relation(
        "team-key-of-customer-too",
        "gives a team's key a customer as well",
        10,
        put(f"{DEEP_KEY}.customer_id", "customer-0004"),
    ),
    _relation(
        "customer-key-of-team-too", "gives a customer's key a team as well", 10, put(f"{KEY}.team_id", "team-0001-1")
    ),
    _relation(
        "budget-of-two", "gives a budget of a key a team as well", 11, put(f"{KEY}.budgets.0.team_id", "team-0001-1")
    ),
    _relation(
        "customer-budget-of-team",
        "names a team in a customer's budget",
        11,
        put(f"{LAST}.budget.team_id", "team-0004-1"),
    ),
    _relation(
        "config-budget-of-key-too",
        "gives a deep budget the virtual key as well",
        11,
        put(f"{DEEP_CONFIG}.budgets.0.virtual_key_id", "vk-0004-3"),
    ),
    _relation(
        "team-shows-other-customer",
        "shows another customer in a team's back-reference",
        12,
        _customer_back_reference(f"{TEAM}.customer"),
    ),
    _relation(
        "key-shows-other-customer",
        "shows another customer in a key's back-reference",
        12,
        _customer_back_reference(f"{LAST}.virtual_keys.0.customer"),
    ),
    _relation(
        "key-shows-other-team",
        "shows another team in a key's back-reference",
        12,
        put(f"{DEEP_KEY}.team", {"id": "team-0001-2", "name": "Team 0001 sales"}),
    ),
    _relation(
        "copy-has-other-hash",
        "shows another config_hash in a team's back-reference",
        13,
        put(f"{TEAM}.customer.config_hash", "stale", copies=False),
    ),
    _relation(
        "copy-has-other-name",
        "shows an older name in a key's back-reference to its team",
        13,
        put(f"{DEEP_KEY}.team.name", "Team before", copies=False),
    ),
    _relation(
        "copy-has-other-birth",
        "shows another created_at in the last key's back-reference",
        13,
        put(f"{LAST}.virtual_keys.0.customer.created_at", "2025-03-02T08:00:00Z", copies=False),
    ),
    _relation(
        "client-of-two-names",
        "describes one MCP client by two names",
        13,
        put(f"{DEEP_MCP}.mcp_client.name", "local-files-old", copies=False),
    ),
    _relation(
        "provider-key-of-two-weights",
        "shows one provider key with two weights",
        13,
        put(f"{DEEP_CONFIG}.keys.0.weight", 0.25, copies=False),
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
)
