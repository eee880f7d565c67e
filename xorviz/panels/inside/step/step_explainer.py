"""The view of one training step, explained with its numbers."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from xorviz.core.analysis.explanation import STAGES, Explanation
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells
from xorviz.panels.base.row_signs import DEFAULT_ROW, NAMES, row_options
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.step.sheet import StepSheet
from xorviz.ui.forms.scrolled import scrolled
from xorviz.ui.guard import guarded

_LINE_MS = 1400
"""Time in milliseconds that slow motion stays at a line."""
_SLOW_TIP = "Walk through the step line by line, take it, and begin again"


@guarded
class StepExplainer(SnapshotView):
    """Explains the next step stage by stage: forward pass, error, backward pass, update.

    Slow motion advances line by line and takes the step at the end.
    """

    next_step_requested = Signal()  # slow motion has explained the whole step
    pause_requested = Signal()  # slow motion starts

    has_table = True
    explanation = (
        "The step that comes next, with its numbers: forward for one row of the truth table, its "
        "error, backward, and the update of every weight. Each line is a formula, and below it "
        "the same with the numbers in it. The arrow keys go forward and back through the stages, "
        "up and down through the lines; the options choose the row. Click a line to let its "
        "hidden unit stand out in all panels; once more, or Esc, lets it go. Slow motion walks "
        "through the lines by itself, takes the step, and begins again."
    )

    def __init__(self) -> None:
        super().__init__("step_explainer")
        self.stage = 0
        """Index of the shown stage in STAGES."""
        self._sheet = StepSheet()
        # Pointing marks no line: slow motion marks the one it is at.
        self._sheet.pointed_at.connect(self._point_at)
        self._sheet.clicked.connect(self._click)
        self._title, self._about = QLabel(), QLabel()
        self._scroll = scrolled(self._sheet)
        self._scroll.viewport().setAutoFillBackground(False)
        self._ticks = QTimer(self, interval=_LINE_MS)
        self._ticks.timeout.connect(self._advance)
        self.row = self._one_of(row_options("explain_row", "Row"), DEFAULT_ROW, self.draw_anew)
        """The explained row, as an index into ROWS."""
        self._slow = self._option(
            "slow_motion", "Slow motion", "W", False, _SLOW_TIP, self._run_slowly
        )
        self._lay_out()

    @property
    def options_text(self) -> str:
        return f"row {NAMES[self.row.value]}"

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the lines of all stages."""
        told = self._explanation(snapshot)
        rows = (
            (stage.title, line.name, line.formula, line.numbers, line.value)
            for number, stage in enumerate(STAGES)
            for line in told.lines(number)
        )
        return ("stage", "quantity", "formula", "numbers", "value"), rows

    def _explanation(self, snapshot: Snapshot) -> Explanation:
        return Explanation(snapshot.weights, snapshot.config, self.row.value, snapshot.velocity)

    @Slot()
    def forward(self) -> None:
        self._go_to(self.stage + 1)

    @Slot()
    def back(self) -> None:
        self._go_to(self.stage - 1)

    def _lay_out(self) -> None:
        bar, column = QHBoxLayout(), QVBoxLayout(self)
        bar.setSpacing(6)
        self._back = _button("stage_back", "‹ Back", "The stage before (left arrow)")
        self._forward = _button("stage_forward", "Forward ›", "The next stage (right arrow)")
        slow = _button("stage_slow", "", "")
        slow.setDefaultAction(self._slow)
        self._back.clicked.connect(self.back)
        self._forward.clicked.connect(self.forward)
        self._title.setObjectName("panel_title")
        self._about.setObjectName("quiet")
        self._about.setWordWrap(True)
        for part in (self._back, self._forward, slow):
            bar.addWidget(part)
        bar.addStretch(1)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(6)
        column.addLayout(bar)
        column.addWidget(self._title)
        column.addWidget(self._about)
        column.addWidget(self._scroll, 1)

    def _draw(self, snapshot: Snapshot) -> None:
        self._sheet.show_lines(self._explanation(snapshot).lines(self.stage))
        self._title.setText(f"{self.stage + 1} of {len(STAGES)}  {STAGES[self.stage].title}")
        self._about.setText(STAGES[self.stage].about)
        self._back.setEnabled(self.stage > 0)
        self._forward.setEnabled(self.stage < len(STAGES) - 1)
        self._read()

    def _go_to(self, stage: int, line: int | None = None) -> None:
        self.stage = min(max(stage, 0), len(STAGES) - 1)
        self._mark(line)
        self._scroll.verticalScrollBar().setValue(0)
        self._draw_again()

    def _mark(self, index: int | None) -> None:
        self._sheet.mark(index)
        if index is not None and index < len(self._sheet.lines):
            rect = self._sheet.rects[index]
            self._scroll.ensureVisible(rect.left(), rect.center().y(), 0, rect.height())
        self._read()

    @Slot()
    def _advance(self) -> None:
        """Advance to the next line, or the first line of the next stage."""
        marked = self._sheet.marked
        index = 0 if marked is None else marked + 1
        if index < len(self._sheet.lines):
            self._mark(index)
        elif self.stage + 1 < len(STAGES):
            self._go_to(self.stage + 1, 0)
        else:
            self._go_to(0, 0)
            self.next_step_requested.emit()

    @Slot(bool)
    def _run_slowly(self, is_slow: bool) -> None:
        if is_slow:
            self.pause_requested.emit()
            self._go_to(self.stage, 0)
            self._ticks.start()
        else:
            self._ticks.stop()
            self._mark(None)

    def hideEvent(self, event: object) -> None:  # noqa: ARG002
        self._slow.setChecked(False)

    def _move_cursor(self, dx: int, dy: int) -> None:
        if dx:
            self._go_to(self.stage + dx)
        else:
            self._mark(self._sheet.neighbour(dx, dy))

    def _clear_cursor(self) -> None:
        self._slow.setChecked(False)
        self._mark(None)

    def _read(self) -> None:
        """Describe the marked line to screen readers, and read out its number."""
        index, lines = self._sheet.marked, self._sheet.lines
        if index is None or index >= len(lines):
            self._sheet.setAccessibleName("The lines of this stage")
            self.readout_changed.emit(self.resting_text)
        else:
            line = lines[index]
            said = (line.name, line.formula, line.numbers, line.result)
            self._sheet.setAccessibleName(" = ".join(said))
            self.readout_changed.emit(f"line {index + 1} of {len(lines)}")

    def _unit_of(self, index: int | None) -> int | None:
        return None if index is None else self._sheet.lines[index].unit

    @Slot(object)
    def _point_at(self, index: int | None) -> None:
        self._point_at_unit(self._unit_of(index))

    @Slot(object)
    def _click(self, index: int | None) -> None:
        self._click_unit(self._unit_of(index))

    def _show_unit(self) -> None:
        self._sheet.show_unit(self.unit)


def _button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
