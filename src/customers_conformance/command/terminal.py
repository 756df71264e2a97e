"""What a person sees of a run: its progress, and a summary that fits a screen."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.text import Text

from customers_conformance.harmless import one_line
from customers_conformance.model import Outcome, Verdict
from customers_conformance.reports.wording import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from rich.status import Status

    from customers_conformance.model import Finding, Judgement, Run

#: Lines of a summary at the most: those of a small terminal.
SCREEN = 24

#: Characters of a line where there is no terminal that would wrap it.
UNBOUNDED = 400

#: Characters of a table's rows there.
WIDE = 160

_LABEL = 10

#: What is counted without a plural.
UNSEEN = "unverified"

#: How many ids one line names before it counts the rest.
_IDS_NAMED = 4

_WELL = "bold green"
_STYLES = {
    Outcome.CONFORMANT: _WELL,
    Outcome.CONFORMANT_WITH_WAIVERS: _WELL,
    Outcome.INCOMPLETE: "bold yellow",
    Outcome.NONCONFORMANT: "bold red",
    Outcome.INVALID: "bold red",
}


class Screen(Console):
    """A console that goes quiet where nobody reads it any more; text is printed as it is, without markup."""

    def __init__(self, *, stderr: bool = False) -> None:
        """Write to standard output, or to standard error."""
        super().__init__(stderr=stderr, markup=False, highlight=False, emoji=False)
        if not self.is_terminal and "COLUMNS" not in os.environ:
            self.width = WIDE

    def on_broken_pipe(self) -> None:
        """Write nothing more; the exit code is the run's all the same."""
        self.quiet = True
        discard(self.stderr)

    @property
    def columns(self) -> int:
        """How many characters a line may have."""
        return self.width if self.is_terminal else UNBOUNDED

    def say(self, text: Text | str) -> None:
        """Print one line, whatever its length."""
        self.print(text, soft_wrap=True)


def discard(stderr: bool) -> None:  # noqa: FBT001 - the name of the stream
    """Send what is still to be written, and what Python flushes at its end, to nowhere."""
    stream = sys.stderr if stderr else sys.stdout
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):
        # A stream of memory has no number, and no pipe that could break.
        return
    finally:
        os.close(nowhere)


