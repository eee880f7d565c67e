"""The whole window, through its real widgets."""

import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QAction, QStatusTipEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QDoubleSpinBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.windows import Open, action, enter, find, settle, text
from xorviz.core.network import Weights
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import is_in_sight
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.main_window import MainWindow, first_size


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


@pytest.fixture
def snapshots(window: MainWindow) -> list[Snapshot]:
    seen: list[Snapshot] = []
    window.session.snapshot_arrived.connect(seen.append)
    return seen


def test_the_start_shows_the_untrained_network_in_every_panel(window: MainWindow) -> None:
    assert text(window, "status_state") == "Ready"
    assert text(window, "status_step") == "step 0"
    assert text(window, "status_loss") == "loss 1.068"
    model = find(find(window, QWidget, "truth_table"), QTableView).model()
    assert [model.index(row, 3).data() for row in range(4)] == ["0.631", "0.612", "0.648", "0.629"]
    for view in ("loss_plot", "weight_heatmap", "decision_surface", "truth_table"):
        picture = find(window, QWidget, view).grab().toImage()
        colors = {
            picture.pixel(x, y)
            for x in range(0, picture.width(), 3)
            for y in range(0, picture.height(), 3)
        }
        assert len(colors) > 3, f"{view} is empty"


def test_right_takes_a_step_unless_the_focused_widget_uses_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Right)
    settle(qtbot, window)
    assert text(window, "status_step") == "step 1"
    for name in ("speed", "decision_surface", "weight_heatmap", "loss_plot"):
        widget = find(window, QWidget, name)
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_Right)
    settle(qtbot, window)
    assert text(window, "status_step") == "step 1"


def test_what_had_the_focus_is_deleted_alone(window: MainWindow) -> None:
    field = QDoubleSpinBox(window)
    field.show()
    field.setFocus()
    field.hide()  # the focus goes on along Qt's chain
    field.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert all(isValid(part) for part in window._tools._parts.values())


def test_space_runs_and_pauses(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.session.playing
    assert action(window, "run").text() == "Pause"
    assert text(window, "status_state") == "● Running"
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert not window.session.playing
    assert action(window, "run").text() == "&Run"
    settle(qtbot, window)
    assert text(window, "status_state") == "Paused"


def test_many_steps_show_progress_and_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, snapshots: list[Snapshot]
) -> None:
    window.session.step(1_000_000)
    progress = find(window, QProgressBar)
    qtbot.waitUntil(progress.isVisible)
    cancel = next(b for b in window.findChildren(QPushButton) if b.text() == "Cancel")
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert 0 < snapshots[-1].step < 1_000_000
    assert not progress.isVisible()
    assert text(window, "status_state") == "Paused"


def test_reset_returns_to_the_same_weights(
    qtbot: QtBot, window: MainWindow, snapshots: list[Snapshot]
) -> None:
    window.session.step(500)
    settle(qtbot, window)
    action(window, "reset").trigger()
    settle(qtbot, window)
    assert snapshots[-1].step == 0
    expected = Trainer(RunConfig()).snapshot().weights
    assert np.array_equal(snapshots[-1].weights.w1, expected.w1)
    assert np.array_equal(snapshots[-1].weights.w2, expected.w2)


@pytest.mark.parametrize(
    ("name", "typed", "allowed"),
    some(
        [
            ("width", "0", "a whole number from 1 to 64"),
            ("width", "65", "a whole number from 1 to 64"),
            ("rate", "0", "a number above 0, up to 1\u202f000"),
            ("rate", "1001", "a number above 0, up to 1\u202f000"),
            ("seed", "4294967296", "a whole number from 0 to 4\u202f294\u202f967\u202f295"),
            ("momentum", "1", "a number from 0, below 1"),
            ("init_range", "-1", "a number above 0, up to 100"),
            ("step_count", "1000001", "a whole number from 1 to 1\u202f000\u202f000"),
            ("stop_step", "0", "a whole number from 1 to 1\u202f000\u202f000\u202f000\u202f000"),
        ],
        2,
    ),
)
def test_an_invalid_value_is_explained_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, name: str, typed: str, allowed: str
) -> None:
    action(window, "more").setChecked(True)
    window.session.step(5)
    settle(qtbot, window)
    field = find(window, QDoubleSpinBox, name)
    before = field.value()
    enter(field, typed)
    message = text(window, "status_message")
    assert typed in message
    assert allowed in message
    settle(qtbot, window)
    assert field.value() == before
    assert window.session.config == RunConfig()
    assert text(window, "status_step") == "step 5"


