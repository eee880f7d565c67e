"""Whether rounding decides a run: its steps repeated in another order of operations."""

import math
import time

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import loss, weights_of
from xorviz.core.runs.record import Record, at_step
from xorviz.core.steps import initial_state, step

MOST_STEPS = 100_000
"""Steps that are compared at most: some seconds."""

_APART = 64
"""Steps from one comparison to the next, at least."""
_AT_ONCE = 16
"""Steps before the clock is read."""
_LARGE = 1e-6
"""Share of the loss: rounding that does not grow is a billion times smaller."""
_LEAST = 1e-12


class RoundingCheck:
    """Trains a recorded run again, as core/steps.py reads, and compares the losses.

    Two orders of operations differ in last digits, as two machines do; in a chaotic run these
    differences grow until nothing is the same.
    """

    def __init__(self, record: Record, until: int) -> None:
        """Begin at step 0; the run is compared up to a step, or up to MOST_STEPS."""
        self._record, self._wanted = record, until
        self.total = min(until, MOST_STEPS)
        self.done = 0
        """Steps taken so far."""
        self._config = record.config_at(0)
        self._state = initial_state(self._config)
        self._change()
        trace = record.trace
        known = np.flatnonzero((trace.steps > 0) & (trace.steps <= self.total))
        compared = known[np.diff(trace.steps[known] // _APART, append=-1) != 0]  # the last of each
        recorded = zip(trace.steps[compared].tolist(), trace.losses[compared].tolist(), strict=True)
        self._recorded = dict(recorded)
        """The recorded losses that are compared, by step."""
        self._compared: list[tuple[int, float, bool]] = []
        """Steps, the difference of the losses there, and whether it is more than rounding."""

    def work(self, seconds: float = math.inf) -> bool:
        """Take steps for some time; return whether any are left."""
        end = time.perf_counter() + seconds
        with np.errstate(all="ignore"):  # a run may diverge in one order alone
            while self.done < self.total:
                self._state = step(self._state, self._config, self.done + 1)
                self.done += 1
                self._change()
                if self.done in self._recorded:
                    self._compare(self._recorded[self.done])
                if self.done % _AT_ONCE == 0 and time.perf_counter() > end:
                    break
        return self.done < self.total

    @property
    def finding(self) -> str:
        """Sentences for the user; empty if rounding decides nothing, or nothing was compared."""
        last, difference, _ = self._compared[-1] if self._compared else (0, 0.0, False)
        large = [(step, apart) for step, apart, is_large in self._compared if is_large]
        if not large:
            if last == 0 or self._wanted <= MOST_STEPS:
                return ""
            return (
                "Computed in another order of operations, the run has the same loss up to step "
                f"{numerals.whole(last)}; later steps were not compared."
            )
        largest = max(apart for _, apart in large)
        return (
            "Rounding decides this run: computed in another order of operations, its loss differs "
            f"from about step {numerals.whole(large[0][0])} on, by up to "
            f"{numerals.real(largest, 2)}, and by {numerals.real(difference, 2)} at step "
            f"{numerals.whole(last)}. On another computer it may end differently."
        )

    def _change(self) -> None:
        """Make the changes that were made after this step."""
        if changes := at_step(self._record.interventions, self.done):
            self._config = self._record.config_at(self.done)
            for change in changes:
                if change.index:
                    weights = weights_of(self._state[0], self._config)
                    getattr(weights, change.field)[change.index] = change.value

    def _compare(self, recorded: float) -> None:
        weights = weights_of(self._state[0], self._config)
        difference = abs(float(loss(weights, self._config)) - recorded)
        if not math.isfinite(difference):  # one of the two diverges
            difference = math.inf
        is_large = difference > _LARGE * abs(recorded) + _LEAST
        self._compared.append((self.done, difference, is_large))
