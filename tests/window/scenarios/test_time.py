"""Showing past steps, branching and two runs side by side in the whole window."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDoubleSpinBox,
    QLineEdit,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_state
from tests.support.cases import some
from tests.support.screen import child, release_mouse
from tests.support.windows import action, enter, find, settle, text
from tests.window.scenarios.test_keys import press
from xorviz.core import numerals
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.step_marks import StepMark, StepMarks
from xorviz.window.export import offscreen
from xorviz.window.main_window import MainWindow


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


@pytest.fixture
def seen(window: MainWindow) -> list[Snapshot]:
    """Return a list that every snapshot is added to."""
    snapshots: list[Snapshot] = []
    window.session.snapshot_arrived.connect(snapshots.append)
    return snapshots


@pytest.fixture
def trained(qtbot: QtBot, window: MainWindow, seen: list[Snapshot]) -> MainWindow:
    """Return the window after 300 steps of the default run."""
    window.session.step(300)
    settle(qtbot, window)
    return window


def straight(steps: int, config: RunConfig | None = None) -> Trainer:
    trainer = Trainer(config or RunConfig())
    trainer.advance(steps)
    return trainer


def go_to(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Type a step into the box of the timeline."""
    enter(find(window, QDoubleSpinBox, "timeline_step"), str(step))
    settle(qtbot, window)


def step_shown(window: MainWindow) -> str:
    return text(window, "status_step").removeprefix("step ").replace("\u202f", "")


def panel(window: MainWindow, title: str) -> Panel:
    return next(p for p in window.findChildren(Panel) if p.windowTitle() == title)


def outputs_shown(window: MainWindow) -> list[str]:
    model = find(find_view(window, "truth_table"), QTableView, "").model()
    return [model.index(row, 3).data() for row in range(4)]


def find_view(window: MainWindow, name: str) -> MainWindow:
    return find(window, QWidget, name)  # type: ignore[return-value]


def loss_plot(window: MainWindow) -> CurvePlot:
    return child(find(window, LossPlot, "loss_plot"), CurvePlot)


def marks_shown(window: MainWindow) -> list[StepMark]:
    overlays = loss_plot(window).rows[0].overlays
    return next(one.marks for one in overlays if isinstance(one, StepMarks))


def assert_everything_shows(window: MainWindow, expected: Snapshot, newest: int) -> None:
    """Fail unless status, truth table, weights, loss plot and timeline show this step."""
    assert step_shown(window) == str(expected.step)
    assert text(window, "status_loss") == f"loss {numerals.real(expected.loss)}"
    outputs = [f"{expected.outputs[row]:.3f}" for row in COUNTED]
    assert outputs_shown(window) == outputs
    weight = f"w1[x1→h1] {numerals.real(float(expected.weights.w1[0, 0]), 6)}"
    assert panel(window, "Weights").readout.text() == weight
    pointers = loss_plot(window).rows[0].pointers
    assert pointers.shown == (expected.step if expected.step < newest else None)
    slider = find(window, TimeSlider, "timeline")
    assert slider.position == expected.step
    box = find(window, QDoubleSpinBox, "timeline_step")
    assert (box.value(), box.maximum()) == (expected.step, newest)


def point_at_first_weight(window: MainWindow) -> None:
    heatmap = find(window, WeightHeatmap, "weight_heatmap")
    window._docks["weight_heatmap"].show_in_front()
    QApplication.processEvents()  # the tab is raised in the next turn
    heatmap.setFocus()
    QTest.keyClick(heatmap, Qt.Key.Key_Escape)
    QTest.keyClick(heatmap, Qt.Key.Key_Right)
    window.setFocus()


def test_actions_move_through_the_run(qtbot: QtBot, trained: MainWindow) -> None:
    enter(find(trained, QDoubleSpinBox, "step_count"), "100")
    trained.setFocus()
    for name, step in [
        ("step_back", 299),
        ("step_back", 298),
        ("step_back_n", 198),
        ("to_live", 300),
        ("to_start", 0),
        ("to_live", 300),
        ("step_back_n", 200),
        ("step_back_n", 100),
        ("step_back_n", 0),
    ]:
        action(trained, name).trigger()
        settle(qtbot, trained)
        assert step_shown(trained) == str(step)


