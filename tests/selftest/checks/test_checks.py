"""The checks on exchanges made by hand: what each takes, what it refuses, and what it leaves unverified."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.selftest.made import CHALLENGE, DATE, ERROR, PROBES, crowd, evidence, example, judged, said, silent

from customers_conformance.judging.judge import Rules
from customers_conformance.model import Attempt, Exchange, Framing, Verdict

PASS, FAIL, WARN = Verdict.PASS, Verdict.FAIL, Verdict.WARN
UNSEEN, NOT_THERE = Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE

AB = crowd("a", "b")
PLAIN = said(body=AB)
WAIT = [("Retry-After", "1")]
KEY_PEM = "-----BEGIN PRIVATE KEY-----\n" + "MIIBVgIBADANBgkq" * 4 + "\n-----END PRIVATE KEY-----"


def refused(probe: str = "no-credentials", body: Any = ERROR, status: int = 401, **details: Any) -> Exchange:
    return said(probe, body, status, **{"headers": [CHALLENGE], **details})


def changed(**members: Any) -> Any:
    value = crowd("a", "b")
    value["customers"][0].update(members)
    return value


def with_provider_key(**members: Any) -> Any:
    value = example()
    value["customers"][0]["teams"][0]["virtual_keys"][0]["provider_configs"][0]["keys"][0].update(members)
    return value


def between(probe: str, body: Any, status: int = 200, times: int = 1) -> list[Exchange]:
    return [PLAIN, *[said(probe, body, status)] * times, PLAIN]


def views(memory: Any, database: Any = AB, status: int = 200) -> list[Exchange]:
    return [PLAIN, said("memory", memory, status), said("database", database), PLAIN]


def reads(*bodies: Any, step: float = 0.1) -> list[Exchange]:
    return [said(body=body, started=number * step) for number, body in enumerate(bodies)]


def odd(body: Any = AB, status: int = 200, probe: str = "odd-header-unknown", **details: Any) -> list[Exchange]:
    names = ("unknown", "long", "repeated", "empty", "high-bytes", "cookie", "language", "forwarded", "content-type")
    others = [said(f"odd-header-{name}", AB) for name in names if probe != f"odd-header-{name}"]
    return [*others, said(probe, body, status, **details), said("options", status=204)]


def bad_values(status: int = 400, *, long: int = 414) -> list[Exchange]:
    names = ("empty", "1", "yes", "upper-case", "repeated")
    return [*[said(f"from-memory-{name}", ERROR, status) for name in names], said("from-memory-long", status=long)]


def named(identifier: str) -> Any:
    return {"customers": [{"id": identifier, "name": "One"}], "count": 1}


def copied(one: str, other: str) -> Any:
    return changed(created_at=one, teams=[{"customer": {"id": "id-a-1234", "created_at": other}}])


def rows(**statuses: int) -> list[Exchange]:
    asked = (
        "unknown-parameter",
        "foreign-origin",
        "accept-json",
        "null-origin",
        "lower-case-scheme",
        "accept-unmeetable",
    )
    return [PLAIN, *[said(name, AB, statuses.get(name.replace("-", "_"), 200)) for name in asked]]


def counted(count: int) -> list[Any]:
    return [changed(name=str(number)) for number in range(count)]


def crowded(*bodies: Any) -> list[Exchange]:
    return [said("together", body) for body in bodies]


def schemes() -> list[Exchange]:
    return [refused(name) for name in ("basic-user", "basic-password", "token-scheme", "no-scheme")]


def coded(*others: Exchange) -> list[Exchange]:
    asked = {"gzip-accepted", "gzip-refused"} - {exchange.probe for exchange in others}
    plain = said(body=AB, sent=[("Accept-Encoding", "identity")])
    return [plain, *others, *(said(name, AB) for name in sorted(asked))]


ANONYMOUS = ("plain", "memory", "database", "bad_query", "unknown_parameter", "accept_json")


def anonymous(**statuses: int) -> list[Exchange]:
    names = {"plain": "no-credentials"} | {name: f"no-credentials-{name.replace('_', '-')}" for name in ANONYMOUS[1:]}
    return [refused(probe, status=statuses.get(name, 401)) for name, probe in names.items()]


def unknown(**statuses: int) -> list[Exchange]:
    names = {"plain": "unknown-bearer", "memory": "unknown-bearer-memory", "bad_query": "unknown-bearer-bad-query"}
    probes = {**names, "empty": "empty-bearer"}
    return [refused(probe, status=statuses.get(name, 401)) for name, probe in probes.items()]


def beside(status: int) -> list[Exchange]:
    return [refused("x-api-key"), refused("x-api-key-beside-unknown", status=status)]


def accepts(unmeetable: Exchange) -> list[Exchange]:
    return [PLAIN, said("accept-json", AB), said("accept-any", AB), unmeetable]


def origins(**headers: str) -> list[Exchange]:
    head = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return [said("foreign-origin", AB, headers=head), said("null-origin", AB)]


def lent(*headers: tuple[str, str]) -> list[Exchange]:
    named = [(name.replace("_", "-"), value) for name, value in headers]
    return [said("foreign-origin", AB, headers=named), said("null-origin", AB)]


CREDENTIALS = "Access_Control_Allow_Credentials"
ORIGIN = "Access_Control_Allow_Origin"
TELLING = {"error": {"message": "try id-a-1234!"}}

CASES: list[tuple[str, list[Exchange], Verdict]] = [
    ("CUST-AUTH-001", [PLAIN, said("together", AB)], PASS),
    ("CUST-AUTH-001", [PLAIN, said("together", ERROR, 401)], FAIL),
    ("CUST-AUTH-001", [said(status=429)], UNSEEN),
    ("CUST-AUTH-001", [said(status=503, headers=WAIT)], UNSEEN),
    ("CUST-AUTH-001", [said(status=500)], UNSEEN),
    ("CUST-AUTH-001", [said(status=307)], UNSEEN),
    ("CUST-AUTH-001", [said(status=204)], FAIL),
    ("CUST-AUTH-001", [silent()], UNSEEN),
    ("CUST-AUTH-002", anonymous(), PASS),
    *(("CUST-AUTH-002", anonymous(**{name: 403}), FAIL) for name in ANONYMOUS),
    ("CUST-AUTH-002", anonymous(bad_query=400, unknown_parameter=404), PASS),
    ("CUST-AUTH-002", anonymous(bad_query=422, unknown_parameter=422), PASS),
    ("CUST-AUTH-002", anonymous(bad_query=200), FAIL),
    ("CUST-AUTH-002", anonymous(bad_query=404), FAIL),
    ("CUST-AUTH-002", anonymous(unknown_parameter=200), FAIL),
    ("CUST-AUTH-002", anonymous(memory=400), FAIL),
    ("CUST-AUTH-002", anonymous()[1:], UNSEEN),
    ("CUST-AUTH-002", [*anonymous(), said("no-credentials-forwarded", AB)], FAIL),
    ("CUST-AUTH-002", [*anonymous(), said("no-credentials-head", status=405)], PASS),
    ("CUST-AUTH-002", [*anonymous(), said("no-credentials-head")], FAIL),
    ("CUST-AUTH-002", [*anonymous(), silent("no-credentials-head")], PASS),
    ("CUST-AUTH-003", unknown(), PASS),
    ("CUST-AUTH-003", unknown(bad_query=400), PASS),
    ("CUST-AUTH-003", unknown(bad_query=200), FAIL),
    ("CUST-AUTH-003", unknown(memory=400), FAIL),
    ("CUST-AUTH-014", [*anonymous(), *unknown()], PASS),
    ("CUST-AUTH-014", [*anonymous(), *unknown(bad_query=400)], WARN),
    ("CUST-AUTH-014", [*anonymous(bad_query=422), *unknown()], WARN),
    ("CUST-AUTH-014", [*anonymous(), *unknown(bad_query=200)], UNSEEN),
    ("CUST-AUTH-004", [*schemes(), refused("basic-user-memory")], PASS),
    ("CUST-AUTH-004", [*schemes(), said("token-scheme-memory", AB)], FAIL),
    ("CUST-AUTH-005", [refused("x-api-key"), refused("x-api-key-beside-unknown"), said("x-api-key-memory", AB)], FAIL),
    ("CUST-AUTH-005", [*unknown(), *beside(403)], FAIL),
    ("CUST-AUTH-005", [*unknown(plain=403), *beside(403)], UNSEEN),
    ("CUST-AUTH-005", [*unknown(memory=403), *beside(403)], FAIL),
    ("CUST-AUTH-005", [*unknown(plain=403), *beside(200)], FAIL),
    ("CUST-AUTH-006", [refused("virtual-key-bearer", status=403), refused("virtual-key-header")], PASS),
    ("CUST-AUTH-007", [said("session-cookie", AB)], FAIL),
    ("CUST-AUTH-010", [PLAIN, refused(), silent("unknown-bearer")], PASS),
    ("CUST-AUTH-010", [PLAIN, refused(body=TELLING)], FAIL),
    ("CUST-AUTH-010", [PLAIN, refused(body=AB)], FAIL),
    ("CUST-AUTH-010", [PLAIN, refused(cut="the recording does not hold the body")], UNSEEN),
    ("CUST-AUTH-010", [PLAIN, refused(body={"error": {"debug": [{"customers": []}]}})], FAIL),
    ("CUST-AUTH-010", [PLAIN, refused(headers=[("Set-Cookie", "last=id-a-1234; Path=/")])], FAIL),
    ("CUST-AUTH-010", [PLAIN, refused(headers=[("X-Seen", "id%2Da%2D1234")])], FAIL),
    ("CUST-AUTH-010", [said(body=named("k\xfcnde-1234")), refused(headers=[("X-Seen", "k\xc3\xbcnde-1234")])], FAIL),
    ("CUST-AUTH-010", [said(body=named("k\xfcnde-1234")), refused(headers=[("X-Seen", "k\xfcnde-1234")])], FAIL),
    ("CUST-AUTH-010", [said(body=named("k\xfcnde-1234")), refused(body="k\xfcnde-1234".encode("latin-1"))], FAIL),
    ("CUST-AUTH-010", [said(body=named("customer_of_ours")), refused(body=b"no customer_of_ours here")], PASS),
    ("CUST-AUTH-010", [said(body=named("****-****")), refused(body=b"****-****")], PASS),
    ("CUST-AUTH-010", [PLAIN, refused(headers=[("X-Seen", "id-b-1234")])], FAIL),
    ("CUST-AUTH-010", [PLAIN, refused(body={"error": {"message": "xid-a-1234x"}})], PASS),
    ("CUST-AUTH-010", [PLAIN, refused(body=TELLING, sent=[("X-Id", "id-a-1234")])], PASS),
    ("CUST-AUTH-010", [said(body=example()), refused(body=b"sk-bf-example")], FAIL),
    ("CUST-AUTH-010", [PLAIN, said("no-credentials", AB), refused(status=500)], UNSEEN),
    ("CUST-AUTH-011", [refused()], PASS),
    ("CUST-AUTH-011", [refused(body=None)], PASS),
    ("CUST-AUTH-011", [refused(body={"status_code": 400})], FAIL),
    ("CUST-AUTH-011", [refused(body={"status_code": 401.0})], PASS),
    ("CUST-AUTH-011", [refused(body={"error": "no"})], FAIL),
    ("CUST-AUTH-011", [refused(body=[])], FAIL),
    ("CUST-AUTH-011", [refused(body=b'{"type": "a", "type": "a"}')], FAIL),
    ("CUST-AUTH-011", [refused(body=b"no")], FAIL),
    ("CUST-AUTH-011", [refused(headers=[("Content-Type", "text/plain")])], FAIL),
    ("CUST-AUTH-011", [refused(headers=[("Content-Type", "application/problem+json")])], PASS),
    ("CUST-AUTH-011", [refused(body=b"[" * 600)], UNSEEN),
    ("CUST-AUTH-011", [refused(cut="It was cut.")], UNSEEN),
    ("CUST-AUTH-011", [said("no-credentials-head", status=401)], UNSEEN),
    ("CUST-AUTH-012", [refused()], PASS),
    ("CUST-AUTH-012", [refused(headers=[("WWW-Authenticate", " , ")])], FAIL),
    ("CUST-AUTH-012", [refused(headers=[])], FAIL),
    ("CUST-AUTH-013", [said("lower-case-scheme", ERROR, 401)], WARN),
    ("CUST-QRY-001", between("database", AB), PASS),
    ("CUST-QRY-001", between("database", crowd("b", "a")), PASS),
    ("CUST-QRY-001", between("database", crowd("a")), FAIL),
    ("CUST-QRY-001", [*between("database", crowd("a")), said("database", AB), PLAIN], FAIL),
    ("CUST-QRY-001", between("database", ERROR, 500), UNSEEN),
    ("CUST-QRY-001", between("database", {"customers": 5}), UNSEEN),
    ("CUST-QRY-001", [said("database", AB), PLAIN], UNSEEN),
    ("CUST-QRY-001", [PLAIN, silent("database"), PLAIN], UNSEEN),
    ("CUST-QRY-001", [PLAIN, said("database", AB), said(body=crowd("a"))], UNSEEN),
    ("CUST-QRY-001", [said(body=crowd("c")), said("database", AB), PLAIN, said("database", AB), PLAIN], PASS),
    ("CUST-QRY-001", [PLAIN, said("database", AB), said(body=[])], UNSEEN),
    ("CUST-QRY-001", [said(body=crowd()), said("database", crowd()), said(body=crowd())], UNSEEN),
    ("CUST-QRY-003", bad_values(), PASS),
    ("CUST-QRY-003", bad_values(200, long=431), PASS),
    ("CUST-QRY-003", bad_values(404), FAIL),
    ("CUST-QRY-003", bad_values(414), FAIL),
    ("CUST-QRY-003", bad_values(503), UNSEEN),
    ("CUST-QRY-004", between("unknown-parameter", AB), PASS),
    ("CUST-QRY-004", between("unknown-parameter", crowd("a")), WARN),
    ("CUST-QRY-004", between("unknown-parameter", ERROR, 400), WARN),
    ("CUST-QRY-004", between("unknown-parameter", ERROR, 500), UNSEEN),
    ("CUST-QRY-004", [PLAIN, silent("unknown-parameter"), PLAIN], UNSEEN),
    ("CUST-RSP-001", [PLAIN], PASS),
    ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", 'Application/JSON; charset="UTF-8"')])], PASS),
    ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", "application/json; charset=latin-1")])], FAIL),
    ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", "text/json")])], FAIL),
    ("CUST-RSP-001", [said(body=AB, headers=[("Content-Type", "")])], FAIL),
    ("CUST-RSP-001", [said(body=AB, without=["Content-Type"])], FAIL),
    (
        "CUST-RSP-001",
        [said(body=AB, headers=[("Content-Type", "text/html"), ("Content-Type", "application/json")])],
        FAIL,
    ),
    ("CUST-RSP-001", [said("accept-unmeetable", AB, headers=[("Content-Type", "text/html")])], UNSEEN),
    ("CUST-RSP-002", [PLAIN], PASS),
    ("CUST-RSP-002", [said()], FAIL),
    ("CUST-RSP-002", [said(body=b"{} x")], FAIL),
    ("CUST-RSP-002", [said(body=b"[" * 600 + b"]" * 600)], UNSEEN),
    ("CUST-RSP-002", [said(body=AB, exact=False)], UNSEEN),
    ("CUST-RSP-002", [said(body=AB, cut="It was cut.")], UNSEEN),
    ("CUST-RSP-003", [PLAIN], PASS),
    ("CUST-RSP-003", [said(body=b'{"count": 0, "count": 0}')], FAIL),
    ("CUST-RSP-003", [said(body=b'{"customers": [], "\\u0063ustomers": [], "count": 0}')], FAIL),
    ("CUST-RSP-003", [said(body=b'{"customers": [], "count": 0, "zz": {"a": 1, "a": 2}}')], PASS),
    ("CUST-RSP-003", [said(body=b"{")], UNSEEN),
    ("CUST-RSP-003", [said(body=AB, exact=False)], UNSEEN),
    ("CUST-RSP-004", rows(), PASS),
    ("CUST-RSP-004", rows(unknown_parameter=404, accept_unmeetable=406, lower_case_scheme=401), PASS),
    ("CUST-RSP-004", rows(unknown_parameter=403), FAIL),
    ("CUST-RSP-004", rows(foreign_origin=403), FAIL),
    ("CUST-RSP-004", [said(status=403), *rows(foreign_origin=403)], UNSEEN),
    ("CUST-RSP-004", [*rows(), said("unknown-bearer-bad-query", ERROR, 403)], PASS),
    ("CUST-RSP-004", rows(accept_json=406), FAIL),
    ("CUST-RSP-004", [*rows(), said("foreign-origin", status=307, headers=[("Location", "/elsewhere")])], PASS),
    ("CUST-RSP-004", [*rows(), said("foreign-origin", status=307, headers=[("Location", "//other.example")])], UNSEEN),
    ("CUST-SCH-012", [PLAIN, said("from-memory-banana", {"status_code": 400}, 400)], PASS),
    ("CUST-SCH-012", [PLAIN, said("from-memory-banana", {"status_code": 500}, 400)], FAIL),
    ("CUST-SCH-012", [PLAIN, said("from-memory-banana", AB)], NOT_THERE),
    ("CUST-SCH-012", [PLAIN, said("from-memory-banana", b"busy", 429)], UNSEEN),
    ("CUST-SCH-012", [said("from-memory-banana", b"long", 414), said("options", b"no", 405)], NOT_THERE),
    ("CUST-SCH-012", [said("from-memory-banana", AB), said("odd-header-unknown", b"odd", 400)], NOT_THERE),
    ("CUST-SCH-012", [said("from-memory-banana", AB), said("odd-header-unknown", b"odd", 500)], FAIL),
    ("CUST-SCH-013", [said(body=changed(created_at="2026-01-05T09:00:00Z"))], PASS),
    ("CUST-SCH-013", [said(body=changed(created_at=""))], FAIL),
    ("CUST-SCH-013", [said(body=b"[" * 600 + b"]" * 600)], UNSEEN),
    ("CUST-SCH-014", [PLAIN], PASS),
    ("CUST-SCH-014", [said(body=changed(zz=1))], WARN),
    ("CUST-REL-004", [PLAIN], PASS),
    ("CUST-REL-004", [said(body=changed(name="b"))], WARN),
    ("CUST-REL-004", [said(body=changed(name="b", id="id-b-1234"))], UNSEEN),
    ("CUST-REL-004", [said(body=changed(name=""))], UNSEEN),
    ("CUST-REL-012", [said(body=changed(teams=[{"id": "t", "customer": {"id": "id-a-1234"}}]))], PASS),
    ("CUST-REL-012", [said(body=changed(teams=[{"id": "t", "customer": {"id": "id-b-1234"}}]))], FAIL),
    ("CUST-REL-012", [said(body=changed(teams=[{"id": "t", "customer": {}}]))], UNSEEN),
    ("CUST-REL-012", [said(body=changed(virtual_keys=[{"id": "k", "team": {"id": "t"}}]))], FAIL),
    ("CUST-REL-012", [said(body=changed(virtual_keys=[{"id": "k", "team": {}}]))], FAIL),
    ("CUST-REL-012", [said(body=changed(virtual_keys=[{"id": "k", "team_id": "t", "team": {"id": "t"}}]))], UNSEEN),
    ("CUST-REL-012", [said(body=changed(virtual_keys=[{"customer_id": "x", "customer": {"id": "x"}}]))], UNSEEN),
    ("CUST-REL-012", [said(body=changed(virtual_keys=[{"customer": {"id": "x"}}]))], FAIL),
    ("CUST-REL-013", [said(body=changed(teams=[{"id": "t", "name": "a"}, {"id": "t", "name": "b"}]))], UNSEEN),
    ("CUST-REL-013", [said(body=changed(teams=[{"customer": {"id": "id-a-1234", "name": "a"}}]))], PASS),
    ("CUST-REL-013", [said(body=changed(teams=[{"customer": {"id": "id-a-1234", "name": "z"}}]))], FAIL),
    ("CUST-REL-013", [said(body=copied("2026-01-01T12:00:00Z", "2026-01-01T14:00:00.0+02:00"))], PASS),
    ("CUST-REL-013", [said(body=copied("2026-01-01T12:00:00Z", "2026-01-01T12:00:01Z"))], FAIL),
    ("CUST-REL-013", [said(body=changed(teams=[{"customer": {"id": "id-a-1234", "name": None}}]))], PASS),
    (
        "CUST-REL-013",
        [said(body=changed(budget_id="x", teams=[{"customer": {"id": "id-a-1234", "budget_id": ""}}]))],
        PASS,
    ),
    ("CUST-REL-013", [said(body=changed(id="id-b-1234"))], UNSEEN),
    (
        "CUST-REL-013",
        [
            said(
                body=changed(
                    virtual_keys=[
                        {
                            "id": name,
                            "provider_configs": [{"id": 1, "provider": name}],
                            "mcp_configs": [{"mcp_client": {}}],
                        }
                        for name in ("k", "", "l")
                    ]
                )
            )
        ],
        UNSEEN,
    ),
    ("CUST-VAL-008", [said(body=changed(created_at="2026-11-23T10:04:00Z"))], PASS),
    ("CUST-VAL-008", [said(body=changed(created_at="2026-11-23T10:06:00Z"))], FAIL),
    ("CUST-VAL-008", [said(body=changed(created_at="2026-11-23T10:06:00Z"), without=["Date"])], UNSEEN),
    ("CUST-VAL-008", [said(body=changed(created_at="2026-11-23T10:06:00Z"), headers=[("Date", "today")])], UNSEEN),
    (
        "CUST-VAL-008",
        [said(body=changed(created_at="2026-11-23T10:06:00Z"), headers=[("Date", DATE.replace("GMT", "-0000"))])],
        FAIL,
    ),
    ("CUST-VAL-008", [PLAIN], UNSEEN),
    ("CUST-VAL-011", [PLAIN], PASS),
    ("CUST-VAL-011", [said(body={"customers": [], "count": 2**63})], FAIL),
    ("CUST-VAL-011", [said(body=b'{"customers": [], "count": 1e400}')], FAIL),
    ("CUST-VAL-011", [said(body=b'{"customers": [], "count": 0, "zz": {"a": 1e400}}')], PASS),
    ("CUST-VAL-011", [said(body=b"{")], UNSEEN),
    ("CUST-MEM-001", views(AB), PASS),
    ("CUST-MEM-001", views(crowd("a")), FAIL),
    ("CUST-MEM-001", views(crowd("a", "b", "c")), FAIL),
    ("CUST-MEM-001", [*views(crowd("a")), *views(AB)], PASS),
    ("CUST-MEM-001", [*views(AB), *views(crowd("a"))], FAIL),
    ("CUST-MEM-001", views(ERROR, status=500), UNSEEN),
    ("CUST-MEM-001", views(AB, {"customers": {}}), UNSEEN),
    ("CUST-MEM-001", [said("database", AB), PLAIN, said("memory", AB), PLAIN], UNSEEN),
    ("CUST-MEM-001", [PLAIN, said("memory", AB), PLAIN], UNSEEN),
    ("CUST-MEM-002", views(changed(name=None, zz=1)), PASS),
    ("CUST-MEM-002", views(changed(name="z")), WARN),
    ("CUST-MEM-002", views([]), UNSEEN),
    ("CUST-HTTP-001", reads(*[AB] * 6), PASS),
    ("CUST-HTTP-001", [*reads(*counted(12)), *crowded(*counted(3))], FAIL),
    ("CUST-HTTP-001", [*reads(*counted(12)), *crowded(AB, AB)], UNSEEN),
    ("CUST-HTTP-001", [*reads(*counted(12)), *crowded(*counted(3), changed(name="0"))], UNSEEN),
    ("CUST-HTTP-001", reads(*counted(12)), UNSEEN),
    ("CUST-HTTP-001", [*reads(*counted(6)), *crowded(*counted(3))], UNSEEN),
    ("CUST-HTTP-001", [*reads(*counted(6), *[changed(name="5")] * 6), *crowded(*counted(3))], UNSEEN),
    ("CUST-HTTP-001", [*reads(*counted(12), step=3), *crowded(*counted(3))], UNSEEN),
    ("CUST-HTTP-001", reads(AB, *[changed(name="z")] * 5), FAIL),
    ("CUST-HTTP-001", reads(AB, *[changed(name="z")] * 5, AB), UNSEEN),
    ("CUST-HTTP-001", reads(AB, *[changed(name="z")] * 5, step=2.5), UNSEEN),
    ("CUST-HTTP-001", reads(AB, *[crowd("a")] * 5), UNSEEN),
    ("CUST-HTTP-001", reads(AB, AB, *[changed(name="z")] * 6), UNSEEN),
    ("CUST-HTTP-001", reads(AB, crowd("a"), AB, crowd("a"), AB, AB), UNSEEN),
    ("CUST-HTTP-001", reads(AB, crowd("a")), UNSEEN),
    ("CUST-HTTP-001", reads(AB, AB), PASS),
    ("CUST-HTTP-001", reads(AB), UNSEEN),
    ("CUST-HTTP-001", reads(*[crowd()] * 6), UNSEEN),
    ("CUST-HTTP-001", reads(*[[]] * 6), UNSEEN),
    ("CUST-HTTP-002", [PLAIN, said("head")], PASS),
    ("CUST-HTTP-002", [PLAIN, said("head", headers=[("Content-Type", "APPLICATION/JSON ")])], PASS),
    ("CUST-HTTP-002", [PLAIN, said("head", status=405)], WARN),
    ("CUST-HTTP-002", [PLAIN, said("head", without=["Content-Type"])], WARN),
    ("CUST-HTTP-002", [PLAIN, said("head", status=500)], UNSEEN),
    ("CUST-HTTP-002", [PLAIN, silent("head")], UNSEEN),
    ("CUST-HTTP-003", [PLAIN], PASS),
    ("CUST-HTTP-003", [PLAIN, silent("head")], UNSEEN),
    ("CUST-HTTP-003", [said(body=AB, framing=None)], UNSEEN),
    ("CUST-HTTP-003", [said(body=AB, framing=Framing(error="the body was short"))], FAIL),
    ("CUST-HTTP-003", [said(body=AB, framing=Framing(surplus=3))], FAIL),
    ("CUST-HTTP-003", [said(body=AB, coding_error="no gzip")], FAIL),
    ("CUST-HTTP-003", [PLAIN, said(cut="br cannot be decoded here", headers=[("Content-Encoding", "br")])], UNSEEN),
    ("CUST-HTTP-003", [said(body=AB, headers=[("Content-Length", "2"), ("Content-Length", "3")])], FAIL),
    ("CUST-HTTP-003", [said(body=AB, headers=[("Content-Length", "0x2")])], FAIL),
    ("CUST-HTTP-003", [said(body=AB, headers=[("Content-Length", "2"), ("Transfer-Encoding", "chunked")])], FAIL),
    ("CUST-HTTP-004", [PLAIN, said(status=500, without=["Date"])], PASS),
    ("CUST-HTTP-004", [PLAIN, silent("head")], UNSEEN),
    *[
        ("CUST-HTTP-004", [said(body=AB, headers=[("Date", text)])], WARN)
        for text in (
            "today",
            "Tue, 23 Nov 2026 10:00:00 GMT",
            "Mon, 23 Nov 2026 10:00:00 +0000",
            "Mon, 23 Nov 2026 10:00:00 UTC",
            "mon, 23 Nov 2026 10:00:00 GMT",
            "Monday, 23-Nov-26 10:00:00 GMT",
            "Mon Nov 23 10:00:00 2026",
            "Mon, 23 Nov 26 10:00:00 GMT",
            "23 Nov 2026 10:00:00 GMT",
            "Mon, 23 Nov 99999999999999999999 10:00:00 GMT",
            "Mon, 31 Feb 2026 10:00:00 GMT",
            DATE.replace(":00 G", ":61 G"),
        )
    ],
    ("CUST-HTTP-004", [said(body=AB, headers=[("Date", "Mon, 23 Xxx 2026 10:00:00 GMT")])], WARN),
    ("CUST-HTTP-004", [said(body=AB, without=["Date"])], WARN),
    ("CUST-HTTP-004", [said(body=AB, headers=[("Date", "Sat, 31 Dec 2016 23:59:60 GMT")])], PASS),
    ("CUST-HTTP-005", [PLAIN, said("head", without=["Cache-Control"])], PASS),
    ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", "Private, max-age=5")])], PASS),
    ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", "no-store, s-maxage=5")])], WARN),
    ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", "no-store, PUBLIC")])], WARN),
    ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", 'private="a, public, b"')])], WARN),
    ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", 'private="a", Private')])], PASS),
    ("CUST-HTTP-005", [said(body=AB, headers=[("Cache-Control", 'no-cache="public", no-store')])], PASS),
    ("CUST-HTTP-005", [said(body=AB, without=["Cache-Control"])], WARN),
    ("CUST-HTTP-006", origins(), PASS),
    ("CUST-HTTP-006", origins(**{CREDENTIALS: "true", ORIGIN: "https://mine.example"}), PASS),
    ("CUST-HTTP-006", origins(**{CREDENTIALS: "true", ORIGIN: "*"}), FAIL),
    ("CUST-HTTP-006", origins(**{CREDENTIALS: " true", ORIGIN: "https://cc-7f3a91c2.invalid"}), FAIL),
    ("CUST-HTTP-006", origins(**{CREDENTIALS: "false", ORIGIN: "*"}), PASS),
    ("CUST-HTTP-006", [said("foreign-origin", status=503), said("null-origin", AB)], UNSEEN),
    ("CUST-HTTP-006", lent((CREDENTIALS, "false"), (CREDENTIALS, "true"), (ORIGIN, "*")), FAIL),
    ("CUST-HTTP-006", lent((CREDENTIALS, "true"), (ORIGIN, "https://mine.example"), (ORIGIN, "*")), FAIL),
    ("CUST-HTTP-007", accepts(said("accept-unmeetable", ERROR, 406)), PASS),
    ("CUST-HTTP-007", accepts(said("accept-unmeetable", AB)), PASS),
    ("CUST-HTTP-007", accepts(said("accept-unmeetable", b"<html>")), WARN),
    ("CUST-HTTP-007", accepts(said("accept-unmeetable", AB, headers=[("Content-Type", "image/png")])), WARN),
    ("CUST-HTTP-007", accepts(said("accept-unmeetable", ERROR, 400)), WARN),
    ("CUST-HTTP-007", accepts(said("accept-unmeetable", AB, cut="It was cut.")), UNSEEN),
    ("CUST-HTTP-008", coded(), PASS),
    ("CUST-HTTP-008", coded(said("gzip-accepted", AB, headers=[("Content-Encoding", "x-gzip")])), PASS),
    ("CUST-HTTP-008", coded(said("gzip-accepted", AB, headers=[("Content-Encoding", "br")])), FAIL),
    ("CUST-HTTP-008", coded(said("gzip-refused", AB, headers=[("Content-Encoding", "gzip")])), FAIL),
    ("CUST-HTTP-008", coded(said("no-coding-accepted", AB, headers=[("Content-Encoding", "gzip")])), FAIL),
    ("CUST-HTTP-008", coded(said("no-coding-accepted", AB, headers=[("Content-Encoding", "identity")])), PASS),
    ("CUST-HTTP-008", coded(said(body=AB, headers=[("Content-Encoding", "br")])), PASS),
    ("CUST-HTTP-008", coded(said("gzip-refused", status=503)), UNSEEN),
    ("CUST-HTTP-008", coded()[1:], UNSEEN),
    ("CUST-HTTP-008", [said(status=204), said("head")], UNSEEN),
    (
        "CUST-HTTP-008",
        coded(said(body=AB, sent=[("Accept-Encoding", "gzip;q=1.2.3")], headers=[("Content-Encoding", "gzip")])),
        PASS,
    ),
    ("CUST-HTTP-009", [PLAIN, said("memory", status=302)], NOT_THERE),
    *[
        ("CUST-HTTP-009", [said("memory", status=302, headers=[("Location", location)])], verdict)
        for location, verdict in (
            ("/login", PASS),
            ("https:login", PASS),
            ("h\tttps://other.example", FAIL),
            ("\\/other.example", FAIL),
            ("https://gateway.example@other.example/", FAIL),
            ("javascript:alert(1)", FAIL),
            ("https://GATEWAY.example:443/x", PASS),
            ("http://gateway.example/x", FAIL),
            ("https://gateway.example:444/", FAIL),
            ("https://gateway.example.evil.example/", FAIL),
            ("//evil.example/", FAIL),
            ("/\\evil.example/", FAIL),
            ("\t//evil.example", FAIL),
            ("https://gateway.example:port/", FAIL),
            ("javascript:alert(1)", FAIL),
            ("https://[::1", FAIL),
        )
    ],
    ("CUST-SEC-001", [said(body=example())], PASS),
    ("CUST-SEC-001", [said(body=with_provider_key(value={"value": "sk-in-the-clear-0123"}))], FAIL),
    ("CUST-SEC-001", [said(body=with_provider_key(bedrock_secret_key={"value": "in/the/clear/0123"}))], FAIL),
    ("CUST-SEC-001", [said(body=with_provider_key(value={"value": "sk-*****"}))], PASS),
    ("CUST-SEC-003", [refused()], PASS),
    ("CUST-SEC-003", [refused(body=b'{"error": {"message": "\\u0053ELECT id FROM customers"}}')], WARN),
    ("CUST-SEC-003", [refused(body=b'{"error": {"message": "at /srv\\/app\\/main.go:42"}}')], WARN),
    (
        "CUST-SEC-003",
        [refused(body=b'Traceback (most recent call last):\n  File "/srv/app/main.py", line 3, in x')],
        WARN,
    ),
    ("CUST-SEC-003", [PLAIN, refused(body=None)], UNSEEN),
    ("CUST-SEC-003", [refused(cut="the content coding 'br' cannot be decoded here")], UNSEEN),
    ("CUST-SEC-003", [refused(body={"error": {"message": "x" * 70_000}})], UNSEEN),
    ("CUST-SEC-004", [PLAIN, refused(), silent("head")], PASS),
    ("CUST-SEC-004", [said(body={"customers": [], "key": "<key>"})], FAIL),
    ("CUST-SEC-004", [said(body="<key>".encode("utf-16-le"))], FAIL),
    ("CUST-SEC-004", [said(body=AB, cut="the body is longer than 9 bytes (--max-body)")], UNSEEN),
    ("CUST-SEC-004", [said(body=b"<key>", cut="the body is longer than 9 bytes (--max-body)")], FAIL),
    ("CUST-SEC-004", [said(body=changed(virtual_keys=[{"value": "<key>"}]))], FAIL),
    ("CUST-SEC-004", [said(body=changed(name="<virtual-key>", virtual_keys=[{"value": "<virtual-key>"}]))], FAIL),
    ("CUST-SEC-004", [said(body=AB, headers=[("X-Seen", "Bearer <key:cut>")])], FAIL),
    ("CUST-SEC-004", [said(body=AB, reason="No <session>")], FAIL),
    ("CUST-SEC-004", [refused("no-credentials", {"type": "<key>"})], UNSEEN),
    ("CUST-SEC-004", [said(body=changed(virtual_keys=[{"value": "<virtual-key>"}]))], PASS),
    (
        "CUST-SEC-004",
        [refused("unknown-bearer", {"type": "unknown-12345678"}, sent=[("Authorization", "Bearer unknown-12345678")])],
        FAIL,
    ),
    ("CUST-SEC-006", [said(body=changed(zz={"a": ["x", {"password": "********", "n": 5}]}))], PASS),
    ("CUST-SEC-006", [said(body=changed(zz={"a": [{"password": "hunter2hunter2"}]}))], WARN),
    ("CUST-SEC-006", [said(body=changed(zz=KEY_PEM))], WARN),
    ("CUST-SEC-006", [said(body=changed(**{"ghp_" + "a1" * 18: 1}))], WARN),
    ("CUST-SEC-006", [said(body=changed(zz={"sk-proj-abcdefghij0123456789": True}))], WARN),
    ("CUST-ROB-001", [PLAIN, said("head", status=404)], PASS),
    ("CUST-ROB-001", [said("head", status=500)], FAIL),
    ("CUST-ROB-001", [PLAIN, said("head", status=503, headers=WAIT)], UNSEEN),
    ("CUST-ROB-001", [PLAIN, silent("head")], UNSEEN),
    ("CUST-ROB-001", [PLAIN, replace(said("head"), retried=(Attempt(502),))], WARN),
    ("CUST-ROB-001", [PLAIN, replace(said("head"), retried=(Attempt(None, "a reset"),))], WARN),
    ("CUST-ROB-001", [PLAIN, replace(said("head"), retried=(Attempt(429), Attempt(503, asks_to_wait=True)))], PASS),
    ("CUST-ROB-001", [PLAIN, replace(said("head", status=502), retried=(Attempt(502),))], FAIL),
    ("CUST-ROB-001", [PLAIN, replace(silent("head"), retried=(Attempt(502),))], UNSEEN),
    ("CUST-ROB-002", between("together", AB, times=8), PASS),
    ("CUST-ROB-002", [PLAIN, said("together", AB), said("together", crowd("a")), PLAIN], FAIL),
    ("CUST-ROB-003", odd(), PASS),
    ("CUST-ROB-003", odd(status=400), PASS),
    ("CUST-ROB-003", odd(status=431), FAIL),
    ("CUST-ROB-003", odd(status=431, probe="odd-header-long"), PASS),
    ("CUST-ROB-003", odd(status=404), FAIL),
]


@pytest.mark.parametrize(
    "identifier, exchanges, verdict",
    CASES,
    ids=[f"{number}-{case[0]}-{case[2]}" for number, case in enumerate(CASES)],
)
def test_a_check_says_of_an_answer_what_the_contract_says(
    identifier: str, exchanges: list[Exchange], verdict: Verdict
) -> None:
    found = judged(identifier, *exchanges)
    assert found.verdict is verdict, (found.reason, found.findings)


def test_a_recording_of_others_does_not_tell_what_was_echoed() -> None:
    assert judged("CUST-SEC-004", PLAIN, own=False).verdict is UNSEEN


def test_an_undocumented_property_is_listed_once_with_how_often_it_stood() -> None:
    value = crowd("a", "b")
    for item in value["customers"]:
        item["zz"] = 1
    (found,) = judged("CUST-SCH-014", said(body=value), said("memory", {**value, "count": 3})).findings
    assert (found.actual, found.pointer, found.exchange) == ("Customer.zz, 4 times", "/customers/0/zz", 0)


def test_a_secret_is_found_at_its_place_within_what_is_undocumented() -> None:
    value = json.loads(json.dumps(AB))
    value["zz"] = {"a/b": [{"token": "hunter2hunter2"}]}
    (found,) = judged("CUST-SEC-006", said(body=value)).findings
    assert found.pointer == "/zz/a~1b/0/token"


@pytest.mark.parametrize("identifier", ["CUST-MEM-001", "CUST-MEM-002"])
def test_a_memory_view_that_is_said_to_be_missing_may_be_refused(identifier: str) -> None:
    rules = Rules(without=frozenset({"memory"}))
    assert judged(identifier, *views(ERROR, status=400), rules=rules).verdict is NOT_THERE
    assert judged(identifier, *views(AB), rules=rules).verdict is PASS
    assert judged(identifier, *views(AB, {"customers": {}}), rules=rules).verdict is UNSEEN


@pytest.mark.parametrize(
    "exchange, reason",
    [
        (said(status=429, headers=WAIT), "asked to wait (429)"),
        (said(status=503, headers=WAIT), "asked to wait (503)"),
        (said(status=429), "ask it less often"),
        (said(status=503), "look at CUST-ROB-001"),
        (said(status=500, headers=WAIT), "look at CUST-ROB-001"),
        (said(status=307, headers=WAIT), "look at CUST-HTTP-009"),
    ],
)
def test_a_status_that_is_judged_elsewhere_is_left_with_the_reason(exchange: Exchange, reason: str) -> None:
    found = judged("CUST-AUTH-001", exchange)
    assert found.verdict is UNSEEN
    assert reason in str(found.reason)


def test_an_answer_that_asks_to_wait_for_no_reason_is_judged_as_any() -> None:
    assert judged("CUST-AUTH-001", said(body=AB, headers=WAIT), said("together", AB)).verdict is PASS


@pytest.mark.parametrize("credential, other", [("no-credentials", "AUTH-002"), ("unknown-bearer", "AUTH-003")])
def test_who_is_let_in_with_bad_credentials_is_judged_by_the_requirement_of_those(credential: str, other: str) -> None:
    other_one = {
        "no-credentials": refused("unknown-bearer-bad-query"),
        "unknown-bearer": refused("no-credentials-bad-query"),
    }
    found = judged("CUST-AUTH-014", said(f"{credential}-bad-query", AB), other_one[credential])
    assert other in str(found.reason)


def test_a_long_value_is_as_long_as_the_plan_says_and_a_recorded_one_of_a_thousand_characters_is_long() -> None:
    probe = PROBES["from-memory-long"]
    assert "2,000 characters" in probe.says
    assert [len(value) for _, value in probe.query] == [2000]

    def recorded(length: int) -> bool:
        request = replace(said("from-memory-long", named=False).request, query=(("from_memory", "a" * length),))
        return bool(evidence(replace(said("from-memory-long", named=False), request=request)).of(probe))

    assert recorded(1000)
    assert not recorded(999)


def test_a_cut_answer_hides_no_defect_of_the_next() -> None:
    cut, html = (
        said("accept-unmeetable", AB, cut=cut, headers=head)
        for cut, head in (
            ("it was cut", []),
            (None, [("Content-Type", "text/html")]),
        )
    )
    assert judged("CUST-HTTP-007", *accepts(cut), html).verdict is WARN


def test_a_server_that_is_busy_once_is_judged_on_its_other_answers() -> None:
    assert judged("CUST-ROB-001", said(status=503, headers=WAIT), said(status=500)).verdict is FAIL


def test_an_answer_without_a_body_has_no_coding_to_judge() -> None:
    empty = said("gzip-refused", status=204, headers=[("Content-Encoding", "br")])
    assert judged("CUST-HTTP-008", *coded(empty)).verdict is not FAIL
    assert (
        judged("CUST-HTTP-008", *coded(said("gzip-refused", AB, headers=[("Content-Encoding", "br")]))).verdict is FAIL
    )


@pytest.mark.parametrize("item", [{"name": "no id"}, {"id": None}, {"id": []}, "no object", None, 7])
def test_items_without_an_id_are_no_reason_to_fail_to_judge(item: Any) -> None:
    odd_view = {"customers": [*AB["customers"], item], "count": 3}
    for identifier in ("CUST-MEM-001", "CUST-MEM-002"):
        assert judged(identifier, *views(odd_view, odd_view)).verdict in set(Verdict) - {Verdict.ERROR}


def test_an_error_is_not_judged_as_a_list() -> None:
    refused_ = said("unknown-parameter", ERROR, 400)
    for identifier in ("CUST-RSP-001", "CUST-RSP-002", "CUST-RSP-003"):
        assert judged(identifier, PLAIN, refused_) == judged(identifier, PLAIN)


def test_undocumented_properties_beyond_those_that_are_placed_are_counted() -> None:
    value = crowd("a")
    value["customers"][0] |= {f"zz{number}": 1 for number in range(3)}
    assert judged("CUST-SCH-014", said(body=value)).findings_total == 3
    value["customers"][0] |= {f"zz{number}": 1 for number in range(5000)}
    assert judged("CUST-SCH-014", said(body=value)).findings_total == 5000


def test_an_echo_in_head_and_body_is_one_finding() -> None:
    echo = {"error": {"message": "<key>"}}
    found = judged("CUST-SEC-004", said(body=echo, headers=[("X-Echo", "<key>")]))
    assert found.findings_total == 1


@pytest.mark.parametrize("changing", ["updated_at"])
def test_copies_of_one_object_may_differ_in_what_changes_by_itself_and_in_what_one_leaves_out(changing: str) -> None:
    def copies(one: Any, other: Any, name: str) -> Exchange:
        holding = {"id": "id-a-1234", "name": "a", name: other}
        return said(
            body=changed(**{"name": "a", name: one, "teams": [{"id": "t-1", "name": "t", "customer": holding}]})
        )

    first, second = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    assert judged("CUST-REL-013", copies(first, second, changing)).verdict is PASS
    assert judged("CUST-REL-013", copies(first, None, "created_at")).verdict is PASS
    assert judged("CUST-REL-013", copies(None, second, "created_at")).verdict is PASS
    assert judged("CUST-REL-013", copies(first, second, "created_at")).verdict is FAIL
