"""The results as a chart: how the suite compares with its peer, and how it grows."""

from __future__ import annotations

import io
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

_HERE, _OTHER = "#1f5fbf", "#8a8a8a"
_MEGA = 1_000_000


def chart(results: dict[str, Any]) -> str:
    """An SVG, the same for the same results; its words are text in whatever font the reader has."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9})
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    ratios, growth = figure.subplots(1, 2)
    _ratios(ratios, [row for row in results["rows"].values() if "peer" in row])
    _growth(growth, results["rows"].get("growth-bytes"))
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    # Blanks at the end of lines are matplotlib's.
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _ratios(axes: Any, rows: list[dict[str, Any]]) -> None:
    axes.set_title("Seconds of a full run, st run = 1")
    for place, row in enumerate(reversed(rows)):
        middle, least, most = median(row["ratios"]), min(row["ratios"]), max(row["ratios"])
        axes.barh(place, middle, color=_HERE, height=0.6)
        axes.errorbar(middle, place, xerr=[[middle - least], [most - middle]], color="black", capsize=3)
        axes.annotate(f"{middle:.2f}", (most, place), xytext=(6, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(rows)), [row["says"] for row in reversed(rows)])
    axes.axvline(1, color=_OTHER, linestyle="--", linewidth=1)
    axes.margins(x=0.15)


def _growth(axes: Any, row: dict[str, Any] | None) -> None:
    axes.set_title("Seconds of judge by megabytes of the list")
    if row is None:
        return
    sizes = [point["bytes"] / _MEGA for point in row["points"]]
    judged = [median(one["seconds"] for one in point["here"]) for point in row["points"]]
    axes.loglog(sizes, judged, marker="o", color=_HERE, label="judge")
    axes.loglog(
        sizes, [median(point["loads"]) for point in row["points"]], marker="s", color=_OTHER, label="json.loads"
    )
    axes.set_xlabel("MB")
    axes.legend()
