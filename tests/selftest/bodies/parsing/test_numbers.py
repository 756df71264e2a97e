"""Numbers mean what is written, also where a double would tell something else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from customers_conformance.bodies.parsing.numbers import Beyond, integer, real


@pytest.mark.parametrize(
    "text, value",
    [
        ("4.0", 4),
        ("1e3", 1000),
        ("-0.0", 0),
        ("0e99999999999", 0),
        ("9223372036854775807.0", 2**63 - 1),
        ("9223372036854775808.0", 2**63),
        ("123456789012345678901234567890.000", 123456789012345678901234567890),
        ("5.00000000000000000001", Decimal("5.00000000000000000001")),
        ("9007199254740993.5", Decimal("9007199254740993.5")),
        ("-1e-400", Decimal("-1e-400")),
        ("1.10", 1.1),
        ("0.1", 0.1),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, value: object) -> None:
    assert real(text) == value


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1e99999999999999999999", "9" * 400 + ".0"])
def test_a_number_beyond_every_double_is_not_finite(text: str) -> None:
    assert real(text) == Beyond(text)
    assert integer("9" * 400) == Beyond("9" * 400)


def test_two_ways_to_write_a_number_are_equal() -> None:
    assert real("0.12345678901234567890") == real("12345678901234567890e-20") == real("0.1234567890123456789")
    assert real("0.1") == real("0.10") == real("1e-1")
    assert real("0.1") != real("0.10000000000000001")


@pytest.mark.parametrize("text", ["1." + "0" * 1_000_000 + "1", "1e-" + "9" * 5_000, "0." + "3" * 1_000_000])
def test_however_long_a_number_is_it_stays_small_and_keeps_its_sign(text: str) -> None:
    value = real(f"-{text}")
    assert isinstance(value, Decimal)
    assert value < 0
    assert value % 1 != 0 or value > -1
    assert len(str(value)) < 1_000


@pytest.mark.parametrize("point", [0, 1, 400, 1000])
def test_a_number_of_more_digits_than_are_kept_keeps_its_magnitude(point: int) -> None:
    digits = "1234567" * 200
    value = real(f"{digits[:point] or 0}.{digits[point:]}e-1000")
    assert isinstance(value, Decimal)
    assert f"{value:.20e}" == f"{Decimal('0.' + digits).scaleb(point - 1000):.20e}"
