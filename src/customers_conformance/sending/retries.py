"""Asking again where the network, a gateway or a busy server got in the way: when, how far apart, and what is told.

Own code: the libraries for this wrap a whole call, and here a request keeps its turn and the run's pace meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customers_conformance.model import Attempt
from customers_conformance.sending.pace import GATEWAY, retry_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customers_conformance.model import Exchange, Response
    from customers_conformance.sending.failures import Failure

#: Seconds before a request is made again; doubled from time to time, up to the longest.
FIRST_DISTANCE, LONGEST_DISTANCE = 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a request, and whether it is made once more."""

    exchange: Exchange
    #: After how many seconds; ``None`` where it is not.
    wait: float | None = None
    #: Whether those have to be waited yet: what the target asked for, the pace waits for.
    apart: bool = False


def distance(number: int) -> float:
    """Seconds between an attempt and the next; the first attempt has the number 0."""
    return min(FIRST_DISTANCE * 2.0**number, LONGEST_DISTANCE)


def may_pass(response: Response | None, failure: Failure | None) -> bool:
    """Whether asking again may bring another answer, though none asked to wait: that is the pace's."""
    if response is None:
        return failure is not None and failure.passing
    return response.status in GATEWAY and retry_after(response) is None


def longest_wait(rounds: Sequence[Sequence[Tried]]) -> float | None:
    """After how many seconds requests that are made at the same time are made again; ``None`` where they are not.

    ``rounds`` has what came of each, in the same order: whatever had an answer in one of them wants none again.
    """
    lacking = [tries[-1] for tries in zip(*rounds, strict=True) if all(_hindered(each) for each in tries)]
    return max((each.wait for each in lacking if each.wait is not None), default=None)


def _hindered(tried: Tried) -> bool:
    return Attempt.of(tried.exchange).hindered


def counted(tries: Sequence[Tried], *, wanted: bool) -> Exchange:
    """The exchange of a request that was made so often: the last counts, and tells of those before.

    ``wanted`` says that retries were asked for. Then the last that is an answer counts: of requests made at the same
    time some had theirs before, and were made again as company of the others.
    """
    exchanges = [each.exchange for each in tries]
    final = exchanges[-1]
    if wanted:
        final = next((each for each in reversed(exchanges) if not Attempt.of(each).hindered), final)
        told = tuple(Attempt.of(each) for each in exchanges if each is not final and Attempt.of(each).hindered)
        if not told:
            return final
        met = ", ".join(each.says for each in told)
        return replace(final, comment=f"asked again, for these came of it: {met}", retried=told)
    if len(tries) == 1:
        return final
    first = exchanges[0].response.status if exchanges[0].response else "none"
    return replace(final, comment=f"sent again after {tries[0].wait:g} s: the first answer was {first}")
