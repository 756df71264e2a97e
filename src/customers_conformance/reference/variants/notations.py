"""Variants of how values are written: date-times, numbers, durations, masks, and JSON itself."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.behaviour import Behaviour, Variant
from customers_conformance.reference.places import (
    CONFIG,
    DEEP_CONFIG,
    DEEP_MCP,
    KEY,
    LAST,
    MCP,
    TEAM,
    edit,
    objects,
    put,
    rename,
    several,
    written,
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
_TIMES = ("created_at", "updated_at")


def _times(text: str) -> Behaviour:
    """The same date-time wherever a creation or an update is told."""

    def change(tree: Any) -> None:
        for kind in _KINDS:
            for found in objects(tree, kind):
                found.update({name: text for name in _TIMES if name in found})

    return edit(change)


def _shuffled_members(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _shuffled_members(tree[name]) for name in sorted(tree, reverse=True)}
    return [_shuffled_members(item) for item in tree] if isinstance(tree, list) else tree


def _masked(text: str) -> Behaviour:
    return put(f"{DEEP_CONFIG}.keys.0.value", {"value": text, "from_env": False})


def _duration(text: str) -> Behaviour:
    return put(f"{KEY}.rate_limit.token_reset_duration", text)


def _surrogate(tree: Any) -> bytes:
    return json.dumps(tree).replace("Customer 0001", "Customer \\ud83d 0001").encode()


def _rewritten(old: str, new: str) -> Callable[[Any], bytes]:
    return lambda tree: json.dumps(tree).replace(old, new).encode()


def _certificate(line: str) -> Behaviour:
    text = f"-----BEGIN CERTIFICATE-----\n{line}\n-----END CERTIFICATE-----\n"
    return put(f"{MCP}.mcp_client.tls_config.ca_cert_pem", text)


def _escaped(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + " ,\n".join(f"{_escaped(name)}\t:\r\n{_escaped(held)}" for name, held in value.items()) + " }"
    if isinstance(value, list):
        return "[\n" + " , ".join(map(_escaped, value)) + "\t]"
    if isinstance(value, str):
        units = value.encode("utf-16-be")
        return '"' + "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2)) + '"'
    return json.dumps(value)


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
    Variant(
        "members-in-other-order",
        "writes the members in another order",
        Behaviour(value=lambda _, tree: _shuffled_members(tree)),
    ),
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
    *(
        Variant(f"masked-by-{name}", f"masks a secret by {says}", _masked(text))
        for name, says, text in (
            ("reference-with-marks", "a reference with points and hyphens", "env.vault.team-a_2"),
            ("mixed-run", "a run of different mask characters between eight others", "1234xX*\u20225678"),
            ("four-dots", "four dots alone", "\u2022\u2022\u2022\u2022"),
            ("capital-tag", "a tag in mixed case", "[Redacted]"),
        )
    ),
    *(
        Variant(f"certificate-masked-by-{name}", f"masks the lines of a certificate by {says}", _certificate(text))
        for name, says, text in (
            ("stars", "stars", "****************************************************************"),
            ("crosses", "crosses, which are Base64 by their letters", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            ("tag", "a tag", "<redacted>"),
            ("nothing", "leaving them out", ""),
        )
    ),
    Variant(
        "headers-masked-in-every-way",
        "masks the headers of an MCP client in every way",
        put(
            f"{MCP}.mcp_client.headers",
            {"A": "", "B": "env.X.y-z", "C": "xxxx", "D": "Bearer \u2022\u2022\u2022\u2022\u2022", "E": "Redacted"},
        ),
    ),
    Variant(
        "integers-as-they-may-be-written",
        "writes integers as 9223372036854775807.0, 1.2e1, -0 and the least int64",
        several(
            written("count", "0.4E+1"),
            written(f"{KEY}.rate_limit.token_max_limit", "9223372036854775807.0"),
            written(f"{KEY}.rate_limit.request_max_limit", "600.000"),
            written(f"{KEY}.rate_limit.token_current_usage", "-0"),
            written(f"{KEY}.rate_limit.request_current_usage", "-0.0E-5"),
            written(f"{KEY}.provider_configs.1.id", "0.12e2"),
            written(f"{DEEP_MCP}.mcp_client_id", "-9223372036854775808"),
        ),
    ),
    Variant(
        "numbers-far-from-doubles",
        "writes numbers that no double holds where no integer is due",
        several(
            written(f"{DEEP_CONFIG}.weight", "5.00000000000000000001"),
            written(f"{CONFIG}.weight", "1e-400"),
            written(f"{LAST}.budget.max_limit", "-0e400"),
            written(f"{LAST}.budget.current_usage", "0." + "1234567890" * 4),
            written(f"{MCP}.mcp_client.tool_pricing.search", "123456789012345678901234567890"),
        ),
    ),
    Variant(
        "equal-however-written",
        "writes one weight in two ways in one answer, and one time too",
        several(
            written(f"{DEEP_CONFIG}.keys.0.weight", "5E-1", copies=False),
            put(f"{TEAM}.customer.created_at", "2025-03-01T09:00:00.00+01:00", copies=False),
        ),
    ),
    *(
        Variant(f"duration-{name}", f"resets tokens every {text}", _duration(text))
        for name, text in (
            ("bare-fraction", ".5h"),
            ("bare-point", "1.s"),
            ("with-plus", "+1h"),
            ("greek-micro", "1\u03bcs"),
            ("longest", "2562047h47m16.854775807s"),
            ("with-zeros", "1h0m0s"),
            ("days-with-zeros", "007d"),
        )
    ),
    Variant(
        "variables-without-flag",
        "has empty and absent variables where from_env is false or absent",
        several(
            put(f"{DEEP_CONFIG}.keys.0.azure_endpoint", {"value": "https://spare.example", "env_var": ""}),
            put(f"{DEEP_CONFIG}.keys.0.azure_client_id", {}),
            put(f"{DEEP_CONFIG}.keys.0.bedrock_region", {"env_var": " env.AWS_REGION ", "from_env": True}),
            put(f"{DEEP_CONFIG}.keys.0.bedrock_arn.env_var", "env."),
        ),
    ),
    Variant(
        "every-character-escaped",
        "escapes every character of every name and text",
        Behaviour(dump=lambda tree: _escaped(tree).encode()),
    ),
    Variant(
        "texts-of-every-kind",
        "has byte order marks, line separators, quotes and control characters in texts",
        put(f"{KEY}.description", '\ufeff\u2028\u2029 "\\/\b\u007f\u0085'),
    ),
)
