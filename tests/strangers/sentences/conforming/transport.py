"""Unusual servers: framing and header fields."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from tests.strangers.sentences.answers import Answer, chunked
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.server import Lawful

if TYPE_CHECKING:
    from io import BufferedIOBase

ENTRIES = Entries()


@ENTRIES.keeps()
class GzipWhereAllowed(Lawful):
    """The body is in gzip wherever the request allows it, errors too."""

    compresses = True


@ENTRIES.keeps()
class ChunksWithExtensions(Lawful):
    """The body comes in chunks with quoted extensions, leading zeros, capital digits and trailers."""

    def dress(self, answer: Answer) -> None:
        if answer.body:
            answer.drop("Content-Length")
            answer.add("Trailer", "X-Digest")
            answer.add("transfer-encoding", "Chunked")
            answer.body = chunked(answer.body, 700, "00{:X}", ';note="a;b\\"c";last', "X-Digest: none\r\nX-More: 1\r\n")


@ENTRIES.keeps()
class OldHttpUntilTheEnd(Lawful):
    """Answers are HTTP/1.0 without a length: the body ends where the connection does."""

    version = "HTTP/1.0"

    def dress(self, answer: Answer) -> None:
        answer.drop("Content-Length")


@ENTRIES.keeps()
class InterimAnswersFirst(Lawful):
    """Every answer to a GET comes after a 102 and two 103 answers."""

    def write(self, answer: Answer, out: BufferedIOBase) -> None:
        if self.ask.method == "GET":
            out.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            out.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 2)
        super().write(answer, out)


@ENTRIES.keeps()
class SparseSpelling(Lawful):
    """Header names are in lower case and shuffled, values have odd space around them, reason phrases are empty."""

    def dress(self, answer: Answer) -> None:
        answer.reason = ""
        answer.headers = [(name.lower(), f" \t{value}\t ") for name, value in answer.headers]
        random.SystemRandom().shuffle(answer.headers)


@ENTRIES.keeps()
class ConnectionIsKept(Lawful):
    """The connection stays open for the next request."""

    keeps_alive = True


@ENTRIES.keeps()
class SlowAndInPieces(Lawful):
    """The answer comes in many small pieces with pauses, the first of them inside the status line."""

    def write(self, answer: Answer, out: BufferedIOBase) -> None:
        whole = self.head(answer) + (answer.body if self.has_body(answer) else b"")
        for at in range(0, len(whole), max(7, len(whole) // 12)):
            out.write(whole[at : at + max(7, len(whole) // 12)])
            out.flush()
            time.sleep(0.002)


@ENTRIES.keeps()
class ManyValidators(Lawful):
    """A 200 has an `ETag`, `Last-Modified`, `Server-Timing`, a cookie and several `Vary` fields."""

    def listing(self) -> Answer:
        answer = super().listing()
        answer.headers += [
            ("ETag", 'W/"4-customers"'),
            ("Last-Modified", "Sun, 02 Jun 2024 17:05:11 GMT"),
            ("Server-Timing", 'db;dur=1.5;desc="a, b"'),
            ("Set-Cookie", "route=a; Secure"),
            ("vary", "Origin"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return answer


@ENTRIES.keeps(warns=("HTTP-004",), unverified=("VAL-008",))
class NoDate(Lawful):
    """No answer has a `Date`, so no time can be told from the future."""

    def dress(self, answer: Answer) -> None:
        answer.drop("Date")


@ENTRIES.keeps()
class CapitalContentType(Lawful):
    """The content type is `Application/JSON ; Charset="UTF-8"` with a parameter nobody knows."""

    def dress(self, answer: Answer) -> None:
        if "Content-Type" in dict(answer.headers):
            answer.set("Content-Type", 'Application/JSON ; Charset="UTF-8";profile="a;charset=latin1"')


@ENTRIES.keeps()
class CachesAreKeptOutInTwoFields(Lawful):
    """`Cache-Control` is two fields with `PRIVATE` and an extension that quotes `public, s-maxage=9`."""

    def dress(self, answer: Answer) -> None:
        answer.set("Cache-Control", 'max-age=60, note="public, s-maxage=9"')
        answer.add("cache-control", "PRIVATE ,must-revalidate")


@ENTRIES.keeps()
class OnlyNoStore(Lawful):
    """`Cache-Control` is `no-store` alone, and only on a 200."""

    def dress(self, answer: Answer) -> None:
        answer.drop("Cache-Control")
        if answer.status == 200:
            answer.set("Cache-Control", "No-Store")


@ENTRIES.keeps()
class AnyOriginWithoutCredentials(Lawful):
    """Every answer allows any origin (`*`) and says nothing of credentials."""

    def dress(self, answer: Answer) -> None:
        answer.add("Access-Control-Allow-Origin", "*")


@ENTRIES.keeps()
class EchoedOriginWithoutCredentials(Lawful):
    """The origin is echoed, and `Access-Control-Allow-Credentials` is never sent."""

    def dress(self, answer: Answer) -> None:
        origin = self.ask.first("Origin")
        if origin:
            answer.add("Access-Control-Allow-Origin", origin)
            answer.add("Vary", "Origin")


@ENTRIES.keeps()
class OneOriginWithCredentials(Lawful):
    """One fixed origin is allowed, with credentials, whoever asks."""

    def dress(self, answer: Answer) -> None:
        answer.add("Access-Control-Allow-Origin", "https://console.example")
        answer.add("Access-Control-Allow-Credentials", "true")
