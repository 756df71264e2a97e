"""All strangers: ``python -m tests.strangers [NAME …]`` prints a line for each, what is wrong, and the figures last."""

from __future__ import annotations

import argparse
import fnmatch
import sys
import time
from itertools import chain
from typing import TYPE_CHECKING

from tests.strangers.conduct import met
from tests.strangers.sentences.conducting import SENTENCES, met_all
from tests.strangers.sentences.entries import PREFIX
from tests.strangers.strangers import STRANGERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.strangers.conduct import Met


def main(arguments: Sequence[str] | None = None) -> int:
    """Meet all strangers, or those of these names; exits with 1 where one does not get its verdicts, or none is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=main.__doc__)
    told = f"a stranger, or several, as in '{PREFIX}*'; all of them unless named"
    parser.add_argument("names", nargs="*", metavar="NAME", help=told)
    patterns = parser.parse_args(arguments).names
    known = {stranger.name: stranger for stranger in STRANGERS}
    names = [name for name in (*known, *SENTENCES) if not patterns or _named(name, patterns)]
    unknown = sorted(pattern for pattern in patterns if not fnmatch.filter([*known, *SENTENCES], pattern))
    if unknown:
        parser.error(
            f"no stranger is called {', '.join(unknown)}; there are {', '.join(known)}, and those of {PREFIX}*"
        )
    begun = time.monotonic()
    results = []
    alone = (met(known[name]) for name in names if name in known)
    for result in chain(alone, met_all([name for name in names if name in SENTENCES])):
        results.append(result)
        for line in _lines(result):
            _say(line)
    words = [result.word for result in results]
    skipped = ", ".join(sorted({result.skipped for result in results if result.skipped}))
    differing = f"{words.count('known')} as the suite is known to differ, " if "known" in words else ""
    _say(
        f"{words.count('ok')} of {len(words)} strangers got the verdicts that they must get, {differing}"
        f"{words.count('FAILED')} did not, {words.count('skipped')} skipped{f' ({skipped})' if skipped else ''}; "
        f"{time.monotonic() - begun:.0f} s"
    )
    # Where nobody was met, nothing was shown.
    return 0 if "ok" in words and "FAILED" not in words else 1


def _named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _lines(result: Met) -> Iterator[str]:
    stranger = result.stranger
    yield f"{result.word:8} {stranger.name:24} {stranger.expected}  {result.seconds:5.1f} s  {stranger.says}"
    if result.skipped:
        yield f"         skipped: {result.skipped}"
    if result.known:
        yield f"         known: {result.known}"
    yield from (f"         {complaint[:600]}" for complaint in result.complaints)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
