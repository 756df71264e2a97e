"""Faults of single values: date-times, durations, limits, lists, names, numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

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
    respelled,
    several,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.reference.places import When

_TOKEN_RESET = f"{DEEP_KEY}.rate_limit.token_last_reset"
_INT64_END = 2**63
_BEFORE = "2024-12-31T23:59:59Z"
_AFTER = "2099-01-01T00:00:00Z"


def _value(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-VAL-{number:03}", behaviour)


def _soon(_: Any) -> str:
    return (datetime.now(UTC) + timedelta(minutes=10)).isoformat()


def _date_times() -> Iterator[Fault]:
    """One wrong form each, in one place each."""
    cases: tuple[tuple[str, str, str, str, When | None], ...] = (
        ("space", "with a blank for the T", f"{LAST}.created_at", "2025-03-01 08:00:00Z", None),
        ("no-offset", "without an offset", f"{KEY}.created_at", "2025-03-01T08:00:00", None),
        (
            "compact-offset",
            "with an offset that has no colon",
            f"{BARE_TEAM}.updated_at",
            "2025-06-15T12:30:45+0100",
            None,
        ),
        ("no-such-day", "on the 30th of February", f"{DEEP_CONFIG}.budgets.1.last_reset", "2025-02-30T00:00:00Z", None),
        ("hour-24", "at hour 24", _TOKEN_RESET, "2025-02-01T24:00:00Z", in_memory),
        ("date-only", "as a date alone, from memory only", f"{FIRST}.budget.last_reset", "2025-02-01", in_memory),
        ("leap-second-at-noon", "with a leap second at noon", f"{KEY}.updated_at", "2025-06-30T12:00:60Z", None),
        (
            "http-date",
            "as HTTP writes dates",
            f"{DEEP_CONFIG}.keys.0.created_at",
            "Sat, 01 Mar 2025 08:00:00 GMT",
            None,
        ),
        (
            "empty-fraction",
            "with a point and no digit after it",
            f"{BARE_KEY}.updated_at",
            "2025-06-15T12:30:45.Z",
            None,
        ),
        ("wide-offset", "with an offset of 24 hours", f"{TEAM}.created_at", "2025-03-01T08:00:00+24:00", None),
        (
            "leap-second-elsewhere",
            "with a leap second at 23:59 of another offset than UTC",
            f"{LAST}.created_at",
            "2016-12-31T23:59:60+01:00",
            None,
        ),
        ("comma", "with a comma before the fraction", f"{KEY}.updated_at", "2025-06-15T12:30:45,5Z", None),
        ("no-leap-day", "on a leap day of a common year", _TOKEN_RESET, "2023-02-29T00:00:00Z", None),
        ("line-end", "with a line end after it", f"{BARE_KEY}.updated_at", "2025-06-15T12:30:45Z\n", None),
        (
            "foreign-digits",
            "with digits of another script",
            f"{BARE_TEAM}.updated_at",
            "\u0662\u0660\u0662\u0665-06-15T12:30:45Z",
            None,
        ),
        ("second-61", "with a second 61", f"{TEAM}.budget.last_reset", "2016-12-31T23:59:61Z", None),
        ("empty", "as an empty text, on the third plain read only", _TOKEN_RESET, "", on_third_plain_read),
    )
    for name, says, path, text, when in cases:
        behaviour = put(path, text, when) if when else put(path, text)
        yield Fault(f"time-{name}", f"writes a date-time {says}", "CUST-SCH-013", behaviour)


FAULTS: Final = (
    *_date_times(),
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
    *(
        _value(f"duration-{name}", f"resets {says}", 1, put(f"{KEY}.budgets.1.reset_duration", text))
        for name, says, text in (
            ("beyond-go", "a budget after more hours than Go counts", "2562048h"),
            ("of-day-and-hours", "a budget every 1d12h, which nothing reads", "1d12h"),
            ("of-foreign-digit", "a budget every day, in a digit of another script", "\u0661d"),
            ("with-blank", "a budget every 1h with a blank before it", " 1h"),
            ("with-plus-of-days", "a budget every +1d, which nothing reads", "+1d"),
            ("zero-of-several", "a budget every 0h0m", "0h0m"),
        )
    ),
    _value("limit-hardly-negative", "writes max_limit as -1e-400", 3, written(f"{LAST}.budget.max_limit", "-1e-400")),
    _value(
        "usage-hardly-negative",
        "writes current_usage as -0.00000000000000000000001e-300, from memory only",
        3,
        written(f"{KEY}.budgets.0.current_usage", "-0.00000000000000000000001e-300", in_memory),
    ),
    _value(
        "request-limit-zero-as-written",
        "sets a request limit of 0e9",
        4,
        written(f"{KEY}.rate_limit.request_max_limit", "0e9"),
    ),
    _value(
        "token-limit-minus-zero",
        "sets a token limit of -0.0",
        4,
        written(f"{DEEP_KEY}.rate_limit.token_max_limit", "-0.0"),
    ),
    _value("stars-twice", "lists * twice", 5, put(f"{DEEP_CONFIG}.allowed_models", ["*", "*"])),
    _value("empty-model-twice", "lists an empty model twice", 5, put(f"{CONFIG}.blacklisted_models", ["", ""])),
    _value(
        "auto-tool-where-none-is-executed",
        "auto-executes a tool where none is executed",
        6,
        put(f"{MCP}.mcp_client.tools_to_execute", []),
    ),
    _value(
        "key-hardly-updated-before",
        "reports a virtual key updated a fraction of a nanosecond before it was created",
        7,
        several(
            put(f"{BARE_KEY}.created_at", "2025-03-01T08:00:00.0000000002Z"),
            put(f"{BARE_KEY}.updated_at", "2025-03-01T08:00:00.0000000001Z"),
        ),
    ),
    _value(
        "reset-after-all-calendars",
        "reports a reset in the first hours of the year 10000",
        8,
        put(f"{KEY}.rate_limit.request_last_reset", "9999-12-31T23:59:59-23:59"),
    ),
    *(
        _value(
            f"env-with-{name}",
            f"names {says} where from_env is true",
            9,
            put(f"{DEEP_CONFIG}.keys.0.vertex_auth_credentials.env_var", text),
        )
        for name, says, text in (
            ("blank-variable", "a blank", " "),
            ("white-variable", "a tab and a line end", "\t\n"),
            ("prefix-alone", "env. alone", "env."),
        )
    ),
    _value("team-id-empty", "shows an empty id of a team", 10, put(f"{BARE_TEAM}.id", "")),
    _value("customer-id-empty", "shows an empty id of a customer", 10, respelled('"customer-0004"', '""')),
    _value(
        "limit-just-beyond-int64",
        "limits requests to 9223372036854775808.0",
        11,
        written(f"{DEEP_KEY}.rate_limit.request_max_limit", "9223372036854775808.0"),
    ),
    _value(
        "usage-just-beyond-int64",
        "counts 922337203685477580.8e1 tokens",
        11,
        written(f"{KEY}.rate_limit.token_current_usage", "922337203685477580.8e1"),
    ),
    _value(
        "client-id-just-below-int64",
        "numbers an MCP client -9223372036854775809.0",
        11,
        written(f"{DEEP_MCP}.mcp_client_id", "-9223372036854775809.0"),
    ),
    _value(
        "config-id-beyond-doubles",
        "writes the id of a config as 1e400",
        11,
        written(f"{KEY}.provider_configs.1.id", "1e400"),
    ),
)
