"""Evidence: the exchanges of a run or of a recording, by the probes that they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.bodies.parsing import reading
from customers_conformance.bodies.store import Bodies
from customers_conformance.evidence.recognition import answers
from customers_conformance.model import ACCEPTED_CREDENTIALS, PLAIN, Credential, Exchange, Probe, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from customers_conformance.bodies.listing import Listing
    from customers_conformance.bodies.parsing.reading import Reading
    from customers_conformance.contract.document import Contract


OK = 200
SERVER_ERROR = 500
CLIENT_ERROR = 400
UNAUTHORIZED = 401
REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})


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
        bodies: Bodies | None = None,
    ) -> None:
        """``probes`` are those that a recording may answer; ``unsent`` says by name what one takes that was not sent.

        ``own`` says that this suite recorded it, ``authenticated`` that it shows which credentials were sent. What
        ``bodies`` knows already is not read again.
        """
        self.exchanges = tuple(exchanges)
        self.contract = contract
        self.own = own
        self.authenticated = authenticated
        self.unsent = dict(unsent or {})
        self.bodies = bodies or Bodies(contract)
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

    @property
    def answered_probes(self) -> frozenset[str]:
        """The names of the probes that some exchange answers."""
        return frozenset(self._by_probe)

    def of(self, *probes: Probe) -> list[Exchange]:
        """The exchanges that answer some probes, in order, those without a response too."""
        found = {exchange.index: exchange for probe in probes for exchange in self._by_probe.get(probe.name, ())}
        return [found[index] for index in sorted(found)]

    def playing(self, *roles: Role) -> list[Exchange]:
        """The exchanges whose requests have one of some roles, in order."""
        return [exchange for exchange in self.exchanges if exchange.role in roles]

    def carrying(self, *kinds: Credential) -> list[Exchange]:
        """The exchanges whose request carries credentials of some kinds, whatever else it asks."""
        return [exchange for exchange in self.exchanges if exchange.request.credential in kinds]

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
        """Why the body of a 200 to the valid key did not come whole, for each that did not."""
        return [
            exchange.response.body.cut
            for exchange in self.carrying(*ACCEPTED_CREDENTIALS)
            if exchange.response and exchange.response.status == OK and exchange.response.body.cut
        ]

    def listing(self, exchange: Exchange) -> Listing | None:
        """The body of a 200 to a GET, where it came whole."""
        response = exchange.response
        if response is None or exchange.request.method != "GET" or response.status != OK or response.body.cut:
            return None
        return self.bodies.listing(response.body.content)

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
        return self.bodies.reading(body.content)

    def distinct(self) -> list[tuple[Exchange, Listing]]:
        """The distinct bodies of the 200s to the valid key, each with the first exchange that brought it."""
        found: dict[int, tuple[Exchange, Listing]] = {}
        for exchange in self.carrying(*ACCEPTED_CREDENTIALS):
            listing = self.listing(exchange)
            if listing is not None:
                found.setdefault(id(listing), (exchange, listing))
        return list(found.values())
