"""The timeline."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import ShortcutWindow, active_window, child, press, type_into
from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.watched import watched_run
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.timeline import Timeline

LEFT = Qt.MouseButton.LeftButton
SHORTCUTS = ("Left", "Shift+Left", "Home", "End", "Space", "Right", "S")
BASE = trained(QUICK, 1)


def at(step: int, newest: int) -> Snapshot:
    """Return a snapshot of a step in a run of this length."""
    return replace(BASE, step=step, record=replace(BASE.record, newest=newest))


@dataclass
class Harness:
    """A timeline in a window with shortcuts, and its requests."""

    strip: Timeline
    window: ShortcutWindow
    actions: dict[str, QAction]
    steps: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def show(self, step: int, newest: int) -> None:
        self.strip.show_snapshot(at(step, newest))

    @property
    def slider(self) -> TimeSlider:
        return child(self.strip, TimeSlider, "timeline")

    @property
    def number(self) -> NumberField:
        return child(self.strip, NumberField, "timeline_step")

    @property
    def newest(self) -> QLabel:
        (label,) = (w for w in self.strip.findChildren(QLabel) if w.text().startswith("of"))
        return label

    def type_text(self, text: str) -> None:
        """Type a step, and do not finish."""
        self.number.setFocus()
        self.number.selectAll()
        QTest.keyClicks(self.number, text)

    def button(self, name: str) -> QToolButton:
        return child(self.strip, QToolButton, f"{name}_button")


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    look.apply_theme(application, LIGHT)
    actions = {}
    for name in ("to_start", "step_back_n", "step_back", "to_live"):
        actions[name] = QAction(f"&{name}")
        actions[name].setObjectName(name)
        actions[name].setToolTip(f"Tip of {name}")
        actions[name].setWhatsThis(f"About {name}.")
    *backwards, to_live = actions.values()
    strip = Timeline(backwards, to_live)
    window = active_window(qtbot, strip, *SHORTCUTS)
    window.resize(1000, 80)
    QApplication.processEvents()
    harness = Harness(strip, window, actions)
    strip.step_requested.connect(harness.steps.append)
    strip.refused.connect(harness.refused.append)
    yield harness
    window.hide()


def test_slider_and_number_show_the_step(harness: Harness) -> None:
    recording = Recording(QUICK)
    recording.advance(1234)
    harness.strip.show_snapshot(recording.snapshot())
    assert (harness.slider.value(), harness.slider.maximum()) == (1234, 1234)
    assert (harness.number.text(), harness.newest.text()) == ("1\u202f234", "of 1\u202f234")
    harness.strip.show_snapshot(recording.state_at(56))
    assert (harness.slider.value(), harness.slider.maximum()) == (56, 1234)
    assert (harness.number.text(), harness.newest.text()) == ("56", "of 1\u202f234")
    assert (harness.steps, harness.refused) == ([], [])


def test_there_is_no_other_step_before_the_first(harness: Harness) -> None:
    reason = "Train first, or use Step x."
    for times in (1, 2):
        assert (harness.number.text(), harness.newest.text()) == ("0", "of 0")
        assert not harness.slider.isEnabled()
        assert harness.slider.toolTip() == harness.number.toolTip() == reason
        type_into(harness.number, "5")
        assert (harness.steps, harness.refused) == ([], [reason] * times)
        harness.show(1, 1)
        assert harness.slider.isEnabled()
        assert reason not in {harness.slider.toolTip(), harness.number.toolTip()}
        harness.show(0, 0)


@pytest.mark.thorough
def test_a_reset_moves_the_focus_to_no_neighbour(harness: Harness) -> None:
    harness.show(10, 10)
    harness.slider.setFocus()
    harness.show(0, 0)
    assert QApplication.focusWidget() in {None, harness.window}


def test_the_longest_numbers_fit(harness: Harness) -> None:
    newest = 10**12
    harness.show(newest - 1, newest)
    QApplication.processEvents()
    assert harness.slider.position == newest - 1
    for widget, text in (
        (harness.number, harness.number.text()),
        (harness.newest, harness.newest.text()),
    ):
        assert widget.fontMetrics().horizontalAdvance(text) <= widget.width()
    assert harness.number.value() == newest - 1
    width = harness.slider.width()
    assert width > 300
    harness.show(0, 0)
    QApplication.processEvents()
    assert harness.slider.width() == width  # nothing jumps back


class LayoutWatch(QWidget):
    """Counts the layout requests of a widget."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_following_a_run_requests_no_layout(qtbot: QtBot, harness: Harness) -> None:
    harness.show(20_000, 20_000)
    QApplication.processEvents()
    watch = LayoutWatch(harness.strip)
    qtbot.addWidget(watch)
    for step in range(20_001, 20_030):
        harness.show(step, step)
        QApplication.processEvents()
    assert watch.count == 0


