"""The legend of the loss plot, which also reads out each curve at a step."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.arrays import nearest
from xorviz.core.runs.project import PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.curves import BESIDE, RUN_STYLES
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.grid_layout import sized
from xorviz.ui.guard import guarded
from xorviz.ui.plot.lines import stroke_pen
from xorviz.ui.theme.palette import Theme

LIVE_WIDTH = 2.0
"""Width of a current run's curve, in pixels."""

MOST_HEIGHT = 0.4
"""Largest share of the panel's height that a legend takes."""

_SCALES = (1.0, 0.85)
"""Of the text; the first at which all rows fit is used."""
_NAME, _LEAST_NAME = 14, 6
"""Largest and least width of a name, in digits."""
_VALUE = "0.00123"
"""Room is left for it, so that nothing moves while values are read."""
_GAP, _BETWEEN, _SWATCH = 6.0, 12.0, 18.0
_TIP = "The lines of the runs; point at the plot to read their losses there:"


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One curve. The note, in parentheses after the name, is never elided."""

    name: str
    pen: QPen
    note: str = ""
    value: str = ""
    """The loss at the step read out, if any."""


def rows_of(
    snapshot: Snapshot,
    runs: tuple[PinnedRun, ...],
    theme: Theme,
    step: int | None = None,
    drawn: tuple[LegendRow, ...] = (),
) -> tuple[LegendRow, ...]:
    """Return a row for each curve, with its loss at a step; none if there is only one curve.

    The row of a drawn curve comes after the others.
    """
    if not runs and snapshot.beside is None and not drawn:
        return ()
    first = "current run" if snapshot.beside is None else "A"
    curves = [(first, stroke_pen(theme, theme.text, LIVE_WIDTH), snapshot.record)]
    if snapshot.beside is not None:
        curves.append(("B", BESIDE.pen(theme, LIVE_WIDTH), snapshot.beside.record))
    curves += [(run.name, RUN_STYLES[run.style].pen(theme), run.record) for run in runs]
    formula = snapshot.config.loss
    made = tuple(
        LegendRow(
            name,
            line,
            "" if record.config.loss == formula else f" ({record.config.loss})",
            "" if step is None else _value_at(record, step),
        )
        for name, line, record in curves
    )
    return made + drawn


def _value_at(record: Record, step: int) -> str:
    if step > record.newest or not len(record.trace.steps):
        return numerals.NOTHING
    return numerals.real(float(record.trace.losses[nearest(record.trace.steps, step)]))


@guarded
class Legend(Canvas):
    """Rows in columns of one width, in as many lines as needed; the tool tip has all of them."""

    def __init__(self) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0))
        self.rows: tuple[LegendRow, ...] = ()
        self.hide()

    def show_rows(self, rows: tuple[LegendRow, ...], width: int, most_height: float) -> None:
        """Show these rows in a width; those that do not fit into a height are left out."""
        if rows != self.rows:
            self.rows = rows
            texts = [f"{row.name}{row.note}  {row.value}".rstrip() for row in rows]
            self.setToolTip("\n".join((_TIP, *texts)))
            self.update()
        if rows:
            font, columns = self._fitted(width, most_height)
            line = math.ceil(QFontMetricsF(font).height())
            lines = min(math.ceil(len(rows) / columns), int(most_height // line))
            self.setFixedHeight(max(lines, 1) * line)
        self.setVisible(bool(rows))

    def _fitted(self, width: int, most_height: float) -> tuple[QFont, int]:
        """Return the largest font in which all rows fit, else the smallest, and their columns."""
        for scale in _SCALES:
            font = sized(self.font(), max(1, round(QFontInfo(self.font()).pixelSize() * scale)))
            metrics = QFontMetricsF(font)
            columns = max(1, int((width + _BETWEEN) // (self._cell(metrics) + _BETWEEN)))
            if math.ceil(len(self.rows) / columns) * metrics.height() <= most_height:
                break
        return font, min(columns, len(self.rows))

    def _cell(self, metrics: QFontMetricsF) -> float:
        """Return the width of a row with its whole name, or with a short one beside a value."""
        wide, digit = metrics.horizontalAdvance, metrics.horizontalAdvance("0")
        names = [(wide(row.name), wide(row.note)) for row in self.rows]
        long, short = (
            max(min(name, most * digit) + note for name, note in names)
            for most in (_NAME, _LEAST_NAME)
        )
        return _SWATCH + _GAP + max(long, short + _GAP + wide(_VALUE))

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font, columns = self._fitted(self.width(), self.height())
        painter.setFont(font)
        line = math.ceil(QFontMetricsF(font).height())
        stride = (self.width() + _BETWEEN) / columns
        for index, row in enumerate(self.rows):
            down, across = divmod(index, columns)
            place = QRectF(across * stride, down * line, stride - _BETWEEN, line)
            self._paint_row(painter, row, place)

    def _paint_row(self, painter: QPainter, row: LegendRow, rect: QRectF) -> None:
        metrics, start = QFontMetricsF(painter.font()), QPointF(rect.left(), rect.center().y())
        painter.setPen(row.pen)
        painter.drawLine(start, start + QPointF(_SWATCH, 0))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight, row.value)
        value = metrics.horizontalAdvance(row.value)
        rect = rect.adjusted(_SWATCH + _GAP, 0, -(value + _GAP if value else 0), 0)
        space = rect.width() - metrics.horizontalAdvance(row.note)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, space)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft, name + row.note)
