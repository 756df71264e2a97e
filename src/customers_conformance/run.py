"""A run: plan, collect, judge, and one frozen value of all that came of it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import importlib.metadata
import json
import random
import re
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from customers_conformance import contract as contracts
from customers_conformance import har
from customers_conformance.collecting import Collector, Plan, why_invalid
from customers_conformance.credentials import Credentials, unknown_token
from customers_conformance.evidence import Evidence
from customers_conformance.generated import Generator
from customers_conformance.judge import EXIT_CODES, Rules, checks, judge, outcome
from customers_conformance.model import (
    ENDPOINT,
    UNDOCUMENTED_KEPT,
    EvidenceFile,
    Exchange,
    Judgement,
    Level,
    Mode,
    Outcome,
    Run,
    Undocumented,
    UsageError,
    Verdict,
)
from customers_conformance.publish import EVIDENCE, Folder, WriteFailed
from customers_conformance.redaction import Redactor
from customers_conformance.settings import Settings, selected
from customers_conformance.target import Limits, Target, parse_url

if TYPE_CHECKING:
    import httpx

    from customers_conformance.contract import Contract
    from customers_conformance.model import Ledger, Probe, Requirement

Tell = Callable[[str], None]

#: The kill matrix, which ``matrix`` measures.
MATRIX = "matrix.json"

#: The exit code of a run that Ctrl-C ended.
INTERRUPTED = 130

_VERSION = importlib.metadata.version("customers-conformance")


@dataclass(frozen=True, slots=True)
class Collected:
    """What judging starts from: the exchanges, unredacted, and how they came about."""

    exchanges: tuple[Exchange, ...]
    credentials: Credentials
    own: bool = True
    authenticated: bool = True
    unsent: tuple[tuple[str, str], ...] = ()
    ledger: Ledger | None = None
    left_out: int | None = None
    warnings: tuple[str, ...] = ()
    #: Why the collection ended before its end, as a sentence.
    cut_short: str | None = None
    interrupted: bool = False


def plan(settings: Settings) -> list[Probe]:
    """The requests that a run would send; raises ``UsageError``."""
    contract = contracts.load()
    drawn = Plan(contract, selected(contract.requirements, settings), settings)
    return drawn.probes(settings.concurrency)


def conduct(
    settings: Settings, progress: Tell | None = None, *, transport: httpx.AsyncBaseTransport | None = None
) -> Run:
    """One run, live or recorded, without any file written; raises ``UsageError``."""
    return _prepare(settings, progress, transport).conduct()


def execute(
    settings: Settings, progress: Tell | None = None, *, transport: httpx.AsyncBaseTransport | None = None
) -> Run:
    """One run with its files in ``settings.out``; raises ``UsageError`` before anything is sent or written."""
    work = _prepare(settings, progress, transport)
    folder = Folder(settings.out)
    folder.prepare()
    try:
        folder.begin(work.unfinished(), keep=_judged_in_place(settings))
        result = work.conduct()
        mode_of_file = har.write(work.kept, version=_VERSION, authenticated=work.authenticated)
        folder.write(EVIDENCE, mode_of_file)
        folder.publish(result)
    except WriteFailed as problem:
        return _not_written(work, folder, str(problem))
    return result


def _judged_in_place(settings: Settings) -> tuple[str, ...]:
    """The recording stays where it is itself what is judged, until the new one takes its place."""
    own = settings.out / EVIDENCE
    return (EVIDENCE,) if settings.har is not None and settings.har.resolve() == own.resolve() else ()


def _not_written(work: _Work, folder: Folder, why: str) -> Run:
    result = work.unfinished(f"The run was cut short: {why}")
    with contextlib.suppress(WriteFailed):
        folder.publish(result)
    return result


def _prepare(settings: Settings, progress: Tell | None, transport: httpx.AsyncBaseTransport | None) -> _Work:
    tell = progress or (lambda _text: None)
    contract = contracts.load()
    checks(contract)
    requirements = selected(contract.requirements, settings)
    if settings.har is not None:
        return _Judging(settings, contract, requirements, tell)
    return _Asking(settings, contract, requirements, tell, transport)


class _Work:
    """What both ways to evidence have in common: judging it, and making the run of it."""

    def __init__(self, settings: Settings, contract: Contract, requirements: Sequence[Requirement], tell: Tell) -> None:
        self.settings = settings
        self.contract = contract
        self.requirements = requirements
        self.tell = tell
        self.rules = Rules(settings.no_auth, settings.without, settings.strict, settings.allow_unverified)
        self.id = str(uuid.uuid4())
        self.started = _now()
        self.seed: int | None = None
        #: The exchanges as the evidence file shows them.
        self.kept: tuple[Exchange, ...] = ()
        self.authenticated = True
        self.url = ""

    def collect(self) -> Collected:
        """The evidence; overridden by each way."""
        raise NotImplementedError

    def conduct(self) -> Run:
        """Collect, redact, judge."""
        collected = self.collect()
        self.authenticated = collected.authenticated
        forms = collected.credentials.forms()
        view = Redactor(forms, Mode.REDACTED).exchanges(collected.exchanges)
        mode = self.settings.evidence
        self.kept = view if mode is Mode.REDACTED else Redactor(forms, mode).exchanges(collected.exchanges)
        evidence = Evidence(
            view,
            self.contract,
            probes=known_probes(self.contract),
            own=collected.own,
            authenticated=collected.authenticated,
            unsent=dict(collected.unsent),
        )
        self.tell("judging")
        return self._run(evidence, collected)

    def _run(self, evidence: Evidence, collected: Collected) -> Run:
        why = collected.cut_short or why_invalid(evidence)
        if why:
            judgements = tuple(Judgement(requirement, Verdict.UNVERIFIED, why) for requirement in self.requirements)
        else:
            judgements = judge(evidence, self.requirements, self.rules)
        found, exit_code = outcome(judgements, invalid=bool(why), rules=self.rules)
        undocumented, coverage = _observed(evidence)
        recording = har.write(self.kept, version=_VERSION, authenticated=self.authenticated)
        plain = next((exchange.response for exchange in evidence.plain if exchange.response), None)
        return replace(
            self.unfinished(),
            finished=_now(),
            complete=collected.cut_short is None,
            target_url=self.url,
            target_server=plain.header("Server") if plain else None,
            evidence=EvidenceFile(EVIDENCE, _digest(recording), self.settings.evidence, collected.left_out),
            outcome=found,
            exit_code=INTERRUPTED if collected.interrupted else exit_code,
            summary=why or _sentence(found, judgements),
            judgements=_proven(judgements),
            undocumented=undocumented,
            coverage=coverage,
            warnings=(*self.warnings(), *collected.warnings, *_notes(evidence)),
            ledger=collected.ledger,
            exchanges=evidence.exchanges,
        )

    def warnings(self) -> tuple[str, ...]:
        """What the reader should know of how the run was made."""
        return ()

    def unfinished(self, why: str = "The run has not ended.") -> Run:
        """The run before it has an end: nothing is judged."""
        return Run(
            id=self.id,
            started=self.started,
            finished=_now(),
            seed=self.seed,
            profiles=self.settings.profiles,
            complete=False,
            suite_version=_VERSION,
            contract_digest=self.contract.digest,
            requirements_digest=self.contract.requirements_digest,
            target_url=self.url,
            target_server=None,
            evidence=EvidenceFile(EVIDENCE, "", self.settings.evidence),
            outcome=Outcome.INVALID,
            exit_code=EXIT_CODES[Outcome.INVALID],
            summary=why,
            judgements=tuple(Judgement(requirement, Verdict.UNVERIFIED, why) for requirement in self.requirements),
            not_judged=tuple(r.id for r in self.contract.requirements if not r.judged),
            undocumented=(),
            coverage={},
            warnings=(),
            ledger=None,
            exchanges=(),
        )


class _Judging(_Work):
    """Recorded traffic."""

    def __init__(self, settings: Settings, contract: Contract, requirements: Sequence[Requirement], tell: Tell) -> None:
        super().__init__(settings, contract, requirements, tell)
        path = settings.har
        if path is None:
            msg = "no recording was named; give the file of a HAR"
            raise UsageError(msg)
        try:
            data = path.read_bytes()
        except OSError as problem:
            msg = f"{path} cannot be read: {problem.strerror or problem}; give a HAR file that can"
            raise UsageError(msg) from None
        self._recording = har.read(data, settings.key_placeholder)
        if self._recording.exchanges:
            parts = urlsplit(self._recording.exchanges[0].request.url)
            self.url = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(ENDPOINT)}"

    def collect(self) -> Collected:
        recording = self._recording
        warnings = list(recording.warnings)
        if recording.left_out:
            warnings.append(f"{recording.left_out} entries of the recording are for other requests and were left out")
        return Collected(
            recording.exchanges,
            Credentials(key=None, unknown=""),
            own=recording.own and all(exchange.probe for exchange in recording.exchanges),
            authenticated=recording.authenticated or self.settings.no_auth,
            left_out=recording.left_out,
            warnings=tuple(warnings),
        )


class _Asking(_Work):
    """A live server."""

    def __init__(
        self,
        settings: Settings,
        contract: Contract,
        requirements: Sequence[Requirement],
        tell: Tell,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        super().__init__(settings, contract, requirements, tell)
        if settings.url is None:
            msg = "no URL was named; give the server's base, such as https://gateway.example"
            raise UsageError(msg)
        self.origin = parse_url(settings.url)
        self.url = self.origin.url
        self.seed = settings.seed if settings.seed is not None else random.SystemRandom().randrange(2**32)
        self._credentials = Credentials(
            key=None if settings.no_auth else settings.key,
            unknown=unknown_token(str(self.seed)),
            virtual_key=settings.virtual_key,
            session=settings.session,
            headers=settings.headers,
        )
        limits = Limits(settings.timeout, settings.deadline, settings.max_body, settings.rate, settings.concurrency)
        bundle = str(settings.ca_bundle) if settings.ca_bundle else None
        self._target = Target(
            self.origin, self._credentials, limits, transport=transport, ca_bundle=bundle, proxy=settings.proxy
        )
        drawn = Plan(contract, requirements, settings)
        odd = [probe.headers for probe in drawn.independent if probe.name.startswith("odd-header")]
        # Without the requirements on odd requests there is nothing to generate for.
        examples = settings.examples if odd else 0
        self._generator = Generator(contract, drawn.checks, odd, examples, self.seed)
        self._collector = Collector(self._target, drawn, contract, settings, tell)

    def warnings(self) -> tuple[str, ...]:
        if self.origin.scheme == "http" and not self.origin.is_loopback:
            return ("The target was asked over plain http: the key crossed the network in the clear.",)
        return ()

    def collect(self) -> Collected:
        cut_short: str | None = None
        interrupted = False
        try:
            cut_short = asyncio.run(self._collect())
        except KeyboardInterrupt:
            cut_short, interrupted = "The run was cut short by Ctrl-C.", True
        collector = self._collector
        found = [collector.exchanges[index] for index in sorted(collector.exchanges)]
        return Collected(
            tuple(
                _without_placeholders(_with_listed_key(exchange, self._credentials, self._target.credentials))
                for exchange in found
            ),
            self._credentials,
            unsent=tuple(collector.unsent.items()),
            ledger=self._target.ledger,
            cut_short=cut_short,
            interrupted=interrupted,
        )

    async def _collect(self) -> str | None:
        with _terminable() as terminated:
            try:
                async with self._target:
                    await self._collector.collect(self._generator.run)
                    if self._target.deadline_left() <= 0:
                        return f"The run was cut short by its deadline of {self.settings.deadline:g} s (--deadline)."
            except asyncio.CancelledError:
                if not terminated:
                    raise
                return "The run was cut short by SIGTERM."
        return None


@contextlib.contextmanager
def _terminable() -> Iterator[list[int]]:
    """Turns SIGTERM into the cancelling of the running task; the list that it yields is then not empty."""
    terminated: list[int] = []
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end() -> None:
        terminated.append(signal.SIGTERM)
        if task is not None:
            task.cancel()

    handled = threading.current_thread() is threading.main_thread()
    if handled:
        loop.add_signal_handler(signal.SIGTERM, end)
    try:
        yield terminated
    finally:
        if handled:
            loop.remove_signal_handler(signal.SIGTERM)


def _with_listed_key(exchange: Exchange, given: Credentials, used: Credentials) -> Exchange:
    """A virtual key that was found in the list is redacted as the list's, not as a credential that was given."""
    if given.virtual_key is not None or used.virtual_key is None:
        return exchange
    listed = used.virtual_key
    headers = tuple((name, value.replace("<virtual-key>", listed)) for name, value in exchange.request.headers)
    return replace(exchange, request=replace(exchange.request, headers=headers))


