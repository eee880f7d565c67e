"""Lines of arithmetic: formulas, and the same with numbers below."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xorviz.core.analysis.formula import Line
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

_GAP = 9
"""Pixels between lines of arithmetic."""
_MARGIN = 10
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


@guarded
class StepSheet(QWidget):
    """Lines of arithmetic wrapped to the widget's width. Paints only the visible ones."""

    line_pointed = Signal(object)  # Line | None
    line_clicked = Signal(object)  # Line | None

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("step_sheet")
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = LIGHT
        self._lines: Sequence[Line] = ()
        self._rects: list[QRect] = []
        self._marked: int | None = None
        self._unit: int | None = None
        self._pointed: Line | None = None

    @property
    def lines(self) -> Sequence[Line]:
        return self._lines

    @property
    def marked(self) -> int | None:
        return self._marked

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_lines(self, lines: Sequence[Line]) -> None:
        is_alike = [line.formula for line in lines] == [line.formula for line in self._lines]
        self._lines = lines
        if not is_alike or self._heights_changed():
            self._lay_out()
        self.update()

    def mark(self, index: int | None) -> None:
        if index != self._marked:
            self._marked = index
            self.update()

    def show_unit(self, unit: int | None) -> None:
        if unit != self._unit:
            self._unit = unit
            self.update()

    def rect_of(self, index: int) -> QRect:
        return self._rects[index]

    def text_of(self, line: Line) -> str:
        return f"{line.name} = {line.formula} = {line.numbers} = {line.result}"

    def sizeHint(self) -> QSize:
        return QSize(200, self._rects[-1].bottom() + _MARGIN if self._rects else 40)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, (line, rect) in enumerate(zip(self._lines, self._rects, strict=True)):
            if rect.intersects(event.rect()):
                self._paint_line(painter, line, rect, index == self._marked)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.line_clicked.emit(self._line_under(event.position().toPoint()))

    def leaveEvent(self, event: object) -> None:  # noqa: ARG002
        self._point_at(QPoint(-1, -1))

    def _line_under(self, position: QPoint) -> Line | None:
        pairs = zip(self._lines, self._rects, strict=True)
        return next((line for line, rect in pairs if rect.contains(position)), None)

    def _point_at(self, position: QPoint) -> None:
        line = self._line_under(position)
        if line is not self._pointed:
            self._pointed = line
            self.line_pointed.emit(line)

    def _heights_changed(self) -> bool:
        heights = [self._height_of(line) for line in self._lines]
        return heights != [rect.height() for rect in self._rects]

    def _lay_out(self) -> None:
        top, rects = _MARGIN, []
        for line in self._lines:
            height = self._height_of(line)
            rects.append(QRect(_MARGIN, top, self.width() - 2 * _MARGIN, height))
            top += height + _GAP
        self._rects = rects
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

    def _bold_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _indent(self) -> int:
        metrics = QFontMetrics(self._bold_font())
        widths = [metrics.horizontalAdvance(line.name) for line in self._lines]
        return min(max(widths, default=0), self.width() // 3) + _GAP

    def _paint_line(self, painter: QPainter, line: Line, rect: QRect, is_marked: bool) -> None:
        theme, indent = self._theme, self._indent()
        is_of_unit = self._unit is not None and line.unit == self._unit
        if is_marked or is_of_unit:
            painter.fillRect(rect.adjusted(-6, -4, 6, 4), QColor(theme.hover))
            painter.fillRect(rect.left() - 8, rect.top() - 4, 3, rect.height() + 8,
                             QColor(theme.accent))  # fmt: skip
        painter.setFont(self._bold_font())
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
