"""Property tests: Schemathesis generates requests from the document, our own target sends them.

Values of ``from_memory``, valid and invalid, and unknown parameters come from the document; header variations from the
probes with an odd header. Where an answer breaks something, the request is shrunk with a bounded number of further
ones; whatever was sent is evidence like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from collections import deque
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from customers_conformance.evidence.evidence import Evidence
from customers_conformance.model import ENDPOINT, Finding, Probe, Role
from customers_conformance.running.asking import drawing, long_lists
from customers_conformance.running.asking.idle import idle
from customers_conformance.sending.aside import aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Future

    from customers_conformance.contract.document import Contract
    from customers_conformance.judging.registry import Check
    from customers_conformance.model import Exchange
    from customers_conformance.running.asking.collecting import Collector

#: Requests that shrinking one failing example may take.
SHRINKING = 40

#: Generated requests that may wait for their answers; the target sends no more of them at one time than it may.
_WAITING = 256

Pairs = tuple[tuple[str, str], ...]
Asked = tuple[Pairs, Pairs]


def requests_at_most(examples: int) -> int:
    """How many requests so many examples may take, those included that shrink what failed."""
    return sum(share + SHRINKING for share in _shares(examples) if share)


def _shares(examples: int) -> tuple[int, int]:
    """How many examples are valid by the document, and how many are not."""
    return examples // 2, examples - examples // 2


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one kind of request is drawn from: a strategy of Hypothesis, and how many examples."""

    strategy: Any
    share: int


class Generator:
    """Generates requests for one run; ``seed`` makes them the same again, and equal ones are sent once."""

    def __init__(
        self, contract: Contract, checks: Iterable[Check], headers: Iterable[Pairs], examples: int, seed: int
    ) -> None:
        """Prepares; nothing is loaded or generated yet."""
        self._contract = contract
        self._checks = [check for check in checks if not check.settles]
        self._headers = [(), *headers]
        self._examples = examples
        self._seed = seed
        self._loading: asyncio.Task[list[_Source]] | None = None
        self._needed = asyncio.Event()

    def begin(self) -> None:
        """Lets Schemathesis be loaded, which takes a while: in a thread, when the run waits for the target."""
        if self._examples > 0:
            self._loading = asyncio.create_task(self._load())

    async def _load(self) -> list[_Source]:
        await idle(self._needed)
        return await aside(self._sources, "loading")

    async def run(self, collector: Collector) -> None:
        """Generates and sends what ``begin`` loaded for, in a thread so that the sending loop stays free."""
        if self._loading is None:
            return
        self._needed.set()
        sources = await self._loading
        if collector.long:
            shares = _shares(min(self._examples, long_lists.EXAMPLES))
            sources = [replace(source, share=share) for source, share in zip(sources, shares, strict=True)]
        bridge = _Bridge(collector, asyncio.get_running_loop())
        try:
            await aside(lambda: self._generate(sources, collector, bridge), "generating")
        finally:
            bridge.close()

    # Nothing is drawn here: while it draws, Hypothesis lowers the limit to recursion, and others walk bodies meanwhile.
    def _sources(self) -> list[_Source]:
        import schemathesis  # noqa: PLC0415 - half a second, which a run without generated requests need not wait for
        from hypothesis import strategies  # noqa: PLC0415 - as above
        from schemathesis import GenerationMode  # noqa: PLC0415 - as above
        from schemathesis.config import (  # noqa: PLC0415 - as above
            GenerationConfig,
            ProjectConfig,
            ProjectsConfig,
            SchemathesisConfig,
        )

        # Told, so that no schemathesis.toml of the folder that the user stands in is obeyed. Without a codec the
        # characters are those of UTF-8 all the same, and Hypothesis does not try each of them, for a second.
        generation = GenerationConfig(codec=None)
        config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
        with drawing.apart():
            document = _without_security(self._contract.document)
            operation = schemathesis.openapi.from_dict(document, config=config)[ENDPOINT]["GET"]
            sources = []
            # A bad value and an odd header are for two requirements to judge: no request has both.
            modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
            for mode, share in zip(modes, _shares(self._examples), strict=True):
                headers = self._headers if mode is GenerationMode.POSITIVE else self._headers[:1]
                strategy = strategies.tuples(
                    operation.as_strategy(generation_mode=mode), strategies.sampled_from(headers)
                )
                strategy.validate()
                sources.append(_Source(strategy, share))
            # Reads the tables of Unicode, which drawing text waits for.
            strategies.characters(codec=None).validate()
        return sources

    def _generate(self, sources: Iterable[_Source], collector: Collector, bridge: _Bridge) -> None:
        with drawing.apart(), contextlib.suppress(_OverError):
            for source in sources:
                before = collector.evidence
                answers = self._answers(source, bridge)
                # What is answered as the plain request is breaks nothing that was not broken before.
                others = {
                    asked: one for asked, one in answers.items() if not long_lists.alike(one, before.exchanges[0])
                }
                breaks = self._breaks(before, others.values())
                if breaks is not None:
                    known = {asked: asked in others and breaks(answer) for asked, answer in answers.items()}
                    if any(known.values()):
                        left = long_lists.SHRINKING if collector.long else SHRINKING
                        _shrink(source, self._seed, bridge, known, breaks, left=left)

    def _answers(self, source: _Source, bridge: _Bridge) -> dict[Asked, Exchange | None]:
        sent: dict[Asked, Future[Exchange | None]] = {}

        def send(asked: Asked) -> None:
            bridge.check()
            if asked not in sent:
                sent[asked] = bridge.send(asked)

        _explore(source, self._seed, send, shrink=False)
        return {asked: bridge.answer(waited) for asked, waited in sent.items()}

    def _breaks(self, before: Evidence, answers: Iterable[Exchange | None]) -> Callable[[Exchange | None], bool] | None:
        """Whether an answer breaks what was not broken before; ``None`` where none of these does."""
        bodies = before.bodies
        given = [answer for answer in answers if answer is not None]
        together = self._broken(Evidence(given, self._contract, bodies=bodies))
        if not together:
            return None
        known = self._broken(before)
        if together <= known:
            return None

        def breaks(answer: Exchange | None) -> bool:
            return answer is not None and bool(self._broken(Evidence([answer], self._contract, bodies=bodies)) - known)

        return breaks

    def _broken(self, evidence: Evidence) -> frozenset[str]:
        broken = set()
        for check in self._checks:
            try:
                if any(isinstance(item, Finding) for item in check.function(evidence)):
                    broken.add(check.requirement)
            except Exception:  # noqa: BLE001, S112 - the judge says so when its turn comes
                continue
        return frozenset(broken)


