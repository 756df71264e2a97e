"""The keywords of JSON Schema that the document may use: their cases, their words, and the two validators agreeing."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.selftest.made import example

from customers_conformance.bodies.listing import Listing
from customers_conformance.bodies.violations import explained, violations
from customers_conformance.contract.catalogue import ContractError
from customers_conformance.contract.document import Contract
from customers_conformance.contract.vocabulary.applicators import BREACH, STANDARD

FOLDER = resources.files("customers_conformance.openapi")
DOCUMENT, CATALOGUE = (
    yaml.safe_load((FOLDER / name).read_text("utf-8")) for name in ("customers.yaml", "requirements.yaml")
)

#: An entry under this id stands in place of the document's own.
ENTRY = "CUST-REL-003"

#: The catalogue as far as a document without its own entries speaks of it: it is loaded often here.
SPOKEN_OF = {
    **CATALOGUE,
    "requirements": [one for one in CATALOGUE["requirements"] if one["id"].startswith(("CUST-SCH", ENTRY))],
}


def contract(**changes: Any) -> Contract:
    """The contract with one entry for each object that is named, the document's other entries aside."""
    document = copy.deepcopy(DOCUMENT)
    for schema in document["components"]["schemas"].values():
        schema.pop("x-requirements", None)
    for name, entry in changes.items():
        document["components"]["schemas"][name]["x-requirements"] = {ENTRY: entry}
    return Contract(document, SPOKEN_OF, ("", ""))


def team(**members: Any) -> Any:
    return {"id": "t", "name": "t", **members}


def broken(made: Contract, value: Any, schema: str = "Team") -> list[tuple[str, str, str]]:
    """What an entry's breaches say, once both validators were found to say the same of all requirements."""
    found = list(violations(made, schema, value))
    assert set(found) == set(explained(made, schema, value))
    return [(one.pointer, one.expected, one.actual) for one in found if one.requirement == ENTRY]


def cases(made: Contract, value: Any, schema: str = "Team") -> int:
    ((_, count),) = made.counted(schema)
    return count(value) % BREACH


