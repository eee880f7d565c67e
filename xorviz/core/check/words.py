"""Sentences about a training step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.check.rules import losses, rule
from xorviz.core.check.rules.row_terms import fault_of
from xorviz.core.check.said import NONE, Said
from xorviz.core.check.search.digits import Digits
from xorviz.core.check.search.explained import Explained
from xorviz.core.check.search.settings import XOR, Model
from xorviz.core.check.step_check import CANNOT_BE_TOLD, CORRECT, UNKNOWN, Finding, StepRule
from xorviz.core.diagnosis.words import listed
from xorviz.core.network import LOSSES, Weights
from xorviz.core.settings import loss_text
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ROW_NAMES

_NAMED = 2
"""Faults that look alike and are named; more would tell nothing."""
_ONE_SIZE = 0.01
"""Relative spread of changes that are all of one size."""
_OTHERS = (
    "The reason may be several faults at once, dropout, clipping, another network, or more than "
    "one step. With another optimizer, check a step of plain gradient descent instead."
)

_BRIEF = {(False, 1 / 2): "half of it", (True, 1): "the mean", (True, 1 / 2): "half the mean"}
"""Another loss than the one that was named before, by whether it is a mean and by its factor."""
_OF_ONE_ROW = {
    (True, 1): "the squared error",
    (True, 1 / 2): "half the squared error",
    (False, 1): "the cross-entropy",
}
"""A loss where there is nothing to sum, by whether it is a square and by its factor."""


def coding(setting: Model) -> str:
    """Return how a program writes false and true."""
    values = {False: "0/1", True: "−1/1"}
    inputs, targets = values[setting.seen.are_signed], values[setting.goal.are_signed]
    return f"inputs {inputs}, targets {targets}"


@dataclass(frozen=True, slots=True)
class Telling:
    """What is reported of a step, or of gradients. A value."""

    found: StepRule
    findings: Mapping[str, Finding]
    best: Explained
    said: Said
    digits: Digits
    changes: Mapping[str, Array]
    is_gradient: bool
    """Whether gradients were given, in place of weights after a step."""
    hint: str = ""
    """What would explain the step, if nothing does so as it is given."""

    def sentence(self, verdict: str) -> str:
        """Return what is found out, in a few sentences."""
        if verdict == CORRECT:
            right = "backpropagation" if self.is_gradient else "the code of this step"
            return (
                f"{self._these} {self._rule}: {right} is right{self._if_loss}. If the network does "
                "not learn, diagnose it: from some initial weights, correct code fails, too."
            )
        faults = dict.fromkeys(one.name for one in self.findings.values() if one.is_fault)
        parts = [f"{listed(self._named(fault))}: {fault}." for fault in faults]
        parts += [self._open, self._unknown]
        right_ones = self._named(CORRECT)
        if right_ones and not self.best.is_right:
            is_are = "is" if len(right_ones) == 1 else "are"
            a = "the" if self.is_gradient else "a"
            parts.append(f"{listed(right_ones)} {is_are} exact, as in {a} {self._rule}.")
        return " ".join(part for part in parts if part)

    @property
    def _if_loss(self) -> str:
        """The condition under which no slope of the output is left out."""
        is_open = self.best.right == NONE and self.said.loss is None
        return " if cross-entropy is your loss" if is_open else ""

    @property
    def _these(self) -> str:
        within = "As far as the digits tell, " * (self.digits.decimals is not None)
        these = "these are the exact" if self.is_gradient else "this is an exact"
        return within + these if within else these[0].upper() + these[1:]

    def _named(self, name: str) -> list[str]:
        """Return the arrays with a finding."""
        return [array for array, one in self.findings.items() if one.name == name]

    @property
    def rule_text(self) -> str:
        """The rule of a correct step in words."""
        return f"an exact {self._rule}"

    @property
    def _rule(self) -> str:
        """The rule in words."""
        found, rows = self.found, ", ".join(ROW_NAMES[row] for row in self.found.order or ())
        kind = "gradients" if self.is_gradient else "gradient step"
        step = {
            "full": kind if self.is_gradient else f"full-batch {kind}",
            "row": f"{kind} on row {rows} alone",
            "pass": f"pass over the rows {rows}, with a gradient step for each",
        }[found.batch or "full"]
        if found.loss is not None and found.rate is not None:
            on = "of" if self.is_gradient else "on"
            step += f" {on} {self._name_of(found.loss)}{self._at_rate(found.rate)}"
        return step + (f", momentum {_short(found.momentum)}" if found.momentum else "")

    @property
    def _is_of_one_row(self) -> bool:
        """Whether each gradient is of one row, where there is nothing to sum."""
        return self.found.batch in {"row", "pass"}

    def _name_of(self, loss: str) -> str:
        one = LOSSES[loss]
        return _OF_ONE_ROW[one.is_square, one.factor] if self._is_of_one_row else loss_text(loss)

    def _at_rate(self, rate: float) -> str:
        """Return the rate, also of half the sum of squares, of which many leave out the 2."""
        if self.is_gradient:
            return "" if losses.is_equal(rate, 1) else f", times {_short(rate)}"
        is_open = self.said.rate is None and self.said.loss is None and self.found.loss == "sse"
        half = f" (or half of it at rate {_short(2 * rate)})" if is_open else ""
        return f" at rate {_short(rate)}{half}"

    @property
    def _open(self) -> str:
        """What cannot be told, and which step would tell."""
        names = self._named(CANNOT_BE_TOLD)
        if not names:
            return ""
        best = self.best
        faults = dict.fromkeys(
            fault for name in names for fault in (best.faults[name], *best.confused[name])
        )
        looks = [f"“{fault_of(fault)}”" for fault in faults if fault]
        looks = looks[:_NAMED] + ["others"] * (len(looks) > _NAMED)
        if not looks:
            told = f"{listed(names)} cannot be told from this step."
        elif best.is_right:  # and a fault explains all, too
            told = (
                f"{self._these} {self._rule}, but {listed(names)} would look the same with "
                f"{listed(looks)}."
            )
        elif not {"", None}.isdisjoint(faults):
            looks = ["a correct step", *looks]
            told = f"{listed(names)} cannot be told: {listed(looks)} look alike in this step."
        else:
            is_are = "is" if len(names) == 1 else "are"
            alike = "" if len(looks) == 1 else " look alike in this step"
            told = f"{listed(names)} {is_are} wrong: {listed(looks)}{alike}."
        return f"{told} {self._which}"

    @property
    def _which(self) -> str:
        """Which step would tell."""
        if self.digits.decimals is not None:
            return (
                f"Give more than {self.digits.significant} digits: save the arrays with "
                "numpy.savez, or print them after set_printoptions(precision=17) of numpy or "
                "torch. A larger rate for this one step helps, too."
            )
        if not self.best.is_scaled:
            return (
                "Along one row, a wrong slope of the output only scales the step: say rate and "
                "loss, or give a step with all four rows."
            )
        if self.digits.is_single:
            return "A step in 64 bit (float64) would tell, or one at a larger rate."
        return "A step from other random weights would tell."

    @property
    def _unknown(self) -> str:
        names = self._named(UNKNOWN)
        if not names:
            return ""
        left = _percent(max(self.findings[name].residual for name in names))
        change = "changes" if len(names) == 1 else "change"
        told = f"{listed(names)} {change} by no known rule: the nearest leaves {left} unexplained."
        return f"{told} {self.hint or self._why_unknown}"

    @property
    def _why_unknown(self) -> str:
        if self.is_gradient:
            return "The reason may be several faults at once, dropout, or another network."
        sizes = np.abs(np.concatenate([self.changes[name] for name in self._named(UNKNOWN)]))
        if sizes.min() > (1 - _ONE_SIZE) * sizes.max():
            return (
                "All numbers change by the same amount, as in the first step of Adam: check a "
                "step of plain gradient descent."
            )
        momentum = "With momentum, give three states: after this step, one more. "
        return momentum * (self.best.momentum is None) + _OTHERS

    def notes(self) -> Iterator[str]:
        """Yield what else was seen, in sentences."""
        if not self.best.is_whole:
            return
        yield from self._notes_on_rate()
        found, setting = self.found, self.best.setting
        if self.best.right == NONE and self.said.loss is None:
            yield (
                "With squared errors as the loss, this step would be wrong: the slope y(1−y) of "
                "the output is left out. Say which loss you use."
            )
        if found.targets not in {None, XOR} and self.said.targets is None and not setting.row:
            assert found.targets is not None
            text = FUNCTIONS["".join(map(str, found.targets))]
            bits = " ".join(str(found.targets[row]) for row in COUNTED)
            if setting.goal.doubt < 1:
                yield f"The targets are those of {text} ({bits} for 00, 01, 10, 11), not of XOR."
        if self.digits.is_single:
            yield f"The weights are {rule.SINGLE}, so small changes have few digits."

    def _notes_on_rate(self) -> Iterator[str]:
        found, said = self.found, self.said
        if found.rate is None or found.loss is None or self.is_gradient:
            return
        if said.rate is None and said.loss is None:
            if self._is_of_one_row:
                return
            like = losses.losses_for(losses.right_for(found.loss))
            factors = {LOSSES[loss]: losses.factor_of(loss, self.best.rows) for loss in like}
            product = found.rate * factors.pop(LOSSES[found.loss])
            rates = [
                f"{_short(product / factor)} on {_BRIEF[loss.is_mean, loss.factor]}"
                for loss, factor in factors.items()
            ]
            yield (
                f"Only the product of rate and loss can be seen: rate {_short(found.rate)} on "
                f"{loss_text(found.loss)} is {listed(rates)}."
            )
        elif said.loss and said.rate and not losses.is_equal(found.rate, said.rate):
            yield (
                f"The step is {_short(found.rate / said.rate)} times as long as said: the rate is "
                f"another, or {self._name_of(said.loss)} has another factor before it, such as "
                "1/4 in a mean over the rows, or 1/2 where the 2 of its derivative is left out."
            )


def compared(
    names: Sequence[str],
    fault: str,
    yours: Mapping[str, Array],
    exact: Mapping[str, Array],
    like: Weights,
    is_gradient: bool,
) -> str:
    """Return the number of some arrays that differs most, beside the exact one."""
    name = max(names, key=lambda one: float(np.abs(yours[one] - exact[one]).max()))
    place = int(np.argmax(np.abs(yours[name] - exact[name])))
    array = getattr(like, name)
    index = ", ".join(str(int(i)) for i in np.unravel_index(place, array.shape))
    mine, right = (float(values[name][place]) for values in (yours, exact))
    at = f"{name}[{index}]"
    if is_gradient:
        told = f"Your gradient of {at} is {_number(-mine)}, the exact one {_number(-right)}."
    elif mine == 0:
        told = f"Your step leaves {at} as it was, a correct one changes it by {_number(right)}."
    else:
        told = f"Your step changes {at} by {_number(mine)}, a correct one by {_number(right)}."
    return f"{listed(list(names))}: {fault}. {told}"


def _number(value: float) -> str:
    return numerals.real(value, 4)


def _percent(share: float) -> str:
    """Return a share in percent, of which small ones need not be known."""
    if share < 0.001:
        return f"less than 0.1{numerals.THIN_SPACE}%"
    return f"{numerals.fixed(100 * share, 1)}{numerals.THIN_SPACE}%"


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", numerals.MINUS)
