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
class Bench:
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
def bench(qtbot: QtBot) -> Iterator[Bench]:
    view = shown_view(qtbot, LossPlot())
    readouts: list[str] = []
    view.readout_changed.connect(readouts.append)
    made = Bench(view, readouts)
    view.step_requested.connect(made.chosen.append)
    yield made
    view.hide()


def as_read(snapshot: Snapshot, step: int) -> str:
    """Return the read-out of a step of the trace."""
    losses = dict(zip(snapshot.trace.steps.tolist(), snapshot.trace.losses, strict=True))
    return f"at {numerals.whole(step)}: {numerals.real(losses[step], 6)}"


def assert_whole_curve_is_shown(bench: Bench) -> None:
    (left, right), (bottom, top) = bench.range
    x, y = bench.curve
    assert left <= x.min()
    assert x.max() <= right
    assert bottom <= y.min()
    assert y.max() <= top


@scales
def test_the_curve_is_the_trace(bench: Bench, log_loss: bool, log_step: bool) -> None:
    bench.scale(log_loss, log_step)
    snapshot = trained(RunConfig(rate=0.5), 9000)
    bench.view.show_snapshot(snapshot)
    x, y = bench.curve
    steps = snapshot.trace.steps
    expected_x = np.log10(np.maximum(steps, 1)) if log_step else steps
    losses = snapshot.trace.losses
    np.testing.assert_array_equal(x, expected_x)
    np.testing.assert_allclose(y, np.log10(losses) if log_loss else losses, rtol=1e-15)


@scales
def test_the_range_grows_in_jumps_and_never_cuts_the_curve(
    bench: Bench, log_loss: bool, log_step: bool
) -> None:
    bench.scale(log_loss, log_step)
    trainer = Trainer(replace(QUICK, rate=0.5))
    ranges: list[Range] = []
    for _ in range(80):
        bench.view.show_snapshot(trainer.snapshot())
        assert_whole_curve_is_shown(bench)
        ranges.append(bench.range)
        trainer.advance(37)
    jumps = sum(before != after for before, after in pairwise(ranges))
    assert 3 <= jumps <= 35
    rights = [right for (_, right), _ in ranges]
    assert rights == sorted(rights)


@scales
def test_a_plateau_looks_flat(bench: Bench, log_loss: bool, log_step: bool) -> None:
    bench.scale(log_loss, log_step)
    bench.view.show_snapshot(with_losses([1.0, 0.999, 0.998]))
    _, y = bench.curve
    _, (bottom, top) = bench.range
    assert y.max() - y.min() < 0.05 * (top - bottom)


@scales
def test_extreme_losses_keep_a_finite_range(bench: Bench, log_loss: bool, log_step: bool) -> None:
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
        bench.scale(log_loss, log_step)
        bench.view.show_snapshot(with_losses(losses))
        bench.view.grab()
        assert np.isfinite(bench.range).all()
        assert_whole_curve_is_shown(bench)
        bench.view.show_snapshot(with_losses([1.0, 0.9, 0.8]))
        bench.view.grab()
        _, (bottom, top) = bench.range
        assert top - bottom < 10


def test_axes_have_labels_and_the_options_text_names_logarithmic_ones(bench: Bench) -> None:
    for loss in LOSS_NAMES:
        bench.view.show_snapshot(trained(RunConfig(loss=loss)))
        left, bottom = (bench.plot.getAxis(side) for side in ("left", "bottom"))
        assert left.labelText == f"loss {FORMULAS[loss].formula}"
        assert bottom.labelText == "step"

    texts = []
    for log_loss, log_step in SCALES:
        bench.scale(log_loss, log_step)
        texts.append(bench.view.options_text)
    assert texts == ["linear", "log loss", "log step", "log loss, log step"]


def zoom(bench: Bench) -> None:
    turn_wheel(bench.plot.viewport(), 3)


def pan_with(
    bench: Bench, button: Qt.MouseButton, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    viewport = bench.plot.viewport()
    start = viewport.rect().center()
    QTest.mousePress(viewport, button, modifier, start)
    for share in range(1, 5):
        QTest.mouseMove(viewport, start + QPoint(60, 30) * share / 4)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, button, modifier, start + QPoint(60, 30))


def pan(bench: Bench) -> None:
    pan_with(bench, Qt.MouseButton.MiddleButton)


def pan_with_shift(bench: Bench) -> None:
    pan_with(bench, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)


