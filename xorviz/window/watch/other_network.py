"""The window of a network of any shape that another program trains."""

from bisect import bisect_right
from html import escape
from operator import itemgetter

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.arrays import Array
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.atomic import FileError
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import SwitchField, explain
from xorviz.ui.forms.scrolled import WrappingRow, plain_label, scrolled
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.guard import guarded
from xorviz.ui.said import WhatsThis, announce, tell
from xorviz.ui.table import CENTRE, Column, Table
from xorviz.ui.theme.palette import Theme, diverging
from xorviz.watching.other_run import OtherRun
from xorviz.window.watch.array_grid import ArrayGrid
from xorviz.window.watch.watch_line import state_text

SIZE = QSize(900, 600)
_FRAME_MS = 16
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
_SEEN = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange}
"""Events after which the window may be seen, or no longer."""


@guarded
class OtherNetwork(QWidget):
    """Shows the states of a run, and follows its program while that and the window are there."""

    def __init__(self, parent: QWidget, run: OtherRun, theme: Theme) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.run = run
        self._step = run.steps[-1]
        """The step that is shown."""
        self.setObjectName("other_network")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{run.source.name} – xorviz")
        WhatsThis(self)
        tell(self, _ABOUT, "watch-your-own-loop")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
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
        """Take in new states; end where there will be none."""
        try:
            if self.run.read():
                self._show()
        except FileError as error:
            self._line.setText(f"{self.run.source.name}: {error}")
            self._timer.stop()
        else:
            self._pace()

    def _pace(self) -> None:
        """Look for new states only while there may be some, and someone to see them."""
        is_seen = self.isVisible() and not self.isMinimized()
        if not is_seen or not self.run.source.is_live:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def event(self, event: QEvent) -> bool:
        is_taken = super().event(event)
        if event.type() in _SEEN:
            self._pace()
        return is_taken

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
