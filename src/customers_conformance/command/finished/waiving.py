"""The command ``waive``: what to paste into a file of waivers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance.command import terminal
from customers_conformance.harmless import is_harmless, one_line
from customers_conformance.interface.waivers import TABLE, checked_link
from customers_conformance.judging.waivers import proposed
from customers_conformance.model import ExitCode, Outcome, UsageError, Verdict
from customers_conformance.proving.folder import opened
from customers_conformance.running.settings import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Judgement, Run, Waiver

#: Verdicts that a waiver can accept.
_WAIVABLE = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.UNVERIFIED})


def waive(report: str, identifier: str, *, reason: str, owner: str, expires: str, link: str) -> int:
    """Print the waivers that would accept what a report tells of a requirement; raises ``UsageError``."""
    try:
        run = opened(Path(report)).run
    except UsageError as mistake:
        raise UsageError(f"waive: {mistake}") from None
    judgement = _judgement(run, identifier)
    why, who = _said("reason", reason), _said("owner", owner)
    entries = proposed(judgement, reason=why, owner=who, expires=_day(expires), link=checked_link(link, "--link"))
    if not entries:
        raise UsageError(f"waive: what {identifier} lacks has no name of its own; {judgement.reason or ''}")
    screen = terminal.Screen()
    for line in _lines(judgement, entries):
        screen.say(line)
    return ExitCode.DONE


def _judgement(run: Run, identifier: str) -> Judgement:
    found = {judgement.requirement.id: judgement for judgement in run.judgements}
    if identifier not in found:
        raise unknown("waive", identifier, found)
    judgement = found[identifier]
    if run.outcome is Outcome.INVALID:
        raise UsageError("waive: the run is invalid; allowed is the report of one that judged its target")
    if judgement.verdict not in _WAIVABLE:
        if judgement.verdict is Verdict.WAIVED:
            raise UsageError(
                f"waive: {identifier} is waived in this report already, by {run.waivers.file if run.waivers else ''}; "
                "give a report that was judged without --waivers"
            )
        verdict = judgement.verdict.replace("_", " ")
        allowed = ", ".join(sorted(_WAIVABLE))
        raise UsageError(f"waive: the verdict on {identifier} is {verdict}; allowed is one of {allowed}")
    return judgement


def _said(option: str, text: str) -> str:
    if not text.strip():
        raise UsageError(f"--{option} is empty; give it a text")
    return text


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--expires: {text!a} is no date; allowed is one such as 2027-01-31") from None
    if day < datetime.now(UTC).date():
        raise UsageError(f"--expires: {text} is over; allowed is a day from today on")
    return day.isoformat()


def _lines(judgement: Judgement, entries: tuple[Waiver, ...]) -> Iterator[str]:
    yield f"# {one_line(judgement.requirement.heading)}"
    if judgement.further:
        yield f"# {judgement.further:,} more places are wrong in other ways, which are not told apart: none covers them"
    for one in entries:
        yield ""
        yield f"[[{TABLE}]]"
        for key in ("requirement", "at", "actual", "expected", "accepts", "missing", "reason", "owner", "link"):
            value = getattr(one, key)
            if value:
                listed = ", ".join(map(_quoted, value)) if isinstance(value, tuple) else ""
                yield f"{key} = {f'[{listed}]' if isinstance(value, tuple) else _quoted(value)}"
        yield f"expires = {one.expires}"


def _quoted(text: str) -> str:
    """A text as TOML's basic string; a library for writing would leave what hides or turns text as it is."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if is_harmless(char):
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
