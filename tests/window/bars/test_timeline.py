"""The timeline."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, child, press, type_into
from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.watched import watched_run
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.timeline import Timeline

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
ACTIONS = ("to_start", "step_back_n", "step_back", "to_live")
BASE = trained(QUICK, 1)


def at(step: int, newest: int) -> Snapshot:
    """Return a snapshot of a step in a run of this length."""
    return replace(BASE, step=step, record=replace(BASE.record, newest=newest))


class CountingTimeline(Timeline):
    """A timeline that counts the requests to lay it out."""

    requests = 0

    def event(self, event: QEvent) -> bool:
        self.requests += event.type() == QEvent.Type.LayoutRequest
        return super().event(event)


class Harness:
    """A timeline in a window with shortcuts, and its requests."""

    def __init__(self, qtbot: QtBot) -> None:
        self.actions = {name: QAction(f"&{name}") for name in ACTIONS}
        for name, action in self.actions.items():
            action.setObjectName(name)
            action.setToolTip(f"Tip of {name}")
        *backwards, to_live = self.actions.values()
        self.strip = CountingTimeline(backwards, to_live)
        self.window = active_window(qtbot, self.strip, "Left", "Home", "Space", "S")
        self.window.resize(1000, 80)
        QApplication.processEvents()
        self.steps: list[int] = []
        self.refused: list[str] = []
        self.noticed: list[str] = []
        self.strip.step_requested.connect(self.steps.append)
        self.strip.refused.connect(self.refused.append)
        self.strip.noticed.connect(self.noticed.append)
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

    def button(self, name: str) -> QToolButton:
        return child(self.strip, QToolButton, f"{name}_button")


@pytest.fixture
def harness(qtbot: QtBot, qapp: QApplication) -> Iterator[Harness]:
    look.apply_theme(qapp, LIGHT)
    harness = Harness(qtbot)
    yield harness
    harness.window.hide()


def test_slider_and_number_show_the_step_and_follow_without_a_new_layout(harness: Harness) -> None:
    for step, newest, told in ((1234, 1234, "1\u202f234"), (56, 1234, "56")):
        harness.show(step, newest)
        assert harness.seen == (told, "of 1\u202f234", step, newest)
    harness.show(20_000, 20_000)
    QApplication.processEvents()
    harness.strip.requests = 0
    harness.number.setFocus()
    harness.number.selectAll()
    for step in range(20_001, 20_030):
        harness.show(step, step)
        QApplication.processEvents()
        assert harness.number.lineEdit().selectedText() == harness.number.text()
    assert harness.strip.requests == 0
    assert (harness.steps, harness.refused) == ([], [])


def test_before_the_first_step_there_is_no_other_one(harness: Harness) -> None:
    for times in (1, 2):
        assert harness.seen[:2] == ("0", "of 0")
        assert not harness.slider.isEnabled()
        reason = harness.slider.toolTip()
        assert reason == harness.number.toolTip() == "Train first, or use Step x."
        type_into(harness.number, "5")
        assert (harness.steps, harness.refused) == ([], [reason] * times)
        harness.show(1, 1)
        assert harness.slider.isEnabled()
        assert reason not in {harness.slider.toolTip(), harness.number.toolTip()}
        harness.slider.setFocus()
        harness.show(0, 0)
        assert QApplication.focusWidget() in {None, harness.window}, "no neighbour has the focus"


def test_dragging_chooses_steps(harness: Harness) -> None:
    harness.show(1000, 1000)
    slider = harness.slider
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 7, 14))
    QTest.mouseMove(slider, QPoint(slider.width() // 2, 14))
    assert harness.steps == [slider.position] == [pytest.approx(500, abs=3)]
    harness.show(900, 1000)  # a late snapshot
    assert slider.position == harness.steps[-1]
    assert harness.number.text() == "900", "what the panels show"
    harness.show(harness.steps[-1], 1000)
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() // 2, 14))
    harness.show(300, 1000)
    assert (slider.position, len(harness.steps)) == (300, 1)


TYPED: dict[str, tuple[str, Callable[[NumberField], object]]] = {
    "Enter": ("123", lambda number: QTest.keyClick(number, Key.Key_Return)),
    "another focus": ("60000", lambda number: number.clearFocus()),
    "an action": ("0", lambda number: number.interpretText()),
    "the number from before": ("31240", lambda number: number.interpretText()),
}


@pytest.mark.parametrize(("typed", "finish"), TYPED.values(), ids=TYPED)
def test_typed_text_stays_while_the_run_goes_on_and_is_requested_once(
    harness: Harness, typed: str, finish: Callable[[NumberField], object]
) -> None:
    harness.show(31_240, 60_000)
    harness.type_text(typed)
    for step in (60_001, 0, 60_500):  # a reset, too
        harness.show(step, step)
    assert (harness.number.text(), harness.steps) == (typed, [])
    finish(harness.number)
    finish(harness.number)
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
    assert "'70000'" in harness.refused[0]
    assert "60\u202f000" in harness.refused[0]
    assert harness.number.text() == "60\u202f000", "the current step"
    press(Key.Key_Up)
    assert harness.steps == []
    press(Key.Key_Down)
    assert harness.steps == [59_999]
    harness.show(70_000, 70_000)
    type_into(harness.number, "70000")
    assert len(harness.refused) == 1


def test_the_buttons_are_in_order_and_trigger_the_actions(harness: Harness) -> None:
    harness.show(10, 10)
    used: list[str] = []
    for name, action in harness.actions.items():
        action.triggered.connect(lambda _=False, name=name: used.append(name))
        button = harness.button(name)
        QTest.mouseClick(button, LEFT)
        assert used.pop() == name
        assert (button.text(), button.toolTip()) == (name, f"Tip of {name}")
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
        assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        action.setEnabled(False)
        assert not button.isEnabled()
    *back, to_live = map(harness.button, ACTIONS)
    parts = [*back, harness.slider, to_live, harness.number, harness.newest]
    edges = [x for part in parts for x in (part.geometry().left(), part.geometry().right())]
    assert edges == sorted(edges)
    assert harness.strip.accessibleName()
    assert harness.strip.whatsThis()
    for part in parts[3:]:
        assert part.toolTip()
        assert part.accessibleName() or isinstance(part, QToolButton)


def test_changes_of_both_runs_are_ticks(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []
    monkeypatch.setattr(harness.slider, "set_ticks", lambda steps: seen.append(list(steps)))
    harness.show(10, 10)
    assert seen == []
    changed = with_interventions(
        at(10, 10), Intervention(3, "rate", 1.0), Intervention(7, "w1", 0.5, (0, 1))
    )
    harness.strip.show_snapshot(changed)
    harness.strip.show_snapshot(replace(changed, step=9))
    assert seen == [[3, 7]]
    harness.strip.show_snapshot(replace(at(10, 10), beside=changed))
    assert seen == [[3, 7]]
    harness.strip.show_snapshot(replace(changed, beside=changed))
    harness.show(11, 11)
    assert seen == [[3, 7], [3, 7, 3, 7], []]


def test_of_a_watched_run_it_says_which_states_are_kept(harness: Harness) -> None:
    run = watched_run(steps=(0, 1, 2, 5, 9, 40))
    harness.strip.show_snapshot(run.state_at(5))
    assert harness.seen == ("5", "of 40, 6 kept", 5, 40)
    kept_tip = harness.newest.toolTip()
    for typed, shown in ((20, 40), (9, 9), (7, 9), (3, 2)):
        harness.strip.show_snapshot(run.state_at(5))
        harness.noticed.clear()
        type_into(harness.number, str(typed))
        assert (harness.steps[-1], harness.number.text()) == (shown, str(shown))
        assert len(harness.noticed) == (typed != shown)
        assert all(f"{typed} " in told and f"{shown}." in told for told in harness.noticed)
    harness.strip.show_snapshot(run.state_at(5))
    grown = watched_run(steps=(0, 1, 2, 5, 9, 40, 90)).record()
    harness.strip.show_growth(grown)
    assert harness.seen == ("5", "of 90, 7 kept", 5, 90)
    type_into(harness.number, "77")
    assert harness.steps[-1] == 90
    harness.show(5, 10)  # a run of ours
    assert harness.newest.text() == "of 10"
    assert harness.newest.toolTip() != kept_tip