#: A schema, a value, how many cases it has, and what a breach expects and finds; no words where it holds.
CASES: list[tuple[Any, Any, int, list[tuple[str, str]]]] = [
    ({"type": ["string", "null"]}, 5, 1, [("a string or null", "a number")]),
    ({"type": "integer"}, 1.5, 1, [("an integer", "1.5")]),
    ({"type": "array"}, {}, 1, [("a list", "an object")]),
    ({"type": "array"}, [], 1, []),
    ({"enum": ["a", 5, None]}, "b", 1, [('"a" or 5 or null', '"b"')]),
    ({"enum": ["a", 5]}, 5.0, 1, []),
    ({"enum": [{"a": [1]}]}, {"a": [2]}, 1, [('{"a": [1]}', "an object")]),
    ({"const": {"a": {"b": []}}}, {"a": {"b": [1]}}, 1, [('{"a": {"b": []}}', "an object")]),
    ({"const": {"a": {"b": [1]}}}, {"a": {"b": [1]}}, 1, []),
    ({"const": True}, False, 1, [("true", "false")]),
    ({"minimum": 0}, -1, 1, [("at least 0", "-1")]),
    ({"minimum": 0}, "a", 0, []),
    ({"maximum": 1000000}, 1000001, 1, [("at most 1000000", "1000001")]),
    ({"maximum": 1000000}, 1000000, 1, []),
    ({"maximum": 1}, True, 0, []),
    ({"exclusiveMinimum": 0}, 0, 1, [("more than 0", "0")]),
    ({"exclusiveMaximum": 1.5}, 1.5, 1, [("less than 1.5", "1.5")]),
    ({"minLength": 1}, "", 1, [("a value that is not empty", '""')]),
    ({"minLength": 3}, "ab", 1, [("a value of at least 3 characters", '"ab"')]),
    ({"minLength": 300}, "a" * 300, 1, []),
    ({"maxLength": 1}, "ab", 1, [("a value of at most 1 character", '"ab"')]),
    ({"maxLength": 299}, "a" * 300, 1, [("a value of at most 299 characters", f'"{"a" * 80}…"')]),
    ({"maxLength": 1}, ["ab"], 0, []),
    ({"pattern": "^[0-9]+$"}, "a", 1, [("a value like ^[0-9]+$", '"a"')]),
    ({"pattern": "^a$"}, "a\n", 1, [("a value like ^a$", '"a\n"')]),
    ({"pattern": "z$"}, "a" * 500 + "z", 1, []),
    ({"pattern": "a"}, 5, 0, []),
    (
        {"format": "reset-duration"},
        "0d",
        1,
        [("a positive duration, such as 30s, 5m, 1h30m, 1d, 1w, 1M or 1Y", '"0d"')],
    ),
    ({"format": "date-time"}, 5, 0, []),
    ({"minItems": 2}, [1], 1, [("at least 2 items", "1 item")]),
    ({"maxItems": 1}, [1, 2], 1, [("at most 1 item", "2 items")]),
    ({"maxItems": 1}, {"a": 1, "b": 2}, 0, []),
    ({"uniqueItems": True}, [{"a": [1]}, {"a": [1.0]}], 1, [("items that all differ", "two that are equal")]),
    ({"uniqueItems": True}, [{"a": [1]}, {"a": [2]}], 1, []),
    ({"uniqueItems": False}, [1, 1], 0, []),
    ({"minProperties": 1}, {}, 1, [("at least 1 member", "0 members")]),
    ({"maxProperties": 1}, {"a": 1, "b": 2}, 1, [("at most 1 member", "2 members")]),
    ({"maxProperties": 1}, [1, 2], 0, []),
    ({"required": ["a", "b"]}, {"c": 1}, 1, [("the member a", "absent"), ("the member b", "absent")]),
    ({"required": ["a"]}, {"a": None}, 1, []),
    ({"required": ["a"]}, "a", 0, []),
    ({"dependentRequired": {"a": ["b", "c"], "d": ["e"]}}, {"a": 1, "c": 1}, 1, [("the member b beside a", "absent")]),
    ({"dependentRequired": {"description": ["b"]}}, {}, 0, []),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}, 1, [("the member b", "absent")]),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"b": 1}, 0, []),
    (
        {"propertyNames": {"pattern": "^a", "maxLength": 2}},
        {"abc": 1, "ab": 1, "b": 1},
        6,
        [
            ("names of members: a value like ^a and a value of at most 2 characters", '"abc"'),
            ("names of members: a value like ^a and a value of at most 2 characters", '"b"'),
        ],
    ),
    ({"propertyNames": {"pattern": "^a"}}, ["b"], 0, []),
    ({"properties": {"a": {"minimum": 0}, "b": {"minLength": 1}}}, {"a": 1, "b": 5}, 1, []),
    ({"properties": {"a": {"minimum": 0}}}, {"a": -1}, 1, [("at least 0", "-1")]),
    ({"properties": {"title": {"properties": {"b": {"items": {"maximum": 1}}}}}}, {"title": {"b": [2]}}, 1, [
        ("at most 1", "2")
    ]),
    ({"properties": {"a": {"minimum": 0}}}, [], 0, []),
    ({"additionalProperties": {"masked": "secret"}}, {"a": "", "b": 5, "c": "*****"}, 2, []),
    ({"additionalProperties": {"masked": "secret"}}, {"a": "clear"}, 1, [
        ("empty, absent, null or masked", "a value in the clear")
    ]),
    (
        {"properties": {"a": {"minimum": 0}}, "additionalProperties": {"maximum": 5}},
        {"a": 9, "b": 9, "c": 5},
        3,
        [("at most 5", "9")],
    ),
    (
        {"properties": {"a": True}, "additionalProperties": False},
        {"a": 1, "b": 1, "c": 1},
        2,
        [("no member but a", 'the member "b"'), ("no member but a", 'the member "c"')],
    ),
    ({"properties": {"a": True}, "additionalProperties": False}, {"a": 1}, 1, []),
    ({"additionalProperties": False}, {"a": 1}, 1, [("no member", 'the member "a"')]),
    ({"items": {"items": {"maximum": 1}}}, [[1, 2], "a"], 2, [("at most 1", "2")]),
    ({"prefixItems": [{"type": "string"}], "items": {"type": "null"}}, ["a", 2, None], 3, [("null", "a number")]),
    ({"prefixItems": [True, {"type": "string"}]}, [2, 2], 1, [("a string", "a number")]),
    ({"contains": {"type": "string", "pattern": "^a"}}, [1, "b"], 1, [
        ("an item that is a string and a value like ^a", "none among 2 items")
    ]),
    ({"contains": {"properties": {"a": {"const": 1}}, "required": ["a"]}}, [{"b": 1}, {"a": 1}], 1, []),
    ({"contains": {"const": 1}}, 1, 0, []),
    ({"allOf": [{"minimum": 0}, {"pattern": "a"}, {"maximum": 4}]}, 5, 2, [("at most 4", "5")]),
    ({"anyOf": [{"type": "null"}, {"minimum": 3}]}, 2, 1, [("null or at least 3", "2")]),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None, 1, []),
    ({"oneOf": [{"minimum": 1}, {"minimum": 3}]}, 4, 1, [("just one of at least 1 or at least 3", "4")]),
    ({"not": {"type": "null"}}, None, 1, [("anything but null", "null")]),
    ({"not": {"required": ["a"]}}, {"a": 1}, 1, [("anything but the member a", "an object")]),
    ({"not": {"properties": {"a": {"const": 1}}}}, {"a": 1}, 1, [("anything but a: 1", "an object")]),
    ({"not": {}}, 5, 1, [("anything but anything", "5")]),
    ({"if": {"type": "number"}, "then": {"minimum": 3}}, 2, 1, [("at least 3", "2")]),
    ({"if": {"type": "number"}, "then": {"minimum": 3}}, "a", 0, []),
    ({"if": {"type": "number"}, "else": {"type": "null"}, "type": ["number", "string", "null"]}, "a", 2, [
        ("null", "a string")
    ]),
    ({"if": {"masked": "secret"}, "then": {"maxLength": 3}}, "clear", 0, []),
    (
        {"anyOf": [{"if": {"type": "number"}, "then": {"minimum": 3}, "else": {"const": "a"}}, {"masked": "pem"}]},
        2,
        1,
        [],
    ),
    (
        {"not": {"if": {"type": "number"}, "then": {"minimum": 3}, "else": {"const": "a"}}},
        "a",
        1,
        [('anything but where it is a number and at least 3 and else "a"', '"a"')],
    ),
]  # fmt: skip


