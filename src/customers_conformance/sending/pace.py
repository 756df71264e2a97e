"""The pace of a run: how many requests are sent at one time and how far apart, and slowing down where a target asks."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from customers_conformance.model import Limits, Response

#: The longest that is waited at one time because a server asks for it, in seconds.
LONGEST_WAIT = 60.0
#: Seconds between two requests once a server has answered 429 and named no time; doubled each time that it does so
#: again, up to the longest: at twice that, a run of the default deadline would not come to its end.
FIRST_SPACING, LONGEST_SPACING = 0.25, 2.0
#: After how many answers in a row that are no refusal the spacing is halved, down to the first: a target may refuse
#: some requests however far apart they are.
_ANSWERED = 8
#: For how many seconds in all is waited while every answer is a refusal; then nothing is waited for until one is none.
PATIENCE = 30.0
#: How many seconds are waited where the first plain request was refused, or a gateway failed, and no time was named.
FIRST_WAIT = 1.0
#: From how many seconds on a wait is told to whoever watches the run.
_TOLD = 5.0

_TOO_MANY = 429
_UNAVAILABLE = 503
#: What a gateway answers where it gets no answer itself.
GATEWAY = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Slowdown:
    """How a run slowed down: the status that first asked for it, and how many seconds it has waited in all for that."""

    status: int
    waited: float = 0.0
    #: Whether there came a time when it had waited so long in vain that it waited no more.
    in_vain: bool = False


class Pace:
    """Says when a request may leave: its turns, its rate, and one at a time once the target has asked to wait.

    ``left`` gives the seconds until the run's deadline; ``tell`` takes a sentence for whoever watches.
    """

    def __init__(
        self,
        limits: Limits,
        left: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        tell: Callable[[str], None],
    ) -> None:
        """Prepare; the run is not slowed down."""
        self._left = left
        self._sleep = sleep
        self._tell = tell
        self._turns = asyncio.Semaphore(limits.concurrency)
        # Own pacing: libraries for this fill buckets, which let bursts through; here requests are spaced evenly.
        self._rate_spacing = 1 / limits.rate if limits.rate else 0.0
        self._next_slot = 0.0
        self.slowdown: Slowdown | None = None
        self._alone = asyncio.Lock()
        self._spacing = 0.0
        #: Before when nothing leaves, because the target asked for it.
        self._resume = 0.0
        self._last_left = 0.0
        #: How often the target has asked for less: what left before the last time says nothing about it.
        self._asked = 0
        self._in_vain = 0.0
        self._answered = 0

    def narrow(self, at_once: int) -> None:
        """Give so many turns at one time from here on; to be called while none is taken."""
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self, together: int = 1) -> AsyncIterator[Turn]:
        """One of the turns of the run, for a request and its being sent again.

        ``together`` says how many leave at the same time on purpose, this one among them: they wait alike, and are
        never sent one at a time.
        """
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._left()):
                    await held.enter_async_context(self._turns)
            except TimeoutError:
                yield Turn(self, held, together, late=True)
                return
            yield Turn(self, held, together)

    async def wait(self, together: int, apart: float = 0.0) -> bool:
        """Until the rate and the target allow a request, ``apart`` seconds after the one before at the earliest.

        ``False`` where that is not before the deadline.
        """
        now = asyncio.get_running_loop().time()
        by_rate = max(0.0, self._next_slot - now)
        resume = max(self._resume, self._last_left + apart)
        asked = max(by_rate, resume - now) if self._in_vain < PATIENCE else by_rate
        if asked >= self._left():
            return False
        self._next_slot = now + asked + self._rate_spacing
        if asked > by_rate and self.slowdown:
            longer = (asked - by_rate) / together
            self._in_vain += longer
            self.slowdown = replace(self.slowdown, waited=self.slowdown.waited + longer)
            if asked >= _TOLD:
                self._tell(f"waiting {asked:.0f} s, as the target asks ({self.slowdown.status})")
        if asked > 0:
            await self._sleep(asked)
        return self._left() > 0

    async def go_alone(self, held: AsyncExitStack) -> None:
        """Wait until no other request of a run that slowed down is under way; be the only one until ``held`` ends."""
        await held.enter_async_context(self._alone)

    def note_leaving(self, together: int) -> int:
        """Take note that a request leaves now; gives how often the target has asked for less until then."""
        self._last_left = asyncio.get_running_loop().time()
        # So many requests at one time take as many places in what a target allows.
        self._resume = max(self._resume, self._last_left + self._spacing * together)
        return self._asked

    def heed(
        self, response: Response | None, asked: int, *, together: int = 1, first: bool = False, again: bool = False
    ) -> float | None:
        """Take note of an answer; after how many seconds the request may be sent again, ``None`` where it may not.

        A 429, or a 503 with ``Retry-After``, slows the run down from here on. ``asked`` is what ``note_leaving`` gave,
        ``first`` says that it is the first plain request, which decides whether there is a run; ``again`` that the
        request was sent once before.
        """
        if response is None:
            return None
        named = retry_after(response)
        if response.status == _TOO_MANY:
            # One that refuses and names 0 seconds has rounded down.
            named = named or None
        if response.status != _TOO_MANY and (response.status != _UNAVAILABLE or named is None):
            self._in_vain = 0.0
            self._answered += 1
            if self._answered % _ANSWERED == 0 and self._spacing > FIRST_SPACING:
                self._spacing /= 2
            return self._put_off(FIRST_WAIT) if first and response.status in GATEWAY else None
        self._answered = 0
        if self.slowdown is None:
            self.slowdown = Slowdown(response.status)
            asks = f"the target asks to be asked less often ({response.status})"
            self._tell(f"{asks}: one request at a time from here on")
        # Of several that had left before, one is enough; and a crowd is refused however far apart single ones are.
        if (named is None or again) and asked == self._asked and (together == 1 or not self._spacing):
            self._spacing = min(max(2 * self._spacing, FIRST_SPACING), LONGEST_SPACING)
            self._asked += 1
        if self._in_vain >= PATIENCE:
            self.slowdown = replace(self.slowdown, in_vain=True)
            return None
        shortest = named if named is not None else FIRST_WAIT if first else 0.0
        return self._put_off(min(max(shortest, self._spacing * together), LONGEST_WAIT))

    def _put_off(self, wait: float) -> float | None:
        """Nothing leaves for so many seconds, which are given back; ``None`` where the run would end before."""
        if wait >= self._left():
            return None
        self._resume = max(self._resume, asyncio.get_running_loop().time() + wait)
        return wait


class Turn:
    """A request's turn: it leaves, is answered, and leaves once more where the target asked to wait."""

    def __init__(self, pace: Pace, held: AsyncExitStack, together: int, *, late: bool = False) -> None:
        """``held`` ends with the turn; ``late`` says that there is no turn before the deadline."""
        self._pace = pace
        self._held = held
        self._together = together
        self._late = late
        self._alone = False
        self._asked = 0

    async def leave(self, after: float | None = None) -> bool:
        """Wait until the request may leave; ``False`` where that is not before the deadline.

        ``after`` is the seconds that ``heed`` gave, where it is sent again.
        """
        if self._late:
            return False
        pace = self._pace
        crowd = self._together > 1
        if (crowd or not pace.slowdown) and not await pace.wait(self._together):
            return False
        # Looked at again: others may have been refused while this one waited.
        if pace.slowdown and not crowd:
            if not self._alone:
                await pace.go_alone(self._held)
                self._alone = True
            # Nothing is sent a third time: what others that were refused as well took since is waited for.
            if not await pace.wait(1, min(after or 0.0, LONGEST_SPACING)):
                return False
        self._asked = pace.note_leaving(self._together)
        return True

    def heed(self, response: Response | None, *, first: bool = False, again: bool = False) -> float | None:
        """As the pace's."""
        return self._pace.heed(response, self._asked, together=self._together, first=first, again=again)


def retry_after(response: Response) -> float | None:
    """What ``Retry-After`` asks for (RFC 9110, 10.2.3), in seconds; ``None`` where it says nothing sound."""
    text = (response.header("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return min(float(text[:20]), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max(0.0, (when - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)
