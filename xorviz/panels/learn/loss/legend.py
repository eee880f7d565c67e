"""Which curve on the loss plot is which, and where each stands at a step."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.runs.project import PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.curves.overlay import CachedOverlay, Scales
from xorviz.panels.curves.run_styles import line_pen, pen
from xorviz.panels.learn.loss.marks import GAP
from xorviz.ui.theme.palette import Theme

LIVE_WIDTH = 2.0
"""Of the curves of the runs that are worked on, in pixels."""

NOT_YET = "–"
"""The value of a run that has not come that far."""

MOST_COVERED = 0.5
"""Share of the plot that a legend may hide."""

_LAYOUTS = ((1.0, 1, 8), (0.85, 1, 8), (0.85, 2, 8), (0.75, 2, 6), (0.7, 2, 4), (0.6, 2, 2))
"""Size of the text, columns, and digits of a name for which there must be room besides its note.

The first that fits is taken."""
_WIDEST_NAME = 24
"""Digits that a name may take."""
_MARGIN, _PADDING, _GAP, _SWATCH = 6.0, 4.0, 6.0, 22.0
_VEIL = 215
"""How opaque the ground is, of 255."""
_SAMPLES = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One curve. Its note, in parentheses after the name, is never cut."""

    name: str
    pen: QPen
    note: str = ""
    value: str = ""
    """Its loss where a person points, if anywhere."""


def rows_of(
    snapshot: Snapshot, runs: tuple[PinnedRun, ...], theme: Theme, step: int | None = None
) -> tuple[Row, ...]:
    """Return a row for each curve, with its loss at a step; none where there is one curve only."""
    if not runs and snapshot.beside is None:
        return ()
    first = "this run" if snapshot.beside is None else "A"
    curves = [(first, line_pen(theme.text, LIVE_WIDTH), snapshot.record)]
    if snapshot.beside is not None:
        curves.append(("B", line_pen(theme.accent, LIVE_WIDTH), snapshot.beside.record))
    curves += [(run.name, pen(run.style, theme), run.record) for run in runs]
    formula = snapshot.config.loss
    return tuple(
        Row(
            name,
            line,
            "" if record.config.loss == formula else f" ({record.config.loss})",
            "" if step is None else _value_at(record, step),
        )
        for name, line, record in curves
    )


