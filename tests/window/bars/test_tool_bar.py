"""The tool bar: actions, speed, presets."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QStyle, QStyleOptionSlider, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child, move_pressed, press_left, release_left, type_into
from xorviz.files import assets
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.log_slider import LogSlider
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.tool_bar import DEFAULT_SPEED, DEFAULT_STEP_COUNT, ToolBar


@dataclass
class Bench:
    """A tool bar in a window, and what it has wished for."""

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
        widget = self.bar.widgetForAction(self.actions[name])
        assert isinstance(widget, QToolButton)
        return widget


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    window = QMainWindow()
    actions = Actions(window)
    actions.apply_theme(LIGHT)
    bar = ToolBar(actions)
    window.addToolBar(bar)
    window.resize(1280, 200)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    bench = Bench(window, bar, actions)
    bar.speed_requested.connect(bench.speeds.append)
    bar.preset_requested.connect(bench.presets.append)
    yield bench
    window.hide()


@pytest.mark.parametrize("name", ["run", "step", "step_n", "reset", "new_seed"])
def test_a_click_triggers_the_action(bench: Bench, name: str) -> None:
    used: list[str] = []
    bench.actions[name].triggered.connect(lambda: used.append(name))
    QTest.mouseClick(bench.button(name), Qt.MouseButton.LeftButton)
    assert used == [name]


def test_buttons_leave_the_focus_alone_when_clicked(bench: Bench) -> None:
    for name in ("run", "step", "reset"):
        assert bench.button(name).focusPolicy() == Qt.FocusPolicy.TabFocus


def test_a_button_is_called_what_it_says(bench: Bench) -> None:
    for is_playing, name in ((False, "Run"), (True, "Pause"), (False, "Run")):
        bench.actions.show_active(is_playing)
        button = bench.button("run")
        assert button.text().replace("&", "") == name
        # Without a name of its own, a button is called by its text.
        assert (button.accessibleName() or name) == name


def test_at_first_the_defaults_are_shown(bench: Bench) -> None:
    assert child(bench.bar, NumberField, "step_count").value() == DEFAULT_STEP_COUNT
    assert bench.slider.number() == DEFAULT_SPEED
    assert bench.speed_text == "2\u2009000 steps/s"
    assert bench.speeds == []


@pytest.mark.parametrize(
    ("speed", "text"),
    [
        (1.0, "1 steps/s"),
        (300.0, "300 steps/s"),
        (100_000.0, "100\u2009000 steps/s"),
        (None, "max"),
    ],
)
def test_a_speed_is_shown_without_a_wish(bench: Bench, speed: float | None, text: str) -> None:
    bench.bar.show_speed(speed)
    assert bench.speed_text == text
    assert bench.slider.number() == speed
    assert bench.speeds == []


def test_keys_choose_a_speed(bench: Bench) -> None:
    QTest.keyClick(bench.slider, Qt.Key.Key_End)
    assert bench.speed_text == "max"
    QTest.keyClick(bench.slider, Qt.Key.Key_Home)
    assert bench.speed_text == "1 steps/s"
    assert bench.speeds == [None, 1.0]


def test_dragging_chooses_one_speed_at_the_end(bench: Bench) -> None:
    slider = bench.slider
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
        texts.append(bench.speed_text)
    assert len(set(texts)) > 3
    assert bench.speeds == []
    release_left(slider, middle)
    assert bench.speeds == [slider.number()]


def test_the_step_count_has_thousands_apart_and_limits(bench: Bench) -> None:
    count = child(bench.bar, NumberField, "step_count")
    type_into(count, "1000000")
    assert count.text() == "1\u2009000\u2009000"
    refused: list[str] = []
    count.refused.connect(refused.append)
    type_into(count, "1000001")
    assert count.value() == 1_000_000
    assert len(refused) == 1


def test_the_presets_are_offered_with_why(bench: Bench) -> None:
    offered = bench.bar.presets_menu.actions()
    assert [action.text() for action in offered] == [p.name for p in assets.presets()]
    for action, preset in zip(offered, assets.presets(), strict=True):
        assert action.toolTip() == action.statusTip() == action.whatsThis() == preset.why


def test_a_preset_is_wished_from_the_menu(bench: Bench) -> None:
    for action in bench.bar.presets_menu.actions():
        action.trigger()
    assert bench.presets == list(assets.presets())


def test_the_presets_button_opens_the_same_menu(bench: Bench) -> None:
    button = child(bench.bar, QToolButton, "preset")
    assert button.text() == "Presets"
    assert button.menu() is bench.bar.presets_menu


def test_everything_in_the_bar_is_explained(bench: Bench) -> None:
    for widget in (bench.slider, child(bench.bar, NumberField, "step_count"),
                   child(bench.bar, QToolButton, "preset")):  # fmt: skip
        assert widget.accessibleName()
        assert widget.toolTip() == widget.whatsThis() != ""


def test_the_bar_cannot_be_hidden_for_good(bench: Bench) -> None:
    assert bench.bar.contextMenuPolicy() == Qt.ContextMenuPolicy.PreventContextMenu
    assert not bench.bar.isMovable()
