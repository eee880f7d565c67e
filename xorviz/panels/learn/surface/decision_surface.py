"""The panel with the network's output over the input square."""

from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.jumps import jumps_next
from xorviz.core.analysis.surface import (
    HIGH,
    LOW,
    Grid,
    line_distances,
    logit_grid,
    output_at,
    unit_line,
    unit_lines,
)
from xorviz.core.config import ROWS
from xorviz.core.network import Weights, outputs, sigmoid
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.row_signs import paint_sign
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.square_items import LevelImage, SquareCurve
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.isolines import Isolines
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import StillAxis
from xorviz.ui.plot.lines import simplified
from xorviz.ui.plot.plot import Mark, Plot, PlotFrame, paint_dot
from xorviz.ui.theme.palette import LEVELS, diverging

_JUMPS = "the next step looks different"

_CURSOR_STEP = 0.05
_EXPORTED = 41
"""Points on a side of the table of outputs: 0.05 from one to the next."""
_LEGEND_SPACING = 14
_NARROW = 400
"""Pixels of width below which the legend takes two rows, with the read-out below it."""
_NEAR = 6
"""Pixels from a unit's line within which the mouse points at the unit."""
_TOLERANCE = 0.05
"""Pixels by which each of two simplifications may move the contour."""
_SIGN, _CURSOR = 9.0, 4.5
"""Radii in pixels of a row's sign and of the cursor."""
_RING = 2
"""Pixels on each side, for the ring around the view that has the focus."""
_AXIS_WIDTH, _AXIS_HEIGHT = 46, 42
_TOP_MARGIN, _RIGHT_MARGIN = 8, 12
"""Pixels around the square: axes at the left and below, space for their last labels opposite."""


