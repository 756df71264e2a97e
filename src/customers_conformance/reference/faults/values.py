"""Faults of single values: durations, limits, lists, times, names, numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
    in_memory,
    on_third_plain_read,
    put,
    written,
)

_INT64_END = 2**63
_BEFORE = "2024-12-31T23:59:59Z"
_AFTER = "2099-01-01T00:00:00Z"


def _value(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-VAL-{number:03}", behaviour)


def _soon(_: Any) -> str:
    return (datetime.now(UTC) + timedelta(minutes=10)).isoformat()


FAULTS: Final = (
    _value("duration-zero", "resets a deep budget every 0d", 1, put(f"{DEEP_CONFIG}.budgets.0.reset_duration", "0d")),
    _value("duration-negative", "resets tokens every -1h", 1, put(f"{KEY}.rate_limit.token_reset_duration", "-1h")),
    _value(
        "duration-word", "resets a team's key's budget daily", 1, put(f"{DEEP_KEY}.budgets.1.reset_duration", "daily")
    ),
    _value(
        "duration-fraction-of-day",
        "resets a deep budget every 1.5d",
        1,
        put(f"{DEEP_CONFIG}.budgets.1.reset_duration", "1.5d"),
    ),
    _value("duration-iso", "resets a budget every P1D", 1, put(f"{CONFIG}.budgets.0.reset_duration", "P1D")),
    _value(
        "duration-empty",
        "sends an empty token_reset_duration",
        1,
        put(f"{DEEP_KEY}.rate_limit.token_reset_duration", ""),
    ),
    _value("duration-bare-number", "resets a budget every 30", 1, put(f"{KEY}.budgets.1.reset_duration", "30")),
    _value("aligned-hours", "aligns a budget of 1h to the calendar", 2, put(f"{KEY}.budgets.1.calendar_aligned", True)),
    _value(
        "aligned-24h",
        "aligns the last customer's budget, of 24h, to the calendar",
        2,
        put(f"{LAST}.budget.reset_duration", "24h"),
    ),
    _value(
        "aligned-minutes",
        "aligns a deep budget of 30m to the calendar",
        2,
        put(f"{DEEP_CONFIG}.budgets.1.calendar_aligned", True),
    ),
    _value("limit-negative", "sends a negative max_limit", 3, put(f"{DEEP_CONFIG}.budgets.0.max_limit", -0.01)),
    _value(
        "usage-negative-in-memory",
        "sends a negative current_usage, from memory only",
        3,
        put(f"{LAST}.budget.current_usage", -1, in_memory),
    ),
    _value(
        "token-usage-negative",
        "sends a negative token usage deep inside a team's key",
        3,
        put(f"{DEEP_CONFIG}.rate_limit.token_current_usage", -5),
    ),
    _value(
        "request-usage-negative-once",
        "sends a negative request usage on the third plain read only",
        3,
        put(f"{KEY}.rate_limit.request_current_usage", -1, on_third_plain_read),
    ),
    _value("token-limit-zero", "sets a token limit of 0", 4, put(f"{KEY}.rate_limit.token_max_limit", 0)),
    _value(
        "request-limit-negative",
        "sets a negative request limit",
        4,
        put(f"{DEEP_KEY}.rate_limit.request_max_limit", -1),
    ),
    _value(
        "token-limit-without-duration",
        "sets a token limit without a duration, deep inside",
        4,
        drop(f"{DEEP_CONFIG}.rate_limit.token_reset_duration"),
    ),
    _value(
        "request-limit-with-null-duration",
        "sets a request limit beside a null duration",
        4,
        put(f"{KEY}.rate_limit.request_reset_duration", None),
    ),
    _value("star-beside-model", "lists * beside a model", 5, put(f"{CONFIG}.allowed_models.1", "*")),
    _value(
        "model-twice",
        "lists a model twice in different case",
        5,
        put(f"{DEEP_CONFIG}.allowed_models", ["gpt-4o", "GPT-4o"]),
    ),
    _value(
        "denied-model-twice",
        "denies a model twice",
        5,
        put(f"{DEEP_KEY}.provider_configs.1.blacklisted_models", ["titan-text", "titan-text"]),
    ),
    _value(
        "star-beside-tool", "lists * beside tools of an MCP config", 5, put(f"{MCP}.tools_to_execute", ["search", "*"])
    ),
    _value(
        "auto-tool-twice",
        "auto-executes a tool twice",
        5,
        put(f"{MCP}.mcp_client.tools_to_auto_execute", ["search", "search"]),
    ),
    _value(
        "auto-tool-not-executed",
        "auto-executes a tool that it does not execute",
        6,
        put(f"{MCP}.mcp_client.tools_to_auto_execute", ["search", "delete"]),
    ),
    _value(
        "executed-tool-too-few",
        "executes fewer tools than it auto-executes",
        6,
        put(f"{MCP}.mcp_client.tools_to_execute", ["search", "summarize"]),
    ),
    _value(
        "customer-updated-before",
        "reports the first customer updated before it was created",
        7,
        put(f"{FIRST}.updated_at", _BEFORE),
    ),
    _value(
        "budget-updated-before",
        "reports a deep budget updated before it was created, from memory only",
        7,
        put(f"{DEEP_CONFIG}.budgets.1.updated_at", _BEFORE, in_memory),
    ),
    _value(
        "provider-key-updated-before",
        "reports a provider key updated before it was created",
        7,
        put(f"{DEEP_CONFIG}.keys.0.updated_at", _BEFORE),
    ),
    _value(
        "team-updated-before-by-offset",
        "reports a team updated before it was created, for those who mind the offset",
        7,
        put(f"{BARE_TEAM}.updated_at", "2025-03-01T08:30:00+01:00"),
    ),
    _value(
        "reset-in-future",
        "reports a reset in 2099, from memory only",
        8,
        put(f"{LAST}.budget.last_reset", _AFTER, in_memory),
    ),
    _value(
        "reset-soon", "reports a reset ten minutes ahead", 8, put(f"{DEEP_CONFIG}.rate_limit.token_last_reset", _soon)
    ),
    _value("updated-in-future", "reports a virtual key updated in 2099", 8, put(f"{BARE_KEY}.updated_at", _AFTER)),
    _value(
        "request-reset-in-future",
        "reports a reset of requests in 2099",
        8,
        put(f"{KEY}.rate_limit.request_last_reset", _AFTER),
    ),
    _value(
        "env-without-variable",
        "names no variable where from_env is true",
        9,
        drop(f"{DEEP_CONFIG}.keys.0.vertex_auth_credentials.env_var"),
    ),
    _value(
        "env-with-empty-variable",
        "names an empty variable where from_env is true",
        9,
        put(f"{DEEP_CONFIG}.keys.0.value.env_var", ""),
    ),
    _value(
        "env-flag-without-variable",
        "says from_env where no variable is named",
        9,
        put(f"{DEEP_CONFIG}.keys.0.azure_endpoint.from_env", True),
    ),
    _value("customer-name-empty", "shows an empty name of the last customer", 10, put(f"{LAST}.name", "")),
    _value("team-name-empty", "shows an empty name of a team", 10, put(f"{BARE_TEAM}.name", "")),
    _value(
        "key-name-empty",
        "shows an empty name of a virtual key of a team",
        10,
        put(f"{LAST}.teams.0.virtual_keys.1.name", ""),
    ),
    _value("key-id-empty", "shows an empty id of a bare virtual key", 10, put(f"{BARE_KEY}.id", "")),
    _value("limit-beyond-doubles", "writes a limit as 1e400", 11, written(f"{LAST}.budget.max_limit", "1e400")),
    _value(
        "price-beyond-doubles",
        "writes a price as -1e400",
        11,
        written(f"{MCP}.mcp_client.tool_pricing.search", "-1e400"),
    ),
    _value(
        "usage-beyond-int64",
        "counts 2^63 tokens, from memory only",
        11,
        put(f"{KEY}.rate_limit.token_current_usage", _INT64_END, in_memory),
    ),
    _value(
        "limit-beyond-int64",
        "limits requests to 2^63, deep inside",
        11,
        put(f"{DEEP_KEY}.rate_limit.request_max_limit", _INT64_END),
    ),
    _value(
        "client-id-below-int64", "numbers an MCP client -2^63-1", 11, put(f"{DEEP_MCP}.mcp_client_id", -_INT64_END - 1)
    ),
    _value(
        "limit-of-float-beyond-int64", "limits tokens to 1e19", 11, put(f"{DEEP_KEY}.rate_limit.token_max_limit", 1e19)
    ),
    _value(
        "client-weight-beyond-doubles",
        "weighs a provider key 1e400",
        11,
        written(f"{TEAM}.virtual_keys.0.provider_configs.0.keys.0.weight", "1e400"),
    ),
)
