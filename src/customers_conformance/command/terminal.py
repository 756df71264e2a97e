"""What a person sees of a run: its progress, and a summary that fits a screen."""

from __future__ import annotations

import os
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from customers_conformance.harmless import LIMIT, one_line
from customers_conformance.model import News, Outcome, Verdict
from customers_conformance.reports.telling import advice, unlocking, wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.running.progress import Answered, Notice, Thinned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from rich.status import Status

    from customers_conformance.model import Finding, Judgement, Probe, Run

#: Lines of a summary at the most: those of a small terminal.
SCREEN = 24

#: Characters of a line where there is no terminal that would wrap it.
UNBOUNDED = 400

#: Characters of a table's rows there.
WIDE = 160

_LABEL = 10

#: Characters by which a text grows where it began with ``::``.
_BROKEN_UP = 3

#: What is counted without a plural.
UNSEEN = "unverified"

#: How many ids one line names before it counts the rest.
_IDS_NAMED = 4

#: How many unused waivers are named.
_UNUSED_NAMED = 3

#: Verdicts that are neither kept nor broken, and how their lines begin.
_ASIDE = {Verdict.UNVERIFIED: "UNSEEN", Verdict.NOT_APPLICABLE: "N/A", Verdict.WAIVED: "WAIVED"}

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


def table(*columns: str) -> Table:
    """A table without lines, that cuts nothing off."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in {"id", "level", "method"})
    return made


def cell(text: str, limit: int = LIMIT) -> Text:
    """A cell of a table: the text as it is, on one line."""
    return Text(one_line(text, limit))


#: Characters of a cell of a table of probes; some are made of thousands.
PROBE_CELL = 80

#: The columns of such a table.
PROBE_COLUMNS = ("name", "method", "query", "headers", "credential", "what for")


def probe_row(probe: Probe) -> tuple[str, ...]:
    """A probe in words, as the plan shows it: a text for each of ``PROBE_COLUMNS``."""
    says = f"{probe.says} (* {probe.depends_on})" if probe.depends_on else probe.says
    return (
        f"{probe.name} *" if probe.depends_on else probe.name,
        probe.method,
        "&".join(f"{name}={value}" for name, value in probe.query),
        ", ".join(f"{name}: {value}" for name, value in probe.headers),
        str(probe.credential),
        says,
    )


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
    """What the run is at, on standard error: one living line on a terminal.

    Elsewhere there is a line for each step, and every ten seconds one that says how far it is.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        """Nothing is shown before the first step, and never where it is quiet; ``verbose`` shows each answer."""
        self._quiet, self._verbose = quiet, verbose
        self._screen = Screen(stderr=True)
        self._status: Status | None = None
        self._line = Thinned(lambda text: self._screen.say(self._shown(text)))

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._screen.is_interactive and not self._quiet:
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
        """Show a step, or how far it is, or what came of one request."""
        if self._quiet:
            return
        if isinstance(step, Answered):
            if self._verbose:
                self._screen.say(self._shown(step))
            return
        if self._status is None or isinstance(step, Notice):
            self._line(step)
        else:
            self._status.update(self._shown(step))

    def _shown(self, step: str) -> Text:
        is_kept = isinstance(step, Notice | Answered)
        return Text(one_line(step, UNBOUNDED if is_kept else self._screen.columns - 4))


@dataclass(frozen=True, slots=True)
class _Item:
    """Lines that are shown together or not at all; ``what`` is counted where they are not, ``times`` times."""

    what: str
    lines: tuple[Text, ...]
    times: int = 1


def summary(run: Run, folder: str, files: Sequence[str], columns: int = UNBOUNDED) -> list[Text]:
    """The summary of a run as lines of ``columns`` characters at the most; the outcome comes last.

    ``SCREEN`` of them or fewer, unless so many requirements fail: each has a line of its own at least.
    """
    top = list(_top(run, columns))
    bottom = [*_first(run, columns), *labelled("report", f"{folder}: {', '.join(files)}", columns), headline(run)]
    room = SCREEN - len(top) - len(bottom) - 3
    body = list(_failures(run, columns, room))
    left: list[str] = []
    for item in _items(run, columns):
        if left or len(body) + len(item.lines) > room:
            left += [item.what] * item.times
        else:
            body += item.lines
    if left:
        body.append(Text(f"and {_counted(left)} more, in the report", "italic"))
    return [*top, *([Text(""), *body, Text("")] if body else []), *bottom]


