"""The ledger: every request of a run as a row, with what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from customers_conformance.harmless import one_line

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Run

#: How many requests are listed, and how many characters of a name are shown.
REQUESTS_SHOWN = 600
NAME_LIMIT = 60

#: The width of the longest bar.
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One request: which, what was asked, what came, how much, how long, and how long its bar is (of ``WIDTH``)."""

    index: int
    probe: str
    asked: str
    status: str
    size: int | None
    milliseconds: float
    bar: float


def requests(run: Run) -> tuple[Row, ...]:
    """The first ``REQUESTS_SHOWN`` requests, in the order in which they were begun."""
    shown = run.exchanges[:REQUESTS_SHOWN]
    longest = max((one.duration for one in shown), default=0.0)
    return tuple(_row(one, longest) for one in shown)


def _row(one: Exchange, longest: float) -> Row:
    response = one.response
    query = urlencode(one.request.query, safe="<>:", errors="replace")
    return Row(
        index=one.index,
        probe=one_line(one.probe or f"entry {one.index}", NAME_LIMIT),
        asked=one_line(one.request.method + (f" ?{query}" if query else ""), NAME_LIMIT),
        status=str(response.status) if response else "no answer",
        # Of a recording the bytes on the wire are not known, those of the body are.
        size=(len(response.body.content) if response.body.length is None else response.body.length)
        if response
        else None,
        milliseconds=1000 * one.duration,
        bar=round(WIDTH * one.duration / longest, 1) if longest > 0 else 0.0,
    )
