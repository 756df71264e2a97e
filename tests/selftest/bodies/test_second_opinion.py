"""Properties that hold whatever a target says: two validators agree, nothing raises, redaction changes no verdict."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.selftest import made
from tests.selftest.made import CONTRACT, PROBES, crowd, said

from customers_conformance.bodies.violations import explained, violations
from customers_conformance.contract.document import ERROR_SCHEMA, ROOT
from customers_conformance.evidence.evidence import Evidence
from customers_conformance.judging.judge import judge
from customers_conformance.model import PROFILES, Mode, Verdict
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.reference.app import DEFAULT_KEY, DEFAULT_SESSION, create_app
from customers_conformance.running import judged as judged_run
from customers_conformance.running import run
from customers_conformance.running.asking.collecting import why_invalid
from customers_conformance.running.deadline.ending import Watch
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from customers_conformance.model import Exchange
    from customers_conformance.running.collected import Collected

BOUNDED = settings(derandomize=True, max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(BOUNDED, max_examples=40)

#: What a mutation puts in place of a value.
REPLACEMENTS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    "",
    "x",
    "*",
    "env.NAME",
    "0001-01-01T00:00:00Z",
    "2026-01-05t09:00:00z",
    "0000-01-01T00:00:00Z",
    "2999-12-31T23:59:60Z",
    "0d",
    "1h30m",
    [],
    ["*", "a", "A"],
    [None],
    {},
    {"id": 5},
)


def reference() -> Any:
    server = create_app(customers=2).state.reference
    customers = server.database.customers()
    server.database.close()
    return {"customers": customers, "count": len(customers)}


BODIES = (reference(), made.example())


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    held: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        held = list(value.items())
    elif isinstance(value, list):
        held = list(enumerate(value))
    return [path, *(place for step, below in held for place in places(below, (*path, step)))]


PLACES = tuple(places(body)[1:] for body in BODIES)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A sound body with a few values replaced, removed, doubled or copied from elsewhere."""
    which = draw(st.integers(0, len(BODIES) - 1))
    value = copy.deepcopy(BODIES[which])
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(PLACES[which]))
        try:
            holder = at(value, way)
            held = holder[last]
        except (KeyError, IndexError, TypeError):
            continue
        match draw(st.sampled_from(("replace", "remove", "double", "copy", "add"))):
            case "replace":
                holder[last] = copy.deepcopy(draw(st.sampled_from(REPLACEMENTS)))
            case "remove":
                del holder[last]
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(held))
            case "copy":
                # Of the original, so that what is copied never holds its own copy.
                holder[last] = copy.deepcopy(at(BODIES[which], draw(st.sampled_from(PLACES[which]))))
            case _ if isinstance(holder, dict):
                holder[draw(st.sampled_from(("zz", "id", "customer", "team", "budget", "team_id")))] = held
    return value


def at(value: Any, way: Any) -> Any:
    for step in way:
        value = value[step]
    return value


def both(schema: str, value: Any) -> tuple[set[tuple[str | None, str]], set[tuple[str | None, str]]]:
    return (
        {(v.requirement, v.pointer) for v in violations(CONTRACT, schema, value)},
        {(v.requirement, v.pointer) for v in explained(CONTRACT, schema, value)},
    )


def texts_by_pattern() -> list[tuple[int, tuple[str | int, ...]]]:
    """The first text of each body at each pattern of a place."""
    found: dict[tuple[int, tuple[str, ...]], tuple[int, tuple[str | int, ...]]] = {}
    for which, ways in enumerate(PLACES):
        for way in ways:
            if isinstance(at(BODIES[which], way), str):
                pattern = tuple("*" if isinstance(step, int) else step for step in way)
                found.setdefault((which, pattern), (which, way))
    return list(found.values())


@pytest.mark.parametrize("text", ["sk-in-the-clear-0123456789", "", "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkq\n"])
def test_both_validators_see_every_text_that_is_another(text: str) -> None:
    seen = set()
    for which, way in texts_by_pattern():
        value = copy.deepcopy(BODIES[which])
        at(value, way[:-1])[way[-1]] = text
        fast, explained = both(ROOT, value)
        assert fast == explained, way
        seen |= {requirement for requirement, _ in fast}
    assert len(seen) > 1 or not text


@BOUNDED
@given(mutated())
def test_both_validators_find_the_same_places_of_the_same_requirements(value: Any) -> None:
    fast, explained = both(ROOT, value)
    assert fast == explained


