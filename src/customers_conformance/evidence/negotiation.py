"""What a request allows its answer to be: its media type and its content coding (RFC 9110, 12.5).

Read by werkzeug. An item whose weight cannot be read sets no condition, and neither does a header of such items alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from collections.abc import Iterator

_JSON = "application/json"

#: Names that some still use, and what they mean (RFC 9110, 8.4.1).
_ALIASES = {"x-gzip": "gzip", "x-compress": "compress"}

#: A weight without its zero, as Java's client writes it; werkzeug leaves such an item out.
_BARE_WEIGHT = re.compile(r"(;\s*q=)\.(?=[0-9])", re.IGNORECASE)


def admits_json(accept: str | None) -> bool:
    """Whether an ``Accept`` header can be met by ``application/json``, whatever its parameters say."""
    ranges = MIMEAccept([(media.partition(";")[0].strip(), weight) for media, weight in _weighed(accept)])
    return not ranges or ranges.quality(_JSON) > 0


def admits_coding(accept_encoding: str | None, coding: str) -> bool:
    """Whether an ``Accept-Encoding`` header can be met by a coding; an empty one is met by none."""
    if accept_encoding is not None and not accept_encoding.strip(" \t,"):
        return False
    codings = Accept([(_known(name), weight) for name, weight in _weighed(accept_encoding)])
    return not codings or codings.quality(_known(coding)) > 0


def _weighed(header: str | None) -> Iterator[tuple[str, float]]:
    yield from parse_accept_header(_BARE_WEIGHT.sub(r"\g<1>0.", header or ""), Accept)


def _known(coding: str) -> str:
    return _ALIASES.get(coding.lower(), coding.lower())