@pytest.mark.parametrize("schema, value, count, words", CASES)
def test_an_entry_counts_its_cases_and_says_its_breaches_in_words(
    schema: Any, value: Any, count: int, words: list[tuple[str, str]]
) -> None:
    made = contract(Team={"properties": {"claims": schema}})
    assert [said[1:] for said in broken(made, team(claims=value))] == words
    assert cases(made, team(claims=value)) == count


#: A schema, a value that meets it, and one to which it does not apply; ``...`` where it applies to every value.
HELD: list[tuple[Any, Any, Any]] = [
    ({"type": "string"}, "a", ...),
    ({"enum": ["a"]}, "a", ...),
    ({"const": 1}, 1.0, ...),
    ({"minimum": 1}, 1, "a"),
    ({"maximum": 1}, 1, None),
    ({"exclusiveMinimum": 1}, 1.5, "a"),
    ({"exclusiveMaximum": 1}, 0.5, []),
    ({"minLength": 1}, "\U0001f600", 5),
    ({"maxLength": 1}, "\U0001f600", [1, 2]),
    ({"pattern": "a"}, "cab", 5),
    ({"format": "date-time"}, "2026-01-31T12:00:00Z", 5),
    ({"minItems": 1}, [{}], {}),
    ({"maxItems": 1}, [[1, 2]], "ab"),
    ({"minProperties": 1}, {"a": {}}, []),
    ({"maxProperties": 1}, {"a": {"b": 1, "c": 2}}, [1, 2]),
    ({"uniqueItems": True}, [[1], [2]], {"a": 1}),
    ({"required": ["a"]}, {"a": None}, "a"),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"b": 1}),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1, "b": 1}, {"b": 1}),
    ({"propertyNames": {"pattern": "a"}}, {"ab": 1}, {}),
    ({"properties": {"a": {"const": 1}}}, {"a": 1}, {"b": 2}),
    ({"additionalProperties": {"const": 1}}, {"a": 1}, [2]),
    ({"items": {"const": 1}}, [1], []),
    ({"prefixItems": [{"const": 1}]}, [1, 2], []),
    ({"contains": {"const": 1}}, [2, 1], {"a": 1}),
    ({"allOf": [{"minimum": 1}]}, 1, "a"),
    ({"anyOf": [{"minimum": 1}, {"type": "string"}]}, "a", ...),
    ({"oneOf": [{"type": "number"}, {"type": "string"}]}, "a", ...),
    ({"not": {"const": 1}}, 2, ...),
    ({"if": {"type": "string"}, "then": {"minLength": 1}}, "a", 5),
    ({"if": {"type": "string"}, "else": {"minimum": 1}}, 1, "a"),
]


