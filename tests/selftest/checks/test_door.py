"""Who is let in, how the others are refused, and what a refusal shows."""

from __future__ import annotations

from typing import Any

import pytest
from tests.selftest.made import CHALLENGE, ERROR, PROBES, crowd, example, judged, said

from customers_conformance.model import Credential, Exchange, Probe, Verdict

PASS, FAIL, WARN, UNSEEN = Verdict.PASS, Verdict.FAIL, Verdict.WARN, Verdict.UNVERIFIED

AB = crowd("a", "b")
PLAIN = said(body=AB)

SCHEMES = ["basic-user", "basic-password", "token-scheme", "no-scheme"]
DOORS = {
    "CUST-AUTH-004": SCHEMES,
    "CUST-AUTH-005": ["x-api-key", "x-api-key-beside-unknown"],
    "CUST-AUTH-006": ["virtual-key-bearer", "virtual-key-header"],
    "CUST-AUTH-007": ["session-cookie"],
    "CUST-AUTH-008": [name for name in PROBES if name.startswith("key-in-")],
    "CUST-AUTH-009": ["key-cut", "key-extended", "key-changed-early", "key-changed-late", "key-case-changed"],
}
#: Asked too where they can be, and not needed.
IN_MEMORY = {
    "CUST-AUTH-004": [f"{name}-memory" for name in SCHEMES],
    "CUST-AUTH-005": ["x-api-key-memory", "x-api-key-beside-unknown-memory"],
    "CUST-AUTH-009": ["key-cut-memory", "key-extended-memory"],
}
EACH_DOOR = [
    (identifier, name) for table in (DOORS, IN_MEMORY) for identifier, names in table.items() for name in names
]
FORBIDS = {"CUST-AUTH-006", "CUST-AUTH-007"}


def refused(probe: str | Probe = "no-credentials", body: Any = ERROR, status: int = 401, **details: Any) -> Exchange:
    return said(probe, body, status, **{"headers": [CHALLENGE], **details})


def at_the_doors(identifier: str, status: int, but: str = "", instead: int = 401) -> list[Exchange]:
    names = dict.fromkeys([*DOORS[identifier], but]) if but else DOORS[identifier]
    return [refused(name, status=instead if name == but else status) for name in names]


@pytest.mark.parametrize("identifier", DOORS)
def test_bad_credentials_are_refused_at_every_door(identifier: str) -> None:
    assert judged(identifier, *at_the_doors(identifier, 401)).verdict is PASS
    assert judged(identifier, *at_the_doors(identifier, 403)).verdict is (PASS if identifier in FORBIDS else FAIL)


@pytest.mark.parametrize("identifier, door", EACH_DOOR)
def test_one_door_that_is_open_is_named(identifier: str, door: str) -> None:
    found = judged(identifier, *at_the_doors(identifier, 401, but=door, instead=200))
    assert found.verdict is FAIL
    (one,) = found.findings
    assert (one.probe, one.actual) == (door, "200")
    assert one.expected == ("401 or 403" if identifier in FORBIDS else "401")


@pytest.mark.parametrize("identifier, door", [(name, door) for name in DOORS for door in DOORS[name]])
def test_one_door_that_was_not_tried_leaves_it_unverified(identifier: str, door: str) -> None:
    tried = [exchange for exchange in at_the_doors(identifier, 401) if exchange.probe != door]
    assert door in str(judged(identifier, *tried).reason)


def test_a_wrong_status_is_shown_with_its_reason_phrase() -> None:
    (found,) = judged("CUST-AUTH-001", said(status=403, reason="Forbidden"), said("together", AB)).findings
    assert found.message == "expected 200, got 403 Forbidden"


def test_whoever_takes_any_cookie_for_a_session_may_forbid_it() -> None:
    names = [name for name in PROBES if name.startswith("no-credentials") and name != "no-credentials-head"]
    forbidding = [refused(name, status=403 if name.endswith("cookie") else 401) for name in names]
    assert judged("CUST-AUTH-002", *forbidding).verdict is PASS


