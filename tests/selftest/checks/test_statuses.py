"""Which status may be answered to which request, and what the body of an error looks like."""

from __future__ import annotations

from typing import Any

import pytest
from tests.selftest.made import ERROR, PROBES, crowd, judged, said

from customers_conformance.model import Credential, Exchange, Probe, Role, Verdict

PASS, FAIL, WARN = Verdict.PASS, Verdict.FAIL, Verdict.WARN
UNSEEN, NOT_THERE = Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE

AB = crowd("a", "b")
PLAIN = said(body=AB)
LONG = 1000

ASKED = ("unknown-parameter", "foreign-origin", "accept-json")
FOUR_HUNDREDS = (400, 401, 403, 404, 405, 406, 410, 414, 422, 431, 499)


def table(*further: Exchange) -> Verdict:
    """The verdict on the statuses of some requests beside those that must be made."""
    return judged("CUST-RSP-004", PLAIN, *(said(name, AB) for name in ASKED), *further).verdict


def allowed(**asked: Any) -> set[int]:
    """The statuses that an answer to a GET with the key may have beside a redirect and a failure."""
    return {
        status for status in (200, 204, 206, *FOUR_HUNDREDS) if table(said(Probe("asked", **asked), AB, status)) is PASS
    }


@pytest.mark.parametrize(
    "asked, statuses",
    [
        ({}, set()),
        ({"query": (("from_memory", "true"),)}, set()),
        ({"query": (("from_memory", "false"),)}, set()),
        ({"query": (("page", "1"),)}, {400, 404, 422}),
        ({"query": (("from_memory", "true"), ("page", "1"))}, {400, 404, 422}),
        ({"query": (("page", "1" * (LONG - 5)),)}, {400, 404, 422}),
        ({"query": (("page", "1" * (LONG - 4)),)}, {400, 404, 422, 414, 431}),
        ({"query": (("p", "1" * 498), ("q", "1" * 500))}, {400, 404, 422, 414, 431}),
        ({"headers": (("Accept", "image/png"),)}, {406}),
        ({"headers": (("Accept", "*/*"),)}, set()),
        ({"headers": (("Accept", "image/png"),), "query": (("page", "1"),)}, {400, 404, 406, 422}),
        ({"credential": Credential.KEY_LOWER_SCHEME}, {401}),
        ({"headers": (("Cookie", "a=b"),)}, {400}),
        ({"headers": (("Accept-Language", "*"),)}, {400}),
        ({"headers": (("X-Forwarded-For", "192.0.2.7"),)}, {400}),
        ({"headers": (("Content-Type", "text/plain"),)}, {400}),
        ({"headers": (("X-Cc-Long", "a" * (LONG - 1)),)}, {400}),
        ({"headers": (("X-Cc-Long", "a" * LONG),)}, {400, 431}),
        ({"headers": (("X-Tenant", "a" * LONG),)}, set()),
    ],
)
def test_what_may_be_answered_is_chosen_from_the_request(asked: dict[str, Any], statuses: set[int]) -> None:
    assert allowed(**asked) == statuses | {200}


@pytest.mark.parametrize(
    "probe",
    ["together", "memory", "database", "from-memory-banana", "odd-header-unknown", "head", "options", "no-credentials"],
)
def test_a_status_that_another_requirement_judges_is_left_to_it(probe: str) -> None:
    assert table(said(probe, ERROR, 410)) is PASS


def test_the_table_judges_whatever_else_is_asked_with_the_key() -> None:
    for probe in ("gzip-accepted", "gzip-refused", "null-origin", "accept-any", "lower-case-scheme"):
        assert table(said(probe, ERROR, 410)) is FAIL
    generated = Probe("generated-1", query=(("page", "1"),), role=Role.GENERATED)
    assert table(said(generated, ERROR, 410)) is PASS


def test_a_target_that_refuses_the_plain_request_as_any_other_is_judged_there() -> None:
    refusing = [said(status=403), *(said(name, ERROR, 403) for name in ASKED)]
    found = judged("CUST-RSP-004", *refusing)
    assert found.verdict is UNSEEN
    assert "unknown-parameter was answered 403, as the plain request: look at CUST-AUTH-001" in str(found.reason)


