"""The document and the catalogue: loaded, compiled, and refused where they disagree."""

from __future__ import annotations

import copy
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from customers_conformance.contract import catalogue
from customers_conformance.contract import document as contracts
from customers_conformance.contract.catalogue import ContractError
from customers_conformance.contract.document import Contract
from customers_conformance.contract.locations import locations
from customers_conformance.contract.pointers import pointer
from customers_conformance.reference.app import DEFAULT_KEY
from customers_conformance.reference.server import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = resources.files("customers_conformance.openapi")
DOCUMENT, CATALOGUE = (
    yaml.safe_load((FOLDER / name).read_text("utf-8")) for name in ("customers.yaml", "requirements.yaml")
)
CONTRACT = contracts.load()


def made(change: Callable[[Any, Any], object]) -> Contract:
    document, catalogue = copy.deepcopy(DOCUMENT), copy.deepcopy(CATALOGUE)
    change(document["components"]["schemas"], catalogue["requirements"])
    return Contract(document, catalogue, ("sha256:a", "sha256:b"))


def test_the_contract_that_ships_is_loaded_once_with_its_digests() -> None:
    assert contracts.load() is CONTRACT
    assert CONTRACT.digest.startswith("sha256:")
    assert CONTRACT.requirements_digest.startswith("sha256:")
    assert len(CONTRACT.by_id) == len(CONTRACT.requirements)


@pytest.mark.parametrize(
    "change, words",
    [
        (
            lambda _, entries: entries.append(entries[0]),
            ["openapi/requirements.yaml", "CUST-AUTH-001", "stands twice", "next free number"],
        ),
        (
            lambda _, entries: entries[1].update(after=["CUST-AUTH-999"]),
            ["openapi/requirements.yaml", "CUST-AUTH-002", "comes after CUST-AUTH-999", "correct the id"],
        ),
        (
            lambda schemas, _: schemas["Team"].update({"x-requirement": "CUST-SCH-999"}),
            ["openapi/customers.yaml", "components/schemas/Team", "CUST-SCH-999", "correct the id"],
        ),
        (
            lambda schemas, _: schemas["Team"]["x-requirements"].update({"CUST-REL-999": {"minProperties": 1}}),
            ["openapi/customers.yaml", "components/schemas/Team", "CUST-REL-999", "add it there or correct the id"],
        ),
        (
            lambda schemas, _: schemas["Team"]["x-requirements"].update({"teams": {"minProperties": 1}}),
            ["openapi/customers.yaml", "components/schemas/Team/x-requirements", "teams", "correct it there"],
        ),
        (
            lambda schemas, _: schemas.pop("BifrostError"),
            ["openapi/customers.yaml", "components/schemas", "BifrostError"],
        ),
        (
            lambda _, entries: entries[0].update(level="MAY"),
            ["openapi/requirements.yaml", "requirements/0/level", "MAY", "correct it there"],
        ),
        (
            lambda _, entries: entries[0].update(colour="red"),
            ["openapi/requirements.yaml", "requirements/0", "colour"],
        ),
        (lambda _, entries: entries.clear(), ["openapi/requirements.yaml", "requirements"]),
        (
            lambda _, entries: entries[1].pop("title"),
            ["openapi/requirements.yaml", "requirements/1", "title"],
        ),
        (
            lambda _, entries: entries[1].update(title="A" * 61),
            [
                "openapi/requirements.yaml: CUST-AUTH-002: `title` has 61 characters, and 60 are allowed",
                "say it shorter",
            ],
        ),
        (
            lambda _, entries: entries[1].update(says="a" * 221),
            [
                "CUST-AUTH-002: `says` has 221 characters, and 220 are allowed",
                "put notes on how it is judged in `judged`",
            ],
        ),
        *(
            (
                lambda _, entries, title=title: entries[1].update(title=title),
                ["CUST-AUTH-002: `title` is", "write ASCII"],
            )
            for title in ("refuses", "Refuses it.", "Refuses `it`", "Refuses it ", "Refüses it", "Refuses a|b", "R", "")
        ),
        (
            lambda _, entries: entries[1].update(title="ACCEPTS the key as a bearer token"),
            ["CUST-AUTH-001 and CUST-AUTH-002 have one title", "say in the second what tells them apart"],
        ),
        (
            lambda _, entries: entries[1].update(source="page, hearsay", section=""),
            ["CUST-AUTH-002: `source` names 'hearsay'", "page, vendor, impl, http, ours"],
        ),
        (
            lambda _, entries: entries[1].pop("quote"),
            ["CUST-AUTH-002: `source` names page and there is no `quote`; add it"],
        ),
        (
            lambda _, entries: entries[1].update(source="page"),
            ["CUST-AUTH-002: `section` is there and `source` does not name http; take one away"],
        ),
        (
            lambda _, entries: entries[1].update(section="RFC 9110 section 15"),
            ["CUST-AUTH-002: `section` is 'RFC 9110 section 15'; write it as `RFC 9110, 15.5.2`"],
        ),
    ],
)
def test_a_disagreement_names_the_file_the_place_and_the_remedy(
    change: Callable[[Any, Any], object], words: list[str]
) -> None:
    with pytest.raises(ContractError) as raised:
        made(change)
    for word in words:
        assert word in str(raised.value)


