"""Possible causes that lie in the start of a training or its length, seen in the weights."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.diagnosis.cause import Case, Cause, short
from xorviz.core.diagnosis.stuck_states import NO_ROW
from xorviz.core.diagnosis.words import UNKNOWN, about, units_text
from xorviz.core.network import LOSSES, incoming
from xorviz.core.settings import SETTINGS, RunConfig

_SMALL, _ALIKE = 0.3, 0.1
"""Weights below the first are small; outputs within the second hardly differ."""
_EQUAL = 1e-6
"""Units whose weights differ by less, relative to the largest, have equal ones."""
_DOUBLINGS = 10
"""Times that a distance of a thousandth doubles until it is about one."""
_FALLS = 0.01
"""A loss falls if it lost a larger share in the steps taken at its present pace."""
_NEEDED = 2.0
"""A smaller change of the output weights is too small for XOR, whose rows need logits of 2.2."""
_STEEPEST_SQUARES, _STEEPEST_ENTROPIES = 32 / 27, 4.0
"""Bounds of the gradient of an output weight, summed over four rows with responses up to 1."""


def dead(case: Case) -> Iterator[Cause]:
    """Yield dead units, which are 0 on every row."""
    evidence = case.found.evidence
    if evidence.dead:
        is_one = len(evidence.dead) == 1
        units = _subject(evidence.dead, len(evidence.saturation))
        yield Cause(
            "dead units",
            f"{units} {'is' if is_one else 'are'} 0 on all four rows, so no "
            f"gradient reaches {'its' if is_one else 'their'} weights.",
            "Print the hidden responses at the start and now: a large rate may have killed units.",
        )


def symmetric(case: Case) -> Iterator[Cause]:
    """Yield equal units, which stay equal, and those that act as one."""
    if case.weights is None or case.weights.w1.shape[1] < 2:
        return
    units = np.vstack((incoming(case.weights), case.weights.w2.T))
    bound = _EQUAL * float(np.abs(units).max())
    equal = [j for j in range(units.shape[1]) if _has_twin(units, j, bound)]
    if equal:
        yield Cause(
            "symmetric units",
            f"{_subject(equal, units.shape[1])} have equal weights, in and out, and so equal "
            "gradients: they stay equal.",
            "Print the weights at the start: they must be drawn at random, for each unit anew.",
        )
    elif case.found.state == "symmetric units":
        yield Cause(
            "symmetric units",
            "All hidden units have nearly equal incoming weights, so they act as one.",
            "Print the weights at the start, and see how much the units differ there.",
        )


def _subject(units: Sequence[int], width: int) -> str:
    """Return hidden units by name, or their number, as the first words of a sentence."""
    text = units_text(units, width)
    named = f"Hidden unit{'s' * (len(units) > 1)} {text}"
    return named if text.startswith("h") else f"{text[0].upper()}{text[1:]}"


def _has_twin(units: Any, unit: int, bound: float) -> bool:
    """Return whether another column of units (I + 1, H) is equal to this one."""
    apart = np.abs(units - units[:, [unit]]).max(axis=0)
    return int((apart <= bound).sum()) > 1


def small_start(case: Case) -> Iterator[Cause]:
    """Yield a start from which all outputs are still alike."""
    if case.spread > _ALIKE or case.found.evidence.dead:
        return
    check = "Draw the initial weights from a range about ten times as large, and compare the loss."
    r, weights = case.said.get("init_range", math.inf), case.weights
    largest = 0.0 if weights is None else float(np.abs(weights.w1).max())
    is_told = "init_range" in case.said and r >= _SMALL
    differ = f"and the outputs differ by {short(case.spread)} at most."
    if 0 < largest < _SMALL and not is_told:
        because = f"No weight in w1 is larger than {short(largest)}, {differ}"
    elif weights is None and r < _SMALL and case.found.state == NO_ROW:
        because = f"The initial weights are within ±{short(r)}, {differ}"
    else:
        return
    yield Cause("initial weights too small", because, check)


def few_steps(case: Case) -> Iterator[Cause]:
    """Yield a training that is too short."""
    is_early = case.found.state in {NO_ROW, "learning", "too slow", UNKNOWN}
    if "steps" in case.said and is_early and not case.found.evidence.limit:
        check = "Train much longer, or at a larger rate, and see whether more rows become correct."
        if because := _why_too_few(case):
            yield Cause("too few steps", because, check)


def _why_too_few(case: Case) -> str:
    """Return why the steps may be too few: they could not lead far, or lead on; else nothing."""
    said, evidence = case.said, case.found.evidence
    count = said["steps"]
    steps = numerals.counted(count, "step")
    if "rate" in said and "momentum" in said and said.get("activation") in {"sigmoid", "tanh"}:
        speed = said["rate"] / (1 - said["momentum"])
        loss = LOSSES[said.get("loss", "cross-entropy")]
        steepest = _STEEPEST_SQUARES if loss.is_square else _STEEPEST_ENTROPIES
        reach = count * speed * loss.scale * steepest
        if reach < _NEEDED:
            rate = numerals.plain(said["rate"])
            far = f"{steps} at rate {rate} can move no weight to the output by more than"
            return f"{far} {short(reach)}."
    fall = -(evidence.change or 0.0)
    if fall * count > _FALLS * (evidence.loss or 0.0):
        return f"By the gradient, the loss still falls by {short(fall)} per step after {steps}."
    if case.weights is not None and "rate" in said and case.found.state == NO_ROW:
        config = RunConfig(**{name: value for name, value in said.items() if name in SETTINGS})
        doubling = CurvatureQuestion(case.weights, config).answer().doubling_steps(config)
        if count < _DOUBLINGS * doubling < math.inf:
            taken = f"only {steps} {'was' if count == 1 else 'were'} taken"
            return f"The distance from a saddle doubles in {about(doubling)}, and {taken}."
    return ""
