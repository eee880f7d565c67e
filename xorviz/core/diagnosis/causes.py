"""What is known of a network of another program, and its possible causes in one table.

None is certain: outputs alone seldom show which line of code is wrong. Each cause says on what
numbers of this network it is based, or what else comes to the same state, and names the one look
that tells it apart.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_rows
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.how_often import leave, need_biases
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT, ORIGIN, has_fixed_origin
from xorviz.core.diagnosis.stuck_states import NAMES, NO_ROW, ONE_ROW, states_of
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED, unit_subject
from xorviz.core.network import LOSSES, Weights, hidden, incoming
from xorviz.core.numerals import listed
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ROW_NAMES

_HALF, _FIRM = 0.5, 0.2
"""Outputs this far from 0 or 1 at most are read as a function of the inputs."""
_EXACT = 1e-12
"""Largest difference of outputs that are the same."""
_SIGNED, _BEYOND = 0.3, 1.3
"""Outputs, one below minus the first and none beyond the second, belong to targets -1 and 1."""
_SMALL, _ALIKE = 0.3, 0.1
"""Weights below the first are small; outputs within the second hardly differ."""
_EQUAL = 1e-6
"""Weights that differ by less, relative to the largest, count as equal."""
_FALLS = 0.01
"""A loss falls if it lost a larger share in the steps taken at its present pace."""
_NEEDED = 2.0
"""A smaller change of the output weights is too small for XOR, whose rows need logits of 2.2."""
_STEEPEST_SQUARES, _STEEPEST_ENTROPIES = 32 / 27, 4.0
"""Bounds of the gradient of an output weight, summed over four rows with responses up to 1."""
_MOST_LEFT, _ALL_LEFT = 1_000, 10_000
"""Steps, times the rate and the scale of the loss, until of those that leave “no row learned” all
but one of a hundred have, and all; as measured in how_often.
"""
_WHY = {"fault": 7, "start": 5, "steps": 4, "layer": 1}
"""Of public programs that did not learn, how many had a fault, were stuck or started badly, took
too few steps, or had no hidden layer. So likely is what a state alone allows.
"""
_OUTSIDE = 1e-6
"""Distance from 0 or 1 beyond which no rounding of a sigmoid's output lies."""
_SPREAD, _OFF = 0.01, 0.03
"""Outputs closer together than the first are equal; farther than the second from the mean, off."""
_RISE = 0.1
"""Least difference between the outputs for x1 + x2 = 0, 1 and 2 of one line."""
_COUNTS = ("no", "one", "two", "three")
_EARLY = {NO_ROW, ONE_ROW, UNKNOWN, "learning", "too slow"}


