"""Faulty servers: how they speak HTTP (HTTP)."""

from __future__ import annotations

import zlib

from tests.strangers.sentences.answers import Answer, Row, chunked
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    bolt,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


class Counting(Lawful):
    """Counts the lists that it gives out."""

    def listing(self) -> Answer:
        with self.shared.lock:
            self.shared.reads += 1
        return super().listing()


@ENTRIES.breaks("HTTP-001")
class HashCountsReads(Counting):
    """`config_hash` of one customer is another at every read, so reading changes something."""

    def edit(self, document: Row) -> None:
        bolt(document)["config_hash"] = f"c-bolt-{self.shared.reads}"


@ENTRIES.breaks("HTTP-001")
class FirstReadShowsAnotherHash(Counting):
    """`config_hash` of one customer is another at the first read of all than at every later one."""

    def edit(self, document: Row) -> None:
        if self.shared.reads == 1:
            bolt(document)["config_hash"] = "c-bolt-fresh"


@ENTRIES.breaks("HTTP-002")
class HeadIsText(Lawful):
    """HEAD has the `Content-Type` text/html where GET has application/json."""

    def dress(self, answer: Answer) -> None:
        if self.ask.method == "HEAD" and answer.status == 200:
            answer.set("Content-Type", "text/html")


@ENTRIES.breaks("HTTP-003")
class TwoLengthsWith401(Lawful):
    """A 401 has `Content-Length` twice with the same value, and one such field is the most."""

    def dress(self, answer: Answer) -> None:
        if answer.status == 401:
            answer.add("content-length", str(len(answer.body)))


@ENTRIES.breaks("HTTP-003")
class ChunkSizesWith0x(Lawful):
    """The memory view comes in chunks whose sizes are written `0x3e8`, which is no chunk size."""

    def dress(self, answer: Answer) -> None:
        if self.ask.from_memory and answer.status == 200:
            answer.drop("Content-Length")
            answer.add("Transfer-Encoding", "chunked")
            answer.body = chunked(answer.body, number="0x{:x}")


@ENTRIES.breaks("HTTP-003")
class LengthBesideChunks(Lawful):
    """The memory view has `Content-Length` (of the decoded body) beside `Transfer-Encoding`."""

    def dress(self, answer: Answer) -> None:
        if self.ask.from_memory and answer.status == 200:
            answer.add("Transfer-Encoding", "chunked")
            answer.body = chunked(answer.body)


@ENTRIES.breaks("HTTP-003")
class HeadHasBody(Lawful):
    """HEAD is answered with a body, and none belongs there."""

    def has_body(self, answer: Answer) -> bool:
        return answer.status not in (204, 304)


@ENTRIES.breaks("HTTP-003")
class GzipChecksumIsWrong(Lawful):
    """Where gzip is allowed, it is sent with a wrong checksum, so the coding does not decode."""

    compresses = True

    def dress(self, answer: Answer) -> None:
        if any(name == "Content-Encoding" for name, _ in answer.headers):
            answer.body = answer.body[:-8] + bytes([answer.body[-8] ^ 255]) + answer.body[-7:]


@ENTRIES.breaks("HTTP-004")
class DateSaysUtc(Lawful):
    """`Date` ends in `UTC` instead of `GMT`, which is no HTTP-date."""

    def dress(self, answer: Answer) -> None:
        answer.set("Date", dict(answer.headers)["Date"].replace("GMT", "UTC"))


@ENTRIES.breaks("HTTP-005")
class PrivateForOneField(Lawful):
    """`private` has a list of fields and there is no `no-store`, so shared caches may keep the 200."""

    def dress(self, answer: Answer) -> None:
        if answer.status == 200:
            answer.set("Cache-Control", 'private="Set-Cookie", max-age=0')


