"""Dashed lines with texts at steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.plot.curve_row import Curves
from xorviz.ui.plot.overlay import Overlay, Scales
from xorviz.ui.theme.palette import faint

_MARK_ROWS = 4
GAP = 4.0
_NEAR = 4.0
"""Pixels from a line within which the mouse is at it."""
_AROUND = 4.0
"""Pixels between a text and a curve."""
_VEIL = 190
"""Opacity of a text's background, of 255: lines below stay visible."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """A line with a text."""

    step: float
    text: str
    is_success: bool = False
    tip: str = ""


class StepMarks(Overlay):
    """All marks as one item. Their texts are beside their lines, where nothing else is.

    A text without such a place is left out; the tool tip has it.
    """

    def __init__(
        self,
        scales: Scales,
        curves: Sequence[Curves] = (),
        taken: Callable[[QFont], QRectF] = lambda _: QRectF(),
    ) -> None:
        """Keep texts off curves, and off a rectangle in the plot, which depends on its font."""
        super().__init__(scales)
        self._curves, self._taken = curves, taken
        self.marks: list[StepMark] = []
        self._places: list[tuple[StepMark, QRectF, QRectF]] = []
        """Each mark that is in sight, with its line, and its text where there is one."""
        self.setZValue(5)

    def show_marks(self, marks: list[StepMark]) -> None:
        """Draw these marks."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def mark_at(self, point: QPointF) -> StepMark | None:
        """Return the mark whose line or text is at a point of the view box, if any."""
        for mark, line, text in reversed(self._places):
            if line.contains(point) or text.contains(point):
                return mark
        return None

    def tip_at(self, point: QPointF) -> str:
        mark = self.mark_at(point)
        return mark.tip if mark else ""

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        area = self.scales.area
        self._places = self._placed(area, painter.font())
        for mark, line, _ in self._places:
            painter.setPen(QPen(self._ink(mark), self._theme.stroke, Qt.PenStyle.DashLine))
            x = line.center().x()
            painter.drawLine(QPointF(x, 0), QPointF(x, area.height()))
        for mark, _, text in self._places:  # above all lines
            if not text.isEmpty():
                painter.fillRect(text, faint(self._theme.panel, _VEIL))
                painter.setPen(self._ink(mark))
                painter.drawText(text, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _placed(self, area: QRectF, font: QFont) -> list[tuple[StepMark, QRectF, QRectF]]:
        """Return each mark in sight with its line, and with its text where there is room for it.

        The newest come first.
        """
        space = LabelSpace(area, crossing=self._crossing)
        space.take(self._taken(font))
        metrics = QFontMetricsF(font)
        across = self.scales.x_of(np.array([mark.step for mark in self.marks], dtype=float))
        seen = [one for one in enumerate(across.tolist()) if 0 <= one[1] <= area.width()]
        placed = []
        for place, x in reversed(seen):
            mark, line = self.marks[place], QRectF(x - _NEAR, 0, 2 * _NEAR, area.height())
            size = QSizeF(metrics.horizontalAdvance(mark.text), metrics.height())
            sides = x + GAP, x - GAP - size.width()
            lefts = [one for one in sides if 0 <= one <= area.width() - size.width()]
            # Texts alternate between some rows, so that neighbours are beside their lines.
            top = place % _MARK_ROWS * (size.height() + GAP)
            placed.append((mark, line, space.below(top, lefts, size) or QRectF()))
        return placed[::-1]

    def _crossing(self, left: float, right: float) -> Iterator[tuple[float, float]]:
        """Yield the ends of each curve in columns of pixels, with some space around it."""
        for curves in self._curves:
            for high, low in curves.crossing(left - _AROUND, right + _AROUND):
                yield high - _AROUND, low + _AROUND

    def _ink(self, mark: StepMark) -> QColor:
        return QColor(self._theme.accent if mark.is_success else self._theme.quiet)
