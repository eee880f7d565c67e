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
    grouped,
    memory,
    plain,
    power,
    real,
    round_above,
    round_below,
    signed,
    tick,
    whole,
)

FORMATTED: list[tuple[Callable[..., str], dict[float | tuple[float, int], str]]] = [
    (whole, {7: "7", 999: "999", 1000: "1 000", 1234567: "1 234 567", 10**12: "1 000 000 000 000",
             -5: "−5", -12_345: "−12 345", 1999.7: "2 000", -0.4: "0"}),
    (real, {0: "0.000", 1: "1.000", 1.0682484368686982: "1.068", 0.24446880846: "0.2445",
            0.02841901371: "0.02842", 0.00014399: "0.0001440", 12.3456: "12.35", 999.96: "1 000",
            12345.6: "12 346", -0.5: "−0.5000", 1e-4: "0.0001000", 3.7e-5: "3.700·10⁻⁵",
            -3.7e-5: "−3.700·10⁻⁵", 1e6: "1.000·10⁶", 1e300: "1.000·10³⁰⁰",
            5e-324: "4.941·10⁻³²⁴", (2 / 3, 2): "0.67", (2 / 3, 8): "0.66666667",
            (1.5e-7, 2): "1.5·10⁻⁷"}),
    (signed, {0.25: "+0.25", -0.25: "−0.25", 0: "0.00", 0.004: "0.00", -0.004: "0.00",
              0.005001: "+0.01", 12.345: "+12.35", -9999: "−9999.00", 10_000: "+1.0·10⁴",
              -123_456: "−1.2·10⁵", 1e300: "+1.0·10³⁰⁰", (1.23456, 4): "+1.2346",
              (-0.04, 1): "0.0"}),
    (plain, {0.01: "0.01", 1.0: "1", 1e-7: "1e-07", 0.1 + 0.2: "0.30000000000000004",
             -0.5: "-0.5"}),
    (power, {3.7e-5: "3.7·10⁻⁵", -3.7e-5: "−3.7·10⁻⁵", 1: "1.0·10⁰", 0: "0.0·10⁰",
             9.96: "1.0·10¹", 6.02e23: "6.0·10²³", 1e-300: "1.0·10⁻³⁰⁰"}),
    (fixed, {(-0.5, 2): "−0.50", (0.5, 2): "0.50", (-0.004, 2): "0.00", (0, 1): "0.0"}),
    (duration, {0: "less than a second", 0.9: "less than a second", 1: "1 second",
                59.4: "59 seconds", 89: "89 seconds", 90: "1.5 minutes", 210: "3.5 minutes",
                3 * 3600: "3.0 hours", 2e6: "23 days"}),
    (memory, {0.2: "1 MB", 12.4: "12 MB", 999.6: "1000 MB", 1000: "1.0 GB", 1400: "1.4 GB"}),
    (tick, {0.0: "0", -2.5: "−2.5", 1e-4: "0.0001", 1e-5: "10⁻⁵", -3e-6: "−3·10⁻⁶",
            12_000.0: "12000", 1e5: "10⁵", 2.5e5: "2.5·10⁵", 1e300: "10³⁰⁰"}),
    (grouped, {1e6: "1 000 000", 0.25: "0.25"}),
    (lambda n: counted(n, "step"), {0: "0 steps", 1: "1 step", 20_000: "20 000 steps"}),
]  # fmt: skip


def test_every_number_has_its_text() -> None:
    for write, texts in FORMATTED:
        for number, text in texts.items():
            given_numbers = number if isinstance(number, tuple) else (number,)
            assert write(*given_numbers).replace("\u202f", " ") == text
    for number, text in ((math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "not a number")):
        assert {write(number) for write in (signed, real, power, whole, tick)} == {text}


@example(1000.0, 1)
@given(st.floats(1e-300, 1e300) | st.floats(-1e300, -1e-300), st.integers(1, 12))
def test_a_real_number_reads_back_to_its_digits(number: float, digits: int) -> None:
    text = real(number, digits).replace("−", "-").replace("\u202f", "")
    mantissa, _, exponent = text.partition("·10")
    power_of_ten = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"
    found = float(f"{mantissa}e{power_of_ten}")
    assert found == pytest.approx(number, rel=0.5001 * 10 ** (1 - digits))


def test_the_next_round_numbers() -> None:
    for value, below, above, finer in [
        (1, 1, 1, 1),
        (1.01, 1, 2, 1.2),
        (3, 2, 5, 3),
        (7, 5, 10, 8),
        (8.5, 5, 10, 10),
        (0.0031, 0.002, 0.005, 0.004),
        (0.3 - 0.1, 0.2, 0.2, 0.2),
        (1000, 1000, 1000, 1000),
    ]:
        assert round_below(value) == pytest.approx(below)
        assert round_above(value) == pytest.approx(above)
        assert round_above(value, (1, 1.2, 2, 3, 4, 8, 10)) == pytest.approx(finer)
