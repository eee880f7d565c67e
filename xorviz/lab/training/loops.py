"""Many networks trained and watched in one go, as loops for a compiler: see loops.py.

They are taken some at a time, so that their numbers stay in the processor's cache. Each stops at
its own step, exactly; whoever has stopped costs its share until the others go on without it.

Shapes: N networks, P parameters, 4 rows in the order of ROWS, K steps that are looked at together.
"""

from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels.loops import Networks, Recipe, Results, judge, move, pass_back, respond

NO_STEP = -1
"""In place of a step that has not come."""


class Rules(NamedTuple):
    """What stops a network by itself, besides a divergence."""

    right_error: float
    learned_error: float
    when_learned: bool
    at_loss: float
    """A loss at which to stop; below 0 for none."""


class Fates(NamedTuple):
    """What has become of networks until now: written to as they are trained."""

    parameters: Array
    """(P, N) where each stands; of those that have stopped, a few steps before that."""
    velocity: Array
    """(P, N) what the last step subtracted."""
    recent: Array
    """(K, N) the losses of the last steps of each."""
    first_right: Steps
    """(N,)."""
    first_learned: Steps
    """(N,)."""
    diverged_at: Steps
    """(N,)."""
    stopped_at: Steps
    """(N,)."""
    owed: Steps
    """(N,) how many steps a network that has stopped must take again, to stand where it did."""


class Lanes(NamedTuple):
    """Room for the networks that are trained at a time."""

    now: Networks
    before: Networks
    """Where they stood before the last K steps: parameters and velocity."""
    results: Results
    """Of K steps."""
    recent: Array
    """(K, N) the losses of the last steps before these."""
    best: Array
    """(N,) the least of the largest errors of K steps."""
    least: Array
    """(N,) the least loss of them; not a number where any is not finite."""


def train_cohort(
    recipe: Recipe, fates: Fates, targets: Array, rates: Array, momenta: Array,
    bench: Lanes, rules: Rules, step: int, n: int,
) -> None:  # fmt: skip
    """Take n steps with all that have not stopped, from a step on."""
    now, block, count = bench.now, fates.recent.shape[0], fates.parameters.shape[1]
    most = now.parameters.shape[1]
    for first in range(0, count, most):
        take_up(fates, targets, rates, momenta, bench, first)
        for done in range(0, n, block):
            steps = min(block, n - done)
            copy_state(now, bench.before)
            for k in range(steps + 1):  # the first of the results are of before
                if k > 0:
                    pass_back(recipe, now, most)
                    move(recipe, now, bench.results, k, most)
                respond(recipe, now, most)
                judge(recipe, now, bench.results, k, most)
            look(bench, steps)
            for i in range(min(most, count - first)):
                live(fates, bench, rules, first + i, i, step + done, steps)
            remember(bench, steps)
        for i in range(min(most, count - first)):
            if fates.stopped_at[first + i] == NO_STEP:
                put_back(fates, first + i, now, bench, i, 0)


def take_up(
    fates: Fates, targets: Array, rates: Array, momenta: Array, bench: Lanes, first: int
) -> None:
    """Put networks side by side, from the first on; places that are left get one of them again."""
    now, count = bench.now, fates.parameters.shape[1]
    for i in range(now.parameters.shape[1]):
        who = min(first + i, count - 1)
        now.rates[i], now.momenta[i] = rates[who], momenta[who]
        for row in range(4):
            now.targets[row, i] = targets[row, who]
        for k in range(now.parameters.shape[0]):
            now.parameters[k, i] = fates.parameters[k, who]
            now.velocity[k, i] = fates.velocity[k, who]
        for k in range(bench.recent.shape[0]):
            bench.recent[k, i] = fates.recent[k, who]


def copy_state(now: Networks, to: Networks) -> None:
    """Let other networks stand where these stand."""
    for k in range(now.parameters.shape[0]):
        for i in range(now.parameters.shape[1]):
            to.parameters[k, i] = now.parameters[k, i]
            to.velocity[k, i] = now.velocity[k, i]


