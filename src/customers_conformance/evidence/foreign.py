"""Recordings of other tools: browsers, proxies, scripts. Tolerant of what is missing, strict on what is claimed."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from customers_conformance import placeholders
from customers_conformance.evidence import texts
from customers_conformance.evidence.log import malformed
from customers_conformance.model import (
    ENDPOINT,
    SAFE_METHODS,
    Body,
    Credential,
    Exchange,
    Request,
    Response,
)

_NO_ANSWER = "the recording holds no answer"
_NO_BODY = "the recording does not hold its body"
_VIRTUAL_KEY = re.compile(f"{placeholders.VIRTUAL_KEY}|{placeholders.VIRTUAL_KEY_TOKEN.pattern}")
_BEARERS = {placeholder: kind for kind, placeholder in placeholders.NEAR_MISSES.items()} | {
    placeholders.SESSION: Credential.OTHER
}
_KEY_BEGINS = tuple(beginning for beginning in placeholders.BEGINNINGS if beginning.startswith("<key"))
_WORDS = re.compile(r"[\x21-\x7e]+")
_FIRST_FINAL = 200
_NO_CONTENT = frozenset({204, 304})

#: How many entries a warning names before it counts the rest.
ENTRIES_NAMED = 5

#: Milliseconds beyond which a duration is none.
_LONGEST = 1e12


@dataclass(frozen=True, slots=True)
class Found:
    """What a foreign recording held (the members of ``har.Recording``)."""

    exchanges: tuple[Exchange, ...]
    left_out: int
    authenticated: bool
    warnings: tuple[str, ...]
    #: The credentials that stand for the key where no placeholder does, to be struck out.
    key: str | None = None


class Placeholder:
    """The text that stands for the key in a recording, and its forms: ``<key:basic>``, or ``TEXT:basic``."""

    def __init__(self, text: str) -> None:
        """Take any text that is not empty."""
        opened = text.removesuffix(">")
        rest = ">" if text.endswith(">") else ""
        forms = rf"{re.escape(opened)}(?::({'|'.join(placeholders.KEY_FORMS)}))?"
        self._pattern = None if text == placeholders.KEY else re.compile(forms + rest)
        self.text = text

    def normalise(self, text: str) -> str:
        """The text with this placeholder written as ``<key>``."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: f"<key:{found[1]}>" if found[1] else placeholders.KEY, text)

    def normalise_pairs(self, pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """The pairs with this placeholder written as ``<key>`` in the values."""
        return tuple((name, self.normalise(value)) for name, value in pairs)


def read(entries: list[dict[str, Any]], placeholder: Placeholder) -> Found:
    """The exchanges with the endpoint among the entries. Raises ``UsageError`` for a request that is none."""
    exchanges: list[Exchange] = []
    held: dict[str, bytes] = {}
    hosts: dict[str, None] = {}
    for position, entry in enumerate(entries):
        request = entry.get("request")
        if not isinstance(request, dict) or not isinstance(request.get("url"), str):
            raise malformed(position, "it has no request with a url")
        read_request = _request(request, placeholder)
        if read_request is None:
            continue
        hosts.setdefault(urlsplit(request["url"]).netloc)
        exchanges.append(_exchange(len(exchanges), entry, read_request, held))
    authenticated = any(map(_shows_key, exchanges))
    shown: str | None = None
    warnings = []
    if authenticated:
        listed = _listed(exchanges)
        exchanges = [_with_kind(exchange, kind_of(exchange.request, listed)) for exchange in exchanges]
    elif any(exchange.request.header("authorization") is not None for exchange in exchanges):
        shown = _most_admitted(exchanges)
        exchanges = [_with_kind(exchange, _kind_beside(exchange.request, shown)) for exchange in exchanges]
        warnings.append(
            f"the placeholder {placeholder.text} stands in no request of the recording: the Authorization that was "
            "most often answered 200 counts as the key's, and authentication is not judged"
        )
    else:
        exchanges = [_with_kind(exchange, Credential.KEY) for exchange in exchanges]
        if exchanges:
            warnings.append(
                f"the placeholder {placeholder.text} stands in no request of the recording: every request counts as "
                "one with the key, and authentication is not judged"
            )
    inexact = [str(one.index) for one in exchanges if _is_inexact(one)]
    if inexact:
        others = f" and {len(inexact) - ENTRIES_NAMED} more" if len(inexact) > ENTRIES_NAMED else ""
        warnings.append(
            "the recording does not hold the bytes of the body as they came, so that what shows in bytes alone is not "
            f"judged there: entry {', '.join(inexact[:ENTRIES_NAMED])}{others}"
        )
    if len(hosts) > 1:
        warnings.append(f"the recording holds answers of {len(hosts)} hosts, judged as one: {', '.join(hosts)}")
    return Found(tuple(exchanges), len(entries) - len(exchanges), authenticated, tuple(warnings), _secret_of(shown))


def _most_admitted(exchanges: list[Exchange]) -> str | None:
    """The value of ``Authorization`` that was most often answered 200; ``None`` where none was."""
    admitted = Counter(
        exchange.request.header("authorization")
        for exchange in exchanges
        if exchange.response is not None and exchange.response.status == _FIRST_FINAL
    )
    del admitted[None]
    return max(admitted, key=admitted.__getitem__, default=None)


def _kind_beside(request: Request, shown: str | None) -> Credential:
    """The kind of credentials of a request where the key is known by its value alone."""
    if shown is not None and request.header("authorization") == shown:
        return Credential.KEY
    return kind_of(request, frozenset())


def _secret_of(authorization: str | None) -> str | None:
    """What of an ``Authorization`` is the secret: the longest of its words."""
    return max(_WORDS.findall(authorization or ""), key=len, default=None)


def _is_inexact(exchange: Exchange) -> bool:
    body = exchange.response.body if exchange.response else None
    return body is not None and not body.exact and body.cut is None


def _with_kind(exchange: Exchange, kind: Credential) -> Exchange:
    return replace(exchange, request=replace(exchange.request, credential=kind))


def _request(request: dict[str, Any], placeholder: Placeholder) -> Request | None:
    """The request, or ``None`` where it is not one to the endpoint by a safe method."""
    method = str(request.get("method", "")).upper()
    try:
        parts = urlsplit(request["url"])
    except ValueError:
        return None
    if method not in SAFE_METHODS or not unquote(parts.path).endswith(ENDPOINT):
        return None
    query = parse_qsl(parts.query, keep_blank_values=True) if parts.query else _pairs(request.get("queryString"))
    headers = _pairs(request.get("headers"))
    if not any(name.lower() == "cookie" for name, _ in headers):
        cookies = "; ".join(f"{name}={value}" for name, value in _pairs(request.get("cookies")))
        headers += [("Cookie", cookies)] if cookies else []
    return Request(
        method=method,
        url=placeholder.normalise(request["url"].partition("#")[0]),
        query=placeholder.normalise_pairs(query),
        headers=placeholder.normalise_pairs(headers),
        credential=Credential.OTHER,
        http_version=_text(request.get("httpVersion")) or "HTTP/1.1",
    )


def _exchange(index: int, entry: dict[str, Any], request: Request, held: dict[str, bytes]) -> Exchange:
    response, error = _response(index, entry.get("response"), request.method, held)
    return Exchange(
        index=index,
        probe="",
        request=request,
        response=response,
        error=error,
        started=_moment(entry.get("startedDateTime")),
        duration=_seconds(entry.get("time")),
        comment=_text(entry.get("comment")),
    )


def _response(index: int, response: object, method: str, held: dict[str, bytes]) -> tuple[Response | None, str | None]:
    if not isinstance(response, dict):
        return None, _NO_ANSWER
    status = _status(response.get("status"))
    if status is None:
        why = _text(response.get("_error"))
        return None, f"{_NO_ANSWER}: {why}" if why else _NO_ANSWER
    empty = method == "HEAD" or status in _NO_CONTENT
    return (
        Response(
            status=status,
            reason=_text(response.get("statusText")),
            http_version=_text(response.get("httpVersion")) or "HTTP/1.1",
            headers=tuple(_pairs(response.get("headers"))),
            body=_body(index, response.get("content"), held, may_lack=empty or response.get("bodySize") == 0),
        ),
        None,
    )


def _status(value: object) -> int | None:
    """The status, or ``None`` for what recorders write where there was no answer: 0, -1, nothing."""
    if isinstance(value, str) and re.fullmatch("[0-9]{3}", value, re.ASCII):
        value = int(value)
    if not _is_number(value) or not 1 <= value <= 999 or value != int(value):  # type: ignore[operator, call-overload]
        return None
    return int(value)  # type: ignore[call-overload, no-any-return]


def _body(index: int, content: object, held: dict[str, bytes], *, may_lack: bool) -> Body:
    """The body that a content shows; ``held`` has those of the entries before by their digests: equal ones are one."""
    content = content if isinstance(content, dict) else {}
    size, text, encoding = content.get("size"), content.get("text"), content.get("encoding")
    if not isinstance(text, str | bytes):
        if may_lack or (_is_number(size) and size == 0):
            return Body(digest=_digest(b""))
        return _unknown_body(index, _NO_BODY)
    if encoding and str(encoding).lower() != "base64":
        return _unknown_body(
            index, f"the recording holds the body in an encoding that cannot be read: {str(encoding)[:40]!a}"
        )
    if encoding:
        try:
            data = texts.from_base64(text, strictly=False)
        except ValueError:
            return _unknown_body(index, "the recording holds the body in Base64 that does not decode")
    else:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    digest = _digest(data)
    return Body(held.setdefault(digest, data), digest, exact=_is_number(size) and size == len(data))


def _unknown_body(index: int, why: str) -> Body:
    # A digest of its own: two bodies of which nothing is known are not equal.
    return Body(digest=_digest(f"unknown body {index}".encode()), exact=False, cut=why)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _pairs(value: object) -> list[tuple[str, str]]:
    """Names and values of a list as HAR has it, HTTP/2's pseudo-headers aside."""
    if not isinstance(value, list):
        return []
    return [
        (pair["name"], _text(pair.get("value")))
        for pair in value
        if isinstance(pair, dict) and isinstance(pair.get("name"), str) and not pair["name"].startswith(":")
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(value: object) -> float:
    """Seconds since 1970 of a date-time; 0 where it cannot be read."""
    try:
        moment = datetime.fromisoformat(_text(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _seconds(value: object) -> float:
    """Seconds of a duration in milliseconds; 0 where it cannot be read."""
    if isinstance(value, int | float) and 0 < value < _LONGEST:
        return float(value) / 1000
    return 0.0


def _shows_key(exchange: Exchange) -> bool:
    request = exchange.request
    return any(
        any(beginning in text for beginning in _KEY_BEGINS)
        for text in (request.url, *(value for _, value in request.query), *(value for _, value in request.headers))
    )


_VALUE = re.compile(rb'"value"\s*+:\s*+("(?:[^"\\]++|\\.)*+")')


def _listed(exchanges: list[Exchange]) -> frozenset[str]:
    """Which of the texts that requests carry as a bearer or virtual key are the ``value`` of a listed virtual key."""
    sent = {
        text
        for exchange in exchanges
        for text in (
            (exchange.request.header("authorization") or "").partition(" ")[2].strip(),
            exchange.request.header("x-bf-vk") or "",
        )
        if text and "<" not in text
    }
    answered = (exchange.response for exchange in exchanges)
    bodies = {answer.body.content for answer in answered if answer is not None and answer.status == _FIRST_FINAL}
    values = {found for body in bodies for found in _VALUE.findall(body)} if sent else set()
    return frozenset(text for text in sent if json.dumps(text).encode() in values)


def kind_of(request: Request, listed: frozenset[str]) -> Credential:
    """The kind of credentials that a recorded request carries; ``listed`` are values of virtual keys."""
    authorization, api_key, virtual_key, cookie = map(
        request.header, ("authorization", "x-api-key", "x-bf-vk", "cookie")
    )
    session = _cookie(cookie or "", "token")
    if authorization is None:
        return _kind_without_bearer(request, (api_key, virtual_key, cookie, session), listed)
    kind = _kind_of_authorization(authorization.strip(), listed)
    if kind in {Credential.KEY, Credential.KEY_LOWER_SCHEME}:
        return kind
    if kind is Credential.UNKNOWN and api_key == placeholders.KEY and virtual_key is None and session is None:
        return Credential.API_KEY_BESIDE_UNKNOWN
    # Beside other credentials a wrong bearer tells nothing: those may be what the server took.
    return kind if api_key is None and virtual_key is None and session is None else Credential.OTHER


def _kind_without_bearer(
    request: Request, others: tuple[str | None, str | None, str | None, str | None], listed: frozenset[str]
) -> Credential:
    api_key, virtual_key, _, session = others
    kind = Credential.OTHER
    if others == (None, None, None, None):
        kind = _kind_of_query(request.query)
    elif api_key == placeholders.KEY and virtual_key is None and session is None:
        kind = Credential.API_KEY
    elif virtual_key is not None and api_key is None and session is None:
        known = virtual_key in listed or _VIRTUAL_KEY.fullmatch(virtual_key)
        kind = Credential.VIRTUAL_KEY_HEADER if known else Credential.OTHER
    elif session == placeholders.SESSION and api_key is None and virtual_key is None:
        kind = Credential.SESSION
    return kind


def _kind_of_query(query: tuple[tuple[str, str], ...]) -> Credential:
    with_key = [name for name, value in query if any(beginning in value for beginning in _KEY_BEGINS)]
    if not with_key:
        return Credential.NONE
    sound = (
        len(with_key) == 1 and with_key[0] in placeholders.KEY_PARAMETERS and (with_key[0], placeholders.KEY) in query
    )
    return Credential.QUERY if sound else Credential.OTHER


def _kind_of_authorization(value: str, listed: frozenset[str]) -> Credential:
    scheme, _, rest = value.partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        return _kind_of_bearer(scheme, rest, listed)
    return {
        (placeholders.KEY, ""): Credential.NO_SCHEME,
        ("basic", placeholders.BASIC_PASSWORD): Credential.BASIC_PASSWORD,
        ("basic", placeholders.BASIC_USER): Credential.BASIC_USER,
        ("token", placeholders.KEY): Credential.TOKEN_SCHEME,
    }.get((scheme.lower(), rest), Credential.OTHER)


def _kind_of_bearer(scheme: str, token: str, listed: frozenset[str]) -> Credential:
    if not token:
        return Credential.EMPTY
    if token == placeholders.KEY:
        return Credential.KEY if scheme == "Bearer" else Credential.KEY_LOWER_SCHEME
    if token in _BEARERS:
        return _BEARERS[token]
    if token.startswith(placeholders.KEY):
        return Credential.EXTENDED
    if token in listed or _VIRTUAL_KEY.fullmatch(token):
        return Credential.VIRTUAL_KEY
    return Credential.UNKNOWN


def _cookie(header: str, name: str) -> str | None:
    for pair in header.split(";"):
        found, separator, value = pair.strip().partition("=")
        if separator and found == name:
            return value
    return None
