"""Collecting: the plan of a run, and sending it in the order that the checks need."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Protocol

from customers_conformance.bodies.listeners import Listener, listens
from customers_conformance.bodies.parsing.bounds import Scale
from customers_conformance.bodies.store import Bodies
from customers_conformance.contract import secrets
from customers_conformance.evidence.evidence import OK, REDIRECTS, UNAUTHORIZED, Evidence
from customers_conformance.judging.registry import VIEW, Check
from customers_conformance.model import PLAIN, Exchange, Finding, Probe, Unseen, UsageError
from customers_conformance.running.asking import long_lists
from customers_conformance.running.plan import Plan, pauses, plain_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from customers_conformance.bodies.walk import Node
    from customers_conformance.contract.document import Contract
    from customers_conformance.model import Observed
    from customers_conformance.running.asking.long_lists import LongList
    from customers_conformance.running.progress import Requests
    from customers_conformance.running.settings import Settings
    from customers_conformance.sending.target import Target

#: Statuses of the plain request that make a run invalid, redirects aside.
_REFUSALS = frozenset({401, 403, 404, 405, 429, 502, 503, 504})

_WHY = {
    401: "the key was refused; give the management key of this server",
    403: "the key may not read the customers",
    404: "there is no such endpoint; give the server's base as the URL",
    405: "the endpoint takes no GET",
    429: "it asks to be asked less often (--rate)",
}


def why_invalid(evidence: Evidence) -> str | None:
    """Why the answer to the plain request makes the run invalid, as a sentence; ``None`` where it does not."""
    plain = evidence.plain
    if not plain:
        return "The recording holds no plain request with the key, so nothing can be judged."
    first = plain[0]
    response = first.response
    if response is None:
        return f"The plain request got no answer: {first.error or 'none was recorded'}."
    if response.status == UNAUTHORIZED and evidence.own and first.request.header("Authorization") is None:
        return "The plain request was answered 401 without credentials: drop --no-auth, and give the key."
    if response.status in _REFUSALS or response.status in REDIRECTS:
        why = _WHY.get(
            response.status,
            "a redirect is not followed" if response.status in REDIRECTS else "the server is not available",
        )
        return f"The plain request was answered {response.status}: {why}."
    return None


class Further(Protocol):
    """What sends more once all that is planned was sent; it prepares meanwhile."""

    def begin(self) -> None:
        """Begin to prepare."""

    async def run(self, collector: Collector) -> None:
        """Send."""


class Collector:
    """One collection: what came so far is kept, whatever interrupts it, until it is handed over."""

    def __init__(
        self,
        target: Target,
        plan: Plan,
        contract: Contract,
        settings: Settings,
        *,
        progress: Requests,
        look_ahead: Callable[[Exchange], None] = lambda _plain: None,
    ) -> None:
        """Prepares; nothing is sent. ``look_ahead`` is given the plain exchange where the run goes on after it."""
        self._target = target
        self._plan = plan
        self._contract = contract
        self._settings = settings
        self._progress = progress
        self._look_ahead = look_ahead
        self._next = 0
        self._scale = Scale()
        self._exchanges: dict[int, Exchange] = {}
        #: What was read out of the bodies so far, whoever asked.
        self.bodies = Bodies(contract)
        #: Why a probe was not sent, by its name.
        self.unsent: dict[str, str] = {}
        #: The list of the plain request, where it is long.
        self.long: LongList | None = None
        self._skipped = False

    @property
    def evidence(self) -> Evidence:
        """What was collected so far, in order."""
        return Evidence(self._in_order(), self._contract, unsent=self.unsent, bodies=self.bodies)

    @property
    def received(self) -> int:
        """How many exchanges there are so far."""
        return len(self._exchanges)

    def hand_over(self) -> list[Exchange]:
        """What was collected, in order; from here on nothing of it is kept."""
        found = self._in_order()
        self._exchanges.clear()
        return found

    def _in_order(self) -> list[Exchange]:
        return [self._exchanges[index] for index in sorted(self._exchanges)]

    @property
    def cut_short(self) -> bool:
        """Whether the deadline kept something of the plan from being asked."""
        return self._skipped or self._target.cut_short

    async def collect(self, further: Further) -> None:
        """Sends the plan; stops after the plain request where that makes the run invalid."""
        self._progress.step("asking the plain request")
        plain = await self.send(PLAIN)
        if plain is None or why_invalid(self.evidence):
            return
        self._look_ahead(plain)
        further.begin()
        await self._repeat(self._plan.reads - 1)
        self.long = long_lists.of(plain, min(exchange.duration for exchange in self._exchanges.values()))
        if self.long:
            self._target.narrow(self.long.at_once(self._settings.limits))
        await self._ask()
        await self._compare()
        await self._depend()
        if self._target.deadline_left() > 0:
            self._progress.step("sending generated requests")
            await further.run(self)
        else:
            self._skipped = True
        await self._repeat(self._plan.rereads)

    async def _ask(self) -> None:
        """Sends the probes that depend on nothing; those that one request can stand for, only where it does not."""
        probes = self._plan.independent
        if self.long:
            for one in self._plan.in_one:
                if long_lists.alike(await self.send(one), self._exchanges[0]):
                    probes = [probe for probe in probes if probe.name not in one.stands_for]
            self._progress.planned -= len(self._plan.independent) - len(probes)
        self._progress.step(f"sending {len(probes)} probes")
        await self._at_once(probes)

    async def send(self, probe: Probe) -> Exchange | None:
        """Sends one probe and keeps the exchange; ``None`` where its credentials cannot be had."""
        if why := self._target.missing(probe):
            self.unsent[probe.name] = why
            return None
        index, self._next = self._next, self._next + 1
        return self._keep(await self._target.send(probe, index))

    def _keep(self, exchange: Exchange) -> Exchange:
        """Keeps what came of a request; that the run's own deadline ended one says nothing of the target."""
        if exchange.error != self._target.overdue:
            self._exchanges[exchange.index] = exchange = self._scale.weighed(exchange)
            self._progress.made(exchange)
        return exchange

    async def _repeat(self, times: int) -> None:
        for _ in range(times):
            await self.send(PLAIN)

    async def _at_once(self, probes: Sequence[Probe]) -> None:
        async with asyncio.TaskGroup() as group:
            for probe in probes:
                group.create_task(self.send(probe))

    async def _together(self, probe: Probe) -> None:
        """Sends one probe as often at the same time as the user and the list allow, and keeps the exchanges."""
        if why := self._target.missing(probe):
            self.unsent[probe.name] = why
            return
        limits = self._settings.limits
        crowd = limits.concurrency
        if self.long:
            crowd = self.long.crowd(limits, self._target.room)
            self._target.narrow(crowd)
        indices = range(self._next, self._next + crowd)
        self._next = indices.stop
        for exchange in await self._target.send_together(probe, indices):
            self._keep(exchange)
        if self.long:
            self._target.narrow(self.long.at_once(limits))

    async def _compare(self) -> None:
        """Asks for what is compared, and again for what a check has not settled on, until that time is over."""
        await self._round(self._plan.in_turn, self._plan.together)
        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.settle
        for pause in pauses(self._settings.settle):
            # Looked at first: to judge what has not settled takes its time, too.
            if loop.time() + pause >= end or self._target.deadline_left() <= pause:
                break
            unsettled = self._unsettled()
            if not unsettled:
                break
            self._progress.step(f"asking again: {', '.join(check.requirement for check in unsettled)} not settled")
            await asyncio.sleep(pause)
            wanted = {probe.name for check in unsettled for probe in (*check.reads, *check.sends)}
            if (reads := plain_reads(unsettled)) > 1:
                await self._repeat(reads)
            await self._round(
                [probe for probe in self._plan.in_turn if probe.name in wanted],
                [probe for probe in self._plan.together if probe.name in wanted],
            )

    # What is compared stands between two plain requests: where those agree, nothing changed meanwhile.
    async def _round(self, in_turn: Sequence[Probe], together: Sequence[Probe]) -> None:
        if not in_turn and not together:
            return
        await self.send(PLAIN)
        for probe in in_turn:
            await self.send(probe)
        for probe in together:
            await self._together(probe)
        await self.send(PLAIN)

    def _unsettled(self) -> list[Check]:
        if self._agree():
            return []
        evidence = self.evidence
        return [check for check in self._plan.settling if _is_unsettled(check, evidence)]

    def _agree(self) -> bool:
        """Whether all that is compared was answered with the same bytes, so that no check has to look at them."""
        names = {PLAIN.name, *(probe.name for probe in self._plan.compared)}
        compared = [exchange.response for exchange in self._exchanges.values() if exchange.probe in names]
        first = compared[0]
        return first is not None and all(
            response is not None
            and response.status == OK
            and response.body.cut is None
            and response.body.content == first.body.content
            for response in compared
        )

    async def _depend(self) -> None:
        """Sends what depends on an earlier answer."""
        if not self._plan.dependent:
            return
        lacking = any(self._target.missing(probe) for probe in self._plan.dependent)
        if lacking and self._target.deadline_left() > 0 and (found := active_virtual_key(self.evidence)):
            # One that no header can carry is as good as none.
            with contextlib.suppress(UsageError):
                self._target.learn(found)
        for probe in self._plan.dependent:
            await self.send(probe)


