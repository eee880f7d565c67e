"""What a state rests on: outputs against their targets, and what the hidden units compute."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.surface import color_span, responses
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.diagnosis.evidence import unit_name
from xorviz.core.diagnosis.words import number_lines, number_of, odd_units, unit_subject
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES
from xorviz.panels.base.square_items import paint_sign
from xorviz.panels.base.words import number
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.cell_grid import CellGrid, Place
from xorviz.ui.draw.grid_layout import GridPlan, Heads
from xorviz.ui.draw.painted import write_at
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import diverging, level

_ROW = 1.6
"""Height of a line of the pictures in heights of a line of text."""
_MOST_UNITS = 8
"""Units that are shown; those with something odd come first."""
_ROWS = Heads(tuple(ROW_NAMES[row] for row in COUNTED))


@guarded
class RowLines(Canvas):
    """A line for each row between the targets, with its own, its output and the error between them.

    A dashed line goes through the middle, or through the output of the rows that are not learned.
    """

    def __init__(self) -> None:
        super().__init__(QSize(300, 120), QSize(120, 0))
        self._found: Diagnosis | None = None
        self._seen: Snapshot | None = None

    def show_state(self, found: Diagnosis, seen: Snapshot) -> None:
        """Show the outputs of a network and where they are stuck."""
        self._found, self._seen = found, seen
        self.paint_anew()

    def _lay_out(self) -> None:
        self.setFixedHeight(round((len(COUNTED) + 1) * self._pitch))

    @property
    def _pitch(self) -> float:
        return _ROW * self.fontMetrics().height()

    def _paint(self, painter: QPainter) -> None:
        if self._found is None or self._seen is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, radius = self.fontMetrics().horizontalAdvance, self._pitch / 5
        ends = width("00 ") + 2 * radius, self.width() - width(" −0.000 ✗") - 2 * radius
        self._paint_level(painter, ends, self._found)
        for place, row in enumerate(COUNTED, 1):
            line = QRectF(0, place * self._pitch, self.width(), self._pitch)
            self._write(painter, line, 0, ROW_NAMES[row], self.theme.quiet)
            self._paint_error(painter, line, ends, row, self._seen)
            is_right = bool(self._seen.right[row])
            ink, mark = (self.theme.accent, "✓") if is_right else (self.theme.wrong, "✗")
            text = number(float(self._seen.outputs[row]), 3)
            self._write(painter, line, self.width() - width(f"{text} ✗"), text, self.theme.text)
            self._write(painter, line, self.width() - width("✗"), mark, ink)

    def _write(self, painter: QPainter, line: QRectF, left: float, text: str, ink: str) -> None:
        painter.setPen(QColor(ink))
        write_at(painter, line, left, text, QFontMetricsF(self.font()))

    def _paint_level(self, painter: QPainter, ends: tuple[float, float], found: Diagnosis) -> None:
        """Paint the dashed line, and the scale above all lines."""
        (left, right), evidence = ends, found.evidence
        level, ink = (
            (evidence.level, self.theme.text) if evidence.pinned else (0.5, self.theme.rule)
        )
        across = left + (right - left) * level
        painter.setPen(QPen(QColor(ink), self.theme.stroke, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(across, self._pitch), QPointF(across, self.height()))
        low, middle, high = (number_of(x, evidence.config) for x in (0.0, level, 1.0))
        for at, text in ((left, low), (right, high), (across, middle)):
            half = self.fontMetrics().horizontalAdvance(text) / 2
            ink = self.theme.text if at == across else self.theme.quiet
            self._write(painter, QRectF(0, 0, 1, self._pitch), at - half, text, ink)

    def _paint_error(
        self, painter: QPainter, line: QRectF, ends: tuple[float, float], row: int, seen: Snapshot
    ) -> None:
        """Paint the way from a row's target to its output."""
        (left, right), theme, middle = ends, self.theme, line.center().y()
        target, radius, share = seen.config.targets[row], line.height() / 5, seen.shares[row]
        painter.setPen(QPen(QColor(theme.hairline), theme.stroke))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        start = QPointF(ends[target], middle)
        if math.isfinite(share):
            end = QPointF(left + (right - left) * min(max(float(share), 0.0), 1.0), middle)
            painter.setPen(
                QPen(QColor(theme.quiet if seen.right[row] else theme.wrong), 3 * theme.stroke)
            )
            painter.drawLine(start, end)
            # Beyond the ends, which only the number shows, it is hollow.
            is_within = 0 <= share <= 1
            painter.setPen(QPen(QColor(theme.panel if is_within else theme.text), theme.stroke))
            painter.setBrush(QColor(theme.text if is_within else theme.panel))
            painter.drawEllipse(end, radius, radius)
        paint_sign(painter, start, radius, target, theme, theme.panel)