@pytest.mark.parametrize("schema, value, other", HELD)
def test_a_value_that_meets_a_keyword_is_a_case_and_one_that_it_asks_nothing_of_is_none(
    schema: Any, value: Any, other: Any
) -> None:
    made = contract(Team={"properties": {"claims": schema}})
    assert broken(made, team(claims=value)) == []
    assert cases(made, team(claims=value)) == 1
    assert other is ... or (broken(made, team(claims=other)), cases(made, team(claims=other))) == ([], 0)


def test_every_standard_keyword_was_seen_to_hold_and_to_break() -> None:
    for name in STANDARD:
        assert any(name in schema for schema, _, _ in HELD), name
        assert any(words and f'"{name}":' in json.dumps(schema) for schema, _, _, words in CASES), name


def test_the_example_of_the_guide_is_counted_and_said_in_words() -> None:
    made = contract(Budget={"properties": {"max_limit": {"maximum": 1000000}}})
    value = example()
    budget = value["customers"][0]["budget"]
    assert Listing(json.dumps(value).encode(), made).applied[ENTRY] == json.dumps(value).count('"max_limit"')
    budget["max_limit"] = 1000000.5
    found = Listing(json.dumps(value).encode(), made).broken
    assert found.total == {ENTRY: 1}
    (said,) = found.first[ENTRY]
    assert (said.pointer, said.expected, said.actual) == (
        "/customers/0/budget/max_limit",
        "at most 1000000",
        "1000000.5",
    )
    budget["max_limit"] = "1000000.5"
    found = Listing(json.dumps(value).encode(), made).broken
    assert list(found.total) == ["CUST-SCH-010"]


KEYS = {"virtual_keys": [{"id": "a", "name": "n", "zz": {"deep": [1]}}, {"id": "b", "name": "n", "zz": {"deep": [2]}}]}


