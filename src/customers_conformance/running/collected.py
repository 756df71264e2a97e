"""What judging starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Ledger
    from customers_conformance.sending.credentials import Credentials

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What judging starts from: the exchanges, unredacted, and how they came about."""

    exchanges: tuple[Exchange, ...]
    credentials: Credentials
    own: bool = True
    authenticated: bool = True
    unsent: tuple[tuple[str, str], ...] = ()
    ledger: Ledger | None = None
    left_out: int | None = None
    warnings: tuple[str, ...] = ()
    #: The exchanges, by index, whose body was cut here, amid a secret perhaps.
    cut: frozenset[int] = frozenset()
    #: Why the collection ended before its end, as a sentence.
    cut_short: str | None = None
    interrupted: bool = False
