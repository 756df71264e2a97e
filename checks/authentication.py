"""CUST-AUTH: who is let in, and how the others are refused."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from customers_conformance import placeholders
from customers_conformance.bodies.listeners import Listener, listens
from customers_conformance.checks.answers import (
    REFUSED_PARAMETER,
    REFUSED_VALUE,
    elsewhere,
    error_body,
    has_bad_value,
    is_refused,
    other_parameters,
    statuses,
)
from customers_conformance.checks.probes import (
    ACCEPT_JSON,
    BAD_QUERY,
    FOREIGN_ORIGIN,
    NO_CREDENTIALS,
    TOGETHER,
    TRUE,
    UNKNOWN_PARAMETER,
)
from customers_conformance.contract.pointers import pointer
from customers_conformance.contract.secrets import is_masked
from customers_conformance.evidence.evidence import OK, UNAUTHORIZED
from customers_conformance.evidence.fields import readings
from customers_conformance.judging.registry import check, finding
from customers_conformance.model import DATABASE, PLAIN, Credential, Observed, Probe, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from customers_conformance.bodies.parsing.reading import Reading
    from customers_conformance.bodies.walk import Node
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Exchange, Response

ANONYMOUS = (
    NO_CREDENTIALS,
    *(
        Probe(f"no-credentials-{name}", query=query, headers=headers, credential=Credential.NONE, says=says)
        for name, query, headers, says in (
            ("memory", TRUE, (), "no credentials, the memory view"),
            ("database", DATABASE.query, (), "no credentials, the database view by name"),
            ("bad-query", BAD_QUERY, (), "no credentials and a bad from_memory"),
            ("unknown-parameter", UNKNOWN_PARAMETER.query, (), "no credentials and an unknown parameter"),
            ("accept-json", (), ACCEPT_JSON.headers, "no credentials, JSON asked for by name"),
        )
    ),
)
#: Doors that the sentence does not name, and that some servers leave open.
OTHER_DOORS = tuple(
    Probe(f"no-credentials-{name}", headers=headers, credential=Credential.NONE, says=f"no credentials, {says}")
    for name, headers, says in (
        ("gzip", (("Accept-Encoding", "gzip"),), "a compressed answer accepted"),
        ("origin", FOREIGN_ORIGIN.headers, "from an origin that no server can know"),
        ("forwarded", (("X-Forwarded-For", "127.0.0.1"),), "as if from the server itself"),
        ("cookie", (("Cookie", "cc_unknown=1"),), "an unknown cookie"),
    )
)
NO_CREDENTIALS_HEAD = Probe(
    "no-credentials-head", method="HEAD", credential=Credential.NONE, says="HEAD, no credentials"
)
UNKNOWN = Probe("unknown-bearer", credential=Credential.UNKNOWN, says="a bearer token that the server never gave")
UNKNOWN_TOKENS = (
    UNKNOWN,
    Probe("unknown-bearer-memory", query=TRUE, credential=Credential.UNKNOWN, says="an unknown token, the memory view"),
    Probe(
        "unknown-bearer-bad-query",
        query=BAD_QUERY,
        credential=Credential.UNKNOWN,
        says="an unknown token and a bad from_memory",
    ),
    Probe("empty-bearer", credential=Credential.EMPTY, says="the scheme with nothing after it"),
)
OTHER_SCHEMES = (
    Probe("basic-user", credential=Credential.BASIC_USER, says="the key as the user of Basic"),
    Probe("basic-password", credential=Credential.BASIC_PASSWORD, says="the key as the password of Basic"),
    Probe("token-scheme", credential=Credential.TOKEN_SCHEME, says="the key under the scheme Token"),
    Probe("no-scheme", credential=Credential.NO_SCHEME, says="the key under no scheme"),
)
API_KEY = Probe("x-api-key", credential=Credential.API_KEY, says="the key as x-api-key")
API_KEY_BESIDE = Probe(
    "x-api-key-beside-unknown",
    credential=Credential.API_KEY_BESIDE_UNKNOWN,
    says="the key as x-api-key beside an unknown bearer token",
)
_FROM_LIST = "an active virtual key of the list, unless one is given"
VIRTUAL_KEYS = (
    Probe("virtual-key-bearer", credential=Credential.VIRTUAL_KEY, says="a real virtual key", depends_on=_FROM_LIST),
    Probe(
        "virtual-key-header",
        credential=Credential.VIRTUAL_KEY_HEADER,
        says="a real virtual key as x-bf-vk",
        depends_on=_FROM_LIST,
    ),
)
SESSION = Probe("session-cookie", credential=Credential.SESSION, says="a real session cookie alone")
QUERY_KEYS = tuple(
    Probe(
        f"key-in-{name.replace('_', '-')}",
        query=((name, placeholders.KEY),),
        credential=Credential.QUERY,
        says=f"the key as {name} in the query",
    )
    for name in sorted(placeholders.KEY_PARAMETERS)
)
NEAR_MISSES = (
    Probe("key-cut", credential=Credential.CUT, says="the key less its last character"),
    Probe("key-extended", credential=Credential.EXTENDED, says="the key and one character more"),
    Probe(
        "key-changed-early",
        credential=Credential.CHANGED_EARLY,
        says="the key, one character of its first half changed",
    ),
    Probe(
        "key-changed-late", credential=Credential.CHANGED_LATE, says="the key, one character of its second half changed"
    ),
    Probe("key-case-changed", credential=Credential.CASE_CHANGED, says="the key, the case of its letters changed"),
)
LOWER_SCHEME = Probe(
    "lower-case-scheme", credential=Credential.KEY_LOWER_SCHEME, says="the key under the scheme bearer"
)


def _from_memory(*probes: Probe) -> tuple[Probe, ...]:
    """The same credentials at the door of the memory view, where some servers look less closely."""
    return tuple(
        replace(probe, name=f"{probe.name}-memory", query=TRUE, says=f"{probe.says}, the memory view")
        for probe in probes
    )


MISPLACED_FROM_MEMORY = _from_memory(*OTHER_SCHEMES)
API_KEYS_FROM_MEMORY = _from_memory(API_KEY, API_KEY_BESIDE)
NEAR_MISSES_FROM_MEMORY = _from_memory(*NEAR_MISSES[:2])

_REFUSED = {UNAUTHORIZED}
_REFUSED_OR_FORBIDDEN = {UNAUTHORIZED, 403}
_WORD = 8
_PART = re.compile(r"\w+")
#: An id that any text may hold by chance.
_PLAIN_WORD = re.compile("[a-z_]+")


@check("CUST-AUTH-001", reads=[PLAIN])
def answers_a_valid_key(evidence: Evidence) -> Iterator[Observed]:
    """Every plain request, those made at the same time too, is answered 200."""
    yield from statuses([*evidence.plain, *evidence.of(TOGETHER)], {OK})


@check("CUST-AUTH-002", reads=ANONYMOUS, sends=[*OTHER_DOORS, NO_CREDENTIALS_HEAD])
def refuses_a_request_without_credentials(evidence: Evidence) -> Iterator[Observed]:
    """Whatever else it asks; a HEAD breaks this only with success, since servers may not take the method at all."""
    for exchange in evidence.carrying(Credential.NONE):
        if exchange.request.method == "GET":
            yield from statuses([exchange], _refusals(exchange))
    for exchange in evidence.of(NO_CREDENTIALS_HEAD):
        if exchange.response is not None and 200 <= exchange.response.status < 300:
            yield from statuses([exchange], _REFUSED)


@check("CUST-AUTH-003", reads=UNKNOWN_TOKENS)
def refuses_an_unknown_token(evidence: Evidence) -> Iterator[Observed]:
    """An empty token is unknown too; of a query only ``from_memory`` counts."""
    for exchange in evidence.carrying(Credential.UNKNOWN, Credential.EMPTY):
        if exchange.request.method == "GET" and not other_parameters(exchange):
            yield from statuses([exchange], _refusals(exchange))


def _refusals(exchange: Exchange) -> set[int]:
    """What may be answered to bad credentials beside the query that the request has."""
    refusals = set(_REFUSED)
    if has_bad_value(exchange):
        refusals |= REFUSED_VALUE
    if other_parameters(exchange):
        refusals |= REFUSED_PARAMETER
    if exchange.request.header("Cookie") is not None:
        # Whoever takes any cookie for a session may forbid it, as CUST-AUTH-007 says.
        refusals |= _REFUSED_OR_FORBIDDEN
    return refusals


@check("CUST-AUTH-004", reads=OTHER_SCHEMES, sends=MISPLACED_FROM_MEMORY)
def refuses_the_key_under_another_scheme(evidence: Evidence) -> Iterator[Observed]:
    """Each scheme is a probe of its own."""
    yield from statuses(evidence.of(*OTHER_SCHEMES, *MISPLACED_FROM_MEMORY), _REFUSED)


@check("CUST-AUTH-005", reads=[API_KEY, API_KEY_BESIDE], sends=API_KEYS_FROM_MEMORY)
def refuses_the_key_as_x_api_key(evidence: Evidence) -> Iterator[Observed]:
    """Alone, and beside an unknown bearer token; what that token is answered by itself is AUTH-003's."""
    for exchange in evidence.of(API_KEY, API_KEY_BESIDE, *API_KEYS_FROM_MEMORY):
        alike = _as_the_token_alone(evidence, exchange)
        yield from statuses([exchange], _REFUSED) if alike is None else (alike,)


