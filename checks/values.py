"""CUST-VAL-008 and -011: values that are judged against the clock, or that no schema can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from customers_conformance.bodies.numbers import INT64
from customers_conformance.contract.formats import read_time
from customers_conformance.contract.keywords import is_number, shown
from customers_conformance.judging.registry import VIEWS, check, finding
from customers_conformance.model import Observed, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Response

SKEW = timedelta(minutes=5)


def date_of(response: Response | None) -> datetime | None:
    """The ``Date`` of an answer, where there is one that can be read."""
    text = response.header("Date") if response else None
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@check("CUST-VAL-008", sends=VIEWS)
def reports_no_time_in_the_future(evidence: Evidence) -> Iterator[Observed]:
    """Creation, update and reset times against the answer's own clock, with some skew allowed."""
    for exchange, listing in evidence.distinct():
        now = date_of(exchange.response)
        times = 0
        for node in listing.seen.nodes:
            for name, said in listing.contract.properties[node.schema].items():
                moment = read_time(node.value.get(name)) if said.format == "date-time" else None
                if moment is None:
                    continue
                times += 1
                if now is not None and moment.second - now > SKEW:
                    yield finding(
                        f"a time not after the answer's Date, {now:%Y-%m-%dT%H:%M:%SZ}",
                        shown(node.value[name]),
                        exchange.index,
                        node.at(name),
                    )
        if times and now is None:
            yield Unseen("the answer has no Date to judge its times against")
        elif times:
            yield Seen(times, "times")


@check("CUST-VAL-011", sends=VIEWS)
def keeps_numbers_within_what_others_hold(evidence: Evidence) -> Iterator[Observed]:
    """Integers within int64, numbers finite."""
    for exchange, listing in evidence.distinct():
        wide = {
            **listing.wide_integers,
            **{place: text for place, text in listing.reading.numbers.items() if listing.documents(place)},
        }
        integers = set(listing.wide_integers)
        for place, value in wide.items():
            expected = (
                f"an integer from {INT64[0]} to {INT64[-1]}"
                if place in integers
                else "a finite number that an int64 or a double holds"
            )
            yield finding(expected, value, exchange.index, place)
        if listing.reading.is_json:
            yield Seen(_numbers(listing), "numbers")


def _numbers(listing: Listing) -> int:
    properties = listing.contract.properties
    return sum(
        is_number(value)
        for node in listing.seen.nodes
        for name, value in node.value.items()
        if name in properties[node.schema]
    )
