"""What is known of a network of another program, from which its causes and next steps follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from xorviz.core.diagnosis.diagnosis import diagnose_rows
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.stuck_states import NAMES, states_of
from xorviz.core.network import Weights, hidden
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES

ONE_HALF = 0.5
FIRM = 0.2
"""Largest distance from 0 or 1 of outputs that are read as a function of the inputs."""
EXACT = 1e-12
"""Largest difference of outputs that are the same."""
_SIGNED, _BEYOND = 0.3, 1.3
"""Outputs, one below minus the first and none beyond the second, belong to targets -1 and 1."""


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
        bits = tuple(int(y > ONE_HALF) for y in self.outputs)
        apart = distance(self.outputs, bits)
        stuck = min(distance(self.outputs, state.outputs) for state in states_of(self.targets))
        is_firm = apart < FIRM and apart <= stuck + EXACT
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


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference between values of the same row."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
