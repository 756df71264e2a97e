"""Compares the suite with its peers on one large list, in one process, so that only the ratio matters.

The peers, ``json.loads`` and plain ``jsonschema_rs`` with the same document, do what any validating client does.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.resources
import json
import sys
import time
from typing import TYPE_CHECKING

import jsonschema_rs
import yaml

from customers_conformance.bodies.listing import Listing
from customers_conformance.contract import document as contract
from customers_conformance.evidence.evidence import Evidence
from customers_conformance.judging import judge, registry
from customers_conformance.model import MEBI, PLAIN, Body, Credential, Exchange, Mode, Request, Response
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.reference.data import rows
from customers_conformance.reference.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

#: How many times the peers' time the suite may take; several times what it takes.
CEILING = 100.0

_URL = "http://127.0.0.1/api/governance/customers"


def a_list(customers: int) -> bytes:
    """The reference server's answer with so many customers."""
    database = Database(rows(customers))
    try:
        held = database.customers()
    finally:
        database.close()
    return json.dumps({"customers": held, "count": len(held)}).encode()


def evidence_of(content: bytes) -> tuple[Exchange, ...]:
    """One plain request and its answer."""
    request = Request("GET", _URL, (), (("Authorization", "Bearer <key>"),), Credential.KEY)
    body = Body(content, hashlib.sha256(content).hexdigest(), len(content))
    response = Response(200, "OK", "HTTP/1.1", (("Content-Type", "application/json"),), body)
    return (Exchange(0, PLAIN.name, request, response),)


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, in seconds: the better of two times."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Measure, print, and return 1 where the suite takes more than ``CEILING`` times as long as the peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2000)
    content = a_list(parser.parse_args().customers)
    loaded = contract.load()
    document = yaml.safe_load(
        importlib.resources.files("customers_conformance.openapi").joinpath("customers.yaml").read_bytes()
    )
    schema = {"$ref": "#/components/schemas/ListCustomersResponse", "components": document["components"]}
    peer = jsonschema_rs.Draft202012Validator(schema)
    registry.checks(loaded)
    Listing(content, loaded).broken  # noqa: B018 - compiles the validators

    def validated() -> None:
        listing = Listing(content, loaded)
        if listing.broken.total:
            message = "the reference server's list breaks its contract"
            raise RuntimeError(message)

    def judged() -> None:
        exchanges = Redactor({}, Mode.REDACTED).exchanges(evidence_of(content))
        judge.judge(Evidence(exchanges, loaded), loaded.requirements)

    base = seconds(lambda: peer.is_valid(json.loads(content)))
    figures = {"json.loads and jsonschema_rs": base, "reading and validating": seconds(validated)}
    figures["redacting and judging everything"] = seconds(judged)
    sys.stdout.write(f"a list of {len(content) / MEBI:.1f} MiB\n")
    for name, took in figures.items():
        sys.stdout.write(f"{name:34} {took:7.3f} s  {took / base:6.1f} x\n")
    return int(max(figures.values()) > CEILING * base)


if __name__ == "__main__":
    sys.exit(main())
