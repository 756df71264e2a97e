"""What is struck out of evidence before it is judged, shown or stored (design: what never happens).

In every mode the run's own secrets go, by value, in any encoding. Unless the mode is ``full``, what the target holds
goes too: virtual keys, secrets, PEM bodies, and with ``shape`` every text. All of it works on bytes: by value, by
shape, and by the place that brackets tell; nothing depends on a body that parses, and what was broken stays broken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customers_conformance.model import Exchange, Mode, Request, Response
from customers_conformance.redaction.held_secrets import Answer, answer_of
from customers_conformance.redaction.learner import learnt
from customers_conformance.redaction.run_secrets import RunSecrets
from customers_conformance.redaction.shown_credentials import in_field, in_query
from customers_conformance.redaction.striker import Striker
from customers_conformance.redaction.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from customers_conformance.model import Body

    Content = Callable[[bytes, Answer], bytes]

#: How many bytes one character of a secret takes at the most: a JSON escape in UTF-16, and some to spare.
_WIDEST = 16
#: Bytes that a secret of the list may take, of which a cut body shows only the beginning.
_LISTED = 4096


class Redactor:
    """Strikes secrets out of the exchanges of a run, of which one call must see all: equal values get equal tokens."""

    def __init__(self, forms: Mapping[str, str], mode: Mode, changed: Callable[[bytes], object] | None = None) -> None:
        """``forms`` are the run's own secrets, each with its placeholder (``Credentials.forms``).

        ``changed`` is told each body that became another one: hardly anybody will ask for it any more.
        """
        self._own = RunSecrets(forms)
        self._margin = max(_WIDEST * max(map(len, forms), default=0), _LISTED)
        self._mode = mode
        self._changed = changed

    def exchanges(self, exchanges: Iterable[Exchange], cut: Collection[int] = ()) -> tuple[Exchange, ...]:
        """The exchanges with everything struck out that the mode asks for; digests and lengths stay the wire's.

        ``cut`` are those, by index, whose body may end amid a secret, which nothing knows by its beginning: the end is
        left out, last of all, for any other end might stand amid a secret, too. No body is held both as it came and as
        it became for longer than it takes, where nobody else holds it (``taken``).
        """
        redacted = self._without_own(list(exchanges))
        if self._mode is not Mode.FULL:
            redacted = self._without_held(redacted)
        return tuple(self._without_end(exchange) if exchange.index in cut else exchange for exchange in redacted)

    def _without_own(self, exchanges: list[Exchange]) -> list[Exchange]:
        content = _Once(exchanges, lambda content, _: self._own.body(content), self._changed)
        rewriting = _Rewriting(self._own.line, self._own.field, content)
        return list(map(rewriting.exchange, taken(exchanges)))

    def _without_held(self, exchanges: list[Exchange]) -> list[Exchange]:
        """Without what the target holds: all are learnt from before one is rewritten."""
        tokens = Tokens()
        striker = Striker(learnt(exchanges, tokens, self._mode), tokens)
        content = _Once(exchanges, striker.body, self._changed)
        return [_without_held(exchange, striker, tokens, content) for exchange in taken(exchanges)]

    def _without_end(self, exchange: Exchange) -> Exchange:
        response = exchange.response
        if response is None:
            return exchange
        content = response.body.content
        body = replace(response.body, content=content[: max(0, len(content) - self._margin)])
        return replace(exchange, response=replace(response, body=body))


def taken(exchanges: list[Exchange]) -> Iterator[Exchange]:
    """Each of a list, in order; the list lets go of it."""
    exchanges.reverse()
    while exchanges:
        yield exchanges.pop()


class _Once:
    """Rewrites each distinct body once, and lets go of it when the last exchange that has it is rewritten."""

    def __init__(
        self, exchanges: Iterable[Exchange], content: Content, changed: Callable[[bytes], object] | None
    ) -> None:
        self._content = content
        self._changed = changed
        self._known: dict[tuple[bytes, Answer], bytes] = {}
        self._left = Counter(
            (one.response.body.content, answer_of(one.response)) for one in exchanges if one.response is not None
        )

    def __call__(self, content: bytes, answer: Answer) -> bytes:
        body = content, answer
        if body not in self._known:
            self._known[body] = self._content(content, answer)
        self._left[body] -= 1
        if self._left[body] > 0:
            return self._known[body]
        del self._left[body]
        rewritten = self._known.pop(body)
        if self._changed is not None and rewritten != content:
            self._changed(content)
        return rewritten


def _without_held(exchange: Exchange, striker: Striker, tokens: Tokens, content: Content) -> Exchange:
    answer = answer_of(exchange.response)

    def line(text: str) -> str:
        return striker.line(text, Answer.NONE)

    def field(name: str, value: str) -> tuple[str, str]:
        for secret in in_field(name, value):
            value = value.replace(secret, tokens.known(secret) or secret)
        return striker.line(name, answer), striker.line(value, answer)

    struck = _Rewriting(line, field, content).exchange(exchange)
    asked = {secret: tokens.known(secret) or secret for secret in in_query(exchange.request)}
    if not asked:
        return struck
    url = exchange.request.url
    for secret, token in asked.items():
        url = url.replace(secret, token)
    query = tuple((name, tokens.known(value) or line(value)) for name, value in exchange.request.query)
    return replace(struck, request=replace(struck.request, url=line(url), query=query))


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """How every text and body of an exchange is rewritten."""

    line: Callable[[str], str]
    field: Callable[[str, str], tuple[str, str]]
    content: Content

    def exchange(self, exchange: Exchange) -> Exchange:
        request, response = exchange.request, exchange.response
        return replace(
            exchange,
            request=Request(
                method=request.method,
                url=self.line(request.url),
                query=tuple((self.line(name), self.line(value)) for name, value in request.query),
                headers=tuple(self.field(name, value) for name, value in request.headers),
                credential=request.credential,
                http_version=self.line(request.http_version),
            ),
            response=None if response is None else self._response(response),
            error=self._maybe(exchange.error),
            comment=self.line(exchange.comment),
            retried=tuple(replace(each, error=self._maybe(each.error)) for each in exchange.retried),
        )

    def _response(self, response: Response) -> Response:
        body: Body = response.body
        framing = response.framing
        return Response(
            status=response.status,
            reason=self.line(response.reason),
            http_version=self.line(response.http_version),
            headers=tuple(self.field(name, value) for name, value in response.headers),
            body=replace(
                body,
                content=self.content(body.content, answer_of(response)),
                cut=self._maybe(body.cut),
                coding_error=self._maybe(body.coding_error),
            ),
            framing=None if framing is None else replace(framing, error=self._maybe(framing.error)),
        )

    def _maybe(self, text: str | None) -> str | None:
        return None if text is None else self.line(text)
