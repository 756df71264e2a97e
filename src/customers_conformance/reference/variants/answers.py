"""Variants of the answers: how from_memory is read, what refusals look like, and which statuses odd requests get."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate
from time import time
from typing import Final

from customers_conformance.reference.answers import header, listed, mistaken, refused, status
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Variant, common_headers, error, strictly
from customers_conformance.reference.negotiation import accepts_json
from customers_conformance.reference.places import KEY, put, respelled

_LONG = 1000
_TRUE = {"1", "t", "T", "true", "TRUE", "True", "yes", "on"}
_FALSE = {"", "0", "f", "F", "false", "FALSE", "False", "no", "off"}


def _read(values: list[str]) -> bool | int | None:
    if not values:
        return None
    return True if values[0] in _TRUE else False if values[0] in _FALSE else 400


def _first(call: Call) -> bool | int | None:
    values = call.values("from_memory")[:1]
    return values == ["true"] if values else None


def _last(call: Call) -> bool | int | None:
    values = call.values("from_memory")[-1:]
    return values == ["true"] if values else None


def _of_a_front_end(content_type: str) -> list[tuple[str, str]]:
    return [*common_headers(), ("Content-Type", content_type)]


def _long(number: int) -> Behaviour:
    def change(call: Call, _: Answer) -> Answer | None:
        too_long = call.admitted and len(call.raw_query) >= _LONG
        return Answer(number, _of_a_front_end("text/html"), b"<h1>Too long</h1>") if too_long else None

    return Behaviour(answer=change)


def _refusal(content: bytes, content_type: str | None = "application/json") -> Behaviour:
    def change(call: Call, answer: Answer) -> None:
        if refused(call, answer):
            answer.body = content
            answer.remove("Content-Type")
            if content_type is not None:
                answer.add("Content-Type", content_type)

    return Behaviour(answer=change)


def _json_despite(call: Call) -> bool:
    return not accepts_json(call.header("accept"))


def _blind(call: Call) -> bool | int | None:
    # The server judges Accept after the query: what it does not see it cannot refuse.
    if _json_despite(call):
        call.headers = [(name, value) for name, value in call.headers if name != "accept"]
    return strictly(call)


def _options(number: int) -> Behaviour:
    return status(number, lambda call: call.method == "OPTIONS")


def _options_refused(call: Call, answer: Answer) -> None:
    if call.method == "OPTIONS":
        answer.status = 401
        answer.set("WWW-Authenticate", "Bearer")


def _options_empty(call: Call, answer: Answer) -> None:
    if call.method == "OPTIONS":
        answer.status = 200


def _odd_header(call: Call) -> bool:
    usual = {"host", "user-agent", "accept", "accept-encoding", "connection", "authorization", "origin"}
    strange = {name for name, _ in call.headers} - usual - {"x-api-key", "x-bf-vk"}
    return call.admitted and call.method == "GET" and bool(strange)


def _too_large(call: Call, _: Answer) -> Answer | None:
    large = any(len(value) >= _LONG for _, value in call.headers)
    return Answer(431, _of_a_front_end("text/plain"), b"Request header too large") if large else None


def _scheme_of_old(call: Call) -> bool | None:
    return False if call.scheme_and_token[0] == "bearer" else None


def _virtual_forbidden(call: Call, answer: Answer) -> Answer | None:
    carried = call.bearer or call.header("x-bf-vk") or ""
    session = f"token={call.session}" in (call.header("cookie") or "")
    forbidden = answer.status == 401 and (call.is_virtual_key(carried) or session)
    return error(403, "Not with these credentials") if forbidden else None


def _once(number: int, name: str) -> Behaviour:
    """A server that is busy at its first request, and never again."""

    def change(call: Call, _: Answer) -> Answer | None:
        if call.state.count(name) > 1:
            return None
        return error(number, "Come back in a moment", Retry_After="1")

    return Behaviour(answer=change)


def _same_origin(call: Call, answer: Answer) -> Answer | None:
    if call.method != "OPTIONS" or answer.status != 204:
        return None
    moved = error(307, "One path further")
    moved.set("Location", "/api/governance/customers/")
    return moved


def _challenges(call: Call, answer: Answer) -> None:
    if refused(call, answer):
        answer.set("WWW-Authenticate", 'Negotiate, Bearer realm="gateway", error="invalid_token", Basic realm="x, y"')


def _challenge_lines(call: Call, answer: Answer) -> None:
    if refused(call, answer):
        answer.add("WWW-Authenticate", 'Basic realm="gateway"')


def _bad(call: Call) -> bool:
    return bool(call.values("from_memory")) and not isinstance(strictly(call), bool)


def _unmet(content: bytes) -> Behaviour:
    def change(_: Call, answer: Answer) -> Answer | None:
        return (
            Answer(406, _of_a_front_end("text/html") if content else common_headers(), content)
            if answer.status == 406
            else None
        )

    return Behaviour(answer=change)


def _busy(number: int, after: str | None) -> Behaviour:
    """A server that is busy at its first request, and says so with a page; without a text it says until when."""

    def change(call: Call, _: Answer) -> Answer | None:
        if call.state.count("busy") > 1:
            return None
        until = after or formatdate(time() + 1, usegmt=True)
        return Answer(number, [*_of_a_front_end("text/html"), ("Retry-After", until)], b"<h1>Busy</h1>")

    return Behaviour(answer=change)


def _always_busy(call: Call, _: Answer) -> Answer | None:
    busy = call.admitted and call.method == "GET" and call.unknown_parameter
    return Answer(429, [*_of_a_front_end("text/html"), ("Retry-After", "0")], b"<h1>Busy</h1>") if busy else None


def _head_unavailable(call: Call, _: Answer) -> Answer | None:
    return error(503, "Busy", Retry_After="1") if call.method == "HEAD" and call.admitted else None


def _high_bytes_page(call: Call, _: Answer) -> Answer | None:
    high = call.admitted and any(not value.isascii() for _, value in call.headers)
    return Answer(400, _of_a_front_end("text/html; charset=iso-8859-1"), b"<h1>Bad request</h1>") if high else None


def _cached(*values: str) -> Behaviour:
    def change(call: Call, answer: Answer) -> None:
        if listed(call, answer):
            answer.remove("Cache-Control")
            for value in values:
                answer.add("Cache-Control", value)

    return Behaviour(answer=change)


VARIANTS: Final = (
    Variant(
        "lenient-booleans",
        "reads 1, yes, TRUE and an empty value as booleans, and takes the first of several",
        Behaviour(view=lambda call: _read(call.values("from_memory"))),
    ),
    Variant(
        "bad-values-are-false",
        "reads every value but true as false, and takes the first of several",
        Behaviour(view=_first),
    ),
    Variant("last-value-wins", "takes the last of several values", Behaviour(view=_last)),
    Variant("strict-422", "answers 422 to a bad value", Behaviour(view=lambda call: strictly(call, 422))),
    Variant("long-gets-414", "answers 414 in HTML to a long query", _long(414)),
    Variant("long-gets-431", "answers 431 in HTML to a long query", _long(431)),
    Variant("long-header-gets-431", "answers 431 as text to a long header", Behaviour(answer=_too_large)),
    Variant("odd-headers-get-400", "answers 400 to a header that is out of the ordinary", status(400, _odd_header)),
    Variant("refusal-empty", "sends no body with a 401", _refusal(b"", None)),
    Variant("refusal-bare-object", "sends an empty object with a 401", _refusal(b"{}")),
    Variant(
        "refusal-of-some-members",
        "sends some members of the error body with a 401",
        _refusal(b'{"error": {"message": "Unauthorized"}, "status_code": 401}'),
    ),
    Variant(
        "refusal-with-extras",
        "sends undocumented members in an error body",
        _refusal(b'{"error": {"message": "No", "hint": 1}, "trace": null}'),
    ),
    Variant(
        "errors-with-charset",
        "names the charset of errors",
        header(
            "Content-Type",
            "application/json; charset=UTF-8",
            lambda call, answer: refused(call, answer) or mistaken(call, answer),
        ),
    ),
    Variant("several-challenges", "sends several challenges in one header", Behaviour(answer=_challenges)),
    Variant("challenge-lines", "sends a challenge a line", Behaviour(answer=_challenge_lines)),
    Variant(
        "virtual-keys-get-403", "answers 403 to a virtual key and to a session", Behaviour(answer=_virtual_forbidden)
    ),
    Variant("json-despite-accept", "sends JSON whatever Accept says", Behaviour(view=_blind)),
    Variant("head-gets-405", "refuses HEAD", status(405, lambda call: call.method == "HEAD"), warns=("CUST-HTTP-002",)),
    Variant("options-get-404", "answers OPTIONS with 404", _options(404)),
    Variant("options-get-405", "answers OPTIONS with 405", _options(405)),
    Variant("options-get-401", "wants credentials for OPTIONS", Behaviour(answer=_options_refused)),
    Variant("options-get-200", "answers OPTIONS with 200 and no body", Behaviour(answer=_options_empty)),
    Variant(
        "options-move-on",
        "redirects OPTIONS within its origin",
        Behaviour(answer=_same_origin),
        unverified=("CUST-HTTP-006",),
    ),
    Variant(
        "unknown-parameter-gets-400",
        "refuses unknown parameters",
        status(400, lambda call: call.admitted and call.unknown_parameter),
        warns=("CUST-QRY-004",),
    ),
    Variant(
        "scheme-by-the-letter",
        "takes Bearer only as it is written",
        Behaviour(admits=_scheme_of_old),
        warns=("CUST-AUTH-013",),
    ),
    Variant("busy-503-once", "is unavailable for a second at first", _once(503, "busy")),
    Variant("busy-429-once", "has seen too many requests at first", _once(429, "busy")),
    Variant(
        "charset-lower-case", "says charset=utf-8", header("Content-Type", "application/json; charset=utf-8", listed)
    ),
    Variant(
        "charset-quoted",
        "says charset in quotes and capitals",
        header("Content-Type", 'application/json;Charset="UTF-8"', listed),
    ),
    Variant(
        "charset-utf8",
        "says charset in an old spelling, beside another parameter",
        header("Content-Type", "Application/JSON ; profile=customers; charset=UTF-8", listed),
    ),
    Variant(
        "cache-private",
        "says private, max-age=0",
        header("Cache-Control", "private, max-age=0, must-revalidate", listed),
    ),
    Variant(
        "cache-shouting", "writes the directives in capitals", header("Cache-Control", "No-Store, No-Cache", listed)
    ),
    Variant(
        "no-cache-control", "says nothing to caches", header("Cache-Control", None, listed), warns=("CUST-HTTP-005",)
    ),
    *(
        Variant(
            f"nobodys-bad-value-gets-{number}",
            f"answers {number} to a bad value without credentials",
            status(number, lambda call: call.anonymous and call.method == "GET" and _bad(call)),
            warns=("CUST-AUTH-014",),
        )
        for number in (400, 422)
    ),
    Variant(
        "strangers-bad-value-gets-400",
        "answers 400 to a bad value of an unknown bearer token",
        status(400, lambda call: bool(call.bearer) and not call.admitted and _bad(call)),
        warns=("CUST-AUTH-014",),
    ),
    *(
        Variant(
            f"nobodys-unknown-parameter-gets-{number}",
            f"answers {number} to an unknown parameter without credentials",
            status(number, lambda call: call.anonymous and call.method == "GET" and call.unknown_parameter),
        )
        for number in (400, 404, 422)
    ),
    Variant(
        "nobodys-head-gets-405",
        "refuses HEAD to whoever has no credentials",
        status(405, lambda call: call.anonymous and call.method == "HEAD"),
    ),
    Variant(
        "refusal-shows-plain-words-and-masks",
        "has customers and keys whose ids and values are no telling words, and shows them in a 401",
        replace(
            respelled("customer-0001", "acme_corporation"),
            answer=_refusal(
                b'{"error": {"message": "acme_corporation, customer-00020, xcustomer-0002, sk-bf-********"}}'
            ).answer,
        ),
    ),
    Variant(
        "refusal-shows-masked-value",
        "masks the values of virtual keys, and shows such a mask in a header of a 401",
        replace(put(f"{KEY}.value", "sk-bf-********"), answer=header("X-Hint", "sk-bf-********", refused).answer),
    ),
    Variant(
        "refusal-says-401-as-401-point-0",
        "writes status_code of a 401 as 4.01e2, beside empty objects",
        _refusal(b'{"status_code": 4.01e2, "error": {}, "extra_fields": {}, "event_id": ""}'),
    ),
    Variant("unmet-accept-gets-page", "answers 406 in HTML", _unmet(b"<h1>Not acceptable</h1>")),
    Variant("unmet-accept-gets-nothing", "answers 406 with no body", _unmet(b"")),
    Variant("busy-429-once-in-html", "has seen too many requests at first, and says so in HTML", _busy(429, "1")),
    Variant("busy-503-once-until-date", "is unavailable at first, until a date", _busy(503, None)),
    Variant(
        "odd-headers-get-400-in-html",
        "answers 400 in HTML to a header with bytes above 127",
        Behaviour(answer=_high_bytes_page),
    ),
    *(
        Variant(name, says, _cached(*values))
        for name, says, values in (
            ("cache-private-in-second-field", "says private in a second field", ("max-age=60", "PRIVATE ,no-cache")),
            (
                "cache-public-within-quotes",
                "says public and s-maxage within the quotes of another directive alone",
                ('no-store, note="public, s-maxage=9"',),
            ),
            (
                "cache-private-for-one-field-too",
                "says private of a field and no-store",
                ('private="Set-Cookie", no-store',),
            ),
        )
    ),
    *(
        Variant(name, says, header("Content-Type", value, listed))
        for name, says, value in (
            ("charset-escaped", "says charset with a quoted pair", 'application/json; charset="UTF\\-8"'),
            (
                "charset-within-quotes",
                "says another charset within the quotes of another parameter alone",
                'application/json; profile="a; charset=latin1"',
            ),
        )
    ),
    Variant(
        "unknown-parameter-gets-429",
        "has always seen too many requests with an unknown parameter, and says so in HTML",
        Behaviour(answer=_always_busy),
        unverified=("CUST-QRY-004", "CUST-RSP-004"),
    ),
    Variant(
        "head-unavailable",
        "is never available for HEAD, and asks to wait",
        Behaviour(answer=_head_unavailable),
        unverified=("CUST-HTTP-002", "CUST-ROB-001"),
    ),
)
