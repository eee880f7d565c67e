"""Canvas of the decision surface. Shapes: K points of a line, U hidden units."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QLineF, QMargins, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, Span
from xorviz.core.arrays import Array
from xorviz.core.network import head_of
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.square_items import Chart, axes_room, paint_axes, paint_sign, point_in
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.painted import paint_dot
from xorviz.ui.guard import guarded
from xorviz.ui.plot.lines import SOLID, stroke_pen

BOUNDARY_WIDTH, UNIT_WIDTH = 2.0, 1.2
"""Of the decision boundary and of those of hidden units, in pixels."""
UNIT_DOTS = (1.5, 2.5)
"""Lengths of dot and gap, in pixels."""
_DASHES = (10.0, 7.0)
"""Lengths of line and gap of a boundary that alternates with the other, in pixels."""
_SELECTED_WIDTH, _SHADOW_WIDTH = 2.5, 5.0
_SIGN, _CURSOR = 9.0, 4.5
"""Radii in pixels of a row's sign and of the cursor."""
_SIGNS = 13
"""Least side of the square, in radii of a row's sign."""
_AROUND_SIGN = 2
"""Pixels around a sign that belong to it."""
_CURSOR_STEP = 0.05

Inputs = tuple[float, float]
"""A point of the input square."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is painted of a network over the input square."""

    config: RunConfig
    right: tuple[bool, ...]
    """Whether each row is correct."""
    image: QImage
    """Its outermost pixels are centred on the edges of the square; the first row is on top."""
    lines: Array
    """(U, 2, 2) the ends of the lines of hidden units."""
    boundary: list[Array]
    """Each (K, 2)."""
    next_boundary: list[Array]
    """That after the next step, if it alternates with this one."""


@guarded
class SurfaceCanvas(Canvas):
    """Paints a picture with its axes, or the axes alone. Its spots are pairs of inputs."""

    def __init__(self) -> None:
        super().__init__(QSize(300, 300), QSize(0, 0))
        self.setAccessibleName("Output over the inputs x1 and x2")
        self.chart = Chart(QRectF(), Span(LOW, HIGH), Span(LOW, HIGH))
        self.picture: Picture | None = None
        self.selected: Array | None = None
        """(2, 2) the ends of the line of the highlighted unit, if it has one here."""
        self.has_titles = True

    def _recolour(self) -> None:
        # Else all that is below it is painted at each frame, too: 1 ms. Clear pictures do without.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_picture(self, picture: Picture | None) -> None:
        self.picture = picture
        self.update()

    def select(self, line: Array | None) -> None:
        """Draw the line of the highlighted unit above all others."""
        self.selected = line
        self.update()

    @property
    def around(self) -> QMargins:
        """Pixels around the square: axes, and halves of their last texts."""
        metrics = self.fontMetrics()
        left, bottom = axes_room(QFontMetricsF(metrics), "0.5", self.has_titles)
        return QMargins(left, metrics.height() // 2, metrics.horizontalAdvance("0.5"), bottom)

    @property
    def sign_scale(self) -> float:
        """The size of the rows' signs: smaller in a small square."""
        return min(self.theme.stroke, self.chart.rect.width() / _SIGNS / _SIGN)

    def reach(self, pixels: float) -> float:
        """Return how long so many pixels are in the input square."""
        return pixels * (HIGH - LOW) / max(1.0, self.chart.rect.width())

    def row_at(self, at: Inputs) -> int | None:
        """Return the row whose sign is at these inputs."""
        away = np.hypot(*(np.array(ROWS) - at).T)
        reach = self.reach((_SIGN + _AROUND_SIGN) * self.sign_scale)
        return int(away.argmin()) if away.min() <= reach else None

    def spot_at(self, point: QPointF) -> Inputs | None:
        return self.chart.point(point)

    def neighbour(self, dx: int, dy: int) -> Inputs:
        """Return the inputs beside the marked ones; the cursor is then painted."""
        self.is_walked = True
        x1, x2 = (
            float(np.clip(round(x / _CURSOR_STEP + way) * _CURSOR_STEP, LOW, HIGH))
            for x, way in zip(self.marked or (0.5, 0.5), (dx, -dy), strict=True)
        )
        return x1, x2

    def _lay_out(self) -> None:
        self.chart = Chart(QRectF(self.rect() - self.around), self.chart.across, self.chart.up)

    def _paint(self, painter: QPainter) -> None:
        if self.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent):
            painter.fillRect(self.rect(), QColor(self.theme.panel))
        if (picture := self.picture) is not None:
            painter.save()
            self._paint_picture(painter, picture)
            painter.restore()
        self._paint_axes(painter)

    def _paint_picture(self, painter: QPainter, picture: Picture) -> None:
        square = self.chart.rect
        painter.setClipRect(square, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        half = square.width() / (picture.image.width() - 1) / 2
        painter.drawImage(square.adjusted(-half, -half, half, half), picture.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_units(painter, picture)
        theme = self.theme
        for lines, dash in ((picture.next_boundary, _DASHES), (picture.boundary, SOLID)):
            painter.setPen(stroke_pen(theme, theme.text, BOUNDARY_WIDTH, dash))
            for line in lines:
                painter.drawPolyline(self.chart.polygon(line))
        if self.selected is not None:
            selected = self.chart.polygon(self.selected)
            for color, width in ((theme.panel, _SHADOW_WIDTH), (theme.accent, _SELECTED_WIDTH)):
                painter.setPen(stroke_pen(theme, color, width))
                painter.drawPolyline(selected)
        for row, target, is_right in zip(ROWS, picture.config.targets, picture.right, strict=True):
            # A white ring is legible on every part of the surface in both themes.
            sign = partial(paint_sign, target=target, theme=self.theme, is_right=is_right)
            self._paint_mark(painter, row, partial(sign, radius=_SIGN))

    def _paint_units(self, painter: QPainter, picture: Picture) -> None:
        """Draw where each hidden unit's input is zero: fainter the more units there are."""
        pen = stroke_pen(self.theme, self.theme.text, UNIT_WIDTH, UNIT_DOTS)
        ink = pen.color()
        ink.setAlphaF(max(0.25, min(1.0, 4 / picture.config.width) ** 0.5))
        pen.setColor(ink)
        painter.setPen(pen)
        ends = self.chart.pixels(picture.lines.reshape(-1, 2)).reshape(-1, 4)
        painter.drawLines([QLineF(*line) for line in ends.tolist()])

    def _paint_marks(self, painter: QPainter) -> None:
        if self.picture is not None and self.marked is not None and self.is_walked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            dot = partial(paint_dot, fill=self.theme.accent, ring=self.theme.panel)
            self._paint_mark(painter, self.marked, partial(dot, radius=_CURSOR))

    def _paint_mark(
        self, painter: QPainter, at: Inputs, paint: Callable[[QPainter, QPointF], None]
    ) -> None:
        painter.save()
        painter.translate(point_in(self.chart.rect, *at))
        painter.scale(self.sign_scale, self.sign_scale)
        paint(painter, QPointF())
        painter.restore()

    def _paint_axes(self, painter: QPainter) -> None:
        config = RunConfig() if self.picture is None else self.picture.config
        ticks = (0.0, 0.5, 1.0) if self.has_titles else (0.0, 1.0)
        values = head_of(config).coding.value(np.array(ticks)).tolist()
        texts = dict(zip(ticks, map(numerals.tick, values), strict=True))
        names = ("x1", "x2") if self.has_titles else None
        paint_axes(painter, self.chart, self.theme, texts, texts, names)
