"""``badge.json``: the outcome as a badge, in the form that badge services read from an address.

The format: https://shields.io/badges/endpoint-badge. It knows no other members, so that this file does not carry the
digest of its report.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from customers_conformance.model import Outcome, Verdict
from customers_conformance.reports.telling import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Run

FILE = "badge.json"
CARRIES_DIGEST = False

LABEL = "customers conformance"

_COLORS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.CONFORMANT: "brightgreen",
        Outcome.CONFORMANT_WITH_WAIVERS: "green",
        Outcome.INCOMPLETE: "yellow",
        Outcome.NONCONFORMANT: "red",
        Outcome.INVALID: "lightgrey",
    }
)


def render(run: Run) -> bytes:
    """The badge as JSON in UTF-8."""
    badge = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": message(run),
        "color": _COLORS[run.outcome],
        "isError": run.outcome is Outcome.INVALID,
    }
    return (json.dumps(badge, indent=2) + "\n").encode()


def message(run: Run) -> str:
    """The outcome, and how many requirements stand for it: ``not conformant: 4 of 81 broken``."""
    title, counts, total = wording.title(run).lower(), run.counts, len(run.judgements)
    if run.outcome is Outcome.NONCONFORMANT:
        # A strict run may be broken by warnings alone.
        return f"{title}: {counts[Verdict.FAIL.value] or counts[Verdict.WARN.value]} of {total} broken"
    if run.outcome is Outcome.INVALID:
        return title if run.complete else f"{title}: cut short"
    return f"{title}: {counts[Verdict.PASS.value]} of {total} kept"
