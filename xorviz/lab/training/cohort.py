"""Networks of one shape that are trained together: a value at a step.

Shapes: N networks, P parameters as core/batch.py orders them, 4 rows in the order of ROWS.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.batch import flat
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.network import initial_weights
from xorviz.core.runs.stopping import NEVER
from xorviz.lab.training.numpy_steps import LabKernel
from xorviz.lab.training.watch import LabWatch

NO_STEP = -1
"""In place of a step that has not come."""

_IN_CACHE = 18_432
"""Responses of hidden units in a cohort: more leave the cache, fewer pay more for each call."""
FEWEST_AT_ONCE, _MOST_AT_ONCE = 64, 1024

WORTH_LEAVING = 0.25
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
        marks = {name: np.full(count, NO_STEP) for name in MARKS}
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
            arrays = (new.rates, new.momenta, new.parameters, new.velocity)
            _, inputs = LabKernel(new.shape, new.targets, *arrays).run(0)
            new.losses[-1] = LabWatch(new.shape.loss, new.targets, NEVER).losses(inputs)
        return new

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
        arrays = {name: getattr(self, name)[..., which] for name in ARRAYS}
        return replace(self, **arrays)

    def with_others(self, which: Mask | Steps, others: "Cohort") -> "Cohort":
        """Return these networks, some replaced by others: those of a mask, or at these places."""
        arrays = {name: getattr(self, name).copy() for name in ARRAYS}
        for name, array in arrays.items():
            array[..., which] = getattr(others, name)
        return replace(self, **arrays)


MARKS = ("first_right", "first_learned", "diverged_at", "stopped_at")
ARRAYS = tuple(field.name for field in fields(Cohort) if field.name not in {"shape", "step"})


def shape_of(config: RunConfig) -> tuple[int, str, str, bool]:
    """Return what networks must have in common to be trained together."""
    return config.width, config.activation, config.loss, config.biases


def most_at_once(shape: RunConfig) -> int:
    """Return how many networks of a shape train best together."""
    return min(max(_IN_CACHE // responses(shape), FEWEST_AT_ONCE), _MOST_AT_ONCE)


def responses(shape: RunConfig) -> int:
    """Return how many responses of hidden units a step of a network works out."""
    return shape.width * (len(ROWS) if shape.biases else len(ROWS) - 1)
