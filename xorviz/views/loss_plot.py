"""The loss of the whole run against the step."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core import numerals
from xorviz.core.network import LOSSES
from xorviz.core.trainer import Snapshot
from xorviz.views.axes import ScaledAxis, loss_text, nice_above, step_text
from xorviz.views.base import SnapshotView
from xorviz.views.marks import Marks
from xorviz.views.plot import Dot, Plot

_FEWEST_STEPS = 100
"""The step axis is at least this long, so that the first steps do not race across it."""

_LEFT_SPACE = 0.015
"""Share of the step axis before step 0, so that the first dot is whole."""

_LEAST_RATIO = 2.0
"""Between the ends of a logarithmic loss axis, so that a plateau looks like one."""

_MARGIN = 1.15
"""What stays free above and below the curve: a ratio on a logarithmic axis."""


class LossPlot(SnapshotView):
    """One curve; every point of it is exact. The axes grow in jumps, so that they can be read."""

    title = "Loss"
    explanation = (
        "How wrong the network has been after each step: the loss over all four rows. Point at "
        "the curve, or move along it with the arrow keys, to read an exact step and loss. "
        "Dashed lines mark where you changed the rate or the momentum, and since when all four "
        "rows have been right. Drag to pan, turn the wheel to zoom, double-click to fit."
    )

    def __init__(self) -> None:
        super().__init__("loss_plot")
        self._loss_axis = ScaledAxis("left", loss_text, 0.0)
        self._step_axis = ScaledAxis("bottom", step_text, 1.0)
        self._loss_axis.set_log(True)
        self._plot = Plot(left=self._loss_axis, bottom=self._step_axis)
        self._plot.setAccessibleName("Loss against step")
        self._curve = pg.PlotCurveItem(antialias=False)
        # Qt's own joins of a wide line cost 50 ms a frame; separate segments cost hardly any.
        self._curve.setSegmentedLineMode("on")
        self._newest, self._pointed = Dot(3.5), Dot(4.5)
        self._pointed.hide()
        for item in (self._curve, self._newest, self._pointed):
            self._plot.addItem(item, ignoreBounds=True)
        self._box = self._plot.getPlotItem().getViewBox()
        self._marks = Marks(self._box, self._step_axis)
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0)
        # Room for the half of the last step's label that hangs over the end of the axis.
        self._plot.getPlotItem().setContentsMargins(0, 6, 26, 0)
        self._fits = True
        self._run = 0
        self._range: tuple[float, float, float, float] | None = None
        self._pointed_step: float | None = None
        self._formula = ""

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._plot.scene().sigMouseMoved.connect(self._point_at)
        self._plot.viewport().installEventFilter(self)
        self._box.sigRangeChangedManually.connect(self._keep_range)
        self.options = self._make_options()
        self._limit_zoom()

    @property
    def options_text(self) -> str:
        axes = {"log loss": self._loss_axis.is_log, "log step": self._step_axis.is_log}
        return ", ".join(name for name, is_log in axes.items() if is_log) or "linear"

    @Slot()
    def fit(self) -> None:
        """Show the whole run, and keep showing it as it grows."""
        self._fits = True
        self._range = None
        self.draw_anew()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: ARG002
        """Fit on a double-click, and point at nothing once the mouse has left."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.fit()
            return True
        if event.type() == QEvent.Type.Leave:
            self._clear_cursor()
        return False

    def _make_options(self) -> list[QAction]:
        self._log_loss = self._option("log_loss", "Logarithmic loss axis", "L", True)
        self._log_loss.setStatusTip("Equal ratios of losses are equal distances")
        self._log_step = self._option("log_step", "Logarithmic step axis", "Shift+L", False)
        self._log_step.setStatusTip("Equal ratios of steps are equal distances")
        fit = self._option("fit_loss", "Fit the loss plot to the run", "F")
        fit.setStatusTip("Undo panning and zooming (also by a double-click in the plot)")
        self._log_loss.toggled.connect(self._rescale)
        self._log_step.toggled.connect(self._rescale)
        fit.triggered.connect(self.fit)
        return [self._log_loss, self._log_step, fit]

    @Slot()
    def _rescale(self) -> None:
        self._loss_axis.set_log(self._log_loss.isChecked())
        self._step_axis.set_log(self._log_step.isChecked())
        self._limit_zoom()
        self._marks.place()
        self.fit()

    def _limit_zoom(self) -> None:
        """Keep panning and zooming where there can be a curve, and few enough ticks."""
        left, right = self._step_axis.limits()
        bottom, top = self._loss_axis.limits()
        self._box.setLimits(xMin=left, xMax=right, yMin=bottom, yMax=top)

    def _draw(self, snapshot: Snapshot) -> None:
        trace = snapshot.trace
        x = self._step_axis.to_view(trace.steps.astype(float))
        y = self._loss_axis.to_view(trace.losses)
        self._curve.setData(x, y)
        self._newest.setPos(float(x[-1]), float(y[-1]))
        self._marks.show_snapshot(snapshot)
        self._label(LOSSES[snapshot.config.loss].formula)
        if snapshot.run != self._run:  # another curve: what was looked at is gone
            self._run = snapshot.run
            self._fits = True
        if self._fits:
            self._fit(snapshot.step, float(trace.losses.min()), float(trace.losses.max()))
        self._show_pointed()

    def _label(self, formula: str) -> None:
        if formula != self._formula:
            self._formula = formula
            self._plot.setLabel("left", f"loss {formula}", color=self.theme.quiet)
            self._plot.setLabel("bottom", "step", color=self.theme.quiet)

    def _fit(self, step: int, lowest: float, highest: float) -> None:
        """Show everything; the range changes only when it must, since axes are dear to paint."""
        right = nice_above(max(step, _FEWEST_STEPS))
        if self._loss_axis.is_log:
            bottom, top = self._loss_axis.to_view(
                np.array(
                    [1 / nice_above(_MARGIN / max(lowest, 1e-12)), nice_above(highest * _MARGIN)]
                )
            )
            spare = max(0.0, math.log10(_LEAST_RATIO) - (top - bottom)) / 2
            bottom, top = bottom - spare, top + spare
        else:
            bottom, top = 0.0, nice_above(max(highest, 1e-12) * 1.05)
        left, right = self._step_axis.to_view(np.array([0.0, right]))
        left -= _LEFT_SPACE * (right - left)
        if (wanted := (left, right, bottom, top)) != self._range:
            self._range = wanted
            self._box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)

    @Slot()
    def _keep_range(self) -> None:
        """Leave the range alone once a person has chosen it."""
        self._fits = False

    @Slot(object)
    def _point_at(self, position: QPointF) -> None:
        if self._box.sceneBoundingRect().contains(position):
            self._pointed_step = self._step_axis.from_view(self._box.mapSceneToView(position).x())
            self._show_pointed()
        else:
            self._clear_cursor()

    def _move_cursor(self, dx: int, dy: int) -> None:  # noqa: ARG002
        if self._snapshot is not None:
            trace, at = self._snapshot.trace, self._pointed_step
            steps = trace.steps
            at = steps[-1] if at is None else trace.nearest(at)[0]
            # About a hundred presses lead from one end of the curve to the other.
            stride = max(1, len(steps) // 100) * dx
            index = int(np.searchsorted(steps, at)) + stride
            self._pointed_step = float(steps[np.clip(index, 0, len(steps) - 1)])
            self._show_pointed()

    def _clear_cursor(self) -> None:
        self._pointed_step = None
        self._show_pointed()

    def _show_pointed(self) -> None:
        """Mark and read out the exact point nearest to where a person points."""
        if self._pointed_step is None or self._snapshot is None:
            self._pointed.hide()
            self.readout_changed.emit("")
            return
        step, loss = self._snapshot.trace.nearest(self._pointed_step)
        x, y = (
            self._step_axis.to_view(np.array([float(step)])),
            self._loss_axis.to_view(np.array([loss])),
        )
        self._pointed.setPos(float(x[0]), float(y[0]))
        self._pointed.show()
        self.readout_changed.emit(f"at {numerals.whole(step)}: {numerals.real(loss, 6)}")

    def _recolour(self) -> None:
        theme = self.theme
        self._plot.recolour(theme)
        self._plot.showGrid(x=False, y=True, alpha=0.25)
        self._curve.setPen(pg.mkPen(theme.text, width=2))
        self._newest.recolour(theme.text, theme.panel)
        self._pointed.recolour(theme.accent, theme.panel)
        self._marks.apply_theme(theme)
        self._formula = ""
