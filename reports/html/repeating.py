"""The commands that make a run again, as they are typed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from customers_conformance.harmless import ELLIPSIS, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customers_conformance.model import Run

#: The options of a run that bear on judging its evidence again.
JUDGING = frozenset({"only", "skip", "strict", "allow_unverified", "strict_waivers", "no_auth", "without", "max_body"})

#: How many characters of one command are shown.
LONGEST = 1500


def repeat(run: Run) -> list[tuple[str, str]]:
    """What to run to see this again: a sentence and a command each."""
    profiles = [word for profile in run.profiles for word in ("--profile", profile)]
    judging = given({name: value for name, value in run.options.items() if name in JUDGING})
    accepted = ["--waivers", run.waivers.file] if run.waivers else []
    accepted += ["--baseline", run.baseline.file] if run.baseline else []
    steps = [
        (
            "Judge the same evidence again, offline; the verdicts are the same.",
            ["customers-conformance", "judge", run.evidence.file, *profiles, *judging, *accepted],
        )
    ]
    if run.ledger is not None:
        seed = [] if run.seed is None else ["--seed", str(run.seed)]
        asked = [run.target_url, *profiles, *seed, *given(run.options), *accepted]
        steps.append(("Ask the server again.", ["customers-conformance", "run", *asked]))
    return [(says, one_line(shlex.join(words), LONGEST)) for says, words in steps]


def given(options: Mapping[str, Any]) -> Iterator[str]:
    """Options as they are typed; those that say nothing are left out."""
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            yield option
        elif isinstance(value, list):
            for one in value:
                # The value of a header is no part of a report.
                yield from (option, f"{one}: {ELLIPSIS}" if name == "header" else str(one))
        elif value is not None and value is not False:
            yield from (option, f"{value:g}" if isinstance(value, float) else str(value))
