"""The plane of two hidden units: the pair, the grid and the borders."""

import itertools

import numpy as np
import pytest
from hypothesis import given
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


def test_the_two_largest_outgoing_weights_make_the_pair() -> None:
    cases: list[tuple[tuple[float, ...], Pair]] = [
        ((1.0,), Pair(0, None)),
        ((1, 2), Pair(0, 1)),
        ((1, -3, 2), Pair(1, 2)),
        ((-5, 1, 4), Pair(0, 2)),
        ((0, 0, 0), Pair(0, 1)),
    ]
    for sizes, pair in cases:
        assert choose_pair(with_outgoing(*sizes)) == pair


def test_a_pair_stays_until_another_unit_is_clearly_larger() -> None:
    before = Pair(0, 1)
    assert choose_pair(with_outgoing(3, 2, 2.39), before) == before
    assert choose_pair(with_outgoing(3, 2, -2.41), before) == Pair(0, 2)
    assert choose_pair(with_outgoing(2, 3, 2.41), before) == Pair(2, 1)
    assert choose_pair(with_outgoing(1, 1, 5, 4), before) in (Pair(2, 3), Pair(3, 2))
    assert choose_pair(with_outgoing(0, 0, 0), before) == before
    with np.errstate(all="raise"):
        assert choose_pair(with_outgoing(1.7e308, 1.7e308, 1.7e308), before) == before


def test_crossing_weights_do_not_make_the_pair_flicker() -> None:
    pair, changes = choose_pair(with_outgoing(5, 1.0, 0.9)), 0
    for wave in np.sin(np.linspace(0, 60, 500)):
        after = choose_pair(with_outgoing(5, 1 - 0.08 * wave, 1 + 0.08 * wave), pair)
        pair, changes = after, changes + (after != pair)
    assert changes == 0


def test_a_pair_of_a_wider_network_is_replaced() -> None:
    assert choose_pair(with_outgoing(1, 2, 3), Pair(5, 6)) == Pair(1, 2)
    assert choose_pair(with_outgoing(2.0), Pair(0, 1)) == Pair(0, None)
    assert choose_pair(with_outgoing(1, 2), Pair(0, None)) == Pair(0, 1)


def test_chosen_units_take_their_axes() -> None:
    weights = with_outgoing(4, 3, 2, 1)
    assert choose_pair(weights, across=3, up=2) == Pair(3, 2)
    assert choose_pair(weights, across=3) == Pair(3, 0)
    assert choose_pair(weights, up=0) == Pair(1, 0)
    assert choose_pair(weights, Pair(0, 1), across=1) == Pair(1, 0)
    assert choose_pair(weights, Pair(0, 1), up=3) == Pair(0, 3)
    assert choose_pair(with_outgoing(3, 2.9, 1), Pair(0, 1), across=2) == Pair(2, 1)


def test_an_impossible_choice_is_ignored() -> None:
    weights = with_outgoing(4, 3, 2)
    assert choose_pair(weights, across=9, up=17) == Pair(0, 1)
    assert choose_pair(weights, across=2, up=2) == Pair(2, 0)


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=6), st.data())
def test_no_unit_is_clearly_larger_than_the_pair(sizes: list[float], data: st.DataObject) -> None:
    unit = st.integers(0, len(sizes) - 1)
    first, second = data.draw(st.tuples(unit, unit).filter(lambda two: two[0] != two[1]))
    pair = choose_pair(with_outgoing(*sizes), Pair(first, second))
    assert len({*pair.units}) == 2
    least = min(abs(sizes[u]) for u in pair.units)
    assert all(abs(s) <= 1.2 * least for u, s in enumerate(sizes) if u not in pair.units)


def test_the_grid_spans_the_square_and_contains_the_rows() -> None:
    grid = INPUT_GRID
    assert grid.shape == (2 * LINES, POINTS, 2)
    upright, level = grid[:LINES], grid[LINES:]
    assert (np.ptp(upright[..., 0], axis=1) == 0).all()
    assert (np.ptp(level[..., 1], axis=1) == 0).all()
    assert (grid.min(), grid.max()) == (LOW, HIGH)
    for row in ROWS:
        assert np.abs(grid - row).max(axis=-1).min() < 1e-12


