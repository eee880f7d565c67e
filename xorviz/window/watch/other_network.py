"""The window of a network of any shape that another program trains.

Shapes: R rows, C columns of an array as a table.
"""

from bisect import bisect_right
from html import escape
from math import prod
from operator import itemgetter

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.arrays import Array
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.atomic import FileError
from xorviz.panels.learn.weight_grid import cell_text, sample_text
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.draw.cell_grid import CellGrid, Place
from xorviz.ui.draw.grid_layout import BESIDE, GridPlan, Heads
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import SwitchField, explain
from xorviz.ui.forms.scrolled import WrappingRow, plain_label, scrolled
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ARROWS
from xorviz.ui.said import WhatsThis, announce, tell
from xorviz.ui.table import CENTRE, Column, Table
from xorviz.ui.theme.palette import LEVELS, Theme, diverging
from xorviz.ui.theme.style import bold
from xorviz.watching.followed_run import OtherRun
from xorviz.window.watch.watch_line import state_text

SIZE = QSize(900, 600)
_FRAME_MS = 16
_WIDEST, _TALLEST = 40, 12
"""Of the cells of an array, in heights of a line; more of them are smaller, and have no numbers."""
_CELL = 1.5
"""Height of a cell with a number, in heights of a line."""
_AROUND = 8
"""Pixels beside an array, and above its cells."""
_GRID_ABOUT = (
    "One array of the network, as its program has it: orange is positive, blue negative. Point at "
    "a cell, or go to it with the arrow keys, to read its exact value."
)
_AROUND_ROW = 14
_NOT_CHECKED = (
    "The code isn't checked. With predict=, xorviz.watch checks the first three updates, and "
    "shows outputs."
)
_ABOUT = (
    "A network that doesn't have two inputs, one hidden layer and one output. Its weights, its "
    "outputs and the check of its code are shown; all other panels need a 2-H-1 network."
)
_SLIDER_ABOUT = "The states that the program has written; the arrow keys go from one to the next."

_Row = tuple[str, ...]


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
        tell(self, _GRID_ABOUT)
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


