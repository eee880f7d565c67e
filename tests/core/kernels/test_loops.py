"""The loops as plain Python: their functions, and one network."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.core.kernels.test_kernel import RECIPES, text_of
from tests.support.cases import some
from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels import compiler, loops, object_code
from xorviz.core.kernels.compiler import compiled
from xorviz.core.kernels.lanes import eight, load, store
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.network import initial_weights
from xorviz.core.settings import RunConfig

LONG = np.longdouble
LOWEST = 340
"""Below minus this a sigmoid response stays where it is."""

TIES = np.arange(-1021, 1021.0) * math.log(2) + math.log(2) / 2
"""Where the nearest power of two changes, and the rest is largest."""
SWEEP = np.concatenate(
    [
        np.linspace(-708, 708, 2001),
        np.linspace(-2, 2, 801),
        *(sign * np.geomspace(5e-324, 708, 500) for sign in (-1, 1)),
        *(TIES, np.nextafter(TIES, -math.inf), np.nextafter(TIES, math.inf)),
        np.random.default_rng(1).uniform(-40, 40, 20_000),
    ]
)
"""Numbers from the whole range, including denormal ones."""
HUGE = np.array([709.0, 745.0, 1e4, 1e308, math.inf])
UNIT = np.concatenate(
    [[0.0, 5e-324, 1e-308, 1e-17], np.linspace(0, 1, 2001), np.geomspace(1e-300, 1, 500)]
)


def exponential(z: Array) -> Array:
    s, p = loops.power_and_rest(z)
    return s + s * p


WITHIN = SWEEP[np.abs(SWEEP) < LOWEST]
ACCURATE: dict[str, tuple[float, Callable[[Array], Array], Callable[[Array], Array], Array]] = {
    "exponential": (1, exponential, np.exp, SWEEP),
    "sigmoid": (2.5, loops.sigmoid, lambda z: 1 / (1 + np.exp(-z)), WITHIN),
    "tanh": (3, loops.tanh, np.tanh, SWEEP / 2),
    "logarithm": (3, loops.log_of_one_more, np.log1p, UNIT),
    "softplus": (4, loops.softplus, lambda z: np.logaddexp(LONG(0), z), SWEEP),
}
"""Most units in the last place, the function, the exact one, and where they are compared."""


def assert_within(most: float, values: Array, exact: Callable[[Array], Array], z: Array) -> None:
    wanted = exact(z.astype(LONG))
    ulps = np.abs(values - wanted) / np.spacing(np.abs(wanted).astype(float))
    worst = int(ulps.argmax())
    assert ulps[worst] <= most, f"{values[worst]!r} at {z[worst]!r} is {ulps[worst]:.2f} ulps off"


@pytest.mark.parametrize(("most", "function", "exact", "z"), ACCURATE.values(), ids=ACCURATE)
def test_functions_are_accurate_to_the_last_bits(
    most: float, function: Callable[[Array], Array], exact: Callable[[Array], Array], z: Array
) -> None:
    assert_within(most, function(z), exact, z)
    with np.errstate(all="ignore"):
        assert np.isnan(function(np.array([math.nan]))).all()


@np.errstate(over="ignore")
def test_huge_numbers_give_the_bounds() -> None:
    assert (loops.sigmoid(HUGE) == 1).all()
    lowest = loops.sigmoid(np.array([-float(LOWEST)]))
    assert (loops.sigmoid(-HUGE) == lowest).all()
    assert lowest**2 > np.finfo(float).tiny  # so that slopes stay normal numbers
    assert (loops.tanh(HUGE) == 1).all()
    assert (loops.tanh(-HUGE) == -1).all()
    assert (loops.softplus(HUGE) == HUGE).all()
    below = loops.softplus(-HUGE)
    assert ((below >= 0) & (below < 1e-307)).all()


FUNCTIONS = (loops.sigmoid, loops.tanh, loops.softplus)


def apply_all(whole: Steps, z: Array, results: Array) -> None:
    """Write sigmoid, tanh and softplus of so many rows of eight numbers; a test compiles it."""
    rows = whole[0]
    for row in range(rows):
        x = load(z, row, eight())
        store(results, row, loops.sigmoid(x))
        store(results, rows + row, loops.tanh(x))
        store(results, 2 * rows + row, loops.softplus(x))


@np.errstate(all="ignore")
def test_compiled_functions_give_the_same_bits() -> None:
    numbers = np.concatenate([SWEEP, HUGE, -HUGE, [math.nan]])
    z = np.resize(numbers, (-(-len(numbers) // 8), 8)).ravel()
    results = np.empty((3, len(z)))
    compiled(apply_all, loops.PARTS)(np.array([len(z) // 8]), z, results)
    for function, found in zip(FUNCTIONS, results, strict=True):
        np.testing.assert_array_equal(found, function(z), err_msg=function.__name__, strict=True)


EVERY_SHAPE = pytest.mark.parametrize(
    "shape", some([replace(c, rate=0.4) for c in RECIPES if c.width < 9], 9), ids=text_of
)
STEPS = 4


class Alone:
    """One network in the memory that the loops work on."""

    def __init__(self, config: RunConfig) -> None:
        self.kernel = NumbaKernel(config, initial_weights(config))
        self.results = tuple(np.empty(count * (STEPS + 1)) for count in (1, 4, 1, 1))

    def train(self, train: Callable[..., None], n: int = STEPS) -> "Alone":
        self.kernel._train(train, n, 1, self.results)
        return self

    def bits(self) -> list[bytes]:
        """Return the state and results as bytes, without the unused last norm."""
        losses, outputs, worst, norms = self.results
        arrays = (*self.kernel.state(), losses, outputs, worst, norms[:STEPS])
        return [array.tobytes() for array in arrays]


@EVERY_SHAPE
def test_compiled_loops_give_the_same_bits(shape: RunConfig) -> None:
    fast = compiled(loops.train_one, loops.PARTS)
    assert Alone(shape).train(fast).bits() == Alone(shape).train(loops.train_one).bits()


@np.errstate(all="ignore")
def test_a_nonfinite_weight_makes_the_loss_nonfinite() -> None:
    for bad in (math.nan, math.inf, -math.inf):
        for index in range(13):
            network = Alone(RunConfig(width=3, biases=True, activation="relu"))
            network.kernel.parameters[index] = bad
            network.train(loops.train_one, 0)
            assert math.isnan(network.results[0][0])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("batch", "optimizer"), [("full", "gradient-descent"), ("shuffled", "adam")]
)
@pytest.mark.parametrize("processor", ["x86-64", "haswell"])
def test_other_processors_give_the_same_bits(
    processor: str, batch: str, optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code for registers of two and of four numbers, and without the newest instructions."""
    triple, _, features = object_code._processor()
    if not triple.startswith("x86_64") or "+avx2" not in features:
        pytest.skip(f"This processor, {triple}, has no AVX2.")
    config = RunConfig(width=6, biases=True, momentum=0.5, batch=batch, optimizer=optimizer)
    mine = Alone(config).train(compiled(loops.train_one, loops.PARTS)).bits()
    monkeypatch.setattr(compiler, "_COMPILED", {})
    monkeypatch.setattr(object_code, "_processor", lambda: (triple, processor, ""))
    monkeypatch.setattr(object_code.ObjectCode, "keep", lambda *_: None)
    theirs = Alone(config).train(compiled(loops.train_one, loops.PARTS)).bits()
    assert theirs == mine
