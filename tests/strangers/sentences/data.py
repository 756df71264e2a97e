"""The customers that every server of the sentences starts from, made anew at each call.

Some objects are shown twice on purpose (provider key 501, MCP client ``mcp-search``, the back-references), others
once: a server that spoils one plain property takes an object that is shown once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.strangers.sentences.answers import Row

ACME, BOLT, ZURICH, LIBRARY = (
    "cust-acme-0001",
    "5f0c7a52-8d43-4d0b-9c1e-3f8f6f9c2b10",
    "kunde-zürich-7",
    "municipal_library",
)
CREATED, UPDATED = "2024-01-15T09:30:00Z", "2024-06-02T17:05:11.25Z"


def stamps(created: str = CREATED, updated: str = UPDATED) -> Row:
    return {"created_at": created, "updated_at": updated}


def env(value: str = "", env_var: str = "", *, from_env: bool = False) -> Row:
    return {"value": value, "env_var": env_var, "from_env": from_env}


def budget(
    identifier: str, limit: float = 250, duration: str = "1M", *, aligned: bool | None = None, **owner: object
) -> Row:
    made = {
        "id": identifier,
        "max_limit": limit,
        "reset_duration": duration,
        "last_reset": "2024-06-01T00:00:00Z",
        "current_usage": 12.75,
        "config_hash": "b" + identifier[-4:],
        **stamps(),
    }
    if aligned is not None:
        made["calendar_aligned"] = aligned
    return {**made, **owner}


def rate_limit(identifier: str, **more: object) -> Row:
    return {
        "id": identifier,
        "token_current_usage": 5120,
        "token_last_reset": "2024-06-02T17:00:00Z",
        "request_current_usage": 7,
        "request_last_reset": "2024-06-02T17:00:00+00:00",
        "config_hash": None,
        **stamps(),
        "token_max_limit": 100000,
        "token_reset_duration": "1h",
        "request_max_limit": 600,
        "request_reset_duration": "1m",
        **more,
    }


def key_501() -> Row:
    return {
        "id": 501,
        "name": "openai main",
        "provider_id": 3,
        "provider": "openai",
        "key_id": "pk-501",
        "value": env("sk-a****wxyz", "env.OPENAI_KEY", from_env=True),
        "models": ["gpt-4o", "gpt-4o-mini"],
        "weight": 0,
        "enabled": True,
        "use_for_batch_api": False,
        **stamps(),
        "config_hash": "k501",
    }


def key_502() -> Row:
    return {
        "id": 502,
        "name": "azure spare",
        "provider_id": 4,
        "provider": "azure",
        "key_id": "pk-502",
        "value": env("********"),
        "models": [],
        "weight": 0.5,
        "enabled": None,
        "use_for_batch_api": None,
        **stamps(),
        "config_hash": None,
        "azure_endpoint": env("https://spare.azure.example", "", from_env=False),
        "azure_client_id": env("app-77", "", from_env=False),
        "azure_client_secret": env("", "env.AZURE_SECRET", from_env=True),
        "azure_tenant_id": None,
        "vertex_project_id": None,
        "bedrock_access_key": env("AKIA********"),
        "bedrock_secret_key": env("[REDACTED]"),
        "bedrock_session_token": None,
        "bedrock_region": env("eu-west-1", "env.AWS_REGION", from_env=True),
    }


def mcp_search() -> Row:
    return {
        "client_id": "mcp-search",
        "name": "search",
        "is_code_mode_client": False,
        "connection_string": "https://search.mcp.example/sse",
        "headers": {"Authorization": "Bearer ********", "X-Team": "****"},
        "tools_to_execute": ["find", "fetch"],
        "tools_to_auto_execute": ["find"],
        "tool_pricing": {"find": 0.002, "fetch": 0},
        "allow_on_all_virtual_keys": True,
        "per_user_header_keys": ["X-User"],
        "disabled": False,
    }


def mcp_files() -> Row:
    return {
        "client_id": "mcp-files",
        "name": "files",
        "is_code_mode_client": True,
        "stdio_config": {"command": "mcp-files", "args": ["--root", "/srv"], "envs": ["FILES_TOKEN"]},
        "tls_config": {"insecure_skip_verify": False, "ca_cert_pem": "[REDACTED]"},
        "oauth_config_id": "oauth-9",
        "headers": {"X-Files": "<redacted>"},
        "tools_to_execute": ["*"],
        "tools_to_auto_execute": ["read"],
        "tool_pricing": {},
        "allow_on_all_virtual_keys": False,
        "per_user_header_keys": [],
        "disabled": False,
    }


def provider_config(identifier: int, virtual_key: str, provider: str, **more: object) -> Row:
    return {
        "id": identifier,
        "virtual_key_id": virtual_key,
        "provider": provider,
        "weight": None,
        "allowed_models": ["*"],
        "blacklisted_models": [],
        "allow_all_keys": True,
        "keys": None,
        **more,
    }


def mcp_config(identifier: int, virtual_key: str, number: int, client: Row, tools: Sequence[str] = ("*",)) -> Row:
    return {
        "id": identifier,
        "virtual_key_id": virtual_key,
        "mcp_client_id": number,
        "mcp_client": client,
        "tools_to_execute": list(tools),
    }


def virtual_key(identifier: str, name: str, value: str, **more: object) -> Row:
    return {
        "id": identifier,
        "name": name,
        "value": value,
        "is_active": True,
        "provider_configs": [],
        "mcp_configs": [],
        "calendar_aligned": False,
        "config_hash": "h-" + identifier,
        **stamps(),
        **more,
    }


def planning_key() -> Row:
    me = "vk-planning-0001"
    return virtual_key(
        me,
        "planning",
        "sk-bf-0c1b7be2-52c1-4f1e-9d1a-6f1e0a7b9d01",
        description="Timetable drafts",
        team_id="team-planning-01",
        created_by_user_id="user-4",
        team={"id": "team-planning-01", "name": "Planning", "config_hash": "t-planning"},
        rate_limit_id="rl-planning",
        rate_limit=rate_limit("rl-planning"),
        budgets=[
            budget("bud-plan-day", 5.5, "1d", aligned=True, virtual_key_id=me),
            budget("bud-plan-hour", 1, "1h30m", aligned=False, virtual_key_id=me),
        ],
        provider_configs=[
            provider_config(
                11,
                me,
                "openai",
                weight=0.25,
                allowed_models=["gpt-4o", "gpt-4o-mini"],
                blacklisted_models=["gpt-3.5"],
                allow_all_keys=False,
                keys=[key_501(), key_502()],
                rate_limit_id="rl-pc-11",
                rate_limit=rate_limit("rl-pc-11", request_max_limit=None, request_reset_duration=None),
                budgets=[budget("bud-pc-11", 40, "720h", aligned=False, provider_config_id=11)],
            ),
            provider_config(12, me, "anthropic", rate_limit_id=None),
        ],
        mcp_configs=[
            mcp_config(21, me, 1, mcp_search(), ["find"]),
            mcp_config(22, me, 2, mcp_files()),
        ],
    )


def acme() -> Row:
    return {
        "id": ACME,
        "name": "Acme Rail",
        "budget_id": "bud-acme",
        "budget": budget("bud-acme", 1000, "1M", aligned=True),
        "config_hash": "c-acme",
        **stamps(),
        "teams": [
            {
                "id": "team-planning-01",
                "name": "Planning",
                "customer_id": ACME,
                "customer": {"id": ACME, "name": "Acme Rail", "config_hash": "c-acme", "created_at": CREATED},
                "budget_id": "bud-planning",
                "budget": budget("bud-planning", 300, "1w", aligned=True, team_id="team-planning-01"),
                "virtual_keys": [planning_key()],
                "profile": {"floor": 3},
                "config": {},
                "claims": {"roles": ["planner"], "site": {"city": "Ulm"}},
                "config_hash": "t-planning",
                **stamps(),
            },
            {
                "id": "team-freight-02",
                "name": "Freight",
                "customer_id": ACME,
                "virtual_keys": None,
                "claims": {},
                "config_hash": None,
                **stamps(),
            },
        ],
        "virtual_keys": [
            virtual_key(
                "vk-acme-gateway-1",
                "gateway",
                "sk-bf-5a2f9c80-77aa-4d58-8f4e-1c6d2e3f4a02",
                customer_id=ACME,
                customer={"id": ACME, "name": "Acme Rail"},
                budgets=[budget("bud-gate", 20, "1Y", aligned=True, virtual_key_id="vk-acme-gateway-1")],
                provider_configs=[
                    provider_config(13, "vk-acme-gateway-1", "openai", weight=1, allow_all_keys=False, keys=[key_501()])
                ],
                mcp_configs=[mcp_config(23, "vk-acme-gateway-1", 1, mcp_search())],
            ),
        ],
    }


def bolt_day_key() -> Row:
    me = "vk-bolt-day-01"
    return virtual_key(
        me,
        "bolt day",
        "sk-bf-91d7e6f5-3c2b-4a19-8e7d-0f1e2d3c4b03",
        customer_id=BOLT,
        description="Day shift",
        rate_limit_id="rl-bolt-day",
        rate_limit=rate_limit("rl-bolt-day"),
        provider_configs=[
            provider_config(31, me, "gemini", weight=2),
            provider_config(32, me, "mistral", weight=0.75, blacklisted_models=["mistral-tiny"]),
        ],
        mcp_configs=[
            mcp_config(
                41,
                me,
                3,
                {
                    "client_id": "mcp-grid",
                    "name": "grid",
                    "is_code_mode_client": False,
                    "tools_to_execute": ["load", "trip"],
                    "tools_to_auto_execute": ["load"],
                    "tool_pricing": {"load": 0.01},
                    "headers": {"X-Grid": "env.GRID_TOKEN"},
                    "stdio_config": {"command": "grid", "args": [], "envs": []},
                },
                ["load", "trip"],
            ),
            mcp_config(42, me, 4, {"client_id": "mcp-wind", "name": "wind", "tools_to_execute": []}, []),
        ],
    )


def bolt() -> Row:
    return {
        "id": BOLT,
        "name": "Bolt Energy",
        "config_hash": "c-bolt",
        **stamps("2024-03-01T10:00:00+00:00", "2024-03-01T13:30:00+02:00"),
        "teams": [
            {
                "id": "team-grid-03",
                "name": "Grid",
                "customer_id": BOLT,
                **stamps(),
                "virtual_keys": [
                    virtual_key(
                        "vk-grid-0001",
                        "grid",
                        "sk-bf-********",
                        team_id="team-grid-03",
                        is_active=False,
                        budgets=[budget("bud-grid", 9.5, "1w", aligned=False, virtual_key_id="vk-grid-0001")],
                    )
                ],
            },
        ],
        "virtual_keys": [
            bolt_day_key(),
            virtual_key(
                "vk-bolt-night-02",
                "bolt night",
                "sk-bf-2b6a1d90-8c7e-4f35-b1a2-c3d4e5f60704",
                customer_id=BOLT,
                description="",
            ),
        ],
    }


def customers() -> list[Row]:
    return [
        acme(),
        bolt(),
        {"id": ZURICH, "name": "Zürich Wasser", "teams": [], "virtual_keys": [], "config_hash": "c-zh", **stamps()},
        {"id": LIBRARY, "name": "Library"},
    ]