def _is_unsettled(check: Check, evidence: Evidence) -> bool:
    try:
        observed = list(check.function(evidence))
    except Exception:  # noqa: BLE001 - the judge says so when its turn comes
        return False
    if any(isinstance(item, Unseen) and item.passing for item in observed):
        return True
    return check.settles == VIEW and any(isinstance(item, Finding) for item in observed)


def active_virtual_key(evidence: Evidence) -> str | None:
    """The value of an active virtual key of the list, where one is shown in the clear."""
    for exchange in evidence.plain:
        listing = evidence.listing(exchange) if exchange.response and exchange.response.status == OK else None
        if listing is None:
            continue
        if value := listing.kept(ActiveVirtualKey).value:
            return value
    return None


@listens
class ActiveVirtualKey(Listener):
    """The value of the first virtual key of a body that is active and shown in the clear."""

    schemas = ("VirtualKey",)

    def __init__(self) -> None:
        """None was seen yet."""
        self.value: str | None = None

    def see(self, node: Node) -> Iterable[Observed]:
        """Keeps the first."""
        value = node.value.get("value")
        if (
            self.value is None
            and node.value.get("is_active") is True
            and isinstance(value, str)
            and value.startswith("sk-bf-")
            and not secrets.is_masked(value)
        ):
            self.value = value
        return ()
