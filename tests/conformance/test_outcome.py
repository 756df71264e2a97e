"""The outcome of the run: red where the exit code is not 0, so that a reader of the tests sees what the gate sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_outcome(outcome: Callable[[], None]) -> None:
    """The run lets the target through: fails with the outcome, and errs where the target could not be asked."""
    outcome()
