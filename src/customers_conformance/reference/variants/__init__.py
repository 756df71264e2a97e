"""Every conforming variant of the reference server, in one table: each keeps the contract in its own way."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.behaviour import Variant
from customers_conformance.reference.variants import answers, data, moving, notations, redirects, transport

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VARIANTS", "Variant", "variants_by_name"]

VARIANTS: Final[tuple[Variant, ...]] = (
    *answers.VARIANTS,
    *redirects.VARIANTS,
    *data.VARIANTS,
    *moving.VARIANTS,
    *notations.VARIANTS,
    *transport.VARIANTS,
)


@cache
def variants_by_name() -> Mapping[str, Variant]:
    """The table by name."""
    return MappingProxyType({variant.name: variant for variant in VARIANTS})
