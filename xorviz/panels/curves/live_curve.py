"""The curve of the current run, with dots at the step shown and at the newest."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen

from xorviz.core.arrays import Array
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.curves.envelope import column_ends, enveloped, fill_areas
from xorviz.panels.curves.overlay import Overlay, Scales
from xorviz.panels.curves.run_curves import draw_lines, segments
from xorviz.ui.draw.painted import is_vector
from xorviz.ui.guard import guarded
from xorviz.ui.plot.plot import Dot


@guarded
class LiveLine(Overlay):
    """The line of the curve; only the points that show are painted.

    A pyqtgraph curve paints all 4,096 and measures them several times, 2 ms a frame.
    """

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self.points: tuple[Array, Array] = (np.empty(0), np.empty(0))
        """(P,), (P,) in view coordinates."""
        self._ink = ""
        self._pen = QPen()
        # Above the pinned runs, below all that pyqtgraph draws in the plot.
        self.setZValue(-0.5)

    def show_points(self, x: Array, y: Array) -> None:
        """Draw a curve through these points (P,), (P,), in view coordinates."""
        self.points = x, y
        self.update()

    def recolour(self, ink: str) -> None:
        """Use this colour."""
        self._ink, self._pen = ink, pg.mkPen(ink, width=2)
        self.update()

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        x, y = self.scales.pixels_of(*self.points)
        is_drawing = is_vector(painter)
        if not is_drawing:
            x, y = visible_points(x, y, painter.deviceTransform().m11())
        lines, areas = enveloped(x, y)
        fill_areas(painter, areas, self._ink)
        painter.setPen(self._pen)
        if is_drawing:
            for line in lines:
                painter.drawPolyline([QPointF(*point) for point in line.tolist()])
        else:
            # Qt's joins of a wide line cost 50 ms a frame; separate segments hardly any.
            draw_lines(painter, segments(lines))


def visible_points(x: Array, y: Array, columns_per_pixel: float = 1.0) -> tuple[Array, Array]:
    """Return the first, last, lowest and highest points (P,), (P,) of a line in each column.

    Points are not moved, so that the line without antialiasing keeps its pixels; x rises.
    """
    if len(x) < 3:
        return x, y
    first, last = column_ends(x * columns_per_pixel)
    counts = last - first + 1
    lowest, highest = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    is_flat = np.repeat(lowest == highest, counts)
    kept = ((y == np.repeat(lowest, counts)) | (y == np.repeat(highest, counts))) & ~is_flat
    kept[first] = kept[last] = True
    return x[kept], y[kept]


class LiveCurve:
    """A curve and two dots: filled at the step shown, hollow at the newest."""

    def __init__(self, scales: Scales) -> None:
        self._scales = scales
        self.line = LiveLine(scales)
        self.here, self.newest = Dot(3.5), Dot(3.5)
        self.newest.setZValue(19)
        self.dots = (self.newest, self.here)
        self.show_snapshot(None)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw the curve of this run, or none."""
        self.line.setVisible(snapshot is not None)
        self.here.setVisible(snapshot is not None)
        is_earlier = snapshot is not None and snapshot.step < snapshot.record.newest
        self.newest.setVisible(is_earlier)
        if snapshot is not None:
            trace = snapshot.trace
            x = self._scales.step_axis.to_view(trace.steps.astype(float))
            y = self._scales.loss_axis.to_view(trace.losses)
            self.line.show_points(x, y)
            self.newest.setPos(float(x[-1]), float(y[-1]))
            self.here.setPos(*view_point(self._scales, snapshot.step, snapshot.loss))

    def recolour(self, ink: str, panel: str) -> None:
        """Use these colours."""
        self.line.recolour(ink)
        self.here.recolour(ink, panel)
        self.newest.recolour(panel, ink)


def view_point(scales: Scales, step: float, loss: float) -> tuple[float, float]:
    """Return the view coordinates of a step and a loss."""
    x = scales.step_axis.to_view(np.array([float(step)]))
    y = scales.loss_axis.to_view(np.array([loss]))
    return float(x[0]), float(y[0])
