"""What each hidden unit answers over the input square."""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core import numerals
from xorviz.core.config import ROWS
from xorviz.core.responses import largest_responses, responses, span_of
from xorviz.core.snapshot import Snapshot
from xorviz.views.base import SnapshotView
from xorviz.views.unit_canvas import Network, UnitCanvas
from xorviz.views.unit_drawing import answer_text
from xorviz.widgets.keys import claims

_READ_ROWS = sorted(range(len(ROWS)), key=lambda row: ROWS[row])
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Units(SnapshotView):
    """A small map for each hidden unit, in fixed colours; the selected one has a firm frame."""

    title = "What each hidden unit sees"
    short_title = "Units"
    explanation = (
        "A small map for each hidden unit: what it answers for every pair of inputs, x1 to the "
        "right and x2 upwards, over the same square as the decision surface. The colours are "
        "fixed: blue is 0 and orange 1 for sigmoid; blue is −1 and orange 1 for tanh; for relu "
        "0 has the neutral colour and orange stands for the round number that the read-out "
        "names. The line is where the unit's input is zero. The four rows are marked in the map, "
        "a circle where the target is 0 and a square where it is 1, with the unit's answer where "
        "there is room. Below stands the unit's outgoing weight: how strongly, and which way, "
        "the output listens to it. Point at a map to read the unit's answers to the rows 00, 01, "
        "10 and 11. Click it, or go to it with the arrow keys and press Enter, to let that unit "
        "stand out in every panel; once more, or Esc, lets it go. Many units scroll by the wheel, "
        "Page Up and Page Down."
    )

    def __init__(self) -> None:
        super().__init__("units")
        self._canvas = UnitCanvas()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.addWidget(self._canvas)
        self._pointed: int | None = None
        self._cursor: int | None = None
        self._canvas.pointed_at.connect(self._point_at)
        self._canvas.clicked.connect(self._choose)

    def _draw(self, snapshot: Snapshot) -> None:
        config = snapshot.config
        if self._cursor is not None and self._cursor >= config.width:
            self._cursor = None
        self._canvas.show_network(Network(snapshot.weights, config.activation, config.targets))
        self._show_marked()

    def _draw_nothing(self) -> None:
        self._canvas.show_network(None)
        self._show_marked()

    def _recolour(self) -> None:
        self._canvas.apply_theme(self.theme)

    def _show_unit(self) -> None:
        if self.unit is not None and self.unit < self._canvas.count:
            self._canvas.bring_into_sight(self.unit)
        self._show_marked()

    @Slot(object)
    def _point_at(self, unit: int | None) -> None:
        if unit != self._pointed:
            self._pointed = unit
            self.unit_pointed.emit(unit)
            self._show_marked()

    @Slot(object)
    def _choose(self, unit: int | None) -> None:
        """Wish that a unit be selected, or none: by a click beside the maps, or a second one."""
        self.unit_chosen.emit(None if unit == self.unit else unit)

    def _move_cursor(self, dx: int, dy: int) -> None:
        at = self._cursor if self._cursor is not None else self.unit
        if at is None or at >= self._canvas.count:
            moved = 0
        else:
            moved = at + dx + dy * self._canvas.tiles.columns
        if 0 <= moved < self._canvas.count:
            self._cursor = moved
            self._canvas.bring_into_sight(moved)
            self._show_marked()

    def _clear_cursor(self) -> None:
        if self._cursor is None:
            self.unit_chosen.emit(None)
        self._cursor = None
        self._show_marked()

    def event(self, event: QEvent) -> bool:
        """Take the keys that scroll before the window's shortcuts do."""
        return claims(event, _PAGES) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ENTER and self._cursor is not None:
            self._choose(self._cursor)
        elif key in _PAGES:
            bar = self._canvas.verticalScrollBar()
            bar.setValue(bar.value() + _PAGES[key] * bar.pageStep())
        else:
            super().keyPressEvent(event)

    def _show_marked(self) -> None:
        """Frame what is selected and pointed at, and read it out; it changes during a run."""
        pointed = self._pointed if self._pointed is not None else self._cursor
        self._canvas.select(self.unit, pointed)
        read = pointed if pointed is not None else self.unit
        self.readout_changed.emit(self._read(read))

    def _read(self, unit: int | None) -> str:
        if (snapshot := self._snapshot) is None:
            return ""
        weights, activation = snapshot.weights, snapshot.config.activation
        if unit is None or unit >= self._canvas.count:
            span = span_of(activation, float(largest_responses(weights, activation).max()))
            scale = f"colours {numerals.fixed(span.low, 0)} to {numerals.plain(span.high)}"
            return self.resting_text or scale
        answers = responses(weights, activation)[:, unit]
        rows = [f"{ROWS[r][0]}{ROWS[r][1]} {answer_text(float(answers[r]))}" for r in _READ_ROWS]
        text = f"h{unit + 1}: {', '.join(rows)}"
        if weights.b1 is not None:
            text += f", bias {numerals.signed(float(weights.b1[unit]))}"
        return text
