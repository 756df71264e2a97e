"""Bodies judged against the document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.selftest.made import CONTRACT, crowd, example, judged, said

from customers_conformance.bodies import listing as bodies
from customers_conformance.bodies import survey
from customers_conformance.bodies import violations as violations_module
from customers_conformance.bodies.listing import Listing, is_documented
from customers_conformance.bodies.shapes import shapes_of
from customers_conformance.bodies.violations import Violation, violations
from customers_conformance.bodies.walk import Node, walk
from customers_conformance.contract.document import ROOT
from customers_conformance.contract.pointers import steps_of
from customers_conformance.contract.vocabulary.keywords import KEYWORDS, Keyword
from customers_conformance.model import Verdict


def listing(value: Any) -> Listing:
    return Listing(value if isinstance(value, bytes) else json.dumps(value).encode(), CONTRACT)


def violations_of(found: Listing) -> list[Violation]:
    return [violation for first in found.broken.first.values() for violation in first]


def broken(value: Any) -> list[tuple[str | None, str, str, str]]:
    return [(v.requirement, v.pointer, v.expected, v.actual) for v in violations_of(listing(value))]


def test_the_documents_own_example_breaks_nothing() -> None:
    assert broken(example()) == []


def test_a_failure_is_judged_at_the_nearest_named_schema() -> None:
    value = example()
    key = value["customers"][0]["teams"][0]["virtual_keys"][0]
    key["provider_configs"][0]["keys"][0]["value"]["from_env"] = "yes"
    key["calendar_aligned"] = 0
    del key["description"], key["is_active"]
    place = "/customers/0/teams/0/virtual_keys/0"
    assert set(broken(value)) == {
        ("CUST-SCH-009", f"{place}/provider_configs/0/keys/0/value/from_env", "a boolean", "a string"),
        ("CUST-SCH-004", f"{place}/calendar_aligned", "a boolean", "a number"),
        ("CUST-SCH-004", place, "the member is_active", "absent"),
    }


def test_what_must_always_be_sent_belongs_to_its_own_requirement() -> None:
    assert broken({}) == [
        ("CUST-SCH-015", "", "the member customers", "absent"),
        ("CUST-SCH-015", "", "the member count", "absent"),
    ]


def test_a_value_that_is_no_object_counts_for_the_schema_that_it_should_have_met() -> None:
    found = listing([1, 2])
    assert [(v.requirement, v.pointer) for v in violations_of(found)] == [("CUST-SCH-001", "")]
    assert found.applied["CUST-SCH-001"] == 1
    assert not found.is_listing
    assert found.size == 0


def test_a_list_that_is_an_object_is_not_looked_into() -> None:
    found = listing({"customers": {"a": {"id": 5}}, "count": 1})
    assert [(v.requirement, v.pointer) for v in violations_of(found)] == [("CUST-SCH-001", "/customers")]
    assert found.applied["CUST-SCH-002"] == 0
    assert found.applied["CUST-REL-001"] == 0


def test_every_breach_of_a_keyword_on_one_object_is_reported() -> None:
    value = crowd("a", "b", "c")
    for item in value["customers"]:
        item["id"] = "same"
    assert [v[:2] for v in broken(value)] == [
        ("CUST-REL-002", "/customers/1/id"),
        ("CUST-REL-002", "/customers/2/id"),
    ]


def test_a_format_belongs_to_the_requirement_on_formats() -> None:
    value = crowd("a")
    value["customers"][0]["created_at"] = "yesterday"
    ((requirement, place, expected, actual),) = broken(value)
    assert (requirement, place, actual) == ("CUST-SCH-013", "/customers/0/created_at", '"yesterday"')
    assert "RFC 3339" in expected


def test_a_duration_belongs_to_its_entry() -> None:
    value = example()
    value["customers"][0]["budget"]["reset_duration"] = "0d"
    assert ("CUST-VAL-001", "/customers/0/budget/reset_duration") in [v[:2] for v in broken(value)]


def test_a_number_that_is_out_of_range_breaks_no_schema_requirement() -> None:
    found = listing(b'{"customers": [], "count": 1e400}')
    assert violations_of(found) == []
    assert found.reading.numbers == {"/count": "1e400"}
    wide = listing({"customers": [], "count": 2**63})
    assert violations_of(wide) == []
    assert wide.seen.wide_integers == {"/count": str(2**63)}
    assert listing(b'{"customers": [], "count": 9223372036854775808.0}').seen.wide_integers != {}


def test_an_integer_is_judged_as_it_is_written() -> None:
    assert listing(b'{"customers": [], "count": 9223372036854775807.0}').seen.wide_integers == {}
    (found,) = violations_of(listing(b'{"customers": [], "count": 5.00000000000000000001}'))
    assert (found.requirement, found.pointer, found.actual) == ("CUST-SCH-001", "/count", "5.00000000000000000001")


def test_violations_are_told_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(violations_module, "MOST", 3)
    monkeypatch.setattr(bodies, "MOST", 3)
    found = listing({"customers": [1] * 9, "count": 5}).broken
    assert found.total == {"CUST-REL-001": 1, "CUST-SCH-002": 2}
    assert found.looked.beyond == "the body breaks its schema in more than the 3 places that are looked at"
    assert listing({"customers": [1] * 3, "count": 3}).broken.looked.beyond is None
    left = judged("CUST-REL-002", said(body={"customers": [1] * 9, "count": 9}))
    assert (left.verdict, left.reason) == (Verdict.UNVERIFIED, found.looked.beyond)


def test_where_an_object_of_too_many_values_breaks_its_schema_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(violations_module, "MOST", 3)
    value = example()
    key = value["customers"][0]["teams"][0]["virtual_keys"][0]
    key["provider_configs"][0]["allowed_models"] = ["a", "b", "c", "d"]
    assert listing(value).broken.looked.beyond is None
    key["provider_configs"][0]["allowed_models"].append(5)
    found = listing(value).broken
    assert (
        found.looked.beyond == "an object that breaks its schema holds more than 3 values, and where is not looked at"
    )


def test_of_many_integers_beyond_int64_the_first_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_WIDE", 1)
    monkeypatch.setattr(survey, "MOST_WIDE", 1)
    value: Any = crowd("a", "b")
    for item in value["customers"]:
        item["budget"] = {"max_limit": "much", "id": 2**64}
        item["virtual_keys"] = [{"provider_configs": [{"id": 2**64}]}]
    found = listing(value)
    assert len(found.seen.wide_integers) == 2
    assert found.broken.total.total() == 0
    assert found.broken.looked.beyond is not None


def test_a_body_is_judged_however_deep_it_is_nested() -> None:
    value: Any = {"id": 5, "name": "deepest"}
    for _ in range(150):
        value = {"id": "a", "name": "a", "teams": [{"id": "t", "name": "t", "customer": value}]}
    (found,) = violations_of(listing({"customers": [value], "count": 1}))
    assert (found.requirement, found.expected) == ("CUST-SCH-002", "a string")
    assert found.pointer == "/customers/0" + "/teams/0/customer" * 150 + "/id"


def test_null_where_an_object_is_due_counts_for_its_schema() -> None:
    value = example()
    value["customers"][0]["teams"][0]["budget"] = None
    assert broken(value) == [("CUST-SCH-010", "/customers/0/teams/0/budget", "an object", "null")]


def test_a_body_that_is_no_json_holds_nothing() -> None:
    found = listing(b"<html>")
    assert violations_of(found) == []
    assert found.size == 0
    assert not found.is_listing
    assert not found.seen.objects


def test_items_that_are_no_objects_are_no_customers() -> None:
    found = listing({"customers": [1, {"id": "a"}, None], "count": 3})
    assert found.size == 1
    assert found.is_listing
    assert [found.item(index) for index in range(3)] == [1, {"id": "a"}, None]
    assert found.applied["CUST-SCH-002"] == 3


def test_undocumented_properties_are_counted_with_their_first_place_and_not_entered() -> None:
    value = crowd("a", "b")
    for item in value["customers"]:
        item["x/y"] = {"id": 5}
    found = listing(value)
    seen = found.seen
    assert dict(seen.undocumented) == {"Customer.x/y": 2}
    assert seen.first_places == {"Customer.x/y": "/customers/0/x~1y"}
    assert seen.unknown == {"Customer": {hash("x/y")}}
    assert seen.objects == {"ListCustomersResponse": 1, "Customer": 2}


def test_objects_of_the_contract_know_where_they_stand() -> None:
    (rate_limit,) = (node for node in walk(CONTRACT, Node(ROOT, example())) if node.schema == "RateLimit")
    assert rate_limit.pointer == "/customers/0/teams/0/virtual_keys/0/rate_limit"
    assert rate_limit.at("id") == rate_limit.pointer + "/id"
    assert [node.schema for node in rate_limit.ancestors] == ["VirtualKey", "Team", "Customer", "ListCustomersResponse"]
    team = rate_limit.nearest("Team")
    assert team is not None
    assert team.value["name"] == "Payments"
    assert rate_limit.nearest("EnvVar") is None


def test_every_requirement_of_the_document_has_something_to_judge_in_the_example() -> None:
    applied = listing(example()).applied
    missing = {name for name in CONTRACT.document_requirements if not applied[name]}
    # Both need two siblings.
    assert missing == {"CUST-REL-002", "CUST-REL-003"}


@pytest.mark.parametrize("keyword", ["countOf", "masked"])
def test_a_failure_inside_a_keyword_is_raised_and_never_taken_for_a_violation(
    keyword: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_value: Any, _instance: Any) -> Any:
        raise ZeroDivisionError
        yield

    monkeypatch.setitem(KEYWORDS, keyword, Keyword(keyword, fails))
    compiled = (CONTRACT.shallow, CONTRACT.relations, CONTRACT.quick, CONTRACT.counted, shapes_of)
    value = example()
    key = value["customers"][0]["teams"][0]["virtual_keys"][0]
    key["mcp_configs"][0]["mcp_client"]["headers"]["X-Key"] = "in the clear"
    for one in compiled:
        one.cache_clear()
    try:
        with pytest.raises(ZeroDivisionError):
            list(violations(CONTRACT, ROOT, value))
    finally:
        for one in compiled:
            one.cache_clear()


@pytest.mark.parametrize(
    "place, documented",
    [
        ("", True),
        ("/customers", True),
        ("/customers/0", True),
        ("/customers/0/teams/0/name", True),
        ("/zz", False),
        ("/customers/0/zz", False),
        ("/customers/0/zz/deeper", False),
        ("/customers/0/teams/0/zz", False),
    ],
)
def test_what_stands_at_a_place_is_documented_or_it_is_not(place: str, *, documented: bool) -> None:
    assert is_documented(CONTRACT, ROOT, example(), steps_of(place)) is documented


@pytest.mark.parametrize("large", [{"zz": [[0] * 50, {"a": 1}]}, {"zz": {str(n): n for n in range(50)}}])
def test_the_values_of_an_object_are_counted_at_any_depth(large: Any) -> None:
    assert violations_module._size(large) > 50
    assert violations_module._size({"a": [1, {"b": 2}], "c": "text"}) == 2 + 2 + 1
