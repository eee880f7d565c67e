"""Loops for Numba that train and evaluate many networks; see core/kernels/loops.py.

Networks are trained in groups that fit into the processor's cache. Each stops at exactly its own
step; stopped networks cost time until the caller removes them.

Shapes: N networks, P parameters, 4 rows in the order of ROWS, K steps evaluated together.
"""

from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels.loops import Networks, Recipe, Results, judge, move, pass_back, respond

NO_STEP = -1
"""Stands for a missing step."""


class Rules(NamedTuple):
    """Conditions that stop a network, besides divergence."""

    right_error: float
    learned_error: float
    when_learned: bool
    at_loss: float
    """A loss at which to stop; below 0 for none."""


class Fates(NamedTuple):
    """States and outcomes of networks as in Cohort, updated in place."""

    parameters: Array
    """(P, N) the current ones; for stopped networks those before their last block."""
    velocity: Array
    """(P, N) what the last step subtracted."""
    losses: Array
    """(K, N) of the last steps of each."""
    first_right: Steps
    """(N,)."""
    first_learned: Steps
    """(N,)."""
    diverged_at: Steps
    """(N,)."""
    stopped_at: Steps
    """(N,)."""
    owed: Steps
    """(N,) steps that a stopped network must repeat to reach the state in which it stopped."""


class Lanes(NamedTuple):
    """Work arrays for a group of networks trained together."""

    now: Networks
    before: Networks
    """Parameters and velocity before the last K steps."""
    results: Results
    """Of K steps."""
    recent: Array
    """(K, N) the losses of the K steps before these."""
    best: Array
    """(N,) minimum over K steps of the largest error."""
    least: Array
    """(N,) minimum over K steps of the loss; NaN if one is not finite."""


def train_cohort(
    recipe: Recipe, fates: Fates, targets: Array, rates: Array, momenta: Array,
    lanes: Lanes, rules: Rules, step: int, n: int,
) -> None:  # fmt: skip
    """Train all networks that have not stopped by n steps, from a step."""
    now, block, count = lanes.now, fates.losses.shape[0], fates.parameters.shape[1]
    most = now.parameters.shape[1]
    for first in range(0, count, most):
        load_group(fates, targets, rates, momenta, lanes, first)
        for done in range(0, n, block):
            steps = min(block, n - done)
            copy_state(now, lanes.before)
            for k in range(steps + 1):  # the first results are those before the block
                if k > 0:
                    pass_back(recipe, now, most)
                    move(recipe, now, lanes.results, k, most)
                respond(recipe, now, most)
                judge(recipe, now, lanes.results, k, most)
            find_extremes(lanes, steps)
            for i in range(min(most, count - first)):
                update_fate(fates, lanes, rules, first + i, i, step + done, steps)
            append_losses(lanes, steps)
        for i in range(min(most, count - first)):
            if fates.stopped_at[first + i] == NO_STEP:
                store_lane(fates, first + i, now, lanes, i, 0)


def load_group(
    fates: Fates, targets: Array, rates: Array, momenta: Array, lanes: Lanes, first: int
) -> None:
    """Copy a group of networks into the work arrays; spare lanes repeat the last network."""
    now, count = lanes.now, fates.parameters.shape[1]
    for i in range(now.parameters.shape[1]):
        n = min(first + i, count - 1)
        now.rates[i], now.momenta[i] = rates[n], momenta[n]
        for row in range(4):
            now.targets[row, i] = targets[row, n]
        for k in range(now.parameters.shape[0]):
            now.parameters[k, i] = fates.parameters[k, n]
            now.velocity[k, i] = fates.velocity[k, n]
        for k in range(lanes.recent.shape[0]):
            lanes.recent[k, i] = fates.losses[k, n]


def copy_state(now: Networks, to: Networks) -> None:
    """Copy parameters and velocity."""
    for k in range(now.parameters.shape[0]):
        for i in range(now.parameters.shape[1]):
            to.parameters[k, i] = now.parameters[k, i]
            to.velocity[k, i] = now.velocity[k, i]


