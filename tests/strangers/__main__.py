"""All strangers: ``python -m tests.strangers [NAME …]`` prints a line for each, what is wrong, and the figures last."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from tests.strangers.conduct import met
from tests.strangers.strangers import STRANGERS

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Meet all strangers, or those of these names; exits with 1 where one does not get its verdicts, or none is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a stranger; all of them unless named")
    names = parser.parse_args(arguments).names
    known = {stranger.name: stranger for stranger in STRANGERS}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        parser.error(f"no stranger is called {', '.join(unknown)}; there are {', '.join(known)}")
    begun = time.monotonic()
    results = []
    for stranger in [known[name] for name in names] or STRANGERS:
        result = met(stranger)
        results.append(result)
        expected = f"{stranger.outcome:14} exit {stranger.code}"
        _say(f"{result.word:8} {stranger.name:24} {expected}  {result.seconds:5.1f} s  {stranger.says}")
        if result.skipped:
            _say(f"         skipped: {result.skipped}")
        for complaint in result.complaints:
            _say(f"         {complaint[:600]}")
    words = [result.word for result in results]
    skipped = ", ".join(sorted({result.skipped for result in results if result.skipped}))
    _say(
        f"{words.count('ok')} of {len(words)} strangers got the verdicts that they must get, "
        f"{words.count('FAILED')} did not, {words.count('skipped')} skipped{f' ({skipped})' if skipped else ''}; "
        f"{time.monotonic() - begun:.0f} s"
    )
    # Where nobody was met, nothing was shown.
    return 0 if "ok" in words and "FAILED" not in words else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
