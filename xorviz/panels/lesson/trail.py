"""The stages of a lesson, and which is the present one."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPen

from xorviz.lessons.course import Course, Stage
from xorviz.ui.draw.painted import PaintedPart
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold

NAMES = {
    Stage.PLAY: "Play",
    Stage.PREDICT: "Predict",
    Stage.DO: "Run",
    Stage.WHY: "See why",
    Stage.EXERCISE: "Try it",
}


@guarded
class Trail(PaintedPart):
    """A dot for each stage: filled behind, ringed at the present one, hollow ahead.

    Their names stand below, or where they have no room that of the present one alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stages: list[Stage] = []
        self._at = 0
        self.setObjectName("lesson_trail")

    def show_course(self, course: Course) -> None:
        """Show how far a course is."""
        lesson = course.lesson
        missing = {Stage.PLAY: not lesson.play, Stage.EXERCISE: lesson.exercise is None}
        self._stages = [stage for stage in NAMES if not missing.get(stage, False)]
        count, said = len(self._stages), "Lesson done"
        self._at = count
        if course.stage is not Stage.DONE:
            self._at = self._stages.index(course.stage)
            said = f"Stage {self._at + 1} of {count}: {NAMES[course.stage]}"
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: ARG002
        return round(2.3 * self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if not self._stages:
            return
        painter, line = QPainter(self), self.fontMetrics().height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns, y = self._columns(), 0.6 * line
        middles = [QPointF(left + wide / 2, y) for left, wide in columns]
        painter.setPen(QPen(self.palette().mid().color(), 1.5))
        painter.drawLine(middles[0], middles[-1])
        for number, (left, wide) in enumerate(columns):
            self._paint_dot(painter, middles[number], 0.26 * line, number)
            space = QRectF(left, 1.15 * line, wide, 1.1 * line)
            self._paint_name(painter, NAMES[self._stages[number]], number, space)
        painter.end()

    def _widths(self) -> list[int]:
        wide = QFontMetrics(bold(self.font())).horizontalAdvance
        return [wide(NAMES[stage]) + 6 for stage in self._stages]

    def _columns(self) -> list[tuple[float, float]]:
        """Return the left edge and the width of each stage's part."""
        widths, count = self._widths(), len(self._stages)
        if (spare := self.width() - sum(widths)) < 0:
            share = self.width() / count
            return [(number * share, share) for number in range(count)]
        gap = spare / max(count - 1, 1)
        return [(sum(widths[:number]) + number * gap, wide) for number, wide in enumerate(widths)]

    def _paint_dot(self, painter: QPainter, at: QPointF, radius: float, number: int) -> None:
        roles, colors = QPalette.ColorRole, self.palette()
        role = roles.PlaceholderText if number > self._at else roles.Accent
        painter.setPen(QPen(colors.color(role), 1.6))
        painter.setBrush(colors.base() if number >= self._at else colors.accent())
        size = radius * (1.5 if number == self._at else 1)
        painter.drawEllipse(at, size, size)
        if number == self._at:
            painter.setBrush(colors.accent())
            painter.drawEllipse(at, 0.7 * radius, 0.7 * radius)

    def _paint_name(self, painter: QPainter, name: str, number: int, space: QRectF) -> None:
        widths, is_here = self._widths(), number == self._at
        if sum(widths) > self.width():
            if not is_here:
                return
            wide = widths[number]
            left = min(max(0.0, space.center().x() - wide / 2), self.width() - wide)
            space = QRectF(left, space.top(), wide, space.height())
        role = QPalette.ColorRole.Text if is_here else QPalette.ColorRole.PlaceholderText
        painter.setPen(self.palette().color(role))
        painter.setFont(bold(self.font()) if is_here else self.font())
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, name)
