"""The command ``customers-conformance dispute``: one finding, as Markdown to paste into an issue."""

from __future__ import annotations

from pathlib import Path

from customers_conformance.command import terminal
from customers_conformance.model import ExitCode, UsageError
from customers_conformance.proving.disputing import as_markdown, disputed


def dispute(report: str, fingerprint: str) -> int:
    """Print one finding as Markdown; raises ``UsageError``."""
    try:
        found = disputed(Path(report), fingerprint)
    except UsageError as mistake:
        raise UsageError(f"dispute: {mistake}") from None
    screen = terminal.Screen()
    for line in as_markdown(found).splitlines():
        screen.say(line)
    return ExitCode.DONE
