"""CUST-QRY-002 and -003: the values of ``from_memory``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.checks.answers import LONG, has_bad_value, in_the_table, statuses
from customers_conformance.evidence.evidence import OK
from customers_conformance.judging.registry import Observed, check
from customers_conformance.model import ACCEPTED_CREDENTIALS, DATABASE, MEMORY, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.evidence.evidence import Evidence

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
