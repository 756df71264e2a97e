"""Every server that breaks a sentence, each in the smallest way, in one table."""

from __future__ import annotations

from tests.strangers.sentences.faulty import access, query, relations, safety, schema, transport, values

FAULTY = (
    *access.ENTRIES,
    *query.ENTRIES,
    *schema.ENTRIES,
    *relations.ENTRIES,
    *values.ENTRIES,
    *transport.ENTRIES,
    *safety.ENTRIES,
)
