"""The decision surface, and the lines of the hidden units."""

import itertools
import math
from dataclasses import replace

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
    decided,
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
)
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.ui.plot.lines import isolines

CORNERS = np.array([*itertools.product((LOW, HIGH), repeat=2)])
SLOPES = st.just(0.0) | st.floats(1e-6, 100) | st.floats(-100, -1e-6)
NETWORKS = pytest.mark.parametrize(
    ("activation", "biases"), [*itertools.product(ACTIVATION_NAMES, (False, True))]
)


RELU = RunConfig(activation="relu")


def drawn(width: int, biases: bool, seed: int = 3) -> Weights:
    return initial_weights(RunConfig(width=width, biases=biases, seed=seed, init_range=2))


def lines_of(*units: tuple[float, float, float]) -> Array:
    """Return the lines of hidden units, each (weight of x1, weight of x2, bias)."""
    table = np.array(units)
    return unit_lines(
        Weights(table[:, :2].T, table[:, 2], np.ones((len(units), 1)), np.zeros(1)), RunConfig()
    )


def test_the_boundary_of_a_saturated_unit_is_straight() -> None:
    grid = Grid(128)
    for steepness in (4, 300, 1e5):
        towards = steepness * np.array([0.6, 0.8])
        # The output is one half where the unit answers 0.3.
        into, bias = towards[:, np.newaxis], np.array([-0.9 * steepness])
        weights = Weights(into, bias, np.array([[10.0]]), np.array([-3.0]))
        z = logit_grid(weights, RunConfig(), grid.points)
        (line,) = isolines(grid.ticks, grid.ticks, z)(0.0)
        found = on_boundary(line, weights, RunConfig(), grid)
        away = found @ towards / steepness - 0.9 - math.log(0.3 / 0.7) / steepness
        assert np.abs(away).max() < 0.02 * (HIGH - LOW) / 127


def test_there_is_no_boundary_where_rounding_decides_its_side() -> None:
    grid, out = Grid(128), np.array([[20.0], [-20.0]])
    ends = []
    # Far up and down, both units of the first are at one bound; the second's line is on the grid.
    for into in ([[15.0, -6.0], [30.0, 30.0]], [[3.0, -3.0], [-3.0, 3.0]]):
        weights = Weights(np.array(into), None, out, None)
        z = decided(logit_grid(weights, RunConfig(), grid.points), weights, RunConfig())
        (line,) = isolines(grid.ticks, grid.ticks, z)(0.0)
        found = on_boundary(line, weights, RunConfig(), grid)
        true = np.zeros(len(found)) if into[0][0] == 15 else found[:, 1]
        np.testing.assert_allclose(found[:, 0], true, atol=0.01)
        ends.append(float(np.ptp(found[:, 1])))
    assert ends == [pytest.approx(0.9, abs=0.2), HIGH - LOW]


def test_a_wide_network_gets_a_coarser_grid_within_the_budget() -> None:
    for width in range(1, 65):
        n = Grid.for_width(width).n
        assert 32 <= n <= 128
        assert n * n * width <= 64**3


def test_a_grid_spans_the_square_with_x1_varying_fastest() -> None:
    grid, ends = Grid(3), (-0.5, 0.5, 1.5)
    np.testing.assert_array_equal(grid.ticks, ends)
    np.testing.assert_array_equal(grid.points, [(x1, x2) for x2 in ends for x1 in ends])
    assert grid.points.dtype == np.float32


@NETWORKS
def test_a_surface_is_that_of_the_network(activation: str, biases: bool) -> None:
    config = RunConfig(activation=activation)
    for width in (1, 3, 64):
        weights, grid = drawn(width, biases), Grid(33)
        surface = sigmoid(logit_grid(weights, config, grid.points))
        exact = outputs(weights, config, grid.points.astype(float)).reshape(33, 33)
        assert surface.dtype == np.float32
        np.testing.assert_allclose(surface, exact, rtol=0, atol=1e-5)
        here = outputs(weights, config, np.array([[0.25, 1.5]]))[0]
        assert output_at(weights, config, 0.25, 1.5) == here
    huge = Weights(np.array([[1e60], [0.0]]), None, np.array([[1e60]]), None)
    np.testing.assert_array_equal(logit_grid(huge, config, Grid(8).points)[:, 2:] > 20, 1)


def test_units_without_a_line_leave_those_of_others() -> None:
    missing = [(0, 0, 0), (0, 0, 1), (1, 0, 0.6), (1, 1, -3)]
    assert lines_of(*missing).shape == (0, 2, 2)
    (line,) = lines_of(*missing, (0, -1, 1.5))
    np.testing.assert_allclose(line, [(-0.5, 1.5), (1.5, 1.5)])


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


@pytest.mark.parametrize("size", [1.0, 1.7e308, 1e-300])
def test_the_distance_to_a_line_is_perpendicular_for_any_weights(size: float) -> None:
    w1 = size * np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]])
    weights = Weights(w1, size * np.array([-1.0, 0.0, -1.0, 1.0]), np.ones((4, 1)), None)
    distances = line_distances(weights, RunConfig(), 0.25, 0.5)
    np.testing.assert_allclose(distances, [0.5, 0.25, 0.25 / math.sqrt(2), np.inf])
    assert not line_distances(replace(weights, b1=None), RunConfig(), 0.0, 0.0)[:3].any()


