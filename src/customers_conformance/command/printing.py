"""What a run prints: all that fits a screen, its outcome alone, or its report; and how much of its progress."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers_conformance.command import options, terminal
from customers_conformance.model import UsageError
from customers_conformance.running.folder import FIRST, Folder, formats

if TYPE_CHECKING:
    from customers_conformance.command.layers import Asked
    from customers_conformance.model import Run
    from customers_conformance.running.settings import Settings


@dataclass(frozen=True, slots=True)
class Printing:
    """What is printed to standard output, and whether each exchange is to standard error."""

    quiet: bool = False
    verbose: bool = False
    form: str = options.TEXT


def printing(asked: Asked) -> Printing:
    """What a call asks to be printed; raises ``UsageError`` where that contradicts itself, or is not known."""
    made = Printing(asked.wants("quiet"), asked.wants("verbose"))
    if made.quiet and made.verbose:
        raise UsageError("--quiet and --verbose contradict each other; leave one out")
    given = asked.given.get("format")
    if given is None:
        return made
    if given.value not in options.FORMATS:
        allowed = ", ".join(options.FORMATS)
        raise UsageError(f"{given.origin}: {given.value!a} is not allowed; allowed: {allowed}")
    return Printing(made.quiet, made.verbose, str(given.value))


def judged(settings: Settings, how: Printing) -> int:
    """Make a run with its files, print it, and return its exit code."""
    from customers_conformance.running import run  # noqa: PLC0415 - a mistake in the call need not wait for it

    # What was loaded stays to the end: Python need not look for garbage in it again and again.
    gc.freeze()
    with terminal.Progress(quiet=how.quiet, verbose=how.verbose) as progress:
        result = run.execute(settings, progress)
    if how.form == options.JSON:
        _printed_as_data(result)
        return result.exit_code
    screen = terminal.Screen()
    if how.quiet:
        screen.say(terminal.headline(result))
        return result.exit_code
    for line in terminal.summary(result, str(settings.out), Folder(settings.out).names, screen.columns):
        screen.say(line)
    return result.exit_code


def _printed_as_data(result: Run) -> None:
    """The bytes of ``report.json``, whatever the encoding of the terminal."""
    (report,) = (one for one in formats() if one.FILE == FIRST)
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(report.render(result))
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.discard(stderr=False)
