"""The panel with the network's output over the input square."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.jumps import other_phase
from xorviz.core.analysis.planes import percent
from xorviz.core.analysis.surface import (
    HIGH,
    LOW,
    Grid,
    decided,
    line_distances,
    logit_grid,
    on_boundary,
    output_at,
    unit_line,
    unit_lines,
)
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.words import number_of
from xorviz.core.network import Weights, head_of, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROW_NAMES
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.snapshot_view import TargetsView
from xorviz.panels.base.square_items import level_images, paint_sign
from xorviz.panels.base.words import at_step, number, outputs_text
from xorviz.panels.learn.surface_canvas import (
    BOUNDARY_WIDTH,
    UNIT_DOTS,
    UNIT_WIDTH,
    Inputs,
    Picture,
    SurfaceCanvas,
)
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.plot.lines import SOLID, isolines, simplified, stroke_pen
from xorviz.ui.theme.palette import Theme, diverging

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
_ABOVE = 4

Paint = Callable[[QPainter, QRectF, Theme], None]


@guarded
class Key(Canvas):
    """A sign or line with its meaning."""

    def __init__(self, paint: Paint, text: str, tip: str, signs: int = 1) -> None:
        super().__init__(QSize(), QSize(0, 0))
        self._paint_swatch = paint
        self._wide, self.text = signs * _SWATCH, ""
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        if text != self.accessibleName():
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
    """The scale of the colours, and keys below it, in as many lines as needed."""

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

    def heightForWidth(self, width: int) -> int:
        return max((rect.bottom() + 1 for rect in self._rects(width)[: self._parts]), default=0)

    def lay_out(self) -> None:
        """Place the parts at the current size and font."""
        for part, rect in zip((self._bar, self._row), self._rects(self.width()), strict=True):
            part.setGeometry(rect)
        self._row.lay_out()

    def _rects(self, width: int) -> tuple[QRect, QRect]:
        """Return the places of the colours, and of the keys below them, or, of a half, there."""
        bar = QRect(0, _ABOVE, width, self._bar.sizeHint().height())
        top = _ABOVE + (bar.bottom() + 1 if self.half is None else 0)
        # What is below the first line of keys may be cut off.
        line = self.keys[0].sizeHint().height()
        return bar, QRect(
            0, top, width, self._row.heightForWidth(width) if self._parts > 2 else line
        )


def _paint_targets(painter: QPainter, place: QRectF, theme: Theme) -> None:
    radius = 0.36 * place.height()
    for target, share in enumerate((0.25, 0.75)):
        at = QPointF(place.left() + share * place.width(), place.center().y())
        paint_sign(painter, at, radius, target, theme, ring=theme.panel)


def _paint_line(
    painter: QPainter, place: QRectF, theme: Theme, width: float, dash: tuple[float, ...]
) -> None:
    painter.setPen(stroke_pen(theme, theme.text, width, dash))
    middle = QPointF(0, place.center().y())
    painter.drawLine(middle, middle + QPointF(place.width(), 0))


_ALTERNATES = "dashed: after the next {}"

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
_RING = 2
"""Pixels on each side, for the ring around the view that has the focus."""
_MARGIN = 8
"""Pixels beside the legend."""
_SMALLEST, _LEAST_SIDE, _WITH_TITLES = 50, 7, 10
"""Least side of the square, in pixels; the side for which the legend gives way, and the least size
of a view whose axes have titles, in heights of a line.
"""
_WIDEST_LEGEND = 30
"""Heights of a line."""
_MOST_LEGEND = 0.2
"""Share of the view's height above which the legend has one line of keys."""


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
        self._canvas = SurfaceCanvas()
        self._legend = SurfaceLegend(1 if self.is_twin else None)
        self._reading = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._reading.setObjectName("readout")
        for part in (self._canvas, self._legend, self._reading):
            part.setParent(self)
        self._cursor_over(self._canvas)
        self._canvas.clicked.connect(self._click)
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

    def _told_of(self, spot: Inputs) -> str:
        """Return what a row's sign or a line is, and what a click there does."""
        if self._snapshot is None:
            return ""
        if (row := self._canvas.row_at(spot)) is not None:
            return f"{_flip_tip(row, self._snapshot.config)}."
        if (unit := self._unit_of(spot)) is not None:
            return f"Where the input of h{unit + 1} is zero. Click to highlight it in all panels."
        return ""

    def _row_at(self, spot: Inputs | None) -> int | None:
        """Return the row whose sign is at these inputs, if its target may be flipped."""
        if spot is None or not self._both or not self.are_targets_free:
            return None
        # Another program has targets of its own.
        is_ours = self._both[0].record.source is None
        return self._canvas.row_at(spot) if is_ours else None

    def _unit_of(self, spot: Inputs | None) -> int | None:
        """Return the hidden unit whose line is drawn at these inputs, beside the rows' signs."""
        if spot is None or self._snapshot is None or self._row_at(spot) is not None:
            return None
        near = unit_near(self._snapshot, *spot, self._canvas.reach(_NEAR))
        return near if self._show_lines.isChecked() or near == self.unit else None

    @Slot(object)
    def _point_at(self, spot: Inputs | None) -> None:
        super()._point_at(spot)
        shapes, row = Qt.CursorShape, self._row_at(spot)
        over = shapes.ArrowCursor if spot is None else shapes.CrossCursor
        acts = row is not None or self._pointed_unit is not None
        self._canvas.setCursor(shapes.PointingHandCursor if acts else over)
        tip = "" if row is None or not self._snapshot else _flip_tip(row, self._snapshot.config)
        self._canvas.setToolTip(tip)

    @Slot(object)
    def _click(self, spot: Inputs | None) -> None:
        self._point_at(spot)
        self._use_cursor()

    def _use_cursor(self) -> None:
        """Flip the target of the row at the cursor, else select the unit whose line is there."""
        if (row := self._row_at(self._canvas.marked)) is None:
            self._click_unit(self._pointed_unit)
        else:
            self._flip(row)

    def _read_marked(self) -> None:
        """Read out the output at the cursor; it changes while the network learns."""
        picture, at = self._canvas.picture, self._canvas.marked
        alternates = ""
        if picture is not None and picture.next_boundary:
            alternates = _ALTERNATES.format(picture.config.step_word)
        resting = ", ".join(filter(None, (self.resting_text, alternates)))
        text = self._read(*at) if at else resting
        is_below = self._reading.isVisibleTo(self)
        self._reading.setText(text if is_below else "")
        self.readout_changed.emit("" if is_below else text)

    def _at_cursor(self) -> str:
        return self._read(*self._canvas.marked) if self._canvas.marked else ""

    def _read(self, x1: float, x2: float) -> str:
        if (snapshot := self._snapshot) is None:
            return ""
        y = output_at(snapshot.weights, snapshot.config, x1, x2)
        x1, x2 = head_of(snapshot.config).coding.value(np.array((x1, x2))).tolist()
        inputs = f"x1 {numerals.fixed(x1, 2)}  x2 {numerals.fixed(x2, 2)}"
        return f"{inputs} → {number(y, 4)}"

    def _arrange(self) -> None:
        """Keep the input square square, with its axes at its edges and the legend below."""
        metrics = self.fontMetrics()
        is_narrow = self.width() < metrics.horizontalAdvance(_READING)
        self._reading.setVisible(is_narrow)
        foot = self._reading.sizeHint().height() if is_narrow else 0
        least = min(self.width(), self.height())
        self._canvas.has_titles = least >= _WITH_TITLES * metrics.height()
        around = self._canvas.around
        beside, above = around.left() + around.right(), around.top() + around.bottom()
        room, widest = self.height() - above - foot, self.width() - 2 * _RING - beside
        across = min(self.width() - 2 * _MARGIN, _WIDEST_LEGEND * metrics.height())
        for parts in (3, 2, 1, 0):  # where there is little room the legend gives way
            self._legend.show_parts(parts)
            legend = self._legend.heightForWidth(across)
            side = max(_SMALLEST, min(widest, room - legend))
            is_calm = parts < 3 or side == widest or legend <= _MOST_LEGEND * self.height()
            if is_calm and side >= min(_LEAST_SIDE * metrics.height(), widest):
                break
        left, top = (self.width() - side - beside) // 2, max(0, (room - side - legend) // 3)
        bottom = top + side + above
        self._canvas.setGeometry(left, top, side + beside, side + above)
        self._canvas.lay_out()  # its titles may have come or gone
        # At the square's left edge, or in its middle if wider.
        start = left + around.left() + min(0, (side - across) // 2)
        start = max(_MARGIN, min(start, self.width() - _MARGIN - across))
        self._legend.setGeometry(start, bottom, across, legend)
        self._legend.lay_out()
        self._reading.setGeometry(0, bottom + legend, self.width(), foot)
        self._read_marked()

    @Slot(bool)
    def _toggle_lines(self, are_shown: bool) -> None:
        self._legend.keys[-1].setVisible(are_shown)
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        weights, config = snapshot.weights, snapshot.config
        self._write_numbers(config)
        z = logit_grid(weights, config, Grid.for_width(config.width).points)
        (image,) = level_images(head_of(config).shares(z)[np.newaxis, ::-1], self.theme)
        has_lines, other = self._show_lines.isChecked(), other_phase(snapshot)
        self._canvas.show_picture(
            Picture(
                config,
                tuple(snapshot.right.tolist()),
                image,
                unit_lines(weights, config) if has_lines else np.empty((0, 2, 2)),
                self._boundary(weights, config, z),
                [] if other is None else self._boundary(other, config),
            )
        )
        self._show_unit()
        self._read_marked()

    def _write_numbers(self, config: RunConfig) -> None:
        """Write the numbers of a run into its legend, which may fit both runs."""
        looks = {(seen.config.coding, seen.config.output) for seen in self._both}
        half = int(self.is_twin) if self._shares and len(looks) == 1 else None
        if half != self._legend.half:
            self._legend.half = half
            self._arrange()
        self._legend.show_numbers(config)

    def _boundary(
        self, weights: Weights, config: RunConfig, z: np.ndarray | None = None
    ) -> list[Array]:
        """Return the lines (K, 2) where the output is halfway, from its logits (n, n) if known."""
        at = Grid.for_width(config.width)
        z = logit_grid(weights, config, at.points) if z is None else z
        lines_at = isolines(at.ticks, at.ticks, decided(z, weights, config))
        tolerance = self._canvas.reach(_TOLERANCE)
        lines = lines_at(head_of(config).middle)
        return [simplified(on_boundary(line, weights, config, at), tolerance) for line in lines]

    def _draw_nothing(self) -> None:
        self._canvas.show_picture(None)
        self._read_marked()

    def _show_unit(self) -> None:
        """Draw the highlighted unit's line above all others, if it has one in the square."""
        line, snapshot = None, self._snapshot
        if snapshot is not None and self.unit is not None and self.unit < snapshot.config.width:
            line = unit_line(snapshot.weights, snapshot.config, self.unit)
        self._canvas.select(line)

    def _recolour(self) -> None:
        self._arrange()


def _flip_tip(row: int, config: RunConfig) -> str:
    now, then = (number_of(bit, config) for bit in (config.targets[row], 1 - config.targets[row]))
    return f"Row {ROW_NAMES[row]}: target {now}. Click to make it {then}, and start again"


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
