"""Training of cohorts with NumPy, block by block. Shapes: N networks, K steps, 4 rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.network import LOSSES
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.training.cohort import ARRAYS, NO_STEP, WORTH_LEAVING, Cohort
from xorviz.lab.training.numpy_steps import BLOCK, LabKernel

_SURELY_FINITE = 1e300
"""Margins below it have a finite cross-entropy, which is expensive to compute."""


def until_some_stop(start: Cohort, goal: int, rules: StopRules) -> Cohort:
    """Train networks none of which has stopped to the goal, or until enough have stopped.

    Stopped networks stay among the others until then; their exact steps are found at the end.
    """
    kernel, watch = LabKernel(start), LabWatch(start.shape.loss, len(start), rules)
    now = earlier = start
    gone = np.zeros(len(start), dtype=bool)
    leaving: list[tuple[Cohort, Steps]] = []
    while now.step < goal and gone.mean() < WORTH_LEAVING:
        n = min(BLOCK, goal - now.step)
        errors, parts = kernel.run(n)
        stops = watch.stops(errors, parts, kernel.is_finite()) & ~gone
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
                losses=_latest(now.losses, watch.losses(parts[1:])) if is_seen else now.losses,
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
    kernel, watch = LabKernel(cohort), LabWatch(cohort.shape.loss, len(cohort), rules)
    for _ in range(2 * BLOCK):
        steps = steps + 1
        errors, parts = kernel.run(1)
        worst, losses = errors.max(axis=1), watch.losses(parts[1:])
        finite = np.isfinite(losses[0]) & kernel.is_finite()
        moves, diverges = cohort.going_on & finite, cohort.going_on & ~finite
        met = moves & watch.meets_rules(worst, parts)
        is_right, is_learned = worst[1] < RIGHT_ERROR, worst[1] < LEARNED_ERROR
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


class LabWatch:
    """Evaluates networks with the same loss function, block by block, in reused arrays.

    Errors and parts of losses are as the kernel returns them.
    """

    def __init__(self, loss: str, count: int, rules: StopRules) -> None:
        """Create the arrays for a number of networks."""
        self._loss, self._rules = LOSSES[loss], rules
        self._worst, self._best = np.empty((BLOCK + 1, count)), np.empty(count)
        self._steps = 0

    def losses(self, parts: Array) -> Array:
        """Return the losses (K, N) for their parts (K, 4, N)."""
        if self._loss.is_square:
            return np.asarray(self._loss.scale * (parts**2).sum(axis=1))
        return np.asarray(self._loss.value(parts.transpose(0, 2, 1), np.ones(4)))

    def stops(self, errors: Array, parts: Array, is_finite: Mask) -> Mask:
        """Return which networks (N,) stop in a block.

        Errors and parts (K + 1, 4, N) begin with those before the block; is_finite (N,) is about
        the parameters after it.
        """
        steps = self._steps = len(errors) - 1
        worst = errors.max(axis=1, out=self._worst[: steps + 1])
        worst[1:].min(axis=0, out=self._best)
        # NaN persists to the last step. A loss of squares is finite wherever its outputs are.
        stops = ~(np.isfinite(worst[-1]) & is_finite)
        if not self._loss.is_square and not np.abs(parts).max() < _SURELY_FINITE:
            stops |= ~np.isfinite(self.losses(parts)).all(axis=0)
        return np.asarray(stops | self.meets_rules(worst, parts))

    def first_below(self, error: float, known: Steps, step: int) -> Steps:
        """Return the first steps (N,) with all four errors below a bound, keeping known ones.

        Unknown steps are negative. The last block passed to stops() began at ``step``.
        """
        new = (known < 0) & (self._best < error)
        if not new.any():
            return known
        found = known.copy()
        worst = self._worst[1 : self._steps + 1, new]
        found[new] = step + 1 + (worst < error).argmax(axis=0)
        return found

    def meets_rules(self, worst: Array, parts: Array) -> Mask:
        """Return for which networks (N,) a rule becomes true within K steps.

        The largest errors (K + 1, N) and parts (K + 1, 4, N) begin with those before the first
        step; a rule that is already true there does not stop a network.
        """
        meets = np.zeros(worst.shape[1], dtype=bool)
        if self._rules.when_learned:
            meets |= _rises(worst < LEARNED_ERROR)
        if self._rules.at_loss is not None:
            meets |= _rises(self.losses(parts) <= self._rules.at_loss)
        return meets


def _rises(holds: Mask) -> Mask:
    """Return where (N,) a condition (K + 1, N) becomes true."""
    return np.asarray((holds[1:] & ~holds[:-1]).any(axis=0))
