"""Runs built by hand: a plain one of every verdict, and one with hostile text wherever a target's text may stand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from customers_conformance.fingerprints import Tally, defect
from customers_conformance.model import (
    PLAIN,
    Body,
    Credential,
    EvidenceFile,
    Exchange,
    Finding,
    Flaky,
    Framing,
    Judgement,
    Ledger,
    Level,
    Location,
    Mode,
    Outcome,
    RecordedTraffic,
    Request,
    Requirement,
    Response,
    Run,
    ShownObject,
    ShownProperty,
    Undocumented,
    Use,
    Verdict,
    Waiver,
    Waivers,
)
from customers_conformance.running.settings import Settings
from customers_conformance.running.statement import options

URL = "https://staging.example/api/governance/customers"
DIGEST = "sha256:" + "0" * 64

#: Texts that would do harm to some reader: terminals, HTML, XML, Markdown, logs of CI, encoders.
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
    "\x1b[2J\x1b]0;owned\x07 \x9b31m \x7f",
    "admin\u202etxt.exe\u2066 \u200b\ufeff \U000e0041",
    "a lone \ud800 surrogate \udfff, a \x00 and a \ufffe",
    "]]> --> </style></pre></details> &amp; {{ 7 * 7 }} {% raw %} %s {0}",
    "| a | table |\n\n# A heading\n::set-output name=x::owned\n##[command]x ##vso[task.setvariable]x ##teamcity[x]",
    "[link](https://evil.example) ![i](//evil.example/x.png) <https://evil.example> www.evil.example @everyone #1 $x$",
    "`` ``` ` \\` *bold* _it_ ~~no~~ :tada: https://evil.example\u2028next\u0085line",
    "javascript:alert(1) data:text/html,<h1>x</h1> //evil.example",
)
EVERYTHING = " ".join(HOSTILE)

CUSTOMERS = {
    "customers": [
        {
            "id": "customer-1",
            "name": "Acme",
            "teams": [{"id": "team-1", "name": "Platform", "profile": None, "config": {}, "claims": {}}],
            "virtual_keys": [{"id": "vk-1", "name": "ci", "value": "\u27e6virtual-key:1\u27e7", "is_active": True}],
            "budget": {"id": "b-1", "max_limit": 100.5, "current_usage": 12},
        }
    ],
    "count": 2,
}


#: Titles of the requirements that the runs judge.
TITLES = {
    "AUTH-001": "Accepts the key as a bearer token",
    "SCH-003": "Sends teams as their schema says",
    "REL-001": "Reports the number of customers as count",
    "HTTP-002": "Answers HEAD with the status and type of GET",
    "VAL-001": "Writes valid, positive reset durations",
    "HTTP-009": "Redirects only within its own origin",
    "SEC-002": "Shows no PEM body in ca_cert_pem",
    "ROB-001": "Answers no request with a 5xx",
}


def requirement(
    number: str, says: str, level: Level = Level.MUST, profile: str = "core", *, needs: str = "", judged: str = ""
) -> Requirement:
    """A requirement of the catalogue, drawn from the page and from a standard."""
    return Requirement(
        *(f"CUST-{number}", TITLES.get(number, "Is another one"), level, profile, says, "page, http", judged),
        quote='"customers": [ { "id": "<string>"',
        section="RFC 9110, 15.5.2",
        needs=needs,
    )


def exchange(index: int, probe: str = PLAIN.name, body: bytes | None = None, status: int = 200) -> Exchange:
    """A request with the key and its answer."""
    content = json.dumps(CUSTOMERS).encode() if body is None else body
    return Exchange(
        index=index,
        probe=probe,
        request=Request(
            method="GET",
            url=URL,
            query=(("from_memory", "true"),) if index % 2 else (),
            headers=(("Host", "staging.example"), ("Accept", "application/json"), ("Authorization", "Bearer <key>")),
            credential=Credential.KEY,
        ),
        response=Response(
            status=status,
            reason="OK",
            http_version="HTTP/1.1",
            headers=(("Content-Type", "application/json"), ("Date", "Mon, 23 Nov 2026 10:00:00 GMT")),
            body=Body(content=content, digest=hashlib.sha256(content).hexdigest(), length=len(content)),
            framing=Framing(),
        ),
        started=1795428000.0,
        duration=0.02,
    )


def grouped(run: Run) -> Run:
    """The run with its findings by what is wrong, and their fingerprints, as the judge gives them."""
    return replace(run, judgements=tuple(map(_grouped, run.judgements)))


def _grouped(judgement: Judgement) -> Judgement:
    identifier, tally = judgement.requirement.id, Tally()
    found = [replace(one, fingerprint=defect(identifier, one).fingerprint) for one in judgement.findings]
    for one in found:
        tally.note(one)
    groups = [
        replace(group, waived=sum(one.waiver is not None for one in found if one.fingerprint == group.fingerprint))
        for group in tally.groups(identifier)
    ]
    further = judgement.findings_total - sum(group.count for group in groups)
    return replace(judgement, findings=tuple(found), groups=tuple(groups), further=further)


def plain() -> Run:
    """A run with every verdict, whose target is harmless."""
    unanswered = replace(exchange(2, "head"), response=None, error="connection refused by staging.example:443")
    return Run(
        id="0b7c",
        started="2026-11-23T10:00:00Z",
        finished="2026-11-23T10:00:02.250Z",
        seed=1,
        profiles=("core", "integrity"),
        complete=True,
        suite_version="0.1.0",
        contract_digest=DIGEST,
        requirements_digest=DIGEST,
        target_url="https://staging.example",
        target_server="bifrost/1.5.16",
        evidence=EvidenceFile("evidence.har", DIGEST, Mode.REDACTED),
        outcome=Outcome.NONCONFORMANT,
        exit_code=1,
        summary="The server breaks 2 of the 6 requirements that it must keep.",
        judgements=tuple(map(_grouped, _judgements())),
        not_judged=("CUST-ROB-003",),
        undocumented=(Undocumented("Customer.rate_limit", "/customers/0/rate_limit", 2),),
        coverage={"Customer.budget": 1, "Customer.teams": 1, "Team.claims": 0},
        warnings=("The key crosses the network in the clear: the target is plain `http`.",),
        ledger=Ledger(6, {"GET": 5, "HEAD": 1}, ("staging.example",), 12345),
        exchanges=(exchange(0), exchange(1, "from-memory"), unanswered),
        options=options(Settings(url="https://staging.example")),
        waivers=Waivers("waivers.toml", DIGEST, (WAIVER,), (Use.USED,), (1,)),
        shown=(
            ShownObject("Customer", 1, (ShownProperty("teams", "list of Team", required=True, seen=1, broken=0),)),
            ShownObject("Team", 1, (ShownProperty("profile", "object", required=True, seen=1, broken=7),)),
            ShownObject("Budget", 0, (ShownProperty("id", "string", required=True, seen=0, broken=0),)),
        ),
    )


#: What the plain run accepts.
WAIVER = Waiver(
    "CUST-SEC-002",
    Verdict.FAIL,
    "the vendor knows",
    "the platform team",
    "2027-01-01",
    link="https://tracker.example/12",
    at="/customers/*",
    actual="⟦pem:1⟧",
    expected="a masked value",
    line=3,
)


def _judgements() -> tuple[Judgement, ...]:
    count = Finding("`count` says another number than `customers` has.", "1", "2", "/count", 0, "default")
    profile = Finding(
        "A null where an object is due.", "an object", "null", "/customers/0/teams/0/profile", 0, "default"
    )
    missing = Finding(
        "A required property is missing.", "config_hash", "", "/customers/0/virtual_keys/0", 1, "from-memory"
    )
    return (
        Judgement(
            requirement("AUTH-001", "answers 200 to a request with a valid `Authorization: Bearer` key"),
            Verdict.PASS,
            observed={"exchanges": 6, "customers": 1},
            faults=3,
        ),
        Judgement(
            requirement("SCH-003", "sends objects that match their schema: Team", judged="at the nearest `schema`"),
            Verdict.FAIL,
            findings=(profile, missing),
            findings_total=7,
            observed={"teams": 1},
            faults=1,
        ),
        Judgement(
            requirement("REL-001", "reports `count` as the number of items in `customers`"),
            Verdict.FAIL,
            findings=(count,),
            findings_total=1,
            observed={"exchanges": 2},
            faults=2,
        ),
        Judgement(
            requirement("HTTP-002", "answers HEAD with GET's status and `Content-Type`", Level.SHOULD, "http"),
            Verdict.WARN,
            findings=(Finding("HEAD is answered with another status.", "200", "405", "", 2, "head"),),
            findings_total=1,
            faults=0,
        ),
        Judgement(
            requirement("VAL-001", "writes every reset duration as a positive duration", needs="a duration"),
            Verdict.UNVERIFIED,
            reason="The target shows no duration: add a budget to a customer.",
        ),
        Judgement(
            requirement("HTTP-009", "redirects, if at all, only within its own origin", profile="security"),
            Verdict.NOT_APPLICABLE,
            reason="No answer was a redirect.",
        ),
        Judgement(
            requirement("SEC-002", "shows no PEM body in `tls_config.ca_cert_pem`", profile="security"),
            Verdict.WAIVED,
            reason="Accepted until 2027-01-01: the vendor knows.",
            findings=(
                Finding("A PEM body.", "a masked value", "\u27e6pem:1\u27e7", "/customers/0", 0, "default", waiver=0),
            ),
            findings_total=1,
        ),
        Judgement(
            requirement("ROB-001", "never answers 5xx to a request that the suite makes"),
            Verdict.ERROR,
            reason="The check itself failed: KeyError.",
        ),
    )


def conformant() -> Run:
    """A run in which all is well, and nothing else is to be told."""
    run = plain()
    return replace(
        run,
        outcome=Outcome.CONFORMANT,
        exit_code=0,
        summary="The server keeps every requirement that was judged.",
        judgements=tuple(
            replace(
                one, verdict=Verdict.PASS, reason=None, findings=(), findings_total=0, groups=(), further=0, faults=None
            )
            for one in run.judgements
        ),
        not_judged=(),
        undocumented=(),
        coverage={},
        warnings=(),
        waivers=None,
        target_server=None,
        seed=None,
        ledger=None,
        evidence=replace(run.evidence, left_out=3),
        options=options(Settings(har=Path("traffic.har"))),
        source=RecordedTraffic("traffic.har", "mitmproxy 11.0", "2026-11-01T08:00:00Z", "2026-11-01T08:05:00Z"),
    )


def invalid() -> Run:
    """A run that was cut short before anything could be judged."""
    run = plain()
    reason = "The plain request got no answer: the connection was refused."
    return replace(
        run,
        outcome=Outcome.INVALID,
        exit_code=4,
        complete=False,
        summary=reason,
        judgements=tuple(
            replace(one, verdict=Verdict.UNVERIFIED, reason=reason, findings=(), findings_total=0, groups=(), further=0)
            for one in run.judgements
        ),
    )


def hostile(text: str = EVERYTHING) -> Run:
    """The plain run with a text in every place that a target, or a recording, may fill."""
    run = plain()
    said = Finding(text, text, text, f"/{text}", 0, text)
    return replace(
        run,
        target_url=f"https://staging.example/{text}",
        target_server=text,
        evidence=replace(run.evidence, file=text),
        options={**run.options, "only": [text], "header": [text], "key_placeholder": text, "proxy": text},
        partial=text,
        source=RecordedTraffic(text, text, run.started, run.finished),
        summary=text,
        judgements=tuple(
            _grouped(
                replace(
                    one,
                    reason=None if one.verdict is Verdict.PASS else text,
                    findings=(said, replace(said, pointer=""), replace(said, exchange=1, waiver=0))
                    if one.findings
                    else (),
                    findings_total=3 if one.findings else 0,
                    location=Location(text, 1),
                )
            )
            for one in run.judgements
        ),
        undocumented=(Undocumented(text, text, 1),),
        coverage={text: 1},
        warnings=(text,),
        flaky=(Flaky(text, 0, (text,), mended=True),),
        waivers=Waivers(
            text,
            DIGEST,
            (
                replace(
                    WAIVER, reason=text, owner=text, link=text, at=text, actual=text, expected=text, missing=(text,)
                ),
            ),
            (Use.UNUSED,),
            (0,),
        ),
        ledger=Ledger(1, {"GET": 1}, (text,), 1),
        shown=(ShownObject(text, 1, (ShownProperty(text, text, required=True, seen=1, broken=1),)),),
        exchanges=tuple(_hostile(one, text) for one in run.exchanges),
    )


def _hostile(one: Exchange, text: str) -> Exchange:
    answer = exchange(one.index, text, json.dumps({text: [text], "count": text}).encode("utf-8", "replace")).response
    assert answer is not None
    raw = text.encode("utf-8", "surrogatepass")
    body = Body(raw, text, len(raw), cut=text, coding_error=text) if one.index else answer.body
    return replace(
        one,
        probe=text,
        request=replace(
            one.request,
            method="HEAD" if one.index else "GET",
            url=f"{URL}/{text}",
            query=((text, text),),
            headers=((text, text), ("X", text)),
            http_version=text,
        ),
        response=None
        if one.response is None
        else replace(
            answer, reason=text, http_version=text, headers=((text, text),) * 50, body=body, framing=Framing(text, 7)
        ),
        error=text,
        comment=text,
    )
