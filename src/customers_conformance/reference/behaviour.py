"""What a fault or a variant can change about the reference server, and the words in which it is told."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: The name of a fault or a variant.
KEBAB_CASE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

#: The headers of a request that asks for nothing in particular.
_USUAL_HEADERS: Final = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "authorization"})

#: Requests that look the same and are under way together, from which on they count as made at the same time.
CROWD: Final = 4


@dataclass(slots=True)
class State:
    """What one server remembers between requests; ``notes`` is for behaviours that count for themselves."""

    requests: int = 0
    reads: int = 0
    plain_reads: int = 0
    under_way: Counter[tuple[object, ...]] = field(default_factory=Counter)
    notes: dict[str, Any] = field(default_factory=dict)

    def count(self, name: str) -> int:
        """How often this was called with this name, this call included."""
        self.notes[name] = self.notes.get(name, 0) + 1
        return int(self.notes[name])


@dataclass(slots=True)
class Call:
    """One request as the server sees it: header names in lower case, values as Latin-1 text, the query decoded."""

    method: str
    path: str
    raw_query: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    key: str
    session: str
    state: State
    #: Whether the credentials hold.
    admitted: bool = False
    #: The view that is asked for; ``None`` where ``from_memory`` is absent or bad.
    memory: bool | None = None
    #: Whether ``from_memory`` is there and neither ``true`` nor ``false``, or there twice.
    bad_query: bool = False
    #: The number of this read among all, and among those without a query, from 1; 0 where nothing is read.
    read: int = 0
    plain_read: int = 0
    #: Whether requests just like this one were under way at the same time.
    crowded: bool = False
    #: Whether a virtual key with this value is in the database.
    is_virtual_key: Callable[[str], bool] = field(default=lambda _: False)

    def header(self, name: str) -> str | None:
        """The values of a header, joined by a comma; ``None`` where it was not sent."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None

    def values(self, name: str) -> list[str]:
        """Every value of a query parameter, in order."""
        return [value for key, value in self.query if key == name]

    @property
    def shows_memory(self) -> bool:
        """Whether the memory view is shown."""
        return self.memory is True

    @property
    def plain(self) -> bool:
        """Whether it is a control read: a GET with the key, no query, and no header that another rule looks at."""
        return (
            self.method == "GET"
            and not self.raw_query
            and {name for name, _ in self.headers} <= _USUAL_HEADERS
            and self.header("accept") in (None, "*/*")
            and self.header("accept-encoding") in (None, "identity")
            and self.scheme_and_token == ("Bearer", self.key)
        )

    @property
    def unknown_parameter(self) -> bool:
        """Whether a parameter is there that the contract does not know, and that carries no credentials."""
        return any(name not in {"from_memory", "access_token", "api_key", "key"} for name, _ in self.query)

    @property
    def bearer(self) -> str | None:
        """The bearer token, empty where nothing follows the scheme; ``None`` where there is none."""
        scheme, token = self.scheme_and_token
        return token if scheme.lower() == "bearer" else None

    @property
    def scheme_and_token(self) -> tuple[str, str]:
        """The ``Authorization`` header in two, each empty where there is nothing."""
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        return scheme, token.strip()

    @property
    def anonymous(self) -> bool:
        """Whether it carries no credentials of any kind."""
        carriers = ("authorization", "x-api-key", "x-bf-vk", "cookie")
        named = ("access_token", "api_key", "key")
        return not any(self.header(name) for name in carriers) and not any(self.values(name) for name in named)


