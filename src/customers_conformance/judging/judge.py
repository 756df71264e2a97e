"""The judge: pure functions from evidence to verdicts. The same evidence always gives the same verdicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing.bounds import room_for_depth
from customers_conformance.fingerprints import Tally, any_number, defect
from customers_conformance.judging.baseline import is_new
from customers_conformance.judging.registry import Check, checks, of_first
from customers_conformance.model import (
    FINDINGS_KEPT,
    MISSING_KEPT,
    ExitCode,
    Finding,
    Further,
    Judgement,
    Level,
    Mended,
    Observed,
    Outcome,
    Requirement,
    Seen,
    Unseen,
    Use,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Waivers


#: What is missing beyond the things that are told apart.
_MORE_MISSING = f"more than {MISSING_KEPT} things"

#: The exit code of each outcome, unless the user said otherwise.
EXIT_CODES = {
    Outcome.CONFORMANT: ExitCode.DONE,
    Outcome.CONFORMANT_WITH_WAIVERS: ExitCode.DONE,
    Outcome.NONCONFORMANT: ExitCode.NONCONFORMANT,
    Outcome.INCOMPLETE: ExitCode.INCOMPLETE,
    Outcome.INVALID: ExitCode.INVALID,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user said that bears on verdicts."""

    no_auth: bool = False
    without: frozenset[str] = frozenset()
    strict: bool = False
    allow_unverified: bool = False
    #: Whether a waiver that nothing needs any more is a mistake in the call.
    strict_waivers: bool = False

    def concern(self, requirement: Requirement) -> bool:
        """Whether a requirement applies: not to a target without authentication where it is about that."""
        return not (self.no_auth and requirement.authentication)


def judge(
    evidence: Evidence,
    selected: Sequence[Requirement],
    rules: Rules = Rules(),
    begin: Callable[[Requirement], None] = lambda _requirement: None,
) -> tuple[Judgement, ...]:
    """The verdict on each selected requirement, in order; ``begin`` is called as each is begun with."""
    contract = evidence.contract
    bound = checks(contract)
    done: dict[str, Judgement] = {}
    blocked: set[str] = set()

    def settle(requirement: Requirement) -> Judgement:
        if requirement.id in done:
            return done[requirement.id]
        begin(requirement)
        judgement = judge_one(evidence, bound[requirement.id], requirement, rules)
        for identifier in requirement.after:
            earlier = settle(contract.by_id[identifier])
            hinders = earlier.verdict in {Verdict.FAIL, Verdict.WARN, Verdict.ERROR}
            if (hinders or identifier in blocked) and judgement.verdict is not Verdict.NOT_APPLICABLE:
                blocked.add(requirement.id)
                reason = f"comes after {identifier}, which does not hold: look at that one first"
                judgement = Judgement(requirement, Verdict.UNVERIFIED, reason, missing=(identifier,))
        done[requirement.id] = judgement
        return judgement

    with room_for_depth():
        return tuple(settle(requirement) for requirement in selected)


def judge_one(evidence: Evidence, bound: Check, requirement: Requirement, rules: Rules) -> Judgement:
    """The verdict on one requirement by its own check alone; an exception in the check is an ``error``."""
    if not rules.concern(requirement):
        return Judgement(
            requirement, Verdict.NOT_APPLICABLE, "the target was said to have no authentication (--no-auth)"
        )
    if not evidence.authenticated and requirement.authentication:
        reason = "the recording holds no key placeholder, so credentials are not judged"
        return Judgement(requirement, Verdict.UNVERIFIED, reason, missing=(reason,))
    observed = Summary()
    try:
        for item in _named(chain(_unanswered(evidence, bound), bound.function(evidence)), evidence):
            observed.note(item)
    except Exception as error:  # noqa: BLE001 - whatever a check does is the suite's own failure, never the target's
        reason = f"the check itself failed ({type(error).__name__}); please report it"
        return Judgement(requirement, Verdict.ERROR, reason)
    return _verdict(evidence, requirement, observed, rules)


