"""What is written for those who read HAR without us, and what is read back of it."""

from __future__ import annotations

import json

import pytest
from tests.selftest.evidence.test_har import URL, exchange

from customers_conformance.evidence import har
from customers_conformance.model import Body, Credential, Request, Response, UsageError


def test_what_viewers_of_har_show_is_written_for_them() -> None:
    body = Body(b"{}", "d", 2)
    written = exchange(body, duration=0.25, started=1_764_000_000.5)
    assert written.response is not None
    moved = exchange(response=Response(302, "Found", "HTTP/1.1", (("Location", "/login"),), body))
    first, second = json.loads(har.write([written, moved], version="1"))["log"]["entries"]
    assert first["startedDateTime"] == "2025-11-24T16:00:00.500+00:00"
    assert (first["time"], first["timings"]) == (250, {"send": 0, "wait": 250, "receive": 0})
    assert (
        first["response"]["content"] | {"size": 2, "mimeType": "application/json", "text": "{}"}
        == first["response"]["content"]
    )
    assert (first["response"]["redirectURL"], second["response"]["redirectURL"]) == ("", "/login")
    assert (first["response"]["bodySize"], second["response"]["content"]["mimeType"]) == (2, "")


@pytest.mark.parametrize("size, times", [(64 * 1024, 2), (64 * 1024 + 1, 1)])
def test_equal_bodies_longer_than_64_kibibytes_are_written_once(size: int, times: int) -> None:
    body = Body(b'"' + b"x" * (size - 2) + b'"', "d", size)
    data = har.write([exchange(body), exchange(body, index=1)], version="1")
    assert data.count(b"x" * (size - 2)) == times


def test_whoever_wrote_a_file_is_named_as_far_as_it_says() -> None:
    def creator(said: object) -> str:
        return har.read(json.dumps({"log": {"entries": [], "creator": said}}).encode()).creator

    assert creator({"name": "mitmproxy", "version": "11"}) == "mitmproxy 11"
    assert creator({"name": "mitmproxy"}) == "mitmproxy"
    assert creator({"name": 7, "version": ""}) == ""
    assert creator("mitmproxy") == ""
    assert creator({"name": "x" * 200, "version": "1"}) == "x" * 100 + " 1"


@pytest.mark.parametrize("before", [None, "It took too long.", 'It was "ended", by ü.'])
def test_what_cut_a_run_short_last_takes_the_place_of_what_was_said_before(before: str | None) -> None:
    lines = har.write([exchange()], version="1", cut_short=before).splitlines(keepends=True)
    marked = b"".join(har.marked(lines, "The run was ended."))
    assert marked == har.write([exchange()], version="1", cut_short="The run was ended.")


def test_a_mark_of_a_run_that_was_cut_short_is_read_back() -> None:
    data = har.write([exchange()], version="1", cut_short="The run was ended.")
    assert har.read(data).cut_short == "The run was ended."
    assert har.read(har.write([exchange()], version="1")).cut_short is None
    long = har.read(har.write([exchange()], version="1", cut_short="x" * 1000)).cut_short
    assert long == "x" * 400


def test_a_file_says_whether_any_credentials_were_sent() -> None:
    nobody = exchange(request=Request("GET", URL, (), (), Credential.NONE))
    assert not har.read(har.write([nobody], version="1")).authenticated
    assert har.read(har.write([nobody, exchange()], version="1")).authenticated
    assert not har.read(har.write([exchange()], version="1", authenticated=False)).authenticated


@pytest.mark.parametrize(
    "data", [b'{"log": {"entries": [], "entries": []}}', b'{"log": {"entries": [], "a": {"b": 1, "c": 2, "b": 3}}}']
)
def test_a_member_that_stands_twice_is_named(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"the member '(entries|b)' stands twice in an object"):
        har.read(data)
