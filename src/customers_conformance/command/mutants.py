"""The kill matrix: the suite run against every faulty server and every conforming variant.

``python -m customers_conformance.command.mutants`` runs all of it over sockets and writes the matrix that ships with
the package: for each requirement the faults that break it, and whether the suite said so by that id and no other.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customers_conformance.contract import document
from customers_conformance.judging import proofs
from customers_conformance.model import PROFILES, Verdict
from customers_conformance.reference import server
from customers_conformance.reference.app import DEFAULT_KEY, DEFAULT_SESSION
from customers_conformance.reference.faults import faults_by_name
from customers_conformance.reference.variants import variants_by_name
from customers_conformance.running import run
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from customers_conformance.model import Run

FORMAT = "customers-conformance/matrix/1"

#: How many names are told where one is unknown.
_NEAREST = 3

#: Seconds that a view may take to settle: each broken view costs as much, and a lagging one has time on a busy machine.
SETTLE = {"fault": 0.6, "variant": 5.0}

_SAID = {Verdict.FAIL, Verdict.WARN, Verdict.ERROR}


@dataclass(slots=True)
class Row:
    """One requirement: the names of the faults that break it, by what the suite said of them."""

    faults: int = 0
    caught: list[str] = field(default_factory=list)
    #: Faults that another requirement caught, too or instead.
    caught_by_another: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tried:
    """What the suite said of one server: the ids that it broke, and those beyond what is expected of it."""

    name: str
    kind: str
    expected: tuple[str, ...]
    said: tuple[str, ...]
    #: Ids left unverified although nothing of the server hides what they need.
    unseen: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the suite said what it has to, and nothing else."""
        return set(self.said) == set(self.expected) and not self.unseen


def judged(kind: str, name: str) -> Run:
    """One run of every profile against the reference server, as faulty or as varied as asked."""
    entry = {kind: name}
    with server.running(entry.get("fault"), entry.get("variant")) as url:
        settings = Settings(
            url=url,
            key=DEFAULT_KEY,
            session=DEFAULT_SESSION,
            profiles=PROFILES,
            settle=SETTLE[kind],
            examples=0,
            seed=1,
        )
        return run.conduct(settings)


def try_one(subject: tuple[str, str]) -> Tried:
    """The suite against one server; ``subject`` is its kind and its name."""
    kind, name = subject
    begun = time.monotonic()
    unseen: tuple[str, ...] = ()
    if kind == "fault":
        fault = faults_by_name()[name]
        result = judged(kind, name)
        expected = (fault.breaks, *fault.also)
    else:
        variant = variants_by_name()[name]
        result = judged(kind, name)
        expected = variant.warns
        if not variant.any_unverified:
            excused = (*variant.unverified, *variant.not_applicable)
            unseen = tuple(
                judgement.requirement.id
                for judgement in result.judgements
                if judgement.verdict is Verdict.UNVERIFIED
                and not judgement.requirement.id.startswith(excused or ("-",))
            )
    said = tuple(judgement.requirement.id for judgement in result.judgements if judgement.verdict in _SAID)
    return Tried(name, kind, tuple(expected), said, unseen, time.monotonic() - begun)


def matrix(tried: Iterable[Tried]) -> dict[str, Any]:
    """The matrix as it is written to ``matrix.json``, without anything that differs from run to run."""
    rows = {requirement.id: Row() for requirement in document.load().requirements}
    alarms: dict[str, list[str]] = {}
    variants = 0
    for one in sorted(tried, key=lambda one: one.name):
        if one.kind == "variant":
            variants += 1
            if not one.holds:
                alarms[one.name] = sorted({*one.said, *one.unseen} - set(one.expected)) or ["nothing was said"]
            continue
        row = rows[one.expected[0]]
        row.faults += 1
        if one.expected[0] not in one.said:
            (row.caught_by_another if one.said else row.missed).append(one.name)
        elif one.holds:
            row.caught.append(one.name)
        else:
            row.caught_by_another.append(one.name)
    return {
        "format": FORMAT,
        "requirements": {identifier: asdict(row) for identifier, row in rows.items()},
        "variants": {"tried": variants, "false_alarms": alarms},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the matrix; the exit code is 1 where a fault escapes, a variant is failed, or a requirement is unproven."""
    parser = argparse.ArgumentParser(prog="python -m customers_conformance.command.mutants", description=main.__doc__)
    parser.add_argument("names", nargs="*", help="what to try; all of them unless named, and then none is written")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count(), help="servers at one time")
    options = parser.parse_args(arguments)
    subjects = [("fault", name) for name in faults_by_name()] + [("variant", name) for name in variants_by_name()]
    if options.names:
        _check_names(parser, options.names, [name for _, name in subjects])
        subjects = [subject for subject in subjects if subject[1] in options.names]
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        tried = []
        for one in pool.imap_unordered(try_one, subjects, chunksize=4):
            tried.append(one)
            if not one.holds:
                _say(f"{one.kind} {one.name}: expected {_ids(one.expected)}, got {_ids(one.said)}{_unseen(one)}")
    found = matrix(tried)
    if not options.names:
        Path(proofs.__file__).with_name(proofs.MATRIX).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    rows = {identifier: row for identifier, row in found["requirements"].items() if row["faults"] or not options.names}
    unproven = [identifier for identifier, row in rows.items() if not row["caught"]]
    wrong = [one for one in tried if not one.holds]
    for identifier in unproven if not options.names else ():
        _say(f"{identifier} is unproven: no fault is caught by it alone")
    faults = [one for one in tried if one.kind == "fault"]
    caught = sum(one.holds for one in faults)
    quiet = sum(one.holds for one in tried if one.kind == "variant")
    seconds = time.monotonic() - begun
    _say(f"{caught} of {len(faults)} faults caught by their own id alone")
    _say(f"{quiet} of {len(tried) - len(faults)} variants left alone")
    _say(f"{len(rows) - len(unproven)} of {len(rows)} requirements proven, in {seconds:.0f} s")
    return 1 if wrong or (unproven and not options.names) else 0


def _check_names(parser: argparse.ArgumentParser, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            near = ", ".join(get_close_matches(name.lower(), known, _NEAREST, cutoff=0))
            parser.error(
                f"no fault and no variant is named {name!a}; the nearest: {near}; "
                "`customers-conformance serve --faults` and `--variants` list all"
            )


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "none"


def _unseen(one: Tried) -> str:
    return f", unverified {_ids(one.unseen)}" if one.unseen else ""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
