"""The tool bar: actions, speed, presets."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, move_pressed, press_left, release_left
from xorviz.files import assets
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.sliders import LogSlider
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.tool_bar import DEFAULT_SPEED, DEFAULT_STEP_COUNT, ToolBar


@dataclass
class Harness:
    """A tool bar in a window, and its requests."""

    window: QMainWindow
    bar: ToolBar
    actions: Actions
    speeds: list[float | None] = field(default_factory=list)
    presets: list[assets.Preset] = field(default_factory=list)

    @property
    def slider(self) -> LogSlider:
        return child(self.bar, LogSlider, "speed")

    @property
    def speed_text(self) -> str:
        return child(self.bar, QLabel, "speed_text").text()

    def button(self, name: str) -> QToolButton:
        return child(self.bar, QToolButton, f"{name}_button")


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    window = QMainWindow()
    actions = Actions(window)
    actions.apply_theme(LIGHT)
    bar = ToolBar(actions)
    window.addToolBar(bar)
    window.resize(1280, 200)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    harness = Harness(window, bar, actions)
    bar.speed.number_requested.connect(harness.speeds.append)
    bar.presets_menu.triggered.connect(lambda action: harness.presets.append(action.data()))
    yield harness
    window.hide()


@pytest.mark.parametrize("name", some(["run", "step", "step_n", "reset", "new_weights"], 1))
def test_a_click_triggers_the_action(harness: Harness, name: str) -> None:
    used: list[str] = []
    harness.actions[name].triggered.connect(lambda: used.append(name))
    QTest.mouseClick(harness.button(name), Qt.MouseButton.LeftButton)
    assert used == [name]


def test_the_defaults_are_shown_at_the_start(harness: Harness) -> None:
    assert child(harness.bar, NumberField, "step_count").value() == DEFAULT_STEP_COUNT
    assert harness.slider.number == DEFAULT_SPEED
    assert harness.speed_text == "2\u202f000 steps/s"
    assert harness.speeds == []


@pytest.mark.parametrize(
    ("speed", "text"),
    some(
        [
            (1.0, "1 steps/s"),
            (300.0, "300 steps/s"),
            (100_000.0, "100\u202f000 steps/s"),
            (None, "max"),
        ],
        2,
    ),
)
def test_showing_a_speed_requests_none(harness: Harness, speed: float | None, text: str) -> None:
    harness.bar.show_speed(speed)
    assert harness.speed_text == text
    assert harness.slider.number == speed
    assert harness.speeds == []


def test_keys_choose_a_speed(harness: Harness) -> None:
    QTest.keyClick(harness.slider, Qt.Key.Key_End)
    assert harness.speed_text == "max"
    QTest.keyClick(harness.slider, Qt.Key.Key_Home)
    assert harness.speed_text == "1 steps/s"
    assert harness.speeds == [None, 1.0]


def test_a_drag_requests_one_speed_at_its_end(harness: Harness) -> None:
    slider = harness.slider
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    handle, groove = QStyle.SubControl.SC_SliderHandle, QStyle.ComplexControl.CC_Slider
    start = slider.style().subControlRect(groove, option, handle, slider).center()
    middle = QPoint(start)
    press_left(slider, start)
    assert slider.isSliderDown(), (slider.geometry(), slider.isVisible(), slider.style().name())
    texts = []
    for x in range(start.x(), 5, -5):
        middle.setX(x)
        move_pressed(slider, middle)
        texts.append(harness.speed_text)
    assert len(set(texts)) > 3
    assert harness.speeds == []
    release_left(slider, middle)
    assert harness.speeds == [slider.number]


def test_the_menu_of_presets_requests_them_and_has_their_notes_as_tips(harness: Harness) -> None:
    button = child(harness.bar, QToolButton, "preset")
    assert (button.text(), button.menu()) == ("Presets", harness.bar.presets_menu)
    for action, preset in zip(button.menu().actions(), assets.presets(), strict=True):
        assert action.text() == preset.name
        assert action.toolTip() == action.statusTip() == action.whatsThis() == preset.why
        action.trigger()
    assert harness.presets == list(assets.presets())


def in_sight(harness: Harness) -> list[str]:
    """Return the names of the buttons that are shown whole, from the left."""
    QApplication.processEvents()  # Qt lays tool bars out later
    shown = [b for b in harness.bar.findChildren(QToolButton) if b.isVisible()]
    assert all(harness.bar.rect().contains(button.geometry()) for button in shown)
    return [b.objectName() for b in sorted(shown, key=lambda b: b.x())]


ALL = [f"{name}_button" for name in ("run", "step", "step_n", "reset", "new_weights")] + ["preset"]


@pytest.mark.parametrize("points", some([12, 14, 18], 3))
def test_all_is_in_sight_in_a_window_of_850_pixels(harness: Harness, points: int) -> None:
    font = harness.bar.font()
    font.setPointSize(points)
    harness.bar.setFont(font)
    harness.window.resize(850, 200)
    assert in_sight(harness)[0] == "run_button"
    assert in_sight(harness)[-1] == "preset"
    assert harness.slider.isVisible()
    texts = harness.button("new_weights")
    assert texts.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    assert texts.toolTip()
    if points < 18:
        assert in_sight(harness) == ALL
    harness.window.resize(3000, 200)
    assert in_sight(harness) == ALL
    assert texts.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon


def test_what_does_not_fit_is_in_a_menu_that_the_keyboard_reaches(harness: Harness) -> None:
    harness.window.resize(370, 200)
    assert in_sight(harness) == ["run_button", "step_button", "step_n_button", "rest", "preset"]
    rest = child(harness.bar, QToolButton, "rest")
    assert rest.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert rest.menu().actions() == [harness.actions["reset"], harness.actions["new_weights"]]


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_enter_presses_the_focused_button(harness: Harness) -> None:
    used: list[str] = []
    harness.actions["step"].triggered.connect(lambda: used.append("step"))
    harness.bar.presets_menu.aboutToShow.connect(lambda: used.append("presets"))
    QTest.keyClick(harness.button("step"), Qt.Key.Key_Return)
    QTimer.singleShot(0, harness.bar.presets_menu.close)
    QTest.keyClick(child(harness.bar, QToolButton, "preset"), Qt.Key.Key_Return)
    assert used == ["step", "presets"]
