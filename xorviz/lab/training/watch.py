"""Evaluation of blocks of steps of many networks: losses, first steps, and stops.

Shapes: N networks, K steps, 4 rows as the kernel orders them. As in the kernel, errors are doubled
and inputs to the output unit are halved.
"""

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.network import LOSSES
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.training.numpy_steps import BLOCK, ORDER

_SURELY_FINITE = 1e300
"""Below it inputs to the output unit have a finite cross-entropy, which is expensive to compute."""

_IN_ROWS = np.argsort(ORDER)
"""Indices that reorder the kernel's rows into ROWS."""


class LabWatch:
    """Evaluates networks with the same loss function, block by block, in reused arrays."""

    def __init__(self, loss: str, targets: Array, rules: StopRules) -> None:
        """Create the arrays for targets (4, N) in the order of ROWS."""
        self._loss, self._targets, self._rules = loss, targets.T, rules
        count = targets.shape[1]
        self._worst, self._least = np.empty((2, BLOCK + 1, count))
        self._best = np.empty(count)
        self._steps = 0

    def losses(self, inputs: Array) -> Array:
        """Return the losses (K, N) for inputs (K, 4, N) to the output units."""
        z = 2 * inputs[:, _IN_ROWS].transpose(0, 2, 1)
        return LOSSES[self._loss].value(z, self._targets)

    def stops(self, errors: Array, inputs: Array, is_finite: Mask) -> Mask:
        """Return which networks (N,) stop in a block.

        Errors and inputs (K + 1, 4, N) begin with those before the block; is_finite (N,) is about
        the parameters after it.
        """
        steps = self._steps = len(errors) - 1
        worst, least = self._worst[: steps + 1], self._least[: steps + 1]
        errors.max(axis=1, out=worst)  # np.abs would need another array, which exceeds the cache
        np.maximum(worst, -errors.min(axis=1, out=least), out=worst)
        worst[1:].min(axis=0, out=self._best)
        # NaN persists to the last step. A loss of squares is finite wherever its outputs are.
        stops = ~(np.isfinite(worst[-1]) & is_finite)
        if self._loss == "cross-entropy" and not np.abs(inputs).max() < _SURELY_FINITE:
            stops |= ~np.isfinite(self.losses(inputs)).all(axis=0)
        return np.asarray(stops | self.meets_rules(worst, inputs))

    def first_below(self, error: float, known: Steps, step: int) -> Steps:
        """Return the first steps (N,) with all four errors below a bound, keeping known ones.

        Unknown steps are negative. The last block passed to stops() began at ``step``.
        """
        new = (known < 0) & (self._best < 2 * error)
        if not new.any():
            return known
        found = known.copy()
        worst = self._worst[1 : self._steps + 1, new]
        found[new] = step + 1 + (worst < 2 * error).argmax(axis=0)
        return found

    def meets_rules(self, worst: Array, inputs: Array) -> Mask:
        """Return for which networks (N,) a rule becomes true within K steps.

        The largest errors (K + 1, N) and inputs (K + 1, 4, N) begin with those before the first
        step; a rule that is already true there does not stop a network.
        """
        meets = np.zeros(worst.shape[1], dtype=bool)
        if self._rules.when_learned:
            meets |= _rises(worst < 2 * LEARNED_ERROR)
        if self._rules.at_loss is not None:
            meets |= _rises(self.losses(inputs) <= self._rules.at_loss)
        return meets


def _rises(holds: Mask) -> Mask:
    """Return where (N,) a condition (K + 1, N) becomes true."""
    return np.asarray((holds[1:] & ~holds[:-1]).any(axis=0))
