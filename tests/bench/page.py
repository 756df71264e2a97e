"""The results as a page of Markdown, and each as a line for the terminal."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Result = dict[str, Any]

HEAD = """# What a verdict costs

`nox -s bench` measures it and writes this page, [bench.json](bench.json) and the chart; `nox -s bench -- small judge`
measures the rows whose names begin so. Seconds are this machine's; what is compared was measured on the same machine,
in turns. Each figure is the median of its turns, with the least and the most in brackets; a ratio is taken in each turn
by itself. Memory is the largest that a process had. Measured is the wheel, as users install it.

![Ratios to Schemathesis, and seconds by megabytes](benchmark.svg)
"""

PEER = """## Beside Schemathesis

A full run of the suite, every file written, beside `st run openapi/customers.yaml` with its own defaults, against the
same server. But for the first row the server sends prepared bytes.

| | turns | list | suite, s | `st run`, s | ratio | requests | memory, MB | outcome |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""

JUDGE = """## Beside `json.loads`

`judge` of a recording of one answer, from the start of the process to its last file, beside `json.loads` of that
answer's bytes alone.

| | turns | list | `judge`, s | `json.loads`, s | ratio | memory, MB | memory by bytes |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""

GROWTH = """## Growth

`judge` of lists that grow. The exponent is the slope of a line through the logarithms of size and of the least seconds,
beyond what an empty list takes: 1 is linear. Lists that take hardly more than an empty one are left out of it. A bare
customer shows its id, its name and a date.

| | turns | list | `judge`, s | `json.loads`, s | memory, MB |
| --- | --- | --- | --- | --- | --- |
"""

_MEGA = 1_000_000


def page(results: Result) -> str:
    """The whole page."""
    rows = results["rows"]
    peer = [_peer(row) for row in rows.values() if "peer" in row]
    judged = [_judged(row) for row in rows.values() if "loads" in row]
    grown = [line for row in rows.values() if "points" in row for line in _grown(row)]
    parts = [HEAD]
    parts += [
        head + "\n".join(lines) + "\n" for head, lines in ((PEER, peer), (JUDGE, judged), (GROWTH, grown)) if lines
    ]
    parts.append("\n".join(_surroundings(rows)) + "\n")
    return "\n".join(parts)


def told(name: str, row: Result) -> str:
    """One result as a line."""
    if "points" in row:
        return f"{name}: exponent {row['exponent']} (json.loads {row['loads_exponent']}) by {row['by']}"
    beside = "st" if "peer" in row else "json.loads"
    return f"{name}: {_spread(_seconds(row['here']))} s, {_spread(row['ratios'])} of {beside}"


def _peer(row: Result) -> str:
    here, peer = row["here"], row["peer"]
    asked = " / ".join("not counted" if one[0]["requests"] is None else str(one[0]["requests"]) for one in (here, peer))
    memory = f"{_memory(here)} / {_memory(peer)}"
    unverified = f", {here[0]['unverified']} unverified" if here[0]["unverified"] else ""
    seconds = f"{_spread(_seconds(here))} | {_spread(_seconds(peer))} | {_spread(row['ratios'])}"
    outcome = f"{here[0]['outcome']}{unverified} / exit {peer[0]['code']}"
    return f"| {row['says']} | {row['turns']} | {_size(row)} | {seconds} | {asked} | {memory} | {outcome} |"


def _judged(row: Result) -> str:
    here = row["here"]
    by_bytes = max(one["peak"] for one in here) / row["bytes"]
    seconds = f"{_spread(_seconds(here))} | {_spread(row['loads'])} | {_spread(row['ratios'])}"
    return f"| {row['says']} | {row['turns']} | {_size(row)} | {seconds} | {_memory(here)} | {by_bytes:.1f} |"


def _grown(row: Result) -> Iterator[str]:
    for point in row["points"]:
        seconds = f"{_spread(_seconds(point['here']))} | {_spread(point['loads'])}"
        yield f"| {row['says']} | {len(point['here'])} | {_size(point)} | {seconds} | {_memory(point['here'])} |"
    yield f"| exponent by {row['by']} | | | {row['exponent']} | {row['loads_exponent']} | |"


def _surroundings(rows: Result) -> Iterator[str]:
    yield "## Measured on\n"
    by: dict[str, list[str]] = {}
    for name, row in rows.items():
        on = row["surroundings"]
        text = f"{on['cores']} cores, {on['system']}, Python {on['python']}; "
        text += f"customers-conformance {on['suite']}, Schemathesis {on['schemathesis']}"
        by.setdefault(text, []).append(name)
    for text, names in by.items():
        yield f"- {text}: {', '.join(f'`{name}`' for name in names)}"


def _size(row: Result) -> str:
    return f"{row['bytes'] / _MEGA:.1f} MB, {row['customers']:,} customers" if "bytes" in row else ""


def _seconds(taken: list[Result]) -> list[float]:
    return [one["seconds"] for one in taken]


def _memory(taken: list[Result]) -> str:
    return f"{max(one['peak'] for one in taken) / _MEGA:.0f}"


def _spread(figures: list[float]) -> str:
    """The median, and the least and the most."""
    if len(figures) == 1:
        return f"{figures[0]:.3g}"
    return f"{median(figures):.3g} ({min(figures):.3g} to {max(figures):.3g})"
