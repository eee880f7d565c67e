"""The loops as plain Python: their functions, and networks side by side."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import compiled
from xorviz.core.kernels.numba_kernel import buffers, networks, recipe_of
from xorviz.core.network import flat, initial_weights

LONG = np.longdouble

SWEEP = np.concatenate(
    [
        np.linspace(-708, 708, 2001),
        np.linspace(-2, 2, 801),
        *(sign * np.geomspace(5e-324, 708, 500) for sign in (-1, 1)),
    ]
).tolist()
"""Numbers from the whole range, including denormal ones."""
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
    """Return the distance from the exact number in units in the last place."""
    return float(abs(LONG(value) - exact) / LONG(math.ulp(float(exact))))


def assert_within(most: float, function: Callable[[float], float], exact: object, z: float) -> None:
    wanted = exact(LONG(z))  # type: ignore[operator]
    found = ulps(function(z), wanted)
    assert found <= most, f"{function.__name__}({z!r}) is {found:.2f} ulps from {wanted}"


def exponential(z: float) -> float:
    s, p = loops.power_and_rest(z)
    return s + s * p


def test_the_exponential_is_accurate_to_about_the_last_bit() -> None:
    for z in SWEEP:
        assert_within(1.5, exponential, np.exp, z)


def test_the_scale_is_a_power_of_two_and_the_rest_small() -> None:
    for z in SWEEP:
        s, p = loops.power_and_rest(z)
        assert math.frexp(s)[0] == 0.5
        assert abs(p) < 0.4143
        if s == 1:
            assert_within(1.5, lambda z: loops.power_and_rest(z)[1], np.expm1, z)


def test_tanh_is_accurate_to_the_last_bits() -> None:
    for z in SWEEP:
        assert_within(3, loops.tanh_of_half, lambda z: np.tanh(z / 2), z)


def test_tanh_of_huge_numbers_is_one() -> None:
    for z in HUGE:
        assert (loops.tanh_of_half(z), loops.tanh_of_half(-z)) == (1.0, -1.0)


def test_the_logarithm_is_accurate_to_the_last_bits() -> None:
    for v in UNIT:
        assert_within(3, loops.log_of_one_more, np.log1p, v)


def test_softplus_is_accurate_to_the_last_bits() -> None:
    for z in SWEEP:
        assert_within(3, loops.softplus, lambda z: np.logaddexp(LONG(0), z), z)


def test_softplus_of_huge_numbers_is_exact() -> None:
    for z in HUGE:
        assert loops.softplus(z) == z
        assert 0 <= loops.softplus(-z) < 1e-307


FUNCTIONS: list[Callable[[float], float]] = [
    *(loops.tanh_of_half, loops.softplus, loops.log_of_one_more, exponential)
]


def test_nan_stays_nan() -> None:
    for function in FUNCTIONS:
        assert math.isnan(function(math.nan))


def test_compiled_functions_give_the_same_bits() -> None:
    for function in FUNCTIONS[:3]:
        fast = compiled(function, loops.INLINED)
        numbers = (
            UNIT if function is loops.log_of_one_more else [*SWEEP, *HUGE, *(-z for z in HUGE)]
        )
        mine = np.array([fast(float(z)) for z in numbers])
        plain = np.array([function(float(z)) for z in numbers])
        assert mine.tobytes() == plain.tobytes()
        assert math.isnan(fast(math.nan))


@given(st.floats(-708, 708))
def test_tanh_is_odd(z: float) -> None:
    assert loops.tanh_of_half(-z) == pytest.approx(-loops.tanh_of_half(z), rel=1e-15, abs=0)


@given(st.floats(allow_nan=False))
def test_tanh_stays_within_its_bounds(z: float) -> None:
    assert -1 <= loops.tanh_of_half(z) <= 1


SHAPES = [
    RunConfig(width=width, activation=activation, loss=loss, biases=biases)
    for width, biases in ((1, True), (2, False), (3, True), (5, False), (8, True))
    for activation in ACTIVATION_NAMES
    for loss in LOSS_NAMES
]
EVERY_SHAPE = pytest.mark.parametrize(
    "shape", some(SHAPES, 7), ids=lambda c: f"{c.width}-{c.activation}-{c.loss}-{c.biases}"
)
STEPS = 4


class Alone:
    """One network in the arrays that the loops work on."""

    def __init__(self, config: RunConfig) -> None:
        self.recipe, self.now = recipe_of(config), networks(config, 1)
        self.now.parameters[:, 0] = flat(initial_weights(config))
        self.now.targets[:, 0] = config.targets
        self.now.rates[:], self.now.momenta[:] = config.rate, config.momentum
        self.results = buffers(STEPS, 1)

    def train(self, train: Callable[..., None], n: int = STEPS) -> "Alone":
        train(self.recipe, self.now, self.results, n)
        return self

    def bits(self) -> list[bytes]:
        """Return the state and results as bytes, without the unused first norm."""
        losses, outputs, worst, norms = self.results
        arrays = (self.now.parameters, self.now.velocity, losses, outputs, worst, norms[1:])
        return [array.tobytes() for array in arrays]


@EVERY_SHAPE
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_compiled_loops_give_the_same_bits(shape: RunConfig, momentum: float) -> None:
    config = replace(shape, rate=0.4, momentum=momentum, targets=(0, 1, 1, 1), seed=3)
    fast = compiled(loops.train_one, loops.INLINED)
    assert Alone(config).train(fast).bits() == Alone(config).train(loops.train_one).bits()


@EVERY_SHAPE
def test_index_0_of_the_results_is_the_state_before(shape: RunConfig) -> None:
    network = Alone(shape).train(loops.train_one, 2)
    before = Alone(shape).train(loops.train_one, 0)
    assert network.results.losses[0] == before.results.losses[0]
    assert (network.results.outputs[0] == before.results.outputs[0]).all()
    assert (before.now.parameters == Alone(shape).now.parameters).all()


def test_a_nonfinite_weight_makes_the_loss_nonfinite() -> None:
    for bad in (math.nan, math.inf, -math.inf):
        for index in range(13):
            network = Alone(RunConfig(width=3, biases=True, activation="relu"))
            network.now.parameters[index, 0] = bad
            with np.errstate(all="ignore"):
                network.train(loops.train_one, 0)
            assert math.isnan(network.results.losses[0, 0])
