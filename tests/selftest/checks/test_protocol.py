"""What HTTP asks of an answer, and that reading changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.selftest.made import CONTRACT, DATE, ERROR, URL, crowd, evidence, judged, said, silent

from customers_conformance.judging.registry import checks
from customers_conformance.model import Credential, Exchange, Framing, Observed, Probe, Unseen, Verdict

PASS, FAIL, WARN = Verdict.PASS, Verdict.FAIL, Verdict.WARN
UNSEEN, NOT_THERE = Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE

AB = crowd("a", "b")
PLAIN = said(body=AB)


def named(name: str) -> Any:
    value = crowd("a", "b")
    value["customers"][0]["name"] = name
    return value


def reads(*bodies: Any, step: float = 0.1) -> list[Exchange]:
    return [said(body=body, started=number * step) for number, body in enumerate(bodies)]


def counting(count: int) -> list[Any]:
    return [named(str(number)) for number in range(count)]


#: Reads at the same time, all of which differ.
CROWD = [said("together", body) for body in counting(3)]


@pytest.mark.parametrize("count, verdict", [(11, FAIL), (12, FAIL), (10, UNSEEN), (6, UNSEEN)])
def test_two_series_of_five_changes_prove_that_each_read_changes_something(count: int, verdict: Verdict) -> None:
    assert judged("CUST-HTTP-001", *reads(*counting(count)), *CROWD).verdict is verdict


@pytest.mark.parametrize("step, verdict", [(2.0, FAIL), (2.1, UNSEEN)])
def test_changes_that_come_later_than_two_seconds_after_a_read_are_not_ours(step: float, verdict: Verdict) -> None:
    assert judged("CUST-HTTP-001", *reads(*counting(12), step=step), *CROWD).verdict is verdict
    assert judged("CUST-HTTP-001", *reads(AB, *[named("z")] * 5, step=step)).verdict is verdict


def test_reads_with_another_request_between_them_are_no_series() -> None:
    apart = [each for read in reads(*counting(12)) for each in (read, said("memory", AB))]
    assert judged("CUST-HTTP-001", *apart, *CROWD).verdict is UNSEEN


def test_a_series_begins_behind_a_gap() -> None:
    first, *others = reads(*counting(11))
    assert judged("CUST-HTTP-001", first, said("memory", AB), *others, *CROWD).verdict is UNSEEN


@pytest.mark.parametrize("later, verdict", [(5, FAIL), (4, UNSEEN)])
def test_a_change_after_the_first_read_is_ours_where_enough_reads_after_it_agree(later: int, verdict: Verdict) -> None:
    found = judged("CUST-HTTP-001", *reads(AB, *[named("z")] * later))
    assert found.verdict is verdict
    assert [(item.exchange, item.pointer) for item in found.findings] == [(1, "/customers/0/name")] * (verdict is FAIL)


def asked_again(*exchanges: Exchange) -> list[bool]:
    """Of what is missing: whether asking again may bring it."""
    observed: list[Observed] = list(checks(CONTRACT)["CUST-HTTP-001"].function(evidence(*exchanges)))
    return [item.passing for item in observed if isinstance(item, Unseen)]


def test_data_that_change_are_read_again_until_there_are_two_series() -> None:
    assert asked_again(*reads(*counting(6))) == [True]
    assert asked_again(*reads(*counting(12))) == [False]


def test_how_many_reads_agreed_is_told() -> None:
    assert judged("CUST-HTTP-001", *reads(AB, AB, AB)).observed == {"reads": 3}


def head(status: int = 200, content_type: str = "application/json") -> Exchange:
    return said("head", status=status, headers=[("Content-Type", content_type)])


@pytest.mark.parametrize(
    "get, told, verdict",
    [
        ("application/json; charset=utf-8", 'APPLICATION/JSON;Charset="UTF-8"', PASS),
        ("application/json; a=1; b=2", "application/json; b=2; a=1", PASS),
        ("application/json; charset=utf-8", "application/json", WARN),
        ("application/json", "text/plain", WARN),
    ],
)
def test_head_names_the_media_type_of_get_however_it_is_spelt(get: str, told: str, verdict: Verdict) -> None:
    plain = said(body=AB, headers=[("Content-Type", get)])
    assert judged("CUST-HTTP-002", plain, head(content_type=told)).verdict is verdict


def test_head_is_held_against_the_first_plain_request_that_was_answered() -> None:
    other = said(body=AB, status=500, headers=[("Content-Type", "text/plain")])
    assert judged("CUST-HTTP-002", silent(), PLAIN, other, head()).verdict is PASS
    (found,) = judged("CUST-HTTP-002", PLAIN, head(404)).findings
    assert (found.expected, found.actual) == ("200, as GET", "404")


@pytest.mark.parametrize(
    "headers, verdict",
    [
        ([("Content-Length", "2")], PASS),
        ([("Content-Length", " 2\t")], PASS),
        ([("Content-Length", "")], FAIL),
        ([("Content-Length", "+2")], FAIL),
        ([("Content-Length", "2, 2")], FAIL),
        ([("Content-Length", "2"), ("Content-Length", "2 ")], FAIL),
        ([("Transfer-Encoding", "chunked")], PASS),
    ],
)
def test_a_length_is_one_number_of_digits(headers: list[tuple[str, str]], verdict: Verdict) -> None:
    assert judged("CUST-HTTP-003", said(body=AB, headers=headers)).verdict is verdict
    # Lengths tell, also where nothing is known of the wire.
    unknown = judged("CUST-HTTP-003", said(body=AB, headers=headers, framing=None)).verdict
    assert unknown is (FAIL if verdict is FAIL else UNSEEN)


def test_one_byte_after_the_end_of_an_answer_is_told() -> None:
    (found,) = judged("CUST-HTTP-003", said(body=AB, framing=Framing(surplus=1))).findings
    assert found.actual == "1 bytes more"


def test_one_answer_of_which_the_wire_is_unknown_leaves_framing_unverified() -> None:
    unknown = said("memory", AB, framing=None)
    assert judged("CUST-HTTP-003", PLAIN, unknown).verdict is UNSEEN
    assert judged("CUST-HTTP-003", unknown, said(body=AB, framing=Framing(surplus=1))).verdict is FAIL


def test_a_body_that_is_longer_than_we_read_is_framed_soundly_unless_it_is_coded() -> None:
    cut = "the body is longer than 9 bytes (--max-body)"
    assert judged("CUST-HTTP-003", said(body=AB, cut=cut)).verdict is PASS
    assert judged("CUST-HTTP-003", said(body=AB, cut=cut, headers=[("Content-Encoding", "gzip")])).verdict is UNSEEN
    assert judged("CUST-HTTP-003", said(body=AB, headers=[("Content-Encoding", "gzip")])).verdict is PASS


@pytest.mark.parametrize("status, verdict", [(200, WARN), (404, WARN), (499, WARN), (500, PASS), (599, PASS)])
def test_a_server_that_fails_need_not_know_the_time(status: int, verdict: Verdict) -> None:
    assert judged("CUST-HTTP-004", said("memory", AB), said(status=status, without=["Date"])).verdict is verdict


def test_one_date_is_enough_and_two_are_too_many() -> None:
    twice = said(body=AB, headers=[("Date", DATE), ("Date", DATE.replace("10:00:00", "10:00:01"))])
    assert judged("CUST-HTTP-004", twice).verdict is WARN
    assert judged("CUST-HTTP-004", said(body=AB, headers=[("Date", f" {DATE}\t")])).verdict is PASS


@pytest.mark.parametrize(
    "status, control, verdict", [(200, "max-age=5", WARN), (404, "max-age=5", PASS), (404, "public", PASS)]
)
def test_shared_caches_are_kept_out_of_a_200(status: int, control: str, verdict: Verdict) -> None:
    told = said("memory", AB, status, headers=[("Cache-Control", control)])
    assert judged("CUST-HTTP-005", PLAIN, told).verdict is verdict


def lending(probe: str | Probe, *, to: str, **details: Any) -> Exchange:
    headers = [("Access-Control-Allow-Origin", to), ("Access-Control-Allow-Credentials", "true")]
    return said(probe, AB, headers=headers, **details)


NULL = said("null-origin", AB)


def test_credentials_are_lent_to_no_origin_that_only_asks() -> None:
    assert judged("CUST-HTTP-006", said("foreign-origin", AB), lending("null-origin", to="null")).verdict is FAIL
    preflight = Probe("asked-first", method="OPTIONS", credential=Credential.NONE)
    for method in (preflight, Probe("asked")):
        echoed = lending(method, to="https://evil.example", sent=[("Origin", "https://evil.example")])
        assert judged("CUST-HTTP-006", said("foreign-origin", AB), NULL, echoed).verdict is FAIL


def test_the_targets_own_origin_may_be_lent_to() -> None:
    own = lending(Probe("asked"), to="https://gateway.example", sent=[("Origin", "https://gateway.example")])
    assert judged("CUST-HTTP-006", said("foreign-origin", AB), NULL, own).verdict is PASS
    assert judged("CUST-HTTP-006", said("foreign-origin", AB), NULL, lending(Probe("asked"), to="*")).verdict is PASS


def test_the_null_origin_is_missed_where_we_asked_and_not_in_a_recording_of_others() -> None:
    assert judged("CUST-HTTP-006", said("foreign-origin", AB)).verdict is UNSEEN
    assert judged("CUST-HTTP-006", said("foreign-origin", AB), silent("null-origin")).verdict is UNSEEN
    assert judged("CUST-HTTP-006", said("foreign-origin", AB), own=False).verdict is PASS


def test_a_preflight_that_fails_shows_what_it_lends_all_the_same() -> None:
    failing = said("options", status=500, headers=[("Access-Control-Allow-Credentials", "true")])
    assert judged("CUST-HTTP-006", said("foreign-origin", AB), NULL, failing).verdict is PASS


@pytest.mark.parametrize("probe", ["accept-json", "accept-any"])
def test_whoever_takes_json_gets_it(probe: str) -> None:
    others = [said(name, AB) for name in ("accept-json", "accept-any") if name != probe]
    unmeetable = said("accept-unmeetable", ERROR, 406)
    assert judged("CUST-HTTP-007", *others, unmeetable, said(probe, ERROR, 406)).verdict is WARN
    assert judged("CUST-HTTP-007", *others, unmeetable, said(probe, ERROR, 500)).verdict is UNSEEN
    assert judged("CUST-HTTP-007", *others, unmeetable, said(probe, AB)).verdict is PASS


def coded(coding: str, probe: str | Probe = "gzip-accepted", body: Any = AB, **details: Any) -> Verdict:
    """The verdict on one coded answer beside plain ones."""
    plain = said(body=AB, sent=[("Accept-Encoding", "identity")])
    others = [said(name, AB) for name in ("gzip-accepted", "gzip-refused") if name != probe]
    answer = said(probe, body, headers=[("Content-Encoding", coding)], **details)
    return judged("CUST-HTTP-008", plain, *others, answer).verdict


def test_each_of_several_codings_must_be_allowed() -> None:
    assert coded("gzip, identity") is PASS
    assert coded(" GZIP ,") is PASS
    assert coded("gzip, br") is FAIL
    assert coded("br, gzip") is FAIL


def test_what_has_no_body_has_no_coding_and_what_has_one_that_we_did_not_keep_has() -> None:
    assert coded("br", body=None) is PASS
    assert coded("br", body=None, length=9) is FAIL
    assert coded("br", Probe("asked", method="HEAD"), body=None, length=9, sent=[("Accept-Encoding", "gzip")]) is PASS


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_every_redirect_stays_within_its_origin(status: int) -> None:
    def leading(*locations: str) -> Verdict:
        headers = [("Location", location) for location in locations]
        return judged("CUST-HTTP-009", PLAIN, said("memory", status=status, headers=headers)).verdict

    assert leading(URL) is PASS
    assert leading("https://evil.example/") is FAIL
    assert leading(URL, "https://evil.example/") is FAIL
    assert leading("https://evil.example/", URL) is FAIL


@pytest.mark.parametrize("status", [200, 201, 202, 304, 305, 404])
def test_a_location_leads_nowhere_without_a_redirect(status: int) -> None:
    told = said("memory", AB, status, headers=[("Location", "https://evil.example/")])
    assert judged("CUST-HTTP-009", PLAIN, told).verdict is NOT_THERE


def test_no_answer_to_any_request_leaves_the_protocol_unverified() -> None:
    for identifier in ("CUST-HTTP-003", "CUST-HTTP-004", "CUST-HTTP-008", "CUST-HTTP-009", "CUST-ROB-001"):
        found = checks(CONTRACT)[identifier]
        assert found.reads_all, identifier
        assert judged(identifier, PLAIN, replace(silent("memory"), error="It was reset.")).verdict is UNSEEN


@pytest.mark.parametrize(
    "identifier, exchanges, actual",
    [
        ("CUST-HTTP-002", [PLAIN, said("head", without=["Content-Type"])], "none"),
        ("CUST-HTTP-002", [PLAIN, head(content_type="text/plain")], "text/plain"),
        ("CUST-HTTP-003", [said(body=AB, headers=[("Content-Length", "3"), ("Content-Length", "2")])], "2: 2, 3"),
        ("CUST-HTTP-003", [said(body=AB, headers=[("Content-Length", "x")])], "x"),
        ("CUST-HTTP-003", [said(body=AB, framing=Framing(error="a chunk is short"))], "a chunk is short"),
        ("CUST-HTTP-003", [said(body=AB, coding_error="no gzip")], "no gzip"),
        ("CUST-HTTP-004", [said(body=AB, without=["Date"])], "none"),
        ("CUST-HTTP-004", [said(body=AB, headers=[("Date", "b"), ("Date", "a")])], "a and b"),
        ("CUST-HTTP-005", [said(body=AB, without=["Cache-Control"])], "none"),
        ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", "public")])], "public"),
        ("CUST-HTTP-006", [lending("foreign-origin", to="*"), NULL], "true, for *"),
        ("CUST-RSP-001", [said(body=AB, without=["Content-Type"])], "no Content-Type"),
        ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", " ")])], "an empty Content-Type"),
        ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", " text/html")])], "text/html"),
        ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", "application/x+json")])], "application/x+json"),
        ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", "c/d"), ("Content-Type", "a/b")])], "a/b and c/d"),
        ("CUST-RSP-004", [*map(said, ("unknown-parameter", "foreign-origin")), said("accept-json", AB, 418)], "418"),
    ],
)
def test_what_was_there_is_told_as_it_was_sent(identifier: str, exchanges: list[Exchange], actual: str) -> None:
    assert judged(identifier, *exchanges).findings[-1].actual == actual