@pytest.mark.parametrize("number", some(range(9), 1))
def test_a_preset_sets_settings_and_speed_and_shows_its_note(
    qtbot: QtBot, window: MainWindow, number: int
) -> None:
    preset = assets.presets()[number]
    menu_action = next(a for a in window.findChildren(QAction) if a.data() == preset)
    menu_action.trigger()
    settle(qtbot, window)
    assert window.session.config == preset.config
    assert window.session.speed == preset.speed
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert f"Preset: {preset.name}" in shown


def test_a_run_stops_at_its_limit_and_can_go_on(qtbot: QtBot, window: MainWindow) -> None:
    window.session.rules = StopRules(at_step=300)
    window.session.set_speed(None)
    window.session.play()
    qtbot.waitUntil(lambda: text(window, "status_state") == "Step limit")
    assert text(window, "status_step") == "step 300"
    assert text(window, "status_message") == "Stopped at step 300. Press Run for 300 more."
    enter(find(window, QDoubleSpinBox, "stop_step"), "1000")
    qtbot.waitUntil(lambda: text(window, "status_message").endswith("Press Run for 700 more."))
    enter(find(window, QDoubleSpinBox, "stop_step"), "300")
    window.session.play()
    qtbot.waitUntil(lambda: text(window, "status_step") == "step 600")
    qtbot.waitUntil(lambda: not window.session.playing)


def test_a_diverged_run_is_reported_with_advice(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No weights that a seed can draw overflow; the first step from these sends w2 to infinity.
    huge = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: huge)
    seen: list[Snapshot] = []
    window.session.snapshot_arrived.connect(seen.append)
    off = (0, 0, 0, 0)
    config = RunConfig(width=1, rate=1000, activation="relu", biases=True, targets=off)
    window.session.open_run(Record(config), 0)
    window.session.play()
    qtbot.waitUntil(lambda: text(window, "status_state") == "Diverged")
    assert "Lower the learning rate" in text(window, "status_message")
    assert np.isfinite(seen[-1].loss)
    assert all(np.isfinite(a).all() for a in seen[-1].weights.arrays())
    assert seen[-1].diverged_at == seen[-1].step + 1


def test_layout_and_choices_are_restored(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.resize(window.width(), 701)
    loss = next(d for d in window.findChildren(QDockWidget) if d.windowTitle() == "Loss")
    loss.hide()
    enter(find(window, QDoubleSpinBox, "step_count"), "42")
    for name in ("log_loss", "log_step", "gradients", "unit_lines", "range_20"):
        action(window, name).toggle()
    slider = find(window, QAbstractSlider, "speed")
    slider.setValue(slider.maximum())
    action(window, "more").trigger()
    qtbot.waitUntil(find(window, QComboBox, "init").isVisible)
    window.close()

    again = open_window()
    assert again.height() == 701
    assert next(d for d in again.findChildren(QDockWidget) if d.windowTitle() == "Loss").isHidden()
    assert find(again, QDoubleSpinBox, "step_count").value() == 42
    checked = {n: action(again, n).isChecked() for n in ("log_loss", "log_step", "gradients")}
    assert checked == {"log_loss": False, "log_step": True, "gradients": True}
    assert not action(again, "unit_lines").isChecked()
    assert action(again, "range_20").isChecked()
    assert not action(again, "range_5").isChecked()
    assert again.session.speed is None
    assert find(again, QComboBox, "init").isVisible()


FIRST_PANELS = {"Settings", "Truth table", "Decision surface", "Network", "Loss", "Weights"}
"""Shown by default; the panel of runs is shown with the first pinned run."""


def shown_panels(window: MainWindow) -> set[str]:
    return {dock.windowTitle() for dock in window.findChildren(QDockWidget) if dock.isVisible()}


@pytest.mark.parametrize("garbage", some([b"\x00\xff\x13", "nonsense", 7, ["a", "b"], {}, b""], 1))
def test_invalid_settings_open_the_default_layout(
    store: QSettings, open_window: Open, garbage: object
) -> None:
    keys = ["window/geometry", "window/layout_learn", "run/config", "run/stop"]
    keys += ["choices/workspace", "window/layout_inside"]
    keys += [f"choices/{name}" for name in ("theme", "speed", "step_count", "more", "log_loss")]
    for key in keys:
        store.setValue(key, garbage)
    store.sync()
    window = open_window()
    assert shown_panels(window) == FIRST_PANELS
    assert window.session.speed == 2000
    assert window.session.rules == StopRules()


@pytest.mark.parametrize("name", some(["run", "step", "reset", "new_weights"], 1))
def test_an_action_commits_a_number_being_typed(
    qtbot: QtBot, window: MainWindow, snapshots: list[Snapshot], name: str
) -> None:
    rate = find(window, QDoubleSpinBox, "rate")
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "0.5")
    action(window, name).trigger()
    qtbot.waitUntil(lambda: bool(snapshots) and snapshots[-1].config.rate == 0.5)
    window.session.pause()
    settle(qtbot, window)
    assert snapshots[-1].interventions == ()


