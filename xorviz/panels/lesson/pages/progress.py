"""How far the run of a task is."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen

from xorviz.core import numerals
from xorviz.lessons.evidence import Evidence, RunSeen
from xorviz.panels.lesson.pages.words import ROWS
from xorviz.ui.draw.painted_part import PaintedPart
from xorviz.ui.guard import guarded

_ROWS = 4
_BAR = 4
"""Pixels."""


@guarded
class RunProgress(PaintedPart):
    """A dot for each correct row, the step, and a bar; painted, so that it moves nothing."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit
        self._rows: int | None = None
        """None as long as there is no run of the task."""
        self._step = 0
        self.setObjectName("lesson_progress")
        self.setAccessibleName("Progress of the run")
        self._describe()

    @property
    def text(self) -> str:
        """The step and the limit."""
        step = numerals.whole(self._step)
        return f"step {step} of {numerals.whole(self._limit)}" if self._limit else f"step {step}"

    def show_seen(self, seen: Evidence | None) -> None:
        """Show how far a run is; None if it is not that of the task."""
        rows, step = (seen.rows, seen.newest) if isinstance(seen, RunSeen) else (None, 0)
        if rows != self._rows:
            self._rows = rows
            self._describe()
        self._step = step
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: ARG002
        return round(2.5 * self.fontMetrics().height()) + _BAR

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, roles, line = QPainter(self), QPalette.ColorRole, self.fontMetrics().height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, radius = self.palette(), 0.3 * line
        for row in range(_ROWS):
            is_right = row < (self._rows or 0)
            color = colors.color(roles.Accent if is_right else roles.PlaceholderText)
            painter.setPen(QPen(color, 1.4))
            painter.setBrush(color if is_right else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF((row + 0.5) * line, 0.55 * line), radius, radius)
        painter.setPen(colors.color(roles.Text))
        beside = QRectF((_ROWS + 0.3) * line, 0, self.width(), 1.1 * line)
        middle = Qt.AlignmentFlag.AlignVCenter
        told = "not run yet" if self._rows is None else f"{self._rows} of {_ROWS} rows correct"
        painter.drawText(beside, middle, told)
        painter.setPen(colors.color(roles.PlaceholderText))
        painter.drawText(QRectF(0, 1.2 * line, self.width(), 1.1 * line), middle, self.text)
        if self._limit:
            self._paint_bar(painter)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        whole = QRectF(0, self.height() - _BAR, self.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().mid())
        painter.drawRoundedRect(whole, _BAR / 2, _BAR / 2)
        whole.setWidth(whole.width() * min(1.0, self._step / self._limit))
        painter.setBrush(self.palette().accent())
        painter.drawRoundedRect(whole, _BAR / 2, _BAR / 2)

    def _describe(self) -> None:
        """Say to screen readers how many rows are correct, not each step."""
        of = f" The run takes {numerals.whole(self._limit)} steps." if self._limit else ""
        told = "Not run yet." if self._rows is None else f"{ROWS[self._rows]} correct."
        self.setAccessibleDescription(f"{told[:1].upper()}{told[1:]}{of}")
