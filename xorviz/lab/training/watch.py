"""Looks at what blocks of steps of many networks came to: losses, first steps, and who stops.

Shapes: N networks, K steps, 4 rows as the kernel orders them. Errors and inputs are as the kernel
keeps them: errors twice what they are, inputs to the output unit half of it.
"""

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.network import LOSSES
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.training.numpy_steps import BLOCK, ORDER

_SURELY_FINITE = 1e300
"""Inputs to the output unit below it have a finite cross-entropy, which is dear to work out."""

_IN_ROWS = np.argsort(ORDER)
"""From the kernel's rows to those of ROWS."""


class LabWatch:
    """Watches networks of one loss, block by block, in arrays that are used again and again."""

    def __init__(self, loss: str, targets: Array, rules: StopRules) -> None:
        """Begin with the targets (4, N), in the order of ROWS."""
        self._loss, self._targets, self._rules = loss, targets.T, rules
        count = targets.shape[1]
        self._worst, self._least = np.empty((2, BLOCK + 1, count))
        self._best = np.empty(count)
        self._steps = 0

    def losses(self, inputs: Array) -> Array:
        """Return the losses (K, N) of inputs (K, 4, N) to the output units."""
        z = 2 * inputs[:, _IN_ROWS].transpose(0, 2, 1)
        return LOSSES[self._loss].value(z, self._targets)

    def stops(self, errors: Array, inputs: Array, is_finite: Mask) -> Mask:
        """Return which networks (N,) stop in a block, given what it came to.

        Errors and inputs (K + 1, 4, N) begin with what was before; finite (N,) are those whose
        parameters are so in the end.
        """
        steps = self._steps = len(errors) - 1
        worst, least = self._worst[: steps + 1], self._least[: steps + 1]
        errors.max(axis=1, out=worst)  # without another array of that size, which leaves the cache
        np.maximum(worst, -errors.min(axis=1, out=least), out=worst)
        worst[1:].min(axis=0, out=self._best)
        # What is not a number stays so. A loss of squares is finite wherever its outputs are.
        stops = ~(np.isfinite(worst[-1]) & is_finite)
        if self._loss == "cross-entropy" and not np.abs(inputs).max() < _SURELY_FINITE:
            stops |= ~np.isfinite(self.losses(inputs)).all(axis=0)
        return np.asarray(stops | self.meets_rules(worst, inputs))

    def first_below(self, error: float, known: Steps, step: int) -> Steps:
        """Return the first steps (N,) with all four errors below one, or those known already.

        A step that is not known is negative. The last block that was looked at began at a step.
        """
        new = (known < 0) & (self._best < 2 * error)
        if not new.any():
            return known
        found = known.copy()
        worst = self._worst[1 : self._steps + 1, new]
        found[new] = step + 1 + (worst < 2 * error).argmax(axis=0)
        return found

    def meets_rules(self, worst: Array, inputs: Array) -> Mask:
        """Return for which networks (N,) a rule comes true in K steps.

        The largest errors (K + 1, N) and inputs (K + 1, 4, N) begin with what was before: a rule
        that holds there has had its say.
        """
        meets = np.zeros(worst.shape[1], dtype=bool)
        if self._rules.when_learned:
            meets |= _rises(worst < 2 * LEARNED_ERROR)
        if self._rules.at_loss is not None:
            meets |= _rises(self.losses(inputs) <= self._rules.at_loss)
        return meets


def _rises(holds: Mask) -> Mask:
    """Return where (N,) what holds (K + 1, N) began to."""
    return np.asarray((holds[1:] & ~holds[:-1]).any(axis=0))
