"""The view of the hidden units: the response of each over the input square."""

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent

from xorviz.core import numerals
from xorviz.core.analysis.surface import largest_responses, responses, span_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step, first_of, number
from xorviz.panels.inside.units.canvas import UnitCanvas, response_text
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded

_DESCRIBED = 4
"""Units that a description names: those with the largest outgoing weights."""
_HOW_TO_HIGHLIGHT = "Click, or press Enter, to highlight this unit in all panels"
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


@guarded
class Units(SnapshotView):
    """A response map for each hidden unit, in fixed colours; the selected one is framed."""

    has_table = True
    explanation = (
        "A map for each hidden unit: its response to every pair of inputs, x1 to the right and "
        "x2 upwards, over the same square as the decision surface. The colours are fixed: for "
        "sigmoid blue is 0 and orange 1; for tanh blue is −1 and orange 1; for relu 0 is pale, "
        "and orange is the round number in the title bar. The line is the hidden-unit boundary, "
        "where the unit's input is zero. The four rows are marked, a circle where the target is "
        "0 and a square where it is 1, with the unit's response where there is room. Below a "
        "map is the unit's weight to the output. Point at a map to read the responses to the "
        "rows 00, 01, 10 and 11. Click a map, or go to it with the arrow keys, to highlight its "
        "unit in all panels; click it again, or press Esc, to clear that. The wheel, Page Up "
        "and Page Down scroll."
    )

    def __init__(self) -> None:
        super().__init__("units")
        self._canvas = UnitCanvas()
        column(self, self._canvas, margins=(4, 2, 4, 2))
        self._cursor_over(self._canvas)
        self._canvas.clicked.connect(self._click_unit)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return each unit's answers to the four rows, and its outgoing weight."""
        answers = responses(snapshot.weights, snapshot.config.activation)[list(COUNTED)].T
        numbers = np.column_stack((answers, snapshot.weights.w2)).tolist()
        rows = ([f"h{unit}", *row] for unit, row in enumerate(numbers, 1))
        return ("unit", *(f"row {ROW_NAMES[row]}" for row in COUNTED), "outgoing weight"), rows

    def describe(self, snapshot: Snapshot) -> str:
        names, rows = self._table_of(snapshot)
        ordered = sorted(rows, key=lambda row: -abs(float(row[-1] or 0)))
        units = [
            f"{unit} {', '.join(number(float(answer or 0)) for answer in answers)}"
            f" (outgoing weight {numerals.signed(float(weight or 0))})"
            for unit, *answers, weight in ordered
        ]
        return (
            f"{at_step(snapshot)}, what {numerals.counted(len(ordered), 'hidden unit')}"
            f" {'answer' if len(ordered) > 1 else 'answers'} to {', '.join(names[1:-1])}:"
            f" {first_of(units, _DESCRIBED)}."
        )

    def _draw(self, snapshot: Snapshot) -> None:
        self._canvas.show_snapshot(snapshot)
        self._show_marked()

    def _show_unit(self) -> None:
        is_under_mouse = self.unit == self._pointed_unit
        if self.unit is not None and self.unit < self._canvas.count and not is_under_mouse:
            self._canvas.scroll_to(self.unit)
        self._show_marked()

    @Slot(object)
    def _point_at(self, unit: int | None) -> None:
        self._point_at_unit(unit)
        self._canvas.setToolTip("" if unit is None else _HOW_TO_HIGHLIGHT)
        self._show_marked()

    def _move_cursor(self, dx: int, dy: int) -> None:
        self._choose_unit(self._canvas.neighbour(dx, dy))

    def _use_cursor(self) -> None:
        self._click_unit(self._chosen_unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _PAGES:
            bar = self._canvas.bar
            bar.setValue(bar.value() + _PAGES[key] * bar.pageStep())
        else:
            super().keyPressEvent(event)

    def _show_marked(self) -> None:
        """Frame the selected unit, and read out the one pointed at."""
        pointed = self.unit if self._pointed_unit is None else self._pointed_unit
        self._canvas.select(self._chosen_unit, pointed)
        self.readout_changed.emit(self._read(pointed))

    def _read(self, unit: int | None) -> str:
        if (snapshot := self._snapshot) is None:
            return ""
        weights, activation = snapshot.weights, snapshot.config.activation
        # The canvas may still show an older network until its next redraw.
        if unit is None or unit >= min(self._canvas.count, snapshot.config.width):
            span = span_of(activation, float(largest_responses(weights, activation).max()))
            scale = f"colours {numerals.fixed(span.low, 0)} to {numerals.plain(span.high)}"
            return self.resting_text or scale
        answers = responses(weights, activation)[:, unit]
        rows = [f"{ROW_NAMES[row]} {response_text(float(answers[row]))}" for row in COUNTED]
        text = f"h{unit + 1}: {', '.join(rows)}"
        if weights.b1 is not None:
            text += f", bias {numerals.signed(float(weights.b1[unit]))}"
        return text
