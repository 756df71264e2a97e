"""CUST-HTTP: the protocol, and that reading changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from werkzeug.http import parse_dict_header

from customers_conformance.bodies.comparison import KEPT, differences
from customers_conformance.checks.answers import elsewhere, media_type_defect, status_line, statuses
from customers_conformance.checks.probes import (
    ACCEPT_ANY,
    ACCEPT_JSON,
    ACCEPT_UNMEETABLE,
    FOREIGN_ORIGIN,
    HEAD,
    NULL_ORIGIN,
)
from customers_conformance.evidence.evidence import OK, REDIRECTS, SERVER_ERROR
from customers_conformance.evidence.negotiation import admits_coding
from customers_conformance.evidence.recognition import is_foreign_origin
from customers_conformance.evidence.rounds import CHANGED
from customers_conformance.judging.registry import CONTROLS, check, finding
from customers_conformance.model import DEFAULT_PORTS, PLAIN, Framing, Observed, Probe, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from customers_conformance.bodies.comparison import Difference, Key
    from customers_conformance.bodies.listing import Listing
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Exchange, Response

CODINGS = (
    Probe("gzip-accepted", headers=(("Accept-Encoding", "gzip"),), says="a compressed answer accepted"),
    Probe(
        "no-coding-accepted", headers=(("Accept-Encoding", "identity;q=1, *;q=0"),), says="every coding refused by name"
    ),
)

_DIGITS = re.compile(r"[0-9]+")
#: Plain requests that tell whether reading changes anything, where they differ.
_READS = 6
#: Seconds between two reads beyond which a change is no longer in step with them.
_IN_STEP = 2.0


@dataclass(frozen=True, slots=True)
class _Step:
    """From one control read to the next: what differs, by what identifies the property."""

    first: Exchange
    second: Exchange
    found: Mapping[Key, Difference]

    @property
    def is_close(self) -> bool:
        """Whether nothing was asked between the two, and they stand so close that a change may be due to reading."""
        apart = self.second.started - self.first.started
        return self.second.index == self.first.index + 1 and apart <= _IN_STEP


def _step(one: tuple[Exchange, Listing], other: tuple[Exchange, Listing]) -> _Step:
    (first, left), (second, right) = one, other
    found = () if left is right else differences(left, right).first
    return _Step(first, second, {difference.key: difference for difference in found})


@check("CUST-HTTP-001", reads=[PLAIN], settles=CONTROLS, plain_reads=_READS)
def reading_changes_nothing(evidence: Evidence) -> Iterator[Observed]:
    """A property that changes in step with our reads: at each of five, or once after the first read and never again."""
    reads = [
        (exchange, listing)
        for exchange in evidence.plain
        if (listing := evidence.listing(exchange)) is not None and listing.is_listing
    ]
    if not any(listing.customers for _, listing in reads):
        return
    steps = [_step(one, other) for one, other in pairwise(reads)]
    for exchange, difference, when in (*_at_each(steps), *_at_the_first(steps)):
        expected = f"{difference.left}, as in the read before"
        yield finding(expected, f"{difference.right}, changed {when}", exchange.index, difference.pointer)
    alike = _longest_quiet(steps)
    if alike >= min(_READS - 1, max(1, len(steps))):
        yield Seen(alike + 1, "reads")
    elif len(steps) >= _READS - 1:
        yield CHANGED
    else:
        yield Unseen(f"{_READS} plain requests are needed where they differ")


def _at_each(steps: Sequence[_Step]) -> Iterator[tuple[Exchange, Difference, str]]:
    """What changed at each of five reads that followed one another."""
    told: set[Key] = set()
    for start in range(len(steps) - _READS + 2):
        window = steps[start : start + _READS - 1]
        if all(step.is_close for step in window):
            for key, difference in window[0].found.items():
                if key not in told and all(key in step.found for step in window):
                    told.add(key)
                    yield window[0].second, difference, "at each of five reads"


def _at_the_first(steps: Sequence[_Step]) -> Iterator[tuple[Exchange, Difference, str]]:
    """What changed between the first and the second read, and in no later ones as far apart."""
    if len(steps) < _READS - 1 or not steps[0].is_close:
        return
    first, *others = steps
    # Where not every difference is held, what has changed again cannot be told.
    if any(len(step.found) >= KEPT for step in others):
        return
    if others[-1].second.started - first.second.started < first.second.started - first.first.started:
        return
    later = {key for step in others for key in step.found}
    for key, difference in first.found.items():
        if key not in later:
            yield first.second, difference, "once, after the first read"


def _longest_quiet(steps: Sequence[_Step]) -> int:
    """How many steps without a difference follow one another at the most."""
    longest = current = 0
    for step in steps:
        current = 0 if step.found else current + 1
        longest = max(longest, current)
    return longest


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


def _media_type(response: Response) -> str:
    return re.sub(r"\s+", "", response.header("Content-Type") or "").lower().replace('"', "")


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
        told = response.header("Cache-Control") or ""
        names = {name.lower() for name in parse_dict_header(told)}
        if not names & {"private", "no-store"} or names & {"public", "s-maxage"}:
            yield finding(
                "Cache-Control with private or no-store, no public and no s-maxage", told or "none", exchange.index
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
        allowed = response.header("Access-Control-Allow-Origin")
        credentials = (response.header("Access-Control-Allow-Credentials") or "").strip().lower()
        yield Seen(kind="exchanges")
        if credentials == "true" and allowed is not None and allowed.strip() in {origin, "*"}:
            yield finding(
                "no Access-Control-Allow-Credentials for an origin that is only echoed",
                f"true, for {allowed}",
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


@check("CUST-HTTP-008", reads_all=True, sends=CODINGS)
def sends_no_coding_that_was_not_allowed(evidence: Evidence) -> Iterator[Observed]:
    """RFC 9110, 12.5.3; without ``Accept-Encoding`` any coding is allowed."""
    for exchange in evidence.answered:
        response = exchange.response
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
    """Where a ``Location`` leads, read as browsers read it: a backslash is a slash, controls are dropped."""
    for exchange in evidence.answered:
        response = exchange.response
        location = response.header("Location") if response is not None and response.status in REDIRECTS else None
        if location is None:
            continue
        yield Seen(kind="redirects")
        cleaned = re.sub(r"[\x00-\x20]", "", location).replace("\\", "/")
        if not _is_within(exchange.request.url, cleaned):
            yield finding("a redirect within the origin that was asked", location, exchange.index)


def _is_within(url: str, location: str) -> bool:
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
        ports = [part.port or DEFAULT_PORTS.get(part.scheme) for part in (here, there)]
    except ValueError:
        return False
    if (here.hostname or "").lower() != (there.hostname or "").lower():
        return False
    if here.scheme == there.scheme:
        return ports[0] == ports[1]
    return here.scheme == "http" and there.scheme == "https" and ports == [80, 443]
