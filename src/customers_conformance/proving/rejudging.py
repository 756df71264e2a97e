"""A report made again from its evidence alone, under the selection and the options that both name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing.bounds import room_for_depth
from customers_conformance.contract import document
from customers_conformance.evidence.evidence import Evidence
from customers_conformance.harmless import one_line
from customers_conformance.judging.judge import Rules
from customers_conformance.model import Mode, UsageError
from customers_conformance.running.judged import judged, known_probes
from customers_conformance.running.settings import Settings, selected
from customers_conformance.running.statement import partial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customers_conformance.evidence.har import Recording
    from customers_conformance.evidence.provenance import Provenance
    from customers_conformance.model import Exchange, Requirement, Run

#: Characters of the id of a requirement.
_LONGEST_ID = 40


def settings_of(run: Run) -> Settings:
    """What a report says that its run was asked to do, as far as that bears on verdicts.

    Raises ``UsageError`` where it names what can be no requirement.
    """
    options = run.options
    for option in ("only", "skip"):
        for name in options[option]:
            if len(name) > _LONGEST_ID:
                raise UsageError(
                    f"report.json at /run/options/{option}: {one_line(name, _LONGEST_ID)} is no requirement"
                )
    return Settings(
        url=run.target_url if run.source is None else None,
        har=None if run.source is None else Path(run.source.name),
        profiles=run.profiles,
        only=tuple(options["only"]),
        skip=tuple(options["skip"]),
        strict=options["strict"],
        allow_unverified=options["allow_unverified"],
        strict_waivers=options["strict_waivers"],
        no_auth=options["no_auth"],
        without=frozenset(options["without"]),
        examples=options.get("examples", 0),
    )


def selection(run: Run) -> tuple[Requirement, ...]:
    """The requirements that a report's options select of this suite's; raises ``UsageError`` for what it lacks."""
    return selected(document.load().requirements, settings_of(run))


def evidence_of(exchanges: Sequence[Exchange], recording: Recording, provenance: Provenance) -> Evidence:
    """Exchanges of a recording as its run judged them."""
    contract = document.load()
    return Evidence(
        exchanges,
        contract,
        probes=known_probes(contract),
        own=provenance.own,
        authenticated=recording.authenticated,
        unsent=provenance.unsent,
    )


def rules_of(run: Run) -> Rules:
    """What a report says that the user said of verdicts."""
    settings = settings_of(run)
    return Rules(
        settings.no_auth, settings.without, settings.strict, settings.allow_unverified, settings.strict_waivers
    )


def rejudged(run: Run, exchanges: Sequence[Exchange], recording: Recording, provenance: Provenance) -> Run:
    """The run that its evidence gives under this suite; raises ``UsageError`` where the options select what it lacks.

    Of the report it takes the header alone: the names, the times, the options.
    """
    contract = document.load()
    settings = settings_of(run)
    header = replace(
        run,
        contract_digest=contract.digest,
        requirements_digest=contract.requirements_digest,
        not_judged=tuple(requirement.id for requirement in contract.requirements if requirement.pending),
        partial=partial(settings),
        evidence=replace(run.evidence, mode=Mode(run.options["evidence"])),
        warnings=provenance.warnings,
    )
    requirements = selected(contract.requirements, settings)
    with room_for_depth():
        evidence = evidence_of(exchanges, recording, provenance)
        return judged(header, evidence, requirements, rules_of(run), recording.cut_short)
