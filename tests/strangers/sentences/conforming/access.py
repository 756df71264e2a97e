"""Unusual servers: credentials, queries, odd headers, HEAD and OPTIONS."""

from __future__ import annotations

import time
from email.utils import formatdate

from tests.strangers.sentences.answers import Answer, Raw, Row, plain_text
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


@ENTRIES.keeps()
class ManyChallenges(Lawful):
    """Two `WWW-Authenticate` fields hold several challenges, in lower case and with commas inside quotes."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.drop("WWW-Authenticate")
        answer.add("www-authenticate", 'Newauth realm="a, \\"b\\"", type=1, bearer ERROR="invalid_token"')
        answer.add("WWW-Authenticate", "Bearer")
        return answer


@ENTRIES.keeps(unverified=("AUTH-011", "SEC-003"))
class RefusalWithoutBody(Lawful):
    """No error has a body or a `Content-Type`; the error body is documented only for those that have one."""

    def error(self, status: int, message: str, param: str | None = None) -> Answer:
        del message, param
        return Answer(status)


@ENTRIES.keeps()
class EmptyErrorObject(Lawful):
    """Errors are `{}` in JSON: no member of the error body is required."""

    def error_value(self, status: int, message: str, param: str | None = None) -> Row:
        del status, message, param
        return {}


@ENTRIES.keeps()
class ErrorNumbersAreOdd(Lawful):
    """`status_code` is written 4.01e2 (an integer, 401), and `error` and `extra_fields` are empty objects."""

    def error_value(self, status: int, message: str, param: str | None = None) -> Row:
        del message, param
        return {"status_code": Raw(f"{status / 100}e2"), "error": {}, "extra_fields": {}, "event_id": ""}


@ENTRIES.keeps(warns=("AUTH-014",))
class QueryIsJudgedFirst(Lawful):
    """A bad `from_memory` is answered 400 before the credentials are looked at, which breaks one SHOULD alone."""

    def refuse(self) -> Answer:
        return self.bad_value() if self.ask.memory == "bad" else super().refuse()


@ENTRIES.keeps()
class RefusalShowsPlainWordsAndMasks(Lawful):
    """A 401 shows an id that is one plain lower-case word, a masked virtual key and an id of 7 characters."""

    def stock(self) -> list[Row]:
        return [*super().stock(), {"id": "cust-07", "name": "Seven"}]

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.set("WWW-Authenticate", 'Bearer realm="municipal_library"')
        answer.add("Set-Cookie", "hint=cust-07")
        answer.body = answer.body.replace(b"missing", b"sk-bf-******** missing")
        return answer


@ENTRIES.keeps(unverified=("SCH-012",))
class AnyValueIsFalse(Lawful):
    """Any other value of `from_memory` is read as false and answered 200."""

    def bad_value(self) -> Answer:
        return self.listing()


@ENTRIES.keeps()
class ManyRefusalsOfBadValues(Lawful):
    """A bad `from_memory` is answered 422, a very long one 414 in HTML."""

    def bad_value(self) -> Answer:
        if len(self.ask.query) > 1900:
            return Answer(414, [("Content-Type", "text/html")], b"<h1>Too long</h1>")
        return self.error(422, "not a boolean")


@ENTRIES.keeps()
class MemoryTakesMoreSpellings(Lawful):
    """`1`, `yes` and `TRUE` are read as true and answered 200, other values are answered 400."""

    def bad_value(self) -> Answer:
        values = [value for name, value in self.ask.parameters if name == "from_memory"]
        return self.listing() if values in (["1"], ["yes"], ["TRUE"]) else super().bad_value()


@ENTRIES.keeps(warns=("QRY-004",))
class UnknownParameterIs404(Lawful):
    """An unknown parameter is answered 404, which the table allows and only a SHOULD regrets."""

    def admitted(self) -> Answer:
        return self.error(404, "no such parameter") if self.ask.unknown else super().admitted()


@ENTRIES.keeps()
class OddHeadersAre400InHtml(Lawful):
    """Headers with bytes above 127 are answered 400 in HTML, long ones 431 without a body."""

    def admitted(self) -> Answer:
        if not all(value.isascii() for _, value in self.ask.headers):
            return Answer(400, [("Content-Type", "text/html; charset=iso-8859-1")], b"<h1>Bad request</h1>")
        if any(len(value) >= 3900 for _, value in self.ask.headers):
            return Answer(431)
        return super().admitted()


@ENTRIES.keeps()
class UnmetAcceptGetsText(Lawful):
    """An `Accept` that cannot be met is answered 406 in plain text."""

    def unmet(self) -> Answer:
        return plain_text(406, "Only JSON here.")


@ENTRIES.keeps()
class AcceptIsIgnored(Lawful):
    """Whatever `Accept` says, the answer is 200 in JSON."""

    def accepts(self) -> bool:
        return True


@ENTRIES.keeps(unverified=("SCH-012",))
class RedirectsBySchemeAlone(Lawful):
    """A bad `from_memory` is redirected to `http:customers`, which browsers resolve within the origin."""

    location = "http:customers?from_memory=false"

    def bad_value(self) -> Answer:
        return Answer(307, [("Location", self.location.format(port=self.shared.port))])


@ENTRIES.keeps(unverified=("SCH-012",))
class RedirectsToHexadecimalHost(RedirectsBySchemeAlone):
    r"""A bad `from_memory` is redirected to `\\\\0x7F.1:<port>`, which browsers read as 127.0.0.1 at that port."""

    location = "\\\\0x7F.1:{port}\\api\\governance\\customers"


class OnceBusy(Lawful):
    """The first good request is answered otherwise, once."""

    def admitted(self) -> Answer:
        with self.shared.lock:
            self.shared.admitted += 1
            first = self.shared.admitted == 1
        return self.busy() if first else super().admitted()

    def busy(self) -> Answer:
        raise NotImplementedError


@ENTRIES.keeps()
class BusyOnceWith429(OnceBusy):
    """The first good request is answered 429 in plain text with `Retry-After: 1`, all later ones as they should."""

    def busy(self) -> Answer:
        answer = plain_text(429, "slow down")
        answer.add("Retry-After", "1")
        return answer


@ENTRIES.keeps()
class BusyOnceWith503(OnceBusy):
    """The first good request is answered 503 with `Retry-After` as a date, all later ones as they should."""

    def busy(self) -> Answer:
        answer = self.error(503, "starting")
        answer.add("Retry-After", formatdate(time.time() + 2, usegmt=True))
        return answer


@ENTRIES.keeps(warns=("HTTP-002",))
class HeadIs405(Lawful):
    """HEAD is answered 405 whoever asks, which only a SHOULD regrets."""

    def answer(self) -> Answer:
        if self.ask.method == "HEAD":
            return Answer(405, [("Allow", "GET")])
        return super().answer()


@ENTRIES.keeps()
class OptionsIs404(Lawful):
    """OPTIONS is answered 404 with a body in plain text: any status but 5xx, and no answer to a GET."""

    def options(self) -> Answer:
        return plain_text(404, "Not found")


@ENTRIES.keeps()
class OptionsIs401(Lawful):
    """OPTIONS without the key is answered 401, with it 200 with an empty body."""

    def options(self) -> Answer:
        return Answer(200) if self.admits() else self.refuse()
