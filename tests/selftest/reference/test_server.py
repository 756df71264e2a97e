"""The reference server keeps the contract, in process and over sockets."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from customers_conformance.model import ENDPOINT, UsageError
from customers_conformance.reference.app import create_app
from customers_conformance.reference.behaviour import Behaviour, Variant
from customers_conformance.reference.data import rows, virtual_key_value
from customers_conformance.reference.database import Database
from customers_conformance.reference.places import drop, in_memory, objects, put, twice
from customers_conformance.reference.server import running, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = {"Authorization": "Bearer reference-key"}

#: Every property of facts.md, by object; what ends in ``?`` is also shown as null somewhere.
FACTS = {
    "Customer": "id name budget_id budget teams virtual_keys config_hash created_at updated_at",
    "Team": "id name customer_id budget_id customer budget virtual_keys? profile config claims config_hash? created_at "
    "updated_at",
    "VirtualKey": "id name value is_active provider_configs mcp_configs calendar_aligned config_hash created_at "
    "updated_at description team_id customer_id rate_limit_id team customer budgets rate_limit created_by_user_id",
    "ProviderConfig": "id virtual_key_id provider weight? allowed_models blacklisted_models allow_all_keys keys? "
    "rate_limit_id? budgets rate_limit",
    "McpConfig": "id virtual_key_id mcp_client_id mcp_client tools_to_execute",
    "McpClient": "client_id name is_code_mode_client connection_string stdio_config tls_config oauth_config_id headers "
    "tools_to_execute tools_to_auto_execute tool_pricing allow_on_all_virtual_keys per_user_header_keys disabled",
    "ProviderKey": "id name provider_id provider key_id value models weight? enabled? use_for_batch_api? created_at "
    "updated_at config_hash? azure_endpoint? azure_client_id azure_client_secret azure_tenant_id vertex_project_id "
    "vertex_project_number vertex_region vertex_auth_credentials bedrock_access_key bedrock_secret_key "
    "bedrock_session_token bedrock_region bedrock_arn?",
    "Budget": "id max_limit reset_duration last_reset current_usage config_hash? created_at updated_at "
    "calendar_aligned team_id virtual_key_id provider_config_id",
    "RateLimit": "id token_current_usage token_last_reset request_current_usage request_last_reset config_hash? "
    "created_at updated_at token_max_limit token_reset_duration request_max_limit? request_reset_duration?",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as base:
        yield base + ENDPOINT


def get(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> httpx.Response:
    sent = {"Accept-Encoding": "identity", **(KEY if headers is None else headers)}
    return httpx.request(method, url, headers=sent, trust_env=False)


def test_the_list_is_shown_to_the_key(url: str) -> None:
    answer = get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers.get_list("date")) == 1
    assert answer.json()["count"] == len(answer.json()["customers"]) == 4


def test_both_views_show_the_same(url: str) -> None:
    plain = get(url).json()
    assert get(f"{url}?from_memory=true").json() == plain
    assert get(f"{url}?from_memory=false&unknown=1").json() == plain


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer unknown"},
        {"Authorization": "Bearer reference-ke"},
        {"Authorization": "Bearer reference-keyy"},
        {"Authorization": "Bearer Reference-key"},
        {"Authorization": "Token reference-key"},
        {"Authorization": "reference-key"},
        {"Authorization": "Basic " + base64.b64encode(b"any:reference-key").decode()},
        {"x-api-key": "reference-key"},
        {"x-api-key": "reference-key", "Authorization": "Bearer unknown"},
        {"Authorization": f"Bearer {virtual_key_value('vk-0001-1')}"},
        {"x-bf-vk": virtual_key_value("vk-0001-1")},
        {"Cookie": "token=reference-session"},
    ],
)
@pytest.mark.parametrize("query", ["", "?from_memory=true", "?from_memory=banana", "?access_token=reference-key"])
def test_no_other_credentials_are_taken(url: str, headers: dict[str, str], query: str) -> None:
    answer = get(url + query, headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["status_code"] == 401
    assert "customer-" not in answer.text
    assert "reference-key" not in answer.text


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_taken_in_any_case(url: str, scheme: str) -> None:
    assert get(url, {"Authorization": f"{scheme} reference-key"}).status_code == 200


@pytest.mark.parametrize(
    "query", ["from_memory=", "from_memory=1", "from_memory=TRUE", "from_memory=true&from_memory=true"]
)
def test_a_bad_value_gets_400(url: str, query: str) -> None:
    answer = get(f"{url}?{query}")
    assert answer.status_code == 400
    assert answer.json()["status_code"] == 400


def test_methods_are_answered_as_the_contract_says(url: str) -> None:
    head = get(url, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get(url).content))
    options = get(url, method="OPTIONS")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert get(url, method="POST").status_code == 405


def test_an_accept_that_cannot_be_met_gets_406(url: str) -> None:
    assert get(url, {**KEY, "Accept": "image/png"}).status_code == 406
    assert get(url, {**KEY, "Accept": "application/json;q=0, */*"}).status_code == 406
    assert get(url, {**KEY, "Accept": "application/*;q=high"}).status_code == 406
    assert get(url, {**KEY, "Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_gzip_is_sent_only_where_it_is_allowed(url: str) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0)
    connection.request("GET", parts.path, headers={**KEY, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.read()))["count"] == 4
    connection.close()
    assert "content-encoding" not in get(url, {**KEY, "Accept-Encoding": "gzip;q=0"}).headers


@pytest.mark.parametrize("fault", [None, "surplus-after-body"])
def test_another_path_is_not_found_and_never_redirected(fault: str | None) -> None:
    with running(fault) as base:
        for path in ("/", "/api/governance/customers/", "/api"):
            answer = get(base + path)
            assert answer.status_code == 404
            assert answer.json()["is_bifrost_error"] is True
        assert get(base + "/", method="HEAD").status_code == 404


def test_an_origin_is_given_no_credentials(url: str) -> None:
    assert "access-control-allow-credentials" not in get(url, {**KEY, "Origin": "null"}).headers


def test_every_property_of_the_facts_is_shown_and_no_other(url: str) -> None:
    value = get(url).json()
    for kind, names in FACTS.items():
        shown: dict[str, list[Any]] = {}
        for found in objects(value, kind):
            for name, member in found.items():
                shown.setdefault(name, []).append(member)
        assert set(shown) == {name.rstrip("?") for name in names.split()}, kind
        for name in names.split():
            assert any(member is not None for member in shown[name.rstrip("?")]), name
            assert (None in shown[name.rstrip("?")]) == name.endswith("?"), name


def test_the_same_number_of_customers_is_the_same_data() -> None:
    assert rows(3) == rows(3)
    assert Database(rows(1)).customers() == Database(rows(30)).customers()[:1]


def test_no_thread_and_no_socket_outlives_the_block() -> None:
    before = threading.active_count()
    for fault in (None, "surplus-after-body"):
        with running(fault) as base:
            assert get(base + ENDPOINT).status_code == 200
        parts = urlsplit(base)
        with pytest.raises(OSError, match=r".*"):
            socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1)
    assert threading.active_count() == before


def test_the_wire_outlives_connections_that_say_nothing_or_nonsense() -> None:
    with running("surplus-after-body") as base:
        address = urlsplit(base).hostname or "", urlsplit(base).port or 0
        for said in (b"", b"\x00\x00\r\n\r\n"):
            with socket.create_connection(address) as connection:
                connection.sendall(said)
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(100) == b""
        with socket.create_connection(address):
            assert get(base + ENDPOINT).status_code == 200


def test_another_key_can_be_given() -> None:
    with running(key="schlüssel", customers=1) as base:
        assert get(base + ENDPOINT).status_code == 401
        headers = [(b"authorization", b"Bearer " + "schlüssel".encode())]
        assert httpx.get(base + ENDPOINT, headers=headers, trust_env=False).json()["count"] == 1


@pytest.mark.parametrize("arguments", [{"fault": "no-such"}, {"variant": "no-such"}, {"fault": "a", "variant": "b"}])
def test_a_name_that_is_not_in_its_table_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        create_app(**arguments)  # type: ignore[arg-type]


def test_an_address_that_cannot_be_used_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="cannot listen"):
        serve("127.0.0.1", taken.getsockname()[1], create_app(), lambda _: None)


@pytest.mark.parametrize("fault", [None, "surplus-after-body"])
def test_serving_tells_its_url_and_ends_on_interrupt(fault: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def interrupted(coroutine: Any) -> None:
        coroutine.close()
        raise KeyboardInterrupt

    monkeypatch.setattr("customers_conformance.reference.server.asyncio.run", interrupted)
    serve("127.0.0.1", 0, create_app(fault=fault), told.append)
    assert told[0].startswith("http://127.0.0.1:")


def test_edits_keep_the_copies_of_an_object_in_agreement() -> None:
    value: Any = {"customers": Database(rows(2)).customers(), "count": 2}
    call: Any = type("Call", (), {"shows_memory": False})
    apply(put("customers.0.config_hash", "new"), call, value)
    assert value["customers"][0]["teams"][0]["customer"]["config_hash"] == "new"
    apply(put("customers.0.teams", None), call, value)
    assert "teams" not in value["customers"][0]["virtual_keys"][0]["customer"]
    apply(drop("customers.9.name"), call, value)
    apply(drop("customers.0.teams.1.name", in_memory), call, value)
    apply(twice("customers.1"), call, value)
    assert value["count"] == 3


def apply(behaviour: Behaviour, call: Any, value: Any) -> None:
    assert behaviour.value is not None
    behaviour.value(call, value)


def test_a_table_entry_may_stand_for_its_name() -> None:
    application = create_app(variant=Variant("one", "has one customer", customers=1))
    assert len(application.state.reference.database.customers()) == 1
