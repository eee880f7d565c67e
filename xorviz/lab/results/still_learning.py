"""Which networks were still learning when they were stopped.

Shapes: N networks, S stuck states, 4 rows in the order of ROWS.
"""

from functools import cache

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.diagnosis.reach import most_right
from xorviz.core.diagnosis.stuck_states import NAMES, states_of
from xorviz.core.network import LOSSES
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.lab.plan import LabPlan, Places
from xorviz.lab.results.findings import CODES, Findings

_LEFT = 0.25
"""A stuck state is left once the loss is below the state's own by this share of it."""
_SOON = 2
"""Only networks that leave within this multiple of the steps taken are said to learn."""
_NEAR_BOUND = 1e-12
"""Stands for an output of 0, and its complement for 1: the logit of a bound is infinite."""


def still_learning(plan: LabPlan, places: Places, findings: Findings) -> Mask:
    """Return which of N networks that are done were still learning.

    Such a network can get all four rows correct, but has not yet. Its state is "learning", or it
    leaves a stuck state: its loss L is below the state's own, S. Near a stuck state the distance
    S - L grows exponentially, at the rate of its present growth: the fall per step over S - L.
    The state is left soon if S - L reaches _LEFT * S within _SOON times the steps taken.

    Known from the columns of a table alone, so a resumed lab says the same. Of 4 900 networks
    with 18 recipes, 90 % had more rows correct or a fifth less loss after five times as many
    steps, and 60 % all four rows; of those not called so, 33 % and 19 %.
    """
    recipes = places // len(plan.seeds)
    states, found = np.array(CODES)[findings.state], np.zeros(len(places), dtype=bool)
    for number in np.unique(recipes).tolist():
        recipe, here = plan.recipes[number], recipes == number
        if most_right(recipe) == len(ROWS):
            outputs = findings.outputs[here]
            learns = states[here] == "learning"
            learns |= np.isin(states[here], NAMES) & (
                _steps_to_leave(recipe, findings.loss[here], findings.gradient_norm[here], outputs)
                <= _SOON * findings.steps[here]
            )
            found[here] = learns & ~findings.right[here]
    return found


def _steps_to_leave(recipe: RunConfig, loss: Array, norm: Array, outputs: Array) -> Array:
    """Return the steps (N,) until networks have left the nearest stuck state; else infinity."""
    states, losses = _stuck(recipe.loss, recipe.targets)
    nearest = np.abs(states[:, np.newaxis] - outputs).max(axis=2).argmin(axis=0)
    level = losses[nearest]
    with np.errstate(all="ignore"):  # numbers of diverged networks may be huge
        below, fall = level - loss, recipe.rate / (1 - recipe.momentum) * norm**2
        left = np.log(np.maximum(_LEFT * level / below, 1)) * below / fall
    return np.where((below > 0) & (fall > 0), left, np.inf)


@cache
def _stuck(loss: str, targets: tuple[int, ...]) -> tuple[Array, Array]:
    """Return the outputs (S, 4) and losses (S,) of the stuck states."""
    outputs = np.array([state.outputs for state in states_of(targets)])
    y = np.clip(outputs, _NEAR_BOUND, 1 - _NEAR_BOUND)
    return outputs, LOSSES[loss].value(np.log(y / (1 - y)), np.array(targets))
