"""Both kernels against the readable steps, and the loops as plain Python."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.bits import bits
from tests.support.cases import RECIPES, some, text_of
from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels import compiler, kernels, loops, object_code
from xorviz.core.kernels.compiler import compiled
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.kernels.kernels import kernel_for
from xorviz.core.kernels.lanes import eight, load, store
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import (
    Weights,
    flat,
    gradient,
    head_of,
    hidden,
    initial_weights,
    logits,
    weights_of,
)
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, BATCH_WORDS, OPTIMIZER_WORDS, RunConfig
from xorviz.core.steps import State, initial_state, step
from xorviz.files.run_file import dumps, loads

EACH_KERNEL = pytest.mark.parametrize("name", compiler.KERNEL_NAMES)


def begun(name: str, config: RunConfig) -> Kernel:
    """Return a kernel at step 0."""
    kernel = kernel_for(name, config, initial_weights(config))
    kernel.settle()
    return kernel


def assert_same(mine: State, other: State) -> None:
    """Fail unless two states are equal to the last bit."""
    assert [bits(numbers) for numbers in mine] == [bits(numbers) for numbers in other]


class Compared:
    """A kernel and the readable steps, of which it takes the same."""

    def __init__(self, name: str, config: RunConfig) -> None:
        self.kernel = kernel_for(name, config, initial_weights(config))
        self.config, self.state, self.taken = config, initial_state(config), 0
        # Adam divides by the size of a gradient: where this is as small as its EPSILON, 1e-8, the
        # rounding of the gradient, 1e-17, becomes 1e-9 of the rate, in each update.
        self.near = 1e-9 if config.optimizer == "adam" else 1e-11
        self.assert_results(self.kernel.settle(), [self.results()])

    def configure(self, rate: float, momentum: float) -> None:
        self.config = replace(self.config, rate=rate, momentum=momentum)
        self.kernel.configure(self.config)

    def set_weight(self, name: str, index: tuple[int, ...], value: float) -> None:
        self.kernel.set_weight(name, index, value)
        getattr(self.weights(), name)[index] = value
        assert getattr(self.kernel.weights(), name)[index] == value
        self.assert_results(self.kernel.settle(), [self.results()])

    def run(self, n: int) -> None:
        """Take n steps, at most BLOCK, and compare each, the norms before them, and the state."""
        taken, wanted, norms = self.kernel.run(n, self.taken), [], []
        assert len(taken) == n
        for _ in range(n):
            self.taken += 1
            norms.append(np.linalg.norm(flat(gradient(self.weights(), self.config))))
            self.state = step(self.state, self.config, self.taken)
            wanted.append(self.results())
        np.testing.assert_allclose(taken.norms, norms, rtol=100 * self.near, atol=1e-14)
        self.assert_results(taken, wanted)
        mine, plain = self.kernel.weights(), self.weights()
        assert [a.shape for a in mine.arrays()] == [a.shape for a in plain.arrays()]
        assert (mine.b1 is None, mine.b2 is None) == (plain.b1 is None, plain.b2 is None)
        for kept, known in zip(self.kernel.state(), self.state, strict=True):
            np.testing.assert_allclose(kept, known, rtol=self.near, atol=self.near / 10)

    def weights(self) -> Weights:
        """Return views of the readable network's weights."""
        return weights_of(self.state[0], self.config)

    def results(self) -> tuple[float, Array, float]:
        """Return the loss, the outputs (4,) and the largest error of the readable network now."""
        z = logits(self.weights(), hidden(self.weights(), self.config))
        head, targets = head_of(self.config), np.array(self.config.targets)
        y = head.outputs(z)
        return float(head.loss(z, targets)), y, head.errors(y, targets).max()

    def assert_results(self, taken: Taken, wanted: Sequence[tuple[float, Array, float]]) -> None:
        """Fail unless the losses, outputs and errors of the steps are these."""
        losses = np.array([loss for loss, _, _ in wanted])
        shown = np.array([seen for _, seen, _ in wanted]).reshape(-1, 4)
        worst = np.array([error for _, _, error in wanted])
        np.testing.assert_allclose(taken.losses, losses, rtol=self.near, atol=1e-14)
        np.testing.assert_allclose(taken.outputs, shown, rtol=self.near, atol=self.near)
        np.testing.assert_allclose(taken.worst, worst, rtol=self.near, atol=1e-13)


