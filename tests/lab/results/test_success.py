"""Success rates and intervals, against the literature and their equation."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.lab.results.success import Proportion, Summary, interval_text, percent, summary_of

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


def summed_up() -> Summary:
    right = np.array([True, True, False, True, True, False])
    learned = np.array([True, False, False, True, False, False])
    first_right = np.array([10, 20, 5, 30, 40, -1])
    states = ["learned", "coin toss", "half learned", "learned", "coin toss", "coin toss"]
    return summary_of(right, learned, first_right, Counter(states))


def test_a_summary_counts_outcomes() -> None:
    summary = summed_up()
    assert summary.networks == 6
    assert (summary.right, summary.learned) == (Proportion(4, 6), Proportion(2, 6))
    assert list(summary.states.items()) == [("coin toss", 3), ("learned", 2), ("half learned", 1)]


def test_quartiles_are_of_networks_correct_at_the_end() -> None:
    assert summed_up().quartiles == (17.5, 25.0, 32.5)


def test_without_success_there_are_no_quartiles() -> None:
    no = np.array([False, False])
    summary = summary_of(no, no, np.array([3, -1]), {"learning": 2})
    assert summary.quartiles is None
    assert summary.right == Proportion(0, 2)


def test_one_success_is_all_three_quartiles() -> None:
    summary = summary_of(np.array([True]), np.array([False]), np.array([7]), {"learning": 1})
    assert summary.quartiles == (7.0, 7.0, 7.0)


def test_a_network_correct_by_a_rounding_error_has_no_first_step() -> None:
    """Rounding can make the final outputs correct although no step was."""
    yes = np.ones(3, dtype=bool)
    found = summary_of(yes, ~yes, np.array([-1, 10, 20]), {"too slow": 3})
    assert found.quartiles == (12.5, 15.0, 17.5)
    none = summary_of(yes, ~yes, np.full(3, -1), {"too slow": 3})
    assert none.quartiles is None


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
