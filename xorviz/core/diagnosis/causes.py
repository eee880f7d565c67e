"""Possible causes of what a network does: faults of code, data or start that its numbers fit.

None is certain. Each is based on numbers of this network and says how to check it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.diagnosis.evidence import row_name
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT, ORIGIN
from xorviz.core.diagnosis.stuck_states import NO_ROW, states_of
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED, about, units_text
from xorviz.core.network import LOSSES, Weights, incoming
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ROW_NAMES

FIRM = 0.3
"""Largest distance from 0 or 1 of outputs that are read as a function of the inputs."""
ONE_HALF = 0.5
EXACT = 1e-12
"""Largest difference of outputs that are the same."""
_SIGNED = 0.3
"""An output below minus this belongs to targets -1 and 1."""
_SMALL, _ALIKE = 0.3, 0.1
"""Weights below the first are small; outputs within the second hardly differ."""
_EQUAL = 1e-6
"""Weights that differ by less, relative to the largest, count as equal."""
_DOUBLINGS = 10
"""Times that a distance of a thousandth doubles until it is about one."""
_FALLS = 0.01
"""A loss falls if it lost a larger share in the steps taken at its present pace."""
_NEEDED = 2.0
"""A smaller change of the output weights is too small for XOR, whose rows need logits of 2.2."""
_STEEPEST_SQUARES, _STEEPEST_ENTROPIES = 32 / 27, 4.0
"""Bounds of the gradient of an output weight, summed over four rows with responses up to 1."""
MOST = 5
"""Causes named at once, the most plausible first."""
_OUTSIDE = 1e-6
"""Distance from 0 or 1 beyond which no rounding of a sigmoid's output lies."""
_SPREAD, _OFF = 0.01, 0.03
"""Outputs closer together than the first are equal; farther than the second from the mean, off."""
_RISE = 0.1
"""Least difference between the outputs for x1 + x2 = 0, 1 and 2 of one line."""
_COUNTS = ("no", "one", "two", "three")
_LIKELY_ORDERS = (
    *("00 01 10 11", "10 00 01 11", "00 01 11 10"),
    *("00 11 01 10", "11 10 01 00", "01 10 00 11"),
)
"""Orders in which programs print or train the rows, the most usual first."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause. A value."""

    name: str
    because: str
    """The evidence, one sentence with numbers of this network."""
    check: str
    """How to check it, one sentence."""


