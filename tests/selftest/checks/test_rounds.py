"""What is compared between two control reads, and which of several rounds decides."""

from __future__ import annotations

from typing import Any

import pytest
from tests.selftest.made import crowd, judged, said, silent

from customers_conformance.model import Exchange, Verdict

PASS, FAIL, UNSEEN = Verdict.PASS, Verdict.FAIL, Verdict.UNVERIFIED

AB, A = crowd("a", "b"), crowd("a")
PLAIN = said(body=AB)
CHANGED = "the data changed while it was read: try again when the target is quiet (--settle)"


def asked(body: Any, after: Any = AB, probe: str = "memory", status: int = 200) -> list[Exchange]:
    """A round: the database view, a view that may differ, and the control read after it."""
    database = [said("database", AB)] if probe == "memory" else []
    return [*database, said(probe, body, status), said(body=after)]


def test_a_view_that_lags_is_judged_by_the_last_round_in_which_it_was_seen() -> None:
    assert judged("CUST-MEM-001", PLAIN, *asked(A), *asked(AB)).verdict is PASS
    assert judged("CUST-MEM-001", PLAIN, *asked(AB), *asked(AB, after=crowd("c"))).verdict is PASS
    assert judged("CUST-MEM-001", PLAIN, *asked(AB), *asked({"customers": 7})).verdict is PASS


def test_a_view_that_lags_and_was_then_asked_amid_changes_has_had_no_time_to_settle() -> None:
    found = judged("CUST-MEM-001", PLAIN, *asked(A), *asked(A, after=crowd("c")))
    assert (found.verdict, found.reason) == (UNSEEN, CHANGED)


def test_a_view_that_does_not_lag_must_be_right_in_every_round() -> None:
    for rounds in ([A, AB], [AB, A], [A, A]):
        answers = [each for body in rounds for each in asked(body, probe="database")]
        assert judged("CUST-QRY-001", PLAIN, *answers).verdict is FAIL
    changing = asked(A, after=crowd("c"), probe="database")
    assert judged("CUST-QRY-001", PLAIN, *asked(AB, probe="database"), *changing).verdict is PASS


def test_a_difference_proves_nothing_while_the_data_change() -> None:
    found = judged("CUST-QRY-001", PLAIN, *asked(A, probe="database"), said(body=A))
    assert (found.verdict, found.reason) == (UNSEEN, CHANGED)
    found = judged("CUST-QRY-001", PLAIN, *asked(A, after=A, probe="database"))
    assert (found.verdict, found.reason) == (UNSEEN, CHANGED)


def test_a_control_read_that_shows_no_list_is_no_change_of_the_data() -> None:
    for other in (silent(), said(body=7), said(status=500)):
        assert judged("CUST-QRY-001", PLAIN, *asked(A, probe="database"), other).verdict is FAIL


def test_an_order_that_changes_is_no_change_of_the_data() -> None:
    assert judged("CUST-QRY-001", PLAIN, *asked(A, after=crowd("b", "a"), probe="database")).verdict is FAIL


@pytest.mark.parametrize(
    "exchanges, reason",
    [
        ([said("database", AB), PLAIN], "there is no plain request before and after it to compare with"),
        ([PLAIN, said("database", AB)], "there is no plain request before and after it to compare with"),
        (
            [said(body=7), said("database", AB), PLAIN],
            "the plain request does not show a list of customers to compare with",
        ),
        (
            [PLAIN, said("database", AB), said(status=503, headers=[("Retry-After", "1")])],
            (
                "the plain request does not show a list of customers to compare with: the target asked to wait (503) "
                "on the plain request: ask it less often (--rate), or try again later"
            ),
        ),
        (
            [PLAIN, said("database", AB), said(body=AB, cut="it was cut")],
            "the plain request cannot be compared: it was cut",
        ),
        ([PLAIN, said("database", status=404), PLAIN], "database was answered 404: nothing to compare"),
        (
            [PLAIN, said("database", status=404, reason="Gone"), PLAIN],
            "database was answered 404 Gone: nothing to compare",
        ),
        (
            [PLAIN, said("database", status=429), PLAIN],
            "the target asked to wait (429) on database: ask it less often (--rate)",
        ),
        ([PLAIN, said("database", 7), PLAIN], "database does not show a list of customers to compare"),
        ([PLAIN, said("database", AB, cut="it was cut"), PLAIN], "database cannot be compared: it was cut"),
    ],
)
def test_what_cannot_be_compared_is_left_with_the_reason(exchanges: list[Exchange], reason: str) -> None:
    found = judged("CUST-QRY-001", *exchanges)
    assert found.verdict is UNSEEN
    assert found.reason == reason


def test_the_memory_view_needs_a_database_view_between_the_same_control_reads() -> None:
    apart = judged("CUST-MEM-001", said("database", AB), PLAIN, said("memory", AB), PLAIN)
    assert apart.reason == "there is no plain request before and after it to compare with"
    silent_one = judged("CUST-MEM-001", PLAIN, said("memory", AB), silent("database"), PLAIN)
    assert "database has no answer" in str(silent_one.reason)


def test_a_customer_more_or_less_is_counted_among_what_was_compared() -> None:
    assert judged("CUST-QRY-001", PLAIN, *asked(AB, probe="database")).observed == {"customers": 2}
    assert judged("CUST-ROB-002", PLAIN, *asked(crowd("a", "b", "c"), probe="together")).observed == {"customers": 3}
    assert judged("CUST-ROB-002", PLAIN, *asked(A, probe="together")).observed == {"customers": 2}


def test_every_difference_is_counted_though_the_first_alone_are_shown() -> None:
    def many(name: str) -> Any:
        return {"customers": [{"id": f"c-{number}", "name": name} for number in range(1500)], "count": 1500}

    for identifier, probe in (("CUST-QRY-001", "database"), ("CUST-MEM-002", "memory")):
        exchanges = [said(body=many("x")), said("database", many("x")), said(probe, many("y")), said(body=many("x"))]
        found = judged(identifier, *exchanges)
        assert found.findings_total == 1500
        assert len(found.findings) < 1500
    gone = judged("CUST-MEM-001", PLAIN, said("database", many("x")), said("memory", AB), PLAIN)
    assert gone.findings_total == 1502


def test_reads_that_show_no_list_are_passed_over_when_reads_are_compared() -> None:
    reads = [PLAIN, said(body=7), silent(), PLAIN, said(body=AB, cut="it was cut"), PLAIN]
    assert judged("CUST-HTTP-001", *reads).observed == {"reads": 3}
