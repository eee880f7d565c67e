"""The view of the network: its weights on edges, its answers in nodes, a step in slow motion."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent

from xorviz.core import numerals
from xorviz.core.analysis.explanation import Explanation
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.diagnosis.words import number_of
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.panels.base.walk import WalkingView
from xorviz.panels.base.words import at_step, correct_text, number, strongest
from xorviz.panels.learn import weight_grid
from xorviz.panels.learn.network.canvas import CardText, DiagramCanvas
from xorviz.panels.learn.network.graph import AtWork, DiagramPicture, Edge, Node, Spot, at_work
from xorviz.panels.learn.weight_editor import WeightEditor, bounded
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.keys import is_plain
from xorviz.ui.theme.palette import diverging

_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
_NUDGE = 0.02
"""Change of a weight by a key, as a share of half the range."""
_WITH_BAR = 15
"""Heights of the font from which the scale of the colours has room."""
_PULSE_MS = 900
_REST_MS = 350
"""Time in milliseconds that the mouse rests before a card appears: none flashes in passing."""

_ROW_TIP = "Show the values of all units for these inputs"
_SLOW_TIP = "Explain the next step line by line, take it, and begin again"
_HOW_TO_SET = "Drag up or down; double-click or Enter to type"
_HOW_TO_FLIP = "Click, or press Enter, to flip this input"
_HOW_TO_HIGHLIGHT = "Click, or press Enter, to highlight this unit"
_HOW_TO_WALK = "→ next line   ← back   Esc ends"
_UNSEEN = "Slow motion runs in the panel Network: bring it to the front first."
_CHOOSE_FIRST = "Go to an edge with the arrow keys first, then press Enter to set its weight."
_NO_WEIGHT = "Only edges have weights: go to one with the arrow keys, then press Enter."


@guarded
class NetworkDiagram(WalkingView):
    """The network at one row of the truth table, with the numbers of what is pointed at."""

    weight_requested = Signal(str, object, float)  # field, index: tuple[int, ...], value
    weight_tried = Signal(str, object, float)  # the same, while it is typed or dragged
    trial_ended = Signal()
    refused = Signal(str)  # why a weight cannot be set
    next_step_requested = Signal()  # slow motion has explained the whole step
    pause_requested = Signal()  # slow motion starts

    explanation = (
        "The network from the inputs to the output, with its values in one row of the truth "
        "table. Every edge is a weight: drag it up or down, or double-click it, to change it."
    )

    def __init__(self) -> None:
        super().__init__("network_diagram", "network_row", "Network in row", _ROW_TIP)
        self._canvas = DiagramCanvas()
        self._editor = WeightEditor(self._canvas)
        self._editing: Edge | None = None
        self._pulse = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=_PULSE_MS)
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._bar = ColorBar(diverging, "weight")
        """The colours of the edges."""
        self._spare = (self._bar,)
        column(self, (self._canvas, 1), self._bar, margins=(4, 2, 4, 2))
        self.slow_motion = self._option(
            "slow_motion", "Slow motion", False, _SLOW_TIP, self._run_slowly
        )
        ranges, title = weight_grid.range_options("edge_range"), "Edge colours"
        self._ranges = self._one_of(ranges, weight_grid.DEFAULT_RANGE, self.draw_anew, title)
        self._connect()

    def _connect(self) -> None:
        canvas, editor, walk = self._canvas, self._editor, self.walk
        self._cursor_over(canvas)
        canvas.clicked.connect(self._click)
        canvas.clicked_twice.connect(self._click_again)
        canvas.dragged.connect(self._drag)
        canvas.laid_out.connect(self._place_editor)
        editor.weight_tried.connect(self.weight_tried)
        editor.weight_requested.connect(self.weight_requested)
        editor.ended.connect(self.trial_ended)
        editor.ended.connect(self._read_marked)
        editor.refused.connect(self.refused)
        walk.moved.connect(self._show_work)
        walk.finished.connect(self.next_step_requested)
        walk.stopped.connect(lambda: self.slow_motion.setChecked(False))
        self._pulse.valueChanged.connect(self._show_pulse)
        self._rest.timeout.connect(self._read_marked)

    def describe(self, snapshot: Snapshot) -> str:
        """Return the network's parts, its answer to the chosen row, and its largest weights."""
        config, row = snapshot.config, self.row.value
        weights = zip(parameter_names(config), flat(snapshot.weights).tolist(), strict=True)
        target = number_of(config.targets[row], config)
        units = numerals.counted(config.width, f"{config.activation} hidden unit")
        return (
            f"{at_step(snapshot)}, {units} {'with' if config.biases else 'without'} biases between "
            f"x1, x2 and the output. In row {ROW_NAMES[row]} the output is "
            f"{number(snapshot.outputs[row])}, the target {target}; "
            f"{correct_text(snapshot)}. The largest weights: {strongest(weights)}."
        )

    def _draw(self, snapshot: Snapshot) -> None:
        graph = self._canvas.picture.graph if self._canvas.picture else None
        limit = float(self._ranges.value)
        picture = DiagramPicture(snapshot, self.row.value, limit)
        self._bar.set_labels(weight_grid.range_labels(picture.limit))
        self._editor.serve((snapshot.run, picture.graph))
        if self._canvas.marked and self._canvas.marked not in picture.graph.spots:
            self._canvas.mark(None)
        self.walk.explain(self._explanation(snapshot))
        self._canvas.show_picture(picture, self.unit)
        if graph is not picture.graph:
            self._show_work()
        self._read_marked()

    def _arrange(self) -> None:
        self._bar.setVisible(self.height() >= _WITH_BAR * self.fontMetrics().height())

    def _recolour(self) -> None:
        self.walk.be_still(self.theme.reduced_motion)

    def _show_unit(self) -> None:
        self.draw_anew()

    @Slot(object)
    def _point_at(self, spot: Spot | None) -> None:
        """Mark a spot, and report its hidden unit; its card follows when the mouse rests."""
        if spot != self._canvas.marked:
            self._rest.start()
        super()._point_at(spot)

    def _unit_of(self, spot: Spot | None) -> int | None:
        return None if spot is None else spot.unit

    @Slot()
    def _read_marked(self) -> None:
        """Show what a click does, and update the read-out and the card."""
        spot = self._canvas.marked
        offer = _Offer.of(spot, self._row_name)
        self._canvas.setCursor(offer.shape)
        is_node = isinstance(spot, Node) and (spot.is_input or spot.is_constant)
        self._canvas.setToolTip((offer.how or offer.told) * is_node)  # the others have cards
        self._canvas.show_card(self._card(spot))
        picture = self._canvas.picture
        said = self.resting_text if picture is None or spot is None else picture.readout(spot)
        self.readout_changed.emit(said)

    def _card(self, spot: Spot | None) -> CardText | None:
        """Return the numbers at work, else those of a spot."""
        picture, told = self._canvas.picture, self.walk.explanation
        if (line := self.walk.at) is not None:
            return CardText(self.walk.place, [line], _HOW_TO_WALK if self.walk.is_on else "")
        is_early = self._rest.isActive() and not self._editor.is_dragging
        if picture is None or told is None or is_early or self._editor.cell is not None:
            return None
        return self._card_of(spot, picture, told)

    def _card_of(
        self, spot: Spot | None, picture: DiagramPicture, told: Explanation
    ) -> CardText | None:
        """Return the numbers of an edge or a node; the inputs need no card."""
        row = self._row_name
        hint = _Offer.of(spot, row).how
        if isinstance(spot, Edge):
            lines = told.of_weight(spot.field, spot.index)
            weight = numerals.real(float(picture.weights[spot.number]))
            return CardText(f"{spot.name} = {weight}", lines, hint)
        if spot is not None and spot.unit is not None:
            title, lines = f"{spot.name} in {row}", told.of_unit(spot.unit)
            return CardText(title, lines, hint, has_numbers=False)
        if spot == picture.graph.nodes[-1]:
            return CardText(f"Output in {row}", told.of_output(), has_numbers=False)
        return None

    @property
    def _row_name(self) -> str:
        return f"row {ROW_NAMES[self.row.value]}"

    def _told_of(self, spot: Spot) -> str:
        offer = _Offer.of(spot, self._row_name)
        return ". ".join(filter(None, (offer.told, offer.how))) + "."

    @Slot(object)
    def _click(self, spot: Spot | None) -> None:
        """Use what was clicked; a click beside everything clears the chosen unit.

        In slow motion, a click advances. An edge waits for a drag or a second click.
        """
        self._editor.cancel()
        if self.walk.is_on:
            self.walk.advance()
        elif spot is None:
            self._click_unit(None)
        elif isinstance(spot, Node):
            self._use(spot)

    @Slot(object)
    def _click_again(self, spot: Spot | None) -> None:
        """Edit an edge, or flip an input back, on the second click of a double-click."""
        if isinstance(spot, Edge) or (isinstance(spot, Node) and spot.is_input):
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
            self._editor.open(self._cell(self._snapshot, edge), self._canvas.rect_of(edge), self)
            self._read_marked()

    @Slot()
    def _place_editor(self) -> None:
        if self._editor.cell is not None and self._editing is not None:
            self._canvas.scroll_to(self._editing)  # in another size it may be out of sight
            self._editor.place_over(self._canvas.rect_of(self._editing))

    @Slot(object, float, bool)
    def _drag(self, edge: Edge, way: float, is_fine: bool) -> None:
        if self._canvas.picture is not None and self._snapshot is not None:
            self._canvas.mark(edge)
            cell, limit = self._cell(self._snapshot, edge), self._canvas.picture.limit
            self._editor.drag(cell, limit, way, is_fine)

    @staticmethod
    def _cell(snapshot: Snapshot, edge: Edge) -> weight_grid.Cell:
        return weight_grid.cells(snapshot.weights)[edge.number]

    def _zoom_by(self, steps: int) -> None:
        """Make the marked weight larger or smaller."""
        edge, picture = self._canvas.marked, self._canvas.picture
        if picture is not None and isinstance(edge, Edge):
            before = float(picture.weights[edge.number])
            value = bounded(before + steps * _NUDGE * picture.limit)
            self.weight_requested.emit(edge.field, edge.index, value)
        else:
            self.refused.emit(_CHOOSE_FIRST)

    @Slot(bool)
    def _run_slowly(self, is_slow: bool) -> None:
        if is_slow and not self.walk.is_watched:
            self.slow_motion.setChecked(False)
            self.refused.emit(_UNSEEN)
        elif is_slow:
            self.pause_requested.emit()
            self.walk.start()
        else:
            self.walk.stop()

    @Slot()
    def _show_work(self) -> None:
        """Highlight what the current line is about, and run a pulse along its edges."""
        line, picture = self.walk.at, self._canvas.picture
        self._canvas.give_strip(self.walk.is_on)
        self._pulse.stop()
        if line is None or picture is None:
            self._canvas.show_work(AtWork(), None)
        else:
            work = at_work(picture.graph, self.walk.stage, line)
            for spot in work.spots[:1]:
                self._canvas.scroll_to(spot)
            self._canvas.show_work(work, None)
            if work.edges and work.way and not self.theme.reduced_motion and self.is_seen:
                self._pulse.start()
        self._read_marked()

    @Slot(object)
    def _show_pulse(self, along: float) -> None:
        self._canvas.show_work(self._canvas.at_work, along if along < 1 else None)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pulse.stop()

    def _move_cursor(self, dx: int, dy: int) -> None:
        if self.walk.is_on:
            (self.walk.advance if dx + dy > 0 else self.walk.go_back)()
            return
        spot = self._canvas.neighbour(dx, dy)
        if spot is not None:
            self._canvas.scroll_to(spot)
        self._point_at(spot)
        self._rest.stop()
        self._read_marked()
        if spot is not None and spot.unit is not None:
            self._choose_unit(spot.unit)

    def _escape(self) -> None:
        """End slow motion, else clear mark and selection."""
        if self.walk.is_on:
            self.walk.stop()
        else:
            super()._escape()

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


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a spot is, what can be done there, and the mouse cursor over it."""

    told: str
    how: str = ""
    shape: Qt.CursorShape = Qt.CursorShape.ArrowCursor

    @classmethod
    def of(cls, spot: Spot | None, row: str) -> "_Offer":
        shapes = Qt.CursorShape
        if spot is None:
            return cls("")
        if isinstance(spot, Edge):
            return cls(f"The weight {spot.name}", _HOW_TO_SET, shapes.SizeVerCursor)
        if spot.is_constant:
            return cls("The constant 1: its edges are the biases")
        if spot.is_input:
            return cls(f"The input {spot.name} in {row}", _HOW_TO_FLIP, shapes.PointingHandCursor)
        if spot.unit is not None:
            told = f"The hidden unit {spot.name} with its response in {row}"
            return cls(told, _HOW_TO_HIGHLIGHT, shapes.PointingHandCursor)
        return cls(f"The output unit with its answer in {row}, and the decision surface")
