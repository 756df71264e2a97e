"""Faults of header fields, as browsers and caches read them: quotes, lists, repeated fields, weights."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.answers import header, listed, listed_from_memory, redirect, refused, status
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.reference.negotiation import accepts_json, allows_coding

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.reference.places import When

    Where = Callable[[Call, Answer], bool]

_PATH = "/api/governance/customers"


def _http(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-HTTP-{number:03}", behaviour)


def _fields(name: str, values: tuple[str, ...], where: Where) -> Behaviour:
    """A server that sends these fields of one name, and no other of it."""

    def change(call: Call, answer: Answer) -> None:
        if where(call, answer):
            answer.remove(name)
            for value in values:
                answer.add(name, value)

    return Behaviour(answer=change)


def _lent(origins: Callable[[str], tuple[str, ...]], where: Where, told: tuple[str, ...] = ("true",)) -> Behaviour:
    """A server that lends credentials to these origins, made from the one that is sent."""

    def change(call: Call, answer: Answer) -> None:
        sent = call.header("origin")
        if sent and where(call, answer):
            for origin in origins(sent):
                answer.add("Access-Control-Allow-Origin", origin)
            for one in told:
                answer.add("Access-Control-Allow-Credentials", one)

    return Behaviour(answer=change)


def _admitted(call: Call, _: Answer) -> bool:
    return call.admitted and call.method == "GET"


def _preflight(call: Call, _: Answer) -> bool:
    return call.method == "OPTIONS"


def _unmet(fields: tuple[tuple[str, str], ...], text: bytes, number: int = 200) -> Behaviour:
    """A server that answers an ``Accept`` that it cannot meet so."""

    def change(call: Call, answer: Answer) -> Answer | None:
        if not call.admitted or accepts_json(call.header("accept")) or answer.status != 406:
            return None
        kept = [(name, value) for name, value in answer.headers if name.lower() != "content-type"]
        return Answer(number, [*kept, *fields], text)

    return Behaviour(answer=change)


def _coded(labels: tuple[str, ...], change: Callable[[bytes], bytes], when: When) -> Behaviour:
    """A server that codes the list so, and labels it with these fields."""

    def code(call: Call, answer: Answer) -> None:
        if not (listed(call, answer) and call.method == "GET" and when(call)):
            return
        if answer.header("content-encoding") == "gzip":
            answer.body = gzip.decompress(answer.body)
            answer.remove("Content-Encoding")
        answer.body = change(answer.body)
        for label in labels:
            answer.add("Content-Encoding", label)
        answer.set("Content-Length", str(len(answer.body)))

    return Behaviour(coded=code)


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _forbids(call: Call) -> bool:
    asked = call.header("accept-encoding")
    return asked is not None and not allows_coding(asked, "gzip")


def _asks_coding(text: str) -> When:
    return lambda call: call.header("accept-encoding") == text


def _echo(sent: str) -> tuple[str, ...]:
    return (sent,)


def _date_again(call: Call, answer: Answer) -> None:
    if refused(call, answer):
        answer.add("Date", answer.header("Date") or "")


def _asks(value: str) -> When:
    return lambda call: call.admitted and call.method == "GET" and call.values("from_memory") == [value]


def _unknown(call: Call) -> bool:
    return call.admitted and call.unknown_parameter and not call.bad_query


def _astray(name: str, says: str, *locations: str) -> Fault:
    """A bad value that is redirected where browsers find another origin; ``{port}`` is the server's own."""

    def change(call: Call, answer: Answer) -> Answer | None:
        moved = redirect(302, "", _asks("yes")).answer
        found = moved(call, answer) if moved is not None else None
        if found is not None:
            found.remove("Location")
            for location in locations:
                found.add("Location", location.replace("{port}", (call.header("host") or "").rpartition(":")[2]))
        return found

    return _http(name, f"redirects from_memory=yes {says}", 9, Behaviour(answer=change))


