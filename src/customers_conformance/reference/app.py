"""The reference server as an ASGI application: Starlette over the database view and the memory view."""

from __future__ import annotations

import asyncio
import gzip
import hmac
import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from customers_conformance.model import ENDPOINT, UsageError
from customers_conformance.reference.behaviour import (
    CLEAN,
    CROWD,
    Answer,
    Behaviour,
    Call,
    Fault,
    State,
    Variant,
    common_headers,
    error,
    strictly,
)
from customers_conformance.reference.data import rows
from customers_conformance.reference.database import Database
from customers_conformance.reference.faults import faults_by_name
from customers_conformance.reference.negotiation import accepts_json, allows_coding
from customers_conformance.reference.variants import variants_by_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

DEFAULT_KEY: Final = "reference-key"
DEFAULT_SESSION: Final = "reference-session"

#: Where the transport of ``wire`` finds the call and the answer that belong to a request.
EXTENSION: Final = "customers_conformance.reference"

_Entry = TypeVar("_Entry")

#: How many names are told where one is unknown.
_NEAREST = 3

_COMPRESSED_FROM = 512
_GATHERING_STEPS = 30
_GATHERING_STEP = 0.005


class Reference:
    """The server behind the application: its two views, its state and its behaviour."""

    def __init__(self, key: str, session: str, customers: int, behaviour: Behaviour) -> None:
        """Fill the database, and the memory view from it."""
        self.key = key
        self.session = session
        self.behaviour = behaviour
        self.state = State()
        self.database = Database(rows(customers))
        # Nothing writes to the database once it is filled: what a view shows is read and written once.
        self._text = json.dumps(self.database.customers())
        self._unchanged = _dump(_listing(json.loads(self._text)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; its body is never read."""
        del receive
        call = self._call(scope)
        answer = await self._answered(call)
        extension = scope.get("extensions", {}).get(EXTENSION)
        if extension is not None:
            extension["call"], extension["answer"] = call, answer
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers],
            }
        )
        body = b"" if call.method == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    def _call(self, scope: Scope) -> Call:
        raw_query = scope["query_string"].decode("latin-1")
        return Call(
            method=scope["method"],
            path=scope["path"],
            raw_query=raw_query,
            query=parse_qsl(raw_query, keep_blank_values=True),
            headers=[(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]],
            key=self.key,
            session=self.session,
            state=self.state,
            is_virtual_key=self.database.holds_virtual_key,
        )

    async def _answered(self, call: Call) -> Answer:
        self.state.requests += 1
        signature = (call.method, call.raw_query, tuple(call.headers))
        self.state.under_way[signature] += 1
        try:
            if self.behaviour.gathers and call.plain:
                await self._gather(call, signature)
            if self.behaviour.delay:
                await asyncio.sleep(self.behaviour.delay)
            answer = self._judged(call)
        finally:
            self.state.under_way[signature] -= 1
        if self.behaviour.answer is not None:
            answer = self.behaviour.answer(call, answer) or answer
        self._finish(call, answer)
        if self.behaviour.coded is not None:
            self.behaviour.coded(call, answer)
        return answer

    async def _gather(self, call: Call, signature: tuple[object, ...]) -> None:
        for _ in range(_GATHERING_STEPS):
            # Asked before and after each pause: the first of a crowd that leaves must not hide it from the last.
            call.crowded = call.crowded or self.state.under_way[signature] >= CROWD
            if call.crowded:
                break
            await asyncio.sleep(_GATHERING_STEP)

    def _judged(self, call: Call) -> Answer:
        if call.method == "OPTIONS":
            call.admitted = self._admits(call)
            return Answer(204, [*common_headers(), ("Allow", "GET, HEAD, OPTIONS")])
        if call.method not in {"GET", "HEAD"}:
            return error(405, "Only GET, HEAD and OPTIONS are answered here", Allow="GET, HEAD, OPTIONS")
        call.admitted = self._admits(call)
        if not call.admitted:
            return error(401, "An API key is needed, as a bearer token", WWW_Authenticate="Bearer")
        view = (self.behaviour.view or strictly)(call)
        if not isinstance(view, bool) and view is not None:
            call.bad_query = True
            return error(view, "from_memory must be true or false, and stand there once")
        call.memory = view
        if not accepts_json(call.header("accept")):
            return error(406, "Only application/json can be sent")
        return self._listed(call)

    def _admits(self, call: Call) -> bool:
        decided = self.behaviour.admits(call) if self.behaviour.admits is not None else None
        if decided is not None:
            return decided
        token = call.bearer
        return token is not None and same(token, call.key)

    def _listed(self, call: Call) -> Answer:
        self.state.reads += 1
        call.read = self.state.reads
        if call.plain:
            self.state.plain_reads += 1
            call.plain_read = self.state.plain_reads
        content = self._unchanged
        if self.behaviour.value is not None or self.behaviour.dump is not None:
            # Read again from its text, so that no two places share one object.
            value: Any = _listing(json.loads(self._text))
            if self.behaviour.value is not None:
                changed = self.behaviour.value(call, value)
                value = value if changed is None else changed
            content = (self.behaviour.dump or _dump)(value)
        headers = [*common_headers(), ("Content-Type", "application/json"), ("Vary", "Accept, Accept-Encoding")]
        return Answer(200, headers, content)

    def _finish(self, call: Call, answer: Answer) -> None:
        large = len(answer.body) >= _COMPRESSED_FROM and answer.header("content-encoding") is None
        if large and self.behaviour.compresses and allows_coding(call.header("accept-encoding"), "gzip"):
            answer.body = gzip.compress(answer.body, compresslevel=5, mtime=0)
            answer.set("Content-Encoding", "gzip")
        if answer.status != 204 and answer.header("content-length") is None:
            answer.set("Content-Length", str(len(answer.body)))


def create_app(
    key: str = DEFAULT_KEY,
    customers: int = 4,
    fault: str | Fault | None = None,
    variant: str | Variant | None = None,
    session: str = DEFAULT_SESSION,
) -> Starlette:
    """The reference server as an ASGI application with a state of its own.

    ``fault`` and ``variant`` are names or table entries; at most one of them may be given. Raises ``UsageError`` for a
    name that is not in its table.
    """
    behaviour = CLEAN
    if fault is not None and variant is not None:
        raise UsageError(f"a server has either a fault or a variant, not both: {fault!r} and {variant!r}")
    if fault is not None:
        behaviour = (fault if isinstance(fault, Fault) else _named("fault", fault, faults_by_name())).behaviour
    if variant is not None:
        chosen = variant if isinstance(variant, Variant) else _named("variant", variant, variants_by_name())
        behaviour = chosen.behaviour
        customers = customers if chosen.customers is None else chosen.customers
    reference = Reference(key, session, customers, behaviour)
    application = Starlette(routes=[Route(ENDPOINT, endpoint=reference)], exception_handlers={404: _not_found})
    application.router.redirect_slashes = False
    application.state.reference = reference
    return application


def same(sent: str, secret: str) -> bool:
    """Whether what came, as Latin-1 text, is the secret, in a time that does not tell where they differ."""
    return hmac.compare_digest(sent.encode("latin-1", "replace"), secret.encode())


def _listing(customers: list[Any]) -> dict[str, Any]:
    return {"customers": customers, "count": len(customers)}


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _named(kind: str, name: str, table: Mapping[str, _Entry]) -> _Entry:
    if name not in table:
        near = ", ".join(get_close_matches(name.lower(), table, _NEAREST, cutoff=0))
        message = f"no {kind} is named {name!a}; the nearest: {near}; `customers-conformance serve --{kind}s` lists all"
        raise UsageError(message)
    return table[name]


async def _not_found(request: Request, _: Exception) -> Response:
    answer = error(404, f"Only {ENDPOINT} is served here")
    body = b"" if request.method == "HEAD" else answer.body
    return Response(body, answer.status, dict(answer.headers))
