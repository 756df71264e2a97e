"""Where things stand in the list of ``data``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strangers.sentences.answers import Row


def acme(document: Row) -> Any:
    return document["customers"][0]


def bolt(document: Row) -> Any:
    return document["customers"][1]


def freight(document: Row) -> Any:
    return acme(document)["teams"][1]


def grid(document: Row) -> Any:
    return bolt(document)["teams"][0]


def planning_key(document: Row) -> Any:
    return acme(document)["teams"][0]["virtual_keys"][0]


def gateway_key(document: Row) -> Any:
    return acme(document)["virtual_keys"][0]


def grid_key(document: Row) -> Any:
    return grid(document)["virtual_keys"][0]


def day_key(document: Row) -> Any:
    return bolt(document)["virtual_keys"][0]


def night_key(document: Row) -> Any:
    return bolt(document)["virtual_keys"][1]


def config_11(document: Row) -> Any:
    return planning_key(document)["provider_configs"][0]


def key_502(document: Row) -> Any:
    return config_11(document)["keys"][1]


def client_grid(document: Row) -> Any:
    return day_key(document)["mcp_configs"][0]["mcp_client"]


def client_files(document: Row) -> Any:
    return planning_key(document)["mcp_configs"][1]["mcp_client"]
