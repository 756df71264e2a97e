"""Faulty servers: what they show, and what upsets them (SEC, ROB)."""

from __future__ import annotations

import json
import time

from tests.strangers.sentences import data
from tests.strangers.sentences.answers import Answer, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    client_files,
    client_grid,
    freight,
    key_502,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


@ENTRIES.breaks("SEC-001")
class MaskLeavesNineCharacters(Lawful):
    """`value.value` of a provider key has a run of four mask characters but nine others, and eight are masked."""

    def edit(self, document: Row) -> None:
        key_502(document)["value"]["value"] = "abcde****6789"


@ENTRIES.breaks("SEC-001")
class MemoryShowsCredentials(Lawful):
    """With `from_memory=true` a provider key shows `vertex_auth_credentials` in clear."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            key_502(document)["vertex_auth_credentials"] = data.env('{"type": "service_account", "pin": "7"}')


@ENTRIES.breaks("SEC-002")
class PemWithoutEnd(Lawful):
    """`ca_cert_pem` has a BEGIN line and a line of Base64 after it, with CRLF and without an END line."""

    def edit(self, document: Row) -> None:
        body = "MIIBszCCAVmgAwIBAgIUQ2VydGlmaWNhdGVPZkdyaWRPcGVyYXRvcnMwCgYIKoZI"
        client_files(document)["tls_config"]["ca_cert_pem"] = f"-----BEGIN CERTIFICATE-----\r\n{body}\r\n"


@ENTRIES.breaks("SEC-003")
class ErrorShowsConnectionString(Lawful):
    """The 400 to a bad `from_memory` shows a connection string, written with JSON escapes."""

    def bad_value(self) -> Answer:
        answer = super().bad_value()
        told = rb"dial postgres\u003a\/\/gov\u003apw@db.internal\u003a5432\/governance: refused"
        answer.body = answer.body.replace(b"from_memory must be true or false", told)
        return answer


@ENTRIES.breaks("SEC-004")
class ReasonPhraseEchoesKey(Lawful):
    """The reason phrase of a 200 echoes the valid key."""

    def listing(self) -> Answer:
        answer = super().listing()
        answer.reason = f"OK {self.ask.bearer}"
        return answer


@ENTRIES.breaks("SEC-004")
class RefusalEchoesTokenEscaped(Lawful):
    """The message of a 401 echoes the unknown bearer token, its first character as a JSON escape."""

    def refuse(self) -> Answer:
        answer = super().refuse()
        token = self.ask.bearer or ""
        if len(token) >= 8 and not token.startswith("sk-bf-"):
            told = f"\\u{ord(token[0]):04x}" + json.dumps(token[1:])[1:-1]
            answer.body = answer.body.replace(b"missing or invalid credentials", told.encode())
        return answer


@ENTRIES.breaks("SEC-005")
class McpHeaderInClear(Lawful):
    """A value of an MCP client's `headers` is in clear."""

    def edit(self, document: Row) -> None:
        client_grid(document)["headers"]["X-Grid"] = "Z3JpZC1vcGVyYXRvcg"


@ENTRIES.breaks("SEC-006", also=("SCH-014",))
class SecretAsNameBeneath(Lawful):
    """An undocumented property holds an object with a member named like an AWS access key."""

    def edit(self, document: Row) -> None:
        freight(document)["last_used"] = {"by": [{"AKIAIOSFODNN7EXAMPLE": "2024-06-02"}]}


@ENTRIES.breaks("ROB-001")
class OptionsIs501(Lawful):
    """OPTIONS is answered 501."""

    def options(self) -> Answer:
        return Answer(501)


@ENTRIES.breaks("ROB-001")
class HighBytesAre500(Lawful):
    """A header with bytes above 127 is answered 500."""

    def answer(self) -> Answer:
        if not all(value.isascii() for _, value in self.ask.headers):
            return self.error(500, "cannot decode a header")
        return super().answer()


@ENTRIES.breaks("ROB-001")
class BadValueIs600(Lawful):
    """A bad `from_memory` is answered with the status 600, and one above 599 counts as a 5xx."""

    def bad_value(self) -> Answer:
        return Answer(600, [("Content-Type", "application/json")], b"{}", reason="Whatever")


@ENTRIES.breaks("ROB-002")
class CrowdedAnswersLackCustomer(Lawful):
    """Of the requests made at the same time every second one lacks a customer."""

    place = 0

    def listing(self) -> Answer:
        with self.shared.lock:
            self.shared.active += 1
            self.place = self.shared.active
        try:
            time.sleep(0.05)
            return super().listing()
        finally:
            with self.shared.lock:
                self.shared.active -= 1

    def stock(self) -> list[Row]:
        return super().stock()[:-1] if self.place % 2 == 0 else super().stock()


@ENTRIES.breaks("ROB-003")
class ContentTypeWithoutBodyIs415(Lawful):
    """A `Content-Type` without a body is answered 415; allowed are 200 and 400."""

    def admitted(self) -> Answer:
        return self.error(415, "no body is expected") if self.ask.all("Content-Type") else super().admitted()


# The suite generates the long header together with a bad `from_memory`, too, and QRY-003 is blamed for the header.
@ENTRIES.breaks("ROB-003")
class LongHeaderIs413(Lawful):
    """A header of 4,000 characters is answered 413; allowed are 200, 400 and 431."""

    def admitted(self) -> Answer:
        too_long = any(len(value) >= 3900 for _, value in self.ask.headers)
        return self.error(413, "header too long") if too_long else super().admitted()


@ENTRIES.breaks("ROB-003")
class UnknownCookieIs403(Lawful):
    """An unknown cookie beside the valid key is answered 403; allowed are 200 and 400."""

    def admitted(self) -> Answer:
        return self.error(403, "unknown cookie") if self.ask.all("Cookie") else super().admitted()
