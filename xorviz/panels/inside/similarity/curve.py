"""The differences between hidden units over a run."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.symmetry import SpreadCurve
from xorviz.core.arrays import Array
from xorviz.ui.chrome.elided_label import ElidedLabel
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotLabel, round_point
from xorviz.ui.theme.palette import LIGHT, Theme

_NAMES = ("largest", "smallest")
_BESIDE = 64
"""Pixels for them beside the axes."""
_ZERO_SPACE = 0.6
"""Decades from the lowest power of ten to the line for exact zeros."""


@dataclass(frozen=True, slots=True, eq=False)
class CurveData:
    """The content of the plot."""

    curve: SpreadCurve
    now: Array
    """(1, 2) the largest and the smallest difference at the shown step."""
    step: int
    is_past: bool
    sentence: str
    """About equal units; empty if there are none."""
    run: int = 0


@guarded
class SimilarityCurve(QWidget):
    """The largest and the smallest difference between two units, on a logarithmic axis.

    Exact zeros have a line of their own below the lowest decade.
    """

    step_requested = Signal(object)  # int

    def __init__(self) -> None:
        super().__init__()
        self._axis = ScaledAxis("left", _tick_text, smallest=1e-300)
        self._axis.set_log(True)
        name = "Differences of hidden units against step"
        self._plot = CurvePlot(name, self._axis, titles=["Difference"], beside=_BESIDE)
        self._sentence = ElidedLabel()
        self._shown: CurveData | None = None
        self._theme = LIGHT
        self.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._sentence)
        layout.addWidget(self._plot, 1)
        self._plot.pointed_at.connect(self._point_at)
        self._plot.step_requested.connect(self.step_requested)
        self._plot.fitted.connect(self._draw)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._plot.apply_theme(theme)
        self._draw()

    def show_curve(self, shown: CurveData | None) -> None:
        self._shown = shown
        self._sentence.setText("" if shown is None else shown.sentence)
        self._sentence.setVisible(bool(self._sentence.text()))
        self.setAccessibleDescription(self._sentence.text())
        self._draw()

    @Slot(object)
    def _point_at(self, step: float | None) -> None:
        self._plot.mark(step)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        shown, row = self._shown, self._plot.rows[0]
        self._plot.setVisible(shown is not None)
        if shown is None:
            return
        steps, spread, is_line = shown.curve.steps, shown.curve.spread, shown.curve.is_line
        lines = [(spread[:, 0], self._theme.text, ()), (spread[:, 1], self._theme.quiet, (4, 3))]
        if self._is_one_line(shown):
            lines = lines[:1]
        row.show([Curve(steps, *line, width=1.5, is_line=is_line) for line in lines])
        known = np.concatenate((spread[:, : len(lines)].ravel(), shown.now.ravel()))
        row.ends = self._ends(known)
        newest = max(int(steps[-1]) if len(steps) else 0, shown.step)
        self._plot.show_steps(steps, newest, shown.step if shown.is_past else None, shown.run)
        self._plot.fit_curves()
        self._read(shown, len(lines))

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

    def _read(self, shown: CurveData, count: int) -> None:
        """Mark and read out the values at the step shown, or at the recorded one pointed at."""
        step, spread, place = shown.step, shown.now, 0
        if (pointed := self._plot.pointed) is not None:
            step, spread = pointed, shown.curve.spread
            place = int(np.searchsorted(shown.curve.steps, pointed))
        values = spread[place, :count].tolist()
        fill, ring = self._theme.accent, self._theme.panel
        points = [round_point(step, value, fill, ring, 4.0) for value in values]
        texts = [_difference_text(value) for value in values]
        named = ", ".join(f"{n} {t}" for n, t in zip(_NAMES, texts, strict=False))
        full = named if count > 1 else texts[0]
        at = f" at {numerals.whole(step)}"
        readings = (full + at * (pointed is not None or shown.is_past), full, ", ".join(texts))
        row = self._plot.rows[0]
        row.point(points, *readings)
        row.label(_names(shown) if count > 1 else [])

    def _is_one_line(self, shown: CurveData) -> bool:
        """Tell whether largest and smallest difference are always equal."""
        pairs = (shown.curve.spread, shown.now)
        return all(np.array_equal(spread[:, 0], spread[:, 1]) for spread in pairs)


def _names(shown: CurveData) -> list[PlotLabel]:
    """Return the names of both lines, at their ends."""
    step, ends = shown.step, shown.now
    if len(shown.curve.steps):
        step, ends = int(shown.curve.steps[-1]), shown.curve.spread
    values = ends[-1].tolist()
    return [PlotLabel(step, value, name) for value, name in zip(values, _NAMES, strict=True)]


def _difference_text(value: float) -> str:
    return numerals.real(value, 3) if value else "0"


def _tick_text(value: float) -> str:
    """Return a round number as text: 0.01, 1, 10⁻⁶, 3·10⁻⁶."""
    if value == 0 or 1e-2 <= value <= 1e3:
        return f"{value:.6g}"
    exponent = math.floor(math.log10(value) + 1e-9)
    lead = f"{value / 10.0**exponent:.3g}"
    return numerals.ten_to(exponent) if lead == "1" else f"{lead}·{numerals.ten_to(exponent)}"
