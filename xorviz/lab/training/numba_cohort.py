"""Training of cohorts with loops compiled by Numba. Shapes: N networks, P parameters."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import compiled
from xorviz.core.kernels.numba_kernel import buffers, networks, recipe_of
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.training import loops as lab_loops
from xorviz.lab.training.cohort import NO_STEP, WORTH_LEAVING, Cohort
from xorviz.lab.training.loops import Fates, Lanes, Rules

_INLINED = (*loops.INLINED, *lab_loops.INLINED)
_KEPT = tuple(name for name in Fates._fields if name != "owed")
_AT_ONCE = 128
"""Networks side by side: with fewer the loops cost too much, more exceed the cache."""
_STEPS = 1024
"""Steps between counts of the stopped networks."""


@cache
def prepare() -> None:
    """Compile the loops or load them from the cache, once. Raises KernelError if that fails."""
    until_some_stop(Cohort.drawn([RunConfig(width=1)]), 1, NEVER)


def until_some_stop(start: Cohort, goal: int, rules: StopRules) -> Cohort:
    """Train networks none of which has stopped to the goal, or until enough have stopped."""
    fates, step = fates_of(start), start.step
    while step < goal and (fates.stopped_at != NO_STEP).mean() < WORTH_LEAVING:
        n = min(_STEPS, goal - step)
        _train(start, fates, rules, step, n)
        step += n
    _retrain_stopped(start, fates)
    kept: dict[str, Any] = {name: getattr(fates, name) for name in _KEPT}
    return replace(start, step=step, **kept | {"velocity": -fates.velocity})


def _retrain_stopped(start: Cohort, fates: Fates) -> None:
    """Repeat the last steps of stopped networks, whose states are those before their last block."""
    owed = np.where(fates.stopped_at == NO_STEP, 0, fates.owed)
    for steps in np.unique(owed[owed > 0]).tolist():
        places = np.flatnonzero(owed == steps)
        some = start.picked(places)
        rest = fates_of(some)
        rest.parameters[:], rest.velocity[:] = (
            fates.parameters[:, places],
            fates.velocity[:, places],
        )
        _train(some, rest, NEVER, 0, steps)
        fates.parameters[:, places], fates.velocity[:, places] = rest.parameters, rest.velocity


def _train(cohort: Cohort, fates: Fates, rules: StopRules, step: int, n: int) -> None:
    """Train a cohort's networks by n steps, from a step and the states in ``fates``."""
    shape = cohort.shape
    # Copied: for arrays that are read-only, Numba would compile the loops once more.
    given = (cohort.targets, cohort.rates, cohort.momenta)
    targets, rates, momenta = (np.array(array, order="C") for array in given)
    train = compiled(lab_loops.train_cohort, _INLINED)
    lanes = lanes_for(shape, min(len(cohort), _AT_ONCE))
    train(recipe_of(shape), fates, targets, rates, momenta, lanes, rules_of(rules), step, n)


def fates_of(cohort: Cohort) -> Fates:
    """Return a cohort's state in new arrays."""
    kept = {name: np.array(getattr(cohort, name), order="C") for name in _KEPT}
    np.negative(kept["velocity"], out=kept["velocity"])
    return Fates(**kept, owed=np.zeros(len(cohort), dtype=np.int64))


def lanes_for(shape: RunConfig, count: int) -> Lanes:
    """Return work arrays for ``count`` networks of a shape."""
    return Lanes(
        now=networks(shape, count),
        before=networks(shape, count),
        results=buffers(RECENT, count),
        recent=np.empty((RECENT, count)),
        best=np.empty(count),
        least=np.empty(count),
    )


def rules_of(rules: StopRules) -> Rules:
    """Return stop rules in the form of the loops."""
    at_loss = -1.0 if rules.at_loss is None else rules.at_loss
    return Rules(RIGHT_ERROR, LEARNED_ERROR, rules.when_learned, at_loss)
