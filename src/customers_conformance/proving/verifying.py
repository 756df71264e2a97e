"""Whether a run's folder holds what it says: every verdict made again from the evidence, every file from the report."""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from customers_conformance.contract import document
from customers_conformance.evidence.har import CREATOR
from customers_conformance.evidence.provenance import said_of
from customers_conformance.harmless import one_line
from customers_conformance.judging.accepting import mistakes
from customers_conformance.judging.waivers import expired
from customers_conformance.model import ExitCode, Run, UsageError, Verdict
from customers_conformance.proving.differences import Difference, against_evidence, difference, shown, unequal
from customers_conformance.proving.folder import LARGEST, MissingFile, Stored, contents, names, naming
from customers_conformance.proving.folder import found as report_at
from customers_conformance.proving.recording import Kept, kept
from customers_conformance.proving.rejudging import rejudged
from customers_conformance.reports import reading
from customers_conformance.reports.telling import digest
from customers_conformance.running.folder import CERTIFICATE, FIRST, formats
from customers_conformance.running.judged import known_probes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from customers_conformance.evidence.har import Recording
    from customers_conformance.evidence.provenance import Provenance
    from customers_conformance.reports.reading import Violation
    from customers_conformance.running.folder import Format

_VERSION = importlib.metadata.version("customers-conformance")

#: What is compared by itself, in sentences of its own.
_APART = ("/suite", "/evidence/digest")