@dataclass(slots=True)
class Told:
    """The first findings of many, and the count of all: so many as a hostile target causes are not held."""

    findings: list[Finding] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def note(self, item: Finding) -> None:
        """Take note of one more."""
        self.tally.note(item)
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(item)

    def as_judged(self, judgement: Judgement, verdict: Verdict) -> Judgement:
        """A judgement that they make the verdict of."""
        identifier = judgement.requirement.id
        kept = tuple(replace(one, fingerprint=defect(identifier, one).fingerprint) for one in self.findings)
        return replace(
            judgement,
            verdict=verdict,
            findings=kept,
            findings_total=self.tally.total,
            groups=self.tally.groups(identifier),
            further=self.tally.further,
        )


@dataclass(slots=True)
class Summary:
    """What a check observed, as far as a verdict needs it."""

    broken: Told = field(default_factory=Told)
    #: What asking again mended.
    mended: Told = field(default_factory=Told)
    seen: Counter[str] = field(default_factory=Counter)
    #: The first evidence that is missing, and whether the target or the user has none to give in every such case.
    lack: Unseen | None = None
    missing: dict[str, None] = field(default_factory=dict)
    only_wanting: bool = True

    def note(self, item: Observed) -> None:
        """Take note of one more thing."""
        match item:
            case Finding():
                self.broken.note(item)
            case Mended():
                self.mended.note(item.finding)
            case Further():
                self.broken.tally.add(item)
            case Seen():
                self.seen[item.kind] += item.count
            case Unseen():
                self.lack = self.lack or item
                if len(self.missing) <= MISSING_KEPT:
                    full = len(self.missing) == MISSING_KEPT
                    self.missing[_MORE_MISSING if full else item.missing or item.reason] = None
                self.only_wanting = self.only_wanting and item.wanting


def _named(observed: Iterable[Observed], evidence: Evidence) -> Iterator[Observed]:
    """What was observed, each finding with the probe whose answer shows it."""
    names: dict[int, str] = {}

    def named(finding: Finding) -> Finding:
        if finding.exchange is None:
            return finding
        if finding.exchange not in names:
            exchange = next(one for one in evidence.exchanges if one.index == finding.exchange)
            names[finding.exchange] = evidence.name(exchange)
        return replace(finding, probe=names[finding.exchange])

    for item in observed:
        match item:
            case Finding():
                yield named(item)
            case Mended():
                yield Mended(named(item.finding))
            case Further():
                yield of_first(item, named)
            case _:
                yield item


def _unanswered(evidence: Evidence, bound: Check) -> Iterator[Unseen]:
    for probe in bound.reads:
        exchanges = evidence.of(probe) or evidence.of(*(one for one in bound.sends if probe.name in one.stands_for))
        if not exchanges:
            why = evidence.unsent.get(probe.name)
            done = "sent" if evidence.own else "recorded"
            yield Unseen(
                f"the probe {probe.name} was not {done}" + (f": it takes {why}" if why else ""),
                wanting=bool(why),
                missing=probe.name,
            )
        yield from (
            _silence(exchange.probe or probe.name, exchange.error)
            for exchange in exchanges
            if exchange.response is None
        )
    if bound.reads_all:
        for exchange in evidence.exchanges:
            if exchange.response is None:
                yield _silence(exchange.probe or f"entry {exchange.index}", exchange.error)


def _silence(name: str, error: str | None) -> Unseen:
    reason = f"the probe {name} has no answer: {error or 'none was recorded'}"
    return Unseen(reason, missing=any_number(name))


