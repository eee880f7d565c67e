"""The lab's compiled loops have the bits of a network's own trainer, and of uncompiled loops."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.kernels.compiler import NUMBA, KernelError
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.lab.training import loops, numba_steps
from xorviz.lab.training import training as lab_training
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.numba_steps import NumbaSteps
from xorviz.lab.training.training import advanced

SHAPES = list(product((1, 3, 6, 9), ACTIVATION_NAMES, LOSS_NAMES, (False, True)))
SOME_SHAPES = pytest.mark.parametrize(("width", "activation", "loss", "biases"), some(SHAPES, 5))


def drawn(width: int, activation: str, loss: str, biases: bool, count: int) -> Cohort:
    config = RunConfig(
        width=width, rate=0.3, activation=activation, loss=loss, biases=biases, momentum=0.5
    )
    return Cohort.drawn([replace(config, seed=seed) for seed in range(count)])


@SOME_SHAPES
def test_a_network_has_the_bits_of_its_own_trainer(
    width: int, activation: str, loss: str, biases: bool
) -> None:
    start = drawn(width, activation, loss, biases, 11)
    cohort = advanced(start, 500, kernel=NUMBA)
    for i in (0, 7, 8, 10):  # in the first group, and in one with spare lanes
        trainer = Trainer(replace(start.shape, seed=i), kernel=NUMBA)
        trainer.advance(500)
        tip = trainer.checkpoint()
        np.testing.assert_array_equal(cohort.parameters[:, i], tip.parameters)
        np.testing.assert_array_equal(cohort.velocity[:, i], -tip.velocity)
        assert cohort.losses[-1, i] == trainer.loss


def shown(kernel: NumbaSteps) -> list[bytes]:
    """Return the bits of results and state after three steps."""
    kernel.run(3)
    arrays = kernel._worst[:4], kernel._losses[:4], kernel.parameters(), kernel.velocity()
    return [array.tobytes() for array in arrays]


@SOME_SHAPES
def test_the_compiler_changes_no_bit(
    width: int, activation: str, loss: str, biases: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = drawn(width, activation, loss, biases, 9)
    compiled = shown(NumbaSteps(start))
    monkeypatch.setattr(numba_steps, "_fast", lambda: plain)
    assert shown(NumbaSteps(start)) == compiled


def plain(*arrays: np.ndarray) -> None:
    """Train without the compiler, on flat arrays."""
    loops.train_groups(*(array.reshape(-1) for array in arrays))


def test_a_missing_compiler_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KernelError("there is none")

    monkeypatch.setattr(numba_steps, "compiled", broken)
    with pytest.raises(KernelError, match="there is none"):
        lab_training.prepare(NUMBA)
