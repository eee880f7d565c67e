"""The view of the hidden space: the input square in the plane of two hidden units.

Shapes: N points.
"""

import math
from collections.abc import Sequence
from enum import Enum
from functools import cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QActionGroup,
    QColor,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu

from xorviz.core import numerals
from xorviz.core.analysis import pair_plane
from xorviz.core.analysis.surface import Span, responses
from xorviz.core.network import inputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.square_items import Chart, axes_room, paint_axes, paint_sign, ticks_at
from xorviz.panels.base.words import at_step, correct_text, number
from xorviz.panels.inside.units import response_text
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import LabelSpace, Place
from xorviz.ui.draw.painted import paint_tag, take
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow
from xorviz.ui.theme.palette import Theme, faint, mixed
from xorviz.ui.theme.style import bold

RAMP, _FINE = 9, 25
"""Numbers of colours of a third unit's responses, each of which takes a path, and of the scale."""

_JOINED = np.tile(np.arange(pair_plane.POINTS) < pair_plane.POINTS - 1, (2 * pair_plane.LINES, 1))
"""(2 * LINES, POINTS) whether a point is joined to the next one; the last of a line is not."""


def strip(chart: Chart, border: pair_plane.Border, low: float, high: float) -> QPolygonF:
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
def ramp(theme: Theme, count: int = RAMP) -> tuple[QColor, ...]:
    """Return colours from low to high: the diverging map with a darker, legible middle."""
    names = (theme.minus, mixed(theme.quiet, theme.hairline), theme.plus)
    stops = np.array([[c.red(), c.green(), c.blue()] for c in map(QColor, names)])
    at = np.linspace(0, 2, count)
    channels = [np.interp(at, (0, 1, 2), channel) for channel in stops.T]
    return tuple(QColor(*(round(float(c)) for c in color)) for color in zip(*channels, strict=True))


def _colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return the colours of a scale, each with the ink that it needs."""
    return tuple((color, QColor(theme.text)) for color in ramp(theme, _FINE))


def ramp_color(theme: Theme, span: Span, value: float) -> QColor:
    """Return the colour of a response."""
    share = min(max((value - span.low) / (span.high - span.low), 0.0), 1.0)
    return ramp(theme)[round(share * (RAMP - 1))]


def warped_paths(
    chart: Chart, plane: pair_plane.PairPlane, theme: Theme
) -> list[tuple[QColor, QPainterPath]]:
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
_WITH_BAR = 14
"""Heights of a line from which a panel has the scale of the colours."""
_WIDEST = 1.5
"""Largest ratio of the box's sides."""
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
        self.plane: pair_plane.PairPlane | None = None
        self.chart = Chart(QRectF(), Span(0, 1), Span(0, 1))
        """The box of the plane."""
        self._targets: Sequence[int] = ()
        self._right: Sequence[bool] = ()
        self.places: list[Place] = []
        """Of the rows' labels, in the order of ROWS."""
        self._unit: int | None = None

    def show_plane(self, plane: pair_plane.PairPlane, snapshot: Snapshot) -> None:
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
        widest = max(
            ticks_at((plane.up.low, plane.up.high)).values(), key=metrics.horizontalAdvance
        )
        left, bottom = axes_room(metrics, widest, is_named=False, gap=OVERHANG)
        right, top = OVERHANG + 4, OVERHANG + 4 + metrics.height()
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

    def _paint_sides(self, painter: QPainter, plane: pair_plane.PairPlane) -> None:
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

    def _paint_axes(self, painter: QPainter, plane: pair_plane.PairPlane) -> None:
        """Paint the axes, or the line of a single unit, with names that can be clicked."""
        pair = plane.pair
        up = None if pair.up is None else ticks_at((plane.up.low, plane.up.high))
        paint_axes(
            painter,
            self.chart,
            self.theme,
            ticks_at((plane.across.low, plane.across.high)),
            up,
            gap=OVERHANG,
        )
        for axis, unit in zip(Axis, pair.units, strict=False):
            self._write_name(painter, axis, unit)

    def _write_name(self, painter: QPainter, axis: Axis, unit: int) -> None:
        painter.setFont(bold(self.font()) if unit == self._unit else self.font())
        painter.setPen(QColor(self.theme.accent if unit == self._unit else self.theme.text))
        side = _SIDES.AlignHCenter if axis is Axis.ACROSS else _SIDES.AlignLeft
        box = self.name_rect(axis).adjusted(4, 0, -4, 0)
        painter.drawText(box, side | _SIDES.AlignVCenter, f"h{unit + 1} ▾")
        painter.setFont(self.font())

    def _paint_border(self, painter: QPainter, border: pair_plane.Border, pen: QPen) -> None:
        ends = border.within(self.chart.across, self.chart.up)
        if ends is not None:
            painter.setPen(pen)
            painter.drawLine(*(self.chart.at(*end) for end in ends.tolist()))

    def _paint_rows(self, painter: QPainter, plane: pair_plane.PairPlane) -> None:
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
        theme = self.theme
        for place, point in zip(self.places, points, strict=True):
            if not place.is_near:
                take(painter, theme.quiet, theme.stroke)
                painter.drawLine(point, place.rect.center())
        for row, place in enumerate(self.places):
            ink = theme.accent if row == self._row else theme.text
            paint_tag(painter, place.rect, ROW_NAMES[row], ink, faint(theme.panel, 160))