def _as_the_token_alone(evidence: Evidence, exchange: Exchange) -> Unseen | None:
    """Why an answer tells nothing of the key beside an unknown token: the token alone gets the same, and no refusal."""
    if exchange.request.credential is not Credential.API_KEY_BESIDE_UNKNOWN or exchange.response is None:
        return None
    alone = (one for one in evidence.of(*UNKNOWN_TOKENS) if one.request.query == exchange.request.query)
    status = exchange.response.status
    if status not in _REFUSED and any(one.response and one.response.status == status for one in alone):
        return Unseen(
            f"{evidence.name(exchange)} was answered {status}, as an unknown token alone: look at CUST-AUTH-003"
        )
    return None


@check("CUST-AUTH-006", reads=VIRTUAL_KEYS)
def refuses_a_virtual_key(evidence: Evidence) -> Iterator[Observed]:
    """A virtual key is real, but not for this API: it may be forbidden as well as refused."""
    yield from statuses(evidence.of(*VIRTUAL_KEYS), _REFUSED_OR_FORBIDDEN)


@check("CUST-AUTH-007", reads=[SESSION])
def refuses_a_session_cookie(evidence: Evidence) -> Iterator[Observed]:
    """The dashboard's cookie, alone."""
    yield from statuses(evidence.of(SESSION), _REFUSED_OR_FORBIDDEN)


