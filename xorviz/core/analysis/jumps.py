"""Visible jumps of a network to and fro: which frames of a run to show, and the other phase.

Shapes: N points of the input square.
"""

import math
from collections import deque
from functools import lru_cache

import numpy as np

from xorviz.core.analysis.surface import COARSEST, Grid
from xorviz.core.arrays import Array, Mask
from xorviz.core.network import Weights, flat, head_of, outputs, weights_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.steps import fresh_memory, step

MOST_TURNS = 2
"""Changes to and fro in a second that are calm to look at."""
MOST_TURNS_OF_STEPS = 5
"""The same while the user takes single steps: still fewer than three flashes, each to and fro."""
STILL_SECONDS = 1 / MOST_TURNS
"""How long none like the frame shown must arrive until another replaces it."""

_VISIBLE = 0.05
"""Change of an output that is visible as another colour."""
_LARGE = 0.05
"""Share of the input square in which visible changes are a jump."""
_TAKEN_BACK = 0.5
"""Largest share of a change that remains of one that is taken back."""

_POINTS = Grid(COARSEST).points.astype(np.float64)


class CalmFrames:
    """Chooses the frames of a run to show, so that the decision surface does not flash.

    A frame that takes back what the last jump changed is left out after MOST_TURNS of them in a
    second. If frames like the one shown then keep arriving, the others are left out for as long:
    of a run that alternates between two states, one is shown.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what was shown: the next frame is shown."""
        self._shown = np.empty(0)
        self._heading = np.empty(0)
        """(N,) the signs of the last visible changes; 0 where there were none."""
        self._shown_at = -math.inf
        self._turned_at: deque[float] = deque(maxlen=MOST_TURNS_OF_STEPS)
        self._has_left_out = self._alternates = False

    def shows(self, snapshot: Snapshot, now: float, is_step: bool = False) -> bool:
        """Return whether to show a frame that arrives at a time in seconds.

        More turns are shown if the user took this step.
        """
        shown = (snapshot,) if snapshot.beside is None else (snapshot, snapshot.beside)
        look = np.concatenate([look_of(s.weights, s.config) for s in shown])
        if len(look) != len(self._shown):
            self.clear()
            self._shown, self._heading = look, np.zeros_like(look)
        change = look - self._shown
        is_visible = np.abs(change) > _VISIBLE
        if _is_large(is_visible & (change * self._heading < 0)):
            if not self._may_turn(now, is_step):
                self._has_left_out = True
                return False
            self._turned_at.append(now)
            self._has_left_out = self._alternates = False
        self._heading = np.where(is_visible, np.sign(change), self._heading)
        self._alternates |= self._has_left_out
        self._has_left_out = False
        self._shown, self._shown_at = look, now
        return True

    def _may_turn(self, now: float, is_step: bool) -> bool:
        if self._alternates and not is_step:
            return now - self._shown_at >= STILL_SECONDS
        most = MOST_TURNS_OF_STEPS if is_step else MOST_TURNS
        return sum(now - at < 1 for at in self._turned_at) < most


@lru_cache(maxsize=2)  # several views ask, also of two runs side by side
def other_phase(snapshot: Snapshot) -> Weights | None:
    """Return the weights after the next step if the network jumps to and fro; None if it does not.

    It does if the next step visibly changes a part of the decision surface, and the step after
    takes most of it back.
    """
    config, number = snapshot.config, snapshot.step + 1
    state = flat(snapshot.weights), *(snapshot.memory or fresh_memory(config))
    with np.errstate(all="ignore"):  # weights may be huge
        state = step(state, config, number)
        after = weights_of(state[0], config)
        here = look_of(snapshot.weights, config)
        there = np.abs(look_of(after, config) - here)
        if not _is_large(there > _VISIBLE):
            return None
        again = weights_of(step(state, config, number + 1)[0], config)
        back = np.abs(look_of(again, config) - here)
        return after if back.mean() < _TAKEN_BACK * there.mean() else None


def look_of(weights: Weights, config: RunConfig) -> Array:
    """Return the shares (N,) over a coarse grid; NaN where infinities cancel."""
    with np.errstate(all="ignore"):  # weights may be huge
        coding = head_of(config).coding
        return coding.share(outputs(weights, config, coding.value(_POINTS)))


def _is_large(changes: Mask) -> bool:
    return bool(changes.mean() > _LARGE)
