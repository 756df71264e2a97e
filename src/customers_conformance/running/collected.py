"""What judging starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customers_conformance.model import PREFIX

if TYPE_CHECKING:
    from customers_conformance.bodies.store import Bodies
    from customers_conformance.model import Exchange, Ledger
    from customers_conformance.sending.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Collected:
    """What judging starts from: the exchanges, unredacted, and how they came about."""

    exchanges: tuple[Exchange, ...]
    #: What has to be struck out of them.
    credentials: Credentials
    #: Whether the suite made them itself, and whether they tell what credentials the requests carried.
    own: bool = True
    authenticated: bool = True
    #: The names of the probes that were not sent, each with what was missing, as a phrase.
    unsent: tuple[tuple[str, str], ...] = ()
    ledger: Ledger | None = None
    #: How many entries of a recording are for other requests.
    left_out: int | None = None
    warnings: tuple[str, ...] = ()
    #: The exchanges, by index, whose body was cut here, amid a secret perhaps.
    cut: frozenset[int] = frozenset()
    #: Why the collection ended before its end, as a sentence.
    cut_short: str | None = None
    #: What was read out of the bodies while they were collected; ``None`` where nothing was.
    bodies: Bodies | None = None

    @property
    def longest(self) -> int:
        """Bytes of the longest body."""
        return max((len(one.response.body.content) for one in self.exchanges if one.response), default=0)

    def heads(self, why: str) -> Collected:
        """The same with every longer body cut to what is kept of one that was cut; ``why`` is a sentence."""
        beginnings: dict[int, bytes] = {}

        def head(exchange: Exchange) -> Exchange:
            response = exchange.response
            if response is None or len(response.body.content) <= PREFIX:
                return exchange
            content = response.body.content
            beginning = beginnings.setdefault(id(content), content[:PREFIX])
            return replace(
                exchange, response=replace(response, body=replace(response.body, content=beginning, cut=why))
            )

        exchanges = tuple(map(head, self.exchanges))
        pairs = zip(self.exchanges, exchanges, strict=True)
        cut = self.cut.union(one.index for before, one in pairs if one is not before)
        return replace(self, exchanges=exchanges, cut=cut, cut_short=self.cut_short or why)
