"""Marks on the loss plot: changes of the run, all rows correct, and the step shown."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.curves.overlay import Overlay, Scales
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import faint

MOST = 100
"""Largest number of marks drawn: a slider dragged during a run makes one at each move."""

MOST_CHANGES = 1000
"""Largest number of changes considered: a kick sets all weights at once."""

ROWS = 3
"""Lines between which the texts alternate, so that neighbours do not overlap."""
GAP = 4.0
_VEIL = 190
"""Opacity of a text's background, of 255: the curve below stays visible."""
_HANDLE = 5.0
"""Half the width of the handle at the step shown."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """A line with a text."""

    step: int
    text: str
    is_success: bool = False


def marks_of(snapshot: Snapshot) -> list[StepMark]:
    """Return the marks of the whole run, whichever step is shown."""
    changes = snapshot.interventions[-MOST_CHANGES:]
    marks = [
        mark
        for step, together in groupby(changes, key=lambda change: change.step)
        for mark in _marks_at(step, list(together))
    ][-MOST:]
    right_since = snapshot.record.right.since
    if right_since is not None and snapshot.record.newest > 0:
        marks.append(StepMark(right_since, "all four right", is_success=True))
    return marks


def _marks_at(step: int, changes: list[Intervention]) -> list[StepMark]:
    """Return the marks of a step; several weights set at once share one."""
    weights = [change for change in changes if change.index]
    if len(weights) < 2:
        return [StepMark(step, f"{c.name} {numerals.plain(c.value)}") for c in changes]
    others = [change for change in changes if not change.index]
    return [*_marks_at(step, others), StepMark(step, f"{len(weights)} weights")]


@guarded
class Marks(Overlay):
    """All marks as one item, and a solid line with a handle at a past step that is shown."""

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self.marks: list[StepMark] = []
        self.shown_step: int | None = None
        """The step shown, if the run has gone beyond it."""
        self.setZValue(5)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the marks of this snapshot."""
        marks = marks_of(snapshot)
        shown_step = snapshot.step if snapshot.is_past else None
        if marks != self.marks or shown_step != self.shown_step:
            self.marks, self.shown_step = marks, shown_step
            self.update()

    def x_of(self, mark: StepMark) -> float:
        """Return a mark's position, in pixels from the left edge of the view box."""
        return self._across([mark.step])[0]

    def paint(self, painter: QPainter, _option: object, widget: QWidget | None = None) -> None:
        if widget is not None:
            painter.setFont(widget.font())
        metrics = QFontMetricsF(painter.font())
        area = self.boundingRect()
        painter.setClipRect(area)
        across = self._across([mark.step for mark in self.marks])
        for index, (mark, x) in enumerate(zip(self.marks, across, strict=True)):
            if area.left() <= x <= area.right():
                color = QColor(self._theme.accent if mark.is_success else self._theme.quiet)
                self._rule(painter, x, QPen(color, 1, Qt.PenStyle.DashLine))
                top = area.top() + (index % ROWS) * (metrics.height() + GAP)
                self._write(painter, mark.text, self._text_rect(x, top, mark.text, metrics), color)
        if self.shown_step is not None:
            (x,) = self._across([self.shown_step])
            if area.left() - _HANDLE <= x <= area.right() + _HANDLE:
                self._paint_cursor(painter, x)

    def _across(self, steps: list[int]) -> list[float]:
        """Return the positions of steps, in pixels from the left edge."""
        pixels: list[float] = self.scales.x_of(np.array(steps, dtype=float)).tolist()
        return pixels

    def _rule(self, painter: QPainter, x: float, pen: QPen) -> None:
        """Draw a line from top to bottom."""
        area = self.boundingRect()
        painter.setPen(pen)
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        accent = QColor(self._theme.accent)
        self._rule(painter, x, QPen(accent, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(accent)
        corners = ((-_HANDLE, 0), (_HANDLE, 0), (_HANDLE, _HANDLE), (0, 2 * _HANDLE),
                   (-_HANDLE, _HANDLE))  # fmt: skip
        top = self.boundingRect().top()
        painter.drawPolygon([QPointF(x + dx, top + dy) for dx, dy in corners])

    def _text_rect(self, x: float, top: float, text: str, metrics: QFontMetricsF) -> QRectF:
        """Return the rectangle of a text: right of its line, or left if it does not fit there."""
        width = metrics.horizontalAdvance(text)
        fits = x + GAP + width <= self.boundingRect().right()
        left = x + GAP if fits else x - GAP - width
        return QRectF(left, top, width, metrics.height())

    def _write(self, painter: QPainter, text: str, rect: QRectF, color: QColor) -> None:
        painter.fillRect(rect, faint(self._theme.panel, _VEIL))
        painter.setPen(color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
