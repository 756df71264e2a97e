"""A run: plan, collect, judge, and one frozen value of all that came of it."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing.bounds import room_for_depth
from customers_conformance.bodies.store import Bodies
from customers_conformance.contract import document
from customers_conformance.contract.locations import located
from customers_conformance.evidence import har
from customers_conformance.evidence.evidence import Evidence
from customers_conformance.evidence.provenance import Provenance, said_of
from customers_conformance.judging.judge import Rules
from customers_conformance.judging.proofs import proven
from customers_conformance.judging.registry import checks
from customers_conformance.judging.waivers import expired
from customers_conformance.model import (
    EvidenceFile,
    ExitCode,
    Judgement,
    Mode,
    Outcome,
    Run,
    UsageError,
    Verdict,
)
from customers_conformance.redaction.redactor import Redactor, taken
from customers_conformance.running.asking.generated import requests_at_most
from customers_conformance.running.deadline.ending import BY_CTRL_C, CutShortError, OverdueError, Watch, by_deadline
from customers_conformance.running.deadline.reserve import LEAST, Reserve
from customers_conformance.running.folder import EVIDENCE, Folder, WriteFailed
from customers_conformance.running.judged import cleaned, judged, known_probes
from customers_conformance.running.plan import Plan
from customers_conformance.running.progress import HowFar
from customers_conformance.running.recorded import Recorded
from customers_conformance.running.settings import Settings, selected
from customers_conformance.running.statement import options, partial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import httpx

    from customers_conformance.contract.document import Contract
    from customers_conformance.model import Exchange, Probe, Requirement
    from customers_conformance.running.asking.live import Live
    from customers_conformance.running.collected import Collected
    from customers_conformance.running.progress import Tell


_VERSION = importlib.metadata.version("customers-conformance")


def plan(settings: Settings) -> list[Probe]:
    """The requests that a run would send; raises ``UsageError``."""
    return _plan(settings).probes(settings.concurrency)


def further(settings: Settings) -> int:
    """How many requests a run may send beyond its plan, at the most; raises ``UsageError``.

    Generated ones and those that shrink what failed, comparisons that are made again until they settle, and every
    request once more where the server asks to wait, or as often as retries are asked for.
    """
    drawn = _plan(settings)
    more = drawn.repeats_at_most(settings.settle, settings.concurrency)
    if drawn.odd_headers:
        more += requests_at_most(settings.examples) + len(drawn.in_one)
    again = max(1, settings.retries)
    return again * len(drawn.probes(settings.concurrency)) + (1 + again) * more


def _plan(settings: Settings) -> Plan:
    contract = document.load()
    return Plan(contract, selected(contract.requirements, settings), _rules(settings))


def conduct(
    settings: Settings,
    progress: Tell | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    watch: Watch | None = None,
) -> Run:
    """One run, live or recorded, without any file written; raises ``UsageError``.

    ``watch`` is one that somebody else may end; unless given, the run has its own.
    """
    watch = watch or Watch(settings.deadline)
    work = _prepare(settings, progress, transport)
    try:
        with watch.watching(), room_for_depth():
            return work.conduct(watch)
    except CutShortError as problem:
        return work.unfinished(str(problem))


def execute(
    settings: Settings,
    progress: Tell | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    watch: Watch | None = None,
) -> Run:
    """One run with its files in ``settings.out``; raises ``UsageError`` before anything is sent or written.

    ``watch`` as in ``conduct``.
    """
    watch = watch or Watch(settings.deadline)
    work = _prepare(settings, progress, transport)
    work.keep = lambda pieces: folder.write(EVIDENCE, pieces)
    folder = Folder(settings.out, settings.named("out"))
    with folder.held():
        try:
            with watch.watching():
                folder.begin(work.unfinished(), keep=_judged_in_place(settings))
                with room_for_depth():
                    result = work.conduct(watch)
                watch.limit(0, least=work.reserve.reports)
                folder.publish(result)
        except KeyboardInterrupt:
            return _cut_short(work, folder, BY_CTRL_C)
        except (CutShortError, WriteFailed) as problem:
            return _cut_short(work, folder, str(problem))
        return result


def _rules(settings: Settings) -> Rules:
    return Rules(
        settings.no_auth, settings.without, settings.strict, settings.allow_unverified, settings.strict_waivers
    )


def _judged_in_place(settings: Settings) -> tuple[str, ...]:
    """The recording stays where it is itself what is judged, until the new one takes its place."""
    own = settings.out / EVIDENCE
    return (EVIDENCE,) if settings.har is not None and settings.har.resolve() == own.resolve() else ()


def _cut_short(work: _Work, folder: Folder, why: str) -> Run:
    """The files of a run that has no end; what was collected is among them where it was redacted in time."""
    with contextlib.suppress(WriteFailed, OSError):
        _mark(work, folder, why)
    exit_code = ExitCode.INTERRUPTED if why == BY_CTRL_C else ExitCode.INVALID
    result = replace(work.unfinished(why), exit_code=exit_code)
    with contextlib.suppress(WriteFailed):
        folder.publish(result)
    return result


def _mark(work: _Work, folder: Folder, why: str) -> None:
    """The evidence says that the run was cut short, whoever judges it again; none was kept where there was no time."""
    if work.settings.har is not None and (work.digest or _judged_in_place(work.settings)):
        # Judging was cut short, and not what was recorded.
        return
    digest = hashlib.sha256()
    if not work.digest:
        comment = "cut short before anything was redacted"
        provenance = Provenance(said_of(work.unfinished(why)), {})
        pieces = har.pieces((), version=_VERSION, comment=comment, cut_short=why, provenance=provenance)
        folder.write(EVIDENCE, _hashed(pieces, digest))
        work.digest = f"sha256:{digest.hexdigest()}"
        return
    with (folder.out / EVIDENCE).open("rb") as lines:
        folder.write(EVIDENCE, _hashed(har.marked(lines, why), digest))
    work.digest = f"sha256:{digest.hexdigest()}"


def _prepare(settings: Settings, progress: Tell | None, transport: httpx.AsyncBaseTransport | None) -> _Work:
    tell = progress or (lambda _text: None)
    contract = document.load()
    checks(contract)
    requirements = selected(contract.requirements, settings)
    reserve = Reserve(settings.deadline)
    if settings.har is not None:
        return _Work(settings, contract, requirements, Recorded(settings, tell), tell=tell, reserve=reserve)
    from customers_conformance.running.asking import live  # noqa: PLC0415 - recorded traffic needs no network

    drawn = Plan(contract, requirements, _rules(settings))
    source = live.Live(settings, contract, drawn, tell=tell, transport=transport, reserve=reserve)
    return _Work(settings, contract, requirements, source, tell=tell, reserve=reserve)


class _Work:
    """One run in the making: its evidence collected, redacted, judged, and made into a value."""

    def __init__(
        self,
        settings: Settings,
        contract: Contract,
        requirements: Sequence[Requirement],
        source: Recorded | Live,
        *,
        tell: Tell,
        reserve: Reserve,
    ) -> None:
        self.settings = settings
        self.contract = contract
        self.requirements = requirements
        self.source = source
        self.tell = tell
        self.rules = _rules(settings)
        self.reserve = reserve
        self.id = str(uuid.uuid4())
        self.started = _now()
        _hold(settings, self.started)
        #: Takes the pieces of the evidence's file, to write them; unless told they are only counted into the digest.
        self.keep: Callable[[Iterator[bytes]], object] = exhaust
        #: What the report says of that file; empty until all of it was taken.
        self.digest = ""

    def conduct(self, watch: Watch) -> Run:
        """Collect, redact, judge; where there is no time for all that came, its heads and beginnings alone.

        Raises ``OverdueError`` where there is not even that, and where what was recorded took too long.
        """
        watch.limit(self.reserve.last(0))
        collected = self.source.collect(watch)
        heads = collected.heads(by_deadline(self.settings.deadline))
        watch.limit(self.reserve.last(collected.longest))
        # What came as it came is let go of as it is redacted.
        came, collected = list(collected.exchanges), replace(collected, exchanges=())
        try:
            view = self._redacted(came, collected, self._header(collected))
            return self._judged(view, collected, watch)
        except OverdueError:
            if self.settings.har is not None or watch.is_ended:
                raise
        # Beyond the block, whose frames held what was too much.
        collected, view = heads, ()
        came.clear()
        watch.limit(self.reserve.reports, least=LEAST)
        self.tell("there is no time to judge all that came: judging the heads of the answers")
        view = self._redacted(list(collected.exchanges), collected, self._header(collected))
        return self._judged(view, collected, watch)

    def _header(self, collected: Collected) -> Run:
        """What is known of the run before it is judged."""
        unfinished = self.unfinished()
        return cleaned(
            replace(
                unfinished,
                evidence=replace(unfinished.evidence, left_out=collected.left_out),
                warnings=(*self.source.warnings, *collected.warnings),
                ledger=collected.ledger,
            )
        )

    def _redacted(self, came: list[Exchange], collected: Collected, header: Run) -> tuple[Exchange, ...]:
        """The view that is judged; the evidence is redacted as was asked for, and kept.

        What is judged is what is kept, so that whoever has the evidence can make the report again; unless all of it was
        to be kept, for a report shows no secret.
        """
        forms, mode = collected.credentials.forms(), self.settings.evidence
        forget = collected.bodies.forget if collected.bodies else None
        view = Redactor(forms, mode, forget).exchanges(list(came) if mode is Mode.FULL else taken(came), collected.cut)
        digest = hashlib.sha256()
        authenticated, cut_short = collected.authenticated, collected.cut_short
        provenance = Provenance(said_of(header), dict(collected.unsent), header.warnings, collected.own)
        pieces = har.pieces(
            view, version=_VERSION, authenticated=authenticated, cut_short=cut_short, provenance=provenance
        )
        self.keep(_hashed(pieces, digest))
        self.digest = f"sha256:{digest.hexdigest()}"
        if mode is Mode.FULL:
            del view
            view = Redactor(forms, Mode.REDACTED, forget).exchanges(taken(came), collected.cut)
        return view

    def _judged(self, view: Sequence[Exchange], collected: Collected, watch: Watch) -> Run:
        bodies = collected.bodies or Bodies(self.contract)
        bodies.keep({exchange.response.body.content for exchange in view if exchange.response is not None})
        evidence = Evidence(
            view,
            self.contract,
            probes=known_probes(self.contract),
            own=collected.own,
            authenticated=collected.authenticated,
            unsent=dict(collected.unsent),
            bodies=bodies,
        )
        self.tell("judging")
        begun = 0

        def begin(requirement: Requirement) -> None:
            nonlocal begun
            watch.check()
            begun += 1
            self.tell(HowFar(f"judging: {begun} of {len(self.requirements)} requirements, {requirement.id}"))

        header = self._header(collected)
        found = judged(header, evidence, self.requirements, self.rules, collected.cut_short, begin=begin)
        watch.check()
        return replace(found, finished=_now())

    def unfinished(self, why: str = "The run has not ended.") -> Run:
        """The run before it has an end: nothing is judged."""
        run = Run(
            id=self.id,
            started=self.started,
            finished=_now(),
            seed=self.source.seed,
            profiles=self.settings.profiles,
            complete=False,
            suite_version=_VERSION,
            contract_digest=self.contract.digest,
            requirements_digest=self.contract.requirements_digest,
            target_url=self.source.url,
            target_server=None,
            evidence=EvidenceFile(EVIDENCE, self.digest, self.settings.evidence),
            outcome=Outcome.INVALID,
            exit_code=ExitCode.INVALID,
            summary=why,
            judgements=proven(
                located(tuple(Judgement(requirement, Verdict.UNVERIFIED, why) for requirement in self.requirements))
            ),
            not_judged=tuple(r.id for r in self.contract.requirements if r.pending),
            undocumented=(),
            coverage={},
            warnings=(),
            ledger=None,
            exchanges=(),
            options=options(self.settings),
            partial=partial(self.settings),
            source=self.source.recorded,
            waivers=self.settings.waivers,
            baseline=self.settings.baseline,
        )
        return cleaned(run)


def _hold(settings: Settings, started: str) -> None:
    """Raises ``UsageError`` where a waiver does not hold any more."""
    if settings.waivers is not None:
        for number in expired(settings.waivers, started):
            one, name = settings.waivers.entries[number], settings.named("waivers")
            says = f"the waiver of {one.requirement} expired on {one.expires}"
            allowed = "allowed is a day from today on: look at it anew, or take it out"
            raise UsageError(f"{name}: {settings.waivers.named(number)}: {says}; {allowed}")


def _hashed(pieces: Iterator[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def exhaust(pieces: Iterator[bytes]) -> None:
    """Takes every piece of what would go into a file, and keeps none."""
    for _ in pieces:
        pass


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
