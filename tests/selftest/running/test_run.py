"""Whole runs against the reference server and against servers that are no good."""

from __future__ import annotations

import asyncio
import html
import json
import re
import shlex
import socket
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.selftest.made import evidence, said
from tests.selftest.running.leaping import leap

from customers_conformance.command import cli, terminal
from customers_conformance.model import (
    DEFAULT_PROFILES,
    ENDPOINT,
    PLAIN,
    PROFILES,
    Credential,
    ExitCode,
    Mode,
    Outcome,
    UsageError,
    Verdict,
)
from customers_conformance.reference.app import DEFAULT_KEY, DEFAULT_SESSION, create_app
from customers_conformance.reference.server import running
from customers_conformance.running import run
from customers_conformance.running.plan import pauses
from customers_conformance.running.progress import HowFar
from customers_conformance.running.settings import Settings
from customers_conformance.running.statement import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from customers_conformance.model import Run

URL = "http://127.0.0.1:1"
#: Both are of these tests alone, so that no other text holds them by chance.
KEY, SESSION = "Zq7-key-of-this-selftest-Zq7", "Yw8-session-of-this-selftest-Yw8"


def chosen(**options: Any) -> Settings:
    return Settings(**{"url": URL, "key": DEFAULT_KEY, "seed": 1, "examples": 0, "settle": 0.0, **options})


def conducted(application: Any = None, **options: Any) -> Run:
    app = application or create_app(customers=2)
    return run.conduct(chosen(**options), transport=httpx.ASGITransport(app=app))


def verdicts(found: Run) -> dict[str, Verdict]:
    return {j.requirement.id: j.verdict for j in found.judgements}


def other_than_pass(found: Run) -> dict[str, str]:
    return {name: verdict.value for name, verdict in verdicts(found).items() if verdict is not Verdict.PASS}


def answering(
    status: int,
    body: bytes = b"{}",
    content_type: str = "application/json",
    asked: list[str] | None = None,
    **headers: str,
) -> Any:
    async def application(scope: Any, _receive: Any, send: Any) -> None:
        if asked is not None:
            asked.append(scope["method"])
        sent = {"content-type": content_type, "date": "Mon, 23 Nov 2026 10:00:00 GMT", **headers}
        head = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    return application


@cache
def in_process() -> Run:
    return conducted(profiles=PROFILES, session=DEFAULT_SESSION, examples=20)


def test_the_reference_server_keeps_every_requirement_over_sockets() -> None:
    told: list[str] = []
    with running(customers=2) as url:
        found = run.conduct(
            chosen(url=url, session=DEFAULT_SESSION, profiles=PROFILES, examples=4, settle=2.0), told.append
        )
    assert other_than_pass(found) == {"CUST-HTTP-009": "not_applicable"}
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.CONFORMANT, 0, True)
    assert found.summary == "The target keeps every requirement that was judged."
    assert found.partial is None
    assert found.target_server == "customers-reference"
    assert found.seed == 1
    assert found.warnings == ()
    assert told[0] == "asking the plain request"
    steps = [text for text in told if not isinstance(text, HowFar)]
    assert steps[-1] == "judging"
    assert told[-1] == f"judging: {len(found.judgements)} of {len(found.judgements)} requirements, CUST-ROB-003"
    assert found.ledger is not None
    assert found.ledger.requests == len(found.exchanges) <= 140
    assert set(found.ledger.methods) == {"GET", "HEAD", "OPTIONS"}
    assert [url.removeprefix("http://")] == list(found.ledger.hosts)


def test_in_process_only_what_the_wire_shows_is_unverified() -> None:
    found = in_process()
    assert other_than_pass(found) == {"CUST-HTTP-003": "unverified", "CUST-HTTP-009": "not_applicable"}
    assert (found.outcome, found.exit_code) == (Outcome.INCOMPLETE, 3)
    assert found.summary.startswith("Nothing that binds is broken, but 1 MUST of ")
    assert [exchange.index for exchange in found.exchanges] == list(range(len(found.exchanges)))
    assert found.coverage["Customer.id"] > 0
    assert found.ledger is not None
    assert found.ledger.requests <= 140


