"""Success rates and intervals, against the literature and their equation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.lab.results.success import Proportion, interval_text, percent

Z = 1.959963984540054


def solved(count: int, n: int) -> tuple[float, float]:
    """Return where the observed share is just Z standard errors of the true one away.

    These p solve (count / n - p)**2 = Z**2 p (1 - p) / n.
    """
    share = count / n
    low, high = sorted(np.roots([1 + Z**2 / n, -(2 * share + Z**2 / n), share**2]).real)
    return float(low), float(high)


LITERATURE: list[tuple[int, int, float, float]] = [
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


def test_intervals_are_those_of_the_literature() -> None:
    for count, n, low, high in LITERATURE:
        assert Proportion(count, n).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_solves_its_equation(pair: tuple[int, int]) -> None:
    assert Proportion(*pair).interval == pytest.approx(solved(*pair), rel=1e-6, abs=1e-9)


def test_none_and_all_have_one_certain_bound() -> None:
    assert Proportion(0, 500).interval == pytest.approx((0, Z**2 / (500 + Z**2)))
    assert Proportion(500, 500).interval == pytest.approx((500 / (500 + Z**2), 1))
    assert Proportion(0, 500).interval[0] == 0.0
    assert Proportion(500, 500).interval[1] == 1.0


SHARES = st.integers(1, 10**6).flatmap(
    lambda of: st.one_of(st.sampled_from([0, min(1, of), of - 1, of]), st.integers(0, of)).map(
        lambda count: Proportion(count, of)
    )
)
DIGITS = st.integers(0, 2)


PERCENT: list[tuple[int, int, str, str]] = [
    (425, 500, "85.0", "85"),
    (1, 3, "33.3", "33"),
    (0, 9, "0.0", "0"),
    (9, 9, "100.0", "100"),
    (1, 1000, "0.1", "1"),
    (999, 1000, "99.9", "99"),
    (9_999, 10_000, "99.9", "99"),
    (1, 10_000, "0.1", "1"),
]


def test_a_share_in_percent() -> None:
    for count, of, text, whole in PERCENT:
        assert percent(Proportion(count, of)) == text
        assert percent(Proportion(count, of), 0) == whole


@given(SHARES, DIGITS)
def test_only_none_and_all_are_0_and_100_percent(share: Proportion, digits: int) -> None:
    said = float(percent(share, digits))
    assert (said == 0) == (share.count == 0)
    assert (said == 100) == (share.count == share.of)
    assert said == pytest.approx(100 * share.value, abs=1.001 * 10.0**-digits)


INTERVALS: list[tuple[int, int, str, str]] = [
    (425, 500, "81.6 to 87.9", "82 to 88"),
    (0, 10, "0.0 to 27.8", "0 to 28"),
    (10, 10, "72.2 to 100.0", "72 to 100"),
    (9_999, 10_000, "99.9 to 100.0", "99 to 100"),
    (1, 10**6, "0.0 to 0.1", "0 to 1"),
    (10**6 - 1, 10**6, "99.9 to 100.0", "99 to 100"),
]


def test_an_interval_in_percent() -> None:
    for count, of, text, whole in INTERVALS:
        assert interval_text(Proportion(count, of)) == text
        assert interval_text(Proportion(count, of), 0) == whole


@given(SHARES, DIGITS)
def test_a_written_share_is_within_its_written_interval(share: Proportion, digits: int) -> None:
    low, high = map(float, interval_text(share, digits).split(" to "))
    assert low <= float(percent(share, digits)) <= high