@FEW
@given(mutated())
def test_both_validators_say_the_same_words(value: Any) -> None:
    assert set(violations(CONTRACT, ROOT, value)) == set(explained(CONTRACT, ROOT, value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("customers", "count", "id", "name", "teams", "error", "status_code", "zz")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@FEW
@given(JSON, st.sampled_from((ROOT, ERROR_SCHEMA)))
def test_both_validators_agree_on_any_json(value: Any, schema: str) -> None:
    fast, explained = both(schema, value)
    assert fast == explained


def test_a_sound_body_breaks_nothing_for_either() -> None:
    for body in BODIES:
        assert both(ROOT, body) == (set(), set())


def judged(exchanges: list[Exchange]) -> dict[str, Verdict]:
    evidence = made.evidence(*exchanges)
    why_invalid(evidence)
    judged_run._observed(evidence)
    requirements = [requirement for requirement in CONTRACT.requirements if not requirement.pending]
    return {j.requirement.id: j.verdict for j in judge(evidence, requirements)}


SNIPPETS = st.sampled_from(
    [
        b'{"customers":',
        b"[",
        b"]",
        b"{",
        b"}",
        b'"id":',
        b'"',
        b",",
        b":",
        b"1e999",
        b"-",
        b"NaN",
        b"\\ud800",
        b"null",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\x00",
        b" ",
        b'"teams":[{',
        b'"created_at":"0000-01-01T00:00:00Z"',
        b'"count":1',
    ]
)
ANY_BYTES = st.binary(max_size=60) | st.lists(SNIPPETS, max_size=12).map(b"".join)


@FEW
@given(ANY_BYTES | mutated().map(lambda value: json.dumps(value).encode()), st.sampled_from((200, 400, 401, 500)))
@example(b'{"customers": [{"id": "a", "name": "b", "created_at": "0000-02-29T00:00:00Z"}], "count": 1}', 200)
@example(b'{"a":' * 500 + b"1" + b"}" * 500, 200)
@example(b'{"customers": [{"teams": [{"claims": ' + b"[" * 490 + b"]" * 490 + b"}]}]}", 200)
@example(b'{"customers": [{"teams": [{"claims": ' + b'{"a":' * 490 + b"1" + b"}" * 490 + b"}]}]}", 200)
@example(b'{"error": ' + b'{"a":' * 490 + b"1" + b"}" * 490 + b"}", 400)
@example(b'{"customers": [' + b'{"id": 1e400, "name": "\\udfff"},' * 3 + b"{}]}", 200)
def test_no_body_whatever_makes_the_suite_itself_fail(content: bytes, status: int) -> None:
    first = crowd("a", "b")
    exchanges = [
        said(body=first),
        said(body=content, status=status),
        said("database", content, status),
        said("memory", content, status),
        said("no-credentials", content, 401),
        said("from-memory-banana", content, 400),
        said("accept-unmeetable", content, status),
        said(body=content),
        said("together", content),
        said(body=content),
    ]
    assert [name for name, verdict in judged(exchanges).items() if verdict is Verdict.ERROR] == []


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "Date",
                    "Content-Type",
                    "Content-Length",
                    "Location",
                    "Cache-Control",
                    "WWW-Authenticate",
                    "Content-Encoding",
                    "Retry-After",
                    "Access-Control-Allow-Origin",
                    "Access-Control-Allow-Credentials",
                    "Transfer-Encoding",
                ]
            ),
            st.text(st.characters(max_codepoint=255), max_size=30)
            | st.sampled_from(
                [
                    "//[",
                    "http://[::1",
                    "http://h:99999/",
                    "http://gateway.example:x/",
                    "Fri, 31 Feb 2026 10:00:00 GMT",
                    "Mon, 01 Jan 0000 00:00:00 GMT",
                    "Mon, 23 Nov 2026 10:00:00 -9999",
                    "Mon, 23 Nov 99999 10:00:00 GMT",
                    "application/json; charset=",
                    "gzip;q=..",
                    'application/json; charset="utf-8',
                ]
            ),
        ),
        max_size=5,
    ),
    st.sampled_from((200, 204, 301, 401, 503)),
)
def test_no_header_whatever_makes_the_suite_itself_fail(headers: list[tuple[str, str]], status: int) -> None:
    exchanges = [
        said(body=made.example(), headers=headers),
        said("head", status=status, headers=headers),
        said("memory", made.example(), status, headers=headers),
        said("foreign-origin", made.example(), status, headers=headers),
        said("no-credentials", b"{}", status, headers=headers),
        said("odd-header-unknown", b"{}", status, headers=headers),
        said(body=made.example(), headers=headers),
    ]
    assert [name for name, verdict in judged(exchanges).items() if verdict is Verdict.ERROR] == []


@cache
def collected(fault: str | None) -> Collected:
    chosen = Settings(
        url="http://reference.invalid",
        key=DEFAULT_KEY,
        session=DEFAULT_SESSION,
        profiles=PROFILES,
        seed=1,
        examples=0,
        settle=0,
        concurrency=2,
    )
    transport = httpx.ASGITransport(app=create_app(customers=2, fault=fault))
    return run._prepare(chosen, None, transport).source.collect(Watch(chosen.deadline))


def verdicts(found: Collected, mode: Mode) -> dict[str, tuple[Verdict, int, str | None]]:
    exchanges = Redactor(found.credentials.forms(), mode).exchanges(found.exchanges)
    evidence = Evidence(exchanges, CONTRACT, probes=PROBES.values(), unsent=dict(found.unsent))
    requirements = [requirement for requirement in CONTRACT.requirements if not requirement.pending]
    return {j.requirement.id: (j.verdict, j.findings_total, j.reason) for j in judge(evidence, requirements)}


@pytest.mark.parametrize(
    "fault",
    [
        None,
        "refusal-shows-virtual-key",
        "key-value-half-masked",
        "certificate-shown-on-one-line",
        "refusal-shows-go-trace",
        "token-echoed-in-message",
        "key-in-claims",
        "mcp-header-tail-shown",
        "secret-undocumented",
        "duration-iso",
        "auto-tool-not-executed",
        "env-with-prefix-alone",
        "env-with-blank-variable",
        "refusal-names-customer-in-utf-8",
    ],
)
@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_redacted_evidence_is_judged_as_the_original(fault: str | None, mode: Mode) -> None:
    found = collected(fault)
    assert verdicts(found, mode) == verdicts(found, Mode.FULL)
