"""The panel with the network's output over the input square."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.jumps import other_phase
from xorviz.core.analysis.planes import percent
from xorviz.core.analysis.surface import (
    HIGH,
    LOW,
    Grid,
    line_distances,
    logit_grid,
    on_boundary,
    output_at,
    unit_line,
    unit_lines,
)
from xorviz.core.diagnosis.words import number_of
from xorviz.core.network import Weights, head_of, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROW_NAMES, ROWS
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.snapshot_view import TargetsView
from xorviz.panels.base.square_items import SquareCurve, SquareImage, level_images, paint_sign
from xorviz.panels.base.words import at_step, number, outputs_text
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import StillAxis
from xorviz.ui.plot.lines import SOLID, isolines, line_pen, simplified
from xorviz.ui.plot.plot import Mark, Plot, PlotFrame, paint_dot
from xorviz.ui.theme.palette import Theme, diverging

BOUNDARY_WIDTH, UNIT_WIDTH = 2.0, 1.2
"""Of the decision boundary and of those of hidden units, in pixels."""
UNIT_DOTS = (1.5, 2.5)
"""Lengths of dot and gap, in pixels."""

_BAR_TIP = (
    "The network’s output: blue is the lower target, orange the higher one, and the colour between "
    "them halfway"
)
_TARGET_TIP = (
    "The rows of the truth table: a circle where the target is the lower one, a square where it is "
    "the higher one; a cross in it means that the output is not correct"
)
_BOUNDARY_TIP = "Where the output is halfway between the targets: the line between the answers"
_UNIT_TIP = "Where a hidden unit’s input is zero. Click such a line to highlight its unit"
_SWATCH, _GAP, _AFTER = 1.1, 0.3, 0.2
"""Width of a sign, gaps after it and after a text, in heights of a line."""
_ABOVE, _SPACING = 4, 6

Paint = Callable[[QPainter, QRectF, Theme], None]


@guarded
class Key(Canvas):
    """A sign or line with its meaning."""

    def __init__(self, paint: Paint, text: str, tip: str, signs: int = 1) -> None:
        super().__init__(QSize(), QSize(0, 0))
        self._paint_swatch = paint
        self._wide = signs * _SWATCH
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        self.text = text
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        line, metrics = self.fontMetrics().height(), self.fontMetrics()
        around = round((self._wide + _GAP + _AFTER) * line)
        return QSize(metrics.horizontalAdvance(self.text) + around, line)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        self._paint_swatch(painter, QRectF(0, 0, self._wide * line, line), self.theme)
        painter.setPen(QColor(self.theme.quiet))
        left = (self._wide + _GAP) * line
        place = QRectF(left, 0, self.width() - left, line)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text)


@guarded
class SurfaceLegend(QWidget):
    """The scale of the colours, and keys beside or below it, in as many lines as needed."""

    def __init__(self, half: int | None) -> None:
        super().__init__()
        self._bar = ColorBar(diverging, "output")
        self._bar.setToolTip(_BAR_TIP)
        boundary = partial(_paint_line, width=BOUNDARY_WIDTH, dash=SOLID)
        unit = partial(_paint_line, width=UNIT_WIDTH, dash=UNIT_DOTS)
        # The first one is shown also where there is space for no other.
        self.keys = [
            Key(boundary, "decision boundary", _BOUNDARY_TIP),
            Key(_paint_targets, "", _TARGET_TIP, signs=2),
            Key(unit, "hidden-unit boundary", _UNIT_TIP),
        ]
        self._row = WrappingRow(self.keys)
        self._parts = 3
        self.half = half
        """Of two pictures that share it: whether it is the colours (0) or the keys (1)."""
        for part in (self._bar, self._row):
            part.setParent(self)
        self.show_numbers(RunConfig())

    def show_numbers(self, config: RunConfig) -> None:
        """Write the targets and their middle; ≤ or ≥ where outputs may be beyond the colours."""
        low, high = (number_of(bit, config) for bit in (0, 1))
        self.keys[1].show_text(f"target {low}, {high}")
        least, most = head_of(config).ends
        low, high = f"{'≤ ' * (least < 0)}{low}", f"{'≥ ' * (most > 1)}{high}"
        self._bar.set_labels((low, number_of(1 / 2, config), high))

    def show_parts(self, count: int) -> None:
        """Show colours and keys (3), one line of keys (2), the colours alone (1), or nothing."""
        self._parts = count
        self._bar.setVisible(count > 0 and self.half != 1)
        self._row.setVisible(count > 1 and self.half != 0)

    def sizeHint(self) -> QSize:
        """Return the size with all in one line."""
        keys = sum(key.sizeHint().width() + _SPACING for key in self.keys)
        return QSize(self._bar.minimumSizeHint().width() + self._gap + keys, 0)

    def heightForWidth(self, width: int) -> int:
        rects = self._rects(width)[: self._parts]
        return max((rect.bottom() + 1 for rect in rects), default=0)

    def lay_out(self) -> None:
        """Place the parts at the current size and font."""
        for part, rect in zip((self._bar, self._row), self._rects(self.width()), strict=True):
            part.setGeometry(rect)
        self._row.lay_out()

    def _rects(self, width: int) -> tuple[QRect, QRect]:
        """Return the places of the colours, and of the keys: beside them in one line, or below."""
        bar, spare = self._bar.sizeHint().height(), width - self.sizeHint().width()
        if self.half is not None:  # equal heights, whichever is shown
            keys = QRect(0, _ABOVE, width, self._row_height(width))
            return QRect(0, _ABOVE, width, bar), keys
        across, start, top = width, 0, 2 * _ABOVE + bar
        if spare >= 0 and self._parts > 1:
            across = self._bar.minimumSizeHint().width() + spare
            start, top = across + self._gap, _ABOVE
        rest = width - start
        return QRect(0, _ABOVE, across, bar), QRect(start, top, rest, self._row_height(rest))

    def _row_height(self, width: int) -> int:
        """Return the height of the keys; what is below their first line may be cut off."""
        if self._parts < 3:
            return self.keys[0].sizeHint().height()
        return self._row.heightForWidth(width)

    @property
    def _gap(self) -> int:
        """Pixels between the colours and the keys beside them."""
        return self.fontMetrics().height()


def _paint_targets(painter: QPainter, place: QRectF, theme: Theme) -> None:
    radius = 0.36 * place.height()
    for target, share in enumerate((0.25, 0.75)):
        at = QPointF(place.left() + share * place.width(), place.center().y())
        paint_sign(painter, at, radius, target, theme, ring=theme.panel)


def _paint_line(
    painter: QPainter, place: QRectF, theme: Theme, width: float, dash: tuple[float, ...]
) -> None:
    dash = tuple(theme.stroke * part for part in dash)
    painter.setPen(line_pen(theme.text, theme.stroke * width, dash))
    middle = QPointF(0, place.center().y())
    painter.drawLine(middle, middle + QPointF(place.width(), 0))


_ALTERNATES = "dashed: after the next {}"

_CURSOR_STEP = 0.05
_DESCRIBED = 64
"""Points on a side of what a description counts."""
_SIDES = ("at or below", "above")
_EXPORTED = 41
"""Points on a side of the table of outputs: 0.05 from one to the next."""
_READING = "x1 0.00  x2 0.00 → 0.0000    Decision surface"
"""The view must be wide enough for this, else the read-out is below the legend."""
_NEAR = 6
"""Pixels from a unit's line within which the mouse points at the unit."""
_TOLERANCE = 0.05
"""Pixels by which each of two simplifications may move the contour."""
_DASHES = (5.0, 3.5)
"""Lengths of line and gap, in widths of the line."""
_SIGN, _CURSOR = 9.0, 4.5
"""Radii in pixels of a row's sign and of the cursor."""
_RING = 2
"""Pixels on each side, for the ring around the view that has the focus."""
_BESIDE_TEXT, _BELOW_TEXT = 14, 9
"""Pixels of the axes beside their texts."""
_MARGIN = 8
"""Pixels beside the legend."""
_SMALLEST, _LEAST_SIDE, _WITH_TITLES = 50, 7, 10
"""Least side of the square, in pixels; the side for which the legend gives way, and the least size
of a view whose axes have titles, in heights of a line.
"""
_MOST_LEGEND = 0.2
"""Share of the view's height above which the legend has one line of keys."""
_SIGNS = 13
"""Least side of the square, in radii of a row's sign."""


