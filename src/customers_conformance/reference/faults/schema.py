"""Faults of the shapes: a type, a member that is missing or too many."""

from __future__ import annotations

from typing import Any, Final

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
    in_database,
    in_memory,
    put,
    written,
)


def _keyed(call: Call, tree: Any) -> None:
    if call.shows_memory:
        tree["customers"] = {customer["id"]: customer for customer in tree["customers"]}


def _bare_list(call: Call, tree: Any) -> Any:
    return tree["customers"] if call.shows_memory else tree


def _null_customer(call: Call, tree: Any) -> None:
    if not call.shows_memory:
        tree["customers"].append(None)
        tree["count"] += 1


def _false_customer(call: Call, tree: Any) -> None:
    if not call.shows_memory:
        tree["customers"].append(False)
        tree["count"] += 1


def _shape(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-SCH-{number:03}", behaviour)


def _cloud() -> str:
    return f"{DEEP_CONFIG}.keys.0"


FAULTS: Final = (
    _shape("count-as-text", "writes count as a string", 1, put("count", str)),
    _shape("count-as-true", "writes count as true, from memory only", 1, put("count", True, in_memory)),
    _shape("count-null", "writes count as null", 1, put("count", None)),
    _shape("customers-by-id", "sends customers as an object keyed by id, from memory only", 1, Behaviour(value=_keyed)),
    _shape(
        "bare-list", "sends the customers without an object around, from memory only", 1, Behaviour(value=_bare_list)
    ),
    _shape("customer-budget-id-null", "sends a null budget_id of the last customer", 2, put(f"{LAST}.budget_id", None)),
    _shape(
        "customer-teams-null",
        "sends null for the teams of a customer, from memory only",
        2,
        put(f"{LAST}.teams", None, in_memory),
    ),
    _shape("customer-hash-as-number", "writes a customer's config_hash as a number", 2, put(f"{FIRST}.config_hash", 7)),
    _shape("customer-null", "lists null beside the customers of the database", 2, Behaviour(value=_null_customer)),
    _shape("team-profile-null", "sends a null profile of the first team", 3, put(f"{TEAM}.profile", None)),
    _shape(
        "team-claims-as-list",
        "sends a list for the claims of the last customer's team",
        3,
        put(f"{LAST}.teams.0.claims", []),
    ),
    _shape("team-customer-id-null", "sends a null customer_id of a team", 3, put(f"{BARE_TEAM}.customer_id", None)),
    _shape(
        "team-keys-as-object", "sends an object for the virtual keys of a team", 3, put(f"{BARE_TEAM}.virtual_keys", {})
    ),
    _shape(
        "key-without-configs",
        "leaves provider_configs out of a bare virtual key",
        4,
        drop(f"{BARE_KEY}.provider_configs"),
    ),
    _shape(
        "key-mcp-null",
        "sends null for mcp_configs, from memory only",
        4,
        put(f"{BARE_KEY}.mcp_configs", None, in_memory),
    ),
    _shape("key-active-as-number", "writes is_active of a team's key as 1", 4, put(f"{DEEP_KEY}.is_active", 1)),
    _shape(
        "key-without-alignment",
        "leaves calendar_aligned out of one virtual key",
        4,
        drop(f"{LAST}.teams.0.virtual_keys.1.calendar_aligned"),
    ),
    _shape("key-hash-null", "sends a null config_hash of a virtual key", 4, put(f"{KEY}.config_hash", None)),
    _shape(
        "config-id-as-text",
        "writes the id of a bare provider config as a string",
        5,
        put(f"{KEY}.provider_configs.1.id", str),
    ),
    _shape(
        "config-weight-as-text",
        "writes a weight deep inside a team's key as a string",
        5,
        put(f"{DEEP_CONFIG}.weight", "0.75"),
    ),
    _shape(
        "config-models-null",
        "sends null for the allowed models of the last customer's key",
        5,
        put(f"{DEEP_CONFIG}.allowed_models", None),
    ),
    _shape("config-model-as-number", "lists a number among the models", 5, put(f"{CONFIG}.allowed_models.1", 4)),
    _shape(
        "config-without-flag",
        "leaves allow_all_keys out, from memory only",
        5,
        drop(f"{CONFIG}.allow_all_keys", in_memory),
    ),
    _shape(
        "mcp-config-without-tools", "leaves tools_to_execute out of an MCP config", 6, drop(f"{MCP}.tools_to_execute")
    ),
    _shape(
        "mcp-config-client-id-as-text", "writes mcp_client_id as a string", 6, put(f"{DEEP_MCP}.mcp_client_id", str)
    ),
    _shape(
        "mcp-config-tool-null",
        "lists null among the tools of an MCP config",
        6,
        put(f"{DEEP_MCP}.tools_to_execute.0", None),
    ),
    _shape(
        "mcp-client-connection-as-object",
        "writes connection_string as an object",
        7,
        put(f"{MCP}.mcp_client.connection_string", {"value": "https://mcp.example"}),
    ),
    _shape("mcp-client-oauth-null", "sends a null oauth_config_id", 7, put(f"{MCP}.mcp_client.oauth_config_id", None)),
    _shape(
        "mcp-client-header-as-number",
        "sends a number for the value of a header",
        7,
        put(f"{MCP}.mcp_client.headers.X-Tenant", 12),
    ),
    _shape(
        "mcp-client-price-as-text",
        "writes the price of a tool as a string",
        7,
        put(f"{MCP}.mcp_client.tool_pricing.search", "0.002"),
    ),
    _shape(
        "mcp-client-args-as-text",
        "writes the args of a command as a string",
        7,
        put(f"{DEEP_MCP}.mcp_client.stdio_config.args", "--read-only"),
    ),
    _shape(
        "mcp-client-tls-as-text",
        "writes insecure_skip_verify as a string",
        7,
        put(f"{MCP}.mcp_client.tls_config.insecure_skip_verify", "no"),
    ),
    _shape(
        "provider-key-id-null",
        "sends a null id of a provider key, from memory only",
        8,
        put(f"{_cloud()}.id", None, in_memory),
    ),
    _shape(
        "provider-key-models-null", "sends null for the models of a provider key", 8, put(f"{_cloud()}.models", None)
    ),
    _shape(
        "provider-key-enabled-as-number", "writes enabled of a provider key as 0", 8, put(f"{CONFIG}.keys.0.enabled", 0)
    ),
    _shape(
        "provider-key-weight-as-text",
        "writes the weight of a provider key as a string",
        8,
        put(f"{CONFIG}.keys.0.weight", "1"),
    ),
    _shape("env-flag-as-text", "writes from_env as a string", 9, put(f"{_cloud()}.azure_endpoint.from_env", "false")),
    _shape(
        "env-value-null",
        "sends a null value of an EnvVar, from memory only",
        9,
        put(f"{_cloud()}.bedrock_region.value", None, in_memory),
    ),
    _shape("env-as-text", "writes an EnvVar as a string", 9, put(f"{_cloud()}.vertex_region", "europe-west1")),
    _shape(
        "env-variable-as-list", "writes env_var as a list", 9, put(f"{_cloud()}.vertex_auth_credentials.env_var", [])
    ),
    _shape(
        "budget-without-limit",
        "leaves max_limit out of a provider config's budget",
        10,
        drop(f"{DEEP_CONFIG}.budgets.0.max_limit"),
    ),
    _shape(
        "budget-usage-as-text",
        "writes current_usage as a string, from memory only",
        10,
        put(f"{LAST}.budget.current_usage", "12.25", in_memory),
    ),
    _shape(
        "budget-aligned-null",
        "sends a null calendar_aligned of a budget",
        10,
        put(f"{KEY}.budgets.1.calendar_aligned", None),
    ),
    _shape(
        "budget-owner-as-text",
        "writes provider_config_id as a string",
        10,
        put(f"{DEEP_CONFIG}.budgets.1.provider_config_id", str),
    ),
    _shape("budget-as-text", "sends a string for the budget of a team", 10, put(f"{TEAM}.budget", "250.50")),
    _shape(
        "rate-usage-as-fraction",
        "writes token_current_usage as 1.5, from memory only",
        11,
        put(f"{KEY}.rate_limit.token_current_usage", 1.5, in_memory),
    ),
    _shape(
        "rate-without-request-usage",
        "leaves request_current_usage out",
        11,
        drop(f"{DEEP_CONFIG}.rate_limit.request_current_usage"),
    ),
    _shape(
        "rate-token-limit-null", "sends a null token_max_limit", 11, put(f"{DEEP_KEY}.rate_limit.token_max_limit", None)
    ),
    _shape("rate-as-list", "sends a list for a rate limit", 11, put(f"{CONFIG}.rate_limit", [])),
    _shape("count-false", "writes count as false", 1, put("count", False)),
    _shape(
        "count-hardly-whole",
        "writes count with a digit far behind the point",
        1,
        written("count", "4.00000000000000000001"),
    ),
    _shape(
        "customers-empty-text",
        "sends an empty text for customers, from memory only",
        1,
        put("customers", "", in_memory),
    ),
    _shape("customer-false", "lists false beside the customers of the database", 2, Behaviour(value=_false_customer)),
    _shape(
        "customer-teams-empty-object", "sends an empty object for the teams of a customer", 2, put(f"{LAST}.teams", {})
    ),
    _shape("customer-name-zero", "writes the name of a customer as 0", 2, put(f"{LAST}.name", 0)),
    _shape("team-claims-empty-list", "sends an empty list for the claims of a team", 3, put(f"{BARE_TEAM}.claims", [])),
    _shape("team-config-empty-text", "sends an empty text for the config of a team", 3, put(f"{TEAM}.config", "")),
    _shape("team-customer-id-zero", "writes the customer_id of a team as 0", 3, put(f"{BARE_TEAM}.customer_id", 0)),
    _shape(
        "key-description-null", "sends a null description of a virtual key", 4, put(f"{BARE_KEY}.description", None)
    ),
    _shape("key-budgets-null", "sends null for the budgets of a virtual key", 4, put(f"{BARE_KEY}.budgets", None)),
    _shape("key-rate-limit-id-zero", "writes the rate_limit_id of a key as 0", 4, put(f"{KEY}.rate_limit_id", 0)),
    _shape(
        "config-id-hardly-whole",
        "writes the id of a provider config with a digit far behind the point",
        5,
        written(f"{KEY}.provider_configs.1.id", "2.00000000000000000001"),
    ),
    _shape("config-weight-false", "writes a weight as false", 5, put(f"{KEY}.provider_configs.1.weight", False)),
    _shape(
        "mcp-config-client-id-hardly-whole",
        "writes mcp_client_id as 5.00000000000000000001",
        6,
        written(f"{DEEP_MCP}.mcp_client_id", "5.00000000000000000001"),
    ),
    _shape("mcp-config-tools-empty-text", "sends an empty text for tools", 6, put(f"{DEEP_MCP}.tools_to_execute", "")),
    _shape("mcp-client-null", "sends null for an MCP client", 7, put(f"{DEEP_MCP}.mcp_client", None, copies=False)),
    _shape(
        "mcp-client-price-false",
        "writes the price of a tool as false",
        7,
        put(f"{MCP}.mcp_client.tool_pricing.fetch", False),
    ),
    _shape(
        "provider-key-empty-list",
        "lists an empty list among provider keys",
        8,
        put(f"{CONFIG}.keys.1", [], copies=False),
    ),
    _shape(
        "provider-id-far-below-whole",
        "writes provider_id as 1e-400, which is not 0",
        8,
        written(f"{_cloud()}.provider_id", "1e-400"),
    ),
    _shape("env-empty-text", "writes an EnvVar as an empty text", 9, put(f"{_cloud()}.vertex_region", "")),
    _shape("env-flag-zero", "writes from_env as 0", 9, put(f"{_cloud()}.azure_endpoint.from_env", 0)),
    _shape("budget-reset-null", "sends a null last_reset of a budget", 10, put(f"{KEY}.budgets.1.last_reset", None)),
    _shape("budget-limit-false", "writes max_limit as false", 10, put(f"{KEY}.budgets.1.max_limit", False)),
    _shape(
        "rate-usage-hardly-whole",
        "writes token_current_usage as 4321.00000000000000000001",
        11,
        written(f"{KEY}.rate_limit.token_current_usage", "4321.00000000000000000001"),
    ),
    _shape("rate-null", "sends null for a rate limit", 11, put(f"{CONFIG}.rate_limit", None)),
    _shape("extra-on-customer", "sends an undocumented property of the last customer", 14, put(f"{LAST}.tier", "gold")),
    _shape(
        "extra-at-the-top",
        "sends an undocumented property beside count, from memory only",
        14,
        put("offset", 0, in_memory),
    ),
    _shape(
        "extra-in-provider-key",
        "sends an undocumented property deep inside a team's key",
        14,
        put(f"{_cloud()}.rotation_days", 30),
    ),
    _shape("extra-null", "sends an undocumented property that is null", 14, put(f"{MCP}.mcp_client.icon", None)),
    _shape(
        "extra-in-env", "sends an undocumented property of an EnvVar", 14, put(f"{_cloud()}.azure_endpoint.hint", "url")
    ),
    _shape("extra-without-name", "sends a property whose name is empty", 14, put(f"{KEY}.budgets.0.", 0)),
    _shape("extra-by-case", "sends Name beside the name of a team", 14, put(f"{BARE_TEAM}.Name", "Sales")),
    _shape(
        "extra-in-command",
        "sends cwd in stdio_config",
        14,
        put(f"{DEEP_MCP}.mcp_client.stdio_config.cwd", "/srv/files"),
    ),
    _shape("no-count-in-database", "leaves count out, from the database only", 15, drop("count", in_database)),
    _shape("no-count", "leaves count out", 15, drop("count")),
    _shape("no-count-in-memory", "leaves count out, from memory only", 15, drop("count", in_memory)),
    _shape("no-customer-name", "leaves the name of the last customer out", 15, drop(f"{LAST}.name")),
    _shape("no-team-id", "leaves the id of a team out", 15, drop(f"{BARE_TEAM}.id")),
    _shape(
        "no-team-name-in-memory",
        "leaves the name of a team out, from memory only",
        15,
        drop(f"{BARE_TEAM}.name", in_memory),
    ),
    _shape("no-customers-in-memory", "leaves customers out, from memory only", 15, drop("customers", in_memory)),
)
