"""The kill matrix as a page: which faulty server is caught by which requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.documentation import marks, requirements

from customers_conformance.command.explain import plain
from customers_conformance.judging import proofs
from customers_conformance.reference.faults import FAULTS
from customers_conformance.reference.variants import VARIANTS
from customers_conformance.reports.telling import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.reference.faults import Fault

PAGE = "kill-matrix.md"

_HEAD = """# Kill matrix

Who judges the judge? The reference server can be broken in {faults} small ways. The suite runs against each of these
servers: it has to fail the requirement that the server breaks, and no other. The server can also be unusual in
{variants} ways and still conform: none of these may fail.

`nox -s mutants` measures it and writes the figures that ship with the suite; this page shows them. Try any of it:

```
customers-conformance serve --fault count-too-high
```

| | |
| --- | --- |
| faulty servers | {faults} |
| caught by their own requirement alone | {caught} |
| caught, but by another requirement, too, or instead | {another} |
| missed | {missed} |
| unusual servers that conform | {variants} |
| of these failed wrongly | {alarms} |
| requirements proven by a faulty server | {proven} of {requirements} |
"""


def pages() -> dict[str, str]:
    """The page by its path in ``docs``."""
    matrix = proofs.matrix()
    assert matrix is not None, "the kill matrix ships with the suite"
    rows = matrix["requirements"]
    figures = {key: sum(len(row[key]) for row in rows.values()) for key in ("caught", "caught_by_another", "missed")}
    head = _HEAD.format(
        faults=sum(row["faults"] for row in rows.values()),
        caught=figures["caught"],
        another=figures["caught_by_another"],
        missed=figures["missed"],
        variants=matrix["variants"]["tried"],
        alarms=len(matrix["variants"]["false_alarms"]),
        proven=sum(bool(row["caught"]) for row in rows.values()),
        requirements=len(rows),
    )
    return {PAGE: "\n".join([head, *_faults(rows), *_variants(matrix["variants"]["false_alarms"])])}


def _faults(rows: dict[str, Any]) -> Iterator[str]:
    for code, members in requirements.areas():
        yield f"## {wording.AREAS[code]}"
        yield ""
        listed = [
            (
                f"`{fault.name}`",
                plain(fault.says),
                requirements.link(fault.breaks, f"{requirements.FOLDER}/"),
                _met(fault, rows[fault.breaks]),
            )
            for one in members
            for fault in FAULTS
            if fault.breaks == one.id
        ]
        yield from marks.table(("faulty server", "the server …", "breaks", "caught"), listed)
        yield ""


def _met(fault: Fault, row: dict[str, Any]) -> str:
    for key, words in (("caught", "yes"), ("caught_by_another", "by another, too, or instead"), ("missed", "**no**")):
        if fault.name in row[key]:
            return words
    return "not measured yet"


def _variants(alarms: dict[str, Any]) -> Iterator[str]:
    yield "## Unusual servers that conform"
    yield ""
    yield "`customers-conformance serve --variant NAME` starts one. A SHOULD that it breaks warns, and fails nothing."
    yield ""
    rows = [
        (
            f"`{one.name}`",
            plain(one.says),
            ", ".join(requirements.link(name, f"{requirements.FOLDER}/") for name in one.warns),
            "**failed**" if one.name in alarms else "no",
        )
        for one in VARIANTS
    ]
    yield from marks.table(("unusual server", "the server …", "warns", "failed wrongly"), rows)
    yield ""
