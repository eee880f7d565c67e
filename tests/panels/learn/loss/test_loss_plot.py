"""The loss plot: exact curves, fitted ranges, reading out and going to steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, drag, is_near, press, shown_view, turn_wheel
from tests.support.snapshots import QUICK, trained, with_losses
from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.config import LOSS_NAMES, RunConfig
from xorviz.core.network import LOSSES as FORMULAS
from xorviz.core.runs.project import MOST_PINNED, PinnedRun
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.panels.curves.live_curve import LiveLine
from xorviz.panels.curves.run_curves import RunCurves
from xorviz.panels.learn.loss.legend import Legend
from xorviz.panels.learn.loss.loss_plot import LossPlot
from xorviz.panels.learn.loss.marks import Marks
from xorviz.ui.plot.plot import Dot, Plot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

T = TypeVar("T")
Range = tuple[tuple[float, float], tuple[float, float]]

LEFT, NO_MODIFIER = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

SCALES = [(False, False), (True, False), (False, True), (True, True)]
"""Whether the loss and the step axis are logarithmic."""

scales = pytest.mark.parametrize(("log_loss", "log_step"), some(SCALES, 2))


@dataclass
class Harness:
    """A visible loss plot, its read-outs and requested steps."""

    view: LossPlot
    readouts: list[str]
    chosen: list[int] = field(default_factory=list)

    @property
    def plot(self) -> Plot:
        return child(self.view, Plot)

    @property
    def curve(self) -> tuple[Array, Array]:
        (curve,) = self.curves
        return curve

    @property
    def curves(self) -> list[tuple[Array, Array]]:
        """The curves of the current runs."""
        items = self.plot.scene().items()
        curves = (item for item in items if isinstance(item, LiveLine))
        return [curve.points for curve in curves if curve.isVisible()]

    @property
    def dots(self) -> list[tuple[float, float]]:
        """The positions of the dots, without that of the cursor."""
        items = self.plot.getPlotItem().items
        dots = [item for item in items if isinstance(item, Dot) and item.isVisible()]
        return [(dot.pos().x(), dot.pos().y()) for dot in dots]

    @property
    def range(self) -> Range:
        (left, right), (bottom, top) = self.plot.getViewBox().viewRange()
        return (float(left), float(right)), (float(bottom), float(top))

    @property
    def texts(self) -> list[str]:
        return [mark.text for mark in self.marks.marks]

    @property
    def marks(self) -> Marks:
        return self.item(Marks)

    @property
    def legend(self) -> Legend:
        return self.item(Legend)

    @property
    def drawn_runs(self) -> list[PinnedRun]:
        curves = self.item(RunCurves)
        return list(curves.runs) if curves.isVisible() else []

    @property
    def named(self) -> list[str]:
        rows = self.legend.rows if self.legend.isVisible() else ()
        return [row.name + row.note for row in rows]

    @property
    def values(self) -> list[str]:
        return [row.value for row in self.legend.rows]

    def item(self, kind: type[T]) -> T:
        (found,) = (item for item in self.plot.scene().items() if isinstance(item, kind))
        return found

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def scale(self, log_loss: bool, log_step: bool) -> None:
        self.option("log_loss").setChecked(log_loss)
        self.option("log_step").setChecked(log_step)

    def at(self, x: float, y: float) -> QPoint:
        """Return the pixel of the viewport where these view coordinates are."""
        scene = self.plot.getViewBox().mapViewToScene(QPointF(x, y))
        place: QPoint = self.plot.mapFromScene(scene)
        return place

    def settle(self) -> None:
        """Paint until the axes have their final widths."""
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()

    def place_of(self, x: float) -> QPoint:
        """Return the pixel at a view coordinate of the step axis, half way up."""
        _, (bottom, top) = self.range
        return self.at(x, (bottom + top) / 2)

    def point_at(self, x: float) -> None:
        """Move the mouse to a view coordinate of the step axis, half way up."""
        self.settle()
        # A mouse that is there already, from another test, would not move.
        QTest.mouseMove(self.plot.viewport(), QPoint(1, 1))
        QTest.mouseMove(self.plot.viewport(), self.place_of(x))
        QApplication.processEvents()


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pyqtgraph drop none of the mouse's moves; it does when they come fast."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    view = shown_view(qtbot, LossPlot())
    readouts: list[str] = []
    view.readout_changed.connect(readouts.append)
    made = Harness(view, readouts)
    view.step_requested.connect(made.chosen.append)
    yield made
    view.hide()


def as_read(snapshot: Snapshot, step: int) -> str:
    """Return the read-out of a step of the trace."""
    losses = dict(zip(snapshot.trace.steps.tolist(), snapshot.trace.losses, strict=True))
    return f"at {numerals.whole(step)}: {numerals.real(losses[step], 6)}"


def assert_whole_curve_is_shown(harness: Harness) -> None:
    (left, right), (bottom, top) = harness.range
    x, y = harness.curve
    assert left <= x.min()
    assert x.max() <= right
    assert bottom <= y.min()
    assert y.max() <= top


@scales
def test_the_curve_is_the_trace(harness: Harness, log_loss: bool, log_step: bool) -> None:
    harness.scale(log_loss, log_step)
    snapshot = trained(RunConfig(rate=0.5), 9000)
    harness.view.show_snapshot(snapshot)
    x, y = harness.curve
    steps = snapshot.trace.steps
    expected_x = np.log10(np.maximum(steps, 1)) if log_step else steps
    losses = snapshot.trace.losses
    np.testing.assert_array_equal(x, expected_x)
    np.testing.assert_allclose(y, np.log10(losses) if log_loss else losses, rtol=1e-15)


@scales
def test_the_range_grows_in_jumps_and_never_cuts_the_curve(
    harness: Harness, log_loss: bool, log_step: bool
) -> None:
    harness.scale(log_loss, log_step)
    trainer = Trainer(replace(QUICK, rate=0.5))
    ranges: list[Range] = []
    for _ in range(80):
        harness.view.show_snapshot(trainer.snapshot())
        assert_whole_curve_is_shown(harness)
        ranges.append(harness.range)
        trainer.advance(37)
    jumps = sum(before != after for before, after in pairwise(ranges))
    assert 3 <= jumps <= 35
    rights = [right for (_, right), _ in ranges]
    assert rights == sorted(rights)


@scales
def test_a_plateau_looks_flat(harness: Harness, log_loss: bool, log_step: bool) -> None:
    harness.scale(log_loss, log_step)
    harness.view.show_snapshot(with_losses([1.0, 0.999, 0.998]))
    _, y = harness.curve
    _, (bottom, top) = harness.range
    assert y.max() - y.min() < 0.05 * (top - bottom)


@scales
def test_extreme_losses_keep_a_finite_range(
    harness: Harness, log_loss: bool, log_step: bool
) -> None:
    for losses in [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.5],
        [5e-324, 0.0],
        [1.0, 1e308, 0.5],
        [1e308, 1e308],
        [1.0, 1.7e308],
        [1.7e308, 0.0, 1.0],
        [1e-320, 1.7e308],
    ]:
        harness.scale(log_loss, log_step)
        harness.view.show_snapshot(with_losses(losses))
        harness.view.grab()
        assert np.isfinite(harness.range).all()
        assert_whole_curve_is_shown(harness)
        harness.view.show_snapshot(with_losses([1.0, 0.9, 0.8]))
        harness.view.grab()
        _, (bottom, top) = harness.range
        assert top - bottom < 10


def test_axes_have_labels_and_the_options_text_names_logarithmic_ones(harness: Harness) -> None:
    for loss in LOSS_NAMES:
        harness.view.show_snapshot(trained(RunConfig(loss=loss)))
        left, bottom = (harness.plot.getAxis(side) for side in ("left", "bottom"))
        assert left.labelText == f"loss {FORMULAS[loss].formula}"
        assert bottom.labelText == "step"

    texts = []
    for log_loss, log_step in SCALES:
        harness.scale(log_loss, log_step)
        texts.append(harness.view.options_text)
    assert texts == ["linear", "log loss", "log step", "log loss, log step"]


def zoom(harness: Harness) -> None:
    turn_wheel(harness.plot.viewport(), 3)


def pan_with(
    harness: Harness, button: Qt.MouseButton, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    viewport = harness.plot.viewport()
    start = viewport.rect().center()
    QTest.mousePress(viewport, button, modifier, start)
    for share in range(1, 5):
        QTest.mouseMove(viewport, start + QPoint(60, 30) * share / 4)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, button, modifier, start + QPoint(60, 30))


def pan(harness: Harness) -> None:
    pan_with(harness, Qt.MouseButton.MiddleButton)


def pan_with_shift(harness: Harness) -> None:
    pan_with(harness, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)


@pytest.mark.parametrize("move", some([zoom, pan, pan_with_shift], 1))
def test_a_range_chosen_by_the_user_stays(harness: Harness, move: object) -> None:
    assert callable(move)
    harness.view.show_snapshot(trained(QUICK, 50))
    fitted = harness.range
    move(harness)
    chosen = harness.range
    assert chosen != fitted
    harness.view.show_snapshot(trained(QUICK, 1000))
    assert harness.range == chosen
    assert harness.chosen == []


@pytest.mark.parametrize("side", some(["left", "bottom"], 1))
def test_a_double_click_on_an_axis_fits_again(harness: Harness, side: str) -> None:
    harness.view.show_snapshot(trained(QUICK, 50))
    zoom(harness)
    harness.view.show_snapshot(trained(QUICK, 1000))
    harness.settle()
    middle, viewport = harness.place_of(50), harness.plot.viewport()
    place = QPoint(8, middle.y()) if side == "left" else QPoint(middle.x(), viewport.height() - 8)
    QTest.mouseDClick(harness.plot.viewport(), LEFT, pos=place)
    assert harness.chosen == []
    assert_whole_curve_is_shown(harness)
    harness.view.show_snapshot(trained(QUICK, 1200))
    assert_whole_curve_is_shown(harness)


def test_the_fit_action_fits_again_by_its_key(qtbot: QtBot) -> None:
    view = LossPlot()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    window.addActions(view.options)
    view.show_snapshot(trained(QUICK, 50))
    harness = Harness(view, [])
    zoom(harness)
    harness.view.show_snapshot(trained(QUICK, 1000))
    press(Qt.Key.Key_F)
    assert_whole_curve_is_shown(harness)


def test_another_scale_fits_again(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 500))
    zoom(harness)
    harness.option("log_loss").trigger()
    assert_whole_curve_is_shown(harness)


@pytest.mark.parametrize("fraction", some([0.02, 0.3, 0.77], 1))
@scales
def test_the_mouse_reads_out_an_exact_point(
    harness: Harness, fraction: float, log_loss: bool, log_step: bool
) -> None:
    harness.scale(log_loss, log_step)
    snapshot = trained(QUICK, 6000)
    harness.view.show_snapshot(snapshot)
    (left, right), _ = harness.range
    x = left + fraction * (right - left)
    harness.point_at(x)
    pixel_width = (right - left) / harness.plot.getViewBox().width()
    read = harness.readouts[-1]
    near = [
        step
        for step in snapshot.trace.steps.tolist()
        if abs((np.log10(max(step, 1)) if log_step else step) - x)
        <= 2 * pixel_width + float(np.diff(harness.curve[0]).max())
    ]
    assert read in {as_read(snapshot, step) for step in near}


def test_the_nearest_step_is_read_out(harness: Harness) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    harness.view.show_snapshot(snapshot)
    harness.point_at(0.9)
    assert harness.readouts[-1] == as_read(snapshot, 1)

    snapshot = trained(QUICK, 10)
    harness.view.show_snapshot(snapshot)
    harness.point_at(80)
    assert harness.readouts[-1] == as_read(snapshot, 10)


def test_the_read_out_keeps_its_step_and_is_cleared_outside_of_the_axes(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 100))
    harness.point_at(50)
    before = harness.readouts[-1]
    harness.view.show_snapshot(trained(QUICK, 101))
    assert harness.readouts[-1] == before != ""

    harness.view.show_snapshot(trained(QUICK, 100))
    harness.point_at(50)
    assert harness.readouts[-1]
    QTest.mouseMove(harness.plot.viewport(), QPoint(1, 1))
    assert harness.readouts[-1] == ""


def test_arrow_keys_move_along_exact_points(harness: Harness) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    harness.view.show_snapshot(snapshot)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(harness.view, key)
    read = [readout for readout in harness.readouts if readout]
    assert read == [as_read(snapshot, step) for step in (1, 0, 0, 1)]


def test_about_a_hundred_key_presses_cross_the_curve(harness: Harness) -> None:
    snapshot = trained(QUICK, 1000)
    harness.view.show_snapshot(snapshot)
    presses = 0
    while harness.readouts[-1] != as_read(snapshot, 0) and presses < 300:
        QTest.keyClick(harness.view, Qt.Key.Key_Left)
        presses += 1
    assert 90 <= presses <= 130


@pytest.mark.parametrize(("key", "step"), some([(Qt.Key.Key_Left, 0), (Qt.Key.Key_Right, 2)], 1))
def test_an_arrow_key_continues_from_the_mouse(harness: Harness, key: Qt.Key, step: int) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5, 0.25])
    harness.view.show_snapshot(snapshot)
    harness.point_at(1.3)
    assert harness.readouts[-1] == as_read(snapshot, 1)
    QTest.keyClick(harness.view, key)
    assert harness.readouts[-1] == as_read(snapshot, step)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_curve_has_the_text_colour_of_the_theme(harness: Harness, theme: Theme) -> None:
    harness.view.apply_theme(theme)
    harness.view.show_snapshot(with_losses([0.5] * 101))
    image = harness.plot.grab().toImage()
    _, y = harness.curve
    place = harness.at(50, float(y[0]))
    column = [image.pixelColor(place.x(), place.y() + dy) for dy in range(-2, 3)]
    assert any(is_near(color, theme.text) for color in column)
    assert is_near(image.pixelColor(place.x(), place.y() - 12), theme.panel)


def test_the_axes_have_the_font_of_the_view(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 100))
    font = QFont(harness.view.font())
    font.setPointSize(17)
    harness.view.setFont(font)
    for side in ("left", "bottom"):
        assert harness.plot.getAxis(side).style["tickFont"].pointSize() == 17


def test_another_run_is_fitted_after_panning(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig(), 600))
    harness.plot.getViewBox().setRange(xRange=(300, 400), padding=0)
    harness.plot.getViewBox().sigRangeChangedManually.emit([True, True])
    harness.view.show_snapshot(replace(trained(RunConfig(), 5), run=9))
    (left, right), _ = harness.range
    assert left < 0
    assert 5 < right < 300


def test_zooming_out_is_limited(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig(), 600))
    for _ in range(200):
        harness.plot.getViewBox().scaleBy((2, 2))
    _, (bottom, top) = harness.range
    assert top - bottom < 400
    axis = harness.plot.getAxis("left")
    assert sum(len(ticks) for _, ticks in axis.tickValues(bottom, top, 300)) < 20


def in_view(step: float, log_step: bool) -> float:
    return float(np.log10(max(step, 1))) if log_step else step


@pytest.mark.parametrize("step", some([0, 1, 37, 250, 400], 2))
@scales
def test_a_click_requests_the_step_under_it(
    harness: Harness, step: int, log_loss: bool, log_step: bool
) -> None:
    harness.scale(log_loss, log_step)
    harness.view.show_snapshot(trained(QUICK, 400))
    harness.settle()
    (left, right), _ = harness.range
    x = in_view(step, log_step) if step else left
    QTest.mouseClick(harness.plot.viewport(), LEFT, pos=harness.place_of(x))
    (chosen,) = harness.chosen
    pixel = (right - left) / harness.plot.getViewBox().width()
    below, above = (10 ** (x + d) if log_step else x + d for d in (-pixel, pixel))
    assert min(below, step) - 0.5 <= chosen <= max(above, step) + 0.5
    assert chosen == 0 or step != 0  # left of the first tick, on either scale
    assert type(chosen) is int


def test_a_drag_requests_and_reads_out_each_step_once_within_the_run(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 60))
    harness.settle()
    fitted = harness.range
    drag(harness.plot.viewport(), harness.place_of(20), harness.place_of(90))
    steps = harness.chosen
    assert steps[0] == pytest.approx(20, abs=1)
    assert steps == sorted(set(steps))
    assert len(steps) > 3
    assert steps[-1] == 60
    drag(harness.plot.viewport(), harness.place_of(20), QPoint(2, 50))
    assert harness.chosen[-1] == 0
    assert harness.range == fitted

    harness.view.show_snapshot(trained(QUICK, 60))
    harness.settle()
    drag(harness.plot.viewport(), harness.place_of(20), harness.place_of(40))
    assert harness.readouts[-1] == as_read(trained(QUICK, 60), harness.chosen[-1])


def test_a_double_click_inside_requests_one_step(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 1000))
    zoom(harness)
    harness.settle()
    zoomed = harness.range
    place = harness.plot.viewport().rect().center()
    QTest.mouseClick(harness.plot.viewport(), LEFT, pos=place)
    QTest.mouseDClick(harness.plot.viewport(), LEFT, pos=place)
    assert harness.range == zoomed
    assert len(set(harness.chosen)) == 1


def test_without_a_run_clicks_do_nothing(harness: Harness) -> None:
    QTest.mouseClick(harness.plot.viewport(), LEFT, pos=harness.plot.viewport().rect().center())
    assert harness.chosen == []

    harness.view.show_snapshot(trained(QUICK, 5))
    viewport = harness.plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=viewport.rect().center())
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("key", some([Qt.Key.Key_Return, Qt.Key.Key_Enter], 1))
def test_enter_requests_the_step_read_out(harness: Harness, key: Qt.Key) -> None:
    harness.view.show_snapshot(trained(QUICK, 60))
    QTest.keyClick(harness.view, key)
    assert harness.chosen == []
    for _ in range(3):
        QTest.keyClick(harness.view, Qt.Key.Key_Left)
    QTest.keyClick(harness.view, key)
    assert harness.chosen == [57]
    assert harness.readouts[-1] == as_read(trained(QUICK, 60), 57)


@pytest.fixture(scope="module")
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


def seen_at(snapshot: Snapshot) -> object:
    return pytest.approx((snapshot.step, np.log10(snapshot.loss)))


def test_an_earlier_step_is_shown_by_a_line_and_a_dot(
    harness: Harness, recording: Recording
) -> None:
    newest, past = recording.snapshot(), recording.state_at(130)
    harness.view.show_snapshot(newest)
    assert harness.dots == [seen_at(newest)]
    assert harness.marks.shown_step is None
    harness.view.show_snapshot(past)
    assert sorted(harness.dots) == [seen_at(past), seen_at(newest)]
    assert harness.marks.shown_step == 130
    harness.view.show_snapshot(newest)
    assert harness.dots == [seen_at(newest)]
    assert harness.marks.shown_step is None


def test_earlier_steps_change_neither_range_nor_curve_nor_marks(
    harness: Harness, recording: Recording
) -> None:
    harness.view.show_snapshot(recording.snapshot())
    before = harness.range, harness.curve[0].tolist(), harness.texts
    assert before[2] == ["all four right"]
    for step in (399, 200, 3, 0):
        harness.view.show_snapshot(recording.state_at(step))
        assert (harness.range, harness.curve[0].tolist(), harness.texts) == before


def test_arrow_keys_start_at_the_step_shown(harness: Harness, recording: Recording) -> None:
    harness.view.show_snapshot(recording.state_at(200))
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    stride = 401 // 100
    assert harness.readouts[-1] == as_read(recording.snapshot(), 200 + stride)


def pinned(style: int, config: RunConfig, steps: int, is_shown: bool = True) -> PinnedRun:
    record = trained(config, steps).record
    return PinnedRun(f"Run {style + 1}", record, steps, style, is_shown)


def assert_is_in_range(harness: Harness, run: PinnedRun) -> None:
    (left, right), (bottom, top) = harness.range
    trace = run.record.trace
    assert left <= 0 < trace.steps[-1] <= right
    assert 10**bottom <= trace.losses.min() < trace.losses.max() <= 10**top


def test_pinned_runs_are_drawn_and_fitted(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 50))
    alone = harness.range
    long, loud = pinned(3, QUICK, 5000), pinned(0, replace(QUICK, init_range=30), 20)
    hidden = pinned(1, QUICK, 20, is_shown=False)
    hidden = replace(hidden, record=replace(hidden.record, newest=90_000))
    harness.view.show_runs((long, loud, hidden))
    assert harness.drawn_runs == [long, loud]
    assert harness.named == ["this run", "Run 4", "Run 1"]
    assert_is_in_range(harness, long)
    assert_is_in_range(harness, loud)
    (_, right), _ = harness.range
    assert right < 10_000
    harness.view.show_runs(())
    assert harness.drawn_runs == []
    assert harness.named == []
    assert harness.range == alone


def test_pinned_runs_keep_a_range_chosen_by_the_user(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 50))
    zoom(harness)
    chosen = harness.range
    harness.view.show_runs((pinned(3, QUICK, 5000),))
    assert harness.range == chosen


def test_pinned_runs_may_arrive_before_a_snapshot(harness: Harness) -> None:
    harness.view.show_runs((pinned(3, QUICK, 500),))
    harness.plot.grab()
    harness.view.show_snapshot(trained(QUICK, 50))
    assert harness.named == ["this run", "Run 4"]


def test_every_run_is_read_out_at_the_cursor(harness: Harness) -> None:
    live, long, short = trained(QUICK, 60), pinned(0, RunConfig(), 90), pinned(1, RunConfig(), 20)
    harness.view.show_snapshot(live)
    harness.view.show_runs((long, short))
    assert harness.values == ["", "", ""]
    harness.point_at(40.2)
    assert harness.legend.heading == "at 40"
    losses = [record.trace.losses[40] for record in (live.record, long.record)]
    assert harness.values == [*(numerals.real(loss) for loss in losses), "–"]
    harness.point_at(85)
    assert harness.legend.heading == "at 85"
    assert harness.values == ["–", numerals.real(long.record.trace.losses[85]), "–"]
    assert harness.readouts[-1] == as_read(live, 60)
    QApplication.sendEvent(harness.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert harness.values == ["", "", ""]
    QTest.keyClick(harness.view, Qt.Key.Key_Left)
    assert harness.legend.heading == "at 59"
    assert harness.values[0] == numerals.real(live.trace.losses[59])


def side_by_side(first: RunConfig, second: RunConfig, steps: int) -> Snapshot:
    return replace(trained(first, steps), beside=trained(second, steps))


def test_a_run_beside_is_drawn_too(harness: Harness) -> None:
    quick, slow = QUICK, RunConfig()
    harness.view.show_snapshot(trained(quick, 30))
    for steps in (30, 70):
        both = side_by_side(quick, slow, steps)
        assert both.beside is not None
        harness.view.show_snapshot(both)
        traces = {tuple(np.log10(s.trace.losses)) for s in (both, both.beside)}
        assert {tuple(y) for _, y in harness.curves} == traces
        assert set(harness.dots) == {
            (float(steps), float(np.log10(s.loss))) for s in (both, both.beside)
        }
        assert harness.named == ["A", "B"]
    harness.view.show_snapshot(trained(quick, 70))
    assert len(harness.curves) == 1
    assert harness.named == []


def test_a_run_beside_is_fitted_too(harness: Harness) -> None:
    both = side_by_side(QUICK, replace(QUICK, init_range=30), 50)
    assert both.beside is not None
    harness.view.show_snapshot(both)
    _, (bottom, top) = harness.range
    losses = both.beside.trace.losses
    assert 10**bottom <= losses.min() < losses.max() <= 10**top


def test_frames_repaint_neither_pinned_curves_nor_the_legend(harness: Harness) -> None:
    run = pinned(0, QUICK, 1000)
    harness.view.show_runs(tuple(replace(run, style=style) for style in range(MOST_PINNED)))
    trainer = Trainer(QUICK)
    trainer.advance(500)
    harness.view.show_snapshot(trainer.snapshot())
    harness.settle()
    items = harness.item(RunCurves), harness.legend
    before = [item.pictures for item in items]
    assert all(before)
    for _ in range(20):
        trainer.advance(10)
        harness.view.show_snapshot(trainer.snapshot())
        harness.plot.grab()
    assert [item.pictures for item in items] == before


def test_the_legend_keeps_its_corner_between_frames(harness: Harness) -> None:
    trainer = Trainer(QUICK)
    harness.view.show_runs((pinned(0, QUICK, 400),))
    harness.view.show_snapshot(trainer.snapshot())
    corner = harness.legend.is_at_top
    harness.legend.is_at_top = not corner
    trainer.advance(300)
    harness.view.show_snapshot(trainer.snapshot())
    assert harness.legend.is_at_top is not corner  # else it would jump about
    harness.view.show_runs((pinned(0, QUICK, 400), pinned(1, QUICK, 400)))
    assert harness.legend.is_at_top is corner


def test_a_theme_recolours_the_legend(harness: Harness) -> None:
    harness.view.show_runs((pinned(0, QUICK, 400),))
    harness.view.show_snapshot(trained(QUICK, 400))
    light = [row.pen.color().name() for row in harness.legend.rows]
    harness.view.apply_theme(DARK)
    dark = [row.pen.color().name() for row in harness.legend.rows]
    assert not {*light} & {*dark}
    assert dark[0] == DARK.text.lower()


def test_the_gradient_norm_is_an_option_and_off_at_first(harness: Harness) -> None:
    gradient = harness.option("gradient_norm")
    assert (gradient.text(), gradient.shortcut().toString()) == (
        "Gradient norm below the loss",
        "Shift+G",
    )
    assert not gradient.isChecked()
    harness.view.show_snapshot(trained(QUICK, 200))
    before = harness.range
    gradient.setChecked(True)
    harness.settle()
    assert harness.range == before
    gradient.setChecked(False)
    harness.settle()
    assert harness.range == before
    assert harness.plot.getAxis("bottom").labelText == "step"
