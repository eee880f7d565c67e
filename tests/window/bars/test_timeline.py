"""The timeline: follows the run, and says which step a person wants to see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import ShortcutWindow, active_window, child, press, type_into
from tests.support.snapshots import QUICK, trained, with_interventions
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.chrome.time_slider import TimeSlider
from xorviz.ui.forms.fields import NumberField
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
class Bench:
    """A timeline in a window with shortcuts, and what was wished with it."""

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

    def button(self, name: str) -> QToolButton:
        return child(self.strip, QToolButton, f"{name}_button")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    look.apply_theme(application, LIGHT)
    actions = {}
    for name in ("to_start", "step_back_n", "step_back", "to_live"):
        actions[name] = QAction(f"&{name}")
        actions[name].setObjectName(name)
        actions[name].setToolTip(f"Tip of {name}")
        actions[name].setWhatsThis(f"About {name}.")
    strip = Timeline(*actions.values())
    window = active_window(qtbot, strip, *SHORTCUTS)
    window.resize(1000, 80)
    QApplication.processEvents()
    bench = Bench(strip, window, actions)
    strip.step_requested.connect(bench.steps.append)
    strip.refused.connect(bench.refused.append)
    yield bench
    window.hide()


def test_it_follows_a_run_and_goes_back_in_it(bench: Bench) -> None:
    recording = Recording(QUICK)
    recording.advance(1234)
    bench.strip.show_snapshot(recording.snapshot())
    assert (bench.slider.value(), bench.slider.maximum()) == (1234, 1234)
    assert (bench.number.text(), bench.newest.text()) == ("1\u2009234", "of 1\u2009234")
    bench.strip.show_snapshot(recording.state_at(56))
    assert (bench.slider.value(), bench.slider.maximum()) == (56, 1234)
    assert (bench.number.text(), bench.newest.text()) == ("56", "of 1\u2009234")
    assert (bench.steps, bench.refused) == ([], [])


def test_before_the_first_step_it_says_what_it_is_for(bench: Bench) -> None:
    tip = "Once training has run, any step can be looked at again"
    for _ in range(2):
        assert not bench.slider.isEnabled()
        assert bench.slider.toolTip() == tip
        assert (bench.number.text(), bench.newest.text()) == ("0", "of 0")
        bench.show(1, 1)
        assert bench.slider.isEnabled()
        assert bench.slider.toolTip() != tip
        bench.show(0, 0)


def test_a_reset_hands_the_focus_to_no_neighbour(bench: Bench) -> None:
    bench.show(10, 10)
    bench.slider.setFocus()
    bench.show(0, 0)
    assert QApplication.focusWidget() in {None, bench.window}


def test_in_the_longest_run_all_numbers_have_room(bench: Bench) -> None:
    newest = 10**12
    bench.show(newest - 1, newest)
    QApplication.processEvents()
    assert bench.slider.position() == newest - 1
    for widget, text in ((bench.number, bench.number.text()), (bench.newest, bench.newest.text())):
        assert widget.fontMetrics().horizontalAdvance(text) <= widget.width()
    assert bench.number.value() == newest - 1
    assert bench.slider.width() > 300


@pytest.mark.parametrize("steps", [(1, 99_999), (100_000, 999_999)])
def test_nothing_moves_while_the_numbers_stay_as_long(bench: Bench, steps: tuple[int, int]) -> None:
    def places() -> list[QPoint]:
        QApplication.processEvents()
        return [w.geometry().topLeft() for w in bench.strip.findChildren(QWidget)]

    bench.show(steps[0], steps[0])
    before = places()
    for newest in (steps[0] + 1, sum(steps) // 3, steps[1]):
        bench.show(newest, newest)
        assert places() == before


def test_a_reset_gives_no_room_back(bench: Bench) -> None:
    bench.show(10**9, 10**9)
    QApplication.processEvents()
    width = bench.slider.width()
    bench.show(0, 0)
    QApplication.processEvents()
    assert bench.slider.width() == width


class LayoutWatch(QWidget):
    """Counts how often the layout of a widget has to be done anew."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_following_a_run_lays_nothing_out_anew(qtbot: QtBot, bench: Bench) -> None:
    bench.show(20_000, 20_000)
    QApplication.processEvents()
    watch = LayoutWatch(bench.strip)
    qtbot.addWidget(watch)
    for step in range(20_001, 20_030):
        bench.show(step, step)
        QApplication.processEvents()
    assert watch.count == 0


