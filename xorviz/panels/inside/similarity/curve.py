"""The differences between hidden units over a run."""

import math

import numpy as np
from PySide6.QtCore import Slot

from xorviz.core import numerals
from xorviz.core.analysis.symmetry import SpreadCurve
from xorviz.core.arrays import Array
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotLabel, round_point

_NAMES = ("largest", "smallest")
_ZERO_SPACE = 0.6
"""Decades from the lowest power of ten to the line for exact zeros."""


@guarded
class SimilarityCurve(CurvePlot):
    """The largest and the smallest difference between two units, on a logarithmic axis.

    Exact zeros have a line of their own below the lowest decade.
    """

    def __init__(self) -> None:
        self._axis = ScaledAxis("left", smallest=1e-300)
        self._axis.set_log(True)
        name = "Differences of hidden units against step"
        super().__init__(name, self._axis, titles=["Difference"])
        self.leave_beside(_NAMES)
        self._shown: tuple[SpreadCurve, Array, Snapshot] | None = None
        self.pointed_at.connect(self.mark)

    def show_curve(self, curve: SpreadCurve, now: Array, snapshot: Snapshot) -> None:
        """Show a curve, and the differences (1, 2) in a snapshot."""
        self._shown = curve, now, snapshot
        self._draw()

    @Slot(object)
    def mark(self, step: float | None) -> None:
        super().mark(step)
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        (curve, now, snapshot), row = self._shown, self.rows[0]
        steps, spread = curve.steps, curve.spread
        lines = [(spread[:, 0], self._theme.text, ()), (spread[:, 1], self._theme.quiet, (4, 3))]
        if all(np.array_equal(pairs[:, 0], pairs[:, 1]) for pairs in (spread, now)):
            lines = lines[:1]
        row.show([Curve(steps, *line, width=1.5, is_line=curve.is_line) for line in lines])
        row.ends = self._ends(np.concatenate((spread[:, : len(lines)].ravel(), now.ravel())))
        newest = max(int(steps[-1]) if len(steps) else 0, snapshot.step)
        shown = snapshot.step if snapshot.is_past else None
        self.show_steps(steps, newest, shown, snapshot.run)
        self.fit_curves()
        self._read(curve, now, snapshot, len(lines))

    def _ends(self, values: Array) -> tuple[float, float]:
        """Return the ends of an axis over whole decades, at least one, with zero at the bottom."""
        positive = values[values > 0]
        low, high = -1, 0
        if len(positive):
            low = math.floor(math.log10(positive.min()))
            high = max(math.ceil(math.log10(positive.max())), low + 1)
        has_zero = len(positive) < len(values)
        self._axis.zero = low - _ZERO_SPACE if has_zero else None
        return (low - _ZERO_SPACE if has_zero else low) - 0.05, high + 0.05

    def _read(self, curve: SpreadCurve, now: Array, snapshot: Snapshot, count: int) -> None:
        """Mark and read out the values at the step shown, or at the recorded one pointed at."""
        step, spread, place = snapshot.step, now, 0
        if (pointed := self.pointed) is not None:
            step, spread = pointed, curve.spread
            place = int(np.searchsorted(curve.steps, pointed))
        values = spread[place, :count].tolist()
        fill, ring = self._theme.accent, self._theme.panel
        points = [round_point(step, value, fill, ring, 4.0) for value in values]
        texts = [numerals.real(value, 3) if value else "0" for value in values]
        named = ", ".join(f"{n} {t}" for n, t in zip(_NAMES, texts, strict=False))
        full = named if count > 1 else texts[0]
        at = f" at {numerals.whole(step)}"
        readings = (full + at * (pointed is not None or snapshot.is_past), full, ", ".join(texts))
        row = self.rows[0]
        row.point(points, *readings)
        last, ends = (curve.steps, curve.spread) if len(curve.steps) else ([snapshot.step], now)
        names = zip(ends[-1].tolist(), _NAMES, strict=True)
        row.label([PlotLabel(int(last[-1]), *name) for name in names] if count > 1 else [])
