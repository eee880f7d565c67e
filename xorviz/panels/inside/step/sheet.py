"""Lines of arithmetic: formulas, and the same with numbers below."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from xorviz.core.analysis.formula import Line
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold

_GAP = 9
"""Pixels between lines of arithmetic."""
_MARGIN = 10
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


@guarded
class StepSheet(Canvas):
    """Lines of arithmetic wrapped to the widget's width; its spots are their indices."""

    def __init__(self) -> None:
        super().__init__(QSize(200, 40), QSize(120, 40))
        self.setObjectName("step_sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lines: Sequence[Line] = ()
        self.rects: list[QRect] = []
        self._unit: int | None = None

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        if [self._height_of(line) for line in lines] != [rect.height() for rect in self.rects]:
            self.lay_out()
        self.update()

    def show_unit(self, unit: int | None) -> None:
        self._unit = unit
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.rects[-1].bottom() + _MARGIN if self.rects else 40)

    def spot_at(self, point: QPointF) -> int | None:
        at = point.toPoint()
        return next((i for i, rect in enumerate(self.rects) if rect.contains(at)), None)

    def neighbour(self, dx: int, dy: int) -> int | None:  # noqa: ARG002
        """Return the line above or below the marked one; at first an outermost one."""
        if not self.lines:
            return None
        last = len(self.lines) - 1
        if self.marked is None:
            return 0 if dy > 0 else last
        moved: int = self.marked + dy
        return min(max(moved, 0), last)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint only the visible lines, in 0.6 ms: a wide network has hundreds."""
        painter = QPainter(self)
        for index, (line, rect) in enumerate(zip(self.lines, self.rects, strict=True)):
            if rect.intersects(event.rect()):
                self._paint_line(painter, line, rect, index == self.marked)
        painter.end()

    def _lay_out(self) -> None:
        top, rects = _MARGIN, []
        for line in self.lines:
            height = self._height_of(line)
            rects.append(QRect(_MARGIN, top, self.width() - 2 * _MARGIN, height))
            top += height + _GAP
        self.rects = rects
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()

    def _height_of(self, line: Line) -> int:
        upper, lower = self._texts(line)
        below = self._wrapped(lower).height() + 1 if lower else 0
        return self._wrapped(upper).height() + below

    def _wrapped(self, text: str) -> QRect:
        rect = QRect(0, 0, max(40, self.width() - 2 * _MARGIN - self._indent()), 10_000)
        return self.fontMetrics().boundingRect(rect, _WRAPPED, text)

    def _texts(self, line: Line) -> tuple[str, str]:
        """Return the upper and the lower row; a given value has no lower row."""
        if line.formula == line.name:
            return f"= {line.numbers}", ""
        return f"= {line.formula}", f"= {line.numbers} = {line.result}"

    def _indent(self) -> int:
        metrics = QFontMetrics(bold(self.font()))
        widths = [metrics.horizontalAdvance(line.name) for line in self.lines]
        return min(max(widths, default=0), self.width() // 3) + _GAP

    def _paint_line(self, painter: QPainter, line: Line, rect: QRect, is_marked: bool) -> None:
        theme, indent = self.theme, self._indent()
        is_of_unit = self._unit is not None and line.unit == self._unit
        if is_marked or is_of_unit:
            painter.fillRect(rect.adjusted(-6, -4, 6, 4), QColor(theme.hover))
            painter.fillRect(rect.left() - 8, rect.top() - 4, 3, rect.height() + 8,
                             QColor(theme.accent))  # fmt: skip
        painter.setFont(bold(self.font()))
        painter.setPen(QColor(theme.accent if is_marked else theme.text))
        name = QRect(rect.left(), rect.top(), indent - 2, rect.height())
        painter.drawText(name, _WRAPPED, line.name)
        upper, lower = self._texts(line)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.text))
        body = rect.adjusted(indent, 0, 0, 0)
        height = self._wrapped(upper).height()
        painter.drawText(body, _WRAPPED, upper)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(body.adjusted(0, height + 1, 0, 0), _WRAPPED, lower)
