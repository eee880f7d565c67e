"""A canvas of all trainable numbers of a network as coloured cells."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.network import Weights
from xorviz.core.runs.record import weight_name
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme, diverging_names, level

LABEL_WIDTH = 38
"""Pixels to the left of the cells, for the names of the rows."""
_CELL = QSize(120, 56)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: its field and index as in Intervention, its value, and its row and column."""

    field: str
    index: tuple[int, ...]
    value: float
    row: int
    column: int

    @property
    def name(self) -> str:
        """Its name: w1[x1→h3], b2."""
        return weight_name(self.field, self.index)

    @property
    def unit(self) -> int | None:
        """The number's hidden unit, from 0; the output's bias has none."""
        return None if self.field == "b2" else self.column


def cells(weights: Weights) -> list[Cell]:
    """Return w1, b1, w2 and b2: a column for each hidden unit, the output's bias at the end."""
    laid = [
        Cell("w1", (i, j), float(value), i, j)
        for i, values in enumerate(weights.w1)
        for j, value in enumerate(values)
    ]
    row, width = weights.w1.shape
    if weights.b1 is not None:
        laid += [Cell("b1", (j,), float(value), row, j) for j, value in enumerate(weights.b1)]
        row += 1
    laid += [Cell("w2", (j, 0), float(value), row, j) for j, value in enumerate(weights.w2[:, 0])]
    if weights.b2 is not None:
        laid.append(Cell("b2", (0,), float(weights.b2[0]), row, width))
    return laid


