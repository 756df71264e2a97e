"""CUST-RSP and CUST-SCH-012, -014: what every answer looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.checks.answers import (
    error_body,
    has_bad_value,
    in_the_table,
    media_type_defect,
    repeated_members,
    rows,
)
from customers_conformance.checks.http import CODINGS
from customers_conformance.checks.probes import (
    ACCEPT_JSON,
    ACCEPT_UNMEETABLE,
    BAD_VALUE,
    FOREIGN_ORIGIN,
    NULL_ORIGIN,
    TOGETHER,
    UNKNOWN_PARAMETER,
)
from customers_conformance.evidence.evidence import CLIENT_ERROR, OK, UNAUTHORIZED
from customers_conformance.evidence.waiting import asked_to_wait
from customers_conformance.judging.registry import VIEWS, check, finding
from customers_conformance.model import (
    ACCEPTED_CREDENTIALS,
    GENERATED_ROLES,
    ODD_ROLES,
    PLAIN,
    Exchange,
    Further,
    Observed,
    Seen,
    Unseen,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customers_conformance.evidence.evidence import Evidence

#: Error statuses whose body is not judged: AUTH-011 does a 401's, the others may come from before the endpoint.
_ANY_BODY = frozenset({UNAUTHORIZED, 406, 414, 429, 431})


def _two_hundreds(evidence: Evidence) -> Iterator[Exchange]:
    """The 200s to GET with the key that RSP-001 to -003 judge: not to an ``Accept`` that the endpoint cannot meet."""
    unmeetable = {exchange.index for exchange in evidence.of(ACCEPT_UNMEETABLE)}
    for exchange in evidence.answered:
        response = exchange.response
        if (
            response is not None
            and response.status == OK
            and exchange.request.method == "GET"
            and exchange.request.credential in ACCEPTED_CREDENTIALS
            and exchange.index not in unmeetable
        ):
            yield exchange


@check("CUST-RSP-001", sends=VIEWS)
def sends_json_as_json(evidence: Evidence) -> Iterator[Observed]:
    """The media type of a 200."""
    for exchange in _two_hundreds(evidence):
        if exchange.response is None:
            continue
        yield Seen(kind="exchanges")
        defect = media_type_defect(exchange.response)
        if defect:
            yield finding("Content-Type: application/json, in UTF-8", defect, exchange.index)


@check("CUST-RSP-002", sends=VIEWS)
def sends_well_formed_json(evidence: Evidence) -> Iterator[Observed]:
    """RFC 8259, read strictly, on the bytes as they came."""
    exchanges = list(_two_hundreds(evidence))
    yield from _inexact(exchanges)
    for exchange in exchanges:
        response = exchange.response
        if response is None or (not response.body.exact and not response.body.cut):
            continue
        if response.body.cut:
            yield Unseen(response.body.cut)
            continue
        read = evidence.reading(exchange)
        if read.beyond:
            yield Unseen(read.beyond)
            continue
        yield Seen(kind="exchanges")
        if read.defect:
            yield finding("one JSON value in UTF-8", read.defect, exchange.index)


@check("CUST-RSP-003", sends=VIEWS)
def repeats_no_member(evidence: Evidence) -> Iterator[Observed]:
    """A name stands once in an object."""
    answers = [exchange.response for exchange in evidence.answered if exchange.response is not None]
    exact = {answer.body.content for answer in answers if answer.body.exact}
    found = evidence.distinct()
    if not exact:
        yield from _inexact(exchange for exchange, _ in found)
    for exchange, listing in found:
        # Of equal bodies one that was recorded byte for byte is enough.
        counts = exchange.response is not None and exchange.response.body.content in exact
        if counts and listing.reading.is_json:
            yield Seen(kind="bodies")
            yield from repeated_members(listing.reading, exchange, listing.documents)


def _is_exact(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.body.exact


def _inexact(exchanges: Iterable[Exchange]) -> Iterator[Unseen]:
    """What to say where a recorder wrote every body as other bytes; where it wrote some so, the others count."""
    whole = [one for one in exchanges if one.response is not None and not one.response.body.cut]
    if whole and not any(map(_is_exact, whole)):
        yield Unseen(f"entry {whole[0].index} and every other: the recording does not hold the bytes of the body")


@check("CUST-RSP-004", reads=[UNKNOWN_PARAMETER, FOREIGN_ORIGIN, ACCEPT_JSON], sends=[NULL_ORIGIN, *CODINGS])
def answers_with_the_statuses_of_the_table(evidence: Evidence) -> Iterator[Observed]:
    """Every GET with the key whose status no other MUST judges."""
    elsewhere = {exchange.index for exchange in evidence.of(PLAIN, TOGETHER, *VIEWS)}
    elsewhere |= {exchange.index for exchange in evidence.playing(*ODD_ROLES, *GENERATED_ROLES)}
    refused = {exchange.response.status for exchange in evidence.plain if exchange.response} - {OK}
    for exchange in evidence.carrying(*ACCEPTED_CREDENTIALS):
        if exchange.request.method != "GET" or exchange.index in elsewhere or has_bad_value(exchange):
            continue
        status = exchange.response.status if exchange.response else None
        if status in refused and status not in rows(exchange):
            yield Unseen(
                f"{evidence.name(exchange)} was answered {status}, as the plain request: look at CUST-AUTH-001"
            )
        else:
            yield from in_the_table(exchange)


@check("CUST-SCH-012", reads=[BAD_VALUE])
def gives_errors_the_documented_body(evidence: Evidence) -> Iterator[Observed]:
    """Every error answer to a GET but a 401; some that come from before the endpoint may carry any body."""
    for exchange in evidence.answered:
        response = exchange.response
        if response is None or response.status < CLIENT_ERROR or response.status in _ANY_BODY:
            continue
        odd = exchange.role in ODD_ROLES and response.status == 400
        if exchange.request.method != "GET" or odd or not (response.body.content or response.body.cut):
            continue
        yield from error_body(evidence, exchange)
    # A bad value that met a busy target provoked nothing.
    for exchange in evidence.of(BAD_VALUE):
        if busy := asked_to_wait(exchange, evidence.name(exchange)):
            yield Unseen(busy)


@check("CUST-SCH-014", sends=VIEWS, strays=True)
def sends_only_documented_properties(evidence: Evidence) -> Iterator[Observed]:
    """Each undocumented property once, with where it first stood and how often."""
    unknown: dict[str, set[int]] = {}
    counts: dict[str, int] = {}
    first: dict[str, tuple[int, str]] = {}
    for exchange, listing in evidence.distinct():
        yield Seen(listing.seen.objects["Customer"], "customers")
        for schema, names in listing.seen.unknown.items():
            unknown[schema] = unknown[schema] | names if schema in unknown else names
        for label, count in listing.seen.undocumented.items():
            counts[label] = counts.get(label, 0) + count
            first.setdefault(label, (exchange.index, listing.seen.first_places[label]))
    for label, (index, place) in first.items():
        yield finding("a documented property", f"{label}, {counts[label]} times", index, place)
    others = sum(map(len, unknown.values())) - len(first)
    if others > 0:
        yield Further(others)
