"""Any array as coloured cells, with its name above. Shapes: R rows, C columns of it as a table."""

from math import prod

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.panels.learn.weight_grid import cell_text, sample_text
from xorviz.ui.draw.cell_grid import CellGrid, Place
from xorviz.ui.draw.grid_layout import BESIDE, GridPlan, Heads
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ARROWS
from xorviz.ui.said import announce, tell
from xorviz.ui.theme.palette import LEVELS, diverging
from xorviz.ui.theme.style import bold

_WIDEST, _TALLEST = 40, 12
"""Of the cells of an array, in heights of a line; more of them are smaller, and have no numbers."""
_CELL = 1.5
"""Height of a cell with a number, in heights of a line."""
_AROUND = 8
"""Pixels beside an array, and above its cells."""
_ABOUT = (
    "One array of the network, as its program has it: orange is positive, blue negative. Point at "
    "a cell, or go to it with the arrow keys, to read its exact value."
)


@guarded
class ArrayGrid(CellGrid):
    """The cells of one array."""

    read = Signal(str)
    """The cell that is pointed at, with its value; "" for none."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0), diverging)
        self._called, self._shape, self._array = name, shape, np.zeros(shape)
        rows = shape[0] if len(shape) > 1 else 1
        self._sides = rows, prod(shape) // rows
        down, across = (tuple(map(str, range(count))) for count in self._sides)
        sides = " × ".join(map(str, shape)) or "1"
        self._title = f"{name}   {sides}"
        self._down = Heads(down if len(shape) > 1 else ("",), blocks=(self._title,))
        self._across = Heads(across)
        self.setAccessibleName(f"{name}, array of {sides}")
        tell(self, _ABOUT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pointed_at.connect(self._point_at)

    def show_array(self, array: Array, limit: float) -> None:
        """Show an array of this shape; values of this size have the strongest colours."""
        self._array = array.reshape(self._sides)
        shares = (np.clip(self._array / limit, -1, 1) + 1) / 2
        levels = np.round(shares * (LEVELS - 1)).astype(np.intp)
        plan = GridPlan(self._down, self._across, sample_text(limit))
        self.show_cells(plan, levels, lambda *at: cell_text(float(self._array[at]), limit))

    def sizeHint(self) -> QSize:
        metrics, (rows, columns) = self.fontMetrics(), self._sides
        line, cell = metrics.height(), metrics.horizontalAdvance(sample_text(1.0)) + _AROUND
        title = QFontMetrics(bold(self.font())).horizontalAdvance(self._title)
        wide = min(max(columns * cell, title), _WIDEST * line)
        left = metrics.horizontalAdvance(str(rows)) * (rows > 1) + BESIDE
        tall = round((2 + min(rows * _CELL, _TALLEST)) * line)
        return QSize(left + wide + _AROUND, tall + _AROUND)

    def _text_at(self, place: Place | None) -> str:
        """Return the name and the value of a cell."""
        if place is None or not self.has(place):
            return ""
        flat = place[0] * self._sides[1] + place[1]
        at = ", ".join(map(str, np.unravel_index(flat, self._shape)))
        name = f"{self._called}[{at}]" if at else self._called
        return f"{name}  {numerals.real(float(self._array[place]), 6)}"

    @Slot(object)
    def _point_at(self, place: Place | None) -> None:
        self.mark(place)
        self.read.emit(self._text_at(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ARROWS:
            super().keyPressEvent(event)
            return
        self._point_at(self.neighbour(*ARROWS[Qt.Key(event.key())]))
        announce(self, self._text_at(self.marked))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._point_at(self.marked or self.start)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)
