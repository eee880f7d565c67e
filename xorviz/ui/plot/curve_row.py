"""One row of a plot of curves: a value against the step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen

from xorviz.core.arrays import Array, Steps
from xorviz.ui.draw.painted import Painted, paint_dot
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.plot.lines import SOLID, Columns, paint_curve
from xorviz.ui.plot.overlay import Overlay, Scales
from xorviz.ui.plot.step_marks import StepMarks
from xorviz.ui.theme.palette import faint
from xorviz.ui.theme.style import bold

_GAP = 6.0
_HANDLE = 5.0
"""Half the width of the handle at the step shown."""
_VEIL = 215
"""Opacity of a label's background, of 255."""
_EDGE = 4.0
"""Pixels left of the axes and below that marks may reach: the texts there are further away."""
_BELOW_TEXT = 8
"""Pixels of the step axis above and below its texts."""
_LABELS = 150.0
"""Pixels beside the axes that labels may use."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line through exact points. Shapes: P points."""

    steps: Steps
    """(P,) in increasing order."""
    values: Array
    """(P,); NaN where unknown."""
    color: str
    dash: tuple[float, ...] = SOLID
    """Lengths of line and gap, in pixels."""
    width: float = 1.6
    """In pixels."""


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """A mark at a step and a value, of fixed size on screen."""

    step: float
    value: float
    paint: Callable[[QPainter, QPointF], None]
    """Paints it at a pixel."""


def round_point(step: float, value: float, fill: str, ring: str, radius: float = 3.5) -> PlotPoint:
    """Return a round mark."""
    return PlotPoint(step, value, partial(paint_dot, fill=fill, ring=ring, radius=radius))


@dataclass(frozen=True, slots=True)
class PlotLabel:
    """A text beside a step and a value; moved up or down so that none covers another."""

    step: float
    value: float
    text: str


class Curves(Overlay):
    """Curves, the first one on top, painted at each frame: only the points that show.

    A pyqtgraph curve paints all 4,096 and measures them several times, 2 ms a frame. Curves that
    seldom change are cached: they cost some milliseconds when they, the range or the size change,
    and nothing otherwise.
    """

    def __init__(self, scales: Scales, is_still: bool = False) -> None:
        """Make no curves yet; the picture of still ones is kept."""
        super().__init__(scales)
        self.curves: Sequence[Curve] = ()
        self.picture = Painted() if is_still else None
        # Below all that pyqtgraph draws in the plot.
        self.setZValue(-0.5)

    def _paint(self, painter: QPainter) -> None:
        if self.picture is None:
            self._paint_curves(painter)
        elif not self.scales.area.isEmpty():
            look = self._theme, *self.curves, *self.scales.look()
            self.picture.draw(painter, self.scales.area, self._paint_curves, look)

    def _paint_curves(self, painter: QPainter) -> None:
        scales = self.scales
        area, ratio = scales.area.adjusted(0, -2, 0, 2), painter.deviceTransform().m11()
        across: dict[int, Columns] = {}
        stroke = self._theme.stroke
        for curve in reversed(self.curves):
            key = id(curve.steps)
            if key not in across:
                x = scales.x_of(curve.steps.astype(float))
                across[key] = Columns.of(x, area, ratio)
            y = scales.y_of(curve.values)
            dash, width = tuple(stroke * part for part in curve.dash), stroke * curve.width
            paint_curve(painter, across[key], y, area, curve.color, dash, width)