@dataclass(frozen=True)
class Case:
    """The state of a network, and what else is known. A value."""

    state: str
    evidence: Evidence
    """Its outputs are as given if they are fewer than four, and none if only a loss is known."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """Settings that are known, perhaps with the output unit and the steps."""
    weights: Weights | None = None
    order: Sequence[int] = COUNTED
    """Indices in ROWS, in the order in which the outputs were given."""
    is_trap: bool = False
    """Whether the curvature shows no way on."""

    @cached_property
    def of_outputs(self) -> str:
        """The state of the outputs alone; empty for what no sigmoid trained by gradient has."""
        given = self.evidence.outputs
        if not self.is_usual or self.is_signed:
            return ""
        if not given:
            return self.state if self.state in NAMES else ""
        is_usual = self.has_rows and all(0 <= y <= 1 for y in given)
        return diagnose_rows(given, self.targets).state if is_usual else ""

    @property
    def is_usual(self) -> bool:
        """Whether nothing else is said than a sigmoid output, 0 and 1, and gradient descent."""
        usual = {name: getattr(RunConfig(), name) for name in ("output", "coding", "optimizer")}
        return {**usual, **self.said}.items() >= usual.items()

    @property
    def is_few(self) -> bool:
        """Whether outputs are missing."""
        return 0 < len(self.evidence.outputs) < len(ROW_NAMES)

    @property
    def has_rows(self) -> bool:
        """Whether four finite outputs are known."""
        given = self.evidence.outputs
        return len(given) == len(ROW_NAMES) and bool(np.isfinite(given).all())

    @property
    def is_signed(self) -> bool:
        """Whether the outputs lie around 0 instead of one half: as said, or else as it looks."""
        coding = self.said.get("coding")
        return are_signed(self.evidence.outputs) if coding is None else coding == "plus-minus"

    @cached_property
    def outputs(self) -> tuple[float, ...]:
        """The outputs, those from -1 to 1 brought to 0 to 1, in the order of ROWS."""
        given = self.evidence.outputs
        return tuple((y + 1) / 2 for y in given) if self.is_signed else given

    @property
    def targets(self) -> tuple[int, ...]:
        """In the order of ROWS."""
        return self.evidence.targets

    @property
    def spread(self) -> float:
        """Difference between the largest and the smallest output; 0 where none is known."""
        return max(self.outputs) - min(self.outputs) if self.outputs else 0.0

    @property
    def are_whole(self) -> bool:
        """Whether four outputs are given without weights, each exactly that of a target."""
        return self.weights is None and self.has_rows and {0, 1}.issuperset(self.outputs)

    @cached_property
    def function(self) -> tuple[int, ...] | None:
        """The function that the outputs firmly are, if not that of the targets."""
        bits = tuple(int(y > _HALF) for y in self.outputs)
        apart = _distance(self.outputs, bits)
        stuck = min(_distance(self.outputs, state.outputs) for state in states_of(self.targets))
        is_firm = apart < _FIRM and apart <= stuck + _EXACT
        return bits if is_firm and bits != self.targets else None

    @property
    def wrong(self) -> int:
        """How many outputs of that function are on the wrong side."""
        bits = self.function or self.targets
        return sum(bit != target for bit, target in zip(bits, self.targets, strict=True))

    @cached_property
    def dead(self) -> list[int]:
        """Hidden ReLU units, from 0, that are 0 on every row."""
        if self.weights is None or self.said.get("activation") != "relu":
            return []
        coding = self.said.get("coding", RunConfig().coding)
        h = hidden(self.weights, RunConfig(activation="relu", coding=coding))
        units: list[int] = np.flatnonzero(~h.any(axis=0)).tolist()
        return units


def are_signed(outputs: Sequence[float]) -> bool:
    """Return whether outputs lie from -1 to 1 instead of 0 to 1."""
    return bool(outputs) and min(outputs) < -_SIGNED and max(map(abs, outputs)) < _BEYOND


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference between values of the same row."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause. A value."""

    name: str
    because: str
    """The evidence, one sentence: numbers of this network, or what else comes to its state."""
    check: str
    """How to tell it from the others, one sentence."""


def causes(*cases: Case) -> tuple[Cause, ...]:
    """Return the causes that fit a case, or several that are possible, the most plausible first.

    What this case shows comes before what its state alone allows. Of networks that are not
    trained, or that have learned their targets, there may be none.
    """
    found: dict[str, Cause] = {}
    for row in (*_ODD, *_OF_ROWS, *_OF_TRAINING, *_OF_STATE):
        for case in cases:
            if row.name not in found and row in _rows_for(case) and (because := row.shows(case)):
                found[row.name] = Cause(row.name, because, row.look)
    return tuple(found.values())


# What shows each cause, as a sentence; nothing where it does not fit.


def _not_finite(case: Case) -> str:
    given = case.evidence.outputs
    odd = [y for y in given if not math.isfinite(y)]
    is_are = "is" if len(odd) == 1 else "are"
    return f"{len(odd)} of {len(given)} outputs {is_are} not finite." if odd else ""


def _rows_missing(case: Case) -> str:
    if not case.is_few:
        return ""
    count = len(case.evidence.outputs)
    missing = len(ROW_NAMES) - count
    rows = "one row was" if missing == 1 else f"{_COUNTS[missing]} rows were"
    return (
        f"{_COUNTS[count].capitalize()} output{'s are' if count > 1 else ' is'} given for the four "
        f"rows of the truth table; maybe {rows} never trained."
    )