def test_the_default_profiles_ask_at_most_120_times_and_never_with_what_only_intruders_send() -> None:
    found = conducted(examples=20)
    assert found.profiles == DEFAULT_PROFILES
    assert found.ledger is not None
    assert found.ledger.requests <= 120
    sent = {exchange.request.credential for exchange in found.exchanges}
    assert not sent & {Credential.VIRTUAL_KEY, Credential.VIRTUAL_KEY_HEADER, Credential.SESSION, Credential.QUERY}


def test_a_plan_names_every_request_before_anything_is_sent() -> None:
    names = [probe.name for probe in run.plan(chosen(profiles=PROFILES))]
    assert names.count("default") == 9
    assert names.count("together") == 8
    assert names[-3:] == ["virtual-key-bearer", "virtual-key-header", "default"]
    sent = {exchange.probe for exchange in in_process().exchanges if not exchange.probe.startswith("generated")}
    assert sent == set(names)
    assert {probe.name for probe in run.plan(chosen(only=("CUST-HTTP-004",)))} == {"default"}


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE, Mode.FULL])
def test_judging_the_evidence_of_a_run_gives_its_verdicts_and_no_file_holds_a_credential(
    mode: Mode, tmp_path: Path
) -> None:
    application = create_app(key=KEY, session=SESSION, customers=2, fault="token-echoed-in-message")
    transport = httpx.ASGITransport(app=application)
    live = run.execute(
        chosen(key=KEY, session=SESSION, profiles=PROFILES, out=tmp_path / "out", examples=4, evidence=mode),
        transport=transport,
    )
    listed = set(re.findall(r"sk-bf-[0-9a-f-]{30,}", json.dumps(application.state.reference.database.customers())))
    assert listed
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {"report.json", "report.html", "junit.xml", "report.sarif", "summary.md", "evidence.har"} <= set(files)
    for name, content in files.items():
        assert KEY.encode() not in content, name
        assert KEY[:-1].encode() not in content, name
        assert SESSION.encode() not in content, name
        if mode is not Mode.FULL:
            assert not [value for value in listed if value.encode() in content], name
    again = run.conduct(Settings(har=tmp_path / "out" / "evidence.har", profiles=PROFILES))
    assert verdicts(again) == verdicts(live)
    assert [j.findings_total for j in again.judgements] == [j.findings_total for j in live.judgements]
    assert json.loads(files["report.json"])["run"]["complete"] is True
    assert live.evidence.mode is mode


def test_the_same_seed_generates_the_same_requests_and_another_one_others() -> None:
    def generated(seed: int) -> list[Any]:
        found = conducted(only=("CUST-ROB-003", "CUST-QRY-003"), seed=seed, examples=12)
        return [
            (exchange.request.query, exchange.request.headers)
            for exchange in found.exchanges
            if exchange.probe.startswith("generated")
        ]

    first = generated(5)
    assert 0 < len(first) <= 12
    assert len({repr(asked) for asked in first}) == len(first)
    assert generated(5) == first
    assert generated(6) != first


def test_a_run_without_a_seed_draws_one_and_reports_it() -> None:
    assert isinstance(conducted(seed=None, only=("CUST-HTTP-004",)).seed, int)


def test_a_closed_port_makes_a_run_invalid() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        found = run.conduct(chosen(url=f"http://127.0.0.1:{bound.getsockname()[1]}"))
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, 4, True)
    assert found.summary.startswith("The plain request got no answer: ")
    assert {(j.verdict, j.reason) for j in found.judgements} == {(Verdict.UNVERIFIED, found.summary)}
    assert len(found.exchanges) == 1
    assert found.target_server is None