#: A placeholder that the target wrote itself, in the text of an error for one: it is no echo.
_OWN_WORDS = re.compile(r"<(?=(?:key|session|virtual-key|header)[:>])")
_OWN_BYTES = re.compile(_OWN_WORDS.pattern.encode())


def _without_placeholders(exchange: Exchange) -> Exchange:
    response = exchange.response
    if response is None:
        return exchange
    content = _OWN_BYTES.sub("\u2039".encode(), response.body.content)
    return replace(
        exchange,
        response=replace(
            response,
            reason=_OWN_WORDS.sub("(", response.reason),
            headers=tuple((name, _OWN_WORDS.sub("(", value)) for name, value in response.headers),
            body=response.body if content == response.body.content else replace(response.body, content=content),
        ),
    )


def known_probes(contract: Contract) -> list[Probe]:
    """Every probe of every check, by which recorded traffic is recognised."""
    from customers_conformance.model import PLAIN  # noqa: PLC0415 - a value, beside its use

    found = {PLAIN.name: PLAIN}
    for check in checks(contract).values():
        found.update((probe.name, probe) for probe in (*check.reads, *check.sends))
    return list(found.values())


def _observed(evidence: Evidence) -> tuple[tuple[Undocumented, ...], dict[str, int]]:
    counts: Counter[str] = Counter()
    places: dict[str, str] = {}
    coverage: Counter[str] = Counter()
    for _, listing in evidence.distinct():
        counts.update(listing.seen.undocumented)
        coverage.update(listing.seen.coverage)
        for label, place in listing.seen.first_places.items():
            places.setdefault(label, place)
    listed = tuple(Undocumented(label, place, counts[label]) for label, place in sorted(places.items()))
    return listed[:UNDOCUMENTED_KEPT], dict(sorted(coverage.items()))