@ENTRIES.breaks("HTTP-005")
class SharedMaxAgeInSecondField(Lawful):
    """A second `Cache-Control` field of a 200 has `S-MaxAge`, and there is to be none."""

    def dress(self, answer: Answer) -> None:
        if answer.status == 200:
            answer.set("Cache-Control", "private")
            answer.add("cache-control", "must-revalidate, S-MaxAge=60")


@ENTRIES.breaks("HTTP-005")
class PrivateOnlyInsideQuotes(Lawful):
    """`private` and `no-store` stand only inside a quoted parameter of another directive."""

    def dress(self, answer: Answer) -> None:
        if answer.status == 200:
            answer.set("Cache-Control", 'max-age=0, community="us, private, no-store"')


@ENTRIES.breaks("HTTP-006")
class NullOriginMayBringCredentials(Lawful):
    """`Origin: null` is echoed together with `Access-Control-Allow-Credentials: true`; other origins are not."""

    def dress(self, answer: Answer) -> None:
        if self.ask.first("Origin") == "null":
            answer.add("Access-Control-Allow-Origin", "null")
            answer.add("Access-Control-Allow-Credentials", "true")


@ENTRIES.breaks("HTTP-006")
class SecondFieldEchoesOrigin(Lawful):
    """Of two `Access-Control-Allow-Origin` fields the second echoes the request's; each field counts."""

    def dress(self, answer: Answer) -> None:
        origin = self.ask.first("Origin")
        if origin:
            answer.add("Access-Control-Allow-Origin", "https://console.example")
            answer.add("access-control-allow-origin", origin)
            answer.add("Access-Control-Allow-Credentials", "true")


@ENTRIES.breaks("HTTP-007")
class UnmetAcceptGetsHtml(Lawful):
    """An `Accept` that cannot be met is answered 200 in HTML, neither 406 nor 200 in JSON."""

    def unmet(self) -> Answer:
        return Answer(200, [("Content-Type", "text/html")], b"<!doctype html><title>Customers</title><p>4")


@ENTRIES.breaks("HTTP-008")
class GzipAtQualityZero(Lawful):
    """`Accept-Encoding: gzip;q=0` is answered in gzip, because the word is in it."""

    compresses = True

    def allows(self, coding: str) -> bool:
        return coding in ",".join(self.ask.all("Accept-Encoding"))


@ENTRIES.breaks("HTTP-008")
class DeflateWhereGzipIsAllowed(Lawful):
    """`Accept-Encoding: gzip` is answered in deflate."""

    def dress(self, answer: Answer) -> None:
        if self.allows("gzip") and answer.body:
            answer.body = zlib.compress(answer.body)
            answer.set("Content-Length", str(len(answer.body)))
            answer.add("Content-Encoding", "deflate")


class Redirecting(Lawful):
    """Answers a bad `from_memory` with a redirect."""

    locations: tuple[str, ...] = ()

    def bad_value(self) -> Answer:
        return Answer(302, [("Location", there.format(port=self.shared.port)) for there in self.locations])


@ENTRIES.breaks("HTTP-009")
class RedirectWithTabInside(Redirecting):
    """A redirect leads to `/<tab>/evil.invalid/`: browsers drop the tab, and `//evil.invalid/` is another host."""

    locations = ("/\t/evil.invalid/customers",)


@ENTRIES.breaks("HTTP-009")
class RedirectToSchemeAlone(Redirecting):
    """A redirect leads to `https:evil.invalid/`, which browsers read as `https://evil.invalid/`."""

    locations = ("https:evil.invalid/customers",)


@ENTRIES.breaks("HTTP-009")
class SecondLocationLeadsAway(Redirecting):
    """Of two `Location` fields the second leads to another host, and each field counts."""

    locations = ("/api/governance/customers", "\\\\evil.invalid\\customers")


@ENTRIES.breaks("HTTP-009")
class RedirectToLocalhost(Redirecting):
    """A redirect leads to `localhost` at the same port, and that is another origin than 127.0.0.1."""

    locations = ("http://localhost:{port}/api/governance/customers",)
