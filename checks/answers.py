"""What several areas ask of an answer: its status, its media type, its error body, the list that control reads show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import differences
from customers_conformance.bodies.violations import Looked, violations
from customers_conformance.contract.document import ERROR_SCHEMA
from customers_conformance.contract.vocabulary.keywords import is_integer, shown
from customers_conformance.evidence.evidence import OK, REDIRECTS, SERVER_ERROR
from customers_conformance.evidence.fields import leads_within, media_type
from customers_conformance.evidence.negotiation import admits_json
from customers_conformance.evidence.rounds import CHANGED, shows_no_list
from customers_conformance.evidence.waiting import asked_to_wait
from customers_conformance.judging.registry import finding, shortened
from customers_conformance.model import Credential, Further, Observed, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from customers_conformance.bodies.comparison import Difference
    from customers_conformance.bodies.listing import Listing
    from customers_conformance.bodies.parsing.reading import Reading
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.evidence.rounds import Round
    from customers_conformance.model import Exchange, Response

LONG = 1000
"""Characters from which a query value or a header is long."""

_JSON = "application/json"
_ERROR_JSON = re.compile(r"application/(?:[\w.-]+\+)?json")
_UTF_8 = frozenset({"utf-8", "utf8"})


def elsewhere(exchange: Exchange) -> Unseen | None:
    """Why the status of an answer is not for a status check: another requirement judges it, or the target is busy."""
    response = exchange.response
    if response is None:
        return None
    name = exchange.probe or f"entry {exchange.index}"
    if busy := asked_to_wait(exchange, name):
        return Unseen(busy)
    if response.status >= SERVER_ERROR:
        return Unseen(f"{name} was answered {response.status}: look at CUST-ROB-001")
    if response.status in REDIRECTS:
        return Unseen(f"{name} was answered with a redirect, {response.status}: look at CUST-HTTP-009")
    return None


def statuses(exchanges: Iterable[Exchange], allowed: Collection[int]) -> Iterator[Observed]:
    """Judges that each answer has one of the allowed statuses."""
    for exchange in exchanges:
        if exchange.response is None:
            continue
        yield elsewhere(exchange) or Seen(kind="exchanges")
        if elsewhere(exchange) is None and exchange.response.status not in allowed:
            yield wrong_status(exchange, allowed)


def in_the_table(exchange: Exchange) -> Iterator[Observed]:
    """Judges the status of a GET with the key by the table of statuses; a redirect within the origin conforms."""
    response = exchange.response
    if response is not None and response.status in REDIRECTS:
        locations = response.fields("Location")
        if locations and all(leads_within(exchange.request.url, location) for location in locations):
            yield Seen(kind="exchanges")
            return
    yield from statuses([exchange], rows(exchange))


def wrong_status(exchange: Exchange, allowed: Collection[int]) -> Observed:
    """A finding: the status was none of the allowed ones."""
    return finding(
        " or ".join(str(status) for status in sorted(allowed)), status_line(exchange.response), exchange.index
    )


def status_line(response: Response | None) -> str:
    """The status and the reason phrase."""
    return f"{response.status} {response.reason}".strip() if response else "no answer"


def media_type_defect(response: Response, *, error: bool = False) -> str | None:
    """What is wrong with the ``Content-Type`` of a JSON body (RFC 8259, 11), as sent."""
    values = response.fields("Content-Type")
    if len(values) != 1:
        return "no Content-Type" if not values else " and ".join(values)
    value = values[0].strip()
    kind, parameters = media_type(value)
    if not (_ERROR_JSON.fullmatch(kind) if error else kind == _JSON):
        return value or "an empty Content-Type"
    charsets = [said.strip().lower() for name, said in parameters if name == "charset"]
    return value if any(charset not in _UTF_8 for charset in charsets) else None


def error_body(evidence: Evidence, exchange: Exchange) -> Iterator[Observed]:
    """Judges an error answer's body against the documented one, where it has a body."""
    response = exchange.response
    if response is None or exchange.request.method == "HEAD":
        return
    yield Seen(kind="exchanges")
    if response.body.cut:
        yield Unseen(response.body.cut)
    elif response.body.content:
        defect = media_type_defect(response, error=True)
        if defect:
            yield finding("Content-Type: application/json", defect, exchange.index)
        else:
            yield from _error_value(evidence, exchange, response.status)


def repeated_members(
    read: Reading, exchange: Exchange, judged: Callable[[str], bool] = lambda _place: True
) -> Iterator[Observed]:
    """A finding for each member that stands twice in its object; ``judged`` says of an object's place whether it is."""
    for place, name in read.repeated:
        if not judged(place):
            continue
        yield finding(f"the member {name} once", "the same name twice", exchange.index, place)
    if read.repeated_total > len(read.repeated):
        yield Further(read.repeated_total - len(read.repeated))


