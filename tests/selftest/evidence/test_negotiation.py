"""What a request allows: media types and codings, as RFC 9110 reads the headers."""

from __future__ import annotations

import pytest

from customers_conformance.evidence.negotiation import admits_coding, admits_json


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "text/html, application/*;q=0.5",
        "APPLICATION/JSON ; charset=utf-8",
        "application/json;version=2;q=0.1",
        "application/json, */*;q=0",
        "text/html, image/gif, *; q=.2, */*; q=.2",
        "application/json;q=high",
    ],
)
def test_json_meets_what_names_it_or_a_range_that_holds_it(accept: str | None) -> None:
    assert admits_json(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "application/json;q=0",
        "application/json; q=0.000",
        "application/json;q=0, */*",
        "application/*;q=0, */*;q=0.1",
        "text/html, image/*",
    ],
)
def test_json_that_is_refused_by_name_is_not_admitted_by_a_wider_range(accept: str) -> None:
    assert not admits_json(accept)


@pytest.mark.parametrize(
    "accept_encoding, coding, admitted",
    [
        (None, "br", True),
        ("", "gzip", False),
        ("gzip", "GZIP", True),
        ("gzip", "x-gzip", True),
        ("X-GZIP", "gzip", True),
        ("gzip", "br", False),
        ("gzip;q=0", "gzip", False),
        ("gzip;q=0, *", "gzip", False),
        ("gzip;q=0, *", "br", True),
        ("*;q=0", "gzip", False),
        ("br, gzip;q=.5", "gzip", True),
        ("gzip;q=1.2.3", "gzip", True),
    ],
)
def test_a_coding_is_admitted_where_it_or_any_is_and_no_weight_refuses_it(
    accept_encoding: str | None,
    coding: str,
    admitted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert admits_coding(accept_encoding, coding) is admitted
