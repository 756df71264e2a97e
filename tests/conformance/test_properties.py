"""The property tests: requests that Schemathesis generated from the document, within ``--cc-examples``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("kind", ["query", "headers"])
def test_generated_requests_are_answered_as_the_contract_says(kind: str, generated: Callable[[str], None]) -> None:
    """Whatever query, and whatever odd header beside it: fails with the requests that can be repeated."""
    generated(kind)
