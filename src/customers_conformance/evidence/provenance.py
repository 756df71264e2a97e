"""What a recording of ours says of the run that wrote it: whatever a report holds that no exchange shows.

So the evidence alone gives the report again, and neither can be changed, or put beside another, without the other.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers_conformance.model import Baseline, Run, Waivers


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the exchanges of a recording came about."""

    #: What ``said_of`` gives of the run: a value of JSON. It is compared with a report, and never obeyed.
    run: Mapping[str, Any]
    #: The names of the probes that were not sent, each with what was missing, as a phrase.
    unsent: Mapping[str, str]
    #: What the reader should mind that no exchange shows, a sentence each.
    warnings: tuple[str, ...] = ()
    #: Whether the suite made the exchanges itself.
    own: bool = True


def said_of(run: Run) -> dict[str, Any]:
    """What a recording says of a run: who made it, when, by which selection and options, and what it cost."""
    return {
        "id": run.id,
        "started": run.started,
        "seed": run.seed,
        "profiles": list(run.profiles),
        "partial": run.partial,
        "options": dict(run.options),
        "source": None if run.source is None else asdict(run.source),
        "target": run.target_url,
        "left_out": run.evidence.left_out,
        "waivers": None if run.waivers is None else _accepted(run.waivers),
        "baseline": None if run.baseline is None else _before(run.baseline),
        "ledger": None if run.ledger is None else asdict(run.ledger) | {"hosts": list(run.ledger.hosts)},
    }


def _accepted(waivers: Waivers) -> dict[str, Any]:
    """What was accepted, as the user gave it."""
    entries = [asdict(one) | {"accepts": one.accepts.value, "missing": list(one.missing)} for one in waivers.entries]
    return {"file": waivers.file, "digest": waivers.digest, "entries": entries}


def _before(baseline: Baseline) -> dict[str, Any]:
    """What the run was held against."""
    before = {
        name: {"verdict": one.verdict.value, "fingerprints": list(one.fingerprints), "further": one.further}
        for name, one in baseline.requirements.items()
    }
    lists = {name: list(getattr(baseline, name)) for name in ("profiles", "only", "skip")}
    return asdict(baseline) | lists | {"requirements": before}


def written(provenance: Provenance) -> dict[str, Any]:
    """The provenance as a value of JSON."""
    return {
        "run": dict(provenance.run),
        "unsent": dict(provenance.unsent),
        "warnings": list(provenance.warnings),
        "own": provenance.own,
    }


def read(value: object) -> Provenance | None:
    """What ``written`` wrote; ``None`` where there is none, as in a recording of an earlier version.

    Raises ``TypeError`` and ``KeyError`` for anything else.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} for object")
    run, unsent, warnings, own = (value[name] for name in ("run", "unsent", "warnings", "own"))
    texts = [*unsent, *unsent.values(), *warnings] if isinstance(unsent, dict) and isinstance(warnings, list) else [0]
    if not (isinstance(run, dict) and isinstance(own, bool) and all(isinstance(text, str) for text in texts)):
        raise TypeError("another kind of value")
    return Provenance(run, unsent, tuple(warnings), own)
