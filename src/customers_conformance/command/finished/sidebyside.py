"""The commands that hold finished runs against each other: ``compare`` two of them, ``matrix`` as many as there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from customers_conformance.command import terminal
from customers_conformance.harmless import json_without_commands, one_line
from customers_conformance.model import ExitCode, Judgement, Run, UsageError
from customers_conformance.proving.comparison.comparing import Change, Comparison, compared
from customers_conformance.proving.matrix import joining, page
from customers_conformance.reports.telling.markdown import code, prose
from customers_conformance.running.folder import FIRST, Folder, WriteFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.fingerprints import Defect

#: Names the shape of what ``compare --format json`` prints; ``reports/compare.schema.json`` describes it.
COMPARE_FORMAT = "customers-conformance/compare/1"

_LABEL = 10

#: Places of one change that are told; more are counted.
_PLACES_TOLD = 5


def compare(old: str, new: str, form: str) -> int:
    """Compare two runs as ``text``, ``json`` or ``markdown``, and return the exit code; raises ``UsageError``."""
    try:
        with terminal.Progress() as progress:
            progress("judging the evidence of both again")
            found = compared(Path(old), Path(new))
    except UsageError as mistake:
        raise UsageError(f"compare: {mistake}") from None
    screen = terminal.Screen()
    if form == "json":
        screen.say(json_without_commands(json.dumps(_as_data(found), indent=2)))
    elif form == "markdown":
        for row in _markdown(found):
            screen.say(row)
    else:
        for line in _lines(found):
            screen.say(line)
    return found.exit_code


def _as_data(found: Comparison) -> dict[str, Any]:
    return {
        "format": COMPARE_FORMAT,
        "old": _run(found.old),
        "new": _run(found.new),
        "exit_code": int(found.exit_code),
        "worse": found.worse,
        "changes": [
            {
                "id": change.requirement.id,
                "title": change.requirement.title,
                "old": _verdict(change.old),
                "new": _verdict(change.new),
                "worse": change.is_worse,
                "cause": change.why.cause.value,
                "why": change.why.says,
                "gone": [_defect(each) for each in change.gone],
                "come": [_defect(each) for each in change.come],
            }
            for change in found.changes
        ],
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "started": run.started,
        "target": run.target_url,
        "suite": run.suite_version,
        "contract": run.contract_digest,
        "requirements": run.requirements_digest,
        "outcome": run.outcome.value,
        "exit_code": run.exit_code,
    }


def _verdict(judgement: Judgement | None) -> str | None:
    return None if judgement is None else judgement.verdict.value


def _defect(defect: Defect) -> dict[str, str]:
    return {"pattern": defect.pattern, "symptom": defect.symptom, "fingerprint": defect.fingerprint}


def _lines(found: Comparison) -> Iterator[Text]:
    for change in found.changes:
        style = "bold red" if change.is_worse else "bold"
        yield Text.assemble((change.requirement.id, style), f" {one_line(change.requirement.title)}")
        yield _labelled("  verdict", _step(change))
        yield _labelled(f"  {change.why.cause}", change.why.says)
        for sign, defects in (("-", change.gone), ("+", change.come)):
            for each in defects[:_PLACES_TOLD]:
                yield _labelled(f"  {sign}", f"{each.pattern or 'the answer'}: {each.symptom}")
            if (more := len(defects) - _PLACES_TOLD) > 0:
                yield _labelled(f"  {sign}", f"and {more} more")
    for label, run in (("old", found.old), ("new", found.new)):
        yield _labelled(label, _named(run))
    yield Text.assemble(("worse", "bold red") if found.worse else ("no worse", "bold green"), f": {_sentence(found)}")


def _named(run: Run) -> str:
    return f"{run.outcome} (exit code {run.exit_code}), {run.target_url}, {run.started}, suite {run.suite_version}"


def _step(change: Change) -> str:
    steps = [_verdict(each) or "not judged" for each in (change.old, change.new)]
    if steps[0] == steps[1]:
        return f"{steps[0]}, in other places"
    return f"{steps[0]}, now {steps[1]}"


def _sentence(found: Comparison) -> str:
    others = len(found.changes) - found.worse
    if not found.changes:
        return "Nothing changed."
    worse = "Nothing got worse" if not found.worse else _count(found.worse, "got worse")
    return f"{worse}; {_count(others, 'changed otherwise') if others else 'nothing else changed'}."


def _count(number: int, what: str) -> str:
    return f"{number} requirement{'s' if number > 1 else ''} {what}"


def _labelled(label: str, text: str) -> Text:
    return Text.assemble((f"{label:<{_LABEL}}", "dim"), f" {one_line(text)}")


def _markdown(found: Comparison) -> Iterator[str]:
    yield f"# {'▲' if found.worse else '✓'} {_sentence(found)}"
    yield ""
    for label, run in (("old", found.old), ("new", found.new)):
        yield f"- {label}: {prose(_named(run))}"
    for change in found.changes:
        yield ""
        yield f"## {change.requirement.id} {prose(change.requirement.title)}"
        yield ""
        yield f"- {'**worse**: ' if change.is_worse else ''}{_step(change)}"
        yield f"- cause: {change.why.cause}: {prose(change.why.says)}"
        for sign, defects in (("gone", change.gone), ("come", change.come)):
            for each in defects[:_PLACES_TOLD]:
                yield f"- {sign}: {code(each.pattern) if each.pattern else 'the answer'}: {prose(each.symptom)}"
            if (more := len(defects) - _PLACES_TOLD) > 0:
                yield f"- {sign}: {more} more"


def matrix(reports: tuple[str, ...], out: str, *, mix_contracts: bool) -> int:
    """Write the matrix of some reports to a folder, and name its files; raises ``UsageError``."""
    if (Path(out) / FIRST).exists():
        message = (
            f"matrix: --out {out}: it holds a run's {FIRST}, and `verify` accepts no other files beside it; "
            "name another folder"
        )
        raise UsageError(message)
    try:
        found = joining.joined(reports, mix_contracts=mix_contracts)
        folder = Folder(Path(out))
        with folder.held():
            places = [
                folder.write(name, render(found))
                for name, render in (
                    ("matrix.json", joining.as_json),
                    ("matrix.md", page.as_markdown),
                    ("matrix.html", page.as_html),
                )
            ]
    except (UsageError, WriteFailed) as mistake:
        raise UsageError(f"matrix: {mistake}") from None
    screen = terminal.Screen()
    for target in found.targets:
        mark = found.mark(target)
        label = f"{target.label}{f' (contract {mark})' if mark else ''}"
        screen.say(Text(one_line(f"{label}: {page.title(target)}, {target.url}")))
    for place in places:
        screen.say(one_line(str(place)))
    kept = sum(row.is_kept_by_all for row in found.rows)
    targets = len(found.targets)
    by = "the target" if targets == 1 else f"all {targets} targets"
    screen.say(f"{kept} of {len(found.rows)} requirements are kept by {by}.")
    return ExitCode.DONE
