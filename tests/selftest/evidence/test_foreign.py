"""What other recorders write, read as far as they say it, and who asked by the credentials that they show."""

from __future__ import annotations

from typing import Any

import pytest
from tests.selftest.evidence.test_har import KEY, URL, entry, foreign

from customers_conformance.model import Credential

WITH_KEY = {"Authorization": "Bearer <key>"}


def kinds(*headers: dict[str, str], query: str = "", body: str = "{}", **response: Any) -> list[Credential]:
    """The kinds of the credentials of requests in a recording that also holds one with the key."""
    listed = entry(WITH_KEY, **{"content": {"text": body}, **response})
    recording = foreign(listed, *(entry(each, url=URL + query) for each in headers))
    return [one.request.credential for one in recording.exchanges[1:]]


@pytest.mark.parametrize(
    "beside",
    [{"X-Api-Key": "other-key"}, {"x-bf-vk": "sk-bf-other"}, {"Cookie": "theme=dark; token=abc"}],
    ids=lambda beside: next(iter(beside)),
)
def test_beside_other_credentials_a_wrong_bearer_tells_nothing(beside: dict[str, str]) -> None:
    for wrong in ("Bearer nobody", "Bearer <key:cut>", "Basic <key:basic>", "Token <key>", "<key>", "Bearer"):
        assert kinds({"Authorization": wrong, **beside}) == [Credential.OTHER]
    for right in ("Bearer <key>", "bearer <key>"):
        assert kinds({"Authorization": right, **beside}) != [Credential.OTHER]


@pytest.mark.parametrize(
    "headers, kind",
    [
        ({"Authorization": "Bearer nobody", "X-Api-Key": "<key>", "x-bf-vk": "sk-bf-other"}, Credential.OTHER),
        ({"Authorization": "Bearer nobody", "X-Api-Key": "<key>", "Cookie": "token=abc"}, Credential.OTHER),
        ({"Authorization": "Bearer nobody", "X-Api-Key": "<key>", "Cookie": "a=b"}, Credential.API_KEY_BESIDE_UNKNOWN),
        ({"Authorization": "Bearer <key:cut>", "X-Api-Key": "<key>"}, Credential.OTHER),
        ({"X-Api-Key": "<key>", "x-bf-vk": "sk-bf-listed"}, Credential.OTHER),
        ({"X-Api-Key": "<key>", "Cookie": "token=abc"}, Credential.OTHER),
        ({"X-Api-Key": "<key>", "Cookie": "theme=dark"}, Credential.API_KEY),
        ({"x-bf-vk": "sk-bf-listed", "X-Api-Key": "other"}, Credential.OTHER),
        ({"x-bf-vk": "sk-bf-listed", "Cookie": "token=<session>"}, Credential.OTHER),
        ({"x-bf-vk": "sk-bf-listed", "Cookie": "theme=dark"}, Credential.VIRTUAL_KEY_HEADER),
        ({"x-bf-vk": "<virtual-key>"}, Credential.VIRTUAL_KEY_HEADER),
        ({"x-bf-vk": "⟦virtual-key:2⟧"}, Credential.VIRTUAL_KEY_HEADER),
        ({"Cookie": "token=<session>", "X-Api-Key": "other"}, Credential.OTHER),
        ({"Cookie": "token=<session>; theme=dark"}, Credential.SESSION),
        ({"Cookie": "tokens=<session>"}, Credential.OTHER),
        ({"Cookie": "token"}, Credential.OTHER),
        ({"Authorization": "Bearer <virtual-key>"}, Credential.VIRTUAL_KEY),
        ({"Authorization": "Bearer   <key> "}, Credential.KEY),
        ({"Authorization": "Bearer <key> more"}, Credential.EXTENDED),
        ({"Authorization": "Bearer x<key>"}, Credential.UNKNOWN),
        ({"Authorization": "token <key>"}, Credential.TOKEN_SCHEME),
        ({"Authorization": "BASIC <key:basic>"}, Credential.BASIC_PASSWORD),
        ({"Authorization": "<key> x"}, Credential.OTHER),
    ],
)
def test_the_kind_is_told_from_all_credentials_together(headers: dict[str, str], kind: Credential) -> None:
    assert kinds(headers, body='{"customers":[{"virtual_keys":[{"value": "sk-bf-listed"}]}]}') == [kind]