@guarded
class DecisionSurface(TargetsView):
    """The output as colours, its contour at the middle, the units' lines, and the four rows.

    A click on a row's sign, or Enter there, requests to flip its target.
    """

    draws_every_frame = True
    has_table = True
    least_lines = 9  # else the square is too small to be compared with another one
    explanation = (
        "The network’s output for every pair of inputs, from blue (lower target) to orange "
        "(higher target), with the four rows. The solid line is where the output is halfway; each "
        "dotted line is where a hidden unit’s input is zero."
    )

    def __init__(self, twin_of: "DecisionSurface | None" = None) -> None:
        super().__init__("decision_surface", twin_of)
        self._plot = _plot_of_inputs()
        self._box = self._plot.frames[0].box
        self._grid = Grid(2)
        self._points = self._grid.points
        self._written = RunConfig()
        """The settings whose numbers are written beside the square."""
        self._image = SquareImage()
        self._contour = SquareCurve(antialias=True, connect="finite")
        self._other_contour = SquareCurve(antialias=True, connect="finite")
        self._lines = SquareCurve(antialias=True, connect="pairs")
        self._selected_line = SquareCurve(antialias=True)
        self._selected_line.setZValue(5)
        self._markers = [Mark(_SIGN + 2, row) for row in ROWS]
        self._cursor = Mark(_CURSOR + 1)
        self._cursor.setZValue(20)
        self._cursor.hide()
        self._cursor_at: tuple[float, float] | None = None
        self._other_contour.hide()
        lines = (self._lines, self._other_contour, self._contour, self._selected_line)
        for item in (self._image, *lines, *self._markers, self._cursor):
            self._box.addItem(item, ignoreBounds=True)

        self._legend = SurfaceLegend(1 if self.is_twin else None)
        self._reading = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._reading.setObjectName("readout")
        for part in (self._plot, self._legend, self._reading):
            part.setParent(self)
        self._plot.scene().sigMouseMoved.connect(self._point_at)
        self._plot.viewport().installEventFilter(self)
        if twin_of is None:
            tip = "Draw where the input of each hidden unit is zero"
            name = "Hidden-unit boundaries"
            self._show_lines = self._option("unit_lines", name, checked=True, tip=tip)
        else:
            self._show_lines = twin_of._show_lines
        self._show_lines.toggled.connect(self._toggle_lines)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the outputs over the input square, x1 across and x2 down."""
        side = head_of(snapshot.config).coding.value(np.linspace(LOW, HIGH, _EXPORTED).round(2))
        points = np.stack(np.meshgrid(side, side), axis=-1)
        with np.errstate(all="ignore"):
            values = outputs(snapshot.weights, snapshot.config, points)
        return grid("x2 by x1", side.tolist(), side.tolist(), values)

    def describe(self, snapshot: Snapshot) -> str:
        z = logit_grid(snapshot.weights, snapshot.config, Grid(_DESCRIBED).points)
        share = float((z > head_of(snapshot.config).middle).mean())
        middle = number_of(1 / 2, snapshot.config)
        if 0 < share < 1:
            line = f"The decision boundary leaves {percent(share)} of the square above {middle}"
        else:
            side = f"{_SIDES[share > 0]} {middle}"
            line = f"There is no decision boundary here: all of the square is {side}"
        return f"{at_step(snapshot)}, {outputs_text(snapshot)}. {line}."

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: ARG002
        """Clear the cursor when the mouse leaves; select the unit whose line is clicked."""
        if event.type() == QEvent.Type.Leave:
            self._clear_cursor()
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._click(event)
        return False

    def _click(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._point_at(self._plot.mapToScene(event.position().toPoint()))
            self._use_cursor()

    def _use_cursor(self) -> None:
        """Flip the target of the row at the cursor, else select the unit whose line is there."""
        if (row := self._row_at_cursor()) is None:
            self._click_unit(self._pointed_unit)
        else:
            self._flip(row)

    def _row_at_cursor(self) -> int | None:
        """Return the row whose sign is at the cursor, if its target may be flipped."""
        # Another program has targets of its own.
        is_watched = bool(self._both) and self._both[0].record.source is not None
        is_free = self.are_targets_free and not is_watched
        return self._row_at(*self._cursor_at) if is_free and self._cursor_at else None

    def _row_at(self, x1: float, x2: float) -> int | None:
        """Return the row whose sign is at these inputs."""
        reach = self._reach((_SIGN + _RING) * self._markers[0].scale())
        away = np.hypot(*(np.array(ROWS) - (x1, x2)).T)
        return int(away.argmin()) if away.min() <= reach else None

    def _unit_at(self, x1: float, x2: float) -> int | None:
        """Return the hidden unit whose line is drawn at these inputs."""
        if self._snapshot is None:
            return None
        near = unit_near(self._snapshot, x1, x2, self._reach(_NEAR))
        return near if self._show_lines.isChecked() or near == self.unit else None

    def _reach(self, pixels: float) -> float:
        """Return how long so many pixels are in the input square."""
        return pixels * (HIGH - LOW) / float(self._box.width())

    def about_at(self, point: QPoint | None) -> str:
        """Return what a row's sign or a line is, and what a click there does."""
        at = self._cursor_at
        if point is not None:
            scene = self._plot.mapToScene(self._plot.mapFrom(self, point))
            at = self._box.mapSceneToView(scene).toTuple()
        snapshot = self._snapshot
        if at is None or snapshot is None or not all(LOW <= x <= HIGH for x in at):
            return ""
        if (row := self._row_at(*at)) is not None:
            return f"{_flip_tip(row, snapshot.config)}."
        if (unit := self._unit_at(*at)) is not None:
            return f"Where the input of h{unit + 1} is zero. Click to highlight it in all panels."
        return ""

    def _arrange(self) -> None:
        """Keep the input square square, with its axes at its edges and the legend below."""
        metrics = self.fontMetrics()
        is_narrow = self.width() < metrics.horizontalAdvance(_READING)
        self._reading.setVisible(is_narrow)
        foot = self._reading.sizeHint().height() if is_narrow else 0
        (before, after), (above, below) = self._around
        beside, room = before + after, self.height() - above - below - foot
        widest = self.width() - 2 * _RING - beside
        for parts in (3, 2, 1, 0):  # where there is little room the legend gives way
            self._legend.show_parts(parts)
            side, across, legend = self._fit(widest, room, after)
            is_calm = parts < 3 or side == widest or legend <= _MOST_LEGEND * self.height()
            if is_calm and side >= min(_LEAST_SIDE * metrics.height(), widest):
                break
        left = (self.width() - side - beside) // 2
        top = max(0, (room - side - legend) // 3)
        bottom = top + side + above + below
        self._plot.setGeometry(left, top, side + beside, bottom - top)
        start = min(left + before, self.width() - _MARGIN - across)
        self._legend.setGeometry(start, bottom, across, legend)
        self._legend.lay_out()
        self._reading.setGeometry(0, bottom + legend, self.width(), foot)
        for mark in (*self._markers, self._cursor):
            mark.setScale(min(self.theme.stroke, side / _SIGNS / _SIGN))
        self._show_cursor()

    def _fit(self, side: int, room: int, after: int) -> tuple[int, int, int]:
        """Return the side of the square, and width and height of the legend, for a height."""
        most = min(self._legend.sizeHint().width(), self.width() - 2 * _MARGIN)
        across, legend, taken = most, 1, 0
        while legend != taken:
            taken, across = legend, max(side + after, most)
            legend = self._legend.heightForWidth(across)
            side = max(_SMALLEST, min(side, room - legend))
        return side, across, legend

    @property
    def _around(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Pixels left and right of the square, and above and below it: axes, half of a text."""
        metrics, frame = self.fontMetrics(), self._plot.frames[0]
        line, wide = metrics.height(), metrics.horizontalAdvance("0.5")
        is_small = min(self.width(), self.height()) < _WITH_TITLES * line
        for axis in (frame.left, frame.bottom):
            axis.showLabel(not is_small)
            ticks = np.array((0, 1) if is_small else (0, 0.5, 1))
            texts = map(numerals.tick, head_of(self._written).coding.value(ticks))
            axis.setTicks([list(zip(ticks, texts, strict=True))])
        before = (not is_small) * line + wide + _BESIDE_TEXT
        below = (2 - is_small) * line + _BELOW_TEXT
        frame.left.setWidth(before)
        frame.bottom.setHeight(below)
        frame.setContentsMargins(0, line // 2, wide, 0)
        return (before, wide), (line // 2, below)

    @Slot(bool)
    def _toggle_lines(self, are_shown: bool) -> None:
        self._lines.setVisible(are_shown)
        self._legend.keys[-1].setVisible(are_shown)
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        weights, config = snapshot.weights, snapshot.config
        looks = {(seen.config.coding, seen.config.output) for seen in self._both}
        half = int(self.is_twin) if self._shares and len(looks) == 1 else None
        is_other = (config.coding, config.output) != (self._written.coding, self._written.output)
        if is_other or half != self._legend.half:
            self._legend.half, self._written = half, config
            self._legend.show_numbers(config)
            self._arrange()
        self._box.childGroup.show()
        if (finest := Grid.for_width(config.width)) != self._grid:
            self._grid, self._points = finest, finest.points
        z = logit_grid(weights, config, self._points)
        (image,) = level_images(head_of(config).shares(z)[np.newaxis], self.theme)
        edge = (HIGH - LOW) / (self._grid.n - 1) / 2  # the outermost pixels are centred on it
        square = QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW).adjusted(-edge, -edge, edge, edge)
        self._image.show_image(image, square)
        self._draw_contour(self._contour, weights, config, z)
        if self._show_lines.isChecked():
            self._draw_lines(weights, config)
        self._show_unit()
        for marker, target, is_right in zip(
            self._markers, config.targets, snapshot.right, strict=True
        ):
            # A white ring is legible on every part of the surface in both themes.
            sign = partial(paint_sign, radius=_SIGN, target=target, theme=self.theme)
            marker.show_as(partial(sign, is_right=bool(is_right)))
        other = other_phase(snapshot)
        self._other_contour.setVisible(other is not None)
        if other is not None:
            z = logit_grid(other, config, self._points)
            self._draw_contour(self._other_contour, other, config, z)
        self._show_cursor()

    def _draw_nothing(self) -> None:
        self._box.childGroup.hide()
        self._other_contour.hide()
        self._show_cursor()

    def _draw_lines(self, weights: Weights, config: RunConfig) -> None:
        """Draw where each hidden unit's input is zero: fainter the more units there are."""
        ends = unit_lines(weights, config).reshape(-1, 2)
        ink = QColor(self.theme.text)
        ink.setAlphaF(max(0.25, min(1.0, 4 / weights.w1.shape[1]) ** 0.5))
        pen = pg.mkPen(
            ink,
            width=UNIT_WIDTH * self.theme.stroke,
            dash=[part / UNIT_WIDTH for part in UNIT_DOTS],
        )
        self._lines.setData(ends[:, 0], ends[:, 1], pen=pen)

    def _show_unit(self) -> None:
        """Draw the highlighted unit's line above all others, if it has one in the square."""
        ends, snapshot = None, self._snapshot
        if snapshot is not None and self.unit is not None and self.unit < snapshot.config.width:
            ends = unit_line(snapshot.weights, snapshot.config, self.unit)
        self._selected_line.setVisible(ends is not None)
        if ends is not None:
            self._selected_line.setData(ends[:, 0], ends[:, 1])

    def _draw_contour(
        self, contour: SquareCurve, weights: Weights, config: RunConfig, z: np.ndarray
    ) -> None:
        ticks, grid = self._grid.ticks, self._grid
        lines = isolines(ticks, ticks, z)(head_of(config).middle)
        lines = [on_boundary(line, weights, config, grid) for line in lines]
        gap = np.full((1, 2), np.nan)
        tolerance = _TOLERANCE * (HIGH - LOW) / max(1.0, self._box.width())
        parts = [part for line in lines for part in (simplified(line, tolerance), gap)]
        path = np.concatenate(parts or [gap])
        contour.setData(path[:, 0], path[:, 1])

    @Slot(object)
    def _point_at(self, position: QPointF) -> None:
        inputs = self._box.mapSceneToView(position)
        if LOW <= inputs.x() <= HIGH and LOW <= inputs.y() <= HIGH:
            self._cursor_at = (inputs.x(), inputs.y())
            self._show_cursor()
            self._cursor.hide()  # the mouse pointer marks the point
            self._point_near(inputs.x(), inputs.y())
        else:
            self._clear_cursor()

    def _point_near(self, x1: float, x2: float) -> None:
        """Point at the sign of a row, or the line of a hidden unit, under the mouse, if any."""
        if self._snapshot is not None:
            row = self._row_at_cursor()
            self._point_at_unit(self._unit_at(x1, x2) if row is None else None)
            shapes = Qt.CursorShape
            acts = self._pointed_unit is not None or row is not None
            self._plot.viewport().setCursor(
                shapes.PointingHandCursor if acts else shapes.CrossCursor
            )
            tip = "" if row is None else _flip_tip(row, self._snapshot.config)
            self._plot.setToolTip(tip)

    def _move_cursor(self, dx: int, dy: int) -> None:
        x1, x2 = self._cursor_at or (0.5, 0.5)
        self._cursor_at = (
            float(np.clip(round(x1 / _CURSOR_STEP + dx) * _CURSOR_STEP, LOW, HIGH)),
            float(np.clip(round(x2 / _CURSOR_STEP - dy) * _CURSOR_STEP, LOW, HIGH)),
        )
        self._cursor.setPos(*self._cursor_at)
        self._cursor.show()
        self._show_cursor()

    def _at_cursor(self) -> str:
        return self._read(*self._cursor_at) if self._cursor_at else ""

    def _clear_cursor(self) -> None:
        self._point_at_unit(None)
        self._plot.viewport().unsetCursor()
        self._plot.setToolTip("")
        self._cursor_at = None
        self._cursor.hide()
        self._show_cursor()

    def _show_cursor(self) -> None:
        """Read out the output at the cursor; it changes while the network learns."""
        alternates = ""
        if self._snapshot is not None and self._other_contour.isVisible():
            alternates = _ALTERNATES.format(self._snapshot.config.step_word)
        resting = ", ".join(filter(None, (self.resting_text, alternates)))
        text = self._read(*self._cursor_at) if self._cursor_at else resting
        is_below = self._reading.isVisibleTo(self)
        self._reading.setText(text if is_below else "")
        self.readout_changed.emit("" if is_below else text)

    def _read(self, x1: float, x2: float) -> str:
        if (snapshot := self._snapshot) is None:
            return ""
        y = output_at(snapshot.weights, snapshot.config, x1, x2)
        x1, x2 = head_of(snapshot.config).coding.value(np.array((x1, x2))).tolist()
        inputs = f"x1 {numerals.fixed(x1, 2)}  x2 {numerals.fixed(x2, 2)}"
        return f"{inputs} → {number(y, 4)}"

    def _recolour(self) -> None:
        theme = self.theme
        wide = BOUNDARY_WIDTH * theme.stroke
        self._contour.setPen(pg.mkPen(theme.text, width=wide))
        self._other_contour.setPen(pg.mkPen(theme.text, width=wide, dash=_DASHES))
        self._selected_line.setPen(pg.mkPen(theme.accent, width=2.5 * theme.stroke))
        self._selected_line.setShadowPen(pg.mkPen(theme.panel, width=5 * theme.stroke))
        self._arrange()
        dot = partial(paint_dot, fill=theme.accent, ring=theme.panel, radius=_CURSOR)
        self._cursor.show_as(dot)


def _flip_tip(row: int, config: RunConfig) -> str:
    now, then = (number_of(bit, config) for bit in (config.targets[row], 1 - config.targets[row]))
    return f"Row {ROW_NAMES[row]}: target {now}. Click to make it {then}, and start again"


def _plot_of_inputs() -> Plot:
    """Return an empty plot of the input square that wheel and mouse cannot move."""
    frame = PlotFrame(StillAxis("left"), StillAxis("bottom"))
    frame.left.setLabel("x2")
    frame.bottom.setLabel("x1")
    frame.box.setMouseEnabled(x=False, y=False)
    frame.box.setRange(xRange=(LOW, HIGH), yRange=(LOW, HIGH), padding=0)
    plot = Plot(frame)
    plot.setAccessibleName("Output over the inputs x1 and x2")
    plot.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    return plot


def unit_near(snapshot: Snapshot, x1: float, x2: float, reach: float) -> int | None:
    """Return the hidden unit whose line in the square is nearest to a point, within reach."""
    weights, config = snapshot.weights, snapshot.config
    distances = line_distances(weights, config, x1, x2)
    for unit in np.argsort(distances).tolist():
        if distances[unit] > reach:
            return None
        if unit_line(weights, config, unit) is not None:
            return int(unit)
    return None
