"""aiohttp: HEAD comes with GET. ``compressed`` switches on the framework's own compression."""

from __future__ import annotations

import sys

from aiohttp import web
from tests.strangers import contract
from tests.strangers.servers import listening

COMPRESSED = "compressed" in sys.argv


async def customers(request: web.Request) -> web.Response:
    """The endpoint."""
    found = contract.answer(request.query_string, request.headers.getall("Authorization", []))
    response = web.Response(status=found.status, body=found.body, headers=found.headers)
    if COMPRESSED:
        response.enable_compression()
    return response


def main() -> None:
    """Serve until ended."""
    application = web.Application()
    application.router.add_get(contract.PATH, customers)
    sock = listening.bound()
    listening.announce(sock.getsockname()[1])
    web.run_app(application, sock=sock, print=None)


if __name__ == "__main__":
    main()
