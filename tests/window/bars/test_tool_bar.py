"""The tool bar: actions, speed, presets, stop rules."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMainWindow, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, heard
from tests.support.snapshots import trained
from tests.support.watched import watched_run
from tests.support.windows import Do
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.ui.keys import plain_text
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.tool_bar import DEFAULT_SPEED, STEP_COUNT, Strip, ToolBar, WorkspaceTabs
from xorviz.window.main_window import MainWindow

BUTTONS = ("run", "step", "explain_step", "reset", "new_weights")
ALL = [f"{name}_button" for name in BUTTONS]
STYLES = Qt.ToolButtonStyle


class Harness(QMainWindow):
    """A tool bar in a window, and what is requested by it."""

    def __init__(self) -> None:
        super().__init__()
        self.actions_of = Actions(self)
        self.bar = ToolBar(self.actions_of)
        self.addToolBar(self.bar)
        self.resize(1280, 200)
        self.used: list[str] = []
        self.speeds: list[float | None] = heard(self.bar.speed.number_requested)
        self.steps: list[int] = heard(self.bar.steps_chosen)
        for name in (*BUTTONS, "step_n"):
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
def test_buttons_have_their_actions_and_down_opens_the_menu_of_step(harness: Harness) -> None:
    for name in BUTTONS:
        harness.button(f"{name}_button").click()
        assert harness.used.pop() == name
    step = harness.button("step_button")
    step.menu().aboutToShow.connect(lambda: harness.used.append("menu"))
    QTimer.singleShot(0, step.menu().close)
    QTest.keyClick(step, Qt.Key.Key_Down)
    assert harness.used == ["menu"]


def test_a_number_of_steps_is_taken_now_and_by_step_n_from_now_on(harness: Harness) -> None:
    actions, step_n = harness.actions_of, harness.actions_of["step_n"]
    entries = harness.button("step_button").menu().actions()
    assert [one.objectName() for one in entries] == [
        *("step", "explain_step", "step_10", "step_100", "step_1000", "step_other")
    ]
    entries[4].trigger()
    entries[5].trigger()
    dialog = child(harness, QInputDialog, "step_dialog")
    assert dialog.intValue() == actions.steps == 1000
    assert (dialog.intMinimum(), dialog.intMaximum()) == (STEP_COUNT.low, STEP_COUNT.high)
    dialog.setIntValue(37)
    dialog.accept()
    assert (harness.steps, harness.used, actions.steps) == ([1000, 37], ["step_n"] * 2, 37)
    assert plain_text(step_n) == "Step 37"
    assert "37" in step_n.toolTip()
    actions.show_trainable(False)
    assert not any(one.isEnabled() for one in entries)


def test_a_speed_is_shown_without_a_request_and_chosen_by_keys(harness: Harness) -> None:
    slider = harness.bar.speed
    assert slider.number == DEFAULT_SPEED
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


def test_the_speed_reached_is_shown_where_it_is_not_the_one_chosen(harness: Harness) -> None:
    for chosen, reached, told in (
        (2000.0, 2094.0, "2\u202f000 steps/s"),
        (2000.0, 1234.0, "1\u202f200 steps/s"),
        (2000.0, None, "2\u202f000 steps/s"),
        (None, 123_456.0, "120\u202f000 steps/s"),
        (None, 9_876_543.0, "9.9 M steps/s"),
        (None, None, "max"),
    ):
        harness.bar.show_speed(chosen)
        harness.bar.show_reached(reached)
        assert harness.speed_text == told
    harness.bar.speed.setSliderDown(True)
    harness.bar.show_reached(1.0)
    assert harness.speed_text == "max", "a drag shows what it chooses"


def test_the_program_of_a_watched_run_sets_its_own_speed(harness: Harness) -> None:
    help_text = harness.bar.speed.toolTip()
    for snapshot, is_ours in ((watched_run().snapshot(), False), (trained(RunConfig()), True)):
        for reached, told in ((None, "–"), (50.0, "50 steps/s")):
            harness.bar.show_snapshot(snapshot)
            harness.bar.show_reached(None if is_ours else reached)
            assert harness.bar.speed.isEnabled() == is_ours
            assert (harness.bar.speed.toolTip() == help_text) == is_ours
            assert harness.speed_text == ("2\u202f000 steps/s" if is_ours else told)
    assert harness.speeds == []


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_nothing_is_cut_where_the_window_is_narrow(harness: Harness, percent: int) -> None:
    harness.actions_of.apply_theme(LIGHT)  # without icons there are always texts
    font, explain = harness.bar.font(), harness.button("explain_step_button")
    font.setPointSizeF(font.pointSizeF() * percent / 100)
    harness.bar.setFont(font)
    harness.resize(3000, 200)
    QApplication.processEvents()
    whole = harness.bar.sizeHint().width()
    for width, style in (
        (min(850, whole), STYLES.ToolButtonIconOnly),
        (3000, STYLES.ToolButtonTextBesideIcon),
    ):
        harness.resize(width, 200)
        assert harness.in_sight() == ALL
        assert explain.toolButtonStyle() == style, "the first to lose its text"
        assert harness.button("run_button").toolButtonStyle() == STYLES.ToolButtonTextBesideIcon
        text = child(harness.bar, QLabel, "speed_text")
        assert harness.bar.rect().contains(text.geometry())
    assert explain.toolTip()
    for is_primary in (True, False):
        harness.bar.show_primary(is_primary)
        assert harness.button("run_button").property("primary") == is_primary


def test_strips_and_tabs_are_named_after_what_they_hold(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    parts = [QWidget() for _ in range(2)]
    for number, part in enumerate(parts):
        part.setObjectName(f"part_{number}")
        part.setAccessibleName(f"Part {number}")
    strip = Strip(*parts)
    window.addToolBar(strip)
    assert strip.objectName() == "part_1_bar"
    window.show()
    QApplication.processEvents()
    assert parts[0].y() < parts[1].y()
    actions = Actions(window)
    tabs = WorkspaceTabs(actions.workspaces.actions())
    qtbot.addWidget(tabs)
    for action in actions.workspaces.actions()[::-1]:
        child(tabs, QToolButton, f"{action.objectName()}_button").click()
        assert action.isChecked()


def test_choices_reach_the_session_and_are_kept(window: MainWindow, do: Do) -> None:
    for entry, preset in zip(window._choices.presets.actions(), assets.presets(), strict=True):
        assert (entry.text(), entry.toolTip()) == (preset.name, preset.why)
    do(entry.trigger)
    assert (window.session.config, window.session.speed) == (preset.config, preset.speed)
    window._tools.speed.number_requested.emit(7.0)
    assert window.session.speed == 7.0
    rules = StopRules(at_step=77)
    window._controls.rules_requested.emit(rules)
    assert window.session.rules == rules
    assert window._settings.rules() == rules
    window._controls.rules_requested.emit(StopRules())
