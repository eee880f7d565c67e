"""The conditions that a diagnosis tests for."""

import math
from dataclasses import dataclass

import numpy as np

from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.evidence import ALIKE, Evidence, promised_fall
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.network import Weights, hidden

_HUGE = 1e6
"""Larger weights diverge: learning needs weights of about ten."""
_STANDING = 1e-3
"""Huge weights that a step changes by a smaller share are at rest, not diverging."""
_FAR, _PATIENCE = 2, 1000
"""Loss 0 is far away beyond this multiple of the steps taken, and at least this many steps."""
_UNKNOWN_STEPS = 5000
"""Steps assumed for a network without a run."""
_SLOW_RATIO, _SLOW_STEPS, _TOO_MANY_STEPS = 10, 100_000, 1_000_000
_VISIBLE_SWING = 0.05
_OVERSHOOT = 100
"""A wavering loss whose gradient predicts 0 in fewer steps is in too narrow a valley."""
_SAME_RESPONSE = 1e-9


@dataclass(frozen=True, slots=True)
class Case:
    """The data of a diagnosis."""

    weights: Weights
    config: RunConfig
    evidence: Evidence
    trend: Trend | None
    step: int | None
    """Steps taken; None where unknown."""

    @property
    def hardly_falls(self) -> bool:
        """Whether a linear extrapolation reaches loss 0 only long after this step."""
        loss, slope = self.evidence.loss or 0.0, self.evidence.slope or 0.0
        return loss >= -slope * max(_FAR * self.steps, _PATIENCE)

    @property
    def steps(self) -> int:
        """Steps taken, or assumed."""
        return _UNKNOWN_STEPS if self.step is None else self.step

    @property
    def step_length(self) -> float:
        """Distance of one step; NaN where the gradient is unknown."""
        norm = self.evidence.gradient_norm
        return math.nan if norm is None else self.config.rate / (1 - self.config.momentum) * norm

    @property
    def needs_two_units(self) -> bool:
        """Whether one hidden unit cannot learn these targets."""
        return self.config.targets in NOT_FOR_ONE_UNIT


def diverges(case: Case) -> bool:
    """Return whether a number is not finite, or huge weights still move far."""
    evidence = case.evidence
    largest = max(float(np.abs(a).max()) for a in case.weights.arrays())
    if not all(map(math.isfinite, (*evidence.outputs, evidence.loss or 0.0, largest))):
        return True
    return largest > _HUGE and not case.step_length < _STANDING * largest


def oscillates(case: Case) -> bool:
    """Return whether steps are too long: the loss wavers instead of falling."""
    trend = case.trend
    if trend is None or not trend.wavers:
        return False
    promised = promised_fall(case.evidence.gradient_norm or 0.0, case.config)
    return trend.swing > _VISIBLE_SWING or promised * _OVERSHOOT > trend.last


def is_held_by_dead_units(case: Case) -> bool:
    """Return whether the living units cannot separate rows with different targets."""
    dead = case.evidence.dead
    if not dead or not case.hardly_falls:
        return False
    h = hidden(case.weights, case.config.activation)
    living = np.delete(h, dead, axis=1)
    if living.shape[1] < 2 and case.needs_two_units:
        return True
    targets = np.array(case.config.targets)
    same = np.abs(living[:, np.newaxis] - living).max(axis=2, initial=0) < _SAME_RESPONSE
    return bool((same & (targets[:, np.newaxis] != targets)).any())


def is_held_by_symmetry(case: Case) -> bool:
    """Return whether all hidden units act as one, in incoming and outgoing weights."""
    width = case.config.width
    groups = case.evidence.coinciding
    if width < 2 or not groups or len(groups[0]) < width:
        return False
    w2 = case.weights.w2[:, 0]
    is_one = float(np.ptp(w2)) <= ALIKE * float(np.abs(w2).max())
    return is_one and (case.needs_two_units or case.hardly_falls)


def is_saturated(case: Case) -> bool:
    """Return whether the loss hardly falls because units, or the output, are at their bounds."""
    evidence = case.evidence
    at_bounds = 2 * len(evidence.saturated) >= case.config.width
    return case.hardly_falls and (at_bounds or bool(evidence.firmly_wrong))


def is_too_slow(case: Case) -> bool:
    """Return whether the remaining steps, if there is an end, far exceed those taken."""
    left = case.evidence.steps_left or 0.0
    return left > min(_TOO_MANY_STEPS, max(_SLOW_RATIO * case.steps, _SLOW_STEPS))
