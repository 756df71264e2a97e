"""Lists of customers as bytes, the same for the same seed, and recordings of one answer that holds such a list.

A program of its own, so that whoever measures holds none of it:
``python -m tests.bench.lists FILE --customers N [--shape bare] [--defects] [--recording FILE]``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance.reference.data import _add_customer, rows
from customers_conformance.reference.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 1

#: The number of the customer that all are made from, and of the first that is made: their ids have one length.
_MODEL, _FIRST = 7777, 10_000

#: What differs between customers: their number, the numbers of the provider configs, the values of the virtual keys.
_OWN = re.compile(r"(\b7777\b|\b3110[5-8]\b|sk-bf-[0-9a-f-]{36})")

_BARE = '{"id":"customer-7777","name":"Customer 7777","created_at":"2025-03-01T08:00:00Z"}'
_LIMIT, _DEFECT = '"max_limit":250.5', '"max_limit":"250.5"'


def full() -> str:
    """A customer of the reference server as JSON: every property of every object of the contract, 10.9 kB."""
    tables = rows(0)
    _add_customer(tables, _MODEL)
    database = Database(tables)
    try:
        (customer,) = database.customers()
    finally:
        database.close()
    return json.dumps(customer, separators=(",", ":"))


def customers(count: int, model: str, seed: int = SEED) -> Iterator[str]:
    """So many customers as JSON, made from one; ids, names and keys are each one's own."""
    drawn = random.Random(seed)  # noqa: S311 - made-up keys, the same each time
    parts = _OWN.split(model)
    for number in range(_FIRST, _FIRST + count):
        own = {str(_MODEL): str(number)}
        own |= {str(4 * (_MODEL - 1) + nth): str(4 * (number - 1) + nth) for nth in (1, 2, 3, 4)}
        for place in range(1, len(parts), 2):
            part = parts[place]
            if part not in own:
                own[part] = f"sk-bf-{uuid.UUID(int=drawn.getrandbits(128), version=4)}"
        yield "".join(own[part] if place % 2 else part for place, part in enumerate(parts))


def listing(count: int, *, bare: bool = False, defects: bool = False) -> bytes:
    """The answer with so many customers; with ``defects`` the limit of each one's budget is a text."""
    model = _BARE if bare else full()
    if defects:
        model = model.replace(_LIMIT, _DEFECT, 1)
    return f'{{"customers":[{",".join(customers(count, model))}],"count":{count}}}'.encode()


def recording(body: bytes) -> bytes:
    """HAR 1.2 with one plain request and this answer."""
    request = {
        "method": "GET",
        "url": "http://127.0.0.1/api/governance/customers",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Authorization", "value": "Bearer <key>"}],
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": 0,
    }
    response = {
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Content-Type", "value": "application/json"}],
        "cookies": [],
        "content": {"size": len(body), "mimeType": "application/json", "text": body.decode()},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(body),
    }
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "time": 1,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }
    creator = {"name": "bench", "version": "1"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": [entry]}}).encode()


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--shape", choices=["full", "bare"], default="full")
    parser.add_argument("--defects", action="store_true")
    parser.add_argument("--recording", type=Path)
    asked = parser.parse_args()
    body = listing(asked.customers, bare=asked.shape == "bare", defects=asked.defects)
    asked.file.write_bytes(body)
    if asked.recording:
        asked.recording.write_bytes(recording(body))


if __name__ == "__main__":
    main()
