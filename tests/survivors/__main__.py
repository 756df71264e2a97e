"""Mutation testing: ``python -m tests.survivors [MODULE …]`` prints what no self-test noticed, and the figures last."""

from __future__ import annotations

import argparse
import queue
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tests.survivors.equivalents import equivalents
from tests.survivors.mutations import ROOMS, modules, sampled
from tests.survivors.trying import Copy, Tried, mutations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.survivors.mutations import Mutation

#: How many of a hundred changes the self-tests must notice.
WANTED = 92


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a sample of changes of the suite's own code; exits with 1 where the self-tests notice too few of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.survivors", description=main.__doc__)
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="a part of a module's path; all modules unless named"
    )
    parser.add_argument("--sample", type=int, default=300, metavar="N", help="how many changes (default: 300)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones (default: 1)")
    parser.add_argument("--workers", type=int, default=2, metavar="W", help="how many at a time (default: 2)")
    options = parser.parse_args(arguments)
    chosen = modules(options.modules)
    if not chosen:
        parser.error(f"no module of {', '.join(ROOMS)} has any of {', '.join(options.modules)} in its path")
    if options.sample < 1 or options.workers < 1:
        parser.error("--sample and --workers must be 1 or more")
    begun = time.monotonic()
    found = chain.from_iterable(mutations(module) for module in chosen)
    results = []
    for result in conducted(sampled(found, options.sample, options.seed), options.workers):
        results.append(result)
        _say(_line(result))
    return _figures(results, time.monotonic() - begun)


def conducted(chosen: Sequence[Mutation], workers: int) -> Iterator[Tried]:
    """Try changes in as many copies of the project, in their order.

    :raises RuntimeError: the self-tests fail as things stand, so that they would seem to notice everything.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="survivors-")))
        copies: queue.Queue[Copy] = queue.Queue()
        for number in range(workers):
            copies.put(stack.enter_context(Copy(folder / str(number))))
        pool = stack.enter_context(ThreadPoolExecutor(workers))

        def tried(mutation: Mutation) -> Tried:
            copy = copies.get()
            try:
                return copy.tried(mutation)
            finally:
                copies.put(copy)

        copy = copies.get()
        if notice := copy.notice(chosen[0].module):
            raise RuntimeError(f"the self-tests fail without any change: {notice}")
        copies.put(copy)
        yield from pool.map(tried, chosen)


def _line(result: Tried) -> str:
    mutation = result.mutation
    place = f"{mutation.module}:{mutation.line}"
    if result.noticed:
        return f"noticed   {place}  {result.notice.partition(' - ')[0].rpartition('/')[2]}"
    return f"UNNOTICED {place}  {mutation.operator.partition('/')[2]}\n  - {result.before}\n  + {result.after}"


def _figures(results: Sequence[Tried], seconds: float) -> int:
    known = {(each.module, each.before, each.after): each.reason for each in equivalents()}
    unnoticed = [result for result in results if not result.noticed]
    same = [each for each in unnoticed if (each.mutation.module, each.before, each.after) in known]
    survivors = [each for each in unnoticed if each not in same]
    for result in same:
        reason = known[result.mutation.module, result.before, result.after]
        _say(f"equivalent {result.mutation.module}:{result.mutation.line}: {reason}")
    for result in survivors:
        _say(f"SURVIVED {_line(result).removeprefix('UNNOTICED ')}")
    # What no test can notice is neither noticed nor missed.
    noticeable = len(results) - len(same)
    noticed = noticeable - len(survivors)
    share = 100 * noticed / noticeable if noticeable else 100
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    _say(
        f"{len(results)} mutants; without the {len(same)} equivalent ones {noticed} of {noticeable} "
        f"noticed ({share:.1f} %, wanted {WANTED} %), {len(survivors)} survived; "
        f"{seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of CPU"
    )
    return 0 if share >= WANTED else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