@pytest.mark.parametrize("status", [200, *FOUR_HUNDREDS])
def test_odd_requests_are_answered_by_the_same_table(status: int) -> None:
    names = ("unknown", "long", "repeated", "empty", "high-bytes", "cookie", "language", "forwarded", "content-type")
    asked = [said(f"odd-header-{name}", AB) for name in names]

    def with_one(further: Probe) -> Verdict:
        return judged("CUST-ROB-003", *asked, said("options", status=405), said(further, ERROR, status)).verdict

    strange = (("page", "1"),)
    generated = [Probe("generated-1", query=strange, role=role) for role in (Role.GENERATED, Role.GENERATED_ODD)]
    for probe in generated:
        assert with_one(probe) is (PASS if status in {200, 400, 404, 422} else FAIL)
    bad = Probe("generated-2", query=(("from_memory", "no"),), role=Role.GENERATED)
    assert with_one(bad) is PASS


@pytest.mark.parametrize("status", [200, *FOUR_HUNDREDS])
def test_a_bad_value_is_read_leniently_or_refused(status: int) -> None:
    names = ("empty", "1", "yes", "upper-case", "repeated")
    asked = [said(f"from-memory-{name}", AB) for name in names]
    verdict = judged("CUST-QRY-003", *asked, said("from-memory-long", AB, status)).verdict
    assert verdict is (PASS if status in {200, 400, 414, 422, 431} else FAIL)
    asked.append(said("from-memory-long", AB))
    verdict = judged("CUST-QRY-003", *asked, said("from-memory-banana", AB, status)).verdict
    assert verdict is (PASS if status in {200, 400, 422} else FAIL)


@pytest.mark.parametrize("values", [("true",), ("false",), ("true", "true"), ("TRUE",), ("true", ""), ()])
def test_a_value_is_good_once_as_true_or_false(values: tuple[str, ...]) -> None:
    asked = [said(f"from-memory-{name}", AB) for name in ("empty", "1", "yes", "upper-case", "repeated", "long")]
    probe = Probe("asked", query=tuple(("from_memory", value) for value in values))
    verdict = judged("CUST-QRY-003", *asked, said(probe, ERROR, 410)).verdict
    assert verdict is (PASS if values in {("true",), ("false",), ()} else FAIL)


@pytest.mark.parametrize("view", ["memory", "database"])
@pytest.mark.parametrize("status, verdict", [(200, PASS), (400, FAIL), (404, FAIL), (204, FAIL), (429, UNSEEN)])
def test_both_views_are_there(view: str, status: int, verdict: Verdict) -> None:
    other = "database" if view == "memory" else "memory"
    assert judged("CUST-QRY-002", said(other, AB), said(view, AB, status)).verdict is verdict
    assert judged("CUST-QRY-002", said(other, AB)).verdict is UNSEEN


def unknown_parameter(*answers: Exchange, control: Any = AB) -> Verdict:
    return judged("CUST-QRY-004", said(body=control), *answers, said(body=control)).verdict


def test_an_unknown_parameter_is_ignored() -> None:
    name = "unknown-parameter"
    assert unknown_parameter(said(name, AB)) is PASS
    assert unknown_parameter(said(name, crowd("a"))) is WARN
    assert unknown_parameter(said(name, ERROR, 404)) is WARN
    assert unknown_parameter(said(name, ERROR, 503)) is UNSEEN
    assert unknown_parameter(said(name, crowd()), control=crowd()) is UNSEEN
    assert unknown_parameter(said(name, ERROR, 404), control=crowd()) is UNSEEN


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 406, 413, 414, 422, 429, 431, 500, 503])
def test_an_error_has_the_documented_body_unless_it_may_come_from_before_the_endpoint(status: int) -> None:
    answered = said("memory", b"<p>No!", status, headers=[("Content-Type", "text/html")])
    found = judged("CUST-SCH-012", said("from-memory-banana", AB), answered)
    assert found.verdict is (NOT_THERE if status in {302, 401, 406, 414, 429, 431} else FAIL)
    documented = judged(
        "CUST-SCH-012", said("from-memory-banana", AB), said("memory", ERROR | {"status_code": status}, status)
    )
    assert documented.verdict is (NOT_THERE if status in {302, 401, 406, 414, 429, 431} else PASS)