#: What a run lacks that was cut short before it judged anything, and what another version may say in other words.
_OF_JUDGED_RUNS = (
    *(
        "/coverage",
        "/shown",
        "/undocumented",
        "/ledger",
        "/warnings",
        "/target/server",
        "/evidence/left_out",
        "/counts",
        "/flaky",
        "/waivers",
    ),
    *(f"/requirements/*/{name}" for name in ("verdict", "reason", "observed", "findings_total", "findings")),
    *(f"/requirements/*/{name}" for name in ("groups", "further", "missing")),
)
_OF_ONE_VERSION = (
    "/summary",
    "/warnings",
    "/shown",
    "/not_judged",
    *(
        f"/requirements/*/{name}"
        for name in ("title", "says", "judged", "source", "quote", "section", "needs", "profile")
    ),
    *(f"/requirements/*/{name}" for name in ("after", "concerns", "location", "faults")),
    *(f"/requirements/*/{name}" for name in ("reason", "observed", "findings", "groups", "further", "missing")),
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of verifying a folder; it agrees where nothing differs."""

    folder: Path
    #: What the report says; ``None`` where it was changed so that it cannot be read.
    run: Run | None
    #: The digests of the report and of the evidence, as the files have them.
    report_digest: str
    evidence_digest: str
    differences: tuple[Difference, ...]
    #: What the reader should know although nothing differs, a sentence each.
    notes: tuple[str, ...]
    #: Whether this version of the suite made the report: then files are compared byte for byte, and every word.
    same_version: bool = True

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    @property
    def exit_code(self) -> int:
        """0 where nothing differs, else 1."""
        return ExitCode.NONCONFORMANT if self.differences else ExitCode.DONE


def verified(path: Path) -> Verification:
    """Verifies the folder of a run, offline; raises ``UsageError`` where it holds no report."""
    folder, name, data = report_at(path)
    if name != FIRST:
        raise UsageError(f"{one_line(str(path))}: it is no folder; verify the folder of a run, which holds its {FIRST}")
    with naming(folder / name):
        value, violations = reading.held(data)
    broken = tuple(map(_broken, violations))
    if any(one.is_shape for one in violations):
        return Verification(folder, None, digest.of(data), "", broken, (), same_version=False)
    stored = Stored(folder, name, data, value, reading.run_of(value))
    notes = []
    same = stored.run.suite_version == _VERSION
    if not same:
        made = one_line(stored.run.suite_version, 60)
        notes.append(
            f"The report was made by version {made}, this is {_VERSION}: verdicts are compared, not how they are "
            "worded, and files by the digest of the report that each carries, not by their bytes."
        )
    found: Kept | None = None
    differences = [*broken, *_digests(stored.run)]
    try:
        found = kept(stored)
    except MissingFile:
        differences.append(difference(stored.run.evidence.file, "the evidence is missing: no verdict can be checked"))
    except UsageError as error:
        differences.append(_refused(stored.run.evidence.file, error))
    if found is not None:
        differences += _of_evidence(stored, found, same=same)
    run = replace(stored.run, exchanges=found.exchanges if found else ())
    # A run that contradicts itself cannot be written.
    differences += _of_files(stored, run, same=same and not broken, whole=found is not None)
    evidence_digest = found.digest if found else ""
    return Verification(
        *(stored.folder, run, digest.of(stored.data), evidence_digest, tuple(differences), tuple(notes)),
        same_version=same,
    )


def _broken(violation: Violation) -> Difference:
    named = f"{violation.requirement}: " if violation.requirement else ""
    beside = "" if violation.is_shape else " beside its verdict"
    says = f"{named}no run writes this{beside}: {violation.says}"
    return difference(f"report.json {violation.place}".rstrip(), says)


def _refused(name: str, error: UsageError) -> Difference:
    return difference(name, str(error).removeprefix(f"{name}: "))


def _digests(run: Run) -> Iterator[Difference]:
    """Whether the report was judged against what this suite holds."""
    contract = document.load()
    pairs = (
        ("contract", run.contract_digest, contract.digest),
        ("requirements", run.requirements_digest, contract.requirements_digest),
    )
    for name, said, held in pairs:
        if said != held:
            says = f"the {name} that was judged against has the digest {said or '(none)'}, this suite's has {held}"
            made = one_line(run.suite_version, 60)
            yield difference(f"report.json /suite/{name}", f"{says}; verify with customers-conformance {made}")


def _of_evidence(stored: Stored, found: Kept, *, same: bool) -> Iterator[Difference]:
    run = stored.run
    if found.digest != run.evidence.digest:
        says = f"the report names {run.evidence.digest or 'no digest'}, and {run.evidence.file} has {found.digest}"
        yield difference("report.json /evidence/digest", says)
    made, by = f"{CREATOR} {run.suite_version}", found.recording.creator
    if by != made:
        says = f"the evidence was written by {by or 'nobody who is named'}; the report says {made}"
        yield difference(f"{run.evidence.file} /log/creator", says)
    provenance = found.recording.provenance
    if provenance is None:
        says = "it does not say which run wrote it, with which selection and options: an earlier version made it"
        yield difference(f"{run.evidence.file} /log/_run", says)
        return
    yield from _bound(run, provenance)
    yield from _accepted(run)
    yield from _numbering(run, found.recording)
    try:
        again = rejudged(run, found.exchanges, found.recording, provenance)
    except UsageError as error:
        yield difference("report.json /run/options", str(error))
        return
    leave = [*_APART]
    if _claims_nothing(run):
        leave += _OF_JUDGED_RUNS
    if not same:
        leave += _OF_ONE_VERSION
    yield from against_evidence(stored.value, _as_data(again), leave)


def _claims_nothing(run: Run) -> bool:
    """Whether it is the report of a run that was cut short before it had judged, and says no more than that."""
    said = {(judgement.verdict, judgement.reason) for judgement in run.judgements}
    return not run.complete and run.ledger is None and said <= {(Verdict.UNVERIFIED, run.summary)}


def _bound(run: Run, provenance: Provenance) -> Iterator[Difference]:
    """Whether the evidence was written by the run that the report is of."""
    lacking = ("/ledger", "/left_out") if _claims_nothing(run) else ()
    for pointer, said, found in unequal(dict(provenance.run), said_of(run), leave=lacking):
        says = f"the evidence is of a run with {shown(said)}; the report says {shown(found)}"
        yield difference(f"{run.evidence.file} /log/_run/run{pointer}", says)


def _accepted(run: Run) -> Iterator[Difference]:
    """Whether the waivers could be accepted by a run that began then."""
    if run.waivers is None:
        return
    contract = document.load()
    probes = [probe.name for probe in known_probes(contract)]
    late = set(expired(run.waivers, run.started))
    for number, one in enumerate(run.waivers.entries):
        place = f"report.json /waivers/entries/{number}"
        if number in late:
            says = f"the waiver of {one.requirement} expired on {one.expires}, before the run began ({run.started})"
            yield difference(f"{place}/expires", says)
        if one.requirement not in contract.by_id:
            yield difference(f"{place}/requirement", f"there is no requirement {one.requirement}")
        else:
            for key, says in mistakes(one, contract, probes):
                yield difference(f"{place}/{key}", says)


def _numbering(run: Run, recording: Recording) -> Iterator[Difference]:
    """Whether exchanges were taken out or put in: their numbers run on, and are none twice."""
    numbers = [exchange.index for exchange in recording.exchanges]
    if recording.cut_short is None and numbers != list(range(len(numbers))):
        odd = next(place for place, number in enumerate(numbers) if place != number)
        says = f"the exchange after number {odd - 1} has the number {numbers[odd]}: one was taken out, put in or moved"
        yield difference(f"{run.evidence.file} /log/entries/{odd}", says)


def _as_data(run: Run) -> dict[str, Any]:
    """A run as the JSON of its report."""
    (own,) = (one for one in formats() if one.FILE == FIRST)
    value: dict[str, Any] = json.loads(own.render(run))
    return value


def _of_files(stored: Stored, run: Run, *, same: bool, whole: bool) -> Iterator[Difference]:
    """Whether every other file of the folder was made from this very report."""
    known: dict[str, Format] = {one.FILE: one for one in formats()}
    own = {FIRST, run.evidence.file, CERTIFICATE}
    standing = names(stored.folder)
    if same and (made := known[FIRST].render(run)) != stored.data:
        yield difference(FIRST, f"it is not written as version {_VERSION} writes it: {_first(stored.data, made)}")
    for name in standing:
        if name in own:
            continue
        if name not in known and same:
            yield difference(name, "it is no file of a run: nobody can tell what it was made from; take it out")
            continue
        try:
            data = contents(stored.folder, name, LARGEST)
        except UsageError as error:
            yield _refused(name, error)
            continue
        carries_digest = name not in known or getattr(known[name], "CARRIES_DIGEST", True)
        if carries_digest and digest.of(stored.data).encode() not in data:
            yield difference(name, "it was made from another report: it does not carry the digest of this one")
        elif same and whole and (made := known[name].render(run)) != data:
            yield difference(name, f"it is not what this report gives: {_first(data, made)}; `render` makes it again")
    for name in known if same else ():
        if name not in standing:
            yield difference(name, "it is missing; `render` makes it again")


def _first(data: bytes, made: bytes) -> str:
    """Where two files part."""
    one, other = data.split(b"\n"), made.split(b"\n")
    line = next((number for number, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    return f"line {(min(len(one), len(other)) if line is None else line) + 1} differs"
