"""The target: the only module that sends.

Safe methods only, bounds on time, size and rate, no redirect followed, no cookie kept, no proxy or password of the
environment used, a ledger of what left. Answers become exchanges; whatever the other end does, nothing is raised.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import httpcore
import httpx

from customers_conformance.model import DEFAULT_LIMITS, PLAIN, Body, Exchange, Framing, Ledger, Response
from customers_conformance.sending.failures import Failure, explain, is_passing
from customers_conformance.sending.origin import Origin, parse_proxy
from customers_conformance.sending.pace import Pace
from customers_conformance.sending.receiving.head import Head, complaint
from customers_conformance.sending.receiving.reception import OverlongBodies, Reception
from customers_conformance.sending.receiving.silence import SILENCE
from customers_conformance.sending.receiving.store import BodyStore
from customers_conformance.sending.receiving.tape import NoAnswerError, Tape
from customers_conformance.sending.request import Composer
from customers_conformance.sending.resolving import Addresses, look_up, resolve
from customers_conformance.sending.retries import Tried, counted, distance, longest_wait, may_pass
from customers_conformance.sending.transport import TapedTransport, check_method, read_surplus, untaped_head
from customers_conformance.sending.trust import ssl_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from types import TracebackType

    from customers_conformance.model import Limits, Probe
    from customers_conformance.sending.credentials import Credentials
    from customers_conformance.sending.pace import Slowdown, Turn

#: How long is read on after a body, in seconds, to see surplus bytes.
SURPLUS_WINDOW = 0.2


class Target:
    """A server that is asked; used as ``async with Target(…) as target``, from which on the run's deadline counts.

    ``transport`` replaces the network, for a server in process; ``ca_bundle``, ``proxy`` and ``retries`` are as the
    options of the same names; ``tell`` takes a sentence where the run slows down, ``arrived`` the bytes of each piece
    of a body. ``reserve`` says how many seconds before the deadline nothing may be under way any more, by how many
    bytes of bodies are kept (``BodyStore.work``) and are arriving. Raises ``UsageError`` for a file or URL there that
    cannot be used.
    """

    def __init__(
        self,
        origin: Origin,
        credentials: Credentials,
        limits: Limits = DEFAULT_LIMITS,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        ca_bundle: str | None = None,
        proxy: str | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        resolver: Callable[[str, int], list[str]] = look_up,
        tell: Callable[[str], None] = lambda _sentence: None,
        arrived: Callable[[int], None] = lambda _bytes: None,
        reserve: Callable[[int, int], float] = lambda _kept, _arriving: 0.0,
        retries: int = 0,
    ) -> None:
        """Prepare; nothing is sent yet."""
        self.origin = origin
        self._composer = Composer(origin, credentials)
        self.limits = limits
        self._sleep = sleep
        self._retries = retries
        self._resolver = resolver
        self._proxy = parse_proxy(proxy) if proxy else None
        #: Where connections go: to the proxy, where there is one.
        self._near = self._proxy.origin if self._proxy else origin
        self._addresses = Addresses()
        self._unresolved: str | None = None
        self._transport: httpx.AsyncBaseTransport
        if transport is None:
            tls = "https" in {origin.scheme, self._near.scheme}
            context = ssl_context(ca_bundle) if tls or ca_bundle else None
            self._transport = TapedTransport(self._addresses, context, self._proxy)
        else:
            self._transport = transport
        self._pace = Pace(limits, self.deadline_left, sleep, tell)
        self._store = BodyStore(self.limits.max_body)
        self._overlong = OverlongBodies()
        self._arrived = arrived
        self._reserve = reserve
        #: Those of the requests under way.
        self._clocks: set[asyncio.Timeout] = set()
        self._end = float("inf")
        self._cut_short = False
        self._plain_sent = False
        self._methods: Counter[str] = Counter()
        self._hosts: set[str] = set()
        self._bytes_received = 0

    async def __aenter__(self) -> Self:
        """Start the run's clock and look the name up, once, within the time of a request."""
        SILENCE.begin()
        try:
            await self._begin()
        except BaseException:
            SILENCE.end()
            raise
        return self

    async def _begin(self) -> None:
        self._end = asyncio.get_running_loop().time() + self.limits.deadline
        if not isinstance(self._transport, TapedTransport):
            return
        host = self._near.ascii_host
        seconds = min(self.limits.timeout, self.limits.deadline)
        try:
            self._addresses.add(await resolve(host, self._near.port, seconds, self._resolver))
        except TimeoutError:
            self._unresolved = f"the name {host} did not resolve within {seconds:g} s"
        except OSError:
            self._unresolved = f"the name {host} does not resolve"

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what the transport holds, and let go of the bodies."""
        self._store = BodyStore(self.limits.max_body)
        try:
            await self._transport.aclose()
        finally:
            SILENCE.end()

    @property
    def ledger(self) -> Ledger:
        """What has left so far, and what came back."""
        return Ledger(
            requests=self._methods.total(),
            methods=dict(sorted(self._methods.items())),
            hosts=tuple(sorted(self._hosts)),
            bytes_received=self._bytes_received,
        )

    def deadline_left(self) -> float:
        """Seconds that requests may take yet; 0 where their time is over, or ended one before its end."""
        return 0.0 if self._cut_short else max(0.0, self._last_moment() - asyncio.get_running_loop().time())

    @property
    def cut_short(self) -> bool:
        """Whether the deadline ended a request, or kept one from leaving."""
        return self._cut_short

    @property
    def overdue(self) -> str:
        """What an exchange says that the deadline ended, or kept from leaving."""
        return f"the run's deadline of {self.limits.deadline:g} s was reached"

    @property
    def room(self) -> int:
        """How many bytes of bodies may come that are like none that is held."""
        return self._store.budget - self._store.held

    def narrow(self, at_once: int) -> None:
        """Send so many requests at one time from here on, at the most; to be called while none is under way."""
        self._pace.narrow(at_once)

    def learn(self, virtual_key: str) -> None:
        """Take a virtual key that an answer listed, to be sent where the credentials have none.

        It is no credential that was given: exchanges show it as the list does, to be struck out with the list's.
        Raises ``UsageError`` for one that no header can carry.
        """
        self._composer.learn(virtual_key)

    def missing(self, probe: Probe) -> str | None:
        """What is missing to send a probe, as a phrase; ``None`` where nothing is."""
        return self._composer.missing(probe.credential)

    @property
    def slowdown(self) -> Slowdown | None:
        """How the run has slowed down so far; ``None`` where the target did not ask for it."""
        return self._pace.slowdown

    async def send(self, probe: Probe, index: int) -> Exchange:
        """Send a probe when it is its turn, and return what came of it.

        After a 429, or a 503 with ``Retry-After``, one request is sent at a time. What was asked for is waited, 60
        seconds at most and within the run's deadline, and the request sent once more; so it is, after a second, where
        the first plain request was answered 502, 503 or 504. The second answer counts, and the exchange's comment tells
        of the first. With retries any request is sent again, so often at the most, that was answered so, or not at all
        for want of a connection or of time. Raises ``UnsafeMethodError``.
        """
        (exchange,) = self._begun(probe, [index])
        if exchange.error:
            return exchange
        first = probe == PLAIN and not self._plain_sent
        self._plain_sent = self._plain_sent or first
        async with self._pace.turn() as turn:
            tries = [await self._attempt(turn, probe, exchange, first=first)]
            while (wait := tries[-1].wait) is not None:
                if tries[-1].apart:
                    await self._sleep(wait)
                tries.append(await self._attempt(turn, probe, exchange, len(tries), after=wait))
        return counted(tries, wanted=self._retries > 0)

    async def send_together(self, probe: Probe, indices: Sequence[int]) -> list[Exchange]:
        """Send a probe so many times at the same time, when there are turns, and return what came of each.

        Where one of them is to be sent once more, as in ``send``, all of them are: those that were refused, sent again
        by themselves, would not be at the same time. Raises ``UnsafeMethodError``.
        """
        exchanges = self._begun(probe, indices)
        if any(exchange.error for exchange in exchanges):
            return exchanges
        rounds = [await self._at_once(probe, exchanges)]
        while (wait := longest_wait(rounds)) is not None:
            if any(one.apart for one in rounds[-1]):
                await self._sleep(wait)
            # The others are told that they were sent again as well.
            rounds[-1] = [replace(one, wait=wait) for one in rounds[-1]]
            rounds.append(await self._at_once(probe, exchanges, len(rounds), after=wait))
        return [counted(tries, wanted=self._retries > 0) for tries in zip(*rounds, strict=True)]

    def _begun(self, probe: Probe, indices: Sequence[int]) -> list[Exchange]:
        """The exchanges without an answer yet; each says so where something is missing to send them."""
        check_method(probe.method)
        request = self._composer.shown(probe)
        exchanges = [Exchange(index, probe.name, request, None, role=probe.role) for index in indices]
        if missing := self.missing(probe):
            return [replace(one, error=f"not sent: it takes {missing}", started=time.time()) for one in exchanges]
        return exchanges

    async def _at_once(
        self, probe: Probe, exchanges: Sequence[Exchange], number: int = 0, after: float | None = None
    ) -> list[Tried]:
        """What came of each; if one is cancelled, so are all."""

        async def attempt(exchange: Exchange) -> Tried:
            async with self._pace.turn(len(exchanges)) as turn:
                return await self._attempt(turn, probe, exchange, number, after=after)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(attempt(exchange)) for exchange in exchanges]
        return [task.result() for task in tasks]

    async def _attempt(
        self,
        turn: Turn,
        probe: Probe,
        exchange: Exchange,
        number: int = 0,
        *,
        first: bool = False,
        after: float | None = None,
    ) -> Tried:
        """One request, as soon as the pace allows it, and whether it is sent once more; ``number`` counts from 0."""
        if not await turn.leave(after):
            return Tried(self._late(exchange))
        started, begun = time.time(), asyncio.get_running_loop().time()
        response, failure = await self._ask(probe, begun + self.limits.timeout)
        duration = asyncio.get_running_loop().time() - begun
        wait = turn.heed(response, first=first, again=number > 0)
        error = failure.says if failure else None
        found = replace(exchange, response=response, error=error, started=started, duration=duration)
        if wait is not None:
            return Tried(found, wait if number < max(1, self._retries) else None)
        apart = distance(number)
        again = number < self._retries and apart < self.deadline_left() and may_pass(response, failure)
        return Tried(found, apart, apart=True) if again else Tried(found)

    async def _ask(self, probe: Probe, until: float) -> tuple[Response | None, Failure | None]:
        """The answer, or why there is none."""
        if self._unresolved:
            return None, Failure(self._unresolved)
        live = self._transport
        tape = Tape(probe.method, live.layers(self.origin.scheme) if isinstance(live, TapedTransport) else 0)
        clock = asyncio.timeout_at(min(until, self._last_moment()))
        seconds = (clock.when() or until) - asyncio.get_running_loop().time()
        try:
            request = self._composer.wired(probe, {"tape": tape, "connect_timeout": max(seconds, 0.001)})
        except (ValueError, httpx.InvalidURL):
            return None, Failure("the request cannot be sent: it holds what HTTP does not allow")
        try:
            async with clock:
                self._clocks.add(clock)
                return await self._answer(request, tape, clock), None
        except TimeoutError as problem:
            if not clock.expired():
                return None, self._explain(problem, tape)
            # What waited for room in memory has its clock set later, never earlier.
            self._cut_short = self._cut_short or (clock.when() or until) < until
            return None, self._too_slow(tape)
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong at the other end is an answer that did not come
            return None, self._explain(problem, tape)
        finally:
            self._clocks.discard(clock)
            self._enter(probe.method, tape)

    async def _answer(self, request: httpx.Request, tape: Tape, clock: asyncio.Timeout) -> Response:
        try:
            answer = await self._transport.handle_async_request(request)
        except httpcore.RemoteProtocolError as problem:
            head = tape.head
            if head is None:
                raise
            refused = complaint(str(problem), head)
            return _response(head, Body(cut=_broken(refused)), Framing(refused))
        head = tape.head
        taped = head is not None
        if head is None:
            head = untaped_head(answer)
        try:
            with self._store.receive(lambda: self._standing(clock)) as holding:
                reception = Reception(holding, head.fields("content-encoding"), self.limits.max_body, self._overlong)
                error, whole = await self._receive(answer, reception, head)
                if taped and whole:
                    left = (clock.when() or 0) - asyncio.get_running_loop().time()
                    await read_surplus(answer, tape, min(SURPLUS_WINDOW, left / 2))
                body = await reception.finish(_broken(error) if error else None)
        finally:
            await answer.aclose()
        if not taped:
            self._bytes_received += body.length or 0
            return _response(head, body, None)
        return _response(head, body, Framing(error, tape.surplus if whole else 0))

    async def _receive(self, answer: httpx.Response, reception: Reception, head: Head) -> tuple[str | None, bool]:
        """Read the body; what breaks its framing, and whether it came to its end."""
        if not isinstance(answer.stream, httpx.AsyncByteStream):
            raise NoAnswerError("the transport gave no asynchronous answer")
        try:
            async for chunk in answer.stream:
                wanted = await reception.take(chunk)
                self._arrived(len(chunk))
                self._hasten()
                if not wanted:
                    return None, False
        except httpcore.RemoteProtocolError as problem:
            return complaint(str(problem), head), False
        return None, True

    @contextmanager
    def _standing(self, clock: asyncio.Timeout) -> Iterator[None]:
        """Stop a request's clock, but not the run's: it waits for room in memory, which is not the server's fault."""
        loop = asyncio.get_running_loop()
        left = (clock.when() or 0) - loop.time()
        clock.reschedule(self._last_moment())
        try:
            yield
        finally:
            if not clock.expired():
                clock.reschedule(min(loop.time() + left, self._last_moment()))

    def _last_moment(self) -> float:
        """When nothing may be under way any more, by the loop's clock."""
        return self._end - self._reserve(self._store.work, self._store.growing)

    def _hasten(self) -> None:
        """Have requests end in time for what is held by now."""
        last = self._last_moment()
        for clock in self._clocks:
            if not clock.expired() and (clock.when() or last) > last:
                clock.reschedule(last)

    def _enter(self, method: str, tape: Tape) -> None:
        """Enter an exchange into the ledger; in process nothing crosses a wire, so that every request counts."""
        if tape.sent or not isinstance(self._transport, TapedTransport):
            self._methods[method] += 1
        if tape.connected or not isinstance(self._transport, TapedTransport):
            self._hosts.add(_place(self._near))
        self._bytes_received += tape.received

    def _explain(self, problem: Exception, tape: Tape) -> Failure:
        received = tape.received > 0
        if not isinstance(self._transport, TapedTransport):
            says = f"the server in process failed ({type(problem).__name__})"
            return Failure(says, is_passing(problem, received=received))
        says = explain(problem, _place(self._near), connected=tape.connected, received=received)
        return Failure(says, is_passing(problem, received=received))

    def _too_slow(self, tape: Tape) -> Failure:
        if self._cut_short:
            return Failure(self.overdue)
        what = "no answer" if tape.head is None else "the answer did not end"
        return Failure(f"{what} within {self.limits.timeout:g} s", passing=True)

    def _late(self, exchange: Exchange) -> Exchange:
        self._cut_short = True
        return replace(exchange, error=self.overdue, started=time.time())


def _place(origin: Origin) -> str:
    host = f"[{origin.host}]" if ":" in origin.host else origin.ascii_host
    return f"{host}:{origin.port}"


def _broken(error: str) -> str:
    return f"the answer breaks HTTP: {error}"


def _response(head: Head, body: Body, framing: Framing | None) -> Response:
    return Response(head.status, head.reason, head.http_version, head.headers, body, framing)