def _notes(evidence: Evidence) -> tuple[str, ...]:
    notes = []
    if any(listing.reading.surrogates for _, listing in evidence.distinct()):
        notes.append("A lone surrogate in a string was read as U+FFFD.")
    return tuple(notes)


def _sentence(found: Outcome, judgements: Sequence[Judgement]) -> str:
    def count(verdict: Verdict, level: Level | None = None) -> int:
        return sum(j.verdict is verdict and level in (None, j.requirement.level) for j in judgements)

    total = len(judgements)
    warned = count(Verdict.WARN)
    if found is Outcome.NONCONFORMANT:
        failed = count(Verdict.FAIL)
        return f"The target breaks {failed or warned} of {total} requirements."
    if found is Outcome.INCOMPLETE:
        unseen = count(Verdict.UNVERIFIED, Level.MUST)
        return f"Nothing that binds is broken, but {unseen} of {total} requirements could not be judged."
    if found is Outcome.INVALID:
        return f"The suite itself failed on {count(Verdict.ERROR)} of {total} requirements; the target is not at fault."
    if found is Outcome.CONFORMANT_WITH_WAIVERS:
        return f"The target keeps the contract but for {count(Verdict.WAIVED)} accepted deviations."
    aside = f", with {warned} warnings" if warned else ""
    return f"The target keeps every requirement that was judged{aside}."


def _proven(judgements: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """With how many faulty servers prove each check, by the matrix that ships with the package."""
    proven = proofs()
    return tuple(replace(judgement, faults=proven.get(judgement.requirement.id)) for judgement in judgements)


@functools.cache
def proofs() -> dict[str, int]:
    """For each requirement, how many faults of the shipped matrix prove that the suite can fail it."""
    file = resources.files("customers_conformance") / MATRIX
    if not file.is_file():
        return {}
    rows = json.loads(file.read_text("utf-8"))["requirements"]
    return {identifier: len(row["caught"]) for identifier, row in rows.items()}


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
