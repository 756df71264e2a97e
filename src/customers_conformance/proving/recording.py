"""The evidence of a finished run, read back: the exchanges as its report shows them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing.bounds import Scale, weight
from customers_conformance.evidence import har
from customers_conformance.model import KIBI, MEBI, Mode, UsageError
from customers_conformance.proving.folder import contents
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.reports.telling import digest

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Run
    from customers_conformance.proving.folder import Stored

#: Evidence has so many bytes at the most, and what it holds weighs so many in memory.
LARGEST = KIBI * MEBI
HEAVIEST = 4 * KIBI * MEBI


@dataclass(frozen=True, slots=True)
class Kept:
    """The evidence of a run, and the view of it that is judged and shown."""

    recording: har.Recording = field(repr=False)
    digest: str
    exchanges: tuple[Exchange, ...] = field(repr=False)


def kept(stored: Stored) -> Kept:
    """The evidence that lies beside a report; raises ``UsageError``, ``MissingFile`` where there is none."""
    name = stored.run.evidence.file
    data = contents(stored.folder, name, LARGEST)
    if weight(data) > HEAVIEST:
        raise UsageError(
            f"{name}: it holds more values than {HEAVIEST // MEBI} MiB can take; allowed is what a run keeps"
        )
    try:
        recording = har.read(data)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None
    if not recording.own:
        raise UsageError(f"{name}: another tool wrote it; allowed is the evidence that the run itself wrote")
    # Nothing of an honest one is cut: its bodies were weighed before.
    scale = Scale(redacted=True)
    exchanges = tuple(map(scale.weighed, recording.exchanges))
    if stored.run.evidence.mode is Mode.FULL:
        exchanges = Redactor({}, Mode.REDACTED).exchanges(exchanges)
    return Kept(recording, digest.of(data), exchanges)


def whole(stored: Stored) -> Run:
    """The run of a report with its exchanges, as every format was made of it.

    Raises ``UsageError`` where the evidence is not there, or is not that of the report.
    """
    found = kept(stored)
    if found.digest != stored.run.evidence.digest:
        name, says = stored.run.evidence.file, stored.run.evidence.digest or "no digest"
        message = (
            f"{name}: it is not the evidence of this report, which names {says} where the file has {found.digest}; "
            "`verify` says what differs"
        )
        raise UsageError(message)
    return replace(stored.run, exchanges=found.exchanges)
