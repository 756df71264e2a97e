"""The exchanges that the tests make by hand are what they say."""

from __future__ import annotations

from tests.selftest.made import DATE, ERROR, evidence, said, silent

from customers_conformance.model import Credential


def test_a_made_exchange_carries_what_its_probe_carries() -> None:
    exchange = said("no-scheme", ERROR, 401)
    assert exchange.request.headers == (("Authorization", "<key>"),)
    assert exchange.request.credential is Credential.NO_SCHEME
    assert exchange.response is not None
    assert exchange.response.header("date") == DATE


def test_made_evidence_is_numbered_in_order() -> None:
    assert [exchange.index for exchange in evidence(said(), silent(), said("head")).exchanges] == [0, 1, 2]
