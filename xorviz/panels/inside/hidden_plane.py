"""Canvas of the plane of two hidden units, with the output's decision border."""

import math
from collections.abc import Sequence
from enum import Enum
from functools import cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.pair_plane import LINES, POINTS, Border, PairPlane, Third
from xorviz.core.analysis.surface import Span
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.panels.base.square_items import paint_sign
from xorviz.panels.inside.chart import Chart
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import LabelSpace, Place
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme, faint, mixed
from xorviz.ui.theme.style import bold

RAMP = 9
"""Number of colours of the third unit's responses; each takes one path."""

_JOINED = np.tile(np.arange(POINTS) < POINTS - 1, (2 * LINES, 1))
"""(2 * LINES, POINTS) whether a point is joined to the next one; the last of a line is not."""


def strip(chart: Chart, border: Border, low: float, high: float) -> QPolygonF:
    """Return the part of a plane where the output's net input is between two values."""
    rect, across, up = chart.rect, chart.across, chart.up
    slope_x = border.a * (across.high - across.low) / rect.width()
    slope_y = -border.b * (up.high - up.low) / rect.height()
    steepness = math.hypot(slope_x, slope_y)
    here = border.side((across.low + across.high) / 2, (up.low + up.high) / 2)
    if steepness == 0:
        return QPolygonF(rect) if low < here < high else QPolygonF()
    far = rect.width() + rect.height()
    normal = QPointF(slope_x / steepness, slope_y / steepness)
    along = QPointF(-normal.y(), normal.x()) * far
    start, end = (
        rect.center() + normal * min(max((value - here) / steepness, -far), far)
        for value in (low, high)
    )
    part = QPolygonF([start - along, start + along, end + along, end - along])
    return part.intersected(QPolygonF(rect))


@cache
def ramp(theme: Theme) -> tuple[QColor, ...]:
    """Return colours from low to high: the diverging map with a darker, legible middle."""
    names = (theme.minus, mixed(theme.quiet, theme.hairline), theme.plus)
    stops = np.array([[c.red(), c.green(), c.blue()] for c in map(QColor, names)])
    at = np.linspace(0, 2, RAMP)
    channels = [np.interp(at, (0, 1, 2), channel) for channel in stops.T]
    return tuple(QColor(*(round(float(c)) for c in color)) for color in zip(*channels, strict=True))


def ramp_color(theme: Theme, span: Span, value: float) -> QColor:
    """Return the colour of a response."""
    share = min(max((value - span.low) / (span.high - span.low), 0.0), 1.0)
    return ramp(theme)[round(share * (RAMP - 1))]


def warped_paths(chart: Chart, plane: PairPlane, theme: Theme) -> list[tuple[QColor, QPainterPath]]:
    """Return the grid lines as one path per colour, by the response of the third unit if any."""
    x, y = chart.pixels(plane.grid.reshape(-1, 2)).T
    if plane.third is None:
        path = pg.arrayToQPath(x, y, connect=_JOINED.ravel().astype(np.int32))
        return [(QColor(mixed(theme.quiet, theme.hairline)), path)]
    starts = np.flatnonzero(_JOINED)
    ends = np.column_stack((starts, starts + 1))
    span, answers = plane.third.span, plane.third.grid.ravel()[ends].mean(axis=1)
    colors = np.round((answers - span.low) / (span.high - span.low) * (RAMP - 1))
    parts = [(color, ends[colors == i].ravel()) for i, color in enumerate(ramp(theme))]
    return [
        (color, pg.arrayToQPath(x[part], y[part], connect="pairs"))
        for color, part in parts
        if len(part)
    ]


OVERHANG = 12
"""Pixels around the box, for markers at its edges."""
_REACH = 12.0
"""Pixels from a row's marker within which the mouse points at it."""
_WIDEST = 1.5
"""Largest ratio of the box's sides."""
_SCALE_WIDTH = 54
_SIDES = Qt.AlignmentFlag


class Axis(Enum):
    """An axis; its value is its index in a pair of units."""

    ACROSS, UP = range(2)


