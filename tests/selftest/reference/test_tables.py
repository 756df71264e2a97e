"""Every fault and every variant is named, told, started and seen."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
import yaml

from customers_conformance.model import ENDPOINT
from customers_conformance.reference.app import create_app
from customers_conformance.reference.behaviour import KEBAB_CASE, Fault, Variant
from customers_conformance.reference.faults import FAULTS, faults_by_name
from customers_conformance.reference.server import running
from customers_conformance.reference.variants import VARIANTS, variants_by_name
from customers_conformance.reference.variants.kept import KEPT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette

#: One request for each condition that a fault may have; the header list, the query and the method.
KEY = ("Authorization", "Bearer reference-key")
VIRTUAL = "sk-bf-48dca2e9-9275-5d7f-a5d7-1dec3f7b3304"
REQUESTS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    *((("GET", "", (KEY,)),) * 4),
    *(("GET", query, (KEY,)) for query in ("from_memory=true", "from_memory=false", "from_memory=", "from_memory=1")),
    *(
        ("GET", f"from_memory={value}", (KEY,))
        for value in ("yes", "TRUE", "banana", "x" * 2000, "true&from_memory=true")
    ),
    ("GET", "nobody-knows=1", (KEY,)),
    ("HEAD", "", (KEY,)),
    ("OPTIONS", "", (KEY,)),
    ("GET", "", ()),
    ("HEAD", "", ()),
    ("GET", "from_memory=true", ()),
    *(("GET", query, ()) for query in ("from_memory=false", "from_memory=banana", "nobody-knows=1")),
    *(
        ("GET", "", (header,))
        for header in (
            ("Accept", "application/json"),
            ("Accept-Encoding", "gzip"),
            ("Origin", "https://somewhere.invalid"),
            ("X-Forwarded-For", "127.0.0.1"),
            ("Cookie", "a=b"),
        )
    ),
    ("GET", "from_memory=banana", (("Authorization", "Bearer unknown"),)),
    ("OPTIONS", "", (("Origin", "https://somewhere.invalid"),)),
    ("GET", "from_memory=true", (("Authorization", "Bearer unknown"),)),
    *(("GET", f"{name}=reference-key", ()) for name in ("access_token", "api_key", "key")),
    *(
        ("GET", "", (("Authorization", value),))
        for value in (
            "Bearer",
            "Bearer unknown",
            "bearer reference-key",
            "Token reference-key",
            "reference-key",
            "Basic cmVmZXJlbmNlLWtleTo=",
            "Basic OnJlZmVyZW5jZS1rZXk=",
            "Basic /w==",
            "Bearer reference-ke",
            "Bearer reference-keyx",
            "Bearer rexerence-key",
            "Bearer reference-kex",
            "Bearer REFERENCE-KEY",
            f"Bearer {VIRTUAL}",
        )
    ),
    ("GET", "", (("x-api-key", "reference-key"),)),
    ("GET", "", (("x-api-key", "reference-key"), ("Authorization", "Bearer unknown"))),
    ("GET", "", (("x-bf-vk", VIRTUAL),)),
    ("GET", "", (("Cookie", "token=reference-session"),)),
    *(
        ("GET", "", (KEY, *headers))
        for headers in (
            (("Origin", "https://somewhere.invalid"),),
            (("Origin", "null"),),
            (("Accept", "application/json"),),
            (("Accept", "image/png"),),
            (("Accept-Encoding", "gzip, deflate"),),
            (("Accept-Encoding", "gzip"),),
            (("Accept-Encoding", "gzip;q=0"),),
            (("Accept-Encoding", "identity;q=1, *;q=0"),),
            (("Cookie", "a=b"),),
            (("Accept-Language", "*"),),
            (("X-Forwarded-For", "10.0.0.1"),),
            (("Content-Type", "text/plain"),),
            (("X-Odd", "a"),),
            (("X-Odd", "a" * 4000),),
            (("X-Odd", "a"), ("X-Odd", "b")),
            (("X-Odd", ""),),
            (("X-Odd", "\xe9"),),
        )
    ),
)

Answered = tuple[int, list[tuple[str, str]], bytes]
READABLE_DATE = re.compile(r"\w{3}, \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} [\d:]{8} GMT")


WIRE_ENTRIES: list[Fault | Variant] = [
    *(fault for fault in FAULTS if fault.wire),
    *(variant for variant in VARIANTS if variant.wire),
]


async def ask(application: Starlette, method: str, query: str, headers: tuple[tuple[str, str], ...]) -> Answered:
    """What the application says to one request; a date that can be read is told by its being there."""
    url = f"http://reference{ENDPOINT}" + (f"?{query}" if query else "")
    usual = [] if "Accept-Encoding" in dict(headers) else [("Accept-Encoding", "identity")]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in [*usual, *headers]]
    answer = await httpx.ASGITransport(application).handle_async_request(httpx.Request(method, url, headers=raw))
    fields = [
        (name, "a date" if READABLE_DATE.fullmatch(value) else value) for name, value in answer.headers.multi_items()
    ]
    return answer.status_code, fields, b"".join([part async for part in answer.aiter_raw()])


async def crowd(application: Starlette) -> list[Answered]:
    """What it says to eight plain requests at once."""
    found: list[Answered] = []

    async def one() -> None:
        found.append(await ask(application, *REQUESTS[0]))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(one)
    return found


async def differences(application: Starlette, clean: list[Answered]) -> AsyncIterator[int]:
    """The positions of the requests that are answered otherwise than by the clean server; then -1 for the crowd."""
    for position, (request, expected) in enumerate(zip(REQUESTS, clean, strict=True)):
        if await ask(application, *request) != expected:
            yield position
    if any(answered != clean[0] for answered in await crowd(application)):
        yield -1


async def first_difference(application: Starlette, clean: list[Answered]) -> int | None:
    async for position in differences(application, clean):
        return position
    return None


@pytest.fixture(scope="module")
def clean() -> list[Answered]:
    application = create_app()

    async def collect() -> list[Answered]:
        return [await ask(application, *request) for request in REQUESTS]

    return anyio.run(collect)


def test_every_requirement_has_a_fault() -> None:
    catalogue = yaml.safe_load((files("customers_conformance.openapi") / "requirements.yaml").read_text("utf-8"))
    ids = {entry["id"] for entry in catalogue["requirements"]}
    counts = Counter(fault.breaks for fault in FAULTS)
    assert set(counts) == ids
    assert min(counts.values()) >= 2
    named = {identifier for fault in FAULTS for identifier in fault.also}
    assert named | {identifier for variant in VARIANTS for identifier in variant.warns} <= ids


@pytest.mark.parametrize("table", [FAULTS, VARIANTS])
def test_every_entry_has_a_name_of_its_own_and_a_sentence(table: tuple[Fault | Variant, ...]) -> None:
    assert len({entry.name for entry in table}) == len({entry.says for entry in table}) == len(table)
    for entry in table:
        assert KEBAB_CASE.fullmatch(entry.name)
        assert entry.says[0].islower() or entry.says[0].isupper()
        assert not entry.says.endswith(".")


def test_tables_can_be_read_by_name() -> None:
    assert faults_by_name()["open-door"].breaks == "CUST-AUTH-002"
    assert variants_by_name()["http-1-0"].wire


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS if not fault.wire])
def test_a_fault_changes_an_answer(name: str, clean: list[Answered]) -> None:
    assert anyio.run(first_difference, create_app(fault=name), clean) is not None


@pytest.mark.parametrize("name", ["gzip-cut-off", "gzip-in-name-only"])
def test_a_coding_that_does_not_decode_shows_only_where_it_is_asked_for(name: str, clean: list[Answered]) -> None:
    async def collect() -> list[int]:
        return [position async for position in differences(create_app(fault=name), clean)]

    asked = [
        position
        for position, (_, _, headers) in enumerate(REQUESTS)
        if KEY in headers and dict(headers).get("Accept-Encoding") in {"gzip", "gzip, deflate"}
    ]
    assert anyio.run(collect) == asked


def test_the_clean_server_answers_a_crowd_as_it_answers_one(clean: list[Answered]) -> None:
    assert anyio.run(first_difference, create_app(), clean) is None


@pytest.mark.parametrize("name", [variant.name for variant in VARIANTS if not variant.wire])
def test_a_variant_answers(name: str) -> None:
    application = create_app(variant=name)
    chosen = REQUESTS[:1] if name in {"slow", "many-customers"} else REQUESTS
    statuses = {anyio.run(ask, application, *request)[0] for request in chosen}
    assert statuses <= {200, 204, 307, 400, 401, 403, 404, 405, 406, 414, 422, 429, 431, 503}


@pytest.mark.parametrize("entry", WIRE_ENTRIES, ids=lambda entry: entry.name)
def test_what_shows_on_the_wire_only_is_written_there(entry: Fault | Variant) -> None:
    fault, variant = (entry, None) if isinstance(entry, Fault) else (None, entry)
    with running(fault, variant) as base:
        address = urlsplit(base).hostname or "", urlsplit(base).port or 0
        seen = [anyio.run(exchange, address, request) for request in WIRED]
    assert all(answer.startswith(b"HTTP/1.") for answer in seen)
    if isinstance(entry, Fault):
        with running("surplus-after-body") as base:
            address = urlsplit(base).hostname or "", urlsplit(base).port or 0
            other = [anyio.run(exchange, address, request) for request in WIRED]
        assert entry.name == "surplus-after-body" or [undated(one) for one in seen] != [undated(one) for one in other]


#: The requests that the faults of the wire look at.
WIRED = (
    b"GET /api/governance/customers HTTP/1.1\r\n",
    b"GET /api/governance/customers?from_memory=true HTTP/1.1\r\nAuthorization: Bearer reference-key\r\n",
    b"GET /api/governance/customers?from_memory=banana HTTP/1.1\r\nAuthorization: Bearer reference-key\r\n",
    b"GET /api/governance/customers HTTP/1.1\r\nAuthorization: Bearer unknown\r\n",
    b"HEAD /api/governance/customers HTTP/1.1\r\nAuthorization: Bearer reference-key\r\n",
    b"OPTIONS /api/governance/customers HTTP/1.1\r\nAuthorization: Bearer reference-key\r\n",
)


def undated(answer: bytes) -> bytes:
    return b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"Date:"))


async def exchange(address: tuple[str, int], request: bytes) -> bytes:
    stream = await anyio.connect_tcp(*address)
    async with stream:
        await stream.send(request + b"Host: reference\r\nConnection: close\r\n\r\n")
        received = b""
        while True:
            try:
                received += await stream.receive()
            except anyio.EndOfStream:
                return received


def test_the_lone_surrogate_is_written_as_an_escape() -> None:
    _, _, content = anyio.run(ask, create_app(variant="lone-surrogate"), *REQUESTS[0])
    assert b"\\ud83d " in content
    assert json.loads(content)["count"] == 4


def test_the_examples_of_what_is_right_name_variants_of_which_nothing_else_is_said() -> None:
    catalogue = yaml.safe_load((files("customers_conformance.openapi") / "requirements.yaml").read_text("utf-8"))
    ids = {entry["id"] for entry in catalogue["requirements"]}
    for identifier, names in KEPT.items():
        assert identifier in ids
        assert len(set(names)) == len(names)
        for name in names:
            variant = variants_by_name()[name]
            assert not variant.any_unverified, name
            said = (*variant.warns, *variant.unverified, *variant.not_applicable)
            assert not any(identifier.startswith(beginning) for beginning in said), (identifier, name)