@pytest.mark.parametrize(
    "status, headers, words",
    [
        (401, {"www_authenticate": "Bearer"}, "the key was refused"),
        (403, {}, "the key may not read the customers"),
        (404, {}, "there is no such endpoint"),
        (405, {}, "the endpoint takes no GET"),
        (302, {"location": "/login"}, "a redirect is not followed"),
        (429, {"retry_after": "0"}, "it asks to be asked less often (--rate)"),
        (503, {"retry_after": "0"}, "the server is not available"),
    ],
)
def test_a_plain_request_that_is_refused_makes_a_run_invalid_and_nothing_else_is_sent(
    status: int, headers: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leap(monkeypatch)
    asked: list[str] = []
    found = conducted(answering(status, asked=asked, **headers))
    assert (found.outcome, found.exit_code) == (Outcome.INVALID, 4)
    assert f"answered {status}: " in found.summary
    assert words in found.summary
    # One that asks to wait was waited for once.
    assert asked == ["GET"] * (2 if "retry_after" in headers else 1)
    assert len(found.exchanges) == 1


def test_a_hanging_server_makes_a_run_invalid() -> None:
    async def hangs(_scope: Any, _receive: Any, _send: Any) -> None:
        await asyncio.Event().wait()

    found = conducted(hangs, timeout=0.05)
    assert (found.outcome, found.exit_code) == (Outcome.INVALID, 4)
    assert found.summary.startswith("The plain request got no answer: ")


@pytest.mark.parametrize("status, body, content_type", [(200, b"<html></html>", "text/html"), (500, b"", "text/plain")])
def test_any_other_answer_to_the_plain_request_is_judged(status: int, body: bytes, content_type: str) -> None:
    found = conducted(answering(status, body, content_type))
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.NONCONFORMANT, 1, True)
    assert Verdict.ERROR not in verdicts(found).values()
    assert verdicts(found)["CUST-REL-001"] is Verdict.UNVERIFIED
    assert verdicts(found)["CUST-RSP-002" if status == 200 else "CUST-ROB-001"] is Verdict.FAIL


def test_an_empty_list_is_incomplete_and_never_green() -> None:
    found = conducted(create_app(customers=0))
    assert (found.outcome, found.exit_code) == (Outcome.INCOMPLETE, 3)
    assert verdicts(found)["CUST-SCH-002"] is Verdict.UNVERIFIED
    assert verdicts(found)["CUST-REL-001"] is Verdict.PASS
    assert conducted(create_app(customers=0), allow_unverified=True).exit_code == 0


def test_the_sentence_of_an_incomplete_run_names_as_many_as_are_unverified() -> None:
    found = conducted(create_app(customers=0))
    numbers = re.fullmatch(
        r".* but (\d+) MUSTs and (\d+) SHOULDs of (\d+) requirements could not be judged\..*",
        found.summary,
    )
    assert numbers is not None
    musts, shoulds, total = map(int, numbers.groups())
    assert musts + shoulds == found.counts["unverified"]
    assert total == len(found.judgements)


def test_without_turns_what_is_missing_into_what_does_not_apply() -> None:
    def bare(call: Any, value: Any) -> None:
        del call
        for customer in value["customers"]:
            for name in ("teams", "virtual_keys", "budget", "budget_id"):
                customer.pop(name, None)

    from customers_conformance.reference.behaviour import Behaviour, Variant

    application = create_app(customers=2, variant=Variant("bare", "holds nothing", Behaviour(value=bare)))
    things = frozenset({"mcp", "provider-keys", "teams", "virtual-keys", "budgets", "rate-limits"})
    found = conducted(application, without=things)
    assert set(other_than_pass(found).values()) <= {"not_applicable", "unverified"}
    left = {name for name, verdict in other_than_pass(found).items() if verdict == "unverified"}
    assert left <= {"CUST-HTTP-003", "CUST-REL-003", "CUST-REL-013"}
    assert verdicts(found)["CUST-SCH-003"] is Verdict.NOT_APPLICABLE
    assert verdicts(found)["CUST-SCH-002"] is Verdict.PASS


def test_a_server_without_authentication_is_asked_without_credentials() -> None:
    seen: list[str] = []
    reference = create_app(customers=2, fault=None)

    def admits(call: Any) -> bool:
        seen.extend(name for name, _ in call.headers)
        return True

    reference.state.reference._admits = admits
    found = conducted(reference, no_auth=True, key=None)
    assert "authorization" not in seen
    assert {v for name, v in verdicts(found).items() if name.startswith("CUST-AUTH")} == {Verdict.NOT_APPLICABLE}
    assert verdicts(found)["CUST-SEC-004"] is Verdict.NOT_APPLICABLE
    assert Verdict.FAIL not in verdicts(found).values()
    assert verdicts(found)["CUST-REL-001"] is Verdict.PASS


