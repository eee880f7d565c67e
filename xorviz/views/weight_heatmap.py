"""Every trainable number as a coloured cell."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xorviz.core import numerals
from xorviz.core.network import Weights
from xorviz.core.trainer import Snapshot
from xorviz.views.base import SnapshotView
from xorviz.views.palette import Theme, diverging_names, level
from xorviz.widgets.color_bar import ColorBar

RANGES = (1, 2, 5, 10, 20, 50, 100)
"""Values that the ends of the colour map can stand for."""
AUTOMATIC = 0
"""The range that is the smallest round number above all that is shown."""
_DEFAULT_RANGE = 5

_LABEL_WIDTH = 38
_CELL = QSize(120, 56)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: its name as on the blackboard, its value, and its place in rows and columns."""

    name: str
    value: float
    row: int
    column: int


def cells(weights: Weights) -> list[Cell]:
    """Lay out w1, b1, w2 and b2: a column for each hidden unit, the output's bias at the end."""
    width = weights.w1.shape[1]
    rows = [(f"w1[x{i + 1}→h{{}}]", values) for i, values in enumerate(weights.w1)]
    if weights.b1 is not None:
        rows.append(("b1[h{}]", weights.b1))
    rows.append(("w2[h{}→o]", weights.w2[:, 0]))
    laid = [
        Cell(name.format(j + 1), float(value), i, j)
        for i, (name, values) in enumerate(rows)
        for j, value in enumerate(values)
    ]
    if weights.b2 is not None:
        laid.append(Cell("b2", float(weights.b2[0]), len(rows) - 1, width))
    return laid


