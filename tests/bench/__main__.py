"""``python -m tests.bench [ROW…] [--turns N]``: measures, and writes ``docs/bench.json`` and what is made of it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import chart, page
from tests.bench.measuring import ROOT, Bench
from tests.bench.rows import chosen

DOCS = ROOT / "docs"
RESULTS = DOCS / "bench.json"

FORMAT = "customers-conformance/bench/1"


def surroundings() -> dict[str, Any]:
    """What the figures hang on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "suite": importlib.metadata.version("customers-conformance"),
        "schemathesis": importlib.metadata.version("schemathesis"),
    }


def main() -> int:
    """Measure the rows that are named, keep the others as they were, and write all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help="a row, or what the names of several begin with; all unless given"
    )
    parser.add_argument("--turns", type=int, help="turns for each row, instead of its own")
    asked = parser.parse_args()
    try:
        rows = chosen(asked.rows)
    except ValueError as mistake:
        parser.error(str(mistake))
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"rows": {}}
    found = dict(kept["rows"])
    for row in rows:
        begun = time.monotonic()
        turns = asked.turns or row.turns
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            result = row.take(Bench(Path(folder)), turns)
        found[row.name] = {"says": row.says, "turns": turns, "surroundings": surroundings(), **result}
        sys.stdout.write(f"{page.told(row.name, found[row.name])} ({time.monotonic() - begun:.0f} s)\n")
        sys.stdout.flush()
    DOCS.mkdir(exist_ok=True)
    results = {"format": FORMAT, "rows": {row.name: found[row.name] for row in chosen(()) if row.name in found}}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    (DOCS / "benchmark.md").write_text(page.page(results))
    (DOCS / "benchmark.svg").write_text(chart.chart(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
