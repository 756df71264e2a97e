"""The made-up data of the reference server: the same rows for the same number of customers, always.

Every property of every object of the contract is held at least once, in every customer, so that a defect can sit in
any of them.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
Rows = dict[str, list[Row]]

CREATED: Final = "2025-03-01T08:00:00Z"
UPDATED: Final = "2025-06-15T12:30:45.123456789Z"
RESET: Final = "2025-06-01T00:00:00+00:00"

_CLOUD_FIELDS: Final = (
    "azure_endpoint",
    "azure_client_id",
    "azure_tenant_id",
    "vertex_project_id",
    "vertex_project_number",
    "vertex_region",
    "bedrock_region",
    "bedrock_arn",
)
_CLOUD_SECRETS: Final = (
    "azure_client_secret",
    "vertex_auth_credentials",
    "bedrock_access_key",
    "bedrock_secret_key",
    "bedrock_session_token",
)
#: Every property of a provider key that holds an EnvVar or null, besides ``value``.
CLOUD: Final = _CLOUD_FIELDS + _CLOUD_SECRETS


def rows(customers: int) -> Rows:
    """The rows of every table, by its name, for so many customers (0 or more)."""
    tables: Rows = {
        "customers": [],
        "teams": [],
        "virtual_keys": [],
        "provider_configs": [],
        "provider_config_keys": [],
        "provider_keys": list(_provider_keys()),
        "mcp_clients": list(_mcp_clients()),
        "mcp_configs": [],
        "budgets": [],
        "rate_limits": [],
    }
    for number in range(1, customers + 1):
        _add_customer(tables, number)
    return tables


def virtual_key_value(identifier: str) -> str:
    """The bearer value of the virtual key with this id: a UUID after the prefix that all of them have."""
    return f"sk-bf-{uuid.uuid5(uuid.NAMESPACE_URL, f'https://gateway.invalid/{identifier}')}"


def _add_customer(tables: Rows, number: int) -> None:
    customer = f"customer-{number:04}"
    tables["customers"].append(
        {
            "id": customer,
            "name": f"Customer {number:04}",
            "budget_id": f"budget-{number:04}",
            "config_hash": _hash(customer),
            "created_at": CREATED,
            "updated_at": UPDATED,
        }
    )
    _add_budget(tables, f"budget-{number:04}", "1M", aligned=1)
    first = f"team-{number:04}-1"
    tables["teams"] += [
        {
            "id": first,
            "name": f"Team {number:04} research",
            "customer_id": customer,
            "budget_id": f"budget-{first}",
            "profile": json.dumps({"color": "teal"}),
            "config": json.dumps({"region": "eu-west", "retries": 3}),
            "claims": json.dumps({"groups": ["research", "readers"], "verified": True}),
            "config_hash": _hash(first),
            "created_at": CREATED,
            "updated_at": UPDATED,
        },
        {
            "id": f"team-{number:04}-2",
            "name": f"Team {number:04} sales",
            "customer_id": customer,
            "created_at": CREATED,
            "updated_at": UPDATED,
        },
    ]
    _add_budget(tables, f"budget-{first}", "1w", aligned=1, team_id=first)
    base = (number - 1) * 4
    _add_full_key(tables, f"vk-{number:04}-1", base + 1, provider_key=1, customer_id=customer)
    _add_bare_key(tables, f"vk-{number:04}-2", customer_id=customer)
    _add_full_key(tables, f"vk-{number:04}-3", base + 3, provider_key=2, team_id=first)
    _add_bare_key(tables, f"vk-{number:04}-4", team_id=first)


def _add_full_key(tables: Rows, identifier: str, base: int, provider_key: int, **holder: str) -> None:
    """Add a virtual key that shows everything; ``base`` and the number after it are the ids of its configs."""
    tables["virtual_keys"].append(
        {
            **_key(identifier, active=1),
            **holder,
            "description": f"Everything about {identifier}",
            "rate_limit_id": f"rate-{identifier}",
            "calendar_aligned": 1,
            "created_by_user_id": f"user-{identifier}",
        }
    )
    _add_rate_limit(tables, f"rate-{identifier}", requests=5000)
    _add_budget(tables, f"budget-{identifier}-day", "1d", aligned=1, virtual_key_id=identifier)
    _add_budget(tables, f"budget-{identifier}-hour", "1h", virtual_key_id=identifier)
    tables["provider_configs"] += [
        {
            "id": base,
            "virtual_key_id": identifier,
            "provider": "openai",
            "weight": 0.75,
            "allowed_models": json.dumps(["gpt-4o", "gpt-4o-mini"]),
            "blacklisted_models": json.dumps([]),
            "allow_all_keys": 0,
            "rate_limit_id": f"rate-config-{base:05}",
        },
        {
            "id": base + 1,
            "virtual_key_id": identifier,
            "provider": "bedrock",
            "weight": None,
            "allowed_models": json.dumps(["*"]),
            "blacklisted_models": json.dumps(["titan-text", "titan-embed"]),
            "allow_all_keys": 1,
            "rate_limit_id": None,
        },
    ]
    _add_rate_limit(tables, f"rate-config-{base:05}", requests=None)
    for unit in ("1d", "30m"):
        _add_budget(tables, f"budget-config-{base:05}-{unit}", unit, provider_config_id=base)
    tables["provider_config_keys"].append({"provider_config_id": base, "provider_key_id": provider_key})
    tables["provider_config_keys"].append({"provider_config_id": base, "provider_key_id": 3})
    tables["mcp_configs"] += [
        {
            "id": base + offset,
            "virtual_key_id": identifier,
            "mcp_client_id": 1 + offset,
            "tools_to_execute": json.dumps(tools),
        }
        for offset, tools in enumerate((["search", "fetch"], ["*"]))
    ]


def _add_bare_key(tables: Rows, identifier: str, **holder: str) -> None:
    tables["virtual_keys"].append({**_key(identifier, active=0), **holder, "calendar_aligned": 0})


def _key(identifier: str, active: int) -> Row:
    return {
        "id": identifier,
        "name": f"Key {identifier}",
        "value": virtual_key_value(identifier),
        "is_active": active,
        "config_hash": _hash(identifier),
        "created_at": CREATED,
        "updated_at": UPDATED,
    }


def _add_budget(tables: Rows, identifier: str, duration: str, aligned: int | None = None, **owner: str | int) -> None:
    tables["budgets"].append(
        {
            "id": identifier,
            "max_limit": 250.5,
            "reset_duration": duration,
            "last_reset": RESET,
            "current_usage": 12.25,
            "config_hash": _hash(identifier) if aligned else None,
            "created_at": CREATED,
            "updated_at": UPDATED,
            "calendar_aligned": aligned or 0,
            **owner,
        }
    )


def _add_rate_limit(tables: Rows, identifier: str, requests: int | None) -> None:
    tables["rate_limits"].append(
        {
            "id": identifier,
            "token_max_limit": 100000,
            "token_reset_duration": "1h",
            "token_current_usage": 4321,
            "token_last_reset": RESET,
            "request_max_limit": requests,
            "request_reset_duration": "1m" if requests else None,
            "request_current_usage": 17,
            "request_last_reset": RESET,
            "config_hash": _hash(identifier) if requests else None,
            "created_at": CREATED,
            "updated_at": UPDATED,
        }
    )


def _provider_keys() -> Iterator[Row]:
    common = {"created_at": CREATED, "updated_at": UPDATED, "use_for_batch_api": 0, "enabled": 1}
    yield {
        **common,
        "id": 1,
        "name": "openai-main",
        "provider_id": 1,
        "provider": "openai",
        "key_id": "openai-main-key",
        "value": _env(value="sk-****abcd"),
        "models": json.dumps(["gpt-4o", "gpt-4o-mini"]),
        "weight": 1.0,
        "config_hash": _hash("openai-main"),
        "azure_client_secret": _env(value="<redacted>"),
    }
    yield {
        **common,
        "id": 2,
        "name": "cloud-main",
        "provider_id": 2,
        "provider": "bedrock",
        "key_id": "cloud-main-key",
        "value": _env(value="", env_var="CLOUD_API_KEY", from_env=True),
        "models": json.dumps([]),
        "weight": 0.5,
        "config_hash": _hash("cloud-main"),
        **{name: _env(value=f"{name.replace('_', '-')}.example") for name in _CLOUD_FIELDS},
        **{name: _env(value="env.CLOUD", env_var=name.upper(), from_env=True) for name in _CLOUD_SECRETS[:2]},
        **{name: _env(value="********") for name in _CLOUD_SECRETS[2:]},
    }
    yield {
        **common,
        "id": 3,
        "name": "shared-spare",
        "provider_id": 1,
        "provider": "openai",
        "key_id": "shared-spare-key",
        "value": _env(env_var="SPARE_KEY", from_env=True),
        "models": json.dumps(["*"]),
        "weight": None,
        "enabled": None,
        "use_for_batch_api": None,
        "config_hash": None,
    }


def _mcp_clients() -> Iterator[Row]:
    yield {
        "id": 1,
        "client_id": "mcp-client-web",
        "name": "web-search",
        "is_code_mode_client": 0,
        "connection_string": "https://mcp.example/sse",
        "tls_config": json.dumps({"insecure_skip_verify": False, "ca_cert_pem": "<redacted>"}),
        "oauth_config_id": "oauth-config-web",
        "headers": json.dumps({"Authorization": "****abcd", "X-Tenant": "[REDACTED]"}),
        "tools_to_execute": json.dumps(["search", "fetch", "summarize"]),
        "tools_to_auto_execute": json.dumps(["search", "fetch"]),
        "tool_pricing": json.dumps({"search": 0.002, "fetch": 0}),
        "allow_on_all_virtual_keys": 0,
        "per_user_header_keys": json.dumps(["X-User"]),
        "disabled": 0,
    }
    yield {
        "id": 2,
        "client_id": "mcp-client-local",
        "name": "local-files",
        "is_code_mode_client": 1,
        "stdio_config": json.dumps({"command": "serve-files", "args": ["--read-only"], "envs": ["FILES_ROOT"]}),
        "tools_to_execute": json.dumps(["*"]),
        "tools_to_auto_execute": json.dumps([]),
        "allow_on_all_virtual_keys": 1,
        "disabled": 1,
    }


def _env(**members: str | bool) -> str:
    return json.dumps({"from_env": False, **members})


def _hash(text: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, text).hex