def test_the_evidence_of_a_run_without_authentication_shows_no_key_and_proves_none(tmp_path: Path) -> None:
    reference = create_app(customers=2)
    reference.state.reference._admits = lambda _call: True
    options = {"no_auth": True, "key": None}
    live = run.execute(chosen(out=tmp_path, **options), transport=httpx.ASGITransport(app=reference))
    recording = Settings(har=tmp_path / "evidence.har", no_auth=True)
    assert verdicts(run.conduct(recording)) == verdicts(live)
    asked_for_more = run.conduct(replace(recording, no_auth=False))
    assert {v for name, v in verdicts(asked_for_more).items() if "-AUTH-" in name} == {Verdict.UNVERIFIED}


def test_only_judges_what_it_names_and_sends_what_that_needs() -> None:
    found = conducted(only=("CUST-AUTH-003",))
    assert [j.requirement.id for j in found.judgements] == ["CUST-AUTH-003"]
    assert other_than_pass(found) == {}
    asked = {exchange.probe for exchange in found.exchanges}
    assert {probe for probe in asked if not probe.startswith("no-credentials")} == {
        "default",
        "unknown-bearer",
        "unknown-bearer-memory",
        "unknown-bearer-bad-query",
        "empty-bearer",
    }
    assert {"no-credentials", "no-credentials-memory", "no-credentials-head"} <= asked


@pytest.mark.parametrize(
    "options, words",
    [
        ({"only": ("CUST-NONE-001",)}, "there is no requirement 'CUST-NONE-001'"),
        ({"only": ("CUST-AUTH-006",)}, "nothing is selected"),
        ({"url": None}, "no URL was named"),
        ({"key": None}, "no key was given"),
        ({"url": "ftp://gateway.example"}, "ftp"),
    ],
)
def test_a_mistake_of_use_is_told_before_anything_is_sent(options: dict[str, Any], words: str) -> None:
    asked: list[str] = []
    with pytest.raises(UsageError) as raised:
        conducted(answering(200, asked=asked), **options)
    assert words in str(raised.value)
    assert asked == []


def test_a_deadline_cuts_a_run_short_and_what_came_until_then_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    from customers_conformance.reference.behaviour import Behaviour, Variant

    leap(monkeypatch)
    slow = create_app(customers=2, variant=Variant("slow", "takes its time", Behaviour(delay=1)))
    found = conducted(slow, deadline=10)
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, 4, False)
    assert found.summary == "The run was cut short by its deadline of 10 s (--deadline)."
    assert verdicts(found)["CUST-AUTH-001"] is Verdict.PASS
    assert verdicts(found)["CUST-ROB-002"] is Verdict.UNVERIFIED
    # What the deadline ended says nothing of the target.
    assert all(exchange.response for exchange in found.exchanges)
    assert len(found.exchanges) > 1


def test_ctrl_c_ends_a_run_with_what_came_until_then() -> None:
    answers = 0

    async def interrupted(scope: Any, receive: Any, send: Any) -> None:
        nonlocal answers
        answers += 1
        if answers == 3:
            raise KeyboardInterrupt
        await answering(200, b'{"customers": [], "count": 0}')(scope, receive, send)

    found = conducted(interrupted)
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, ExitCode.INTERRUPTED, False)
    assert found.summary == "The run was cut short by Ctrl-C."
    assert len(found.exchanges) == 2


def test_sigterm_ends_a_run_with_what_came_until_then() -> None:
    import os
    import signal

    answers = 0

    async def terminated(scope: Any, receive: Any, send: Any) -> None:
        nonlocal answers
        answers += 1
        if answers == 3:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        await answering(200, b'{"customers": [], "count": 0}')(scope, receive, send)

    found = conducted(terminated)
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, 4, False)
    assert found.summary == "The run was cut short by SIGTERM."