def test_dragging_chooses_steps(bench: Bench) -> None:
    bench.show(1000, 1000)
    slider = bench.slider
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 7, 14))
    QTest.mouseMove(slider, QPoint(slider.width() // 2, 14))
    assert bench.steps == [slider.position()] == [pytest.approx(500, abs=3)]
    bench.show(900, 1000)  # late
    assert slider.position() == bench.steps[-1]
    assert bench.number.text() == "900"  # what the panels show
    bench.show(bench.steps[-1], 1000)
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() // 2, 14))
    bench.show(300, 1000)
    assert slider.position() == 300
    assert len(bench.steps) == 1


def test_a_click_beside_the_knob_and_keys_choose_steps(bench: Bench) -> None:
    bench.show(1000, 1000)
    QTest.mouseClick(bench.slider, LEFT, pos=QPoint(bench.slider.width() // 4, 14))
    assert bench.steps == [pytest.approx(250, abs=4)]
    bench.slider.setFocus()
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Right)
    assert bench.steps[1:] == [0, 1]
    assert bench.window.used == []
    press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert bench.window.used == ["Shift+Left"]


def test_a_script_may_move_the_slider(bench: Bench) -> None:
    bench.show(1000, 1000)
    bench.slider.setValue(77)
    assert bench.steps == [77]


@pytest.mark.parametrize(("text", "step"), [("0", 0), ("123", 123), ("60000", 60_000)])
def test_a_number_that_is_entered_is_chosen_once(bench: Bench, text: str, step: int) -> None:
    bench.show(31_240, 60_000)
    type_into(bench.number, text)
    assert bench.steps == [step]
    bench.strip.setFocus()
    bench.slider.setFocus()
    assert bench.steps == [step]


def test_a_number_beyond_the_run_is_refused(bench: Bench) -> None:
    bench.show(31_240, 60_000)
    type_into(bench.number, "70000")
    assert bench.steps == []
    assert bench.refused == ["Step is '70000'; allowed: a whole number from 0 to 60000"]
    assert bench.number.text() == "31\u2009240"
    bench.show(70_000, 70_000)
    type_into(bench.number, "70000")
    assert len(bench.refused) == 1


def test_up_and_down_go_one_step(bench: Bench) -> None:
    bench.show(10, 11)
    bench.number.setFocus()
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)  # the end of the run
    assert bench.steps == [11]
    bench.show(11, 11)
    press(Qt.Key.Key_Down)
    assert bench.steps == [11, 10]


def test_a_text_that_is_being_typed_stays(bench: Bench) -> None:
    bench.show(1000, 1000)
    bench.number.setFocus()
    bench.number.selectAll()
    QTest.keyClicks(bench.number, "12")
    for step in (1001, 1002, 1500):
        bench.show(step, step)
    assert bench.number.text() == "12"
    QTest.keyClicks(bench.number, "34")
    QTest.keyClick(bench.number, Qt.Key.Key_Return)
    assert (bench.steps, bench.refused) == ([1234], [])
    bench.show(1234, 1500)
    bench.show(1235, 1500)
    assert bench.number.text() == "1\u2009235"


def test_the_number_from_before_the_typing_can_be_entered(bench: Bench) -> None:
    bench.show(1000, 1000)
    bench.number.setFocus()
    bench.number.selectAll()
    QTest.keyClicks(bench.number, "1000")
    bench.show(5000, 5000)  # the run went on meanwhile
    QTest.keyClick(bench.number, Qt.Key.Key_Return)
    assert bench.steps == [1000]


def test_after_a_refusal_the_field_shows_where_the_run_is_by_then(bench: Bench) -> None:
    bench.show(1000, 1000)
    bench.number.setFocus()
    bench.number.selectAll()
    QTest.keyClicks(bench.number, "9999")
    bench.show(2000, 2000)
    QTest.keyClick(bench.number, Qt.Key.Key_Return)
    assert len(bench.refused) == 1
    assert bench.number.text() == "2\u2009000"


def test_a_text_stays_though_the_run_begins_anew(bench: Bench) -> None:
    bench.show(1000, 1000)
    bench.number.setFocus()
    bench.number.selectAll()
    QTest.keyClicks(bench.number, "7")
    bench.show(0, 0)
    assert (bench.number.text(), bench.steps) == ("7", [])
    bench.show(9, 9)
    QTest.keyClick(bench.number, Qt.Key.Key_Return)
    assert bench.steps == [7]


def test_a_field_that_is_only_focused_follows_and_stays_selected(bench: Bench) -> None:
    bench.show(8, 8)
    bench.number.setFocus()
    bench.number.selectAll()
    for step in (9, 10, 99, 1000):
        bench.show(step, step)
        assert bench.number.lineEdit().selectedText() == bench.number.text()
    QTest.keyClicks(bench.number, "5")
    assert bench.number.text() == "5"


def test_a_text_that_is_taken_by_the_window_is_chosen_once(bench: Bench) -> None:
    bench.show(1000, 1000)
    bench.number.setFocus()
    bench.number.selectAll()
    QTest.keyClicks(bench.number, "12")
    bench.number.interpretText()  # as before every action
    assert bench.steps == [12]
    bench.show(13, 1000)
    assert bench.number.text() == "13"
    bench.slider.setFocus()
    assert bench.steps == [12]


def test_text_keys_stay_in_the_field_and_are_the_window_s_elsewhere(bench: Bench) -> None:
    bench.show(500, 1000)
    shift = Qt.KeyboardModifier.ShiftModifier
    bench.number.setFocus()
    line = bench.number.lineEdit()
    press(Qt.Key.Key_Home)
    assert line.cursorPosition() == 0
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Left)
    assert line.cursorPosition() == 2
    press(Qt.Key.Key_Left, shift)
    assert line.selectedText() == "0"
    assert bench.window.used == []
    bench.button("step_back").setFocus()
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Left, shift)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Space)
    assert bench.window.used == ["Left", "Shift+Left", "Home", "End", "Space"]
    assert bench.steps == []


