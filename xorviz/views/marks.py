"""Dashed lines on the loss plot: where a setting changed, and since when all rows are right."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from xorviz.core import numerals
from xorviz.core.trainer import Snapshot
from xorviz.views.axes import ScaledAxis
from xorviz.views.palette import LIGHT, Theme

MOST = 100
"""Marks drawn at most, the newest: a slider dragged during a run makes one at each turn."""

_ROWS = 3
"""Heights between which the texts alternate, so that neighbours do not cover each other."""
_GAP = 4.0
_VEIL = 190
"""How opaque the ground of a text is, of 255: the curve below stays in sight."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One line with its text."""

    step: int
    text: str
    is_success: bool = False


def marks_of(snapshot: Snapshot) -> list[Mark]:
    """Return what is worth marking in a run."""
    marks = [
        Mark(change.step, f"{change.field} {numerals.plain(change.value)}")
        for change in snapshot.changes[-MOST:]
    ]
    if snapshot.right_since is not None and snapshot.step > 0:
        marks.append(Mark(snapshot.right_since, "all four right", is_success=True))
    return marks


class Marks(QGraphicsItem):
    """All marks as one item over a view box.

    pyqtgraph's own lines and labels are cycles of Python and Qt objects: hundreds of them would
    be left to Python's garbage collector, and one that it frees in another thread is fatal.
    """

    def __init__(self, box: pg.ViewBox, step_axis: ScaledAxis) -> None:
        super().__init__(box)
        self._box = box
        self._axis = step_axis
        self._theme = LIGHT
        self.marks: list[Mark] = []
        self.setZValue(5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigXRangeChanged.connect(self.place)
        box.sigResized.connect(self.place)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the marks of this snapshot."""
        marks = marks_of(snapshot)
        if marks != self.marks:
            self.marks = marks
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def place(self) -> None:
        """Follow the step axis and the size of the plot."""
        self.prepareGeometryChange()
        self.update()

    def x_of(self, mark: Mark) -> float:
        """Return where a mark stands, in pixels from the left edge of the view box."""
        (left, right), _ = self._box.viewRange()
        position = float(self._axis.to_view(np.array([float(mark.step)]))[0])
        return float((position - left) / (right - left) * self._box.rect().width())

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,
    ) -> None:
        if widget is not None:
            painter.setFont(widget.font())
        metrics = QFontMetricsF(painter.font())
        area = self.boundingRect()
        painter.setClipRect(area)
        for place, mark in enumerate(self.marks):
            x = self.x_of(mark)
            if area.left() <= x <= area.right():
                color = QColor(self._theme.accent if mark.is_success else self._theme.quiet)
                painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
                top = area.top() + (place % _ROWS) * (metrics.height() + _GAP)
                self._write(painter, mark.text, self._room(x, top, mark.text, metrics), color)

    def _room(self, x: float, top: float, text: str, metrics: QFontMetricsF) -> QRectF:
        """Return the place for a text: right of its line, or left of it where that is the end."""
        width = metrics.horizontalAdvance(text)
        fits = x + _GAP + width <= self.boundingRect().right()
        left = x + _GAP if fits else x - _GAP - width
        return QRectF(left, top, width, metrics.height())

    def _write(self, painter: QPainter, text: str, room: QRectF, color: QColor) -> None:
        veil = QColor(self._theme.panel)
        veil.setAlpha(_VEIL)
        painter.fillRect(room, veil)
        painter.setPen(color)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
