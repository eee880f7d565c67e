"""The view of the network as a diagram, with an edge for each trainable number."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from xorviz.core.config import COUNTED, ROWS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import DEFAULT_ROW, row_options
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.graph import DiagramPicture, Edge, Node, Spot
from xorviz.panels.learn.weights.cells import cells
from xorviz.panels.learn.weights.editor import WeightEditor
from xorviz.panels.learn.weights.range import AUTOMATIC, DEFAULT_RANGE, range_options
from xorviz.ui.guard import guarded
from xorviz.ui.keys import claims, is_plain

_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)

_ROW_TIP = "Show the values of all units for these inputs"
_HOW_TO_SET = "Click, or Enter, to set this weight"
_HOW_TO_TURN = "Click, or Enter, to turn this input to its other value"
_HOW_TO_CHOOSE = "Click, or Enter, to let this unit stand out or to let it go"
_CHOOSE_FIRST = "Go to a line with the arrow keys first, then press Enter to set its weight."
_NO_WEIGHT = "Only lines have weights: go to one with the arrow keys, then press Enter."


@guarded
class NetworkDiagram(SnapshotView):
    """The network at one row of the truth table: weights on edges, values in nodes."""

    weight_requested = Signal(str, object, float)  # field, index: tuple[int, ...], value
    refused = Signal(str)  # why a weight cannot be set

    explanation = (
        "The network from left to right: the inputs x1 and x2, the hidden units, the output o. "
        "Every number that training changes is a line; where there are biases, they lead from "
        "the nodes with a 1. A wide, strongly coloured line is a large weight, orange and solid "
        "where it is positive, blue and dashed where it is negative. The nodes hold their values "
        "in one row of the truth table. To choose the row, click x1 or x2, which turns that "
        "input to its other value, or press 1, 2, 3 or 4 for 00, 01, 10 or 11. The output is a "
        "circle where its target is 0, a square where it is 1. Point at a line to read its "
        "weight; click it to set the weight: type a number, then Enter sets it and Esc leaves it "
        "as it is. Click a hidden unit, or go to it or one of its lines with the arrow keys, to "
        "let it stand out in all panels; once more, a click beside everything, or Esc, lets it "
        "go. The arrow keys go from node to line to node, and up and down; Enter does what a "
        "click does."
    )

    def __init__(self) -> None:
        super().__init__("network_diagram")
        self._canvas = DiagramCanvas()
        self._editor = WeightEditor(self._canvas)
        self._editing: Edge | None = None
        self._fill_with(self._canvas, 4, 2, 4, 2)
        rows = row_options("network_row", "Network in row", _ROW_TIP)
        self.row = self._one_of(rows, DEFAULT_ROW, self.draw_anew)
        """The row whose values are shown, as an index into ROWS."""
        ranges = range_options("edge_range", "Lines of the network")
        self._ranges = self._one_of(ranges, DEFAULT_RANGE, self.draw_anew)
        self._cursor_over(self._canvas)
        self._canvas.clicked.connect(self._click)
        self._canvas.clicked_twice.connect(self._click_again)
        self._canvas.laid_out.connect(self._place_editor)
        self._editor.weight_requested.connect(self.weight_requested)
        self._editor.refused.connect(self.refused)

    @property
    def options_text(self) -> str:
        chosen = self._ranges.value
        return f"±{chosen}" if chosen != AUTOMATIC else "to fit"

    def _draw(self, snapshot: Snapshot) -> None:
        limit = float(self._ranges.value)
        picture = DiagramPicture(snapshot, self.row.value, limit)
        self._editor.serve((snapshot.run, picture.graph))
        if self._canvas.marked and self._canvas.marked not in picture.graph.spots:
            self._canvas.mark(None)
        self._canvas.show_picture(picture, self.unit)
        self._show_spot()

    def _show_unit(self) -> None:
        self._draw_again()

    @Slot(object)
    def _point_at(self, spot: Spot | None) -> None:
        """Mark a spot, and report its hidden unit."""
        self._canvas.mark(spot)
        self._point_at_unit(spot.unit if spot is not None else None)
        self._show_spot()

    def _show_spot(self) -> None:
        self._canvas.setToolTip(_tip(self._canvas.marked))
        self.readout_changed.emit(self._readout(self._canvas.marked))

    def _readout(self, spot: Spot | None) -> str:
        """Return the read-out: the marked number, else the row and the resting text."""
        if self._canvas.picture is None:
            return self.resting_text
        read = self._canvas.picture.readout(spot)
        return read if spot else " · ".join(filter(None, (read, self.resting_text)))

    @Slot(object)
    def _click(self, spot: Spot | None) -> None:
        """Use what was clicked; a click beside everything clears the chosen unit."""
        self._editor.cancel()
        if spot is None:
            self._click_unit(None)
        else:
            self._use(spot)

    @Slot(object)
    def _click_again(self, spot: Spot | None) -> None:
        """Turn an input back on the second click of a double click; ignore other double clicks."""
        if isinstance(spot, Node) and spot.is_input:
            self._use(spot)

    def _use(self, spot: Spot) -> None:
        """Edit an edge's weight, flip an input, or choose or release a hidden unit."""
        if isinstance(spot, Edge):
            self._edit(spot)
        elif spot.is_input:
            x = list(ROWS[self.row.value])
            x[spot.position] = 1 - x[spot.position]
            self.row.choose(ROWS.index((x[0], x[1])))
        elif spot.unit is not None:
            self._click_unit(spot.unit)
        else:
            self.refused.emit(_NO_WEIGHT)

    def _edit(self, edge: Edge) -> None:
        self._point_at(edge)
        if self._snapshot is not None:
            self._editing = edge
            cell = cells(self._snapshot.weights)[edge.number]
            self._editor.open(cell, self._canvas.rect_of(edge), self)

    @Slot()
    def _place_editor(self) -> None:
        if self._editor.cell is not None and self._editing is not None:
            self._editor.place_over(self._canvas.rect_of(self._editing))

    def _move_cursor(self, dx: int, dy: int) -> None:
        super()._move_cursor(dx, dy)
        if (spot := self._canvas.marked) is not None and spot.unit is not None:
            self._choose_unit(spot.unit)

    def event(self, event: QEvent) -> bool:
        """Claim the digits before shortcuts do, while this view has the focus."""
        return claims(event, _DIGITS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _DIGITS and is_plain(event):
            self.row.choose(COUNTED[_DIGITS.index(key)])
        else:
            super().keyPressEvent(event)

    def _use_cursor(self) -> None:
        if self._canvas.marked is None:
            self.refused.emit(_CHOOSE_FIRST)
        else:
            self._use(self._canvas.marked)


def _tip(spot: Spot | None) -> str:
    """Return the tool tip of a node or an edge."""
    if isinstance(spot, Edge):
        return _HOW_TO_SET
    if spot is not None and spot.is_input:
        return _HOW_TO_TURN
    return _HOW_TO_CHOOSE if spot is not None and spot.unit is not None else ""
