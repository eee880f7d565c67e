"""Visible jumps of a network, and which frames of a run to show where it jumps to and fro.

Shapes: N points of the input square.
"""

import math

import numpy as np

from xorviz.core.analysis.surface import COARSEST, Grid, logit_grid
from xorviz.core.arrays import Mask, Pixels
from xorviz.core.network import Weights, sigmoid
from xorviz.core.runs.snapshot import Snapshot

STILL_SECONDS = 1 / 3
"""Shortest time between two changes to and fro that are calm to look at."""

_VISIBLE = 0.05
"""Change of an output that is seen as another colour."""
_LARGE = 0.05
"""Share of the input square in which visible changes are a jump."""

_POINTS = Grid(COARSEST).points


class CalmFrames:
    """Chooses the frames of a run to show, so that the decision surface does not flash.

    A frame is left out if it takes back what the last jump changed, less than STILL_SECONDS after
    it. Where frames like the one shown keep arriving, those that take it back are left out for as
    long: of a run that alternates between two states, one is shown. Any other frame is shown.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what was shown: the next frame is shown."""
        self._shown = np.empty(0, dtype=np.float32)
        self._heading = np.empty(0, dtype=np.float32)
        """(N,) the signs of the last visible changes; 0 where there were none."""
        self._shown_at = self._jumped_at = -math.inf
        self._has_left_out = self._alternates = False

    def shows(self, snapshot: Snapshot, now: float) -> bool:
        """Return whether to show a frame that arrives at a time in seconds."""
        look = _look_of_both(snapshot)
        if len(look) != len(self._shown):
            self.clear()
            self._shown, self._heading = look, np.zeros_like(look)
        change = look - self._shown
        is_visible = np.abs(change) > _VISIBLE
        if _is_large(is_visible & (change * self._heading < 0)):
            since = self._shown_at if self._alternates else self._jumped_at
            if now - since < STILL_SECONDS:
                self._has_left_out = True
                return False
            self._has_left_out = self._alternates = False
        if is_visible.any():
            self._jumped_at = now
            self._heading = np.where(is_visible, np.sign(change), self._heading)
        self._alternates |= self._has_left_out
        self._has_left_out = False
        self._shown, self._shown_at = look, now
        return True


def jumps_next(snapshot: Snapshot) -> bool:
    """Return whether the step after this one visibly changes a part of the decision surface."""
    config = snapshot.config
    here, there = (
        look_of(weights, config.activation)
        for weights in (snapshot.weights, next_weights(snapshot))
    )
    return _is_large(np.abs(there - here) > _VISIBLE)


def next_weights(snapshot: Snapshot) -> Weights:
    """Return the weights after one more step."""
    config, velocity = snapshot.config, snapshot.velocity
    weights, slopes = snapshot.weights.arrays(), snapshot.gradient.arrays()
    moved = [w - config.rate * slope for w, slope in zip(weights, slopes, strict=True)]
    if velocity is not None:
        carried = zip(moved, velocity.arrays(), strict=True)
        moved = [w + config.momentum * v for w, v in carried]
    if not config.biases:
        return Weights(moved[0], None, moved[1], None)
    return Weights(*moved)


def look_of(weights: Weights, activation: str) -> Pixels:
    """Return the outputs (N,) over a coarse grid."""
    return np.asarray(sigmoid(logit_grid(weights, activation, _POINTS)).ravel(), dtype=np.float32)


def _look_of_both(snapshot: Snapshot) -> Pixels:
    """Return the look of a run, followed by that of the run beside it, if there is one."""
    shown = (snapshot,) if snapshot.beside is None else (snapshot, snapshot.beside)
    return np.concatenate([look_of(s.weights, s.config.activation) for s in shown])


def _is_large(changes: Mask) -> bool:
    return bool(changes.mean() > _LARGE)
