"""CUST-QRY-001, QRY-004, MEM, ROB-002 and HTTP-001: answers compared with one another."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import KEPT, agreed, differences, rounds, shared_differences
from customers_conformance.checks.answers import elsewhere, status_line
from customers_conformance.checks.probes import TOGETHER, UNKNOWN_PARAMETER
from customers_conformance.contract.keywords import is_id, shown
from customers_conformance.evidence.evidence import OK
from customers_conformance.judging.registry import CONTROLS, VIEW, Observed, check, finding, shortened
from customers_conformance.model import DATABASE, MEMORY, PLAIN, Exchange, Finding, Further, Probe, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from customers_conformance.bodies.comparison import Difference, Key, Round
    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence

CHANGED = Unseen("the data changed while it was read: try again when the target is quiet (--settle)", passing=True)
_NO_BRACKET = Unseen("there is no plain request before and after it to compare with")
_READS = 6
#: Seconds between two reads beyond which a change is no longer in step with them.
_IN_STEP = 2.0


def _compared(
    evidence: Evidence,
    probe: Probe,
    compare: Callable[[Evidence, Round, Listing], Iterator[Observed]],
    *,
    lagging: bool,
) -> Iterator[Observed]:
    """Judges each round whose control reads agree; where a view may lag, the last such round alone decides."""
    found = rounds(evidence, probe)
    if not found and evidence.of(probe):
        yield _NO_BRACKET
    judged: list[list[Observed]] = []
    for round_ in found:
        control = agreed(evidence, round_)
        if control is None:
            judged.append([_no_control(evidence, round_)])
        elif control.customers:
            judged.append(list(compare(evidence, round_, control)))
        else:
            judged.append([])
    if lagging or not any(isinstance(item, Finding) for result in judged for item in result):
        settled = [index for index, result in enumerate(judged) if any(isinstance(item, Seen) for item in result)]
        last = settled[-1] if settled else len(judged) - 1
        broken = bool(settled) and any(isinstance(item, Finding) for item in judged[last])
        # A view that differed, and was then asked while the data changed, has not had its settling time.
        judged = judged[-1:] if lagging and broken else judged[last : last + 1]
    for result in judged:
        yield from result


def _no_control(evidence: Evidence, round_: Round) -> Unseen:
    listings = [evidence.listing(exchange) for exchange in (round_.before, round_.after)]
    if all(listing is not None and listing.is_listing for listing in listings):
        return CHANGED
    return _shows_no_list("the plain request", (round_.before, round_.after), "to compare with")


def _not_comparable(evidence: Evidence, exchange: Exchange) -> Unseen | None:
    listing = evidence.listing(exchange)
    if listing is not None and listing.is_listing:
        return None
    response = exchange.response
    if response is None:
        return None
    if response.status != OK:
        return Unseen(
            f"{exchange.probe or f'entry {exchange.index}'} was answered {status_line(response)}: nothing to compare"
        )
    return _shows_no_list(exchange.probe or f"entry {exchange.index}", [exchange], "to compare")


def _shows_no_list(name: str, exchanges: Iterable[Exchange], what_for: str) -> Unseen:
    cut = [exchange.response.body.cut for exchange in exchanges if exchange.response and exchange.response.body.cut]
    if cut:
        return Unseen(f"{name} cannot be compared: {cut[0]}")
    return Unseen(f"{name} does not show a list of customers {what_for}")


def _same_as_control(evidence: Evidence, round_: Round, control: Listing) -> Iterator[Observed]:
    for exchange in round_.asked:
        if exchange.response is None:
            continue
        hidden = _not_comparable(evidence, exchange)
        listing = evidence.listing(exchange)
        if hidden or listing is None:
            yield hidden or CHANGED
            continue
        yield Seen(len(control.customers), "customers")
        if listing is not control:
            found = differences(control, listing)
            yield from _differing(found.first, exchange, "the plain request shows")
            if found.total > len(found.first):
                yield Further(found.total - len(found.first))


def _differing(found: Iterable[Difference], exchange: Exchange, whose: str) -> Iterator[Observed]:
    yield from shortened(
        finding(f"{difference.left}, as {whose}", difference.right, exchange.index, difference.pointer)
        for difference in found
    )


@check("CUST-QRY-001", reads=[PLAIN, DATABASE], settles=CONTROLS)
def reads_the_database_unless_told(evidence: Evidence) -> Iterator[Observed]:
    """The plain request shows what ``from_memory=false`` shows."""
    yield from _compared(evidence, DATABASE, _same_as_control, lagging=False)


@check("CUST-QRY-004", reads=[UNKNOWN_PARAMETER, PLAIN], settles=CONTROLS)
def ignores_an_unknown_parameter(evidence: Evidence) -> Iterator[Observed]:
    """Same status, same customers."""

    def compare(evidence: Evidence, round_: Round, control: Listing) -> Iterator[Observed]:
        for exchange in round_.asked:
            response = exchange.response
            if response is None:
                continue
            if response.status != OK:
                yield elsewhere(exchange) or Seen(kind="exchanges")
                if not elsewhere(exchange):
                    yield finding("200, as without the parameter", status_line(response), exchange.index)
            else:
                yield from _same_as_control(evidence, round_, control)

    yield from _compared(evidence, UNKNOWN_PARAMETER, compare, lagging=False)


def _views(evidence: Evidence, round_: Round) -> list[tuple[Exchange, Listing, Listing]]:
    """The memory views of a round, each with the database view that was asked for beside it."""
    database = [
        exchange for exchange in evidence.of(DATABASE) if round_.before.index < exchange.index < round_.after.index
    ]
    views = [
        listing for exchange in database if (listing := evidence.listing(exchange)) is not None and listing.is_listing
    ]
    if not views:
        return []
    return [
        (exchange, views[-1], memory)
        for exchange in round_.asked
        if (memory := evidence.listing(exchange)) is not None and memory.is_listing
    ]


def _hidden_views(evidence: Evidence, round_: Round) -> Iterator[Observed]:
    for exchange in [*round_.asked, *evidence.of(DATABASE)]:
        hidden = _not_comparable(evidence, exchange)
        if hidden:
            # A target without a memory view may refuse to show one.
            yield replace(hidden, wanting=exchange in round_.asked)
    if not evidence.of(DATABASE):
        return
    if not any(round_.before.index < exchange.index < round_.after.index for exchange in evidence.of(DATABASE)):
        yield _NO_BRACKET


@check("CUST-MEM-001", reads=[MEMORY, DATABASE, PLAIN], settles=VIEW)
def lists_the_same_customers_from_memory(evidence: Evidence) -> Iterator[Observed]:
    """By id; a view may lag, so the last answer within the settling time decides."""

    def compare(evidence: Evidence, round_: Round, control: Listing) -> Iterator[Observed]:
        yield from _hidden_views(evidence, round_)
        for exchange, database, memory in _views(evidence, round_):
            yield Seen(len(control.customers), "customers")
            left, right = _ids(database), _ids(memory)
            yield from shortened(
                finding(
                    f"the customer {shown(identity)}, as in the database view", "absent", exchange.index, "/customers"
                )
                for identity in left
                if identity not in right
            )
            yield from shortened(
                finding(
                    "no customer that the database view does not show",
                    shown(identity),
                    exchange.index,
                    f"/customers/{place}",
                )
                for identity, place in right.items()
                if identity not in left
            )

    yield from _compared(evidence, MEMORY, compare, lagging=True)


def _ids(listing: Listing) -> dict[str | int, int]:
    """The ids of the customers, each with the place of the last one that has it."""
    items = listing.reading.value["customers"]
    return {item["id"]: index for index, item in enumerate(items) if isinstance(item, dict) and is_id(item.get("id"))}


@check("CUST-MEM-002", reads=[MEMORY, DATABASE, PLAIN], settles=VIEW)
def describes_customers_alike_in_both_views(evidence: Evidence) -> Iterator[Observed]:
    """Every plain property that both views show."""

    def compare(evidence: Evidence, round_: Round, control: Listing) -> Iterator[Observed]:
        yield from _hidden_views(evidence, round_)
        for exchange, database, memory in _views(evidence, round_):
            yield Seen(len(control.customers), "customers")
            yield from _differing(shared_differences(database, memory), exchange, "the database view shows")

    yield from _compared(evidence, MEMORY, compare, lagging=True)


@check("CUST-ROB-002", reads=[TOGETHER, PLAIN], settles=CONTROLS)
def answers_simultaneous_requests_alike(evidence: Evidence) -> Iterator[Observed]:
    """Each of the requests made at the same time shows what the control reads around them show."""
    yield from _compared(evidence, TOGETHER, _same_as_control, lagging=False)


Step = dict["Key", "Difference"]
Read = tuple["Exchange", "Listing"]


@check("CUST-HTTP-001", reads=[PLAIN], settles=CONTROLS, plain_reads=_READS)
def reading_changes_nothing(evidence: Evidence) -> Iterator[Observed]:
    """A property that changes in step with our reads: at each of five, or once after the first read and never again."""
    reads: list[Read] = [
        (exchange, listing)
        for exchange in evidence.plain
        if (listing := evidence.listing(exchange)) is not None and listing.is_listing
    ]
    if not any(listing.customers for _, listing in reads):
        return
    steps = [
        {difference.key: difference for difference in differences(one, other).first} if one is not other else {}
        for (_, one), (_, other) in pairwise(reads)
    ]
    in_step = [
        second.index == first.index + 1 and second.started - first.started <= _IN_STEP
        for (first, _), (second, _) in pairwise(reads)
    ]
    for exchange, difference, when in (*_at_each(reads, steps, in_step), *_at_the_first(reads, steps, in_step)):
        expected = f"{difference.left}, as in the read before"
        yield finding(expected, f"{difference.right}, changed {when}", exchange.index, difference.pointer)
    alike = _longest_quiet(steps)
    if alike >= min(_READS - 1, max(1, len(steps))):
        yield Seen(alike + 1, "reads")
    elif len(steps) >= _READS - 1:
        yield CHANGED
    else:
        yield Unseen(f"{_READS} plain requests are needed where they differ")


def _at_each(reads: list[Read], steps: list[Step], in_step: list[bool]) -> Iterator[tuple[Exchange, Difference, str]]:
    """What changed at each of five reads that followed one another."""
    told: set[Key] = set()
    for start in range(len(steps) - _READS + 2):
        window = steps[start : start + _READS - 1]
        if all(in_step[start : start + _READS - 1]):
            for key, difference in window[0].items():
                if key not in told and all(key in step for step in window):
                    told.add(key)
                    yield reads[start + 1][0], difference, "at each of five reads"


def _at_the_first(
    reads: list[Read], steps: list[Step], in_step: list[bool]
) -> Iterator[tuple[Exchange, Difference, str]]:
    """What changed between the first and the second read, and in no later ones as far apart."""
    # Where not every difference is held, what has changed again cannot be told.
    if len(steps) < _READS - 1 or not in_step[0] or any(len(step) >= KEPT for step in steps[1:]):
        return
    first, second, last = reads[0][0], reads[1][0], reads[-1][0]
    if last.started - second.started < second.started - first.started:
        return
    later = {key for step in steps[1:] for key in step}
    for key, difference in steps[0].items():
        if key not in later:
            yield second, difference, "once, after the first read"


def _longest_quiet(steps: list[Step]) -> int:
    longest = current = 0
    for step in steps:
        current = 0 if step else current + 1
        longest = max(longest, current)
    return longest
