"""The panel with the loss of runs against the step."""

from PySide6.QtCore import QPointF, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core import numerals
from xorviz.core.network import LOSSES
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.curves.fitting import Extent, Range, fitted, union
from xorviz.panels.curves.live_curve import LiveCurve, view_point
from xorviz.panels.curves.overlay import Scales
from xorviz.panels.curves.run_curves import RunCurves
from xorviz.panels.curves.step_scale import moved_along, picked_step
from xorviz.panels.learn.loss.gradient_strip import GradientStrip
from xorviz.panels.learn.loss.legend import Legend, rows_of
from xorviz.panels.learn.loss.marks import ROWS, Marks
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text
from xorviz.ui.plot.plot import Dot, Plot
from xorviz.ui.plot.step_picker import StepPicker


class LossPlot(SnapshotView):
    """Curves of exact points. The axes grow in jumps, so that they stay readable."""

    step_requested = Signal(object)  # int, from 0 to the run's newest

    draws_every_frame = True
    has_table = True
    explanation = (
        "How wrong the network has been after each step: the loss over all four rows. Where it "
        "goes up and down too fast to be drawn, a grey band lies between its lowest and its "
        "highest. Click, or drag, to go to a step: all panels then show the network as it was. "
        "Point at the curve, or move along it with the arrow keys, to read an exact step and "
        "loss; Enter goes there. Dashed lines mark what you changed, and since when all four rows"
        " have been right; a solid one is the step that is shown. Runs that you keep are drawn "
        "too, and the legend reads each where you point. Turn the wheel to zoom, drag with the "
        "middle button or with Shift to pan, double-click an axis to fit. The gradient norm, how "
        "steep the loss is for the weights, can be shown below it."
    )

    def __init__(self) -> None:
        super().__init__("loss_plot")
        loss_axis = ScaledAxis("left", loss_text, 0.0)
        step_axis = ScaledAxis("bottom", step_text, 1.0)
        loss_axis.set_log(True)
        self._plot = Plot(left=loss_axis, bottom=step_axis)
        self._plot.setAccessibleName("Loss against step")
        self._box = self._plot.getPlotItem().getViewBox()
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0)
        # Space for half of the last step's label, which is centred on the end of the axis.
        self._plot.getPlotItem().setContentsMargins(0, 6, 26, 0)
        self._scales = Scales(self._box, step_axis, loss_axis)
        # Made first, drawn below.
        self._beside, self._live = LiveCurve(self._scales), LiveCurve(self._scales)
        self._pointed = Dot(4.5)
        self._pointed.hide()
        for item in (*self._beside.dots, *self._live.dots, self._pointed):
            self._plot.addItem(item, ignoreBounds=True)
        self._curves, self._marks = RunCurves(self._scales), Marks(self._scales)
        self._legend = Legend(self._scales)
        self._others: Extent | None = None
        """Extent of the pinned runs' curves."""
        self._picker = StepPicker(self._plot, self._box)
        self._fits = True
        self._run = 0
        self._range: Range | None = None
        self._labelled: tuple[int, bool] | None = None
        """The curves for which the legend has been placed: run, and whether there is run B."""
        self._pointed_step: float | None = None
        self._picked_step: int | None = None
        self._formula = ""
        self._strip: GradientStrip | None = None
        """Made when it is first shown."""

        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._plot, 5)
        self._connect()
        self.options = self._make_options()
        self._limit_zoom()

    def _connect(self) -> None:
        self._plot.scene().sigMouseMoved.connect(self._point_at)
        self._picker.pressed.connect(self._pick)
        self._picker.dragged.connect(self._drag_to)
        self._picker.left.connect(self._clear_cursor)
        self._picker.fit_requested.connect(self.fit)
        self._box.sigRangeChangedManually.connect(self._keep_range)

    @property
    def options_text(self) -> str:
        axes = {"log loss": self._scales.loss_axis, "log step": self._scales.step_axis}
        return ", ".join(name for name, axis in axes.items() if axis.is_log) or "linear"

    @Slot()
    def fit(self) -> None:
        """Show the whole run, and keep showing it as it grows."""
        self._fits = True
        self._range = None
        self._labelled = None
        self.draw_anew()

    def show_project(self, project: Project) -> None:
        """Draw the curves of the pinned runs."""
        self.show_runs(project.pinned)

    def show_runs(self, runs: tuple[PinnedRun, ...]) -> None:
        """Draw the curves of those pinned runs that are marked as shown."""
        self._curves.show_runs(runs)
        self._others = union(Extent.of(run.record) for run in self._curves.runs)
        self._labelled = None
        self._is_drawn = False
        self.redraw()

    def table(self) -> Cells | None:
        """Return the recorded points of all curves that are shown, one run below the other."""
        if (snapshot := self._snapshot) is None:
            return None
        traces = [("this run", snapshot.trace)]
        if snapshot.beside is not None:
            traces.append(("B", snapshot.beside.trace))
        traces += [(run.name, run.record.trace) for run in self._curves.runs]
        rows = (
            (name, *point)
            for name, trace in traces
            for point in zip(
                trace.steps.tolist(),
                trace.losses.tolist(),
                trace.gradient_norms.tolist(),
                strict=True,
            )
        )
        return ("run", "step", "loss", "gradient_norm"), rows

    def _use_cursor(self) -> None:
        """Request the step that is read out."""
        if self._pointed_step is not None and self._snapshot is not None:
            self.step_requested.emit(self._snapshot.trace.nearest(self._pointed_step)[0])

    def _make_options(self) -> list[QAction]:
        self._log_loss = self._option("log_loss", "Logarithmic loss axis", "L", True)
        self._log_loss.setStatusTip("Equal ratios of losses are equal distances")
        self._log_step = self._option("log_step", "Logarithmic step axis", "Shift+L", False)
        self._log_step.setStatusTip("Equal ratios of steps are equal distances")
        fit = self._option("fit_loss", "Fit the loss plot to the run", "F")
        fit.setStatusTip("Undo panning and zooming (also by a double-click on an axis)")
        self._log_loss.toggled.connect(self._rescale)
        self._log_step.toggled.connect(self._rescale)
        fit.triggered.connect(self.fit)
        self._gradient = self._option(
            "gradient_norm", "Gradient norm below the loss", "Shift+G", checked=False
        )
        self._gradient.setStatusTip("Show how steep the loss is for the weights, at each step")
        self._gradient.toggled.connect(self._show_gradient)
        return [self._log_loss, self._log_step, self._gradient, fit]

    @Slot(bool)
    def _show_gradient(self, is_shown: bool) -> None:
        if is_shown and self._strip is None:
            self._strip = strip = GradientStrip(self._plot, self._scales)
            strip.apply_theme(self.theme)
            strip.pointed_at.connect(self._point_at)
            strip.pressed.connect(self._pick)
            strip.dragged.connect(self._drag_to)
            strip.left.connect(self._clear_cursor)
            strip.fit_requested.connect(self.fit)
            self._column.addWidget(strip, 3)
        if self._strip is not None:
            self._strip.setVisible(is_shown)
        self._formula = ""  # the step axis is labelled below the lower of the two
        self.draw_anew()

    @Slot()
    def _rescale(self) -> None:
        self._scales.loss_axis.set_log(self._log_loss.isChecked())
        self._scales.step_axis.set_log(self._log_step.isChecked())
        self._limit_zoom()
        for overlay in (self._curves, self._marks, self._legend):
            overlay.place()
        self.fit()

    def _limit_zoom(self) -> None:
        """Limit panning and zooming to where curves can be."""
        left, right = self._scales.step_axis.limits()
        bottom, top = self._scales.loss_axis.limits()
        self._box.setLimits(xMin=left, xMax=right, yMin=bottom, yMax=top)

    def _draw(self, snapshot: Snapshot) -> None:
        self._live.show_snapshot(snapshot)
        self._beside.show_snapshot(snapshot.beside)
        self._marks.show_snapshot(snapshot)
        self._legend.leave_room(min(len(self._marks.marks), ROWS))
        self._label(LOSSES[snapshot.config.loss].formula)
        if snapshot.run != self._run:  # a new curve: the range chosen for the last is void
            self._run = snapshot.run
            self._fits = True
        if self._fits:
            self._fit(snapshot)
        if self._strip is not None and self._gradient.isChecked():
            self._strip.show_snapshot(snapshot)
        self._show_pointed()
        self._place_legend(snapshot)

    def _label(self, formula: str) -> None:
        if formula != self._formula:
            self._formula = formula
            self._plot.setLabel("left", f"loss {formula}", color=self.theme.quiet)
            self._plot.setLabel("bottom", "step", color=self.theme.quiet)
            if self._gradient.isChecked():
                self._plot.hideAxis("bottom")

    def _fit(self, snapshot: Snapshot) -> None:
        """Fit the range; set it only if it changes, since repainting axes is expensive."""
        beside = None if snapshot.beside is None else Extent.of(snapshot.beside.record)
        extent = union((Extent.of(snapshot.record), beside, self._others))
        if extent is None:
            return
        wanted = fitted(extent, self._scales.step_axis, self._scales.loss_axis)
        if wanted != self._range:
            self._range = wanted
            left, right, bottom, top = wanted
            self._box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)

    def _place_legend(self, snapshot: Snapshot) -> None:
        """Move the legend to where it covers least, if the curves are not the same as before."""
        labelled = snapshot.run, snapshot.beside is not None
        if labelled != self._labelled and self._legend.rows:
            self._labelled = labelled
            traces = [snapshot.trace, *(run.record.trace for run in self._curves.runs)]
            if snapshot.beside is not None:
                traces.append(snapshot.beside.trace)
            self._legend.move_away_from([self._scales.line_of(trace) for trace in traces])

    @Slot()
    def _keep_range(self) -> None:
        """Stop fitting once the user has chosen a range."""
        self._fits = False

    @Slot(object)
    def _point_at(self, position: QPointF) -> None:
        is_inside = self._box.sceneBoundingRect().contains(position)
        self._point_at_step(self._step_at(position) if is_inside else None)

    def _point_at_step(self, step: float | None) -> None:
        self._pointed_step = step
        self._show_pointed()

    def _step_at(self, position: QPointF) -> float:
        """Return the step at a point of the scene."""
        return self._scales.step_axis.from_view(self._box.mapSceneToView(position).x())

    @Slot(QPointF)
    def _pick(self, position: QPointF) -> None:
        """Request the step at a press."""
        self._picked_step = None
        self._drag_to(position)

    @Slot(QPointF)
    def _drag_to(self, position: QPointF) -> None:
        """Request the step under a drag, if it has changed."""
        self._point_at(position)
        if self._snapshot is None:
            return
        is_log = self._scales.step_axis.is_log
        step = picked_step(self._step_at(position), is_log, self._snapshot.newest)
        if step != self._picked_step:
            self._picked_step = step
            self.step_requested.emit(step)

    def _move_cursor(self, dx: int, dy: int) -> None:  # noqa: ARG002
        if self._snapshot is not None:
            at = self._snapshot.step if self._pointed_step is None else self._pointed_step
            self._point_at_step(moved_along(self._snapshot.trace, at, dx))

    @Slot()
    def _clear_cursor(self) -> None:
        self._point_at_step(None)

    def _show_pointed(self) -> None:
        """Mark and read out the exact point nearest to the cursor."""
        snapshot, at = self._snapshot, self._pointed_step
        if snapshot is None or at is None:
            self._pointed.hide()
            self._read_legend(None)
            self.readout_changed.emit("")
            return
        step, loss = snapshot.trace.nearest(at)
        self._pointed.setPos(*view_point(self._scales, step, loss))
        self._pointed.show()
        # Beyond this run's end, other curves can still be read.
        self._read_legend(step if at <= snapshot.record.newest else round(at))
        self.readout_changed.emit(f"at {numerals.whole(step)}: {numerals.real(loss, 6)}")

    def _read_legend(self, step: int | None) -> None:
        """Show the legend, and read out all curves and the gradient norm at a step."""
        if self._strip is not None:
            self._strip.show_pointed(step)
        if self._snapshot is not None:
            rows = rows_of(self._snapshot, self._curves.runs, self.theme, step)
            self._legend.show_rows(rows, "" if step is None else f"at {numerals.whole(step)}")

    def _recolour(self) -> None:
        theme = self.theme
        self._plot.recolour(theme)
        self._plot.showGrid(x=False, y=True, alpha=0.25)
        self._live.recolour(theme.text, theme.panel)
        self._beside.recolour(theme.accent, theme.panel)
        self._pointed.recolour(theme.accent, theme.panel)
        if self._strip is not None:
            self._strip.apply_theme(theme)
        for overlay in (self._curves, self._marks, self._legend):
            overlay.apply_theme(theme)
        self._formula = ""