class Pointers(Overlay):
    """All that follows the step shown and the cursor: heading, rules, points and labels."""

    def __init__(self, scales: Scales, title: str) -> None:
        self.around, self._heading = QMarginsF(_EDGE, _HANDLE, _LABELS, _EDGE), 0
        super().__init__(scales)
        self.title = title
        """Above the axes, at the left."""
        self.readings: Sequence[str] = ()
        """What is read out, above the axes at the right: the first text that fits."""
        self.shown: int | None = None
        """The step that all panels show, if the run has gone beyond it: a solid line."""
        self.pointed: int | None = None
        """The step that is read out: a dotted line."""
        self.points: Sequence[PlotPoint] = ()
        self.labels: Sequence[PlotLabel] = ()
        self.setZValue(20)

    def leave_above(self, pixels: int) -> None:
        """Write the title this high above the axes."""
        self.around, self._heading = QMarginsF(_EDGE, pixels + _HANDLE, _LABELS, _EDGE), pixels
        self.place()

    def show_steps(self, shown: int | None, pointed: int | None) -> None:
        """Draw vertical lines at the step shown and at that read out."""
        if (shown, pointed) != (self.shown, self.pointed):
            self.shown, self.pointed = shown, pointed
            self.update()

    def _paint(self, painter: QPainter) -> None:
        area = self.scales.area
        if self.title:
            self._paint_heading(painter, area)
        self._paint_rule(painter, self.pointed, self._theme.quiet, Qt.PenStyle.DotLine)
        self._paint_rule(painter, self.shown, self._theme.accent, Qt.PenStyle.SolidLine)
        space = area.adjusted(-1, -4, 1, 4)
        painter.save()
        painter.setClipRect(self.boundingRect())  # else marks beyond it would not be erased
        for point, place in zip(self.points, self._places(self.points), strict=True):
            if np.isfinite(point.value) and space.contains(at := QPointF(*place)):
                painter.save()
                painter.translate(at)
                painter.scale(self._theme.stroke, self._theme.stroke)
                point.paint(painter, QPointF())
                painter.restore()
        painter.restore()
        if self.labels:
            self._paint_labels(painter, area)

    def _places(self, points: Sequence[PlotPoint | PlotLabel]) -> list[tuple[float, float]]:
        """Return the pixels of points."""
        x = self.scales.x_of(np.array([float(point.step) for point in points]))
        y = self.scales.y_of(np.array([point.value for point in points]))
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def _paint_rule(
        self, painter: QPainter, step: int | None, color: str, style: Qt.PenStyle
    ) -> None:
        """Paint a line over the whole height, with a handle on top if it is solid."""
        area, stroke = self.scales.area, self._theme.stroke
        x = -1.0 if step is None else round(self.scales.at(step)[0]) + 0.5
        if not 0 <= x <= area.width() + 1:
            return
        painter.setPen(QPen(QColor(color), stroke, style))
        painter.drawLine(QPointF(x, 0), QPointF(x, area.height()))
        if style == Qt.PenStyle.SolidLine and not self.title:
            painter.setBrush(QColor(color))
            # Larger ones grow downwards: there is no more room above.
            wide, low = _HANDLE * stroke, _HANDLE * (2 * stroke - 1)
            corners = ((-wide, -_HANDLE), (wide, -_HANDLE), (wide, low - wide), (0, low),
                       (-wide, low - wide))  # fmt: skip
            painter.drawPolygon([QPointF(x + dx, dy) for dx, dy in corners])

    def _paint_heading(self, painter: QPainter, area: QRectF) -> None:
        font = painter.font()
        title = QFontMetricsF(bold(font)).elidedText(
            self.title, Qt.TextElideMode.ElideRight, self._right()
        )
        width = _advance(title, bold(font))
        base = QFontMetricsF(font).ascent() - self._heading
        painter.setFont(bold(font))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QPointF(0, base), title)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.quiet))
        for reading in self.readings:
            wide = _advance(reading, font)
            if wide <= area.width() - width - _GAP:
                painter.drawText(QPointF(area.width() - wide, base), reading)
                break

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        width = max(_advance(label.text, painter.font()) for label in self.labels) + _GAP
        height = metrics.height() - 1
        places = self._places(self.labels)
        right = self._right()
        centres = spread(np.array([y for _, y in places]), height, area)
        veil = faint(self._theme.panel, _VEIL)
        painter.setPen(QColor(self._theme.text))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        texts = []
        for one, (x, at_y), y in zip(self.labels, places, centres, strict=True):
            if not -height <= at_y <= area.height() + height:  # out of sight, or unknown
                continue
            fits, top = x + 1.7 * _GAP + width <= right, y - height / 2
            left = x + 1.7 * _GAP if fits else x - 1.7 * _GAP - width
            painter.fillRect(QRectF(left, top, width, height), veil)
            indent = _GAP / 2 if fits else width - _GAP / 2 - _advance(one.text, painter.font())
            texts.append((QPointF(left + indent, top + metrics.ascent()), one.text))
        for at, text in texts:  # each veil would cover what hangs down from the text above
            painter.drawText(at, text)

    def _right(self) -> float:
        """Return the right edge of the plot, labels of the axes included."""
        return float(self.scales.size().width() - self.pos().x() - 2)


