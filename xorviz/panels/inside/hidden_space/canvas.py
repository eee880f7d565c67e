"""Canvas of the plane of two hidden units, with the output's decision border."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from xorviz.core.analysis.pair_plane import Border, PairPlane
from xorviz.core.config import ROWS
from xorviz.panels.base.row_signs import NAMES, paint_sign
from xorviz.panels.inside.hidden_space.axes import ACROSS, OVERHANG, UP, PlaneAxes
from xorviz.panels.inside.hidden_space.chart import Chart, ramp_color, warped_paths
from xorviz.ui.draw.label_places import Place, place_labels
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme, faint, mixed

_REACH = 12.0
"""Pixels from a row's marker within which the mouse points at it."""


@dataclass(frozen=True, slots=True)
class PlanePicture:
    """A plane with targets and correctness of the rows, in the order of ROWS."""

    plane: PairPlane
    targets: tuple[int, ...]
    right: tuple[bool, ...]


@guarded
class HiddenPlane(QWidget):
    """Paints a plane; empty without a picture. The names of the axes can be clicked."""

    row_pointed = Signal(object)  # int | None: index into ROWS
    axis_pointed = Signal(object)  # int | None: ACROSS or UP
    axis_clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.picture: PlanePicture | None = None
        self._theme = LIGHT
        self._places: list[Place] = []
        self.unit: int | None = None
        self.row: int | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)

    def sizeHint(self) -> QSize:
        return QSize(420, 360)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_picture(self, picture: PlanePicture | None) -> None:
        self.picture = picture
        self.update()

    def mark(self, unit: int | None, row: int | None) -> None:
        if (unit, row) != (self.unit, self.row):
            self.unit, self.row = unit, row
            self.update()

    def axes(self) -> PlaneAxes:
        assert self.picture is not None
        return PlaneAxes(self.picture.plane, QSizeF(self.size()), self.font())

    def axis_rect(self, axis: int) -> QRectF:
        return self.axes().name_rect(axis)

    def mark_at(self, row: int) -> QPointF:
        assert self.picture is not None
        across, up = self.picture.plane.rows[row].tolist()
        return self.axes().chart.at(across, up)

    def label_rects(self) -> list[QRectF]:
        """Return the rectangles of the rows' labels, in the order of ROWS."""
        return [place.rect for place in self._places]

    def _axis_under(self, point: QPointF) -> int | None:
        if self.picture is None:
            return None
        axes = [ACROSS] if self.picture.plane.pair.up is None else [ACROSS, UP]
        return next((axis for axis in axes if self.axis_rect(axis).contains(point)), None)

    def _row_under(self, point: QPointF) -> int | None:
        if self.picture is None:
            return None
        offsets = [self.mark_at(row) - point for row in range(len(ROWS))]
        distance, row = min((math.hypot(o.x(), o.y()), row) for row, o in enumerate(offsets))
        if distance <= _REACH:
            return row
        labels = self.label_rects()
        return next((row for row, rect in enumerate(labels) if rect.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        axis = self._axis_under(event.position())
        shape = Qt.CursorShape.ArrowCursor if axis is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        self.axis_pointed.emit(axis)
        self.row_pointed.emit(self._row_under(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        axis = self._axis_under(event.position())
        if axis is not None and event.button() == Qt.MouseButton.LeftButton:
            self.axis_clicked.emit(axis)

    def leaveEvent(self, event: QEvent) -> None:
        self.axis_pointed.emit(None)
        self.row_pointed.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self.picture is None:
            return
        painter, axes, plane = QPainter(self), self.axes(), self.picture.plane
        chart = axes.chart
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_sides(painter, chart, plane)
        axes.paint(painter, self._theme, self.unit)
        if plane.pair.up is not None:
            self._paint_grid(painter, chart, plane)
        self._paint_borders(painter, chart, plane)
        self._paint_rows(painter, chart, self.picture)
        painter.end()

    def _paint_sides(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        """Tint both sides of the border, and the band it sweeps as the other units vary."""
        theme, border = self._theme, plane.border
        rests = [own.rest - border.rest for own in plane.borders]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(chart.rect, _tint(theme, theme.neutral, 0.5))
        for color, end, swept in (
            (theme.minus, -math.inf, -max(rests)),
            (theme.plus, math.inf, -min(rests)),
        ):
            painter.setBrush(_tint(theme, color, 0.13))
            painter.drawPolygon(chart.strip(border, min(end, 0.0), max(end, 0.0)))
            if not plane.is_exact:
                painter.setBrush(_tint(theme, mixed(color, theme.quiet), 0.3))
                painter.drawPolygon(chart.strip(border, min(swept, 0.0), max(swept, 0.0)))

    def _paint_grid(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, path in warped_paths(chart, plane, self._theme):
            painter.strokePath(path, QPen(color, 1))

    def _paint_borders(self, painter: QPainter, chart: Chart, plane: PairPlane) -> None:
        pen = QPen(QColor(self._theme.text), 2, c=Qt.PenCapStyle.FlatCap)
        _draw_border(painter, chart, plane.border, pen)
        if self.row is not None and not plane.is_exact:
            pen = QPen(QColor(self._theme.text), 1.5, Qt.PenStyle.DashLine)
            _draw_border(painter, chart, plane.borders[self.row], pen)

    def _paint_rows(self, painter: QPainter, chart: Chart, picture: PlanePicture) -> None:
        points = [chart.at(*at) for at in picture.plane.rows.tolist()]
        radius = self._radius(chart)
        self._places = place_labels(
            [_around(point, radius + 2) for point in points],
            self._label_size(),
            QRectF(self.rect()) & _around_box(chart.rect),
            self._places,
        )
        # Circles last and smaller: where both coincide, the square's corners show.
        for row in sorted(range(len(ROWS)), key=lambda row: -picture.targets[row]):
            ring, r = self._theme.panel, radius
            if picture.plane.third is not None:
                third = picture.plane.third
                color = ramp_color(self._theme, third.span, float(third.rows[row]))
                paint_sign(
                    painter,
                    points[row],
                    radius + 3,
                    picture.targets[row],
                    self._theme,
                    color.name(),
                )
            paint_sign(
                painter, points[row], r, picture.targets[row], self._theme, ring, picture.right[row]
            )
        self._paint_labels(painter, points)

    def _radius(self, chart: Chart) -> float:
        return min(max(min(chart.rect.width(), chart.rect.height()) / 36, 5.0), 8.0)

    def _label_size(self) -> QSizeF:
        metrics = QFontMetricsF(self.font())
        return QSizeF(metrics.horizontalAdvance("00") + 4, metrics.height())

    def _paint_labels(self, painter: QPainter, points: Sequence[QPointF]) -> None:
        veil = faint(self._theme.panel, 160)
        for place, point in zip(self._places, points, strict=True):
            if not place.is_near:
                painter.setPen(QPen(QColor(self._theme.quiet), 1))
                painter.drawLine(point, place.rect.center())
        for row, place in enumerate(self._places):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(veil)
            painter.drawRoundedRect(place.rect, 3, 3)
            painter.setPen(QColor(self._theme.accent if row == self.row else self._theme.text))
            painter.drawText(place.rect, Qt.AlignmentFlag.AlignCenter, NAMES[row])


def _draw_border(painter: QPainter, chart: Chart, border: Border, pen: QPen) -> None:
    ends = border.within(chart.across, chart.up)
    if ends is not None:
        painter.setPen(pen)
        painter.drawLine(*(chart.at(across, up) for across, up in ends.tolist()))


def _around(point: QPointF, half: float) -> QRectF:
    return QRectF(point.x() - half, point.y() - half, 2 * half, 2 * half)


@cache
def _tint(theme: Theme, color: str, share: float) -> QColor:
    """Return a colour laid over the panel's. Opaque: translucent areas paint slowly."""
    over, under = QColor(color), QColor(theme.panel)
    pairs = zip(over.getRgbF()[:3], under.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(share * a + (1 - share) * b for a, b in pairs))


def _around_box(rect: QRectF) -> QRectF:
    """Return the area available to markers and labels."""
    return rect.adjusted(-OVERHANG, -OVERHANG, OVERHANG, OVERHANG)