@guarded
class WeightCanvas(QWidget):
    """A canvas with cells as large as they fit; empty without cells."""

    pointed_at = Signal(object)  # (row, column): tuple[int, int] | None
    clicked = Signal()
    cell_clicked = Signal(object)  # (row, column): tuple[int, int] | None, with the left button
    cell_requested = Signal(object)  # (row, column): tuple[int, int], by a double-click
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[tuple[int, int], Cell] = {}
        self._limit = 1.0
        self._has_biases = False
        self._columns = self._rows = 1
        self._marked: Cell | None = None
        self._unit: int | None = None
        self.apply_theme(LIGHT)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 96)

    def sizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 4 * _CELL.width(), 4 * _CELL.height() + 16 + 24)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._ink, self._quiet = QColor(theme.text), QColor(theme.quiet)
        self._accent = QColor(theme.accent)
        self._colors = [(QColor(name), QColor(ink)) for name, ink in diverging_names(theme)]
        self.update()

    def show_cells(self, laid: list[Cell], limit: float, has_biases: bool) -> None:
        """Paint these cells; the colours range from -limit to limit."""
        self._cells = {(cell.row, cell.column): cell for cell in laid}
        self._limit, self._has_biases = limit, has_biases
        self._columns = 1 + max((cell.column for cell in laid), default=0)
        self._rows = 1 + max((cell.row for cell in laid), default=0)
        self.update()

    def cell_at(self, row: int, column: int) -> Cell | None:
        """Return the cell in a row and column, if any."""
        return self._cells.get((row, column))

    def mark(self, cell: Cell | None) -> None:
        """Frame this cell, or none."""
        if cell != self._marked:
            self._marked = cell
            self.update()

    def show_unit(self, unit: int | None) -> None:
        """Frame the column of this hidden unit in both layers, or none."""
        if unit != self._unit:
            self._unit = unit
            self.update()

    def rect_of(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a cell."""
        size = self._cell_size()
        gap = self._gap() if row == self._rows - 1 else 0
        space = 1 if size.width() > 8 else 0
        return QRectF(
            LABEL_WIDTH + column * size.width(),
            self._top() + row * size.height() + gap,
            size.width() - space,
            size.height() - 1,
        )

    def _place_under(self, point: QPointF) -> tuple[int, int] | None:
        return next((place for place in self._cells if self.rect_of(*place).contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self._place_under(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()
        if event.button() == Qt.MouseButton.LeftButton:
            self.cell_clicked.emit(self._place_under(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_under(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cell_requested.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if not self._cells:
            return
        painter = QPainter(self)
        self._paint_labels(painter)
        text_width = painter.fontMetrics().horizontalAdvance(f"{numerals.MINUS}00.00") + 4
        writes = self._cell_size().width() >= text_width
        for (row, column), cell in self._cells.items():
            fill, ink = self._colors[level(cell.value, self._limit)]
            rect = self.rect_of(row, column)
            painter.fillRect(rect, fill)
            text = self._text(cell.value) if writes else ""
            if text and painter.fontMetrics().horizontalAdvance(text) + 4 <= rect.width():
                painter.setPen(ink)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        self._paint_unit(painter)
        if self._marked:
            painter.setPen(QPen(self._ink, 2))
            painter.drawRect(self.rect_of(self._marked.row, self._marked.column))
        painter.end()

    def _text(self, value: float) -> str:
        if self._limit < 0.1:
            return numerals.power(value, 0) if value else "0"
        return numerals.signed(value, 2)

    def _paint_labels(self, painter: QPainter) -> None:
        """Write the names of the rows, and as many of the columns as fit."""
        painter.setPen(self._quiet)
        names = ["x1", "x2", *(["b1"] if self._has_biases else []), "→ o"]
        for row, name in enumerate(names):
            rect = self.rect_of(row, 0)
            label = QRectF(0, rect.top(), LABEL_WIDTH - 8, rect.height())
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name
            )
        metrics = painter.fontMetrics()
        every = self._label_stride(metrics.horizontalAdvance("h64") + 4)
        unit = self._shown_unit
        selected = QRectF() if unit is None else self._label_of(unit)
        for column in range(0, self._hidden, every):
            label = self._label_of(column)
            if not label.intersects(selected):
                painter.drawText(label, Qt.AlignmentFlag.AlignCenter, f"h{column + 1}")
        if self._has_biases:
            rect = self.rect_of(self._rows - 1, self._columns - 1)
            label = QRectF(
                rect.center().x() - 30, rect.top() - metrics.height() - 1, 60, metrics.height()
            )
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, "b2")

    def _paint_unit(self, painter: QPainter) -> None:
        """Frame the selected unit's numbers in both layers, and always write its name."""
        unit = self._shown_unit
        if unit is None:
            return
        last = self._rows - 1
        painter.setPen(QPen(self._accent, 2))
        for first_row, last_row in ((0, last - 1), (last, last)):
            column = self.rect_of(first_row, unit) | self.rect_of(last_row, unit)
            painter.drawRect(column.adjusted(-1, -1, 1, 1))
        painter.drawText(self._label_of(unit), Qt.AlignmentFlag.AlignCenter, f"h{unit + 1}")

    def _label_of(self, column: int) -> QRectF:
        """Return the rectangle of a hidden unit's name, as wide as the longest."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance("h64") + 4
        return QRectF(self.rect_of(0, column).center().x() - width / 2, 0, width, metrics.height())

    @property
    def _shown_unit(self) -> int | None:
        """The selected unit, if this network has it."""
        exists = self._unit is not None and 0 <= self._unit < self._hidden
        return self._unit if exists else None

    @property
    def _hidden(self) -> int:
        """Number of columns of hidden units."""
        return self._columns - int(self._has_biases) if self._cells else 0

    def _label_stride(self, label_width: float) -> int:
        """Return the distance of labels in columns: a power of two."""
        stride = 1
        while stride * self._cell_size().width() < label_width:
            stride *= 2
        return stride

    def _cell_size(self) -> QSize:
        height = (self.height() - self._top() - self._gap()) // self._rows
        width = (self.width() - LABEL_WIDTH) // self._columns
        return QSize(max(1, min(_CELL.width(), width)), max(12, min(_CELL.height(), height)))

    def _gap(self) -> int:
        """Return the pixels between the two layers, with space for the name of b2."""
        return self.fontMetrics().height() + 2 if self._has_biases else 10

    def _top(self) -> int:
        return self.fontMetrics().height() + 3