def _value_at(record: Record, step: int) -> str:
    if step > record.newest or not len(record.trace.steps):
        return NOT_YET
    return numerals.real(record.trace.nearest(step)[1])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the rows of a legend go."""

    font: QFont
    room: QRectF
    columns: int
    row_height: float
    value_width: float


class Legend(CachedOverlay):
    """A row for each curve in that corner which has fewer curves in it."""

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self.rows: tuple[Row, ...] = ()
        self.heading = ""
        """Where the values are: "at 12 000"."""
        self.is_at_top = False
        """In the top right corner instead of the bottom left one."""
        self.lines_above = 0
        """Texts of marks that it leaves room for, at the top."""
        self.setZValue(6)
        self.hide()

    def show_rows(self, rows: tuple[Row, ...], heading: str = "") -> None:
        """Show these rows, with their values under a heading."""
        if (rows, heading) != (self.rows, self.heading):
            self.rows, self.heading = rows, heading
            self.setVisible(bool(rows))
            self.update()

    def move_away_from(self, curves: list[tuple[Array, Array]]) -> None:
        """Go to the corner with less of these curves, each in pixels (P,), (P,)."""
        area = self.scales.area
        left = np.linspace(0, area.width() / 2, _SAMPLES)
        right, middle = left + area.width() / 2, area.height() / 2
        # Where a curve has ended it is at nan, and neither below nor above.
        below = sum(int((np.interp(left, x, y, np.nan, np.nan) > middle).sum()) for x, y in curves)
        above = sum(int((np.interp(right, x, y, np.nan, np.nan) < middle).sum()) for x, y in curves)
        if self.is_at_top != (above < below):
            self.is_at_top = above < below
            self.update()

    def leave_room(self, lines: int) -> None:
        """Stand below so many texts of marks, where there is room."""
        if lines != self.lines_above:
            self.lines_above = lines
            self.update()

    def room(self, font: QFont) -> QRectF:
        """Return where the legend is in the view box, written in a font; empty if nowhere."""
        layout = self._layout(font)
        return QRectF() if layout is None else layout.room

    def _place(self, painter: QPainter) -> QRectF:
        return self.room(painter.font())

    def _look(self) -> tuple[object, ...]:
        return self.rows, self.heading, self.lines_above

    def _layout(self, font: QFont) -> _Layout | None:
        """Return the largest layout that fits, if there is one."""
        for scale, columns, least in _LAYOUTS if self.rows else ():
            if (layout := self._try(font, scale, columns, least)) is not None:
                return layout
        return None

    def _try(self, font: QFont, scale: float, columns: int, least: int) -> _Layout | None:
        scaled = QFont(font)
        scaled.setPixelSize(max(1, round(QFontInfo(font).pixelSize() * scale)))
        metrics = QFontMetricsF(scaled)
        area = self.scales.area
        lines = math.ceil(len(self.rows) / columns) + bool(self.heading)
        height = lines * metrics.height() + 2 * _PADDING
        digit = metrics.horizontalAdvance("0")
        value = max(metrics.horizontalAdvance(row.value) for row in self.rows)
        beside = _SWATCH * scale + _GAP + (value + _GAP if value else 0)
        widest = max(metrics.horizontalAdvance(row.name + row.note) for row in self.rows)
        note = max(metrics.horizontalAdvance(row.note) for row in self.rows)
        name = min(widest, _WIDEST_NAME * digit)
        most = min(area.width() - 2 * _MARGIN, MOST_COVERED * area.width() * area.height() / height)
        between = (columns - 1) * 2 * _GAP + 2 * _PADDING
        width = min(most, columns * (beside + name) + between)
        is_wide_enough = (width - between) / columns - beside >= min(name, least * digit + note)
        if height > area.height() - 2 * _MARGIN or not is_wide_enough:
            return None
        left = area.right() - _MARGIN - width if self.is_at_top else area.left() + _MARGIN
        space = self.lines_above * (QFontMetricsF(font).height() + GAP)
        space = space if height + space <= area.height() - 2 * _MARGIN else 0.0
        top = area.top() + _MARGIN + space
        top = top if self.is_at_top else area.bottom() - _MARGIN - height
        return _Layout(scaled, QRectF(left, top, width, height), columns, metrics.height(), value)

    def _paint(self, painter: QPainter) -> None:
        layout = self._layout(painter.font())
        if layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self._theme.panel)
        veil.setAlpha(_VEIL)
        painter.fillRect(layout.room, veil)
        painter.setFont(layout.font)
        room = layout.room.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        if self.heading:
            painter.setPen(QColor(self._theme.quiet))
            line = QRectF(room.left(), room.top(), room.width(), layout.row_height)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, self.heading)
            room.setTop(line.bottom())
        per_column = math.ceil(len(self.rows) / layout.columns)
        stride = (room.width() + 2 * _GAP) / layout.columns
        for place, row in enumerate(self.rows):
            column, line_number = divmod(place, per_column)
            left = room.left() + column * stride
            top = room.top() + line_number * layout.row_height
            self._paint_row(
                painter, row, layout, QRectF(left, top, stride - 2 * _GAP, layout.row_height)
            )

    def _paint_row(self, painter: QPainter, row: Row, layout: _Layout, room: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        swatch = _SWATCH * layout.row_height / (layout.row_height + _GAP)
        middle = room.center().y()
        painter.setPen(row.pen)
        painter.drawLine(QPointF(room.left(), middle), QPointF(room.left() + swatch, middle))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, row.value)
        taken = layout.value_width + _GAP if layout.value_width else 0.0
        room = room.adjusted(swatch + _GAP, 0, -taken, 0)
        space = room.width() - metrics.horizontalAdvance(row.note)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, space)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, name + row.note)
