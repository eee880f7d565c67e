"""The decision surface, and the lines of the hidden units."""

import itertools
import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xorviz.core.analysis.surface import (
    COARSEST,
    HIGH,
    LOW,
    Grid,
    Span,
    color_span,
    fineness,
    largest_responses,
    line_distances,
    logit_grid,
    logit_maps,
    middles,
    on_boundary,
    output_at,
    response_maps,
    responses,
    round_bound,
    span_of,
    unit_lines,
)
from xorviz.core.arrays import Array
from xorviz.core.network import (
    INPUTS,
    Weights,
    flat,
    hidden,
    initial_weights,
    logits,
    outputs,
    sigmoid,
    weights_of,
)
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.ui.plot.lines import isolines

CORNERS = np.array([*itertools.product((LOW, HIGH), repeat=2)])
SLOPES = st.just(0.0) | st.floats(1e-6, 100) | st.floats(-100, -1e-6)


def lines_of(*units: tuple[float, float, float]) -> Array:
    """Return the lines of hidden units, each (weight of x1, weight of x2, bias)."""
    table = np.array(units)
    return unit_lines(Weights(table[:, :2].T, table[:, 2], np.ones((len(units), 1)), np.zeros(1)))


def assert_is_line(line: Array, *ends: tuple[float, float]) -> None:
    """Compare end points, whichever comes first."""
    np.testing.assert_allclose(sorted(map(tuple, line)), sorted(ends), rtol=0, atol=1e-12)


def test_the_boundary_of_a_saturated_unit_is_straight() -> None:
    grid = Grid(128)
    for steepness in (4, 300, 1e5):
        towards = steepness * np.array([0.6, 0.8])
        # The output is one half where the unit answers 0.3.
        weights = Weights(towards[:, None], np.array([-0.9 * steepness]), np.array([[10.0]]),
                          np.array([-3.0]))  # fmt: skip
        z = logit_grid(weights, "sigmoid", grid.points)
        (line,) = isolines(grid.ticks, grid.ticks, z)(0.0)
        found = on_boundary(line, weights, "sigmoid", grid)
        away = found @ towards / steepness - 0.9 - math.log(0.3 / 0.7) / steepness
        assert np.abs(away).max() < 0.02 * (HIGH - LOW) / 127


def test_a_wide_network_gets_a_coarser_grid() -> None:
    cases: list[tuple[int, int]] = [(1, 128), (3, 128), (16, 128), (17, 124), (64, 64)]
    for width, n in cases:
        assert Grid.for_width(width).n == n


def test_no_width_exceeds_the_budget() -> None:
    for width in range(1, 65):
        n = Grid.for_width(width).n
        assert 32 <= n <= 128
        assert n * n * width <= 64**3


def test_a_grid_spans_the_square_with_x1_varying_fastest() -> None:
    grid = Grid(3)
    np.testing.assert_array_equal(grid.ticks, [-0.5, 0.5, 1.5])
    np.testing.assert_array_equal(
        grid.points, [(x1, x2) for x2 in (-0.5, 0.5, 1.5) for x1 in (-0.5, 0.5, 1.5)]
    )
    assert grid.points.dtype == np.float32


def test_a_surface_matches_the_outputs_in_single_precision() -> None:
    for biases in (False, True):
        for activation in ACTIVATION_NAMES:
            for width in (1, 3, 64):
                weights = initial_weights(
                    RunConfig(width=width, biases=biases, seed=5, init_range=2)
                )
                grid = Grid(33)
                surface = sigmoid(logit_grid(weights, activation, grid.points))
                exact = outputs(weights, activation, grid.points.astype(float)).reshape(33, 33)
                assert surface.dtype == np.float32
                np.testing.assert_allclose(surface, exact, rtol=0, atol=1e-5)


def test_x1_is_by_column_and_x2_by_row() -> None:
    cases: list[tuple[list[list[float]], int]] = [([[5.0], [0.0]], 1), ([[0.0], [5.0]], 0)]
    for w1, axis in cases:
        weights = Weights(np.array(w1), None, np.array([[3.0]]), None)
        surface = sigmoid(logit_grid(weights, "tanh", Grid(8).points))
        assert (np.diff(surface, axis=axis) > 0).all()
        assert (np.diff(surface, axis=1 - axis) == 0).all()


