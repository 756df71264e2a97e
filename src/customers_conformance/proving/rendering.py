"""Every file of a run, made again of its report and its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.proving.folder import opened
from customers_conformance.proving.recording import whole
from customers_conformance.running.folder import Folder

if TYPE_CHECKING:
    from pathlib import Path


def rendered(path: Path) -> list[Path]:
    """Writes every report beside the one at a path, the same bytes wherever the same version made them.

    Returns the files. Raises ``UsageError`` for what cannot be read, and ``WriteFailed``.
    """
    stored = opened(path)
    run = whole(stored)
    folder = Folder(stored.folder)
    with folder.held():
        return folder.publish(run)
