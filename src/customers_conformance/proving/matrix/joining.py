"""Many finished runs side by side: requirement by target, with verdicts, waivers and coverage.

A report is taken at its word, and let go of once its verdicts are noted: `verify` says whether it holds.
"""

from __future__ import annotations

import glob
import importlib.metadata
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customers_conformance.contract import document
from customers_conformance.harmless import json_without_commands, one_line
from customers_conformance.model import Outcome, UsageError, Verdict
from customers_conformance.proving.folder import opened
from customers_conformance.running.folder import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from customers_conformance.model import Run
    from customers_conformance.proving.folder import Stored

#: Names the shape of ``matrix.json``; ``reports/matrix.schema.json`` describes it.
FORMAT = "customers-conformance/matrix/1"

#: Reports that one matrix holds at the most.
MOST = 5000

_LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class Waiver:
    """A requirement that a target was waived, and why."""

    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """One run: a column. ``label`` is the name of its folder, or of its file, and is no other's."""

    label: str
    run: str
    url: str
    server: str | None
    started: str
    recorded: bool
    profiles: tuple[str, ...]
    partial: str | None
    complete: bool
    suite: str
    contract: str
    requirements: str
    outcome: Outcome
    exit_code: int
    summary: str
    counts: Mapping[str, int]
    verdicts: Mapping[str, Verdict]
    waivers: tuple[Waiver, ...]
    coverage: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement, with the verdict on each target in order; ``None`` where it was not judged."""

    id: str
    title: str
    level: str
    profile: str
    verdicts: tuple[Verdict | None, ...]

    @property
    def is_kept_by_all(self) -> bool:
        """Whether nobody breaks it, and it was judged on everybody it applies to."""
        return all(verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE} for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Targets and requirements; contracts by their digest, in order of first appearance."""

    targets: tuple[Target, ...]
    rows: tuple[Row, ...]
    contracts: tuple[str, ...]

    @property
    def coverage(self) -> dict[str, tuple[int | None, ...]]:
        """How often each target showed each property with a value; ``None`` where it does not say."""
        names = sorted({name for target in self.targets for name in target.coverage})
        return {name: tuple(target.coverage.get(name) for target in self.targets) for name in names}

    def mark(self, target: Target) -> str:
        """Which contract a target was judged against, as a letter; empty where all have the same."""
        return _letters(self.contracts.index(target.contract)) if len(self.contracts) > 1 else ""


