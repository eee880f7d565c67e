"""Networks of one shape that are trained together: a value at a step, and the way to a later one.

Shapes: N networks, P parameters as core/batch.py orders them, 4 rows in the order of ROWS,
K steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.batch import flat
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.lab_kernel import BLOCK, LabKernel
from xorviz.core.lab_watch import LabWatch
from xorviz.core.network import initial_weights
from xorviz.core.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.stopping import NEVER, StopRules
from xorviz.core.trend import RECENT

Array = NDArray[np.float64]
Steps = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_STEP = -1
"""In place of a step that has not come."""

_IN_CACHE = 18_432
"""Responses of hidden units in a cohort: more leave the cache, fewer pay more for each call."""
FEWEST_AT_ONCE, _MOST_AT_ONCE = 64, 1024

_WORTH_LEAVING = 0.25
"""Share of networks that must have stopped before the others go on in smaller arrays."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """N networks of one shape. A value: its arrays are never written to.

    Each comes to the same bits, whoever is beside it and however its steps are divided.
    """

    shape: RunConfig
    """Its width, activation, loss and biases are those of all networks."""
    targets: Array
    """(4, N)."""
    rates: Array
    """(N,)."""
    momenta: Array
    """(N,)."""
    step: int
    """Where those networks stand that have not stopped."""
    parameters: Array
    """(P, N) where each stands: the last finite ones."""
    velocity: Array
    """(P, N) what the last step added."""
    first_right: Steps
    """(N,) the first step after which all four rows were right, from 1; NO_STEP before."""
    first_learned: Steps
    """(N,) the same for all errors below 0.1."""
    diverged_at: Steps
    """(N,) the step that would have had a loss or a weight that is not finite, or NO_STEP."""
    stopped_at: Steps
    """(N,) where a network stopped by itself, diverged or by a rule, or NO_STEP."""
    losses: Array
    """(RECENT, N) of the steps up to where each stands; NaN for those before step 0."""

    @classmethod
    def drawn(cls, configs: Sequence[RunConfig]) -> "Cohort":
        """Return the networks of these settings at step 0; all must be of one shape."""
        generator = np.random.RandomState()
        drawn = [flat(initial_weights(config, generator)) for config in configs]
        parameters, count = np.stack(drawn, axis=1), len(configs)
        marks = {name: np.full(count, NO_STEP) for name in _MARKS}
        new = cls(
            shape=configs[0],
            targets=np.array([config.targets for config in configs], dtype=float).T,
            rates=np.array([config.rate for config in configs]),
            momenta=np.array([config.momentum for config in configs]),
            step=0,
            parameters=parameters,
            velocity=np.zeros_like(parameters),
            losses=np.full((RECENT, count), np.nan),
            **marks,
        )
        with np.errstate(all="ignore"):
            start = _watch_of(new).losses(_kernel_of(new).run(0)[1])
        return replace(new, losses=_latest(new.losses, start))

    def __len__(self) -> int:
        return len(self.rates)

    @property
    def going_on(self) -> Mask:
        """(N,) which networks have not stopped."""
        return np.asarray(self.stopped_at == NO_STEP)

    @property
    def steps(self) -> Steps:
        """(N,) where each network stands."""
        return np.where(self.going_on, self.step, self.stopped_at)

    def picked(self, which: Mask | Steps) -> "Cohort":
        """Return some of the networks, by a mask or by their places."""
        arrays = {name: getattr(self, name)[..., which] for name in _ARRAYS}
        return replace(self, **arrays)

    def with_others(self, which: Mask | Steps, others: "Cohort") -> "Cohort":
        """Return these networks, some replaced by others: those of a mask, or at these places."""
        arrays = {name: getattr(self, name).copy() for name in _ARRAYS}
        for name, array in arrays.items():
            array[..., which] = getattr(others, name)
        return replace(self, **arrays)


_MARKS = ("first_right", "first_learned", "diverged_at", "stopped_at")
_ARRAYS = tuple(field.name for field in fields(Cohort) if field.name not in {"shape", "step"})


def shape_of(config: RunConfig) -> tuple[int, str, str, bool]:
    """Return what networks must have in common to be trained together."""
    return config.width, config.activation, config.loss, config.biases


def most_at_once(shape: RunConfig) -> int:
    """Return how many networks of a shape train best together."""
    return min(max(_IN_CACHE // responses(shape), FEWEST_AT_ONCE), _MOST_AT_ONCE)


def responses(shape: RunConfig) -> int:
    """Return how many responses of hidden units a step of a network works out."""
    return shape.width * (len(ROWS) if shape.biases else len(ROWS) - 1)


def advanced(cohort: Cohort, n: int, rules: StopRules = NEVER) -> Cohort:
    """Return the cohort n steps further on; networks that have stopped cost no time.

    Each stops by itself when it diverges, or at the rules' when_learned and at_loss.
    """
    goal = cohort.step + n
    with np.errstate(all="ignore"):  # networks may overflow; those that do are stopped
        while cohort.step < goal and cohort.going_on.any():
            going_on = cohort.going_on
            if going_on.all():
                cohort = _until_some_stop(cohort, goal, rules)
            else:
                rest = _until_some_stop(cohort.picked(going_on), goal, rules)
                cohort = replace(cohort.with_others(going_on, rest), step=rest.step)
    return replace(cohort, step=goal)


def _until_some_stop(start: Cohort, goal: int, rules: StopRules) -> Cohort:
    """Train networks that all go on: to the goal, or until so many have stopped that it pays.

    Those that stop stay among the others that long, and where they did so is found in the end.
    """
    kernel, watch = _kernel_of(start), _watch_of(start, rules)
    now = earlier = start
    gone, leaving = np.zeros(len(start), dtype=bool), _Leaving()
    while now.step < goal and gone.mean() < _WORTH_LEAVING:
        n = min(BLOCK, goal - now.step)
        errors, inputs = kernel.run(n)
        stops = watch.stops(errors, inputs, kernel.is_finite()) & ~gone
        if stops.any():  # from a block earlier, so that their last losses are all known
            leaving.add(earlier, np.flatnonzero(stops))
            gone |= stops
        is_seen = goal - now.step - n < RECENT or gone.mean() >= _WORTH_LEAVING
        earlier, now = (
            now,
            replace(
                now,
                step=now.step + n,
                parameters=kernel.parameters(),
                velocity=kernel.velocity(),
                # Dear to work out, and those of most blocks are never looked at.
                losses=_latest(now.losses, watch.losses(inputs[1:])) if is_seen else now.losses,
                first_right=watch.first_below(RIGHT_ERROR, now.first_right, now.step),
                first_learned=watch.first_below(LEARNED_ERROR, now.first_learned, now.step),
            ),
        )
    return leaving.put_into(now, rules)


class _Leaving:
    """Networks that have stopped, as they were shortly before."""

    def __init__(self) -> None:
        self._cohorts: list[Cohort] = []
        self._places: list[Steps] = []

    def add(self, cohort: Cohort, places: Steps) -> None:
        """Note that the networks at some places stop within two blocks of where they stand."""
        self._cohorts.append(cohort.picked(places))
        self._places.append(places)

    def put_into(self, cohort: Cohort, rules: StopRules) -> Cohort:
        """Return a cohort with each of them as it stopped."""
        if not self._cohorts:
            return cohort
        first = self._cohorts[0]
        arrays: dict[str, Any] = {
            name: np.concatenate([getattr(c, name) for c in self._cohorts], axis=-1)
            for name in _ARRAYS
        }
        steps = np.repeat([c.step for c in self._cohorts], [len(c) for c in self._cohorts])
        stopped = _step_by_step(replace(first, **arrays), steps, rules)
        return cohort.with_others(np.concatenate(self._places), stopped)


def _step_by_step(cohort: Cohort, steps: Steps, rules: StopRules) -> Cohort:
    """Train networks that stop soon, each from a step (N,) of its own to the very one it stops at.

    What changes after it has stopped is not taken over.
    """
    kernel, watch = _kernel_of(cohort), _watch_of(cohort, rules)
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
    """Return the last RECENT rows of those before and the new ones."""
    return np.concatenate((before, new))[-RECENT:]


def _kernel_of(cohort: Cohort) -> LabKernel:
    arrays = (cohort.rates, cohort.momenta, cohort.parameters, cohort.velocity)
    return LabKernel(cohort.shape, cohort.targets, *arrays)


def _watch_of(cohort: Cohort, rules: StopRules = NEVER) -> LabWatch:
    return LabWatch(cohort.shape.loss, cohort.targets, rules)
