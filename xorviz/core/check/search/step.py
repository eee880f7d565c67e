"""A training step as it was taken: two states, and how exactly their difference is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules.row_terms import names_of
from xorviz.core.check.search.digits import Digits
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

    def without(self, along: Mapping[str, Array], share: float, error: float) -> "Step":
        """Return the step without a share of something; ``error`` is that of the share."""
        changes = {name: change - share * along[name] for name, change in self.changes.items()}
        errors = {
            name: self.errors[name] * (1 + abs(share)) + error * float(np.linalg.norm(along[name]))
            for name in changes
        }
        return replace(self, changes=changes, errors=errors)


def step_of(before: Weights, after: Weights, digits: Digits) -> Step:
    """Return the step between two states."""
    changes, errors = {}, {}
    for name, one, other in zip(names_of(before), before.arrays(), after.arrays(), strict=True):
        changes[name] = np.asarray(other - one).ravel()
        errors[name] = float(np.linalg.norm(digits.error(one) + digits.error(other)))
    blur = max(float(digits.error(one).max()) for one in before.arrays())
    return Step(before, after, changes, errors, digits.epsilon, blur)
