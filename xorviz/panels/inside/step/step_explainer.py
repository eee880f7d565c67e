"""The view of one training step, explained with its numbers."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout

from xorviz.core.analysis.explanation import STAGES, Explanation
from xorviz.core.analysis.formula import Line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import NAMES, SHOWN_ROWS
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.step.sheet import StepSheet
from xorviz.ui.guard import guarded

_LINE_MS = 1400
"""Time in milliseconds that slow motion stays at a line."""


@guarded
class StepExplainer(SnapshotView):
    """Explains the next step stage by stage: forward pass, error, backward pass, update.

    Slow motion advances line by line and takes the step at the end.
    """

    row_requested = Signal(int)  # index into ROWS
    next_step_requested = Signal()  # slow motion has explained the whole step
    pause_requested = Signal()  # slow motion starts

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
        self._row, self._stage = 2, 0
        self._sheet = StepSheet()
        self._sheet.line_pointed.connect(self._point_at)
        self._sheet.line_clicked.connect(self._click)
        self._title, self._about = QLabel(), QLabel()
        self._scroll = QScrollArea()
        self._ticks = QTimer(self, interval=_LINE_MS)
        self._ticks.timeout.connect(self._advance)
        self._rows = QActionGroup(self)
        self.options = [*self._make_rows(), self._make_slow()]
        self._lay_out()

    @property
    def options_text(self) -> str:
        return f"row {NAMES[self._row]}"

    @property
    def row(self) -> int:
        """Index of the explained row in ROWS."""
        return self._row

    @property
    def stage(self) -> int:
        """Index of the shown stage in STAGES."""
        return self._stage

    @property
    def lines(self) -> list[Line]:
        return list(self._sheet.lines)

    @Slot(int)
    def show_row(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._rows.actions()[SHOWN_ROWS.index(row)].setChecked(True)
            self.draw_anew()

    @Slot()
    def forward(self) -> None:
        self._go_to(self._stage + 1)

    @Slot()
    def back(self) -> None:
        self._go_to(self._stage - 1)

    def _make_rows(self) -> list[QAction]:
        for row in SHOWN_ROWS:
            action = self._option(f"explain_row_{NAMES[row]}", f"Row {NAMES[row]}", checked=False)
            action.setData(row)
            self._rows.addAction(action)
        self._rows.actions()[SHOWN_ROWS.index(self._row)].setChecked(True)
        self._rows.triggered.connect(self._choose_row)
        return self._rows.actions()

    def _make_slow(self) -> QAction:
        self._slow = self._option("slow_motion", "Slow motion", "W", False)
        self._slow.setStatusTip("Walk through the step line by line, take it, and begin again")
        self._slow.toggled.connect(self._run_slowly)
        return self._slow

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
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
        self._scroll.setWidget(self._sheet)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(6)
        for label in (self._title, self._about):
            column.addWidget(label)
        column.addWidget(self._scroll, 1)
        column.insertLayout(0, bar)

    def _draw(self, snapshot: Snapshot) -> None:
        explanation = Explanation(snapshot.weights, snapshot.config, self._row, snapshot.velocity)
        self._sheet.show_lines(explanation.lines(self._stage))
        self._write(self._title, f"{self._stage + 1} of {len(STAGES)}  {STAGES[self._stage].title}")
        self._write(self._about, STAGES[self._stage].about)
        self._back.setEnabled(self._stage > 0)
        self._forward.setEnabled(self._stage < len(STAGES) - 1)
        self._read()

    def _write(self, label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    def _go_to(self, stage: int, line: int | None = None) -> None:
        self._stage = min(max(stage, 0), len(STAGES) - 1)
        self._mark(line)
        self._scroll.verticalScrollBar().setValue(0)
        self._is_drawn = False
        self.redraw()

    def _mark(self, index: int | None) -> None:
        self._sheet.mark(index)
        if index is not None and index < len(self._sheet.lines):
            rect = self._sheet.rect_of(index)
            self._scroll.ensureVisible(rect.left(), rect.center().y(), 0, rect.height())
        self._read()

    @Slot()
    def _advance(self) -> None:
        """Advance to the next line, or the first line of the next stage."""
        marked = self._sheet.marked
        index = 0 if marked is None else marked + 1
        if index < len(self._sheet.lines):
            self._mark(index)
        elif self._stage + 1 < len(STAGES):
            self._go_to(self._stage + 1, 0)
        else:
            self._go_to(0, 0)
            self.next_step_requested.emit()

    @Slot(bool)
    def _run_slowly(self, is_slow: bool) -> None:
        if is_slow:
            self.pause_requested.emit()
            self._go_to(self._stage, 0)
            self._ticks.start()
        else:
            self._ticks.stop()
            self._mark(None)

    def hideEvent(self, event: object) -> None:  # noqa: ARG002
        self._slow.setChecked(False)

    @Slot(QAction)
    def _choose_row(self, action: QAction) -> None:
        self.show_row(action.data())
        self.row_requested.emit(self._row)

    def _move_cursor(self, dx: int, dy: int) -> None:
        if dx:
            self._go_to(self._stage + dx)
        elif self._sheet.lines:
            marked = self._sheet.marked
            first = 0 if dy > 0 else len(self._sheet.lines) - 1
            index = first if marked is None else marked + dy
            self._mark(min(max(index, 0), len(self._sheet.lines) - 1))

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
            self._sheet.setAccessibleName(self._sheet.text_of(lines[index]))
            self.readout_changed.emit(f"line {index + 1} of {len(lines)}")

    @Slot(object)
    def _point_at(self, line: Line | None) -> None:
        self._point_at_unit(None if line is None else line.unit)

    @Slot(object)
    def _click(self, line: Line | None) -> None:
        self._click_unit(None if line is None else line.unit)

    def _show_unit(self) -> None:
        self._sheet.show_unit(self.unit)

    def _recolour(self) -> None:
        self._sheet.apply_theme(self.theme)


def _button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