@pytest.mark.parametrize(
    "status, verdict", [(200, FAIL), (204, FAIL), (299, FAIL), (300, PASS), (404, PASS), (501, PASS)]
)
def test_a_head_without_credentials_breaks_by_success_alone(status: int, verdict: Verdict) -> None:
    names = [name for name in PROBES if name.startswith("no-credentials") and name != "no-credentials-head"]
    head = said("no-credentials-head", status=status)
    assert judged("CUST-AUTH-002", *map(refused, names), head).verdict is verdict


LISTED = said(body={"customers": [{"id": "customer-1", "name": "One"}], "count": 1})


@pytest.mark.parametrize(
    "refusal",
    [
        {"body": {"error": {"message": "for customer-1"}}},
        {"body": {"customer-1": "a name"}},
        {"body": b'{"error": {"message": "for custome\\u0072-1"}}'},
        {"body": b"customer-1"},
        {"reason": "no customer-1"},
        {"headers": [("X-Customer", "customer-1")]},
        {"headers": [("X-customer-1", "yes")]},
        {"headers": [("X-Next", "/customers/customer%2D1")]},
        {"status": 403, "body": b"customer-1"},
        {"status": 404, "body": b"customer-1"},
    ],
)
def test_a_customers_id_is_found_wherever_a_refusal_shows_it(refusal: dict[str, Any]) -> None:
    (found,) = judged("CUST-AUTH-010", LISTED, refused(**refusal)).findings
    assert found.actual == "a customer's id of the list"


@pytest.mark.parametrize(
    "text", ["xcustomer-1", "customer-12", "customer-1_", "my_customer-1", "customer-", "CUSTOMER-1"]
)
def test_a_part_of_another_word_is_no_customers_id(text: str) -> None:
    assert judged("CUST-AUTH-010", LISTED, refused(body=text.encode())).verdict is PASS


@pytest.mark.parametrize("identifier, verdict", [("cust-12", PASS), ("cust-123", FAIL), ("customer", PASS), (17, PASS)])
def test_an_id_that_any_text_may_hold_by_chance_tells_nothing(identifier: str | int, verdict: Verdict) -> None:
    listed = said(body={"customers": [{"id": identifier, "name": "One"}], "count": 1})
    assert judged("CUST-AUTH-010", listed, refused(body=f"no {identifier}".encode())).verdict is verdict


@pytest.mark.parametrize(
    "body", ["k\xfcnde-1234".encode(), b'{"error": {"message": "k\\u00fcnde-1234"}}', b'["k\\u00FCnde-1234"]']
)
def test_an_id_with_letters_beyond_ascii_is_found_however_it_is_spelt(body: bytes) -> None:
    listed = said(body={"customers": [{"id": "k\xfcnde-1234", "name": "One"}], "count": 1})
    assert judged("CUST-AUTH-010", listed, refused(body=body)).verdict is FAIL


def test_an_answer_with_success_is_no_refusal() -> None:
    for status in (200, 204, 299):
        assert judged("CUST-AUTH-010", LISTED, said("no-credentials", b"customer-1", status)).verdict is UNSEEN
    assert judged("CUST-AUTH-010", LISTED, said("lower-case-scheme", b"customer-1", 401)).verdict is UNSEEN


def test_a_refusal_that_shows_much_is_named_once_with_the_place_of_the_list_in_it() -> None:
    assert judged("CUST-AUTH-010", PLAIN, refused(body=b"id-a-1234, id-b-1234")).findings_total == 1
    nested = {"error": {"debug": [0, {"customers": [{"id": "id-a-1234"}]}]}}
    (found,) = judged("CUST-AUTH-010", PLAIN, refused(body=nested)).findings
    assert found.pointer == "/error/debug/1/customers"


def test_a_virtual_keys_value_is_customer_data_too() -> None:
    key = example()["customers"][0]["teams"][0]["virtual_keys"][0]["value"]
    (found,) = judged("CUST-AUTH-010", said(body=example()), refused(body=f"try {key}".encode())).findings
    assert found.actual == "a virtual key's value of the list"


