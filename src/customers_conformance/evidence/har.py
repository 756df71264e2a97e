"""Evidence as HAR 1.2: written so that reading gives back equal values, and read from any recorder.

What HAR cannot say stands in members that begin with ``_``, as HAR allows. The ``harfile`` library writes no such
members, and reads nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from customers_conformance import placeholders
from customers_conformance.evidence import foreign, texts
from customers_conformance.evidence import log as logs
from customers_conformance.evidence import provenance as provenances
from customers_conformance.evidence.foreign import Placeholder
from customers_conformance.model import (
    KIBI,
    Attempt,
    Body,
    Credential,
    Exchange,
    Framing,
    Request,
    Response,
    Role,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from customers_conformance.evidence.provenance import Provenance

#: What ``log._format`` says in our own files.
FORMAT = "customers-conformance/evidence/1"

CREATOR = "customers-conformance"

#: How the names of probes begin in files that do not say the role.
_ROLES_BY_NAME = (
    ("together", Role.TOGETHER),
    ("odd-header-", Role.ODD_HEADER),
    ("generated-odd-", Role.GENERATED_ODD),
    ("generated-", Role.GENERATED),
)

#: The member that says why a run ended before its end, and that which says where the exchanges come from.
_MARK = "_cut_short"
_PROVENANCE = "_run"

#: Equal bodies longer than this are written once.
SHARED = 64 * KIBI

#: What stands for a text that is written piece by piece, and how it reads: within a text its quotes were escaped.
_TO_COME, _TO_COME_READS = math.nan, b'"text": NaN'

_LONGEST_SENTENCE, _LONGEST_NAME = 400, 100


@dataclass(frozen=True, slots=True)
class Recording:
    """What a HAR held: the exchanges with the endpoint, in the order of the file."""

    exchanges: tuple[Exchange, ...]
    #: Entries for other paths or with other methods.
    left_out: int
    #: Whether the requests tell what credentials they carried, so that authentication can be judged.
    authenticated: bool
    #: Whether the suite wrote the file.
    own: bool
    warnings: tuple[str, ...]
    #: The credentials of a foreign file that count as the key's and must be struck out.
    key: str | None = None
    #: Why the run that wrote it ended before its end, as a sentence.
    cut_short: str | None = None
    #: The tool that wrote it, with its version.
    creator: str = ""
    #: What a file of ours says of the run that wrote it; ``None`` in one that says nothing.
    provenance: Provenance | None = None


def write(
    exchanges: Sequence[Exchange],
    *,
    version: str,
    comment: str = "",
    authenticated: bool | None = None,
    cut_short: str | None = None,
) -> bytes:
    """The exchanges as a HAR 1.2 file, whole: what ``pieces`` yields."""
    return b"".join(
        pieces(exchanges, version=version, comment=comment, authenticated=authenticated, cut_short=cut_short)
    )


def pieces(
    exchanges: Sequence[Exchange],
    *,
    version: str,
    comment: str = "",
    authenticated: bool | None = None,
    cut_short: str | None = None,
    provenance: Provenance | None = None,
) -> Iterator[bytes]:
    """The exchanges as a HAR 1.2 file in small pieces, the same for equal exchanges; ``version`` is the suite's.

    ``authenticated``, ``cut_short`` and ``provenance`` are what ``Recording`` says on reading; unless told, the first
    is whether any credentials were sent.
    """
    if authenticated is None:
        authenticated = any(exchange.request.credential is not Credential.NONE for exchange in exchanges)
    held: dict[bytes, str] = {}
    log: dict[str, Any] = {
        "version": "1.2",
        "creator": {"name": CREATOR, "version": version},
        "comment": comment,
        "_format": FORMAT,
        "_authenticated": authenticated,
        _MARK: cut_short,
        _PROVENANCE: None if provenance is None else provenances.written(provenance),
        "entries": [],
    }
    head, end = _dumped({"log": log})[0].rsplit(b"[]", 1)
    yield head + b"[\n"
    for index, exchange in enumerate(exchanges):
        if index:
            yield b",\n"
        yield from _written(exchange, held)
    yield b"\n]" + end + b"\n"


def marked(lines: Iterable[bytes], why: str) -> Iterator[bytes]:
    """The lines of a file of ours with the mark that the run was cut short, whatever they said of that before."""
    after = _dumped({_MARK: why})[0][1:-1].strip()
    begins = after[: after.index(b":") + 1]
    waiting = True
    for line in lines:
        # It stands before the entries, on a line of its own.
        said = line.strip()
        found = waiting and said.startswith(begins)
        yield line.replace(said, after + b"," * said.endswith(b",")) if found else line
        waiting = waiting and not found


def _dumped(value: dict[str, Any]) -> tuple[bytes, bool]:
    """A value as JSON, and whether all that is not ASCII is escaped in it."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=1).encode(), False
    except UnicodeEncodeError:
        # A lone surrogate from the target: only an escape can carry it.
        return json.dumps(value, indent=1).encode(), True