@pytest.mark.thorough
def test_undo_reverts_a_field_that_has_the_focus(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    rate = find(trained, QDoubleSpinBox, "rate")
    before = seen[-1]
    enter(rate, "0.5")
    settle(qtbot, trained)
    assert trained.session.config.rate == 0.5
    assert action(trained, "undo").text() == "&Undo rate 0.5"
    press("undo")
    settle(qtbot, trained)
    assert QApplication.focusWidget() is rate
    assert (trained.session.config.rate, rate.value(), rate.text()) == (0.01, 0.01, "0.01")
    assert_same_state(seen[-1], before)
    assert seen[-1].record == before.record
    assert text(trained, "status_message") == "Undone: rate 0.5."
    press("redo")
    settle(qtbot, trained)
    assert (trained.session.config.rate, rate.text()) == (0.5, "0.5")
    press("undo")
    settle(qtbot, trained)
    assert rate.text() == "0.01"


@pytest.mark.thorough
def test_settings_are_copied_and_pasted_by_keys(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    action(trained, "copy_command").trigger()
    command = QGuiApplication.clipboard().text()
    assert command.startswith("xorviz --width 3 ")
    assert command in text(trained, "status_message")
    QGuiApplication.clipboard().setText(command.replace("--width 3", "--width 5"))
    action(trained, "paste_settings").trigger()
    settle(qtbot, trained)
    assert seen[-1].config == RunConfig(width=5)
    assert find(trained, QDoubleSpinBox, "width").value() == 5
    QGuiApplication.clipboard().setText("hello")
    action(trained, "paste_settings").trigger()
    assert text(trained, "status_message").startswith("Could not paste settings: ")
    press("undo")
    settle(qtbot, trained)
    assert (step_shown(trained), seen[-1].config) == ("300", RunConfig())


# Showing past steps.


def test_actions_are_enabled_where_there_are_steps(qtbot: QtBot, window: MainWindow) -> None:
    names = ("to_start", "step_back_n", "step_back", "to_live")

    def offered() -> list[bool]:
        buttons = [find(window, QToolButton, f"{name}_button") for name in names]
        enabled = [action(window, name).isEnabled() for name in names]
        assert [button.isEnabled() for button in buttons] == enabled
        return enabled

    slider = find(window, TimeSlider, "timeline")
    assert (offered(), slider.isEnabled()) == ([False] * 4, False)
    window.session.step(50)
    settle(qtbot, window)
    assert (offered(), slider.isEnabled()) == ([True, True, True, False], True)
    window.session.seek(20)
    settle(qtbot, window)
    assert offered() == [True] * 4
    window.session.seek(0)
    settle(qtbot, window)
    assert offered() == [False, False, False, True]


def test_every_panel_follows_the_timeline(qtbot: QtBot, trained: MainWindow) -> None:
    panel(trained, "Weights").show_in_front()
    point_at_first_weight(trained)
    for step in (123, 0, 299, 300, 64):
        go_to(qtbot, trained, step)
        assert_everything_shows(trained, straight(step).snapshot(), 300)
    assert text(trained, "status_state") == "Looking back"
    assert "starts a branch" in text(trained, "status_message")


def test_a_drag_of_the_slider_shows_the_exact_step(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    slider = find(trained, TimeSlider, "timeline")
    middle = slider.rect().center()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    for dx in range(0, -200, -5):
        QTest.mouseMove(slider, middle + QPoint(dx, 0))
        QApplication.processEvents()
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(-195, 0))
    settle(qtbot, trained)
    assert slider.position == seen[-1].step < 150
    assert step_shown(trained) == str(seen[-1].step)
    assert_same_state(seen[-1], straight(seen[-1].step).snapshot())


@pytest.mark.thorough
def test_controls_show_the_settings_at_the_step(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "more").setChecked(True)
    rate, momentum = (find(window, QDoubleSpinBox, name) for name in ("rate", "momentum"))
    for field, value in ((rate, "0.5"), (momentum, "0.9"), (rate, "0.25")):
        window.session.step(100)
        settle(qtbot, window)
        enter(field, value)
        settle(qtbot, window)
    for step, values in {
        50: (0.01, 0.0),
        99: (0.01, 0.0),
        100: (0.5, 0.0),
        200: (0.5, 0.9),
        299: (0.5, 0.9),
        300: (0.25, 0.9),
    }.items():
        go_to(qtbot, window, step)
        assert (rate.value(), momentum.value()) == values
    ticks = find(window, TimeSlider, "timeline")._ticks
    assert ticks.tolist() == [100, 200, 300]


# Weights, branches, runs.


def set_by_mouse(window: MainWindow, number: str) -> None:
    canvas = child(find(window, WeightHeatmap, "weight_heatmap"), CellGrid)
    place = canvas.rect_of((0, 1)).center().toPoint()
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    release_mouse()
    type_weight(window, number)


def set_by_keys(window: MainWindow, number: str) -> None:
    heatmap = find(window, WeightHeatmap, "weight_heatmap")
    window._docks["weight_heatmap"].show_in_front()
    QApplication.processEvents()  # the tab is raised in the next turn
    heatmap.setFocus()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(heatmap, key)
    type_weight(window, number)


def type_weight(window: MainWindow, number: str) -> None:
    editor = next(e for e in window.findChildren(QLineEdit, "weight_editor") if e.isVisible())
    assert QApplication.focusWidget() is editor
    editor.selectAll()
    QTest.keyClicks(editor, number)
    QTest.keyClick(editor, Qt.Key.Key_Return)


@pytest.mark.parametrize("set_weight", some([set_by_mouse, set_by_keys], 1))
@pytest.mark.parametrize("step", some([300, 120], 1))
def test_a_weight_is_set_marked_and_undone(
    qtbot: QtBot,
    trained: MainWindow,
    seen: list[Snapshot],
    set_weight: Callable[[MainWindow, str], None],
    step: int,
) -> None:
    go_to(qtbot, trained, step)
    before = outputs_shown(trained)
    set_weight(trained, "2.5")
    settle(qtbot, trained)
    trainer = straight(step)
    trainer.intervene("w1", 2.5, (0, 1))
    assert_same_state(seen[-1], trainer.snapshot())
    expected = [f"{trainer.snapshot().outputs[row]:.3f}" for row in COUNTED]
    assert outputs_shown(trained) == expected != before
    marks = marks_shown(trained)
    assert [(m.step, m.text) for m in marks if "w1" in m.text] == [(step, "w1[x1→h2] 2.5")]
    assert action(trained, "undo").text() == "&Undo w1[x1→h2] 2.5"
    press("undo")
    settle(qtbot, trained)
    assert outputs_shown(trained) == before
    assert marks_shown(trained) == []


def test_a_change_at_a_past_step_pins_the_old_run(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    future = seen[-1].record
    assert not panel(trained, "Runs").isVisible()
    go_to(qtbot, trained, 120)
    enter(find(trained, QDoubleSpinBox, "rate"), "0.5")
    settle(qtbot, trained)
    message = "Branched at step 120. The original is pinned as Run 1."
    assert text(trained, "status_message") == message
    assert [run.record for run in trained.document.project.pinned] == [future]
    assert panel(trained, "Runs").isVisible()
    assert (seen[-1].step, seen[-1].newest, seen[-1].config.rate) == (120, 120, 0.5)
    table = find(trained, QTableView, "runs_table")
    names = [table.model().index(row, 1).data() for row in range(table.model().rowCount())]
    assert names == ["current run", "Run 1"]
    press("undo")
    settle(qtbot, trained)
    assert (seen[-1].step, seen[-1].newest) == (120, 300)
    assert trained.document.project.pinned == ()


def test_a_run_is_pinned_and_recalled_by_keys(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    pinned = seen[-1]
    press("pin")
    assert panel(trained, "Runs").isVisible()
    assert text(trained, "status_message") == "Pinned as Run 1."
    press("pin")
    assert text(trained, "status_message") == "This run is already pinned as Run 1."
    enter(find(trained, QDoubleSpinBox, "width"), "5")
    settle(qtbot, trained)
    table = find(trained, QTableView, "runs_table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    settle(qtbot, trained)
    assert_same_state(seen[-1], pinned)
    assert find(trained, QDoubleSpinBox, "width").value() == 3


# Replaying and seeking.


def test_past_steps_are_replayed_and_training_goes_on(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    trained.session.set_speed(1)
    press("to_start")
    settle(qtbot, trained)
    assert text(trained, "status_state") == "Looking back"
    action(trained, "run").trigger()
    assert text(trained, "status_state") == "● Replaying"
    qtbot.waitUntil(lambda: seen[-1].step > 0, timeout=10_000)
    assert text(trained, "status_message") == "Showing again what was trained, up to step 300."
    trained.session.set_speed(None)
    qtbot.waitUntil(lambda: seen[-1].step > 300, timeout=10_000)
    assert text(trained, "status_state") == "● Running"
    action(trained, "run").trigger()
    settle(qtbot, trained)
    assert text(trained, "status_state") == "Paused"


@pytest.mark.parametrize("kernel", some(compiler.KERNEL_NAMES, 1))
def test_pictures_and_animations_show_the_recorded_run(
    qapp: QApplication, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels.prepare(kernel)
    recording = Recording(RunConfig(rate=0.5), kernel=kernel)
    recording.advance(2500)
    record = recording.record()
    record = replace(record, checkpoints=(record.checkpoints[0], record.checkpoints[-1]))
    seen: list[Snapshot] = []

    monkeypatch.setattr(offscreen.OffscreenRenderer, "show", lambda _, shown: seen.append(shown))
    offscreen.render_picture(Project(record, 0), 1234, "truth_table", "png", 1)

    def draw(snapshot: Snapshot) -> NDArray[np.uint8]:
        seen.append(snapshot)
        return np.zeros((1, 1, 3), np.uint8)

    for _ in offscreen.film(Project(record, 0), 5, draw):
        pass
    assert {1234, 0, 625, 1250, 1875, 2500} == {snapshot.step for snapshot in seen}
    for snapshot in seen:
        expected = recording.state_at(snapshot.step).weights
        np.testing.assert_array_equal(flat(snapshot.weights), flat(expected))
