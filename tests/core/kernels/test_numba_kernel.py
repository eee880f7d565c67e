"""The Numba kernel against the NumPy kernel, and against its own loops uncompiled."""

import itertools

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import NumpyKernel
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.files.run_file import dumps, loads

EVERY_SHAPE = pytest.mark.parametrize(
    "config",
    some(
        (
            RunConfig(
                width=width,
                rate=0.3 / width,
                activation=activation,
                loss=loss,
                biases=biases,
                momentum=momentum,
                seed=7,
            )
            for width in (1, 2, 3, 5, 8, 64)
            for activation in ACTIVATION_NAMES
            for loss in LOSS_NAMES
            for biases in (False, True)
            for momentum in (0.0, 0.9)
        ),
        9,
    ),
    ids=lambda c: f"{c.width}-{c.activation}-{c.loss}-{c.biases}-{c.momentum}",
)


@EVERY_SHAPE
def test_one_step_is_that_of_numpy(config: RunConfig) -> None:
    weights = initial_weights(config)
    mine, other = NumbaKernel(config, weights), NumpyKernel(config, weights)
    other.settle()
    for n in (0, 1, 40):  # from the start, with a velocity, and later
        other.run(n)
        mine.restore(other.state())
        ours, theirs = mine.run(1), other.run(1)
        for a, b in zip(mine.state(), other.state(), strict=True):
            # Where terms cancel, the difference has the absolute accuracy of the terms.
            np.testing.assert_allclose(
                a, b, rtol=1e-14, atol=1e-15 * np.abs(other.parameters).max()
            )
        np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-13)
        np.testing.assert_allclose(ours.outputs, theirs.outputs, rtol=1e-14, atol=1e-15)


def test_one_compiled_form_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the recipe and wherever its numbers come from, nothing more is compiled."""
    kernels.prepare(compiler.NUMBA)
    monkeypatch.setattr(compiler, "_loaded", None)
    for activation, loss, biases, width in itertools.product(
        ACTIVATION_NAMES, LOSS_NAMES, (False, True), (1, 3, 64)
    ):
        config = RunConfig(width, 0.1, activation=activation, loss=loss, biases=biases)
        run = Recording(config, kernel=compiler.NUMBA)
        run.advance(np.int64(70))  # type: ignore[arg-type]
        run.intervene("momentum", 0.5)
        run.intervene("w1", 0.25, (0, 0))
        run.advance(10)
        read = loads(dumps(Project(run.record(), 5)))
        again = Recording(read.record, kernel=compiler.NUMBA)
        again.state_at(read.step)
        again.fork(33).advance(3)