def _letters(number: int) -> str:
    return (_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def joined(patterns: Iterable[str], *, mix_contracts: bool = False) -> Matrix:
    """The matrix of reports: folders of runs, folders of such folders, files, and patterns of these.

    Raises ``UsageError`` for what is no report, where nothing matches, and for reports of several contracts unless
    these may be mixed.
    """
    places = list(dict.fromkeys(place for pattern in patterns for place in _places(pattern)))
    if len(places) > MOST:
        raise UsageError(f"{len(places):,} reports were named; allowed are {MOST:,}")
    targets: list[Target] = []
    titles: dict[str, tuple[str, str, str]] = {}
    taken: set[str] = set()
    for place in places:
        stored = opened(place)
        label = _label(stored, taken)
        taken.add(label)
        targets.append(_target(stored.run, label))
        for judgement in stored.run.judgements:
            requirement = judgement.requirement
            titles.setdefault(requirement.id, (requirement.title, requirement.level.value, requirement.profile))
    contracts = tuple(dict.fromkeys(target.contract for target in targets))
    if len(contracts) > 1 and not mix_contracts:
        raise UsageError(_mixed(targets, contracts))
    rows = tuple(
        Row(name, *titles[name], tuple(target.verdicts.get(name) for target in targets)) for name in _in_order(titles)
    )
    return Matrix(tuple(targets), rows, contracts)


def _places(pattern: str) -> Iterator[Path]:
    """The reports that an argument names, each by its file."""
    try:
        exists = Path(pattern).exists()
        found = [pattern] if exists else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - any pattern, absolute too
    except (OSError, ValueError):
        found = []
    places = [place for each in found for place in _within(Path(each))]
    if not places:
        shown = one_line(pattern, _LONGEST_LABEL)
        raise UsageError(f"{shown}: there is no report; give folders of runs, their {FIRST}, or patterns ('runs/*')")
    yield from places


def _within(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place.resolve()]
    if (place / FIRST).exists():
        return [(place / FIRST).resolve()]
    return sorted(inner.resolve() for inner in place.glob(f"*/{FIRST}"))


def _label(stored: Stored, taken: set[str]) -> str:
    name = stored.folder.name if stored.name == FIRST else Path(stored.name).stem
    label = one_line(name, _LONGEST_LABEL) or "run"
    number = 2
    while label in taken:
        label, number = f"{one_line(name, _LONGEST_LABEL)} ({number})", number + 1
    return label


def _target(run: Run, label: str) -> Target:
    return Target(
        label=label,
        run=run.id,
        url=run.target_url,
        server=run.target_server,
        started=run.started,
        recorded=run.source is not None,
        profiles=run.profiles,
        partial=run.partial,
        complete=run.complete,
        suite=run.suite_version,
        contract=run.contract_digest,
        requirements=run.requirements_digest,
        outcome=run.outcome,
        exit_code=run.exit_code,
        summary=run.summary,
        counts=run.counts,
        verdicts={judgement.requirement.id: judgement.verdict for judgement in run.judgements},
        waivers=tuple(
            Waiver(judgement.requirement.id, judgement.reason or "no reason was given")
            for judgement in run.judgements
            if judgement.verdict is Verdict.WAIVED
        ),
        coverage=run.coverage,
    )


def _mixed(targets: list[Target], contracts: tuple[str, ...]) -> str:
    parts = []
    for contract in contracts:
        labels = [target.label for target in targets if target.contract == contract]
        more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
        parts.append(f"{contract or 'no digest'} ({', '.join(labels[:3])}{more})")
    return (
        f"the reports were judged against {len(contracts)} contracts: {'; '.join(parts[:5])}; allowed is one, or say "
        "--mix-contracts to see them side by side, marked"
    )


def _in_order(titles: Mapping[str, object]) -> list[str]:
    """The ids in the order of the catalogue; those that this suite does not know last."""
    known = {requirement.id: number for number, requirement in enumerate(document.load().requirements)}
    return sorted(titles, key=lambda name: (known.get(name, len(known)), name))


def as_json(matrix: Matrix) -> bytes:
    """``matrix.json``."""
    value: dict[str, Any] = {
        "format": FORMAT,
        "suite": importlib.metadata.version("customers-conformance"),
        "contracts": list(matrix.contracts),
        "targets": [
            {
                "label": target.label,
                "run": target.run,
                "url": target.url,
                "server": target.server,
                "started": target.started,
                "recorded": target.recorded,
                "profiles": list(target.profiles),
                "partial": target.partial,
                "complete": target.complete,
                "suite": target.suite,
                "contract": target.contract,
                "requirements": target.requirements,
                "outcome": target.outcome.value,
                "exit_code": target.exit_code,
                "summary": target.summary,
                "counts": dict(target.counts),
                "waivers": [{"id": waiver.requirement, "reason": waiver.reason} for waiver in target.waivers],
            }
            for target in matrix.targets
        ],
        "requirements": [
            {
                "id": row.id,
                "title": row.title,
                "level": row.level,
                "profile": row.profile,
                "verdicts": [verdict and verdict.value for verdict in row.verdicts],
            }
            for row in matrix.rows
        ],
        "coverage": {name: list(counts) for name, counts in matrix.coverage.items()},
    }
    return (json_without_commands(json.dumps(value, indent=1)) + "\n").encode()
