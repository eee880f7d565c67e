"""The loops that are compiled, also as plain Python: their functions, and networks side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.readable import flat
from xorviz.core import loops
from xorviz.core.compiler import compiled
from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.numba_kernel import buffers, networks, recipe_of

Array = NDArray[np.float64]
LONG = np.longdouble

SWEEP = np.concatenate(
    [
        np.linspace(-708, 708, 2001),
        np.linspace(-2, 2, 801),
        *(sign * np.geomspace(5e-324, 708, 500) for sign in (-1, 1)),
    ]
).tolist()
"""Numbers from all over the range: also those that are hardly any."""
HUGE = [709.0, 745.0, 1e4, 1e308, math.inf]
UNIT = [
    0.0,
    5e-324,
    1e-308,
    1e-17,
    *np.linspace(0, 1, 2001).tolist(),
    *np.geomspace(1e-300, 1, 500),
]


def ulps(value: float, exact: np.longdouble) -> float:
    """Return how far a number is from the exact one, in last places of a number of that size."""
    return float(abs(LONG(value) - exact) / LONG(math.ulp(float(exact))))


def assert_within(most: float, function: Callable[[float], float], exact: object, z: float) -> None:
    wanted = exact(LONG(z))  # type: ignore[operator]
    found = ulps(function(z), wanted)
    assert found <= most, f"{function.__name__}({z!r}) is {found:.2f} ulps from {wanted}"


def exponential(z: float) -> float:
    s, p = loops.power_and_rest(z)
    return s + s * p


def test_the_exponential_is_known_to_about_its_last_bit() -> None:
    for z in SWEEP:
        assert_within(1.5, exponential, np.exp, z)


def test_the_power_is_one_of_two_and_its_rest_small() -> None:
    for z in SWEEP:
        s, p = loops.power_and_rest(z)
        assert math.frexp(s)[0] == 0.5
        assert abs(p) < 0.4143
        if s == 1:
            assert_within(1.5, lambda z: loops.power_and_rest(z)[1], np.expm1, z)


def test_the_tangent_is_known_to_its_last_bits() -> None:
    for z in SWEEP:
        assert_within(3, loops.tanh_of_half, lambda z: np.tanh(z / 2), z)


@pytest.mark.parametrize("z", HUGE)
def test_the_tangent_of_what_is_huge_is_one(z: float) -> None:
    assert (loops.tanh_of_half(z), loops.tanh_of_half(-z)) == (1.0, -1.0)


def test_the_logarithm_is_known_to_its_last_bits() -> None:
    for v in UNIT:
        assert_within(3, loops.log_of_one_more, np.log1p, v)


def test_softplus_is_known_to_its_last_bits() -> None:
    for z in SWEEP:
        assert_within(3, loops.softplus, lambda z: np.logaddexp(LONG(0), z), z)


@pytest.mark.parametrize("z", HUGE)
def test_softplus_of_what_is_huge_is_that_or_next_to_nothing(z: float) -> None:
    assert loops.softplus(z) == z
    assert 0 <= loops.softplus(-z) < 1e-307


FUNCTIONS: list[Callable[[float], float]] = [
    *(loops.tanh_of_half, loops.softplus, loops.log_of_one_more, exponential),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_what_is_not_a_number_stays_so(function: Callable[[float], float]) -> None:
    assert math.isnan(function(math.nan))


@pytest.mark.parametrize("function", FUNCTIONS[:3], ids=lambda f: f.__name__)
def test_the_compiler_changes_no_bit_of_a_function(function: Callable[[float], float]) -> None:
    fast = compiled(function, loops.INLINED)
    numbers = UNIT if function is loops.log_of_one_more else [*SWEEP, *HUGE, *(-z for z in HUGE)]
    mine = np.array([fast(float(z)) for z in numbers])
    plain = np.array([function(float(z)) for z in numbers])
    assert mine.tobytes() == plain.tobytes()
    assert math.isnan(fast(math.nan))


@given(st.floats(-708, 708))
def test_the_tangent_is_odd(z: float) -> None:
    assert loops.tanh_of_half(-z) == pytest.approx(-loops.tanh_of_half(z), rel=1e-15, abs=0)


@given(st.floats(allow_nan=False))
def test_the_tangent_stays_between_its_bounds(z: float) -> None:
    assert -1 <= loops.tanh_of_half(z) <= 1


SHAPES = [
    RunConfig(width=width, activation=activation, loss=loss, biases=biases)
    for width, biases in ((1, True), (2, False), (3, True), (5, False), (8, True))
    for activation in ACTIVATION_NAMES
    for loss in LOSS_NAMES
]
EVERY_SHAPE = pytest.mark.parametrize(
    "shape", SHAPES, ids=lambda c: f"{c.width}-{c.activation}-{c.loss}-{c.biases}"
)
STEPS = 4


class Together:
    """Networks of one shape that are trained side by side."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        columns = [flat(initial_weights(config)) for config in configs]
        parameters = np.ascontiguousarray(np.stack(columns, axis=1))
        targets = np.array([config.targets for config in configs], dtype=float).T.copy()
        self.recipe = recipe_of(configs[0])
        width = configs[0].width
        self.now = networks(parameters, np.zeros_like(parameters), targets, width)
        self.now.rates[:] = [config.rate for config in configs]
        self.now.momenta[:] = [config.momentum for config in configs]
        self.first, self.results = buffers(1, len(configs)), buffers(STEPS, len(configs))

    def train(self, settle: Callable[..., None], train: Callable[..., None]) -> "Together":
        """Train all that is left of them in both forms."""
        settle(self.recipe, self.now, self.first)
        train(self.recipe, self.now, self.results, STEPS)
        return self

    def bits(self, place: int = 0) -> list[bytes]:
        """Return all that is known of one network."""
        arrays = (self.now.parameters, self.now.velocity, self.first.losses, *self.results)
        return [np.ascontiguousarray(array[..., place]).tobytes() for array in arrays]


