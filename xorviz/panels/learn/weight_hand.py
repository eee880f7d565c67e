"""Setting weights by hand: a number is typed over its place, or dragged, and tried meanwhile."""

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal, Slot
from PySide6.QtWidgets import QWidget

from xorviz.core.runs.record import WEIGHT
from xorviz.panels.learn.weight_editor import WeightEditor
from xorviz.panels.learn.weight_grid import Cell
from xorviz.ui.draw.canvas import Canvas

_DRAG_LENGTH, _FINE = 100.0, 0.1
"""Pixels of a drag across half the range of the colours, and the share of it with Shift."""
_DECIMALS = 3
"""Of a weight that was dragged."""


def bounded(value: float) -> float:
    """Return a weight that can be set, with few decimals."""
    return round(float(np.clip(value, WEIGHT.low, WEIGHT.high)), _DECIMALS)


class WeightHand(QObject):
    """What the user does to the weights of a canvas.

    A number that is typed or dragged is tried at each change, and requested once at the end. Esc
    requests nothing. Nor does another network, whose weight it would not be.
    """

    tried = Signal(str, object, float)  # field, index: tuple[int, ...], value
    requested = Signal(str, object, float)  # the same
    ended = Signal()
    """Nothing is tried any longer."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.editor = WeightEditor(canvas)
        self._dragged: tuple[Cell, float] | None = None
        """A weight as it was when its drag began, and the value of the strongest colour then."""
        self._value = 0.0
        self._layout: tuple[object, ...] = ()
        canvas.dropped.connect(self._drop)
        self.editor.weight_tried.connect(self.tried)
        self.editor.weight_requested.connect(self.requested)
        self.editor.closed.connect(self.ended)

    @property
    def is_dragging(self) -> bool:
        return self._dragged is not None

    def edit(self, cell: Cell, place: QRectF, view: QWidget) -> None:
        """Open the editor over the rectangle of a number in a view."""
        self.editor.open(cell, place, view)

    def drag(self, cell: Cell, limit: float, way: float, is_fine: bool) -> None:
        """Try a weight that is dragged by some pixels upwards since its drag began."""
        first, limit = self._dragged = self._dragged or (cell, limit)
        self._value = bounded(first.value + way * limit / _DRAG_LENGTH * (_FINE if is_fine else 1))
        self.tried.emit(first.field, first.index, self._value)

    def serve(self, layout: tuple[object, ...]) -> None:
        """Leave everything if the run or the layout of the numbers has changed."""
        if layout != self._layout:
            self._layout = layout
            self.editor.cancel()
            self._canvas.end_drag()
            self._drop(is_kept=False)

    @Slot(bool)
    def _drop(self, is_kept: bool) -> None:
        if self._dragged is None:
            return
        (first, _), self._dragged = self._dragged, None
        if is_kept and self._value != first.value:
            self.requested.emit(first.field, first.index, self._value)
        self.ended.emit()
