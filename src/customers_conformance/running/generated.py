"""Property tests: Schemathesis generates requests from the document, our own target sends them.

Values of ``from_memory``, valid and invalid, and unknown parameters come from the document; header variations from the
probes with an odd header. An example that breaks something is shrunk with a bounded number
of requests; whatever was sent is evidence like any other.
"""

from __future__ import annotations

import asyncio
import copy
import json
import tempfile
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from customers_conformance.evidence.evidence import Evidence
from customers_conformance.model import ENDPOINT, Finding, Probe, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Future

    from customers_conformance.contract.document import Contract
    from customers_conformance.judging.registry import Check
    from customers_conformance.model import Exchange
    from customers_conformance.running.collecting import Collector

#: Requests that shrinking one failing example may take.
SHRINKING = 40

Pairs = tuple[tuple[str, str], ...]
Asked = tuple[Pairs, Pairs]


def requests_at_most(examples: int) -> int:
    """How many requests so many examples may take, those included that shrink what failed."""
    return sum(share + SHRINKING for share in _shares(examples) if share)


def _shares(examples: int) -> tuple[int, int]:
    """How many examples are valid by the document, and how many are not."""
    return examples // 2, examples - examples // 2


class Generator:
    """Generates requests for one run; ``seed`` makes them the same again, and equal ones are sent once."""

    def __init__(
        self, contract: Contract, checks: Iterable[Check], headers: Iterable[Pairs], examples: int, seed: int
    ) -> None:
        """Prepares; nothing is generated yet."""
        self._contract = contract
        self._checks = [check for check in checks if not check.settles]
        self._headers = [(), *headers]
        self._examples = examples
        self._seed = seed

    async def run(self, collector: Collector) -> None:
        """Generates and sends, in a thread of its own so that the sending loop stays free."""
        if self._examples <= 0:
            return
        bridge = _Bridge(collector, asyncio.get_running_loop())
        try:
            await asyncio.to_thread(self._generate, collector, bridge)
        finally:
            bridge.close()

    def _generate(self, collector: Collector, bridge: _Bridge) -> None:
        import hypothesis  # noqa: PLC0415 - half a second, which a run without generated requests need not wait for
        import schemathesis  # noqa: PLC0415
        from hypothesis.configuration import set_hypothesis_home_dir  # noqa: PLC0415
        from schemathesis import GenerationMode  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="customers-conformance-") as home:
            # Hypothesis would leave its folder where the user stands.
            set_hypothesis_home_dir(home)
            operation = schemathesis.openapi.from_dict(_without_security(self._contract.document))[ENDPOINT]["GET"]
            # A bad value and an odd header are for two requirements to judge: no request has both.
            modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
            for mode, share in zip(modes, _shares(self._examples), strict=True):
                headers = self._headers if mode is GenerationMode.POSITIVE else self._headers[:1]
                sending = _Sending(self._judged(collector), bridge, share)
                strategy = hypothesis.strategies.tuples(
                    operation.as_strategy(generation_mode=mode), hypothesis.strategies.sampled_from(headers)
                )
                _explore(hypothesis, strategy, sending, self._seed, share)

    def _judged(self, collector: Collector) -> Callable[[Exchange], frozenset[str]]:
        known = self._broken(collector.evidence)

        def breaks(exchange: Exchange) -> frozenset[str]:
            return self._broken(Evidence([exchange], self._contract, bodies=collector.bodies)) - known

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
    """Lets Hypothesis, which runs in a thread and waits, send through the event loop, until it is closed."""

    def __init__(self, collector: Collector, loop: asyncio.AbstractEventLoop) -> None:
        self._collector = collector
        self._loop = loop
        self._over = False
        self._waiting: Future[Exchange | None] | None = None

    @property
    def sent(self) -> int:
        """How many exchanges there are so far."""
        return self._collector.received

    def send(self, probe: Probe) -> Exchange | None:
        """One probe, sent; raises ``_OverError`` once the run has ended."""
        if self._over:
            raise _OverError
        self._waiting = asyncio.run_coroutine_threadsafe(self._collector.send(probe), self._loop)
        if self._over:
            self._waiting.cancel()
        try:
            return self._waiting.result()
        except CancelledError:
            raise _OverError from None

    def close(self) -> None:
        """Nothing is sent from here on, and nothing waited for."""
        self._over = True
        if self._waiting is not None:
            self._waiting.cancel()


class _Sending:
    """Sends what is generated, once each, and says what an answer breaks; so many requests at the most."""

    def __init__(self, breaks: Callable[[Exchange], frozenset[str]], bridge: _Bridge, share: int) -> None:
        self._breaks = breaks
        self._bridge = bridge
        self._left = share
        self._shrinking: int | None = None
        self._known: dict[Asked, frozenset[str]] = {}

    def broken_by(self, asked: Asked) -> frozenset[str]:
        """The requirements that the answer breaks; none where the budget for requests is used up."""
        if asked not in self._known:
            if self._shrinking == 0 or (self._shrinking is None and self._left == 0):
                return frozenset()
            if self._shrinking is None:
                self._left -= 1
            else:
                self._shrinking -= 1
            self._known[asked] = self._send(asked)
            if self._known[asked] and self._shrinking is None:
                self._shrinking = SHRINKING
        return self._known[asked]

    def _send(self, asked: Asked) -> frozenset[str]:
        query, headers = asked
        role = Role.GENERATED_ODD if headers else Role.GENERATED
        name = f"{role}-{self._bridge.sent}"
        probe = Probe(name, query=query, headers=headers, role=role, says="generated from the document")
        exchange = self._bridge.send(probe)
        return self._breaks(exchange) if exchange is not None else frozenset()


class _BrokenError(Exception):
    """An example that breaks something, told to Hypothesis so that it shrinks it."""


def _explore(hypothesis: Any, strategy: Any, sending: _Sending, seed: int, share: int) -> None:
    phases = [hypothesis.Phase.generate, hypothesis.Phase.shrink]
    settings = hypothesis.settings(
        max_examples=max(1, share),
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )

    def holds(generated: Any) -> None:
        case, headers = generated
        if sending.broken_by((pairs(case.query or {}), headers)):
            raise _BrokenError

    if share > 0:
        try:
            hypothesis.seed(seed)(settings(hypothesis.given(strategy)(holds)))()
        except (_BrokenError, _OverError, hypothesis.errors.Flaky, hypothesis.errors.Unsatisfiable):
            # What was found stands in the evidence; with the budget used up, Hypothesis sees its example pass.
            return


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
