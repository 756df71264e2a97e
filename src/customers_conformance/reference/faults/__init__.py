"""Every fault of the reference server, in one table: a single small defect each, and the requirement that it breaks."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.behaviour import Fault
from customers_conformance.reference.faults import (
    access,
    doors,
    fields,
    query,
    refusals,
    relations,
    robustness,
    safety,
    schema,
    transport,
    values,
    views,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAULTS", "Fault", "faults_by_name"]

FAULTS: Final[tuple[Fault, ...]] = tuple(
    sorted(
        (
            *access.FAULTS,
            *doors.FAULTS,
            *refusals.FAULTS,
            *query.FAULTS,
            *schema.FAULTS,
            *relations.FAULTS,
            *views.FAULTS,
            *values.FAULTS,
            *transport.FAULTS,
            *fields.FAULTS,
            *safety.FAULTS,
            *robustness.FAULTS,
        ),
        key=lambda fault: fault.breaks,
    )
)


@cache
def faults_by_name() -> Mapping[str, Fault]:
    """The table by name, in the order of the requirements; ``serve --faults`` lists it."""
    return MappingProxyType({fault.name: fault for fault in FAULTS})
