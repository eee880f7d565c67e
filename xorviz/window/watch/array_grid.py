"""Any array as coloured cells, with its name above. Shapes: R rows, C columns of it as a table."""

from collections.abc import Mapping
from math import prod

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.arrays import Array
from xorviz.panels.learn.weight_grid import cell_text, sample_text
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.draw.cell_grid import CellGrid, Place
from xorviz.ui.draw.grid_layout import BESIDE, GridPlan, Heads
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import WrappingRow, scrolled
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ARROWS, claims
from xorviz.ui.said import announce, plain
from xorviz.ui.theme.palette import LEVELS, Theme, diverging

_WIDEST, _TALLEST = 40, 12
"""Of the cells of an array, in heights of a line; more of them are smaller, and have no numbers."""
_CELL = 1.5
"""Height of a cell with a number, in heights of a line."""
_ABOUT = (
    "One array of the network, as its program has it. Orange is positive, blue negative, pale near "
    "zero; all arrays share one scale. Point at a cell, or go to it with the arrow keys, to read "
    "its exact value. An array with more than two dimensions is shown with all but the first in "
    "one line."
)


@guarded
class ArrayGrid(CellGrid):
    """The cells of one array."""

    read = Signal(str)
    """The cell that is pointed at or marked, with its value; "" for none."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0), diverging)
        self._called, self._shape, self._array = name, shape, np.zeros(shape)
        self._limit = 1.0
        rows = shape[0] if len(shape) > 1 else 1
        self._sides = rows, prod(shape) // rows
        self._heads = [Heads(tuple(map(str, range(count)))) for count in self._sides]
        if len(shape) < 2:
            self._heads[0] = Heads(("",))
        sides = " × ".join(map(str, shape)) or "1"
        self.title = f"{name}   {sides}"
        self.setAccessibleName(f"{name}, array of {sides}")
        self.setWhatsThis(plain(_ABOUT))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pointed_at.connect(lambda spot: self.read.emit(self._text_at(spot)))

    def show_array(self, array: Array, limit: float) -> None:
        """Show an array of this shape; values of this size have the strongest colours."""
        self._array, self._limit = array.reshape(self._sides), limit
        shares = (np.clip(self._array / limit, -1, 1) + 1) / 2
        levels = np.round(shares * (LEVELS - 1)).astype(np.intp)
        plan = GridPlan(self._heads[0], self._heads[1], sample_text(limit))
        self.show_cells(plan, levels, lambda *at: cell_text(float(self._array[at]), self._limit))

    def sizeHint(self) -> QSize:
        metrics, (rows, columns) = self.fontMetrics(), self._sides
        line, cell = metrics.height(), metrics.horizontalAdvance(sample_text(1.0)) + 8
        left = metrics.horizontalAdvance(str(rows)) * (rows > 1) + BESIDE + 4
        wide = min(columns * cell, _WIDEST * line)
        return QSize(left + wide, round(line + 4 + min(rows * _CELL, _TALLEST) * line))

    def _text_at(self, place: Place | None) -> str:
        """Return the name and the value of a cell."""
        if place is None or not self.has(place):
            return ""
        flat = place[0] * self._sides[1] + place[1]
        at = ", ".join(map(str, np.unravel_index(flat, self._shape)))
        name = f"{self._called}[{at}]" if at else self._called
        return f"{name}  {numerals.real(float(self._array[place]), 6)}"

    def _read(self, place: Place | None) -> None:
        self.mark(place)
        self.read.emit(self._text_at(place))

    def event(self, event: QEvent) -> bool:
        return claims(event, ARROWS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ARROWS:
            super().keyPressEvent(event)
            return
        dx, dy = ARROWS[Qt.Key(event.key())]
        self._read(self.neighbour(dx, dy))
        announce(self, self._text_at(self.marked))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._read(self.marked or self.start)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._read(None)


class ArrayGrids(QWidget):
    """All arrays of a network beside and below each other, with one scale."""

    read = Signal(str)

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Make a grid for each array, all of which hold a number."""
        super().__init__()
        self._grids = {name: ArrayGrid(name, shape) for name, shape in shapes.items()}
        self._bar = ColorBar(diverging, "value")
        boxes = []
        for grid in self._grids.values():
            grid.read.connect(self.read)
            boxes.append(box := QWidget())
            title = ElidedLabel(grid.title)
            column(box, title, (grid, Qt.AlignmentFlag.AlignLeft), margins=(0, 0, 8, 6), gap=2)
        column(
            self,
            (scrolled(WrappingRow(boxes, is_centred=False)), 1),
            self._bar,
            margins=(0, 0, 0, 0),
        )

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        """Show the values of the arrays by their names."""
        limit = round_bound(max(float(np.abs(array).max()) for array in arrays.values()))
        end = numerals.tick(limit)
        self._bar.set_labels((f"{numerals.MINUS}{end}", "0", f"+{end}"), "value")
        for name, array in arrays.items():
            self._grids[name].show_array(array, limit)

    def apply_theme(self, theme: Theme) -> None:
        for part in (self._bar, *self._grids.values()):
            part.apply_theme(theme)
