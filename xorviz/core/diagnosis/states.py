"""The state of a network, or of each of many that share all settings but their rates and momenta.

The first of these states that applies is chosen:

1. diverging: numbers are not finite, or weights are huge and every step moves them far.
2. learned: every error is below 0.1. 3. negated: every error is above 0.9.
4. oscillating: the loss rises, repeatedly or far, although the gradient predicts a fall. Before
   the stuck states, since smaller steps would move such a network on. Not where passes are
   shuffled and the loss wavers little: the orders alone do that, and hide how fast it falls.
5. dead units, 6. symmetric units: causes of stuck states, so before them, but only where the
   rest of the network cannot learn without these units.
7. the stuck states, by their outputs, while the loss hardly falls. A network that passes such
   outputs on its way is not stuck.
8. saturated: hardly any gradient is left, in no known state, with units at their bounds.
9. too slow: the loss falls, but far too slowly to wait for.
10. learning: none of these; without a trace of the loss, no known state.

Before the first step a network is none of these, but not trained yet.

A loss hardly falls if a linear extrapolation needs more than twice the steps taken to reach zero:
the loss of a network that learns ends as about 1 / step, which needs at most once as many. No
state means stuck for ever: that is for the verdict on the curvature.

Shapes: H hidden units, 4 rows in the order of ROWS; axes before these (...) are networks.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.evidence import ALIKE, DISBELIEVED, SATURATED_SHARE, Measured, at_a_bound
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT
from xorviz.core.diagnosis.stuck_states import NAMES, places_of_nearest, states_of
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.network import Weights, flat, head_of
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.settings import RunConfig

STATES = (
    *("learning", "learned", *NAMES, "saturated", "oscillating", "too slow"),
    *("diverging", "dead units", "symmetric units", "negated"),
)
"""The names of the states that training can lead to."""

Codes = NDArray[np.uint8]
"""Indices into STATES."""

_HUGE = 1e6
"""Larger weights diverge: learning needs weights of about ten."""
_STANDING = 1e-3
"""Huge weights that a step changes by a smaller share are at rest, not diverging."""
_FAR, _PATIENCE = 2, 1000
"""Loss 0 is far away beyond this multiple of the steps taken, and at least this many steps."""
_SLOW_RATIO, _SLOW_STEPS, _TOO_MANY_STEPS = 10, 100_000, 1_000_000
_VISIBLE_SWING, _VISIBLE_RISE = 0.05, 0.01
_SHUFFLED_SWING = 0.5
_OVERSHOOT = 100
"""A wavering loss whose gradient predicts 0 in fewer steps is in too narrow a valley."""
_SAME_RESPONSE = 1e-9
_NOWHERE: Mask = np.zeros((), dtype=bool)
"""False for every network."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What states follow from. Each network may have its own steps and momentum."""

    weights: Weights
    config: RunConfig
    found: Measured
    trend: Trend | None
    steps: Steps
    """(...) taken, or assumed."""
    momenta: Array
    """(...)."""

    @property
    def is_for_two(self) -> bool:
        """Whether the targets need two hidden units."""
        return self.config.targets in NOT_FOR_ONE_UNIT

    @property
    def hardly_falls(self) -> Mask:
        """Whether a linear extrapolation reaches loss 0 only long after this step."""
        return self.is_far_at(self.found.fall) | self.is_unclear

    @property
    def is_unclear(self) -> Mask:
        """Whether a rise, or the orders of shuffled passes, hide how fast the loss falls."""
        if (trend := self.trend) is None or self.config.is_descent:
            return _NOWHERE
        has_risen = (trend.fall_per_step < 0) & (trend.swing > _VISIBLE_SWING)
        return np.asarray(has_risen | (trend.wavers & (self.config.batch == "shuffled")))

    @property
    def has_risen(self) -> Mask:
        """Whether the loss rose visibly where the gradient predicts a fall."""
        if self.trend is None:
            return _NOWHERE
        is_less = self.trend.fall_per_step < DISBELIEVED * self.found.promised_fall
        return np.asarray((self.trend.spike > _VISIBLE_RISE) & is_less)

    def is_far_at(self, fall: Array) -> Mask:
        """Return whether loss 0 is far away at this fall per step."""
        return np.asarray(self.found.loss >= fall * np.maximum(_FAR * self.steps, _PATIENCE))


def codes_of(case: Situation) -> Codes:
    """Return the places in STATES (...) of the states of measured networks."""
    targets = case.config.targets
    with np.errstate(all="ignore"):  # weights may be huge
        codes = np.where(_is_too_slow(case), STATES.index("too slow"), STATES.index("learning"))
        codes = np.where(_is_saturated(case), STATES.index("saturated"), codes)
        places = places_of_nearest(case.found.shares, targets)
        stuck = np.array([STATES.index(state.name) for state in states_of(targets)])[places]
        can_be = math.isfinite(head_of(case.config).middle)
        codes = np.where((places >= 0) & case.hardly_falls & can_be, stuck, codes)
        for state, fits in _FIRST:
            codes = np.where(fits(case), STATES.index(state), codes)
    return codes.astype(np.uint8)


