"""The target against hostile servers: each case as its entry says."""

from __future__ import annotations

import asyncio

import pytest
from tests.hostile import peers

from customers_conformance.sending.credentials import Credentials
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.target import Target

CREDENTIALS = Credentials(key="key-of-the-selftest-1", unknown="unknown-1")


@pytest.mark.parametrize("case", [case for case in peers.CASES if not case.slow], ids=str)
def test_a_hostile_server_comes_to_what_its_entry_says(case: peers.Case) -> None:
    async def exchange() -> None:
        async with (
            peers.serve(case.script) as server,
            Target(parse_url(server.url()), CREDENTIALS, case.limits) as target,
        ):
            seen = await target.send(case.probe, 0)
            assert peers.complaints(case, seen) == []
            assert len(server.requests) == 1

    asyncio.run(asyncio.wait_for(exchange(), 8))
