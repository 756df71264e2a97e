"""Faulty servers: what a query gets, and how it is sent (QRY, RSP)."""

from __future__ import annotations

from tests.strangers.sentences.answers import Answer, Raw, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    config_11,
    freight,
    grid_key,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


# The need, a customer in either answer, is met; the suite does not compare with a plain answer that is empty.
@ENTRIES.breaks("QRY-001")
class PlainListIsEmpty(Lawful):
    """Without `from_memory` the list is empty; with `false` (and `true`) it has its customers."""

    def stock(self) -> list[Row]:
        return super().stock() if self.ask.memory else []


@ENTRIES.breaks("QRY-001")
class PlainBudgetDiffersDeepDown(Lawful):
    """Without `from_memory` one budget of a provider config has another `max_limit` than with `false`."""

    def edit(self, document: Row) -> None:
        if not self.ask.memory:
            config_11(document)["budgets"][0]["max_limit"] = 40.5


@ENTRIES.breaks("QRY-002")
class MemoryViewIs404(Lawful):
    """`from_memory=true` with the valid key is answered 404."""

    def listing(self) -> Answer:
        return self.error(404, "the cache is cold") if self.ask.from_memory else super().listing()


@ENTRIES.breaks("QRY-003")
class RepeatedValueIs409(Lawful):
    """A repeated `from_memory` is answered 409; allowed are 200, 400, 422."""

    def bad_value(self) -> Answer:
        values = [value for name, value in self.ask.parameters if name == "from_memory"]
        return self.error(409, "twice") if len(values) > 1 else super().bad_value()


@ENTRIES.breaks("QRY-003")
class LongValueIs413(Lawful):
    """A `from_memory` of 2,000 characters is answered 413; allowed are 200, 400, 422, 414, 431."""

    def bad_value(self) -> Answer:
        return self.error(413, "too long") if len(self.ask.query) > 1900 else super().bad_value()


@ENTRIES.breaks("QRY-004")
class UnknownParameterHidesCustomer(Lawful):
    """With an unknown parameter one customer is missing, so the customers are not the same."""

    def stock(self) -> list[Row]:
        return super().stock()[:-1] if self.ask.unknown else super().stock()


@ENTRIES.breaks("RSP-001")
class CharsetIsUsAscii(Lawful):
    """The charset parameter, quoted and in capitals, is us-ascii, and one other than utf-8 is not allowed."""

    def text(self, document: Row) -> str:
        return super().text(document).replace("ü", "\\u00fc")

    def listing(self) -> Answer:
        answer = super().listing()
        answer.set("Content-Type", 'application/json;CHARSET="US-ASCII"')
        return answer


@ENTRIES.breaks("RSP-001")
class NoContentTypeFromMemory(Lawful):
    """The answer to `from_memory=true` has no `Content-Type`, so it is not sent as application/json."""

    def listing(self) -> Answer:
        answer = super().listing()
        if self.ask.from_memory:
            answer.drop("Content-Type")
        return answer


@ENTRIES.breaks("RSP-002")
class ByteOrderMarkFromMemory(Lawful):
    """The answer to `from_memory=true` starts with a UTF-8 byte order mark."""

    def encode(self, text: str) -> bytes:
        return (b"\xef\xbb\xbf" if self.ask.from_memory else b"") + super().encode(text)


@ENTRIES.breaks("RSP-002")
class FormFeedAfterTheEnd(Lawful):
    """The body ends with a form feed, which is no white space of JSON."""

    def encode(self, text: str) -> bytes:
        return super().encode(text) + b"\n\x0c\n"


@ENTRIES.breaks("RSP-002")
class SurrogatesAsBytes(Lawful):
    """A claim holds a surrogate pair encoded as two three-byte sequences (CESU-8), which is not UTF-8."""

    def edit(self, document: Row) -> None:
        freight(document)["claims"] = {"mark": Raw('"\ud83d\ude00"')}

    def encode(self, text: str) -> bytes:
        return text.encode("utf-8", "surrogatepass")


@ENTRIES.breaks("RSP-003")
class BudgetRepeatsIdByEscape(Lawful):
    """One budget deep down has `id` twice with the same value, once written with an escape."""

    def edit(self, document: Row) -> None:
        held = grid_key(document)["budgets"][0]
        held[Raw('"\\u0069d"')] = held["id"]


@ENTRIES.breaks("RSP-003")
class ClaimsRepeatSurrogatePair(Lawful):
    """An object in `claims` has the same emoji name twice, once raw and once as an escaped surrogate pair."""

    def edit(self, document: Row) -> None:
        freight(document)["claims"] = {"deep": [{"😀": 1, Raw('"\\ud83d\\ude00"'): 2}]}


@ENTRIES.breaks("RSP-004", also=("AUTH-001",))
class OriginIs403(Lawful):
    """The valid key with an `Origin` is answered 403, and a valid query is answered 200."""

    def admitted(self) -> Answer:
        return self.error(403, "no browsers") if self.ask.all("Origin") else super().admitted()


@ENTRIES.breaks("RSP-004", also=("QRY-004",))
class UnknownParameterIs410(Lawful):
    """An unknown parameter is answered 410; the table allows 200, 400, 404, 422."""

    def admitted(self) -> Answer:
        return self.error(410, "parameter withdrawn") if self.ask.unknown else super().admitted()


@ENTRIES.breaks("RSP-004", also=("HTTP-007",))
class UnmetAcceptIs415(Lawful):
    """An `Accept` that cannot be met is answered 415; the table allows 200 and 406."""

    def unmet(self) -> Answer:
        return self.error(415, "only application/json is served")
