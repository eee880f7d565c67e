"""Bar chart of eigenvalues, largest first."""

import math

import numpy as np
from PySide6.QtCore import QSize

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import BarPlot

DECADES = 6
"""Decades from the zero line to either end; smaller values get the shortest bar."""
_FEWEST = 6
"""Bars that fill the width, so that few are not too wide."""
_TITLE = "Eigenvalues, largest first"


@guarded
class SignedLogAxis(ScaledAxis):
    """A logarithmic axis in both directions from zero; its view coordinates are decades."""

    def __init__(self) -> None:
        super().__init__("left", self._label)
        self.top = 0
        """Exponent of ten at either end."""

    def to_view(self, values: Array) -> Array:
        with np.errstate(divide="ignore"):
            decades = np.log10(np.abs(values)) - self.top + DECADES
        return np.asarray(np.sign(values) * np.clip(decades, 0, DECADES))

    def from_view(self, position: float) -> float:
        return position

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: ARG002
        """Return as many decades as fit, zero among them."""
        per_decade = size / (2 * DECADES)
        line = self.text_height
        every = next((n for n in (1, 2, 3) if n * per_decade >= 1.3 * line), DECADES)
        return [(1.0, [float(d) for d in range(-DECADES, DECADES + 1, every)])]

    def _label(self, decades: float) -> str:
        """Return the text of a decade, counted from the zero line."""
        if not decades:
            return "0"
        exponent = self.top - DECADES + round(abs(decades))
        sign = numerals.MINUS if decades < 0 else ""
        return sign + (str(10**exponent) if 0 <= exponent <= 2 else numerals.ten_to(exponent))


@guarded
class EigenvalueBars(BarPlot):
    """Bars on a logarithmic scale in both directions. The scale changes by whole decades only."""

    def __init__(self) -> None:
        self._axis = SignedLogAxis()
        super().__init__("Eigenvalues", self._axis, _TITLE)
        row = self.rows[0]
        row.frame.bottom.hide()
        row.ends = -DECADES - 0.4, DECADES + 0.4
        self.values: Array = np.empty(0)
        """(B,) the eigenvalues that are shown."""
        self._negative = self._positive = 0
        self._use_font()

    def _use_font(self) -> None:
        super()._use_font()
        for row in self.rows:  # below is the lower half of the lowest text
            row.frame.layout().setContentsMargins(0, 0, 0, self.fontMetrics().height() // 2)

    def sizeHint(self) -> QSize:
        return QSize(280, 150)

    def show_values(self, falling: Array, negative: int, positive: int) -> None:
        """Show eigenvalues, largest first; all but the given numbers of each sign count as zero."""
        if len(falling) != len(self.values):
            self.follow()
        self.values, self._negative, self._positive = falling, negative, positive
        self._fit_scale(float(np.abs(falling).max(initial=0.0)))
        self._draw()

    def set_note(self, note: str) -> None:
        self.rows[0].point((), note)
        self.setToolTip(f"Eigenvalues {note} on a logarithmic scale: orange curves up, blue down")

    def _fit_scale(self, largest: float) -> None:
        """Change the scale only if a bar exceeds it or stays more than a decade below its end."""
        if largest > 0:
            needed = math.ceil(math.log10(largest) - 1e-9)
            if not self._axis.top - 1 <= needed <= self._axis.top:
                self._axis.top = needed
                self._axis.set_log(is_log=False)  # writes the texts anew

    def _draw(self) -> None:
        count = len(self.values)
        zeros = count - self._positive - self._negative
        colors = (
            [self._theme.plus] * self._positive
            + [self._theme.quiet] * zeros
            + [self._theme.minus] * self._negative
        )
        heights = self.values.copy()
        heights[self._positive : count - self._negative] = 0
        self.bars.show_bars(np.arange(count + 1.0), heights, colors, shows_zeros=True)
        self.step_ends = 0.0, float(max(count, _FEWEST))
        self.fit_curves()
