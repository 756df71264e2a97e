"""Evidence: which probe an exchange answers, and what is read out of its body."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.selftest.made import CONTRACT, PROBES, URL, crowd, evidence, judged, said, silent

from customers_conformance.bodies.parsing import bounds
from customers_conformance.bodies.parsing.bounds import Scale
from customers_conformance.evidence.evidence import Evidence
from customers_conformance.evidence.recognition import answers, is_foreign_origin
from customers_conformance.model import Credential, Framing, Probe, Request, Role, Verdict


def request(
    *headers: tuple[str, str],
    method: str = "GET",
    query: tuple[tuple[str, str], ...] = (),
    credential: Credential = Credential.KEY,
) -> Request:
    return Request(method, URL, query, headers, credential)


def answered(asked: Request) -> set[str]:
    return {name for name, probe in PROBES.items() if answers(probe, asked)}


def test_exchanges_are_found_by_their_role_and_not_by_a_name_that_begins_so() -> None:
    named_so = said(Probe("generated-by-hand"))
    found = evidence(said("together"), named_so, said("odd-header-empty"), silent("together"))
    assert [e.index for e in found.playing(Role.TOGETHER)] == [0, 3]
    assert [e.index for e in found.playing(Role.TOGETHER, Role.ODD_HEADER)] == [0, 2, 3]
    assert not found.playing(Role.GENERATED)


@pytest.mark.parametrize(
    "asked, names",
    [
        (request(), {"default"}),
        (request(("User-Agent", "x"), ("X-Cc-Unknown", "1")), {"default"}),
        (request(("Accept", "*/*")), {"default", "accept-any"}),
        (request(("accept", "application/json")), {"default", "accept-json"}),
        (request(("Accept", "text/html")), {"accept-unmeetable"}),
        (request(("Accept-Encoding", "gzip")), {"default", "gzip-accepted"}),
        (request(("Origin", "https://elsewhere.example")), {"foreign-origin"}),
        (request(("Origin", "https://gateway.example")), set()),
        (request(("Origin", "null")), {"null-origin"}),
        (request(query=(("from_memory", "false"),)), {"database"}),
        (request(query=(("from_memory", "true"),)), {"memory"}),
        (request(query=(("from_memory", "true"), ("from_memory", "false"))), {"from-memory-repeated"}),
        (request(query=(("from_memory", "b" * 1500),)), {"from-memory-long"}),
        (request(query=(("zz_unknown", "1"),)), {"unknown-parameter"}),
        (request(query=(("page", "1"),)), set()),
        (request(query=(("page", "b" * 1500),)), set()),
        (request(query=(("zz_long", "b" * 1500),)), {"unknown-parameter"}),
        (request(query=(("from_memory", "b" * 1500), ("from_memory", "b"))), set()),
        (request(query=(("zz_unknown", "1"), ("zz_other", "1"))), set()),
        (request(query=(("ZZ_unknown", "1"),)), {"unknown-parameter"}),
        (request(query=(("my_unknown", "1"),)), {"unknown-parameter"}),
        (request(query=(("cc-1", "1"),)), {"unknown-parameter"}),
        (request(query=(("id_0123abcd", "1"),)), {"unknown-parameter"}),
        (request(("Origin", "https://elsewhere.example"), query=(("zz_unknown", "1"),)), set()),
        (request(("Accept", "image/png"), query=(("page", "1"),)), set()),
        (request(("Origin", "https://elsewhere.example"), query=(("from_memory", "true"),)), set()),
        (request(("Accept", "image/png"), query=(("from_memory", "true"),)), set()),
        (request(("Accept-Encoding", "gzip;q=0")), {"default", "gzip-refused"}),
        (request(method="OPTIONS"), set()),
        (request(credential=Credential.NONE, method="OPTIONS", query=(("a", "b"),)), set()),
        (request(credential=Credential.NONE, query=(("from_memory", "true"),)), {"no-credentials-memory"}),
        (request(method="HEAD"), {"head"}),
        (request(credential=Credential.NONE), {"no-credentials"}),
        (request(credential=Credential.NONE, method="OPTIONS"), {"options"}),
        (request(credential=Credential.CUT), {"key-cut"}),
        (request(credential=Credential.OTHER), set()),
        (request(credential=Credential.SESSION), {"session-cookie"}),
        (request(credential=Credential.QUERY, query=(("api_key", "<key>"),)), {"key-in-api-key"}),
    ],
)
def test_a_recorded_request_answers_the_probes_that_would_have_sent_it(asked: Request, names: set[str]) -> None:
    assert answered(asked) == names


def test_a_probe_that_sets_a_header_which_decides_nothing_is_answered_by_no_recording() -> None:
    probe = Probe("odd", headers=(("X-Cc-Unknown", "1"),))
    assert not answers(probe, request(("X-Cc-Unknown", "1")))


def test_an_exchange_of_our_own_answers_the_probe_that_it_names() -> None:
    exchange = replace(said("memory"), probe="database")
    found = evidence(exchange)
    assert found.of(PROBES["database"])
    assert not found.of(PROBES["memory"])


def test_exchanges_of_several_probes_stand_in_order_once_each() -> None:
    found = evidence(said("memory"), said(), silent("memory"), said("database"))
    assert [e.index for e in found.of(PROBES["database"], PROBES["memory"], PROBES["memory"])] == [0, 2, 3]
    assert [e.index for e in found.answered] == [0, 1, 3]
    assert [e.index for e in found.plain] == [1]


def test_a_foreign_origin_is_another_than_the_one_that_is_asked() -> None:
    assert is_foreign_origin(request(("Origin", "http://gateway.example")))
    assert not is_foreign_origin(request(("Origin", "HTTPS://Gateway.example")))
    assert not is_foreign_origin(request(("Origin", "null")))
    assert not is_foreign_origin(request())


def test_only_a_whole_200_to_get_is_a_listing() -> None:
    found = evidence(
        said(body=crowd("a")), said("head"), said(status=204), said(body=crowd("a"), cut="It was cut."), silent()
    )
    assert [found.listing(exchange) is not None for exchange in found.exchanges] == [True, False, False, False, False]


def test_equal_bodies_are_judged_once() -> None:
    found = evidence(said(body=crowd("a")), said("memory", crowd("a")), said("database", crowd("b")))
    assert [exchange.index for exchange, _ in found.distinct()] == [0, 2]
    assert found.listing(found.exchanges[0]) is found.listing(found.exchanges[1])


def test_an_error_body_is_read_once_and_no_answer_is_no_json() -> None:
    found = evidence(said(body=b"{", status=500), said(body=b"{", status=500), silent())
    assert found.reading(found.exchanges[0]) is found.reading(found.exchanges[1])
    assert found.reading(found.exchanges[2]).defect == "no answer"


def test_a_body_that_its_framing_cut_is_not_judged_as_json() -> None:
    found = evidence(
        said(body=b'{"customers": [', framing=Framing(surplus=5)), said(body=b"{}", framing=Framing(surplus=5))
    )
    assert found.reading(found.exchanges[0]).beyond is not None
    assert found.reading(found.exchanges[1]).is_json


def test_evidence_without_probes_knows_its_own_exchanges_alone() -> None:
    found = Evidence([said(named=False), said()], CONTRACT, unsent={"session-cookie": "a session"})
    assert len(found.plain) == 1
    assert found.unsent == {"session-cookie": "a session"}


def test_bodies_are_weighed_together_and_what_is_beyond_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, third = (said(body=crowd(name * 100_000), status=400) for name in "abc")
    each = bounds.weight(one.response.body.content) if one.response else 0
    monkeypatch.setattr(bounds, "MOST_WEIGHT", 2 * each)
    scale = Scale()
    assert [scale.weighed(exchange) for exchange in (one, other, one)] == [one, other, one]
    for _ in range(2):
        left = scale.weighed(third)
        assert left.response is not None
        assert left.response.body.cut == "the bodies of the run hold more values than 0 MiB can take together"
        assert len(left.response.body.content) == 64 * 1024
        assert scale.weighed(left) is left


def test_a_body_that_weighs_too_much_alone_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = said(body=crowd("a"), status=400), said(body=crowd("a", "b", "c"), status=400)
    monkeypatch.setattr(bounds, "MAX_WEIGHT", bounds.weight(small.response.body.content) if small.response else 0)
    scale = Scale()
    left = scale.weighed(large)
    assert left.response is not None
    assert left.response.body.cut == bounds.TOO_HEAVY
    assert scale.weighed(small) is small
    assert scale.weighed(silent()) == silent()


def test_a_list_weighs_what_stays_of_its_objects_however_long_their_texts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = said(body=crowd("a" * 100_000, "b")), said(body=crowd("a", "b", "c"))
    monkeypatch.setattr(bounds, "MAX_WEIGHT", 3 * 200)
    monkeypatch.setattr(bounds, "TOKENS", 0)
    assert Scale().weighed(few) is few
    left = Scale().weighed(many)
    assert left.response is not None
    assert left.response.body.cut == bounds.TOO_HEAVY
    reading = evidence(many).listing(many)
    assert reading is not None
    assert reading.reading.beyond == bounds.TOO_HEAVY


def test_lists_are_weighed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_WEIGHT", 5 * 200)
    one, other = said(body=crowd("a", "b")), said(body=crowd("c", "d"))
    scale = Scale()
    assert [scale.weighed(exchange) for exchange in (one, one)] == [one, one]
    left = scale.weighed(other)
    assert left.response is not None
    assert left.response.body.cut == "the bodies of the run hold more values than 0 MiB can take together"


def test_equal_bytes_are_two_bodies_where_one_names_a_coding() -> None:
    raw = said(body=b"\x1f\x8b not decoded", digest="d")
    plain = said(body=crowd("a"), digest="d", headers=[("Content-Encoding", "gzip")])
    found = evidence(plain, raw)
    assert [listing.is_listing for _, listing in found.distinct()] == [True, False]
    assert judged("CUST-RSP-002", plain, raw).verdict is Verdict.FAIL


def test_evidence_that_was_weighed_before_it_was_redacted_has_room_for_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(body=crowd("a", "b"), status=400)
    weight = bounds.weight(found.response.body.content) if found.response else 0
    monkeypatch.setattr(bounds, "MAX_WEIGHT", weight - 10)
    monkeypatch.setattr(bounds, "TOKENS", 10)
    assert Scale(redacted=True).weighed(found) is found
    assert Scale().weighed(found) is not found