@dataclass(slots=True)
class Answer:
    """An answer on its way out. Header names keep their case; a ``body`` of a HEAD is what its GET would carry."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    reason: str = ""

    def header(self, name: str) -> str | None:
        """The first value of a header; ``None`` where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def set(self, name: str, value: str) -> None:
        """Put one header with this value where there were any or none of the name."""
        self.remove(name)
        self.headers.append((name, value))

    def add(self, name: str, value: str) -> None:
        """Add one more header, whatever there is."""
        self.headers.append((name, value))

    def remove(self, name: str) -> None:
        """Take every header of this name away."""
        self.headers = [(key, value) for key, value in self.headers if key.lower() != name.lower()]

    @property
    def json(self) -> Any:
        """The body, read; raises ``ValueError`` where it is no JSON."""
        return json.loads(self.body)

    def write(self, value: Any) -> None:
        """Replace the body by this JSON value."""
        self.body = json.dumps(value).encode()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Functions that the server asks on the way from request to answer; each is left out where it changes nothing.

    The order: ``admits``, ``view``, ``value``, ``dump``, ``answer``, coding and length, ``coded``, ``wire``.
    """

    #: Says whether the credentials hold; ``None`` leaves it to the server.
    admits: Callable[[Call], bool | None] | None = None
    #: Reads ``from_memory``: true, false, ``None`` for absent, or a status to refuse with.
    view: Callable[[Call], bool | int | None] | None = None
    #: Changes the JSON value of a 200 in place, or returns another one.
    value: Callable[[Call, Any], Any] | None = None
    #: Writes the JSON value of a 200.
    dump: Callable[[Any], bytes] | None = None
    #: Changes the answer before it is coded, in place, or returns another one.
    answer: Callable[[Call, Answer], Answer | None] | None = None
    #: Changes the answer after it was coded and measured.
    coded: Callable[[Call, Answer], None] | None = None
    #: Writes the whole answer as bytes; needs sockets.
    wire: Callable[[Call, Answer], bytes] | None = None
    #: Whether codings are applied where the request allows them.
    compresses: bool = True
    #: Seconds that each request to the endpoint takes.
    delay: float = 0.0
    #: Whether a plain request waits a moment for others like it, so that overlapping is seen for certain.
    gathers: bool = False


CLEAN: Final = Behaviour()


@dataclass(frozen=True, slots=True)
class Fault:
    """A single defect: its name, a sentence about the server that has it, and the requirement that it breaks."""

    name: str
    says: str
    breaks: str
    behaviour: Behaviour = CLEAN
    #: Other requirements that the contract makes break with it.
    also: tuple[str, ...] = ()

    @property
    def wire(self) -> bool:
        """Whether it is one of the transport, and shows over sockets only."""
        return self.behaviour.wire is not None


@dataclass(frozen=True, slots=True)
class Variant:
    """A server that conforms though a sloppy suite would object, and what is said of it other than ``pass``.

    ``unverified`` and ``not_applicable`` hold ids or beginnings of ids (``CUST-REL-``); what else is unverified is a
    false alarm of a lesser kind. ``any_unverified`` stands for variants that leave nearly everything unseen.
    """

    name: str
    says: str
    behaviour: Behaviour = CLEAN
    warns: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    any_unverified: bool = False
    #: How many customers the server has, where it says so itself.
    customers: int | None = None

    @property
    def wire(self) -> bool:
        """Whether it is one of the transport, and shows over sockets only."""
        return self.behaviour.wire is not None


def strictly(call: Call, refusal: int = 400) -> bool | int | None:
    """``from_memory`` as the contract documents it: absent, or ``true`` or ``false`` once; anything else is refused."""
    allowed: dict[tuple[str, ...], bool | None] = {(): None, ("true",): True, ("false",): False}
    return allowed.get(tuple(call.values("from_memory")), refusal)


def error(status: int, message: str, **headers: str) -> Answer:
    """An answer with the documented error body; underscores in the names of ``headers`` become hyphens."""
    body = {
        "type": "error",
        "is_bifrost_error": True,
        "status_code": status,
        "error": {"type": "request_error", "code": str(status), "message": message},
        "extra_fields": {},
    }
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    content = json.dumps(body).encode()
    return Answer(status, [*common_headers(), ("Content-Type", "application/json"), *named], content)


def common_headers() -> list[tuple[str, str]]:
    """The headers that every answer carries; ``Date`` is now."""
    return [
        ("Date", formatdate(usegmt=True)),
        ("Server", "customers-reference"),
        ("Cache-Control", "no-store"),
    ]
