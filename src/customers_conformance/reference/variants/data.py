"""Variants of the data: legal forms of times and numbers, absent and null members, orders, counters that move."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.behaviour import Behaviour, Call, Variant
from customers_conformance.reference.places import (
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
    in_memory,
    look,
    objects,
    put,
    rename,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_KINDS = (
    "Customer",
    "Team",
    "VirtualKey",
    "ProviderConfig",
    "McpConfig",
    "McpClient",
    "ProviderKey",
    "Budget",
    "RateLimit",
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
_TIMES = ("created_at", "updated_at")


def _times(text: str) -> Behaviour:
    """The same date-time wherever a creation or an update is told."""

    def change(tree: Any) -> None:
        for kind in _KINDS:
            for found in objects(tree, kind):
                found.update({name: text for name in _TIMES if name in found})

    return edit(change)


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


def _shuffled_members(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _shuffled_members(tree[name]) for name in sorted(tree, reverse=True)}
    return [_shuffled_members(item) for item in tree] if isinstance(tree, list) else tree


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


def _masked(text: str) -> Behaviour:
    return put(f"{DEEP_CONFIG}.keys.0.value", {"value": text, "from_env": False})


def _duration(text: str) -> Behaviour:
    return put(f"{KEY}.rate_limit.token_reset_duration", text)


def _surrogate(tree: Any) -> bytes:
    return json.dumps(tree).replace("Customer 0001", "Customer \\ud83d 0001").encode()


def _rewritten(old: str, new: str) -> Callable[[Any], bytes]:
    return lambda tree: json.dumps(tree).replace(old, new).encode()


def _one_name_for_all_kinds(tree: Any) -> None:
    rename(tree, "Customer", "Customer 0001", "Acme")
    rename(tree, "Team", "Team 0001 research", "Acme")
    rename(tree, "VirtualKey", "Key vk-0001-1", "Acme")


VARIANTS: Final = (
    Variant("times-in-lower-case", "writes t and z in lower case", _times("2025-03-01t08:00:00z")),
    Variant("times-with-offset", "writes an offset of -07:30", _times("2025-03-01T08:00:00.5-07:30")),
    Variant("times-unknown-offset", "writes the offset -00:00", _times("2025-03-01T08:00:00-00:00")),
    Variant("times-leap-second", "writes a leap second", _times("2016-12-31T23:59:60Z")),
    Variant(
        "times-leap-second-elsewhere", "writes a leap second with another offset", _times("1990-12-31T15:59:60-08:00")
    ),
    Variant("times-of-twelve-digits", "writes twelve digits of a second", _times("2025-03-01T08:00:00.123456789012Z")),
    Variant(
        "times-never-set",
        "writes the zero time for what was never set",
        _times("0001-01-01T00:00:00Z"),
        unverified=("CUST-VAL-007",),
    ),
    Variant(
        "zero-update",
        "writes the zero time for an update that never was",
        put(f"{LAST}.updated_at", "0001-01-01T00:00:00Z"),
    ),
    Variant(
        "resets-never-happened",
        "writes the zero time for a reset",
        put(f"{LAST}.budget.last_reset", "0001-01-01T00:00:00Z"),
    ),
    Variant(
        "time-slightly-ahead",
        "reports an update a minute ahead",
        put(f"{KEY}.updated_at", lambda _: datetime.fromtimestamp(time.time() + 60, UTC).isoformat()),
    ),
    Variant("int64-max", "holds the greatest int64", put(f"{KEY}.rate_limit.token_max_limit", 2**63 - 1)),
    Variant("beyond-doubles", "holds 2^53+1", put(f"{KEY}.rate_limit.request_max_limit", 2**53 + 1)),
    Variant(
        "integer-with-point",
        "writes an integer as 4.0",
        Behaviour(dump=lambda tree: json.dumps({**tree, "count": float(tree["count"])}).encode()),
    ),
    Variant(
        "integer-with-exponent",
        "writes 100000 as 1e5",
        Behaviour(dump=_rewritten('"token_max_limit": 100000', '"token_max_limit": 1e5')),
    ),
    Variant(
        "tiny-and-exact",
        "writes a limit with more digits than a double holds",
        Behaviour(dump=_rewritten("250.5", "250.50000000000000000000000001")),
    ),
    Variant("minus-zero", "writes a usage as -0.0", put(f"{LAST}.budget.current_usage", -0.0)),
    Variant("other-order-in-memory", "lists everything in another order from memory", edit(_reverse, in_memory)),
    Variant("order-turns", "turns the order round at each read", Behaviour(value=_turning)),
    Variant(
        "members-in-other-order",
        "writes the members in another order",
        Behaviour(value=lambda _, tree: _shuffled_members(tree)),
    ),
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
    Variant("masked-by-stars", "masks a secret by stars", _masked("************")),
    Variant("masked-by-dots", "masks a secret by dots, with its ends", _masked("sk-1••••••abcd")),
    Variant("masked-by-crosses", "masks a secret by crosses", _masked("XXXXXXXX1234")),
    Variant("masked-by-word", "masks a secret by a word", _masked("redacted")),
    Variant("masked-by-tag", "masks a secret by a tag", _masked("<REDACTED>")),
    Variant("masked-by-reference", "shows a reference for a secret", _masked("env.OPENAI_KEY")),
    Variant("secret-null-cloud", "sends null for cloud secrets", put(f"{DEEP_CONFIG}.keys.0.bedrock_secret_key", None)),
    Variant("duration-compound", "resets tokens every 1h30m", _duration("1h30m")),
    Variant("duration-fraction", "resets tokens every 1.5h", _duration("1.5h")),
    Variant("duration-milliseconds", "resets tokens every 500ms", _duration("500ms")),
    Variant("duration-micro", "resets tokens every 250µs", _duration("250µs")),
    Variant("duration-years", "resets tokens every 2Y", _duration("2Y")),
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
        "names-with-emoji",
        "has emoji and right-to-left marks in names",
        edit(lambda tree: rename(tree, "Customer", "Customer 0001", "Ünï 👩‍🚀 \u202e\u0000 </script>")),
    ),
    Variant(
        "names-very-long",
        "has a name of 20,000 characters",
        edit(lambda tree: rename(tree, "Customer", "Customer 0001", "n" * 20000)),
    ),
    Variant("lone-surrogate", "has half an emoji in a name", Behaviour(dump=_surrogate)),
    Variant(
        "escaped",
        "escapes whatever can be escaped",
        Behaviour(dump=lambda tree: json.dumps(tree).replace("/", "\\/").encode()),
    ),
    Variant(
        "pretty-printed",
        "prints JSON for people",
        Behaviour(dump=lambda tree: b"\r\n" + json.dumps(tree, indent="\t").encode() + b"\n\n"),
    ),
)
