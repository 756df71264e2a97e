"""What the objects of a list say, of themselves and of each other, and what the views show of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.selftest.made import crowd, example, judged, said

from customers_conformance.model import Exchange, Verdict

PASS, FAIL, WARN = Verdict.PASS, Verdict.FAIL, Verdict.WARN
UNSEEN, NOT_THERE = Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE

AB = crowd("a", "b")
PLAIN = said(body=AB)


def one(**members: Any) -> Exchange:
    """A list of one customer, ``c-1``."""
    return said(body={"customers": [{"id": "c-1", "name": "One", **members}], "count": 1})


@pytest.mark.parametrize(
    "moment, verdict",
    [
        ("2026-11-23T10:05:00Z", PASS),
        ("2026-11-23T10:05:01Z", FAIL),
        ("2026-11-23T12:05:00+02:00", PASS),
        ("2026-11-23T12:05:01+02:00", FAIL),
        ("2026-11-23T08:05:01-02:00", FAIL),
        ("a while ago", UNSEEN),
    ],
)
def test_a_time_is_in_the_future_from_five_minutes_on(moment: str, verdict: Verdict) -> None:
    found = judged("CUST-VAL-008", one(created_at=moment))
    assert found.verdict is verdict
    assert [item.pointer for item in found.findings] == ["/customers/0/created_at"] * (verdict is FAIL)


def test_every_time_is_held_against_the_clock_and_counted() -> None:
    times = {
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2030-01-01T00:00:00Z",
        "zz_at": "2040-01-01T00:00:00Z",
    }
    assert judged("CUST-VAL-008", one(**times)).findings_total == 1
    assert judged("CUST-VAL-008", one(**times | {"updated_at": None})).observed == {"times": 1}
    deep = one(created_at=times["created_at"], budget={"id": "b", "last_reset": "2030-01-01T00:00:00Z"})
    assert judged("CUST-VAL-008", deep).findings_total == 1


@pytest.mark.parametrize(
    "number, verdict",
    [
        (str(2**63 - 1), PASS),
        (str(-(2**63)), PASS),
        (str(2**63), FAIL),
        (str(-(2**63) - 1), FAIL),
        ("1" * 400, FAIL),
        ("1e400", FAIL),
        ("-1e400", FAIL),
    ],
)
def test_a_number_is_one_that_others_can_hold(number: str, verdict: Verdict) -> None:
    body = json.dumps(AB).replace('"count": 2', f'"count": {number}').encode()
    found = judged("CUST-VAL-011", said(body=body))
    assert found.verdict is verdict
    assert [item.pointer for item in found.findings] == ["/count"] * (verdict is FAIL)


def test_what_a_number_should_have_been_is_told() -> None:
    def expected(number: str) -> str:
        body = json.dumps(AB).replace('"count": 2', f'"count": {number}').encode()
        (found,) = judged("CUST-VAL-011", said(body=body)).findings
        return found.expected

    assert expected(str(2**63)) == "an integer from -9223372036854775808 to 9223372036854775807"
    assert expected("1e400") == "a finite number that an int64 or a double holds"


def test_documented_numbers_are_counted() -> None:
    assert judged("CUST-VAL-011", one(budget={"id": "b", "max_limit": 1.5e300})).verdict is PASS
    listed = one(budget={"id": "b", "max_limit": 1.5, "current_usage": 0, "zz": 7})
    assert judged("CUST-VAL-011", listed).observed == {"numbers": 3}


def customers(*pairs: tuple[Any, Any], **members: Any) -> Exchange:
    listed = [{"id": identity, "name": name} for identity, name in pairs]
    return said(body={"customers": [*listed[:-1], listed[-1] | members], "count": len(listed)})


@pytest.mark.parametrize(
    "exchange, verdict",
    [
        (customers(("1", "x"), ("2", "y")), PASS),
        (customers(("1", "x"), ("2", "x")), WARN),
        (customers(("2", "x"), ("1", "x")), WARN),
        (customers(("1", "x"), ("1", "x")), UNSEEN),
        (customers(("1", "x"), ("2", "X")), PASS),
        (customers(("1", "x"), ("2", "")), UNSEEN),
        (customers(("1", ""), ("2", "")), UNSEEN),
        (customers(("1", 7), ("2", 7)), UNSEEN),
        (customers(("1", "x"), (None, "x")), UNSEEN),
        (customers(("1", "x"), ("2", "y"), teams=[{"id": "1", "name": "x"}, {"id": "2", "name": "x"}]), WARN),
        (customers(("1", "x"), ("2", "y"), teams=[{"id": "1", "name": "x"}]), PASS),
        (customers(("1", "x"), virtual_keys=[{"id": "1", "name": "k"}, {"id": "2", "name": "k"}]), WARN),
    ],
)
def test_two_objects_of_a_kind_have_names_of_their_own(exchange: Exchange, verdict: Verdict) -> None:
    assert judged("CUST-REL-004", exchange).verdict is verdict


def test_a_back_reference_has_no_name_of_its_own() -> None:
    back = {"id": "9", "name": "x", "teams": [{"id": "8", "name": "t"}]}
    teams = [{"id": "7", "name": "t", "customer": back}]
    assert judged("CUST-REL-004", customers(("1", "x"), ("2", "y"), teams=teams)).verdict is PASS


def test_a_double_name_is_named_with_the_place_of_the_first() -> None:
    (found,) = judged("CUST-REL-004", customers(("1", "x"), ("2", "x"))).findings
    assert found.message == 'expected another name than /customers/0/name, got "x"'
    assert found.pointer == "/customers/1/name"


@pytest.mark.parametrize(
    "members, verdict",
    [
        ({"teams": [{"id": "t", "virtual_keys": [{"id": "k", "team_id": "t", "team": {"id": "t"}}]}]}, PASS),
        ({"teams": [{"id": "t", "virtual_keys": [{"id": "k", "team_id": "t", "team": {"id": "u"}}]}]}, FAIL),
        ({"teams": [{"id": "t", "virtual_keys": [{"id": "k", "team_id": "u", "team": {"id": "u"}}]}]}, UNSEEN),
        ({"teams": [{"id": "t", "virtual_keys": [{"id": "k", "customer_id": "c-1", "team": {"id": "u"}}]}]}, UNSEEN),
        ({"virtual_keys": [{"id": "k", "customer_id": "c-1", "customer": {"id": "c-1"}}]}, PASS),
        ({"virtual_keys": [{"id": "k", "customer_id": "", "customer": {"id": "c-1"}}]}, PASS),
        ({"virtual_keys": [{"id": "k", "customer_id": "c-1", "customer": {"id": "c-2"}}]}, FAIL),
        ({"virtual_keys": [{"id": "k", "customer_id": "c-2", "customer": {"id": "c-2"}}]}, UNSEEN),
        ({"virtual_keys": [{"id": "k", "customer_id": "c-1", "team_id": "t", "team": {"id": "t"}}]}, UNSEEN),
        ({"teams": [{"id": "t", "customer": None}]}, UNSEEN),
    ],
)
def test_a_back_reference_shows_what_encloses_it(members: dict[str, Any], verdict: Verdict) -> None:
    assert judged("CUST-REL-012", one(**members)).verdict is verdict


def keys(*configs: list[dict[str, Any]], identities: tuple[Any, ...] = ("k-1", "k-2")) -> Exchange:
    return one(
        virtual_keys=[
            {"id": identity, "provider_configs": each} for identity, each in zip(identities, configs, strict=True)
        ]
    )


def test_the_configurations_of_two_keys_are_two_objects_though_their_ids_are_one() -> None:
    first, second = {"id": 1, "provider": "openai"}, {"id": 1, "provider": "azure"}
    assert judged("CUST-REL-013", keys([first], [second])).verdict is UNSEEN
    for nobody in ("", None):
        assert judged("CUST-REL-013", keys([first], [second], identities=(nobody, nobody))).verdict is UNSEEN


def test_copies_in_two_keys_are_compared() -> None:
    def clients(*names: str) -> Exchange:
        return one(
            virtual_keys=[
                {"id": f"k-{number}", "mcp_configs": [{"id": 1, "mcp_client": {"client_id": "m", "name": name}}]}
                for number, name in enumerate(names)
            ]
        )

    found = judged("CUST-REL-013", clients("x", "y"))
    assert [item.pointer for item in found.findings] == [
        "/customers/0/virtual_keys/1/mcp_configs/0/mcp_client/name",
    ]
    assert judged("CUST-REL-013", clients("x", "x")).observed == {"copies": 1}


def test_a_reference_that_one_copy_leaves_out_hides_no_other_difference() -> None:
    def copies(**other: Any) -> Verdict:
        back = {"id": "c-1", "budget_id": "", **other}
        return judged(
            "CUST-REL-013", one(budget_id="b", config_hash="x", teams=[{"id": "t", "customer": back}])
        ).verdict

    assert copies(name="One", config_hash="x") is PASS
    assert copies(name="Two", config_hash="x") is FAIL
    assert copies(name="One", config_hash="y") is FAIL


def test_two_siblings_of_one_id_are_two_objects_and_so_is_all_beneath_them() -> None:
    doubled = [{"id": "t", "name": "x", "budget": {"id": "b", "max_limit": 1}}]
    teams = [*doubled, {"id": "t", "name": "y", "budget": {"id": "b", "max_limit": 2}}]
    assert judged("CUST-REL-013", one(teams=teams)).verdict is UNSEEN


def views(memory: Any, *database: Any) -> list[Exchange]:
    return [PLAIN, *(said("database", body) for body in database), said("memory", memory), PLAIN]


def test_the_memory_view_is_held_against_the_last_database_view_of_its_round() -> None:
    assert judged("CUST-MEM-001", *views(AB, crowd("a"), AB)).verdict is PASS
    assert judged("CUST-MEM-001", *views(AB, AB, crowd("a"))).verdict is FAIL
    apart = [said("database", crowd("a")), *views(AB, AB), said("database", crowd("a"))]
    assert judged("CUST-MEM-001", *apart).verdict is PASS


def test_what_one_view_shows_and_the_other_does_not_is_named_at_its_place() -> None:
    (missing,) = judged("CUST-MEM-001", *views(crowd("b"), AB)).findings
    assert (missing.expected, missing.actual) == ('the customer "id-a-1234", as in the database view', "absent")
    assert missing.pointer == "/customers"
    (more,) = judged("CUST-MEM-001", *views(crowd("a", "b", "c"), AB)).findings
    assert more.pointer == "/customers/2"
    assert judged("CUST-MEM-002", *views(crowd("b", "a"), AB)).verdict is PASS


def test_views_are_counted_by_the_longer_one() -> None:
    assert judged("CUST-MEM-002", *views(crowd("a", "b", "c"), AB)).observed == {"customers": 3}
    assert judged("CUST-MEM-002", *views(crowd("a"), AB)).observed == {"customers": 2}
    assert judged("CUST-MEM-001", *views(AB, AB)).observed == {"customers": 2}


@pytest.mark.parametrize("view", ["memory", "database"])
def test_a_view_that_shows_no_list_is_the_reason(view: str) -> None:
    bodies = {"memory": AB, "database": AB, view: {"customers": 7}}
    found = judged("CUST-MEM-001", *views(bodies["memory"], bodies["database"]))
    assert found.reason == f"{view} does not show a list of customers to compare"


def test_a_repeated_member_counts_where_the_recording_holds_the_bytes() -> None:
    doubled = b'{"count": 0, "count": 0}'
    assert judged("CUST-RSP-003", PLAIN, said("memory", doubled, exact=False)).verdict is PASS
    assert judged("CUST-RSP-003", said(body=doubled, exact=False), said("memory", doubled)).verdict is FAIL
    assert judged("CUST-RSP-002", PLAIN, said("memory", b"{", exact=False)).verdict is PASS


def test_a_recording_without_the_bytes_is_the_reason_and_one_that_was_cut_has_its_own() -> None:
    inexact, cut = said(body=AB, exact=False), said(body=AB, exact=False, cut="It was cut.")
    for identifier in ("CUST-RSP-002", "CUST-RSP-003"):
        reason = judged(identifier, inexact).reason
        assert reason == "entry 0 and every other: the recording does not hold the bytes of the body"
    assert judged("CUST-RSP-002", cut).reason == "It was cut."
    assert judged("CUST-RSP-002", PLAIN, cut).reason == "It was cut."


def test_more_repeated_members_than_are_placed_are_counted() -> None:
    many = ", ".join('{"name": "x", "name": "y"}' for _ in range(5000))
    assert judged("CUST-RSP-003", said(body=f'{{"customers": [{many}]}}'.encode())).findings_total == 5000


def test_an_error_of_a_quarter_of_a_mebibyte_is_looked_through() -> None:
    body = json.dumps({"error": {"message": "no"}}).encode()
    whole = body + b" " * (256 * 1024 - len(body))
    assert judged("CUST-SEC-003", said("memory", whole, 400)).verdict is PASS
    assert judged("CUST-SEC-003", said("memory", whole + b" ", 400)).verdict is UNSEEN
    assert judged("CUST-SEC-003", said("memory", b"SELECT id FROM customers" + whole, 400)).verdict is WARN


@pytest.mark.parametrize("status, verdict", [(200, UNSEEN), (302, UNSEEN), (399, UNSEEN), (400, WARN), (500, WARN)])
def test_internals_are_looked_for_in_errors(status: int, verdict: Verdict) -> None:
    assert judged("CUST-SEC-003", said("memory", b"SELECT id FROM customers", status)).verdict is verdict


def test_a_secret_is_found_by_the_name_of_what_it_stands_under() -> None:
    def place(**members: Any) -> list[str]:
        return [item.pointer for item in judged("CUST-SEC-006", one(**members)).findings]

    assert place(zz={"password": {"now": ["x", "hunter2hunter2"]}}) == ["/customers/0/zz/password/now/1"]
    assert place(zz=["hunter2hunter2", {"note": "hunter2hunter2"}]) == []
    assert place(password="hunter2hunter2") == ["/customers/0/password"]
    listed = example()
    listed["customers"][0]["zz"] = {"sk-proj-abcdefghij0123456789": "hunter2hunter2"}
    assert judged("CUST-SEC-006", said(body=listed)).findings_total == 1


def test_what_no_schema_identifies_is_no_copy_of_another() -> None:
    def client(name: str) -> dict[str, Any]:
        return {"id": 1, "mcp_client": {"client_id": name, "stdio_config": {"id": 1, "command": name}}}

    keys = [{"id": f"k-{name}", "mcp_configs": [client(name)]} for name in "ab"]
    assert judged("CUST-REL-013", one(virtual_keys=keys)).verdict is UNSEEN


def test_more_violations_than_are_shown_are_counted() -> None:
    listed = {"customers": [{"id": f"c-{number}", "name": 7} for number in range(1500)], "count": 1500}
    found = judged("CUST-SCH-002", said(body=listed))
    assert found.findings_total == 1500
    assert len(found.findings) < 1500


def test_a_list_that_was_cut_hides_no_other_and_is_the_reason_where_there_is_none() -> None:
    cut = said("memory", AB, cut="It was cut.")
    for identifier in ("CUST-SCH-002", "CUST-REL-001"):
        assert judged(identifier, PLAIN, cut).verdict is PASS
        assert judged(identifier, cut).reason == "It was cut."