def round_range(largest: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below a value."""
    if not 0 < largest < np.inf:
        return 1.0
    largest = max(float(largest), 1e-300)
    base = 10.0 ** math.floor(math.log10(largest))
    return float(next(m * base for m in (1, 2, 5, 10) if m * base >= largest * (1 - 1e-12)))


class WeightHeatmap(SnapshotView):
    """Weights and biases, or the gradient of the loss by each; fixed symmetric colour levels."""

    title = "Weights"
    explanation = (
        "Every number that training changes: W1 from the inputs x1 and x2 to the hidden units, "
        "b1 their biases, W2 from the hidden units to the output o, b2 its bias. Orange is "
        "positive, blue negative, pale is near zero. Point at a cell, or walk through them with "
        "the arrow keys, for its exact value. The options choose what the strongest colour "
        "stands for, and show the gradient instead: how fast the loss would change."
    )

    def __init__(self) -> None:
        super().__init__("weight_heatmap")
        self._canvas = _Canvas()
        self._canvas.pointed_at.connect(self._select)
        self._bar = ColorBar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.addWidget(self._canvas, 1)
        bar = QVBoxLayout()
        bar.setContentsMargins(_LABEL_WIDTH, 0, 0, 0)
        bar.addWidget(self._bar)
        layout.addLayout(bar)
        self._range = _DEFAULT_RANGE
        self._selected: tuple[int, int] | None = None
        self._gradients = self._option("gradients", "Gradients in place of weights", "G", False)
        self._gradients.setStatusTip("Show the derivative of the loss by each weight")
        self._gradients.toggled.connect(self._choose)
        self.options = [self._gradients, *self._make_range_actions()]

    @property
    def options_text(self) -> str:
        return "gradients" if self._gradients.isChecked() else "weights"

    def _make_range_actions(self) -> list[QAction]:
        self._ranges = QActionGroup(self)
        for value in (*RANGES, AUTOMATIC):
            text = f"Weight colours to ±{value}" if value else "Weight colours to fit"
            action = self._option(f"range_{value}", text, checked=value == _DEFAULT_RANGE)
            action.setData(value)
            action.setStatusTip("What the strongest colours stand for; beyond, they stay the same")
            self._ranges.addAction(action)
            action.toggled.connect(self._choose)
        return self._ranges.actions()

    @Slot()
    def _choose(self) -> None:
        if checked := self._ranges.checkedAction():
            self._range = checked.data()
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        is_gradient = self._gradients.isChecked()
        laid = cells(snapshot.gradient if is_gradient else snapshot.weights)
        limit = float(self._range)
        if is_gradient or self._range == AUTOMATIC:
            limit = round_range(max(abs(cell.value) for cell in laid))
        end = numerals.power(limit, 0) if not 1e-3 <= limit < 1e5 else f"{limit:g}"
        self._bar.set_labels((f"{numerals.MINUS}{end}", "0", f"+{end}"))
        self._canvas.show_cells(laid, limit, snapshot.config.biases)
        self._show_selected()

    def _move_cursor(self, dx: int, dy: int) -> None:
        row, column = self._selected or (0, 0)
        is_there = self._selected is not None and self._canvas.cell_at(row, column)
        moved = (row + dy, column + dx) if is_there else (0, 0)
        if self._canvas.cell_at(*moved):
            self._select(moved)

    def _clear_cursor(self) -> None:
        self._select(None)

    @Slot(object)
    def _select(self, place: tuple[int, int] | None) -> None:
        self._selected = place
        self._show_selected()

    def _show_selected(self) -> None:
        cell = self._canvas.cell_at(*self._selected) if self._selected else None
        self._canvas.mark(cell)
        prefix = "∂loss/∂" if self._gradients.isChecked() else ""
        text = f"{prefix}{cell.name} {numerals.real(cell.value, 6)}" if cell else ""
        self.readout_changed.emit(text)

    def _recolour(self) -> None:
        self._canvas.apply_theme(self.theme)
        colors = [name for name, _ in diverging_names(self.theme)[::15]]
        self._bar.set_colors(colors, self.theme.quiet)


class _Canvas(QWidget):
    """Paints the cells, as large as they fit."""

    pointed_at = Signal(object)  # (row, column): tuple[int, int] | None

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[tuple[int, int], Cell] = {}
        self._limit = 1.0
        self._has_biases = False
        self._columns = self._rows = 1
        self._marked: Cell | None = None
        self._ink, self._quiet = QColor(), QColor()
        self._colors: list[tuple[QColor, QColor]] = []
        self.setMouseTracking(True)
        self.setMinimumSize(160, 96)

    def sizeHint(self) -> QSize:
        return QSize(_LABEL_WIDTH + 4 * _CELL.width(), 4 * _CELL.height() + 16 + 24)

    def apply_theme(self, theme: Theme) -> None:
        self._ink, self._quiet = QColor(theme.text), QColor(theme.quiet)
        self._colors = [(QColor(name), QColor(ink)) for name, ink in diverging_names(theme)]
        self.update()

    def show_cells(self, laid: list[Cell], limit: float, has_biases: bool) -> None:
        self._cells = {(cell.row, cell.column): cell for cell in laid}
        self._limit, self._has_biases = limit, has_biases
        self._columns = 1 + max(cell.column for cell in laid)
        self._rows = 1 + max(cell.row for cell in laid)
        self.update()

    def cell_at(self, row: int, column: int) -> Cell | None:
        return self._cells.get((row, column))

    def mark(self, cell: Cell | None) -> None:
        if cell != self._marked:
            self._marked = cell
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self._place_under(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        self._paint_labels(painter)
        text_width = painter.fontMetrics().horizontalAdvance(f"{numerals.MINUS}00.00") + 4
        writes = self._cell_size().width() >= text_width
        for (row, column), cell in self._cells.items():
            fill, ink = self._colors[level(cell.value, self._limit)]
            rect = self._rect(row, column)
            painter.fillRect(rect, fill)
            text = self._text(cell.value) if writes else ""
            if text and painter.fontMetrics().horizontalAdvance(text) + 4 <= rect.width():
                painter.setPen(ink)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if self._marked:
            painter.setPen(QPen(self._ink, 2))
            painter.drawRect(self._rect(self._marked.row, self._marked.column))
        painter.end()

    def _text(self, value: float) -> str:
        if self._limit < 0.1:
            return numerals.power(value, 0) if value else "0"
        return numerals.signed(value, 2)

    def _paint_labels(self, painter: QPainter) -> None:
        """Name the rows and, while there is room, the columns."""
        painter.setPen(self._quiet)
        names = ["x1", "x2", *(["b1"] if self._has_biases else []), "→ o"]
        for row, name in enumerate(names):
            rect = self._rect(row, 0)
            label = QRectF(0, rect.top(), _LABEL_WIDTH - 8, rect.height())
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name
            )
        metrics = painter.fontMetrics()
        every = self._label_stride(metrics.horizontalAdvance("h64") + 4)
        hidden = self._columns - int(self._has_biases)
        for column in range(0, hidden, every):
            rect = self._rect(0, column)
            label = QRectF(rect.center().x() - 30, 0, 60, metrics.height())
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, f"h{column + 1}")
        if self._has_biases:
            rect = self._rect(self._rows - 1, self._columns - 1)
            label = QRectF(
                rect.center().x() - 30, rect.top() - metrics.height() - 1, 60, metrics.height()
            )
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, "b2")

    def _label_stride(self, label_width: float) -> int:
        """Return how many columns apart the labels must stand: a power of two."""
        stride = 1
        while stride * self._cell_size().width() < label_width:
            stride *= 2
        return stride

    def _cell_size(self) -> QSize:
        height = (self.height() - self._top() - self._gap()) // self._rows
        width = (self.width() - _LABEL_WIDTH) // self._columns
        return QSize(max(1, min(_CELL.width(), width)), max(12, min(_CELL.height(), height)))

    def _gap(self) -> int:
        """Return the pixels between the two layers; the name of b2 stands there."""
        return self.fontMetrics().height() + 2 if self._has_biases else 10

    def _top(self) -> int:
        return self.fontMetrics().height() + 3

    def _rect(self, row: int, column: int) -> QRectF:
        size = self._cell_size()
        gap = self._gap() if row == self._rows - 1 else 0
        space = 1 if size.width() > 8 else 0
        return QRectF(
            _LABEL_WIDTH + column * size.width(),
            self._top() + row * size.height() + gap,
            size.width() - space,
            size.height() - 1,
        )

    def _place_under(self, point: QPointF) -> tuple[int, int] | None:
        return next((place for place in self._cells if self._rect(*place).contains(point)), None)