def test_a_format_belongs_to_a_requirement_that_exists() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["components"]["x-formats"] = {"date-time": "CUST-SCH-999"}
    with pytest.raises(ContractError, match=r"components/x-formats speaks of CUST-SCH-999"):
        Contract(document, CATALOGUE, ("", ""))


def test_a_catalogue_that_is_no_object_is_refused_at_the_top() -> None:
    with pytest.raises(ContractError, match=r"requirements\.yaml: at the top"):
        Contract(DOCUMENT, [], ("", ""))  # type: ignore[arg-type]


def test_a_file_that_is_no_yaml_is_named() -> None:
    with pytest.raises(ContractError, match=r"openapi/customers\.yaml is not YAML"):
        catalogue.parse(b"a: [", "openapi/customers.yaml")


def test_text_of_the_catalogue_stands_on_one_line() -> None:
    for requirement in CONTRACT.requirements:
        assert "\n" not in requirement.says + requirement.judged + requirement.quote


def test_a_title_begins_with_a_verb_in_the_third_person() -> None:
    for requirement in CONTRACT.requirements:
        verb = requirement.title.split()[0].rstrip(",")
        assert verb.endswith("s"), requirement.title


def test_a_requirement_is_found_at_its_line_of_the_document_or_of_the_catalogue() -> None:
    found = locations()
    assert set(found) == set(CONTRACT.by_id)
    lines = {
        f"openapi/{name}": (FOLDER / name).read_text("utf-8").splitlines()
        for name in ("customers.yaml", "requirements.yaml")
    }
    for identifier, location in found.items():
        assert identifier not in CONTRACT.document_requirements or location.file == "openapi/customers.yaml"
        line = lines[location.file][location.line - 1]
        name = next((name for name, owner in CONTRACT.owners.items() if owner == identifier), identifier)
        assert name in line
    assert str(found["CUST-AUTH-001"]).startswith("openapi/requirements.yaml:")


def test_the_document_judges_its_schemas_its_entries_and_date_times() -> None:
    assert {"CUST-SCH-001", "CUST-REL-001", "CUST-SCH-013"} <= CONTRACT.document_requirements
    assert "CUST-AUTH-001" not in CONTRACT.document_requirements


def test_the_walk_table_tells_what_a_property_holds() -> None:
    team, key = CONTRACT.properties["Team"], CONTRACT.properties["VirtualKey"]
    assert (team["virtual_keys"].holds, team["virtual_keys"].listed) == ("VirtualKey", True)
    assert (team["customer"].holds, team["customer"].listed) == ("Customer", False)
    assert team["claims"].free
    assert team["claims"].is_leaf
    assert not team["customer"].is_leaf
    assert key["created_at"].format == "date-time"
    assert key["team_id"].is_reference
    assert not CONTRACT.properties["MCPClientConfig"]["client_id"].is_reference
    assert not CONTRACT.properties["ProviderKey"]["key_id"].is_reference
    assert CONTRACT.properties["ProviderKey"]["azure_endpoint"].holds == "EnvVar"
    assert CONTRACT.properties["MCPClientConfig"]["tls_config"].holds == "MCPClientConfig.tls_config"
    assert "ca_cert_pem" in CONTRACT.properties["MCPClientConfig.tls_config"]