def test_the_buttons_are_the_actions(bench: Bench) -> None:
    for name, action in bench.actions.items():
        used: list[str] = []
        action.triggered.connect(lambda _=False, name=name, used=used: used.append(name))
        button = bench.button(name)
        QTest.mouseClick(button, LEFT)
        assert used == [name]
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
        assert button.accessibleName() == name
        assert (button.toolTip(), button.whatsThis()) == (f"Tip of {name}", f"About {name}.")
        action.setEnabled(False)
        assert not button.isEnabled()


def test_they_stand_in_the_order_of_time(bench: Bench) -> None:
    bench.show(10, 10)
    row = [bench.button(name) for name in ("to_start", "step_back_n", "step_back")]
    in_order = [*row, bench.slider, bench.button("to_live"), bench.number, bench.newest]
    rights_and_lefts = [(w.geometry().left(), w.geometry().right()) for w in in_order]
    flat = [x for pair in rights_and_lefts for x in pair]
    assert flat == sorted(flat)


def test_changes_are_ticks(bench: Bench) -> None:
    seen: list[list[int]] = []

    def note(positions: Sequence[int]) -> None:
        seen.append(list(positions))

    bench.slider.set_ticks = note  # type: ignore[method-assign]
    bench.show(10, 10)
    assert seen == []
    changed = with_interventions(
        at(10, 10), Intervention(3, "rate", 1.0), Intervention(7, "w1", 0.5, (0, 1))
    )
    bench.strip.show_snapshot(changed)
    bench.strip.show_snapshot(replace(changed, step=9))
    assert seen == [[3, 7]]
    bench.show(11, 11)
    assert seen == [[3, 7], []]


def test_everything_in_it_is_explained(bench: Bench) -> None:
    assert bench.strip.accessibleName()
    assert bench.strip.whatsThis()
    for widget in (bench.slider, bench.number, bench.newest):
        assert widget.accessibleName()
        assert widget.accessibleDescription()
        assert widget.toolTip()
        assert widget.whatsThis()
