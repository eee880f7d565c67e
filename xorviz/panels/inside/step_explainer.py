"""The view of one training step, explained with its numbers."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from xorviz.core.analysis.explanation import STAGES, Line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import ROW_NAMES
from xorviz.panels.base.export import Cells
from xorviz.panels.base.walk import Walk, WalkingView
from xorviz.panels.base.words import at_step, first_of
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.formula import Formula, flowed, typeset
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.scrolled import scrolled
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold

_GAP = 9
"""Pixels between lines of arithmetic."""
_MARGIN = 10


@guarded
class StepSheet(Canvas):
    """Lines of arithmetic as wide as the widget; its spots are their indices."""

    def __init__(self) -> None:
        super().__init__(QSize(200, 40), QSize(120, 40))
        self.setObjectName("step_sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lines: Sequence[Line] = ()
        self.rects: list[QRect] = []
        self._parts: list[tuple[Formula, Formula, Formula | None]] = []
        """Name and formula of each line, and its numbers unless its value is given."""
        self._unit: int | None = None
        self._indent = _GAP
        """Pixels from the left to the formulas."""

    def show_lines(self, lines: Sequence[Line]) -> None:
        before, self.lines = self.minimumHeight(), lines
        self._place_lines()
        if self.minimumHeight() != before:
            self.updateGeometry()
        self.update()

    def show_unit(self, unit: int | None) -> None:
        self._unit = unit
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.rects[-1].bottom() + _MARGIN if self.rects else 40)

    def spot_at(self, point: QPointF) -> int | None:
        at = point.toPoint()
        return next((i for i, rect in enumerate(self.rects) if rect.contains(at)), None)

    def neighbour(self, dx: int, dy: int) -> int | None:  # noqa: ARG002
        """Return the line above or below the marked one; at first an outermost one."""
        if not self.lines:
            return None
        last = len(self.lines) - 1
        if self.marked is None:
            return 0 if dy > 0 else last
        moved: int = self.marked + dy
        return min(max(moved, 0), last)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint only the visible lines: a wide network has hundreds."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, rect in enumerate(self.rects):
            if rect.intersects(event.rect()):
                self._paint_line(painter, index, rect)
        painter.end()

    def _lay_out(self) -> None:
        self._place_lines()
        self.updateGeometry()

    def _place_lines(self) -> None:
        """Set names and formulas, each with its numbers below it, and find their rectangles."""
        font, width = self.font(), self.width() - 2 * _MARGIN
        names = [typeset(line.name, bold(font)) for line in self.lines]
        widest = math.ceil(max((name.width for name in names), default=0.0))
        self._indent = min(widest, self.width() // 3) + _GAP
        room = float(max(40, width - self._indent))
        self._parts, self.rects, top = [], [], _MARGIN
        for line, name in zip(self.lines, names, strict=True):
            is_given = line.formula == line.name
            upper = flowed(f"= {line.numbers if is_given else line.formula}", font, room)
            lower = None if is_given else flowed(f"= {line.numbers} = {line.result}", font, room)
            high = max(name.ascent, upper.ascent) + max(name.descent, upper.descent)
            high += 0 if lower is None else lower.height + 1
            self._parts.append((name, upper, lower))
            self.rects.append(QRect(_MARGIN, top, width, math.ceil(high)))
            top += math.ceil(high) + _GAP
        self.setMinimumHeight(self.sizeHint().height())

    def _paint_line(self, painter: QPainter, index: int, rect: QRect) -> None:
        theme, line, is_marked = self.theme, self.lines[index], index == self.marked
        is_of_unit = self._unit is not None and line.unit == self._unit
        if is_marked or is_of_unit:
            ground = rect.adjusted(-8, -4, 6, 4)
            painter.fillRect(ground, QColor(theme.hover))
            ground.setWidth(round(3 * theme.stroke))
            painter.fillRect(ground, QColor(theme.accent))
        (name, upper, lower), left = self._parts[index], rect.left() + self._indent
        base = rect.top() + max(name.ascent, upper.ascent)
        ink = QColor(theme.accent if is_marked else theme.text)
        name.paint(painter, QPointF(rect.left(), base), ink)
        upper.paint(painter, QPointF(left, base), QColor(theme.text))
        if lower is not None:
            below = base + max(name.descent, upper.descent) + 1 + lower.ascent
            lower.paint(painter, QPointF(left, below), QColor(theme.quiet))


_DESCRIBED = 6
"""Lines of a stage that a description repeats."""


@guarded
class StepExplainer(WalkingView):
    """Explains the next step stage by stage: forward pass, error, backward pass, update.

    The network highlights what the marked line is about; slow motion moves in both views.
    """

    has_table = True
    explanation = (
        "The next step with all its numbers: forward, the error, backward, and the update of "
        "every weight; of a pass, the update by one row, and all four. Left and right arrows go "
        "through the stages, up and down through the lines."
    )

    def __init__(self) -> None:
        super().__init__("step_explainer", "explain_row", "Row")
        self._shown_stage = 0
        self._sheet = StepSheet()
        # Pointing marks no line: slow motion marks the one it is at.
        self._sheet.pointed_at.connect(self._point_at)
        self._sheet.clicked.connect(self._click)
        self._title, self._about = QLabel(), QLabel()
        self._scroll = scrolled(self._sheet)
        self._scroll.viewport().setAutoFillBackground(False)
        self._slow = ToolButton("stage_slow")
        self._slow.hide()
        self._lay_out()

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the lines of all stages."""
        told = self._explanation(snapshot)
        rows = (
            (stage.title, line.name, line.formula, line.numbers, line.value)
            for number, stage in enumerate(STAGES)
            for line in told.lines(number)
        )
        return ("stage", "quantity", "formula", "numbers", "value"), rows

    def describe(self, snapshot: Snapshot) -> str:
        lines = self._explanation(snapshot).lines(self.walk.stage)
        results = [f"{line.name} = {line.result}" for line in lines]
        return (
            f"{at_step(snapshot)}, the next {snapshot.config.step_word} for row "
            f"{ROW_NAMES[self.row.value]}, stage {self.walk.place}: "
            f"{first_of(results, _DESCRIBED)}."
        )

    def follow(self, walk: Walk, slow_motion: QAction) -> None:
        """Share the walk of another view, and a button for its slow motion."""
        self.walk.moved.disconnect(self._show_place)
        self.walk = walk
        walk.note_visible(self.objectName(), self.is_seen)
        walk.moved.connect(self._show_place)
        self._slow.setDefaultAction(slow_motion)
        self._slow.show()
        self._show_place()

    def _lay_out(self) -> None:
        self._back = _button("stage_back", "‹ Back", "Previous stage (left arrow)")
        self._forward = _button("stage_forward", "Forward ›", "Next stage (right arrow)")
        self.walk.moved.connect(self._show_place)
        self._back.clicked.connect(lambda: self.walk.go_to(self.walk.stage - 1))
        self._forward.clicked.connect(lambda: self.walk.go_to(self.walk.stage + 1))
        self._title.setObjectName("panel_title")
        self._about.setObjectName("quiet")
        self._about.setWordWrap(True)
        bar = row(None, self._back, self._forward, self._slow, STRETCH, gap=6)
        parts = bar, self._title, self._about, (self._scroll, 1)
        column(self, *parts, margins=(6, 2, 6, 2), gap=6)

    def _draw(self, snapshot: Snapshot) -> None:
        self.walk.explain(told := self._explanation(snapshot))
        stage = self.walk.stage
        self._sheet.show_lines(self.walk.lines)
        self._title.setText(f"{stage + 1} of {len(STAGES)}  {STAGES[stage].title}")
        self._about.setText(STAGES[stage].about + told.place * (stage == 0))
        self._back.setEnabled(stage > 0)
        self._forward.setEnabled(stage < len(STAGES) - 1)
        if stage != self._shown_stage:
            self._shown_stage = stage
            self._scroll.verticalScrollBar().setValue(0)
        self._mark_line(self.walk.line)

    @Slot()
    def _show_place(self) -> None:
        """Show where the walk is."""
        if self.walk.stage == self._shown_stage:
            self._mark_line(self.walk.line)
        else:
            self.draw_anew()

    def _mark_line(self, index: int | None) -> None:
        self._sheet.mark(index)
        if index is not None and index < len(self._sheet.lines):
            rect = self._sheet.rects[index]
            self._scroll.ensureVisible(rect.left(), rect.center().y(), 0, rect.height())
        self._read()

    def _move_cursor(self, dx: int, dy: int) -> None:
        stage = self.walk.stage
        if dx:
            self.walk.go_to(stage + dx)
        else:
            self.walk.go_to(stage, self._sheet.neighbour(dx, dy))

    def _clear_cursor(self) -> None:
        self.walk.stop()

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

    def _at_cursor(self) -> str:
        """Return the marked line, else the stage."""
        stage = f"{self._title.text()}. {self._about.text()}"
        return stage if self._sheet.marked is None else self._sheet.accessibleName()

    def _unit_of(self, index: int | None) -> int | None:
        return None if index is None else self._sheet.lines[index].unit

    def _show_unit(self) -> None:
        self._sheet.show_unit(self.unit)


def _button(name: str, text: str, tip: str) -> ToolButton:
    button = ToolButton(name)
    button.setText(text)
    button.setToolTip(tip)
    return button