def _error_value(evidence: Evidence, exchange: Exchange, status: int) -> Iterator[Observed]:
    read = evidence.reading(exchange)
    if read.beyond:
        yield Unseen(read.beyond)
    if read.defect:
        yield finding("a JSON body", read.defect, exchange.index)
    yield from repeated_members(read, exchange)
    if not read.is_json:
        return
    looked = Looked()
    for violation in violations(evidence.contract, ERROR_SCHEMA, read.value, looked):
        yield finding(violation.expected, violation.actual, exchange.index, violation.pointer)
    if looked.beyond:
        yield Unseen(looked.beyond)
    told = read.value.get("status_code") if isinstance(read.value, dict) else None
    if is_integer(told) and told != status:
        yield finding(f"{status}, the status of the answer", shown(told), exchange.index, "/status_code")


#: Headers that are odd but legal; ``robustness`` sends each.
ODD_HEADERS = frozenset(
    {
        "x-cc-unknown",
        "x-cc-long",
        "x-cc-repeated",
        "x-cc-empty",
        "x-cc-bytes",
        "cookie",
        "accept-language",
        "x-forwarded-for",
        "content-type",
    }
)

#: How a bad ``from_memory``, and an unknown parameter, may be refused.
REFUSED_VALUE = {400, 422}
REFUSED_PARAMETER = {400, 404, 422}
_ODD = {400}
_TOO_LONG = {414, 431}


def rows(exchange: Exchange) -> set[int]:
    """The statuses of every row of the table that a GET with the key stands in; it may take those of any."""
    allowed = {200}
    query = exchange.request.query
    if has_bad_value(exchange):
        allowed |= REFUSED_VALUE
    if other_parameters(exchange):
        allowed |= REFUSED_PARAMETER
    if not admits_json(exchange.request.header("Accept")):
        allowed |= {406}
    if exchange.request.credential is Credential.KEY_LOWER_SCHEME:
        # Whether the scheme is taken in any case is AUTH-013's alone, a SHOULD.
        allowed |= {401}
    if sum(len(name) + len(value) for name, value in query) >= LONG:
        allowed |= _TOO_LONG
    odd = [(name, value) for name, value in exchange.request.headers if name.lower() in ODD_HEADERS]
    if odd:
        allowed |= _ODD
    if any(len(value) >= LONG for _, value in odd):
        allowed |= {431}
    return allowed


def is_refused(exchange: Exchange) -> bool:
    """Whether bad credentials were answered, and not with success."""
    accepted = {Credential.KEY, Credential.KEY_LOWER_SCHEME}
    response = exchange.response
    return response is not None and exchange.request.credential not in accepted and not 200 <= response.status < 300


def from_memory_values(exchange: Exchange) -> list[str]:
    """The values of ``from_memory`` that a request carried."""
    return [value for name, value in exchange.request.query if name == "from_memory"]


def other_parameters(exchange: Exchange) -> list[str]:
    """The names of the query's parameters that the contract does not document."""
    return [name for name, _ in exchange.request.query if name != "from_memory"]


def has_bad_value(exchange: Exchange) -> bool:
    """Whether a request carried ``from_memory`` otherwise than once, as ``true`` or ``false``."""
    values = from_memory_values(exchange)
    return bool(values) and (len(values) > 1 or values[0] not in {"true", "false"})


def not_comparable(evidence: Evidence, exchange: Exchange) -> Unseen | None:
    """Why an answer cannot be compared; ``None`` where it shows a list of customers, or there is no answer."""
    listing = evidence.listing(exchange)
    if listing is not None and listing.is_listing:
        return None
    response = exchange.response
    if response is None:
        return None
    name = exchange.probe or f"entry {exchange.index}"
    if busy := asked_to_wait(exchange, name):
        return Unseen(busy)
    if response.status != OK:
        return Unseen(f"{name} was answered {status_line(response)}: nothing to compare")
    return shows_no_list(name, [exchange], "to compare")


def same_as_control(evidence: Evidence, round_: Round, control: Listing) -> Iterator[Observed]:
    """Judges that each answer of a round shows what its control reads show."""
    for exchange in round_.asked:
        if exchange.response is None:
            continue
        hidden = not_comparable(evidence, exchange)
        listing = evidence.listing(exchange)
        if hidden or listing is None:
            yield hidden or CHANGED
            continue
        yield Seen(max(control.size, listing.size), "customers")
        if listing is not control:
            found = differences(control, listing)
            yield from differing(found.first, exchange, "the plain request shows")
            if found.total > len(found.first):
                yield Further(found.total - len(found.first))


def differing(found: Iterable[Difference], exchange: Exchange, whose: str) -> Iterator[Observed]:
    """A finding for each difference; ``whose`` says what shows the left of it."""
    yield from shortened(
        finding(f"{difference.left}, as {whose}", difference.right, exchange.index, difference.pointer)
        for difference in found
    )