@pytest.mark.parametrize("move", some([zoom, pan, pan_with_shift], 1))
def test_a_range_chosen_by_the_user_stays(bench: Bench, move: object) -> None:
    assert callable(move)
    bench.view.show_snapshot(trained(QUICK, 50))
    fitted = bench.range
    move(bench)
    chosen = bench.range
    assert chosen != fitted
    bench.view.show_snapshot(trained(QUICK, 1000))
    assert bench.range == chosen
    assert bench.chosen == []


@pytest.mark.parametrize("side", some(["left", "bottom"], 1))
def test_a_double_click_on_an_axis_fits_again(bench: Bench, side: str) -> None:
    bench.view.show_snapshot(trained(QUICK, 50))
    zoom(bench)
    bench.view.show_snapshot(trained(QUICK, 1000))
    bench.settle()
    middle, viewport = bench.place_of(50), bench.plot.viewport()
    place = QPoint(8, middle.y()) if side == "left" else QPoint(middle.x(), viewport.height() - 8)
    QTest.mouseDClick(bench.plot.viewport(), LEFT, pos=place)
    assert bench.chosen == []
    assert_whole_curve_is_shown(bench)
    bench.view.show_snapshot(trained(QUICK, 1200))
    assert_whole_curve_is_shown(bench)


def test_the_fit_action_fits_again_by_its_key(qtbot: QtBot) -> None:
    view = LossPlot()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    window.addActions(view.options)
    view.show_snapshot(trained(QUICK, 50))
    bench = Bench(view, [])
    zoom(bench)
    bench.view.show_snapshot(trained(QUICK, 1000))
    press(Qt.Key.Key_F)
    assert_whole_curve_is_shown(bench)


def test_another_scale_fits_again(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 500))
    zoom(bench)
    bench.option("log_loss").trigger()
    assert_whole_curve_is_shown(bench)


@pytest.mark.parametrize("fraction", some([0.02, 0.3, 0.77], 1))
@scales
def test_the_mouse_reads_out_an_exact_point(
    bench: Bench, fraction: float, log_loss: bool, log_step: bool
) -> None:
    bench.scale(log_loss, log_step)
    snapshot = trained(QUICK, 6000)
    bench.view.show_snapshot(snapshot)
    (left, right), _ = bench.range
    x = left + fraction * (right - left)
    bench.point_at(x)
    pixel_width = (right - left) / bench.plot.getViewBox().width()
    read = bench.readouts[-1]
    near = [
        step
        for step in snapshot.trace.steps.tolist()
        if abs((np.log10(max(step, 1)) if log_step else step) - x)
        <= 2 * pixel_width + float(np.diff(bench.curve[0]).max())
    ]
    assert read in {as_read(snapshot, step) for step in near}


def test_the_nearest_step_is_read_out(bench: Bench) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    bench.view.show_snapshot(snapshot)
    bench.point_at(0.9)
    assert bench.readouts[-1] == as_read(snapshot, 1)

    snapshot = trained(QUICK, 10)
    bench.view.show_snapshot(snapshot)
    bench.point_at(80)
    assert bench.readouts[-1] == as_read(snapshot, 10)


def test_the_read_out_keeps_its_step_and_is_cleared_outside_of_the_axes(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    bench.point_at(50)
    before = bench.readouts[-1]
    bench.view.show_snapshot(trained(QUICK, 101))
    assert bench.readouts[-1] == before != ""

    bench.view.show_snapshot(trained(QUICK, 100))
    bench.point_at(50)
    assert bench.readouts[-1]
    QTest.mouseMove(bench.plot.viewport(), QPoint(1, 1))
    assert bench.readouts[-1] == ""


def test_arrow_keys_move_along_exact_points(bench: Bench) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    bench.view.show_snapshot(snapshot)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(bench.view, key)
    read = [readout for readout in bench.readouts if readout]
    assert read == [as_read(snapshot, step) for step in (1, 0, 0, 1)]


def test_about_a_hundred_key_presses_cross_the_curve(bench: Bench) -> None:
    snapshot = trained(QUICK, 1000)
    bench.view.show_snapshot(snapshot)
    presses = 0
    while bench.readouts[-1] != as_read(snapshot, 0) and presses < 300:
        QTest.keyClick(bench.view, Qt.Key.Key_Left)
        presses += 1
    assert 90 <= presses <= 130


@pytest.mark.parametrize(("key", "step"), some([(Qt.Key.Key_Left, 0), (Qt.Key.Key_Right, 2)], 1))
def test_an_arrow_key_continues_from_the_mouse(bench: Bench, key: Qt.Key, step: int) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5, 0.25])
    bench.view.show_snapshot(snapshot)
    bench.point_at(1.3)
    assert bench.readouts[-1] == as_read(snapshot, 1)
    QTest.keyClick(bench.view, key)
    assert bench.readouts[-1] == as_read(snapshot, step)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_curve_has_the_text_colour_of_the_theme(bench: Bench, theme: Theme) -> None:
    bench.view.apply_theme(theme)
    bench.view.show_snapshot(with_losses([0.5] * 101))
    image = bench.plot.grab().toImage()
    _, y = bench.curve
    place = bench.at(50, float(y[0]))
    column = [image.pixelColor(place.x(), place.y() + dy) for dy in range(-2, 3)]
    assert any(is_near(color, theme.text) for color in column)
    assert is_near(image.pixelColor(place.x(), place.y() - 12), theme.panel)


