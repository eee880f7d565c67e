"""Two runs side by side in the whole window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_state
from tests.support.windows import action, find, settle
from tests.window.scenarios.test_keys import press
from tests.window.scenarios.test_time import (
    loss_plot,
    seen,
    step_shown,
    straight,
    trained,
    type_weight,
    window,
)
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.chrome.panel import is_in_sight
from xorviz.window.main_window import MainWindow

__all__ = ["seen", "trained", "window"]


def shown(window: MainWindow) -> set[str]:
    return {dock.windowTitle() for dock in window.findChildren(QDockWidget) if dock.isVisible()}


def widths(window: MainWindow) -> dict[str, int]:
    docks = window.findChildren(QDockWidget)
    return {dock.windowTitle(): dock.width() for dock in docks if is_in_sight(dock)}


TWINS = {"Decision surface B", "Weights B"}


def begin_side_by_side(qtbot: QtBot, window: MainWindow) -> None:
    """Start a second run with another rate, by keys alone."""
    press("side_by_side")
    dialog = find(window, QWidget, "side_by_side_dialog")
    qtbot.waitUntil(dialog.isActiveWindow, timeout=10_000)
    rate = find(dialog, QDoubleSpinBox, "b_rate")
    assert dialog.focusWidget() is rate
    rate.selectAll()
    QTest.keyClicks(rate, "0.5")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    settle(qtbot, window)
    window.activateWindow()  # as a window manager does
    qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
    window.setFocus()


def test_side_by_side_begins_and_ends_by_keys(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    before, first = (shown(trained), widths(trained)), seen[-1]
    begin_side_by_side(qtbot, trained)
    assert shown(trained) == before[0] | TWINS
    assert action(trained, "side_by_side").isChecked()
    assert step_shown(trained) == "0"
    action(trained, "step_n").trigger()
    settle(qtbot, trained)
    last = seen[-1]
    assert last.beside is not None
    assert (last.step, last.beside.step) == (100, 100)
    assert_same_state(last, straight(100).snapshot())
    assert_same_state(last.beside, straight(100, RunConfig(rate=0.5)).snapshot())
    curves = loss_plot(trained).rows[0].moving.curves
    traces = [last.trace, last.beside.trace]
    assert [curve.values.tolist() for curve in curves] == [t.losses.tolist() for t in traces]
    assert find(trained, WeightHeatmap, "weight_heatmap_beside")._snapshot is last.beside
    press("side_by_side")
    settle(qtbot, trained)
    assert not action(trained, "side_by_side").isChecked()
    assert shown(trained) - {"Runs"} == before[0]
    assert {n: w for n, w in widths(trained).items() if n != "Runs"} == before[1]
    assert [run.record for run in trained.document.project.pinned] == [last.beside.record]
    assert seen[-1].beside is None
    for name, pair in (("undo", True), ("undo", False), ("redo", True), ("redo", False)):
        press(name)
        settle(qtbot, trained)
        assert (shown(trained) >= TWINS) == pair
        assert action(trained, "side_by_side").isChecked() == pair
    press("undo")
    press("undo")
    settle(qtbot, trained)
    assert_same_state(seen[-1], first)


@pytest.mark.thorough
def test_cancelling_the_side_by_side_dialog_changes_nothing(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    press("side_by_side")
    dialog = find(trained, QWidget, "side_by_side_dialog")
    qtbot.waitUntil(dialog.isActiveWindow, timeout=10_000)
    assert not action(trained, "side_by_side").isChecked()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    settle(qtbot, trained)
    assert not action(trained, "side_by_side").isChecked()
    assert step_shown(trained) == "300"
    assert not action(trained, "undo").isEnabled()


@pytest.mark.thorough
def test_a_weight_of_the_second_run_is_set_in_its_own_panel(
    qtbot: QtBot, trained: MainWindow, seen: list[Snapshot]
) -> None:
    begin_side_by_side(qtbot, trained)
    heatmap = find(trained, WeightHeatmap, "weight_heatmap_beside")
    heatmap.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(heatmap, key)
    type_weight(trained, "3")
    settle(qtbot, trained)
    last = seen[-1]
    assert last.beside is not None
    assert (last.weights.w1[0, 0] == 3, last.beside.weights.w1[0, 0]) == (False, 3)
    assert action(trained, "undo").text() == "&Undo B: w1[x1→h1] 3"