def test_a_plane_holds_the_hidden_responses() -> None:
    pairs: list[Pair] = [Pair(0, 1), Pair(2, 0)]
    for activation in ACTIVATION_NAMES:
        for pair in pairs:
            weights = drawn(3)
            plane = plane_of(weights, activation, pair)
            np.testing.assert_allclose(plane.rows, hidden(weights, activation)[:, list(pair.units)])
            exact = hidden(weights, activation, INPUT_GRID.reshape(-1, 2))
            np.testing.assert_allclose(plane.grid.reshape(-1, 2), exact[:, list(pair.units)])
            assert plane.third is not None
            assert plane.third.unit == ({0, 1, 2} - {*pair.units}).pop()
            np.testing.assert_allclose(
                plane.third.rows, hidden(weights, activation)[:, plane.third.unit]
            )
            np.testing.assert_allclose(plane.third.grid.ravel(), exact[:, plane.third.unit])
            for span, axis in ((plane.across, 0), (plane.up, 1)):
                assert span.low - 1e-12 <= plane.grid[..., axis].min()
                assert plane.grid[..., axis].max() <= span.high + 1e-12


def test_only_three_units_have_a_third() -> None:
    for width in (1, 2, 4, 64):
        weights = drawn(width)
        assert plane_of(weights, "tanh", choose_pair(weights)).third is None


def test_each_row_is_on_the_right_side_of_its_border() -> None:
    for biases in (False, True):
        for width in (1, 2, 3, 6):
            weights = drawn(width, biases)
            plane = plane_of(weights, "tanh", choose_pair(weights))
            z = logits(weights, hidden(weights, "tanh"))
            for own, at, exact in zip(plane.borders, plane.rows, z, strict=True):
                assert own.side(*at) == pytest.approx(exact, abs=1e-12)
            assert plane.is_exact == (width <= 2)
            assert plane.border.rest == pytest.approx(np.mean([own.rest for own in plane.borders]))


def test_the_rest_is_the_contribution_of_other_units_and_bias() -> None:
    weights = drawn(4)
    assert weights.b2 is not None
    h = hidden(weights, "sigmoid")
    expected = [float(row[1] * weights.w2[1, 0] + row[3] * weights.w2[3, 0]) for row in h]
    rests = [own.rest for own in plane_of(weights, "sigmoid", Pair(0, 2)).borders]
    np.testing.assert_allclose(rests, np.array(expected) + weights.b2)


def test_a_single_unit_has_no_second_axis() -> None:
    weights = drawn(1)
    plane = plane_of(weights, "sigmoid", Pair(0, None))
    assert (plane.rows[:, 1] == 0).all()
    assert plane.border.b == 0
    assert plane.up == Span(-1, 1)
    ends = plane.border.within(Span(-99, 99), plane.up)
    assert ends is not None
    np.testing.assert_allclose(ends[:, 0], -plane.border.rest / plane.border.a)


def test_a_border_ends_at_the_edges_of_its_box() -> None:
    cases: list[tuple[Border, list[tuple[float, float]]]] = [
        (Border(1, 1, -1), [(0, 1), (1, 0)]),
        (Border(2, 0, -1), [(0.5, 0), (0.5, 1)]),
        (Border(0, -4, 1), [(0, 0.25), (1, 0.25)]),
    ]
    for border, ends in cases:
        found = border.within(Span(0, 1), Span(0, 1))
        assert found is not None
        np.testing.assert_allclose(sorted(map(tuple, found)), sorted(ends), atol=1e-12)


def test_a_border_may_miss_the_box() -> None:
    cases: list[Border] = [Border(1, 1, 0.5), Border(1, 1, -3), Border(0, 0, 1)]
    for border in cases:
        assert border.within(Span(0, 1), Span(0, 1)) is None


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9), st.floats(0.1, 50))
def test_ends_lie_on_the_border(a: float, b: float, rest: float, high: float) -> None:
    border, across, up = Border(a, b, rest), Span(-1, 1), Span(0, high)
    ends = border.within(across, up)
    corners = [border.side(x, y) for x, y in itertools.product((-1, 1), (0, high))]
    size = max(abs(a), abs(b) * high, abs(rest), 1e-9)
    if ends is not None:
        assert max(abs(border.side(*end)) for end in ends.tolist()) <= 1e-6 * size
    elif min(corners) < 0 < max(corners):
        assert min(abs(side) for side in corners) <= 1e-6 * size


def test_huge_weights_give_a_finite_plane() -> None:
    for activation in ACTIVATION_NAMES:
        for scale in (1e60, 1e200, 1.7e308):
            signs = np.array([[1.0, -1.0, 1.0, 1.0], [-1.0, -1.0, 1.0, 1.0]])
            outgoing = np.array([[1.0], [-1.0], [1.0], [-1.0]])
            weights = Weights(signs * scale, None, outgoing * scale, np.array([scale]))
            plane = plane_of(weights, activation, choose_pair(weights))
            assert np.isfinite(plane.rows).all()
            assert np.isfinite(plane.grid).all()
            assert np.isfinite([own.rest for own in plane.borders]).all()
            assert np.isfinite(plane.border.side(1, 1))
            plane.border.within(plane.across, plane.up)