class _OverError(BaseException):
    """The run has ended; told past Hypothesis, which would take an ``Exception`` for a failing example."""


class _Bridge:
    """Lets Hypothesis, which runs in a thread, send through the event loop, until it is closed."""

    def __init__(self, collector: Collector, loop: asyncio.AbstractEventLoop) -> None:
        self._collector = collector
        self._loop = loop
        self._over = False
        self._next = collector.received
        self._waiting: deque[Future[Exchange | None]] = deque()

    def check(self) -> None:
        """Raises ``_OverError`` once the run has ended."""
        if self._over:
            raise _OverError

    def send(self, asked: Asked) -> Future[Exchange | None]:
        """One request, sent while the next ones are drawn; raises ``_OverError`` once the run has ended."""
        self.check()
        query, headers = asked
        role = Role.GENERATED_ODD if headers else Role.GENERATED
        name = f"{role}-{self._next}"
        self._next += 1
        probe = Probe(name, query=query, headers=headers, role=role, says="generated from the document")
        if len(self._waiting) == _WAITING:
            self.answer(self._waiting.popleft())
        sending = self._collector.send(probe)
        try:
            waited = asyncio.run_coroutine_threadsafe(sending, self._loop)
        except RuntimeError:
            # The loop was closed at this very moment.
            sending.close()
            raise _OverError from None
        self._waiting.append(waited)
        if self._over:
            waited.cancel()
        return waited

    def answer(self, waited: Future[Exchange | None]) -> Exchange | None:
        """What came of a request, when it has come; raises ``_OverError`` once the run has ended."""
        try:
            return waited.result()
        except CancelledError:
            raise _OverError from None

    def close(self) -> None:
        """Nothing is sent from here on, and nothing waited for."""
        self._over = True
        for waited in self._waiting:
            waited.cancel()


class _BrokenError(Exception):
    """An example that breaks something, told to Hypothesis so that it shrinks it."""


def _shrink(
    source: _Source,
    seed: int,
    bridge: _Bridge,
    known: dict[Asked, bool],
    breaks: Callable[[Exchange | None], bool],
    *,
    left: int,
) -> None:
    """Looks for the simplest request that breaks something: by what is ``known``, and by so many further requests."""

    def hold(asked: Asked) -> None:
        nonlocal left
        bridge.check()
        if asked not in known and left:
            left -= 1
            known[asked] = breaks(bridge.answer(bridge.send(asked)))
        # With the budget used up, Hypothesis sees its example pass.
        if known.get(asked):
            raise _BrokenError

    _explore(source, seed, hold, shrink=True)


def _explore(source: _Source, seed: int, take: Callable[[Asked], None], *, shrink: bool) -> None:
    """Draws every example of a source, the same for the same seed; with ``shrink`` up to the first that breaks."""
    import hypothesis  # noqa: PLC0415 - loaded by now; a run without generated requests need not wait for it

    if source.share == 0:
        return
    settings = hypothesis.settings(
        max_examples=source.share,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if shrink else [])],
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )

    def taken(generated: Any) -> None:
        case, headers = generated
        take((pairs(case.query or {}), headers))

    # What was found stands in the evidence.
    with contextlib.suppress(_BrokenError, _OverError, hypothesis.errors.Flaky, hypothesis.errors.Unsatisfiable):
        given: Any = hypothesis.given(source.strategy)
        hypothesis.seed(seed)(settings(given(taken)))()


def pairs(query: Mapping[str, Any]) -> Pairs:
    """A generated query as decoded pairs: a list repeats its name, an object is written as JSON."""
    found: list[tuple[str, str]] = []
    for name, value in query.items():
        found.extend((str(name), _text(item)) for item in (value if isinstance(value, list) else [value]))
    return tuple(found)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _without_security(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without its security, so that credentials stay with the target."""
    copied = copy.deepcopy(dict(document))
    copied.pop("security", None)
    for path in copied["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return copied
