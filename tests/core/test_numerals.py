"""Number formats."""

import math

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


def test_whole_numbers_separate_thousands() -> None:
    cases: list[tuple[float, str]] = [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (1000, "1\u202f000"),
        (60_000, "60\u202f000"),
        (1234567, "1\u202f234\u202f567"),
        (10**12, "1\u202f000\u202f000\u202f000\u202f000"),
        (-5, "−5"),
        (-12_345, "−12\u202f345"),
        (1999.7, "2\u202f000"),
        (-0.4, "0"),
    ]
    for number, text in cases:
        assert whole(number) == text


def test_a_real_number_has_four_significant_digits() -> None:
    cases: list[tuple[float, str]] = [
        (0, "0.000"),
        (1, "1.000"),
        (1.0682484368686982, "1.068"),
        (0.24446880846, "0.2445"),
        (0.02841901371, "0.02842"),
        (0.00014399, "0.0001440"),
        (12.3456, "12.35"),
        (999.96, "1\u202f000"),
        (12345.6, "12\u202f346"),
        (-0.5, "−0.5000"),
        (1e-4, "0.0001000"),
        (3.7e-5, "3.700·10⁻⁵"),
        (-3.7e-5, "−3.700·10⁻⁵"),
        (1e6, "1.000·10⁶"),
        (1e300, "1.000·10³⁰⁰"),
        (5e-324, "4.941·10⁻³²⁴"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "not a number"),
    ]
    for number, text in cases:
        assert real(number) == text


def test_a_real_number_has_the_requested_digits() -> None:
    assert real(2 / 3, 2) == "0.67"
    assert real(2 / 3, 8) == "0.66666667"
    assert real(1.5e-7, 2) == "1.5·10⁻⁷"


@example(1000.0, 1)
@given(st.floats(1e-300, 1e300) | st.floats(-1e300, -1e-300), st.integers(1, 12))
def test_a_real_number_reads_back_to_its_digits(number: float, digits: int) -> None:
    text = real(number, digits).replace("−", "-").replace("\u202f", "")
    mantissa, _, exponent = text.partition("·10")
    power_of_ten = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"
    found = float(f"{mantissa}e{power_of_ten}")
    assert found == pytest.approx(number, rel=0.5001 * 10 ** (1 - digits))


def test_a_signed_number_has_a_sign_unless_zero() -> None:
    cases: list[tuple[float, str]] = [
        (0.25, "+0.25"),
        (-0.25, "−0.25"),
        (0, "0.00"),
        (-0.0, "0.00"),
        (0.004, "0.00"),
        (-0.004, "0.00"),
        (0.005001, "+0.01"),
        (12.345, "+12.35"),
        (-9999, "−9999.00"),
        (10_000, "+1.0·10⁴"),
        (-123_456, "−1.2·10⁵"),
        (1e300, "+1.0·10³⁰⁰"),
    ]
    for number, text in cases:
        assert signed(number) == text


def test_a_signed_number_has_the_requested_decimals() -> None:
    assert signed(1.23456, 4) == "+1.2346"
    assert signed(-0.04, 1) == "0.0"


def test_all_formats_write_nonfinite_numbers_alike() -> None:
    for number in (math.inf, -math.inf, math.nan):
        text = {math.inf: "∞", -math.inf: "−∞"}.get(number, "not a number")
        assert [write(number) for write in (signed, real, power, whole)] == [text] * 4


def test_a_plain_number_is_the_shortest_text() -> None:
    cases: list[tuple[float, str]] = [
        (0.01, "0.01"),
        (1.0, "1"),
        (1000.0, "1000"),
        (1e-7, "1e-07"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.5, "-0.5"),
    ]
    for number, text in cases:
        assert plain(number) == text


@given(st.floats(allow_nan=False))
def test_a_plain_number_reads_back_as_the_same_number(number: float) -> None:
    assert float(plain(number)) == number


def test_a_power_is_a_multiple_of_a_power_of_ten() -> None:
    cases: list[tuple[float, str]] = [
        (3.7e-5, "3.7·10⁻⁵"),
        (-3.7e-5, "−3.7·10⁻⁵"),
        (1, "1.0·10⁰"),
        (0, "0.0·10⁰"),
        (9.96, "1.0·10¹"),
        (6.02e23, "6.0·10²³"),
        (1e-300, "1.0·10⁻³⁰⁰"),
    ]
    for number, text in cases:
        assert power(number) == text


def test_a_fixed_number_has_its_decimals_and_no_minus_zero() -> None:
    cases: list[tuple[float, int, str]] = [
        (-0.5, 2, "−0.50"),
        (0.5, 2, "0.50"),
        (-0.004, 2, "0.00"),
        (0, 1, "0.0"),
        (12.34, 1, "12.3"),
    ]
    for number, decimals, text in cases:
        assert fixed(number, decimals) == text


def test_one_has_no_plural() -> None:
    cases: list[tuple[int, str]] = [(0, "0 steps"), (1, "1 step"), (20_000, "20\u202f000 steps")]
    for number, text in cases:
        assert counted(number, "step") == text


def test_durations_have_suitable_units() -> None:
    cases: list[tuple[float, str]] = [
        (0, "less than a second"),
        (0.9, "less than a second"),
        (1.2, "1 second"),
        (59.4, "59 seconds"),
        (89, "89 seconds"),
        (210, "3.5 minutes"),
        (3 * 3600, "3.0 hours"),
        (2e6, "23 days"),
    ]
    for seconds, text in cases:
        assert duration(seconds) == text


def test_memory_has_suitable_units() -> None:
    cases: list[tuple[float, str]] = [
        (0.2, "1 MB"),
        (12.4, "12 MB"),
        (999.6, "1000 MB"),
        (1400, "1.4 GB"),
    ]
    for megabytes, text in cases:
        assert memory(megabytes) == text


def test_ticks_are_short() -> None:
    for value, text in [
        (0.0, "0"),
        (-2.5, "−2.5"),
        (1e-4, "0.0001"),
        (1e-5, "10⁻⁵"),
        (-3e-6, "−3·10⁻⁶"),
        (12_000.0, "12000"),
        (2.5e5, "2.5·10⁵"),
        (1e300, "10³⁰⁰"),
        (math.inf, "∞"),
        (math.nan, "not a number"),
    ]:
        assert tick(value) == text
