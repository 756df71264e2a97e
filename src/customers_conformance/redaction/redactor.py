"""What is struck out of evidence before it is judged, shown or stored (design: what never happens).

In every mode the run's own secrets go, by value, in any encoding. Unless the mode is ``full``, what the target holds
goes too: virtual keys, secrets, PEM bodies, and with ``shape`` every text. All of it works on bytes: by value, by
shape, and by the place that brackets tell; nothing depends on a body that parses, and what was broken stays broken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.contract.secrets import VIRTUAL_KEY, is_masked, secret_name
from customers_conformance.model import Exchange, Mode, Request, Response
from customers_conformance.redaction import tokens
from customers_conformance.redaction.held_secrets import BodyStrike
from customers_conformance.redaction.run_secrets import OwnSecrets
from customers_conformance.redaction.utf16 import codec_of, to_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from customers_conformance.model import Body

_CREDENTIAL_FIELDS = frozenset({"authorization", "proxy-authorization", "x-api-key", "x-bf-vk"})
_VIRTUAL_KEY = VIRTUAL_KEY.in_text()

#: How many bytes one character of a secret takes at the most: a JSON escape in UTF-16, and some to spare.
_WIDEST = 16
#: Bytes that a secret of the list may take, of which a cut body shows only the beginning.
_LISTED = 4096

#: Shorter credentials are no secrets.
_SHORTEST = 8


class Redactor:
    """Strikes secrets out of exchanges and sentences; equal values get equal tokens for as long as it lives."""

    def __init__(self, forms: Mapping[str, str], mode: Mode) -> None:
        """``forms`` are the run's own secrets, each with its placeholder (``Credentials.forms``)."""
        self._own = OwnSecrets(forms)
        self._margin = max(_WIDEST * max(map(len, forms), default=0), _LISTED)
        self._own_bodies: dict[bytes, bytes] = {}
        self._full = mode is Mode.FULL
        self._tokens = tokens.Tokens()
        self._held = BodyStrike(self._tokens, shape=mode is Mode.SHAPE)

    def exchanges(self, exchanges: Sequence[Exchange], cut: Collection[int] = ()) -> tuple[Exchange, ...]:
        """The exchanges with everything struck out that the mode asks for; digests and lengths stay the wire's.

        ``cut`` are those, by index, whose body may end amid a secret, which nothing knows by its beginning: the end is
        left out, last of all, for any other end might stand amid a secret, too.
        """
        redacted = tuple(map(self._without_own, exchanges))
        self._own_bodies.clear()
        if not self._full:
            self._learn(redacted)
            redacted = tuple(map(self._without_held, redacted))
        return tuple(self._without_end(exchange) if exchange.index in cut else exchange for exchange in redacted)

    def _without_end(self, exchange: Exchange) -> Exchange:
        response = exchange.response
        if response is None:
            return exchange
        content = response.body.content
        body = replace(response.body, content=content[: max(0, len(content) - self._margin)])
        return replace(exchange, response=replace(response, body=body))

    def text(self, text: str) -> str:
        """Any other sentence, with the same struck out of it."""
        struck = self._own.line(text)
        return struck if self._full else self._line(struck)

    def _without_own(self, exchange: Exchange) -> Exchange:
        return _rewritten(exchange, self._own.line, self._own.field, lambda body, _: self._own_body(body))

    def _own_body(self, content: bytes) -> bytes:
        if content not in self._own_bodies:
            self._own_bodies[content] = self._own.body(content)
        return self._own_bodies[content]

    def _learn(self, exchanges: Sequence[Exchange]) -> None:
        bodies = {
            (answer.body.content, _succeeded(answer)): None
            for answer in (exchange.response for exchange in exchanges)
            if answer is not None
        }
        for exchange in exchanges:
            for text in _texts(exchange):
                self._tokens.note(text.encode("utf-8", "surrogatepass"))
        for content, _ in bodies:
            self._tokens.note(to_utf8(content, codec_of(content)))
        for exchange in exchanges:
            for secret in _sent(exchange):
                self._held.learn(
                    secret,
                    placeholders.TOKEN_OF_VIRTUAL_KEY
                    if _VIRTUAL_KEY.fullmatch(secret)
                    else placeholders.TOKEN_OF_SECRET,
                )
        for content, succeeded in bodies:
            self._held.collect(content, succeeded=succeeded)
        self._held.learnt()

    def _without_held(self, exchange: Exchange) -> Exchange:
        answer = exchange.response
        refused = answer is not None and not _succeeded(answer)
        struck = _rewritten(
            exchange,
            self._line,
            lambda name, value: self._field(name, value, refused=refused),
            lambda content, succeeded: self._held.strike(content, succeeded=succeeded),
        )
        query = exchange.request.query
        if any(_parameter_secret(*pair) for pair in query):
            url = exchange.request.url
            for secret in filter(None, (_parameter_secret(*pair) for pair in query)):
                url = url.replace(secret, self._tokens.secret(secret))
            pairs = tuple((name, self._known(value) or self._line(value)) for name, value in query)
            struck = replace(struck, request=replace(struck.request, url=self._line(url), query=pairs))
        return struck

    def _known(self, text: str) -> str | None:
        return self._tokens.known(text)

    def _line(self, text: str, *, refused: bool = False) -> str:
        data = text.encode("utf-8", "surrogatepass")
        return self._held.embedded(data, refused=refused).decode("utf-8", "surrogatepass")

    def _field(self, name: str, value: str, *, refused: bool) -> tuple[str, str]:
        for secret in _field_secrets(name, value):
            value = value.replace(secret, self._known(secret) or secret)
        return self._line(name, refused=refused), self._line(value, refused=refused)