@dataclass(frozen=True)
class Case:
    """The evidence for causes: a diagnosis, and what else is known."""

    found: Diagnosis
    said: dict[str, Any]
    weights: Weights | None
    order: tuple[int, ...]
    """Indices in ROWS, in the order in which the outputs were given."""

    @cached_property
    def is_signed(self) -> bool:
        """Whether the outputs lie around 0 instead of one half."""
        outputs = self.found.evidence.outputs
        return min(outputs) < -_SIGNED and max(map(abs, outputs)) < 1 + FIRM

    @cached_property
    def outputs(self) -> tuple[float, ...]:
        """The outputs, those from -1 to 1 brought to 0 to 1, in the order of ROWS."""
        given = self.found.evidence.outputs
        return tuple((y + 1) / 2 for y in given) if self.is_signed else given

    @property
    def targets(self) -> tuple[int, ...]:
        """In the order of ROWS."""
        return self.found.evidence.targets

    @property
    def spread(self) -> float:
        """Difference between the largest and the smallest output."""
        return max(self.outputs) - min(self.outputs)

    @cached_property
    def function(self) -> tuple[int, ...] | None:
        """The function that the outputs firmly are, if not that of the targets."""
        bits = tuple(int(y > ONE_HALF) for y in self.outputs)
        apart = distance(self.outputs, bits)
        stuck = min(distance(self.outputs, state.outputs) for state in states_of(self.targets))
        is_firm = apart < FIRM and apart <= stuck + EXACT
        return bits if is_firm and bits != self.targets else None


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference between values of the same row."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def short(number: float) -> str:
    """Return a number with two digits or, from 0.1 on, two decimals; whole ones without."""
    if number in {-1, 0, 1}:
        return numerals.whole(number)
    return numerals.fixed(number, 2) if 0.1 <= abs(number) < 100 else numerals.real(number, 2)


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
    apart = np.abs(units[:, :, np.newaxis] - units[:, np.newaxis]).max(axis=0)
    alike = (apart <= _EQUAL * np.abs(units).max()).sum(axis=0)
    if equal := np.flatnonzero(alike > 1).tolist():
        yield Cause(
            "symmetric units",
            f"{_subject(equal, units.shape[1])} have equal weights, in and out, and so equal "
            "gradients: they stay equal.",
            "Print the initial weights: each must be drawn at random.",
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


def small_start(case: Case) -> Iterator[Cause]:
    """Yield initial weights so small that all outputs are still alike."""
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
    """Return why the steps may be too few: they cannot lead far, or the loss still falls; or ""."""
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


def causes(
    found: Diagnosis,
    said: Mapping[str, Any] | None = None,
    weights: Weights | None = None,
    order: Sequence[int] = COUNTED,
) -> tuple[Cause, ...]:
    """Return the causes that the numbers of a diagnosed network fit, the most plausible first.

    ``said`` are settings that are known, and perhaps the steps; ``order`` is that in which the
    outputs were given, as indices in ROWS. Without weights, the output unit may be any.
    """
    case = Case(found, dict(said or {}), weights, tuple(order))
    if found.state == UNTRAINED:
        return ()
    if not np.isfinite(found.evidence.outputs).all():
        return (_not_finite(found.evidence.outputs),)
    kinds = (_other_output,) if found.state == "learned" else _KINDS
    return tuple(cause for kind in kinds for cause in kind(case))[:MOST]


def causes_of_few(outputs: Sequence[float]) -> tuple[Cause, ...]:
    """Return the causes of fewer than four outputs, which are those of the first rows."""
    count, missing = len(outputs), len(ROW_NAMES) - len(outputs)
    rows = "one row was" if missing == 1 else f"{_COUNTS[missing]} rows were"
    few = Cause(
        "rows missing",
        f"{_COUNTS[count].capitalize()} output{'s are' if count > 1 else ' is'} given for the four "
        f"rows of the truth table; maybe {rows} never trained.",
        "Print the number of rows in the inputs, in the targets and in a batch: each must be four.",
    )
    return (few,) if np.isfinite(outputs).all() else (_not_finite(outputs), few)


def _not_finite(outputs: Sequence[float]) -> Cause:
    odd = [y for y in outputs if not math.isfinite(y)]
    return Cause(
        "not finite",
        f"{len(odd)} of {len(outputs)} outputs {'is' if len(odd) == 1 else 'are'} not finite.",
        "Print the loss of every step: the step at which it stops being a number shows whether a "
        "large rate, a logarithm of 0 or an overflow of exp comes first.",
    )


def _one_for_all(case: Case) -> Iterator[Cause]:
    first = case.outputs[0]
    if case.weights is None and case.spread == 0 and first in {0, 1}:
        yield Cause(
            "softmax of one",
            f"All four outputs are exactly {first:.0f}, whatever the inputs: softmax over one unit "
            "is always 1, its argmax always 0, and a saturated unit looks the same.",
            "Print the input of the output unit for each row, and see which function follows it.",
        )


def _unreached(case: Case) -> Iterator[Cause]:
    mean = sum(case.targets) / len(case.targets)
    check = (
        "Change an input and see whether the output changes; then print all weights before and "
        "after a step, to see which of them move."
    )
    weights = case.weights
    zero = [] if weights is None else [n for n in ("w1", "w2") if not getattr(weights, n).any()]
    if zero:
        yield Cause("inputs do not reach it", f"All weights {zero[0]} are exactly 0.", check)
    elif weights is None and case.spread <= _SPREAD and abs(np.mean(case.outputs) - mean) > _OFF:
        given = case.found.evidence.outputs
        low, high = short(min(given)), short(max(given))
        where = f"are {low}" if low == high else f"lie between {low} and {high}"
        yield Cause(
            "inputs do not reach it",
            f"All four outputs {where}, not at the mean of the targets, {short(mean)}: the inputs "
            "may not reach the network, or only the output bias is trained.",
            check,
        )


def _other_output(case: Case) -> Iterator[Cause]:
    given = case.found.evidence.outputs
    low, high = min(given), max(given)
    if case.is_signed:
        yield Cause(
            "other targets",
            f"The outputs go from {short(low)} to {short(high)}, around 0 instead of one half: the "
            "targets may be −1 and 1.",
            "Print the targets that the loss gets.",
        )
    if low < -_OUTSIDE or high > 1 + _OUTSIDE:
        units = "tanh or linear" if high <= 1 + _OUTSIDE else "linear"
        units = "linear or ReLU" if low >= -_OUTSIDE else units
        yield Cause(
            "another output unit",
            f"The output {short(low if low < -_OUTSIDE else high)} is outside 0 to 1, which a "
            f"sigmoid never leaves: the output unit may be {units}.",
            "See which function is applied to the last layer, in training and when printing.",
        )


def _functions(case: Case) -> Iterator[Cause]:
    bits = case.function
    if bits is None:
        return
    wrong = sum(bit != target for bit, target in zip(bits, case.targets, strict=True))
    if wrong == len(bits):
        nearest = min(abs(y - t) for y, t in zip(case.outputs, case.targets, strict=True))
        yield Cause(
            "negated",
            f"All four outputs are on the wrong side, the nearest {short(nearest)} from its "
            "target: the targets or the sign of the gradient may be inverted.",
            "Compare the targets with those printed, and see whether the loss falls in training.",
        )
    if (order := _order_for(bits, case)) is not None:
        yield Cause(
            "another row order",
            f"{wrong} outputs are on the wrong side, but in the order {order} all four would be "
            "correct.",
            "Print the inputs beside each output, and see that inputs and targets are shuffled "
            "together.",
        )
    apart = distance(case.outputs, bits)
    within = f"within {short(apart)} of " if apart else ""
    yield Cause(
        "another function",
        f"The outputs are {within}those of “{FUNCTIONS[''.join(map(str, bits))]}”.",
        "Print the targets beside the inputs in the loop that trains.",
    )


def _order_for(bits: tuple[int, ...], case: Case) -> str | None:
    """Return another order of the rows in which the given outputs would be correct."""
    given = [bits[row] for row in case.order]
    likely = [[ROW_NAMES.index(name) for name in text.split()] for text in _LIKELY_ORDERS]
    for order in (*likely, *permutations(COUNTED)):
        if all(bit == case.targets[row] for bit, row in zip(given, order, strict=True)):
            return " ".join(ROW_NAMES[row] for row in order)
    return None


def _missing_bias(case: Case) -> Iterator[Cause]:
    evidence, weights = case.found.evidence, case.weights
    others = [y for row, y in enumerate(case.outputs) if row != ORIGIN]
    is_half = abs(case.outputs[ORIGIN] - ONE_HALF) < EXACT
    because = ""
    has_biases = case.said.get("biases", False) and weights is not None
    if (
        is_half
        and not has_biases
        and (evidence.has_fixed_origin or distance(others, [ONE_HALF] * 3) > _OFF)
    ):
        where = "exactly 0" if case.is_signed else "exactly one half"
        because = (
            f"The output at row 0 0 is {where}, as it is whatever the weights are if tanh or ReLU "
            "units have no biases"
        )
    elif weights is not None and weights.b1 is not None and case.found.state != "dead units":
        zero = [n for n in ("b1", "b2") if not getattr(weights, n).any()]
        because = f"Each bias in {' and '.join(zero)} is exactly 0" if zero else ""
    if because:
        yield Cause(
            "missing bias",
            f"{because}: biases may be missing or not trained.",
            "Print the biases before and after training, if there are any.",
        )


def _one_line(case: Case) -> Iterator[Cause]:
    if case.targets not in NOT_FOR_ONE_UNIT or case.function is not None:
        return
    x10, x00, x01, x11 = case.outputs
    low, high = sorted((x10, x01))
    if case.said.get("width") == 1:
        because = "There is one hidden unit, which draws one line"
    elif x00 + _RISE < low and high + _RISE < x11:
        because = _monotone("rise", case)
    elif x11 + _RISE < low and high + _RISE < x00:
        because = _monotone("fall", case)
    else:
        return
    yield Cause(
        "acts like one line",
        f"{because}, and no line separates the rows of XOR.",
        "See that there is a hidden layer of two units or more, and that its activation is applied "
        "and is not linear.",
    )


def _monotone(how: str, case: Case) -> str:
    outputs = case.found.evidence.outputs
    levels = ", ".join(f"{row_name(row)}: {short(outputs[row])}" for row in COUNTED)
    return f"The outputs {how} with x1 + x2 ({levels}), as those of one line do"


_KINDS = (
    _one_for_all, symmetric, _unreached, _other_output, _functions,
    _missing_bias, dead, _one_line, small_start, few_steps,
)  # fmt: skip
"""The most plausible first."""