@EACH_KERNEL
@pytest.mark.parametrize("config", some(RECIPES, 6), ids=text_of)
def test_steps_and_results_are_those_of_the_lesson(name: str, config: RunConfig) -> None:
    both = Compared(name, config)
    for n in (1, 7, BLOCK):
        both.run(n)
    for momentum, n in ((0.9, 20), (0.5, 0), (0.5, 9), (0.0, 9)):
        both.configure(2 * config.rate, momentum)
        both.run(n)
    for field, shape in weight_shapes(config).items():
        for index in ((0,) * len(shape), tuple(n - 1 for n in shape)):
            both.set_weight(field, index, -1.5)
    both.run(9)


@EACH_KERNEL
def test_gradient_norms_do_not_depend_on_rate_and_momentum(name: str) -> None:
    both = Compared(name, RunConfig(rate=0.5, biases=True))
    for rate, momentum in ((0.05, 0.0), (1e-9, 0.9), (2.0, 0.9), (1e-40, 0.0), (1e-60, 0.0)):
        both.configure(rate, momentum)
        both.run(BLOCK)
    dead = Weights(np.zeros((2, 3)), None, np.zeros((3, 1)), None)
    kernel = kernel_for(name, RunConfig(activation="relu"), dead)
    kernel.settle()
    assert kernel.run(5, 0).norms.tolist() == [0.0] * 5


def test_the_norm_at_a_vanishing_rate_is_unknown() -> None:
    for rate in (5e-324, 1e-200, 9e-61):
        assert np.isnan(begun("numpy", RunConfig(rate=rate)).run(BLOCK, 0).norms).all()


@EACH_KERNEL
@pytest.mark.parametrize(
    ("batch", "optimizer", "activation", "momentum"),
    some(product(BATCH_WORDS, OPTIMIZER_WORDS, ACTIVATION_NAMES, (0, 0.9)), 4),
)
def test_a_restored_or_repeated_state_continues_bit_for_bit(
    name: str, batch: str, optimizer: str, activation: str, momentum: float
) -> None:
    config = RunConfig(
        *(5, 0.7), activation=activation, biases=True, momentum=momentum,
        batch=batch, optimizer=optimizer,
    )  # fmt: skip
    kernel, other = begun(name, config), begun(name, config)
    kernel.run(7, 0)
    state = kernel.state()
    kept = [numbers.copy() for numbers in state]
    assert len(kernel.run(0, 7)) == 0
    assert_same(kernel.state(), state)
    weights, first = kernel.weights(), flat(kernel.weights())
    shown, after = kernel.run(BLOCK, 7).outputs.copy(), kernel.state()
    assert_same(state, tuple(kept))  # copies
    np.testing.assert_array_equal(flat(weights), first)
    kernel.restore(state)
    np.testing.assert_array_equal(kernel.run(BLOCK, 7).outputs, shown)
    assert_same(kernel.state(), after)
    assert len(kernel.retake(20)) == 20
    for n, taken in ((7, 0), (20, 7)):
        other.run(n, taken)
    assert_same(kernel.state(), other.state())
    np.testing.assert_array_equal(kernel.run(3, 27).losses, other.run(3, 27).losses)


def test_one_compiled_form_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the recipe and wherever its numbers come from, nothing more is compiled."""
    kernels.prepare(compiler.NUMBA)
    monkeypatch.setattr(compiler, "_loaded", None)
    for config in [config for config in RECIPES if config.output == "sigmoid"][::5]:
        run = Recording(config, kernel=compiler.NUMBA)
        run.advance(np.int64(70))  # type: ignore[arg-type]
        run.intervene("momentum", 0.5)
        run.intervene("w1", 0.25, (0, 0))
        run.advance(10)
        read = loads(dumps(Project(run.record(), 5)))
        again = Recording(read.record, kernel=compiler.NUMBA)
        again.state_at(read.step)
        again.fork(33).advance(3)


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
    "shape", some([replace(c, rate=4 * c.rate) for c in RECIPES if c.width < 9], 9), ids=text_of
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