def _written(exchange: Exchange, held: dict[bytes, str]) -> Iterator[bytes]:
    """An entry, the text of its body in pieces of its own."""
    entry = _entry(exchange, held)
    dumped, escaped = _dumped(entry)
    head, to_come, tail = dumped.partition(_TO_COME_READS)
    if not to_come or exchange.response is None:
        yield head
        return
    yield head + b'"text": "'
    content = exchange.response.body.content
    if "encoding" in entry["response"]["content"]:
        yield from texts.as_base64(content)
    else:
        yield from texts.as_text(content, ascii_only=escaped)
    yield b'"' + tail


def _entry(exchange: Exchange, held: dict[bytes, str]) -> dict[str, Any]:
    milliseconds = exchange.duration * 1000
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange.request),
        "response": _no_response() if exchange.response is None else _response(exchange.response, held),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange.comment,
        "_index": exchange.index,
        "_probe": exchange.probe,
        "_role": exchange.role.value,
        "_credential": exchange.request.credential.value,
        "_error": exchange.error,
        "_started": exchange.started,
        "_duration": exchange.duration,
        "_retried": [asdict(each) for each in exchange.retried],
    }


def _request(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "httpVersion": request.http_version,
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _pairs(request.query),
        "headersSize": -1,
        "bodySize": 0,
    }


def _no_response() -> dict[str, Any]:
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _response(response: Response, held: dict[bytes, str]) -> dict[str, Any]:
    framing = response.framing
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": [],
        "headers": _pairs(response.headers),
        "content": _content(response.body, response.header("content-type") or "", held),
        "redirectURL": response.header("location") or "",
        "headersSize": -1,
        "bodySize": -1 if response.body.length is None else response.body.length,
        "_framing": None if framing is None else {"error": framing.error, "surplus": framing.surplus},
    }


def _content(body: Body, mime_type: str, held: dict[bytes, str]) -> dict[str, Any]:
    content: dict[str, Any] = {"size": len(body.content), "mimeType": mime_type}
    same = held.get(body.content) if len(body.content) > SHARED else None
    if same is not None:
        content["comment"] = "the same as that of an earlier entry"
        content["_same"] = same
    else:
        if len(body.content) > SHARED:
            content["_sha256"] = held[body.content] = hashlib.sha256(body.content).hexdigest()
        content["text"] = _TO_COME
        if not texts.is_text(body.content):
            content["encoding"] = "base64"
    content["_digest"] = body.digest
    content["_length"] = body.length
    content["_exact"] = body.exact
    content["_cut"] = body.cut
    content["_coding_error"] = body.coding_error
    return content


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def read(data: bytes, placeholder: str = placeholders.KEY) -> Recording:
    """The exchanges of a HAR, our own or any recorder's; ``placeholder`` is what stands for the key in it.

    Raises ``UsageError`` where the data are no HAR, or one of ours with a member that it cannot have.
    """
    if not placeholder:
        message = (
            f"the key's placeholder is empty; allowed is any text that stands for the key, such as {placeholders.KEY}"
        )
        raise UsageError(message)
    log = logs.read(data)
    # Nobody else may hold the file: with it goes the memory that it takes.
    del data
    if log.get("_format") == FORMAT:
        return _own(log)
    if isinstance(log.get("_format"), str) and str(log["_format"]).startswith(f"{CREATOR}/"):
        message = (
            f"the file is in the format {log['_format'][:80]!a}, which this version cannot read; allowed is {FORMAT}"
        )
        raise UsageError(message)
    found = foreign.read(log["entries"], Placeholder(placeholder))
    return Recording(
        exchanges=found.exchanges,
        left_out=found.left_out,
        authenticated=found.authenticated,
        own=False,
        warnings=found.warnings,
        key=found.key,
        creator=_creator(log),
    )


def _creator(log: dict[str, Any]) -> str:
    creator = log.get("creator")
    said = [creator.get(member) for member in ("name", "version")] if isinstance(creator, dict) else []
    return " ".join(one[:_LONGEST_NAME] for one in said if isinstance(one, str) and one)


