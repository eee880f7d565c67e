"""A training step as it was taken: two states, and how exactly their difference is known.

Numbers are known in full, in 32 bit, or as they were rounded by print.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.factors import by_name
from xorviz.core.network import Weights

DOUBLE, SINGLE = 2.0**-53, 2.0**-24
"""Relative rounding error of one operation in 64 and in 32 bit."""
_FULL = 15
"""Significant digits of a number that is written in full."""
_LEAST = 10
"""Up to so many significant digits, numbers may have been computed in 32 bit."""

_SAFETY = 4
"""Times the estimated rounding errors that an explanation may leave over."""
_TERMS_SUMMED = 16
"""Rounding errors of a sum of products, in units of one operation."""
_CURVED = 4
"""Relative change of a gradient by a change of each weight, beside that of the output's input."""
LARGEST = 0.05
"""Share of a change that rounding may hide; one with fewer digits is unclear."""


@dataclass(frozen=True, slots=True)
class Digits:
    """The rounding of the numbers of a step. A value."""

    epsilon: float
    """Relative rounding error of one operation of the program."""
    decimals: int | None = None
    """Digits after the decimal point; None where numbers are written in full."""
    significant: int = _FULL

    @property
    def is_single(self) -> bool:
        """Whether the numbers are those of 32 bit, in full."""
        return self.epsilon == SINGLE and self.decimals is None

    @property
    def is_full(self) -> bool:
        """Whether the numbers are those of 64 bit, in full."""
        return self.epsilon == DOUBLE and self.decimals is None

    def error(self, values: Array) -> Array:
        """Return bounds of the rounding errors of numbers, in their shape."""
        size = np.abs(values)
        computed = self.epsilon * size
        if self.decimals is None:
            return computed
        with np.errstate(divide="ignore"):
            first = np.where(size > 0, np.floor(np.log10(size)), 0.0)
        last = np.maximum(-float(self.decimals), first + 1 - self.significant)
        return np.asarray(np.maximum(computed, 0.5 * 10.0**last))


def digits_of(*arrays: Array) -> Digits:
    """Return to how many digits all numbers of some arrays are rounded.

    The longest number decides: initial weights of few digits may be exact, next to others in full.
    """
    values = np.concatenate([np.ravel(array) for array in arrays])
    if np.array_equal(values, values.astype(np.float32)):
        return Digits(SINGLE)
    written = [Decimal(repr(float(value))).normalize().as_tuple() for value in values]
    significant = max(len(number.digits) for number in written)
    if significant >= _FULL:
        return Digits(DOUBLE)
    decimals = max(-int(number.exponent) for number in written)
    return Digits(SINGLE if significant <= _LEAST else DOUBLE, max(decimals, 0), significant)


@dataclass(frozen=True, eq=False)
class Step:
    """A training step. A value."""

    before: Weights
    after: Weights
    changes: Mapping[str, Array]
    """(N,) by array: what a gradient is to explain."""
    errors: Mapping[str, float]
    """Norm of the rounding errors of each change."""
    epsilon: float
    """Relative rounding error of one operation."""
    blur: float
    """Largest rounding error of a weight before the step."""

    @cached_property
    def precision(self) -> float:
        """Relative error of a gradient, of what its rows are before they cancel each other."""
        curved = _CURVED + float(np.abs(self.before.w2).sum())
        return _TERMS_SUMMED * self.epsilon + curved * self.blur

    @cached_property
    def lengths(self) -> dict[str, float]:
        """The norm of each change."""
        return {name: float(np.linalg.norm(change)) for name, change in self.changes.items()}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many different numbers each change has: equal ones show a direction no better."""
        return {
            name: len({f"{abs(value):.5g}" for value in change.tolist() if value})
            for name, change in self.changes.items()
        }

    def noise(self, name: str, size: Array | float) -> Array:
        """Return what rounding may leave over of a change, for directions of some sizes."""
        return np.asarray(_SAFETY * (self.errors[name] + self.precision * np.asarray(size)))

    def limits(self, name: str, noises: Array) -> Array:
        """Return what may be left over of a change, beside noise: never more than some per cent."""
        length = self.lengths[name]
        return np.minimum(noises, LARGEST * length) if length else noises.copy()

    def is_known(self, name: str, length: float) -> bool:
        """Return whether rounding hides no more than some per cent of a change of a length."""
        return self.errors[name] <= LARGEST * length

    def digits(self, name: str) -> float:
        """Return to how many digits each number of a change is known."""
        return float(digits_beside(self.lengths[name], self.errors[name]))

    def without(self, share: float, along: Mapping[str, Array], error: float) -> "Step":
        """Return the step without a share of some arrays (N,), which has an error."""
        norms = {name: float(np.linalg.norm(array)) for name, array in along.items()}
        changes = {
            name: change - share * along.get(name, 0.0) for name, change in self.changes.items()
        }
        errors = {n: error * norms.get(n, 0.0) + known for n, known in self.errors.items()}
        return replace(self, changes=changes, errors=errors)


def digits_beside(length: float, noise: Array | float) -> Array:
    """Return to how many digits a change of this length is known beside noise."""
    tiny = np.finfo(float).tiny
    return np.asarray(np.log10(np.maximum(length / np.maximum(noise, tiny), 1.0)))


def step_of(before: Weights, after: Weights, digits: Digits | None = None) -> Step:
    """Return the step between two states; without digits each array is taken by its own."""
    changes, errors, blurs, epsilons = {}, {}, [], []
    ended = by_name(after)
    for name, one in by_name(before).items():
        other = ended[name]
        pair = [digits or digits_of(array) for array in (one, other)]
        known = [of.error(array) for of, array in zip(pair, (one, other), strict=True)]
        changes[name] = other - one
        errors[name] = float(np.linalg.norm(known[0] + known[1]))
        blurs.append(float(known[0].max()))
        epsilons += [of.epsilon for of in pair]
    return Step(before, after, changes, errors, max(epsilons), max(blurs))
