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

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array, Mask
from xorviz.core.diagnosis.evidence import ALIKE, DISBELIEVED, SATURATED_SHARE, Measured, at_a_bound
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT
from xorviz.core.diagnosis.stuck_states import NAMES, places_of_nearest, states_of
from xorviz.core.network import flat, head_of
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR

STATES = (
    *("learning", "learned", *NAMES, "saturated", "oscillating", "too slow"),
    *("diverging", "dead units", "symmetric units", "negated"),
)
"""The names of the states that training can lead to, in the order of columns in tables: a new one
is the last.
"""
_CODES = {state: code for code, state in enumerate(STATES)}

Codes = NDArray[np.uint8]
"""Indices into STATES."""

_HUGE = 1e6
"""Larger weights diverge: learning needs weights of about ten."""
_STANDING = 1e-3
"""Huge weights that a step changes by a smaller share are at rest, not diverging."""
_FAR, _PATIENCE = 2, 1000
"""Loss 0 is far away beyond this multiple of the steps taken, and at least this many steps."""
_SLOW_RATIO, _SLOW_STEPS, _TOO_MANY_STEPS = 10, 100_000, 1_000_000
VISIBLE_SWING, _VISIBLE_RISE = 0.05, 0.01
"""Of a loss, as shares of its highest value; passes with a smaller swing undo one another."""
_SHUFFLED_SWING = 0.5
_OVERSHOOT = 100
"""A wavering loss whose gradient predicts 0 in fewer steps is in too narrow a valley."""
_SAME_RESPONSE = 1e-9
_NOWHERE: Mask = np.zeros((), dtype=bool)
"""False for every network."""


def _hardly_falls(found: Measured) -> Mask:
    """Return where a linear extrapolation reaches loss 0 only long after this step."""
    return _is_far_at(found.fall, found) | _is_unclear(found)


def _is_unclear(found: Measured) -> Mask:
    """Return where a rise, or the orders of shuffled passes, hide how fast the loss falls."""
    if (trend := found.trend) is None or found.config.is_descent:
        return _NOWHERE
    has_risen = (trend.fall_per_step < 0) & (trend.swing > VISIBLE_SWING)
    return np.asarray(has_risen | (trend.wavers & (found.config.batch == "shuffled")))


def _has_risen(found: Measured) -> Mask:
    """Return where the loss rose visibly though the gradient predicts a fall."""
    if (trend := found.trend) is None:
        return _NOWHERE
    is_less = trend.fall_per_step < DISBELIEVED * found.promised_fall
    return np.asarray((trend.spike > _VISIBLE_RISE) & is_less)


def _is_far_at(fall: Array, found: Measured) -> Mask:
    """Return where loss 0 is far away at this fall per step."""
    return np.asarray(found.loss >= fall * np.maximum(_FAR * found.steps, _PATIENCE))


def codes_of(found: Measured) -> Codes:
    """Return the places in STATES (...) of the states of measured networks."""
    targets = found.config.targets
    with np.errstate(all="ignore"):  # weights may be huge
        stuck = [_CODES[state.name] for state in states_of(targets)]
        nearest = np.array(stuck)[places_of_nearest(found.shares, targets)]
        fits = [is_in(found) for _, is_in, _ in _IN_ORDER]
        codes = [_CODES[state] if state else nearest for state, _, _ in _IN_ORDER]
    return np.select(fits, codes, _CODES["learning"]).astype(np.uint8)


def _is_stuck(found: Measured) -> Mask:
    """Return where the outputs are those of a stuck state that the output unit can have."""
    is_near = places_of_nearest(found.shares, found.config.targets) >= 0
    return is_near & _hardly_falls(found) & math.isfinite(head_of(found.config).middle)


def _diverges(found: Measured) -> Mask:
    """Return where a number is not finite, or huge weights still move far."""
    largest = np.abs(flat(found.weights)).max(axis=-1)
    are_finite = np.isfinite(found.outputs).all(axis=-1) & np.isfinite(found.loss + largest)
    stands = found.step_length < _STANDING * largest
    return np.asarray(~are_finite | ((largest > _HUGE) & ~stands))


def _is_negated(found: Measured) -> Mask:
    opposite = 1 - np.array(found.config.targets)
    return np.asarray((np.abs(found.shares - opposite) < LEARNED_ERROR).all(axis=-1))


