"""CUST-HTTP: the protocol, and that reading changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.utils import format_datetime, parsedate_to_datetime
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import differences
from customers_conformance.checks.answers import elsewhere, media_type_defect, status_line, statuses
from customers_conformance.checks.probes import (
    ACCEPT_ANY,
    ACCEPT_JSON,
    ACCEPT_UNMEETABLE,
    FOREIGN_ORIGIN,
    HEAD,
    NULL_ORIGIN,
    TOGETHER,
)
from customers_conformance.evidence.evidence import OK, REDIRECTS, SERVER_ERROR
from customers_conformance.evidence.fields import cache_directives, leads_within, media_type
from customers_conformance.evidence.negotiation import admits_coding
from customers_conformance.evidence.recognition import is_foreign_origin
from customers_conformance.evidence.rounds import CHANGED
from customers_conformance.judging.registry import CONTROLS, check, finding
from customers_conformance.model import PLAIN, Framing, Observed, Probe, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from customers_conformance.bodies.comparison import Difference, Key
    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Exchange, Response

GZIP = (
    Probe("gzip-accepted", headers=(("Accept-Encoding", "gzip"),), says="a compressed answer accepted"),
    Probe("gzip-refused", headers=(("Accept-Encoding", "gzip;q=0"),), says="a compressed answer refused by name"),
)
NO_CODING = Probe(
    "no-coding-accepted", headers=(("Accept-Encoding", "identity;q=1, *;q=0"),), says="every coding refused by name"
)
CODINGS = (*GZIP, NO_CODING)

_DIGITS = re.compile(r"[0-9]+")
#: Reads, one straight after the other, of which each may show a change: a series.
_SERIES = 5
#: Seconds between two reads beyond which a change is no longer in step with them.
_IN_STEP = 2.0


@dataclass(frozen=True, slots=True)
class _Step:
    """From one control read to the next: what differs, by what identifies the property."""

    first: Exchange
    second: Exchange
    found: Mapping[Key, Difference]

    @property
    def is_soon(self) -> bool:
        """Whether the two stand so close that a change may be due to reading."""
        return self.second.started - self.first.started <= _IN_STEP

    @property
    def is_close(self) -> bool:
        """Whether nothing was asked between the two besides."""
        return self.is_soon and self.second.index == self.first.index + 1


@check("CUST-HTTP-001", reads=[PLAIN], sends=[TOGETHER], settles=CONTROLS, plain_reads=_SERIES + 1)
def reading_changes_nothing(evidence: Evidence) -> Iterator[Observed]:
    """Broken by a property that changes in step with our reads; any other change is not ours to explain."""
    reads = _listed(evidence, evidence.plain)
    if not any(listing.size for _, listing in reads):
        return
    if len(reads) == 1:
        yield Unseen("the plain request shows a list only once: ask it again")
        return
    steps = [_step(one, other) for one, other in pairwise(reads)]
    series = list(_series(steps))
    broken = [*_in_each(evidence, series), *_at_the_first(steps)]
    for exchange, difference, when in broken:
        expected = f"{difference.left}, as in the read before"
        yield finding(expected, f"{difference.right}, changed {when}", exchange.index, difference.pointer)
    if not any(step.found for step in steps):
        yield Seen(len(reads), "reads")
    elif not broken:
        # More reads tell more only until there are two series.
        yield CHANGED if len(series) < 2 else replace(CHANGED, passing=False)


def _listed(evidence: Evidence, exchanges: Iterable[Exchange]) -> list[tuple[Exchange, Listing]]:
    listings = ((exchange, evidence.listing(exchange)) for exchange in exchanges)
    return [(exchange, listing) for exchange, listing in listings if listing is not None and listing.is_listing]


def _step(one: tuple[Exchange, Listing], other: tuple[Exchange, Listing]) -> _Step:
    (first, left), (second, right) = one, other
    found = () if left is right else differences(left, right).first
    return _Step(first, second, {difference.key: difference for difference in found})


def _series(steps: Sequence[_Step]) -> Iterator[Sequence[_Step]]:
    """Each five steps that follow one another closely, none in two series."""
    begin = 0
    for end in range(1, len(steps) + 1):
        if not steps[end - 1].is_close:
            begin = end
        elif end - begin == _SERIES:
            yield steps[begin:end]
            begin = end


def _in_each(evidence: Evidence, series: list[Sequence[_Step]]) -> Iterator[tuple[Exchange, Difference, str]]:
    """What changed at each read of two series, and in each of the reads that were made at the same time."""
    if len(series) < 2:
        return
    steps = [step for each in series for step in each]
    crowd = _listed(evidence, evidence.of(TOGETHER))
    for key, difference in steps[0].found.items():
        if all(key in step.found for step in steps) and _differs_in_each(key, crowd):
            yield steps[0].second, difference, "at each read"


def _differs_in_each(key: Key, crowd: list[tuple[Exchange, Listing]]) -> bool:
    """Whether a property differs between any two of the reads that were made at the same time."""
    pairs = list(combinations(crowd, 2))
    return bool(pairs) and all(key in _step(one, other).found for one, other in pairs)


def _at_the_first(steps: Sequence[_Step]) -> Iterator[tuple[Exchange, Difference, str]]:
    """What changed between the first and the second read, where all later ones agree in everything."""
    if len(steps) < _SERIES or not steps[0].is_soon or any(step.found for step in steps[1:]):
        return
    # A customer more or less is somebody else's doing, and so may be what changed beside it.
    if not any(len(key) == len(("customers", "id")) for key in steps[0].found):
        for difference in steps[0].found.values():
            yield steps[0].second, difference, "once, after the first read"


@check("CUST-HTTP-002", reads=[HEAD])
def answers_head_as_it_answers_get(evidence: Evidence) -> Iterator[Observed]:
    """GET's status and media type (RFC 9110, 9.3.2)."""
    answered = [exchange.response for exchange in evidence.plain if exchange.response is not None]
    for exchange in evidence.of(HEAD):
        if exchange.response is None or not answered:
            continue
        hidden = elsewhere(exchange)
        if hidden:
            yield hidden
            continue
        yield Seen(kind="exchanges")
        if exchange.response.status != answered[0].status:
            yield finding(f"{answered[0].status}, as GET", status_line(exchange.response), exchange.index)
        elif _media_type(exchange.response) != _media_type(answered[0]):
            told = exchange.response.header("Content-Type")
            yield finding(f"Content-Type: {answered[0].header('Content-Type')}, as GET", told or "none", exchange.index)


