"""The commands on a finished run: ``render`` makes its files again, ``verify`` checks them, ``certify`` vouches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from customers_conformance.command import terminal
from customers_conformance.harmless import one_line
from customers_conformance.interface import calls
from customers_conformance.model import ExitCode, UsageError
from customers_conformance.proving.certifying import NotCertified, certified
from customers_conformance.proving.rendering import rendered
from customers_conformance.running.folder import WriteFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.proving.verifying import Verification

#: Differences that are told; more are counted.
MAX_TOLD = 200

_LABEL = 12


def render(report: str) -> int:
    """Make all files of a run again and name them; raises ``UsageError``."""
    screen = terminal.Screen()
    try:
        for place in rendered(Path(report)):
            screen.say(one_line(str(place)))
    except WriteFailed as error:
        raise UsageError(f"render: {error}") from None
    except UsageError as mistake:
        raise UsageError(f"render: {mistake}") from None
    return ExitCode.DONE


def verify(folder: str, certificate: str | None, public_key: str | None) -> int:
    """Verify a folder, and a certificate of it, tell what differs, and return the exit code; raises ``UsageError``."""
    if public_key is not None and certificate is None:
        raise UsageError("verify: --public-key is given without --certificate; name the certificate that it checks")
    try:
        with terminal.Progress() as progress:
            progress("judging the evidence again")
            found = calls.verify(folder, certificate=certificate, public_key=public_key)
    except UsageError as mistake:
        raise UsageError(f"verify: {mistake}") from None
    screen = terminal.Screen()
    for line in _lines(found):
        screen.say(line)
    return found.exit_code


def certify(folder: str, key: str | None) -> int:
    """Certify a run, or tell why not, and return the exit code; raises ``UsageError``."""
    screen = terminal.Screen()
    try:
        with terminal.Progress() as progress:
            progress("judging the evidence again")
            place = certified(Path(folder), None if key is None else Path(key))
    except NotCertified as refusal:
        for reason in refusal.reasons[:MAX_TOLD]:
            screen.say(labelled("not so", reason))
        screen.say(Text.assemble(("not certified", "bold red"), ": The run does not deserve a certificate."))
        return ExitCode.NONCONFORMANT
    except (UsageError, WriteFailed) as mistake:
        raise UsageError(f"certify: {mistake}") from None
    screen.say(one_line(str(place)))
    signed = "" if key else " It is not signed; --key signs it."
    screen.say(Text.assemble(("certified", "bold green"), f": The run is whole, live and conformant.{signed}"))
    return ExitCode.DONE


def _lines(found: Verification) -> Iterator[Text]:
    for difference in found.differences[:MAX_TOLD]:
        yield Text.assemble((f"{'DIFFERS':<{_LABEL}}", "bold red"), str(difference))
    if (more := len(found.differences) - MAX_TOLD) > 0:
        yield Text(f"and {more:,} more", "italic")
    for note in found.notes:
        yield labelled("note", note)
    if (run := found.run) is not None:
        yield labelled("run", f"{run.id}, {run.outcome} (exit code {run.exit_code}), started {run.started}")
        yield labelled("target", run.target_url)
    yield labelled("report", found.report_digest)
    yield labelled("evidence", found.evidence_digest or ("none that can be read" if run else "not read"))
    if found.differences:
        count = len(found.differences)
        what = "1 thing differs" if count == 1 else f"{count:,} things differ"
        yield Text.assemble(("not verified", "bold red"), f": {what} from what the evidence gives.")
    else:
        files = "every file from the report" if found.same_version else "every file names the report"
        what = f"Every verdict follows from the evidence, and {files}."
        yield Text.assemble(("verified", "bold green"), f": {what}")


def labelled(label: str, text: str) -> Text:
    """A line with a text that a stranger may have written."""
    return Text.assemble((f"{label:<{_LABEL}}", "dim"), one_line(text))