def test_a_challenge_stands_in_every_401_whatever_the_method() -> None:
    head = said("no-credentials-head", status=401)
    assert judged("CUST-AUTH-012", refused(), head).verdict is FAIL
    assert judged("CUST-AUTH-012", refused(), said("no-credentials-memory", ERROR, 403)).verdict is PASS


def test_an_error_body_is_the_requirement_of_the_401_alone() -> None:
    assert judged("CUST-AUTH-011", refused(), said("no-credentials-memory", b"no", 403)).verdict is PASS


def test_a_bad_query_is_judged_after_the_credentials_where_it_is_refused_in_its_own_way() -> None:
    def refusing(status: int) -> Verdict:
        bad = [name for name in PROBES if name.endswith("bad-query")]
        return judged("CUST-AUTH-014", *(refused(name, status=status) for name in bad)).verdict

    assert {status: refusing(status) for status in (401, 400, 422, 403, 200, 503)} == {
        401: PASS, 400: WARN, 422: WARN, 403: UNSEEN, 200: UNSEEN, 503: UNSEEN,
    }  # fmt: skip


def echoing(credential: Credential, *sent: tuple[str, str], body: Any = None, **details: Any) -> Verdict:
    """The verdict on an answer to a request with credentials of a kind, as the redacted view shows them."""
    return judged("CUST-SEC-004", said(Probe("asked", credential=credential), body, sent=sent, **details)).verdict


TOKEN = "made-up-token-1"


@pytest.mark.parametrize(
    "credential, sent",
    [
        (Credential.UNKNOWN, ("Authorization", f"Bearer {TOKEN}")),
        (Credential.API_KEY_BESIDE_UNKNOWN, ("Authorization", f"Bearer {TOKEN}")),
        (Credential.VIRTUAL_KEY, ("Authorization", f"Bearer {TOKEN}")),
        (Credential.VIRTUAL_KEY_HEADER, ("x-bf-vk", TOKEN)),
    ],
)
def test_credentials_that_have_no_placeholder_are_looked_for_as_they_were_sent(
    credential: Credential, sent: tuple[str, str]
) -> None:
    assert echoing(credential, sent, body={"type": f"you sent {TOKEN}"}) is FAIL
    assert echoing(credential, sent, headers=[("X-Seen", f"<{TOKEN}>")]) is FAIL
    assert echoing(credential, sent, body={"type": "you sent none"}) is PASS


def test_a_word_that_is_too_short_for_a_credential_is_no_echo() -> None:
    assert echoing(Credential.UNKNOWN, ("Authorization", "Bearer unknown"), body={"type": "unknown"}) is PASS
    assert echoing(Credential.UNKNOWN, ("Authorization", "Bearer unknown1"), body={"type": "unknown1"}) is FAIL
    assert echoing(Credential.UNKNOWN, ("X-Other", f"Bearer {TOKEN}"), body={"type": TOKEN}) is PASS


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_an_echo_is_found_in_every_coding(coding: str) -> None:
    assert echoing(Credential.KEY, body="you sent <key>".encode(coding)) is FAIL


def test_an_answer_that_echoes_several_credentials_is_named_once() -> None:
    for echo in ({"body": b"<key> <session> <key:cut>"}, {"headers": [("X-A", "<key>"), ("X-B", "<session>")]}):
        found = judged("CUST-SEC-004", said(**{"body": AB, **echo}))
        assert (found.findings_total, found.observed) == (1, {})


def test_a_virtual_key_that_was_given_may_stand_in_the_list_as_often_as_it_is_listed() -> None:
    def shown(*values: str, name: str = "One") -> Verdict:
        keys = [{"id": str(number), "value": value} for number, value in enumerate(values)]
        listed = {"customers": [{"id": "1", "name": name, "virtual_keys": keys}], "count": 1}
        return echoing(Credential.VIRTUAL_KEY, ("Authorization", f"Bearer {TOKEN}"), body=listed)

    assert shown(TOKEN, "another") is PASS
    assert shown(TOKEN, name=TOKEN) is FAIL
    assert shown("another", name=TOKEN) is FAIL
