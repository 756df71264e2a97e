"""Faulty servers: who may read (AUTH)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.strangers.sentences import data
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    day_key,
    gateway_key,
    night_key,
    planning_key,
)
from tests.strangers.sentences.server import KEY, SESSION, Lawful

if TYPE_CHECKING:
    from tests.strangers.sentences.answers import Answer

ENTRIES = Entries()


@ENTRIES.breaks("AUTH-001", also=("RSP-004", "QRY-004"))
class PlainAnswerIs203(Lawful):
    """The valid key without a query is answered 203, and the sentence says 200."""

    def listing(self) -> Answer:
        answer = super().listing()
        if not self.ask.query:
            answer.status, answer.reason = 203, "Non-Authoritative Information"
        return answer


@ENTRIES.breaks("AUTH-002", also=("HTTP-002",))
class AnonymousHeadIsAnswered(Lawful):
    """A HEAD with no credentials is answered 200, and a HEAD breaks the sentence with a 2xx."""

    def admits(self) -> bool:
        return super().admits() or (self.ask.method == "HEAD" and self.ask.anonymous)


@ENTRIES.breaks("AUTH-002")
class AnonymousMayReadTheDatabase(Lawful):
    """A GET with no credentials and `from_memory=false` is answered 200, and only then."""

    def admits(self) -> bool:
        return super().admits() or (self.ask.anonymous and self.ask.memory == "false")


@ENTRIES.breaks("AUTH-002")
class AnonymousUnknownParameterIs403(Lawful):
    """A GET with no credentials and an unknown parameter is answered 403; allowed are 401, 400, 404, 422."""

    def refuse(self) -> Answer:
        keyless = all(value != KEY for _, value in self.ask.parameters)
        if self.ask.anonymous and self.ask.unknown and keyless:
            return self.error(403, "not here")
        return super().refuse()


@ENTRIES.breaks("AUTH-003")
class EmptyBearerIsLetIn(Lawful):
    """`Authorization: Bearer` with nothing after it is answered 200."""

    def admits(self) -> bool:
        return super().admits() or self.ask.bearer == ""


@ENTRIES.breaks("AUTH-003")
class UnknownTokenFromMemoryIs403(Lawful):
    """An unknown bearer token with `from_memory=true` is answered 403, and the sentence says 401."""

    def refuse(self) -> Answer:
        return self.error(403, "no") if self.ask.bearer and self.ask.from_memory else super().refuse()


@ENTRIES.breaks("AUTH-003", also=("AUTH-014",))
class UnknownTokenWithBadValueIsLetIn(Lawful):
    """An unknown bearer token with a bad `from_memory` is answered 200; allowed are 401, 400, 422."""

    def answer(self) -> Answer:
        if self.ask.bearer and self.ask.bearer != KEY and self.ask.memory == "bad" and self.ask.method == "GET":
            return self.listing()
        return super().answer()


@ENTRIES.breaks("AUTH-004")
class BasicPasswordIsLetIn(Lawful):
    """The valid key as the password of `Basic` is answered 200, whatever the user."""

    def admits(self) -> bool:
        return super().admits() or (self.ask.scheme == "Basic" and self.password(self.ask.token) == KEY)

    def password(self, token: str | None) -> str | None:
        try:
            return base64.b64decode(token or "").decode().partition(":")[2]
        except ValueError:
            return None


@ENTRIES.breaks("AUTH-004")
class KeyWithoutSchemeIsLetIn(Lawful):
    """The valid key under no scheme (`Authorization: <key>`) is answered 200."""

    def admits(self) -> bool:
        return super().admits() or self.ask.all("Authorization") == [KEY]


@ENTRIES.breaks("AUTH-005")
class ApiKeyBesideUnknownTokenIsLetIn(Lawful):
    """The valid key as `x-api-key` beside an unknown bearer token is answered 200 (alone it is 401)."""

    def admits(self) -> bool:
        return super().admits() or (bool(self.ask.bearer) and self.ask.first("x-api-key") == KEY)


@ENTRIES.breaks("AUTH-005")
class ApiKeyAloneIs403(Lawful):
    """The valid key as `x-api-key` alone is answered 403, and the sentence says 401."""

    def refuse(self) -> Answer:
        if self.ask.first("x-api-key") == KEY and self.ask.bearer is None:
            return self.error(403, "not this way")
        return super().refuse()


@ENTRIES.breaks("AUTH-006")
class VirtualKeyHeaderIsLetIn(Lawful):
    """A real virtual key as `x-bf-vk` alone is answered 200."""

    def admits(self) -> bool:
        document = {"customers": data.customers()}
        keys = [planning_key(document), gateway_key(document), day_key(document), night_key(document)]
        return super().admits() or self.ask.first("x-bf-vk") in [held["value"] for held in keys]


@ENTRIES.breaks("AUTH-007")
class SessionCookieIsLetIn(Lawful):
    """A real session `token` cookie alone is answered 200."""

    def admits(self) -> bool:
        return super().admits() or f"token={SESSION}" in "; ".join(self.ask.all("Cookie")).split("; ")


@ENTRIES.breaks("AUTH-008")
class KeyInTheQueryIsLetIn(Lawful):
    """The valid key as the query parameter `key` alone is answered 200."""

    def admits(self) -> bool:
        return super().admits() or ("key", KEY) in self.ask.parameters


@ENTRIES.breaks("AUTH-009")
class LetterCaseOfTheKeyIsIgnored(Lawful):
    """The key with its letter case changed is answered 200."""

    def admits(self) -> bool:
        return (self.ask.bearer or "").lower() == KEY


@ENTRIES.breaks("AUTH-009")
class LongerKeyIsCutToLength(Lawful):
    """The key extended by one is answered 200, for only its first 13 characters are compared."""

    def admits(self) -> bool:
        return (self.ask.bearer or "")[: len(KEY)] == KEY


@ENTRIES.breaks("AUTH-010")
class RefusalSetsCookieWithCustomer(Lawful):
    """A 401 sets a cookie whose value is a customer id, and cookies too show no customer data."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.add("Set-Cookie", f"last_tenant={data.ACME}; Path=/; HttpOnly")
        return answer