def look(bench: Lanes, steps: int) -> None:
    """Find the least error and the least loss of each in these steps."""
    losses, worst, best, least = bench.results.losses, bench.results.worst, bench.best, bench.least
    for i in range(best.shape[0]):
        best[i], least[i] = np.inf, np.inf
    for k in range(1, steps + 1):
        for i in range(best.shape[0]):
            best[i] = min(best[i], worst[k, i])
            least[i] = min(least[i], losses[k, i])
    for k in range(1, steps + 1):
        for i in range(best.shape[0]):
            least[i] += 0.0 * losses[k, i]  # not a number, where the loss is not finite


def live(fates: Fates, bench: Lanes, rules: Rules, who: int, i: int, step: int, steps: int) -> None:
    """Note what has happened to a network in these steps, from a step on, if it still went on."""
    if fates.stopped_at[who] != NO_STEP:
        return
    if stands_out(fates, bench, rules, who, i):
        fates.owed[who] = steps_lived(fates, bench.results, rules, who, i, step, steps)
        if fates.stopped_at[who] != NO_STEP:
            put_back(fates, who, bench.before, bench, i, fates.owed[who])


def stands_out(fates: Fates, bench: Lanes, rules: Rules, who: int, i: int) -> bool:
    """Return whether something can have happened to a network in these steps."""
    best, least = bench.best[i], bench.least[i]
    is_news = fates.first_right[who] == NO_STEP and best < rules.right_error
    may_end = rules.when_learned or fates.first_learned[who] == NO_STEP
    learns = may_end and best < rules.learned_error
    return is_news or learns or least <= rules.at_loss or not least < np.inf


def steps_lived(
    fates: Fates, results: Results, rules: Rules, who: int, i: int, step: int, steps: int
) -> int:
    """Go through a network's steps one by one; return after how many it stopped, or all."""
    losses, worst = results.losses, results.worst
    for k in range(1, steps + 1):
        if not losses[k, i] < np.inf:
            fates.diverged_at[who], fates.stopped_at[who] = step + k, step + k - 1
            return k - 1
        if worst[k, i] < rules.right_error and fates.first_right[who] == NO_STEP:
            fates.first_right[who] = step + k
        if worst[k, i] < rules.learned_error and fates.first_learned[who] == NO_STEP:
            fates.first_learned[who] = step + k
        learns = worst[k, i] < rules.learned_error <= worst[k - 1, i]
        falls = losses[k, i] <= rules.at_loss < losses[k - 1, i]
        if (rules.when_learned and learns) or falls:
            fates.stopped_at[who] = step + k
            return k
    return steps


def put_back(fates: Fates, who: int, state: Networks, bench: Lanes, i: int, steps: int) -> None:
    """Let a network stand where it stands in a state, its last losses known up to so many steps."""
    for k in range(state.parameters.shape[0]):
        fates.parameters[k, who] = state.parameters[k, i]
        fates.velocity[k, who] = state.velocity[k, i]
    kept = fates.recent.shape[0] - steps
    for k in range(kept):
        fates.recent[k, who] = bench.recent[k + steps, i]
    for k in range(steps):
        fates.recent[kept + k, who] = bench.results.losses[k + 1, i]


def remember(bench: Lanes, steps: int) -> None:
    """Add the losses of so many steps, at most K, to the last ones before them."""
    recent, losses = bench.recent, bench.results.losses
    kept = recent.shape[0] - steps
    for k in range(recent.shape[0]):
        for i in range(recent.shape[1]):
            recent[k, i] = recent[k + steps, i] if k < kept else losses[k - kept + 1, i]


INLINED = (take_up, copy_state, look, live, stands_out, steps_lived, put_back, remember)
"""What train_cohort calls, besides what stands in loops.py."""
