"""The plane of two hidden units: the pair, the grid and the borders."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xorviz.core.analysis.pair_plane import (
    INPUT_GRID,
    LINES,
    POINTS,
    Border,
    Pair,
    choose_pair,
    plane_of,
)
from xorviz.core.analysis.surface import HIGH, LOW, Span
from xorviz.core.network import Weights, hidden, initial_weights, logits
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS


def with_outgoing(*sizes: float) -> Weights:
    width = len(sizes)
    return Weights(np.ones((2, width)), None, np.array(sizes)[:, np.newaxis], None)


def drawn(width: int, biases: bool = True) -> Weights:
    return initial_weights(RunConfig(width=width, biases=biases, seed=7, init_range=3))


FIRST = Pair(0, 1)
CHOSEN: list[tuple[tuple[float, ...], Pair | None, tuple[int | None, int | None], Pair]] = [
    # The two largest outgoing weights, in the order of the units.
    ((1.0,), None, (None, None), Pair(0, None)),
    ((1, -3, 2), None, (None, None), Pair(1, 2)),
    ((-5, 1, 4), None, (None, None), Pair(0, 2)),
    ((0, 0, 0), None, (None, None), Pair(0, 1)),
    # A pair stays until another unit is clearly larger, or until the network is narrower.
    ((3, 2, 2.39), FIRST, (None, None), FIRST),
    ((3, 2, -2.41), FIRST, (None, None), Pair(0, 2)),
    ((2, 3, 2.41), FIRST, (None, None), Pair(2, 1)),
    ((0, 0, 0), FIRST, (None, None), FIRST),
    ((1.7e308, 1.7e308, 1.7e308), FIRST, (None, None), FIRST),
    ((1, 2, 3), Pair(5, 6), (None, None), Pair(1, 2)),
    ((2.0,), FIRST, (None, None), Pair(0, None)),
    ((1, 2), Pair(0, None), (None, None), FIRST),
    # Units chosen by the user take their axes; impossible choices are ignored.
    ((4, 3, 2, 1), None, (3, 2), Pair(3, 2)),
    ((4, 3, 2, 1), None, (3, None), Pair(3, 0)),
    ((4, 3, 2, 1), None, (None, 0), Pair(1, 0)),
    ((4, 3, 2, 1), FIRST, (1, None), Pair(1, 0)),
    ((4, 3, 2, 1), FIRST, (None, 3), Pair(0, 3)),
    ((3, 2.9, 1), FIRST, (2, None), Pair(2, 1)),
    ((1, 1, 5), FIRST, (0, None), Pair(0, 2)),
    ((4, 3, 2), None, (3, 3), FIRST),
    ((4, 3, 2), None, (2, 2), Pair(2, 0)),
]
"""Outgoing weights, the pair before, the units chosen by the user, and the pair."""


@pytest.mark.parametrize(("sizes", "before", "chosen", "pair"), CHOSEN)
def test_the_pair_is_what_was_chosen_or_the_two_largest(
    sizes: tuple[float, ...], before: Pair | None, chosen: tuple[int | None, int | None], pair: Pair
) -> None:
    with np.errstate(all="raise"):
        assert choose_pair(with_outgoing(*sizes), before, *chosen) == pair


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=6), st.data())
def test_no_unit_is_clearly_larger_than_the_pair(sizes: list[float], data: st.DataObject) -> None:
    unit = st.integers(0, len(sizes) - 1)
    first, second = data.draw(st.tuples(unit, unit).filter(lambda two: two[0] != two[1]))
    pair = choose_pair(with_outgoing(*sizes), Pair(first, second))
    assert len({*pair.units}) == 2
    least = min(abs(sizes[u]) for u in pair.units)
    assert all(abs(s) <= 1.2 * least for u, s in enumerate(sizes) if u not in pair.units)
    assert choose_pair(with_outgoing(*sizes), pair) == pair  # it does not flicker


def test_the_grid_spans_the_square_and_contains_the_rows() -> None:
    grid = INPUT_GRID
    assert grid.shape == (2 * LINES, POINTS, 2)
    upright, level = grid[:LINES], grid[LINES:]
    assert (np.ptp(upright[..., 0], axis=1) == 0).all()
    assert (np.ptp(level[..., 1], axis=1) == 0).all()
    assert (grid.min(), grid.max()) == (LOW, HIGH)
    for row in ROWS:
        assert np.abs(grid - row).max(axis=-1).min() < 1e-12


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("pair", [Pair(0, 1), Pair(2, 0)])
def test_a_plane_holds_the_hidden_responses(activation: str, pair: Pair) -> None:
    weights, units = drawn(3), list(pair.units)
    config = RunConfig(activation=activation)
    plane, third = plane_of(weights, config, pair), ({0, 1, 2} - {*pair.units}).pop()
    rows = hidden(weights, config)
    exact = hidden(weights, config, INPUT_GRID.reshape(-1, 2))
    np.testing.assert_allclose(plane.rows, rows[:, units])
    np.testing.assert_allclose(plane.grid.reshape(-1, 2), exact[:, units])
    assert plane.third is not None
    assert plane.third.unit == third
    np.testing.assert_allclose(plane.third.rows, rows[:, third])
    np.testing.assert_allclose(plane.third.grid.ravel(), exact[:, third])
    for span, numbers in (
        *((plane.across, plane.grid[..., 0]), (plane.up, plane.grid[..., 1])),
        (plane.third.span, plane.third.grid),
    ):
        assert span.low - 1e-12 <= numbers.min() <= numbers.max() <= span.high + 1e-12


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("width", [1, 2, 3, 6])
def test_each_row_is_on_the_right_side_of_its_border(width: int, biases: bool) -> None:
    weights = drawn(width, biases)
    config = RunConfig(activation="tanh")
    plane = plane_of(weights, config, choose_pair(weights))
    h = hidden(weights, config)
    for own, at, exact in zip(plane.borders, plane.rows, logits(weights, h), strict=True):
        assert own.side(*at) == pytest.approx(exact, abs=1e-12)
    others = [unit for unit in range(width) if unit not in plane.pair.units]
    rests = h[:, others] @ weights.w2[others, 0] + (0 if weights.b2 is None else weights.b2)
    np.testing.assert_allclose([own.rest for own in plane.borders], rests, atol=1e-15)
    assert plane.border.rest == pytest.approx(np.mean(rests))
    assert plane.is_exact == (width <= 2)
    assert (plane.third is None) == (width != 3)


def test_a_single_unit_has_no_second_axis() -> None:
    plane = plane_of(drawn(1), RunConfig(), Pair(0, None))
    assert (plane.rows[:, 1] == 0).all()
    assert plane.border.b == 0
    assert plane.up == Span(-1, 1)
    ends = plane.border.within(Span(-99, 99), plane.up)
    assert ends is not None
    np.testing.assert_allclose(ends[:, 0], -plane.border.rest / plane.border.a)


@example(1, 1, 0, 1)
@example(2, 0, -1, 1)
@example(0, -4, 1, 1)
@example(0, 0, 1, 1)
@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9), st.floats(0.1, 50))
def test_ends_lie_on_border_and_edges(a: float, b: float, rest: float, high: float) -> None:
    border, across, up = Border(a, b, rest), Span(-1, 1), Span(0, high)
    ends = border.within(across, up)
    corners = [border.side(x, y) for x, y in itertools.product((-1, 1), (0, high))]
    size = max(abs(a), abs(b) * high, abs(rest), 1e-9)
    if ends is not None:
        assert max(abs(border.side(*end)) for end in ends.tolist()) <= 1e-6 * size
        at = np.abs((ends - (0, high / 2)) / (1, high / 2))  # the edges are at 1
        np.testing.assert_allclose(at.max(axis=1), 1, atol=1e-9)
    elif min(corners) < 0 < max(corners):
        assert min(abs(side) for side in corners) <= 1e-6 * size


@pytest.mark.parametrize("scale", [1e60, 1e200, 1.7e308])
def test_huge_weights_give_a_finite_plane(scale: float) -> None:
    signs = np.array([[1.0, -1.0, 1.0, 1.0], [-1.0, -1.0, 1.0, 1.0]])
    outgoing = np.array([[1.0], [-1.0], [1.0], [-1.0]])
    weights = Weights(signs * scale, None, outgoing * scale, np.array([scale]))
    for activation in ACTIVATION_NAMES:
        plane = plane_of(weights, RunConfig(activation=activation), choose_pair(weights))
        rests = [own.rest for own in plane.borders]
        assert np.isfinite([*plane.rows.flat, *plane.grid.flat, *rests]).all()
        assert np.isfinite(plane.border.side(1, 1))
        plane.border.within(plane.across, plane.up)
