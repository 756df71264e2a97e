"""Rounds: what was asked between two control reads, and compared with the list that both of them show."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import differences
from customers_conformance.evidence.waiting import asked_to_wait
from customers_conformance.model import Exchange, Finding, Observed, Probe, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence

    Compare = Callable[["Evidence", "Round", Listing], Iterator[Observed]]

CHANGED = Unseen("the data changed while it was read: try again when the target is quiet (--settle)", passing=True)
UNCONTROLLED = Unseen("there is no plain request before and after it to compare with")


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked between two control reads."""

    before: Exchange
    after: Exchange
    asked: tuple[Exchange, ...]

    def holds(self, exchange: Exchange) -> bool:
        """Whether an exchange stands between its control reads."""
        return self.before.index < exchange.index < self.after.index


def rounds(evidence: Evidence, probe: Probe) -> list[Round]:
    """The rounds of a probe: each pair of neighbouring control reads that it was asked between."""
    found = []
    for before, after in pairwise(evidence.plain):
        round_ = Round(before, after, ())
        asked = tuple(exchange for exchange in evidence.of(probe) if round_.holds(exchange))
        if asked:
            found.append(Round(before, after, asked))
    return found


def agreed(evidence: Evidence, round_: Round) -> Listing | None:
    """The list that both control reads of a round show; ``None`` where they differ or show none."""
    first, second = evidence.listing(round_.before), evidence.listing(round_.after)
    if first is None or second is None or not first.is_listing or not second.is_listing:
        return None
    return second if first is second or not differences(first, second).total else None


def compared(evidence: Evidence, probe: Probe, compare: Compare, *, lagging: bool = False) -> Iterator[Observed]:
    """What ``compare`` observes in the rounds of a probe.

    It is given the list that the control reads agree on, an empty one too. Every round counts where one of
    them shows a breach. Else, and always where a view may lag, one round decides: the last in which anything was seen.
    Where the control reads of the run differ among themselves, a breach proves nothing.
    """
    found = rounds(evidence, probe)
    if not found and evidence.of(probe):
        yield UNCONTROLLED
    observed = [_observed(evidence, round_, compare) for round_ in found]
    if lagging or not any(map(_is_broken, observed)):
        settled = [result for result in observed if any(isinstance(item, Seen) for item in result)]
        # A view that differed, and was then asked while the data changed, has not had its settling time.
        last = observed if lagging and settled and _is_broken(settled[-1]) else settled or observed
        observed = last[-1:]
    if any(map(_is_broken, observed)) and not _is_quiet(evidence):
        # Another writer, a clock or another instance may be what differs, and not what was asked.
        yield CHANGED
        return
    for result in observed:
        yield from result


def _is_quiet(evidence: Evidence) -> bool:
    """Whether every control read that shows a list shows the same one."""
    shown = [listing for one in evidence.plain if (listing := evidence.listing(one)) is not None and listing.is_listing]
    return not any(differences(left, right).total for left, right in pairwise(shown) if left is not right)


def _observed(evidence: Evidence, round_: Round, compare: Compare) -> list[Observed]:
    control = agreed(evidence, round_)
    if control is None:
        return [_no_control(evidence, round_)]
    return list(compare(evidence, round_, control))


def _is_broken(observed: list[Observed]) -> bool:
    return any(isinstance(item, Finding) for item in observed)


def _no_control(evidence: Evidence, round_: Round) -> Unseen:
    listings = [evidence.listing(exchange) for exchange in (round_.before, round_.after)]
    if all(listing is not None and listing.is_listing for listing in listings):
        return CHANGED
    return shows_no_list("the plain request", (round_.before, round_.after), "to compare with")


def shows_no_list(name: str, exchanges: Iterable[Exchange], what_for: str) -> Unseen:
    """Why there is no list in some answers that were to be compared: none came whole, or none was shown."""
    exchanges = tuple(exchanges)
    cut = [exchange.response.body.cut for exchange in exchanges if exchange.response and exchange.response.body.cut]
    if cut:
        return Unseen(f"{name} cannot be compared: {cut[0]}")
    busy = next(filter(None, (asked_to_wait(exchange, name) for exchange in exchanges)), None)
    return Unseen(f"{name} does not show a list of customers {what_for}" + (f": {busy}" if busy else ""))
