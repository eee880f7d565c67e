"""Curves over the steps of a run."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent

from xorviz.core.arrays import Steps, nearest
from xorviz.core.numerals import round_above
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import FINE, ScaledAxis
from xorviz.ui.plot.curve_row import Row
from xorviz.ui.plot.step_marks import StepMark
from xorviz.ui.theme.palette import LIGHT, Theme

_FEWEST_STEPS = 100
"""Shortest step axis, so that the first steps do not race across it."""
_LEFT_SPACE = 0.015
"""Share of the step axis before step 0, so that the first point is not cut off."""
_ZOOM = 0.8
"""Part of the range that a step of zooming leaves in sight."""
_LEAST_WIDTH, _LEAST_HEIGHT = 68, 60
"""Of a row, in pixels."""
_BESIDE_LABEL = 24
"""Pixels around a label right of the axes."""
_LAST_STEP = "1 000 000"
"""Half of such a text is right of the axes: it is centred on their end."""
_BESIDE_TEXT = 12
"""Pixels of a value axis beside its texts."""


@guarded
class CurvePlot(pg.GraphicsView):  # type: ignore[misc]
    """Rows of curves with one step axis. Its ranges grow in jumps, so that axes stay readable.

    Point, or walk along the curve with the arrow keys, to read out a step; a click, a drag of the
    left button, or Enter goes there, and a click on a mark to its step. The wheel zooms along the
    steps, the middle button or Shift pans, and a double-click fits again: to the current run,
    which longer still curves must not flatten, or once more to all of them. While the top row is
    drawn on, the left button goes to no step.
    """

    pointed_at = Signal(object)  # float | None: a step before rounding
    step_requested = Signal(object)  # int, from 0 to the newest
    fitted = Signal()
    """The range was fitted by a double-click or ``fit``."""
    stroked = Signal(object, object)
    """Where the mouse was, or None at a press, and where it draws: QPointF in view coordinates."""

    rows: Sequence[Row] = ()
    _beside: Sequence[str] = ()

    def __init__(
        self, name: str, *values: ScaledAxis, titles: Sequence[str] = (), has_lane: bool = False
    ) -> None:
        """Make a row for each value axis, from the top, with a title above it if given.

        The texts of marks may have a lane above the axes.
        """
        super().__init__()
        for widget in (self, self.viewport()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT * len(values))
        titles = titles or [""] * len(values)
        self.rows = [Row(*row, has_lane) for row in zip(values, titles, strict=True)]
        self._place_rows()
        self.steps: Steps = np.zeros(0, dtype=np.int64)
        """(P,) the recorded steps of the current run, which are read out."""
        self.newest = self.newest_still = self.newest_drawn = 0
        """The newest step of the current runs, of the still curves, and of what is drawn on it."""
        self.fits_all = False
        """Whether the axes fit the still curves too, where these are longer than the run."""
        self.step_ends: tuple[float, float] | None = None
        """The ends of the step axis in view coordinates, if they do not follow the newest step."""
        self.marked: float | None = None
        """The step that the cursor is at, before rounding."""
        self._theme = LIGHT
        self._is_fitting = True
        self._run = 0
        self._wanted: tuple[object, ...] = ()
        self._picked: int | None = None
        self._is_picking = False
        self.is_drawn_on = False
        self._drawn_to: QPointF | None = None
        """Where the mouse is that draws."""
        self._before = 0
        """The step that was shown before the last press."""
        self._use_font()
        self._limit_zoom()
        self.fitted.connect(self._draw)

    def _place_rows(self) -> None:
        grid = self.centralLayout
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        for place, row in enumerate(self.rows):
            grid.addItem(row.scales, place, 0)
            grid.setRowStretchFactor(place, 3 if place else 5)
            row.scales.step_axis.setVisible(row is self.rows[-1])
            row.box.sigRangeChangedManually.connect(self._keep_range)
            row.box.sigXRangeChanged.connect(self._link)
            row.box.sigResized.connect(self._align)  # as many ticks as fit

    def leave_beside(self, texts: Sequence[str]) -> None:
        """Leave space right of the axes for labels with these texts."""
        self._beside = texts
        metrics = self.fontMetrics()
        widest = max(map(metrics.horizontalAdvance, texts), default=0)
        half = metrics.horizontalAdvance(_LAST_STEP) // 2
        for row in self.rows:
            row.leave_space(metrics, widest + _BESIDE_LABEL if texts else half)

    def sizeHint(self) -> QSize:
        return QSize(380, 260)

    def show_steps(self, steps: Steps, newest: int, shown: int | None, run: int = 0) -> None:
        """Set the recorded steps (P,), the newest one, the one shown if it is past, and the run.

        A range that the user chose for another run is dropped.
        """
        if run != self._run:
            self._run, self.fits_all = run, False
            self.follow()
        self.steps, self.newest = steps, newest
        for row in self.rows:
            row.pointers.show_steps(shown, self.pointed)

    def name_steps(self, word: str) -> None:
        """Say what a step is called."""
        for row in self.rows:
            row.scales.step_axis.lead_with(f"{word} ")

    def set_log_steps(self, is_log: bool) -> None:
        """Choose the scale of the step axis."""
        for row in self.rows:
            row.scales.step_axis.set_log(is_log)
        self.rescale()

    @property
    def is_log(self) -> bool:
        """Whether the step axis is logarithmic."""
        return self.rows[0].scales.step_axis.is_log

    def rescale(self) -> None:
        """Fit after a scale has changed."""
        self._limit_zoom()
        for row in self.rows:
            for overlay in row.overlays:
                overlay.place()
        self.fit()

    @Slot()
    def fit_in_turn(self) -> None:
        """Show the whole current run; where that is shown, the whole of all curves."""
        self.fits_all = self._is_fitting and not self.fits_all
        self.fit()

    @Slot()
    def fit(self) -> None:
        """Show the whole run, and keep showing it as it grows."""
        self.follow()
        self.fitted.emit()

    def follow(self) -> None:
        """Fit from now on, until the user zooms or pans."""
        self._is_fitting, self._wanted = True, ()

    def fit_curves(self) -> None:
        """Fit the axes to all steps and values, unless the user has chosen a range.

        A range is set only if it changes, since repainting axes is expensive.
        """
        if not self._is_fitting:
            return
        own = max(self.newest, self.newest_drawn)
        # Before the run's first step, all curves are shown.
        last = newest_end(max(own, self.newest_still) if self.fits_all or not own else own)
        left, right = self.step_ends or self._step_ends(last)
        ends = [row.fitted(last) for row in self.rows]
        wanted = left, right, ends
        if wanted == self._wanted:
            return
        self._wanted = wanted
        for row, (bottom, top) in zip(self.rows, ends, strict=True):
            row.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
        self._align()

    def _step_ends(self, last: float) -> tuple[float, float]:
        """Return the ends of an axis from step 0 to a last one, in view coordinates."""
        axis = self.rows[0].scales.step_axis
        left, right = (float(x) for x in axis.to_view(np.array([0.0, last])))
        return left - _LEFT_SPACE * (right - left), right

    @Slot()
    def _align(self) -> None:
        """Name all value axes for their height, and give them one width: steps are aligned."""
        axes = [row.scales.value_axis for row in self.rows]
        for row in self.rows:
            row.fit_label()
        widest = max(axis.widest_text() for axis in axes)
        label = self.fontMetrics().height() if any(axis.label.isVisible() for axis in axes) else 0
        width = round(widest + label + _BESIDE_TEXT)
        for axis in axes:
            if axis.width() != width:
                axis.setWidth(width)

    def zoom_by(self, steps: int) -> None:
        """Zoom along the steps by some notches, around the cursor or the middle."""
        (left, right), _ = self.rows[0].box.viewRange()
        at = (left + right) / 2
        if self.marked is not None:
            at = float(self.rows[0].scales.step_axis.to_view(np.array([self.marked]))[0])
        self.rows[0].box.scaleBy(x=_ZOOM**steps, y=1, center=pg.Point(at, 0))
        self._keep_range()

    def _limit_zoom(self) -> None:
        """Limit panning and zooming to where curves can be."""
        for row in self.rows:
            left, right = row.scales.step_axis.limits()
            bottom, top = row.scales.value_axis.limits()
            row.box.setLimits(xMin=left, xMax=right, yMin=bottom, yMax=top)

    @Slot(object, object)
    def _link(self, _box: object, ends: tuple[float, float]) -> None:
        """Give all rows the same step axis; pyqtgraph's links allow for axes of other widths."""
        for row in self.rows:
            if row.box.viewRange()[0] != list(ends):
                row.box.setXRange(*ends, padding=0)

    @Slot()
    def _keep_range(self) -> None:
        """Stop fitting once the user has chosen a range."""
        self._is_fitting = False

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours; pyqtgraph does not follow the application's palette."""
        self._theme = theme
        self.setBackground(theme.panel)
        for row in self.rows:
            row.scales.step_axis.apply_theme(theme)
            row.scales.value_axis.apply_theme(theme)
            for overlay in row.overlays:
                overlay.apply_theme(theme)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        """Draw again in other colours, or fitted, in plots that keep what they show."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._use_font()

    def _use_font(self) -> None:
        for row in self.rows:
            row.scales.step_axis.use_font(self.font())
            row.scales.value_axis.use_font(self.font())
        self.leave_beside(self._beside)
        self._wanted = ()

    @property
    def pointed(self) -> int | None:
        """The recorded step nearest to the cursor, if there is one."""
        if self.marked is None or not len(self.steps):
            return None
        return int(self.steps[nearest(self.steps, self.marked)])

    def mark(self, step: float | None) -> None:
        """Move the cursor to a step, or remove it."""
        self.marked, pointers = step, self.rows[0].pointers
        self.show_steps(self.steps, self.newest, pointers.shown, self._run)
        if self.is_drawn_on and step is not None:  # between recorded steps too
            pointers.show_steps(pointers.shown, round(step))

    def draw_on(self, is_drawn_on: bool) -> None:
        """Let the left button draw on the top row, or go to steps."""
        self.is_drawn_on, self._is_picking = is_drawn_on, False
        for overlay in self.rows[0].overlays:
            overlay.setToolTip("")

    def neighbour(self, dx: int, dy: int) -> float | None:  # noqa: ARG002
        """Return a recorded step some hundredths of the curve's points beside the cursor's."""
        if not len(self.steps):
            return None
        at = self._step_shown if self.marked is None else self.marked
        index = nearest(self.steps, at) + max(1, len(self.steps) // 100) * dx
        return float(self.steps[min(max(index, 0), len(self.steps) - 1)])

    @property
    def _step_shown(self) -> int:
        shown = self.rows[0].pointers.shown
        return self.newest if shown is None else shown

    def request_pointed(self) -> None:
        """Request the step that is read out, if any."""
        if self.pointed is not None:
            self.step_requested.emit(self.pointed)

    def _step_under(self, event: QMouseEvent) -> float:
        row, at = self.rows[0], self.mapToScene(event.position().toPoint())
        return row.scales.step_axis.from_view(row.box.mapSceneToView(at).x())

    def _is_inside(self, event: QMouseEvent) -> bool:
        """Return whether the mouse is inside the axes; while drawing, inside the top ones."""
        at: QPointF = self.mapToScene(event.position().toPoint())
        used = self.rows[:1] if self.is_drawn_on else self.rows
        return any(row.box.sceneBoundingRect().contains(at) for row in used)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_picking and not event.buttons() & Qt.MouseButton.LeftButton:
            self._is_picking = False  # the release went to another widget
        if self._is_picking:
            self._pick(event)
            return
        super().mouseMoveEvent(event)
        self._show_shape(event)
        self.pointed_at.emit(self._step_under(event) if self._is_inside(event) else None)

    def _mark_under(self, event: QMouseEvent) -> StepMark | None:
        """Return the mark under the mouse, and set the tool tips there; none while drawing."""
        if self.is_drawn_on:
            return None
        at = self.mapToScene(event.position().toPoint())
        for row in self.rows:
            for overlay in row.overlays:
                overlay.setToolTip(overlay.tip_at(overlay.mapFromScene(at)))
        marks = self.rows[0].marks
        return next(iter(marks.marks_at(marks.mapFromScene(at))), None)

    def _show_shape(self, event: QMouseEvent) -> None:
        """Show by the pointer what a press does."""
        shapes, mark = Qt.CursorShape, self._mark_under(event)
        shape = shapes.CrossCursor
        if event.buttons():
            shape = shapes.ClosedHandCursor
        elif mark is None and not self._is_inside(event):
            shape = shapes.ArrowCursor
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            shape = shapes.OpenHandCursor
        elif mark is not None and len(self.steps):
            shape = shapes.PointingHandCursor
        self.viewport().setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        is_left = event.button() == Qt.MouseButton.LeftButton and not shift
        mark = self._mark_under(event)
        if is_left and (mark is not None or self._is_inside(event)):
            self._before = self._step_shown
            self._is_picking, self._picked, self._drawn_to = True, None, None
            self._pick(event, None if mark is None else round(mark.step))
        elif not (is_left and self.is_drawn_on):
            super().mousePressEvent(event)
            self._show_shape(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_picking and event.button() == Qt.MouseButton.LeftButton:
            self._is_picking = False
        else:
            super().mouseReleaseEvent(event)
            self._show_shape(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit, and take back that the first press has gone to a step; or draw once more."""
        if self.is_drawn_on:
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.fit_in_turn()
            if self._picked not in {None, self._before}:
                self._picked = self._before
                self.step_requested.emit(self._before)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(None)

    def _pick(self, event: QMouseEvent, step: int | None = None) -> None:
        """Draw, or request a step, or that under a press or a drag, if it is not the last one."""
        under = self._step_under(event)
        if self.is_drawn_on:
            at, before = self.mapToScene(event.position().toPoint()), self._drawn_to
            self._drawn_to = self.rows[0].box.mapSceneToView(at)
            self.stroked.emit(before, self._drawn_to)
        self.pointed_at.emit(under)
        # A logarithmic axis shows step 0 at step 1: everything to the left of it is step 0.
        if step is None:
            step = 0 if under < 1 and self.is_log else round(under)
        step = min(max(step, 0), self.newest)
        if step != self._picked and len(self.steps) and not self.is_drawn_on:
            self._picked = step
            self.step_requested.emit(step)


def newest_end(newest: int) -> float:
    """Return the end of an axis for all steps up to the newest; it grows in jumps."""
    return round_above(max(newest, _FEWEST_STEPS), FINE)