@lru_cache(maxsize=256)
def _advance(text: str, font: QFont) -> float:
    """Return the width of a text; measuring one costs as much as painting it."""
    return QFontMetricsF(font).horizontalAdvance(text)


def spread(heights: Array, apart: float, area: QRectF) -> list[float]:
    """Return heights (P,) moved apart so that labels do not overlap."""
    placed = heights.copy()
    order = [int(row) for row in np.argsort(heights) if np.isfinite(heights[row])]
    low = area.top()
    for row in order:
        placed[row] = low = max(placed[row], low)
        low += apart
    high = area.bottom()
    for row in reversed(order):
        placed[row] = high = min(placed[row], high)
        high -= apart
    found: list[float] = placed.tolist()
    return found


class Row:
    """A frame of axes, and the overlays with what it shows."""

    def __init__(self, value_axis: ScaledAxis, title: str, has_lane: bool = False) -> None:
        """Make empty axes, with a title above them if there is one, or a lane for marks."""
        step_axis = ScaledAxis("bottom", step_text, 1.0, is_whole=True, lead="step ")
        self.scales = Scales(step_axis, value_axis)
        self.box = self.scales.box
        self.still, self.moving = Curves(self.scales, is_still=True), Curves(self.scales)
        self.still.setZValue(-1)
        self.still.hide()
        self.pointers = Pointers(self.scales, title)
        self.marks = StepMarks(self.scales, has_lane)
        self.overlays: list[Overlay] = [self.still, self.moving, self.pointers, self.marks]
        self.ends: tuple[float, float] | None = None
        """The ends of the value axis, in view coordinates, if they never change."""
        self.room: tuple[float, float] | None = None
        """Values that are in sight whatever the curves are, if any."""
        self._names: tuple[str, ...] = ()
        """Of the value axis, the longest first."""

    def leave_space(self, metrics: QFontMetrics, right: int) -> None:
        """Leave space for a title or a lane above the axes, and some pixels to their right."""
        line = metrics.height()
        above = 6
        if self.pointers.title:
            above += line
            self.pointers.leave_above(line + 2)
        if self.marks.has_lane:
            above += line
            self.marks.leave_above(line + _HANDLE)
        self.scales.setContentsMargins(0, above, right, 0)
        self.scales.step_axis.setHeight(line + _BELOW_TEXT)

    def show(self, curves: Sequence[Curve]) -> None:
        """Draw the curves of the current runs, the first one on top."""
        self.moving.curves = curves
        self.moving.update()

    def show_still(self, curves: Sequence[Curve]) -> None:
        """Draw curves that seldom change, below the others."""
        self.still.curves = curves
        self.still.setVisible(bool(curves))
        self.still.update()

    def point(self, points: Sequence[PlotPoint], *readings: str) -> None:
        """Mark points, and write the first reading that fits into the heading."""
        self.pointers.points, self.pointers.readings = points, readings
        self.pointers.update()

    def label(self, labels: Sequence[PlotLabel]) -> None:
        """Write texts beside points."""
        self.pointers.labels = labels
        self.pointers.update()

    def fitted(self, last: float) -> tuple[float, float]:
        """Return the ends of the value axis for all curves up to a step, in view coordinates."""
        if self.ends is not None:
            return self.ends
        curves = (*self.moving.curves, *self.still.curves)
        ends = [end for curve in curves for end in self._ends(curve, last)]
        ends += self.room or ()
        return self.scales.value_axis.fitted(min(ends), max(ends)) if ends else (0.0, 1.0)

    def _ends(self, curve: Curve, last: float) -> list[float]:
        """Return the lowest and the highest value of a curve up to a step, if any is known."""
        values = curve.values[: np.searchsorted(curve.steps, last, "right")]
        known = values[np.isfinite(values)]
        return [float(known.min()), float(known.max())] if len(known) else []

    def label_axis(self, *names: str) -> None:
        """Write a name beside the value axis: the first that fits, else the last."""
        self._names = names
        self.fit_label()

    def fit_label(self) -> None:
        """Choose among the names of the value axis again, for its present height."""
        axis = self.scales.value_axis
        metrics, space = QFontMetricsF(axis.font()), self.box.height()
        fitting = (name for name in self._names if metrics.horizontalAdvance(name) <= space)
        text = next(fitting, self._names[-1] if self._names else "")
        if text != axis.labelText:
            axis.setLabel(text)
            axis.resizeEvent()  # pyqtgraph centres a label only when the axis changes its size
