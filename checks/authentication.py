"""CUST-AUTH: who is let in, and how the others are refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from customers_conformance import placeholders
from customers_conformance.checks.answers import elsewhere, error_body, is_refused, statuses
from customers_conformance.checks.probes import BAD_QUERY, NO_CREDENTIALS, TOGETHER, TRUE
from customers_conformance.evidence.evidence import OK, UNAUTHORIZED
from customers_conformance.judging.registry import check, finding
from customers_conformance.model import PLAIN, Credential, Observed, Probe, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.evidence.evidence import Evidence

NO_CREDENTIALS_MEMORY = Probe("no-credentials-memory", query=TRUE, credential=Credential.NONE, says="no credentials")
NO_CREDENTIALS_HEAD = Probe(
    "no-credentials-head", method="HEAD", credential=Credential.NONE, says="HEAD, no credentials"
)
UNKNOWN = Probe("unknown-bearer", credential=Credential.UNKNOWN, says="a bearer token that the server never gave")
UNKNOWN_MEMORY = Probe(
    "unknown-bearer-memory", query=TRUE, credential=Credential.UNKNOWN, says="an unknown bearer token"
)
EMPTY = Probe("empty-bearer", credential=Credential.EMPTY, says="the scheme with nothing after it")
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
BAD_CREDENTIALS_BAD_QUERY = (
    Probe(
        "no-credentials-bad-query",
        query=BAD_QUERY,
        credential=Credential.NONE,
        says="no credentials and a bad from_memory",
    ),
    Probe(
        "unknown-bearer-bad-query",
        query=BAD_QUERY,
        credential=Credential.UNKNOWN,
        says="an unknown token and a bad from_memory",
    ),
)

_REFUSED = {UNAUTHORIZED}
_REFUSED_OR_FORBIDDEN = {UNAUTHORIZED, 403}
_WORD = 8


@check("CUST-AUTH-001", reads=[PLAIN])
def answers_a_valid_key(evidence: Evidence) -> Iterator[Observed]:
    """Every plain request, those made at the same time too, is answered 200."""
    yield from statuses([*evidence.plain, *evidence.of(TOGETHER)], {OK})


@check("CUST-AUTH-002", reads=[NO_CREDENTIALS, NO_CREDENTIALS_MEMORY], sends=[NO_CREDENTIALS_HEAD])
def refuses_a_request_without_credentials(evidence: Evidence) -> Iterator[Observed]:
    """A HEAD breaks this only with success, since servers may not take the method at all."""
    yield from statuses(evidence.of(NO_CREDENTIALS, NO_CREDENTIALS_MEMORY), _REFUSED)
    for exchange in evidence.of(NO_CREDENTIALS_HEAD):
        if exchange.response is not None and 200 <= exchange.response.status < 300:
            yield from statuses([exchange], _REFUSED)


@check("CUST-AUTH-003", reads=[UNKNOWN, UNKNOWN_MEMORY, EMPTY])
def refuses_an_unknown_token(evidence: Evidence) -> Iterator[Observed]:
    """An empty token is unknown too."""
    yield from statuses(evidence.of(UNKNOWN, UNKNOWN_MEMORY, EMPTY), _REFUSED)


@check("CUST-AUTH-004", reads=OTHER_SCHEMES)
def refuses_the_key_under_another_scheme(evidence: Evidence) -> Iterator[Observed]:
    """Each scheme is a probe of its own."""
    yield from statuses(evidence.of(*OTHER_SCHEMES), _REFUSED)


@check("CUST-AUTH-005", reads=[API_KEY, API_KEY_BESIDE])
def refuses_the_key_as_x_api_key(evidence: Evidence) -> Iterator[Observed]:
    """Alone, and beside a bearer token that is refused by itself."""
    yield from statuses(evidence.of(API_KEY, API_KEY_BESIDE), _REFUSED)


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


@check("CUST-AUTH-009", reads=NEAR_MISSES)
def refuses_near_misses_of_the_key(evidence: Evidence) -> Iterator[Observed]:
    """Each near miss is a probe of its own."""
    yield from statuses(evidence.of(*NEAR_MISSES), _REFUSED)


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
        if read.is_json and isinstance(read.value, dict) and "customers" in read.value:
            yield finding("no customers in a refused answer", "a member customers", exchange.index, "/customers")
            continue
        body = response.body.content.decode("utf-8", "replace")
        if read.is_json:
            # As a client reads it, whatever was escaped.
            body += "\n" + json.dumps(read.value, ensure_ascii=False)
        head = "\n".join(f"{name}: {value}" for name, value in response.headers)
        sent = "\n".join(value for _, value in exchange.request.headers)
        for word, kind in words.items():
            if word in sent:
                continue
            if _stands_in(word, body) or _stands_in(word, head):
                yield finding("no customer data in a refused answer", f"{kind} of the list", exchange.index)
                break


def _telling_words(evidence: Evidence) -> dict[str, str]:
    words: dict[str, str] = {}

    def add(value: Any, kind: str) -> None:
        if isinstance(value, str) and len(value) >= _WORD:
            words.setdefault(value, kind)

    for _, listing in evidence.distinct():
        for node in listing.nodes("Customer"):
            add(node.value.get("id"), "a customer's id")
        for node in listing.nodes("VirtualKey"):
            add(node.value.get("value"), "a virtual key's value")
    return words


def _stands_in(word: str, text: str) -> bool:
    return word in text and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


@check("CUST-AUTH-011", sends=[NO_CREDENTIALS, UNKNOWN])
def refuses_with_the_documented_body(evidence: Evidence) -> Iterator[Observed]:
    """The body of a 401, where it has one."""
    for exchange in evidence.answered:
        if exchange.response is not None and exchange.response.status == UNAUTHORIZED:
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


@check("CUST-AUTH-014", reads=BAD_CREDENTIALS_BAD_QUERY)
def refuses_before_it_judges_the_query(evidence: Evidence) -> Iterator[Observed]:
    """Bad credentials are seen first."""
    yield from statuses(evidence.of(*BAD_CREDENTIALS_BAD_QUERY), _REFUSED)
