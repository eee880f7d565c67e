"""The whole window, through its real widgets."""

import sys

import pytest
from PySide6.QtCore import QEvent, QSettings, QSize, Qt
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
from tests.support.screen import heard
from tests.support.windows import Do, Open, action, enter, find, in_sight, settle, shown_step, text
from tests.window.scenarios.test_keys import press
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.ui.keys import plain_text
from xorviz.window.app import _showing_errors
from xorviz.window.document.settings import CURRENT_RUN, Settings
from xorviz.window.main_window import MainWindow, first_size


@pytest.fixture
def snapshots(window: MainWindow) -> list[Snapshot]:
    seen: list[Snapshot] = heard(window.session.snapshot_arrived)
    return seen


Answer = QMessageBox.StandardButton


def answer(window: MainWindow, which: QMessageBox.StandardButton) -> None:
    question = find(window, QMessageBox, "unsaved_dialog")
    QTest.mouseClick(question.button(which), Qt.MouseButton.LeftButton)


def test_a_running_window_asks_before_it_closes_and_saves_its_settings(
    qtbot: QtBot, open_window: Open, store: QSettings
) -> None:
    window = open_window(RunConfig(width=2))
    window.session.step(9)
    settle(qtbot, window)
    press("pin")
    window.session.set_speed(10)
    window.session.play()
    for which in (Answer.Cancel, Answer.Discard):
        window.close()
        assert window.isVisible()
        answer(window, which)
        assert window.isVisible() == (which is Answer.Cancel)
    assert not window.session.playing
    assert Settings(store).config(CURRENT_RUN) == RunConfig(width=2)


def test_what_had_the_focus_is_deleted_alone(window: MainWindow) -> None:
    field = QDoubleSpinBox(window)
    field.show()
    field.setFocus()
    field.hide()  # the focus goes on along Qt's chain
    field.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert all(isValid(part) for part in window._tools._buttons.values())


def test_few_controls_and_labels_are_in_sight_at_first(window: MainWindow, do: Do) -> None:
    for begin, most, is_welcomed in (
        (window.introduce, (29, 22), True),
        (lambda: window.session.step(1), (27, 18), False),
    ):
        do(begin)
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


@pytest.mark.parametrize("name", some(["run", "step", "reset", "new_weights"], 1))
def test_an_action_commits_a_number_being_typed(
    qtbot: QtBot, window: MainWindow, do: Do, snapshots: list[Snapshot], name: str
) -> None:
    rate = find(window, QDoubleSpinBox, "rate")
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "0.5")
    action(window, name).trigger()
    qtbot.waitUntil(lambda: bool(snapshots) and snapshots[-1].config.rate == 0.5)
    do(window.session.pause)
    assert snapshots[-1].interventions == ()


def test_a_changed_run_is_not_a_preset(window: MainWindow, do: Do) -> None:
    names = [preset.name for preset in assets.presets()]
    original, too_high = (next(n for n in names if part in n) for part in ("28-line", "too high"))

    def enter_rate(rate: str) -> None:
        do(enter, find(window, QDoubleSpinBox, "rate"), rate)

    def notes() -> list[str]:
        shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        return [name for name in names if f"Preset: {name}" in shown]

    assert notes() == [original]
    enter_rate("5")
    assert notes() == [too_high]
    enter_rate("0.01")
    do(window.session.step, 10)
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


def test_an_uncaught_error_is_told_in_the_window_and_on_standard_error(
    window: MainWindow, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    with _showing_errors(window):
        sys.excepthook(ValueError, ValueError("it fell over"), None)
    assert "ValueError: it fell over" in text(window, "status_message")
    assert "it fell over" in capsys.readouterr().err
    assert sys.excepthook is sys.__excepthook__


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
