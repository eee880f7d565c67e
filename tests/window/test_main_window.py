"""The whole window, through its real widgets."""

import sys

import pytest
from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.windows import Open, action, enter, find, in_sight, settle, shown_step, text
from tests.window.scenarios.test_keys import press
from xorviz.core.network import initial_weights
from xorviz.core.rules import Readable
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import AT_STEP, StopRules
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files import assets
from xorviz.ui.keys import plain_text
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


def test_right_takes_a_step_unless_the_focused_widget_uses_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Right)
    settle(qtbot, window)
    assert shown_step(window) == 1
    for name in ("speed", "decision_surface", "weight_heatmap", "loss_plot"):
        widget = find(window, QWidget, name)
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_Right)
    settle(qtbot, window)
    assert shown_step(window) == 1


def test_what_had_the_focus_is_deleted_alone(window: MainWindow) -> None:
    field = QDoubleSpinBox(window)
    field.show()
    field.setFocus()
    field.hide()  # the focus goes on along Qt's chain
    field.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert all(isValid(part) for part in window._tools._buttons.values())


def test_few_controls_and_labels_are_in_sight_at_first(qtbot: QtBot, window: MainWindow) -> None:
    for begin, most, is_welcomed in (
        (window.introduce, (29, 22), True),
        (lambda: window.session.step(1), (27, 18), False),
    ):
        begin()
        settle(qtbot, window)
        QApplication.processEvents()
        controls, labels = in_sight(window)
        assert (len(controls), len(labels)) <= most, (controls, labels)
        assert ("welcome_lessons" in controls) == is_welcomed
        needed = {"width", "rate", "seed", "biases", "more", "speed"}
        needed |= {f"{name}_button" for name in ("run", "step", "reset", "new_weights")}
        assert needed <= {*controls}
    shown = {panel.objectName() for panel in window._desk.made if panel.isVisible()}
    pictures = {"truth_table", "decision_surface", "network_diagram", "weight_heatmap", "loss_plot"}
    assert {f"{name}_panel" for name in pictures} <= shown


RULES: dict[str, Readable] = {
    **{name: SETTINGS[name].rule for name in ("width", "rate", "seed", "momentum", "init_range")},
    "stop_step": AT_STEP,
}


@pytest.mark.parametrize("name", some(RULES, 3))
def test_an_invalid_value_is_explained_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    action(window, "more").setChecked(True)
    window.session.step(5)
    settle(qtbot, window)
    field, rule = find(window, QDoubleSpinBox, name), RULES[name]
    before = field.value()
    typed = "1" + 14 * "0"
    enter(field, typed)
    assert typed in text(window, "status_message")
    assert rule.allowed in text(window, "status_message")
    settle(qtbot, window)
    assert field.value() == before
    assert window.session.config == RunConfig()
    assert shown_step(window) == 5
    action(window, "reset").trigger()
    settle(qtbot, window)
    first = window._display.seen()
    assert (first.step, first.weights.w1.tolist()) == (0, initial_weights(RunConfig()).w1.tolist())


@pytest.mark.parametrize("preset", some(assets.presets(), 1), ids=lambda preset: preset.name)
def test_a_preset_sets_settings_and_speed_and_shows_its_note(
    qtbot: QtBot, window: MainWindow, preset: assets.Preset
) -> None:
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
    qtbot.waitUntil(lambda: text(window, "status_state") == "Stopped at 300")
    assert shown_step(window) == 300
    assert "for 300 more steps" in find(window, QLabel, "status_state").toolTip()
    enter(find(window, QDoubleSpinBox, "stop_step"), "1000")
    qtbot.waitUntil(lambda: "for 700 more steps" in find(window, QLabel, "status_state").toolTip())
    enter(find(window, QDoubleSpinBox, "stop_step"), "300")
    window.session.play()
    qtbot.waitUntil(lambda: shown_step(window) == 600)
    qtbot.waitUntil(lambda: not window.session.playing)


SWITCHED = {"log_loss": False, "log_step": True, "gradients": True, "unit_lines": False}
"""What options of panels become when they are switched."""


@pytest.mark.thorough
def test_layout_and_choices_are_restored(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.resize(window.width(), 701)
    window._desk.hide_panel("loss_plot")
    action(window, "step_10").trigger()
    settle(qtbot, window)
    for name in (*SWITCHED, "range_20"):
        action(window, name).toggle()
    slider = find(window, QAbstractSlider, "speed")
    slider.setValue(slider.maximum())
    action(window, "more").trigger()
    window.close()
    again = open_window()
    assert again.height() == 701
    assert not again._desk["loss_plot"].isVisible()
    assert plain_text(action(again, "step_n")) == "Step 10"
    assert {name: action(again, name).isChecked() for name in SWITCHED} == SWITCHED
    assert action(again, "range_20").isChecked()
    assert not action(again, "range_5").isChecked()
    assert again.session.speed is None
    assert find(again, QComboBox, "init").isVisible()


FIRST_PANELS = {"Settings", "Truth table", "Decision surface", "Network", "Loss", "Weights"}
"""Shown by default; the panel of runs is shown with the first pinned run."""


def shown_panels(window: MainWindow) -> set[str]:
    return {panel.windowTitle() for panel in window._desk.made if panel.isVisible()}


@pytest.mark.thorough
@pytest.mark.parametrize("garbage", some([b"\x00\xff\x13", "nonsense", 7, ["a", "b"], {}, b""], 1))
def test_invalid_settings_open_the_default_layout(
    store: QSettings, open_window: Open, garbage: object
) -> None:
    keys = ["window/geometry", "window/layouts", "run/config", "run/stop"]
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
    names = [preset.name for preset in assets.presets()]
    original, too_high = (next(n for n in names if part in n) for part in ("28-line", "too high"))

    def enter_rate(rate: str) -> None:
        enter(find(window, QDoubleSpinBox, "rate"), rate)
        settle(qtbot, window)

    def notes() -> list[str]:
        shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        return [name for name in names if f"Preset: {name}" in shown]

    assert notes() == [original]
    enter_rate("5")
    assert notes() == [too_high]
    enter_rate("0.01")
    window.session.step(10)
    settle(qtbot, window)
    assert notes() == [original]
    enter_rate("5")
    assert notes() == []


@pytest.mark.thorough
def test_redrawing_keeps_the_reference_count_of_none(qtbot: QtBot, window: MainWindow) -> None:
    """PySide6 6.12.0 on Python 3.11 lost references to None with every redraw, and crashed."""
    surface = find(window, QWidget, "decision_surface")
    before = sys.getrefcount(None)
    for _ in range(200):
        surface.repaint()
    assert sys.getrefcount(None) > before - 20


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


Answer = QMessageBox.StandardButton


def answer(window: MainWindow, which: QMessageBox.StandardButton) -> None:
    question = find(window, QMessageBox, "unsaved_dialog")
    QTest.mouseClick(question.button(which), Qt.MouseButton.LeftButton)


def test_a_running_window_asks_before_it_closes_and_saves_its_settings(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(RunConfig(width=2))
    window.session.step(9)
    settle(qtbot, window)
    press("pin")
    window.session.play()
    for which in (Answer.Cancel, Answer.Discard):
        window.close()
        assert window.isVisible()
        answer(window, which)
        assert window.isVisible() == (which is Answer.Cancel)
    assert not window.session.playing
    again = open_window(None)
    assert again._settings.config("run/config") == RunConfig(width=2)
