"""How far the run of a task is."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen

from xorviz.core import numerals
from xorviz.lessons.evidence import Evidence, RunSeen
from xorviz.panels.lesson.pages.words import ROWS
from xorviz.ui.draw.painted import PaintedPart
from xorviz.ui.guard import guarded

_ROWS = 4
_LINE, _BESIDE = 1.2, 4.3
"""Height of a line with what is around it, and width of the dots, in heights of a line."""
_BAR = 4
"""Height in pixels."""


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

    def heightForWidth(self, width: int) -> int:
        lines = 3 if self._wraps(width) else 2
        return round((lines * _LINE + 0.1) * self.fontMetrics().height()) + _BAR

    def _wraps(self, width: int) -> bool:
        """Return whether the rows are counted below the dots, as they have no room beside them."""
        metrics = self.fontMetrics()
        return _BESIDE * metrics.height() + metrics.horizontalAdvance(_counted(_ROWS)) > width

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, roles, line = QPainter(self), QPalette.ColorRole, self.fontMetrics().height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_dots(painter)
        high = _LINE * line
        told = "not run yet" if self._rows is None else _counted(self._rows)
        wraps = self._wraps(self.width())
        count = QRectF(0 if wraps else _BESIDE * line, high * wraps, self.width(), high)
        step = QRectF(0, high * (1 + wraps), self.width(), high)
        has_room = self.fontMetrics().horizontalAdvance(self.text) <= self.width()
        for space, role, text in (
            (count, roles.Text, told),
            (step, roles.PlaceholderText, self.text if has_room else self.text[len("step ") :]),
        ):
            painter.setPen(self.palette().color(role))
            painter.drawText(space, Qt.AlignmentFlag.AlignVCenter, text)
        if self._limit:
            self._paint_bar(painter)
        painter.end()

    def _paint_dots(self, painter: QPainter) -> None:
        roles, line = QPalette.ColorRole, self.fontMetrics().height()
        for row in range(_ROWS):
            is_right = row < (self._rows or 0)
            color = self.palette().color(roles.Accent if is_right else roles.PlaceholderText)
            painter.setPen(QPen(color, 1.4))
            painter.setBrush(color if is_right else Qt.BrushStyle.NoBrush)
            middle = QPointF((row + 0.5) * line, _LINE / 2 * line)
            painter.drawEllipse(middle, 0.3 * line, 0.3 * line)

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


def _counted(rows: int) -> str:
    return f"{rows} of {_ROWS} rows correct"
