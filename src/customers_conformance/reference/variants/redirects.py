"""Variants of redirects: within the origin, in each way in which browsers read a Location."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from customers_conformance.reference.answers import listed
from customers_conformance.reference.behaviour import Answer, Behaviour, Call, Variant, error
from customers_conformance.reference.raw import over_wire, sound

if TYPE_CHECKING:
    from customers_conformance.reference.places import When

_PATH = "/api/governance/customers"


def _moved(location: str, when: When, number: int = 307) -> Behaviour:
    """A server that redirects where this holds; ``{host}`` and ``{port}`` are its own."""

    def change(call: Call, _: Answer) -> Answer | None:
        if not (call.admitted and call.method == "GET" and when(call)):
            return None
        host = call.header("host") or ""
        moved = error(number, "Elsewhere")
        moved.set("Location", location.replace("{host}", host).replace("{port}", host.rpartition(":")[2]))
        return moved

    return Behaviour(answer=change)


def _beside(name: str) -> When:
    return lambda call: call.header(name) is not None


def _unknown(call: Call) -> bool:
    return call.unknown_parameter


def _bad(call: Call) -> bool:
    return call.bad_query


def _asks(value: str) -> When:
    return lambda call: call.values("from_memory") == [value]


def _twice(call: Call, answer: Answer) -> None:
    if call.admitted and call.method == "GET" and call.values("from_memory") == ["yes"]:
        answer.status = 307
        answer.add("Location", _PATH)
        answer.add("Location", "?from_memory=true")


def _beside_list(call: Call, answer: Answer) -> None:
    if listed(call, answer):
        answer.add("Location", "https://elsewhere.invalid/")


VARIANTS: Final = (
    Variant(
        "unknown-parameter-moves-on",
        "redirects a request with an unknown parameter to one without",
        _moved(_PATH, _unknown),
        unverified=("CUST-QRY-004",),
    ),
    Variant(
        "bad-values-move-on",
        "redirects bad values to from_memory=false",
        _moved("?from_memory=false", _bad),
        unverified=("CUST-SCH-012", "CUST-SEC-003"),
    ),
    *(
        Variant(f"{name}-moves-on", f"redirects a request with {says} to the same path", _moved(_PATH, _beside(field)))
        for name, says, field in (
            ("cookie", "a cookie", "cookie"),
            ("language", "an Accept-Language", "accept-language"),
            ("content-type", "a Content-Type", "content-type"),
        )
    ),
    *(
        Variant(f"one-bad-value-moves-{name}", f"redirects from_memory=yes {says}", _moved(location, _asks("yes")))
        for name, says, location in (
            ("by-scheme", "to a path after its own scheme alone", "http:customers?from_memory=false"),
            ("by-backslash", "to a path written with backslashes", "\\api\\governance/customers"),
            ("by-host", "to its own host, without a scheme", "//{host}/api/governance/customers"),
            ("by-shouting", "to its own host, after a scheme in capitals", "HTTP://{host}/api/governance/customers"),
            ("by-user", "to its own host, as some user", "http://reader@{host}/api/governance/customers"),
            (
                "by-number",
                "to its own address, written as one number",
                "http://2130706433:{port}/api/governance/customers",
            ),
            ("by-dots", "to a path above itself", "../governance/./customers#list"),
            ("nowhere", "to nothing but itself", ""),
        )
    ),
    Variant(
        "one-bad-value-moves-twice", "redirects from_memory=yes to two of its own places", Behaviour(answer=_twice)
    ),
    Variant(
        "one-bad-value-moves-by-blanks",
        "redirects from_memory=yes to a path between tabs and blanks",
        replace(over_wire(sound), answer=_moved(" \t/api/governance/customers\t ", _asks("yes")).answer),
    ),
    Variant("location-beside-list", "sends a Location with a 200", Behaviour(answer=_beside_list)),
)