def explained(judgement: Judgement, findings: int, columns: int = UNBOUNDED) -> Iterator[str]:
    """The sentence of a requirement, and where, what was expected and what was found, for some of its findings.

    Lines that are harmless on a terminal; a text that is longer goes on below.
    """
    yield from _wrapped("", judgement.requirement.says, columns)
    yield from _places(judgement, findings, columns)


def _places(judgement: Judgement, findings: int, columns: int) -> Iterator[str]:
    indent = " " * _LABEL
    # What is accepted comes last.
    ordered = sorted(judgement.findings, key=lambda one: one.waiver is not None)
    for finding in ordered[:findings]:
        yield from _wrapped(f"{'at':<{_LABEL}}", _place(finding), columns)
        if finding.expected or finding.actual:
            yield from _wrapped(f"{'expected':<{_LABEL}}", finding.expected, columns)
            yield from _wrapped(f"{'actual':<{_LABEL}}", finding.actual, columns)
        else:
            yield from _wrapped(f"{'found':<{_LABEL}}", finding.message, columns)
    if (more := judgement.findings_total - len(judgement.findings[:findings])) > 0:
        yield from _wrapped(indent, f"and at {more} more place{'s' if more > 1 else ''}, in the report", columns)


def reason(judgement: Judgement) -> str:
    """Why a requirement has the verdict that it has, as one line."""
    text = judgement.reason or (judgement.findings[0].message if judgement.findings else judgement.requirement.says)
    return one_line(text)


def headline(run: Run) -> Text:
    """The outcome and its sentence; never plainly conformant where only a part was judged."""
    part = run.partial is not None and _STYLES[run.outcome] == _WELL
    said = f"{run.outcome} in part" if part else str(run.outcome)
    return Text.assemble((said, "bold yellow" if part else _STYLES[run.outcome]), f": {one_line(run.summary)}")


def _first(run: Run, columns: int) -> Iterator[Text]:
    """What to do first, where anything has to be done."""
    for step in advice.steps(run)[:1]:
        detail = f" ({step.detail})" if step.detail else ""
        yield from _headed("first", "bold", f"{step.todo}{detail}", columns, lines=2)


def _top(run: Run, columns: int) -> Iterator[Text]:
    server = f" ({run.target_server})" if run.target_server else ""
    yield from labelled("target", f"{run.target_url}{server}", columns)
    if run.source is not None:
        yield from labelled("recorded", one_line(wording.recorded(run), 2 * max(columns - _LABEL, 2 * _LABEL)), columns)
    yield from labelled("profiles", ", ".join(run.profiles), columns)
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in run.counts.items() if count]
    yield from labelled("verdicts", ", ".join(counts), columns)
    if run.waivers is not None:
        yield from _headed("waivers", "dim", wording.waivers(run), columns, lines=1)
    unused = wording.unused(run)
    for text in unused[:_UNUSED_NAMED]:
        yield from _headed("UNUSED", "yellow", text, columns, lines=1)
    if len(unused) > _UNUSED_NAMED:
        yield Text(f"and {len(unused) - _UNUSED_NAMED} more unused waivers, in the report", "italic")


def _failures(run: Run, columns: int, room: int) -> Iterator[Text]:
    """Each failed requirement, new ones first, with its first defect as long as there is room for that beside."""
    failed = sorted(_with(run, Verdict.FAIL), key=lambda judgement: judgement.news is News.KNOWN)
    spare = room - len(failed)
    for judgement in failed:
        known = judgement.news is News.KNOWN
        head = ("KNOWN" if known else "FAIL", "yellow" if known else "bold red", judgement.requirement.heading)
        lines = list(_headed(*head, columns))
        lines += [Text("  " + line) for line in _defects(run, judgement, columns - 2)]
        if len(lines) - 1 <= spare:
            spare -= len(lines) - 1
            yield from lines
        else:
            # A title takes no more.
            yield from _headed(*head, columns, lines=2)


