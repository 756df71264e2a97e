"""The credentials of others that an exchange shows: in the request, and in the cookies that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.contract.secrets import is_masked, secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Exchange, Request

_FIELDS = frozenset({"authorization", "proxy-authorization", "x-api-key", "x-bf-vk"})

#: Shorter credentials are no secrets.
_SHORTEST = 8


def shown_in(exchange: Exchange) -> Iterator[str]:
    """All of them, of the request's fields, the answer's fields and the query, in this order."""
    response = exchange.response
    for pair in exchange.request.headers + (() if response is None else response.headers):
        yield from in_field(*pair)
    yield from in_query(exchange.request)


def in_field(name: str, value: str) -> Iterator[str]:
    """Those in the value of a header field."""
    lower = name.lower()
    if lower in _FIELDS:
        secrets = value.split()[-1:]
    elif lower == "cookie":
        secrets = [pair.partition("=")[2].strip() for pair in value.split(";")]
    elif lower == "set-cookie":
        secrets = [value.partition(";")[0].partition("=")[2].strip()]
    else:
        return
    yield from filter(_is_credential, secrets)


def in_query(request: Request) -> Iterator[str]:
    """Those that a parameter's name gives away."""
    for name, value in request.query:
        if (name in placeholders.KEY_PARAMETERS or secret_name(name)) and _is_credential(value):
            yield value


def _is_credential(text: str) -> bool:
    """Whether a text is a credential that is neither masked nor stood for by a placeholder."""
    return (
        len(text) >= _SHORTEST
        and not is_masked(text)
        and not placeholders.STAYING.search(text)
        and not placeholders.is_only_tokens(text)
    )