@pytest.mark.parametrize(
    "entry, members, count, words",
    [
        # What the walk judges object by object is whole for an entry that speaks of it.
        ({"properties": {"virtual_keys": {"minItems": 3}}}, KEYS, 1, [("at least 3 items", "2 items")]),
        ({"properties": {"virtual_keys": {"maxItems": 2, "uniqueItems": True}}}, KEYS, 2, []),
        ({"properties": {"virtual_keys": {"contains": {"required": ["zz"]}}}}, KEYS, 1, []),
        ({"properties": {"virtual_keys": {"items": {"required": ["zz", "id"]}}}}, KEYS, 2, []),
        ({"properties": {"budget": {"minProperties": 1}}}, {"budget": {}}, 1, [("at least 1 member", "0 members")]),
        ({"properties": {"budget": {"const": {"zz": 1}}}}, {"budget": {"zz": 2}}, 1, [('{"zz": 1}', "an object")]),
        # Undocumented members count where a keyword asks for all or for one of them.
        ({"maxProperties": 3}, {"zz": 1, "yy": [1]}, 1, [("at most 3 members", "4 members")]),
        ({"required": ["zz"]}, {"zz": 1}, 1, []),
        ({"propertyNames": {"maxLength": 2}}, {"zzz": 1}, 3, [
            ("names of members: a value of at most 2 characters", '"name"'),
            ("names of members: a value of at most 2 characters", '"zzz"'),
        ]),
        ({"dependentRequired": {"zz": ["yy"]}}, {"zz": 1}, 1, [("the member yy beside zz", "absent")]),
        ({"additionalProperties": {"type": "string"}}, {"zz": [1]}, 3, [("a string", "a list")]),
        # A keyword of ours sees all of the object wherever it stands.
        ({"if": {"required": ["zz"]}, "then": {"uniqueBy": {"virtual_keys": "name"}}}, {**KEYS, "zz": 1}, 1, [
            ("another name than /virtual_keys/0/name", '"n"')
        ]),
        ({"minProperties": 1, "uniqueBy": {"virtual_keys": "name"}}, KEYS, 2, [
            ("another name than /virtual_keys/0/name", '"n"')
        ]),
    ],
)  # fmt: skip
def test_an_entry_sees_of_an_object_all_that_it_speaks_of(
    entry: Any, members: Any, count: int, words: list[tuple[str, str]]
) -> None:
    made = contract(Team=entry)
    assert [said[1:] for said in broken(made, team(**members))] == words
    assert cases(made, team(**members)) == count


def test_a_schema_may_ask_something_of_a_list_of_objects_and_of_all_its_members() -> None:
    document = copy.deepcopy(DOCUMENT)
    said = document["components"]["schemas"]["Team"]
    said["properties"]["virtual_keys"]["minItems"] = 2
    said["allOf"] = [{"maxProperties": 4}]
    made = Contract(document, CATALOGUE, ("", ""))
    value = team(virtual_keys=[{}], zz=1, yy=1)
    found = [one for one in violations(made, "Team", value) if not one.pointer.startswith("/virtual_keys/")]
    assert {(one.requirement, one.pointer, one.expected, one.actual) for one in found} == {
        ("CUST-SCH-003", "/virtual_keys", "at least 2 items", "1 item"),
        ("CUST-SCH-003", "", "at most 4 members", "5 members"),
    }
    assert set(violations(made, "Team", value)) == set(explained(made, "Team", value))


def test_a_description_of_an_entry_changes_nothing() -> None:
    bare, described = ({"uniqueBy": {"virtual_keys": "name"}} | more for more in ({}, {"description": "names"}))
    for entry in (bare, described):
        assert [said[0] for said in broken(contract(Team=entry), team(**KEYS))] == ["/virtual_keys/1/name"]


def refusal(change: Any) -> str:
    document = copy.deepcopy(DOCUMENT)
    change(document["components"]["schemas"])
    with pytest.raises(ContractError) as raised:
        Contract(document, CATALOGUE, ("", ""))
    return str(raised.value)


BUDGET = "#/components/schemas/Budget"
TEAM = "openapi/customers.yaml: at components/schemas/Team"


