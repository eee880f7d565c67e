"""What is reported of a step: verdict, findings, and the lines to mend."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check import factors
from xorviz.core.check.factors import names_of
from xorviz.core.check.fit import DECAY, MOMENTUM, SIGNS, Fit, Reading
from xorviz.core.check.said import MULTIPLES, Said, factor_of, is_equal
from xorviz.core.check.step import LARGEST, Digits, Step
from xorviz.core.check.step_check import (
    CANNOT_BE_TOLD,
    CORRECT,
    FAULTY,
    UNDECIDED,
    UNKNOWN,
    WRONG,
    Finding,
    StepRule,
)
from xorviz.core.network import Weights
from xorviz.core.truth_table import ROWS

_SINGLE = 3.0
"""Digits to which one of the few forms of one number agrees by chance, and some more."""
_EXACT = 5.0
"""Digits to which an array must be known beside a wrong one: to fewer, momentum looks exact."""
_CLIPPED = 1e-5
"""Relative spread of numbers that are clipped to one size."""
_ONE_SIZE = 0.01
"""Relative spread of changes that are all of one size."""
_PARALLEL = 1e-12
"""What the cosine of two steps with one direction lacks at most."""
_KINDS_OF_DECAY = 2
"""Of the weights, and of their signs."""
_MOST_LEFT = 0.01
"""Share of a change that a fault may leave over."""


@dataclass(frozen=True)
class Report:
    """A step, its simplest explanation, and what was said of it."""

    taken: Step
    fit: Fit
    said: Said
    digits: Digits
    is_gradient: bool = False
    velocity: Mapping[str, Array] | None = None
    """The change of the step before it, if it is given."""

    @property
    def rows(self) -> int:
        """How many rows a gradient is of."""
        return 1 if self.fit.order else len(self.fit.model.rows)

    @cached_property
    def loss(self) -> str:
        """The loss, of those whose gradients differ by a factor alone."""
        anchor = self.fit.anchor
        return self.said.loss_for(anchor.is_entropy, anchor.rate, anchor.unsure, self.rows)

    @cached_property
    def rate(self) -> float:
        """The rate that belongs to the loss."""
        return self.fit.anchor.rate / factor_of(self.loss, self.rows)

    @cached_property
    def is_rate_told(self) -> bool:
        """Whether the loss and what it needs are known, so that the rate is."""
        scales = {(a.model.output, a.is_entropy, a.delta.goal.is_signed) for a in self.fit.alike}
        return self.fit.is_scaled and len(scales) <= 1

    @cached_property
    def is_other_rate(self) -> bool:
        """Whether the rate is none that what is said allows."""
        if self.said.loss is None or self.said.rate is None:
            return False
        anchor = self.fit.anchor
        known = self.said.rates(anchor.is_entropy, self.rows)
        near = (is_equal(anchor.rate, one, anchor.unsure) for one in known)
        return self.is_rate_told and not any(near)

    @cached_property
    def is_allowed(self) -> bool:
        """Whether what is said of rate and loss allows what was found without them."""
        said = self.said
        return any(
            said.is_entropy in {None, anchor.is_entropy}
            and (
                said.rate is None
                or any(
                    is_equal(anchor.rate, rate, anchor.unsure)
                    for rate in said.rates(anchor.is_entropy, self.rows, MULTIPLES[:1])
                )
            )
            for anchor in self.fit.alike
        )

    @cached_property
    def unclear(self) -> list[str]:
        """The arrays of which nothing is found out."""
        open_ = {CANNOT_BE_TOLD, UNKNOWN}
        return [name for name, one in self.findings.items() if one.name in open_]

    @cached_property
    def is_told(self) -> bool:
        """Whether enough agrees with the explanation."""
        fit = self.fit
        is_plain = fit.is_whole and len(fit.faults) < 2
        is_shown = is_plain or any(self.taken.counts[name] > 1 for name in self._exact)
        return fit.is_sure and is_shown

    @cached_property
    def _exact(self) -> list[str]:
        """The arrays that follow the gradient."""
        readings = self.fit.readings.items()
        return [name for name, one in readings if one is not None and not one.faults]

    @cached_property
    def rule(self) -> StepRule:
        """The rule, without what settings that explain the step as well disagree on."""
        fit = self.fit
        if not self.is_told:
            is_adam = self.one_size is not None and not self.is_gradient
            return StepRule(optimizer="adam", rate=self.one_size) if is_adam else StepRule()
        same = fit.alike or [fit.anchor]
        outputs, hidden = {a.model.output for a in same}, {a.model.activation for a in same}
        codings = {anchor.coding for anchor in same}
        share = fit.shares.get(DECAY, fit.shares.get(SIGNS))
        return StepRule(
            loss=self.loss if self.is_rate_told else None,
            rate=self.rate if self.is_rate_told else None,
            activation=fit.model.activation if len(hidden) == 1 else None,
            output=fit.model.output if len(outputs) == 1 else None,
            batch="pass" if fit.order else "full" if self.rows == len(ROWS) else "row",
            order=fit.order or (fit.model.rows if self.rows < len(ROWS) else None),
            momentum=fit.shares.get(MOMENTUM),
            coding=fit.anchor.coding if len(codings) == 1 else None,
            targets=self.functions[0] if len(self.functions) == 1 else None,
            optimizer="gradient-descent",
            decay=share / self.rate if share is not None and self.is_rate_told else None,
        )

    @cached_property
    def functions(self) -> list[tuple[int, ...]]:
        """The targets that explain the step alike: several if some row changes nothing."""
        return sorted({anchor.delta.goal.bits for anchor in self.fit.alike or [self.fit.anchor]})

    @cached_property
    def one_size(self) -> float | None:
        """By how much every number changes, if by the same: in the first step of Adam, the rate."""
        sizes = np.abs(np.concatenate(list(self.taken.changes.values())))
        largest = float(sizes.max())
        return largest if sizes.min() > (1 - _ONE_SIZE) * largest else None

    @cached_property
    def exact(self) -> dict[str, Array]:
        """The change of a correct step, at the rate that is said where the step has another."""
        if self.is_other_rate and self.said.rate is not None:
            return {n: one.exact * self.said.rate / self.rate for n, one in self.fit.arrays.items()}
        return {name: one.exact for name, one in self.fit.arrays.items()}

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """The finding of each array."""
        return {name: self._finding(name) for name in names_of(self.taken.before)}

    def _finding(self, name: str) -> Finding:
        fit, one = self.fit, self.fit.arrays[name]
        residual, follower = one.other or (None, None)
        follower = one.alternatives[0] if one.alternatives else follower
        scale = abs(one.reading.recipe.scale) if fit.is_scaled and one.reading else 0.0
        rate = scale * self.rate if scale else None
        return Finding(self._name(name), rate, one.residual, follower, residual)

    def _name(self, name: str) -> str:
        """Return what is found out about an array."""
        one, is_blurred = self.fit.arrays[name], self.is_blurred(name)
        if not self.is_told:
            is_open = self.fit.is_found and (is_blurred or one.reading is not None)
            return CANNOT_BE_TOLD if is_open else UNKNOWN
        if is_blurred or one.is_unseen or one.alternatives:
            return CANNOT_BE_TOLD
        return self._wrong(name) if one.reading is None else self._read(name, one.reading)

    def _is_cut(self, name: str) -> bool:
        """Return whether all that is off is too short and of one size, the largest: clipped."""
        change, exact = np.abs(self.taken.changes[name]), np.abs(self.exact[name])
        off = np.abs(change - exact) > _CLIPPED * exact
        most = max(float(np.abs(one).max()) for one in self.taken.changes.values())
        is_short = (change < exact)[off].all() and (change[off] > (1 - _CLIPPED) * most).all()
        return bool(off.any() and is_short)

    def _wrong(self, name: str) -> str:
        """Return what is found out about an array that no fault explains."""
        is_hidden = name in factors.HIDDEN
        layer = [one for one in self._exact if (one in factors.HIDDEN) == is_hidden]
        # One number follows any gradient, at some rate; and a per cent may be momentum.
        is_shown = max(self.taken.counts[one] for one in (name, *layer)) > 1
        is_shown = is_shown and (bool(layer) or is_hidden or len(self._exact) > 1)
        is_shown = is_shown and any(self.taken.digits(one) >= _EXACT for one in self._exact)
        # Two numbers follow from two kinds of decay.
        is_decay = bool(self.fit.decayed) and len(self.taken.changes[name]) <= _KINDS_OF_DECAY
        is_shown = is_shown and not is_decay and not self._is_cut(name)
        return WRONG if is_shown and self.fit.arrays[name].residual > LARGEST else CANNOT_BE_TOLD

    def _read(self, name: str, reading: Reading) -> str:
        """Return what is found out about an array that is explained."""
        fit = self.fit
        # Along one row, a wrong slope looks like another rate, and may turn the step around.
        loose = {factors.OTHER_RATE, factors.WRONG_SIGN} if not fit.is_scaled else set()
        if not loose.isdisjoint(reading.faults):
            return WRONG
        if factors.OTHER_RATE in reading.faults and self.is_other_rate:
            return CANNOT_BE_TOLD  # it may have the rate that is said
        if reading.faults and not self._is_shown(name):
            return CANNOT_BE_TOLD
        if not reading.faults and self.is_other_rate:
            # With few digits, or along the step before, momentum looks like a larger rate.
            is_shown = self.digits.is_full and not self._is_along_velocity
            return factors.UNSAID_RATE if is_shown else CANNOT_BE_TOLD
        return " and ".join(reading.faults) or CORRECT

    @cached_property
    def _is_along_velocity(self) -> bool:
        """Return whether the step has the direction of the one before it."""
        if self.velocity is None:
            return False
        change, before = (np.concatenate(list(one.values())) for one in
                          (self.taken.changes, self.velocity))  # fmt: skip
        size = float(np.linalg.norm(change) * np.linalg.norm(before))
        return abs(float(change @ before)) >= (1 - _PARALLEL) * size

    def is_blurred(self, name: str) -> bool:
        """Return whether the numbers have too few digits for an array's change."""
        exact = float(np.linalg.norm(self.fit.arrays[name].exact))
        return not self.taken.is_known(name, max(self.taken.lengths[name], exact))

    def _is_shown(self, name: str) -> bool:
        """Return whether an array's numbers are enough for the name of its fault."""
        if not self.taken.lengths[name]:
            return True
        numbers = self.taken.changes[name].size
        is_long = numbers * self.taken.digits(name) >= _SINGLE
        return is_long and self.fit.arrays[name].residual <= _MOST_LEFT

    @property
    def verdict(self) -> str:
        """CORRECT, FAULTY or UNDECIDED."""
        if any(one.is_fault for one in self.findings.values()):
            return FAULTY
        # Every explanation that is as simple has a fault, though which one is open.
        fit = self.fit
        if self.is_told and fit.faults:
            wrong = [name for name, one in fit.readings.items() if one and one.faults]
            if any(self._is_shown(name) and not self.is_blurred(name) for name in wrong):
                return FAULTY
        is_right = all(one.name == CORRECT for one in self.findings.values())
        return CORRECT if is_right and fit.is_scaled else UNDECIDED

    def weights(self, changes: dict[str, Array]) -> Weights:
        """Return changes in the shape of the weights."""
        each = iter(changes.values())
        return self.taken.before.each(lambda array: np.reshape(next(each), array.shape))
