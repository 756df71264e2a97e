"""The benchmark: what it measures on is what it says, and so is what it writes. No time is looked at."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.bench import lists, page, rows, server

from customers_conformance.model import Outcome, Verdict
from customers_conformance.running import run
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def prepared() -> Iterator[server.Server]:
    with server.Server(lists.listing(3)) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def taken(seconds: float, **more: Any) -> dict[str, Any]:
    return {"seconds": seconds, "peak": 50_000_000, "code": 0, "requests": 100, "outcome": "", "unverified": 0, **more}


@pytest.mark.parametrize("options, broken", [({}, {}), ({"bare": True}, {}), ({"defects": True}, {"CUST-SCH-010": 3})])
def test_the_lists_keep_the_contract_or_break_it_in_each_customer(
    options: dict[str, bool], broken: dict[str, int], tmp_path: Path
) -> None:
    body = lists.listing(3, **options)
    assert body == lists.listing(3, **options)
    assert json.loads(body)["count"] == len({one["id"] for one in json.loads(body)["customers"]}) == 3
    file = tmp_path / "one.har"
    file.write_bytes(lists.recording(body))
    judgements = run.conduct(Settings(har=file)).judgements
    assert {j.requirement.id: j.findings_total for j in judgements if j.verdict is Verdict.FAIL} == broken
    assert sum(j.verdict is Verdict.PASS for j in judgements) > 10


def test_the_server_of_prepared_bytes_keeps_every_requirement(prepared: server.Server) -> None:
    result = run.conduct(Settings(url=prepared.url, key=server.KEY, examples=2, seed=1))
    assert (result.outcome, [j.requirement.id for j in result.judgements if j.findings]) == (Outcome.CONFORMANT, [])
    assert result.ledger is not None
    assert prepared.requests == result.ledger.requests


def test_the_exponent_tells_linear_from_quadratic() -> None:
    assert rows.exponent([1, 4, 16], [3, 12, 48]) == 1
    assert rows.exponent([1, 4, 16], [1, 16, 256]) == 2
    assert rows.exponent([1, 4, 16], [-0.1, 0, 5]) is None


def test_lists_that_take_hardly_more_than_an_empty_one_tell_nothing_of_growth() -> None:
    points = [
        {"bytes": size, "here": [{"seconds": 99.0}, {"seconds": seconds}], "loads": [loads]}
        for size, seconds, loads in ((1, 1.1, 7.0), (10, 2.0, 1.0), (100, 11.0, 100.0))
    ]
    assert rows.exponents("bytes", 1.0, points) == {"exponent": 1, "loads_exponent": 2}


def test_rows_are_chosen_by_name_or_by_kind() -> None:
    assert rows.chosen([]) == list(rows.ROWS)
    assert {row.name for row in rows.chosen(["judge", "list-100"])} == {
        "judge-22",
        "judge-65",
        "judge-65-defects",
        "list-100",
    }
    with pytest.raises(ValueError, match="there is no row 'lst'; allowed: small, "):
        rows.chosen(["lst"])


def test_the_page_shows_each_row_with_its_turns_and_their_spread() -> None:
    common = {"turns": 3, "surroundings": dict.fromkeys(("cores", "system", "python", "suite", "schemathesis"), "x")}
    listed = {"bytes": 2_000_000, "customers": 1_500}
    judged = {**listed, "here": [taken(3), taken(2), taken(4)], "loads": [1, 1, 1], "ratios": [3, 2, 4]}
    shown = page.page(
        {
            "rows": {
                "list": {**common, **listed, "says": "a list", "here": [taken(1, outcome="conformant")] * 3}
                | {"peer": [taken(5, requests=None)] * 3, "ratios": [0.2, 0.1, 0.3]},
                "judge": {**common, **judged, "says": "one answer"},
                "growth": {**common, "says": "longer", "by": "bytes", "points": [judged]}
                | {"exponent": 1.01, "loads_exponent": 0.99},
            }
        }
    )
    assert "| a list | 3 | 2.0 MB, 1,500 customers | 1 (1 to 1) | 5 (5 to 5) | 0.2 (0.1 to 0.3) |" in shown
    assert "100 / not counted | 50 / 50 | conformant / exit 0 |" in shown
    assert "| one answer | 3 | 2.0 MB, 1,500 customers | 3 (2 to 4) | 1 (1 to 1) | 3 (2 to 4) | 50 | 25.0 |" in shown
    assert "| exponent by bytes | | | 1.01 | 0.99 | |" in shown
