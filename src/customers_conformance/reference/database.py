"""The database of the reference server: SQLite in memory."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections import defaultdict
from typing import Any, Final

from customers_conformance.reference.data import CLOUD, Row, Rows

_TIMES: Final = "created_at TEXT NOT NULL, updated_at TEXT NOT NULL, config_hash TEXT"

_SCHEMA: Final = f"""
CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, budget_id TEXT, {_TIMES});
CREATE TABLE teams (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, customer_id TEXT REFERENCES customers,
    budget_id TEXT, profile TEXT, config TEXT, claims TEXT, {_TIMES});
CREATE TABLE virtual_keys (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL UNIQUE,
    is_active INTEGER NOT NULL, description TEXT, team_id TEXT REFERENCES teams, customer_id TEXT REFERENCES customers,
    rate_limit_id TEXT, calendar_aligned INTEGER NOT NULL, created_by_user_id TEXT, {_TIMES},
    CHECK (team_id IS NULL OR customer_id IS NULL));
CREATE TABLE provider_configs (id INTEGER PRIMARY KEY, virtual_key_id TEXT NOT NULL REFERENCES virtual_keys,
    provider TEXT NOT NULL, weight REAL, allowed_models TEXT NOT NULL, blacklisted_models TEXT NOT NULL,
    allow_all_keys INTEGER NOT NULL, rate_limit_id TEXT);
CREATE TABLE provider_keys (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, provider_id INTEGER, provider TEXT,
    key_id TEXT, value TEXT, models TEXT, weight REAL, enabled INTEGER, use_for_batch_api INTEGER,
    {", ".join(f"{name} TEXT" for name in CLOUD)}, {_TIMES});
CREATE TABLE provider_config_keys (provider_config_id INTEGER NOT NULL REFERENCES provider_configs,
    provider_key_id INTEGER NOT NULL REFERENCES provider_keys);
CREATE TABLE mcp_clients (id INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
    is_code_mode_client INTEGER, connection_string TEXT, stdio_config TEXT, tls_config TEXT, oauth_config_id TEXT,
    headers TEXT, tools_to_execute TEXT, tools_to_auto_execute TEXT, tool_pricing TEXT,
    allow_on_all_virtual_keys INTEGER, per_user_header_keys TEXT, disabled INTEGER);
CREATE TABLE mcp_configs (id INTEGER PRIMARY KEY, virtual_key_id TEXT NOT NULL REFERENCES virtual_keys,
    mcp_client_id INTEGER NOT NULL REFERENCES mcp_clients, tools_to_execute TEXT NOT NULL);
CREATE TABLE budgets (id TEXT PRIMARY KEY, max_limit REAL NOT NULL CHECK (max_limit >= 0), reset_duration TEXT NOT NULL,
    last_reset TEXT NOT NULL, current_usage REAL NOT NULL, calendar_aligned INTEGER, team_id TEXT, virtual_key_id TEXT,
    provider_config_id INTEGER, {_TIMES});
CREATE TABLE rate_limits (id TEXT PRIMARY KEY, token_max_limit INTEGER, token_reset_duration TEXT,
    token_current_usage INTEGER NOT NULL, token_last_reset TEXT NOT NULL, request_max_limit INTEGER,
    request_reset_duration TEXT, request_current_usage INTEGER NOT NULL, request_last_reset TEXT NOT NULL, {_TIMES});