def test_plain_http_beyond_this_machine_is_warned_of() -> None:
    found = conducted(url="http://gateway.example/base/", only=("CUST-HTTP-004",))
    assert found.outcome is Outcome.INVALID
    assert found.warnings == ("The target was asked over plain http: the key crossed the network in the clear.",)
    assert found.exchanges[0].request.url.startswith(f"http://gateway.example/base{ENDPOINT}")


def test_where_nothing_was_sent_no_key_crossed_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = run.conduct(chosen(url="http://gateway.invalid", timeout=2.0))
    assert found.summary == "The plain request got no answer: the name gateway.invalid does not resolve."
    assert found.warnings == ()


def test_where_no_key_was_sent_only_the_answers_crossed_the_network() -> None:
    found = conducted(url="http://gateway.example", only=("CUST-HTTP-004",), no_auth=True, key=None)
    assert found.warnings == (
        "The target was asked over plain http: what it answered crossed the network in the clear.",
    )


def test_a_server_that_wants_a_key_after_all_is_told_as_one() -> None:
    found = conducted(create_app(customers=2), no_auth=True, key=None)
    assert found.summary == (
        "The plain request was answered 401 without credentials: drop --no-auth, and give the key."
    )
    assert (found.outcome, found.exit_code) == (Outcome.INVALID, 4)


def test_an_out_that_cannot_be_written_is_a_mistake_of_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    asked: list[str] = []
    with pytest.raises(UsageError, match="--out"):
        run.execute(chosen(out=tmp_path / "file"), transport=httpx.ASGITransport(app=answering(200, asked=asked)))
    assert asked == []


def test_a_disk_that_fails_amid_the_run_makes_it_invalid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from customers_conformance.running.folder import EVIDENCE, Folder, WriteFailed

    write = Folder.write

    def full(self: Folder, name: str, data: Any) -> Path:
        if name == EVIDENCE:
            msg = "Could not write evidence.har: no space."
            raise WriteFailed(msg)
        return write(self, name, data)

    monkeypatch.setattr(Folder, "write", full)
    transport = httpx.ASGITransport(app=create_app(customers=2))
    found = run.execute(chosen(out=tmp_path, only=("CUST-HTTP-004",)), transport=transport)
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, 4, False)
    assert "no space" in found.summary
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["run"]["complete"] is False


def test_a_lone_surrogate_is_noted() -> None:
    body = b'{"customers": [{"id": "a", "name": "\\ud800"}], "count": 1}'
    found = conducted(answering(200, body), only=("CUST-RSP-002",))
    assert "A lone surrogate in a string was read as U+FFFD." in found.warnings
    assert other_than_pass(found) == {}


@pytest.mark.parametrize(
    "fault, options, summary",
    [
        ("customers-of-one-name", {"strict": True}, "The target breaks 1 of 1 requirements."),
        ("customers-of-one-name", {}, "The target keeps every requirement that was judged, with 1 warning."),
        ("customer-twice", {"only": ("CUST-REL-002",)}, "The target breaks 1 of 1 requirements."),
    ],
)
def test_the_outcome_is_told_in_one_sentence(fault: str, options: dict[str, Any], summary: str) -> None:
    found = conducted(create_app(customers=4, fault=fault), **{"only": ("CUST-REL-004",), "examples": 1, **options})
    assert found.summary == f"{summary} This run is partial: only {found.judgements[0].requirement.id} (--only)."