class HiddenSpace(SnapshotView):
    """The input grid and the four rows as two hidden units transform them."""

    has_table = True
    explanation = (
        "The four rows as the output unit sees them: by the responses of two hidden units. All "
        "four are correct when the line separates the circles from the squares."
    )

    def __init__(self) -> None:
        super().__init__("hidden_space")
        self._canvas = HiddenPlane()
        self._bar = ColorBar(_colors, "h1")
        """The colours of a third unit's responses."""
        self._spare = (self._bar,)
        column(self, (self._canvas, 1), self._bar, margins=(4, 2, 6, 4))
        self._picks: dict[Axis, int | None] = dict.fromkeys(Axis)
        self._menus = {axis: self._menu(axis) for axis in Axis}
        self._choice = QMenu(self)
        for axis, menu in self._menus.items():
            where = "across" if axis is Axis.ACROSS else "upwards"
            tip = f"Choose the hidden unit whose response runs {where}"
            option = self._option(f"unit_{axis.name.lower()}", f"Unit {where}", tip=tip)
            option.setMenu(menu)
        self._choice.addActions(self.options)
        self._pair: pair_plane.Pair | None = None
        self._run: int | None = None
        self._cursor_over(self._canvas)
        self._canvas.clicked.connect(self._click)

    def _menu(self, axis: Axis) -> QMenu:
        """Return a menu of the hidden units for an axis, filled when it opens."""
        menu = QMenu(axis.name.capitalize(), self)
        units = QActionGroup(menu)
        menu.aboutToShow.connect(lambda: self._fill(menu, units, axis))
        menu.triggered.connect(lambda action: self._pick(axis, menu.actions().index(action)))
        return menu

    def _fill(self, menu: QMenu, units: QActionGroup, axis: Axis) -> None:
        """List the automatic choice and all units, with the current one checked."""
        width = 1 if self._snapshot is None else self._snapshot.config.width
        menu.clear()
        for unit in (None, *range(width)):
            text = "Automatic: largest weight to the output" if unit is None else f"h{unit + 1}"
            action = units.addAction(menu.addAction(text))
            action.setCheckable(True)
            action.setChecked(unit == self._picks[axis])

    def _pick(self, axis: Axis, place: int) -> None:
        """Take an entry of an axis' menu; if the other axis has it, that one becomes automatic."""
        unit = place - 1 if place else None
        picks = {other: None if picked == unit else picked for other, picked in self._picks.items()}
        self._picks = picks | {axis: unit}
        self.draw_anew()

    @Slot(object)
    def _click(self, spot: object) -> None:
        if isinstance(spot, Axis):
            self._open(self._menus[spot], spot)

    def _open(self, menu: QMenu, axis: Axis) -> None:
        """Open a menu below the name of an axis."""
        corner = self._canvas.name_rect(axis).bottomLeft().toPoint()
        menu.popup(self._canvas.mapToGlobal(corner))

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return what the output unit sees in each row, of all hidden units, and its answer."""
        seen = responses(snapshot.weights, snapshot.config)
        x = inputs(snapshot.config).astype(int).tolist()
        rows = ([*x[row], *seen[row].tolist(), float(snapshot.outputs[row])] for row in COUNTED)
        units = (f"h{unit + 1}" for unit in range(snapshot.config.width))
        return ("x1", "x2", *units, "output"), rows

    def describe(self, snapshot: Snapshot) -> str:
        pair = pair_plane.choose_pair(snapshot.weights, self._pair, *self._picks.values())
        plane = pair_plane.plane_of(snapshot.weights, snapshot.config, pair)
        axes = 1 if pair.up is None else 2
        rows = (
            f"row {ROW_NAMES[row]} at {', '.join(map(number, plane.rows[row, :axes].tolist()))}"
            for row in COUNTED
        )
        return (
            f"{at_step(snapshot)}, {axes_text(plane)}: {'; '.join(rows)}; {correct_text(snapshot)}."
        )

    def _draw(self, snapshot: Snapshot) -> None:
        config = snapshot.config
        before = self._pair if snapshot.run == self._run else None
        self._run = snapshot.run
        self._pair = pair_plane.choose_pair(snapshot.weights, before, *self._picks.values())
        allow(self.options[Axis.UP.value], "" if config.width > 1 else "There is one hidden unit")
        plane = pair_plane.plane_of(snapshot.weights, config, self._pair)
        self._canvas.show_plane(plane, snapshot)
        if (third := plane.third) is not None:
            ends = numerals.tick(third.span.low), numerals.tick(third.span.high)
            self._bar.set_labels(ends, f"h{third.unit + 1}")
        self._arrange()
        self._read_marked()

    def _arrange(self) -> None:
        plane, line = self._canvas.plane, self.fontMetrics().height()
        has_third = plane is not None and plane.third is not None
        self._bar.setVisible(has_third and self.height() >= _WITH_BAR * line)

    def _show_unit(self) -> None:
        self._canvas.show_unit(self.unit)

    def _unit_of(self, spot: int | Axis | None) -> int | None:
        """Return the unit of an axis; the rows have none."""
        return self._pair.units[spot.value] if self._pair and isinstance(spot, Axis) else None

    @Slot(object)
    def _point_at(self, spot: int | Axis | None) -> None:
        super()._point_at(spot)
        shapes = Qt.CursorShape
        is_axis = self._unit_of(spot) is not None
        self._canvas.setCursor(shapes.PointingHandCursor if is_axis else shapes.ArrowCursor)

    def _use_cursor(self) -> None:
        if self._canvas.plane is not None:
            self._open(self._choice, Axis.UP)

    def _read_marked(self) -> None:
        self.readout_changed.emit(self._read(self._canvas.marked))

    def _read(self, spot: int | Axis | None) -> str:
        plane = self._canvas.plane
        if plane is None or self._snapshot is None:
            return ""
        if not isinstance(spot, int):
            # The axes have their names; a longer text would be cut off beside the title.
            return self.resting_text or axes_text(plane).rpartition("; ")[2]
        row = spot
        answers = [
            f"h{unit + 1} {response_text(float(value))}"
            for unit, value in zip(plane.pair.units, plane.rows[row], strict=False)
        ]
        if plane.third is not None:
            answers.append(f"h{plane.third.unit + 1} {response_text(float(plane.third.rows[row]))}")
        output = number(float(self._snapshot.outputs[row]))
        own = "" if plane.is_exact else ", its line dashed"
        return f"{ROW_NAMES[row]}: {', '.join(answers)}, output {output}{own}"


def axes_text(plane: pair_plane.PairPlane) -> str:
    """Return the axes' units, and the treatment of the other units."""
    pair = plane.pair
    if pair.up is None:
        return f"h{pair.across + 1} along the line"
    text = f"h{pair.across + 1} across, h{pair.up + 1} up"
    if plane.third is not None:
        name = f"h{plane.third.unit + 1}"
        return f"{text}, {name} as colour; line: {name} held at its mean"
    return text if plane.is_exact else f"{text}; line: other units held at their mean"
