"""Compiled loops agree with NumPy, and have the same bits as uncompiled ones."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.kernels.compiler import NUMBA, NUMPY, KernelError, on_compile
from xorviz.core.kernels.numba_kernel import recipe_of
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.lab.training import loops as lab_loops
from xorviz.lab.training import numba_cohort as numba_lab
from xorviz.lab.training import training as lab_training
from xorviz.lab.training.cohort import ARRAYS, NO_STEP, Cohort
from xorviz.lab.training.numba_cohort import fates_of, lanes_for, rules_of
from xorviz.lab.training.training import advanced

MARKS = ("first_right", "first_learned", "diverged_at", "stopped_at")
QUICK = RunConfig(width=5, rate=1, biases=True, momentum=0.5)
"""Many of its seeds learn within 400 steps, at different times."""


def drawn(config: RunConfig, count: int) -> Cohort:
    return Cohort.drawn([replace(config, seed=seed) for seed in range(count)])


@pytest.mark.parametrize(
    "rules",
    [NEVER, StopRules(at_step=None, when_learned=True), StopRules(at_step=None, at_loss=0.3)],
    ids=["never", "when learned", "at a loss"],
)
@pytest.mark.parametrize("count", some([129, 1, 127, 128, 300], 1))
def test_results_match_those_of_numpy(count: int, rules: StopRules) -> None:
    start = drawn(QUICK, count)
    mine, other = (advanced(start, 2100, rules, kernel) for kernel in (NUMBA, NUMPY))
    for name in MARKS:
        np.testing.assert_array_equal(getattr(mine, name), getattr(other, name), err_msg=name)
    for name in ("parameters", "velocity", "losses"):
        np.testing.assert_allclose(
            getattr(mine, name), getattr(other, name), rtol=1e-6, atol=1e-11, err_msg=name
        )


@pytest.mark.parametrize(
    ("activation", "loss", "biases"), some(product(ACTIVATION_NAMES, LOSS_NAMES, (False, True)), 4)
)
def test_a_network_has_the_bits_of_its_own_trainer(
    activation: str, loss: str, biases: bool
) -> None:
    config = RunConfig(rate=0.3, activation=activation, loss=loss, biases=biases, momentum=0.5)
    cohort = advanced(drawn(config, 5), 500, kernel=NUMBA)
    for i in range(5):
        trainer = Trainer(replace(config, seed=i), kernel=NUMBA)
        trainer.advance(500)
        tip = trainer.checkpoint()
        np.testing.assert_array_equal(cohort.parameters[:, i], tip.parameters)
        np.testing.assert_array_equal(cohort.velocity[:, i], -tip.velocity)
        assert cohort.losses[-1, i] == trainer.loss


def plainly(start: Cohort, n: int, rules: StopRules, at_once: int) -> lab_loops.Fates:
    """Train with the uncompiled loops."""
    fates, lanes = fates_of(start), lanes_for(start.shape, at_once)
    targets, rates, momenta = start.targets, start.rates, start.momenta
    asked = recipe_of(start.shape), fates, targets, rates, momenta, lanes, rules_of(rules)
    with np.errstate(all="ignore"):
        lab_loops.train_cohort(*asked, start.step, n)
    return fates


@pytest.mark.parametrize(
    "rules",
    [NEVER, StopRules(at_step=None, when_learned=True), StopRules(at_step=None, at_loss=0.5)],
    ids=["never", "when learned", "at a loss"],
)
@pytest.mark.parametrize("at_once", some([2, 3], 1))
def test_the_compiler_changes_no_bit(rules: StopRules, at_once: int) -> None:
    start = advanced(drawn(replace(QUICK, width=3), 5), 100, kernel=NUMPY)
    n = RECENT + 40
    plain = plainly(start, n, rules, at_once)
    fast = fates_of(start)
    numba_lab._train(start, fast, rules, start.step, n)
    for name, mine, other in zip(fast._fields, fast, plain, strict=True):
        if name != "owed":
            np.testing.assert_array_equal(mine, other, err_msg=name)
    stopped = fast.stopped_at != NO_STEP
    np.testing.assert_array_equal(fast.owed[stopped], plain.owed[stopped])


def test_the_loops_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    numba_lab.prepare.cache_clear()
    for _ in range(2):
        lab_training.prepare(NUMBA)
        monkeypatch.setattr(numba_lab, "until_some_stop", None)


def test_no_layout_of_the_arrays_is_compiled_anew() -> None:
    lab_training.prepare(NUMBA)
    start = drawn(QUICK, 5)
    turned, read_only = drawn(QUICK, 5), drawn(QUICK, 5)
    for name in ARRAYS:
        object.__setattr__(turned, name, np.asfortranarray(getattr(turned, name)))
        # As it may be where it comes from another process.
        getattr(read_only, name).setflags(write=False)
    compiled: list[str] = []
    with on_compile(lambda: compiled.append("a function")):
        for cohort in (start, read_only, turned):
            advanced(cohort, 50, kernel=NUMBA)
    assert compiled == []


def test_a_missing_compiler_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KernelError("there is none")

    numba_lab.prepare.cache_clear()
    monkeypatch.setattr(numba_lab, "compiled", broken)
    with pytest.raises(KernelError, match="there is none"):
        lab_training.prepare(NUMBA)
