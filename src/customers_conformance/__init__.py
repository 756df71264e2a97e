"""Tells whether a server keeps the contract of ``GET /api/governance/customers``.

``run`` judges a live server, ``judge`` recorded traffic, and ``verify`` the folder of a finished run; the command
``customers-conformance`` does the same and more. All that this package promises to keep is what it names here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers_conformance.interface.calls import JudgeOptions, RunOptions, judge, run, verify
    from customers_conformance.model import Finding, Judgement, Outcome, Run, UsageError, Verdict
    from customers_conformance.proving.differences import Difference
    from customers_conformance.proving.verifying import Verification

__all__ = [
    "Difference",
    "Finding",
    "JudgeOptions",
    "Judgement",
    "Outcome",
    "Run",
    "RunOptions",
    "UsageError",
    "Verdict",
    "Verification",
    "judge",
    "run",
    "verify",
]

_PLACES = {
    **dict.fromkeys(("run", "judge", "verify", "RunOptions", "JudgeOptions"), "interface.calls"),
    **dict.fromkeys(("Finding", "Judgement", "Outcome", "Run", "UsageError", "Verdict"), "model"),
    "Difference": "proving.differences",
    "Verification": "proving.verifying",
}


if not TYPE_CHECKING:
    # Who checks types sees the imports above, and nothing else is there.

    def __getattr__(name: str) -> object:
        """What is exported, loaded when it is first used."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
        return value


def __dir__() -> list[str]:
    """What is exported, loaded or not."""
    return sorted({*globals(), *__all__})
