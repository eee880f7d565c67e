"""The panel with the loss of runs against the step, and marks of what was changed and reached."""

from itertools import chain, groupby

import numpy as np
from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent

from xorviz.core import numerals
from xorviz.core.arrays import nearest
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.recipe_text import named_runs
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import LOSS_COLUMNS, Trace, loss_rows
from xorviz.core.settings import LOSS_FORMULAS, LOSS_WORDS
from xorviz.panels.base.curves import BESIDE, RUN_STYLES, WIDTH
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step, correct_text
from xorviz.panels.learn.loss_drawing import HOW, KEYS, NAME, Drawing, DrawnCurve
from xorviz.panels.learn.loss_legend import LIVE_WIDTH, MOST_HEIGHT, Legend, rows_of
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow, claims
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotPoint, round_point
from xorviz.ui.plot.step_marks import StepMark
from xorviz.ui.said import announce

CORRECT, LEARNED = "all four correct", "learned"
"""The texts of milestones."""

_GO = "Click to go there."
_MOST_MARKS = 100
"""Largest number of marks drawn: a slider dragged during a run makes one at each move."""
_MOST_CHANGES = 1000
"""Largest number of changes considered: a kick sets all weights at once."""


def marks_of(snapshot: Snapshot) -> list[StepMark]:
    """Return the marks of the whole run, whichever step is shown."""
    changes = snapshot.interventions[-_MOST_CHANGES:]
    marks = [
        mark
        for step, together in groupby(changes, key=lambda change: change.step)
        for mark in _marks_at(step, snapshot.config.named(step), list(together))
    ][-_MOST_MARKS:]
    second = snapshot.beside
    runs = [("", snapshot)] if second is None else [("A: ", snapshot), ("B: ", second)]
    for run, seen in runs:
        for name, step in milestones_of(seen.record, snapshot.newest).items():
            text = f"{run}{name}"
            tip = f"{text[0].upper()}{text[1:]} since {seen.config.named(step)}. {_GO}"
            marks.append(StepMark(step, text, is_success=True, tip=tip))
    return marks


def milestones_of(record: Record, newest: int) -> dict[str, int]:
    """Return the steps since which all rows are correct, and learned, of those up to the newest."""
    streaks = {CORRECT: record.right, LEARNED: record.learned}
    since = {name: streak.since for name, streak in streaks.items() if newest > 0}
    return {name: step for name, step in since.items() if step is not None and step <= newest}


def _marks_at(step: int, name: str, changes: list[Intervention]) -> list[StepMark]:
    """Return the marks of a step; several weights set at once share one."""
    weights = [change for change in changes if change.index]
    if len(weights) < 2:
        return [StepMark(step, c.text, tip=_changed(name, c.text)) for c in changes]
    others = [change for change in changes if not change.index]
    text = f"{len(weights)} weights"
    return [*_marks_at(step, name, others), StepMark(step, text, tip=_changed(name, text))]


def _jump(preview: Snapshot, trace: Trace, ink: str) -> Curve:
    """Return a line from a run's loss to that with the weight that is tried."""
    before = float(trace.losses[nearest(trace.steps, preview.step)])
    steps = np.array([preview.step, preview.step])
    return Curve(steps, np.array([before, preview.loss]), ink, (2.0, 2.0))


def _changed(step: str, text: str) -> str:
    return f"Changed at {step}: {text}. {_GO}"


_EARLIER = 0.9
"""Share of the steps after which a description names the loss too."""

_MILESTONES = {
    CORRECT: ("to_correct", "Go to where all four rows became correct"),
    LEARNED: ("to_learned", "Go to where the network had learned"),
}


_NEAR = 8
"""Pixels above or below the line of the loss that belong to it."""
_RIGHT = 6
"""Pixels right of the plot and of its legend."""
_ABOUT_LINE = "The loss of this run after each step. Click to go to a step."


