"""The timeline."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, child, heard, press, type_into
from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.watched import watched_run
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.said import told_of
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.timeline import Timeline

Key = Qt.Key
ACTIONS = ("step_back", "to_live")
BASE = trained(QUICK, 1)


def at(step: int, newest: int) -> Snapshot:
    """Return a snapshot of a step in a run of this length."""
    return replace(BASE, step=step, record=replace(BASE.record, newest=newest))


class Harness:
    """A timeline in a window with shortcuts, and its requests."""

    def __init__(self, qtbot: QtBot) -> None:
        self.actions = {name: QAction(f"&{name}") for name in ACTIONS}
        for name, action in self.actions.items():
            action.setObjectName(name)
            action.setToolTip(f"Tip of {name}")
        self.strip = Timeline(*self.actions.values())
        self.window = active_window(qtbot, self.strip, "Left", "Home", "Space", "S")
        self.window.resize(1000, 80)
        QApplication.processEvents()
        self.steps: list[int] = heard(self.strip.step_requested)
        self.refused: list[str] = heard(self.strip.refused)
        self.noticed: list[str] = heard(self.strip.noticed)
        self.slider = child(self.strip, TimeSlider, "timeline")
        self.number = child(self.strip, NumberField, "timeline_step")
        texts = (part for part in self.strip.findChildren(QLabel) if part.text() == "of 0")
        (self.newest,) = texts

    def show(self, step: int, newest: int) -> None:
        self.strip.show_snapshot(at(step, newest))

    @property
    def seen(self) -> tuple[str, str, int, int]:
        """What both fields say, and where the knob is, of how many."""
        slider = self.slider
        return self.number.text(), self.newest.text(), slider.position, slider.maximum()

    def type_text(self, text: str) -> None:
        """Type a step, and do not finish."""
        self.number.setFocus()
        self.number.selectAll()
        QTest.keyClicks(self.number, text)


@pytest.fixture
def harness(qtbot: QtBot, qapp: QApplication) -> Iterator[Harness]:
    look.apply_theme(qapp, LIGHT)
    harness = Harness(qtbot)
    yield harness
    harness.window.hide()


def test_slider_and_number_show_the_step_and_follow_without_a_request(harness: Harness) -> None:
    for step, newest, told in ((1234, 1234, "1\u202f234"), (56, 1234, "56")):
        harness.show(step, newest)
        assert harness.seen == (told, "of 1\u202f234", step, newest)
    harness.number.setFocus()
    harness.number.selectAll()
    harness.show(20_001, 20_001)
    assert harness.number.lineEdit().selectedText() == harness.number.text() == "20\u202f001"
    assert (harness.steps, harness.refused) == ([], [])
    QTest.keyClick(harness.slider, Key.Key_Home)
    assert harness.steps == [0]


def test_a_pass_is_called_a_pass(harness: Harness) -> None:
    for config in (QUICK, replace(QUICK, batch="shuffled"), QUICK):
        harness.strip.show_snapshot(trained(config, 1))
        labels = {label.text() for label in harness.strip.findChildren(QLabel)}
        assert labels & {"step", "pass"} == {"step" if config == QUICK else "pass"}


def test_before_the_first_step_there_is_no_other_one(harness: Harness) -> None:
    for times in (1, 2):
        assert harness.seen[:2] == ("0", "of 0")
        assert not harness.slider.isEnabled()
        reason = harness.slider.toolTip()
        assert reason == harness.number.toolTip() == "Press Run or Step first."
        type_into(harness.number, "5")
        assert (harness.steps, harness.refused) == ([], [reason] * times)
        harness.show(1, 1)
        assert harness.slider.isEnabled()
        assert reason not in {harness.slider.toolTip(), harness.number.toolTip()}
        harness.slider.setFocus()
        harness.show(0, 0)
        assert QApplication.focusWidget() in {None, harness.window}, "no neighbour has the focus"


@pytest.mark.parametrize("typed", ["123", "31240"], ids=["new", "the number from before"])
def test_typed_text_stays_while_the_run_goes_on_and_is_requested_once(
    harness: Harness, typed: str
) -> None:
    harness.show(31_240, 60_000)
    harness.type_text(typed)
    for step in (60_001, 0, 60_500):  # a reset, too
        harness.show(step, step)
    assert (harness.number.text(), harness.steps) == (typed, [])
    for _ in range(2):
        QTest.keyClick(harness.number, Key.Key_Return)
    harness.slider.setFocus()
    assert (harness.steps, harness.refused) == ([int(typed)], [])
    harness.show(60_501, 60_501)
    assert harness.number.text() == "60\u202f501"


def test_a_number_beyond_the_run_is_refused_and_keys_stop_at_its_end(harness: Harness) -> None:
    harness.show(31_240, 60_000)
    harness.type_text("70000")
    harness.show(60_000, 60_000)
    press(Key.Key_Return)
    assert harness.steps == []
    assert len(harness.refused) == 1
    assert "60\u202f000" in harness.refused[0]
    assert harness.number.text() == "60\u202f000", "the current step"
    press(Key.Key_Up)
    assert harness.steps == []
    press(Key.Key_Down)
    assert harness.steps == [59_999]


def test_the_buttons_are_those_of_the_actions_and_all_parts_are_named(harness: Harness) -> None:
    for name, action in harness.actions.items():
        button = child(harness.strip, QToolButton, f"{name}_button")
        assert button.defaultAction() is action
        assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    for part in (harness.strip, harness.slider, harness.number, harness.newest):
        assert part.accessibleName()
        assert told_of(part)[0]


def test_changes_of_both_runs_are_ticks(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []
    monkeypatch.setattr(harness.slider, "set_ticks", lambda steps: seen.append(list(steps)))
    harness.show(10, 10)
    assert seen == []
    changed = with_interventions(
        at(10, 10), Intervention(3, "rate", 1.0), Intervention(7, "w1", 0.5, (0, 1))
    )
    for one in (changed, replace(changed, step=9), replace(at(10, 10), beside=changed)):
        harness.strip.show_snapshot(one)
        assert seen == [[3, 7]]
    harness.strip.show_snapshot(replace(changed, beside=changed))
    harness.show(11, 11)
    assert seen == [[3, 7], [3, 7, 3, 7], []]


def test_of_a_watched_run_it_says_which_states_are_kept(harness: Harness) -> None:
    run = watched_run(steps=(0, 1, 2, 5, 9, 40))
    harness.strip.show_snapshot(run.state_at(5))
    assert harness.seen == ("5", "of 40, 6 recorded", 5, 40)
    kept_tip = harness.newest.toolTip()
    for typed, shown in ((20, 40), (9, 9), (7, 9), (3, 2)):
        harness.strip.show_snapshot(run.state_at(5))
        harness.noticed.clear()
        type_into(harness.number, str(typed))
        assert (harness.steps[-1], harness.number.text()) == (shown, str(shown))
        assert len(harness.noticed) == (typed != shown)
        assert all(f"{typed} " in told and f"{shown}." in told for told in harness.noticed)
    harness.strip.show_snapshot(run.state_at(5))
    grown = watched_run(steps=(0, 1, 2, 5, 9, 40, 90))
    harness.strip.show_snapshot(grown.state_at(5))
    assert harness.seen == ("5", "of 90, 7 recorded", 5, 90)
    type_into(harness.number, "77")
    assert harness.steps[-1] == 90
    harness.show(5, 10)  # a run of ours
    assert harness.newest.text() == "of 10"
    assert harness.newest.toolTip() != kept_tip
