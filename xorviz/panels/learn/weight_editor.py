"""Setting weights by hand: a number is typed over its place, or dragged, and tried meanwhile."""

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.rules import SettingError, parsed
from xorviz.core.runs.record import WEIGHT
from xorviz.panels.learn.weight_grid import Cell
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.fields import NUMBER_CHARACTERS, NumberLine, ascii_number
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, claims

LEAST_WIDTH = 96
"""Pixels, even over a narrower cell."""
_LEAST_HEIGHT = 24
_MARGIN = 16
"""Pixels beside the number, for the field's frame and the cursor."""
_UP_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_DRAG_LENGTH, _FINE = 100.0, 0.1
"""Pixels of a drag across half the range of the colours, and the share of it with Shift."""
_DECIMALS = 3
"""Of a weight that was dragged."""


def bounded(value: float) -> float:
    """Return a weight that can be set, with few decimals."""
    return round(float(np.clip(value, WEIGHT.low, WEIGHT.high)), _DECIMALS)


@guarded
class WeightEditor(NumberLine):
    """A field over the numbers of a canvas, which can be dragged, too.

    A weight is tried at each change, and requested once at the end: by Enter, or at the release.
    Esc, or leaving the field, requests nothing. Nor does another network, whose weight it would not
    be. The field shows the value at the moment it was opened, whatever snapshots arrive.
    """

    weight_requested = Signal(str, object, float)  # field, index: tuple[int, ...], value
    weight_tried = Signal(str, object, float)  # the same, at each change; the old value if invalid
    refused = Signal(str)
    """Why the typed text is no weight; the field stays open."""
    ended = Signal()
    """Nothing is tried any longer."""

    def __init__(self, ground: Canvas) -> None:
        super().__init__(ground)
        self._ground = ground
        self._dragged: tuple[Cell, float] | None = None
        """A weight as it was when its drag began, and the value of the strongest colour then."""
        self._value = 0.0
        self._layout: tuple[object, ...] = ()
        self.cell: Cell | None = None
        """The cell being edited, as it was when the field was opened; None while closed."""
        self._opened_with = ""
        self._gives_focus_to: QWidget = ground
        self.setObjectName("weight_editor")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        typed = QRegularExpression(rf"[{NUMBER_CHARACTERS.replace('-', '')}\-\s]*")
        typed.setPatternOptions(QRegularExpression.PatternOption.UseUnicodePropertiesOption)
        self.setValidator(QRegularExpressionValidator(typed, self))
        self.textEdited.connect(self._try)
        ground.dropped.connect(self._drop)
        self.hide()

    def open(self, cell: Cell, place: QRectF, view: QWidget) -> None:
        """Show a cell's exact value over its rectangle in a view."""
        # If opened by mouse, the window gets the focus back, so that its arrow keys work.
        self._gives_focus_to = view if view.hasFocus() else view.window()
        self.cell = cell
        self._opened_with = numerals.plain(cell.value).replace("-", numerals.MINUS)
        self.setAccessibleName(f"Value of {cell.name}")
        self.setText(self._opened_with)
        self.place_over(place)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def place_over(self, place: QRectF) -> None:
        """Move over a rectangle, but stay inside the parent widget."""
        ground = self._ground.rect()
        text = self.fontMetrics().horizontalAdvance(self._opened_with) + _MARGIN
        width = min(max(LEAST_WIDTH, text, round(place.width())), ground.width())
        height = max(_LEAST_HEIGHT, self.sizeHint().height())
        left = min(max(0, round(place.center().x() - width / 2)), ground.width() - width)
        top = min(max(0, round(place.center().y() - height / 2)), ground.height() - height)
        self.setGeometry(left, top, width, height)

    @Slot()
    def cancel(self) -> None:
        """Close without setting anything."""
        if self.cell is not None:
            self._close()
            self.ended.emit()

    def _close(self) -> None:
        self.cell = None
        if self.hasFocus():
            self._gives_focus_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    @Slot()
    def _try(self) -> None:
        if self.cell is not None:
            try:
                value = self._typed(self.cell)
            except SettingError:
                value = self.cell.value
            self.weight_tried.emit(self.cell.field, self.cell.index, value)

    def _typed(self, cell: Cell) -> float:
        """Return the weight that was typed. Raises SettingError."""
        value: Any = parsed(WEIGHT, cell.name, ascii_number(self.text()))
        return float(value)

    def _commit(self) -> None:
        """Request the typed weight, or emit why it is refused."""
        cell = self.cell
        if cell is None or self.text() == self._opened_with:
            self.cancel()
            return
        try:
            value = self._typed(cell)
        except SettingError as error:
            self.refused.emit(str(error))
            self.selectAll()
            return
        self._close()
        self.weight_requested.emit(cell.field, cell.index, value)
        self.ended.emit()

    @property
    def is_dragging(self) -> bool:
        return self._dragged is not None

    def drag(self, cell: Cell, limit: float, way: float, is_fine: bool) -> None:
        """Try a weight that is dragged by some pixels upwards since its drag began."""
        first, limit = self._dragged = self._dragged or (cell, limit)
        self._value = bounded(first.value + way * limit / _DRAG_LENGTH * (_FINE if is_fine else 1))
        self.weight_tried.emit(first.field, first.index, self._value)

    def serve(self, layout: tuple[object, ...]) -> None:
        """Leave everything if the run or the layout of the numbers has changed."""
        if layout != self._layout:
            self._layout = layout
            self.cancel()
            self._ground.end_drag()
            self._drop(is_kept=False)

    @Slot(bool)
    def _drop(self, is_kept: bool) -> None:
        if self._dragged is None:
            return
        (first, _), self._dragged = self._dragged, None
        if is_kept and self._value != first.value:
            self.weight_requested.emit(first.field, first.index, self._value)
        self.ended.emit()

    def event(self, event: QEvent) -> bool:
        """Handle Esc before the window, where it cancels steps."""
        return claims(event, (Qt.Key.Key_Escape,)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # QLineEdit would pass these to the view, where they select cells.
        if event.key() in ENTER:
            self._commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() not in _UP_DOWN:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # Its own context menu has the focus while it is open.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.cancel()