class OtherNetwork(QWidget):
    """Shows the states of a run, and follows its program while that and the window are there."""

    def __init__(self, parent: QWidget, run: OtherRun, theme: Theme) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAutoFillBackground(True)
        self.run = run
        self._step = run.steps[-1]
        """The step that is shown."""
        self.setObjectName("other_network")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{run.source.name} – xorviz")
        WhatsThis(self)
        tell(self, _ABOUT, "watch-your-own-loop")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._line, self._where, self._readout = ElidedLabel(), QLabel(), plain_label()
        self._verdict = plain_label("verdict")
        self._verdict.setTextFormat(Qt.TextFormat.RichText)
        self._table = Table("Outputs", _columns(self._outputs.shape[1]), _AROUND_ROW)
        tell(self._table, "What predict returned for each row at this state; – where it failed.")
        self._grids = {name: ArrayGrid(name, shape) for name, shape in run.shapes.items()}
        self._bar = ColorBar(diverging)
        self._slider, self._follow = TimeSlider("state"), SwitchField("follow", "&Follow")
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._lay_out()
        self._connect()
        self.apply_theme(theme)
        self._follow.setChecked(run.source.is_live)
        self._show()
        self._table.show_whole()
        self.resize(SIZE)
        self._slider.setFocus()
        self._timer.start()

    def _lay_out(self) -> None:
        explain(self._slider, "State", _SLIDER_ABOUT)
        explain(self._follow, "Follow", "Show each new state of the program while it is running.")
        left = column(None, self._table, STRETCH, self._readout)
        grids = QWidget()  # its layout is as high as the row needs
        wrapping = WrappingRow([*self._grids.values()], is_centred=False)
        column(grids, wrapping, STRETCH, margins=(0, 0, 0, 0))
        right = column(None, (scrolled(grids), 1), self._bar)
        shown = row(None, left, (right, 1), gap=16)
        times = row(None, (self._slider, 1), self._where, self._follow, gap=12)
        margins = (14, 12, 14, 10)
        column(self, self._line, self._verdict, (shown, 1), times, margins=margins, gap=10)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._read)
        self._slider.position_requested.connect(self._go_to)
        self._follow.toggled.connect(self._show)
        for grid in self._grids.values():
            grid.read.connect(self._readout.setText)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._table.apply_theme(theme)
        for part in (self._bar, *self._grids.values()):
            part.apply_theme(theme)

    @Slot()
    def _read(self) -> None:
        """Take in new states while someone sees them; end where there will be none."""
        if not self.isVisible() or self.isMinimized():
            return
        try:
            if self.run.read():
                self._show()
        except FileError as error:
            self._line.setText(f"{self.run.source.name}: {error}")
            self._timer.stop()
        else:
            if not self.run.source.is_live:
                self._timer.stop()

    @Slot(object)
    def _go_to(self, place: int) -> None:
        """Show the state at a place among all."""
        self._step = self.run.steps[place]
        self._follow.setChecked(False)
        self._show()

    @Slot()
    def _show(self) -> None:
        """Show the newest state while the program is followed, else the chosen one."""
        source, steps = self.run.source, self.run.steps
        chosen = steps[-1] if self._follow.isChecked() else self._step
        place = max(0, bisect_right(steps, chosen) - 1)  # it may have given way to newer ones
        self._step = steps[place]
        self._slider.show_range(len(steps) - 1, place)
        at, newest = numerals.whole(self._step), numerals.whole(steps[-1])
        self._where.setText(f"step {at} of {newest}")
        self._follow.setEnabled(source.is_live)
        program = f", {source.program}" if source.program else ""
        self._line.head = source.name
        self._line.setText(source.name + state_text(steps[-1], source) + program)
        self._table.rows.show_rows(self._rows(), len(self._table.rows.columns))
        self._show_weights()
        self._say()

    def _show_weights(self) -> None:
        """Show the arrays with one scale."""
        arrays = self.run.weights_at(self._step)
        limit = round_bound(max(float(np.abs(array).max()) for array in arrays.values()))
        end = numerals.tick(limit)
        self._bar.set_labels((f"{numerals.MINUS}{end}", "0", f"+{end}"), "value")
        for name, array in arrays.items():
            self._grids[name].show_array(array, limit)

    @property
    def _outputs(self) -> Array:
        """(4, O) for 00, 01, 10, 11 at the step shown; not a number where unknown."""
        found = self.run.outputs_at(self._step)
        return np.full((len(COUNTED), 1), np.nan) if found is None else found

    def _rows(self) -> list[_Row]:
        """Return the truth table with the outputs at the step shown."""
        targets = self.run.targets or len(COUNTED) * (numerals.NOTHING,)
        return [
            (*map(str, ROWS[place]), str(target), *map(_written, outputs))
            for place, target, outputs in zip(COUNTED, targets, self._outputs, strict=True)
        ]

    def _say(self) -> None:
        """Show what was found of the code, and let screen readers say it once."""
        said = self.run.source.finding or _NOT_CHECKED
        if said != self._verdict.accessibleName():
            head = said[: said.find(": ") + 1]
            rest = escape(said.removeprefix(head))
            self._verdict.setText(f"<b>{escape(head.capitalize())}</b>{rest}")
            self._verdict.setAccessibleName(said)
            announce(self._verdict, said)


def _columns(outputs: int) -> list[Column[_Row]]:
    names = [f"output {n}" for n in range(outputs)] if outputs > 1 else ["output"]
    sample = f"{numerals.MINUS}0.0000"
    return [
        Column(title, itemgetter(n), align=CENTRE, sample=sample if n > 2 else "")
        for n, title in enumerate(("x1", "x2", "target", *names))
    ]


def _written(output: float) -> str:
    return numerals.NOTHING if np.isnan(output) else numerals.real(float(output), 4)
