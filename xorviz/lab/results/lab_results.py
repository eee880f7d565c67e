"""Results of a plan's networks, during and after training.

Shapes: N networks of the plan by their places, P parameters, 4 rows in the order of ROWS.
"""

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.reach import most_right
from xorviz.core.diagnosis.stuck_states import NAMES, level_of, places_of_nearest, states_of
from xorviz.core.network import head_of
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.lab.plan import LabPlan, Places
from xorviz.lab.results.findings import CODES, COLUMNS, MARKS, Findings
from xorviz.lab.results.success import Proportion, Summary, quartiles_of
from xorviz.lab.training.cohort import NO_STEP, Cohort

_LEFT = 0.25
"""A stuck state is left once the loss is below the state's own by this share of it."""
_SOON = 2
"""Only networks that leave within this multiple of the steps taken count as learning."""


def still_learning(plan: LabPlan, places: Places, findings: Findings) -> Mask:
    """Return which of N networks that are done were still learning.

    Such a network can get all four rows correct, but has not yet. Its state is "learning", or it
    leaves a stuck state: its loss L is below the state's own, S. Near a stuck state the distance
    S - L grows exponentially, at the rate of its present growth: the fall per step over S - L.
    The state is left soon if S - L reaches _LEFT * S within _SOON times the steps taken.

    It depends only on the columns of a table, so a resumed lab gives the same. Of 4 900 networks
    with 18 recipes, 90 % had more rows correct or a fifth less loss after five times as many
    steps, and 60 % all four rows; of the others, 33 % and 19 %.
    """
    recipes = places // len(plan.seeds)
    states, found = np.array(CODES)[findings.state], np.zeros(len(places), dtype=bool)
    for number in np.unique(recipes).tolist():
        recipe, here = plan.recipes[number], recipes == number
        if most_right(recipe) == len(ROWS):
            shares = head_of(recipe).coding.share(findings.outputs[here])
            learns = states[here] == "learning"
            learns |= np.isin(states[here], NAMES) & (
                _steps_to_leave(recipe, findings.loss[here], findings.gradient_norm[here], shares)
                <= _SOON * findings.steps[here]
            )
            found[here] = learns & ~findings.right[here]
    return found


def _steps_to_leave(recipe: RunConfig, loss: Array, norm: Array, shares: Array) -> Array:
    """Return the steps (N,) until networks, which are near one, have left a stuck state.

    Infinite where they do not leave it, and for steps that do not follow the gradient.
    """
    levels = np.array([level_of(state, recipe) for state in states_of(recipe.targets)])
    level = levels[places_of_nearest(shares, recipe.targets)]
    with np.errstate(all="ignore"):  # numbers of diverged networks may be huge
        below, fall = level - loss, recipe.rate / (1 - recipe.momentum) * norm**2
        left = np.log(np.maximum(_LEFT * level / below, 1)) * below / fall
    return np.where((below > 0) & (fall > 0) & recipe.is_descent, left, np.inf)


MOST_SHOWN = 64
"""Networks of a plan whose weights are kept for the gallery."""


@dataclass(frozen=True, slots=True)
class LabSnapshot(Findings):
    """Results of a plan's networks at some time. A value: its arrays are never written to."""

    plan: LabPlan
    done: Mask
    """(N,) which networks are done. For the others only steps, marks and weights are known, and
    numbers are NaN."""
    still_learning: Mask
    """(N,) which networks are done and were still learning when they were stopped."""
    shown: tuple[Array, ...]
    """(P,) the current weights of the first MOST_SHOWN networks; empty before they have any."""

    is_over: bool = False
    """Whether training has ended: all are done, or it was stopped."""

    @property
    def was_stopped(self) -> bool:
        """Whether it ended before all were done."""
        return self.is_over and not self.done.all()

    @property
    def progress(self) -> float:
        """The share of all steps that have been trained, from 0 to 1."""
        return self.progress_of(range(len(self.plan)))

    def progress_of(self, places: range, costs: Array | None = None) -> float:
        """Return the share of steps that a range of networks, not empty, has been trained.

        Steps count as what they cost, if that is given (N,). Without steps to train, it is the
        share of networks that are done.
        """
        here = slice(places.start, places.stop)
        if not self.plan.steps:
            return float(self.done[here].mean())
        steps = np.where(self.done[here], self.plan.steps, self.steps[here])
        return float(np.average(steps, weights=costs)) / self.plan.steps

    def summary(self, recipe: int = 0) -> Summary | None:
        """Return the summary of a recipe's networks that are done, or None if there are none."""
        places = self.plan.places_of(recipe)
        here = np.flatnonzero(self.done[places.start : places.stop]) + places.start
        if not len(here):
            return None
        return summary_of(self, here, int(self.still_learning[here].sum()))


def summary_of(found: Findings, here: Steps, still_learning: int = 0) -> Summary:
    """Return the summary of the networks at some places, at least one."""
    errors = found.error[here]
    is_right = errors < RIGHT_ERROR
    firsts = found.first_right[here[is_right]]
    counts = np.bincount(found.state[here], minlength=len(CODES)).tolist()
    by_count = sorted(zip(CODES, counts, strict=True), key=itemgetter(1), reverse=True)
    return Summary(
        right=Proportion(int(is_right.sum()), len(here)),
        learned=Proportion(int((errors < LEARNED_ERROR).sum()), len(here)),
        # Rounding can make the outputs right after no step.
        quartiles=quartiles_of(firsts[firsts > 0]),
        states={state: count for state, count in by_count if count},
        still_learning=still_learning,
    )


class LabResults:
    """Collects the results of a plan's networks."""

    def __init__(self, plan: LabPlan) -> None:
        count = len(plan)
        self.plan = plan
        self._columns: dict[str, NDArray[Any]] = {
            "done": np.zeros(count, dtype=bool),
            "steps": np.zeros(count, dtype=np.int64),
            **{name: np.full(count, NO_STEP) for name in MARKS},
            **{name: np.full(count, np.nan) for name in ("loss", "gradient_norm", "error")},
            "outputs": np.full((count, 4), np.nan),
            "state": np.zeros(count, dtype=np.uint8),
            "still_learning": np.zeros(count, dtype=bool),
        }
        self._shown: list[Array] = [np.empty(0)] * min(count, MOST_SHOWN)

    @property
    def is_full(self) -> bool:
        """Whether all networks are done."""
        return bool(self._columns["done"].all())

    def add(self, places: Places, cohort: Cohort, findings: Findings | None) -> None:
        """Record the progress of the networks at some places, and their findings if known."""
        for column in np.flatnonzero(places < len(self._shown)).tolist():
            self._shown[places[column]] = cohort.parameters[:, column].copy()
        if findings is not None:
            self.recall(places, findings)
            return
        for name in ("steps", *MARKS):
            self._columns[name][places] = getattr(cohort, name)

    def recall(self, places: Places, findings: Findings) -> None:
        """Record finished networks, whose weights may be unknown."""
        for name in COLUMNS:
            self._columns[name][places] = getattr(findings, name)
        self._columns["done"][places] = True
        self._columns["still_learning"][places] = still_learning(self.plan, places, findings)

    def snapshot(self, is_over: bool = False) -> LabSnapshot:
        """Return the current results."""
        columns = {name: column.copy() for name, column in self._columns.items()}
        return LabSnapshot(plan=self.plan, shown=tuple(self._shown), is_over=is_over, **columns)
