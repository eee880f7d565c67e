"""The programs themselves: right where no fault is planted."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.check.programs.planting import PROGRAMS, fits_of, planted
from tests.core.check.programs.task import Task, drawn
from tests.support.cases import some
from xorviz.core.arrays import Array, Numbers
from xorviz.core.check.factors import UNITS, names_of
from xorviz.core.network import Weights


def loss_of(net: Weights, task: Task) -> Numbers:
    """Return the loss () of a batch, straight from its definition."""
    b1, b2 = (0 if b is None else b for b in (net.b1, net.b2))
    h = UNITS[task.activation].value(task.x @ net.w1 + b1)
    y = UNITS[task.output].value(h @ net.w2 + b2)
    if "cross-entropy" in task.loss:
        losses = -task.t * np.log(y) - (1 - task.t) * np.log(1 - y)
    else:
        losses = (task.t - y) ** 2 / (2 if "half" in task.loss else 1)
    is_mean = "mean" in task.loss or "mse" in task.loss
    return np.asarray(losses.mean() if is_mean else losses.sum())


def slope(net: Weights, task: Task, name: str) -> Array:
    """Return the derivative of the loss by an array, by a complex step (Squire, Trapp 1998)."""
    found = np.zeros_like(getattr(net, name))
    for place in np.ndindex(found.shape):
        shifted = getattr(net, name).astype(complex)
        shifted[place] += 1e-30j
        found[place] = loss_of(replace(net, **{name: shifted}), task).imag / 1e-30
    return found


@pytest.mark.parametrize("seed", some(range(60), 6))
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_step_is_against_the_slope(program: str, seed: int) -> None:
    net, task = drawn(np.random.default_rng(seed), fits_of(program), {"batch": ("full", "row")})
    after = planted(program)(net, task)
    for name in names_of(net):
        expected = -task.rate * slope(net, task, name)
        bound = 1e-10 * (task.rate + np.abs(expected).max()) + 1e-14
        np.testing.assert_allclose(
            getattr(after, name) - getattr(net, name), expected, rtol=0, atol=bound
        )
