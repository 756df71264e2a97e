"""CUST-VAL-008 and -011: values that are judged against the clock, or that no schema can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

from customers_conformance.bodies.listeners import Listener
from customers_conformance.bodies.parsing.numbers import INT64
from customers_conformance.contract.vocabulary.formats import read_time
from customers_conformance.contract.vocabulary.keywords import shown
from customers_conformance.judging.registry import VIEWS, check, finding, in_exchange
from customers_conformance.model import Observed, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customers_conformance.bodies.walk import Node
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


class _Late(Listener):
    """The times of a body that are later than its answer allows."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def see(self, node: Node) -> Iterable[Observed]:
        """Finds each."""
        for name in node.shape.dated if node.shape else ():
            moment = read_time(node.value[name])
            if moment is not None and moment.second - self._now > SKEW:
                expected = f"a time not after the answer's Date, {self._now:%Y-%m-%dT%H:%M:%SZ}"
                yield finding(expected, shown(node.value[name]), pointer=node.at(name))


@check("CUST-VAL-008", sends=VIEWS)
def reports_no_time_in_the_future(evidence: Evidence) -> Iterator[Observed]:
    """Creation, update and reset times against the answer's own clock, with some skew allowed."""
    for exchange, listing in evidence.distinct():
        now = date_of(exchange.response)
        seen = listing.seen
        if seen.latest is None:
            continue
        if now is None:
            yield Unseen("the answer has no Date to judge its times against")
            continue
        yield Seen(seen.times, "times")
        if seen.latest.second - now > SKEW:
            yield from in_exchange(listing.walk(partial(_Late, now))[1].observed(), exchange)


@check("CUST-VAL-011", sends=VIEWS)
def keeps_numbers_within_what_others_hold(evidence: Evidence) -> Iterator[Observed]:
    """Integers within int64, numbers finite."""
    for exchange, listing in evidence.distinct():
        wide = {
            **listing.seen.wide_integers,
            **{place: text for place, text in listing.reading.numbers.items() if listing.documents(place)},
        }
        integers = set(listing.seen.wide_integers)
        for place, value in wide.items():
            expected = (
                f"an integer from {INT64[0]} to {INT64[-1]}"
                if place in integers
                else "a finite number that an int64 or a double holds"
            )
            yield finding(expected, value, exchange.index, place)
        if listing.reading.is_json:
            yield Seen(listing.seen.numbers, "numbers")
