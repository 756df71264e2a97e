"""The customers of the strangers, written from the contract by hand: lawful, and as unusual as the law allows.

It knows nothing of the suite: were a rule misread there, data made by the same hand would agree with the mistake.
"""

from __future__ import annotations

import copy
import json
from typing import Any

Row = dict[str, Any]

KEY = "stranger-8f2c41d7b9-Management"
SESSION = "stranger-session-41c0ffee99"
VIRTUAL_KEY = "sk-bf-5b6c1d7e-0a8f-4c33-9d21-77aa01bb42ef"

_MADE = {"created_at": "2024-02-29T23:59:59.999999999+01:00", "updated_at": "2024-12-31T23:59:60Z"}
#: What stored rows carry beside their times; a hash may be empty.
_STORED = {**_MADE, "config_hash": ""}

#: What differs between two reads, or between the views, without being a change of the customer.
_CHANGING = {"current_usage": 31.5, "token_current_usage": 88, "request_current_usage": 9}

#: Required, and null at times.
_REQUIRED = {"weight", "config_hash", "keys"}


def views(*, respelled: bool = False) -> dict[str, Row]:
    """What each view answers, by ``database`` and ``memory``; new objects at every call.

    The memory view lists the same customers in another order, without the nulls that may be left out and with other
    counters; ``respelled``, it also writes the same instants in another way.
    """
    customers = [_studio(), _press(), {"id": "Ünïcode/3 ?&", "name": "名前 ☃ \U0001f40b"}]
    remembered = [_remembered(customer) for customer in reversed(copy.deepcopy(customers))]
    if respelled:
        text = json.dumps(remembered).replace(_MADE["created_at"], "2024-02-29t22:59:59.999999999z")
        remembered = json.loads(text)
    return {
        "database": {"customers": customers, "count": len(customers)},
        "memory": {"count": len(remembered), "customers": remembered},
    }