@NETWORKS
def test_each_map_is_that_of_its_network_in_its_pixels(activation: str, biases: bool) -> None:
    np.testing.assert_allclose(middles(4), [-0.25, 0.25, 0.75, 1.25])
    n, places = 24, ((0, 0), (0, 23), (23, 0), (5, 17))  # the first row is that on top
    at = LOW + (np.arange(n) + 0.5) * (HIGH - LOW) / n
    for width in (1, 3, 64):
        config = RunConfig(width=width, activation=activation, biases=biases, init_range=4)
        seeds = [initial_weights(replace(config, seed=seed)) for seed in range(5)]
        parameters = np.stack([flat(weights) for weights in seeds])
        maps = logit_maps(parameters, config, n)
        assert maps.shape == (5, n, n)
        units = [width - 1, 0]
        for weights, found in zip(seeds, maps, strict=True):
            own = response_maps(weights, config, units, n)
            assert own.shape == (2, n, n)
            assert own.dtype == np.float32
            for i, j in places:
                h = hidden(weights, config, np.array([[at[j], at[n - 1 - i]]]))
                assert found[i, j] == pytest.approx(logits(weights, h)[0], rel=1e-5, abs=1e-4)
                np.testing.assert_allclose(own[:, i, j], h[0, units], rtol=1e-4, atol=1e-5)


def test_blocks_of_networks_give_the_same_maps() -> None:
    config = RunConfig(width=8, biases=True)
    parameters = np.stack([flat(drawn(8, True, seed)) for seed in range(70)])
    together = logit_maps(parameters, config, 20)
    for i in (0, 20, 21, 69):
        np.testing.assert_allclose(together[i], logit_maps(parameters[i : i + 1], config, 20)[0])


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_huge_weights_give_finite_maps(activation: str) -> None:
    config = RunConfig(width=64, activation=activation, biases=True)
    for huge in (1e30, 1e200, 1e300, -1e300, np.inf, np.nan):
        parameters = np.stack([flat(drawn(64, True, seed)) for seed in range(2)])
        parameters[1] = huge
        maps = logit_maps(parameters, config, 12)
        assert np.isfinite(maps).all()
        np.testing.assert_allclose(maps[0], logit_maps(parameters[:1], config, 12)[0], rtol=1e-5)
    for scale in (1e30, 1e200, 1.7e308):
        signs = np.array([[1.0, -1.0], [-1.0, -1.0]])
        weights = Weights(signs * scale, np.array([scale, -scale]), np.ones((2, 1)), None)
        assert np.isfinite(responses(weights, config)).all()
        assert np.isfinite(response_maps(weights, config, [0, 1], 6)).all()
        assert np.isfinite(largest_responses(weights, config)).all()


@given(st.integers(0, 64), st.integers(1, 64))
def test_fineness_is_within_the_budget(networks: int, width: int) -> None:
    n = fineness(networks, width, 300_000, 32)
    assert COARSEST <= n <= 32
    assert n == COARSEST or networks * width * n * n <= 300_000
    assert n == 32 or max(networks, 1) * width * (n + 1) ** 2 > 300_000


@NETWORKS
def test_responses_are_those_of_the_network_for_any_inputs(activation: str, biases: bool) -> None:
    weights, config = drawn(5, biases), RunConfig(activation=activation)
    exact = hidden(weights, config)
    np.testing.assert_array_equal(responses(weights, config), exact)
    assert responses(weights, config, units=[]).shape == (4, 0)
    x = np.stack((INPUTS, INPUTS[::-1]))
    answers = responses(weights, config, x, [4, 1])
    np.testing.assert_allclose(answers, [exact[:, [4, 1]], exact[::-1][:, [4, 1]]])


@pytest.mark.parametrize("scale", [1e-60, 1e-300, 1e5])
def test_maps_of_relu_are_in_proportion_to_the_weights(scale: float) -> None:
    weights = drawn(3, biases=False)
    scaled = replace(weights, w1=weights.w1 * scale)
    maps, plain = (response_maps(w, RELU, range(3), 9) for w in (scaled, weights))
    np.testing.assert_allclose(maps / scale, plain, rtol=1e-4, atol=1e-6)


def test_the_largest_response_is_at_a_corner() -> None:
    weights = drawn(6, biases=True)
    exact = hidden(weights, RELU, CORNERS).max(axis=0)
    np.testing.assert_allclose(largest_responses(weights, RELU), exact)


def test_spans_are_fixed_except_for_relu() -> None:
    fixed = [Span(0, 1), Span(-1, 1)]
    assert [span_of(name, 3.2) for name in ACTIVATION_NAMES] == [*fixed, Span(0, 5)]
    weights = Weights(np.array([[2.0], [0.4]]), None, np.ones((1, 1)), None)  # at most 3.6
    configs = [RunConfig(width=1, activation=name) for name in ACTIVATION_NAMES]
    assert [color_span(weights, config) for config in configs] == [*fixed, Span(-5, 5)]


@given(st.floats(1e-290, 1e290) | st.sampled_from([1.0, 2.0, 5.0, 1e15, 1.01, 4.9, 0.03]))
def test_a_round_bound_is_just_large_enough(largest: float) -> None:
    bound = round_bound(largest)
    assert largest * (1 - 1e-9) <= bound <= 2.5 * largest * (1 + 1e-9)
    assert f"{bound:.6e}"[:8] in {"1.000000", "2.000000", "5.000000"}
    for none in (0, -1, math.inf):
        assert round_bound(none) == 1