@check("CUST-AUTH-008", reads=QUERY_KEYS)
def refuses_the_key_in_the_query(evidence: Evidence) -> Iterator[Observed]:
    """Each name is a probe of its own."""
    yield from statuses(evidence.of(*QUERY_KEYS), _REFUSED)


@check("CUST-AUTH-009", reads=NEAR_MISSES, sends=NEAR_MISSES_FROM_MEMORY)
def refuses_near_misses_of_the_key(evidence: Evidence) -> Iterator[Observed]:
    """Each near miss is a probe of its own."""
    yield from statuses(evidence.of(*NEAR_MISSES, *NEAR_MISSES_FROM_MEMORY), _REFUSED)


@check("CUST-AUTH-010", sends=[NO_CREDENTIALS, UNKNOWN])
def shows_no_data_in_a_refusal(evidence: Evidence) -> Iterator[Observed]:
    """Neither the list nor, as whole words, what the list holds."""
    words = _telling_words(evidence)
    for exchange in evidence.exchanges:
        response = exchange.response
        if response is None or not is_refused(exchange) or elsewhere(exchange):
            continue
        yield Seen(kind="exchanges")
        read = evidence.reading(exchange)
        place = _place_of_customers(read.value) if read.is_json else None
        if place is not None:
            yield finding("no customers in a refused answer", "a member customers", exchange.index, place)
            continue
        if response.body.cut:
            yield Unseen(response.body.cut)
        shown = "\n".join(_texts(response, read))
        sent = "\n".join(value for _, value in exchange.request.headers)
        kind = next((kind for word, kind in _standing_in(words, shown) if word not in sent), None)
        if kind:
            yield finding("no customer data in a refused answer", f"{kind} of the list", exchange.index)


def _place_of_customers(value: Any) -> str | None:
    """Where a member ``customers`` stands, at whatever depth; ``None`` where there is none."""
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        held, path = waiting.pop()
        if isinstance(held, dict):
            if "customers" in held:
                return pointer((*path, "customers"))
            waiting.extend((below, (*path, name)) for name, below in held.items())
        elif isinstance(held, list):
            waiting.extend((below, (*path, index)) for index, below in enumerate(held))
    return None


