"""Tasks in the whole window: moving through a run, changing it, pinning, comparing, and undoing."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_state
from tests.support.screen import child, release_mouse
from tests.support.snapshots import trained as snapshot_of
from tests.support.windows import action, enter, find, settle, shown_step, text
from tests.window.scenarios.test_keys import press
from xorviz.core import numerals
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
from xorviz.window.main_window import MainWindow


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


@pytest.fixture
def trained(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """Return the window after 300 steps of the default run."""
    window.session.step(300)
    settle(qtbot, window)
    return window


def seen(window: MainWindow) -> Snapshot:
    return window._display.seen()


def go_to(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Type a step into the box of the timeline."""
    enter(find(window, QDoubleSpinBox, "timeline_step"), str(step))
    settle(qtbot, window)


def press_and_wait(qtbot: QtBot, window: MainWindow, name: str) -> None:
    press(name)
    settle(qtbot, window)


def panel(window: MainWindow, title: str) -> Panel:
    return next(p for p in window.findChildren(Panel) if p.windowTitle() == title)


def outputs_shown(window: MainWindow) -> list[str]:
    model = child(find(window, QWidget, "truth_table"), QTableView).model()
    return [model.index(row, 3).data() for row in range(4)]


def loss_plot(window: MainWindow) -> CurvePlot:
    return child(find(window, LossPlot, "loss_plot"), CurvePlot)


def marks_shown(window: MainWindow) -> list[StepMark]:
    overlays = loss_plot(window).rows[0].overlays
    return next(one.marks for one in overlays if isinstance(one, StepMarks))


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
def test_actions_move_through_the_run_where_there_are_steps(
    qtbot: QtBot, window: MainWindow
) -> None:
    names = ("to_start", "step_back_n", "step_back", "to_live")

    def offered() -> list[bool]:
        return [action(window, name).isEnabled() for name in names]

    slider = find(window, TimeSlider, "timeline")
    assert (offered(), slider.isEnabled()) == ([False] * 4, False)
    window.setFocus()
    everywhere, at_newest, at_start = [True] * 4, [True, True, True, False], [False] * 3 + [True]
    for name, step, enabled in [
        ("step_n", 100, at_newest),
        ("step_back", 99, everywhere),
        ("step_back_n", 0, at_start),
        ("to_live", 100, at_newest),
        ("to_start", 0, at_start),
        ("step", 1, everywhere),
    ]:
        action(window, name).trigger()
        settle(qtbot, window)
        assert (shown_step(window), offered()) == (step, enabled)
    assert slider.isEnabled()


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


@pytest.mark.thorough
def test_a_field_shows_the_setting_at_the_step_and_undo_reverts_it(
    qtbot: QtBot, trained: MainWindow
) -> None:
    rate, before = find(trained, QDoubleSpinBox, "rate"), seen(trained)
    enter(rate, "0.5")
    settle(qtbot, trained)
    assert trained.session.config.rate == 0.5
    assert action(trained, "undo").text() == "&Undo rate 0.5"
    assert find(trained, TimeSlider, "timeline")._ticks.tolist() == [300]
    press_and_wait(qtbot, trained, "undo")
    assert QApplication.focusWidget() is rate
    assert (trained.session.config.rate, rate.text()) == (0.01, "0.01")
    assert_same_state(seen(trained), before)
    assert text(trained, "status_message") == "Undone: rate 0.5."
    press_and_wait(qtbot, trained, "redo")
    assert (trained.session.config.rate, rate.text()) == (0.5, "0.5")
    for step, shown in ((299, "0.01"), (300, "0.5")):
        go_to(qtbot, trained, step)
        assert rate.text() == shown
    for name in ("copy_command", "new_weights", "paste_settings"):
        action(trained, name).trigger()
        settle(qtbot, trained)
    assert seen(trained).config == RunConfig(rate=0.5)


def set_by_mouse(window: MainWindow, number: str) -> None:
    canvas = child(find(window, WeightHeatmap, "weight_heatmap"), CellGrid)
    place = canvas.rect_of((0, 1)).center().toPoint()
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    release_mouse()
    type_weight(window, number)


def set_by_keys(window: MainWindow, number: str) -> None:
    point_at_first_weight(window)
    heatmap = find(window, WeightHeatmap, "weight_heatmap")
    heatmap.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(heatmap, key)
    type_weight(window, number)


def type_weight(window: MainWindow, number: str) -> None:
    editor = next(e for e in window.findChildren(QLineEdit, "weight_editor") if e.isVisible())
    assert QApplication.focusWidget() is editor
    editor.selectAll()
    QTest.keyClicks(editor, number)
    QTest.keyClick(editor, Qt.Key.Key_Return)


