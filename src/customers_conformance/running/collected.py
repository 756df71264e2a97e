"""What judging starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers_conformance.bodies.store import Bodies
    from customers_conformance.model import Exchange, Ledger
    from customers_conformance.sending.credentials import Credentials

#: Takes a sentence about what the run is at, for whoever watches it.
Tell = Callable[[str], None]


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
    interrupted: bool = False
    #: What was read out of the bodies while they were collected; ``None`` where nothing was.
    bodies: Bodies | None = None
