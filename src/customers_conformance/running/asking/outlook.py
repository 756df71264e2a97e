"""Whether a run will come to its end before its deadline: an estimate, made once the plain request is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.model import ACCEPTED_CREDENTIALS
from customers_conformance.running.asking import long_lists
from customers_conformance.running.progress import amount

if TYPE_CHECKING:
    from customers_conformance.model import Exchange, Probe
    from customers_conformance.running.deadline.reserve import Reserve
    from customers_conformance.running.plan import Plan
    from customers_conformance.running.settings import Settings

#: To so many seconds a deadline that is proposed is rounded up, and by how much it is longer than the estimate.
_ROUND, _LONGER = 30, 1.5


def danger(plan: Plan, settings: Settings, plain: Exchange, reserve: Reserve, left: float) -> str | None:
    """That the deadline will cut the run short, and what to do, as sentences; ``None`` where it does not look so.

    ``left`` is how many seconds requests may take yet, where no other body comes.
    """
    body = plain.response.body if plain.response else None
    size = len(body.content) if body else 0
    asking = _asking(plan, settings, plain)
    if asking <= left:
        return None
    judging = reserve.whole(size)
    needed = settings.deadline - left + asking
    proposed = -(-needed * _LONGER // _ROUND) * _ROUND
    faster = ", or more often (--rate)" if settings.rate else ""
    return (
        f"The deadline of {settings.deadline:g} s will probably cut the run short: the plain answer of {amount(size)}"
        f" took {plain.duration:.1f} s, so that asking may take {asking:.0f} s more, and judging {judging:.0f} s."
        f" Give it longer (--deadline {proposed:.0f}), or ask less (--only, --profile, --examples 0){faster}."
    )


def _asking(plan: Plan, settings: Settings, plain: Exchange) -> float:
    """Seconds that the planned requests take which the plain one is the measure of, and those that are generated."""
    long = long_lists.of(plain, plain.duration)
    at_once = settings.concurrency if long is None else 1
    alone = plan.reads - 1 + plan.rereads + 2 * bool(plan.compared) + _lists(plan.in_turn) + _lists(plan.dependent)
    independent = _lists(plan.independent)
    examples = settings.examples if plan.odd_headers else 0
    crowd = len(plan.together) * settings.concurrency
    if long:
        independent += len(plan.in_one) - sum(len(one.stands_for) for one in plan.in_one)
        examples = min(examples, long_lists.EXAMPLES)
        crowd = len(plan.together) * long.crowd(settings.limits, settings.max_body)
    taken = plain.duration * (alone + examples + (independent + crowd) / at_once)
    return max(taken, (len(plan.probes(settings.concurrency)) + examples) / settings.rate) if settings.rate else taken


def _lists(probes: list[Probe]) -> int:
    """How many of some probes are answered with the list, as far as the contract tells."""
    return sum(probe.method == "GET" and probe.credential in ACCEPTED_CREDENTIALS for probe in probes)