def test_the_axes_have_the_font_of_the_view(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    font = QFont(bench.view.font())
    font.setPointSize(17)
    bench.view.setFont(font)
    for side in ("left", "bottom"):
        assert bench.plot.getAxis(side).style["tickFont"].pointSize() == 17


def test_another_run_is_fitted_after_panning(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 600))
    bench.plot.getViewBox().setRange(xRange=(300, 400), padding=0)
    bench.plot.getViewBox().sigRangeChangedManually.emit([True, True])
    bench.view.show_snapshot(replace(trained(RunConfig(), 5), run=9))
    (left, right), _ = bench.range
    assert left < 0
    assert 5 < right < 300


def test_zooming_out_is_limited(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 600))
    for _ in range(200):
        bench.plot.getViewBox().scaleBy((2, 2))
    _, (bottom, top) = bench.range
    assert top - bottom < 400
    axis = bench.plot.getAxis("left")
    assert sum(len(ticks) for _, ticks in axis.tickValues(bottom, top, 300)) < 20


def in_view(step: float, log_step: bool) -> float:
    return float(np.log10(max(step, 1))) if log_step else step


@pytest.mark.parametrize("step", some([0, 1, 37, 250, 400], 2))
@scales
def test_a_click_requests_the_step_under_it(
    bench: Bench, step: int, log_loss: bool, log_step: bool
) -> None:
    bench.scale(log_loss, log_step)
    bench.view.show_snapshot(trained(QUICK, 400))
    bench.settle()
    (left, right), _ = bench.range
    x = in_view(step, log_step) if step else left
    QTest.mouseClick(bench.plot.viewport(), LEFT, pos=bench.place_of(x))
    (chosen,) = bench.chosen
    pixel = (right - left) / bench.plot.getViewBox().width()
    below, above = (10 ** (x + d) if log_step else x + d for d in (-pixel, pixel))
    assert min(below, step) - 0.5 <= chosen <= max(above, step) + 0.5
    assert chosen == 0 or step != 0  # left of the first tick, on either scale
    assert type(chosen) is int


def test_a_drag_requests_and_reads_out_each_step_once_within_the_run(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 60))
    bench.settle()
    fitted = bench.range
    drag(bench.plot.viewport(), bench.place_of(20), bench.place_of(90))
    steps = bench.chosen
    assert steps[0] == pytest.approx(20, abs=1)
    assert steps == sorted(set(steps))
    assert len(steps) > 3
    assert steps[-1] == 60
    drag(bench.plot.viewport(), bench.place_of(20), QPoint(2, 50))
    assert bench.chosen[-1] == 0
    assert bench.range == fitted

    bench.view.show_snapshot(trained(QUICK, 60))
    bench.settle()
    drag(bench.plot.viewport(), bench.place_of(20), bench.place_of(40))
    assert bench.readouts[-1] == as_read(trained(QUICK, 60), bench.chosen[-1])


def test_a_double_click_inside_requests_one_step(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 1000))
    zoom(bench)
    bench.settle()
    zoomed = bench.range
    place = bench.plot.viewport().rect().center()
    QTest.mouseClick(bench.plot.viewport(), LEFT, pos=place)
    QTest.mouseDClick(bench.plot.viewport(), LEFT, pos=place)
    assert bench.range == zoomed
    assert len(set(bench.chosen)) == 1


