"""A logarithmic axis of steps: where it begins, and its ticks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.lab.results.histogram import StepHistogram, histogram_of
from xorviz.panels.lab.seeds.histogram import SeedAxis


def of(*firsts: int, steps: int = 20_000) -> StepHistogram:
    yes = np.ones(len(firsts), dtype=bool)
    return histogram_of(np.array(firsts, dtype=np.int64), yes, yes, steps)


@pytest.mark.parametrize(
    ("first", "low"), [(1, 1), (29, 10), (40, 30), (130, 100), (290, 100), (330, 300), (4000, 3000)]
)
def test_it_begins_shortly_before_the_first_bar(first: int, low: int) -> None:
    assert SeedAxis.of(of(first, 9000), 0, 100).low == low


def test_it_begins_at_step_one_without_any_bar() -> None:
    axis = SeedAxis.of(of(), 0, 100)
    assert (axis.low, axis.high) == (1, 20_001)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_bars_lie_between_its_ends_and_pixels_lead_back(first: int, steps: int) -> None:
    axis = SeedAxis.of(of(min(first, steps), steps=steps), 20, 320)
    x = axis.x_at(min(first, steps))
    assert 20 - 1e-9 <= x <= 320 + 1e-9
    assert axis.step_at(x) == pytest.approx(min(first, steps))


def test_there_are_as_many_ticks_as_have_room() -> None:
    histogram = of(130)
    texts = [
        [text for _, text in SeedAxis.of(histogram, 0, width).ticks(lambda text: 7.0 * len(text))]
        for width in (900, 350, 150)
    ]
    assert texts[0][:4] == ["100", "200", "300", "500"]
    assert texts[1] == ["100", "300", "1\u2009000", "3\u2009000", "10\u2009000"]
    assert texts[2] == ["100", "1\u2009000", "10\u2009000"]


@given(st.floats(60, 900), st.integers(1, 10**9))
def test_ticks_never_touch(width: float, steps: int) -> None:
    axis = SeedAxis.of(of(steps=steps), 0, width)
    ticks = axis.ticks(lambda text: 7.0 * len(text))
    assert ticks
    ends = [(x - 3.5 * len(text), x + 3.5 * len(text)) for x, text in ticks]
    assert all(a[1] < b[0] for a, b in pairwise(ends))