def test_huge_weights_saturate_without_a_warning() -> None:
    weights = Weights(np.array([[1e60], [0.0]]), None, np.array([[1e60]]), None)
    surface = sigmoid(logit_grid(weights, "sigmoid", Grid(8).points))
    np.testing.assert_array_equal(surface[:, 2:], 1)


def test_the_output_at_one_point_is_that_of_the_network() -> None:
    for activation in ACTIVATION_NAMES:
        weights = initial_weights(RunConfig(biases=True))
        expected = outputs(weights, activation, np.array([[0.25, 1.5]]))[0]
        assert output_at(weights, activation, 0.25, 1.5) == expected


def test_a_line_ends_at_the_edges_of_the_square() -> None:
    cases: list[tuple[tuple[float, float, float], list[tuple[float, float]]]] = [
        ((0, 2, -1), [(-0.5, 0.5), (1.5, 0.5)]),
        ((2, 0, -1), [(0.5, -0.5), (0.5, 1.5)]),
        ((0, -1, 1.5), [(-0.5, 1.5), (1.5, 1.5)]),
        ((1, -1, 0), [(-0.5, -0.5), (1.5, 1.5)]),
        ((1, 1, -1), [(-0.5, 1.5), (1.5, -0.5)]),
        ((1, 1, -2), [(0.5, 1.5), (1.5, 0.5)]),
        ((1, 2, -3.5), [(0.5, 1.5), (1.5, 1.0)]),
        ((2, 1, -3.5), [(1.0, 1.5), (1.5, 0.5)]),
        ((-2, 1, 1.5), [(0.5, -0.5), (1.5, 1.5)]),
    ]
    for unit, ends in cases:
        (line,) = lines_of(unit)
        assert_is_line(line, *ends)


def test_a_unit_without_a_line_in_the_square_is_left_out() -> None:
    cases: list[tuple[float, float, float]] = [
        (0, 0, 0),
        (0, 0, 1),
        (0, 1, -2),
        (1, 0, 0.6),
        (1, 1, -3.1),
        (1, 1, 1.1),
        (1, -1, 2.5),
    ]
    for unit in cases:
        assert lines_of(unit).shape == (0, 2, 2)


def test_units_without_a_line_do_not_affect_the_others() -> None:
    lines = lines_of((0, 1, -9), (0, 2, -1), (0, 0, 0), (2, 0, -1))
    assert lines.shape == (2, 2, 2)
    assert_is_line(lines[0], (-0.5, 0.5), (1.5, 0.5))
    assert_is_line(lines[1], (0.5, -0.5), (0.5, 1.5))


def test_without_biases_every_line_goes_through_the_origin() -> None:
    weights = initial_weights(RunConfig(width=64))
    lines = unit_lines(weights)
    assert len(lines) == 64
    (x_a, y_a), (x_b, y_b) = lines[:, 0].T, lines[:, 1].T
    np.testing.assert_allclose(x_a * y_b, x_b * y_a, rtol=0, atol=1e-12)


@given(SLOPES, SLOPES, st.floats(-100, 100))
def test_a_line_has_zero_input_and_spans_the_square(w_x: float, w_y: float, b: float) -> None:
    assume(w_x or w_y)
    size = math.hypot(w_x, w_y)
    distances = (CORNERS @ [w_x, w_y] + b) / size
    lines = lines_of((w_x, w_y, b))
    if (distances > 1e-9).all() or (distances < -1e-9).all():
        assert len(lines) == 0
    elif distances.max() > 1e-9 and distances.min() < -1e-9:
        (line,) = lines
        np.testing.assert_allclose((line @ [w_x, w_y] + b) / size, 0, atol=1e-9)
        # Both ends lie on the edge: the coordinate farther from the middle is half a side away.
        np.testing.assert_allclose(np.abs(line - 0.5).max(axis=1), 1, atol=1e-9)
        assert math.dist(*line) > 0