@guarded
class HiddenPlane(Canvas):
    """Paints a plane, or nothing. Its spots are the rows, as indices in ROWS, and the axes.

    By hand: a frame with a grid of many bent and coloured lines costs 2 ms.
    """

    def __init__(self) -> None:
        super().__init__(QSize(420, 360), QSize(160, 120))
        self.plane: PairPlane | None = None
        self.chart = Chart(QRectF(), Span(0, 1), Span(0, 1))
        """The box of the plane."""
        self._targets: Sequence[int] = ()
        self._right: Sequence[bool] = ()
        self.places: list[Place] = []
        """Of the rows' labels, in the order of ROWS."""
        self._unit: int | None = None

    def show_plane(self, plane: PairPlane, snapshot: Snapshot) -> None:
        """Paint a plane, with the rows' targets, and whether they are correct."""
        self.plane = plane
        self._targets, self._right = snapshot.config.targets, snapshot.right.tolist()
        self.lay_out()

    def show_unit(self, unit: int | None) -> None:
        """Highlight the name of a hidden unit."""
        self._unit = unit
        self.update()

    def marks(self) -> list[QPointF]:
        """Return the places of the rows, in the order of ROWS."""
        return [] if self.plane is None else [self.chart.at(*at) for at in self.plane.rows.tolist()]

    def name_rect(self, axis: Axis) -> QRectF:
        rect, metrics = self.chart.rect, self._metrics
        width, height = metrics.horizontalAdvance("h64 ▾") + 8, metrics.height() + 2
        if axis is Axis.ACROSS:
            left, top = rect.center().x() - width / 2, rect.bottom() + OVERHANG - 1
        else:
            left, top = rect.left() - 4, rect.top() - OVERHANG - height + 1
        return QRectF(left, top, width, height)

    def spot_at(self, point: QPointF) -> int | Axis | None:
        if self.plane is None:
            return None
        for axis in list(Axis)[: len(self.plane.pair.units)]:
            if self.name_rect(axis).contains(point):
                return axis
        offsets = [mark - point for mark in self.marks()]
        distance, row = min((math.hypot(o.x(), o.y()), row) for row, o in enumerate(offsets))
        if distance <= _REACH:
            return row
        labels = enumerate(self.places)
        return next((row for row, label in labels if label.rect.contains(point)), None)

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the row before or after the marked one, in the order in which rows are shown."""
        if self.plane is None:
            return None
        if self._row is None:
            return COUNTED[0]
        moved = COUNTED.index(self._row) + (dx or dy)
        return COUNTED[min(max(moved, 0), len(COUNTED) - 1)]

    @property
    def _row(self) -> int | None:
        """The marked row; None if an axis is marked, or nothing."""
        return self.marked if isinstance(self.marked, int) else None

    @property
    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font())

    def _lay_out(self) -> None:
        """Make the box as large as it fits within the largest ratio of its sides."""
        if (plane := self.plane) is None:
            return
        metrics = self._metrics
        ticks = (numerals.tick(plane.up.low), numerals.tick(plane.up.high))
        left = OVERHANG + 4 + max(metrics.horizontalAdvance(tick) for tick in ticks)
        right, top = OVERHANG + 4, OVERHANG + 4 + metrics.height()
        bottom = OVERHANG + 2 + metrics.height()
        width, height = max(40, self.width() - left - right), max(40, self.height() - top - bottom)
        w, h = min(width, height * _WIDEST), min(height, width * _WIDEST)
        box = QRectF(left + (width - w) / 2, top + (height - h) / 2, w, h)
        self.chart = Chart(box.toAlignedRect().toRectF(), plane.across, plane.up)

    def _paint(self, painter: QPainter) -> None:
        if (plane := self.plane) is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_sides(painter, plane)
        self._paint_axes(painter, plane)
        if plane.pair.up is not None:
            for color, path in warped_paths(self.chart, plane, self.theme):
                painter.strokePath(path, QPen(color, self.theme.stroke))
        pen = QPen(QColor(self.theme.text), 2 * self.theme.stroke, c=Qt.PenCapStyle.FlatCap)
        self._paint_border(painter, plane.border, pen)
        if self._row is not None and not plane.is_exact:
            pen = QPen(QColor(self.theme.text), 1.5 * self.theme.stroke, Qt.PenStyle.DashLine)
            self._paint_border(painter, plane.borders[self._row], pen)
        self._paint_rows(painter, plane)

    def _paint_sides(self, painter: QPainter, plane: PairPlane) -> None:
        """Tint both sides of the border, and the band it sweeps as the other units vary."""
        theme, border = self.theme, plane.border
        rests = [own.rest - border.rest for own in plane.borders]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(self.chart.rect, QColor(mixed(theme.neutral, theme.panel)))
        for color, end, swept in (
            (theme.minus, -math.inf, -max(rests)),
            (theme.plus, math.inf, -min(rests)),
        ):
            painter.setBrush(QColor(mixed(color, theme.panel, 0.13)))
            painter.drawPolygon(strip(self.chart, border, min(end, 0.0), max(end, 0.0)))
            if not plane.is_exact:
                swept_over = mixed(mixed(color, theme.quiet), theme.panel, 0.3)
                painter.setBrush(QColor(swept_over))
                painter.drawPolygon(strip(self.chart, border, min(swept, 0.0), max(swept, 0.0)))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_axes(self, painter: QPainter, plane: PairPlane) -> None:
        """Paint the box, or the line of a single unit, with axis ends and names."""
        rect, theme, pair = self.chart.rect, self.theme, plane.pair
        line, end = self._metrics.height(), numerals.tick(plane.across.high)
        below = QRectF(rect.left() - 30, rect.bottom() + OVERHANG, 60, line)
        beside = QRectF(rect.left() - OVERHANG - 80, rect.top() - line / 2, 80, line)
        if pair.up is None:
            middle = rect.center().y()
            painter.setPen(QPen(QColor(theme.quiet), theme.stroke))
            painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
        else:
            painter.setPen(QPen(QColor(theme.rule), theme.stroke))
            painter.drawRect(rect)
            painter.setPen(QColor(theme.quiet))
            painter.drawText(beside, _SIDES.AlignRight, numerals.tick(plane.up.high))
            beside.moveTop(rect.bottom() - line / 2)
            painter.drawText(beside, _SIDES.AlignRight, numerals.tick(plane.up.low))
            self._write_name(painter, Axis.UP, pair.up)
        self._write_name(painter, Axis.ACROSS, pair.across)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(below, _SIDES.AlignHCenter, numerals.tick(plane.across.low))
        too_wide = self._metrics.horizontalAdvance(end) / 2 - OVERHANG
        below.moveLeft(rect.right() - 30 - max(too_wide, 0))
        painter.drawText(below, _SIDES.AlignHCenter, end)
        if plane.third is not None:
            self._paint_scale(painter, plane.third)

    def _ink(self, unit: int) -> QColor:
        """Return the colour of a unit's name."""
        return QColor(self.theme.accent if unit == self._unit else self.theme.text)

    def _write_name(self, painter: QPainter, axis: Axis, unit: int) -> None:
        painter.setFont(bold(self.font()) if unit == self._unit else self.font())
        painter.setPen(self._ink(unit))
        side = _SIDES.AlignHCenter if axis is Axis.ACROSS else _SIDES.AlignLeft
        box = self.name_rect(axis).adjusted(4, 0, -4, 0)
        painter.drawText(box, side | _SIDES.AlignVCenter, f"h{unit + 1} ▾")
        painter.setFont(self.font())

    def _paint_scale(self, painter: QPainter, third: Third) -> None:
        """Paint the colour scale of the third unit's responses."""
        metrics = self._metrics
        low, high = numerals.tick(third.span.low), numerals.tick(third.span.high)
        middle = self.name_rect(Axis.UP).center().y()
        base = middle + (metrics.ascent() - metrics.descent()) / 2
        x = self.chart.rect.right() + OVERHANG - metrics.horizontalAdvance(high)
        painter.drawText(QPointF(x, base), high)
        x -= _SCALE_WIDTH + 4
        step = _SCALE_WIDTH / RAMP
        for i, color in enumerate(ramp(self.theme)):
            painter.fillRect(QRectF(x + i * step, middle - 4, step, 8), color)
        x -= metrics.horizontalAdvance(low) + 4
        painter.drawText(QPointF(x, base), low)
        name = f"h{third.unit + 1} "
        painter.setPen(self._ink(third.unit))
        painter.drawText(QPointF(x - metrics.horizontalAdvance(name), base), name)

    def _paint_border(self, painter: QPainter, border: Border, pen: QPen) -> None:
        ends = border.within(self.chart.across, self.chart.up)
        if ends is not None:
            painter.setPen(pen)
            painter.drawLine(*(self.chart.at(*end) for end in ends.tolist()))

    def _paint_rows(self, painter: QPainter, plane: PairPlane) -> None:
        rect, points, around = self.chart.rect, self.marks(), OVERHANG
        radius = min(max(min(rect.width(), rect.height()) / 36, 5.0), 8.0) * self.theme.stroke
        half, metrics = QPointF(radius + 2, radius + 2), self._metrics
        size = QSizeF(metrics.horizontalAdvance("00") + 4, metrics.height())
        space = LabelSpace(QRectF(self.rect()) & rect.adjusted(-around, -around, around, around))
        marks = [QRectF(point - half, point + half) for point in points]
        for mark in marks:
            space.take(mark)
        before: Sequence[Place | None] = self.places or [None] * len(marks)
        self.places = [
            space.around(mark, size, place) for mark, place in zip(marks, before, strict=True)
        ]
        # Circles last and smaller: where both coincide, the square's corners show.
        for row in sorted(range(len(ROWS)), key=lambda row: -self._targets[row]):
            at, target = points[row], self._targets[row]
            if plane.third is not None:
                color = ramp_color(self.theme, plane.third.span, float(plane.third.rows[row]))
                paint_sign(painter, at, radius + 3, target, self.theme, color.name())
            ring, is_right = self.theme.panel, self._right[row]
            paint_sign(painter, at, radius, target, self.theme, ring, is_right)
        self._paint_labels(painter, points)

    def _paint_labels(self, painter: QPainter, points: Sequence[QPointF]) -> None:
        veil = faint(self.theme.panel, 160)
        for place, point in zip(self.places, points, strict=True):
            if not place.is_near:
                painter.setPen(QPen(QColor(self.theme.quiet), self.theme.stroke))
                painter.drawLine(point, place.rect.center())
        for row, place in enumerate(self.places):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(veil)
            painter.drawRoundedRect(place.rect, 3, 3)
            painter.setPen(QColor(self.theme.accent if row == self._row else self.theme.text))
            painter.drawText(place.rect, _SIDES.AlignCenter, ROW_NAMES[row])
