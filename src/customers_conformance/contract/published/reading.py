"""Reading the file of a published document, JSON or YAML, within bounds."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customers_conformance.contract.published import yaml_values
from customers_conformance.contract.published.bounds import MAX_DEPTH, MAX_SIZE, RefusedError, check_depth, check_size
from customers_conformance.contract.published.references import Part, shown
from customers_conformance.harmless import without_surrogates
from customers_conformance.model import MEBI, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Brackets and commas of a file of JSON before it is parsed: they bound the memory that its value takes.
_MAX_MARKS = 4_000_000

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_VERSION = re.compile(r"3\.[01](?=$|\.)")
_SUPPORTED = "OpenAPI 3.0 and 3.1"

#: How many members are named of an object that is no OpenAPI document.
_NAMED = 8


@dataclass(frozen=True, slots=True)
class Published:
    """A document that describes an API: its value, ``3.0`` or ``3.1``, and the digest of its file."""

    document: Mapping[str, Any]
    version: str
    digest: str = ""

    @property
    def root(self) -> Part:
        """The document as a whole."""
        return Part(self.document, ())


def read(file: str) -> Published:
    """The OpenAPI document in a file; raises ``UsageError`` where there is none that is within the bounds."""
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(MAX_SIZE + 1)
    except (OSError, ValueError) as cause:
        why = cause.strerror if isinstance(cause, OSError) and cause.strerror else "the name is not valid"
        raise UsageError(f"{file!a} cannot be read ({why}); allowed is a file that can") from None
    if len(content) > MAX_SIZE:
        raise UsageError(f"{file!a} has more than {MAX_SIZE // MEBI} MiB; allowed are no more")
    try:
        value = _parsed(content)
        _check_values(value)
        return Published(value, _version(value), "sha256:" + hashlib.sha256(content).hexdigest())
    except RefusedError as refusal:
        raise UsageError(f"{file!a}: {refusal}") from None


def _parsed(content: bytes) -> Any:
    if content.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] not in {b"{", b"["}:
        return yaml_values.parsed(content)
    if sum(map(content.count, (b",", b"[", b"{"))) > _MAX_MARKS:
        raise RefusedError(f"more than {_MAX_MARKS:,} brackets and commas; allowed are {_MAX_MARKS:,}")
    try:
        return json.loads(content, object_pairs_hook=_members_once, parse_constant=_no_number)
    except RecursionError:
        raise RefusedError(f"more than {MAX_DEPTH} levels of nesting; allowed are {MAX_DEPTH}") from None
    except ValueError as no_json:
        # What begins with a bracket may be YAML all the same.
        try:
            return yaml_values.parsed(content)
        except RefusedError as no_yaml:
            raise RefusedError(f"it is not JSON ({no_json}); {no_yaml}") from None


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise RefusedError(f"the member {name[:200]!a} stands twice in one object; allowed is once")
        members[name] = value
    return members


def _no_number(text: str) -> None:
    raise RefusedError(f"{text} is no number of JSON; allowed is a finite one")


def _check_values(root: Any) -> None:
    """Raises ``RefusedError`` for what is too large or too deep, and for what JSON or Unicode cannot say."""
    values = characters = 0
    # A path is kept as pairs of what came before and a step, which share their beginnings.
    pending: list[tuple[Any, tuple[Any, ...], int]] = [(root, (), 0)]
    while pending:
        value, path, depth = pending.pop()
        texts = [value] if isinstance(value, str) else []
        if isinstance(value, dict | list):
            depth += 1
            check_depth(depth, _at(path))
            items = value.items() if isinstance(value, dict) else enumerate(value)
            pending.extend((held, (path, step), depth) for step, held in items)
            texts += value if isinstance(value, dict) else ()
        values += 1
        characters += sum(map(len, texts))
        check_size(values, characters)
        if isinstance(value, float) and not math.isfinite(value):
            raise RefusedError(f"{_at(path)}{value} is no number of JSON; allowed is a finite one")
        if any(without_surrogates(text) != text for text in texts):
            raise RefusedError(f"{_at(path)}half a surrogate pair; allowed is text of Unicode")


def _at(path: tuple[Any, ...]) -> str:
    steps: list[str | int] = []
    while path:
        path, step = path
        steps.append(step)
    return f"at {shown(reversed(steps))}: "


def _version(value: Any) -> str:
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "nothing" if value is None else "a single value"
        raise RefusedError(
            f"at #: it is no OpenAPI document but {kind}; allowed is an object with the member 'openapi'"
        )
    if "openapi" not in value:
        if "swagger" in value:
            version = str(value["swagger"])[:20]
            raise RefusedError(f"at #/swagger: version {version!a} is not supported; allowed are {_SUPPORTED}")
        names = ", ".join(map(ascii, list(value)[:_NAMED])) or "none"
        raise RefusedError(
            f"at #: it is no OpenAPI document: the member 'openapi' is missing, found are {names[:200]}; "
            f"allowed are {_SUPPORTED}"
        )
    version = value["openapi"]
    if not isinstance(version, str):
        raise RefusedError("at #/openapi: the version is no text; allowed is one in quotes, such as '3.1.0'")
    match = _VERSION.match(version)
    if match is None:
        raise RefusedError(f"at #/openapi: version {version[:20]!a} is not supported; allowed are {_SUPPORTED}")
    return match[0]