def _verdict(evidence: Evidence, requirement: Requirement, observed: Summary, rules: Rules) -> Judgement:
    absent = rules.without.intersection(requirement.concerns)
    lack = None if absent and observed.only_wanting else observed.lack
    missing = tuple(observed.missing) if lack else ()
    result = Judgement(requirement, Verdict.PASS, observed=dict(observed.seen), missing=missing)
    if observed.broken.tally.total:
        return observed.broken.as_judged(result, Verdict.FAIL if requirement.level is Level.MUST else Verdict.WARN)
    if lack:
        return replace(result, verdict=Verdict.UNVERIFIED, reason=lack.reason)
    if not any(observed.seen.values()):
        if requirement.conditional:
            return replace(
                result, verdict=Verdict.NOT_APPLICABLE, reason="its condition never arose, though it was provoked"
            )
        if absent:
            reason = f"the target was said to have no {', '.join(sorted(absent))} (--without)"
            return replace(result, verdict=Verdict.NOT_APPLICABLE, reason=reason)
        wanted = requirement.needs or "an answer that shows it"
        hidden = f" ({evidence.cut[0]})" if evidence.cut else ""
        reason = f"needs {wanted}: none was seen{hidden}"
        return replace(result, verdict=Verdict.UNVERIFIED, reason=reason, missing=(wanted,))
    return observed.mended.as_judged(result, Verdict.WARN) if observed.mended.tally.total else result


def outcome(
    judgements: Sequence[Judgement],
    *,
    invalid: bool,
    rules: Rules = Rules(),
    waivers: Waivers | None = None,
    against_baseline: bool = False,
) -> tuple[Outcome, int]:
    """The outcome of a run and its exit code: the first row of the design's table that applies.

    Against a baseline the code follows from what is new alone. Where it would be 0 and a waiver is unused, it is 2 if
    the user wants to be told so.
    """
    found, code = _outcome(judgements, invalid=invalid, rules=rules)
    if against_baseline and not invalid:
        code = _code_of_news(judgements, rules)
    unused = rules.strict_waivers and waivers is not None and Use.UNUSED in waivers.uses
    return found, ExitCode.USAGE if unused and code == ExitCode.DONE else code


def _code_of_news(judgements: Sequence[Judgement], rules: Rules) -> int:
    new = {judgement.verdict for judgement in judgements if is_new(judgement, strict=rules.strict)}
    if new & {Verdict.FAIL, Verdict.WARN}:
        return EXIT_CODES[Outcome.NONCONFORMANT]
    if any(judgement.verdict is Verdict.ERROR for judgement in judgements):
        return EXIT_CODES[Outcome.INVALID]
    if Verdict.UNVERIFIED in new and not rules.allow_unverified:
        return EXIT_CODES[Outcome.INCOMPLETE]
    return ExitCode.DONE


def _outcome(judgements: Sequence[Judgement], *, invalid: bool, rules: Rules) -> tuple[Outcome, int]:

    def any_of(verdict: Verdict, *levels: Level) -> bool:
        return any(j.verdict is verdict and j.requirement.level in (levels or tuple(Level)) for j in judgements)

    binding = any(judgement.requirement.level is Level.MUST for judgement in judgements)
    levels = (Level.MUST,) if binding else tuple(Level)
    unverified = ExitCode.DONE if rules.allow_unverified else EXIT_CODES[Outcome.INCOMPLETE]
    if invalid:
        found = Outcome.INVALID
    elif any_of(Verdict.FAIL, Level.MUST) or (rules.strict and any_of(Verdict.WARN)):
        found = Outcome.NONCONFORMANT
    elif any_of(Verdict.ERROR):
        found = Outcome.INVALID
    elif any_of(Verdict.UNVERIFIED, Level.MUST):
        return Outcome.INCOMPLETE, unverified
    elif any_of(Verdict.WAIVED, Level.MUST):
        found = Outcome.CONFORMANT_WITH_WAIVERS
    elif any_of(Verdict.PASS, *levels) or (not binding and any_of(Verdict.WARN)):
        found = Outcome.CONFORMANT
    else:
        # Nothing passes unseen: a run in which nothing was judged is not conformant.
        return Outcome.INCOMPLETE, unverified
    return found, EXIT_CODES[found]