def fast(function: Callable[..., None]) -> Callable[..., None]:
    return compiled(function, loops.INLINED)


def neighbours(shape: RunConfig, count: int) -> list[RunConfig]:
    """Return networks that differ in all that those of one shape may differ in."""
    return [
        replace(
            shape,
            seed=seed,
            rate=0.1 + 0.3 * seed,
            momentum=(0.0, 0.9, 0.5)[seed % 3],
            targets=[(1, 0, 1, 0), (0, 1, 1, 1), (0, 0, 0, 1)][seed % 3],
        )
        for seed in range(count)
    ]


@EVERY_SHAPE
def test_a_network_trained_beside_others_comes_to_the_bits_of_one_alone(shape: RunConfig) -> None:
    configs = neighbours(shape, 9)
    one, many = (
        (fast(loops.settle_one), fast(loops.train_one)),
        (fast(loops.settle_many), fast(loops.train_many)),
    )
    alone = [Together([config]).train(*one).bits() for config in configs]
    for count in (1, 2, 4, 5, 9):
        together = Together(configs[:count]).train(*many)
        assert [together.bits(place) for place in range(count)] == alone[:count]
    turned = Together(configs[::-1]).train(*many)
    assert [turned.bits(place) for place in range(9)] == alone[::-1]


@EVERY_SHAPE
def test_both_come_to_the_bits_of_the_plain_loops(shape: RunConfig) -> None:
    configs = neighbours(shape, 3)
    plain = Together(configs).train(loops.settle_many, loops.train_many)
    compiled_ones = Together(configs).train(fast(loops.settle_many), fast(loops.train_many))
    for place, config in enumerate(configs):
        alone = Together([config]).train(loops.settle_one, loops.train_one)
        assert plain.bits(place) == alone.bits() == compiled_ones.bits(place)


def test_a_neighbour_that_leaves_the_finite_numbers_disturbs_nobody() -> None:
    shape = RunConfig(width=3, activation="relu", loss="cross-entropy")
    configs = neighbours(shape, 5)
    alone = Together([configs[3]]).train(fast(loops.settle_one), fast(loops.train_one))
    together = Together(configs)
    together.now.parameters[:, 1] *= 1e200
    together.train(fast(loops.settle_many), fast(loops.train_many))
    assert not np.isfinite(together.results.losses[:, 1]).all()
    assert together.bits(3) == alone.bits()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", range(13))
def test_a_weight_that_is_not_finite_leaves_no_finite_loss(bad: float, place: int) -> None:
    network = Together([RunConfig(width=3, biases=True, activation="relu")])
    network.now.parameters[place, 0] = bad
    with np.errstate(all="ignore"):
        loops.settle_one(network.recipe, network.now, network.first)
    assert math.isnan(network.first.losses[0, 0])
