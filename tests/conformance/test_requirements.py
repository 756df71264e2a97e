"""One test per selected requirement; its id stands in the test's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.filterwarnings("always::customers_conformance.pytest_plugin.BrokenShould")
def test_requirement(requirement: str, conforms: Callable[[str], None]) -> None:
    """The target keeps the requirement: fails with the places where it does not, and skips with the reason."""
    conforms(requirement)
