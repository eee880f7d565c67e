"""The panel with all weights, or their gradient, as coloured cells."""

from PySide6.QtCore import QSize, Signal, Slot

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.analysis.surface import round_bound
from xorviz.core.network import flat
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step, strongest
from xorviz.panels.learn import weight_grid
from xorviz.panels.learn.weight_editor import WeightEditor
from xorviz.ui.draw.cell_grid import Place
from xorviz.ui.forms.boxes import column

_HOW_TO_SET = "Drag up or down to set this weight; double-click, or press Enter, to type it"
_ONLY_WEIGHTS = "Gradients follow from the weights; show the weights to set one."
_CHOOSE_FIRST = "Go to a weight with the arrow keys first, then press Enter to set it."
_GRADIENTS_TIP = "Show the derivative of the loss with respect to each weight"
_BAR_TIP = "The colour of each number; beyond the ends the colours stay the same"


class WeightHeatmap(SnapshotView):
    """Weights and biases, or the gradient of the loss, with symmetric colours."""

    weight_requested = Signal(str, object, float)  # field, index: tuple[int, ...], value
    weight_tried = Signal(str, object, float)  # the same, while it is typed or dragged
    trial_ended = Signal()
    refused = Signal(str)
    """Why a weight cannot be set, or why the typed text is refused."""

    has_table = True
    explanation = (
        "Every number that training changes: orange is positive, blue negative, pale near zero. "
        "Drag a cell up or down, or double-click it and type, to set it."
    )

    def __init__(self, twin_of: "WeightHeatmap | None" = None) -> None:
        super().__init__("weight_heatmap", twin_of)
        self._grid = weight_grid.WeightGrid(QSize(518, 264), QSize(160, 96), "weight")
        self._editor = WeightEditor(self._grid)
        self._grid.bar.setToolTip(_BAR_TIP)
        self._limit = 1.0
        """The value of the strongest colour."""
        if twin_of is None:
            name, tip = "Gradients in place of weights", _GRADIENTS_TIP
            self._gradients = self._option("gradients", name, checked=False, tip=tip)
            scrolls = self._option(
                "weight_numbers", weight_grid.SCROLLS, checked=True, tip=weight_grid.SCROLLS_TIP
            )
            self._scrolls = scrolls
            ranges, title = weight_grid.range_options("range"), "Weight colours"
            self._ranges = self._one_of(ranges, weight_grid.DEFAULT_RANGE, self.draw_anew, title)
        else:
            self._gradients, self._scrolls = twin_of._gradients, twin_of._scrolls
            self._ranges = twin_of._ranges
            self._ranges.chosen.connect(self.draw_anew)
        column(self, (self._grid, 1), self._grid.below, margins=(6, 2, 6, 2))
        self._connect()

    def _connect(self) -> None:
        self._cursor_over(self._grid)
        self._grid.clicked.connect(self._click)
        self._grid.clicked_twice.connect(self._edit)
        self._grid.dragged.connect(self._drag)
        self._grid.laid_out.connect(self._follow_grid)
        self._editor.weight_tried.connect(self.weight_tried)
        self._editor.weight_requested.connect(self.weight_requested)
        self._editor.ended.connect(self.trial_ended)
        self._editor.refused.connect(self.refused)
        self._gradients.toggled.connect(self._editor.cancel)
        self._gradients.toggled.connect(self.draw_anew)
        self._scrolls.toggled.connect(self.draw_anew)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the weights, or the gradient if that is shown, by name."""
        is_gradient = self._gradients.isChecked()
        values = flat(snapshot.gradient if is_gradient else snapshot.weights).tolist()
        rows = zip(parameter_names(snapshot.config), values, strict=True)
        return ("weight", "gradient" if is_gradient else "value"), rows

    def describe(self, snapshot: Snapshot) -> str:
        columns, rows = self._table_of(snapshot)
        named = [(str(name), float(value or 0)) for name, value in rows]
        kind = "weights and biases" if snapshot.config.biases else "weights"
        if columns[1] == "gradient":
            kind = "derivatives of the loss"
        units = numerals.counted(snapshot.config.width, "hidden unit")
        largest = strongest(named)
        return f"{at_step(snapshot)}, {len(named)} {kind} of {units}. The largest: {largest}."

    def _draw(self, snapshot: Snapshot) -> None:
        width, biases = snapshot.config.width, snapshot.config.biases
        is_gradient = self._gradients.isChecked()
        self._editor.serve((snapshot.run, width, biases))
        self._grid.are_dragged = not is_gradient
        shown = snapshot.gradient if is_gradient else snapshot.weights
        limit = float(self._ranges.value)
        if is_gradient or limit == weight_grid.AUTOMATIC:
            both = (one.gradient if is_gradient else one.weights for one in self._both)
            limit = round_bound(
                max(abs(cell.value) for one in both for cell in weight_grid.cells(one))
            )
        self._grid.bar.setVisible(not (self.is_twin and self._shares))
        self._grid.show_scale(limit, "gradient" if is_gradient else "weight")
        scrolls = self._scrolls.isChecked() and not self._is_pictured  # which has all units
        self._limit, limits = limit, dict.fromkeys(WEIGHT_FIELDS, limit)
        self._grid.show_weights(
            {"": shown}, limits, weight_grid.cell_text, weight_grid.sample_text(limit), scrolls
        )
        self._show_unit()
        self._read_marked()

    def _draw_nothing(self) -> None:
        self._editor.serve(())
        self._grid.show_message("")
        self._read_marked()

    def _show_unit(self) -> None:
        width = 0 if self._snapshot is None else self._snapshot.config.width
        is_there = self.unit is not None and 0 <= self.unit < width
        self._grid.select(None, self.unit if is_there else None)

    def _move_cursor(self, dx: int, dy: int) -> None:
        self._go_to(self._grid.neighbour(dx, dy))

    def _go_to(self, place: Place | None) -> None:
        """Mark a cell, and request that its unit be selected; the output's bias has none."""
        self._mark(place)
        if (unit := self._unit_of(place)) is not None:
            self._choose_unit(unit)

    @Slot(object)
    def _click(self, place: Place | None) -> None:
        self._editor.cancel()
        cell = self._grid.cells[place] if place else None
        if cell is None or cell.unit is not None:
            self._click_unit(cell.unit if cell else None)

    def _told_of(self, place: Place) -> str:
        cell, is_gradient = self._grid.cells[place], self._gradients.isChecked()
        if is_gradient:
            return f"How fast the loss changes with {cell.name}. {_ONLY_WEIGHTS}"
        return f"The weight {cell.name}, {numerals.real(cell.value, 6)}. {_HOW_TO_SET}."

    def _unit_of(self, place: Place | None) -> int | None:
        return self._grid.cells[place].unit if place else None

    def _read_marked(self) -> None:
        cell, is_gradient = self._grid.cells.get(self._grid.marked), self._gradients.isChecked()
        tip = _ONLY_WEIGHTS if is_gradient else _HOW_TO_SET
        self._grid.setToolTip(tip if cell else "")
        prefix = "∂loss/∂" if is_gradient else ""
        read = f"{prefix}{cell.name} {numerals.real(cell.value, 6)}" if cell else ""
        self.readout_changed.emit(read or self.resting_text)

    @Slot(object)
    def _edit(self, place: Place | None) -> None:
        """Open the editor over a cell, unless gradients are shown."""
        if place is None:
            return
        self._go_to(place)  # the first of two clicks may have cleared the unit
        if self._gradients.isChecked():
            self.refused.emit(_ONLY_WEIGHTS)
        else:
            self._editor.open(self._grid.cells[place], self._grid.rect_of(place), self)

    @Slot(object, float, bool)
    def _drag(self, place: Place, way: float, is_fine: bool) -> None:
        if not self._editor.is_dragging:
            self._go_to(place)  # the press may have cleared the unit
        self._editor.drag(self._grid.cells[place], self._limit, way, is_fine)

    @Slot()
    def _follow_grid(self) -> None:
        """Keep the editor over its cell."""
        if cell := self._editor.cell:
            self._editor.place_over(self._grid.rect_of((cell.row, cell.column)))

    def _use_cursor(self) -> None:
        """Open the editor over the marked cell."""
        if self._grid.marked in self._grid.cells:
            self._edit(self._grid.marked)
        else:
            self.refused.emit(_CHOOSE_FIRST)