def _diverges(case: Situation) -> Mask:
    """Return where a number is not finite, or huge weights still move far."""
    found, largest = case.found, np.abs(flat(case.weights)).max(axis=-1)
    are_finite = np.isfinite(found.outputs).all(axis=-1) & np.isfinite(found.loss + largest)
    stands = found.step_length < _STANDING * largest
    return np.asarray(~are_finite | ((largest > _HUGE) & ~stands))


def _is_negated(case: Situation) -> Mask:
    opposite = 1 - np.array(case.config.targets)
    return np.asarray((np.abs(case.found.shares - opposite) < LEARNED_ERROR).all(axis=-1))


def _oscillates(case: Situation) -> Mask:
    """Return where steps are too long: the loss wavers or, without momentum, rises visibly.

    Or the updates of each pass undo one another, so that the loss stands though its gradient
    predicts 0 soon.
    """
    trend = case.trend
    if trend is None:
        return _NOWHERE
    is_narrow = case.found.promised_fall * _OVERSHOOT > trend.last
    if not case.config.is_descent:
        least = _SHUFFLED_SWING if case.config.batch == "shuffled" else _VISIBLE_SWING
        stands = trend.fall_per_step < DISBELIEVED * case.found.promised_fall
        undoes = is_narrow & stands & (case.config.batch == "pass") & (trend.swing < _VISIBLE_SWING)
        return np.asarray((trend.wavers & (trend.swing > least)) | undoes)
    wavers = trend.wavers & ((trend.swing > _VISIBLE_SWING) | is_narrow)
    return np.asarray(wavers | (case.has_risen & (case.momenta == 0)))


def _is_held_by_dead_units(case: Situation) -> Mask:
    """Return where the living units cannot separate rows with different targets."""
    dead, h = case.found.dead, case.found.h
    if not dead.any():
        return _NOWHERE
    is_one = ((~dead).sum(axis=-1) < 2) & case.is_for_two
    targets = np.array(case.config.targets)
    # A dead unit is 0 on every row, so it separates none.
    apart = np.abs(h[..., np.newaxis, :, :] - h[..., np.newaxis, :]).max(axis=-1)
    are_mixed = (apart < _SAME_RESPONSE) & (targets[:, np.newaxis] != targets)
    is_blind = are_mixed.any(axis=(-1, -2))
    return np.asarray(dead.any(axis=-1) & (is_one | (is_blind & case.hardly_falls)))


def _is_held_by_symmetry(case: Situation) -> Mask:
    """Return where all hidden units act as one, unless the loss shows that they learn.

    With equal outgoing weights, they also get equal gradients and stay equal.
    """
    act_as_one = case.found.alike[..., 0].all(axis=-1)
    if case.config.width < 2 or not act_as_one.any():
        return _NOWHERE
    w2 = case.weights.w2[..., 0]
    is_kept = np.ptp(w2, axis=-1) <= ALIKE * np.abs(w2).max(axis=-1)
    is_unseen = case.trend is None or np.isnan(case.trend.fall_per_step)
    return np.asarray(act_as_one & (case.is_for_two & (is_kept | is_unseen) | case.hardly_falls))


def _is_saturated(case: Situation) -> Mask:
    """Return where hardly any gradient is left since units, or the output, are at bounds."""
    found = case.found
    saturated = (found.saturation >= SATURATED_SHARE).sum(axis=-1)
    at_bounds = 2 * saturated >= case.config.width
    at_bound = at_a_bound(found.outputs, case.config.output)
    is_firmly_wrong = (at_bound & (found.errors >= RIGHT_ERROR)).any(axis=-1)
    return np.asarray(case.is_far_at(found.promised_fall) & (at_bounds | is_firmly_wrong))


def _is_too_slow(case: Situation) -> Mask:
    """Return where the remaining steps, if there is an end, far exceed those taken."""
    most = np.minimum(np.maximum(_SLOW_RATIO * case.steps, _SLOW_STEPS), _TOO_MANY_STEPS)
    is_rise = (case.steps < 2) & ~(case.found.fall > 0)  # of the first step: that is no pace
    hides = case.has_risen | case.is_unclear | is_rise
    return np.asarray(~hides & (case.found.steps_left > most))


_FIRST: tuple[tuple[str, Callable[[Situation], Mask]], ...] = (
    ("symmetric units", _is_held_by_symmetry),
    ("dead units", _is_held_by_dead_units),
    ("oscillating", _oscillates),
    ("negated", _is_negated),
    ("learned", lambda case: np.asarray((case.found.errors < LEARNED_ERROR).all(axis=-1))),
    ("diverging", _diverges),
)
"""States that come before the others, the first one last."""
