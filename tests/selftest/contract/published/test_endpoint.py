"""Where a document describes the endpoint: under servers, templates and references, or nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from tests.selftest.contract.published.documents import PATH, held, own, told


def under(path: str, *urls: str, **server: Any) -> Any:
    document = own()
    document["paths"] = {path: document["paths"][PATH]}
    document["servers"] = [{"url": url, **server} for url in urls]
    return document


@pytest.mark.parametrize(
    "document",
    [
        under(PATH),
        under(PATH, "https://gateway.example"),
        under(PATH, "https://gateway.example/base/"),
        under("/governance/customers", "https://gateway.example/api"),
        under("/governance/customers", "https://gateway.example/base/api/"),
        under("/governance/customers", "https://other.example/v1", "/api"),
        under("/customers", "api/governance"),
        under(PATH, "{baseUrl}", variables={"baseUrl": {"default": "http://localhost:8080"}}),
        under("/governance/customers", "/{root}", variables={"root": {"default": "v1", "enum": ["v1", "api"]}}),
        under("/base" + PATH, "/"),
    ],
)
def test_the_endpoint_is_found_under_a_server(document: Any) -> None:
    assert told(document) == []


def test_the_operations_own_server_comes_before_the_others() -> None:
    document = under("/governance/customers", "https://gateway.example")
    item = document["paths"]["/governance/customers"]
    item["servers"] = [{"url": "/v1"}]
    assert [kind for kind, *_ in told(document)] == ["missing"]
    item["get"]["servers"] = [{"url": "/api"}]
    endpoint = held(document).endpoint
    assert endpoint is not None
    assert (endpoint.operation.place, endpoint.server) == ("#/paths/~1governance~1customers/get", "/api")


@pytest.mark.parametrize("listed, is_found", [(None, True), (["governance", "billing"], True), (["billing"], False)])
def test_a_template_is_the_endpoint_where_its_parameter_may_be(listed: list[str] | None, is_found: bool) -> None:  # noqa: FBT001 - a parameter of the test
    document = under("/api/{area}/customers")
    schema = {"type": "string"} | ({"enum": listed} if listed else {})
    document["paths"]["/api/{area}/customers"]["parameters"] = [
        {"name": "area", "in": "path", "required": True, "schema": schema}
    ]
    assert (told(document) == []) is is_found


@pytest.mark.parametrize("path", ["/api/governance/{collection}", "/{a}/{b}/{c}"])
def test_a_template_for_anything_is_not_the_endpoint(path: str) -> None:
    assert held(under(path)).endpoint is None


def test_a_plain_path_comes_before_a_template_and_a_base() -> None:
    document = under(PATH)
    for path in ("/api/{area}/customers", "/v1" + PATH):
        document["paths"] = {path: {"get": {"responses": {}}}} | document["paths"]
    endpoint = held(document).endpoint
    assert endpoint is not None
    assert endpoint.path == PATH


def test_a_path_item_may_be_a_reference() -> None:
    document = own()
    document["components"]["pathItems"] = {"Customers": document["paths"][PATH]}
    document["paths"][PATH] = {"$ref": "#/components/pathItems/Customers"}
    endpoint = held(document).endpoint
    assert endpoint is not None
    assert endpoint.operation.place == "#/components/pathItems/Customers/get"
    assert told(document) == []


@pytest.mark.parametrize(
    "document, found",
    [
        (
            under("/v1/governance/customers", "/base"),
            "1 path, the nearest: /base/v1/governance/customers (GET)",
        ),
        (under(PATH + "/"), f"1 path, the nearest: {PATH}/ (GET)"),
        (under("/zzz"), "1 path, none like it"),
        ({**own(), "paths": {}}, "no paths at all"),
        (
            {**own(), "paths": {PATH: {"post": {}, "summary": "x"}, "/zzz": {}}},
            f"2 paths, the nearest: {PATH} (POST)",
        ),
        ({**own(), "paths": {PATH: {}}}, f"1 path, the nearest: {PATH} (no method)"),
        (under("/governance/customers", "http://[broken/api"), "1 path, the nearest: /governance/customers (GET)"),
    ],
)
def test_a_document_without_the_endpoint_says_what_it_has(document: Any, found: str) -> None:
    (missing,) = held(document).differences
    assert (missing.kind, missing.promise, missing.place) == ("missing", "less", "#/paths")
    assert missing.contract == f"GET {PATH}"
    assert missing.found == found


def test_a_document_without_paths_has_its_own_place_told() -> None:
    document = own()
    del document["paths"]
    (missing,) = held(document).differences
    assert missing.place == "#"
