"""The reference server over sockets: uvicorn, or the transport of ``wire`` where a behaviour asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Final

import uvicorn

from customers_conformance.model import UsageError
from customers_conformance.reference.app import DEFAULT_KEY, DEFAULT_SESSION, create_app
from customers_conformance.reference.wire import handle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.applications import Starlette

    from customers_conformance.reference.behaviour import Fault, Variant

_BACKLOG: Final = 128
_PATIENCE: Final = 10.0


def serve(host: str, port: int, application: Starlette, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; ``ready`` gets the base URL once requests are taken. Port 0 is any free port.

    Raises ``UsageError`` where the address cannot be used.
    """
    listener = _listen(host, port)
    try:
        ready(_url(listener))
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_until(application, listener, None))
    finally:
        listener.close()
        application.state.reference.database.close()


@contextlib.contextmanager
def running(
    fault: str | Fault | None = None,
    variant: str | Variant | None = None,
    key: str = DEFAULT_KEY,
    customers: int = 4,
    session: str = DEFAULT_SESSION,
) -> Iterator[str]:
    """A server on a free port of 127.0.0.1 for as long as the block lasts; yields its base URL.

    Arguments as of ``create_app``. Neither a thread nor a socket is left behind.
    """
    application = create_app(key, customers, fault, variant, session)
    listener = _listen("127.0.0.1", 0)
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_until(application, listener, stop)), name="reference-server")
    thread.start()
    try:
        yield _url(listener)
    finally:
        stop.set()
        thread.join(_PATIENCE)
        listener.close()
        application.state.reference.database.close()


def _listen(host: str, port: int) -> socket.socket:
    # Connections are taken by the kernel from here on, so that the URL works as soon as it is known.
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as problem:
        message = f"cannot listen on {host}:{port}: {problem}; allowed: an address of this machine and a free port"
        raise UsageError(message) from problem
    listener.setblocking(False)
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _until(application: Starlette, listener: socket.socket, stop: threading.Event | None) -> None:
    if application.state.reference.behaviour.wire is not None:
        await _serve_wire(application, listener, stop)
        return
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        # The application sends both itself, so that it answers alike in process.
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    if stop is None:
        await server.serve(sockets=[listener])
        return
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    await _stopped(stop, serving)
    server.should_exit = True
    await serving


async def _serve_wire(application: Starlette, listener: socket.socket, stop: threading.Event | None) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await handle(application, reader, writer)

    server = await asyncio.start_server(connected, sock=listener)
    try:
        await (_stopped(stop, None) if stop is not None else asyncio.Event().wait())
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stopped(stop: threading.Event, serving: asyncio.Future[None] | None) -> None:
    # The block that ends it stands in another thread, which an asyncio.Event does not hear.
    while not stop.is_set() and not (serving is not None and serving.done()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
