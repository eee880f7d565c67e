"""The curvature of the loss: its eigenvalues as bars, and what they say of the place."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, curvature_of
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.diagnosis.verdict import verdict
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import BarPlot

_DECADES, _TICK = 6, 2
"""Decades from the zero line to either end, and from one tick to the next."""
_SHORTEST = 1e-9
"""Decades of a smaller value, whose bar is the shortest."""
_FEWEST = 6
"""Bars that fill the width, so that few are not too wide."""


@guarded
class EigenvalueBars(BarPlot):
    """Bars on a logarithmic scale in both directions. The scale changes by whole decades only."""

    def __init__(self) -> None:
        self._top = 0
        """Exponent of ten at either end."""
        self._axis = ScaledAxis("left", self._label)  # its values are decades from the zero line
        self._axis.fix([float(decade) for decade in range(-_DECADES, _DECADES + 1, _TICK)])
        super().__init__("Eigenvalues", self._axis, "Eigenvalues, largest first")
        self.rows[0].scales.step_axis.hide()
        self.rows[0].ends = -_DECADES - 0.4, _DECADES + 0.4
        self.values: Array = np.empty(0)
        """(B,) the eigenvalues that are shown, largest first."""
        self._curvature: Curvature | None = None
        self._use_font()

    def _use_font(self) -> None:
        super()._use_font()
        line = self.fontMetrics().height()
        for row in self.rows:  # below is the lower half of the lowest text
            row.scales.layout().setContentsMargins(0, 0, 0, line // 2)
        self.setFixedHeight(11 * line)

    def sizeHint(self) -> QSize:
        return QSize(280, self.minimumHeight())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the column, which scrolls; keys zoom."""
        event.ignore()

    def show_curvature(self, found: Curvature) -> None:
        """Show the eigenvalues of a place."""
        if len(found.eigenvalues) != len(self.values):
            self.follow()
        self._curvature, self.values = found, found.eigenvalues[::-1]
        if (largest := float(np.abs(self.values).max(initial=0.0))) > 0:
            needed = math.ceil(math.log10(largest) - 1e-9)
            if not self._top - 1 <= needed <= self._top:
                self._top = needed
                self._axis.set_log(is_log=False)  # updates the tick labels
        self._draw()

    def _draw(self) -> None:
        if (found := self._curvature) is None:
            return
        parts = (
            (found.positive, self._theme.plus),
            (found.zero, self._theme.quiet),
            (found.negative, self._theme.minus),
        )
        colors = [color for count, color in parts for _ in range(count)]
        with np.errstate(divide="ignore"):
            decades = np.log10(np.abs(self.values)) - self._top + _DECADES
        heights = np.sign(self.values) * np.clip(decades, _SHORTEST, _DECADES)
        heights[found.positive : found.positive + found.zero] = 0
        self.bars.show_bars(np.arange(len(heights) + 1.0), heights, colors, shows_zeros=True)
        self.step_ends = 0.0, float(max(len(heights), _FEWEST))
        self.fit_curves()

    def _label(self, decades: float) -> str:
        """Return the text of a decade, counted from the zero line."""
        if not decades:
            return "0"
        exponent = self._top - _DECADES + round(abs(decades))
        sign = numerals.MINUS if decades < 0 else ""
        return sign + (str(10**exponent) if 0 <= exponent <= 2 else numerals.ten_to(exponent))


class CurvaturePart(QWidget):
    """The eigenvalues of the Hessian and a verdict: whether training leaves this place."""

    def __init__(self) -> None:
        super().__init__()
        self.bars = EigenvalueBars()
        self._text, self._quiet = plain_label("why_verdict"), plain_label()
        column(self, self._text, self.bars, self._quiet, margins=(0, 0, 0, 0), gap=6)

    def show_state(self, diagnosis: Diagnosis, seen: Snapshot) -> None:
        """Compute and show the curvature of a network: 0.4 ms at width 3, 7 ms at width 64."""
        found = curvature_of(seen.weights, seen.config)
        said = diagnosis.verdict or verdict(found, seen.config)
        self.bars.show_curvature(found)
        self._text.setText(f"{said.kind}. {said.sentence}")
        self._quiet.setText(" ".join((said.doubt, *said.evidence)))

    @property
    def said(self) -> str:
        """What is shown, in sentences."""
        return f"{self._text.text()} {self._quiet.text()}".strip()

    def rows(self) -> Iterable[tuple[str, str, float]]:
        """Yield the eigenvalues, largest first."""
        for place, value in enumerate(self.bars.values.tolist(), 1):
            yield str(place), "eigenvalue", value

    @property
    def marked_text(self) -> str:
        """The eigenvalue that is pointed at."""
        bar, values = self.bars.bars.marked, self.bars.values
        if bar is None or bar >= len(values):
            return ""
        return f"{bar + 1} of {len(values)}: {numerals.real(float(values[bar]), 4)}"
