"""The programs themselves: right where they should be, and wrong only where a fault is planted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.core.check.programs.planting import PROGRAMS, Fault, faults_of, fits_of, planted
from tests.core.check.programs.task import Task, drawn
from tests.support.cases import some
from xorviz.core.arrays import Array, Numbers
from xorviz.core.network import Weights, gradient, initial_weights
from xorviz.core.settings import LOSS_NAMES, RunConfig

ACTIVATIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: np.asarray(np.tanh(z)),
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "linear": lambda z: z,
}
NAMES = ("w1", "b1", "w2", "b2")


def loss_of(net: Weights, task: Task) -> Numbers:
    """Return the loss () of a batch, straight from its definition."""
    b1, b2 = (0 if b is None else b for b in (net.b1, net.b2))
    h = ACTIVATIONS[task.activation](task.x @ net.w1 + b1)
    y = ACTIVATIONS[task.output](h @ net.w2 + b2)
    if "cross-entropy" in task.loss:
        losses = -task.t * np.log(y) - (1 - task.t) * np.log(1 - y)
    else:
        losses = (task.t - y) ** 2 / (2 if "half" in task.loss else 1)
    is_mean = "mean" in task.loss or "mse" in task.loss
    return np.asarray(losses.mean() if is_mean else losses.sum())


def slopes(net: Weights, task: Task) -> list[Array]:
    """Return the derivative of the loss by each array, by a complex step (Squire, Trapp 1998)."""
    found = []
    for name in NAMES:
        if (array := getattr(net, name)) is not None:
            slope = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                shifted = array.astype(complex)
                shifted[place] += 1e-30j
                slope[place] = loss_of(replace(net, **{name: shifted}), task).imag / 1e-30
            found.append(slope)
    return found


@pytest.mark.parametrize("seed", some(range(60), 6))
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_step_is_against_the_slope(program: str, seed: int) -> None:
    net, task = drawn(np.random.default_rng(seed), fits_of(program), {"batch": ("full", "row")})
    after = planted(program)(net, task)
    for old, new, slope in zip(net.arrays(), after.arrays(), slopes(net, task), strict=True):
        bound = 1e-10 * task.rate * (1 + np.abs(slope).max())
        np.testing.assert_allclose(new - old, -task.rate * slope, rtol=0, atol=bound + 1e-14)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_matrices_step_as_xorviz_does(loss: str) -> None:
    config = RunConfig(loss=loss, rate=0.5, biases=True)
    net = initial_weights(config)
    after = planted("matrices")(net, Task(loss=loss, rate=config.rate))
    for old, new, slope in zip(
        net.arrays(), after.arrays(), gradient(net, config).arrays(), strict=True
    ):
        np.testing.assert_allclose(new, old - config.rate * slope, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    "fault", [fault for program in PROGRAMS for fault in faults_of(program)], ids=str
)
def test_a_fault_makes_its_arrays_wrong_and_no_others(fault: Fault) -> None:
    seen: set[str] = set()
    for seed in range(20):
        net, task = drawn(np.random.default_rng(seed), fits_of(fault.program), fault.only)
        task = next(task.batches())
        right = planted(fault.program)(net, task)
        wrong = planted(fault.program, fault.edits)(net, task)
        for name in NAMES:
            if (array := getattr(right, name)) is not None:
                gap = np.abs(getattr(wrong, name) - array).max()
                seen |= {name} if gap > 1e-12 * np.abs(array).max() else set()
    assert seen == set(fault.arrays)
