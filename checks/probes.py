"""The requests that more than one area reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customers_conformance.evidence.negotiation import admits_json
from customers_conformance.evidence.recognition import is_foreign_origin
from customers_conformance.model import Credential, Probe, Role

if TYPE_CHECKING:
    from customers_conformance.model import Request

TRUE = (("from_memory", "true"),)
BAD_QUERY = (("from_memory", "banana"),)

NO_CREDENTIALS = Probe("no-credentials", credential=Credential.NONE, says="no credentials")

_UNKNOWN_NAMES = re.compile(r"unknown|^zz|^cc[-_]|[0-9a-f]{8}", re.IGNORECASE)


def _is_unknown_parameter(request: Request) -> bool:
    return (
        len(request.query) == 1 and bool(_UNKNOWN_NAMES.search(request.query[0][0])) and "origin" not in _names(request)
    )


def _names(request: Request) -> set[str]:
    return {name.lower() for name, _ in request.headers}


def _is_foreign(request: Request) -> bool:
    return not request.query and is_foreign_origin(request)


def _is_unmeetable(request: Request) -> bool:
    return not request.query and not admits_json(request.header("accept"))


UNKNOWN_PARAMETER = Probe(
    "unknown-parameter",
    query=(("cc_unknown_7f3a91c2", "1"),),
    says="a query parameter that no server could know",
    matches=_is_unknown_parameter,
)
BAD_VALUE = Probe("from-memory-banana", query=BAD_QUERY, says="a bad value of from_memory")
FOREIGN_ORIGIN = Probe(
    "foreign-origin",
    headers=(("Origin", "https://cc-7f3a91c2.invalid"),),
    says="an origin that no server can know",
    matches=_is_foreign,
)
NULL_ORIGIN = Probe("null-origin", headers=(("Origin", "null"),), says="the origin null")
ACCEPT_JSON = Probe("accept-json", headers=(("Accept", "application/json"),), says="JSON asked for by name")
ACCEPT_ANY = Probe("accept-any", headers=(("Accept", "*/*"),), says="any media type accepted")
ACCEPT_UNMEETABLE = Probe(
    "accept-unmeetable",
    headers=(("Accept", "image/png"),),
    says="a media type that the endpoint does not have",
    matches=_is_unmeetable,
)
HEAD = Probe("head", method="HEAD", says="HEAD of the plain request")
OPTIONS = Probe(
    "options",
    method="OPTIONS",
    credential=Credential.NONE,
    headers=(("Origin", "https://cc-7f3a91c2.invalid"), ("Access-Control-Request-Method", "GET")),
    says="a preflight from an origin that no server can know",
    matches=lambda request: not request.query,
)
TOGETHER = Probe(
    "together",
    role=Role.TOGETHER,
    says="the plain request, eight at once unless told",
    matches=lambda _request: False,
)
