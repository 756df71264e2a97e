"""Every unusual server that keeps the sentences, and the plain one, in one table."""

from __future__ import annotations

from tests.strangers.sentences.conforming import access, transport, values, writing
from tests.strangers.sentences.entries import Entry
from tests.strangers.sentences.server import Lawful

CONFORMING = (
    Entry(Lawful),
    *access.ENTRIES,
    *transport.ENTRIES,
    *values.ENTRIES,
    *writing.ENTRIES,
)