@guarded
class DecisionSurface(SnapshotView):
    """The output as colours, its contour at one half, the units' lines, and the four rows."""

    draws_every_frame = True
    has_table = True
    explanation = (
        "What the network answers for every pair of inputs, the four rows of the truth table "
        "and all between and around them: blue near 0, orange near 1. The firm line is where "
        "the answer is one half. Each dotted line belongs to a hidden unit, where its input is "
        "zero: the network bends its answer along these. Click one to let its unit stand out in "
        "all panels, here as a firm green line; once more, a click beside the lines, or Esc, lets "
        "it go. A circle is a row whose target is 0, a square one whose target is 1; a cross in it "
        "says that the answer is on the wrong side. Point anywhere, or use the arrow keys, to read "
        "the output there. A network whose steps are too long can jump to and fro, so that each "
        "step looks different: while it runs, only steps that look alike are shown. Pause, and "
        "take single steps, to see each."
    )

    def __init__(self, twin_of: "DecisionSurface | None" = None) -> None:
        super().__init__("decision_surface", twin_of)
        self._plot = _plot_of_inputs()
        self._box = self._plot.frames[0].box
        self._grid = Grid(2)
        self._points = self._grid.points
        self._image = LevelImage()
        self._contour = SquareCurve(antialias=True, connect="finite")
        self._lines = SquareCurve(antialias=True, connect="pairs")
        self._selected_line = SquareCurve(antialias=True)
        self._selected_line.setZValue(5)
        self._markers = [Mark(_SIGN + 2, row) for row in ROWS]
        self._cursor = Mark(_CURSOR + 1)
        self._cursor.setZValue(20)
        self._cursor.hide()
        self._cursor_at: tuple[float, float] | None = None
        self._jumps = False
        lines = (self._lines, self._contour, self._selected_line)
        for item in (self._image, *lines, *self._markers, self._cursor):
            self._box.addItem(item, ignoreBounds=True)

        self._bar = ColorBar(diverging)
        self._bar.set_labels(("0", "output ½", "1"))
        self._legend = self._make_legend()
        self._reading = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._reading.setObjectName("readout")
        for part in (self._plot, self._legend, self._reading):
            part.setParent(self)
        self._plot.scene().sigMouseMoved.connect(self._point_at)
        self._plot.viewport().installEventFilter(self)
        if twin_of is None:
            tip = "Draw where each hidden unit's input is zero"
            name = "Lines of the hidden units"
            self._show_lines = self._option("unit_lines", name, "H", checked=True, tip=tip)
        else:
            self._show_lines = twin_of._show_lines
        self._show_lines.toggled.connect(self._toggle_lines)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the outputs over the input square, x1 across and x2 down."""
        side = np.linspace(LOW, HIGH, _EXPORTED).round(2)
        points = np.stack(np.meshgrid(side, side), axis=-1)
        with np.errstate(all="ignore"):
            values = outputs(snapshot.weights, snapshot.config.activation, points)
        return grid("x2 by x1", side.tolist(), side.tolist(), values)

    @property
    def options_text(self) -> str:
        return "lines" if self._show_lines.isChecked() else "no lines"

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
            self._click_unit(self._pointed_unit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the input square square, with its axes at its edges."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        directions = QBoxLayout.Direction
        self._rows.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._rows.setSpacing(4 if is_narrow else _LEGEND_SPACING)
        self._reading.setVisible(is_narrow)
        self._place_square(self._legend_height(is_narrow))
        self._show_cursor()

    def _legend_height(self, is_narrow: bool) -> int:
        """Return the legend's height with all its parts, even if some are hidden."""
        bar, key = self._bar.sizeHint().height(), self._keys[0].sizeHint().height()
        margins = self._rows.contentsMargins()
        parts = bar + self._rows.spacing() + key if is_narrow else max(bar, key)
        return margins.top() + parts + margins.bottom()

    def _place_square(self, legend_height: int) -> None:
        reading_height = self._reading.sizeHint().height() if self._reading.isVisibleTo(self) else 0
        beside, below = _AXIS_WIDTH + _RIGHT_MARGIN, _AXIS_HEIGHT + _TOP_MARGIN
        width, height = self.width() - 2 * _RING, self.height() - legend_height - reading_height
        side = max(50, min(width - beside, height - below))
        self._fit_legend(side)
        left = (self.width() - side - beside) // 2
        top = max(0, (height - side - below) // 3)
        self._plot.setGeometry(left, top, side + beside, side + below)
        bottom = top + side + below
        self._legend.setGeometry(left + _AXIS_WIDTH, bottom, side, legend_height)
        self._reading.setGeometry(0, bottom + legend_height, self.width(), reading_height)

    def _fit_legend(self, width: int) -> None:
        """Show as many keys as fit beside the colours, or below them."""
        is_below = self._rows.direction() == QBoxLayout.Direction.TopToBottom
        left = width + _LEGEND_SPACING if is_below else width - self._bar.minimumSizeHint().width()
        for key in self._keys:
            left -= key.sizeHint().width() + _LEGEND_SPACING
            is_needed = key is not self._keys[-1] or self._show_lines.isChecked()
            key.setVisible(left >= 0 and is_needed)

    def _make_legend(self) -> QWidget:
        self._keys = [QLabel(text) for text in ("○ target 0", "□ target 1", "— output ½", "┄ unit")]
        legend = QWidget()
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, legend)
        self._rows.setContentsMargins(0, 4, 0, 4)
        self._rows.addWidget(self._bar, 1)
        keys = QHBoxLayout()
        keys.setSpacing(_LEGEND_SPACING)
        self._rows.addLayout(keys)
        for key in self._keys:
            key.setObjectName("quiet")
            keys.addWidget(key, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        return legend

    @Slot(bool)
    def _toggle_lines(self, are_shown: bool) -> None:
        self._lines.setVisible(are_shown)
        self._fit_legend(self._legend.width())
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        weights, config = snapshot.weights, snapshot.config
        self._box.childGroup.show()
        if (finest := Grid.for_width(config.width)) != self._grid:
            self._grid, self._points = finest, finest.points
        z = logit_grid(weights, config.activation, self._points)
        self._image.setImage((sigmoid(z) * (LEVELS - 1) + 0.5).astype(np.uint8), autoLevels=False)
        self._image.setRect(self._pixels_rect())
        self._draw_contour(z)
        if self._show_lines.isChecked():
            self._draw_lines(weights)
        self._show_unit()
        for marker, target, is_right in zip(
            self._markers, config.targets, snapshot.right, strict=True
        ):
            # A white ring is legible on every part of the surface in both themes.
            sign = partial(paint_sign, radius=_SIGN, target=target, theme=self.theme)
            marker.show_as(partial(sign, is_right=bool(is_right)))
        self._jumps = jumps_next(snapshot)
        self._show_cursor()

    def _draw_nothing(self) -> None:
        self._box.childGroup.hide()
        self._jumps = False
        self._show_cursor()

    def _draw_lines(self, weights: Weights) -> None:
        """Draw where each hidden unit's input is zero: fainter the more units there are."""
        ends = unit_lines(weights).reshape(-1, 2)
        ink = QColor(self.theme.text)
        ink.setAlphaF(max(0.25, min(1.0, 4 / weights.w1.shape[1]) ** 0.5))
        pen = pg.mkPen(ink, width=self.theme.stroke, style=Qt.PenStyle.DotLine)
        self._lines.setData(ends[:, 0], ends[:, 1], pen=pen)

    def _show_unit(self) -> None:
        """Draw the highlighted unit's line above all others, if it has one in the square."""
        ends, snapshot = None, self._snapshot
        if snapshot is not None and self.unit is not None and self.unit < snapshot.config.width:
            ends = unit_line(snapshot.weights, self.unit)
        self._selected_line.setVisible(ends is not None)
        if ends is not None:
            self._selected_line.setData(ends[:, 0], ends[:, 1])

    def _pixels_rect(self) -> QRectF:
        """Return the image's rectangle: its outermost pixels are centred on the square's edges."""
        pixel = (HIGH - LOW) / (self._grid.n - 1)
        return QRectF(LOW - pixel / 2, LOW - pixel / 2, HIGH - LOW + pixel, HIGH - LOW + pixel)

    def _draw_contour(self, z: np.ndarray) -> None:
        ticks = self._grid.ticks
        lines = Isolines(ticks, ticks, z).at(0.0)
        gap = np.full((1, 2), np.nan)
        tolerance = _TOLERANCE * (HIGH - LOW) / max(1.0, self._box.width())
        parts = [part for line in lines for part in (simplified(np.asarray(line), tolerance), gap)]
        path = np.concatenate(parts or [gap])
        self._contour.setData(path[:, 0], path[:, 1])

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
        """Point at the hidden unit whose line is drawn under the mouse, if any."""
        if self._snapshot is not None:
            reach = _NEAR * (HIGH - LOW) / self._box.width()
            near = unit_near(self._snapshot.weights, x1, x2, reach)
            is_drawn = self._show_lines.isChecked() or near == self.unit
            self._point_at_unit(near if is_drawn else None)

    def _move_cursor(self, dx: int, dy: int) -> None:
        x1, x2 = self._cursor_at or (0.5, 0.5)
        self._cursor_at = (
            float(np.clip(round(x1 / _CURSOR_STEP + dx) * _CURSOR_STEP, LOW, HIGH)),
            float(np.clip(round(x2 / _CURSOR_STEP - dy) * _CURSOR_STEP, LOW, HIGH)),
        )
        self._cursor.setPos(*self._cursor_at)
        self._cursor.show()
        self._show_cursor()

    def _clear_cursor(self) -> None:
        self._point_at_unit(None)
        self._cursor_at = None
        self._cursor.hide()
        self._show_cursor()

    def _show_cursor(self) -> None:
        """Read out the output at the cursor; it changes while the network learns."""
        resting = ", ".join(filter(None, (self.resting_text, _JUMPS if self._jumps else "")))
        text = self._read(*self._cursor_at) if self._cursor_at else resting
        is_below = self._reading.isVisibleTo(self)
        self._reading.setText(text if is_below else "")
        self.readout_changed.emit("" if is_below else text)

    def _read(self, x1: float, x2: float) -> str:
        if (snapshot := self._snapshot) is None:
            return ""
        y = output_at(snapshot.weights, snapshot.config.activation, x1, x2)
        inputs = f"x1 {numerals.fixed(x1, 2)}  x2 {numerals.fixed(x2, 2)}"
        return f"{inputs} → {numerals.fixed(y, 4)}"

    def _recolour(self) -> None:
        theme = self.theme
        self._image.recolour(theme)
        self._contour.setPen(pg.mkPen(theme.text, width=2 * theme.stroke))
        self._selected_line.setPen(pg.mkPen(theme.accent, width=2.5 * theme.stroke))
        self._selected_line.setShadowPen(pg.mkPen(theme.panel, width=5 * theme.stroke))
        for mark in (*self._markers, self._cursor):
            mark.setScale(theme.stroke)
        dot = partial(paint_dot, fill=theme.accent, ring=theme.panel, radius=_CURSOR)
        self._cursor.show_as(dot)


def _plot_of_inputs() -> Plot:
    """Return an empty plot of the input square that wheel and mouse cannot move."""
    frame = PlotFrame(_input_axis("left", "x2"), _input_axis("bottom", "x1"))
    frame.setContentsMargins(0, _TOP_MARGIN, _RIGHT_MARGIN, 0)
    frame.left.setWidth(_AXIS_WIDTH)
    frame.bottom.setHeight(_AXIS_HEIGHT)
    frame.box.setMouseEnabled(x=False, y=False)
    frame.box.setRange(xRange=(LOW, HIGH), yRange=(LOW, HIGH), padding=0)
    plot = Plot(frame)
    plot.setAccessibleName("Output over the inputs x1 and x2")
    plot.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    return plot


def _input_axis(side: str, name: str) -> pg.AxisItem:
    axis = StillAxis(side)
    axis.setLabel(name)
    axis.setTicks([[(value, numerals.fixed(value, 1).removesuffix(".0")) for value in (0, 0.5, 1)]])
    return axis


def unit_near(weights: Weights, x1: float, x2: float, reach: float) -> int | None:
    """Return the hidden unit whose line in the square is nearest to a point, within reach."""
    distances = line_distances(weights, x1, x2)
    for unit in np.argsort(distances).tolist():
        if distances[unit] > reach:
            return None
        if unit_line(weights, unit) is not None:
            return int(unit)
    return None
