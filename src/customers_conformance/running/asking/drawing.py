"""How Hypothesis draws while a run generates: from the document alone, and from no code of whoever started the run."""

from __future__ import annotations

import contextlib
import functools
import tempfile
import threading
import unicodedata
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customers_conformance.running.asking import characters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_here = threading.local()


class _Home:
    """A folder for Hypothesis while runs generate: it would leave one where the user stands; one for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Lend it for the block; the last to give it back takes it away."""
        from hypothesis.configuration import set_hypothesis_home_dir  # noqa: PLC0415 - a run without need not wait

        with self._lock:
            if self._folder is None:
                folder = tempfile.TemporaryDirectory(prefix="customers-conformance-")
                # Hypothesis does without the table, where there is no room for it.
                with contextlib.suppress(OSError):
                    _lay_characters(Path(folder.name))
                set_hypothesis_home_dir(folder.name)
                self._folder = folder
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users and self._folder is not None:
                    set_hypothesis_home_dir(None)
                    self._folder.cleanup()
                    self._folder = None


def _lay_characters(home: Path) -> None:
    """Put Hypothesis' table of characters by their category where it looks for it.

    It makes one where it finds none: of more than a million characters, one by one, in every process. It still does
    for a release of Unicode that there is no table of.
    """
    release = unicodedata.unidata_version
    table = resources.files(characters) / f"{release}.json.gz"
    if table.is_file():
        folder = home / "unicode_data" / release
        folder.mkdir(parents=True)
        (folder / "charmap.json.gz").write_bytes(table.read_bytes())


_HOME = _Home()


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """Have Hypothesis draw, in this thread and in the block, from nothing that is the user's.

    It reads the source of every module that is no library, and draws from the constants that stand there: a program
    that calls this suite may hold secrets among them, and would get other requests for the same seed.
    """
    _leave_out_constants()
    with _HOME.lent():
        _here.is_apart = True
        try:
            yield
        finally:
            _here.is_apart = False


@functools.cache
def _leave_out_constants() -> None:
    """Hypothesis has no setting for it; what draws constants is told, in our threads, that it found none.

    Releases before 6.131 draw none.
    """
    from hypothesis.internal.conjecture import providers  # noqa: PLC0415 - as above
    from hypothesis.internal.constants_ast import Constants  # noqa: PLC0415 - as above

    provider: Any = providers.HypothesisProvider
    drawn: Callable[..., Any] | None = getattr(provider, "_maybe_draw_constant", None)
    if drawn is None:
        return

    @functools.wraps(drawn)
    def draw(self: Any, *args: Any, **named: Any) -> Any:
        if getattr(_here, "is_apart", False):
            # It stands before the property of this name, which would look for them.
            self.__dict__.setdefault("_local_constants", Constants())
        return drawn(self, *args, **named)

    provider._maybe_draw_constant = draw  # noqa: SLF001 - see above
