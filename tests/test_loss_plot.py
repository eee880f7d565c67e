"""The loss curve: exact, never cut, readable, and left alone once a person has moved it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.screen import active_window, child, drag, is_near, press, shown_view, turn_wheel
from tests.snapshots import QUICK, trained, with_losses
from xorviz.core import numerals
from xorviz.core.config import LOSS_NAMES, RunConfig
from xorviz.core.network import LOSSES as FORMULAS
from xorviz.core.trainer import Change, Snapshot, Trainer
from xorviz.views.loss_plot import LossPlot
from xorviz.views.marks import Marks
from xorviz.views.palette import DARK, LIGHT, Theme
from xorviz.views.plot import Plot

Array = NDArray[np.float64]
Range = tuple[tuple[float, float], tuple[float, float]]

SCALES = [(False, False), (True, False), (False, True), (True, True)]
"""Whether the loss and the step axis are logarithmic."""

scales = pytest.mark.parametrize(("log_loss", "log_step"), SCALES)


@dataclass
class Bench:
    """A loss plot on the screen, and what it has read out."""

    view: LossPlot
    readouts: list[str]

    @property
    def plot(self) -> Plot:
        return child(self.view, Plot)

    @property
    def curve(self) -> tuple[Array, Array]:
        (curve,) = (i for i in self.plot.getPlotItem().items if isinstance(i, pg.PlotCurveItem))
        x, y = curve.getData()
        return x, y

    @property
    def range(self) -> Range:
        (left, right), (bottom, top) = self.plot.getViewBox().viewRange()
        return (float(left), float(right)), (float(bottom), float(top))

    @property
    def texts(self) -> list[str]:
        return [mark.text for mark in self.marks.marks]

    @property
    def marks(self) -> Marks:
        (marks,) = (i for i in self.plot.scene().items() if isinstance(i, Marks))
        return marks

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

    def point_at(self, x: float) -> None:
        """Move the mouse to a view coordinate of the step axis, half way up."""
        for _ in range(3):  # an axis learns its width when it is painted, and takes it then
            self.plot.grab()
            QApplication.processEvents()
        _, (bottom, top) = self.range
        # A mouse that is there already, from another test, would not move.
        QTest.mouseMove(self.plot.viewport(), QPoint(1, 1))
        QTest.mouseMove(self.plot.viewport(), self.at(x, (bottom + top) / 2))
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
    yield Bench(view, readouts)
    view.hide()


def as_read(snapshot: Snapshot, step: int) -> str:
    """Return the read-out of a step that the trace has kept."""
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
def test_a_plateau_looks_like_one(bench: Bench, log_loss: bool, log_step: bool) -> None:
    bench.scale(log_loss, log_step)
    bench.view.show_snapshot(with_losses([1.0, 0.999, 0.998]))
    _, y = bench.curve
    _, (bottom, top) = bench.range
    assert y.max() - y.min() < 0.05 * (top - bottom)


@scales
@pytest.mark.parametrize(
    "losses",
    [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.5],
        [5e-324, 0.0],
        [1.0, 1e308, 0.5],
        [1e308, 1e308],
        [1.0, 1.7e308],
        [1.7e308, 0.0, 1.0],
        [1e-320, 1.7e308],
    ],
    ids=str,
)
def test_extreme_losses_do_not_wreck_the_view(
    bench: Bench, losses: list[float], log_loss: bool, log_step: bool
) -> None:
    bench.scale(log_loss, log_step)
    bench.view.show_snapshot(with_losses(losses))
    bench.view.grab()
    assert np.isfinite(bench.range).all()
    assert_whole_curve_is_shown(bench)
    bench.view.show_snapshot(with_losses([1.0, 0.9, 0.8]))
    bench.view.grab()
    _, (bottom, top) = bench.range
    assert top - bottom < 10


def test_labels_stand_beside_both_axes(bench: Bench) -> None:
    for loss in LOSS_NAMES:
        bench.view.show_snapshot(trained(RunConfig(loss=loss)))
        left, bottom = (bench.plot.getAxis(side) for side in ("left", "bottom"))
        assert left.labelText == f"loss {FORMULAS[loss].formula}"
        assert bottom.labelText == "step"


def test_a_loss_far_below_one_decade_still_has_labels(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 500))
    axis = bench.plot.getAxis("left")
    low, high = axis.range
    assert high - low < 1
    ticks = [tick for _, ticks in axis.tickValues(low, high, 300) for tick in ticks]
    assert len(axis.tickStrings(ticks, 1, 1)) >= 2


def zoom(bench: Bench) -> None:
    turn_wheel(bench.plot.viewport(), 3)


def pan(bench: Bench) -> None:
    middle = bench.plot.viewport().rect().center()
    drag(bench.plot.viewport(), middle, middle + QPoint(60, 30))


@pytest.mark.parametrize("move", [zoom, pan])
def test_a_range_that_a_person_chose_stays(bench: Bench, move: object) -> None:
    assert callable(move)
    bench.view.show_snapshot(trained(QUICK, 50))
    fitted = bench.range
    move(bench)
    chosen = bench.range
    assert chosen != fitted
    bench.view.show_snapshot(trained(QUICK, 3000))
    assert bench.range == chosen


def test_a_double_click_fits_again(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 50))
    zoom(bench)
    bench.view.show_snapshot(trained(QUICK, 3000))
    viewport = bench.plot.viewport()
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    assert_whole_curve_is_shown(bench)
    bench.view.show_snapshot(trained(QUICK, 9000))
    assert_whole_curve_is_shown(bench)


def test_the_fit_action_fits_again_by_its_key(qtbot: QtBot) -> None:
    view = LossPlot()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    window.addActions(view.options)
    view.show_snapshot(trained(QUICK, 50))
    bench = Bench(view, [])
    zoom(bench)
    bench.view.show_snapshot(trained(QUICK, 3000))
    press(Qt.Key.Key_F)
    assert_whole_curve_is_shown(bench)


def test_another_scale_fits_again(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 500))
    zoom(bench)
    bench.option("log_loss").trigger()
    assert_whole_curve_is_shown(bench)


def test_a_new_run_is_fitted_anew(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 5000))
    long_run = bench.range
    bench.view.show_snapshot(trained(QUICK, 10))
    assert_whole_curve_is_shown(bench)
    assert bench.range[0][1] < long_run[0][1]


def test_the_options_say_which_axes_are_logarithmic(bench: Bench) -> None:
    said = []
    for log_loss, log_step in SCALES:
        bench.scale(log_loss, log_step)
        said.append(bench.view.options_text)
    assert said == ["linear", "log loss", "log step", "log loss, log step"]


@pytest.mark.parametrize("fraction", [0.02, 0.3, 0.77])
@scales
def test_the_mouse_reads_an_exact_point(
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


def test_a_point_between_two_steps_reads_the_nearer_one(bench: Bench) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    bench.view.show_snapshot(snapshot)
    bench.point_at(0.9)
    assert bench.readouts[-1] == as_read(snapshot, 1)


def test_beyond_the_end_the_last_step_is_read(bench: Bench) -> None:
    snapshot = trained(QUICK, 10)
    bench.view.show_snapshot(snapshot)
    bench.point_at(80)
    assert bench.readouts[-1] == as_read(snapshot, 10)


def test_the_reading_goes_when_the_mouse_leaves_the_curve(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    bench.point_at(50)
    assert bench.readouts[-1]
    QTest.mouseMove(bench.plot.viewport(), QPoint(1, 1))
    assert bench.readouts[-1] == ""


def test_the_reading_stays_at_its_step_while_the_run_goes_on(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    bench.point_at(50)
    before = bench.readouts[-1]
    bench.view.show_snapshot(trained(QUICK, 101))
    assert bench.readouts[-1] == before != ""


def test_arrow_keys_walk_along_the_exact_points(bench: Bench) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5])
    bench.view.show_snapshot(snapshot)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(bench.view, key)
    read = [readout for readout in bench.readouts if readout]
    assert read == [as_read(snapshot, step) for step in (1, 0, 0, 1)]


def test_about_a_hundred_presses_lead_from_one_end_to_the_other(bench: Bench) -> None:
    snapshot = trained(QUICK, 3000)
    bench.view.show_snapshot(snapshot)
    presses = 0
    while bench.readouts[-1] != as_read(snapshot, 0) and presses < 300:
        QTest.keyClick(bench.view, Qt.Key.Key_Left)
        presses += 1
    assert 90 <= presses <= 130


@pytest.mark.parametrize(("key", "step"), [(Qt.Key.Key_Left, 0), (Qt.Key.Key_Right, 2)])
def test_from_where_the_mouse_was_an_arrow_key_leads_to_the_next_point(
    bench: Bench, key: Qt.Key, step: int
) -> None:
    snapshot = with_losses([1.0, 0.75, 0.5, 0.25])
    bench.view.show_snapshot(snapshot)
    bench.point_at(1.3)
    assert bench.readouts[-1] == as_read(snapshot, 1)
    QTest.keyClick(bench.view, key)
    assert bench.readouts[-1] == as_read(snapshot, step)


def test_escape_clears_the_reading(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    QTest.keyClick(bench.view, Qt.Key.Key_Left)
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.readouts[-1] == ""


def test_changes_and_success_are_marked(bench: Bench) -> None:
    trainer = Trainer(QUICK)
    trainer.advance(60)
    trainer.set_rate(0.5)
    trainer.advance(200)
    snapshot = trainer.snapshot()
    assert snapshot.right_since is not None
    bench.view.show_snapshot(snapshot)
    assert bench.texts == ["rate 0.5", "all four right"]


def test_at_most_a_hundred_changes_are_marked(bench: Bench) -> None:
    changes = tuple(Change(step, "rate", 1 + step / 1000) for step in range(500))
    bench.view.show_snapshot(replace(trained(RunConfig(), 600), changes=changes))
    assert len(bench.texts) == 100


def test_marks_follow_the_scale_of_the_steps(bench: Bench) -> None:
    snapshot = replace(trained(RunConfig(), 600), changes=(Change(100, "rate", 2.0),))
    bench.view.show_snapshot(snapshot)
    bench.option("log_step").trigger()
    (left, right), _ = bench.range
    share = bench.marks.x_of(bench.marks.marks[0]) / bench.plot.getViewBox().rect().width()
    assert left + share * (right - left) == pytest.approx(2)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_curve_is_painted_in_the_ink_of_the_theme(bench: Bench, theme: Theme) -> None:
    bench.view.apply_theme(theme)
    bench.view.show_snapshot(with_losses([0.5] * 101))
    image = bench.plot.grab().toImage()
    _, y = bench.curve
    place = bench.at(50, float(y[0]))
    column = [image.pixelColor(place.x(), place.y() + dy) for dy in range(-2, 3)]
    assert any(is_near(color, theme.text) for color in column)
    assert is_near(image.pixelColor(place.x(), place.y() - 12), theme.panel)


def test_a_hidden_plot_keeps_its_curve_until_it_is_shown(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 5))
    bench.view.hide()
    bench.view.show_snapshot(trained(QUICK, 50))
    assert len(bench.curve[0]) == 6
    bench.view.show()
    assert len(bench.curve[0]) == 51


def test_the_plot_offers_no_menu(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 5))
    viewport = bench.plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=viewport.rect().center())
    assert QApplication.activePopupWidget() is None


def test_the_reading_goes_when_the_mouse_leaves_the_plot(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    bench.point_at(50)
    QApplication.sendEvent(bench.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert bench.readouts[-1] == ""


def test_the_axes_are_written_in_the_font_of_the_view(bench: Bench) -> None:
    bench.view.show_snapshot(trained(QUICK, 100))
    font = QFont(bench.view.font())
    font.setPointSize(17)
    bench.view.setFont(font)
    for side in ("left", "bottom"):
        assert bench.plot.getAxis(side).style["tickFont"].pointSize() == 17


def test_another_run_is_shown_whole_after_panning(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 600))
    bench.plot.getViewBox().setRange(xRange=(300, 400), padding=0)
    bench.plot.getViewBox().sigRangeChangedManually.emit([True, True])
    bench.view.show_snapshot(replace(trained(RunConfig(), 5), run=9))
    (left, right), _ = bench.range
    assert left < 0
    assert 5 < right < 300


def test_zooming_out_ends_somewhere(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 600))
    for _ in range(200):
        bench.plot.getViewBox().scaleBy((2, 2))
    _, (bottom, top) = bench.range
    assert top - bottom < 400
    axis = bench.plot.getAxis("left")
    assert sum(len(ticks) for _, ticks in axis.tickValues(bottom, top, 300)) < 20
