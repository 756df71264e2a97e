"""The command ``customers-conformance dispute``: one finding, as Markdown to paste into an issue."""

from __future__ import annotations

from pathlib import Path

import click

from customers_conformance.command import terminal
from customers_conformance.model import ExitCode, UsageError


@click.command("dispute")
@click.argument("report")
@click.argument("fingerprint")
def dispute_command(report: str, fingerprint: str) -> int:
    """Print one finding of REPORT as Markdown to paste into an issue: sentence, source, request, answer, commands.

    REPORT is the folder of a run, or its report.json, the evidence beside it. FINGERPRINT names what is wrong, and may
    be cut to its first eight characters; where it names nothing, those of the report are listed.
    """
    from customers_conformance.proving.disputing import as_markdown, disputed  # noqa: PLC0415 - the others need not wait

    try:
        found = disputed(Path(report), fingerprint)
    except UsageError as mistake:
        raise UsageError(f"dispute: {mistake}") from None
    screen = terminal.Screen()
    for line in as_markdown(found).splitlines():
        screen.say(line)
    return ExitCode.DONE
