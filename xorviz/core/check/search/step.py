"""A training step as it was taken: two states, and how exactly their difference is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules.row_terms import by_name
from xorviz.core.check.search.digits import Digits, digits_of
from xorviz.core.network import Weights


@dataclass(frozen=True, slots=True, eq=False)
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
    is_full: bool
    """Whether all numbers are known in full, so that rounding errors are far below all else."""

    def without(self, along: Mapping[str, Array], share: float, error: float) -> "Step":
        """Return the step without a share of something; ``error`` is that of the share."""
        changes = {name: change - share * along[name] for name, change in self.changes.items()}
        errors = {
            name: self.errors[name] * (1 + abs(share)) + error * float(np.linalg.norm(along[name]))
            for name in changes
        }
        return replace(self, changes=changes, errors=errors)


def step_of(before: Weights, after: Weights, digits: Digits | None) -> Step:
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
    is_full = digits is not None and digits.is_full
    return Step(before, after, changes, errors, max(epsilons), max(blurs), is_full)