def test_without_a_run_clicks_do_nothing(bench: Bench) -> None:
    QTest.mouseClick(bench.plot.viewport(), LEFT, pos=bench.plot.viewport().rect().center())
    assert bench.chosen == []

    bench.view.show_snapshot(trained(QUICK, 5))
    viewport = bench.plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=viewport.rect().center())
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("key", some([Qt.Key.Key_Return, Qt.Key.Key_Enter], 1))
def test_enter_requests_the_step_read_out(bench: Bench, key: Qt.Key) -> None:
    bench.view.show_snapshot(trained(QUICK, 60))
    QTest.keyClick(bench.view, key)
    assert bench.chosen == []
    for _ in range(3):
        QTest.keyClick(bench.view, Qt.Key.Key_Left)
    QTest.keyClick(bench.view, key)
    assert bench.chosen == [57]
    assert bench.readouts[-1] == as_read(trained(QUICK, 60), 57)


@pytest.fixture(scope="module")
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


def seen_at(snapshot: Snapshot) -> object:
    return pytest.approx((snapshot.step, np.log10(snapshot.loss)))


def test_an_earlier_step_is_shown_by_a_line_and_a_dot(bench: Bench, recording: Recording) -> None:
    newest, past = recording.snapshot(), recording.state_at(130)
    bench.view.show_snapshot(newest)
    assert bench.dots == [seen_at(newest)]
    assert bench.marks.shown_step is None
    bench.view.show_snapshot(past)
    assert sorted(bench.dots) == [seen_at(past), seen_at(newest)]
    assert bench.marks.shown_step == 130
    bench.view.show_snapshot(newest)
    assert bench.dots == [seen_at(newest)]
    assert bench.marks.shown_step is None


def test_earlier_steps_change_neither_range_nor_curve_nor_marks(
    bench: Bench, recording: Recording
) -> None:
    bench.view.show_snapshot(recording.snapshot())
    before = bench.range, bench.curve[0].tolist(), bench.texts
    assert before[2] == ["all four right"]
    for step in (399, 200, 3, 0):
        bench.view.show_snapshot(recording.state_at(step))
        assert (bench.range, bench.curve[0].tolist(), bench.texts) == before


def test_arrow_keys_start_at_the_step_shown(bench: Bench, recording: Recording) -> None:
    bench.view.show_snapshot(recording.state_at(200))
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    stride = 401 // 100
    assert bench.readouts[-1] == as_read(recording.snapshot(), 200 + stride)


def pinned(style: int, config: RunConfig, steps: int, is_shown: bool = True) -> PinnedRun:
    record = trained(config, steps).record
    return PinnedRun(f"Run {style + 1}", record, steps, style, is_shown)


def assert_is_in_range(bench: Bench, run: PinnedRun) -> None:
    (left, right), (bottom, top) = bench.range
    trace = run.record.trace
    assert left <= 0 < trace.steps[-1] <= right
    assert 10**bottom <= trace.losses.min() < trace.losses.max() <= 10**top


def test_pinned_runs_are_drawn_and_fitted(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 50))
    alone = bench.range
    long, loud = pinned(3, QUICK, 5000), pinned(0, replace(QUICK, init_range=30), 20)
    hidden = pinned(1, QUICK, 20, is_shown=False)
    hidden = replace(hidden, record=replace(hidden.record, newest=90_000))
    bench.view.show_runs((long, loud, hidden))
    assert bench.drawn_runs == [long, loud]
    assert bench.named == ["this run", "Run 4", "Run 1"]
    assert_is_in_range(bench, long)
    assert_is_in_range(bench, loud)
    (_, right), _ = bench.range
    assert right < 10_000
    bench.view.show_runs(())
    assert bench.drawn_runs == []
    assert bench.named == []
    assert bench.range == alone


def test_pinned_runs_keep_a_range_chosen_by_the_user(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 50))
    zoom(bench)
    chosen = bench.range
    bench.view.show_runs((pinned(3, QUICK, 5000),))
    assert bench.range == chosen


def test_pinned_runs_may_arrive_before_a_snapshot(bench: Bench) -> None:
    bench.view.show_runs((pinned(3, QUICK, 500),))
    bench.plot.grab()
    bench.view.show_snapshot(trained(QUICK, 50))
    assert bench.named == ["this run", "Run 4"]


