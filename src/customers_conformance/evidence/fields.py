"""Header fields read as clients read them: media types, cache directives, and where a redirect leads."""

from __future__ import annotations

import re
from email.message import Message
from typing import TYPE_CHECKING, Final

import ada_url
from werkzeug.http import parse_list_header

if TYPE_CHECKING:
    from customers_conformance.model import Response

_QUOTED_PAIR: Final = re.compile(r"\\(.)", re.DOTALL)
_DEFAULT_PORTS: Final = {"http:": "80", "https:": "443"}


def media_type(value: str) -> tuple[str, list[tuple[str, str]]]:
    """A ``Content-Type`` as its type in lower case and its parameters in order, quotes undone (RFC 9110, 8.3).

    Blanks around ``=``, which no sender may write, are read as clients read them, and a name may stand twice.
    """
    message = Message()
    message["Content-Type"] = value
    (kind, rest), *parameters = message.get_params() or [("", "")]
    # The parser undoes the quotes, and of quoted pairs those of a quote and a backslash alone.
    said = [(name.strip().lower(), _QUOTED_PAIR.sub(r"\1", str(text))) for name, text in parameters]
    # A type that holds a blank or a comma is none.
    return (kind if not rest else value).strip().lower(), said


def cache_directives(response: Response) -> dict[str, str | None]:
    """The directives of every ``Cache-Control`` field by name in lower case, with their arguments (RFC 9111, 5.2).

    The argument of one that also stands without is ``None``; an empty argument is ``None``, too.
    """
    directives: dict[str, str | None] = {}
    for item in parse_list_header(", ".join(response.fields("Cache-Control"))):
        name, _, said = item.partition("=")
        name = name.strip().lower()
        argument = said.strip().strip('"') or None
        directives[name] = argument and directives.get(name, argument)
    return directives


def leads_within(url: str, location: str) -> bool:
    """Whether a ``Location`` stays within the origin of the URL that was asked, as browsers resolve it (URL Standard).

    From http to https on the same host and default ports is within. A text that is no URL leads nowhere within.
    """
    return all(_is_within(url, reading) for reading in readings(location))


def _as_utf8(text: str) -> str:
    """A value of the wire, which is told as Latin-1, read as UTF-8 where it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _is_within(url: str, location: str) -> bool:
    try:
        here = ada_url.URL(url)
        there = ada_url.URL(location, url)
    except ValueError:
        return False
    if here.origin == there.origin and there.protocol in _DEFAULT_PORTS:
        return True
    upgrade = (here.protocol, there.protocol) == ("http:", "https:") and here.hostname == there.hostname
    return upgrade and not here.port and not there.port


def readings(value: str) -> set[str]:
    """A field's value as clients read it: as Latin-1, in which it is told, and as UTF-8."""
    return {value, _as_utf8(value)}
