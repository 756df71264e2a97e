"""Why a requirement is judged otherwise in one run than in another, found by judging the evidence of both again."""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing.bounds import room_for_depth
from customers_conformance.contract import document
from customers_conformance.fingerprints import defect
from customers_conformance.judging.registry import checks
from customers_conformance.model import Unseen, Verdict
from customers_conformance.proving.comparison.side import agree, defects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Exchange, Finding, Judgement, Requirement
    from customers_conformance.proving.comparison.side import Side

#: How bad a verdict is for whoever waits for a run; what is no worse is not told as such.
SEVERITY = {
    Verdict.PASS: 0,
    Verdict.NOT_APPLICABLE: 0,
    Verdict.WAIVED: 1,
    Verdict.UNVERIFIED: 2,
    Verdict.WARN: 3,
    Verdict.ERROR: 4,
    Verdict.FAIL: 5,
}

#: Options under which the same evidence gives other verdicts.
_JUDGING = ("without", "no_auth")

#: How the judge says that nothing was there to judge: nothing that a server holds, and not an answer of another kind.
_WANTING = re.compile(r"needs (?!an? (?:error )?answer|a body)")
#: How it says that another requirement hides this one.
_AFTER = re.compile(r"comes after (CUST-[A-Z]+-[0-9]{3}), ")

#: Digits of a position in a list.
_LONGEST_NUMBER = 10

_CUSTOMER = re.compile(r"/customers/([^/]+)")

_OURS = importlib.metadata.version("customers-conformance")


class Cause(StrEnum):
    """What made the difference."""

    #: It answers otherwise.
    TARGET = "target"
    #: It holds other customers, or other things were selected or asked for.
    DATA = "data"
    SUITE = "suite"
    CONTRACT = "contract"
    #: In one run equal requests were answered so and otherwise.
    CHANCE = "chance"
    #: The evidence does not tell.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Why:
    """A cause, and what speaks for it as a sentence."""

    cause: Cause
    says: str


def is_worse(old: Judgement, new: Judgement) -> bool:
    """Whether the verdict is graver, or something is wrong in the same requirement that was not wrong before."""
    if old.verdict is not new.verdict:
        return SEVERITY[new.verdict] > SEVERITY[old.verdict]
    before, after = defects(old), defects(new)
    return before is not None and after is not None and bool(after - before)


