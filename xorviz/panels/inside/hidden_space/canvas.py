"""Canvas of the plane of two hidden units, with the output's decision border."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from xorviz.core.analysis.pair_plane import Border, PairPlane
from xorviz.core.config import ROWS
from xorviz.panels.base.row_signs import NAMES, SHOWN_ROWS, paint_sign
from xorviz.panels.inside.chart import Chart
from xorviz.panels.inside.hidden_space.axes import OVERHANG, Axis, PlaneAxes
from xorviz.panels.inside.hidden_space.geometry import ramp_color, strip, warped_paths
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import Place, place_labels
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import faint, mixed

_REACH = 12.0
"""Pixels from a row's marker within which the mouse points at it."""


@guarded
class HiddenPlane(Canvas):
    """Paints a plane, or nothing. Its spots are the rows, as indices in ROWS, and the axes.

    By hand: a frame with a grid of many bent and coloured lines costs 2 ms.
    """

    def __init__(self) -> None:
        super().__init__(QSize(420, 360), QSize(160, 120))
        self.plane: PairPlane | None = None
        self._axes: PlaneAxes | None = None
        self._targets: Sequence[int] = ()
        self._right: Sequence[bool] = ()
        self._places: list[Place] = []
        self._unit: int | None = None

    def show_plane(
        self, plane: PairPlane | None, targets: Sequence[int] = (), right: Sequence[bool] = ()
    ) -> None:
        """Paint a plane with the rows' targets, and whether they are correct; or nothing."""
        self.plane, self._targets, self._right = plane, targets, right
        self.lay_out()

    def show_unit(self, unit: int | None) -> None:
        """Highlight the name of a hidden unit."""
        if unit != self._unit:
            self._unit = unit
            self.update()

    def axes(self) -> PlaneAxes:
        assert self._axes is not None
        return self._axes

    def mark_at(self, row: int) -> QPointF:
        assert self.plane is not None
        across, up = self.plane.rows[row].tolist()
        return self.axes().chart.at(across, up)

    def label_rects(self) -> list[QRectF]:
        """Return the rectangles of the rows' labels, in the order of ROWS."""
        return [place.rect for place in self._places]

    def spot_at(self, point: QPointF) -> int | Axis | None:
        if self.plane is None:
            return None
        for axis in list(Axis)[: len(self.plane.pair.units)]:
            if self.axes().name_rect(axis).contains(point):
                return axis
        offsets = [self.mark_at(row) - point for row in range(len(ROWS))]
        distance, row = min((math.hypot(o.x(), o.y()), row) for row, o in enumerate(offsets))
        if distance <= _REACH:
            return row
        labels = self.label_rects()
        return next((row for row, rect in enumerate(labels) if rect.contains(point)), None)

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the row before or after the marked one, in the order in which rows are shown."""
        if self.plane is None:
            return None
        if self._row is None:
            return SHOWN_ROWS[0]
        moved = SHOWN_ROWS.index(self._row) + (dx or dy)
        return SHOWN_ROWS[min(max(moved, 0), len(SHOWN_ROWS) - 1)]

    @property
    def _row(self) -> int | None:
        """The marked row; None if an axis is marked, or nothing."""
        return self.marked if isinstance(self.marked, int) else None

    def _lay_out(self) -> None:
        self._axes = PlaneAxes(self.plane, QSizeF(self.size()), self.font()) if self.plane else None

    def _paint(self, painter: QPainter) -> None:
        if self.plane is None:
            return
        axes, plane = self.axes(), self.plane
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_sides(painter, axes.chart, plane)
        axes.paint(painter, self.theme, self._unit)
        if plane.pair.up is not None:
            self._paint_grid(painter, axes.chart, plane)
        self._paint_borders(painter, axes.chart, plane)
        self._paint_rows(painter, axes.chart, plane)

    def _paint_sides(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        """Tint both sides of the border, and the band it sweeps as the other units vary."""
        theme, border = self.theme, plane.border
        rests = [own.rest - border.rest for own in plane.borders]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(chart.rect, QColor(mixed(theme.neutral, theme.panel)))
        for color, end, swept in (
            (theme.minus, -math.inf, -max(rests)),
            (theme.plus, math.inf, -min(rests)),
        ):
            painter.setBrush(QColor(mixed(color, theme.panel, 0.13)))
            painter.drawPolygon(strip(chart, border, min(end, 0.0), max(end, 0.0)))
            if not plane.is_exact:
                swept_over = mixed(mixed(color, theme.quiet), theme.panel, 0.3)
                painter.setBrush(QColor(swept_over))
                painter.drawPolygon(strip(chart, border, min(swept, 0.0), max(swept, 0.0)))

    def _paint_grid(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, path in warped_paths(chart, plane, self.theme):
            painter.strokePath(path, QPen(color, 1))

    def _paint_borders(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        pen = QPen(QColor(self.theme.text), 2, c=Qt.PenCapStyle.FlatCap)
        _draw_border(painter, chart, plane.border, pen)
        if self._row is not None and not plane.is_exact:
            pen = QPen(QColor(self.theme.text), 1.5, Qt.PenStyle.DashLine)
            _draw_border(painter, chart, plane.borders[self._row], pen)

    def _paint_rows(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        points = [chart.at(*at) for at in plane.rows.tolist()]
        radius = min(max(min(chart.rect.width(), chart.rect.height()) / 36, 5.0), 8.0)
        self._places = place_labels(
            [_around(point, radius + 2) for point in points],
            self._label_size(),
            QRectF(self.rect()) & chart.rect.adjusted(-OVERHANG, -OVERHANG, OVERHANG, OVERHANG),
            self._places,
        )
        # Circles last and smaller: where both coincide, the square's corners show.
        for row in sorted(range(len(ROWS)), key=lambda row: -self._targets[row]):
            at, target = points[row], self._targets[row]
            if plane.third is not None:
                color = ramp_color(self.theme, plane.third.span, float(plane.third.rows[row]))
                paint_sign(painter, at, radius + 3, target, self.theme, color.name())
            ring, is_right = self.theme.panel, self._right[row]
            paint_sign(painter, at, radius, target, self.theme, ring, is_right)
        self._paint_labels(painter, points)

    def _label_size(self) -> QSizeF:
        metrics = QFontMetricsF(self.font())
        return QSizeF(metrics.horizontalAdvance("00") + 4, metrics.height())

    def _paint_labels(self, painter: QPainter, points: Sequence[QPointF]) -> None:
        veil = faint(self.theme.panel, 160)
        for place, point in zip(self._places, points, strict=True):
            if not place.is_near:
                painter.setPen(QPen(QColor(self.theme.quiet), 1))
                painter.drawLine(point, place.rect.center())
        for row, place in enumerate(self._places):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(veil)
            painter.drawRoundedRect(place.rect, 3, 3)
            painter.setPen(QColor(self.theme.accent if row == self._row else self.theme.text))
            painter.drawText(place.rect, Qt.AlignmentFlag.AlignCenter, NAMES[row])


def _draw_border(painter: QPainter, chart: Chart, border: Border, pen: QPen) -> None:
    ends = border.within(chart.across, chart.up)
    if ends is not None:
        painter.setPen(pen)
        painter.drawLine(*(chart.at(across, up) for across, up in ends.tolist()))


def _around(point: QPointF, half: float) -> QRectF:
    return QRectF(point.x() - half, point.y() - half, 2 * half, 2 * half)
