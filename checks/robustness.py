"""CUST-ROB: no failure, whatever odd request is made, or how many at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.checks.answers import has_bad_value, in_the_table, same_as_control
from customers_conformance.checks.probes import OPTIONS, TOGETHER
from customers_conformance.evidence.evidence import SERVER_ERROR
from customers_conformance.evidence.rounds import compared
from customers_conformance.evidence.waiting import asked_to_wait
from customers_conformance.judging.registry import CONTROLS, check, finding
from customers_conformance.model import GENERATED_ROLES, PLAIN, Mended, Observed, Probe, Role, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.evidence.evidence import Evidence


def _odd(name: str, says: str, *headers: tuple[str, str]) -> Probe:
    return Probe(f"odd-header-{name}", headers=headers, role=Role.ODD_HEADER, says=says)


ODD_HEADERS = (
    _odd("unknown", "an unknown header", ("X-Cc-Unknown", "1")),
    _odd("long", "a header of 4,000 characters", ("X-Cc-Long", "a" * 4000)),
    _odd("repeated", "one header twice", ("X-Cc-Repeated", "1"), ("X-Cc-Repeated", "2")),
    _odd("empty", "a header with an empty value", ("X-Cc-Empty", "")),
    _odd("high-bytes", "a header with bytes above 127", ("X-Cc-Bytes", "caf\xe9 \xff\x80")),
    _odd("cookie", "an unknown cookie", ("Cookie", "cc_unknown=1")),
    _odd("language", "any language accepted", ("Accept-Language", "*")),
    _odd("forwarded", "a forwarded address", ("X-Forwarded-For", "192.0.2.7")),
    _odd("content-type", "a media type without a body", ("Content-Type", "application/json")),
)

ODD_HEADERS_IN_ONE = Probe(
    "odd-headers",
    headers=tuple(field for probe in ODD_HEADERS for field in probe.headers),
    role=Role.ODD_HEADER,
    says="every odd header in one request",
    stands_for=tuple(probe.name for probe in ODD_HEADERS),
)


@check("CUST-ROB-001", reads_all=True, mends=True)
def never_fails(evidence: Evidence) -> Iterator[Observed]:
    """No 5xx to any request that was made; a 503 that asks to wait was waited for once.

    What only asking again mended (``--retries``) is no failure, and no sound server's either.
    """
    for exchange in evidence.answered:
        response = exchange.response
        if response is None:
            continue
        if exchange.mended:
            for met in exchange.retried:
                if met.status is None or (met.status >= SERVER_ERROR and not met.asks_to_wait):
                    yield Mended(finding("an answer without asking again", met.says, exchange.index))
        busy = asked_to_wait(exchange, evidence.name(exchange))
        if busy and response.status >= SERVER_ERROR:
            yield Unseen(busy)
            continue
        yield Seen(kind="exchanges")
        if response.status >= SERVER_ERROR:
            yield finding("any status but 5xx", f"{response.status} {response.reason}".strip(), exchange.index)


@check("CUST-ROB-002", reads=[TOGETHER, PLAIN], settles=CONTROLS)
def answers_simultaneous_requests_alike(evidence: Evidence) -> Iterator[Observed]:
    """Each of the requests made at the same time shows what the control reads around them show."""
    yield from compared(evidence, TOGETHER, same_as_control)


@check("CUST-ROB-003", reads=[*ODD_HEADERS, OPTIONS], sends=[ODD_HEADERS_IN_ONE])
def answers_odd_requests_as_documented(evidence: Evidence) -> Iterator[Observed]:
    """What may be answered is chosen from the request that was sent; a bad ``from_memory`` is QRY-003's."""
    for exchange in [*evidence.of(*ODD_HEADERS, ODD_HEADERS_IN_ONE), *evidence.playing(*GENERATED_ROLES)]:
        if not has_bad_value(exchange):
            yield from in_the_table(exchange)
