"""CUST-MEM: the memory view beside the database view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import shared_differences
from customers_conformance.checks.answers import differing, not_comparable
from customers_conformance.contract.vocabulary.keywords import identifies, shown
from customers_conformance.evidence.rounds import UNCONTROLLED, Round, compared
from customers_conformance.judging.registry import VIEW, check, finding, shortened
from customers_conformance.model import DATABASE, MEMORY, PLAIN, Exchange, Observed, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence


@check("CUST-MEM-001", reads=[MEMORY, DATABASE, PLAIN], settles=VIEW)
def lists_the_same_customers_from_memory(evidence: Evidence) -> Iterator[Observed]:
    """By id; a view may lag, so the last answer within the settling time decides."""

    def compare(evidence: Evidence, round_: Round, _: Listing) -> Iterator[Observed]:
        yield from _hidden_views(evidence, round_)
        for exchange, database, memory in _views(evidence, round_):
            yield Seen(max(database.size, memory.size), "customers")
            left, right = _ids(database), _ids(memory)
            yield from shortened(
                finding(
                    f"the customer {shown(identity)}, as in the database view", "absent", exchange.index, "/customers"
                )
                for identity in left
                if identity not in right
            )
            yield from shortened(
                finding(
                    "no customer that the database view does not show",
                    shown(identity),
                    exchange.index,
                    f"/customers/{place}",
                )
                for identity, place in right.items()
                if identity not in left
            )

    yield from compared(evidence, MEMORY, compare, lagging=True)


@check("CUST-MEM-002", reads=[MEMORY, DATABASE, PLAIN], settles=VIEW)
def describes_customers_alike_in_both_views(evidence: Evidence) -> Iterator[Observed]:
    """Every property that holds no object and that both views show."""

    def compare(evidence: Evidence, round_: Round, _: Listing) -> Iterator[Observed]:
        yield from _hidden_views(evidence, round_)
        for exchange, database, memory in _views(evidence, round_):
            yield Seen(max(database.size, memory.size), "customers")
            yield from differing(shared_differences(database, memory), exchange, "the database view shows")

    yield from compared(evidence, MEMORY, compare, lagging=True)


def _views(evidence: Evidence, round_: Round) -> list[tuple[Exchange, Listing, Listing]]:
    """The memory views of a round, each with the last database view of the round."""
    database = [
        listing
        for exchange in evidence.of(DATABASE)
        if round_.holds(exchange) and (listing := evidence.listing(exchange)) is not None and listing.is_listing
    ]
    if not database:
        return []
    return [
        (exchange, database[-1], memory)
        for exchange in round_.asked
        if (memory := evidence.listing(exchange)) is not None and memory.is_listing
    ]


def _hidden_views(evidence: Evidence, round_: Round) -> Iterator[Observed]:
    database = evidence.of(DATABASE)
    for exchange in [*round_.asked, *database]:
        hidden = not_comparable(evidence, exchange)
        if hidden:
            # A target without a memory view may refuse to show one.
            yield replace(hidden, wanting=exchange in round_.asked)
    if database and not any(map(round_.holds, database)):
        yield UNCONTROLLED


def _ids(listing: Listing) -> dict[str | int, int]:
    """The ids of the customers, each with the index of the last one that has it."""
    return {identity: index for index, identity in enumerate(listing.ids) if identifies(identity)}
