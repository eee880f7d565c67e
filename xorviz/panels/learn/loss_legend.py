"""The legend of the loss plot, which also reads out each curve at a step."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.arrays import nearest
from xorviz.core.runs.project import PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.curves import BESIDE, RUN_STYLES
from xorviz.ui.draw.grid_layout import sized
from xorviz.ui.plot.curve_row import Curves
from xorviz.ui.plot.lines import stroke_pen
from xorviz.ui.plot.overlay import Overlay, Scales
from xorviz.ui.theme.palette import Theme, faint

LIVE_WIDTH = 2.0
"""Width of a current run's curve, in pixels."""

MOST_COVERED = 0.5
"""Largest share of the plot that a legend may cover."""

LOW, MOST_HEIGHT = 6, 0.45
"""Lines of text below which a plot is low, and the share of its height that a legend may take."""

_LAYOUTS = ((1.0, 1, 8), (0.85, 1, 8), (0.85, 2, 8), (0.75, 2, 6), (0.7, 2, 4), (0.6, 2, 2))
"""Text scale, columns, and least width of a name in digits; the first that fits is used."""
_WIDEST_NAME = 24
"""Digits."""
_MARGIN, _PADDING, _GAP, _SWATCH = 6.0, 4.0, 6.0, 22.0
_VEIL = 215
"""Opacity of the background, of 255."""
_PLACES = ((0, 1), (1, 0), (1, 1), (1, 0.5), (0, 0), (0, 0.5), (0.5, 1), (0.5, 0))
"""From the left and from the top, in shares of the room that it leaves, the best first."""
MOST_ROWS = 4
"""Of a legend that says what the panel Runs says too."""
_TIP = "The lines of the current and the pinned runs; point at the plot to read their losses there"


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


_Layout = tuple[QFont, QRectF, int]
"""The font of a legend, its rectangle in the view box, and how many columns it has."""


class Legend(Overlay):
    """A row for each curve, where it covers none if there is such a place."""

    def __init__(self, scales: Scales, curves: Sequence[Curves] = ()) -> None:
        """Keep off these curves, which must be below it."""
        super().__init__(scales)
        self._curves = curves
        self.rows: tuple[LegendRow, ...] = ()
        self.heading = ""
        """The step of the values: "at 12 000"."""
        self.stands_at: tuple[float, float] = _PLACES[0]
        """It stays there until a curve comes, and while values are read."""
        self.place_painted = QRectF()
        self.setZValue(6)
        self.hide()

    def show_rows(self, rows: tuple[LegendRow, ...], heading: str = "") -> None:
        """Show these rows, with their values under a heading."""
        if (rows, heading) != (self.rows, self.heading):
            self.rows, self.heading = rows, heading
            self.setVisible(bool(rows))
            self.update()

    def tip_at(self, point: QPointF) -> str:
        return _TIP if self.isVisible() and self.place_painted.contains(point) else ""

    def covered(self, font: QFont) -> QRectF:
        """Return the rectangle that it takes in the plot, in a font."""
        layout = self._layout(font) if self.isVisible() else None
        return QRectF() if layout is None else layout[1]

    def _layout(self, font: QFont) -> _Layout | None:
        """Return the largest layout that fits, if any."""
        tried = (self._try(font, *layout) for layout in _LAYOUTS if self.rows)
        return next(filter(None, tried), None)

    def _try(self, font: QFont, scale: float, columns: int, least: int) -> _Layout | None:
        scaled = sized(font, max(1, round(QFontInfo(font).pixelSize() * scale)))
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
        is_low = area.height() < LOW * QFontMetricsF(font).height()  # there the curves come first
        most_height = MOST_HEIGHT * area.height() if is_low else area.height() - 2 * _MARGIN
        between = (columns - 1) * 2 * _GAP + 2 * _PADDING
        width = min(most, columns * (beside + name) + between)
        is_wide_enough = (width - between) / columns - beside >= min(name, least * digit + note)
        if height > most_height or not is_wide_enough:
            return None
        return scaled, self._placed(QSizeF(width, height)), columns

    def _placed(self, size: QSizeF) -> QRectF:
        """Return the rectangle of a size at the place, after moving off curves that are there."""
        if not self.heading and self._crossing(self._at(self.stands_at, size)):
            places = (self.stands_at, *_PLACES)
            self.stands_at = min(places, key=lambda place: self._crossing(self._at(place, size)))
        return self._at(self.stands_at, size)

    def _at(self, place: tuple[float, float], size: QSizeF) -> QRectF:
        room = self.scales.area.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        left = room.left() + place[0] * (room.width() - size.width())
        return QRectF(QPointF(left, room.top() + place[1] * (room.height() - size.height())), size)

    def _crossing(self, rect: QRectF) -> int:
        """Return how many curves cross a rectangle."""
        found = (curves.crossing(rect.left(), rect.right()) for curves in self._curves)
        ends = (one for curves in found for one in curves)
        return sum(high < rect.bottom() and low > rect.top() for high, low in ends)

    def _paint(self, painter: QPainter) -> None:
        layout = self._layout(painter.font())
        if layout is None:
            return
        font, rect, columns = layout
        self.place_painted = rect
        metrics, row_height = QFontMetricsF(font), QFontMetricsF(font).height()
        painter.fillRect(rect, faint(self._theme.panel, _VEIL))
        painter.setFont(font)
        inside = rect.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        if self.heading:
            painter.setPen(QColor(self._theme.quiet))
            line = QRectF(inside.left(), inside.top(), inside.width(), row_height)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, self.heading)
            inside.setTop(line.bottom())
        per_column = math.ceil(len(self.rows) / columns)
        stride = (inside.width() + 2 * _GAP) / columns
        value = max(metrics.horizontalAdvance(row.value) for row in self.rows)
        for index, row in enumerate(self.rows):
            column, line_number = divmod(index, per_column)
            left = inside.left() + column * stride
            top = inside.top() + line_number * row_height
            self._paint_row(painter, row, QRectF(left, top, stride - 2 * _GAP, row_height), value)

    def _paint_row(self, painter: QPainter, row: LegendRow, rect: QRectF, value: float) -> None:
        """Paint a row; values take a width, if there are any."""
        metrics = QFontMetricsF(painter.font())
        swatch = _SWATCH * rect.height() / (rect.height() + _GAP)
        middle = rect.center().y()
        painter.setPen(row.pen)
        painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.left() + swatch, middle))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight, row.value)
        rect = rect.adjusted(swatch + _GAP, 0, -(value + _GAP if value else 0), 0)
        space = rect.width() - metrics.horizontalAdvance(row.note)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, space)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft, name + row.note)