def _media_type(response: Response) -> list[tuple[str, list[tuple[str, str]]]]:
    read = map(media_type, response.fields("Content-Type"))
    return [(kind, sorted((name, said.lower()) for name, said in parameters)) for kind, parameters in read]


@check("CUST-HTTP-003", reads_all=True, sends=[*CODINGS, HEAD])
def frames_its_answers_soundly(evidence: Evidence) -> Iterator[Observed]:
    """RFC 9112, 6 to 8: lengths, chunks, nothing after the end; and a coding that decodes."""
    unknown = False
    for exchange in evidence.answered:
        response = exchange.response
        if response is None:
            continue
        defect = _framing_defect(response)
        if defect:
            yield finding(*defect, exchange.index)
        elif response.framing is None:
            unknown = True
        elif response.body.cut and response.header("Content-Encoding"):
            yield Unseen(response.body.cut)
        else:
            yield Seen(kind="exchanges")
    if unknown:
        yield Unseen("nothing is known of the bytes on the wire")


def _framing_defect(response: Response) -> tuple[str, str] | None:
    lengths = response.fields("Content-Length")
    framing = response.framing or Framing()
    cases = (
        (len(lengths) > 1, "one Content-Length at the most", f"{len(lengths)}: {', '.join(lengths)}"),
        (
            not all(_DIGITS.fullmatch(one.strip(" \t")) for one in lengths),
            "a Content-Length of digits",
            ", ".join(lengths),
        ),
        (bool(lengths and response.fields("Transfer-Encoding")), "Content-Length or Transfer-Encoding", "both"),
        (framing.error is not None, "a soundly framed answer", framing.error),
        (framing.surplus > 0, "nothing after the end of the answer", f"{framing.surplus} bytes more"),
        (response.body.coding_error is not None, "a content coding that decodes", response.body.coding_error),
    )
    return next(((expected, actual or "") for broken, expected, actual in cases if broken), None)


@check("CUST-HTTP-004", reads_all=True)
def sends_a_date(evidence: Evidence) -> Iterator[Observed]:
    """One ``Date`` in the one form that may be sent (RFC 9110, 6.6.1 and 5.6.7); a 5xx may lack it."""
    for exchange in evidence.answered:
        response = exchange.response
        if response is None or response.status >= SERVER_ERROR:
            continue
        yield Seen(kind="exchanges")
        dates = response.fields("Date")
        if len(dates) != 1 or not _is_http_date(dates[0]):
            yield finding(
                "one Date such as Sun, 06 Nov 1994 08:49:37 GMT", " and ".join(dates) or "none", exchange.index
            )


def _is_http_date(text: str) -> bool:
    text = text.strip(" \t")
    # A leap second is legal, and datetime has none.
    whole = text.replace(":60 GMT", ":59 GMT")
    try:
        return format_datetime(parsedate_to_datetime(whole), usegmt=True) == whole
    except (ValueError, TypeError, IndexError, OverflowError):
        return False


