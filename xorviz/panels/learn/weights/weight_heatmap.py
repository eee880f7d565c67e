"""The panel with all weights, or their gradient, as coloured cells."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core import numerals
from xorviz.core.analysis.responses import round_bound
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.weights.canvas import LABEL_WIDTH, Cell, WeightCanvas, cells
from xorviz.panels.learn.weights.editor import WeightEditor
from xorviz.panels.learn.weights.range import AUTOMATIC, range_options, range_text
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.theme.palette import diverging_names

_HOW_TO_SET = "Double-click, or Enter, to set this weight"
_ONLY_WEIGHTS = "Gradients follow from the weights; press G to set weights."
_CHOOSE_FIRST = "Choose a weight with the arrow keys first, then press Enter to set it."


class WeightHeatmap(SnapshotView):
    """Weights and biases, or the gradient of the loss, with symmetric colours."""

    weight_requested = Signal(str, object, float)  # field, index: tuple[int, ...], value
    refused = Signal(str)
    """Why a weight cannot be set, or why the typed text is refused."""

    explanation = (
        "Every number that training changes: W1 from the inputs x1 and x2 to the hidden units, "
        "b1 their biases, W2 from the hidden units to the output o, b2 its bias. Orange is "
        "positive, blue negative, pale is near zero. Point at a cell, or walk through them with "
        "the arrow keys, for its exact value. To set a weight, double-click it, or press Enter "
        "on it: type a number, then Enter sets it and Esc leaves it as it is. The options choose "
        "what the strongest colour stands for, and show the gradient instead: how fast the loss "
        "would change. Click a cell, or go to it with the arrow keys, to let its hidden unit stand "
        "out in all panels, here by a frame around its numbers; once more, a click beside the "
        "cells, or Esc, lets it go."
    )

    def __init__(self, twin_of: "WeightHeatmap | None" = None) -> None:
        super().__init__("weight_heatmap", twin_of)
        self._canvas = WeightCanvas()
        self._editor = WeightEditor(self._canvas)
        self._bar = ColorBar()
        self._lay_out()
        self._selected: tuple[int, int] | None = None
        if twin_of is None:
            self._gradients = self._make_gradients()
            self._ranges = range_options(self, self._option, "range", "Weight colours")
            self.options = [self._gradients, *self._ranges.actions()]
        else:
            self._gradients, self._ranges = twin_of._gradients, twin_of._ranges
        self._range: int = self._ranges.checkedAction().data()
        for option in (self._gradients, *self._ranges.actions()):
            option.toggled.connect(self._choose)
        self._connect()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 2)
        layout.addWidget(self._canvas, 1)
        bar = QVBoxLayout()
        bar.setContentsMargins(LABEL_WIDTH, 0, 0, 0)
        bar.addWidget(self._bar)
        layout.addLayout(bar)

    def _connect(self) -> None:
        canvas, editor = self._canvas, self._editor
        canvas.pointed_at.connect(self._point_at)
        canvas.clicked.connect(editor.cancel)
        canvas.cell_clicked.connect(self._click)
        canvas.cell_requested.connect(self._edit)
        canvas.resized.connect(self._place_editor)
        editor.weight_requested.connect(self.weight_requested)
        editor.refused.connect(self.refused)

    @property
    def options_text(self) -> str:
        return "gradients" if self._gradients.isChecked() else "weights"

    def _make_gradients(self) -> QAction:
        action = self._option("gradients", "Gradients in place of weights", "G", False)
        action.setStatusTip("Show the derivative of the loss by each weight")
        return action

    @Slot()
    def _choose(self) -> None:
        if checked := self._ranges.checkedAction():
            self._range = checked.data()
        if self._gradients.isChecked():
            self._editor.cancel()
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        self._editor.serve((snapshot.run, snapshot.config.width, snapshot.config.biases))
        is_gradient = self._gradients.isChecked()
        laid = cells(snapshot.gradient if is_gradient else snapshot.weights)
        limit = float(self._range)
        if is_gradient or self._range == AUTOMATIC:
            limit = round_bound(max(abs(cell.value) for cell in laid))
        end = range_text(limit)
        self._bar.set_labels((f"{numerals.MINUS}{end}", "0", f"+{end}"))
        self._canvas.show_cells(laid, limit, snapshot.config.biases)
        self._show_selected()

    def _draw_nothing(self) -> None:
        self._editor.serve(())
        self._canvas.show_cells([], 1.0, has_biases=False)
        self._show_selected()

    def _move_cursor(self, dx: int, dy: int) -> None:
        row, column = self._selected or (0, 0)
        exists = self._selected is not None and self._canvas.cell_at(row, column)
        moved = (row + dy, column + dx) if exists else (0, 0)
        if self._canvas.cell_at(*moved):
            self._select(moved)
            self._choose_unit_of(moved)

    def _clear_cursor(self) -> None:
        self._select(None)

    def _show_unit(self) -> None:
        self._canvas.show_unit(self.unit)

    def _choose_unit_of(self, place: tuple[int, int]) -> None:
        """Request that the unit of a cell be selected; the output's bias changes nothing."""
        cell = self._canvas.cell_at(*place)
        if cell is not None and cell.unit is not None:
            self._choose_unit(cell.unit)

    @Slot(object)
    def _click(self, place: tuple[int, int] | None) -> None:
        cell = self._canvas.cell_at(*place) if place else None
        if cell is None or cell.unit is not None:
            self._click_unit(cell.unit if cell else None)

    @Slot(object)
    def _point_at(self, place: tuple[int, int] | None) -> None:
        """Select the cell under the mouse, and point at its hidden unit."""
        cell = self._canvas.cell_at(*place) if place else None
        self._point_at_unit(cell.unit if cell else None)
        self._select(place)

    def _select(self, place: tuple[int, int] | None) -> None:
        self._selected = place
        self._show_selected()

    def _selected_cell(self) -> Cell | None:
        return self._canvas.cell_at(*self._selected) if self._selected else None

    def _show_selected(self) -> None:
        cell, is_gradient = self._selected_cell(), self._gradients.isChecked()
        self._canvas.mark(cell)
        tip = _ONLY_WEIGHTS if is_gradient else _HOW_TO_SET
        self._canvas.setToolTip(tip if cell else "")
        prefix = "∂loss/∂" if is_gradient else ""
        read = f"{prefix}{cell.name} {numerals.real(cell.value, 6)}" if cell else ""
        self.readout_changed.emit(read or self.resting_text)

    @Slot(object)
    def _edit(self, place: tuple[int, int]) -> None:
        """Open the editor over a cell, unless gradients are shown."""
        self._select(place)
        self._choose_unit_of(place)  # the first of two clicks may have cleared it
        cell = self._selected_cell()
        if self._gradients.isChecked():
            self.refused.emit(_ONLY_WEIGHTS)
        elif cell is not None:
            self._editor.open(cell, self._canvas.rect_of(*place), self)

    @Slot()
    def _place_editor(self) -> None:
        if cell := self._editor.cell:
            self._editor.place_over(self._canvas.rect_of(cell.row, cell.column))

    def _use_cursor(self) -> None:
        """Open the editor over the selected cell."""
        if self._selected_cell() is not None and self._selected is not None:
            self._edit(self._selected)
        else:
            self.refused.emit(_CHOOSE_FIRST)

    def _recolour(self) -> None:
        self._canvas.apply_theme(self.theme)
        colors = [name for name, _ in diverging_names(self.theme)[::15]]
        self._bar.set_colors(colors, self.theme.quiet)