@pytest.mark.parametrize(
    "entry, words",
    [
        ({"maxLenght": 5}, [f"{TEAM}/x-requirements/{ENTRY}:", "the keyword maxLenght", "add it there"]),
        ({"properties": {"name": {"multipleOf": 2}}}, [f"{ENTRY}/properties/name:", "the keyword multipleOf"]),
        ({"patternProperties": {}}, ["the keyword patternProperties", "contract/vocabulary/assertions.py"]),
        ({"if": {"unknown": 1}}, [f"{ENTRY}/if:", "the keyword unknown"]),
        ({"dependentSchemas": {"a": {"unknown": 1}}}, [f"{ENTRY}/dependentSchemas/a:", "the keyword unknown"]),
        ({"allOf": [{}, {"x-requirements": {}}]}, [f"{ENTRY}/allOf/1:", "the keyword x-requirements"]),
        ({"properties": {"name": {"format": "email"}}}, ["the format email", "date-time or reset-duration"]),
        ({"properties": {"name": {"format": "int64"}}}, ["the format int64"]),
        ({"properties": {"name": False}}, ["False is no schema that is judged", "write an object"]),
        ({"properties": {"name": {"minLength": "5"}}}, ["minLength", "correct it"]),
        ({"properties": {"name": {"pattern": "("}}}, ["pattern", "correct it"]),
        ({"allOf": {}}, [f"{TEAM}/x-requirements/{ENTRY}:", "allOf holds {}", "correct it"]),
        ({"properties": []}, ["properties holds []", "correct it"]),
        ({"properties": {"budget": {"$ref": BUDGET}}}, ["$ref", "does not follow it"]),
    ],
)
def test_an_entry_that_could_not_be_judged_is_refused_on_loading(entry: Any, words: list[str]) -> None:
    said = refusal(lambda schemas: schemas["Team"]["x-requirements"].update({ENTRY: entry}))
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    "change, words",
    [
        ({"nullable": True}, [f"{TEAM}/properties/name:", "the keyword nullable"]),
        ({"$ref": BUDGET, "minProperties": 1}, [f"{TEAM}/properties/name:", "beside $ref"]),
        ({"$ref": "#/components/schemas/Budgets"}, ["leads to no schema"]),
        ({"anyOf": [{"$ref": BUDGET}, {"type": "null"}], "type": "object"}, ["beside a reference"]),
        ({"additionalProperties": {"$ref": BUDGET}}, ["does not follow it"]),
        ({"items": {"items": {"$ref": BUDGET}}}, [f"{TEAM}/properties/name/items/items:"]),
    ],
)  # fmt: skip
def test_a_schema_that_could_not_be_judged_is_refused_on_loading(change: Any, words: list[str]) -> None:
    said = refusal(lambda schemas: schemas["Team"]["properties"].update(name=change))
    for word in words:
        assert word in said


def test_what_only_describes_a_schema_is_allowed() -> None:
    document = copy.deepcopy(DOCUMENT)
    described = {"title": "T", "readOnly": True, "writeOnly": False, "deprecated": True, "$comment": "c", "default": 1}
    document["components"]["schemas"]["Team"]["properties"]["name"] |= described
    made = Contract(document, CATALOGUE, ("", ""))
    assert made.defs["Team"]["properties"]["name"] == {"type": "string"}


NAMES = st.sampled_from(("id", "name", "claims", "virtual_keys", "budget", "zz"))
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from((0.5, 2.0, "", "a", "zz", "abc"))
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=10
)
COUNTS = st.integers(0, 3)
LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(("object", "array", "string", "integer", "number", "boolean", "null")),
    "enum": st.lists(JSON, min_size=1, max_size=2),
    "const": JSON,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), st.integers(-2, 2)),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), COUNTS),
    "pattern": st.sampled_from(("^a", "z")),
    "format": st.sampled_from(("date-time", "reset-duration")),
    "uniqueItems": st.booleans(),
    "required": st.lists(NAMES, max_size=2, unique=True),
    "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
    "masked": st.just("secret"),
    "selection": st.just(True),
    "uniqueBy": st.just({"virtual_keys": "name"}),
}


def within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    schemas = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(NAMES, inner, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("items", "contains", "not", "if", "then", "else", "propertyNames"), inner),
            "additionalProperties": inner | st.just(False),
            **dict.fromkeys(("properties", "dependentSchemas"), named),
            **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), schemas),
        },
    )


ONE_LEAF = st.sampled_from(sorted(LEAVES)).flatmap(lambda name: LEAVES[name].map(lambda limit: {name: limit}))
ENTRIES = st.recursive(ONE_LEAF, lambda inner: within(inner) | st.tuples(inner, inner).map(lambda two: two[0] | two[1]))


@settings(
    derandomize=True,
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(ENTRIES.filter(bool), st.dictionaries(NAMES, JSON, max_size=5))
def test_both_validators_say_the_same_of_any_entry(entry: Any, value: Any) -> None:
    made = contract(Team=entry)
    found = broken(made, value)
    # What is broken was a case.
    for _, count in made.counted("Team"):
        assert count(value) or not found
