"""The digest of a run's ``report.json``, by which every other file of the folder says which report it was made of."""

from __future__ import annotations

import hashlib
import weakref
from typing import TYPE_CHECKING

from customers_conformance.reports import data

if TYPE_CHECKING:
    from customers_conformance.model import Run


class _Last:
    """The run that was asked about last, and its digest: each format of a folder asks about the same one."""

    told: tuple[weakref.ref[Run], str] | None = None


def report_digest(run: Run) -> str:
    """SHA-256 of the bytes of the run's ``report.json``, as reports write digests."""
    told = _Last.told
    if told is None or told[0]() is not run:
        told = _Last.told = weakref.ref(run), of(data.render(run))
    return told[1]


def of(content: bytes) -> str:
    """SHA-256 of any bytes, as reports write digests: ``sha256:…``."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
