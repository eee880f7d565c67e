"""Outcomes of networks trained together.

Shapes: N networks, P trainable numbers, 4 rows in the order of ROWS.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.evidence import Measured, measured
from xorviz.core.diagnosis.states import STATES, Codes, codes_of
from xorviz.core.diagnosis.trend import RECENT, trend_of
from xorviz.core.diagnosis.words import UNTRAINED
from xorviz.core.network import Weights, head_of, weights_of
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.core.shown import Shown
from xorviz.lab.training.cohort import NO_STEP, Cohort, alike, most_at_once
from xorviz.lab.training.training import advanced

CODES = (*STATES, UNTRAINED)
"""The states by their code in a table of findings."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Outcomes of N networks. A value: its arrays are never written to."""

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
    gradient_norm: Array
    """(N,)."""
    error: Array
    """(N,) the largest error of the four rows."""
    outputs: Array
    """(N, 4)."""
    state: Codes
    """(N,) indices into CODES."""

    @property
    def right(self) -> Mask:
        """(N,) which networks have all four rows correct at the end."""
        return self.error < RIGHT_ERROR

    @property
    def learned(self) -> Mask:
        """(N,) which networks have all errors below 0.1 at the end."""
        return self.error < LEARNED_ERROR


COLUMNS = tuple(field.name for field in fields(Findings))
MARKS = ("first_right", "first_learned", "diverged_at")
"""Events recorded with their step."""


@dataclass(frozen=True, slots=True, repr=False)
class LabResult(Findings, Shown):
    """Outcomes of N networks, in the order of their settings. A value."""

    configs: tuple[RunConfig, ...]
    parameters: tuple[Array, ...]
    """(P,) for each network, as core/network.py orders them."""

    def __len__(self) -> int:
        return len(self.configs)

    @property
    def seed(self) -> Steps:
        """(N,) the seeds of the initial weights."""
        return np.array([config.seed for config in self.configs], dtype=np.int64)

    @property
    def states(self) -> tuple[str, ...]:
        """One of STATES for each network, or UNTRAINED after no step."""
        return tuple(CODES[code] for code in self.state.tolist())

    def to_csv(self, path: Path | str | None = None) -> str:
        """Return a row for each network, as CSV; write it to a file, too. Raises FileError."""
        from xorviz import result_csv

        return result_csv(self, path)

    def weights(self, i: int) -> Weights:
        """Return the final weights of a network, or the last finite ones if it diverged."""
        return weights_of(self.parameters[i], self.configs[i])


def train_many(configs: Sequence[RunConfig], steps: int, rules: StopRules = NEVER) -> LabResult:
    """Train networks, at least one, for ``steps`` steps or until a rule stops them.

    The rules' at_step is ignored. Raises SettingError for a stop at a plateau.
    """
    order, cohorts = [], []
    for places in alike(configs):
        share = -(-len(places) // most_at_once(configs[places[0]]))
        for block in np.array_split(places, share):
            chosen = [configs[i] for i in block.tolist()]
            cohorts.append(advanced(Cohort.drawn(chosen), steps, rules))
        order += places
    as_given, found = np.argsort(order), [findings_of(cohort) for cohort in cohorts]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in found])[as_given] for name in COLUMNS
    }
    rows = [row for cohort in cohorts for row in np.ascontiguousarray(cohort.parameters.T)]
    parameters = tuple(rows[i] for i in as_given.tolist())
    return LabResult(**columns, configs=tuple(configs), parameters=parameters)


def findings_of(cohort: Cohort) -> Findings:
    """Return a cohort's findings."""
    count, rows = len(cohort), np.ascontiguousarray(cohort.parameters.T)
    answers, norms = np.empty((count, 4)), np.empty(count)
    states = np.empty(count, dtype=np.uint8)
    kinds, kind_of_each = np.unique(cohort.targets, axis=1, return_inverse=True)
    for kind, targets in enumerate(kinds.T.tolist()):
        here = np.flatnonzero(kind_of_each.ravel() == kind)
        config = replace(cohort.shape, targets=tuple(int(target) for target in targets))
        found, states[here] = _diagnosed(cohort, rows, here, config)
        answers[here], norms[here] = found.outputs, found.gradient_norm
    worst = head_of(cohort.shape).errors(answers, cohort.targets.T).max(axis=1)
    # As in the window, these are decided first.
    states[worst < LEARNED_ERROR] = CODES.index("learned")
    states[cohort.steps == 0] = CODES.index(UNTRAINED)
    states[cohort.diverged_at != NO_STEP] = CODES.index("diverging")
    return Findings(
        steps=cohort.steps,
        **{name: getattr(cohort, name) for name in MARKS},
        loss=cohort.losses[-1],
        gradient_norm=norms,
        error=worst,
        outputs=answers,
        state=states,
    )


def _diagnosed(
    cohort: Cohort, rows: Array, here: Steps, config: RunConfig
) -> tuple[Measured, Codes]:
    """Return the measurements and the codes of the states of networks at some places (N,).

    They share these settings except rates and momenta; rows (N, P) are all parameters.
    """
    weights = weights_of(rows[here], config)
    trend = trend_of(np.arange(RECENT), np.ascontiguousarray(cohort.losses[:, here].T))
    rates, momenta = cohort.rates[here], cohort.momenta[here]
    found = measured(weights, config, trend, cohort.steps[here], rates, momenta)
    return found, codes_of(found)
