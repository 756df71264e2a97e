"""The plan: the probes that the selected requirements read, told apart by when they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.judging.registry import checks, closure
from customers_conformance.model import PLAIN, Probe, Role
from customers_conformance.sending.credentials import SENT_WITHOUT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from customers_conformance.contract.document import Contract
    from customers_conformance.judging.judge import Rules
    from customers_conformance.judging.registry import Check
    from customers_conformance.model import Requirement

#: Seconds between two rounds of comparisons: the first, doubled from round to round, and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0


class Plan:
    """The probes that the selected requirements read, told apart by when they are sent."""

    def __init__(self, contract: Contract, selected: Sequence[Requirement], rules: Rules) -> None:
        """Draws the plan; nothing is sent."""
        bound = checks(contract)
        self.checks = [
            bound[requirement.id] for requirement in closure(contract, selected) if rules.concern(requirement)
        ]
        wanted = _distinct(probe for check in self.checks for probe in (*check.reads, *check.sends))
        if rules.no_auth:
            wanted = [probe for probe in wanted if probe.credential in SENT_WITHOUT_KEY]
        self.settling = [check for check in self.checks if check.settles]
        self.compared = [
            probe
            for probe in _distinct(
                probe for check in self.settling for probe in (*check.reads, *check.sends) if probe != PLAIN
            )
            if probe in wanted
        ]
        self.together = [probe for probe in self.compared if probe.role is Role.TOGETHER]
        self.in_turn = [probe for probe in self.compared if probe.role is not Role.TOGETHER]
        #: How many plain requests are sent first, one after another.
        self.reads = plain_reads(self.settling)
        #: How many are sent last: what changes by itself, and slowly, shows in it.
        self.rereads = 1 if self.reads > 1 else 0
        #: Probes that ask what several others ask, for where the list is long.
        self.in_one = [probe for probe in wanted if probe.stands_for]
        others = [
            probe for probe in wanted if probe not in self.compared and probe != PLAIN and probe not in self.in_one
        ]
        self.dependent = [probe for probe in others if probe.depends_on]
        self.independent = [probe for probe in others if not probe.depends_on]

    def probes(self, concurrency: int) -> list[Probe]:
        """Every request that is known before anything is sent, in order; rounds that are asked again are not."""
        planned = [PLAIN] * self.reads + self.independent
        if self.compared:
            planned += [PLAIN, *self.in_turn, *self.together * concurrency, PLAIN]
        return planned + self.dependent + [PLAIN] * self.rereads

    @property
    def odd_headers(self) -> list[tuple[tuple[str, str], ...]]:
        """The headers that generated requests may vary."""
        return [probe.headers for probe in self.independent if probe.role is Role.ODD_HEADER]

    def repeats_at_most(self, settle: float, concurrency: int) -> int:
        """How many requests the comparisons may take once more, until they settle or ``settle`` seconds are over."""
        again = self.reads if self.reads > 1 else 0
        if self.compared:
            again += 2 + len(self.in_turn) + len(self.together) * concurrency
        return again * sum(1 for _ in pauses(settle))


def pauses(settle: float) -> Iterator[float]:
    """The seconds to wait before each further round of comparisons; together less than ``settle``."""
    pause, waited = FIRST_PAUSE, 0.0
    while waited + pause < settle:
        yield pause
        waited += pause
        pause = min(2 * pause, LONGEST_PAUSE)


def plain_reads(checks: Iterable[Check]) -> int:
    """How many plain requests some checks follow, one after another: one at least."""
    return max((check.plain_reads for check in checks), default=1)


def _distinct(probes: Iterable[Probe]) -> list[Probe]:
    return list({probe.name: probe for probe in probes}.values())
