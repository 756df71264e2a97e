"""A small server that runs the application and writes its answers byte by byte, for what a sound server cannot say."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import h11

from customers_conformance.reference.app import EXTENSION
from customers_conformance.reference.raw import sound

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Message

_READ = 65536


async def handle(application: Starlette, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request of a connection, then close it; a request that is none is not answered."""
    try:
        request = await _request(reader)
        if request is not None:
            writer.write(await _answer(application, request))
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _request(reader: asyncio.StreamReader) -> h11.Request | None:
    connection = h11.Connection(h11.SERVER)
    request = None
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            return None
        if event is h11.NEED_DATA:
            data = await reader.read(_READ)
            connection.receive_data(data)
            if not data and request is None:
                return None
        elif isinstance(event, h11.Request):
            request = event
        elif not isinstance(event, h11.Data):
            return request


async def _answer(application: Starlette, request: h11.Request) -> bytes:
    target, _, query = request.target.partition(b"?")
    extension: dict[str, Any] = {}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method.decode("ascii"),
        "scheme": "http",
        "path": target.decode("latin-1"),
        "raw_path": target,
        "query_string": query,
        "root_path": "",
        "headers": [(name, value) for name, value in request.headers],
        "client": None,
        "server": None,
        "extensions": {EXTENSION: extension},
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    if "answer" not in extension:
        return _plainly(sent)
    write = application.state.reference.behaviour.wire or sound
    content: bytes = write(extension["call"], extension["answer"])
    return content


def _plainly(sent: list[Message]) -> bytes:
    """An answer that the application gave without the endpoint: another path."""
    start = sent[0]
    fields = b"".join(b"%b: %b\r\n" % field for field in start["headers"])
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return b"HTTP/1.1 %d Status\r\n%bConnection: close\r\n\r\n%b" % (start["status"], fields, body)
