"""Number formats."""

import math
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xorviz.core.numerals import (
    counted,
    duration,
    fixed,
    memory,
    plain,
    power,
    real,
    signed,
    tick,
    whole,
)

FORMATTED: list[tuple[Callable[..., str], tuple[float, ...], str]] = [
    (whole, (0,), "0"),
    (whole, (7,), "7"),
    (whole, (999,), "999"),
    (whole, (1000,), "1\u202f000"),
    (whole, (60_000,), "60\u202f000"),
    (whole, (1234567,), "1\u202f234\u202f567"),
    (whole, (10**12,), "1\u202f000\u202f000\u202f000\u202f000"),
    (whole, (-5,), "−5"),
    (whole, (-12_345,), "−12\u202f345"),
    (whole, (1999.7,), "2\u202f000"),
    (whole, (-0.4,), "0"),
    (real, (0,), "0.000"),
    (real, (1,), "1.000"),
    (real, (1.0682484368686982,), "1.068"),
    (real, (0.24446880846,), "0.2445"),
    (real, (0.02841901371,), "0.02842"),
    (real, (0.00014399,), "0.0001440"),
    (real, (12.3456,), "12.35"),
    (real, (999.96,), "1\u202f000"),
    (real, (12345.6,), "12\u202f346"),
    (real, (-0.5,), "−0.5000"),
    (real, (1e-4,), "0.0001000"),
    (real, (3.7e-5,), "3.700·10⁻⁵"),
    (real, (-3.7e-5,), "−3.700·10⁻⁵"),
    (real, (1e6,), "1.000·10⁶"),
    (real, (1e300,), "1.000·10³⁰⁰"),
    (real, (5e-324,), "4.941·10⁻³²⁴"),
    (real, (math.inf,), "∞"),
    (real, (-math.inf,), "−∞"),
    (real, (math.nan,), "not a number"),
    (real, (2 / 3, 2), "0.67"),
    (real, (2 / 3, 8), "0.66666667"),
    (real, (1.5e-7, 2), "1.5·10⁻⁷"),
    (signed, (0.25,), "+0.25"),
    (signed, (-0.25,), "−0.25"),
    (signed, (0,), "0.00"),
    (signed, (-0.0,), "0.00"),
    (signed, (0.004,), "0.00"),
    (signed, (-0.004,), "0.00"),
    (signed, (0.005001,), "+0.01"),
    (signed, (12.345,), "+12.35"),
    (signed, (-9999,), "−9999.00"),
    (signed, (10_000,), "+1.0·10⁴"),
    (signed, (-123_456,), "−1.2·10⁵"),
    (signed, (1e300,), "+1.0·10³⁰⁰"),
    (signed, (1.23456, 4), "+1.2346"),
    (signed, (-0.04, 1), "0.0"),
    (plain, (0.01,), "0.01"),
    (plain, (1.0,), "1"),
    (plain, (1000.0,), "1000"),
    (plain, (1e-7,), "1e-07"),
    (plain, (0.1 + 0.2,), "0.30000000000000004"),
    (plain, (-0.5,), "-0.5"),
    (power, (3.7e-5,), "3.7·10⁻⁵"),
    (power, (-3.7e-5,), "−3.7·10⁻⁵"),
    (power, (1,), "1.0·10⁰"),
    (power, (0,), "0.0·10⁰"),
    (power, (9.96,), "1.0·10¹"),
    (power, (6.02e23,), "6.0·10²³"),
    (power, (1e-300,), "1.0·10⁻³⁰⁰"),
    (fixed, (-0.5, 2), "−0.50"),
    (fixed, (0.5, 2), "0.50"),
    (fixed, (-0.004, 2), "0.00"),
    (fixed, (0, 1), "0.0"),
    (fixed, (12.34, 1), "12.3"),
    (duration, (0,), "less than a second"),
    (duration, (0.9,), "less than a second"),
    (duration, (1.2,), "1 second"),
    (duration, (59.4,), "59 seconds"),
    (duration, (89,), "89 seconds"),
    (duration, (210,), "3.5 minutes"),
    (duration, (3 * 3600,), "3.0 hours"),
    (duration, (2e6,), "23 days"),
    (memory, (0.2,), "1 MB"),
    (memory, (12.4,), "12 MB"),
    (memory, (999.6,), "1000 MB"),
    (memory, (1400,), "1.4 GB"),
    (tick, (0.0,), "0"),
    (tick, (-2.5,), "−2.5"),
    (tick, (1e-4,), "0.0001"),
    (tick, (1e-5,), "10⁻⁵"),
    (tick, (-3e-6,), "−3·10⁻⁶"),
    (tick, (12_000.0,), "12000"),
    (tick, (2.5e5,), "2.5·10⁵"),
    (tick, (1e300,), "10³⁰⁰"),
    (tick, (math.inf,), "∞"),
    (tick, (math.nan,), "not a number"),
]


def test_every_number_has_its_text() -> None:
    for write, arguments, text in FORMATTED:
        assert write(*arguments) == text


@example(1000.0, 1)
@given(st.floats(1e-300, 1e300) | st.floats(-1e300, -1e-300), st.integers(1, 12))
def test_a_real_number_reads_back_to_its_digits(number: float, digits: int) -> None:
    text = real(number, digits).replace("−", "-").replace("\u202f", "")
    mantissa, _, exponent = text.partition("·10")
    power_of_ten = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"
    found = float(f"{mantissa}e{power_of_ten}")
    assert found == pytest.approx(number, rel=0.5001 * 10 ** (1 - digits))


def test_all_formats_write_nonfinite_numbers_alike() -> None:
    for number in (math.inf, -math.inf, math.nan):
        text = {math.inf: "∞", -math.inf: "−∞"}.get(number, "not a number")
        assert [write(number) for write in (signed, real, power, whole)] == [text] * 4


@given(st.floats(allow_nan=False))
def test_a_plain_number_reads_back_as_the_same_number(number: float) -> None:
    assert float(plain(number)) == number


def test_one_has_no_plural() -> None:
    cases: list[tuple[int, str]] = [(0, "0 steps"), (1, "1 step"), (20_000, "20\u202f000 steps")]
    for number, text in cases:
        assert counted(number, "step") == text
