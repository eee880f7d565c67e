"""The tests behind a diagnosis: whether a network is in this or that condition."""

import math
from dataclasses import dataclass

import numpy as np

from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.evidence import ALIKE, NOT_FOR_ONE_UNIT, Evidence, promised_fall
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.network import Weights, hidden
from xorviz.core.runs.snapshot import LEARNED_ERROR

_HUGE = 1e6
"""A weight beyond it is on its way to infinity: learning needs weights of about ten."""
_STANDING = 1e-3
"""Huge weights that a step moves by a smaller share have come to rest, beyond all use."""
_FAR, _PATIENCE = 2, 1000
"""Times the steps taken, and steps at the least, beyond which a zero is far away."""
_UNKNOWN_STEPS = 5000
"""What is assumed of a network that comes without its run."""
_SLOW_RATIO, _SLOW_STEPS, _TOO_MANY_STEPS = 10, 100_000, 1_000_000
_VISIBLE_SWING = 0.05
_OVERSHOOT = 100
"""A loss that promises to be gone in fewer steps, and wavers, lies in a valley too narrow."""
_SAME_RESPONSE = 1e-9


@dataclass(frozen=True, slots=True)
class Case:
    """All that a diagnosis is made from."""

    weights: Weights
    config: RunConfig
    evidence: Evidence
    trend: Trend | None
    step: int | None
    """How many steps were taken, if that is known."""

    @property
    def hardly_falls(self) -> bool:
        """Whether zero is far further away, in a straight line, than the run has come."""
        loss, slope = self.evidence.loss or 0.0, self.evidence.slope or 0.0
        return loss >= -slope * max(_FAR * self.steps, _PATIENCE)

    @property
    def steps(self) -> int:
        """How many steps were taken, or may have been."""
        return _UNKNOWN_STEPS if self.step is None else self.step

    @property
    def step_length(self) -> float:
        """How far a step goes, not a number where the gradient is none."""
        norm = self.evidence.gradient_norm
        return math.nan if norm is None else self.config.rate / (1 - self.config.momentum) * norm

    @property
    def needs_two_units(self) -> bool:
        """Whether these targets are beyond one hidden unit."""
        return self.config.targets in NOT_FOR_ONE_UNIT


def all_small(evidence: Evidence) -> bool:
    """Tell whether every error is small."""
    return all(error < LEARNED_ERROR for error in evidence.errors)


def has_learned(case: Case) -> bool:
    """Tell whether every error is small."""
    return all_small(case.evidence)


def diverges(case: Case) -> bool:
    """Tell whether there are numbers that are not finite, or weights that grow without bound."""
    evidence = case.evidence
    largest = max(float(np.abs(a).max()) for a in case.weights.arrays())
    if not all(map(math.isfinite, (*evidence.outputs, evidence.loss or 0.0, largest))):
        return True
    return largest > _HUGE and not case.step_length < _STANDING * largest


def oscillates(case: Case) -> bool:
    """Tell whether steps are too long for the valley: the loss wavers instead of falling."""
    trend = case.trend
    if trend is None or not trend.wavers:
        return False
    promised = promised_fall(case.evidence.gradient_norm or 0.0, case.config)
    return trend.swing > _VISIBLE_SWING or promised * _OVERSHOOT > trend.last


def is_held_by_dead_units(case: Case) -> bool:
    """Tell whether the units that still answer cannot tell rows of unlike targets apart."""
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
    """Tell whether all hidden units act as one, in what they take in and in what they give."""
    width = case.config.width
    groups = case.evidence.coinciding
    if width < 2 or not groups or len(groups[0]) < width:
        return False
    w2 = case.weights.w2[:, 0]
    is_one = float(np.ptp(w2)) <= ALIKE * float(np.abs(w2).max())
    return is_one and (case.needs_two_units or case.hardly_falls)


def is_saturated(case: Case) -> bool:
    """Tell whether the loss hardly falls since units, or the output, are at their bounds."""
    evidence = case.evidence
    at_bounds = 2 * len(evidence.saturated) >= case.config.width
    return case.hardly_falls and (at_bounds or bool(evidence.firmly_wrong))


def is_too_slow(case: Case) -> bool:
    """Tell whether what is left takes far longer than what was."""
    left = case.evidence.steps_left or 0.0
    return left > min(_TOO_MANY_STEPS, max(_SLOW_RATIO * case.steps, _SLOW_STEPS))
