"""One of two runs that are compared: what its report says, and what its evidence gives under the rules of either."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing.bounds import room_for_depth
from customers_conformance.contract import document
from customers_conformance.fingerprints import Defect
from customers_conformance.judging.judge import judge_one
from customers_conformance.judging.registry import checks
from customers_conformance.model import Judgement, Mode, UsageError
from customers_conformance.proving.folder import opened
from customers_conformance.proving.recording import kept
from customers_conformance.proving.rejudging import evidence_of, rejudged, rules_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Exchange
    from customers_conformance.proving.recording import Kept


class Side:
    """A finished run, read; ``name`` is how sentences call it."""

    def __init__(self, name: str, path: Path) -> None:
        """Reads it; raises ``UsageError`` where there is no report, or the evidence beside it is another run's."""
        stored = opened(path)
        self.name = name
        self.run = stored.run
        self.judgements = {judgement.requirement.id: judgement for judgement in stored.run.judgements}
        #: Why its evidence tells nothing, as a sentence; ``None`` where it does.
        self.unread: str | None = None
        self._kept: Kept | None = None
        try:
            self._kept = kept(stored)
        except UsageError as error:
            self.unread = f"the evidence of {name} cannot be read ({error})"
        if self._kept is not None and self._kept.digest != stored.run.evidence.digest:
            raise UsageError(f"{path}: the evidence is not that of the report; `verify` says what differs")
        if self._kept is not None and self._kept.recording.provenance is None:
            self.unread = f"the evidence of {name} was written by a version that did not say how it was made"

    @property
    def suite(self) -> tuple[str, str, str]:
        """What judged it: the version, and the digests of the contract and of the requirements."""
        return (self.run.suite_version, self.run.contract_digest, self.run.requirements_digest)

    @property
    def shows_identities(self) -> bool:
        """Whether its ids are those of the target, and no tokens that another run numbers anew."""
        return self.run.evidence.mode is not Mode.SHAPE

    @functools.cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges as they were judged; none where the evidence cannot be read."""
        return self._kept.exchanges if self._kept else ()

    @functools.cached_property
    def evidence(self) -> Evidence | None:
        """What was judged; ``None`` where it cannot be read."""
        return self._evidence(self.exchanges)

    def _evidence(self, exchanges: Iterable[Exchange]) -> Evidence | None:
        if self._kept is None or self.unread or self._kept.recording.provenance is None:
            return None
        return evidence_of(tuple(exchanges), self._kept.recording, self._kept.recording.provenance)

    def under(self, other: Side) -> dict[str, Judgement]:
        """What its evidence gives by this suite under the selection and options of a run; by id.

        Empty where that cannot be said.
        """
        if self._kept is None or self.unread or self._kept.recording.provenance is None:
            return {}
        run = replace(self.run, options=other.run.options, profiles=other.run.profiles)
        try:
            again = rejudged(run, self.exchanges, self._kept.recording, self._kept.recording.provenance)
        except UsageError:
            return {}
        return {judgement.requirement.id: judgement for judgement in again.judgements}

    def lacking(self, indices: Collection[int], identifier: str) -> Judgement | None:
        """The verdict on one requirement by its check alone, had some exchanges not been made."""
        evidence = self._evidence(one for one in self.exchanges if one.index not in indices)
        contract = document.load()
        if evidence is None or identifier not in contract.by_id:
            return None
        with room_for_depth():
            return judge_one(evidence, checks(contract)[identifier], contract.by_id[identifier], rules_of(self.run))

    @property
    def probes(self) -> frozenset[str]:
        """The names of the probes that were sent, or that a recording answers."""
        return frozenset() if self.evidence is None else self.evidence.answered_probes

    @functools.cached_property
    def customers(self) -> frozenset[str]:
        """The ids of all customers that were shown to the key."""
        if self.evidence is None:
            return frozenset()
        found = (identity for _, listing in self.evidence.distinct() for identity in listing.ids)
        return frozenset(identity for identity in found if isinstance(identity, str))


def defects(judgement: Judgement) -> frozenset[Defect] | None:
    """What is wrong by a judgement; ``None`` where more was found than is told apart."""
    if judgement.further:
        return None
    return frozenset(Defect(judgement.requirement.id, group.pattern, group.symptom) for group in judgement.groups)


def agree(one: Judgement | None, other: Judgement | None) -> bool:
    """Whether two judgements say the same: the verdict, and what is wrong as far as both tell."""
    if one is None or other is None:
        return one is other
    pair = defects(one), defects(other)
    return one.verdict is other.verdict and (None in pair or pair[0] == pair[1])
