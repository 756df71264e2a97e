"""Numbers of JSON as they are written: exact where a double would tell something else, and bounded in size."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

INT64: Final = range(-(2**63), 2**63)

#: Characters of an integer below which it is a finite double, and beyond which it is none, whatever it says.
_SURE_DIGITS, _MAX_DIGITS = 300, 320
#: Digits that a double tells apart, whatever they are.
_TOLD_APART = 15
#: Magnitudes from which on a double holds that many digits.
_SMALLEST = 1e-290
#: Digits, and places after the point, that are kept; what is beyond tells no more than that it is no integer.
_DIGITS_KEPT, _PLACES_KEPT = 800, 10_000
#: Characters of an exponent of which the value is told.
_EXPONENT = 9

_REAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?)0*([0-9]*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Beyond:
    """A number that is not finite, as sent."""

    text: str


def integer(text: str) -> int | Beyond:
    """A number without point and exponent."""
    if len(text) < _SURE_DIGITS:
        return int(text)
    return int(text) if len(text) <= _MAX_DIGITS and math.isfinite(float(text)) else Beyond(text)


def real(text: str) -> float | int | Decimal | Beyond:
    """A number with a point or an exponent: a float where that says the same, else an integer or a decimal.

    ``9223372036854775807.0`` is an integer, ``5.00000000000000000001`` and ``-1e-400`` are decimals.
    """
    value = float(text)
    if not math.isfinite(value):
        return Beyond(text)
    if len(text) <= _TOLD_APART and abs(value) >= _SMALLEST:
        return value
    return _exact(text, value)


def _exact(text: str, value: float) -> float | int | Decimal:
    match = _REAL.fullmatch(text)
    if match is None:
        return value
    sign, whole, fraction, minus, exponent = (part or "" for part in match.groups())
    digits = whole + fraction
    significant = digits.strip("0")
    if not significant:
        return value
    power = (int(exponent[:_EXPONENT] or 0) if len(exponent) <= _EXPONENT else 10**_EXPONENT) * (
        -1 if minus == "-" else 1
    )
    scale = power - len(fraction) + len(digits) - len(digits.rstrip("0"))
    if scale >= 0:
        return int(sign + significant + "0" * scale)
    if len(significant) <= _TOLD_APART and abs(value) >= _SMALLEST:
        return value
    if len(significant) > _DIGITS_KEPT:
        scale += len(significant) - _DIGITS_KEPT - 1
        significant = significant[:_DIGITS_KEPT] + "1"
    return Decimal(f"{sign}{significant}e{max(scale, -_PLACES_KEPT)}")
