"""Faults of a server that is easily upset: by odd requests, by failures of its own, by many requests at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.answers import refuse, status
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Fault
from customers_conformance.reference.places import DEEP_CONFIG, KEY, look
from customers_conformance.reference.raw import over_wire, sound

if TYPE_CHECKING:
    from customers_conformance.reference.places import When

_LONG = 1000
_USUAL = frozenset(
    [
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "authorization",
        "origin",
        "cookie",
        "accept-language",
        "x-forwarded-for",
        "content-type",
        "x-api-key",
        "x-bf-vk",
    ]
)


def _robust(name: str, says: str, number: int, behaviour: Behaviour) -> Fault:
    return Fault(name, says, f"CUST-ROB-{number:03}", behaviour)


def _sent(call: Call, name: str) -> bool:
    return call.admitted and call.method == "GET" and call.header(name) is not None


def _carries(name: str) -> When:
    return lambda call: _sent(call, name)


def _long_header(call: Call) -> bool:
    return _odd(call) and any(len(value) >= _LONG for _, value in call.headers)


def _high_bytes(call: Call) -> bool:
    return _odd(call) and any(not value.isascii() for _, value in call.headers)


def _repeated_header(call: Call) -> bool:
    names = [name for name, _ in call.headers]
    return _odd(call) and len(names) > len(set(names))


def _empty_header(call: Call) -> bool:
    return _odd(call) and any(not value for _, value in call.headers)


def _strange_name(call: Call) -> bool:
    """A header that nobody knows, there once, with a value that is odd in no way."""
    times = Counter(name for name, _ in call.headers)
    return _odd(call) and any(
        name not in _USUAL and times[name] == 1 and value.isascii() and 0 < len(value) < _LONG
        for name, value in call.headers
    )


def _odd(call: Call) -> bool:
    return call.admitted and call.method == "GET" and not call.query


def _asks(value: str) -> When:
    return lambda call: call.admitted and call.method == "GET" and call.values("from_memory") == [value]


def _crowded(path: str, value: object) -> Behaviour:
    def change(call: Call, tree: Any) -> None:
        if call.crowded:
            *steps, name = path.split(".")
            look(tree, ".".join(steps))[name] = value

    return Behaviour(value=change, gathers=True)


def _crowd_hides_last(call: Call, tree: Any) -> None:
    if call.crowded:
        del tree["customers"][-1:]
        tree["count"] = len(tree["customers"])


def _unavailable(call: Call, answer: Answer) -> None:
    if _asks("true")(call):
        answer.status = 503
        answer.write({"status_code": 503, "error": {"message": "The memory is busy"}})


def _carries_cookie(call: Call) -> bool:
    # Asked before the credentials are judged.
    return call.bearer == call.key and call.header("cookie") is not None


def _beyond(number: int, when: When) -> Behaviour:
    """A status that no standard has, and that ready-made servers do not send."""
    return replace(over_wire(sound), answer=status(number, when).answer)


def _anonymous_beside(name: str) -> When:
    return lambda call: call.method == "GET" and call.header(name) is not None and call.header("authorization") is None


FAULTS: Final = (
    _robust("bad-value-gets-500", "answers 500 to from_memory=yes", 1, status(500, _asks("yes"))),
    _robust("empty-value-gets-500", "answers 500 to an empty from_memory", 1, status(500, _asks(""))),
    _robust(
        "long-value-gets-502",
        "answers 502 to a from_memory of 2,000 characters",
        1,
        status(502, lambda call: call.admitted and any(len(value) >= _LONG for _, value in call.query)),
    ),
    _robust("memory-gets-503", "answers 503 to from_memory=true and says no time", 1, Behaviour(answer=_unavailable)),
    _robust(
        "unknown-parameter-gets-500",
        "answers 500 to an unknown parameter",
        1,
        status(500, lambda call: call.admitted and call.unknown_parameter and call.method == "GET"),
    ),
    _robust(
        "head-gets-500", "answers HEAD with 500", 1, status(500, lambda call: call.admitted and call.method == "HEAD")
    ),
    _robust("options-gets-501", "answers OPTIONS with 501", 1, status(501, lambda call: call.method == "OPTIONS")),
    _robust("long-header-gets-500", "answers 500 to a header of 4,000 characters", 1, status(500, _long_header)),
    _robust(
        "basic-gets-500",
        "answers 500 to Basic credentials",
        1,
        status(500, lambda call: call.scheme_and_token[0] == "Basic"),
    ),
    _robust("origin-gets-500", "answers 500 where an Origin is sent", 1, status(500, _carries("origin"))),
    _robust(
        "crowd-sees-other-text",
        "shows another description while like requests are under way",
        2,
        _crowded(f"{KEY}.description", "Busy"),
    ),
    _robust(
        "crowd-sees-other-weight",
        "shows another weight deep inside while like requests are under way",
        2,
        _crowded(f"{DEEP_CONFIG}.weight", 9),
    ),
    _robust(
        "crowd-misses-last",
        "leaves the last customer out while like requests are under way",
        2,
        Behaviour(value=_crowd_hides_last, gathers=True),
    ),
    _robust("cookie-gets-403", "answers 403 beside a cookie", 3, status(403, _carries("cookie"))),
    _robust("language-gets-404", "answers 404 to Accept-Language: *", 3, status(404, _carries("accept-language"))),
    _robust("forwarded-gets-403", "answers 403 to X-Forwarded-For", 3, status(403, _carries("x-forwarded-for"))),
    _robust(
        "content-type-gets-415",
        "answers 415 to a Content-Type without a body",
        3,
        status(415, _carries("content-type")),
    ),
    _robust("high-bytes-get-404", "answers 404 to a header with bytes above 127", 3, status(404, _high_bytes)),
    _robust("repeated-header-gets-409", "answers 409 to a repeated header", 3, status(409, _repeated_header)),
    _robust("empty-header-gets-422", "answers 422 to a header with an empty value", 3, status(422, _empty_header)),
    _robust("long-header-gets-403", "answers 403 to a header of 4,000 characters", 3, status(403, _long_header)),
    _robust("strange-header-gets-404", "answers 404 to a header that it does not know", 3, status(404, _strange_name)),
    *(
        _robust(
            f"{name}-gets-{number}",
            f"answers {number} to {says}",
            1,
            status(number, when),
        )
        for name, number, says, when in (
            ("high-bytes", 500, "a header with bytes above 127", _high_bytes),
            ("cookie", 502, "an unknown cookie", _carries("cookie")),
            ("gzip", 500, "a request that takes gzip alone", lambda call: call.header("accept-encoding") == "gzip"),
            ("stranger", 500, "an unknown bearer token", lambda call: bool(call.bearer) and call.bearer != call.key),
            ("empty-bearer", 500, "a bearer scheme with nothing after it", lambda call: call.bearer == ""),
            ("anonymous-origin", 500, "an Origin without credentials", _anonymous_beside("origin")),
            ("unmet-accept", 501, "an Accept that it cannot meet", lambda call: call.header("accept") == "image/png"),
            ("api-key", 500, "the key in x-api-key", lambda call: call.header("x-api-key") is not None),
        )
    ),
    *(
        _robust(f"{name}-gets-{number}", f"answers {number} to {says}", 1, _beyond(number, when))
        for name, number, says, when in (
            ("bad-value", 600, "from_memory=banana", _asks("banana")),
            ("capitals", 999, "from_memory=TRUE", _asks("TRUE")),
        )
    ),
    _robust("language-gets-406", "answers 406 to Accept-Language: *", 3, status(406, _carries("accept-language"))),
    _robust("cookie-gets-401", "answers 401 beside a cookie, whatever the key", 3, refuse(_carries_cookie)),
    _robust("long-header-gets-413", "answers 413 to a header of 4,000 characters", 3, status(413, _long_header)),
    _robust("empty-header-gets-431", "answers 431 to a header with an empty value", 3, status(431, _empty_header)),
)