@pytest.mark.parametrize(
    "chosen_part, part",
    [
        ({"only": ("CUST-REL-001",)}, "only CUST-REL-001 (--only)"),
        ({"only": ("CUST-REL-001", "CUST-REL-002", "CUST-REL-003", "CUST-RSP-001")}, "only 4 requirements (--only)"),
        ({"skip": ("CUST-REL-001", "CUST-HTTP-003")}, "not CUST-REL-001, CUST-HTTP-003 (--skip)"),
        ({"without": frozenset({"teams", "mcp"})}, "no mcp, teams (--without)"),
        ({"no_auth": True, "key": None}, "no authentication (--no-auth)"),
        ({"examples": 0}, "no generated requests (--examples 0)"),
    ],
)
def test_a_run_of_a_part_says_so_wherever_the_outcome_is_shown(
    tmp_path: Path, chosen_part: dict[str, Any], part: str
) -> None:
    reference = create_app(customers=2)
    if "no_auth" in chosen_part:
        reference.state.reference._admits = lambda _: True
    settings = chosen(**{"examples": 1, "out": tmp_path, "profiles": ("core",), **chosen_part})
    found = run.execute(settings, transport=httpx.ASGITransport(app=reference))
    assert found.partial == part
    assert found.summary.endswith(f" This run is partial: {part}.")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["run"]["partial"] == part
    assert report["run"]["source"] == "live"
    for name, value in chosen_part.items():
        if name != "key":
            expected = (
                sorted(value) if isinstance(value, frozenset) else list(value) if value and value is not True else value
            )
            assert report["run"]["options"][name] == expected
    assert found.outcome is Outcome.CONFORMANT
    assert "✓</span>Conformant in part</h1>" in (tmp_path / "report.html").read_text("utf-8")
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("# ✓ Conformant in part\n")
    head = terminal.headline(found)
    assert head.plain.startswith("conformant in part: ")
    assert "green" not in str(head.spans)
    assert f'name="partial" value="{part}"' in (tmp_path / "junit.xml").read_text("utf-8")


def test_a_run_of_whole_profiles_is_no_part() -> None:
    found = conducted(examples=1, profiles=("core",))
    assert (found.partial, found.outcome) == (None, Outcome.CONFORMANT)
    assert "partial" not in found.summary


def test_the_commands_shown_repeat_the_options_and_no_secret(tmp_path: Path) -> None:
    settings = chosen(
        examples=3,
        out=tmp_path,
        only=("CUST-REL-001",),
        without=frozenset({"teams"}),
        settle=2.0,
        strict=True,
        headers=(("X-Given", "canary-1"), ("X-Read", "canary-2")),
        proxy="http://user:canary-3@127.0.0.1:3128",
        secrets_from=(("header_env", "X-Read=VARIABLE"), ("session_env", "SESSION")),
    )
    run.execute(settings, transport=httpx.ASGITransport(app=create_app(customers=2)))
    page = html.unescape(re.sub(r"</?span[^>]*>", "", (tmp_path / "report.html").read_text("utf-8")))
    (judging, asking) = re.findall(r"customers-conformance ((?:judge|run) .*?)</pre>", page)
    both = ("--only CUST-REL-001", "--strict", "--without teams")
    assert all(option in command for option in both for command in (judging, asking))
    for option in ("--settle 2", "--examples 3", "--seed 1", "'X-Given: …'", "--header-env X-Read=VARIABLE"):
        assert option in asking
        assert option not in judging
    assert "--session-env SESSION" in asking
    assert "--proxy http://127.0.0.1:3128" in asking
    for file in tmp_path.iterdir():
        assert b"canary" not in file.read_bytes(), file
    typed = shlex.split(judging)[2:]
    taken = cli.command.commands["judge"].make_context("judge", ["some.har", *typed])
    assert taken.params["only"] == ("CUST-REL-001",)
    taken = cli.command.commands["run"].make_context("run", [URL, *shlex.split(asking)[2:]])
    assert taken.params["examples"] == ("3",)


def test_skip_is_the_counterpart_of_only() -> None:
    whole = {j.requirement.id for j in conducted(profiles=("core",)).judgements}
    found = conducted(profiles=("core",), skip=("CUST-REL-001",))
    assert whole - {j.requirement.id for j in found.judgements} == {"CUST-REL-001"}
    with pytest.raises(UsageError, match="--skip: there is no requirement 'CUST-REL-00X'; the nearest: CUST-REL-0"):
        conducted(skip=("CUST-REL-00X",))
    with pytest.raises(UsageError, match=r"nothing is selected by .* and --skip CUST-REL-001"):
        conducted(only=("CUST-REL-001",), skip=("CUST-REL-001",))


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json"])
def test_where_web_pages_come_back_the_first_advice_is_to_check_the_base_url(tmp_path: Path, content_type: str) -> None:
    application = answering(200, b"\n<!DOCTYPE html><title>Console</title>", content_type)
    found = run.execute(chosen(out=tmp_path), transport=httpx.ASGITransport(app=application))
    assert (found.outcome, found.exit_code) == (Outcome.NONCONFORMANT, 1)
    advice = "The target answers with web pages: is the base URL right?"
    assert found.summary.startswith(f"{advice} The target breaks ")
    assert terminal.headline(found).plain.startswith(f"nonconformant: {advice}")
    for name in ("report.html", "summary.md"):
        text = (tmp_path / name).read_text("utf-8")
        assert text.index(advice) < text.index("CUST-AUTH-002")


