"""Variants whose data change by themselves while somebody looks: a clock, a writer, another instance."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.behaviour import Behaviour, Call, Variant
from customers_conformance.reference.places import FIRST, put

if TYPE_CHECKING:
    from collections.abc import Callable

_CHANGED = ("CUST-HTTP-001",)
_COMPARED = (*_CHANGED, "CUST-QRY-001", "CUST-QRY-004", "CUST-MEM-002", "CUST-ROB-002")


def _named(suffix: Callable[[Call], object]) -> Behaviour:
    """A server whose first customer's name ends in this, the same wherever one answer shows it."""

    def change(call: Call, tree: Any) -> None:
        shown = suffix(call)
        rename = put(f"{FIRST}.name", lambda name: f"{name} {shown}").value
        if rename is not None:
            rename(call, tree)

    return Behaviour(value=change)


def _every(seconds: float) -> Callable[[Call], object]:
    return lambda _: int(time.time() / seconds)


VARIANTS: Final = (
    Variant("name-shows-the-second", "names a customer after the second", _named(_every(1)), unverified=_CHANGED),
    Variant(
        "writer-renames",
        "has a writer that renames a customer every seven tenths of a second",
        _named(_every(0.7)),
        unverified=_CHANGED,
    ),
    Variant(
        "instances-take-turns",
        "is two instances that take turns, of which one has an older name for a customer",
        _named(lambda call: call.read % 2),
        unverified=_COMPARED,
    ),
)