def _softmax_of_one(case: Case) -> str:
    first = case.evidence.outputs[0]
    if case.weights is not None or case.spread or first not in {0, 1}:
        return ""
    return (
        f"All four outputs are exactly {first:.0f}, whatever the inputs: softmax over one unit is "
        "always 1, its argmax always 0, and a saturated unit looks the same."
    )


def _symmetric(case: Case) -> str:
    if case.weights is None:
        return ""
    units = np.vstack((incoming(case.weights), case.weights.w2.T))
    apart = np.abs(units[:, :, np.newaxis] - units[:, np.newaxis]).max(axis=0)
    alike = (apart <= _EQUAL * np.abs(units).max()).sum(axis=0)
    if equal := np.flatnonzero(alike > 1).tolist():
        named = _subject(equal, units.shape[1])
        return f"{named} have equal weights, in and out, and so equal gradients: they stay equal."
    are_near = case.state == "symmetric units"
    return "All hidden units have nearly equal incoming weights, and act as one." * are_near


def _subject(units: list[int], width: int) -> str:
    """Return hidden units by name, or their number, as the first words of a sentence."""
    text = unit_subject(units, width)
    return f"Hidden unit{'s' * (len(units) > 1)} {text}" if text.startswith("h") else text


def _unreached(case: Case) -> str:
    mean, weights = sum(case.targets) / len(case.targets), case.weights
    if weights is not None:
        zero = [name for name in ("w1", "w2") if not getattr(weights, name).any()]
        return f"All weights {zero[0]} are exactly 0." if zero else ""
    if case.spread > _SPREAD or abs(np.mean(case.outputs) - mean) <= _OFF:
        return ""
    low, high = _ends(case)
    middle = _short(2 * mean - 1 if case.is_signed else mean)
    where = f"are {low}" if low == high else f"lie between {low} and {high}"
    return (
        f"All four outputs {where}, not at the mean of the targets, {middle}: the inputs may "
        "not reach the network, or only the output bias is trained."
    )


def _ends(case: Case) -> tuple[str, str]:
    given = case.evidence.outputs
    return _short(min(given)), _short(max(given))


def _short(number: float) -> str:
    """Return a number with two digits or, from 0.1 on, two decimals; whole ones without."""
    if number in {-1, 0, 1}:
        return numerals.whole(number)
    return numerals.fixed(number, 2) if 0.1 <= abs(number) < 100 else numerals.real(number, 2)


def _other_targets(case: Case) -> str:
    low, high = _ends(case)
    around = f"The outputs go from {low} to {high}, around 0 instead of one half"
    is_news = case.is_signed and "coding" not in case.said
    return f"{around}: the targets may be −1 and 1." if is_news else ""


def _other_output(case: Case) -> str:
    low, high = min(case.evidence.outputs), max(case.evidence.outputs)
    odd = [low] * (low < -_OUTSIDE) + [high] * (high > 1 + _OUTSIDE)
    if not odd or case.said.get("output", "sigmoid") != "sigmoid":
        return ""
    units = "tanh or linear" if high <= 1 + _OUTSIDE else "linear"
    units = "linear or ReLU" if low >= -_OUTSIDE else units
    return (
        f"The output {_short(odd[0])} is outside 0 to 1, which a sigmoid never leaves: the output "
        f"unit may be {units}."
    )


def _negated(case: Case) -> str:
    nearest = _short(min(abs(y - t) for y, t in zip(case.outputs, case.targets, strict=True)))
    return (
        f"All four outputs are on the wrong side, the nearest {nearest} from its target: the "
        "targets or the sign of the gradient may be inverted."
    ) * (case.wrong == len(case.targets))


