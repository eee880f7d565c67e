"""The view of the network as a diagram, with an edge for each trainable number."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core.config import ROWS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import NAMES, SHOWN_ROWS
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.diagram.canvas import DiagramCanvas
from xorviz.panels.inside.diagram.graph import Edge, Node, Spot
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.panels.learn.weights.canvas import cells
from xorviz.panels.learn.weights.editor import WeightEditor
from xorviz.panels.learn.weights.range import AUTOMATIC, range_options
from xorviz.ui.guard import guarded
from xorviz.ui.keys import claims, is_plain

_FIRST_ROW = ROWS.index((0, 1))
_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)

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
    row_requested = Signal(int)  # in the order of ROWS

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
        self._spot: Spot | None = None
        self._picture: DiagramPicture | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.addWidget(self._canvas)
        self._rows = self._make_rows()
        self._ranges = range_options(self, self._option, "edge_range", "Lines of the network")
        self.options = [*self._rows.actions(), *self._ranges.actions()]
        self._row: int = self._rows.checkedAction().data()
        self._connect()

    def _make_rows(self) -> QActionGroup:
        rows = QActionGroup(self)
        for row in SHOWN_ROWS:
            name, text = f"network_row_{NAMES[row]}", f"Network in row {NAMES[row]}"
            action = self._option(name, text, checked=row == _FIRST_ROW)
            action.setData(row)
            action.setStatusTip("Show the values of all units for these inputs")
            rows.addAction(action)
        return rows

    def _connect(self) -> None:
        canvas, editor = self._canvas, self._editor
        canvas.pointed_at.connect(self._point_at)
        canvas.clicked.connect(self._click)
        canvas.clicked_again.connect(self._click_again)
        canvas.resized.connect(self._place_editor)
        editor.weight_requested.connect(self.weight_requested)
        editor.refused.connect(self.refused)
        for option in self._rows.actions():
            option.toggled.connect(self._choose_row)
        for option in self._ranges.actions():
            option.toggled.connect(self._choose_range)

    @property
    def options_text(self) -> str:
        chosen: int = self._checked(self._ranges).data()
        return f"±{chosen}" if chosen != AUTOMATIC else "to fit"

    @staticmethod
    def _checked(group: QActionGroup) -> QAction:
        """Return a group's checked action; the first while the choice is changing."""
        return group.checkedAction() or group.actions()[0]

    @Slot(int)
    def show_row(self, row: int) -> None:
        """Show the values for a row, given in the order of ROWS."""
        if row != self._row:
            self._row = row  # set first, so that the option emits no request
            self._rows.actions()[SHOWN_ROWS.index(row)].setChecked(True)
            self.draw_anew()

    @Slot()
    def _choose_row(self) -> None:
        action = self._rows.checkedAction()
        if action is not None and action.data() != self._row:
            self._row = action.data()
            self.draw_anew()
            self.row_requested.emit(self._row)

    @Slot()
    def _choose_range(self) -> None:
        if self._ranges.checkedAction() is not None:
            self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        limit = float(self._checked(self._ranges).data())
        picture = self._picture = DiagramPicture.of(snapshot, self._row, limit)
        self._editor.serve((snapshot.run, picture.graph))
        if self._spot is not None and not picture.graph.has(self._spot):
            self._spot = None
        self._canvas.show_picture(picture, self.unit)
        self._show_spot()

    def _draw_nothing(self) -> None:
        self._editor.serve(())
        self._spot = self._picture = None
        self._canvas.show_picture(None, None)
        self._show_spot()

    def _show_unit(self) -> None:
        self._is_drawn = False
        self.redraw()

    def _recolour(self) -> None:
        self._canvas.apply_theme(self.theme)

    @Slot(object)
    def _point_at(self, spot: Spot | None) -> None:
        """Mark what is under the mouse, and report its hidden unit."""
        self._point_at_unit(spot.unit if spot is not None else None)
        self._select(spot)

    def _select(self, spot: Spot | None) -> None:
        self._spot = spot
        self._show_spot()

    def _show_spot(self) -> None:
        self._canvas.mark(self._spot)
        self._canvas.setToolTip(_tip(self._spot))
        self.readout_changed.emit(self._readout())

    def _readout(self) -> str:
        """Return the read-out: the marked number, else the row and the resting text."""
        if self._picture is None:
            return self.resting_text
        read = self._picture.readout(self._spot)
        return read if self._spot else " · ".join(filter(None, (read, self.resting_text)))

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
            x = list(ROWS[self._row])
            x[spot.position] = 1 - x[spot.position]
            self._trigger_row(ROWS.index((x[0], x[1])))
        elif spot.unit is not None:
            self._click_unit(spot.unit)
        else:
            self.refused.emit(_NO_WEIGHT)

    def _trigger_row(self, row: int) -> None:
        self._rows.actions()[SHOWN_ROWS.index(row)].trigger()

    def _edit(self, edge: Edge) -> None:
        self._select(edge)
        if self._snapshot is not None:
            self._editing = edge
            cell = cells(self._snapshot.weights)[edge.number]
            self._editor.open(cell, self._canvas.rect_of(edge), self)

    @Slot()
    def _place_editor(self) -> None:
        if self._editor.cell is not None and self._editing is not None:
            self._editor.place_over(self._canvas.rect_of(self._editing))

    def _move_cursor(self, dx: int, dy: int) -> None:
        """Move to a neighbour; start at the chosen unit, or x1."""
        if self._picture is None:
            return
        graph = self._picture.graph
        to: Spot
        if self._spot is None:
            to = next((n for n in graph.nodes if n.unit == self._chosen_unit), graph.nodes[0])
        elif dx:
            to = graph.beside(self._spot, dx)
        else:
            column = graph.column_of(self._spot)
            to = column[min(max(0, column.index(self._spot) + dy), len(column) - 1)]
        self._select(to)
        if to.unit is not None:
            self._choose_unit(to.unit)

    def _clear_cursor(self) -> None:
        self._select(None)

    def event(self, event: QEvent) -> bool:
        """Claim the digits before shortcuts do, while this view has the focus."""
        return claims(event, _DIGITS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _DIGITS and is_plain(event):
            self._trigger_row(SHOWN_ROWS[_DIGITS.index(key)])
        else:
            super().keyPressEvent(event)

    def _use_cursor(self) -> None:
        if self._spot is None:
            self.refused.emit(_CHOOSE_FIRST)
        else:
            self._use(self._spot)


def _tip(spot: Spot | None) -> str:
    """Return the tool tip of a node or an edge."""
    if isinstance(spot, Edge):
        return _HOW_TO_SET
    if spot is not None and spot.is_input:
        return _HOW_TO_TURN
    return _HOW_TO_CHOOSE if spot is not None and spot.unit is not None else ""