def _rewritten(
    exchange: Exchange,
    line: Callable[[str], str],
    field: Callable[[str, str], tuple[str, str]],
    content: Callable[[bytes, bool], bytes],
) -> Exchange:
    """The exchange with every text and body of it rewritten."""
    request, response = exchange.request, exchange.response
    return replace(
        exchange,
        request=Request(
            method=request.method,
            url=line(request.url),
            query=tuple((line(name), line(value)) for name, value in request.query),
            headers=tuple(field(name, value) for name, value in request.headers),
            credential=request.credential,
            http_version=line(request.http_version),
        ),
        response=None if response is None else _rewritten_response(response, line, field, content),
        error=_maybe(line, exchange.error),
        comment=line(exchange.comment),
    )


def _rewritten_response(
    response: Response,
    line: Callable[[str], str],
    field: Callable[[str, str], tuple[str, str]],
    content: Callable[[bytes, bool], bytes],
) -> Response:
    body: Body = response.body
    framing = response.framing
    return Response(
        status=response.status,
        reason=line(response.reason),
        http_version=line(response.http_version),
        headers=tuple(field(name, value) for name, value in response.headers),
        body=replace(
            body,
            content=content(body.content, _succeeded(response)),
            cut=_maybe(line, body.cut),
            coding_error=_maybe(line, body.coding_error),
        ),
        framing=None if framing is None else replace(framing, error=_maybe(line, framing.error)),
    )


def _maybe(line: Callable[[str], str], text: str | None) -> str | None:
    return None if text is None else line(text)


def _succeeded(response: Response) -> bool:
    return 200 <= response.status < 300


def _texts(exchange: Exchange) -> Iterator[str]:
    request, response = exchange.request, exchange.response
    yield from (request.url, exchange.comment, exchange.error or "")
    for pair in (*request.query, *request.headers):
        yield from pair
    if response is not None:
        yield response.reason
        for pair in response.headers:
            yield from pair


def _sent(exchange: Exchange) -> Iterator[str]:
    """The credentials of others that an exchange shows: in the request, and in the cookies that came back."""
    request, response = exchange.request, exchange.response
    for pair in request.headers + (() if response is None else response.headers):
        yield from _field_secrets(*pair)
    yield from filter(None, (_parameter_secret(*pair) for pair in request.query))


def _field_secrets(name: str, value: str) -> Iterator[str]:
    lower = name.lower()
    if lower in _CREDENTIAL_FIELDS:
        secrets = value.split()[-1:]
    elif lower == "cookie":
        secrets = [pair.partition("=")[2].strip() for pair in value.split(";")]
    elif lower == "set-cookie":
        secrets = [value.partition(";")[0].partition("=")[2].strip()]
    else:
        return
    yield from filter(_is_credential, secrets)


def _parameter_secret(name: str, value: str) -> str | None:
    return value if (name in placeholders.KEY_PARAMETERS or secret_name(name)) and _is_credential(value) else None


def _is_credential(text: str) -> bool:
    """Whether a text is a credential that is neither masked nor stood for by a placeholder."""
    return (
        len(text) >= _SHORTEST
        and not is_masked(text)
        and not placeholders.STAYING.search(text)
        and not placeholders.is_only_tokens(text)
    )
