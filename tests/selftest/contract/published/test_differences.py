"""A document held against the contract: what is less, other or more, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest.contract.published.documents import held, in_3_0, made, operation, own, schemas, told

from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMAS = "#/components/schemas"
GET = "#/paths/~1api~1governance~1customers/get"


def test_the_contracts_own_document_promises_what_the_contract_does() -> None:
    assert told(own()) == []


def test_the_same_in_openapi_3_0_promises_the_same() -> None:
    document = in_3_0()
    assert document["components"]["schemas"]["Team"]["properties"]["config_hash"]["nullable"] is True
    assert told(document) == []


@pytest.mark.parametrize(
    "change, difference",
    [
        (
            lambda s: s["Customer"]["properties"].pop("name"),
            ("missing", "less", f"{SCHEMAS}/Customer", "Customer.name"),
        ),
        (
            lambda s: s["MCPClientConfig"]["properties"]["tls_config"]["properties"].pop("ca_cert_pem"),
            (
                *("missing", "less", f"{SCHEMAS}/MCPClientConfig/properties/tls_config"),
                "MCPClientConfig.tls_config.ca_cert_pem",
            ),
        ),
        (
            lambda s: s["Customer"]["properties"]["name"].update(writeOnly=True),
            ("missing", "less", f"{SCHEMAS}/Customer/properties/name", "Customer.name"),
        ),
        (
            lambda s: s["Budget"]["properties"]["max_limit"].update(type="string"),
            ("type", "other", f"{SCHEMAS}/Budget/properties/max_limit", "Budget.max_limit"),
        ),
        (
            lambda s: s["VirtualKeyProviderConfig"]["properties"]["id"].update(type="number"),
            (
                *("type", "less", f"{SCHEMAS}/VirtualKeyProviderConfig/properties/id"),
                "VirtualKeyProviderConfig.id",
            ),
        ),
        (
            lambda s: s["Customer"]["properties"]["name"].pop("type"),
            ("type", "less", f"{SCHEMAS}/Customer/properties/name", "Customer.name"),
        ),
        (
            lambda s: s["Customer"]["properties"].update(name=False),
            ("type", "other", f"{SCHEMAS}/Customer/properties/name", "Customer.name"),
        ),
        (
            lambda s: s["Customer"]["properties"]["teams"].pop("items"),
            ("type", "less", f"{SCHEMAS}/Customer/properties/teams/items", "Customer.teams[]"),
        ),
        (
            lambda s: s["MCPClientConfig"]["properties"]["headers"].pop("additionalProperties"),
            (
                *("type", "less", f"{SCHEMAS}/MCPClientConfig/properties/headers/additionalProperties"),
                "MCPClientConfig.headers.*",
            ),
        ),
        (
            lambda s: s["MCPClientConfig"]["properties"]["headers"].update(properties={"X-Count": {"type": "integer"}}),
            (
                *("type", "other", f"{SCHEMAS}/MCPClientConfig/properties/headers/properties/X-Count"),
                "MCPClientConfig.headers.*",
            ),
        ),
        (
            lambda s: s["VirtualKey"]["required"].remove("value"),
            ("optional", "less", f"{SCHEMAS}/VirtualKey/properties/value", "VirtualKey.value"),
        ),
        (
            lambda s: s["Customer"]["properties"]["name"].update(type=["string", "null"]),
            ("nullable", "less", f"{SCHEMAS}/Customer/properties/name", "Customer.name"),
        ),
        (
            lambda s: s["Customer"]["properties"].update(
                budget={"oneOf": [{"$ref": "#/components/schemas/Budget"}, {"type": "null"}]}
            ),
            ("nullable", "less", f"{SCHEMAS}/Customer/properties/budget", "Customer.budget"),
        ),
        (
            lambda s: s["Team"]["properties"]["created_at"].pop("format"),
            ("format", "less", f"{SCHEMAS}/Team/properties/created_at", "Team.created_at"),
        ),
        (
            lambda s: s["Team"]["properties"]["created_at"].update(format="date"),
            ("format", "other", f"{SCHEMAS}/Team/properties/created_at", "Team.created_at"),
        ),
        (
            lambda s: s["Customer"]["properties"].update({"a/b~c": {"type": "string"}}),
            ("undocumented", "more", f"{SCHEMAS}/Customer/properties/a~1b~0c", "Customer.a/b~c"),
        ),
        (
            lambda s: s["BifrostError"]["properties"]["error"]["properties"].pop("message"),
            ("missing", "less", f"{SCHEMAS}/BifrostError/properties/error", "BifrostError.error.message"),
        ),
    ],
)
def test_a_change_of_one_property_is_one_difference_with_its_place(
    change: Callable[[Any], object], difference: tuple[str, ...]
) -> None:
    assert told(made(schemas(change))) == [difference]


def test_null_in_openapi_3_0_is_told_like_in_3_1() -> None:
    document = in_3_0()
    properties = document["components"]["schemas"]["Customer"]["properties"]
    properties["name"]["nullable"] = True
    properties["budget"] = {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Budget"}]}
    assert told(document) == [
        ("nullable", "less", f"{SCHEMAS}/Customer/properties/budget", "Customer.budget"),
        ("nullable", "less", f"{SCHEMAS}/Customer/properties/name", "Customer.name"),
    ]


def test_what_stands_beside_a_reference_counts_in_3_1_and_not_in_3_0() -> None:
    newer, older = own(), in_3_0()
    for document in (newer, older):
        document["components"]["schemas"]["Customer"]["properties"]["budget"]["properties"] = {"colour": {}}
    assert [kind for kind, *_ in told(newer)] == ["undocumented"]
    assert told(older) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["Budget"]["properties"]["max_limit"].update(type="integer"),
        lambda s: s["Team"]["properties"]["config_hash"].update(type="string"),
        lambda s: s["Customer"]["properties"]["id"].update(format="uuid", minLength=1),
        lambda s: s["Customer"]["properties"]["name"].update(enum=["Acme", "Other"]),
        lambda s: s["RateLimit"]["properties"]["token_max_limit"].update(format="int32"),
        lambda s: s["Customer"]["required"].append("teams"),
        lambda s: s["Team"]["properties"]["claims"].update(properties={"cost_centre": {"type": "string"}}),
        lambda s: s["Customer"].pop("type"),
        lambda s: s["Customer"]["properties"]["teams"].pop("type"),
        lambda s: s["Customer"]["properties"].update(name={"const": "Acme"}),
    ],
)
def test_a_promise_that_is_narrower_keeps_the_contract(change: Callable[[Any], object]) -> None:
    assert told(made(schemas(change))) == []


def test_an_object_may_be_put_together_with_all_of() -> None:
    def part(objects: Any) -> None:
        whole = objects["Customer"]
        name = whole["properties"].pop("name")
        whole["required"].remove("name")
        objects["Named"] = {"type": "object", "required": ["name"], "properties": {"name": name}}
        objects["Bare"] = whole
        objects["Customer"] = {"allOf": [{"$ref": f"{SCHEMAS}/Bare"}, {"$ref": f"{SCHEMAS}/Named"}]}

    document = made(schemas(part))
    assert told(document) == []
    document["components"]["schemas"]["Named"]["properties"]["name"]["type"] = "integer"
    assert told(document) == [("type", "other", f"{SCHEMAS}/Named/properties/name", "Customer.name")]


def test_each_of_several_alternatives_has_to_keep_the_contract() -> None:
    def part(objects: Any) -> None:
        objects["Poor"] = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}}}
        objects["Customer"] = {"oneOf": [objects["Customer"], {"$ref": f"{SCHEMAS}/Poor"}]}

    found = told(made(schemas(part)))
    assert {place for _, _, place, _ in found} == {f"{SCHEMAS}/Poor"}
    assert ("missing", "less", f"{SCHEMAS}/Poor", "Customer.teams") in found


def test_too_many_alternatives_are_refused_with_their_place() -> None:
    def part(objects: Any) -> None:
        whole = objects["Customer"]
        objects["Customer"] = {"allOf": [{"anyOf": [whole, dict(whole)]} for _ in range(20)]}

    with pytest.raises(UsageError, match=r"at #/components/schemas/Customer/allOf/\d+/anyOf/0: .* more than 64 ways"):
        told(made(schemas(part)))


def test_a_comparison_that_takes_too_many_steps_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers_conformance.contract.published.schemas.MAX_READ", 100)
    with pytest.raises(UsageError, match="more than 100 steps"):
        told(own())


def test_schemas_that_hold_one_another_come_to_an_end() -> None:
    def part(objects: Any) -> None:
        objects["Customer"]["allOf"] = [{"$ref": f"{SCHEMAS}/Customer"}]
        objects["Team"]["anyOf"] = [{"$ref": f"{SCHEMAS}/Team"}]

    assert told(made(schemas(part))) == []


@pytest.mark.parametrize(
    "change, difference",
    [
        (lambda o: o["responses"].pop("200"), ("missing", "less", f"{GET}/responses", "response 200")),
        (
            lambda o: [o["responses"].pop(name) for name in ("401", "4XX")],
            ("missing", "less", f"{GET}/responses", "response 401"),
        ),
        (lambda o: o["responses"]["200"].pop("content"), ("missing", "less", f"{GET}/responses/200", "response 200")),
        (
            lambda o: o["responses"]["200"].update(content={"text/html": {}}),
            ("missing", "less", f"{GET}/responses/200", "response 200"),
        ),
        (
            lambda o: o["responses"]["200"]["content"]["application/json"].pop("schema"),
            ("missing", "less", f"{GET}/responses/200/content/application~1json", "response 200"),
        ),
        (
            lambda o: o["responses"]["401"].pop("headers"),
            ("missing", "less", f"{GET}/responses/401", "response 401, WWW-Authenticate"),
        ),
        (
            lambda o: o["responses"]["401"]["headers"]["WWW-Authenticate"].pop("required"),
            (
                *("optional", "less", f"{GET}/responses/401/headers/WWW-Authenticate"),
                "response 401, WWW-Authenticate",
            ),
        ),
        (lambda o: o.pop("parameters"), ("missing", "less", GET, "parameter from_memory")),
        (
            lambda o: o["parameters"][0].update(required=True),
            ("required", "less", f"{GET}/parameters/0", "parameter from_memory"),
        ),
        (
            lambda o: o["parameters"][0].update(schema={"type": "string"}),
            ("type", "other", f"{GET}/parameters/0/schema", "parameter from_memory"),
        ),
        (
            lambda o: o["parameters"][0]["schema"].update(default=True),
            ("default", "other", f"{GET}/parameters/0/schema/default", "parameter from_memory"),
        ),
        (
            lambda o: o["parameters"].append({"name": "page", "in": "query", "schema": {"type": "integer"}}),
            ("undocumented", "more", f"{GET}/parameters/1", "parameter page"),
        ),
        (
            lambda o: o["parameters"].append({"name": "X-Tenant", "in": "header", "required": True, "schema": {}}),
            ("required", "less", f"{GET}/parameters/1", "parameter X-Tenant"),
        ),
        (lambda o: o.update(security=[]), ("security", "less", GET, "security")),
        (lambda o: o["security"].append({}), ("security", "less", f"{GET}/security/1", "security")),
        (lambda o: o.update(security=[{"other": []}]), ("security", "other", f"{GET}/security", "security")),
        (
            lambda o: o.update(security=[{"managementKey": [], "other": []}]),
            ("security", "other", f"{GET}/security", "security"),
        ),
        (
            lambda o: o["security"].append({"other": []}),
            ("undocumented", "more", f"{GET}/security/1", "security"),
        ),
    ],
)
def test_a_change_of_the_operation_is_one_difference_with_its_place(
    change: Callable[[Any], object], difference: tuple[str, ...]
) -> None:
    document = own()
    document["components"]["securitySchemes"]["other"] = {"type": "apiKey", "in": "header", "name": "x-api-key"}
    change(operation(document))
    assert told(document) == [difference]


def test_a_credential_is_told_in_words() -> None:
    document = own()
    document["components"]["securitySchemes"]["other"] = {"type": "apiKey", "in": "header", "name": "x-api-key"}
    operation(document)["security"] = [{"other": []}, {"lost": []}]
    (difference,) = held(document).differences
    assert difference.found == "apiKey in header x-api-key; or lost, which is not defined"


@pytest.mark.parametrize(
    "change",
    [
        lambda o: o.pop("security"),
        lambda o: o["responses"].update({"2XX": o["responses"].pop("200")}),
        lambda o: o["responses"].update({"4XX": o["responses"].pop("401"), "default": o["responses"].pop("500")}),
        lambda o: o["responses"]["200"].update(
            content={"application/json; charset=utf-8": o["responses"]["200"]["content"].pop("application/json")}
        ),
        lambda o: o["responses"]["401"].update(
            headers={"www-authenticate": o["responses"]["401"]["headers"].pop("WWW-Authenticate")}
        ),
        lambda o: o["parameters"][0]["schema"].pop("default"),
        lambda o: o["parameters"][0].update(content={"application/json": {"schema": o["parameters"][0].pop("schema")}}),
        lambda o: o["parameters"][0]["schema"].update(type=["boolean", "string"]),
    ],
)
def test_the_operation_may_say_the_same_in_another_way(change: Callable[[Any], object]) -> None:
    document = own()
    change(operation(document))
    assert told(document) == []


def test_parameters_responses_and_schemes_may_stand_elsewhere() -> None:
    document = own()
    get = operation(document)
    components = document["components"]
    components["parameters"] = {"FromMemory": get.pop("parameters")[0]}
    document["paths"]["/api/governance/customers"]["parameters"] = [{"$ref": "#/components/parameters/FromMemory"}]
    components["responses"] = {"Refused": get["responses"]["401"]}
    get["responses"]["401"] = {"$ref": "#/components/responses/Refused"}
    components["securitySchemes"] = {
        "managementKey": {"$ref": "#/components/securitySchemes/bearer"},
        "bearer": {"type": "http", "scheme": "Bearer"},
    }
    assert told(document) == []


def test_a_parameter_without_a_schema_is_held_to_no_type() -> None:
    document = own()
    del operation(document)["parameters"][0]["schema"]
    assert told(document) == []
