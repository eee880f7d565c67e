"""Histogram of first correct steps: fixed bins, and networks that are not counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lab import trained_seeds
from xorviz.lab.results.histogram import bin_edges, histogram_of


@given(st.integers(1, 10**9))
def test_bins_cover_every_step_once(steps: int) -> None:
    edges = bin_edges(steps)
    assert edges[0] == 1
    assert edges[-1] == steps + 1
    assert (np.diff(edges) > 0).all()


def test_bins_are_logarithmic_except_at_the_first_steps() -> None:
    ratios = np.diff(np.log10(bin_edges(20_000)))
    assert ratios[-30:] == pytest.approx(np.full(30, 0.1), abs=0.01)


@given(st.lists(st.integers(1, 5000), min_size=1))
def test_each_step_is_counted_once(firsts: list[int]) -> None:
    all_of_them = np.ones(len(firsts), dtype=bool)
    histogram = histogram_of(np.array(firsts), all_of_them, all_of_them, ~all_of_them, 5000)
    assert histogram.counts.sum() == len(firsts)
    assert histogram.median == np.median(firsts)
    for first in firsts:
        place = np.searchsorted(histogram.edges, first, side="right") - 1
        assert histogram.counts[place] > 0
        assert histogram.edges[place] <= first < histogram.edges[place + 1]
    assert (histogram.edges[histogram.first_used :] <= min(firsts)).sum() == 1


def test_never_correct_and_no_longer_correct_are_counted_separately() -> None:
    first = np.array([5, -1, 7, -1, 9, -1, 8])
    done = np.array([True, True, True, False, False, True, True])
    right = np.array([True, False, False, False, False, False, False])
    still_learning = np.array([False, False, False, False, False, True, True])
    histogram = histogram_of(first, done, right, still_learning, 100)
    assert (histogram.never, histogram.lost, histogram.still_learning) == (1, 1, 2)
    assert histogram.counts.sum() == 2
    assert histogram.median == 7


def test_without_counts_there_is_no_median() -> None:
    none = np.zeros(3, dtype=bool)
    histogram = histogram_of(np.full(3, -1), none, none, none, 1)
    assert histogram.median is None
    assert histogram.highest == 0
    assert histogram.first_used == 0


def test_the_histogram_of_a_finished_plan_agrees_with_its_summary() -> None:
    picture = trained_seeds()
    summary = picture.summary()
    assert summary is not None
    assert summary.quartiles is not None
    histogram = histogram_of(
        picture.first_right, picture.done, picture.right, picture.still_learning, picture.plan.steps
    )
    assert histogram.median == summary.quartiles[1]
    assert histogram.counts.sum() == summary.right.count
    assert histogram.still_learning == summary.still_learning
    failed = histogram.never + histogram.lost + histogram.still_learning
    assert histogram.counts.sum() + failed == summary.networks
