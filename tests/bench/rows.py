"""What is measured: each row by its name, and how it is taken, in turns with what it is compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.bench.measuring import requests_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.bench.measuring import Bench, Taken

Result = dict[str, Any]

#: The bytes of a customer that shows everything, and of a bare one, about.
FULL, BARE = 13_065, 82

#: How many times as often the shorter lists of a row of growth are judged.
_OFTEN = 3

#: What part of an empty list's time may be noise.
_NOISE = 0.2

#: What the lists of the two rows of growth have: bytes, and customers.
GROWING_BYTES = tuple(count * 1_000_000 for count in (1, 4, 16, 64, 256))
GROWING_CUSTOMERS = (10, 100, 1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is measured; ``take`` gets the bench and the number of turns."""

    name: str
    says: str
    turns: int
    take: Callable[[Bench, int], Result]


def against_peer(turns: int, ask: Callable[[], tuple[Taken, Taken]]) -> Result:
    """A run of the suite and one of the peer, in turns."""
    pairs = [ask() for _ in range(turns)]
    return {
        "here": [here.data() for here, _ in pairs],
        "peer": [peer.data() for _, peer in pairs],
        "ratios": [round(here.seconds / peer.seconds, 4) for here, peer in pairs],
    }


def small(bench: Bench, turns: int) -> Result:
    """The reference server as ``serve`` starts it."""

    def ask() -> tuple[Taken, Taken]:
        with bench.reference() as url:
            return bench.suite_run(url), bench.peer_run(url)

    return against_peer(turns, ask)


def listed(customers: int, *options: str, latency: float = 0.0) -> Callable[[Bench, int], Result]:
    """A list of so many customers, from the server of prepared bytes."""

    def take(bench: Bench, turns: int) -> Result:
        file = bench.made(customers, *options)

        def ask() -> tuple[Taken, Taken]:
            with bench.serving(file, latency) as url:
                here = bench.suite_run(url)
                before = requests_at(url)
                peer = bench.peer_run(url)
                return here, replace(peer, requests=requests_at(url) - before)

        return {"bytes": file.stat().st_size, "customers": customers, **against_peer(turns, ask)}

    return take


def judged(customers: int, *options: str) -> Callable[[Bench, int], Result]:
    """``judge`` of one answer, and ``json.loads`` of its bytes."""

    def take(bench: Bench, turns: int) -> Result:
        return _judged(bench, turns, customers, *options)

    return take


def _judged(bench: Bench, turns: int, customers: int, *options: str) -> Result:
    file, recording = bench.recorded(customers, *options)
    pairs = [(bench.suite_judge(recording), bench.loads(file)) for _ in range(turns)]
    return {
        "bytes": file.stat().st_size,
        "customers": customers,
        "here": [here.data() for here, _ in pairs],
        "loads": [loads for _, loads in pairs],
        "ratios": [round(here.seconds / loads, 4) for here, loads in pairs],
    }


def grown(counts: Sequence[int], *options: str) -> Callable[[Bench, int], Result]:
    """``judge`` of ever longer lists; the exponents are of what they take beyond an empty list."""

    def take(bench: Bench, turns: int) -> Result:
        _, nobody = bench.recorded(0, *options)
        empties, points = [], []
        for count in counts:
            # What a short list takes beyond an empty one is less than what the machine's moods take.
            often = turns * _OFTEN if count <= counts[len(counts) // 2] else turns
            empties += [bench.suite_judge(nobody).seconds for _ in range(often)]
            points.append(_judged(bench, often, count, *options))
            # The longest recordings are not kept while others are made.
            for file in bench.recorded(count, *options):
                file.unlink()
        empty = min(empties)
        by = "customers" if "bare" in options else "bytes"
        return {"by": by, "empty": empty, "points": points, **exponents(by, empty, points)}

    return take


def exponents(by: str, empty: float, points: Sequence[Result]) -> Result:
    """How both grow, from the lists that take well more than an empty one: what the others take beyond is noise."""
    beyond = [(point, min(one["seconds"] for one in point["here"]) - empty) for point in points]
    told = [(point, seconds) for point, seconds in beyond if seconds > _NOISE * empty]
    sizes = [point[by] for point, _ in told]
    return {
        "exponent": exponent(sizes, [seconds for _, seconds in told]),
        "loads_exponent": exponent(sizes, [min(point["loads"]) for point, _ in told]),
    }


def exponent(sizes: Iterable[float], seconds: Iterable[float]) -> float | None:
    """The slope of a line through the logarithms, by least squares; what took no time at all is left aside.

    ``None`` where fewer than two points are left.
    """
    points = [(math.log(size), math.log(took)) for size, took in zip(sizes, seconds, strict=True) if took > 0]
    if len(points) < 2:
        return None
    middle = sum(x for x, _ in points) / len(points)
    level = sum(y for _, y in points) / len(points)
    slope = sum((x - middle) * (y - level) for x, y in points) / sum((x - middle) ** 2 for x, _ in points)
    return round(slope, 3)


ROWS = (
    Row("small", "reference server, 4 customers", 5, small),
    Row("small-prepared", "4 customers", 5, listed(4)),
    Row("latency", "4 customers, each answer 50 ms late", 3, listed(4, latency=0.05)),
    Row("list-100", "100 customers", 3, listed(100)),
    Row("list-1000", "1,000 customers", 3, listed(1_000)),
    Row("list-1000-defects", "1,000 customers, a defect in each", 2, listed(1_000, "--defects")),
    Row("list-3000", "3,000 customers", 2, listed(3_000)),
    Row("list-6000", "6,000 customers", 1, listed(6_000)),
    Row("judge-22", "21.8 MB", 5, judged(21_800_000 // FULL)),
    Row("judge-65", "65 MB", 3, judged(65_000_000 // FULL)),
    Row("judge-65-defects", "65 MB, a defect in each customer", 3, judged(65_000_000 // FULL, "--defects")),
    Row("growth-bytes", "1 to 256 MB", 3, grown([size // FULL for size in GROWING_BYTES])),
    Row("growth-customers", "10 to 100,000 bare customers", 3, grown(GROWING_CUSTOMERS, "--shape", "bare")),
)


def chosen(names: Sequence[str]) -> list[Row]:
    """The rows with these names, or of these kinds (``judge``); all where none is named. Raises ``ValueError``."""
    for name in names:
        if not any(_is(row, name) for row in ROWS):
            raise ValueError(f"there is no row {name!r}; allowed: {', '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if not names or any(_is(row, name) for name in names)]


def _is(row: Row, name: str) -> bool:
    return row.name == name or row.name.startswith(f"{name}-")