def test_a_virtual_key_is_one_that_a_200_lists() -> None:
    listed = '{"customers":[{"virtual_keys":[{"value" : "sk-bf-listed"}],"name":"sk-bf-name"}]}'
    bearer, name = {"Authorization": "Bearer sk-bf-listed"}, {"Authorization": "Bearer sk-bf-name"}
    assert kinds(bearer, name, body=listed) == [Credential.VIRTUAL_KEY, Credential.UNKNOWN]
    assert kinds(bearer, body=listed, status=401) == [Credential.UNKNOWN]
    assert kinds(bearer, body=listed, status=201) == [Credential.UNKNOWN]
    lost = foreign(entry(WITH_KEY, status=0), entry(WITH_KEY, content={"text": listed}), entry(bearer))
    assert lost.exchanges[-1].request.credential is Credential.VIRTUAL_KEY


@pytest.mark.parametrize(
    "query, kind",
    [
        ("?key=<key>&page=1", Credential.QUERY),
        ("?key=<key:cut>", Credential.OTHER),
        ("?key=x<key>", Credential.OTHER),
        ("?page=<key>", Credential.OTHER),
        ("?key=", Credential.NONE),
        ("?key=some-other", Credential.NONE),
    ],
)
def test_the_key_in_the_query_is_the_key_alone_under_a_name_of_its_own(query: str, kind: Credential) -> None:
    assert kinds({}, query=query) == [kind]


def test_a_placeholder_anywhere_in_a_request_says_that_credentials_are_shown() -> None:
    assert foreign(entry({"Authorization": "Bearer <key:cut>"})).authenticated
    assert foreign(entry({"X-Other": "<key>"})).authenticated
    assert foreign(entry(url=f"{URL}?key=%3Ckey%3E")).authenticated
    assert not foreign(entry({"Authorization": "Bearer <session>"})).authenticated


@pytest.mark.parametrize("version", ["HTTP/1.0", "h2", "HTTP/2.0"])
def test_the_version_of_http_is_told_as_it_was_recorded(version: str) -> None:
    one = entry(WITH_KEY, httpVersion=version)
    one["request"]["httpVersion"] = version
    (read,) = foreign(one).exchanges
    assert read.response is not None
    assert (read.request.http_version, read.response.http_version) == (version, version)
    for nothing in ("", None, 7):
        one["request"]["httpVersion"] = one["response"]["httpVersion"] = nothing
        (read,) = foreign(one).exchanges
        assert read.response is not None
        assert (read.request.http_version, read.response.http_version) == ("HTTP/1.1", "HTTP/1.1")


def test_the_query_is_that_of_the_url_and_the_list_where_the_url_has_none() -> None:
    def query(url: str, *pairs: tuple[str, str]) -> object:
        one = entry(WITH_KEY, url=url)
        one["request"]["queryString"] = [{"name": name, "value": value} for name, value in pairs]
        return foreign(one).exchanges[0].request.query

    assert query(f"{URL}?from_memory=&b", ("c", "1")) == (("from_memory", ""), ("b", ""))
    assert query(f"{URL}?a=%3D+%26#top") == (("a", "= &"),)
    assert query(URL, ("c", "1")) == (("c", "1"),)


def test_cookies_are_taken_from_their_list_where_no_header_has_them() -> None:
    one = entry({"cookie": "theme=dark"})
    one["request"]["cookies"] = [{"name": "token", "value": "<session>"}, {"name": "a", "value": "b"}]
    assert foreign(one).exchanges[0].request.header("cookie") == "theme=dark"
    del one["request"]["headers"]
    assert foreign(one).exchanges[0].request.header("cookie") == "token=<session>; a=b"
    one["request"]["cookies"] = []
    assert foreign(one).exchanges[0].request.header("cookie") is None


@pytest.mark.parametrize(
    "status, expected",
    [
        *[(1, 1), (200, 200), (999, 999), ("404", 404), (204.0, 204)],
        *[(0, None), (1000, None), (-1, None), (200.5, None), (True, None), (None, None), ([200], None), ({}, None)],
        *[("20", None), ("2000", None), ("\uff12\uff10\uff10", None)],
    ],
)
def test_a_status_is_a_number_of_three_digits_at_the_most(status: object, expected: int | None) -> None:
    (one,) = foreign(entry(WITH_KEY, status=status)).exchanges
    assert (one.response.status if one.response else None) == expected


def test_an_answer_that_was_lost_is_lost_for_the_reason_that_the_recorder_gives() -> None:
    (one,) = foreign(entry(WITH_KEY, status=0, _error="net::ERR_FAILED")).exchanges
    assert one.error == "the recording holds no answer: net::ERR_FAILED"
    (one,) = foreign(entry(WITH_KEY, status=0)).exchanges
    assert one.error == "the recording holds no answer"