def test_a_changed_run_is_not_a_preset(qtbot: QtBot, window: MainWindow) -> None:
    def notes() -> list[str]:
        shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        return [p.name for p in assets.presets() if f"Preset: {p.name}" in shown]

    rate = find(window, QDoubleSpinBox, "rate")
    assert notes() == ["Original 28-line program (3 units)"]
    enter(rate, "5")
    settle(qtbot, window)
    assert notes() == ["Rate too high: oscillates"]
    enter(rate, "0.01")
    window.session.step(10)
    settle(qtbot, window)
    assert notes() == ["Original 28-line program (3 units)"]
    enter(rate, "5")
    settle(qtbot, window)
    assert notes() == []
    enter(rate, "0.01")  # at the same step: no change
    settle(qtbot, window)
    assert notes() == ["Original 28-line program (3 units)"]
    enter(rate, "5")
    settle(qtbot, window)
    action(window, "reset").trigger()
    settle(qtbot, window)
    assert notes() == ["Rate too high: oscillates"]


def test_status_tips_do_not_hide_the_state(window: MainWindow) -> None:
    QApplication.sendEvent(window, QStatusTipEvent("Take one step"))
    assert text(window, "status_message") == "Take one step"
    assert find(window, QLabel, "status_state").isVisible()
    assert text(window, "status_state") == "Ready"
    QApplication.sendEvent(window, QStatusTipEvent(""))
    assert text(window, "status_message") == "Press Run to train."


@pytest.mark.thorough
def test_redrawing_keeps_the_reference_count_of_none(qtbot: QtBot, window: MainWindow) -> None:
    """PySide6 6.12.0 on Python 3.11 lost references to None with every redraw, and crashed."""
    surface = find(window, QWidget, "decision_surface")
    before = sys.getrefcount(None)
    for _ in range(200):
        surface.repaint()
    assert sys.getrefcount(None) > before - 20


def test_number_fields_are_wide_enough_for_their_text(window: MainWindow) -> None:
    for field in window.findChildren(QAbstractSpinBox):
        if field.isVisible():
            line = field.lineEdit()
            needed = line.fontMetrics().horizontalAdvance(field.text())
            assert line.width() >= needed, field.objectName()
            assert line.x() >= 0


def is_accent(button: QWidget) -> bool:
    """Return whether a button is filled with the accent colour."""
    image = button.grab().toImage()
    return image.pixelColor(5, image.height() // 2).name().upper() == LIGHT.accent


@pytest.mark.parametrize("space", some(list(Workspace), 1))
def test_one_primary_button_is_in_sight_in_each_workspace(
    window: MainWindow, space: Workspace
) -> None:
    action(window, "theme_light").trigger()
    action(window, f"workspace_{space}").trigger()
    QApplication.processEvents()
    buttons = [b for b in window.findChildren(QAbstractButton) if is_in_sight(b)]
    filled = [b.objectName() for b in buttons if is_accent(b)]
    assert filled == ["lab_run_button" if space is Workspace.LAB else "run_button"]
    about = find(window, QLabel, "about_run")
    assert about.isVisible() == (space is Workspace.LAB)
    assert about.text() == "Current run: width 3, rate 0.01, seed 1234"


def test_the_first_window_uses_the_screen() -> None:
    sizes = {
        (850, 530): (850, 530),
        (1280, 800): (1280, 800),
        (1366, 768): (1280, 768),
        (1920, 1080): (1632, 918),
        (2560, 1440): (2176, 1224),
    }
    for screen, size in sizes.items():
        assert first_size(QSize(*screen)).toTuple() == size