def test_dragging_chooses_steps(harness: Harness) -> None:
    harness.show(1000, 1000)
    slider = harness.slider
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 7, 14))
    QTest.mouseMove(slider, QPoint(slider.width() // 2, 14))
    assert harness.steps == [slider.position] == [pytest.approx(500, abs=3)]
    harness.show(900, 1000)  # a late snapshot
    assert slider.position == harness.steps[-1]
    assert harness.number.text() == "900"  # what the panels show
    harness.show(harness.steps[-1], 1000)
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() // 2, 14))
    harness.show(300, 1000)
    assert slider.position == 300
    assert len(harness.steps) == 1


TYPED: dict[str, tuple[str, Callable[[NumberField], object]]] = {
    "Enter": ("123", lambda number: QTest.keyClick(number, Qt.Key.Key_Return)),
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
    for step in (60_001, 60_002, 60_500):
        harness.show(step, step)
    assert (harness.number.text(), harness.steps) == (typed, [])
    finish(harness.number)
    finish(harness.number)
    harness.slider.setFocus()
    assert (harness.steps, harness.refused) == ([int(typed)], [])
    harness.show(60_501, 60_501)
    assert harness.number.text() == "60\u202f501"


def test_a_number_beyond_the_run_is_refused(harness: Harness) -> None:
    harness.show(31_240, 60_000)
    harness.type_text("70000")
    harness.show(60_000, 60_000)
    QTest.keyClick(harness.number, Qt.Key.Key_Return)
    assert harness.steps == []
    assert harness.refused == ["Step is '70000'; allowed: a whole number from 0 to 60\u202f000"]
    assert harness.number.text() == "60\u202f000"  # the current step
    harness.show(70_000, 70_000)
    type_into(harness.number, "70000")
    assert len(harness.refused) == 1


def test_typed_text_stays_after_a_reset(harness: Harness) -> None:
    harness.show(1000, 1000)
    harness.type_text("7")
    harness.show(0, 0)
    assert (harness.number.text(), harness.steps) == ("7", [])
    harness.show(9, 9)
    QTest.keyClick(harness.number, Qt.Key.Key_Return)
    assert harness.steps == [7]


@pytest.mark.thorough
def test_up_and_down_move_one_step(harness: Harness) -> None:
    harness.show(10, 11)
    harness.number.setFocus()
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)  # the end of the run
    assert harness.steps == [11]
    harness.show(11, 11)
    press(Qt.Key.Key_Down)
    assert harness.steps == [11, 10]


@pytest.mark.thorough
def test_a_selected_number_follows_and_stays_selected(harness: Harness) -> None:
    harness.show(8, 8)
    harness.number.setFocus()
    harness.number.selectAll()
    for step in (9, 10, 99, 1000):
        harness.show(step, step)
        assert harness.number.lineEdit().selectedText() == harness.number.text()
    QTest.keyClicks(harness.number, "5")
    assert harness.number.text() == "5"


def test_the_buttons_trigger_the_actions(harness: Harness) -> None:
    for name, action in harness.actions.items():
        used: list[str] = []
        action.triggered.connect(lambda _=False, name=name, used=used: used.append(name))
        button = harness.button(name)
        QTest.mouseClick(button, LEFT)
        assert used == [name]
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
        assert button.text() == name
        assert (button.toolTip(), button.whatsThis()) == (f"Tip of {name}", f"About {name}.")
        action.setEnabled(False)
        assert not button.isEnabled()


@pytest.mark.thorough
def test_the_buttons_are_in_order(harness: Harness) -> None:
    harness.show(10, 10)
    row = [harness.button(name) for name in ("to_start", "step_back_n", "step_back")]
    in_order = [*row, harness.slider, harness.button("to_live"), harness.number, harness.newest]
    rights_and_lefts = [(w.geometry().left(), w.geometry().right()) for w in in_order]
    flat = [x for pair in rights_and_lefts for x in pair]
    assert flat == sorted(flat)


def test_interventions_are_ticks(harness: Harness) -> None:
    seen: list[list[int]] = []

    def note(positions: Sequence[int]) -> None:
        seen.append(list(positions))

    harness.slider.set_ticks = note  # type: ignore[method-assign]
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
    told: list[str] = []
    harness.strip.noticed.connect(told.append)
    harness.strip.show_snapshot(run.state_at(5))
    assert harness.newest.text() == "of 40, 6 kept"
    assert "nothing between them is invented" in harness.newest.toolTip()
    for typed, shown in (("20", 40), ("9", 9), ("7", 9), ("3", 2)):
        harness.strip.show_snapshot(run.state_at(5))
        type_into(harness.number, typed)
        assert harness.steps[-1] == shown
    assert told == [
        f"Step {step} is not kept. The next one that is kept is step {kept}."
        for step, kept in ((20, 40), (7, 9), (3, 2))
    ]
    harness.show(5, 10)  # a run of ours
    assert harness.newest.text() == "of 10"
    assert harness.newest.toolTip() == "The newest step of the run."