def _defects(run: Run, judgement: Judgement, columns: int) -> Iterator[str]:
    """The first thing that is wrong: what stands there and how often, where; and how many others there are."""
    found = defects(run, judgement)
    if not found:
        yield from _places(judgement, 1, columns)
        return
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    yield from _wrapped(f"{'found':<{_LABEL}}", f"{found[0].heading}{more}", columns)
    yield from _wrapped(f"{'at' if found[0].in_body else 'in':<{_LABEL}}", found[0].where, columns)


def _items(run: Run, columns: int) -> Iterator[_Item]:
    """What else is worth a line, the gravest first."""
    for judgement in _with(run, Verdict.ERROR):
        text = f"{judgement.requirement.heading}: {reason(judgement)}"
        yield _Item("error", tuple(_headed("ERROR", "bold red", text, columns)))
    if run.flaky:
        names = ", ".join(dict.fromkeys(one.probe for one in run.flaky))
        yield _Item("note", tuple(_headed("FLAKY", "yellow", f"{len(run.flaky)} asked again: {names}", columns)))
    for warning in run.warnings[len(wording.unused(run)) :]:
        yield _Item("note", tuple(_headed("NOTE", "yellow", warning, columns)))
    if run.outcome is not Outcome.INVALID:
        for row in unlocking.rows(run):
            named = ", ".join(row.ids[:_IDS_NAMED])
            more = f" and {row.count - _IDS_NAMED} more" if row.count > _IDS_NAMED else ""
            text = f"{row.todo.rstrip('.')}: settles {named}{more}"
            yield _Item(UNSEEN, tuple(_headed(_ASIDE[Verdict.UNVERIFIED], "yellow", text, columns, lines=2)), row.count)
    for judgement in _with(run, Verdict.WARN):
        found = defects(run, judgement)
        text = f"{judgement.requirement.heading}: {found[0].heading if found else reason(judgement)}"
        yield _Item("warning", tuple(_headed("WARN", "yellow", text, columns)))


def _with(run: Run, verdict: Verdict) -> list[Judgement]:
    return [judgement for judgement in run.judgements if judgement.verdict is verdict]


def grouped(run: Run, columns: int = UNBOUNDED) -> Iterator[Text]:
    """Why requirements were not judged, do not apply or are waived, each reason once, with the ids."""
    for verdict, head in _ASIDE.items():
        for text in _by_reason(run, verdict):
            yield from _headed(head, "yellow", text, columns)


def _by_reason(run: Run, verdict: Verdict) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for judgement in _with(run, verdict):
        reasons.setdefault(reason(judgement), []).append(judgement.requirement.id)
    for why, ids in reasons.items():
        more = f" and {len(ids) - _IDS_NAMED} more" if len(ids) > _IDS_NAMED else ""
        yield f"{', '.join(ids[:_IDS_NAMED])}{more}: {why}"


def _place(finding: Finding) -> str:
    probe = finding.probe or "a request"
    number = "" if finding.exchange is None else f" (exchange {finding.exchange})"
    return f"{probe}{number} {finding.pointer or 'the answer as a whole'}"


def _wrapped(head: str, text: str, columns: int, lines: int | None = None) -> list[str]:
    """A head and a text, made harmless, on as many lines as it takes, or on so many at the most, cut."""
    width = max(columns - len(head), 2 * _LABEL)
    if lines == 1:
        return [head + one_line(text, width)]
    # A line that goes on below may begin with what a CI log takes for a command, and is longer once that is broken up.
    width -= _BROKEN_UP if "::" in text else 0
    # Nothing is dropped unless asked for: a pointer may hold blanks, and may be one long word.
    shown = one_line(text) if lines is None else one_line(text, lines * width - width // 3)
    parts = textwrap.wrap(shown, width, break_on_hyphens=False)[:lines] or [""]
    return [head + parts[0], *(" " * len(head) + one_line(part, UNBOUNDED) for part in parts[1:])]


def labelled(label: str, text: str, columns: int) -> Iterator[Text]:
    """A label and a text, which goes on below it where it is longer than ``columns``."""
    yield from _headed(label, "dim", text, columns)


def _headed(head: str, style: str, text: str, columns: int, lines: int | None = None) -> Iterator[Text]:
    for number, line in enumerate(_wrapped(f"{head:<{_LABEL}}", text, columns, lines)):
        yield Text(line) if number else Text.assemble((line[:_LABEL], style), line[_LABEL:])


def _counted(names: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} {name}{'s' if count > 1 and name != UNSEEN else ''}" for name, count in counts.items())