class Progress:
    """What the run is at: one living line on a terminal, else a line for each step, on standard error."""

    def __init__(self) -> None:
        """Nothing is shown before the first step."""
        self._screen = Screen(stderr=True)
        self._status: Status | None = None

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._screen.is_interactive:
            self._status = self._screen.status(Text("starting"))
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the living line away."""
        if self._status is not None:
            self._status.stop()

    def __call__(self, step: str) -> None:
        """Show a step."""
        text = Text(one_line(step, self._screen.columns - 4))
        if self._status is not None:
            self._status.update(text)
            return
        self._screen.say(text)


@dataclass(frozen=True, slots=True)
class _Item:
    """Lines that are shown together or not at all; ``what`` is counted where they are not."""

    what: str
    lines: tuple[Text, ...]


def summary(run: Run, folder: str, files: Sequence[str], columns: int = UNBOUNDED) -> list[Text]:
    """The summary of a run as lines of ``columns`` characters at the most: ``SCREEN`` of them or fewer."""
    top = list(_top(run, columns))
    bottom = [_labelled("report", f"{folder}: {', '.join(files)}", columns)]
    room = SCREEN - len(top) - len(bottom) - 3
    body: list[Text] = []
    left: list[str] = []
    for item in _items(run, columns):
        if left or len(body) + len(item.lines) > room:
            left.append(item.what)
        else:
            body += item.lines
    if left:
        body.append(Text(f"and {_counted(left)} more, in the report", "italic"))
    return [*top, *([Text(""), *body, Text("")] if body else []), *bottom]


def explained(judgement: Judgement, findings: int, columns: int = UNBOUNDED) -> Iterator[str]:
    """The sentence of a requirement, and where, what was expected and what was found, for some of its findings.

    One line each, harmless on a terminal.
    """
    yield one_line(judgement.requirement.says, columns)
    for finding in judgement.findings[:findings]:
        yield f"{'at':<{_LABEL}}{_shown(_place(finding), columns)}"
        if finding.expected or finding.actual:
            yield f"{'expected':<{_LABEL}}{_shown(finding.expected, columns)}"
            yield f"{'actual':<{_LABEL}}{_shown(finding.actual, columns)}"
        else:
            yield f"{'found':<{_LABEL}}{_shown(finding.message, columns)}"
    if (more := judgement.findings_total - len(judgement.findings[:findings])) > 0:
        yield f"{'':<{_LABEL}}and at {more} more place{'s' if more > 1 else ''}, in the report"


def reason(judgement: Judgement) -> str:
    """Why a requirement has the verdict that it has, as one line."""
    text = judgement.reason or (judgement.findings[0].message if judgement.findings else judgement.requirement.says)
    return one_line(text)


def headline(run: Run) -> Text:
    """The outcome and its sentence; never plainly conformant where only a part was judged."""
    part = run.partial is not None and _STYLES[run.outcome] == _WELL
    said = f"{run.outcome} in part" if part else str(run.outcome)
    return Text.assemble((said, "bold yellow" if part else _STYLES[run.outcome]), f": {one_line(run.summary)}")


def _top(run: Run, columns: int) -> Iterator[Text]:
    yield headline(run)
    server = f" ({run.target_server})" if run.target_server else ""
    yield _labelled("target", f"{run.target_url}{server}", columns)
    if run.source is not None:
        yield _labelled("recorded", recorded(run), columns)
    yield _labelled("profiles", ", ".join(run.profiles), columns)
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in run.counts.items() if count]
    yield _labelled("verdicts", ", ".join(counts), columns)


def _items(run: Run, columns: int) -> Iterator[_Item]:
    """What is worth a line, the gravest first."""
    for judgement in run.judgements:
        if judgement.verdict is Verdict.FAIL:
            first, *rest = explained(judgement, 1, columns - 2 * _LABEL)
            lines = [_headed("FAIL", "bold red", f"{judgement.requirement.id} {first}", columns)]
            yield _Item("failure", (*lines, *(Text("  " + line) for line in rest)))
    for judgement in run.judgements:
        if judgement.verdict is Verdict.ERROR:
            text = f"{judgement.requirement.id} {reason(judgement)}"
            yield _Item("error", (_headed("ERROR", "bold red", text, columns),))
    for warning in run.warnings:
        yield _Item("note", (_headed("NOTE", "yellow", warning, columns),))
    if run.outcome is not Outcome.INVALID:
        yield from _unverified(run, columns)
    for judgement in run.judgements:
        if judgement.verdict is Verdict.WARN:
            text = f"{judgement.requirement.id} {reason(judgement)}"
            yield _Item("warning", (_headed("WARN", "yellow", text, columns),))


def _unverified(run: Run, columns: int) -> Iterator[_Item]:
    """One line for each reason, with the ids."""
    reasons: dict[str, list[str]] = {}
    for judgement in run.judgements:
        if judgement.verdict is Verdict.UNVERIFIED:
            reasons.setdefault(reason(judgement), []).append(judgement.requirement.id)
    for why, ids in reasons.items():
        named = ", ".join(ids[:_IDS_NAMED]) + (f" and {len(ids) - _IDS_NAMED} more" if len(ids) > _IDS_NAMED else "")
        yield _Item(UNSEEN, (_headed("UNSEEN", "yellow", f"{named}: {why}", columns),))


def _place(finding: Finding) -> str:
    probe = finding.probe or "a request"
    number = "" if finding.exchange is None else f" (exchange {finding.exchange})"
    return f"{probe}{number} {finding.pointer or 'the answer as a whole'}"


def _shown(text: str, columns: int) -> str:
    return one_line(text, max(columns, 2 * _LABEL))


def _labelled(label: str, text: str, columns: int) -> Text:
    return Text.assemble((f"{label:<{_LABEL}}", "dim"), _shown(text, columns - _LABEL))


def _headed(head: str, style: str, text: str, columns: int) -> Text:
    return Text.assemble((f"{head:<{_LABEL}}", style), _shown(text, columns - _LABEL))


def _counted(names: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} {name}{'s' if count > 1 and name != UNSEEN else ''}" for name, count in counts.items())