def test_a_check_that_fails_by_itself_is_not_the_targets_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from customers_conformance.contract.document import load
    from customers_conformance.judging import judge as judge_module
    from customers_conformance.judging import registry

    def fails(_evidence: Any) -> Any:
        raise ZeroDivisionError

    bound = dict(registry.checks(load()))
    bound["CUST-HTTP-004"] = replace(bound["CUST-HTTP-004"], function=fails)
    monkeypatch.setattr(judge_module, "checks", lambda _contract: bound)
    found = conducted(only=("CUST-HTTP-004",))
    assert (found.outcome, found.exit_code) == (Outcome.INVALID, 4)
    assert found.summary.startswith("The suite itself failed on 1 of 1 requirements; the target is not at fault.")


def test_accepted_deviations_are_counted_in_the_sentence() -> None:
    from customers_conformance.model import Judgement

    requirement = in_process().judgements[0].requirement
    waived = Judgement(requirement, Verdict.WAIVED)
    says = sentence(Outcome.CONFORMANT_WITH_WAIVERS, [waived], None, evidence(said()))
    assert says == "The target keeps every requirement that was judged, but 1 requirement is waived."


def test_the_control_read_is_known_by_name() -> None:
    assert in_process().exchanges[0].probe == PLAIN.name


def test_a_listed_virtual_key_that_no_header_can_carry_is_as_good_as_none() -> None:
    from customers_conformance.reference.behaviour import Behaviour, Variant

    def odd(call: Any, value: Any) -> None:
        del call
        for customer in value["customers"]:
            for team in customer["teams"]:
                for key in team["virtual_keys"] or ():
                    key["value"] = "sk-bf-abc d\u00e9\u20ac-" + str(key["id"])
            for key in customer["virtual_keys"] or ():
                key["value"] = "sk-bf-abc d\u00e9\u20ac-" + str(key["id"])

    application = create_app(customers=2, variant=Variant("odd", "has odd keys", Behaviour(value=odd)))
    found = conducted(application, profiles=("intrusive",))
    assert verdicts(found)["CUST-AUTH-006"] is Verdict.UNVERIFIED


@pytest.mark.parametrize("odd", ["nothing", "never-settles", "breaks", "asks-to-wait"])
@pytest.mark.parametrize("part", [{}, {"only": ("CUST-ROB-003",)}, {"only": ("CUST-MEM-001",)}, {"no_auth": True}])
def test_a_run_never_sends_more_than_its_plan_says(
    odd: str, part: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    leap(monkeypatch)
    reference = create_app(customers=1)
    reference.state.reference._admits = lambda _: True
    asked = 0

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal asked
        asked += 1
        if odd == "never-settles":
            body = json.dumps({"customers": [{"id": f"customer-{asked}", "name": "a"}], "count": 1}).encode()
            await answering(200, body)(scope, receive, send)
        elif odd == "breaks" and scope["query_string"]:
            await answering(500)(scope, receive, send)
        elif odd == "asks-to-wait" and asked > 1:
            await answering(503, retry_after="0")(scope, receive, send)
        else:
            await reference(scope, receive, send)

    settings = chosen(examples=10, settle=0.5, key=DEFAULT_KEY, **part)
    planned, more = len(run.plan(settings)), run.further(settings)
    found = run.conduct(settings, transport=httpx.ASGITransport(app=application))
    assert found.ledger is not None
    assert found.ledger.requests == asked <= planned + more
    if odd == "never-settles" and not part:
        assert asked > planned + 10


def test_the_pauses_between_rounds_are_bounded_by_the_settling_time() -> None:
    assert list(pauses(0.0)) == []
    assert list(pauses(1.0)) == [0.1, 0.2, 0.4]
    assert len(list(pauses(5.0))) == 7
