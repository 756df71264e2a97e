"""The command ``document``: what it prints of somebody's own document, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from tests.selftest.contract.published.documents import in_3_0, made, own, schemas

from customers_conformance.command import cli
from customers_conformance.command import document as command

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "reports" / "document.schema.json").read_text(encoding="utf-8"))
CUSTOMER = "#/components/schemas/Customer"
PLACE = f"{CUSTOMER}/properties/name"


@pytest.fixture
def judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The exit code of ``document`` for a value or a text, and what it printed, on standard error where that is 2."""

    def judge(document: Any, *options: str, name: str = "vendor.yaml") -> tuple[int, str]:
        file = tmp_path / name
        text = document if isinstance(document, str) else json.dumps(document)
        file.write_text(text, encoding="utf-8")
        code = cli.answer(["document", str(file), *options])
        shown = capsys.readouterr()
        return code, shown.err if code == 2 else shown.out

    return judge


def as_data(printed: str) -> Any:
    data = json.loads(printed)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    return data


def test_the_contracts_own_document_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["document", str(ROOT / "openapi" / "customers.yaml")]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("agrees: The document promises what the contract does.\n")
    assert "server /" in shown.out
    assert "no requirement gets a verdict by it" in shown.out
    assert shown.err.startswith("validating with openapi-spec-validator")


def test_yaml_and_json_and_openapi_3_0_are_understood(judged: Callable[..., tuple[int, str]]) -> None:
    assert judged(yaml.safe_dump(in_3_0()))[0] == 0
    code, printed = judged(own(), "--format", "json", name="vendor.json")
    data = as_data(printed)
    assert (code, data["exit_code"], data["valid"], data["differences"]) == (0, 0, True, [])
    assert data["endpoint"]["path"] == "/api/governance/customers"
    assert data["document"]["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda p: p.pop("name"), ("missing", CUSTOMER, "a property of type string", "no such property")),
        (lambda p: p["name"].update(type="integer"), ("type", PLACE, "string", "integer")),
        (lambda p: p["name"].update(type=["string", "null"]), ("nullable", PLACE, "string", "string or null")),
    ],
)
def test_a_document_that_promises_less_or_other_differs(
    judged: Callable[..., tuple[int, str]],
    change: Callable[[Any], object],
    told: tuple[str, str, str, str],
) -> None:
    kind, place, expected, found = told
    document = made(schemas(lambda s: change(s["Customer"]["properties"])))
    code, printed = judged(document)
    assert code == 1
    assert printed.startswith("differs: The document promises less than the contract, or something other (1 ")
    for line in (f"Customer.name: {kind}", f"  at        {place}", f"  expected  {expected}", f"  found     {found}"):
        assert line in printed
    code, printed = judged(document, "--format", "json")
    (difference,) = as_data(printed)["differences"]
    assert code == 1
    assert difference["contract"] == "Customer.name"
    assert [difference[name] for name in ("kind", "place", "expected", "found")] == list(told)


def test_a_property_that_is_not_required_is_told(judged: Callable[..., tuple[int, str]]) -> None:
    code, printed = judged(made(schemas(lambda s: s["Customer"]["required"].remove("name"))))
    assert code == 1
    assert "Customer.name: optional" in printed


def test_what_is_promised_beyond_the_contract_is_told_and_allowed(judged: Callable[..., tuple[int, str]]) -> None:
    document = made(schemas(lambda s: s["Customer"]["properties"].update(colour={"type": "string"})))
    code, printed = judged(document)
    assert code == 0
    assert printed.startswith("agrees: The document promises what the contract does, and 1 thing beyond it.")
    assert "MORE        Customer.colour: undocumented" in printed
    code, printed = judged(document, "--format", "json")
    assert (code, as_data(printed)["counts"]) == (0, {"less": 0, "other": 0, "more": 1})


def test_a_document_without_the_endpoint_names_the_nearest_paths(judged: Callable[..., tuple[int, str]]) -> None:
    document = own()
    document["paths"] = {"/v1/customers": document["paths"].popitem()[1]}
    code, printed = judged(document)
    assert code == 1
    assert "GET /api/governance/customers: missing" in printed
    assert "/v1/customers (GET)" in printed
    data = as_data(judged(document, "--format", "json")[1])
    assert data["endpoint"] is None


def test_a_document_that_is_not_valid_is_not_held_against_the_contract(judged: Callable[..., tuple[int, str]]) -> None:
    document = made(schemas(lambda s: s.update(Broken={"$ref": "#/x-nowhere"})))
    code, printed = judged(document)
    assert code == 1
    assert printed.startswith("invalid: The document is not valid OpenAPI, at 1 place.")
    assert "  at        #/components/schemas/Broken/$ref" in printed
    data = as_data(judged(document, "--format", "json")[1])
    assert (data["valid"], data["exit_code"], data["differences"]) == (False, 1, [])
    assert data["errors"][0]["place"] == "#/components/schemas/Broken/$ref"


@pytest.mark.parametrize(
    "text, words",
    [
        ("- a", ["vendor.yaml", "at #:", "no OpenAPI document but a list"]),
        ("swagger: '2.0'", ["vendor.yaml", "at #/swagger:"]),
        (made(schemas(lambda s: s.update(Team={"$ref": "file:///etc/passwd"}))), ["#/components/schemas/Team/$ref"]),
        ("openapi: 3.1.0\nx: " + "[" * 300, ["more than 200 levels"]),
    ],
)
def test_what_cannot_be_judged_is_a_mistake_in_the_call(
    judged: Callable[..., tuple[int, str]], text: Any, words: list[str]
) -> None:
    code, printed = judged(text)
    assert code == 2
    assert printed.startswith("error: document: ")
    for word in words:
        assert word in printed


def test_text_of_the_document_is_harmless(judged: Callable[..., tuple[int, str]]) -> None:
    name = "\x1b[2J\n::error::\u202e"
    document = made(schemas(lambda s: s["Customer"]["properties"].update({name: {"type": "string"}})))
    for options in ((), ("--format", "json")):
        code, printed = judged(document, *options)
        assert code == 0
        assert not {"\x1b", "\u202e"} & set(printed)
        assert not any(line.strip().startswith("::") for line in printed.splitlines())


def test_many_differences_are_counted_and_not_all_told(
    judged: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "MAX_TOLD", 2)
    document = made(schemas(lambda s: s["Team"].update(properties={})))
    code, printed = judged(document)
    assert code == 1
    assert "and 11 more" in printed
    data = as_data(judged(document, "--format", "json")[1])
    assert (len(data["differences"]), data["counts"]["less"]) == (2, 13)


def test_the_help_says_what_is_judged_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["document", "--help"]) == 0
    shown = capsys.readouterr().out
    for words in ("FILE", "--format [text|json]", "OpenAPI 3.0 or 3.1", "asks no server", "Exit codes:", "from_memory"):
        assert words in shown
    assert cli.answer(["--help"]) == 0
    assert "document " in capsys.readouterr().out