def test_every_run_is_read_out_at_the_cursor(bench: Bench) -> None:
    live, long, short = trained(QUICK, 60), pinned(0, RunConfig(), 90), pinned(1, RunConfig(), 20)
    bench.view.show_snapshot(live)
    bench.view.show_runs((long, short))
    assert bench.values == ["", "", ""]
    bench.point_at(40.2)
    assert bench.legend.heading == "at 40"
    losses = [record.trace.losses[40] for record in (live.record, long.record)]
    assert bench.values == [*(numerals.real(loss) for loss in losses), "–"]
    bench.point_at(85)
    assert bench.legend.heading == "at 85"
    assert bench.values == ["–", numerals.real(long.record.trace.losses[85]), "–"]
    assert bench.readouts[-1] == as_read(live, 60)
    QApplication.sendEvent(bench.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert bench.values == ["", "", ""]
    QTest.keyClick(bench.view, Qt.Key.Key_Left)
    assert bench.legend.heading == "at 59"
    assert bench.values[0] == numerals.real(live.trace.losses[59])


def side_by_side(first: RunConfig, second: RunConfig, steps: int) -> Snapshot:
    return replace(trained(first, steps), beside=trained(second, steps))


def test_a_run_beside_is_drawn_too(bench: Bench) -> None:
    quick, slow = QUICK, RunConfig()
    bench.view.show_snapshot(trained(quick, 30))
    for steps in (30, 70):
        both = side_by_side(quick, slow, steps)
        assert both.beside is not None
        bench.view.show_snapshot(both)
        traces = {tuple(np.log10(s.trace.losses)) for s in (both, both.beside)}
        assert {tuple(y) for _, y in bench.curves} == traces
        assert set(bench.dots) == {
            (float(steps), float(np.log10(s.loss))) for s in (both, both.beside)
        }
        assert bench.named == ["A", "B"]
    bench.view.show_snapshot(trained(quick, 70))
    assert len(bench.curves) == 1
    assert bench.named == []


def test_a_run_beside_is_fitted_too(bench: Bench) -> None:
    both = side_by_side(QUICK, replace(QUICK, init_range=30), 50)
    assert both.beside is not None
    bench.view.show_snapshot(both)
    _, (bottom, top) = bench.range
    losses = both.beside.trace.losses
    assert 10**bottom <= losses.min() < losses.max() <= 10**top


def test_frames_repaint_neither_pinned_curves_nor_the_legend(bench: Bench) -> None:
    run = pinned(0, QUICK, 1000)
    bench.view.show_runs(tuple(replace(run, style=style) for style in range(MOST_PINNED)))
    trainer = Trainer(QUICK)
    trainer.advance(500)
    bench.view.show_snapshot(trainer.snapshot())
    bench.settle()
    items = bench.item(RunCurves), bench.legend
    before = [item.pictures for item in items]
    assert all(before)
    for _ in range(20):
        trainer.advance(10)
        bench.view.show_snapshot(trainer.snapshot())
        bench.plot.grab()
    assert [item.pictures for item in items] == before


def test_the_legend_keeps_its_corner_between_frames(bench: Bench) -> None:
    trainer = Trainer(QUICK)
    bench.view.show_runs((pinned(0, QUICK, 400),))
    bench.view.show_snapshot(trainer.snapshot())
    corner = bench.legend.is_at_top
    bench.legend.is_at_top = not corner
    trainer.advance(300)
    bench.view.show_snapshot(trainer.snapshot())
    assert bench.legend.is_at_top is not corner  # else it would jump about
    bench.view.show_runs((pinned(0, QUICK, 400), pinned(1, QUICK, 400)))
    assert bench.legend.is_at_top is corner


def test_a_theme_recolours_the_legend(bench: Bench) -> None:
    bench.view.show_runs((pinned(0, QUICK, 400),))
    bench.view.show_snapshot(trained(QUICK, 400))
    light = [row.pen.color().name() for row in bench.legend.rows]
    bench.view.apply_theme(DARK)
    dark = [row.pen.color().name() for row in bench.legend.rows]
    assert not {*light} & {*dark}
    assert dark[0] == DARK.text.lower()


def test_the_gradient_norm_is_an_option_and_off_at_first(bench: Bench) -> None:
    gradient = bench.option("gradient_norm")
    assert (gradient.text(), gradient.shortcut().toString()) == (
        "Gradient norm below the loss",
        "Shift+G",
    )
    assert not gradient.isChecked()
    bench.view.show_snapshot(trained(QUICK, 200))
    before = bench.range
    gradient.setChecked(True)
    bench.settle()
    assert bench.range == before
    gradient.setChecked(False)
    bench.settle()
    assert bench.range == before
    assert bench.plot.getAxis("bottom").labelText == "step"