@check("CUST-HTTP-005")
def keeps_shared_caches_out(evidence: Evidence) -> Iterator[Observed]:
    """RFC 9111, 5.2.2: ``private`` or ``no-store``, and nothing that lets a shared cache keep it."""
    for exchange in evidence.answered:
        response = exchange.response
        if response is None or response.status != OK or exchange.request.method != "GET":
            continue
        yield Seen(kind="exchanges")
        told = cache_directives(response)
        kept_out = "no-store" in told or ("private" in told and told["private"] is None)
        if not kept_out or told.keys() & {"public", "s-maxage"}:
            yield finding(
                "Cache-Control with private (of the whole answer) or no-store, no public and no s-maxage",
                response.header("Cache-Control") or "none",
                exchange.index,
            )


@check("CUST-HTTP-006", reads=[FOREIGN_ORIGIN], sends=[NULL_ORIGIN])
def lends_credentials_to_no_origin(evidence: Evidence) -> Iterator[Observed]:
    """The Fetch standard's ``Access-Control-Allow-Credentials`` beside an origin that only echoes the request's."""
    if evidence.own and not any(exchange.response for exchange in evidence.of(NULL_ORIGIN)):
        yield Unseen(f"the probe {NULL_ORIGIN.name} has no answer")
    for exchange in evidence.answered:
        response = exchange.response
        origin = exchange.request.header("Origin")
        if response is None or origin is None or not (origin == "null" or is_foreign_origin(exchange.request)):
            continue
        allowed = {value.strip() for value in response.fields("Access-Control-Allow-Origin")} & {origin, "*"}
        # The Fetch standard compares it byte for byte.
        lent = "true" in {value.strip() for value in response.fields("Access-Control-Allow-Credentials")}
        hidden = elsewhere(exchange) if exchange.request.method == "GET" else None
        yield hidden or Seen(kind="exchanges")
        if lent and allowed:
            yield finding(
                "no Access-Control-Allow-Credentials for an origin that is only echoed",
                f"true, for {' and '.join(sorted(allowed))}",
                exchange.index,
            )


@check("CUST-HTTP-007", reads=[ACCEPT_JSON, ACCEPT_ANY, ACCEPT_UNMEETABLE])
def negotiates_the_media_type(evidence: Evidence) -> Iterator[Observed]:
    """RFC 9110, 12.5.1: what it has to those who take it, else 406 or JSON all the same."""
    yield from statuses(evidence.of(ACCEPT_JSON, ACCEPT_ANY), {OK})
    for exchange in evidence.of(ACCEPT_UNMEETABLE):
        yield from statuses([exchange], {OK, 406})
        response = exchange.response
        if response is None or response.status != OK:
            continue
        if response.body.cut:
            yield Unseen(response.body.cut)
            continue
        defect = media_type_defect(response) or evidence.reading(exchange).defect
        if defect:
            yield finding("406, or 200 in JSON", f"200 with {defect}", exchange.index)


@check("CUST-HTTP-008", reads=GZIP, reads_all=True, sends=[NO_CODING])
def sends_no_coding_that_was_not_allowed(evidence: Evidence) -> Iterator[Observed]:
    """RFC 9110, 12.5.3; without ``Accept-Encoding`` any coding is allowed."""
    if not any(exchange.request.header("Accept-Encoding") == "identity" for exchange in evidence.answered):
        yield Unseen("no request that accepts identity alone has an answer")
    probes = evidence.of(*CODINGS)
    for exchange in evidence.answered:
        response = exchange.response
        hidden = elsewhere(exchange) if exchange in probes else None
        if hidden:
            yield hidden
        if response is None or exchange.request.method == "HEAD" or not (response.body.content or response.body.length):
            continue
        yield Seen(kind="bodies")
        accepted = exchange.request.header("Accept-Encoding")
        used = [coding.strip().lower() for coding in (response.header("Content-Encoding") or "").split(",")]
        for coding in used:
            # No coding at all may always be answered where none that is allowed can be had.
            if coding and coding != "identity" and not admits_coding(accepted, coding):
                yield finding(f"a coding that Accept-Encoding: {accepted} allows", coding, exchange.index)


@check("CUST-HTTP-009", reads_all=True)
def redirects_only_within_its_origin(evidence: Evidence) -> Iterator[Observed]:
    """Where each ``Location`` leads, as browsers resolve it."""
    for exchange in evidence.answered:
        response = exchange.response
        for location in response.fields("Location") if response and response.status in REDIRECTS else ():
            yield Seen(kind="redirects")
            if not leads_within(exchange.request.url, location):
                yield finding("a redirect within the origin that was asked", location, exchange.index)
