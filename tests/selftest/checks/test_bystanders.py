"""What stands beside a defect hides it not, and what is another requirement's makes none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.selftest.checks.test_checks import CASES
from tests.selftest.made import CONTRACT, ERROR, judged, said

from customers_conformance.judging.registry import checks
from customers_conformance.model import Credential, Exchange, Probe, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = (("from_memory", "banana"),)
STRANGE = (("page", "1"),)

#: Answers that no requirement forbids, or that another one forbids.
BYSTANDERS = [
    said(Probe("a-head", method="HEAD"), status=405),
    said(Probe("a-head-answered", method="HEAD"), without=["Content-Type", "Cache-Control"]),
    said(Probe("options-answered", method="OPTIONS"), b"GET, HEAD", headers=[("Content-Type", "text/plain")]),
    said(Probe("a-head-refused", method="HEAD", query=BAD), status=404),
    said(Probe("a-head-of-nobody", method="HEAD", credential=Credential.NONE), status=405),
    said(Probe("a-head-of-nobody-refused", method="HEAD", query=BAD, credential=Credential.NONE), status=400),
    said(Probe("a-head-of-somebody", method="HEAD", credential=Credential.UNKNOWN), status=405),
    said(Probe("a-preflight", method="OPTIONS", credential=Credential.NONE), status=405),
    said(Probe("a-strange-get", query=STRANGE, credential=Credential.UNKNOWN), ERROR | {"status_code": 404}, 404),
    said(Probe("a-get-with-much", query=BAD, credential=Credential.OTHER), ERROR | {"status_code": 403}, 403),
]


def cases(*verdicts: Verdict, aside: tuple[str, ...] = ()) -> list[object]:
    return [
        pytest.param(identifier, exchanges, verdict, id=f"{number}-{identifier}")
        for number, (identifier, exchanges, verdict) in enumerate(CASES)
        if verdict in verdicts and not identifier.startswith(aside)
    ]


def unanswered(exchange: Exchange) -> Exchange:
    return replace(exchange, response=None, error="The connection was refused.")


def busy(exchange: Exchange) -> Exchange:
    asked_to_wait = said(exchange.probe, ERROR | {"status_code": 429}, 429, headers=[("Retry-After", "1")])
    return replace(exchange, response=asked_to_wait.response)


def cut(exchange: Exchange) -> Exchange:
    whole = exchange.response
    if whole is None:
        return exchange
    return replace(exchange, response=replace(whole, body=replace(whole.body, content=b"{", cut="It was cut.")))


@pytest.mark.parametrize("spoilt", [unanswered, busy, cut])
@pytest.mark.parametrize(
    "identifier, exchanges, verdict",
    # A failure that asking again mended is no defect: what has no answer weighs more.
    [*cases(Verdict.FAIL), *cases(Verdict.WARN, aside=("CUST-ROB-001",))],
)
def test_a_request_that_was_made_in_vain_hides_no_defect_of_the_next(
    identifier: str, exchanges: list[Exchange], verdict: Verdict, spoilt: Callable[[Exchange], Exchange]
) -> None:
    # Control reads come in pairs and in series: there one in vain is a gap.
    follows_controls = bool(checks(CONTRACT)[identifier].settles)
    both = [
        each
        for exchange in exchanges
        for each in ([] if follows_controls and exchange.probe == "default" else [spoilt(exchange)]) + [exchange]
    ]
    assert judged(identifier, *both).verdict is verdict


@pytest.mark.parametrize("identifier, exchanges, verdict", cases(Verdict.PASS, Verdict.NOT_APPLICABLE))
def test_what_others_are_answered_breaks_nothing(identifier: str, exchanges: list[Exchange], verdict: Verdict) -> None:
    for beside in ([*BYSTANDERS, *exchanges], [*exchanges, *BYSTANDERS]):
        found = judged(identifier, *beside)
        assert found.verdict in {verdict, Verdict.PASS}, (found.reason, found.findings)


@pytest.mark.parametrize("identifier, exchanges, verdict", cases(Verdict.PASS, aside=("CUST-AUTH", "CUST-HTTP-005")))
def test_what_a_stranger_is_shown_is_for_those_who_judge_the_door(
    identifier: str, exchanges: list[Exchange], verdict: Verdict
) -> None:
    open_door = said("no-credentials", b"<p>Come in!", headers=[("Content-Type", "text/html")])
    assert judged(identifier, open_door, *exchanges).verdict is verdict
