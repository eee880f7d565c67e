"""The curve of a run that is worked on, with a dot at the step that is shown."""

import numpy as np
import pyqtgraph as pg

from xorviz.core.snapshot import Snapshot
from xorviz.views.overlay import Scales
from xorviz.views.plot import Dot


class LiveCurve:
    """A curve and two dots, in view coordinates: filled at the shown step, hollow at the end."""

    def __init__(self, scales: Scales) -> None:
        self._scales = scales
        self.line = pg.PlotCurveItem(antialias=False)
        # Qt's own joins of a wide line cost 50 ms a frame; separate segments cost hardly any.
        self.line.setSegmentedLineMode("on")
        self.here, self.newest = Dot(3.5), Dot(3.5)
        self.newest.setZValue(19)
        self.items = (self.line, self.newest, self.here)
        self.show_snapshot(None)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw the curve of this run, or none."""
        self.line.setVisible(snapshot is not None)
        self.here.setVisible(snapshot is not None)
        has_gone_on = snapshot is not None and snapshot.step < snapshot.record.newest
        self.newest.setVisible(has_gone_on)
        if snapshot is not None:
            trace = snapshot.trace
            x = self._scales.step_axis.to_view(trace.steps.astype(float))
            y = self._scales.loss_axis.to_view(trace.losses)
            self.line.setData(x, y)
            self.newest.setPos(float(x[-1]), float(y[-1]))
            self.here.setPos(*view_point(self._scales, snapshot.step, snapshot.loss))

    def recolour(self, ink: str, panel: str) -> None:
        """Use these colours."""
        self.line.setPen(pg.mkPen(ink, width=2))
        self.here.recolour(ink, panel)
        self.newest.recolour(panel, ink)


def view_point(scales: Scales, step: float, loss: float) -> tuple[float, float]:
    """Return the view coordinates of a step and a loss."""
    x = scales.step_axis.to_view(np.array([float(step)]))
    y = scales.loss_axis.to_view(np.array([loss]))
    return float(x[0]), float(y[0])
