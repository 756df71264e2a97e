"""What an outcome means, and what to do first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.selftest import runs

from customers_conformance.model import Credential, Outcome, Response, Run, Verdict
from customers_conformance.reports.telling import advice


def refused(status: int, *headers: tuple[str, str]) -> Run:
    """A run that the answer to the plain request made invalid."""
    answer = Response(status, "", "HTTP/1.1", headers)
    return replace(runs.invalid(), complete=True, exchanges=(replace(runs.exchange(0), response=answer),))


def silent(error: str) -> Run:
    return replace(runs.invalid(), complete=True, exchanges=(replace(runs.exchange(0), response=None, error=error),))


def proxied(error: str) -> Run:
    run = silent(error)
    return replace(run, options={**run.options, "proxy": "http://proxy.example:3128"})


def recorded(method: str, credential: Credential) -> Run:
    """A run of foreign traffic that holds no more than one exchange, answered 401."""
    found = runs.exchange(0)
    request = replace(found.request, method=method, credential=credential, query=())
    answer = Response(401, "", "HTTP/1.1", ())
    exchanges = (replace(found, probe="", request=request, response=answer),)
    return replace(runs.invalid(), complete=True, exchanges=exchanges)


def test_every_outcome_means_something_of_its_own() -> None:
    meanings = {advice.meaning(replace(runs.plain(), outcome=one)) for one in Outcome if one is not Outcome.INVALID}
    assert len(meanings) == len(Outcome) - 1
    assert "before anything was judged" in advice.meaning(runs.invalid())
    assert "before it was done" in advice.meaning(replace(runs.plain(), outcome=Outcome.INVALID, complete=False))
    assert "speaks neither for it" in advice.meaning(refused(401))
    failed = replace(runs.plain(), outcome=Outcome.INVALID)
    assert "suite itself failed" in advice.meaning(failed)
    assert "Of the rest" in advice.meaning(replace(runs.conformant(), partial="only CUST-AUTH-001 (--only)"))


def test_what_is_waived_counts_as_broken_and_a_strict_run_says_so() -> None:
    run = replace(runs.plain(), outcome=Outcome.INCOMPLETE)
    kept = replace(run, judgements=tuple(one for one in run.judgements if one.verdict is not Verdict.FAIL))
    assert advice.share(kept).startswith("None of the 3 that could be judged is broken, but for 1 that is waived")
    assert "seen broken but for what is waived" in advice.meaning(kept)
    strict = replace(kept, outcome=Outcome.NONCONFORMANT)
    assert advice.meaning(strict).startswith("Sentences of the contract that a server should keep are broken")


def test_what_is_broken_is_named_with_how_and_where_to_look() -> None:
    first, second, *_ = advice.steps(runs.plain())
    assert (first.todo, first.about) == ("Mend CUST-SCH-003: Sends teams as their schema says", "CUST-SCH-003")
    assert first.detail.startswith("null, expected an object")
    assert second.about == "CUST-REL-001"


def test_what_others_wait_for_is_to_be_mended_first() -> None:
    run = runs.plain()
    waiting = replace(run.judgements[4], requirement=replace(run.judgements[4].requirement, after=("CUST-REL-001",)))
    waiting = replace(waiting, missing=("CUST-REL-001",))
    first, *_ = advice.steps(replace(run, judgements=(*run.judgements[:4], waiting)))
    assert first.about == "CUST-REL-001"
    assert first.detail.endswith("1 requirement waits for it")


def test_where_web_pages_come_back_the_base_url_is_asked_for_first() -> None:
    run = replace(runs.plain(), summary="The target answers with web pages: is the base URL right? It breaks all.")
    assert advice.steps(run)[0].todo == "Check the base URL https://staging.example"


def test_an_incomplete_run_asks_for_what_settles_most() -> None:
    (step,) = advice.steps(replace(runs.plain(), outcome=Outcome.INCOMPLETE))
    assert step.detail == "that settles 1 requirement"


def test_a_conformant_run_asks_for_nothing_but_what_is_left() -> None:
    assert advice.steps(runs.conformant()) == ()
    waived = replace(runs.plain(), outcome=Outcome.CONFORMANT_WITH_WAIVERS, partial="only x (--only)")
    assert [step.todo for step in advice.steps(waived)] == [
        "Mend what is waived (1); the first waiver ends on 2027-01-01",
        "See to the warning",
        "Run all of it before you call it conformant",
    ]


@pytest.mark.parametrize(
    "run, todo",
    [
        (refused(401), "Check the key: the variable CUSTOMERS_CONFORMANCE_KEY"),
        (refused(404), "Check the base URL https://staging.example"),
        (refused(302, ("Location", "https://x.example/")), "Give the address to which the server redirects"),
        (refused(503), "Wait until the server is ready, and run again"),
        (refused(200), "Look at the answer below"),
        (silent("connection refused by timed-host.example:9"), "Check that the server runs"),
        (silent("the proxy refused to connect, with status 407"), "Check the proxy"),
        (silent("the name refused.example does not resolve"), "Check the name of the host"),
        (silent("the name slow.example did not resolve within 5 s"), "Check the name of the host"),
        (silent("TLS: the certificate has expired"), "Check the certificate"),
        (silent("TLS: the server does not speak TLS (is it http?)"), "Give the URL with http://"),
        (silent("TLS: the connection was closed during the handshake"), "Check that the server speaks TLS"),
        (silent("no answer within 10 s"), "Check that the server answers in time"),
        (silent("the answer did not end within 10 s"), "Check that the server answers in time"),
        (silent("no connection to host.example:443: no route to host"), "Check that the server can be reached"),
        (silent("the connection was reset before the answer ended"), "Check that the server can be reached"),
        (proxied("connection refused by proxy.example:3128"), "Check the proxy"),
        (proxied("the name proxy.example does not resolve"), "Check the proxy"),
        (proxied("TLS: the certificate has expired"), "Check the certificate"),
        (recorded("GET", Credential.NONE), "Record the plain request with the key"),
        (recorded("OPTIONS", Credential.KEY), "Record the plain request with the key"),
        (recorded("GET", Credential.KEY), "Check the key"),
        (runs.invalid(), "Run again, and let it end"),
        (replace(runs.invalid(), complete=True, exchanges=()), "Record the plain request with the key"),
        (replace(runs.plain(), outcome=Outcome.INVALID), "Report what stands under Errors of the suite"),
    ],
)
def test_an_invalid_run_says_what_to_try(run: Run, todo: str) -> None:
    assert advice.steps(run)[0].todo.startswith(todo)


def test_a_strict_run_without_failures_names_its_warnings() -> None:
    run = runs.plain()
    strict = replace(run, judgements=tuple(one for one in run.judgements if one.verdict is Verdict.WARN))
    assert advice.steps(strict)[0].about == "CUST-HTTP-002"
