"""The digest of a run's ``report.json``, by which every other file of the folder says which report it was made of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from customers_conformance.reports import data

if TYPE_CHECKING:
    from customers_conformance.model import Run


def report_digest(run: Run) -> str:
    """SHA-256 of the bytes of the run's ``report.json``, as reports write digests."""
    return of(data.render(run))


def of(content: bytes) -> str:
    """SHA-256 of any bytes, as reports write digests: ``sha256:…``."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
