"""The gradient norm below the loss plot, on the same step axis."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    child,
    move_pressed,
    press_left,
    release_left,
    shown_view,
    turn_wheel,
)
from tests.support.snapshots import QUICK
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trace import Trace
from xorviz.panels.learn.loss.gradient_curve import norm_of
from xorviz.panels.learn.loss.gradient_strip import GradientStrip
from xorviz.panels.learn.loss.loss_plot import LossPlot
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK

Strip = tuple[LossPlot, GradientStrip]


@pytest.fixture(scope="module")
def run() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


@pytest.fixture
def both(qtbot: QtBot, run: Recording) -> Strip:
    """Return a loss plot with the gradient below it."""
    view = shown_view(qtbot, LossPlot(), 480, 420)
    switch(view)
    view.show_snapshot(run.snapshot())
    settle(view)
    return view, child(view, GradientStrip)


def switch(view: LossPlot) -> None:
    next(a for a in view.options if a.objectName() == "gradient_norm").trigger()


def scale_steps(view: LossPlot) -> None:
    next(a for a in view.options if a.objectName() == "log_step").trigger()
    settle(view)


def settle(view: LossPlot) -> None:
    for _ in range(4):
        view.grab()
        QApplication.processEvents()


def x_in_plot(view: LossPlot, step: float) -> float:
    """Return the position of a step in the loss plot, in pixels of the view."""
    plot = child(view, Plot)
    axis, box = plot.getAxis("bottom"), plot.getViewBox()
    at = float(axis.to_view(np.array([step]))[0])
    inside = plot.viewportTransform().map(box.mapViewToScene(QPointF(at, 0)))
    return float(plot.viewport().mapTo(view, QPoint(0, 0)).x() + inside.x())


def assert_together(view: LossPlot, strip: GradientStrip) -> None:
    """Assert that each step is straight below the same step of the plot."""
    for step in (1.0, 50.0, 400.0):
        x = strip.mapTo(view, QPoint(0, 0)).x() + strip.scale.x_at(step)
        assert x == pytest.approx(x_in_plot(view, step), abs=0.01)


def above(view: LossPlot, strip: GradientStrip, step: float) -> QPoint:
    return QPoint(round(x_in_plot(view, step)), round(strip.area.center().y()))


def test_the_strip_is_made_when_it_is_first_shown(qtbot: QtBot, run: Recording) -> None:
    view = shown_view(qtbot, LossPlot())
    view.show_snapshot(run.snapshot())
    assert view.findChild(GradientStrip) is None
    assert child(view, Plot).getAxis("bottom").isVisible()
    switch(view)
    assert child(view, GradientStrip).isVisible()
    assert not child(view, Plot).getAxis("bottom").isVisible()
    switch(view)
    assert not child(view, GradientStrip).isVisible()
    assert child(view, Plot).getAxis("bottom").isVisible()


def test_a_hidden_strip_gets_no_snapshots(both: Strip, run: Recording) -> None:
    view, strip = both
    switch(view)
    view.show_snapshot(run.state_at(100))
    assert strip.read()[0] == 400
    switch(view)
    assert strip.read()[0] == 100


def test_steps_are_aligned_with_the_plot_after_every_change(both: Strip) -> None:
    view, strip = both
    assert_together(view, strip)
    scale_steps(view)
    assert_together(view, strip)
    turn_wheel(child(view, Plot).viewport(), 3, QPoint(200, 80))
    settle(view)
    assert_together(view, strip)
    view.resize(300, 300)
    settle(view)
    assert_together(view, strip)
    view.fit()
    settle(view)
    assert_together(view, strip)


def test_the_wheel_zooms_both_around_the_mouse(both: Strip) -> None:
    view, strip = both
    before = strip.scale
    at = above(view, strip, 200)
    turn_wheel(strip, 3, at)
    after = strip.scale
    assert after.high - after.low < 0.8 * (before.high - before.low)
    assert after.step_at(at.x()) == pytest.approx(before.step_at(at.x()), abs=1)
    view.draw_anew()
    assert strip.scale == after


def test_the_norm_of_the_step_shown_is_exact(both: Strip, run: Recording) -> None:
    view, strip = both
    for step in (400, 123):
        snapshot = run.state_at(step)
        view.show_snapshot(snapshot)
        assert strip.read() == (step, norm_of(snapshot.gradient))


def test_pointing_in_plot_or_strip_reads_out_both(both: Strip, run: Recording) -> None:
    view, strip = both
    emitted: list[str] = []
    view.readout_changed.connect(emitted.append)
    place, none = above(view, strip, 100), Qt.MouseButton.NoButton
    glob, modifier = QPointF(strip.mapToGlobal(place)), Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        strip, QMouseEvent(QEvent.Type.MouseMove, QPointF(place), glob, none, none, modifier)
    )
    step, norm = strip.read()
    assert abs(step - 100) <= 2
    assert emitted[-1].startswith(f"at {step}: ")
    assert norm == pytest.approx(norm_of(run.state_at(step).gradient), rel=1e-9)
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    assert emitted[-1] == ""
    assert strip.read()[0] == 400
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert strip.read()[0] == 396


def test_clicks_and_drags_request_steps(both: Strip) -> None:
    view, strip = both
    chosen: list[int] = []
    view.step_requested.connect(chosen.append)
    press_left(strip, above(view, strip, 100))
    move_pressed(strip, above(view, strip, 200))
    release_left(strip, above(view, strip, 200))
    np.testing.assert_allclose(chosen, [100, 200], atol=2)
    press_left(strip, QPoint(2, 40))
    assert len(chosen) == 2


def test_a_double_click_beside_the_curve_requests_a_fit(both: Strip) -> None:
    view, strip = both
    fitted = strip.scale
    turn_wheel(strip, 3, above(view, strip, 200))
    assert strip.scale != fitted
    chosen: list[int] = []
    view.step_requested.connect(chosen.append)
    QTest.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=strip.area.center().toPoint())
    assert strip.scale != fitted
    assert chosen
    QTest.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(5, strip.height() - 3))
    assert strip.scale == fitted


def test_the_curve_is_painted_at_its_norms(both: Strip, run: Recording) -> None:
    view, strip = both
    view.apply_theme(DARK)
    trace = run.record().trace
    image = strip.grab().toImage()
    for step in (60, 120, 300):
        x = round(strip.scale.x_at(step))
        y = round(float(strip.curve.y_of(trace.gradient_norms[[step]], strip.area)[0]))
        column = [image.pixelColor(x, y + dy).lightness() for dy in range(-2, 3)]
        assert max(column) > 120


def test_the_run_beside_has_its_curve_too(both: Strip, run: Recording) -> None:
    view, strip = both
    other = Recording(replace(QUICK, rate=0.001))
    other.advance(400)
    norms = other.record().trace.gradient_norms

    def is_there() -> bool:
        x = round(strip.scale.x_at(300))
        y = round(float(strip.curve.y_of(norms[[300]], strip.area)[0]))
        image = strip.grab().toImage()
        colors = [image.pixelColor(x, y + dy) for dy in range(-2, 3)]
        return any(color.green() > color.red() + 30 for color in colors)  # the accent

    assert not is_there()
    view.show_snapshot(replace(run.snapshot(), beside=other.snapshot()))
    assert is_there()


def test_a_run_without_norms_has_no_axis(both: Strip, run: Recording) -> None:
    view, strip = both
    trace = run.record().trace
    old = replace(run.record(), trace=Trace(trace.steps, trace.losses))
    view.show_snapshot(replace(run.snapshot(), record=old))
    strip.grab()
    assert strip.curve.ends is None
    assert strip.read() == (400, norm_of(run.snapshot().gradient))
