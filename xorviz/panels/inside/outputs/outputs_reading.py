"""What the outputs were at one step, and how their curves and names are told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.panels.base.row_signs import NAMES
from xorviz.panels.learn.loss.gradient_curve import norm_of, norm_text

Array = NDArray[np.float64]

DASHES: tuple[tuple[float, ...], ...] = ((), (6, 4), (2, 3), (12, 4))
"""Of the first, second, third and fourth row of one target: line and gap in pixels."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The exact numbers of a run at one step."""

    step: int
    outputs: Array
    """(4,) in the order of ROWS."""
    gradient_norm: float

    @classmethod
    def nearest(cls, trace: Trace, step: float) -> "Reading":
        """Return the kept point that is nearest to a step."""
        at, _ = trace.nearest(step)
        place = int(np.searchsorted(trace.steps, at))
        return cls(at, trace.outputs[place], float(trace.gradient_norms[place]))

    @classmethod
    def shown(cls, snapshot: Snapshot) -> "Reading":
        """Return the numbers of the step that is shown."""
        return cls(snapshot.step, snapshot.outputs, norm_of(snapshot.gradient))

    @property
    def text(self) -> str:
        """All of it, in a line."""
        known = "outputs not known"
        if np.isfinite(self.outputs).all():
            named = sorted(zip(NAMES, self.outputs.tolist(), strict=True))
            known = " ".join(f"{name} {output_text(value)}" for name, value in named)
        at = numerals.whole(self.step)
        return f"at {at}: {known}, gradient {norm_text(self.gradient_norm)}"


def row_dashes(targets: Sequence[int]) -> list[tuple[float, ...]]:
    """Return the line of each row: those of one target are told apart by it."""
    return [DASHES[list(targets[:row]).count(target)] for row, target in enumerate(targets)]


def output_text(output: float) -> str:
    """Write an output to four decimals."""
    return "not known" if np.isnan(output) else numerals.fixed(output, 4)


def spread(heights: Array, apart: float, area: QRectF) -> list[float]:
    """Return heights (P,) moved up and down so that labels there do not cover each other."""
    placed = heights.copy()
    order = [int(row) for row in np.argsort(heights) if np.isfinite(heights[row])]
    low = area.top()
    for row in order:
        placed[row] = low = max(placed[row], low)
        low += apart
    high = area.bottom()
    for row in reversed(order):
        placed[row] = high = min(placed[row], high)
        high -= apart
    found: list[float] = placed.tolist()
    return found