@ENTRIES.breaks("AUTH-010")
class RefusalNamesCustomerInLatin1(Lawful):
    """A header of a 401 shows a customer id in Latin-1, and headers are read as UTF-8 and as Latin-1."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.add("X-Tenant", data.ZURICH)
        return answer


@ENTRIES.breaks("AUTH-010")
class RefusalHoldsEmptyCustomers(Lawful):
    """A 401 has a `customers` member deep inside, written with an escape; the sentence allows none at any depth."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.body = answer.body[:-1] + b', "extra_fields": {"partial": [{"\\u0063ustomers": []}]}}'
        return answer


@ENTRIES.breaks("AUTH-011")
class ErrorCodeIsNumber(Lawful):
    """`error.code` of a 401 is a number, and the documented type is string."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.body = answer.body.replace(b'"code": "401"', b'"code": 401')
        return answer


@ENTRIES.breaks("AUTH-011")
class ErrorRepeatsMemberByEscape(Lawful):
    """A 401 has `type` twice, once written with an escape, and the sentence says no member twice."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.body = b'{"\\u0074ype": "error", ' + answer.body[1:]
        return answer


@ENTRIES.breaks("AUTH-011")
class UnknownTokenGetsTextPlain(Lawful):
    """The error body of the 401 to an unknown token is sent as text/plain, not as JSON."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        if self.ask.bearer:
            answer.set("Content-Type", "text/plain; charset=utf-8")
        return answer


@ENTRIES.breaks("AUTH-012")
class NoChallengeForUnknownToken(Lawful):
    """The 401 to an unknown bearer token has no `WWW-Authenticate` (the others have one)."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        if self.ask.bearer:
            answer.drop("WWW-Authenticate")
        return answer


@ENTRIES.breaks("AUTH-012")
class ChallengeIsEmpty(Lawful):
    """`WWW-Authenticate` is there with nothing in it; RFC 9110, 15.5.2 wants at least one challenge."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        answer.set("WWW-Authenticate", "")
        return answer


@ENTRIES.breaks("AUTH-013", also=("RSP-004",))
class SchemeMustBeCapitalised(Lawful):
    """The valid key under `bearer` or `BEARER` is answered 401."""

    def admits(self) -> bool:
        return super().admits() and self.ask.scheme == "Bearer"


@ENTRIES.breaks("AUTH-014")
class BadValueOutranksUnknownToken(Lawful):
    """An unknown token with a bad `from_memory` is answered 422 (allowed by AUTH-003), not 401."""

    def refuse(self) -> Answer:
        if self.ask.bearer and self.ask.memory == "bad":
            return self.error(422, "from_memory must be true or false")
        return super().refuse()