def _texts(response: Response, read: Reading) -> Iterator[str]:
    """All that an answer says, in each way in which a client may read it."""
    for name, value in response.headers:
        yield name
        for text in readings(value):
            yield from (text, unquote(text))
    yield from readings(response.reason)
    content = response.body.content
    yield content.decode("utf-8", "replace")
    yield content.decode("latin-1")
    if read.is_json:
        # As a client reads it, whatever was escaped.
        yield json.dumps(read.value, ensure_ascii=False, default=str)


@listens
class TellingWords(Listener):
    """What no refusal may tell: the ids of the customers, and how often each virtual key stands in the list."""

    schemas = ("Customer", "VirtualKey")

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.ids: dict[str, None] = {}
        self.keys: Counter[str] = Counter()

    def see(self, node: Node) -> Iterable[Observed]:
        """Keeps an id, or a value."""
        word = node.value.get("id" if node.schema == "Customer" else "value")
        if not isinstance(word, str):
            return ()
        if node.schema == "VirtualKey":
            self.keys[word] += 1
        elif not _PLAIN_WORD.fullmatch(word):
            self.ids[word] = None
        return ()


def _telling_words(evidence: Evidence) -> dict[str, str]:
    words: dict[str, str] = {}
    for _, listing in evidence.distinct():
        kept = listing.kept(TellingWords)
        for found, kind in ((kept.ids, "a customer's id"), (kept.keys, "a virtual key's value")):
            for word in found:
                if len(word) >= _WORD and not is_masked(word):
                    words.setdefault(word, kind)
    return words


def _standing_in(words: Mapping[str, str], text: str) -> Iterator[tuple[str, str]]:
    """The words that stand in a text by themselves, each with its kind."""
    parts = set(_PART.findall(text))
    for word, kind in words.items():
        # Where a word stands by itself, its first part does.
        part = _PART.search(word)
        if (part is None or part[0] in parts) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            yield word, kind


@check("CUST-AUTH-011", sends=[NO_CREDENTIALS, UNKNOWN])
def refuses_with_the_documented_body(evidence: Evidence) -> Iterator[Observed]:
    """The body of a 401, where it has one."""
    for exchange in evidence.answered:
        response = exchange.response
        if response is not None and response.status == UNAUTHORIZED and exchange.request.method == "GET":
            yield from error_body(evidence, exchange)


@check("CUST-AUTH-012", sends=[NO_CREDENTIALS, UNKNOWN])
def names_a_scheme_in_a_refusal(evidence: Evidence) -> Iterator[Observed]:
    """A 401 carries at least one challenge (RFC 9110, 15.5.2)."""
    for exchange in evidence.answered:
        if exchange.response is not None and exchange.response.status == UNAUTHORIZED:
            yield Seen(kind="exchanges")
            if not (exchange.response.header("WWW-Authenticate") or "").strip(" ,\t"):
                yield finding("WWW-Authenticate with a challenge", "none", exchange.index)


@check("CUST-AUTH-013", reads=[LOWER_SCHEME])
def takes_the_scheme_in_any_case(evidence: Evidence) -> Iterator[Observed]:
    """RFC 9110, 11.1: the scheme is compared without case."""
    yield from statuses(evidence.of(LOWER_SCHEME), {OK})


@check("CUST-AUTH-014", reads=[probe for probe in (*ANONYMOUS, *UNKNOWN_TOKENS) if probe.query == BAD_QUERY])
def refuses_before_it_judges_the_query(evidence: Evidence) -> Iterator[Observed]:
    """Bad credentials are seen first; what is no refusal at all is AUTH-002's and AUTH-003's."""
    for exchange in evidence.carrying(Credential.NONE, Credential.UNKNOWN, Credential.EMPTY):
        if exchange.request.method != "GET" or not has_bad_value(exchange) or exchange.response is None:
            continue
        if exchange.response.status in _refusals(exchange):
            yield from statuses([exchange], _REFUSED)
        else:
            yield elsewhere(exchange) or let_in(exchange)


def let_in(exchange: Exchange) -> Unseen:
    """Why an answer to bad credentials that is no refusal is not judged further."""
    by = "CUST-AUTH-002" if exchange.request.credential is Credential.NONE else "CUST-AUTH-003"
    return Unseen(f"{exchange.probe or f'entry {exchange.index}'} was not refused: look at {by}")