def _other_order(case: Case) -> str:
    if (bits := case.function) is None:
        return ""
    given = [bits[row] for row in case.order]
    for order in (range(len(bits)), *permutations(COUNTED)):  # first that of the 28 lines
        if all(bit == case.targets[row] for bit, row in zip(given, order, strict=True)):
            names = " ".join(ROW_NAMES[row] for row in order)
            wrong = f"{case.wrong} outputs are on the wrong side"
            return f"{wrong}, but in the order {names} all four would be correct."
    return ""


def _other_function(case: Case) -> str:
    if case.function is None:
        return ""
    apart = _distance(case.outputs, case.function)
    within = f"within {_short(apart)} of " if apart else ""
    name = FUNCTIONS["".join(map(str, case.function))]
    return (
        f"The outputs are {within}those of “{name}”: the targets may be these, or a slope in the "
        "backward pass is wrong."
    )


def _half(case: Case) -> str:
    return "0" if case.is_signed else "one half"


def _classes(case: Case) -> str:
    return (
        f"All four outputs are exactly {'−1' if case.is_signed else '0'} or 1: they may be "
        f"predicted classes, which hide how far the outputs are from {_half(case)}."
    ) * case.are_whole


def _missing_bias(case: Case) -> str:
    weights = case.weights
    missing = "biases may be missing or not trained."
    is_origin = case.said.get("coding") != "plus-minus"
    if is_origin and (weights is None or not case.said.get("biases", False)):
        others = [y for row, y in enumerate(case.outputs) if row != ORIGIN]
        is_off = has_fixed_origin(case.evidence.config) or _distance(others, [_HALF] * 3) > _OFF
        if is_off and abs(case.outputs[ORIGIN] - _HALF) < _EXACT:
            return (
                f"The output at row 00 is exactly {_half(case)}, as it is whatever the weights are "
                f"if tanh or ReLU units have no biases: {missing}"
            )
    biases = {} if weights is None else {"b1": weights.b1, "b2": weights.b2}
    zero = [name for name, array in biases.items() if array is not None and not array.any()]
    told = zero and not case.dead  # these explain biases that stay zero
    return f"Each bias in {listed(zero)} is exactly 0: {missing}" if told else ""


def _dead(case: Case) -> str:
    if not case.dead or case.weights is None:
        return ""
    named, is_one = _subject(case.dead, case.weights.w1.shape[1]), len(case.dead) == 1
    are, their = ("is", "its") if is_one else ("are", "their")
    return f"{named} {are} 0 on all four rows, so no gradient reaches {their} weights."


def _one_line(case: Case) -> str:
    if case.targets not in NOT_FOR_ONE_UNIT or case.function is not None:
        return ""
    x10, x00, x01, x11 = case.outputs
    low, high = sorted((x10, x01))
    is_rising = x00 + _RISE < low and high + _RISE < x11
    is_falling = x11 + _RISE < low and high + _RISE < x00
    if case.said.get("width") == 1:
        because = "There is one hidden unit, which draws one line"
    elif is_rising or is_falling:
        given = case.evidence.outputs
        levels = ", ".join(f"{ROW_NAMES[row]}: {_short(given[row])}" for row in COUNTED)
        how = "rise" if is_rising else "fall"
        because = f"The outputs {how} with x1 + x2 ({levels}), as those of one line do"
    else:
        return ""
    return f"{because}, and no line separates the rows of XOR."


def _small_start(case: Case) -> str:
    r, weights = case.said.get("init_range"), case.weights
    if case.spread > _ALIKE or case.dead or (r is not None and r >= _SMALL):
        return ""
    differ = f", and the outputs differ by {_short(case.spread)} at most" * bool(case.outputs)
    largest = 0.0 if weights is None else float(np.abs(weights.w1).max())
    if 0 < largest < _SMALL:
        return f"No weight in w1 is larger than {_short(largest)}{differ}."
    if weights is not None or r is None or case.state != NO_ROW:
        return ""
    return f"The initial weights are within ±{_short(r)}{differ}."


