"""Success rates, intervals and histograms, against the literature and plain counting."""

from statistics import median_low

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.lab.results.success import Proportion, bin_edges, histogram_of, interval_text, percent

Z = 1.959963984540054


def solved(share: Proportion) -> tuple[float, float]:
    """Return the true shares p that are just Z standard errors away from the observed one.

    They solve (share - p)**2 = Z**2 p (1 - p) / n.
    """
    seen, n = share.value, share.of
    low, high = sorted(np.roots([1 + Z**2 / n, -(2 * seen + Z**2 / n), seen**2]).real)
    return float(low), float(high)


SHARES = st.integers(1, 10**6).flatmap(
    lambda of: st.one_of(st.sampled_from([0, min(1, of), of - 1, of]), st.integers(0, of)).map(
        lambda count: Proportion(count, of)
    )
)


@given(SHARES, st.integers(0, 2))
def test_intervals_solve_their_equation_and_texts_agree(share: Proportion, digits: int) -> None:
    low, high = share.interval
    assert (low, high) == pytest.approx(solved(share), rel=1e-6, abs=1e-9)
    assert ((low == 0), (high == 1)) == (share.count == 0, share.count == share.of)
    said, near = float(percent(share, digits)), 1.001 * 10.0**-digits
    # Only none and all are 0 and 100.
    assert (said == 0, said == 100) == (share.count == 0, share.count == share.of)
    assert said == pytest.approx(100 * share.value, abs=near)
    ends = [float(end) for end in interval_text(share, digits).split(" to ")]
    assert ends[0] <= said <= ends[1]
    assert ends == pytest.approx([100 * low, 100 * high], abs=near)


@given(st.integers(1, 10**9))
def test_bins_cover_every_step_once(steps: int) -> None:
    edges = bin_edges(steps)
    assert (edges[0], edges[-1]) == (1, steps + 1)
    assert (np.diff(edges) > 0).all()


def test_bins_are_logarithmic_except_at_the_first_steps() -> None:
    ratios = np.diff(np.log10(bin_edges(20_000)))
    assert ratios[-30:] == pytest.approx(np.full(30, 0.1), abs=0.01)


@given(st.lists(st.integers(1, 5000), min_size=1))
def test_each_step_is_counted_once(firsts: list[int]) -> None:
    yes = np.ones(len(firsts), dtype=bool)
    histogram = histogram_of(np.array(firsts), yes, yes, ~yes, 5000)
    counts = [
        sum(low <= first < high for first in firsts)
        for low, high in zip(histogram.edges[:-1], histogram.edges[1:], strict=True)
    ]
    assert histogram.counts.tolist() == counts
    assert (histogram.highest, histogram.median) == (max(counts), median_low(firsts))
    assert histogram.edges[histogram.first_used] <= min(firsts)
    assert min(firsts) < histogram.edges[histogram.first_used + 1]


def test_never_correct_and_no_longer_correct_are_counted_separately() -> None:
    first = np.array([5, -1, 7, -1, 9, -1, 8])
    done = np.array([True, True, True, False, False, True, True])
    right = np.array([True, False, False, False, False, False, False])
    still_learning = np.array([False, False, False, False, False, True, True])
    histogram = histogram_of(first, done, right, still_learning, 100)
    assert (histogram.never, histogram.lost, histogram.still_learning) == (1, 1, 2)
    assert (histogram.counts.sum(), histogram.median) == (2, 5)
    none = np.zeros(3, dtype=bool)
    empty = histogram_of(np.full(3, -1), none, none, none, 1)
    assert (empty.median, empty.highest, empty.first_used) == (None, 0, 0)