@guarded
class LossPlot(SnapshotView):
    """Curves of exact points. The axes grow in jumps, so that they stay readable.

    The user can draw the loss that they expect; that curve is painted below the run's.
    """

    step_requested = Signal(object)  # int, from 0 to the run's newest
    drawn = Signal(object)  # DrawnCurve
    """The user has changed the curve that is being drawn."""

    shows_both = True
    has_table = True
    explanation = (
        "The loss after each step: how far the outputs are from their targets. Click or drag to "
        "go to a step; all panels then show the network as it was."
    )

    def __init__(self) -> None:
        super().__init__("loss_plot")
        loss_axis = ScaledAxis("left")
        loss_axis.set_log(True)
        self._plot = CurvePlot("Loss against step", loss_axis, has_lane=True)
        (self._losses,) = self._plot.rows
        self._marks, self._legend = self._losses.marks, Legend()
        self._drawing = Drawing(self._plot)
        self._drawing.changed.connect(self._show_drawing)
        # So that keys draw as well after the mouse has.
        self._plot.stroked.connect(lambda *_: self.setFocus(Qt.FocusReason.MouseFocusReason))
        self._pinned: tuple[PinnedRun, ...] = ()
        """The pinned runs that are drawn."""
        column(self, (self._plot, 1), self._legend, margins=(2, 2, _RIGHT, 2), gap=2)
        self._cursor_over(self._plot)
        self._plot.step_requested.connect(self.step_requested)
        self._plot.fitted.connect(self._draw_fitted)
        self._milestones: dict[str, QAction] = {}
        self._make_options()

    def _make_options(self) -> None:
        self._option(
            "log_loss", "Logarithmic loss axis", checked=True,
            tip="Equal ratios of losses are equal distances", slot=self._scale_losses,
        )  # fmt: skip
        self._option(
            "log_step", "Logarithmic step axis", checked=False,
            tip="Equal ratios of steps are equal distances", slot=self._plot.set_log_steps,
        )  # fmt: skip
        self.fit = self._option(
            "fit_loss", "Fit to the run, or to all runs", slot=self._plot.fit_in_turn,
            tip="Undo panning and zooming; once more shows all runs (also by a double-click)",
        )  # fmt: skip
        for text, (name, label) in _MILESTONES.items():
            self._milestones[text] = self._option(
                name, label, tip="Show the network as it was then",
                slot=lambda *, text=text: self._go_to(text),
            )  # fmt: skip

    def _go_to(self, milestone: str) -> None:
        if (seen := self._snapshot) is not None:
            self.step_requested.emit(milestones_of(seen.record, seen.newest)[milestone])

    def _arrange(self) -> None:
        self._read_marked()  # the legend has as many lines as it needs

    def show_project(self, project: Project) -> None:
        """Draw the curves of those pinned runs that are marked as shown."""
        shown = (run for run in project.pinned if run.is_shown and len(run.record.trace.steps))
        self._pinned = tuple(shown)
        self._labelled = None
        self._show_still()
        self.draw_anew()

    def begin_drawing(self, last_step: int, lowest: float, highest: float) -> None:
        """Let the user draw the loss up to a step, at least 1, between two losses above 0.

        The curve begins flat, at the loss that is shown.
        """
        loss = highest if self._snapshot is None else self._snapshot.loss
        self._drawing.begin(last_step, loss, lowest, highest)
        self._show_mode()
        self._plot.fit()

    def end_drawing(self) -> None:
        """End drawing; the curve stays visible."""
        self._drawing.end()
        self._show_mode()

    def _show_mode(self) -> None:
        """Update the view after drawing has begun or ended."""
        about = HOW if self._drawing.is_active else self.explanation
        self.setProperty("about", about)
        self._show_still()
        self._point_at(None)
        self._draw_fitted()
        self.describe_again()

    @Slot()
    def _show_drawing(self) -> None:
        self._show_still()
        self.drawn.emit(self._drawing.curve)

    def _show_still(self) -> None:
        curves = []
        for run in self._pinned:
            style, trace = RUN_STYLES[run.style], run.record.trace
            color = style.color(self.theme)
            curves.append(Curve(trace.steps, trace.losses, color, style.dash, WIDTH))
        self._losses.show_still([*self._drawing.still(self.theme), *curves[::-1]])
        self._plot.newest_still = max((run.record.newest for run in self._pinned), default=0)
        self._plot.newest_drawn = self._drawing.newest

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the recorded points of all curves that are shown, one run below the other."""
        beside = None if snapshot.beside is None else snapshot.beside.record
        runs = named_runs(snapshot.record, beside, self._pinned)
        rows = chain(*(loss_rows(name, run.trace) for name, run in runs))
        curve = self._drawing.curve or DrawnCurve((), ())
        drawn = ((NAME, *point, None) for point in zip(curve.steps, curve.losses, strict=True))
        return LOSS_COLUMNS, chain(rows, drawn)

    def describe(self, snapshot: Snapshot) -> str:
        formula = LOSS_FORMULAS[snapshot.config.loss]
        said = [f"{at_step(snapshot)}, the loss {formula} is {numerals.real(snapshot.loss)}"]
        trace, before = snapshot.trace, int(_EARLIER * snapshot.step)
        if snapshot.step > 0:
            place = nearest(trace.steps, before)
            loss = numerals.real(float(trace.losses[place]))
            said.append(f"at {snapshot.config.named(int(trace.steps[place]))} it was {loss}")
        if snapshot.beside is not None:
            said.append(f"that of run B is {numerals.real(snapshot.beside.loss)}")
        if self._pinned:
            said.append(
                f"the curves of {numerals.counted(len(self._pinned), 'pinned run')} are drawn"
            )
        said += self._drawing.described()
        said.append(correct_text(snapshot))
        how = f"{HOW} " if self._drawing.is_active else ""
        return f"{how}{'; '.join(said)}."

    def about_at(self, point: QPoint | None) -> str:
        """Return what a mark or the line of the loss is, for What's This."""
        if point is None or self._snapshot is None or self._drawing.is_active:
            return ""
        scene = self._plot.mapToScene(self._plot.mapFrom(self, point))
        place, trace = self._marks.mapFromScene(scene), self._snapshot.trace
        scales = self._losses.scales
        x, y = scales.x_of(trace.steps.astype(float)), scales.y_of(trace.losses)
        is_near = abs(np.interp(place.x(), x, y, np.nan, np.nan) - place.y()) <= _NEAR
        return self._marks.tip_at(place) or _ABOUT_LINE * bool(is_near)

    @Slot(bool)
    def _scale_losses(self, is_log: bool) -> None:
        self._losses.scales.value_axis.set_log(is_log)
        self._plot.rescale()

    @Slot()
    def _draw_fitted(self) -> None:
        self._labelled = None
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        traces = [snapshot.trace]
        if snapshot.beside is not None:
            traces.append(snapshot.beside.trace.up_to(snapshot.newest))
        inks = list(zip(traces, self._inks, strict=False))
        curves = [Curve(t.steps, t.losses, ink, width=LIVE_WIDTH) for t, ink in inks]
        pairs = zip((snapshot, snapshot.beside), inks, strict=False)
        curves += [_jump(one, trace, ink) for one, (trace, ink) in pairs if one and one.tried]
        self._losses.show(curves)
        shown = snapshot.step if snapshot.is_past else None
        self._plot.show_steps(snapshot.trace.steps, snapshot.newest, shown, snapshot.run)
        self._plot.name_steps(snapshot.config.step_word)
        self._marks.show_marks(marks_of(snapshot))
        reached = milestones_of(snapshot.record, snapshot.newest)
        for text, action in self._milestones.items():
            allow(action, "" if text in reached else "The run hasn't reached this")
        loss = snapshot.config.loss
        name, formula = LOSS_WORDS[loss], LOSS_FORMULAS[loss]
        self._losses.label_axis(f"{name}, {formula}", f"loss, {formula}", "loss")
        self._plot.fit_curves()
        self._read_marked()

    def event(self, event: QEvent) -> bool:
        """Claim the keys that draw before shortcuts do."""
        is_drawing = self.hasFocus() and self._drawing.is_active
        return (is_drawing and claims(event, KEYS)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = Qt.Key(event.key()), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if self._drawing.is_active and key in KEYS:
            self._drawing.press(key, bool(shift))
            self._point_at(float(self._drawing.step))
            announce(self, self._at_cursor())
        else:
            super().keyPressEvent(event)

    def _use_cursor(self) -> None:
        if not self._drawing.is_active:
            self._plot.request_pointed()

    def _at_cursor(self) -> str:
        step, said = self._plot.pointed, super()._at_cursor()
        if self._drawing.is_active or self._drawing.curve is None or step is None:
            return said
        return f"{said}, {NAME} {self._drawing.read(step)}"

    def _read_marked(self) -> None:
        """Mark and read out the step shown, and the exact point nearest to the cursor."""
        snapshot, step = self._snapshot, self._plot.pointed
        if snapshot is None:
            return
        points, at, read = self._points(snapshot), None, ""
        if step is not None:
            # Beyond this run's end, still curves can be read.
            still = max(self._plot.newest_still, self._plot.newest_drawn)
            beyond = min(round(self._plot.marked or 0), still)
            at = max(step, beyond) if step == snapshot.newest else step
        if self._drawing.is_active:
            points.append(self._drawing.handle(self.theme))
            read = "" if at is None else f"at {numerals.whole(at)}: {self._drawing.read(at)}"
        elif step is not None:
            loss = float(snapshot.trace.losses[nearest(snapshot.trace.steps, step)])
            points.append(round_point(step, loss, self.theme.accent, self.theme.panel, 4.5))
            read = f"at {numerals.whole(step)}: {numerals.real(loss, 6)}"
            read += f", others at {numerals.whole(at)}" if at is not None and at > step else ""
        drawn = self._drawing.rows(self.theme, at)
        rows = rows_of(snapshot, self._pinned, self.theme, at, drawn)
        self._legend.show_rows(rows, self.width() - 2 - _RIGHT, MOST_HEIGHT * self.height())
        self.readout_changed.emit(read or self.resting_text)
        self._losses.point(points)

    @property
    def _inks(self) -> tuple[str, str]:
        """The colours of the current run, and of run B."""
        return self.theme.text, BESIDE.color(self.theme)

    def _points(self, snapshot: Snapshot) -> list[PlotPoint]:
        """Return a hollow point at the newest step of each run, and a filled one at that shown."""
        panel, points = self.theme.panel, []
        for one, ink in zip((snapshot.beside, snapshot), self._inks[::-1], strict=True):
            if one is None:
                continue
            if snapshot.is_past:
                trace = one.trace.up_to(snapshot.newest)
                newest = float(trace.steps[-1]), float(trace.losses[-1])
                points.append(round_point(*newest, panel, ink))
            points.append(round_point(one.step, one.loss, ink, panel))
        return points

    def _recolour(self) -> None:
        self._show_still()