def few_steps(case: Case) -> str:
    """Return why the steps may be too few, in a sentence; empty if nothing of this case shows it.

    They cannot lead far, the loss still falls, or most networks are still there after so many.
    """
    said, evidence, count = case.said, case.evidence, case.said.get("steps")
    if count is None or case.state not in _EARLY or evidence.limit or case.is_few:
        return ""
    steps = numerals.counted(count, "step")
    has_bound = said.get("activation") != "relu" and case.is_usual
    if "rate" in said and has_bound and case.state != ONE_ROW:
        loss = LOSSES[said.get("loss", "cross-entropy")]
        scale = loss.scale if said.get("batch", "full") == "full" else loss.scale_of(1)
        steepest = _STEEPEST_SQUARES if loss.is_square else _STEEPEST_ENTROPIES
        reach = count * said["rate"] / (1 - said.get("momentum", 0)) * scale * steepest
        if reach < _NEEDED:
            without = "" if "momentum" in said else " without momentum"
            of = "" if "activation" in said else " of sigmoid or tanh units"
            far = f"{steps} at rate {numerals.plain(said['rate'])}{without}"
            return f"{far} can move no weight to the output{of} by more than {_short(reach)}."
    fall = -(evidence.change or 0.0)
    if fall * count > _FALLS * (evidence.loss or 0.0):
        return f"By the gradient, the loss still falls by {_short(fall)} per step after {steps}."
    is_small = case.weights is None or float(np.abs(case.weights.w2).max()) < _NEEDED
    if "rate" in said and is_small and case.of_outputs == NO_ROW and _may_leave(case, _MOST_LEFT):
        at = f"{steps} at rate {numerals.plain(said['rate'])}"
        return f"{at} are few: correct code is often in {_state(case)} early, and leaves it later."
    return ""


def _may_leave(case: Case, most: float) -> bool:
    """Return whether networks leave the state of these outputs after more steps than were taken."""
    said = case.said
    taken = said.get("steps", 0) * said.get("rate", 0) * LOSSES[said.get("loss", "sse")].scale
    return taken < most and not case.is_trap and leave(case.of_outputs, case.targets)


# What else comes to the same state.


def _early(case: Case) -> str:
    is_met = case.state in _EARLY and not (case.evidence.limit or case.is_few)
    early = f"Correct code can be in {_state(case)} early, and leave it later."
    return early if is_met and _may_leave(case, _ALL_LEFT) else ""


def _started_small(case: Case) -> str:
    is_met = "init_range" not in case.said and case.weights is None and case.spread <= _ALIKE
    is_met = is_met and case.state == NO_ROW
    is_met = is_met and leave(case.of_outputs, case.targets, init_range=0.1)
    return f"Networks with small initial weights stay in {_state(case)} for long." if is_met else ""


def _equal_start(case: Case) -> str:
    same = "Hidden units with equal initial weights stay equal and act as one unit"
    return _comes(same, case) if case.said.get("width") != 1 else ""


def _dying(case: Case) -> str:
    dies = "A ReLU unit that is 0 on all four rows gets no gradient and stays 0"
    return _comes(dies, case) if case.said.get("activation") == "relu" else ""


def _comes(what: str, case: Case) -> str:
    is_met = case.weights is None and case.state in {NO_ROW, ONE_ROW}
    return f"{what}, which ends in “{case.state}”." if is_met else ""


def _no_layer(case: Case) -> str:
    is_known = case.weights is not None and "activation" in case.said
    is_met = case.state == NO_ROW and case.targets in NOT_FOR_ONE_UNIT and not is_known
    ends = f"training ends at {_half(case)} on all four rows."
    return f"Without a hidden layer, or with linear hidden units, {ends}" if is_met else ""


def _no_biases(case: Case) -> str:
    may_be = case.weights is None and not case.said.get("biases")
    may_be &= case.said.get("activation", "sigmoid") == "sigmoid"
    is_met = may_be and need_biases(case.of_outputs, case.targets)
    return f"More networks without biases than with them end in {_state(case)}." if is_met else ""


def _state(case: Case) -> str:
    return f"“{case.state}”" if case.state in NAMES else "this state"