def _oscillates(found: Measured) -> Mask:
    """Return where steps are too long: the loss wavers or, without momentum, rises visibly.

    Or the updates of each pass undo one another, so that the loss stands though its gradient
    predicts 0 soon.
    """
    trend = found.trend
    if trend is None:
        return _NOWHERE
    is_narrow = found.promised_fall * _OVERSHOOT > trend.last
    if not found.config.is_descent:
        least = _SHUFFLED_SWING if found.config.batch == "shuffled" else VISIBLE_SWING
        stands = trend.fall_per_step < DISBELIEVED * found.promised_fall
        is_up = found.steps * (1 - found.momenta) >= 1  # before, momentum is yet to lengthen steps
        is_flat = (found.config.batch == "pass") & (trend.swing < VISIBLE_SWING)
        undoes = is_narrow & stands & is_up & is_flat
        return np.asarray((trend.wavers & (trend.swing > least)) | undoes)
    wavers = trend.wavers & ((trend.swing > VISIBLE_SWING) | is_narrow)
    return np.asarray(wavers | (_has_risen(found) & (found.momenta == 0)))


def _is_held_by_dead_units(found: Measured) -> Mask:
    """Return where the living units cannot separate rows with different targets."""
    dead, h = found.dead, found.h
    if not dead.any():
        return _NOWHERE
    is_one = ((~dead).sum(axis=-1) < 2) & (found.config.targets in NOT_FOR_ONE_UNIT)
    targets = np.array(found.config.targets)
    # A dead unit is 0 on every row, so it separates none.
    apart = np.abs(h[..., np.newaxis, :, :] - h[..., np.newaxis, :]).max(axis=-1)
    are_mixed = (apart < _SAME_RESPONSE) & (targets[:, np.newaxis] != targets)
    is_blind = are_mixed.any(axis=(-1, -2))
    return np.asarray(dead.any(axis=-1) & (is_one | (is_blind & _hardly_falls(found))))


def _is_held_by_symmetry(found: Measured) -> Mask:
    """Return where all hidden units act as one, unless the loss shows that they learn.

    With equal outgoing weights, they also get equal gradients and stay equal.
    """
    act_as_one = found.alike[..., 0].all(axis=-1)
    if found.config.width < 2 or not act_as_one.any():
        return _NOWHERE
    w2 = found.weights.w2[..., 0]
    is_kept = np.ptp(w2, axis=-1) <= ALIKE * np.abs(w2).max(axis=-1)
    is_unseen = found.trend is None or np.isnan(found.trend.fall_per_step)
    is_for_two = found.config.targets in NOT_FOR_ONE_UNIT
    return np.asarray(act_as_one & (is_for_two & (is_kept | is_unseen) | _hardly_falls(found)))


def _is_saturated(found: Measured) -> Mask:
    """Return where hardly any gradient is left since units, or the output, are at bounds."""
    saturated = (found.saturation >= SATURATED_SHARE).sum(axis=-1)
    at_bounds = 2 * saturated >= found.config.width
    at_bound = at_a_bound(found.outputs, found.config.output)
    is_firmly_wrong = (at_bound & (found.errors >= RIGHT_ERROR)).any(axis=-1)
    return np.asarray(_is_far_at(found.promised_fall, found) & (at_bounds | is_firmly_wrong))


def _is_too_slow(found: Measured) -> Mask:
    """Return where the remaining steps, if there is an end, far exceed those taken."""
    most = np.minimum(np.maximum(_SLOW_RATIO * found.steps, _SLOW_STEPS), _TOO_MANY_STEPS)
    is_rise = (found.steps < 2) & ~(found.fall > 0)  # of the first step: that is no pace
    hides = _has_risen(found) | _is_unclear(found) | is_rise
    return np.asarray(~hides & (found.steps_left > most))


_OUTPUTS, _WEIGHTS, _PACE = "outputs", "weights", "pace"
_IN_ORDER: tuple[tuple[str, Callable[[Measured], Mask], str], ...] = (
    ("diverging", _diverges, _OUTPUTS),
    ("learned", lambda found: np.asarray((found.errors < LEARNED_ERROR).all(axis=-1)), _OUTPUTS),
    ("negated", _is_negated, _OUTPUTS),
    ("oscillating", _oscillates, _PACE),
    ("dead units", _is_held_by_dead_units, _WEIGHTS),
    ("symmetric units", _is_held_by_symmetry, _WEIGHTS),
    ("", _is_stuck, _OUTPUTS),
    ("saturated", _is_saturated, _WEIGHTS),
    ("too slow", _is_too_slow, _PACE),
)
"""States in the order of choice, where a network is in each, and what suffices to see it.

The stuck ones, which their outputs tell apart, have no name here.
"""

OF_WEIGHTS = {state for state, _, seen_in in _IN_ORDER if seen_in == _WEIGHTS}
"""Those seen in weights whose pace is unknown; without these, the outputs name the state."""