@pytest.mark.thorough
@pytest.mark.parametrize(("set_weight", "step"), [(set_by_mouse, 300), (set_by_keys, 120)])
def test_a_weight_is_set_marked_and_undone(
    qtbot: QtBot, trained: MainWindow, set_weight: Callable[[MainWindow, str], None], step: int
) -> None:
    go_to(qtbot, trained, step)
    before = outputs_shown(trained)
    set_weight(trained, "2.5")
    settle(qtbot, trained)
    trainer = Trainer(RunConfig())
    trainer.advance(step)
    trainer.intervene("w1", 2.5, (0, 1))
    assert_same_state(seen(trained), trainer.snapshot())
    assert outputs_shown(trained) != before
    assert (step, "w1[x1→h2] 2.5") in [(mark.step, mark.text) for mark in marks_shown(trained)]
    if step < 300:
        assert panel(trained, "Runs").isVisible()
        assert f"Branched at step {step}." in text(trained, "status_message")
        table = find(trained, QTableView, "runs_table").model()
        names = [table.index(row, 1).data() for row in range(table.rowCount())]
        assert names == ["current run", "Run 1"]
    press_and_wait(qtbot, trained, "undo")
    assert (outputs_shown(trained), marks_shown(trained)) == (before, [])


@pytest.mark.thorough
def test_a_run_is_pinned_and_recalled_by_keys(qtbot: QtBot, trained: MainWindow) -> None:
    pinned = seen(trained)
    press("pin")
    assert panel(trained, "Runs").isVisible()
    assert text(trained, "status_message") == "Pinned as Run 1."
    enter(find(trained, QDoubleSpinBox, "width"), "5")
    settle(qtbot, trained)
    table = find(trained, QTableView, "runs_table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    settle(qtbot, trained)
    assert_same_state(seen(trained), pinned)
    assert find(trained, QDoubleSpinBox, "width").value() == 3


def test_past_steps_are_replayed_and_training_goes_on(qtbot: QtBot, trained: MainWindow) -> None:
    trained.session.set_speed(1)
    press_and_wait(qtbot, trained, "to_start")
    action(trained, "run").trigger()
    assert text(trained, "status_state") == "● Replaying"
    qtbot.waitUntil(lambda: seen(trained).step > 0)
    assert "up to step 300" in find(trained, QLabel, "status_state").toolTip()
    trained.session.set_speed(None)
    qtbot.waitUntil(lambda: seen(trained).step > 300)
    assert text(trained, "status_state") == "● Running"
    action(trained, "run").trigger()
    settle(qtbot, trained)
    assert text(trained, "status_state") == "Paused"


def type_rate_of_second(qtbot: QtBot, window: MainWindow, end: Qt.Key) -> None:
    """Ask for a second run, type its rate, and end the dialog with a key."""
    press("side_by_side")
    dialog = find(window, QWidget, "side_by_side_dialog")
    qtbot.waitUntil(dialog.isActiveWindow)
    line = dialog.focusWidget()
    assert line is not None
    QTest.keyClicks(line, "rate 0.5")
    QTest.keyClick(line, end)
    window.session.pause()
    settle(qtbot, window)
    window.activateWindow()  # as a window manager does
    qtbot.waitUntil(window.isActiveWindow)
    window.setFocus()


@pytest.mark.thorough
def test_side_by_side_begins_and_ends_by_keys(qtbot: QtBot, trained: MainWindow) -> None:
    def is_pair() -> bool:
        """Return whether there are two runs, the panels of the second one, and a checked action."""
        is_shown = panel(trained, "Weights B").isVisible()
        assert is_shown == action(trained, "side_by_side").isChecked()
        assert is_shown == (seen(trained).beside is not None)
        return is_shown

    first = seen(trained)
    type_rate_of_second(qtbot, trained, Qt.Key.Key_Escape)
    assert (seen(trained), action(trained, "undo").isEnabled()) == (first, False)
    type_rate_of_second(qtbot, trained, Qt.Key.Key_Return)
    assert is_pair()
    trained.session.seek(0)
    trained.session.step(100)
    settle(qtbot, trained)
    last = seen(trained)
    assert last.beside is not None
    assert_same_state(last, snapshot_of(RunConfig(), 100))
    assert_same_state(last.beside, snapshot_of(RunConfig(rate=0.5), 100))
    curves = loss_plot(trained).rows[0].moving.curves
    traces = [last.trace, last.beside.trace]
    assert [curve.values.tolist() for curve in curves] == [t.losses.tolist() for t in traces]
    twin = find(trained, WeightHeatmap, "weight_heatmap_beside")
    assert twin._snapshot is last.beside
    for name, pair in (("side_by_side", False), ("undo", True), ("redo", False), ("undo", True)):
        press_and_wait(qtbot, trained, name)
        assert is_pair() == pair
    twin.weight_requested.emit("w1", (0, 0), 3.0)
    settle(qtbot, trained)
    now = seen(trained)
    assert now.beside is not None
    assert (now.weights.w1[0, 0] == 3, now.beside.weights.w1[0, 0]) == (False, 3)
    assert action(trained, "undo").text() == "&Undo B: w1[x1→h1] 3"
