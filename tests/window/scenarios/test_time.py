"""Tasks in the whole window: moving through a run, changing it, pinning, comparing, and undoing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDoubleSpinBox,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_state
from tests.support.screen import child
from tests.support.snapshots import far_record
from tests.support.snapshots import trained as snapshot_of
from tests.support.windows import Do, Open, enter, find, settle, shown_step, text
from xorviz.core import numerals
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED
from xorviz.engine.activity import Activity
from xorviz.files.run_file import dumps
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.window.main_window import MainWindow


@pytest.fixture
def trained(window: MainWindow, do: Do) -> MainWindow:
    """Return the window after 300 steps of the default run."""
    do(window.session.step, 300)
    return window


def seen(window: MainWindow) -> Snapshot:
    return window._display.seen()


def go_to(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Type a step into the box of the timeline."""
    enter(find(window, QDoubleSpinBox, "timeline_step"), str(step))
    settle(qtbot, window)


def panel(window: MainWindow, title: str) -> Panel:
    return next(p for p in window.findChildren(Panel) if p.windowTitle() == title)


def outputs_shown(window: MainWindow) -> list[str]:
    model = child(find(window, QWidget, "truth_table"), QTableView).model()
    return [model.index(row, 3).data() for row in range(4)]


def loss_plot(window: MainWindow) -> CurvePlot:
    return child(find(window, LossPlot, "loss_plot"), CurvePlot)


def assert_everything_shows(window: MainWindow, expected: Snapshot, newest: int) -> None:
    """Fail unless status, truth table, weights, loss plot and timeline show this step."""
    assert_same_state(seen(window), expected)
    assert shown_step(window) == expected.step
    assert text(window, "status_loss") == f"loss {numerals.real(expected.loss)}"
    outputs = [f"{expected.outputs[row]:.3f}" for row in COUNTED]
    assert outputs_shown(window) == outputs
    weight = f"w1[x1→h1] {numerals.real(float(expected.weights.w1[0, 0]), 6)}"
    assert panel(window, "Weights").readout.text() == weight
    pointers = loss_plot(window).rows[0].pointers
    assert pointers.shown == (expected.step if expected.step < newest else None)
    assert find(window, TimeSlider, "timeline").position == expected.step
    box = find(window, QDoubleSpinBox, "timeline_step")
    assert (box.value(), box.maximum()) == (expected.step, newest)


def point_at_first_weight(window: MainWindow) -> None:
    heatmap = find(window, WeightHeatmap, "weight_heatmap")
    window._desk.show_panel("weight_heatmap")
    QApplication.processEvents()  # the tab is raised in the next turn
    heatmap.setFocus()
    QTest.keyClick(heatmap, Qt.Key.Key_Escape)
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    window.setFocus()


@pytest.mark.thorough
def test_every_panel_follows_the_timeline(qtbot: QtBot, trained: MainWindow) -> None:
    trained._desk.show_panel("weight_heatmap")
    point_at_first_weight(trained)
    for step in (123, 300, 64):
        go_to(qtbot, trained, step)
        assert_everything_shows(trained, snapshot_of(RunConfig(), step), 300)
    assert text(trained, "status_state") == "Looking back"
    slider = find(trained, TimeSlider, "timeline")
    middle = slider.rect().center()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    for dx in range(0, -200, -25):
        QTest.mouseMove(slider, middle + QPoint(dx, 0))
        QApplication.processEvents()
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(-175, 0))
    settle(qtbot, trained)
    assert slider.position < 150
    assert_everything_shows(trained, snapshot_of(RunConfig(), slider.position), 300)


CONFIG = RunConfig(width=2, rate=0.1)
FAR, MIDDLE = far_record(CONFIG, MOST_STEPS), MOST_STEPS // 2


def under_way(qtbot: QtBot, window: MainWindow) -> QPushButton:
    """Wait until progress is shown; return the button that cancels."""
    cancel = find(window, QPushButton, "status_cancel")
    qtbot.waitUntil(cancel.isVisible)
    assert window.findChildren(QProgressBar)
    assert "Replaying" in text(window, "status_state")
    return cancel


@pytest.mark.thorough
def test_the_way_to_a_far_step_of_two_runs_is_shown_and_can_be_ended(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    second = far_record(RunConfig(width=2, rate=0.2), MOST_STEPS - 64)
    (tmp_path / "far.xorviz").write_bytes(dumps(Project(FAR, MIDDLE, second)))
    window.file.open_path(tmp_path / "far.xorviz")
    QTest.mouseClick(under_way(qtbot, window), Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    seen = window._display.seen()
    assert window.session.activity is Activity.PAUSED
    assert 0 < seen.step < MIDDLE
    assert seen.beside is not None
    assert seen.beside.step == seen.step
    assert window.document.project.record == FAR
    assert window.document.history.labels[0] is None


@pytest.mark.thorough
def test_a_window_closes_on_the_way_to_a_far_step(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.document.put(Project(FAR, MIDDLE))
    under_way(qtbot, window)
    at = window._display.seen().step
    window.document.reset()
    window.document.undo()
    qtbot.waitUntil(lambda: not window.session.unanswered)
    assert at <= window._display.seen().step < MIDDLE  # a frame farther at most, and at rest
    assert window.session.activity is Activity.PAUSED
    window.document.put(Project(FAR, MIDDLE))
    under_way(qtbot, window)
    window.document.change_setting("rate", 0.2)
    window.session.play()
    window.end()
    assert not window.isVisible()
