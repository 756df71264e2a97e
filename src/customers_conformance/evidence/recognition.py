"""Which probe a recorded request answers: by method, query, credentials and the few headers that decide."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from customers_conformance.evidence.negotiation import admits_json

if TYPE_CHECKING:
    from customers_conformance.model import Probe, Request


#: Request headers that decide which probe recorded traffic answers, where a probe sets them.
DECIDING_HEADERS = ("accept", "accept-encoding", "origin")


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


def is_foreign_origin(request: Request) -> bool:
    """Whether a request names an origin other than the one that it is sent to."""
    origin = request.header("origin")
    if origin is None or origin == "null":
        return False
    parts = urlsplit(request.url)
    return origin.lower() != f"{parts.scheme}://{parts.netloc}".lower()
