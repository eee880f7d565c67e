"""Lines of arithmetic: formulas, and the same with numbers below."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from xorviz.core.analysis.explanation import Line
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.formula import Formula, flowed, typeset
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold

_GAP = 9
"""Pixels between lines of arithmetic."""
_MARGIN = 10
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


@guarded
class StepSheet(Canvas):
    """Lines of arithmetic as wide as the widget; its spots are their indices."""

    def __init__(self) -> None:
        super().__init__(QSize(200, 40), QSize(120, 40))
        self.setObjectName("step_sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lines: Sequence[Line] = ()
        self.rects: list[QRect] = []
        self._unit: int | None = None
        self._indent = _GAP
        """Pixels from the left to the formulas."""

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._measure_names()
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
        """Paint only the visible lines: a wide network has hundreds."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (line, rect) in enumerate(zip(self.lines, self.rects, strict=True)):
            if rect.intersects(event.rect()):
                self._paint_line(painter, line, rect, index == self.marked)
        painter.end()

    def _lay_out(self) -> None:
        self._measure_names()
        top, rects = _MARGIN, []
        for line in self.lines:
            height = self._height_of(line)
            rects.append(QRect(_MARGIN, top, self.width() - 2 * _MARGIN, height))
            top += height + _GAP
        self.rects = rects
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()

    def _height_of(self, line: Line) -> int:
        """Return the height of a formula, and of its numbers below it."""
        numbers = self._numbers(line)
        below = self._wrapped(numbers).height() + 1 if numbers else 0
        name, formula = self._upper(line)
        return math.ceil(max(name.ascent, formula.ascent) + _lowest(name, formula)) + below

    def _room(self) -> int:
        """Return the width of the formulas."""
        return max(40, self.width() - 2 * _MARGIN - self._indent)

    def _wrapped(self, text: str) -> QRect:
        rect = QRect(0, 0, self._room(), 10_000)
        return self.fontMetrics().boundingRect(rect, _WRAPPED, text)

    def _upper(self, line: Line) -> tuple[Formula, Formula]:
        """Return a line's name and formula; a given value has no formula."""
        text = f"= {line.numbers if line.formula == line.name else line.formula}"
        formula = flowed(text, self.font(), float(self._room()))
        return typeset(line.name, bold(self.font())), formula

    def _numbers(self, line: Line) -> str:
        return "" if line.formula == line.name else f"= {line.numbers} = {line.result}"

    def _measure_names(self) -> None:
        """Find the width that the names take."""
        font = bold(self.font())
        widths = [typeset(line.name, font).width for line in self.lines]
        self._indent = min(math.ceil(max(widths, default=0.0)), self.width() // 3) + _GAP

    def _paint_line(self, painter: QPainter, line: Line, rect: QRect, is_marked: bool) -> None:
        theme = self.theme
        is_of_unit = self._unit is not None and line.unit == self._unit
        if is_marked or is_of_unit:
            painter.fillRect(rect.adjusted(-6, -4, 6, 4), QColor(theme.hover))
            bar = round(3 * theme.stroke)
            painter.fillRect(rect.left() - 8, rect.top() - 4, bar, rect.height() + 8,
                             QColor(theme.accent))  # fmt: skip
        name, formula = self._upper(line)
        base = rect.top() + max(name.ascent, formula.ascent)
        name.paint(painter, QPointF(rect.left(), base),
                   QColor(theme.accent if is_marked else theme.text))  # fmt: skip
        left = rect.left() + self._indent
        formula.paint(painter, QPointF(left, base), QColor(theme.text))
        painter.setFont(self.font())
        painter.setPen(QColor(theme.quiet))
        top = round(base + _lowest(name, formula)) + 1
        below = QRect(left, top, self._room(), max(rect.bottom() - top, 1) + 2)
        painter.drawText(below, _WRAPPED, self._numbers(line))


def _lowest(name: Formula, formula: Formula) -> float:
    """Return how far name and formula reach below their baseline."""
    return max(name.descent, formula.descent)
