"""Variants of the data: what is absent, null, empty or of one id, orders, counters that move, views that differ."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any, Final

from customers_conformance.reference.behaviour import Behaviour, Call, Variant
from customers_conformance.reference.places import (
    BARE_KEY,
    BARE_TEAM,
    CONFIG,
    DEEP_CONFIG,
    DEEP_KEY,
    FIRST,
    KEY,
    LAST,
    MCP,
    TEAM,
    drop,
    edit,
    in_database,
    in_memory,
    look,
    objects,
    put,
    rename,
    several,
    written,
)

_OPTIONAL: Final[dict[str, set[str]]] = {
    "Customer": {"budget_id", "budget", "config_hash", "created_at", "updated_at"},
    "Team": {
        "budget_id",
        "customer",
        "budget",
        "profile",
        "config",
        "claims",
        "config_hash",
        "created_at",
        "updated_at",
    },
    "VirtualKey": {"description", "rate_limit_id", "rate_limit", "created_by_user_id", "team", "customer"},
    "ProviderConfig": {"rate_limit_id", "rate_limit", "budgets"},
    "McpClient": {"connection_string", "tls_config", "oauth_config_id", "headers", "tool_pricing"},
}


def _optionals_absent(tree: Any) -> None:
    for kind, names in _OPTIONAL.items():
        for found in list(objects(tree, kind)):
            for name in names & set(found):
                del found[name]


def _nulls(tree: Any) -> None:
    for team in objects(tree, "Team"):
        team["config_hash"] = None
    for config in objects(tree, "ProviderConfig"):
        config["weight"] = None
    for budget in objects(tree, "Budget"):
        budget["config_hash"] = None
    for key in objects(tree, "ProviderKey"):
        key.update(dict.fromkeys(("weight", "enabled", "use_for_batch_api", "config_hash", "azure_tenant_id")))


def _reverse(value: Any) -> None:
    for kind, names in {
        "Customer": ("teams", "virtual_keys"),
        "Team": ("virtual_keys",),
        "VirtualKey": ("provider_configs", "mcp_configs", "budgets"),
    }.items():
        for found in list(objects(value, kind)):
            for name in names:
                if isinstance(found.get(name), list):
                    found[name].reverse()
    value["customers"].reverse()


def _turning(call: Call, tree: Any) -> None:
    if call.read % 2:
        _reverse(tree)


def _moving(call: Call, tree: Any) -> None:
    now = datetime.now(UTC).isoformat()
    for limit in objects(tree, "RateLimit"):
        limit["token_current_usage"] += call.read
        limit["request_current_usage"] += call.read
        limit["token_last_reset"] = limit["request_last_reset"] = now
    for budget in objects(tree, "Budget"):
        budget["current_usage"] += call.read
        budget["last_reset"] = now


def _touched(_: Call, tree: Any) -> None:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    for kind in ("Customer", "Team", "VirtualKey", "Budget", "RateLimit"):
        for found in objects(tree, kind):
            found["updated_at"] = now


def _lagging(seconds: float) -> Behaviour:
    """The memory view shows an older description until some seconds after it is first asked for."""

    def change(call: Call, tree: Any) -> None:
        if call.shows_memory:
            began = call.state.notes.setdefault("asked", time.monotonic())
            if time.monotonic() - began < seconds:
                look(tree, KEY)["description"] = "As it was"

    return Behaviour(value=change)


def _late_customer(call: Call, tree: Any) -> None:
    if call.shows_memory and call.state.count("asked") == 1:
        tree["customers"].pop()
        tree["count"] -= 1


def _extras(tree: Any) -> None:
    tree["total_count"] = tree["count"]
    for customer in tree["customers"]:
        customer["tier"] = {"name": "gold"}


def _nobody(tree: Any) -> None:
    tree.update(customers=[], count=0)


def _without(*names: str) -> Behaviour:
    """A server that never holds what these members of a customer would show."""

    def change(tree: Any) -> None:
        for kind in ("Customer", "Team", "VirtualKey"):
            for found in list(objects(tree, kind)):
                for name in names:
                    found.pop(name, None)

    return edit(change)


def _empty_lists(tree: Any) -> None:
    for key in objects(tree, "VirtualKey"):
        key.update(provider_configs=[], mcp_configs=[])


def _numbered(tree: Any) -> None:
    for number, key in enumerate(objects(tree, "VirtualKey")):
        if not key["provider_configs"]:
            key["id"] = str(number)


def _one_name_for_all_kinds(tree: Any) -> None:
    rename(tree, "Customer", "Customer 0001", "Acme")
    rename(tree, "Team", "Team 0001 research", "Acme")
    rename(tree, "VirtualKey", "Key vk-0001-1", "Acme")


def _numbered_from_zero(tree: Any) -> None:
    for key in objects(tree, "VirtualKey"):
        for number, config in enumerate(key.get("provider_configs", [])):
            _number(config, -number)
        for number, config in enumerate(key.get("mcp_configs", [])):
            config["id"] = -number


def _numbered_alike(tree: Any) -> None:
    for key in objects(tree, "VirtualKey"):
        for number, config in enumerate(key.get("provider_configs", [])):
            _number(config, 7 + number)


def _number(config: Any, number: int) -> None:
    config["id"] = number
    for budget in config.get("budgets", []):
        budget["provider_config_id"] = number


def _zero_for_none(tree: Any) -> None:
    for budget in objects(tree, "Budget"):
        budget.setdefault("provider_config_id", 0)


def _shared_rate_limit(tree: Any) -> None:
    for path in (KEY, DEEP_KEY):
        key = look(tree, path)
        key["rate_limit_id"] = "rate-shared"
        key["rate_limit"].update(id="rate-shared", config_hash="hash-shared")


def _odd_ids(tree: Any) -> None:
    odd = (
        "a/b~c?d#e",
        "A/B~C?D#E",
        " ",
        "  ",
        'say "id"',
        "../..",
        "\u00e9",
        "e\u0301",
        "0",
        "-0",
        "null",
        "customers",
    )
    tree["customers"] += [{"id": identifier, "name": f"Odd {number}"} for number, identifier in enumerate(odd)]
    tree["count"] = len(tree["customers"])


def _falsy(tree: Any) -> None:
    for budget in objects(tree, "Budget"):
        budget.update(max_limit=0, current_usage=0)
    for limit in objects(tree, "RateLimit"):
        limit.update(token_current_usage=0, request_current_usage=0)
    for key in objects(tree, "VirtualKey"):
        key.update(value="", is_active=False, description="", budgets=key.get("budgets", []))
    look(tree, TEAM).update(profile={}, config={}, claims={"": "", "0": 0, "null": None, "list": []})
    look(tree, CONFIG).update(weight=0, allowed_models=[], blacklisted_models=[""])


def _repeating_beneath(tree: Any) -> bytes:
    return (
        json.dumps(tree)
        .replace('{"customers":', '{"trace": {"a": 1, "a": [{"b": 1, "\\u0062": 2}]}, "customers":')
        .encode()
    )


def _no_limits(tree: Any) -> None:
    for limit in objects(tree, "RateLimit"):
        for name in ("token_max_limit", "request_max_limit"):
            limit.pop(name, None)


VARIANTS: Final = (
    Variant("other-order-in-memory", "lists everything in another order from memory", edit(_reverse, in_memory)),
    Variant("order-turns", "turns the order round at each read", Behaviour(value=_turning)),
    Variant("counters-move", "counts usage and resets at each read", Behaviour(value=_moving)),
    Variant("updates-move", "updates updated_at at each read", Behaviour(value=_touched)),
    Variant("memory-lags", "shows an older description from memory for a moment", _lagging(0.6)),
    Variant(
        "memory-misses-one-at-first",
        "leaves a customer out at the first read of memory",
        Behaviour(value=_late_customer),
    ),
    Variant("extra-properties", "sends undocumented properties", edit(_extras), warns=("CUST-SCH-014",)),
    Variant("empty-list", "lists nobody", edit(_nobody), any_unverified=True),
    Variant("no-customers-at-all", "has no customers", any_unverified=True, customers=0),
    Variant("one-customer", "has one customer", customers=1, unverified=("CUST-REL-002",)),
    Variant("many-customers", "has 200 customers", customers=200),
    Variant("no-teams", "has no teams", _without("teams", "team"), any_unverified=True),
    Variant("no-virtual-keys", "has no virtual keys", _without("virtual_keys"), any_unverified=True),
    Variant("no-configs", "has virtual keys without configs", edit(_empty_lists), any_unverified=True),
    Variant(
        "no-budgets-or-limits",
        "has neither budgets nor rate limits in customers, teams and keys",
        _without("budget", "budget_id", "budgets", "rate_limit", "rate_limit_id"),
        unverified=("CUST-VAL-002",),
    ),
    Variant(
        "optionals-absent", "leaves out nearly all that may be absent", edit(_optionals_absent), any_unverified=True
    ),
    Variant("nulls-where-allowed", "sends null wherever it may stand", edit(_nulls)),
    Variant(
        "id-absent-in-one-view",
        "leaves rate_limit_id out where memory sends null",
        put(f"{KEY}.provider_configs.1.rate_limit_id", "", in_memory),
    ),
    Variant(
        "id-null-against-absent",
        "leaves a null out from memory",
        drop(f"{KEY}.provider_configs.1.rate_limit_id", in_memory),
    ),
    Variant("hash-only-in-database", "does not keep a hash in memory", drop(f"{FIRST}.config_hash", in_memory)),
    Variant("ids-of-digits", "has ids that read as numbers", edit(_numbered)),
    Variant("description-empty", "has an empty description", put(f"{DEEP_KEY}.description", "")),
    Variant("value-empty", "has virtual keys whose value is not shown", put(f"{DEEP_KEY}.value", "")),
    Variant("everything-allowed", "allows every model", put(f"{CONFIG}.allowed_models", ["*"])),
    Variant("nothing-allowed", "allows no model and no tool", put(f"{CONFIG}.allowed_models", [])),
    Variant(
        "auto-executes-all",
        "auto-executes every tool that it executes",
        put(f"{MCP}.mcp_client.tools_to_auto_execute", ["*"]),
    ),
    Variant(
        "free-claims",
        "keeps deep claims",
        put(f"{TEAM}.claims", {"a": [{"b": [None, 1e-7, {"count": "x"}]}], "*": None, "customers": []}),
    ),
    Variant("names-across-kinds", "has a customer, a team and a key of one name", edit(_one_name_for_all_kinds)),
    Variant(
        "names-by-case",
        "has names that differ in case alone",
        edit(lambda tree: rename(tree, "Customer", "Customer 0002", "CUSTOMER 0001")),
    ),
    Variant(
        "numbers-zero-as-ids",
        "numbers provider and MCP configs 0 under every key, and -1",
        edit(_numbered_from_zero),
    ),
    Variant("configs-of-other-keys-share-ids", "gives configs of all keys the same ids", edit(_numbered_alike)),
    Variant(
        "owner-ids-empty",
        "leaves empty the owner ids of kinds that do not hold the object",
        several(
            put(f"{KEY}.team_id", ""),
            put(f"{DEEP_KEY}.customer_id", ""),
            put(f"{LAST}.budget.team_id", ""),
            put(f"{LAST}.budget.virtual_key_id", ""),
        ),
    ),
    Variant(
        "ids-of-absent-objects",
        "names a budget and a rate limit that it does not show beside, or leaves the name empty",
        several(
            put(f"{BARE_TEAM}.budget_id", "budget-elsewhere"),
            put(f"{BARE_KEY}.rate_limit_id", ""),
            put(f"{KEY}.rate_limit_id", ""),
            put(f"{CONFIG}.rate_limit_id", None),
        ),
    ),
    Variant("team-names-no-customer", "leaves the customer_id of a team empty", put(f"{BARE_TEAM}.customer_id", "")),
    Variant(
        "team-key-shows-customer",
        "shows in a team's key the customer that encloses the team",
        put(f"{DEEP_KEY}.customer", {"id": "customer-0004", "name": "Customer 0004"}),
    ),
    Variant(
        "rate-limit-shared",
        "shows one rate limit under two keys with other counters and another notation",
        several(
            edit(_shared_rate_limit),
            put(f"{DEEP_KEY}.rate_limit.token_current_usage", 1),
            put(f"{DEEP_KEY}.rate_limit.created_at", "2025-03-01T09:00:00.000+01:00"),
        ),
    ),
    Variant(
        "copies-say-null",
        "sends null for a hash in a back-reference alone",
        put(f"{DEEP_KEY}.team.config_hash", None, copies=False),
    ),
    Variant(
        "ids-of-every-kind",
        "has ids with slashes, blanks and quotes, and ids that differ in case or normalisation alone",
        edit(_odd_ids),
    ),
    Variant("names-blank", "has a name that is a blank", put(f"{BARE_TEAM}.name", " ")),
    Variant(
        "falsy-where-allowed",
        "has zeros, empty texts, empty lists and false wherever they may stand",
        edit(_falsy),
        unverified=("CUST-AUTH-006",),
    ),
    Variant(
        "memory-writes-otherwise",
        "writes the same instants, numbers and absent ids in another way from memory",
        several(
            put(f"{FIRST}.created_at", "2025-03-01t09:30:00.000+01:30", in_memory),
            put(f"{KEY}.created_at", "2025-02-28T23:00:00-09:00", in_memory),
            written(f"{DEEP_CONFIG}.weight", "75.0e-2", in_memory),
            put(f"{DEEP_KEY}.customer_id", "", in_memory),
        ),
    ),
    Variant(
        "owner-zero-for-none",
        "writes 0 for the provider config of each budget that none holds",
        edit(_zero_for_none),
    ),
    Variant(
        "memory-shows-null-for-zero",
        "shows the weight 0 as null from memory",
        several(put(f"{CONFIG}.weight", 0, in_database), put(f"{CONFIG}.weight", None, in_memory)),
    ),
    Variant(
        "members-twice-where-nothing-is-documented",
        "repeats a member beneath an undocumented property",
        Behaviour(dump=_repeating_beneath),
        warns=("CUST-SCH-014",),
    ),
    Variant(
        "auto-executes-of-all",
        "executes every tool and auto-executes some",
        put(f"{MCP}.mcp_client.tools_to_execute", ["*"]),
    ),
    Variant(
        "durations-without-limits",
        "has reset durations beside no limit",
        edit(_no_limits),
        unverified=("CUST-VAL-004",),
    ),
)
