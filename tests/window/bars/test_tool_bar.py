"""The tool bar: actions, speed, presets, stop rules."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.snapshots import trained
from tests.support.watched import watched_run
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.tool_bar import (
    DEFAULT_SPEED,
    DEFAULT_STEP_COUNT,
    SideBar,
    Strip,
    ToolBar,
    WorkspaceTabs,
)
from xorviz.window.main_window import MainWindow

BUTTONS = ("run", "step", "step_n", "reset", "new_weights")
ALL = [f"{name}_button" for name in BUTTONS] + ["preset"]
STYLES = Qt.ToolButtonStyle


class Harness(QMainWindow):
    """A tool bar in a window, and what is requested by it."""

    def __init__(self) -> None:
        super().__init__()
        self.actions_of = Actions(self)
        self.bar = ToolBar(self.actions_of)
        self.addToolBar(self.bar)
        self.resize(1280, 200)
        self.speeds: list[float | None] = []
        self.presets: list[assets.Preset] = []
        self.used: list[str] = []
        self.bar.speed.number_requested.connect(self.speeds.append)
        self.bar.presets_menu.triggered.connect(lambda one: self.presets.append(one.data()))
        for name in BUTTONS:
            used = self.actions_of[name].triggered
            used.connect(lambda _=False, name=name: self.used.append(name))

    @property
    def speed_text(self) -> str:
        return child(self.bar, QLabel, "speed_text").text()

    def button(self, name: str) -> QToolButton:
        return child(self.bar, QToolButton, name)

    def in_sight(self) -> list[str]:
        """Return the names of the buttons that are shown whole, from the left."""
        QApplication.processEvents()  # Qt lays tool bars out later
        shown = [b for b in self.bar.findChildren(QToolButton) if b.isVisible()]
        assert all(self.bar.rect().contains(button.geometry()) for button in shown)
        return [b.objectName() for b in sorted(shown, key=lambda b: b.x())]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness()
    qtbot.addWidget(harness)
    with qtbot.waitExposed(harness):
        harness.show()
    yield harness
    harness.hide()


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_clicks_and_enter_trigger_the_actions_and_open_the_presets(harness: Harness) -> None:
    for name in BUTTONS:
        QTest.mouseClick(harness.button(f"{name}_button"), Qt.MouseButton.LeftButton)
        QTest.keyClick(harness.button(f"{name}_button"), Qt.Key.Key_Return)
        assert harness.used == [name] * 2
        harness.used.clear()
    button, menu = harness.button("preset"), harness.bar.presets_menu
    assert (button.text(), button.menu()) == ("Presets", menu)
    menu.aboutToShow.connect(lambda: harness.used.append("presets"))
    QTimer.singleShot(0, menu.close)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert harness.used == ["presets"]
    for action, preset in zip(menu.actions(), assets.presets(), strict=True):
        assert action.text() == preset.name
        assert action.toolTip() == action.statusTip() == preset.why
        action.trigger()
    assert harness.presets == list(assets.presets())


def test_a_speed_is_shown_without_a_request_and_chosen_by_keys(harness: Harness) -> None:
    slider, count = harness.bar.speed, harness.bar.step_count
    assert (slider.number, count.value()) == (DEFAULT_SPEED, DEFAULT_STEP_COUNT)
    assert harness.bar.steps == DEFAULT_STEP_COUNT
    assert harness.speed_text == "2\u202f000 steps/s"
    for speed, text in ((1.0, "1 steps/s"), (1e5, "100\u202f000 steps/s"), (None, "max")):
        harness.bar.show_speed(speed)
        assert (harness.speed_text, slider.number, harness.speeds) == (text, speed, [])
    slider.number_moved.emit(300.0)
    assert harness.speed_text == "300 steps/s", "a drag previews it"
    harness.bar.show_speed(300)
    for key, end in ((Qt.Key.Key_Home, "1 steps/s"), (Qt.Key.Key_End, "max")):
        QTest.keyClick(slider, key)
        assert harness.speed_text == end
    assert harness.speeds == [1.0, None]


def test_the_program_of_a_watched_run_sets_its_own_speed(harness: Harness) -> None:
    help_text = harness.bar.speed.toolTip()
    for snapshot, is_ours in ((watched_run().snapshot(), False), (trained(RunConfig()), True)):
        for _ in range(2):
            harness.bar.show_snapshot(snapshot)
            assert harness.bar.speed.isEnabled() == is_ours
            assert (harness.bar.speed.toolTip() == help_text) == is_ours
            assert harness.speed_text == ("2\u202f000 steps/s" if is_ours else "–")
    assert harness.speeds == []


def test_buttons_lose_their_texts_and_then_go_into_a_menu(harness: Harness) -> None:
    font, texts = harness.bar.font(), harness.button("new_weights_button")
    font.setPointSize(14)
    harness.bar.setFont(font)
    harness.resize(850, 200)
    assert harness.in_sight() == ALL
    assert harness.bar.speed.isVisible()
    assert texts.toolButtonStyle() == STYLES.ToolButtonIconOnly
    assert texts.toolTip()
    harness.resize(3000, 200)
    assert harness.in_sight() == ALL
    assert texts.toolButtonStyle() == STYLES.ToolButtonTextBesideIcon
    assert harness.bar.step_count.isVisible()
    harness.resize(370, 200)
    seen, rest = harness.in_sight(), harness.button("rest")
    assert seen[-2:] == ["rest", "preset"]
    assert rest.focusPolicy() == Qt.FocusPolicy.TabFocus
    moved = [f"{one.objectName()}_button" for one in rest.menu().actions()]
    assert moved == [name for name in ALL if name not in seen] != []
    assert harness.bar.step_count.isVisible() == ("step_n_button" in seen)
    for is_primary in (True, False):
        harness.bar.show_primary(is_primary)
        assert harness.button("run_button").property("primary") == is_primary


def test_strips_and_tabs_are_named_after_what_they_hold(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    parts = [QWidget() for _ in range(3)]
    for number, part in enumerate(parts):
        part.setObjectName(f"part_{number}")
        part.setAccessibleName(f"Part {number}")
    strip, side = Strip(*parts[:2]), SideBar(parts[2])
    for bar, name in ((strip, "part_1_bar"), (side, "part_2_bar")):
        window.addToolBar(bar)
        assert bar.objectName() == name
    window.show()
    QApplication.processEvents()
    assert parts[0].y() < parts[1].y()
    assert side.isHidden()
    actions = Actions(window)
    tabs = WorkspaceTabs(actions.workspaces.actions())
    qtbot.addWidget(tabs)
    for action in actions.workspaces.actions()[::-1]:
        child(tabs, QToolButton, f"{action.objectName()}_button").click()
        assert action.isChecked()


@pytest.mark.thorough
def test_choices_reach_the_session_and_are_kept(reset_window: MainWindow) -> None:
    window = reset_window
    window._tools.speed.number_requested.emit(7.0)
    assert window.session.speed == 7.0
    rules = StopRules(at_step=77)
    window._controls.rules_requested.emit(rules)
    assert window.session.rules == rules
    assert window._settings.rules() == rules
    window._controls.rules_requested.emit(StopRules())
