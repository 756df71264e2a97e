"""What a run does otherwise where the list is long: it asks less often, and no more at one time than the link bears.

No requirement is left out for that; what it was judged on stands in the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers_conformance.model import MEBI

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Limits

#: Bytes of the answer to the plain request from which on its list is long.
LONG = 4 * MEBI

#: How many requests are generated at the most for a long list, and how many may shrink one that breaks something.
EXAMPLES, SHRINKING = 4, 8

#: Requests that are the least to be made at the same time.
_CROWD = 2

#: What of the time that a request may take is planned with: the others have their share of a link and of a server.
_PLANNED = 0.5


@dataclass(frozen=True, slots=True)
class LongList:
    """A long list: its bytes, and the seconds in which it came where nothing else was asked."""

    size: int
    seconds: float

    def at_once(self, limits: Limits) -> int:
        """How many requests at one time let each of them end in time."""
        return max(1, min(limits.concurrency, int(limits.timeout * _PLANNED / max(self.seconds, 0.001))))

    def crowd(self, limits: Limits, room: int) -> int:
        """How many requests are made at the same time on purpose; ``room`` is for so many bytes of other bodies."""
        return min(limits.concurrency, max(_CROWD, min(self.at_once(limits), room // self.size)))


def of(exchange: Exchange, seconds: float) -> LongList | None:
    """The list that an exchange shows, where it is long."""
    body = exchange.response.body if exchange.response else None
    size = max(len(body.content), body.length or 0) if body else 0
    return LongList(size, seconds) if size >= LONG else None


def alike(one: Exchange | None, other: Exchange) -> bool:
    """Whether two answers are alike: their status, their bodies, and which header fields they have."""
    if one is None or one.response is None or other.response is None:
        return False
    left, right = one.response, other.response
    return (
        left.status == right.status
        and left.body.content == right.body.content
        and (left.body.cut, left.framing) == (right.body.cut, right.framing)
        and left.header("Content-Type") == right.header("Content-Type")
        and {name.lower() for name, _ in left.headers} == {name.lower() for name, _ in right.headers}
    )
