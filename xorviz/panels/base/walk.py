"""Slow motion: the walk through one step, line by line, shared by all views that show it."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent

from xorviz.core.analysis.explanation import STAGES, Explanation, Line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.guard import guarded

LINE_MS = 1400
"""Time in milliseconds that slow motion stays at a line."""


class Walk(QObject):
    """Which line of which stage is shown. Slow motion advances it automatically, unless still."""

    moved = Signal()
    finished = Signal()
    """Slow motion has explained the whole step."""
    stopped = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stage = 0
        """Index in STAGES."""
        self.line: int | None = None
        """Index of the line at work, if any."""
        self.is_on = self.is_still = False
        """Whether this is slow motion, and whether it waits for the user at each line."""
        self.explanation: Explanation | None = None
        self._lines: dict[int, list[Line]] = {}
        self._watching: set[str] = set()
        self._ticks = QTimer(self, interval=LINE_MS)
        self._ticks.timeout.connect(self.advance)

    def explain(self, explanation: Explanation) -> None:
        """Walk through this step from now on, continuing at the same line."""
        self.explanation = explanation
        self._lines.clear()

    @property
    def lines(self) -> list[Line]:
        """The lines of the stage; none before there is a step to explain."""
        if self.explanation is None:
            return []
        if self.stage not in self._lines:
            self._lines[self.stage] = self.explanation.lines(self.stage)
        return self._lines[self.stage]

    @property
    def at(self) -> Line | None:
        """The line at work."""
        is_there = self.line is not None and self.line < len(self.lines)
        return self.lines[self.line or 0] if is_there else None

    @property
    def place(self) -> str:
        """Where the walk is: 2 of 9, Hidden units."""
        return f"{self.stage + 1} of {len(STAGES)}, {STAGES[self.stage].title}"

    @property
    def is_watched(self) -> bool:
        """Whether a view shows the walk."""
        return bool(self._watching)

    def note_visible(self, view: str, is_visible: bool) -> None:
        """Note whether a view shows the walk; slow motion stops when no view does."""
        was_watched = self.is_watched
        (self._watching.add if is_visible else self._watching.discard)(view)
        if was_watched and not self.is_watched:
            self.stop()

    def be_still(self, is_still: bool) -> None:
        """Choose whether slow motion waits for the user at each line."""
        self.is_still = is_still
        self._tick()

    def go_to(self, stage: int, line: int | None = None) -> None:
        self.stage, self.line = min(max(stage, 0), len(STAGES) - 1), line
        self._tick()
        self.moved.emit()

    @Slot()
    def advance(self) -> None:
        """Go to the next line, after a stage's last to the next stage, after all to the first."""
        following = 0 if self.line is None else self.line + 1
        if following < len(self.lines):
            self.go_to(self.stage, following)
        elif self.stage + 1 < len(STAGES):
            self.go_to(self.stage + 1, 0)
        else:
            self.go_to(0, 0)
            if self.is_on:
                self.finished.emit()

    def go_back(self) -> None:
        """Go to the previous line or, before a stage's first, to the previous stage."""
        if self.line:
            self.go_to(self.stage, self.line - 1)
        elif self.stage:
            self.stage -= 1
            self.go_to(self.stage, max(0, len(self.lines) - 1))

    def start(self) -> None:
        self.is_on = True
        self.go_to(self.stage, 0)

    @Slot()
    def stop(self) -> None:
        """End slow motion, at no line."""
        was_on, self.is_on = self.is_on, False
        self.go_to(self.stage)
        if was_on:
            self.stopped.emit()

    def _tick(self) -> None:
        """Restart the time that slow motion stays at this line."""
        if self.is_on and not self.is_still:
            self._ticks.start()
        else:
            self._ticks.stop()


@guarded
class WalkingView(SnapshotView):
    """A view of the walk through the next step, in a row of the truth table that can be chosen."""

    def __init__(self, name: str, row_prefix: str, row_text: str, row_tip: str = "") -> None:
        super().__init__(name)
        self.walk = Walk(self)
        """The current line of the step; shared with other views."""
        names = ((row, ROW_NAMES[row]) for row in COUNTED)
        rows = {row: (f"{row_prefix}_{name}", f"{row_text} {name}", row_tip) for row, name in names}
        self.row = self._one_of(rows, ROWS.index((0, 1)), self.draw_anew)
        """The row whose values are shown, as an index into ROWS."""

    def _explanation(self, snapshot: Snapshot) -> Explanation:
        state = snapshot.weights, snapshot.config, self.row.value, snapshot.memory
        return Explanation(*state, snapshot.step + 1)

    @Slot()
    def redraw(self) -> None:
        """Draw if visible; also called when another panel hides this one."""
        super().redraw()
        self.walk.note_visible(self.objectName(), self.is_seen)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.walk.note_visible(self.objectName(), False)