def _backward(case: Case) -> str:
    leads = (
        f"A wrong line of the gradient can lead here, as in {_WHY['fault']} of "
        f"{sum(_WHY.values())} public programs that did not learn; only a step shows it."
    )
    return "" if case.is_few else leads


class _Row(NamedTuple):
    """A cause, what shows it, and how to tell it from the others."""

    name: str
    shows: Callable[[Case], str]
    look: str
    why: str = ""
    """Which of _WHY it is."""


_BIASES = "Print the biases before and after training, if there are any."
_RESPONSES = "Print the hidden responses at the start and now: a large rate may have killed units."
_ODD = (
    _Row("not finite", _not_finite,
         "Print the loss of every step: the step at which it stops being a number shows whether a "
         "large rate, a logarithm of 0 or an overflow of exp comes first."),
    _Row("rows missing", _rows_missing, "Print the number of rows in the inputs, in the targets "
         "and in a batch: each must be four."),
)  # fmt: skip
_OF_LEARNED = (
    _Row("other targets", _other_targets, "Print the targets that the loss gets."),
    _Row("another output unit", _other_output,
         "Check which function is applied to the last layer, in training and when printing."),
)  # fmt: skip
_OF_ROWS = (
    _Row("softmax of one", _softmax_of_one,
         "Print the input of the output unit for each row, and check which function follows it."),
    _Row("symmetric units", _symmetric,
         "Print the initial weights: each must be drawn at random."),
    _Row("inputs do not reach it", _unreached, "Change an input and check whether the output "
         "changes; then print all weights before and after a step, to see which of them change."),
    *_OF_LEARNED,
    _Row("negated", _negated,
         "Compare the targets with those printed, and check whether the loss falls in training."),
    _Row("another row order", _other_order, "Print the inputs beside each output, and check that "
         "inputs and targets are shuffled together."),
    _Row("another function", _other_function, "Print the targets beside the inputs in the loop "
         "that trains; if they are right, check one step."),
    _Row("predicted classes", _classes,
         "Print the outputs before they are rounded or compared with a threshold."),
    _Row("missing bias", _missing_bias, _BIASES),
    _Row("dead units", _dead, _RESPONSES),
    _Row("acts like one line", _one_line, "Check that there is a hidden layer of two units or "
         "more, and that its activation is applied and is not linear."),
)  # fmt: skip
"""Shown by four finite outputs, and perhaps weights; the most plausible first."""
_FEW = (
    "Print the loss at every hundredth step, then at a rate ten times as large: it still falls, if "
    "slowly."
)
_START = (
    "Print the initial w1: if all of it lies within ±0.3, draw it from a range ten times as large, "
    "and compare the loss."
)
_OF_TRAINING = (
    _Row("too few steps", few_steps, _FEW),
    _Row("initial weights too small", _small_start, _START),
)
"""Shown by what is said of the training, or by weights."""
_MAY_BE = (
    _Row("a fault in the backward pass", _backward, "Save the weights before and after one "
         "update, and run: xorviz check before.npz after.npz.", "fault"),
    _Row("initial weights too small", _started_small, _START, "start"),
    _Row("equal initial weights", _equal_start,
         "Print the initial w1: no two hidden units may have the same numbers.", "start"),
    _Row("missing bias", _no_biases, _BIASES, "start"),
    _Row("dead units", _dying, _RESPONSES, "start"),
    _Row("too few steps", _early, _FEW, "steps"),
    _Row("no hidden layer", _no_layer, "Print the hidden responses: there must be two or more for "
         "each row, and none may be a weighted sum of the inputs.", "layer"),
)  # fmt: skip
_OF_STATE = tuple(sorted(_MAY_BE, key=lambda row: -_WHY[row.why]))
"""Those that a state alone allows."""


def _rows_for(case: Case) -> tuple[_Row, ...]:
    if case.state == UNTRAINED:
        return ()
    if case.state == "learned":
        return _OF_LEARNED
    return (*_ODD, *(_OF_ROWS if case.has_rows else ()), *_OF_TRAINING, *_OF_STATE)