class Causes:
    """Says of two runs why a requirement changed; every answer is asked for once."""

    def __init__(self, old: Side, new: Side) -> None:
        """Takes the runs; nothing is judged yet."""
        self._old, self._new = old, new
        self._under: dict[tuple[str, str], dict[str, Judgement]] = {}
        self._contract = document.load()

    def why(self, identifier: str) -> Why:
        """Why one requirement, which changed, did."""
        for ask in (
            self._presence,
            self._unread,
            self._suite,
            self._selection,
            self._consequence,
            self._chance,
            self._requests,
            self._customers,
        ):
            found = ask(identifier)
            if found is not None:
                return found
        return Why(Cause.TARGET, "the same requests are answered otherwise")

    def _pair(self, identifier: str) -> tuple[Judgement, Judgement]:
        return self._old.judgements[identifier], self._new.judgements[identifier]

    def _sides(self, identifier: str) -> tuple[Side, Side]:
        """The side that is worse off, and the other."""
        old, new = self._pair(identifier)
        worse = is_worse(old, new) or (old.verdict is new.verdict and not is_worse(new, old))
        return (self._new, self._old) if worse else (self._old, self._new)

    def _judged_again(self, side: Side, rules_of: Side) -> dict[str, Judgement]:
        asked = (side.name, rules_of.name)
        if asked not in self._under:
            self._under[asked] = side.under(rules_of)
        return self._under[asked]

    def _presence(self, identifier: str) -> Why | None:
        for without, having in ((self._old, self._new), (self._new, self._old)):
            if identifier in without.judgements:
                continue
            if _selects(without, having.judgements[identifier].requirement):
                return Why(Cause.SUITE, f"the suite that judged {without.name} does not know it")
            return Why(Cause.DATA, f"{without.name} did not select it")
        return None

    def _unread(self, identifier: str) -> Why | None:
        del identifier
        for side in (self._old, self._new):
            if not side.run.complete:
                return Why(Cause.UNKNOWN, f"{side.name} was cut short")
            if side.unread:
                return Why(Cause.UNKNOWN, side.unread)
        return None

    def _suite(self, identifier: str) -> Why | None:
        old, new = self._old, self._new
        if old.suite == new.suite:
            return None
        ours = (_OURS, self._contract.digest, self._contract.requirements_digest)
        cause = Cause.CONTRACT if old.run.contract_digest != new.run.contract_digest else Cause.SUITE
        for own, other in ((new, old), (old, new)):
            if own.suite != ours:
                continue
            again = self._judged_again(other, other).get(identifier)
            if again is not None and agree(again, own.judgements[identifier]):
                return Why(cause, f"by the {cause} of {own.name} the evidence of {other.name} gives the same")
            return None
        return Why(Cause.UNKNOWN, f"other suites judged the two, and neither is this one ({_OURS})")

    def _selection(self, identifier: str) -> Why | None:
        """What was said to be absent, and what was not asked for."""
        old, new = self._old, self._new
        for one, other in ((old, new), (new, old)):
            if one.judgements[identifier].verdict is Verdict.WAIVED is not other.judgements[identifier].verdict:
                return Why(Cause.DATA, f"a waiver of {one.name} accepts it, and none of {other.name} does")
        if any(old.run.options[name] != new.run.options[name] for name in _JUDGING):
            again = self._judged_again(old, new).get(identifier)
            if again is not None and agree(again, new.judgements[identifier]):
                return Why(Cause.DATA, "the target was said to have other things (--without, --no-auth)")
        check = checks(self._contract).get(identifier)
        wanted = {probe.name for probe in (*check.reads, *check.sends)} if check else set()
        for one, other in ((old, new), (new, old)):
            missing = sorted((wanted & one.probes) - other.probes)
            if missing and other.judgements[identifier].verdict is Verdict.UNVERIFIED:
                return Why(Cause.DATA, f"{other.name} does not hold the request {missing[0]}, which {one.name} does")
        return None

    def _consequence(self, identifier: str) -> Why | None:
        """What comes after a requirement that changed changed for the same reason."""
        for judgement in self._pair(identifier):
            found = _AFTER.match(judgement.reason or "")
            earlier = found[1] if found else ""
            if earlier in self._old.judgements and earlier in self._new.judgements:
                old, new = self._pair(earlier)
                if not agree(old, new):
                    why = self.why(earlier)
                    return Why(why.cause, f"it comes after {earlier}: {why.says}")
        return None

    def _chance(self, identifier: str) -> Why | None:
        for side in (self._new, self._old):
            if side.judgements[identifier].verdict is Verdict.UNVERIFIED and _moved(side, identifier):
                return Why(Cause.CHANCE, f"the data changed while {side.name} read it")
        worse, other = self._sides(identifier)
        judgement = worse.judgements[identifier]
        odd = {finding.exchange for finding in self._telling(worse, other, identifier) if finding.exchange is not None}
        if odd and odd <= {exchange.index for exchange in worse.exchanges if exchange.mended}:
            return Why(Cause.CHANCE, f"asking again mended what {worse.name} met first (--retries)")
        if judgement.verdict is Verdict.UNVERIFIED:
            odd = {exchange.index for exchange in worse.exchanges if exchange.response is None}
        asked = [_asked(exchange) for exchange in worse.exchanges if exchange.index in odd]
        left = {_asked(exchange) for exchange in worse.exchanges if exchange.index not in odd}
        if not asked or not left.issuperset(asked):
            return None
        if not agree(worse.lacking(odd, identifier), other.judgements[identifier]):
            return None
        answers = "one answer" if len(odd) == 1 else f"{len(odd)} answers"
        says = f"in {worse.name} {answers} of several to the same request made the difference"
        return Why(Cause.CHANCE, says)

    def _telling(self, worse: Side, other: Side, identifier: str) -> Iterator[Finding]:
        """The findings of the worse side that the other does not have."""
        known = defects(other.judgements[identifier]) or frozenset()
        judgement = worse.judgements[identifier]
        firsts = (group.first for group in judgement.groups)
        for finding in dict.fromkeys((*judgement.findings, *firsts)):
            if defect(identifier, finding) not in known:
                yield finding

    def _requests(self, identifier: str) -> Why | None:
        """What is broken in answers to requests that the other run did not make, as generated ones may be."""
        worse, other = self._sides(identifier)
        numbers = {finding.exchange for finding in self._telling(worse, other, identifier)}
        asked = {_asked(exchange) for exchange in worse.exchanges if exchange.index in numbers}
        if asked and not asked & {_asked(exchange) for exchange in other.exchanges}:
            return Why(Cause.DATA, f"{other.name} did not make the request that {worse.name} was answered so")
        return None

    def _customers(self, identifier: str) -> Why | None:
        worse, other = self._sides(identifier)
        for side in (worse, other):
            judgement = side.judgements[identifier]
            wanting = judgement.verdict is Verdict.UNVERIFIED and _WANTING.match(judgement.reason or "")
            if wanting and _lists(side):
                return Why(Cause.DATA, f"{side.name} {judgement.reason}")
        if not (worse.shows_identities and other.shows_identities):
            if len(worse.customers) != len(other.customers):
                return Why(Cause.DATA, "other customers were shown, as far as evidence in shape tells")
            return None
        broken = {_customer(worse, finding) for finding in self._telling(worse, other, identifier)}
        if broken and "" not in broken and not broken & other.customers:
            named = ", ".join(sorted(broken)[:3]) + (f" and {len(broken) - 3} more" if len(broken) > 3 else "")
            return Why(Cause.DATA, f"it is about customers that {other.name} did not show: {named}")
        return None