def test_a_required_member_of_an_entry_belongs_to_the_entry_alone() -> None:
    assert CONTRACT.defs["Customer"].get("required", []) == []
    assert "config_hash" in CONTRACT.defs["VirtualKey"]["required"]


def test_a_nullable_reference_is_rewritten_so_that_the_inner_place_is_reported() -> None:
    assert CONTRACT.defs["ProviderKey"]["properties"]["azure_endpoint"] == {
        "if": {"type": "null"},
        "else": {"$ref": "#/$defs/EnvVar"},
    }


def test_a_place_of_the_compiled_schema_tells_its_requirement() -> None:
    assert CONTRACT.place(["$defs", "Team", "properties", "claims", "type"]).requirement == "CUST-SCH-003"
    assert CONTRACT.place(["$defs", "Team", "properties", "created_at", "format"]).requirement == "CUST-SCH-013"
    entry = CONTRACT.place(["$defs", "ListCustomersResponse", "allOf", 1, "countOf"])
    assert (entry.requirement, entry.keyword, entry.limit) == ("CUST-REL-001", "countOf", {"count": "customers"})


def test_a_path_through_references_leads_to_the_place_itself() -> None:
    path = ["properties", "customers", "items", "properties", "name", "type"]
    assert CONTRACT.follow(path, "ListCustomersResponse") == ["$defs", "Customer", "properties", "name", "type"]


def test_a_pointer_escapes_what_rfc_6901_escapes() -> None:
    assert pointer(["a/b", "m~n", 0, ""]) == "/a~1b/m~0n/0/"
    assert pointer([]) == ""


def test_other_tools_find_the_reference_server_as_the_document_says(tmp_path: Path) -> None:
    document = tmp_path / "customers.yaml"
    document.write_bytes((FOLDER / "customers.yaml").read_bytes())
    with running() as url:
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", url, "--max-examples", "10"]
        command += ["--header", f"Authorization: Bearer {DEFAULT_KEY}", "--seed", "1", "--no-color"]
        found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=120)
    assert found.returncode == 0, found.stdout


def test_the_walk_table_tells_what_is_sensitive() -> None:
    told = {
        f"{schema}.{name}": (said.sensitive, dict(said.masked))
        for schema, table in CONTRACT.properties.items()
        for name, said in table.items()
        if said.sensitive or said.masked
    }

    assert told.pop("Customer.id") == ("customer-id", {})
    assert told.pop("VirtualKey.value") == ("virtual-key", {})
    assert told.pop("MCPClientConfig.headers") == ("secret", {})
    assert told.pop("MCPClientConfig.tls_config") == (None, {"ca_cert_pem": "pem"})
    assert told.pop("MCPClientConfig.tls_config.ca_cert_pem") == ("pem", {})
    assert {name.partition(".")[0] for name in told} == {"ProviderKey"}
    assert all(said == (None, {"value": "secret"}) for said in told.values())


def test_a_map_of_one_kind_of_value_is_not_free() -> None:
    client = CONTRACT.properties["MCPClientConfig"]

    assert not client["headers"].free
    assert not client["tool_pricing"].free


def test_a_kind_of_sensitive_text_that_is_unknown_is_refused() -> None:
    with pytest.raises(
        ContractError,
        match=r"openapi/customers\.yaml.*Customer/properties/id: x-sensitive holds .shoe-size.; write one of",
    ):
        made(lambda schemas, _: schemas["Customer"]["properties"]["id"].update({"x-sensitive": "shoe-size"}))