class EvidencePart(QWidget):
    """The rows, the answers of the hidden units to them as a grid of cells, and numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._lines, self.units = RowLines(), CellGrid(QSize(300, 80), QSize(160, 0), diverging)
        self._numbers = plain_label()
        self._shown: list[int] = []
        """The units in the grid, from the top."""
        self._answers: Array = np.zeros((len(ROW_NAMES), 0))
        """(4, H) what all units answer to the rows."""
        self._seen: Snapshot | None = None
        self._odd: list[tuple[tuple[int, ...], str]] = []
        column(self, self._lines, self.units, self._numbers, margins=(0, 0, 0, 0), gap=6)

    def show_state(self, found: Diagnosis, seen: Snapshot) -> None:
        """Show a state, and the network that is in it."""
        weights, config, width = seen.weights, seen.config, seen.config.width
        self._seen, self._odd = seen, list(odd_units(found.evidence))
        self._lines.show_state(found, seen)
        odd = {unit for group, _ in self._odd for unit in group}
        odd_first = sorted(range(width), key=lambda unit: unit not in odd)
        self._shown = sorted(odd_first[:_MOST_UNITS])
        self._answers = responses(weights, config)
        span = color_span(weights, config)
        middle, reach = (span.low + span.high) / 2, (span.high - span.low) / 2
        values = self._answers[list(COUNTED)][:, self._shown].T
        plan = GridPlan(Heads(tuple(map(unit_name, self._shown))), _ROWS, "−0.00", is_upright=True)
        levels = np.array([[level(value - middle, reach) for value in line] for line in values])
        self.units.show_cells(plan, levels, lambda unit, row: number(float(values[unit, row])))
        line = self.fontMetrics().height()
        self.units.setFixedHeight(round((len(self._shown) + 1) * _ROW * line))
        self._numbers.setText(self._text_of(found, seen))
        self._numbers.setVisible(not seen.is_untrained)

    def _text_of(self, found: Diagnosis, seen: Snapshot) -> str:
        lines = (seen.config.step_word, numerals.whole(seen.step)), *number_lines(found.evidence)
        # A line for each: together they would wrap as they change, and move all that is below.
        numbers = [f"{name} {text}".capitalize() for name, text in lines]
        width = seen.config.width
        rest = f"and {width - len(self._shown)} more units" if width > len(self._shown) else ""
        odd = [
            f"{unit_subject(group, width)} {'is' if len(group) == 1 else 'are'} {what}"
            for group, what in self._odd
        ]
        return "\n".join(filter(None, (rest, *odd, *numbers)))

    def select(self, unit: int | None) -> None:
        """Let a hidden unit stand out, if it is shown."""
        self.units.select(self._shown.index(unit) if unit in self._shown else None, None)

    def unit_at(self, place: Place | None) -> int | None:
        """Return the hidden unit of a cell."""
        return self._shown[place[0]] if place and place[0] < len(self._shown) else None

    @property
    def marked_text(self) -> str:
        """What the unit that is pointed at answers to the row."""
        place = self.units.marked
        if (unit := self.unit_at(place)) is None:
            return ""
        row = COUNTED[place[1]]
        answer = number(float(self._answers[row, unit]))
        return f"{unit_name(unit)} answers {answer} to {ROW_NAMES[row]}"

    def rows(self) -> Iterable[tuple[str, str, float]]:
        """Yield the targets and outputs of the rows, and what the units answer to them."""
        if (seen := self._seen) is None:
            return
        for row in COUNTED:
            yield ROW_NAMES[row], "target", float(seen.goals[row])
            yield ROW_NAMES[row], "output", float(seen.outputs[row])
            for unit, value in enumerate(self._answers[row].tolist()):
                yield ROW_NAMES[row], unit_name(unit), value
