"""Whether rounding decides a run: its steps repeated in another order of operations."""

import math
import time
from collections.abc import Generator, Sequence

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import loss, weights_of
from xorviz.core.runs.record import Record, at_step
from xorviz.core.settings import RunConfig
from xorviz.core.steps import State, initial_state, step

MOST_STEPS = 100_000
"""Steps that are compared at most: some seconds."""
SLICE_SECONDS = 0.05
"""Comparing for so long at once disturbs nothing that is drawn meanwhile."""

_APART = 64
"""Steps from one comparison to the next, at least."""
_AT_ONCE = 16
"""Steps before the clock is read."""
_LARGE = 1e-6
"""Share of the loss: rounding that does not grow is a billion times smaller."""
_LEAST = 1e-12


def rounding_job(record: Record, until: int) -> Generator[tuple[int, int], None, str]:
    """Train a recorded run again up to a step, or MOST_STEPS, and compare the losses.

    It is trained as core/steps.py reads. Two orders of operations differ in last digits, as two
    machines do; in a chaotic run these differences grow until nothing is the same. Gives how many
    steps are done of how many, slice by slice; returns sentences for the user, or "" if rounding
    decides nothing, or nothing was compared.
    """
    total = min(until, MOST_STEPS)
    trace, state = record.trace, initial_state(record.config_at(0))
    known = np.flatnonzero((trace.steps > 0) & (trace.steps <= total))
    last = known[np.diff(trace.steps[known] // _APART, append=-1) != 0]  # of each part
    recorded = dict(zip(trace.steps[last].tolist(), trace.losses[last].tolist(), strict=True))
    config, apart = _changed(record, 0, state, record.config), list[tuple[int, float, bool]]()
    end = time.perf_counter() + SLICE_SECONDS
    for first in range(1, total + 1, _AT_ONCE):
        after = min(first + _AT_ONCE, total + 1)
        with np.errstate(all="ignore"):  # a run may diverge in one order alone
            for done in range(first, after):
                state = step(state, config, done)
                config = _changed(record, done, state, config)
                if done in recorded:
                    here = float(loss(weights_of(state[0], config), config))
                    apart.append((done, *_difference(here, recorded[done])))
        if time.perf_counter() > end:
            yield after - 1, total
            end = time.perf_counter() + SLICE_SECONDS
    return _finding(apart, until)


def _changed(record: Record, done: int, state: State, config: RunConfig) -> RunConfig:
    """Make the changes of weights that were made after a step; return the settings after it."""
    changes = at_step(record.interventions, done)
    for change in changes:
        if change.index:
            weights = weights_of(state[0], config)
            getattr(weights, change.field)[change.index] = change.value
    return record.config_at(done) if changes else config


def _difference(here: float, recorded: float) -> tuple[float, bool]:
    """Return how far two losses are apart, and whether that is more than rounding."""
    apart = abs(here - recorded)
    if not math.isfinite(apart):  # one of the two diverges
        apart = math.inf
    return apart, apart > _LARGE * abs(recorded) + _LEAST


def _finding(apart: Sequence[tuple[int, float, bool]], wanted: int) -> str:
    """Return what the steps, differences there, and whether these are large, say of a run."""
    last, difference, _ = apart[-1] if apart else (0, 0.0, False)
    large = [(step, one) for step, one, is_large in apart if is_large]
    if not large:
        if last == 0 or wanted <= MOST_STEPS:
            return ""
        return (
            "Computed in another order of operations, the run has the same loss up to step "
            f"{numerals.whole(last)}; later steps were not compared."
        )
    largest = max(one for _, one in large)
    return (
        "Rounding decides this run: computed in another order of operations, its loss differs "
        f"from about step {numerals.whole(large[0][0])} on, by up to "
        f"{numerals.real(largest, 2)}, and by {numerals.real(difference, 2)} at step "
        f"{numerals.whole(last)}. On another computer it may end differently."
    )
