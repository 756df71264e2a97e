"""How many faulty servers prove each check, by the kill matrix that ships with the package."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customers_conformance.model import (
        Judgement,
    )

#: The kill matrix, beside this module; ``python -m customers_conformance.command.mutants`` measures it.
MATRIX = "matrix.json"


def proven(judgements: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """With how many faulty servers prove each check, by the matrix that ships with the package."""
    known = proofs()
    return tuple(replace(judgement, faults=known.get(judgement.requirement.id)) for judgement in judgements)


def matrix() -> dict[str, Any] | None:
    """The kill matrix that ships with the package; ``None`` where none was measured."""
    file = resources.files("customers_conformance.judging") / MATRIX
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


@functools.cache
def proofs() -> dict[str, int]:
    """For each requirement, how many faults of the shipped matrix prove that the suite can fail it."""
    found = matrix()
    rows = found["requirements"] if found else {}
    return {identifier: len(row["caught"]) for identifier, row in rows.items()}
