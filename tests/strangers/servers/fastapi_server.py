"""FastAPI on uvicorn, as its manual has it: a dependency for the key, ``from_memory: bool``, its own error bodies.

``compressed`` adds Starlette's ``GZipMiddleware``.
"""

# No postponed annotations: FastAPI reads them.
import sys
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from tests.strangers import contract
from tests.strangers.servers import listening


def key(request: Request) -> None:
    """Let nobody in without the key."""
    if not contract.is_let_in(request.headers.getlist("Authorization")):
        raise HTTPException(401, "no valid key", {"WWW-Authenticate": contract.CHALLENGE})


def customers(response: Response, _: Annotated[None, Depends(key)], from_memory: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - the framework reads the query from it
    """The endpoint."""
    response.headers["Cache-Control"] = contract.CACHING
    return contract.VIEWS["memory" if from_memory else "database"]


def main() -> None:
    """Serve until ended."""
    application = FastAPI()
    application.add_api_route(contract.PATH, customers)
    if "compressed" in sys.argv:
        application.add_middleware(GZipMiddleware)
    sock = listening.bound()
    listening.announce(sock.getsockname()[1])
    uvicorn.Server(uvicorn.Config(application, log_level="critical")).run(sockets=[sock])


if __name__ == "__main__":
    main()
