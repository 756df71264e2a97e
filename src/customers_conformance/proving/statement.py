"""What a certificate says: an in-toto Statement over a run's report, its evidence and the contract.

Made of the run alone, so that whoever has the folder makes the same one. The specification is in-toto's attestation
framework, version 1 (Statement: ``_type``, ``subject``, ``predicateType``, ``predicate``).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from customers_conformance.model import Level, Outcome, Verdict
from customers_conformance.running.folder import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Run
    from customers_conformance.proving.verifying import Verification

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:customers-conformance:certificate:1"

#: The contract's document, as the distribution names it.
CONTRACT = "openapi/customers.yaml"

#: How long a certificate holds, from when its run began.
VALID_FOR = timedelta(days=365)


def statement(found: Verification, run: Run) -> dict[str, Any]:
    """The statement over the run of a folder that was verified, as a value of JSON."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            _subject(FIRST, found.report_digest),
            _subject(run.evidence.file, found.evidence_digest),
            _subject(CONTRACT, run.contract_digest),
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "target": {"url": run.target_url, "server": run.target_server},
            "profiles": list(run.profiles),
            "suite": {
                "name": "customers-conformance",
                "version": run.suite_version,
                "requirements": run.requirements_digest,
            },
            "run": {
                "id": run.id,
                "started": run.started,
                "finished": run.finished,
                "seed": run.seed,
                "options": dict(run.options),
            },
            "outcome": run.outcome.value,
            "counts": run.counts,
            "seen": {
                "exchanges": len(run.exchanges),
                "ledger": None if run.ledger is None else asdict(run.ledger) | {"hosts": list(run.ledger.hosts)},
                "coverage": dict(run.coverage),
            },
            "warnings": list(run.warnings),
            "expires": expires(run).isoformat(timespec="seconds").replace("+00:00", "Z"),
        },
    }


def expires(run: Run) -> datetime:
    """When a certificate of a run is over."""
    return datetime.fromisoformat(run.started) + VALID_FOR


def _subject(name: str, digest: str) -> dict[str, Any]:
    algorithm, _, value = digest.partition(":")
    return {"name": name, "digest": {algorithm: value}}


def hindrances(run: Run) -> Iterator[str]:
    """Why a run cannot be certified, a sentence each; none where it can."""
    if not run.complete:
        yield "The run was cut short: certified is a complete one."
    if run.source is not None:
        yield "Recorded traffic was judged: certified is a live server."
    if run.partial is not None:
        yield f"The run is partial: {run.partial}. Certified is a whole profile, with nothing left out or switched off."
    mended = [one.probe for one in run.flaky if one.mended]
    if mended:
        named = ", ".join(mended[:3]) + (f" and {len(mended) - 3} more" if len(mended) > 3 else "")
        yield f"Asking again mended what was met first: {named}. Certified is a run without that."
    waived = [
        judgement.requirement.id
        for judgement in run.judgements
        if judgement.verdict is Verdict.WAIVED and judgement.requirement.level is Level.MUST
    ]
    if waived:
        yield f"A MUST is waived: {', '.join(waived)}. Certified is a run without such waivers."
    if run.outcome is not Outcome.CONFORMANT:
        yield f"The outcome is {run.outcome}: {run.summary} Certified is a conformant run."