def test_an_error_without_a_body_has_none_to_judge_and_one_that_was_cut_is_not_judged() -> None:
    banana = said("from-memory-banana", AB)
    assert judged("CUST-SCH-012", banana, said("memory", None, 500)).verdict is NOT_THERE
    assert judged("CUST-SCH-012", banana, said("memory", None, 500, cut="It was cut.")).verdict is UNSEEN
    assert judged("CUST-SCH-012", banana, said("head", b"no", 500)).verdict is NOT_THERE


def test_an_odd_request_may_be_refused_in_any_words_and_no_other() -> None:
    banana = said("from-memory-banana", AB)
    for role, verdict in ((Role.ODD_HEADER, NOT_THERE), (Role.GENERATED_ODD, NOT_THERE), (Role.GENERATED, FAIL)):
        assert judged("CUST-SCH-012", banana, said(Probe("asked", role=role), b"odd", 400)).verdict is verdict
        assert judged("CUST-SCH-012", banana, said(Probe("asked", role=role), b"odd", 404)).verdict is FAIL


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"status_code": "400"}, "/status_code"),
        ({"status_code": 401}, "/status_code"),
        ({"status_code": 400, "error": []}, "/error"),
        ({"status_code": 400, "error": {"message": 7}}, "/error/message"),
        (b'{"error": {"message": "a", "message": "b"}}', "/error"),
    ],
)
def test_what_is_wrong_with_an_error_is_found_at_its_place(body: Any, pointer: str) -> None:
    (found,) = judged("CUST-SCH-012", said("from-memory-banana", body, 400)).findings
    assert found.pointer == pointer


@pytest.mark.parametrize("body", [{}, {"status_code": 400}, {"status_code": 400.0}])
def test_an_error_may_leave_its_status_out_or_say_it_as_any_number(body: Any) -> None:
    assert judged("CUST-SCH-012", said("from-memory-banana", body, 400)).verdict is PASS


@pytest.mark.parametrize(
    "status, verdict", [(200, PASS), (404, PASS), (429, PASS), (499, PASS), (500, FAIL), (599, FAIL)]
)
def test_any_5xx_is_a_failure(status: int, verdict: Verdict) -> None:
    found = judged("CUST-ROB-001", PLAIN, said("head", status=status, reason="What?"))
    assert found.verdict is verdict
    assert [item.actual for item in found.findings] == [f"{status} What?"] * (verdict is FAIL)


def test_what_was_asked_at_the_same_time_is_advised_to_ask_for_less() -> None:
    busy = said("together", status=429)
    found = judged("CUST-AUTH-001", PLAIN, busy)
    assert found.reason == (
        "the target asked to wait (429) on together: ask it less often (--rate), "
        "or for fewer at one time (--concurrency)"
    )
    later = judged("CUST-AUTH-001", said(status=503, headers=[("Retry-After", "1")]))
    assert later.reason == ("the target asked to wait (503) on default: ask it less often (--rate), or try again later")


def test_an_entry_of_a_recording_is_named_by_its_number() -> None:
    for status in (429, 500, 302):
        found = judged("CUST-AUTH-001", PLAIN, said(status=status, named=False), own=False)
        assert "entry 1" in str(found.reason)


@pytest.mark.parametrize("name, characters", [("odd-header-long", 4000), ("from-memory-long", 2000)])
def test_what_is_long_is_as_long_as_the_plan_says(name: str, characters: int) -> None:
    probe = PROBES[name]
    assert f"{characters:,} characters" in probe.says
    assert [len(value) for _, value in (*probe.headers, *probe.query)] == [characters]