def _own(log: dict[str, Any]) -> Recording:
    held: dict[str, bytes] = {}
    exchanges = []
    for index, entry in enumerate(log["entries"]):
        try:
            exchanges.append(_own_entry(entry, held))
        except (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError) as error:
            raise logs.malformed(index, f"a member is missing or not what we write ({error!s:.80})") from None
    try:
        provenance = provenances.read(log.get(_PROVENANCE))
    except (KeyError, TypeError) as error:
        raise UsageError(f"the file is no HAR of ours: {_PROVENANCE} is not what we write ({error!s:.80})") from None
    cut_short = log.get(_MARK)
    return Recording(
        exchanges=tuple(exchanges),
        left_out=0,
        authenticated=log.get("_authenticated") is True,
        own=True,
        warnings=(),
        creator=_creator(log),
        cut_short=None if cut_short is None else str(cut_short)[:_LONGEST_SENTENCE],
        provenance=provenance,
    )


def _own_entry(entry: dict[str, Any], held: dict[str, bytes]) -> Exchange:
    request, response = entry["request"], entry["response"]
    started, duration = (float(_typed(entry[name], (int, float))) for name in ("_started", "_duration"))
    # Each raises where it is nothing that we write.
    urlsplit(_typed(request["url"], str))
    datetime.fromtimestamp(started, UTC)
    datetime.fromtimestamp(duration, UTC)
    return Exchange(
        index=_typed(entry["_index"], int),
        probe=_typed(entry["_probe"], str),
        request=Request(
            method=_typed(request["method"], str),
            url=_typed(request["url"], str),
            query=_read_pairs(request["queryString"]),
            headers=_read_pairs(request["headers"]),
            credential=Credential(entry["_credential"]),
            http_version=_typed(request["httpVersion"], str),
        ),
        response=_own_response(response, held) if "_framing" in response else None,
        error=_optional(entry["_error"], str),
        started=started,
        duration=duration,
        comment=_typed(entry["comment"], str),
        role=Role(entry["_role"]) if "_role" in entry else _role_by_name(_typed(entry["_probe"], str)),
        retried=tuple(_own_attempt(each) for each in _typed(entry.get("_retried", []), list)),
    )


def _own_attempt(attempt: dict[str, Any]) -> Attempt:
    error = _optional(attempt["error"], str)
    return Attempt(
        status=_optional(attempt["status"], int),
        error=error and error[:_LONGEST_SENTENCE],
        asks_to_wait=_typed(attempt["asks_to_wait"], bool),
    )


def _role_by_name(probe: str) -> Role:
    return next((role for beginning, role in _ROLES_BY_NAME if probe.startswith(beginning)), Role.ALONE)


def _own_response(response: dict[str, Any], held: dict[str, bytes]) -> Response:
    framing, content = response["_framing"], response["content"]
    return Response(
        status=_typed(response["status"], int),
        reason=_typed(response["statusText"], str),
        http_version=_typed(response["httpVersion"], str),
        headers=_read_pairs(response["headers"]),
        body=Body(
            content=_own_content(content, held),
            digest=_typed(content["_digest"], str),
            length=_optional(content["_length"], int),
            exact=_typed(content["_exact"], bool),
            cut=_optional(content["_cut"], str),
            coding_error=_optional(content["_coding_error"], str),
        ),
        framing=None
        if framing is None
        else Framing(error=_optional(framing["error"], str), surplus=_typed(framing["surplus"], int)),
    )


def _own_content(content: dict[str, Any], held: dict[str, bytes]) -> bytes:
    if "_same" in content:
        return held[_typed(content["_same"], str)]
    text = content["text"]
    if not isinstance(text, bytes):
        text = _typed(text, str)
    if content.get("encoding") == "base64":
        try:
            data = texts.from_base64(text, strictly=True)
        except ValueError:
            raise ValueError("a body is no Base64") from None
    else:
        data = text if isinstance(text, bytes) else text.encode()
    if "_sha256" in content:
        held[_typed(content["_sha256"], str)] = data
    return data


def _read_pairs(pairs: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((_typed(pair["name"], str), _typed(pair["value"], str)) for pair in _typed(pairs, list))


def _typed(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{type(value).__name__} for {getattr(kind, '__name__', 'number')}")
    return value


def _optional(value: Any, kind: type) -> Any:
    return None if value is None else _typed(value, kind)