FAULTS: Final = (
    *(
        Fault(name, says, "CUST-RSP-001", _fields("Content-Type", types, where))
        for name, says, types, where in (
            (
                "sent-as-quoted-latin-1",
                "says a quoted charset other than UTF-8 in capitals",
                ('application/json; CHARSET="ISO-8859-1"',),
                listed,
            ),
            (
                "sent-as-ascii-behind-quotes",
                "says charset=us-ascii after a parameter that quotes another charset",
                ('application/json; profile="a; charset=utf-8"; charset=us-ascii',),
                listed_from_memory,
            ),
            ("sent-as-problem", "sends the list as application/problem+json", ("application/problem+json",), listed),
            (
                "sent-as-two-types",
                "sends two fields of Content-Type with the memory view",
                ("application/json", "text/html"),
                listed_from_memory,
            ),
            ("sent-as-nothing", "sends an empty Content-Type with the memory view", ("",), listed_from_memory),
        )
    ),
    Fault(
        "no-coding-gets-406",
        "answers 406 where every content coding is refused by name",
        "CUST-RSP-004",
        status(406, lambda call: call.admitted and "*;q=0" in (call.header("accept-encoding") or "")),
    ),
    Fault(
        "gzip-gets-403",
        "answers 403 where gzip alone is accepted",
        "CUST-RSP-004",
        status(403, lambda call: call.admitted and _asks_coding("gzip")(call)),
    ),
    Fault(
        "unknown-parameter-gets-410",
        "answers 410 to an unknown parameter",
        "CUST-RSP-004",
        status(410, _unknown),
        also=("CUST-QRY-004",),
    ),
    Fault(
        "unmet-accept-gets-415",
        "answers 415 to an Accept that it cannot meet",
        "CUST-RSP-004",
        _unmet((), b"", 415),
        also=("CUST-HTTP-007",),
    ),
    _http(
        "head-says-other-charset",
        "says another charset in a HEAD than in a GET",
        2,
        header("Content-Type", "application/json; charset=us-ascii", lambda call, _: call.method == "HEAD"),
    ),
    _http("date-twice", "sends Date twice with a 401", 4, Behaviour(answer=_date_again)),
    _http("date-in-utc", "ends Date in UTC", 4, header("Date", "Fri, 02 Jan 2026 03:04:05 UTC", refused)),
    _http(
        "date-of-wrong-day", "names the wrong day in Date", 4, header("Date", "Mon, 02 Jan 2026 03:04:05 GMT", refused)
    ),
    *(
        _http(name, says, 5, _fields("Cache-Control", values, listed))
        for name, says, values in (
            ("private-for-one-field", "says private of one field alone", ('private="Set-Cookie", max-age=0',)),
            (
                "cached-by-proxies-elsewhere",
                "says s-maxage in a second field, in capitals",
                ("private, no-cache", "must-revalidate, S-MaxAge=60"),
            ),
            (
                "private-within-quotes",
                "says private and no-store within the quotes of another directive alone",
                ('max-age=0, community="us, private, no-store"',),
            ),
            ("private-and-public", "says private in one field and public in another", ("private", "Public")),
            ("no-cache-alone", "says no-cache alone, which lets shared caches keep it", ("no-cache",)),
            ("cached-by-proxies-for-nothing", "says s-maxage=0 beside no-store", ("no-store, s-maxage=0",)),
            ("private-in-part-of-a-word", "says directives that only begin like those", ("privately, no-stores",)),
        )
    ),
    _http(
        "origin-echoed-in-second-field",
        "allows credentials to an origin of its own, and to any in a second field",
        6,
        _lent(lambda sent: ("https://dashboard.example", sent), _admitted),
    ),
    _http(
        "credentials-lent-in-second-field",
        "denies credentials to any origin in one field and lends them in another",
        6,
        _lent(lambda sent: (sent,), _admitted, ("false", "true")),
    ),
    _http(
        "preflight-lends-credentials", "lends credentials to any origin that asks before", 6, _lent(_echo, _preflight)
    ),
    _http(
        "refusal-lends-credentials",
        "lends credentials to any origin with a 401",
        6,
        _lent(_echo, lambda call, answer: refused(call, answer) and call.method == "GET"),
    ),
    _http(
        "accept-ignored-in-broken-json",
        "answers an Accept that it cannot meet with 200 and half a JSON value",
        7,
        _unmet((("Content-Type", "application/json"),), b'{"customers": ['),
    ),
    _http(
        "accept-ignored-with-nothing",
        "answers an Accept that it cannot meet with 200 and no body",
        7,
        _unmet((("Content-Type", "application/json"),), b""),
    ),
    _http(
        "accept-ignored-untyped",
        "answers an Accept that it cannot meet with 200 and JSON of no type",
        7,
        _unmet((), b'{"customers": [], "count": 0}'),
    ),
    _http(
        "gzip-despite-weight-zero",
        "sends gzip where its weight is 0",
        8,
        _coded(("gzip",), _gzipped, _asks_coding("gzip;q=0")),
    ),
    _http(
        "gzip-despite-star-of-weight-zero",
        "sends gzip where everything but identity has the weight 0",
        8,
        _coded(("gzip",), _gzipped, lambda call: "*;q=0" in (call.header("accept-encoding") or "")),
    ),
    _http(
        "deflate-for-gzip",
        "sends deflate where gzip alone is allowed",
        8,
        _coded(("deflate",), zlib.compress, _asks_coding("gzip")),
    ),
    _http(
        "deflate-beneath-gzip",
        "sends gzip of deflate where gzip alone is allowed",
        8,
        _coded(("deflate, GZIP",), lambda content: _gzipped(zlib.compress(content)), _asks_coding("gzip")),
    ),
    _http(
        "gzip-unasked-in-second-field",
        "says identity in one field and gzip in another where gzip is not allowed",
        8,
        _coded(("identity", "gzip"), _gzipped, _forbids),
    ),
    _http(
        "gzip-unasked-by-old-name",
        "sends gzip by its old name x-gzip where it is not allowed",
        8,
        _coded(("x-gzip",), _gzipped, _forbids),
    ),
    Fault(
        "memory-wanders-off",
        "redirects a request for the memory view to another origin",
        "CUST-HTTP-009",
        redirect(307, "https://elsewhere.invalid/api/governance/customers?from_memory=true", _asks("true")),
    ),
    Fault(
        "bad-value-wanders-off",
        "redirects from_memory=1 to another port of the same host",
        "CUST-HTTP-009",
        redirect(302, "http://127.0.0.1:1/api/governance/customers", _asks("1")),
    ),
    Fault(
        "unknown-parameter-wanders-off",
        "redirects a request with an unknown parameter to another host, without a scheme",
        "CUST-HTTP-009",
        redirect(301, "//elsewhere.invalid/", _unknown),
    ),
    _astray("bad-value-led-by-tab", "to a path whose tab browsers drop", "/\t/elsewhere.invalid/customers"),
    _astray("bad-value-led-by-backslashes", "to a host after two backslashes", "\\\\elsewhere.invalid\\customers"),
    _astray("bad-value-led-by-scheme", "to a host that another scheme alone stands before", "https:elsewhere.invalid"),
    _astray(
        "bad-value-led-by-second-field",
        "to two places, of which the second is elsewhere",
        _PATH,
        "//elsewhere.invalid/",
    ),
    _astray("bad-value-led-to-localhost", "to another name of its own address", f"http://localhost:{{port}}{_PATH}"),
    _astray(
        "bad-value-led-by-user",
        "to a host that its own address stands before as a user",
        f"http://127.0.0.1:{{port}}@elsewhere.invalid{_PATH}",
    ),
    _astray("bad-value-led-by-many-slashes", "to a host after three slashes", "///elsewhere.invalid/"),
    _astray("bad-value-led-to-script", "to a script", "javascript:alert(1)"),
    _astray("bad-value-led-to-file-server", "to its own host by another protocol", f"ftp://127.0.0.1:{{port}}{_PATH}"),
)
