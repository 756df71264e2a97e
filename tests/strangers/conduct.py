"""One stranger, judged by the real command in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.strangers import data, serving
from tests.strangers.stranger import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.strangers.sentences.entries import Entry
    from tests.strangers.stranger import Stranger

#: All profiles. A virtual key is taken from the list; the session is one that none of the servers knows.
SHARED = ("--profile", "all")
LIVE = (*SHARED, "--session-env", "STRANGER_SESSION", "--settle", "2", "--seed", "1")

#: Seconds that a run may take.
LONGEST = 120.0

_SECRETS = (data.KEY.encode(), data.SESSION.encode(), data.VIRTUAL_KEY.encode())


@dataclass(frozen=True)
class Met:
    """What came of one stranger: what is not as it must be, or why it was not met."""

    stranger: Stranger | Entry
    complaints: tuple[str, ...] = ()
    skipped: str = ""
    #: How the suite is known to differ from what it must say, and does.
    known: str = ""
    seconds: float = 0.0

    @property
    def word(self) -> str:
        """For a table: ``ok``, ``known``, ``FAILED`` or ``skipped``."""
        if self.skipped or self.complaints:
            return "skipped" if self.skipped else "FAILED"
        return "known" if self.known else "ok"


def met(stranger: Stranger) -> Met:
    """Set a stranger up, hold the command to it, and compare with what is pinned."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stranger-") as name:
        place, out = Path(name) / "place", Path(name) / "out"
        place.mkdir()
        try:
            with stranger.opened(place) as arguments:
                shared = LIVE if arguments[0] == "run" else SHARED
                command = [*arguments, "--out", str(out), *shared, *stranger.options]
                code, screen = _ran(command)
        except MissingError as missing:
            return Met(stranger, skipped=str(missing))
        except Exception as problem:  # noqa: BLE001 - what one stranger's program does must not hide the others
            return Met(stranger, (f"it could not be met: {problem!r}",), seconds=time.monotonic() - begun)
        complaints = tuple(_complaints(stranger, code, screen, out))
    return Met(stranger, complaints, seconds=time.monotonic() - begun)


def _ran(arguments: list[str]) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "customers_conformance", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
        env=serving.environment(STRANGER_SESSION=data.SESSION),
    )
    return ended.returncode, ended.stdout + ended.stderr


def _complaints(stranger: Stranger, code: int, screen: str, out: Path) -> Iterator[str]:
    try:
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        yield f"there is no report ({problem}); exit {code}: {screen[-1000:]}"
        return
    yield from stranger.complaints(report, code)
    for path in sorted(out.iterdir()):
        held = path.read_bytes()
        yield from (f"{path.name} holds {secret.decode()}" for secret in _SECRETS if secret in held)
