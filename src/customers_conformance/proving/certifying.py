"""A run certified, and a certificate held against the folder that it is said to be of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import one_line
from customers_conformance.model import MEBI, UsageError
from customers_conformance.proving import statement as statements
from customers_conformance.proving.differences import Difference, difference, shown, unequal
from customers_conformance.proving.folder import handed_over
from customers_conformance.proving.verifying import verified
from customers_conformance.reports.reading import parsed
from customers_conformance.running.folder import CERTIFICATE, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from customers_conformance.model import Run
    from customers_conformance.proving.verifying import Verification

#: A certificate has so many bytes at the most.
LARGEST = 16 * MEBI


class NotCertified(Exception):  # noqa: N818 - it says what happened, as its text does
    """A run that cannot be certified; ``reasons`` are sentences."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        """Carries the reasons."""
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def certified(path: Path, key: Path | None) -> Path:
    """Writes the certificate of the run in a folder into that folder, signed where a private key's file is named.

    Returns the file. Raises ``NotCertified``, ``UsageError``, and ``WriteFailed``.
    """
    found = verified(path)
    run = found.run
    reasons = [f"The folder does not agree with its evidence: {difference}." for difference in found.differences]
    if run is not None and not found.same_version:
        made = one_line(run.suite_version, 60)
        reasons.append(f"Version {made} made the report, and only that version can vouch for every word of it.")
    reasons += statements.hindrances(run) if run is not None else ()
    if reasons or run is None:
        raise NotCertified(tuple(reasons))
    value = statements.statement(found, run)
    if key is not None:
        from customers_conformance.proving import envelope  # noqa: PLC0415 - nobody else needs the library

        value = envelope.signed(value, key)
    text = json.dumps(value, indent=2, ensure_ascii=True) + "\n"
    return Folder(found.folder).write(CERTIFICATE, text.encode())


def checked(path: Path, certificate: Path, public_key: Path | None, now: datetime | None = None) -> Verification:
    """Verifies a folder, and that a certificate is of it, holds, and is signed by the key in a file.

    Raises ``UsageError`` for what cannot be read, and for a signed certificate where no key is named.
    """
    found = verified(path)
    name = one_line(certificate.name)
    try:
        value = _read(handed_over(certificate, LARGEST))
    except UsageError as error:
        raise UsageError(f"--certificate {one_line(str(certificate))}: {error}") from None
    if (run := found.run) is None:
        return found
    differences, notes = list(found.differences), list(found.notes)
    if "payload" in value:
        value, unsigned = _unsealed(value, certificate, public_key)
        differences += unsigned
    elif public_key is not None:
        differences.append(difference(name, "it is not signed, though a public key is named"))
    else:
        notes.append("The certificate is not signed: it vouches for nothing that `verify` does not say.")
    differences += _against(value, found, run, name, now or datetime.now(UTC))
    if public_key is not None and not differences:
        notes.append(f"The certificate is signed by the key of {public_key}, and holds until {_said_expiry(value)}.")
    return replace(found, differences=tuple(differences), notes=tuple(notes))


def _read(data: bytes) -> dict[str, Any]:
    value = parsed(data)
    if not isinstance(value, dict):
        raise UsageError("it holds no JSON object; allowed is an in-toto Statement, or one in a DSSE envelope")
    return value


def _unsealed(
    value: dict[str, Any], certificate: Path, public_key: Path | None
) -> tuple[dict[str, Any], list[Difference]]:
    """The statement in an envelope, and what is wrong with its signature."""
    from customers_conformance.proving import envelope  # noqa: PLC0415 - nobody else needs the library

    if public_key is None:
        raise UsageError("the certificate is signed; name the file of the public key with --public-key")
    key = envelope.public_key(public_key)
    try:
        sealed = envelope.opened_envelope(value)
        statement = _read(sealed.payload)
    except UsageError as error:
        raise UsageError(f"--certificate {one_line(str(certificate))}: {error}") from None
    if envelope.is_signed_by(sealed, key):
        return statement, []
    says = f"it is not signed by the key of {public_key.name}: another key signed it, or it was changed since"
    return statement, [difference(certificate.name, says)]


def _against(value: dict[str, Any], found: Verification, run: Run, name: str, now: datetime) -> Iterator[Difference]:
    """Where a statement says something else than the folder gives, and whether it is over."""
    own = statements.statement(found, run)
    for pointer, said, given in unequal(value, own):
        if pointer == "/predicate/expires":
            continue
        what = "it is of another folder: " if pointer.startswith("/subject") else ""
        yield difference(f"{name} {pointer}", f"{what}it says {shown(said)}; the folder gives {shown(given)}")
    expires = _expires(value)
    if expires is None or expires > statements.expires(run):
        until = own["predicate"]["expires"]
        says = f"it says {shown(_said_expiry(value))}; a certificate of this run holds until {until} at the longest"
        yield difference(f"{name} /predicate/expires", says)
    elif now > expires:
        yield difference(f"{name} /predicate/expires", f"it expired at {_said_expiry(value)}")
    for reason in statements.hindrances(run):
        yield difference(name, f"this run cannot be certified: {reason}")


def _said_expiry(value: dict[str, Any]) -> object:
    predicate = value.get("predicate")
    return predicate.get("expires") if isinstance(predicate, dict) else None


def _expires(value: dict[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(_said_expiry(value)))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
