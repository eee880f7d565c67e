"""The loss plot: exact curves, reading out and going to steps, pinned runs, the gradient norm."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, move_mouse, press_left, release_left, shown_view, turn_wheel
from tests.support.snapshots import QUICK, trained, with_interventions, with_losses
from xorviz.core import numerals
from xorviz.core.runs.project import MOST_PINNED, PinnedRun, Project
from xorviz.core.runs.record import Intervention, Record, Streak
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import LOSS_FORMULAS, LOSS_NAMES, LOSS_WORDS, RunConfig
from xorviz.panels.base.curves import RUN_STYLES, norm_of, norm_text
from xorviz.panels.learn.loss_legend import Legend
from xorviz.panels.learn.loss_plot import LossPlot, marks_of
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, Row
from xorviz.ui.plot.overlay import Overlay
from xorviz.ui.plot.step_marks import StepMarks
from xorviz.ui.theme.palette import DARK, LIGHT


def texts(snapshot: Snapshot) -> list[tuple[float, str]]:
    return [(mark.step, mark.text) for mark in marks_of(snapshot)]


def changed(*changes: Intervention) -> Snapshot:
    return with_interventions(trained(RunConfig(), 10), *changes)


def right_since(snapshot: Snapshot, step: int | None) -> Snapshot:
    """Return a snapshot of a run with all rows correct since a step."""
    *before, tip = snapshot.record.checkpoints
    tip = replace(tip, right=Streak(step, step))
    record = replace(snapshot.record, checkpoints=(*before, tip))
    return replace(snapshot, right_since=step, record=record)


def test_a_change_is_marked_at_its_step_with_its_value() -> None:
    trainer = Trainer(RunConfig())
    trainer.advance(100)
    trainer.intervene("rate", 0.5)
    trainer.advance(20)
    trainer.intervene("momentum", 0.9)
    trainer.intervene("w1", -2.5, (0, 2))
    assert texts(trainer.snapshot()) == [
        (100, "rate 0.5"),
        (120, "momentum 0.9"),
        (120, "w1[x1→h3] −2.5"),
    ]


def test_milestones_are_marked_while_they_hold() -> None:
    right = trained(QUICK, 200)
    assert texts(trained(QUICK, 100)) == [(82, "all four correct")]
    assert texts(right) == [(82, "all four correct"), (168, "learned")]
    assert all(mark.is_success for mark in marks_of(right))
    assert marks_of(right)[0].tip == "All four correct since step 82. Click to go there."
    assert texts(trained(RunConfig(), 10)) == []
    assert texts(right_since(trained(RunConfig()), 0)) == []
    assert texts(right_since(trained(QUICK, 100), None)) == []


def test_milestones_of_two_runs_say_whose_they_are() -> None:
    pair = replace(trained(QUICK, 200), beside=trained(replace(QUICK, rate=0.5), 200))
    assert [text for _, text in texts(pair)] == [
        "A: all four correct", "A: learned", "B: all four correct",
    ]  # fmt: skip
    assert marks_of(pair)[0].tip == "A: all four correct since step 82. Click to go there."


def test_the_newest_hundred_changes_are_marked() -> None:
    snapshot = changed(*(Intervention(step, "rate", step + 1.0) for step in range(250)))
    assert [step for step, _ in texts(snapshot)] == list(range(150, 250))
    assert not any(mark.is_success for mark in marks_of(snapshot))


def test_marks_of_the_whole_run_stay_at_earlier_steps() -> None:
    recording = Recording(QUICK)
    recording.advance(150)
    recording.intervene("rate", 0.5)
    recording.advance(50)
    for step in (200, 20, 0):
        assert texts(recording.state_at(step)) == [
            (150, "rate 0.5"), (82, "all four correct"), (185, "learned"),
        ]  # fmt: skip


def test_weights_set_together_share_a_mark() -> None:
    snapshot = changed(
        Intervention(5, "rate", 0.5),
        *(Intervention(5, "w1", 0.5, (0, unit)) for unit in range(3)),
        Intervention(9, "w1", 0.25, (0, 1)),
    )
    assert texts(snapshot) == [(5, "rate 0.5"), (5, "3 weights"), (9, "w1[x1→h2] 0.25")]


T = TypeVar("T", bound=Overlay)
Range = tuple[tuple[float, float], tuple[float, float]]

SCALES = [(False, False), (True, False), (False, True), (True, True)]
"""Whether the loss and the step axis are logarithmic."""

scales = pytest.mark.parametrize(("log_loss", "log_step"), some(SCALES, 2))


@dataclass
class Harness:
    """A visible loss plot, its read-outs and requested steps."""

    view: LossPlot
    readouts: list[str] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)

    def show_pinned(self, runs: tuple[PinnedRun, ...]) -> None:
        self.view.show_project(Project(Record(QUICK), 0, pinned=runs))

    @property
    def plot(self) -> CurvePlot:
        return child(self.view, CurvePlot)

    @property
    def losses(self) -> Row:
        return self.plot.rows[0]

    @property
    def norms(self) -> Row:
        return self.plot.rows[1]

    @property
    def curves(self) -> list[Curve]:
        """The curves of the current runs."""
        return list(self.losses.moving.curves)

    @property
    def points(self) -> list[tuple[float, float]]:
        """The marked points."""
        return [(point.step, point.value) for point in self.losses.pointers.points]

    @property
    def range(self) -> Range:
        (left, right), (bottom, top) = self.losses.box.viewRange()
        return (float(left), float(right)), (float(bottom), float(top))

    @property
    def texts(self) -> list[str]:
        return [mark.text for mark in self.item(StepMarks).marks]

    @property
    def legend(self) -> Legend:
        return self.item(Legend)

    @property
    def named(self) -> list[str]:
        rows = self.legend.rows if self.legend.isVisible() else ()
        return [row.name + row.note for row in rows]

    @property
    def values(self) -> list[str]:
        return [row.value for row in self.legend.rows]

    @property
    def norm_read(self) -> tuple[float, float, str]:
        """The step and norm of the point, and the longest reading."""
        (point,) = self.norms.pointers.points
        return point.step, point.value, self.norms.pointers.readings[0]

    def item(self, kind: type[T]) -> T:
        (found,) = (item for item in self.losses.overlays if isinstance(item, kind))
        return found

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def scale(self, log_loss: bool, log_step: bool) -> None:
        self.option("log_loss").setChecked(log_loss)
        self.option("log_step").setChecked(log_step)

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    def place_of(self, step: float, value: float | None = None) -> QPoint:
        """Return the pixel of a step and a loss, or half way up."""
        for _ in range(3):  # painting sets the widths of the axes
            self.plot.grab()
            QApplication.processEvents()
        x, y = self.losses.scales.at(step, value or 0.0)
        y = y if value else self.losses.scales.area.center().y()
        place: QPoint = self.plot.mapFromScene(self.losses.box.mapToScene(QPointF(x, y)))
        return place

    def point_at(self, step: float) -> None:
        move_mouse(self.viewport, self.place_of(step))

    def zoom(self) -> None:
        turn_wheel(self.viewport, 3)

    def assert_in_range(self, trace: Trace) -> None:
        (left, right), (bottom, top) = self.range
        scales = self.losses.scales
        x, y = (
            scales.step_axis.to_view(trace.steps.astype(float)),
            scales.value_axis.to_view(trace.losses),
        )
        assert left < x.min() <= x.max() <= right
        assert bottom <= y.min() <= y.max() <= top


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    view = shown_view(qtbot, LossPlot())
    made = Harness(view)
    view.readout_changed.connect(made.readouts.append)
    view.step_requested.connect(made.chosen.append)
    yield made
    view.hide()


@pytest.fixture(scope="module")
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


def as_read(snapshot: Snapshot, step: int) -> str:
    """Return the read-out of a step of the trace."""
    losses = dict(zip(snapshot.trace.steps.tolist(), snapshot.trace.losses, strict=True))
    return f"at {numerals.whole(step)}: {numerals.real(losses[step], 6)}"


# The curve


@scales
def test_the_curve_is_the_trace_and_all_of_it_is_shown(
    harness: Harness, log_loss: bool, log_step: bool
) -> None:
    harness.scale(log_loss, log_step)
    trainer = Trainer(RunConfig(rate=0.5))
    for _ in range(3):
        trainer.advance(3000)
        trace = trainer.snapshot().trace
        harness.view.show_snapshot(trainer.snapshot())
        (curve,) = harness.curves
        np.testing.assert_array_equal(curve.steps, trace.steps)
        np.testing.assert_array_equal(curve.values, trace.losses)
        harness.assert_in_range(trace)


def test_axes_are_named_and_the_options_text_names_logarithmic_ones(harness: Harness) -> None:
    for loss in LOSS_NAMES:
        harness.view.show_snapshot(trained(RunConfig(loss=loss)))
        text = harness.losses.frame.left.labelText
        formula = LOSS_FORMULAS[loss]
        assert text in {f"{LOSS_WORDS[loss]}, {formula}", f"loss, {formula}"}

    for height, name in ((150, "loss"), (600, f"{LOSS_WORDS[loss]}, {formula}")):
        harness.view.resize(harness.view.width(), height)  # while no snapshot arrives
        QApplication.processEvents()
        assert harness.losses.frame.left.labelText == name

    texts = []
    for log_loss, log_step in SCALES:
        harness.scale(log_loss, log_step)
        texts.append(harness.view.options_text)
    assert texts == ["linear", "log loss", "log step", "log loss, log step"]


def test_another_scale_or_another_run_fits_again(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 500))
    harness.zoom()
    for option in ("log_loss", "fit_loss"):
        harness.option(option).trigger()
        harness.assert_in_range(trained(QUICK, 500).trace)
        harness.zoom()
    chosen = harness.range
    harness.view.show_snapshot(trained(QUICK, 600))
    assert harness.range == chosen
    harness.view.show_snapshot(replace(trained(QUICK, 5), run=9))
    harness.assert_in_range(trained(QUICK, 5).trace)
    assert harness.range[0][1] == 100


# Reading out


@pytest.mark.parametrize("step", some([30, 2000, 4700], 1))
@scales
def test_the_mouse_reads_out_an_exact_point(
    harness: Harness, step: int, log_loss: bool, log_step: bool
) -> None:
    harness.scale(log_loss, log_step)
    snapshot = trained(QUICK, 6000)
    harness.view.show_snapshot(snapshot)
    harness.point_at(step)
    (left, right), _ = harness.range
    share = 2 * (right - left) / harness.losses.box.width()
    off = step * (10**share - 1) if log_step else share
    steps = snapshot.trace.steps
    near = steps[np.abs(steps - step) <= off + np.diff(steps).max()]
    assert harness.readouts[-1] in {as_read(snapshot, one) for one in near.tolist()}
    shown, marked = harness.points
    assert shown == (6000, snapshot.loss)
    assert as_read(snapshot, int(marked[0])) == harness.readouts[-1]
    assert marked[1] == snapshot.trace.losses[steps == marked[0]]


def test_a_step_is_read_out_until_the_mouse_leaves(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 100))
    harness.point_at(50)
    before = harness.readouts[-1]
    harness.view.show_snapshot(trained(QUICK, 101))
    assert harness.readouts[-1] == before != ""
    QApplication.sendEvent(harness.plot, QEvent(QEvent.Type.Leave))
    assert harness.readouts[-1] == ""


def test_arrow_keys_move_along_exact_points(harness: Harness) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    harness.view.show_snapshot(snapshot)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(harness.view, key)
    read = [readout for readout in harness.readouts if readout]
    assert read == [as_read(snapshot, step) for step in (1, 0, 0, 1)]
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.readouts[-1] == ""


# Going to steps


def test_enter_requests_the_step_read_out(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 60))
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert harness.chosen == []
    for _ in range(3):
        QTest.keyClick(harness.view, Qt.Key.Key_Left)
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert harness.chosen == [57]
    assert harness.readouts[-1] == as_read(trained(QUICK, 60), 57)


def test_an_earlier_step_is_shown_by_a_line_and_a_point_and_changes_nothing_else(
    harness: Harness, recording: Recording
) -> None:
    newest = recording.snapshot()
    tip = newest.step, newest.loss
    harness.view.show_snapshot(newest)
    assert harness.points == [tip]
    assert harness.losses.pointers.shown is None
    before = harness.range, harness.curves[0].values.tolist(), harness.texts
    assert before[2] == ["all four correct", "learned"]
    for step in (399, 200, 3, 0):
        past = recording.state_at(step)
        harness.view.show_snapshot(past)
        assert harness.points == [tip, (step, past.loss)]
        assert harness.losses.pointers.shown == step
        assert (harness.range, harness.curves[0].values.tolist(), harness.texts) == before
    harness.view.show_snapshot(newest)
    assert harness.points == [tip]
    assert harness.losses.pointers.shown is None


def tip_at(plot: CurvePlot, at: QPoint) -> str:
    """Return the tool tip at a pixel of a plot: that of the topmost item that has one."""
    items = plot.items(at)
    return next((tip for item in items if (tip := item.toolTip())), "")


def test_the_legend_explains_itself_where_it_is(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 100))
    harness.show_pinned((pinned(0, RunConfig(rate=0.5), 100),))
    harness.plot.grab()
    legend, place = harness.view._legend, harness.view._legend.place_painted
    below = QPointF(0, place.height() * (1 if legend.is_at_top else -1))
    for point, is_inside in ((place.center(), True), (place.center() + below, False)):
        at = harness.plot.mapFromScene(legend.mapToScene(point))
        move_mouse(harness.plot.viewport(), at)
        assert ("pinned" in tip_at(harness.plot, at)) == is_inside


def test_a_milestone_is_gone_to_by_a_click_on_its_mark_and_by_its_option(
    harness: Harness, recording: Recording
) -> None:
    harness.view.show_snapshot(recording.state_at(0))
    options = {action.objectName(): action for action in harness.view.options}
    assert all(options[name].isEnabled() for name in ("to_correct", "to_learned"))
    harness.view.grab()
    plot, marks = harness.plot, harness.view._marks
    viewport, names = plot.viewport(), ("to_correct", "to_learned")
    for (_, line, text), name in zip(marks._places, names, strict=True):
        del harness.chosen[:]
        options[name].trigger()
        for place in (line.center(), text.center()):
            at = plot.mapFromScene(marks.mapToScene(place))
            move_mouse(viewport, at)
            assert viewport.cursor().shape() == Qt.CursorShape.PointingHandCursor
            assert "Click to go there" in tip_at(plot, at)
            press_left(viewport, at)
            release_left(viewport, at)
        assert len(harness.chosen) == 3
        assert len({*harness.chosen}) == 1
    harness.view.show_snapshot(trained(RunConfig(), 10))
    assert not any(options[name].isEnabled() for name in ("to_correct", "to_learned"))


# Other runs


def pinned(style: int, config: RunConfig, steps: int, is_shown: bool = True) -> PinnedRun:
    record = trained(config, steps).record
    return PinnedRun(f"Run {style + 1}", record, steps, style, is_shown)


def test_pinned_runs_are_drawn_and_fitted(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 50))
    alone = harness.range
    long, loud = pinned(3, QUICK, 5000), pinned(7, replace(QUICK, init_range=30), 20)
    hidden = pinned(1, QUICK, 20, is_shown=False)
    hidden = replace(hidden, record=replace(hidden.record, newest=90_000))
    unknown = PinnedRun("Run 5", replace(long.record, trace=Trace()), 0, 4)
    harness.show_pinned((long, loud, hidden, unknown))
    drawn = harness.losses.still.curves[::-1]
    for curve, run in zip(drawn, (long, loud), strict=True):
        np.testing.assert_array_equal(curve.values, run.record.trace.losses)
        style = RUN_STYLES[run.style]
        assert (curve.color, curve.dash) == (style.color(LIGHT), style.dash)
        harness.assert_in_range(run.record.trace)
    assert harness.named == ["current run", "Run 4", "Run 8"]
    assert harness.range[0][1] < 10_000
    harness.show_pinned(())
    assert not harness.losses.still.isVisible()
    assert harness.named == []
    assert harness.range == alone


def test_pinned_runs_may_arrive_before_a_snapshot(harness: Harness) -> None:
    harness.show_pinned((pinned(3, QUICK, 500),))
    harness.plot.grab()
    harness.view.show_snapshot(trained(QUICK, 50))
    assert harness.named == ["current run", "Run 4"]


def test_every_run_is_read_out_at_the_cursor(harness: Harness) -> None:
    live, long, short = trained(QUICK, 60), pinned(0, RunConfig(), 90), pinned(1, RunConfig(), 20)
    harness.view.show_snapshot(live)
    harness.show_pinned((long, short))
    assert harness.values == ["", "", ""]
    harness.point_at(40.2)
    assert harness.legend.heading == "at 40"
    losses = [record.trace.losses[40] for record in (live.record, long.record)]
    assert harness.values == [*(numerals.real(loss) for loss in losses), "–"]
    harness.point_at(85)
    assert harness.legend.heading == "at 85"
    assert harness.values == ["–", numerals.real(long.record.trace.losses[85]), "–"]
    assert harness.readouts[-1] == as_read(live, 60)
    QApplication.sendEvent(harness.plot, QEvent(QEvent.Type.Leave))
    assert harness.values == ["", "", ""]
    QTest.keyClick(harness.view, Qt.Key.Key_Left)
    assert harness.legend.heading == "at 59"
    assert harness.values[0] == numerals.real(live.trace.losses[59])


def side_by_side(first: RunConfig, second: RunConfig, steps: int) -> Snapshot:
    return replace(trained(first, steps), beside=trained(second, steps))


def test_a_run_beside_is_drawn_and_fitted_too(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 30))
    for steps in (30, 70):
        both = side_by_side(QUICK, replace(QUICK, init_range=30), steps)
        assert both.beside is not None
        harness.view.show_snapshot(both)
        assert [curve.color for curve in harness.curves] == [LIGHT.text, LIGHT.accent]
        for curve, one in zip(harness.curves, (both, both.beside), strict=True):
            np.testing.assert_array_equal(curve.values, one.trace.losses)
            harness.assert_in_range(one.trace)
            assert (steps, one.loss) in harness.points
        assert len(harness.points) == 2
        assert harness.named == ["A", "B"]
    harness.view.show_snapshot(trained(QUICK, 70))
    assert len(harness.curves) == 1
    assert harness.named == []


def test_two_runs_are_drawn_up_to_the_end_of_the_shorter(harness: Harness) -> None:
    """A run that was trained before the other began beside it is not drawn ahead of it."""
    long, short = trained(QUICK, 300), trained(replace(QUICK, rate=0.5), 110)
    for first, second in ((long, short), (short, long)):
        harness.view.show_snapshot(replace(first, step=110, beside=replace(second, step=110)))
        assert [curve.steps[-1] for curve in harness.curves] == [110, 110]
        assert [step for step, _ in harness.points] == [110, 110]
    at_start = Recording(QUICK).state_at(0)
    harness.view.show_snapshot(replace(at_start, record=long.record, beside=at_start))
    assert [len(curve.steps) for curve in harness.curves] == [1, 1]
    assert marks_of(replace(at_start, record=long.record, beside=at_start)) == []
    assert not harness.option("to_correct").isEnabled()


def test_beyond_the_end_of_all_curves_the_last_step_is_read_out(harness: Harness) -> None:
    harness.view.show_snapshot(side_by_side(QUICK, replace(QUICK, rate=0.5), 110))
    harness.point_at(118)
    assert harness.legend.heading == "at 110"
    assert "–" not in harness.values


def test_frames_repaint_neither_pinned_curves_nor_the_legend(harness: Harness) -> None:
    run = pinned(0, QUICK, 1000)
    harness.show_pinned(tuple(replace(run, style=style) for style in range(MOST_PINNED)))
    trainer = Trainer(QUICK)
    trainer.advance(500)
    harness.view.show_snapshot(trainer.snapshot())
    harness.place_of(0)
    items = harness.losses.still, harness.legend
    before = [item.picture.pixmap for item in items]
    assert all(before)
    for _ in range(20):
        trainer.advance(10)
        harness.view.show_snapshot(trainer.snapshot())
        harness.plot.grab()
    assert [item.picture.pixmap for item in items] == before


def test_the_legend_keeps_its_corner_between_frames(harness: Harness) -> None:
    trainer = Trainer(QUICK)
    harness.show_pinned((pinned(0, QUICK, 400),))
    harness.view.show_snapshot(trainer.snapshot())
    corner = harness.legend.is_at_top
    harness.legend.is_at_top = not corner
    trainer.advance(300)
    harness.view.show_snapshot(trainer.snapshot())
    assert harness.legend.is_at_top is not corner  # else it would jump about
    harness.show_pinned((pinned(0, QUICK, 400), pinned(1, QUICK, 400)))
    assert harness.legend.is_at_top is corner


def test_a_theme_recolours_legend_and_pinned_runs(harness: Harness) -> None:
    harness.show_pinned((pinned(0, QUICK, 400),))
    harness.view.show_snapshot(trained(QUICK, 400))
    light = [row.pen.color().name() for row in harness.legend.rows]
    harness.view.apply_theme(DARK)
    dark = [row.pen.color().name() for row in harness.legend.rows]
    assert not {*light} & {*dark}
    assert dark[0] == DARK.text.lower()
    assert [curve.color.lower() for curve in harness.losses.still.curves] == dark[1:]


# The gradient norm


def test_the_gradient_norm_is_an_option_and_off_at_first(harness: Harness) -> None:
    option = harness.option("gradient_norm")
    assert option.text() == "Gradient norm below the loss"
    harness.view.show_snapshot(trained(QUICK, 200))
    before = harness.range
    for is_on in (False, True, False):
        option.setChecked(is_on)
        assert harness.norms.is_shown == is_on
        assert harness.losses.frame.bottom.isVisible() != is_on
        assert harness.range == before
    harness.view.show_snapshot(trained(QUICK, 150))
    assert harness.norm_read[0] == 200, "while it is hidden, it is not drawn"
    option.trigger()
    assert harness.norm_read[0] == 150


def test_the_norm_is_drawn_and_read_out_exactly(harness: Harness, recording: Recording) -> None:
    harness.option("gradient_norm").trigger()
    for step in (400, 123):
        snapshot = recording.state_at(step)
        harness.view.show_snapshot(snapshot)
        (curve,) = harness.norms.moving.curves
        np.testing.assert_array_equal(curve.values, snapshot.trace.gradient_norms)
        norm = norm_of(snapshot.gradient)
        said = norm_text(norm) + (" at 123" if step == 123 else "")
        assert harness.norm_read == (step, norm, said)
    harness.point_at(100)
    at, norm, said = harness.norm_read
    assert harness.readouts[-1].startswith(f"at {at:g}: ")
    assert norm == pytest.approx(norm_of(recording.state_at(int(at)).gradient), rel=1e-9)
    assert said == f"{norm_text(norm)} at {at:g}"
    QApplication.sendEvent(harness.plot, QEvent(QEvent.Type.Leave))
    assert harness.norm_read[0] == 123


def test_the_run_beside_has_its_norm_and_an_old_run_has_none(harness: Harness) -> None:
    harness.option("gradient_norm").trigger()
    both = side_by_side(QUICK, replace(QUICK, rate=0.001), 400)
    harness.view.show_snapshot(both)
    assert [curve.color for curve in harness.norms.moving.curves] == [LIGHT.text, LIGHT.accent]
    old = Trace(both.trace.steps, both.trace.losses)
    harness.view.show_snapshot(replace(trained(QUICK, 400), record=replace(both.record, trace=old)))
    harness.point_at(100)
    assert np.isnan(harness.norm_read[1])
    assert harness.norm_read[2].startswith("not known at ")
