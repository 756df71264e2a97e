"""Faults between objects: ids, names, owners, back-references, and views that tell different stories."""

from __future__ import annotations

import json
from typing import Any, Final

from customers_conformance.reference.behaviour import Behaviour, Fault
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
    put,
    rename,
    several,
    twice,
    written,
)


def _relation(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-REL-{number:03}", behaviour)


def _bare_twin(tree: Any) -> None:
    last = tree["customers"][-1]
    tree["customers"].insert(0, {"id": last["id"], "name": last["name"]})
    tree["count"] = len(tree["customers"])


def _shared_key_name(tree: Any) -> None:
    look(tree, BARE_KEY)["name"] = look(tree, DEEP_KEY)["name"]


def _customer_back_reference(path: str) -> Behaviour:
    """A back-reference that shows another customer, truthfully as far as it goes."""
    return put(path, {"id": "customer-0002", "name": "Customer 0002"})


def _numbered(path: str, first: str, second: str) -> Behaviour:
    """Two configs of one key with these ids; the budgets of the first follow."""
    owned = (f"{path}.0.budgets.{index}.provider_config_id" for index in (0, 1))
    budgets = (written(place, first) for place in owned) if path.endswith("provider_configs") else ()
    return several(written(f"{path}.0.id", first), written(f"{path}.1.id", second), *budgets)


def _another(place: str, text: str) -> Behaviour:
    """A rate limit or a budget whose id another one has; the id beside it follows."""
    holder, _, name = place.rpartition(".")
    return several(put(f"{place}.id", text), put(f"{holder}.{name}_id", text))


def _escaped_last(tree: Any) -> bytes:
    return json.dumps(tree).replace('"id": "customer-0004"', '"id": "\\u0063ustomer-0004"', 1).encode()


_CONFIGS = f"{DEEP_KEY}.provider_configs"
_MCPS = f"{DEEP_KEY}.mcp_configs"

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
        several(drop(f"{DEEP_KEY}.team_id"), put(f"{DEEP_KEY}.customer_id", "customer-0004")),
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
        "config-budget-of-zero",
        "names the provider config 0 in a budget of another",
        9,
        put(f"{DEEP_CONFIG}.budgets.0.provider_config_id", 0),
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
    _relation("count-negative", "counts the customers below zero", 1, put("count", lambda count: -count)),
    _relation(
        "customer-twice-in-disguise",
        "lists the last customer once more, with an escape in its id",
        2,
        Behaviour(value=edit(_bare_twin).value, dump=_escaped_last),
    ),
    _relation("configs-numbered-zero", "numbers two provider configs of one key 0", 3, _numbered(_CONFIGS, "0", "0")),
    _relation("mcp-configs-numbered-zero", "numbers two MCP configs of one key 0", 3, _numbered(_MCPS, "0", "-0.0")),
    _relation(
        "configs-numbered-alike-with-exponent",
        "numbers two provider configs of one key 31 and 3.1e1",
        3,
        _numbered(_CONFIGS, "31", "3.1e1"),
    ),
    _relation(
        "budgets-without-id",
        "leaves the ids of two budgets of a key empty",
        3,
        several(put(f"{KEY}.budgets.0.id", ""), put(f"{KEY}.budgets.1.id", "")),
    ),
    _relation("teams-of-one-id", "gives two different teams one id", 3, put(f"{BARE_TEAM}.id", "team-0004-1")),
    _relation("keys-of-one-id", "gives two different virtual keys one id", 3, put(f"{BARE_KEY}.id", "vk-0004-1")),
    _relation(
        "customer-key-names-team-instead",
        "names a team in a customer's key and not the customer",
        6,
        several(drop(f"{BARE_KEY}.customer_id"), put(f"{BARE_KEY}.team_id", "team-0004-1")),
    ),
    _relation(
        "config-of-shouted-key",
        "names the holding virtual key of a provider config in capitals",
        7,
        put(f"{CONFIG}.virtual_key_id", str.upper),
    ),
    _relation(
        "budget-without-id-disagrees",
        "leaves the id of a named budget empty",
        8,
        put(f"{LAST}.budget.id", ""),
    ),
    _relation(
        "rate-disagrees-by-case",
        "names a key's rate limit in capitals beside it",
        8,
        put(f"{DEEP_KEY}.rate_limit_id", str.upper),
    ),
    _relation(
        "config-zero-holds-budget-of-another",
        "numbers a provider config 0 and names another one in its budget",
        9,
        several(put(f"{DEEP_CONFIG}.id", 0), put(f"{DEEP_CONFIG}.budgets.0.provider_config_id", 0)),
    ),
    _relation(
        "customer-key-shows-team",
        "shows a team in a customer's key, where none encloses it",
        12,
        put(f"{BARE_KEY}.team", {"id": "team-0004-1", "name": "Team 0004 research"}),
    ),
    _relation(
        "team-key-shows-other-customer",
        "shows another customer in a team's key",
        12,
        _customer_back_reference(f"{DEEP_KEY}.customer"),
    ),
    _relation(
        "copy-hardly-later",
        "shows a creation a fraction of a nanosecond later in a back-reference",
        13,
        put(f"{TEAM}.customer.created_at", "2025-03-01T08:00:00.0000000001Z", copies=False),
    ),
    _relation(
        "provider-key-of-hardly-two-weights",
        "shows one provider key with the weights 0.5 and 0.50000000000000000000001",
        13,
        written(f"{DEEP_CONFIG}.keys.0.weight", "0.50000000000000000000001", copies=False),
    ),
    _relation(
        "client-disabled-once",
        "shows one MCP client as disabled under one key and not under another",
        13,
        put(f"{DEEP_MCP}.mcp_client.disabled", False, copies=False),
    ),
    _relation(
        "rate-limit-of-two-limits",
        "shows one rate limit twice, without a request limit in one place",
        13,
        several(
            _another(f"{KEY}.rate_limit", "rate-shared"),
            _another(f"{DEEP_KEY}.rate_limit", "rate-shared"),
            put(f"{DEEP_KEY}.rate_limit.request_max_limit", 1),
        ),
    ),
    _relation(
        "budget-of-two-durations",
        "shows one budget under a customer and under a team, with two durations",
        13,
        several(_another(f"{FIRST}.budget", "budget-shared"), _another(f"{TEAM}.budget", "budget-shared")),
    ),
)
