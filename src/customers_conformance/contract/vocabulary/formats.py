"""The formats of the document, given to both validators: theirs differ on lower case and leap seconds."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Instant(NamedTuple):
    """A date-time in UTC: whole seconds as a ``datetime``, then the fraction's digits with trailing zeros cut."""

    second: datetime
    fraction: str

    @property
    def is_zero(self) -> bool:
        """Whether this is the zero time of the contract (year 1), which means that none was set."""
        return self.second.year <= 1


_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_UTC = frozenset({"Z", "z", "+00:00"})
#: Characters of a text that is worth remembering.
_USUAL = 40
_ZERO = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC)


def read_time(text: object) -> Instant | None:
    """A date-time as RFC 3339 (5.6) writes it; ``None`` where it is none. A leap second counts as the next second."""
    if not isinstance(text, str):
        return None
    return remembered_time(text) if len(text) <= _USUAL else _read_time(text)


@functools.lru_cache(maxsize=4096)
def remembered_time(text: str) -> Instant | None:
    """A date-time of a usual length, read once where it is read again soon."""
    return _read_time(text)


def _read_time(text: str) -> Instant | None:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    if match[8] in _UTC and text[:2] != "00" and text[17:19] != "60" and text[11:13] != "24":
        return _usual_time(text, match[7] or "")
    return _any_time(match)


def _usual_time(text: str, fraction: str) -> Instant | None:
    """A date-time in UTC that means what it says, as most do."""
    try:
        return Instant(datetime.fromisoformat(f"{text[:19]}+00:00"), fraction.rstrip("0"))
    except ValueError:
        return None


def _any_time(match: re.Match[str]) -> Instant | None:
    zone = match[8]
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    shift = timedelta()
    if zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    if not _is_date(year, month, day) or hour > 23 or minute > 59 or second > 60:
        return None
    try:
        local = datetime(year or 4, month, day, hour, minute, min(second, 59), tzinfo=timezone.utc)  # noqa: UP017
        moment = local - shift
    except OverflowError:
        # The first or the last day of what datetime can hold, shifted out of it: a legal time all the same.
        moment = _ZERO if year <= 1 else _LAST
    if second == 60:
        # Leap seconds end a day of UTC, whatever the day.
        if (60 * hour + minute - shift // timedelta(minutes=1)) % 1440 != 1439:
            return None
        moment = moment if moment == _LAST else moment + timedelta(seconds=1)
    return Instant(_ZERO if year == 0 else moment, (match[7] or "").rstrip("0"))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        # Year 0 is legal in RFC 3339 and a leap year; datetime begins at 1.
        datetime(year or 4, month, day, tzinfo=UTC)
    except ValueError:
        return False
    return True


def is_date_time(text: object) -> bool:
    """Whether a value is a date-time as RFC 3339 says it; a value that is no string passes, as formats do."""
    return not isinstance(text, str) or read_time(text) is not None


_CALENDAR_DURATION = re.compile(r"[0-9]+[dwMY]", re.ASCII)
_GO_PART = r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
_GO_DURATION = re.compile(rf"\+?(?:{_GO_PART})+", re.ASCII)
_GO_PARTS = re.compile(_GO_PART, re.ASCII)
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
#: Digits of what Go holds as nanoseconds, and of a fraction that it looks at.
_GO_DIGITS = 19
_GO_LONGEST = 2**63 - 1


def is_reset_duration(text: object) -> bool:
    """Whether a value is a positive duration: digits and one of ``d w M Y``, or what Go's ParseDuration reads."""
    if not isinstance(text, str):
        return True
    return _remembered_duration(text) if len(text) <= _USUAL else _is_duration(text)


@functools.lru_cache(maxsize=1024)
def _remembered_duration(text: str) -> bool:
    return _is_duration(text)


def _is_duration(text: str) -> bool:
    if _CALENDAR_DURATION.fullmatch(text):
        return text[:-1].strip("0") != ""
    return bool(_GO_DURATION.fullmatch(text)) and 0 < _nanoseconds(text) <= _GO_LONGEST


def _nanoseconds(text: str) -> int:
    """A duration as Go's ``time.ParseDuration`` reads it: each part cut to whole nanoseconds."""
    total = 0
    for number, unit in _GO_PARTS.findall(text):
        whole, _, fraction = number.partition(".")
        whole, fraction = whole.lstrip("0"), fraction[:_GO_DIGITS]
        if len(whole) > _GO_DIGITS:
            return _GO_LONGEST + 1
        total += int(whole or "0") * _NANOSECONDS[unit]
        total += int(fraction or "0") * _NANOSECONDS[unit] // 10 ** len(fraction)
    return total


_NO_NAME = re.compile(r"\s*(?:env\.)?\s*")


def is_variable_name(text: object) -> bool:
    """Whether a value names an environment variable: it is no blank, and not ``env.`` alone."""
    return not isinstance(text, str) or not _NO_NAME.fullmatch(text)


FORMATS: dict[str, Callable[[object], bool]] = {
    "date-time": is_date_time,
    "reset-duration": is_reset_duration,
    "variable-name": is_variable_name,
}

#: What a format asks for, in words.
FORMAT_WORDS = {
    "date-time": "a date-time as RFC 3339 writes it, with an offset, such as 2026-01-31T12:00:00Z",
    "reset-duration": "a positive duration, such as 30s, 5m, 1h30m, 1d, 1w, 1M or 1Y",
    "variable-name": "the name of a variable; a blank, or env. alone, is none",
}
