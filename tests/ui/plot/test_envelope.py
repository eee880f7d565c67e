"""Curves that go up and down in too little space: their lowest and highest."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from xorviz.core.arrays import Array
from xorviz.ui.plot.envelope import enveloped
from xorviz.ui.plot.lines import Columns, traced

X: Array = np.linspace(0, 299.5, 600)
ALTERNATING: Array = np.tile([80.0, 20.0], 300)

LINES = {
    "straight": X,
    "falling": 100 * np.exp(-X / 50),
    "one spike": 50.0 * (np.arange(len(X)) == 300),
    "spikes apart": 50.0 * (np.arange(len(X)) % 40 == 0),
    "waves": 50 + 30 * np.sin(X / 3),
    "a tremble": 50 + 1.4 * (-1.0) ** np.arange(len(X)),
}


@pytest.mark.parametrize("name", LINES)
def test_what_can_be_seen_is_drawn_as_it_is(name: str) -> None:
    y = LINES[name]
    (line,), areas = enveloped(X, y)
    np.testing.assert_array_equal(line, np.stack((X, y), axis=1))
    assert not areas


def fewer(x: Array, y: Array) -> tuple[Array, Array]:
    return traced(Columns.of(x, QRectF(0, 0, 300, 100), 1.0), y)


@pytest.mark.parametrize("slope", [40.0, -40.0])
def test_a_steep_curve_of_many_points_is_no_oscillation(slope: float) -> None:
    x: Array = np.linspace(0, 40, 1600)
    assert enveloped(*fewer(x, slope * x + 3 * x**2))[1] == []


def test_an_oscillation_of_many_points_is_a_band() -> None:
    x: Array = np.linspace(0, 300, 6000)
    assert len(enveloped(*fewer(x, np.tile([80.0, 20.0, 60.0], 2000)))[1]) == 1


@pytest.mark.parametrize("spacing", [0.0, 0.02, 0.5, 2.0])
def test_an_oscillation_is_its_highest_and_lowest(spacing: float) -> None:
    x = 2 * spacing * X
    lines, (area,) = enveloped(x, ALTERNATING)
    edges = [line for line in lines if len(line) > 1]
    assert [set(line[1:-1, 1]) for line in edges] == [{20.0}, {80.0}]
    for edge in (*edges, area):
        assert edge[:, 0].min() == x[0]
        assert edge[:, 0].max() == x[-1]
    assert len(np.concatenate(edges)) < len(x) + 8


def test_an_oscillation_with_points_at_rest_is_a_band_too() -> None:
    lines, areas = enveloped(X, np.tile([80.0, 80.0, 20.0, 20.0], 150))
    assert len(areas) == 1
    assert max(len(line) for line in lines) < 100


def test_strokes_far_enough_apart_are_drawn_one_by_one() -> None:
    lines, areas = enveloped(8 * X, ALTERNATING)
    assert len(lines) == 1
    assert not areas


def test_only_the_part_that_oscillates_has_an_area() -> None:
    y: Array = np.where((X > 96) & (X < 192), ALTERNATING, 50.0)
    lines, (area,) = enveloped(X, y)
    assert len(lines) == 4
    assert 80 <= area[:, 0].min() <= 97
    assert 191 <= area[:, 0].max() <= 208
    for line, following in itertools.pairwise(lines):
        assert tuple(following[0]) in {tuple(line[0]), tuple(line[-1])}  # no gap
    before, after = lines[0], lines[-1]
    assert before[0, 0] == 0
    assert after[-1, 0] == X[-1]


def test_unknown_values_stay_unknown() -> None:
    y: Array = np.where(X < 100, np.nan, ALTERNATING)
    lines, (area,) = enveloped(X, y)
    assert np.isfinite(area).all()
    assert np.isnan(lines[0][:200, 1]).all()


@pytest.mark.parametrize("count", range(5))
def test_few_points_are_one_line(count: int) -> None:
    (line,), areas = enveloped(X[:count], ALTERNATING[:count])
    assert len(line) == count
    assert not areas


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.5, 2.0, 5.0]))
def test_every_point_is_on_a_line_or_in_an_area(seed: int, spacing: float) -> None:
    random = np.random.default_rng(seed)
    x = np.cumsum(random.exponential(spacing, 400))
    is_calm = np.repeat(random.random(10) < 0.5, 40)
    y = np.where(is_calm, 50.0, random.uniform(0, 100, 400))
    lines, areas = enveloped(x, y)
    drawn = {tuple(point) for line in lines for point in line.tolist()}
    for point in zip(x.tolist(), y.tolist(), strict=True):
        assert point in drawn or any(spans(area, *point) for area in areas)


def spans(area: Array, x: float, y: float) -> bool:
    """Return whether a point is between the ends of an area, and its lowest and highest."""
    (left, low), (right, high) = area.min(axis=0), area.max(axis=0)
    return bool(left <= x <= right and low <= y <= high)
