"""Training of cohorts with NumPy, block by block. Shapes: N networks, K steps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.training.cohort import ARRAYS, NO_STEP, WORTH_LEAVING, Cohort
from xorviz.lab.training.numpy_steps import BLOCK, LabKernel
from xorviz.lab.training.watch import LabWatch


def until_some_stop(start: Cohort, goal: int, rules: StopRules) -> Cohort:
    """Train networks none of which has stopped to the goal, or until enough have stopped.

    Stopped networks stay among the others until then; their exact steps are found at the end.
    """
    kernel, watch = LabKernel(start), LabWatch(start.shape.loss, start.targets, rules)
    now = earlier = start
    gone = np.zeros(len(start), dtype=bool)
    leaving: list[tuple[Cohort, Steps]] = []
    while now.step < goal and gone.mean() < WORTH_LEAVING:
        n = min(BLOCK, goal - now.step)
        errors, inputs = kernel.run(n)
        stops = watch.stops(errors, inputs, kernel.is_finite()) & ~gone
        if stops.any():  # from the block before, so that all their last losses are known
            places = np.flatnonzero(stops)
            leaving.append((earlier.picked(places), places))
            gone |= stops
        is_seen = goal - now.step - n < RECENT or gone.mean() >= WORTH_LEAVING
        earlier, now = (
            now,
            replace(
                now,
                step=now.step + n,
                parameters=kernel.parameters(),
                velocity=kernel.velocity(),
                # Expensive to compute, and those of most blocks are never used.
                losses=_latest(now.losses, watch.losses(inputs[1:])) if is_seen else now.losses,
                first_right=watch.first_below(RIGHT_ERROR, now.first_right, now.step),
                first_learned=watch.first_below(LEARNED_ERROR, now.first_learned, now.step),
            ),
        )
    return _with_stopped(now, leaving, rules)


def _with_stopped(
    cohort: Cohort, leaving: Sequence[tuple[Cohort, Steps]], rules: StopRules
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
    stopped = _step_by_step(replace(cohorts[0], **arrays), steps, rules)
    return cohort.with_others(np.concatenate(places), stopped)


def _step_by_step(cohort: Cohort, steps: Steps, rules: StopRules) -> Cohort:
    """Train networks that stop soon, each from its own step (N,) to exactly the one it stops at."""
    kernel, watch = LabKernel(cohort), LabWatch(cohort.shape.loss, cohort.targets, rules)
    for _ in range(2 * BLOCK):
        steps = steps + 1
        errors, inputs = kernel.run(1)
        worst, losses = np.abs(errors).max(axis=1), watch.losses(inputs[1:])
        finite = np.isfinite(losses[0]) & kernel.is_finite()
        moves, diverges = cohort.going_on & finite, cohort.going_on & ~finite
        met = moves & watch.meets_rules(worst, inputs)
        is_right, is_learned = worst[1] < 2 * RIGHT_ERROR, worst[1] < 2 * LEARNED_ERROR
        stopped_at = np.where(met, steps, cohort.stopped_at)
        cohort = replace(
            cohort,
            parameters=np.where(moves, kernel.parameters(), cohort.parameters),
            velocity=np.where(moves, kernel.velocity(), cohort.velocity),
            losses=np.where(moves, _latest(cohort.losses, losses), cohort.losses),
            first_right=_marked(cohort.first_right, moves & is_right, steps),
            first_learned=_marked(cohort.first_learned, moves & is_learned, steps),
            diverged_at=np.where(diverges, steps, cohort.diverged_at),
            stopped_at=np.where(diverges, steps - 1, stopped_at),
        )
    return cohort


def _marked(known: Steps, holds: Mask, steps: Steps) -> Steps:
    return np.where(holds & (known == NO_STEP), steps, known)


def _latest(before: Array, new: Array) -> Array:
    """Return the last RECENT rows of the old and new losses."""
    return np.concatenate((before, new))[-RECENT:]