def _selects(side: Side, requirement: Requirement) -> bool:
    options = side.run.options
    return (
        requirement.profile in side.run.profiles
        and (not options["only"] or requirement.id in options["only"])
        and requirement.id not in options["skip"]
    )


def _moved(side: Side, identifier: str) -> bool:
    """Whether what a check compares changed while it was read."""
    check = checks(document.load()).get(identifier)
    if check is None or side.evidence is None:
        return False
    with room_for_depth():
        return any(isinstance(item, Unseen) and item.passing for item in check.function(side.evidence))


def _asked(exchange: Exchange) -> tuple[object, ...]:
    """What makes a request the same as another, whenever it was made."""
    request = exchange.request
    headers = tuple((name.lower(), value) for name, value in request.headers if name.lower() != "host")
    return (request.method, request.query, headers, request.credential)


def _lists(side: Side) -> bool:
    """Whether it showed a list of customers at all, be it an empty one."""
    evidence = side.evidence
    return evidence is not None and any(listing.is_listing for _, listing in evidence.distinct())


def _customer(side: Side, finding: Finding) -> str:
    """The id of the customer that a finding is about; empty where it is about none, or that has no id."""
    place = _CUSTOMER.match(finding.pointer)
    exchange = next((one for one in side.exchanges if one.index == finding.exchange), None)
    listing = side.evidence.listing(exchange) if side.evidence is not None and exchange is not None else None
    if place is None or listing is None:
        return ""
    token = place[1].replace("~1", "/").replace("~0", "~")
    if not listing.is_listing:
        # Where a list is due, an object may hold the customers by their ids.
        return token
    known = token.isascii() and token.isdecimal() and len(token) < _LONGEST_NUMBER and int(token) < len(listing.ids)
    identity = listing.ids[int(token)] if known else None
    return identity if isinstance(identity, str) else ""