def find_extremes(lanes: Lanes, steps: int) -> None:
    """Compute ``best`` and ``least`` for the last steps."""
    losses, worst, best, least = lanes.results.losses, lanes.results.worst, lanes.best, lanes.least
    for i in range(best.shape[0]):
        best[i], least[i] = np.inf, np.inf
    for k in range(1, steps + 1):
        for i in range(best.shape[0]):
            best[i] = min(best[i], worst[k, i])
            least[i] = min(least[i], losses[k, i])
    for k in range(1, steps + 1):
        for i in range(best.shape[0]):
            least[i] += 0.0 * losses[k, i]  # NaN if the loss is not finite


def update_fate(
    fates: Fates, lanes: Lanes, rules: Rules, n: int, i: int, step: int, steps: int
) -> None:
    """Update the outcome of a network that has not stopped after the last steps."""
    if fates.stopped_at[n] != NO_STEP:
        return
    if may_change(fates, lanes, rules, n, i):
        fates.owed[n] = steps_until_stop(fates, lanes.results, rules, n, i, step, steps)
        if fates.stopped_at[n] != NO_STEP:
            store_lane(fates, n, lanes.before, lanes, i, fates.owed[n])


def may_change(fates: Fates, lanes: Lanes, rules: Rules, n: int, i: int) -> bool:
    """Return whether the last steps can have changed a network's outcome."""
    best, least = lanes.best[i], lanes.least[i]
    is_news = fates.first_right[n] == NO_STEP and best < rules.right_error
    may_end = rules.when_learned or fates.first_learned[n] == NO_STEP
    learns = may_end and best < rules.learned_error
    return is_news or learns or least <= rules.at_loss or not least < np.inf


def steps_until_stop(
    fates: Fates, results: Results, rules: Rules, n: int, i: int, step: int, steps: int
) -> int:
    """Update a network's outcome step by step; return the number of steps until it stopped."""
    losses, worst = results.losses, results.worst
    for k in range(1, steps + 1):
        if not losses[k, i] < np.inf:
            fates.diverged_at[n], fates.stopped_at[n] = step + k, step + k - 1
            return k - 1
        if worst[k, i] < rules.right_error and fates.first_right[n] == NO_STEP:
            fates.first_right[n] = step + k
        if worst[k, i] < rules.learned_error and fates.first_learned[n] == NO_STEP:
            fates.first_learned[n] = step + k
        learns = worst[k, i] < rules.learned_error <= worst[k - 1, i]
        falls = losses[k, i] <= rules.at_loss < losses[k - 1, i]
        if (rules.when_learned and learns) or falls:
            fates.stopped_at[n] = step + k
            return k
    return steps


def store_lane(fates: Fates, n: int, state: Networks, lanes: Lanes, i: int, steps: int) -> None:
    """Copy a network's state and its last losses from a lane, up to ``steps`` steps."""
    for k in range(state.parameters.shape[0]):
        fates.parameters[k, n] = state.parameters[k, i]
        fates.velocity[k, n] = state.velocity[k, i]
    kept = fates.losses.shape[0] - steps
    for k in range(kept):
        fates.losses[k, n] = lanes.recent[k + steps, i]
    for k in range(steps):
        fates.losses[kept + k, n] = lanes.results.losses[k + 1, i]


def append_losses(lanes: Lanes, steps: int) -> None:
    """Append the losses of the last steps, at most K, to the recent ones."""
    recent, losses = lanes.recent, lanes.results.losses
    kept = recent.shape[0] - steps
    for k in range(recent.shape[0]):
        for i in range(recent.shape[1]):
            recent[k, i] = recent[k + steps, i] if k < kept else losses[k - kept + 1, i]


INLINED = (
    load_group,
    copy_state,
    find_extremes,
    update_fate,
    may_change,
    steps_until_stop,
    store_lane,
    append_losses,
)
"""Functions called by train_cohort, besides those of core/kernels/loops.py."""
