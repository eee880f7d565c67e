"""A possible cause, and the case that it is judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.diagnosis.stuck_states import states_of
from xorviz.core.network import Weights

FIRM = 0.3
"""Largest distance from 0 or 1 of outputs that are read as a function of the inputs."""
ONE_HALF = 0.5
EXACT = 1e-12
"""Largest difference of outputs that are the same."""
_SIGNED = 0.3
"""An output below minus this belongs to targets -1 and 1."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause. A value."""

    name: str
    because: str
    """What it rests on, one sentence with numbers of this network."""
    check: str
    """How to find out, one sentence."""


@dataclass(frozen=True)
class Case:
    """What causes are judged by: a diagnosis, and what else is known."""

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
