"""CUST-QRY: the values of ``from_memory``, and a parameter that no server knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.checks.answers import (
    LONG,
    elsewhere,
    has_bad_value,
    in_the_table,
    same_as_control,
    status_line,
    statuses,
)
from customers_conformance.checks.probes import UNKNOWN_PARAMETER
from customers_conformance.evidence.evidence import OK
from customers_conformance.evidence.rounds import compared
from customers_conformance.judging.registry import CONTROLS, check, finding
from customers_conformance.model import ACCEPTED_CREDENTIALS, DATABASE, MEMORY, PLAIN, Observed, Probe, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.evidence.rounds import Round

BAD_VALUES = (
    Probe("from-memory-empty", query=(("from_memory", ""),), says="from_memory with no value"),
    Probe("from-memory-1", query=(("from_memory", "1"),), says="1 for true"),
    Probe("from-memory-yes", query=(("from_memory", "yes"),), says="yes for true"),
    Probe("from-memory-upper-case", query=(("from_memory", "TRUE"),), says="true in capitals"),
    Probe("from-memory-repeated", query=(("from_memory", "true"), ("from_memory", "false")), says="from_memory twice"),
    Probe(
        "from-memory-long",
        query=(("from_memory", "a" * 2000),),
        says="a value of 2,000 characters",
        matches=lambda request: (
            len(request.query) == 1 and request.query[0][0] == "from_memory" and len(request.query[0][1]) >= LONG
        ),
    ),
)


@check("CUST-QRY-001", reads=[PLAIN, DATABASE], settles=CONTROLS)
def reads_the_database_unless_told(evidence: Evidence) -> Iterator[Observed]:
    """The plain request shows what ``from_memory=false`` shows."""
    yield from compared(evidence, DATABASE, same_as_control)


@check("CUST-QRY-002", reads=[MEMORY, DATABASE])
def answers_both_values(evidence: Evidence) -> Iterator[Observed]:
    """Both views are there."""
    yield from statuses(evidence.of(MEMORY, DATABASE), {OK})


@check("CUST-QRY-003", reads=BAD_VALUES)
def answers_bad_values_as_documented(evidence: Evidence) -> Iterator[Observed]:
    """Read leniently or refused; every bad value that was sent with the key counts."""
    for exchange in evidence.answered:
        if (
            exchange.request.method == "GET"
            and exchange.request.credential in ACCEPTED_CREDENTIALS
            and has_bad_value(exchange)
        ):
            yield from in_the_table(exchange)


@check("CUST-QRY-004", reads=[UNKNOWN_PARAMETER, PLAIN], settles=CONTROLS)
def ignores_an_unknown_parameter(evidence: Evidence) -> Iterator[Observed]:
    """Same status, same customers."""

    def compare(evidence: Evidence, round_: Round, control: Listing) -> Iterator[Observed]:
        for exchange in round_.asked if control.size else ():
            response = exchange.response
            if response is None:
                continue
            if response.status != OK:
                yield elsewhere(exchange) or Seen(kind="exchanges")
                if not elsewhere(exchange):
                    yield finding("200, as without the parameter", status_line(response), exchange.index)
            else:
                yield from same_as_control(evidence, round_, control)

    yield from compared(evidence, UNKNOWN_PARAMETER, compare)
