"""Outcomes of networks trained together.

Shapes: N networks, P trainable numbers, 4 rows in the order of ROWS.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import state_of
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.network import Weights, flat, gradient, outputs, weights_of
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.trace import Trace
from xorviz.lab.training.cohort import NO_STEP, Cohort, alike, most_at_once
from xorviz.lab.training.training import advanced


@dataclass(frozen=True, slots=True)
class LabResult:
    """Outcomes of N networks, in the order of their settings. A value."""

    configs: tuple[RunConfig, ...]
    steps: Steps
    """(N,) the last step of each; less than requested if it diverged or a rule stopped it."""
    first_right: Steps
    """(N,) the first step, from 1, after which all four rows were correct; -1 for never."""
    first_learned: Steps
    """(N,) the same for all errors below 0.1."""
    diverged_at: Steps
    """(N,) the step whose loss or weights would not be finite; -1 for never."""
    loss: Array
    """(N,)."""
    outputs: Array
    """(N, 4)."""
    gradient_norm: Array
    """(N,)."""
    states: tuple[str, ...]
    """One of diagnosis.STATES for each."""
    parameters: tuple[Array, ...]
    """(P,) for each network, as core/network.py orders them."""

    def __len__(self) -> int:
        return len(self.configs)

    @property
    def seed(self) -> Steps:
        """(N,) the seeds of the initial weights."""
        return np.array([config.seed for config in self.configs], dtype=np.int64)

    @property
    def right(self) -> Mask:
        """(N,) whether all four rows are correct at the end."""
        return self._errors < RIGHT_ERROR

    @property
    def learned(self) -> Mask:
        """(N,) whether all errors are below 0.1 at the end."""
        return self._errors < LEARNED_ERROR

    @property
    def _errors(self) -> Array:
        """(N,) the largest errors."""
        targets = np.array([config.targets for config in self.configs]).reshape(-1, 4)
        return np.asarray(np.abs(self.outputs - targets).max(axis=1))

    def weights(self, i: int) -> Weights:
        """Return the final weights of a network, or the last finite ones if it diverged."""
        return weights_of(self.parameters[i], self.configs[i])

    def picked(self, places: Iterable[int]) -> "LabResult":
        """Return the networks at these places, in this order."""
        chosen = list(places)
        values: dict[str, Any] = {}
        for name in _FIELDS:
            column = getattr(self, name)
            is_array = isinstance(column, np.ndarray)
            values[name] = column[chosen] if is_array else tuple(column[i] for i in chosen)
        return LabResult(**values)

    @classmethod
    def joined(cls, parts: Sequence["LabResult"]) -> "LabResult":
        """Return the networks of several results, at least one, one after the other."""
        values: dict[str, Any] = {}
        for name in _FIELDS:
            columns = [getattr(part, name) for part in parts]
            is_array = isinstance(columns[0], np.ndarray)
            values[name] = (
                np.concatenate(columns) if is_array else tuple(x for c in columns for x in c)
            )
        return cls(**values)


_FIELDS = tuple(field.name for field in fields(LabResult))


def train_many(configs: Sequence[RunConfig], steps: int, rules: StopRules = NEVER) -> LabResult:
    """Train networks, at least one, for ``steps`` steps or until a rule stops them.

    The rules' at_step is ignored.
    """
    order, parts = [], []
    for places in alike(configs):
        share = -(-len(places) // most_at_once(configs[places[0]]))
        for block in np.array_split(places, share):
            chosen = [configs[i] for i in block.tolist()]
            parts.append(result_of(advanced(Cohort.drawn(chosen), steps, rules), chosen))
        order += places
    return LabResult.joined(parts).picked(np.argsort(order).tolist())


@dataclass(frozen=True, slots=True)
class Findings:
    """Losses, outputs, gradients and states of a cohort's networks. A value."""

    loss: Array
    """(N,)."""
    outputs: Array
    """(N, 4)."""
    gradient_norm: Array
    """(N,)."""
    states: tuple[str, ...]


def findings_of(cohort: Cohort) -> Findings:
    """Return a cohort's findings; diagnosing a failed network takes 0.13 ms."""
    with np.errstate(all="ignore"):  # the last finite weights may be huge
        rows = np.ascontiguousarray(cohort.parameters.T)
        answers = outputs(weights_of(rows, cohort.shape), cohort.shape.activation)
        norms = _gradient_norms(cohort, rows)
        worst = np.abs(answers - cohort.targets.T).max(axis=1)
        states = tuple(_state(cohort, rows[i], i, float(worst[i])) for i in range(len(cohort)))
    return Findings(cohort.losses[-1], answers, norms, states)


def result_of(cohort: Cohort, configs: Sequence[RunConfig]) -> LabResult:
    """Return the outcomes of a cohort that was drawn with these settings."""
    found = findings_of(cohort)
    return LabResult(
        configs=tuple(configs),
        steps=cohort.steps,
        first_right=cohort.first_right,
        first_learned=cohort.first_learned,
        diverged_at=cohort.diverged_at,
        loss=found.loss,
        outputs=found.outputs,
        gradient_norm=found.gradient_norm,
        states=found.states,
        parameters=tuple(np.ascontiguousarray(cohort.parameters.T)),
    )


def _state(cohort: Cohort, parameters: Array, i: int, worst: float) -> str:
    """Return the name of a network's state, the same as in the window; parameters (P,)."""
    if cohort.diverged_at[i] != NO_STEP:
        return "diverging"
    step = int(cohort.steps[i])
    if worst < LEARNED_ERROR and step > 0:
        return "learned"
    targets = tuple(cohort.targets[:, i].tolist())
    config = _config(cohort.shape, float(cohort.rates[i]), float(cohort.momenta[i]), targets)
    weights = weights_of(parameters, config)
    steps = np.arange(step - RECENT + 1, step + 1)
    known = steps >= 0
    return state_of(weights, config, Trace(steps[known], cohort.losses[known, i]), step)


@lru_cache
def _config(
    shape: RunConfig, rate: float, momentum: float, targets: tuple[float, ...]
) -> RunConfig:
    """Return the settings of a network, cached because many share them and checks are slow."""
    wanted = tuple(int(target) for target in targets)
    return replace(shape, rate=rate, momentum=momentum, targets=wanted)


def _gradient_norms(cohort: Cohort, rows: Array) -> Array:
    """Return the norms (N,) of the gradients of networks with parameters (N, P)."""
    norms = np.empty(len(cohort))
    kinds, kind_of_each = np.unique(cohort.targets, axis=1, return_inverse=True)
    for kind, targets in enumerate(kinds.T):
        chosen = kind_of_each.ravel() == kind
        config = replace(cohort.shape, targets=tuple(int(target) for target in targets))
        gradients = flat(gradient(weights_of(rows[chosen], config), config))
        norms[chosen] = np.linalg.norm(gradients, axis=1)
    return norms
