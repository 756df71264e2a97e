"""Evidence: the exchanges of a run or of a recording, by the probes that they answer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from customers_conformance.bodies import reading
from customers_conformance.bodies.listing import Listing
from customers_conformance.model import MEBI, PLAIN, PREFIX, Exchange, Probe, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from customers_conformance.bodies.reading import Reading
    from customers_conformance.contract.document import Contract

#: Request headers that decide which probe recorded traffic answers, where a probe sets them.
DECIDING_HEADERS = ("accept", "accept-encoding", "origin")

#: What the values of all distinct bodies of a run may weigh together, in bytes.
MOST_WEIGHT = 688 * MEBI

OK = 200
SERVER_ERROR = 500
CLIENT_ERROR = 400
UNAUTHORIZED = 401
REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})


class Scale:
    """Keeps what the values of all distinct bodies of a run weigh within a bound: what is beyond is cut."""

    def __init__(self, *, redacted: bool = False) -> None:
        """``redacted`` says that the bodies were weighed before tokens stood in them, and cut where they had to be."""
        self._spare = reading.TOKENS if redacted else 0
        self._total = 0
        self._cut: dict[tuple[str, str | None], str | None] = {}

    def weighed(self, exchange: Exchange) -> Exchange:
        """The exchange, its body cut where it weighs too much."""
        response = exchange.response
        if response is None or response.body.cut:
            return exchange
        body = response.body
        known = (body.digest, response.header("content-encoding"))
        if known not in self._cut:
            self._cut[known] = self._why(reading.weight(body.content))
        why = self._cut[known]
        if why is None:
            return exchange
        body = replace(body, content=body.content[:PREFIX], cut=why)
        return replace(exchange, response=replace(response, body=body))

    def _why(self, weight: int) -> str | None:
        if weight > reading.MAX_WEIGHT + self._spare:
            return reading.TOO_HEAVY
        if self._total + weight > MOST_WEIGHT + self._spare:
            return f"the bodies of the run hold more values than {MOST_WEIGHT // MEBI} MiB can take together"
        self._total += weight
        return None


class Evidence:
    """The exchanges in order, with what was read out of each distinct body."""

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        contract: Contract,
        *,
        probes: Iterable[Probe] = (),
        own: bool = True,
        authenticated: bool = True,
        unsent: Mapping[str, str] | None = None,
    ) -> None:
        """``probes`` are those that a recording may answer; ``unsent`` says by name why one was not sent."""
        self.exchanges = tuple(exchanges)
        self.contract = contract
        self.own = own
        self.authenticated = authenticated
        self.unsent = dict(unsent or {})
        # By content: equal bytes on the wire are two bodies where one of them names a coding.
        self._listings: dict[bytes, Listing] = {}
        self._readings: dict[bytes, Reading] = {}
        self._by_probe: dict[str, list[Exchange]] = {}
        candidates = list(probes)
        for exchange in self.exchanges:
            names = [exchange.probe] if exchange.probe else [p.name for p in candidates if answers(p, exchange.request)]
            for name in names:
                self._by_probe.setdefault(name, []).append(exchange)

    def name(self, exchange: Exchange) -> str:
        """The probe that an exchange answers, the first where a recorded one answers several."""
        if exchange.probe:
            return exchange.probe
        return next((name for name, found in self._by_probe.items() if exchange in found), f"entry {exchange.index}")

    def of(self, *probes: Probe) -> list[Exchange]:
        """The exchanges that answer some probes, in order, those without a response too."""
        found = {exchange.index: exchange for probe in probes for exchange in self._by_probe.get(probe.name, ())}
        return [found[index] for index in sorted(found)]

    def named(self, prefix: str) -> list[Exchange]:
        """The exchanges of the probes whose names begin so."""
        return [exchange for exchange in self.exchanges if exchange.probe.startswith(prefix)]

    @property
    def plain(self) -> list[Exchange]:
        """The control reads: every plain request with the key, in order."""
        return self.of(PLAIN)

    @property
    def answered(self) -> list[Exchange]:
        """Every exchange with a response."""
        return [exchange for exchange in self.exchanges if exchange.response is not None]

    @property
    def cut(self) -> list[str]:
        """Why the body of a 200 did not come whole, for each that did not."""
        return [
            exchange.response.body.cut
            for exchange in self.answered
            if exchange.response and exchange.response.status == OK and exchange.response.body.cut
        ]

    def listing(self, exchange: Exchange) -> Listing | None:
        """The body of a 200 to a GET, where it came whole."""
        response = exchange.response
        if response is None or exchange.request.method != "GET" or response.status != OK or response.body.cut:
            return None
        content = response.body.content
        if content not in self._listings:
            self._listings[content] = Listing(content, self.contract)
        return self._listings[content]

    def reading(self, exchange: Exchange) -> Reading:
        """Strict reading of any answer's body; one that its framing may have cut is not judged as JSON."""
        read = self._read(exchange)
        framing = exchange.response.framing if exchange.response else None
        if read.defect and framing is not None and framing.surplus:
            return reading.Reading(beyond="the answer is not soundly framed: look at CUST-HTTP-003")
        return read

    def _read(self, exchange: Exchange) -> Reading:
        listing = self.listing(exchange)
        if listing is not None:
            return listing.reading
        body = exchange.response.body if exchange.response else None
        if body is None:
            return reading.Reading(defect="no answer")
        if body.content not in self._readings:
            self._readings[body.content] = reading.read(body.content)
        return self._readings[body.content]

    def distinct(self) -> list[tuple[Exchange, Listing]]:
        """The distinct bodies of the 200s, each with the first exchange that brought it."""
        found: dict[int, tuple[Exchange, Listing]] = {}
        for exchange in self.exchanges:
            listing = self.listing(exchange)
            if listing is not None:
                found.setdefault(id(listing), (exchange, listing))
        return list(found.values())


def answers(probe: Probe, request: Request) -> bool:
    """Whether a recorded request is one that a probe would have sent.

    Method, decoded query and credentials decide, and ``Accept``, ``Accept-Encoding`` and ``Origin`` where the probe
    sets them; a probe that sets another header cannot be told from others by it.
    """
    if (probe.method, probe.credential) != (request.method, request.credential):
        return False
    sets = {name.lower(): value for name, value in probe.headers}
    if set(sets) - set(DECIDING_HEADERS) - {"access-control-request-method"}:
        return False
    if probe.matches is not None:
        return probe.matches(request)
    has_no_other = ("origin" in sets or request.header("origin") is None) and (
        "accept" in sets or admits_json(request.header("accept"))
    )
    return (
        probe.query == request.query
        and has_no_other
        and all(request.header(name) == value for name, value in sets.items())
    )


def admits_json(accept: str | None) -> bool:
    """Whether an ``Accept`` header can be met by ``application/json`` (RFC 9110, 12.5.1)."""
    if accept is None or not accept.strip():
        return True
    ranges = [part.strip().lower() for part in accept.split(",")]
    return any(
        re.split(r"\s*;", item)[0] in {"*/*", "application/*", "application/json"}
        and not re.search(r";\s*q=0(\.0*)?$", item)
        for item in ranges
    )


def is_foreign_origin(request: Request) -> bool:
    """Whether a request names an origin other than the one that it is sent to."""
    origin = request.header("origin")
    if origin is None or origin == "null":
        return False
    parts = urlsplit(request.url)
    return origin.lower() != f"{parts.scheme}://{parts.netloc}".lower()
