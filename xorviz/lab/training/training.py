"""Training a cohort to a later step with either kernel. Shapes: N networks, K steps."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.kernels.compiler import NUMBA, NUMPY, Notify
from xorviz.core.rules import SettingError
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.lab.training import numba_steps
from xorviz.lab.training.cohort import ARRAYS, BLOCK, Cohort, LabKernel
from xorviz.lab.training.numba_steps import NumbaSteps
from xorviz.lab.training.numpy_steps import GeneralSteps, NumpySteps

_WORTH_LEAVING = 0.25
"""Share of stopped networks at which the others are moved to smaller arrays."""


def until_some_stop(
    start: Cohort, goal: int, rules: StopRules, kernel_type: type[LabKernel]
) -> Cohort:
    """Train networks, all still running, to the goal or until enough have stopped.

    Stopped networks stay among the others until then; their exact steps are found at the end.
    """
    kernel = kernel_type(start)
    now = earlier = start
    gone = np.zeros(len(start), dtype=bool)
    leaving: list[tuple[Cohort, Steps]] = []
    while now.step < goal and gone.mean() < _WORTH_LEAVING:
        n = min(BLOCK, goal - now.step)
        worst = kernel.run(n)
        stops = ~gone & (~kernel.is_finite() | meets(rules, worst, kernel.losses))
        if stops.any():  # from the block before, so that all their last losses are known
            places = np.flatnonzero(stops)
            leaving.append((earlier.picked(places), places))
            gone |= stops
        is_seen = goal - now.step - n < RECENT or gone.mean() >= _WORTH_LEAVING
        after = _after(now, kernel, worst[1:], now.step)
        if is_seen:  # expensive to compute, and those of most blocks are never used
            after["losses"] = _latest(now.losses, kernel)
        earlier, now = now, replace(now, step=now.step + n, **after)
    return _with_stopped(now, leaving, rules, kernel_type)


def _with_stopped(
    cohort: Cohort,
    leaving: Sequence[tuple[Cohort, Steps]],
    rules: StopRules,
    kernel_type: type[LabKernel],
) -> Cohort:
    """Return a cohort with the networks that leave it in the states in which they stopped.

    They are given, with their places, at most two blocks before.
    """
    if not leaving:
        return cohort
    cohorts, places = zip(*leaving, strict=True)
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(c, name) for c in cohorts], axis=-1) for name in ARRAYS
    }
    steps = np.repeat([c.step for c in cohorts], [len(c) for c in cohorts])
    arrays["taken"] += steps - cohorts[0].step
    stopping = replace(cohorts[0], **arrays)
    stopped = _step_by_step(stopping, steps, rules, kernel_type(stopping))
    stopped = replace(stopped, taken=np.concatenate([c.taken for c in cohorts]))
    return cohort.with_others(np.concatenate(places), stopped)


def _step_by_step(cohort: Cohort, steps: Steps, rules: StopRules, kernel: LabKernel) -> Cohort:
    """Train networks that stop soon, each from its own step (N,) to exactly the one it stops at."""
    for _ in range(2 * BLOCK):
        steps = steps + 1
        worst, finite = kernel.run(1), kernel.is_finite()
        moves, diverges = cohort.going_on & finite, cohort.going_on & ~finite
        met = moves & meets(rules, worst, kernel.losses)
        after = _after(cohort, kernel, worst[1:], steps - 1)
        after["losses"] = _latest(cohort.losses, kernel)
        stopped_at = np.where(met, steps, cohort.stopped_at)
        for name, new in after.items():
            after[name] = np.where(moves, new, getattr(cohort, name))
        after["diverged_at"] = np.where(diverges, steps, cohort.diverged_at)
        after["stopped_at"] = np.where(diverges, steps - 1, stopped_at)
        cohort = replace(cohort, **after)
    return cohort


def _after(before: Cohort, kernel: LabKernel, worst: Array, step: int | Steps) -> dict[str, Any]:
    """Return what the steps of the last run after a step change, besides the losses."""
    return {
        "parameters": kernel.parameters(),
        "memory": kernel.memory(),
        "first_right": first_below(worst, RIGHT_ERROR, before.first_right, step),
        "first_learned": first_below(worst, LEARNED_ERROR, before.first_learned, step),
    }


def _latest(before: Array, kernel: LabKernel) -> Array:
    """Return the last RECENT rows of the old losses and those of the last run."""
    return np.concatenate((before, kernel.losses()[1:]))[-RECENT:]


def first_below(worst: Array, error: float, known: Steps, step: int | Steps) -> Steps:
    """Return the first steps (N,) with all four errors below a bound, keeping known ones.

    Unknown steps are negative. The largest errors (K, N) are those after the steps that follow a
    step, or one (N,) for each.
    """
    new = (known < 0) & (worst.min(axis=0) < error)
    if not new.any():
        return known
    return np.where(new, step + 1 + (worst < error).argmax(axis=0), known)


def meets(rules: StopRules, worst: Array, losses: Callable[[], Array]) -> Mask:
    """Return for which networks (N,) a rule becomes true within K steps.

    The largest errors (K + 1, N) and the losses (K + 1, N), computed if needed, begin with those
    before the first step; a rule that is already true there does not stop a network.
    """
    met = np.zeros(worst.shape[1], dtype=bool)
    for _, holds in rules.holding(worst < RIGHT_ERROR, worst < LEARNED_ERROR, losses):
        met |= (holds[1:] & ~holds[:-1]).any(axis=0)
    return met


def _kernel_for(kernel: str, shape: RunConfig) -> type[LabKernel]:
    """Return what trains networks of a shape."""
    if kernel == NUMBA:
        return NumbaSteps
    return NumpySteps if NumpySteps.knows(shape) else GeneralSteps


def prepare(kernel: str, notify: Notify = lambda: None) -> None:
    """Prepare a kernel for cohorts in this thread; call notify if it must be compiled.

    Raises KernelError if it cannot be used.
    """
    if kernel == NUMBA:
        numba_steps.fast(notify)


def advanced(cohort: Cohort, n: int, rules: StopRules = NEVER, kernel: str = NUMPY) -> Cohort:
    """Return the cohort n steps later; networks that have stopped cost no time.

    A network stops when it diverges, or by a condition of the rules. Raises KernelError if the
    kernel cannot be used, and SettingError for a rule that the lab lacks.
    """
    if rules.at_plateau is not None:
        raise SettingError("at_plateau is for a single run; the lab cannot stop there")
    kernel_type = _kernel_for(kernel, cohort.shape)
    goal = cohort.step + n
    with np.errstate(all="ignore"):  # networks that overflow are stopped
        while cohort.step < goal and (going_on := cohort.going_on).any():
            rest = until_some_stop(cohort.picked(going_on), goal, rules, kernel_type)
            cohort = replace(cohort.with_others(going_on, rest), step=rest.step)
    return replace(cohort, step=goal)