def test_the_distance_to_a_line_is_perpendicular() -> None:
    w1 = np.array([[0.0, 3.0, 1.0, 0.0], [2.0, 0.0, 1.0, 0.0]])
    weights = Weights(w1, np.array([-2.0, 0.0, -1.0, 5.0]), np.ones((4, 1)), None)
    distances = line_distances(weights, 0.25, 0.5)
    np.testing.assert_allclose(distances, [0.5, 0.25, 0.25 / math.sqrt(2), np.inf])
    no_biases = Weights(w1, None, np.ones((4, 1)), None)
    assert line_distances(no_biases, 0.0, 0.0)[:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("size", [1.7e308, 1e-300])
def test_the_distance_to_a_line_does_not_depend_on_the_size_of_the_weights(size: float) -> None:
    w1 = np.array([[0.0, 1.0], [1.0, 1.0]])
    weights = Weights(w1 * size, np.array([-size, -size]), np.ones((2, 1)), None)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        distances = line_distances(weights, 0.25, 0.5)
    np.testing.assert_allclose(distances, [0.5, 0.25 / math.sqrt(2)])


def drawn(config: RunConfig, count: int) -> Array:
    seeds = range(count)
    return np.stack([flat(initial_weights(replace(config, seed=seed))) for seed in seeds])


def test_each_map_is_the_logits_of_its_network() -> None:
    cases: list[tuple[str, bool, int]] = [*product(ACTIVATION_NAMES, (False, True), (1, 3, 64))]
    for activation, biases, width in cases:
        config = RunConfig(width=width, activation=activation, biases=biases, init_range=4)
        parameters, n = drawn(config, 5), 24
        maps = logit_maps(parameters, config, n)
        assert maps.shape == (5, n, n)
        for row, found in zip(parameters, maps, strict=True):
            weights, at = weights_of(row, config), middles(n)
            for i, j in ((0, 0), (0, n - 1), (n - 1, 0), (5, 17)):  # the first row is that on top
                x = np.array([[at[j], at[n - 1 - i]]])
                z = logits(weights, hidden(weights, activation, x))[0]
                assert found[i, j] == pytest.approx(z, rel=1e-5, abs=1e-4)


def test_pixel_centers_divide_the_square() -> None:
    np.testing.assert_allclose(middles(4), [-0.25, 0.25, 0.75, 1.25])
    assert middles(31)[0] - LOW == pytest.approx(HIGH - middles(31)[-1])


def test_blocks_of_networks_give_the_same_maps() -> None:
    config = RunConfig(width=8, biases=True)
    parameters = drawn(config, 70)
    together = logit_maps(parameters, config, 20)
    for i in (0, 20, 21, 69):
        np.testing.assert_allclose(together[i], logit_maps(parameters[i : i + 1], config, 20)[0])


def test_diverged_networks_give_finite_maps() -> None:
    for activation in ACTIVATION_NAMES:
        for huge in (1e300, -1e300, np.inf, np.nan):
            config = RunConfig(width=64, activation=activation, biases=True)
            parameters = drawn(config, 2)
            parameters[1] = huge
            maps = logit_maps(parameters, config, 12)
            assert np.isfinite(maps).all()
            np.testing.assert_allclose(
                maps[0], logit_maps(parameters[:1], config, 12)[0], rtol=1e-5
            )


@given(st.integers(0, 64), st.integers(1, 64))
def test_fineness_is_within_the_budget(networks: int, width: int) -> None:
    n = fineness(networks, width, 300_000, 32)
    assert COARSEST <= n <= 32
    assert n == COARSEST or networks * width * n * n <= 300_000
    assert n == 32 or max(networks, 1) * width * (n + 1) ** 2 > 300_000


def drawn_weights(width: int, biases: bool = True, scale: float = 2.0) -> Weights:
    return initial_weights(RunConfig(width=width, biases=biases, seed=3, init_range=scale))


def test_responses_are_those_of_the_network() -> None:
    for biases in (False, True):
        for activation in ACTIVATION_NAMES:
            weights = drawn_weights(5, biases)
            exact = hidden(weights, activation)
            np.testing.assert_array_equal(responses(weights, activation), exact)
            np.testing.assert_allclose(
                responses(weights, activation, units=[4, 1]), exact[:, [4, 1]]
            )
            assert responses(weights, activation, units=[]).shape == (4, 0)


def test_inputs_can_have_any_shape() -> None:
    weights = drawn_weights(3, biases=False)
    x = np.stack((INPUTS, INPUTS[::-1]))
    answers = responses(weights, "tanh", x, [2, 0])
    assert answers.shape == (2, 4, 2)
    np.testing.assert_allclose(answers[1], hidden(weights, "tanh", INPUTS[::-1])[:, [2, 0]])


def test_a_map_holds_the_response_at_each_pixel_center() -> None:
    for biases in (False, True):
        for activation in ACTIVATION_NAMES:
            weights, n = drawn_weights(4, biases), 7
            maps = response_maps(weights, activation, [3, 1], n)
            assert maps.shape == (2, n, n)
            assert maps.dtype == np.float32
            pixel = (HIGH - LOW) / n
            for row, column in ((0, 0), (0, n - 1), (n - 1, 0), (2, 5)):
                x1, x2 = LOW + (column + 0.5) * pixel, HIGH - (row + 0.5) * pixel
                exact = hidden(weights, activation, np.array([[x1, x2]]))[0, [3, 1]]
                np.testing.assert_allclose(maps[:, row, column], exact, rtol=1e-5, atol=1e-6)


def test_huge_weights_give_finite_responses() -> None:
    for activation in ACTIVATION_NAMES:
        for scale in (1e30, 1e200, 1.7e308):
            signs = np.array([[1.0, -1.0], [-1.0, -1.0]])
            weights = Weights(signs * scale, np.array([scale, -scale]), np.ones((2, 1)), None)
            assert np.isfinite(responses(weights, activation)).all()
            assert np.isfinite(response_maps(weights, activation, [0, 1], 6)).all()
            assert np.isfinite(largest_responses(weights, activation)).all()


@pytest.mark.parametrize("scale", [1e-60, 1e-300, 1e5])
def test_maps_of_relu_are_in_proportion_to_the_weights(scale: float) -> None:
    weights = drawn_weights(3, biases=False)
    scaled = replace(weights, w1=weights.w1 * scale)
    maps, plain = (response_maps(w, "relu", range(3), 9) for w in (scaled, weights))
    np.testing.assert_allclose(maps / scale, plain, rtol=1e-4, atol=1e-6)


def test_the_largest_response_is_at_a_corner() -> None:
    weights = drawn_weights(6)
    largest = largest_responses(weights, "relu")
    maps = response_maps(weights, "relu", range(6), 50)
    assert (maps.max(axis=(1, 2)) <= largest + 1e-6).all()
    np.testing.assert_allclose(maps.max(axis=(1, 2)), largest, atol=0.25)


def test_spans_are_fixed_except_for_relu() -> None:
    assert [span_of(name, 3.2) for name in ACTIVATION_NAMES] == [
        Span(0, 1),
        Span(-1, 1),
        Span(0, 5),
    ]
    assert [color_span(name, 3.2) for name in ACTIVATION_NAMES] == [
        Span(0, 1),
        Span(-1, 1),
        Span(-5, 5),
    ]


def test_a_round_bound_is_one_two_or_five() -> None:
    cases: list[tuple[float, float]] = [
        (0, 1),
        (-1, 1),
        (np.inf, 1),
        (1, 1),
        (1.01, 2),
        (2, 2),
        (4.9, 5),
        (5.1, 10),
        (0.03, 0.05),
        (30, 50),
        (1e15, 1e15),
    ]
    for largest, bound in cases:
        assert round_bound(largest) == pytest.approx(bound)


@given(st.floats(1e-290, 1e290))
def test_a_round_bound_is_just_large_enough(largest: float) -> None:
    bound = round_bound(largest)
    assert largest * (1 - 1e-9) <= bound <= 2.5 * largest * (1 + 1e-9)
