"""Recorded traffic as the source of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from customers_conformance.bodies.parsing.bounds import Scale
from customers_conformance.evidence import har
from customers_conformance.model import ENDPOINT, RecordedTraffic, UsageError
from customers_conformance.running.collected import Collected
from customers_conformance.running.progress import answered
from customers_conformance.sending.credentials import Credentials

if TYPE_CHECKING:
    from customers_conformance.running.deadline.ending import Watch
    from customers_conformance.running.progress import Tell
    from customers_conformance.running.settings import Settings

_EMPTY = har.Recording((), 0, authenticated=False, own=False, warnings=())


class Recorded:
    """Recorded traffic, read from a HAR; raises ``UsageError`` where there is none to read."""

    seed: int | None = None
    warnings: tuple[str, ...] = ()

    def __init__(self, settings: Settings, tell: Tell) -> None:
        """Reads the file; ``tell`` is told of each exchange."""
        self.url = ""
        self._tell = tell
        path = settings.har
        if path is None:
            raise UsageError("no recording was named; give the file of a HAR")
        try:
            self._recording = har.read(path.read_bytes(), settings.key_placeholder)
        except OSError as problem:
            message = f"{path} cannot be read: {problem.strerror or problem}; give a HAR file that can"
            raise UsageError(message) from None
        times = [exchange.started for exchange in self._recording.exchanges if exchange.started > 0]
        self.recorded = RecordedTraffic(
            path.name,
            self._recording.creator,
            first=_written(min(times)) if times else None,
            last=_written(max(times)) if times else None,
        )
        if self._recording.exchanges:
            parts = urlsplit(self._recording.exchanges[0].request.url)
            self.url = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(ENDPOINT)}"

    def collect(self, _watch: Watch) -> Collected:
        """What the file holds."""
        recording, self._recording = self._recording, _EMPTY
        warnings = list(recording.warnings)
        if recording.left_out:
            warnings.append(f"{recording.left_out} entries of the recording are for other requests and were left out")
        scale = Scale(redacted=recording.own)
        exchanges = tuple(scale.weighed(exchange) for exchange in recording.exchanges)
        for exchange in exchanges:
            self._tell(answered(exchange))
        provenance = recording.provenance
        pairs = zip(recording.exchanges, exchanges, strict=True)
        return Collected(
            exchanges,
            Credentials(key=recording.key, unknown=""),
            own=recording.own and all(exchange.probe for exchange in recording.exchanges),
            authenticated=recording.authenticated,
            unsent=tuple(provenance.unsent.items()) if provenance else (),
            left_out=recording.left_out,
            warnings=tuple(warnings),
            cut=frozenset(exchange.index for before, exchange in pairs if exchange is not before),
            cut_short=recording.cut_short,
        )


def _written(seconds: float) -> str:
    """Seconds since 1970 as a date-time (RFC 3339)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