def _remembered(value: Any) -> Any:
    if isinstance(value, list):
        return [_remembered(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _CHANGING.get(name, _remembered(item))
        for name, item in value.items()
        if item is not None or name in _REQUIRED
    }


def _studio() -> Row:
    """A customer that shows every object there is."""
    customer: Row = {
        "id": "8c1f0d64-5d4f-4d52-9a5e-3c1d6f2b7a10",
        "name": "Studio Nord",
        "budget_id": "b-1",
        "budget": _budget("b-1", "1Y", max_limit=0, calendar_aligned=True),
        **_STORED,
    }
    team: Row = {
        "id": "0",
        "name": "studio nord",
        "customer_id": customer["id"],
        # An enclosing customer, shown short.
        "customer": {"id": customer["id"], "name": customer["name"], **_STORED},
        "budget_id": "b-2",
        "budget": _budget("b-2", "36h30m1.5s", team_id="0"),
        "profile": {},
        "config": {"anything": [1, None, {"deep": True}]},
        "claims": {"groups": ["a", "b"]},
        **_STORED,
        "config_hash": None,
    }
    shown = {name: team[name] for name in ("id", "name", "customer_id")}
    team["virtual_keys"] = [{**_full_key("vk-of-team", 0, team_id="0"), "team": shown, "customer": team["customer"]}]
    quiet = {"id": "1", "name": "no keys", "customer_id": customer["id"], "virtual_keys": None}
    held = {**_full_key("vk-of-customer", 40, customer_id=customer["id"]), "value": VIRTUAL_KEY, "is_active": True}
    return {**customer, "teams": [team, quiet], "virtual_keys": [held]}


def _press() -> Row:
    """A customer of few words: a team without anything, a virtual key of which only what must be is shown."""
    key = {
        "id": "vk-bare",
        "name": "bare",
        "value": "[REDACTED]",
        "is_active": False,
        "provider_configs": [],
        "mcp_configs": [],
        "calendar_aligned": False,
        **_STORED,
    }
    return {"id": "press", "name": "Press", "teams": [{"id": "2", "name": "t"}], "virtual_keys": [key]}


def _full_key(identifier: str, first: int, **holder: str) -> Row:
    """A virtual key with all that one can hold; ``first`` is the id of its first provider and MCP config, may be 0."""
    return {
        "id": identifier,
        "name": identifier,
        "value": "sk-bf-************",
        "is_active": False,
        "provider_configs": [
            {
                "id": first,
                "virtual_key_id": identifier,
                "provider": "openai",
                "weight": None,
                "allowed_models": ["*"],
                "blacklisted_models": ["gpt-4o", "gpt-4o-mini"],
                "allow_all_keys": False,
                "keys": _provider_keys(),
                "rate_limit_id": f"r-{identifier}-config",
                "rate_limit": _rate_limit(f"r-{identifier}-config", token_max_limit=1, token_reset_duration="500ms"),
                "budgets": [_budget(f"b-{identifier}-config", "2w", provider_config_id=first, calendar_aligned=True)],
            },
            {
                "id": first + 1,
                "virtual_key_id": identifier,
                "provider": "openai",
                "weight": 0,
                "allowed_models": [],
                "blacklisted_models": [],
                "allow_all_keys": True,
                "keys": None,
                "rate_limit_id": None,
            },
        ],
        "mcp_configs": _mcp_configs(identifier, first),
        "calendar_aligned": True,
        "description": "",
        "rate_limit_id": f"r-{identifier}",
        "rate_limit": _rate_limit(
            f"r-{identifier}", request_max_limit=9223372036854775807, request_reset_duration="1M"
        ),
        "budgets": [
            _budget(f"b-{identifier}-1", "10d", virtual_key_id=identifier, calendar_aligned=False),
            _budget(f"b-{identifier}-2", "1m", virtual_key_id=identifier),
        ],
        "created_by_user_id": "u",
        **_STORED,
        **holder,
    }


def _mcp_configs(identifier: str, first: int) -> list[Row]:
    web = {
        "client_id": "web",
        "name": "web",
        "is_code_mode_client": False,
        "connection_string": "https://tools.example/mcp",
        "tls_config": {"insecure_skip_verify": False, "ca_cert_pem": "<redacted>"},
        "oauth_config_id": "o",
        "headers": {"X-Token": "••••••••", "X-From": "env.WEB_TOKEN"},
        "tools_to_execute": ["Search", "fetch"],
        "tools_to_auto_execute": ["fetch"],
        "tool_pricing": {"fetch": 1e-7},
        "allow_on_all_virtual_keys": False,
        "per_user_header_keys": [],
        "disabled": False,
    }
    local = {
        "client_id": "local",
        "name": "local",
        "stdio_config": {"command": "serve", "args": ["-v", "-v"], "envs": []},
        "tools_to_execute": ["*"],
        "tools_to_auto_execute": ["read"],
    }
    return [
        {
            "id": first + offset,
            "virtual_key_id": identifier,
            "mcp_client_id": 7 + offset,
            "mcp_client": client,
            "tools_to_execute": tools,
        }
        for offset, (client, tools) in enumerate(((web, ["fetch"]), (local, [])))
    ]


def _provider_keys() -> list[Row]:
    plain = {
        "id": 0,
        "name": "main",
        "provider_id": 1,
        "provider": "openai",
        "key_id": "main",
        "value": {"value": "sk-p****", "env_var": "", "from_env": False},
        "models": [],
        "weight": 4.0,
        "enabled": None,
        "use_for_batch_api": None,
        # The zero time: never set.
        "created_at": "0001-01-01T00:00:00Z",
        "updated_at": "2024-02-28T00:00:00-23:59",
        "config_hash": None,
        "azure_client_secret": None,
    }
    cloud = {
        "id": 1,
        "name": "cloud",
        "provider": "bedrock",
        "value": {"value": "", "env_var": "env.CLOUD_KEY", "from_env": True},
        "bedrock_access_key": {"value": "AKIA****************"},
        "bedrock_secret_key": {"value": "env.CLOUD_SECRET", "env_var": "CLOUD_SECRET", "from_env": True},
        "bedrock_session_token": {},
        "bedrock_region": {"value": "eu-north-1", "env_var": "", "from_env": False},
        "vertex_auth_credentials": {"value": "XXXXXXXX"},
        "azure_client_secret": {"value": "<REDACTED>"},
    }
    return [plain, cloud]


def _budget(identifier: str, duration: str, **more: Any) -> Row:
    return {
        "id": identifier,
        "max_limit": 1e3,
        "reset_duration": duration,
        "last_reset": "2024-06-01T00:00:00Z",
        "current_usage": 0,
        **_STORED,
        "config_hash": None,
        **more,
    }


def _rate_limit(identifier: str, **limits: Any) -> Row:
    return {
        "id": identifier,
        "token_current_usage": 0,
        "token_last_reset": "2024-06-01T00:00:00Z",
        "request_current_usage": 2.0,
        "request_last_reset": "2024-06-01t00:00:00.5-00:00",
        **_STORED,
        **limits,
    }
