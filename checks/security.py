"""CUST-SEC-003, -004, -006: what an answer gives away beyond the documented objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customers_conformance import placeholders
from customers_conformance.bodies.listeners import Listener
from customers_conformance.bodies.walk import strings
from customers_conformance.checks.authentication import UNKNOWN, TellingWords
from customers_conformance.checks.probes import BAD_VALUE, NO_CREDENTIALS
from customers_conformance.contract import internals, secrets
from customers_conformance.evidence.evidence import CLIENT_ERROR
from customers_conformance.judging.registry import check, check_listing, finding
from customers_conformance.model import Credential, Observed, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customers_conformance.bodies.listeners import Walked
    from customers_conformance.bodies.walk import Node
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Exchange

_SCANNED = 256 * 1024

#: What stands for a virtual key that was given.
_GIVEN = placeholders.VIRTUAL_KEY
_VIRTUAL_KEYS = frozenset({Credential.VIRTUAL_KEY, Credential.VIRTUAL_KEY_HEADER})


@check("CUST-SEC-003", sends=[BAD_VALUE, NO_CREDENTIALS])
def leaks_no_internals_in_an_error(evidence: Evidence) -> Iterator[Observed]:
    """Stack traces, source paths, SQL, connection strings: ``contract.internals`` has the patterns."""
    for exchange in evidence.answered:
        response = exchange.response
        if response is None or response.status < CLIENT_ERROR or not response.body.content:
            continue
        texts, whole = _texts(evidence, exchange)
        found = next(filter(None, map(internals.find_internals, texts)), None)
        if found:
            yield finding("an error without internals", f"{found[0]}: {found[1]}", exchange.index)
        elif response.body.cut:
            yield Unseen(response.body.cut)
        elif not whole:
            yield Unseen(f"no more than the first {internals.SCANNED:,} characters of an error are looked through")
        else:
            yield Seen(kind="exchanges")


def _texts(evidence: Evidence, exchange: Exchange) -> tuple[list[str], bool]:
    """The texts of a body as a client reads them, up to ``SCANNED`` characters, and whether those are all."""
    content = exchange.response.body.content if exchange.response else b""
    if len(content) > _SCANNED:
        return [content[:_SCANNED].decode("utf-8", "replace")], False
    read = evidence.reading(exchange)
    texts = list(strings(read.value)) if read.is_json else [content.decode("utf-8", "replace")]
    return texts, sum(map(len, texts)) <= internals.SCANNED


@check("CUST-SEC-004", sends=[NO_CREDENTIALS, BAD_VALUE, UNKNOWN])
def never_echoes_a_credential(evidence: Evidence) -> Iterator[Observed]:
    """In body, header fields or reason phrase; only a recording of our own tells."""
    if not evidence.own:
        yield Unseen("only a recording made by this suite shows what was echoed")
        return
    for exchange in evidence.answered:
        response = exchange.response
        if response is None or exchange.request.credential is Credential.NONE:
            continue
        head = [response.reason, *(f"{name}: {value}" for name, value in response.headers)]
        body = response.body.content
        for secret in _sent(exchange):
            if any(secret in text for text in head):
                yield finding("no credential in the head of an answer", f"{secret} in the head", exchange.index)
                break
            if evidence.bodies.occurrences(secret, body) > _listed(evidence, exchange, secret):
                yield finding("no credential in the body of an answer", f"{secret} in the body", exchange.index)
                break
        else:
            yield Unseen(response.body.cut) if response.body.cut else Seen(kind="exchanges")


def _sent(exchange: Exchange) -> list[str]:
    """The credentials of a request as the redacted view writes them."""
    values = [
        value
        for name, value in exchange.request.headers
        if name.lower() in {"authorization", "x-api-key", "x-bf-vk", "cookie"}
    ]
    sent = list(placeholders.BEGINNINGS)
    if exchange.request.credential in {
        Credential.UNKNOWN,
        Credential.API_KEY_BESIDE_UNKNOWN,
        Credential.VIRTUAL_KEY,
        Credential.VIRTUAL_KEY_HEADER,
    }:
        sent.extend(token for value in values if len(token := value.rpartition(" ")[2]) >= 8 and "<" not in token)
    return sent


def _listed(evidence: Evidence, exchange: Exchange, secret: str) -> int:
    """How often a virtual key that was given stands in the list as such; no other credential may."""
    listing = evidence.listing(exchange)
    if listing is None or (secret != _GIVEN and exchange.request.credential not in _VIRTUAL_KEYS):
        return 0
    return int(listing.kept(TellingWords).keys[secret])


@check_listing("CUST-SEC-006")
class ShowsNoSecretUnderAnUndocumentedProperty(Listener):
    """By shape, or by a name that says so; a list that was looked through and has none is evidence too."""

    def see_stray(self, node: Node, name: str) -> Iterable[Observed]:
        """Looks for secrets at and beneath an undocumented property."""
        for steps in _secrets(name, node.value[name], (name,)):
            yield finding("nothing shaped like a secret", "a value shaped like a secret", pointer=node.at(*steps))

    def end(self, listing: Walked) -> Iterable[Observed]:
        """So many customers were looked through."""
        yield Seen(listing.seen.objects["Customer"], "customers")


def _secrets(name: str, value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The places of secrets at and beneath an undocumented property, by shape, also of a name, or by a name above."""
    waiting: list[tuple[tuple[str, ...], Any, tuple[str | int, ...]]] = [((name,), value, steps)]
    while waiting:
        names, held, path = waiting.pop()
        if path and isinstance(path[-1], str) and secrets.looks_secret(path[-1]):
            yield path
        if isinstance(held, str):
            if secrets.is_secret(held, names):
                yield path
        elif isinstance(held, dict):
            waiting.extend(((*names, key), below, (*path, key)) for key, below in held.items())
        elif isinstance(held, list):
            waiting.extend((names, below, (*path, index)) for index, below in enumerate(held))