"""

_BOOLEANS: Final = {
    "is_active",
    "calendar_aligned",
    "allow_all_keys",
    "enabled",
    "use_for_batch_api",
    "is_code_mode_client",
    "allow_on_all_virtual_keys",
    "disabled",
}
_JSON: Final = {
    "profile",
    "config",
    "claims",
    "allowed_models",
    "blacklisted_models",
    "models",
    "stdio_config",
    "tls_config",
    "headers",
    "tools_to_execute",
    "tools_to_auto_execute",
    "tool_pricing",
    "per_user_header_keys",
    *CLOUD,
}
#: Columns that are shown as null where they are empty; every other empty column is left out.
_NULLS: Final = {
    "teams": {"config_hash"},
    "provider_configs": {"weight", "rate_limit_id"},
    "provider_keys": {"weight", "enabled", "use_for_batch_api", "config_hash", "azure_endpoint", "bedrock_arn"},
    "budgets": {"config_hash"},
    "rate_limits": {"config_hash", "request_max_limit", "request_reset_duration"},
}


class Database:
    """The tables of the server, filled once; safe to be read from several threads."""

    def __init__(self, rows: Rows) -> None:
        """Create the schema and fill it; raises ``sqlite3.IntegrityError`` for rows that break it."""
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        #: Lets go of the database; what it held is gone. From Python 3.13 on a connection that nobody closed warns.
        self.close = weakref.finalize(self, self._connection.close)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys = OFF")
        self._connection.executescript(_SCHEMA)
        with self._connection:
            for table, content in rows.items():
                for row in content:
                    names = ", ".join(row)
                    marks = ", ".join("?" * len(row))
                    # Table and column names are those of the module beside this one, never text of a request.
                    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
                    self._connection.execute(statement, tuple(row.values()))

    def holds_virtual_key(self, value: str) -> bool:
        """Whether a virtual key with this bearer value is stored and active."""
        with self._lock:
            found = self._connection.execute(
                "SELECT 1 FROM virtual_keys WHERE value = ? AND is_active = 1", (value,)
            ).fetchone()
        return found is not None

    def customers(self) -> list[Row]:
        """Every customer with all that it holds, as the answer shows it, in the order of the ids."""
        budgets = self._objects("budgets")
        rates = {row["id"]: row for row in self._objects("rate_limits")}
        owned = {name: _grouped(budgets, name) for name in ("team_id", "virtual_key_id", "provider_config_id")}
        by_id = {row["id"]: row for row in budgets}
        keys = self._virtual_keys(owned, rates)
        teams = self._objects("teams")
        customers = self._objects("customers")
        held_by_team, held_by_customer = _grouped(keys, "team_id"), _grouped(keys, "customer_id")
        teams_of = _grouped(teams, "customer_id")
        for team in teams:
            for key in held_by_team[team["id"]]:
                if "description" in key:
                    key["team"] = _shallow(team)
        for customer in customers:
            for key in held_by_customer[customer["id"]]:
                if "description" in key:
                    key["customer"] = _shallow(customer)
            members = teams_of[customer["id"]]
            for team in members:
                if "profile" in team:
                    team["customer"] = _shallow(customer)
                if "budget_id" in team:
                    team["budget"] = by_id[team["budget_id"]]
                team["virtual_keys"] = held_by_team[team["id"]] or None
            customer["budget"] = by_id[customer["budget_id"]]
            customer["teams"] = members
            customer["virtual_keys"] = held_by_customer[customer["id"]]
        return customers

    def _virtual_keys(self, owned: dict[str, dict[Any, list[Row]]], rates: dict[str, Row]) -> list[Row]:
        keys, configs, mcp_configs = (
            self._objects(table) for table in ("virtual_keys", "provider_configs", "mcp_configs")
        )
        provider_keys = {row["id"]: row for row in self._objects("provider_keys")}
        clients = {row.pop("id"): row for row in self._objects("mcp_clients")}
        links = _grouped(self._objects("provider_config_keys"), "provider_config_id")
        for config in configs:
            found = [provider_keys[link["provider_key_id"]] for link in links[config["id"]]]
            config["keys"] = found or None
            if found:
                config["budgets"] = owned["provider_config_id"][config["id"]]
            if config["rate_limit_id"] is not None:
                config["rate_limit"] = rates[config["rate_limit_id"]]
        for mcp_config in mcp_configs:
            mcp_config["mcp_client"] = clients[mcp_config["mcp_client_id"]]
        by_key, mcp_by_key = _grouped(configs, "virtual_key_id"), _grouped(mcp_configs, "virtual_key_id")
        for key in keys:
            key["provider_configs"] = by_key[key["id"]]
            key["mcp_configs"] = mcp_by_key[key["id"]]
            if "rate_limit_id" in key:
                key["rate_limit"] = rates[key["rate_limit_id"]]
                key["budgets"] = owned["virtual_key_id"][key["id"]]
        return keys

    def _objects(self, table: str) -> list[Row]:
        with self._lock:
            found = self._connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608
        nulls = _NULLS.get(table, set())
        return [
            {
                name: _shown(table, name, row[name])
                for name in row.keys()  # noqa: SIM118 -- a sqlite3.Row iterates over its values
                if row[name] is not None or name in nulls
            }
            for row in found
        ]


def _shown(table: str, name: str, stored: Any) -> Any:
    if stored is None:
        return None
    if name in _BOOLEANS:
        return bool(stored)
    if name in _JSON or (name == "value" and table == "provider_keys"):
        return json.loads(stored)
    return stored


def _grouped(objects: list[Row], name: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for found in objects:
        if found.get(name) is not None:
            groups[found[name]].append(found)
    return groups


def _shallow(row: Row) -> Row:
    """The copy that a back-reference shows: the plain properties, nothing that would recurse."""
    return {
        name: stored
        for name, stored in row.items()
        if name not in {"budget", "teams", "virtual_keys", "customer", "profile", "config", "claims"}
    }
