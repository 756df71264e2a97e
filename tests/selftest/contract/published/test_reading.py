"""A published document read from its file: JSON and YAML, and what is refused before a value is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest.contract.published.documents import own

from customers_conformance.contract.published import bounds, yaml_values
from customers_conformance.contract.published.reading import read
from customers_conformance.contract.published.references import check_within
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "openapi: 3.1.0\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vendor.yaml"


def value(file: Path, text: str | bytes) -> Any:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(str(file)).document


def refusal(file: Path, text: str | bytes) -> str:
    with pytest.raises(UsageError) as raised:
        value(file, text)
    assert str(file) in str(raised.value)
    return str(raised.value)


def test_json_and_yaml_give_the_same_value(file: Path) -> None:
    document = own()
    as_json = value(file, json.dumps(document))
    as_yaml = value(file, json.dumps(document).replace('{"openapi"', '{ # a comment\n"openapi"'))
    assert as_json == as_yaml == document
    assert value(file, b"\xef\xbb\xbf" + json.dumps(document).encode()) == document


def test_the_values_of_yaml_are_those_of_json(file: Path) -> None:
    text = HEAD + (
        "200: x\non: no\ndate: 2026-01-31\nsexagesimal: 12:30:45\nfloat: 1.5e3\nint: -7\ntrue: True\n"
        "nothing:\ntilde: ~\nquoted: '1'\nmerged: &base {a: 1, b: 1}\nsame: *base\nfurther: {<<: *base, b: 2}\n"
    )
    assert value(file, text) == {
        "openapi": "3.1.0",
        "200": "x",
        "on": "no",
        "date": "2026-01-31",
        "sexagesimal": "12:30:45",
        "float": 1500.0,
        "int": -7,
        "true": True,
        "nothing": None,
        "tilde": None,
        "quoted": "1",
        "merged": {"a": 1, "b": 1},
        "same": {"a": 1, "b": 1},
        "further": {"a": 1, "b": 2},
    }


@pytest.mark.parametrize(
    "text, words",
    [
        ("", ["at #:", "no OpenAPI document but nothing"]),
        ("- a", ["at #:", "no OpenAPI document but a list"]),
        ("hello", ["at #:", "no OpenAPI document but a single value"]),
        ("a: 1\nb: 2", ["at #:", "the member 'openapi' is missing, found are 'a', 'b'", "OpenAPI 3.0 and 3.1"]),
        ("{}", ["at #:", "found are none"]),
        ('swagger: "2.0"', ["at #/swagger:", "version '2.0' is not supported", "OpenAPI 3.0 and 3.1"]),
        ("openapi: 3.2.0", ["at #/openapi:", "version '3.2.0' is not supported"]),
        ("openapi: 3.10.0", ["at #/openapi:", "'3.10.0'"]),
        ("openapi: 3.1", ["at #/openapi:", "the version is no text", "in quotes"]),
        ("a: [}", ["at line 1, column 5", "it is not YAML"]),
        ("a: 1\na: 2", ["at line 2, column 1", "the key 'a' stands twice"]),
        ("200: x\n'200': y", ["at line 2, column 1", "the key '200' stands twice"]),
        ("? [a]\n: x", ["at line 1, column 3", "a key is no plain text"]),
        ("x: &a k\n*a : y", ["at line 2, column 1", "a key is no plain text"]),
        ("x: [&a 1, &a 2]", ["it is not YAML"]),
        ("x: *gone", ["at line 1, column 4", "the alias *gone names nothing"]),
        ("x: &a [*a]", ["at line 1, column 8", "the alias *a names nothing that ended before it"]),
        ("x: !!python/object/apply:os.system [ls]", ["at line 1, column 4", "of no value of JSON"]),
        ("x: !!binary aGk=", ["at line 1, column 4", "of no value of JSON"]),
        ("x: !!int many", ["it is not YAML", "many"]),
        ("x: " + "1" * 5000, ["it is not YAML", "digits"]),
        ("a: 1\n---\nb: 2", ["at line 2, column 1", "it is not YAML"]),
        (b"\x00\x01", ["it is not YAML"]),
        ('{"openapi": "3.1.0", "x": NaN}', ["NaN is no number of JSON"]),
        ('{"openapi": "3.1.0", "x": 1e999}', ["at #/x:", "inf is no number of JSON"]),
        ('{"openapi": "3.1.0", "x": 1, "x": 2}', ["the member 'x' stands twice in one object"]),
        ('{"openapi": "3.1.0", "x": ["\\ud800"]}', ["at #/x/0:", "half a surrogate pair"]),
        ('{"openapi": "3.1.0", "\\ud800": 1}', ["at #:", "half a surrogate pair"]),
        ('{"openapi": "3.1.0", ', ["it is not JSON", "it is not YAML"]),
    ],
)
def test_what_is_no_openapi_is_refused_with_its_place(file: Path, text: str | bytes, words: list[str]) -> None:
    told = refusal(file, text)
    for word in words:
        assert word in told


@pytest.mark.parametrize(
    "text, words",
    [
        (HEAD + "x: " + "[" * 300 + "]" * 300, "at line 2, column 203: more than 200 levels of nesting"),
        (HEAD + "x:\n  " + "- " * 300 + "a", "more than 200 levels of nesting"),
        (HEAD + "x: " + "[" * 100_000, "nesting"),
        ('{"openapi": "3.1.0", "x": ' + "[" * 300 + "]" * 300 + "}", "more than 200 levels of nesting"),
        ('{"openapi": "3.1.0", "x": ' + "[" * 100_000, "more than 200 levels of nesting"),
        (
            HEAD + "".join(f"a{level}: &a{level} [{level and f'*a{level - 1}'}]\n" for level in range(300)),
            "more than 200 levels of nesting",
        ),
    ],
)
def test_what_is_nested_too_deeply_is_refused(file: Path, text: str, words: str) -> None:
    assert words in refusal(file, text)


@pytest.mark.parametrize("made", ["[{}]", "{{<<: [{}]}}"])
def test_aliases_that_multiply_are_refused_before_they_do(file: Path, made: str) -> None:
    first = HEAD + "a0: &a0 {k: v}\n"
    bomb = first + "".join(
        f"a{level}: &a{level} {made.format(', '.join([f'*a{level - 1}'] * 10))}\n" for level in range(1, 13)
    )
    assert "more than 500,000 values, with what aliases repeat" in refusal(file, bomb)


def test_a_long_text_that_aliases_repeat_is_refused(file: Path) -> None:
    text = HEAD + f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 100)}]\n"
    assert "more than 67,108,864 characters" in refusal(file, text)


def test_a_file_that_is_too_large_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "has more than 16 MiB" in refusal(file, b"#" * (16 * 1024 * 1024 + 1))
    monkeypatch.setattr("customers_conformance.contract.published.reading._MAX_MARKS", 3)
    assert "brackets and commas" in refusal(file, '{"openapi": "3.1.0", "x": [1, 2, 3]}')


def test_lists_that_hold_nothing_count(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(bounds, "MAX_VALUES", 100)
    assert "more than 100 values" in refusal(file, HEAD + "x: [" + "[]," * 200 + "]")
    assert "more than 100 values" in refusal(file, '{"openapi": "3.1.0", "x": [' + "[]," * 200 + "[]]}")


@pytest.mark.parametrize("name, why", [("missing.yaml", "No such file"), (".", "directory"), ("a\0b", "not valid")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(str(tmp_path / name))


def test_a_loader_makes_no_value_of_python() -> None:
    with pytest.raises(bounds.RefusedError, match="of no value of JSON"):
        yaml_values.parsed(b"!!python/name:os.system ''")


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.yaml",
        "https://gateway.example/x.yaml#/components",
        "file:///etc/passwd",
        "other.yaml#/components",
        "./other.yaml",
        "//host/x",
        "/etc/passwd",
    ],
)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_a_reference_beyond_the_file_is_refused_with_its_place(file: Path, keyword: str, reference: str) -> None:
    file.write_text(HEAD + json.dumps({"x": {"y~/": [{keyword: reference}]}})[1:-1], encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        check_within(read(str(file)).root)
    assert f"at #/x/y~0~1/0/{keyword}: the reference {reference!a} leads beyond the file" in str(raised.value)
    assert "nothing was fetched" in str(raised.value)


@pytest.mark.parametrize(
    "schema, words",
    [
        ({"$ref": "#name"}, "at #/components/schemas/Team/$ref: the reference '#name' names an anchor"),
        ({"$id": "https://vendor.example/x"}, "at #/components/schemas/Team/$id: an $id gives"),
    ],
)
def test_what_changes_the_meaning_of_references_is_refused(file: Path, schema: dict[str, str], words: str) -> None:
    document = own()
    document["components"]["schemas"]["Team"] = schema
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        check_within(read(str(file)).root)
    assert words in str(raised.value)


def test_data_and_names_are_no_references(file: Path) -> None:
    document = own()
    document["components"]["schemas"]["Team"]["properties"] |= {"$ref": {"type": "string"}, "$id": {"type": "string"}}
    document["components"]["schemas"]["Team"]["example"] = {"$id": "x", "$ref": "#gone"}
    file.write_text(json.dumps(document), encoding="utf-8")
    check_within(read(str(file)).root)
