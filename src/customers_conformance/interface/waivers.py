"""A file of waivers, read strictly: each mistake is told with file, line and sentence."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from customers_conformance.contract import document
from customers_conformance.harmless import one_line
from customers_conformance.interface import toml_file
from customers_conformance.model import UsageError, Verdict, Waiver, Waivers
from customers_conformance.running.settings import NEAREST, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from customers_conformance.interface.toml_file import TomlFile

#: The name of the tables.
TABLE = "waiver"

#: What a waiver may say, what it has to say, and what belongs to one kind of it.
KEYS = ("requirement", "at", "actual", "expected", "accepts", "missing", "reason", "owner", "link", "expires")
_NEEDED = ("requirement", "accepts", "reason", "owner", "expires")
_OF_BROKEN, _OF_UNVERIFIED = ("at", "actual", "expected"), ("missing",)

ACCEPTED = (Verdict.FAIL, Verdict.WARN, Verdict.UNVERIFIED)


def read(path: Path) -> Waivers:
    """Read a file of waivers; raises ``UsageError`` for what is none, and for a waiver that can never hold.

    Whether one has expired is asked when the run begins.
    """
    file = toml_file.read(path)
    for key in file.data:
        if key != TABLE:
            raise file.mistake(f"there is no {key!a} in a file of waivers; allowed is [[{TABLE}]]", key)
    tables = file.data.get(TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise file.mistake(f"{TABLE} is no list of tables; allowed is [[{TABLE}]], one for each", TABLE)
    entries = tuple(_Entry(file, number, table).waiver() for number, table in enumerate(tables))
    first: dict[tuple[object, ...], Waiver] = {}
    for number, one in enumerate(entries):
        symptom = (one.requirement, one.accepts, one.at, one.actual, one.expected, one.missing)
        if (earlier := first.setdefault(symptom, one)) is not one:
            says = f"it accepts the same as the waiver in line {earlier.line}; allowed is one of them"
            raise file.mistake(says, TABLE, str(number))
    return Waivers(path.name, f"sha256:{hashlib.sha256(toml_file.head(path)).hexdigest()}", entries)


def checked_link(text: str, where: str) -> str:
    """A link that is empty or leads to a web page; raises ``UsageError``, which names ``where`` it stands."""
    try:
        sound = not text or (urlsplit(text).scheme in {"http", "https"} and bool(urlsplit(text).hostname))
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"{where}: {text!a} is no address; allowed is one with https:// or http://")
    return text


class _Entry:
    """One table of a file of waivers."""

    def __init__(self, file: TomlFile, number: int, table: dict[str, Any]) -> None:
        self._file = file
        self._place = (TABLE, str(number))
        self._table = table

    def waiver(self) -> Waiver:
        """What it says; raises ``UsageError``."""
        from customers_conformance.judging.accepting import mistakes  # noqa: PLC0415 - the commands need not wait for it
        from customers_conformance.running.judged import known_probes  # noqa: PLC0415 - as above

        self._check_keys()
        contract = document.load()
        identifier = self._text("requirement")
        if identifier not in contract.by_id:
            raise unknown(f"{self._file.at(*self._place, 'requirement')}: requirement", identifier, contract.by_id)
        found = Waiver(
            requirement=identifier,
            accepts=self._accepts(),
            reason=self._text("reason"),
            owner=self._text("owner"),
            expires=self._expires(),
            link=self._link(),
            at=self._text("at"),
            actual=self._text("actual"),
            expected=self._text("expected"),
            missing=tuple(self._missing()),
            line=self._file.line(*self._place),
        )
        for key, says in mistakes(found, contract, [probe.name for probe in known_probes(contract)]):
            raise self._mistake(key, says)
        return found

    def _mistake(self, key: str, says: str) -> UsageError:
        return self._file.mistake(f"{key}: {says}", *self._place, key)

    def _check_keys(self) -> None:
        for key in self._table:
            if key not in KEYS:
                near = ", ".join(get_close_matches(key.lower(), KEYS, NEAREST, cutoff=0))
                raise self._file.mistake(f"a waiver has no key {key!a}; the nearest: {near}", *self._place, key)
        wrong, needed = (_OF_BROKEN, "missing") if self._accepts() is Verdict.UNVERIFIED else (_OF_UNVERIFIED, "actual")
        for key in wrong:
            if key in self._table:
                says = f'it contradicts accepts = "{self._accepts()}", which goes with {needed}; allowed is one of them'
                raise self._mistake(key, says)
        for key in (*_NEEDED, needed):
            if key not in self._table:
                raise self._file.mistake(f"the waiver has no {key}; allowed is one with it", *self._place)

    def _text(self, key: str) -> str:
        given = self._table.get(key, "")
        if not isinstance(given, str):
            raise self._mistake(key, "it is no text; allowed is one, in quotes")
        if key in self._table and not given.strip():
            raise self._mistake(key, "it is empty; give it a text or leave it out")
        return given

    def _accepts(self) -> Verdict:
        given = self._table.get("accepts", Verdict.FAIL.value)
        if given not in list(ACCEPTED):
            shown = one_line(str(given), 80)
            raise self._mistake("accepts", f"{shown!a} is not allowed; allowed: {', '.join(ACCEPTED)}")
        return Verdict(given)

    def _expires(self) -> str:
        given = self._table["expires"]
        if not isinstance(given, date) or isinstance(given, datetime):
            raise self._mistake("expires", "it is no date; allowed is one without quotes: 2027-01-31")
        return given.isoformat()

    def _link(self) -> str:
        return checked_link(self._text("link"), f"{self._file.at(*self._place, 'link')}: link")

    def _missing(self) -> Iterator[str]:
        given = self._table.get("missing", [])
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            raise self._mistake("missing", 'it is no text and no list of texts; allowed is "…", or ["…", "…"]')
        if "missing" in self._table and not names:
            raise self._mistake("missing", "it is empty; allowed is what is missing, as the report names it")
        yield from dict.fromkeys(names)
