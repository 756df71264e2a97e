"""Where the evidence of a run comes from: a live server, or a recording."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.model import UsageError
from customers_conformance.running.asking.collecting import Collector
from customers_conformance.running.asking.generated import Generator
from customers_conformance.running.asking.outlook import danger
from customers_conformance.running.collected import Collected
from customers_conformance.running.deadline.ending import BY_CTRL_C, BY_SIGTERM, CutShortError, Watch, by_deadline
from customers_conformance.running.progress import Notice, Requests, Tell
from customers_conformance.sending.credentials import Credentials, unknown_token
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.pace import PATIENCE
from customers_conformance.sending.target import Target

if TYPE_CHECKING:
    import httpx

    from customers_conformance.contract.document import Contract
    from customers_conformance.model import Exchange
    from customers_conformance.running.deadline.reserve import Reserve
    from customers_conformance.running.plan import Plan
    from customers_conformance.running.settings import Settings
    from customers_conformance.sending.pace import Slowdown


_IN_THE_CLEAR = "The target was asked over plain http: the key crossed the network in the clear."
_ANSWERS_IN_THE_CLEAR = "The target was asked over plain http: what it answered crossed the network in the clear."


class Live:
    """A live server, asked over the network, or in process through a transport."""

    #: Nothing was recorded before.
    recorded = None

    def __init__(
        self,
        settings: Settings,
        contract: Contract,
        plan: Plan,
        *,
        tell: Tell,
        transport: httpx.AsyncBaseTransport | None,
        reserve: Reserve,
    ) -> None:
        """Prepares; nothing is sent. Raises ``UsageError`` for what cannot be asked."""
        if settings.url is None:
            raise UsageError("no URL was named; give the server's base, such as https://gateway.example")
        origin = parse_url(settings.url)
        self.url = origin.url
        self._in_the_clear = origin.scheme == "http" and not origin.is_loopback
        self._settings = settings
        self._plan = plan
        self._tell = tell
        self._reserve = reserve
        #: Seconds that were over when the first request left.
        self._before = 0.0
        self._danger: str | None = None
        self.seed = settings.seed if settings.seed is not None else random.SystemRandom().randrange(2**32)
        if settings.key is None and not settings.no_auth:
            raise UsageError("no key was given; give the server's, or say that it takes no credentials (--no-auth)")
        self._credentials = Credentials(
            key=None if settings.no_auth else settings.key,
            unknown=unknown_token(str(self.seed)),
            virtual_key=settings.virtual_key,
            session=settings.session,
            headers=settings.headers,
        )
        bundle = str(settings.ca_bundle) if settings.ca_bundle else None
        # Without the requirements on odd requests there is nothing to generate for.
        examples = settings.examples if plan.odd_headers else 0
        progress = Requests(tell, len(plan.probes(settings.concurrency)) + examples)
        self._target = Target(
            origin,
            self._credentials,
            settings.limits,
            transport=transport,
            ca_bundle=bundle,
            proxy=settings.proxy,
            tell=tell,
            arrived=progress.arrived,
            reserve=self._kept_for,
            retries=settings.retries,
        )
        self._generator = Generator(contract, plan.checks, plan.odd_headers, examples, self.seed)
        self._collector = Collector(
            self._target, plan, contract, settings, progress=progress, look_ahead=self._look_ahead
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader should mind about how the target was asked."""
        warnings = []
        if self._in_the_clear and self._target.ledger.requests:
            warnings.append(_ANSWERS_IN_THE_CLEAR if self._credentials.key is None else _IN_THE_CLEAR)
        if self._target.slowdown:
            warnings.append(_slowed_down(self._target.slowdown))
        if self._danger:
            warnings.append(self._danger)
        return tuple(warnings)

    def _kept_for(self, kept: int, arriving: int) -> float:
        """The seconds that judging takes: the first body may take what others would leave for it to be judged whole."""
        seconds = self._reserve.whole(kept + arriving) if kept else self._reserve.last(arriving)
        return self._before + seconds

    def _look_ahead(self, plain: Exchange) -> None:
        """Says so where the deadline is in danger."""
        self._danger = danger(self._plan, self._settings, plain, self._reserve, self._target.deadline_left())
        if self._danger:
            self._tell(Notice(self._danger))

    def collect(self, watch: Watch) -> Collected:
        """Sends the plan; what interrupts it leaves what came until then."""
        self._before = self._settings.deadline - watch.left
        watch.limit(self._reserve.last(0))
        try:
            cut_short = asyncio.run(self._collect(watch))
        except KeyboardInterrupt:
            cut_short = BY_CTRL_C
        except CutShortError as problem:
            cut_short = str(problem)
        if cut_short in {BY_CTRL_C, BY_SIGTERM}:
            watch.hurry()
            self._reserve.within(watch.left)
        collector = self._collector
        found = collector.hand_over()
        said: dict[bytes, bytes] = {}
        return Collected(
            tuple(_without_placeholders(exchange, said) for exchange in found),
            self._credentials,
            authenticated=self._credentials.key is not None,
            unsent=tuple(collector.unsent.items()),
            ledger=self._target.ledger,
            cut=frozenset(one.index for one in found if one.response is not None and one.response.body.cut),
            cut_short=cut_short,
            bodies=collector.bodies,
        )

    async def _collect(self, watch: Watch) -> str | None:
        """What cut it short, as a sentence; ``None`` where nothing did."""
        with watch.sending() as sending:
            async with self._target:
                await self._collector.collect(self._generator)
                if self._collector.cut_short:
                    return by_deadline(self._settings.deadline)
        return sending.cut


def _slowed_down(slowdown: Slowdown) -> str:
    """How the run slowed down, and what to do."""
    text = (
        f"The target asked to be asked less often ({slowdown.status}): from then on the run sent one request at a time,"
        f" and waited {slowdown.waited:.1f} s in all. --rate asks it less often from the beginning."
    )
    vain = f" After {PATIENCE:g} s without any other answer the run waited no more."
    return text + vain if slowdown.in_vain else text


# A placeholder in the evidence says that the suite put a credential there. What the target wrote itself must not read
# so, for it could pass any text for an echoed key.


def _other_words(text: str) -> str:
    """A text of the target, with nothing in it that begins like a placeholder."""
    for own in placeholders.BEGINNINGS:
        text = text.replace(own, f"({own[1:]}")
    return text


def _other_bytes(content: bytes) -> bytes:
    """A body, likewise, in UTF-8 or UTF-16: another bracket stands in the place of theirs."""
    for codec in ("utf-8", "utf-16-le", "utf-16-be") if b"\0" in content else ("utf-8",):
        for own in placeholders.BEGINNINGS:
            content = content.replace(own.encode(codec), f"\u2039{own[1:]}".encode(codec))
    return content


def _without_placeholders(exchange: Exchange, said: dict[bytes, bytes]) -> Exchange:
    """The exchange without placeholders of the target's own; ``said`` keeps what became of each distinct body."""
    response = exchange.response
    if response is None:
        return exchange
    content = said.get(response.body.content)
    if content is None:
        content = said[response.body.content] = _other_bytes(response.body.content)
    return replace(
        exchange,
        response=replace(
            response,
            reason=_other_words(response.reason),
            headers=tuple((_other_words(name), _other_words(value)) for name, value in response.headers),
            body=response.body if content == response.body.content else replace(response.body, content=content),
        ),
    )