@pytest.mark.parametrize(
    "response, cut",
    [
        ({"content": {}, "bodySize": 0}, None),
        ({"content": {"size": 0.0}}, None),
        ({"content": {}, "status": 204}, None),
        ({"content": {}, "status": 304}, None),
        ({"content": {"size": False}}, "the recording does not hold its body"),
        ({"content": {}, "status": 205}, "the recording does not hold its body"),
        ({"content": {"size": 2}}, "the recording does not hold its body"),
        ({"content": {"text": "e30=", "encoding": "BASE64"}}, None),
        ({"content": {"text": "{}", "encoding": ""}}, None),
        (
            {"content": {"text": "{}", "encoding": 7}},
            "the recording holds the body in an encoding that cannot be read: '7'",
        ),
        (
            {"content": {"text": "e30", "encoding": "base64"}},
            "the recording holds the body in Base64 that does not decode",
        ),
        (
            {"content": {"text": "x", "encoding": "gzip"}},
            "the recording holds the body in an encoding that cannot be read: 'gzip'",
        ),
    ],
)
def test_a_body_that_is_lacking_is_told_from_an_empty_one(response: dict[str, Any], cut: str | None) -> None:
    (one,) = foreign(entry(WITH_KEY, **response)).exchanges
    assert one.response is not None
    assert one.response.body.cut == cut


def test_an_answer_to_head_has_no_body_to_lack() -> None:
    (one,) = foreign(entry(WITH_KEY, method="HEAD", content={"size": 30})).exchanges
    assert one.response is not None
    assert one.response.body.cut is None


def test_entries_that_hold_other_bytes_are_named_and_those_beyond_five_counted() -> None:
    def warned(count: int) -> str:
        inexact = [entry(WITH_KEY, content={"size": 9, "text": "{}"}) for _ in range(count)]
        (warning,) = foreign(entry(WITH_KEY), *inexact, entry(WITH_KEY, content={})).warnings
        return warning.rpartition(": ")[2]

    assert warned(1) == "entry 1"
    assert warned(5) == "entry 1, 2, 3, 4, 5"
    assert warned(6) == "entry 1, 2, 3, 4, 5 and 1 more"
    assert not foreign(entry(WITH_KEY)).warnings


def test_the_hosts_are_named_where_there_are_several() -> None:
    other = entry(WITH_KEY, url=URL.replace("gateway", "other"))
    (warning,) = foreign(entry(WITH_KEY), entry(WITH_KEY), other).warnings
    assert warning == "the recording holds answers of 2 hosts, judged as one: gateway.example, other.example"


def test_the_key_is_the_longest_word_of_the_authorization_that_was_admitted() -> None:
    assert foreign(entry({"Authorization": "Bearer abc-def-ghi"})).key == "abc-def-ghi"
    assert foreign(entry({"Authorization": "Bearer abc-def-ghi"}, status=201)).key is None
    assert foreign(entry({"Authorization": "Bearer abc-def-ghi"}), entry()).key == "abc-def-ghi"
    assert foreign(entry()).key is None


def test_a_placeholder_of_ones_own_is_read_wherever_it_stands_in_a_value() -> None:
    recording = foreign(
        entry({"Authorization": "Bearer {k}", "X-{k}": "a {k} b"}, url=f"{URL}?key={{k}}"), placeholder="{k}"
    )
    (one,) = recording.exchanges
    assert one.request.headers == (("Authorization", "Bearer <key>"), ("X-{k}", "a <key> b"))
    assert (one.request.url, one.request.query) == (f"{URL}?key=<key>", (("key", "<key>"),))


def test_a_time_without_an_offset_is_read_as_utc_and_a_duration_as_milliseconds() -> None:
    def duration(told: object) -> float:
        return foreign({**entry(WITH_KEY), "time": told}).exchanges[0].duration

    assert [duration(told) for told in (1, 2500, 0, -1, 1e12, 1e12 - 1, "7")] == [0.001, 2.5, 0, 0, 0, 999999999.999, 0]


def test_names_that_http_2_has_of_its_own_are_no_header_fields() -> None:
    one = entry({":authority": "x", "Authorization": "Bearer <key>"})
    one["response"]["headers"] = [
        {"name": ":status", "value": "200"},
        {"name": "X", "value": 7},
        {"value": "no name"},
        "odd",
        {"name": "Y", "value": "y"},
    ]
    (read,) = foreign(one).exchanges
    assert read.request.headers == KEY
    assert read.response is not None
    assert read.response.headers == (("X", ""), ("Y", "y"))
