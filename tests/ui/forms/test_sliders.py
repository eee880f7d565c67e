"""Sliders: exact positions and numbers, keys, drags, and reports while one is held."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, drag, heard, is_near, shown
from xorviz.ui.forms.sliders import LogSlider, TimeSlider
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT

LEFT = Qt.MouseButton.LeftButton
KNOB = 14
"""Width of the knob in the program's style, in pixels."""
LONGEST = 10**12


class Timeline(TimeSlider):
    """A slider in the program's style, whose knob travels 400 pixels, and what it requests."""

    def __init__(self, newest: int, at: int) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        look.apply_theme(application, LIGHT)
        super().__init__("timeline")
        self.chosen: list[int] = heard(self.position_requested)
        self.show_range(newest, at)

    def place(self, share: float) -> QPoint:
        """Return the middle of the knob at a share of its travel."""
        return QPoint(round(KNOB / 2 + share * (self.width() - KNOB)), self.height() // 2)

    def columns(self, y: int, is_painted: Callable[[QColor], bool]) -> list[int]:
        image = self.grab().toImage()
        return [x for x in range(self.width()) if is_painted(image.pixelColor(x, y))]

    def knob_middle(self) -> int:
        """Return the painted middle of the knob."""
        panel = self.palette().color(QPalette.ColorRole.Window)
        columns = self.columns(self.height() // 2 - 5, lambda color: not is_near(color, panel))
        return (columns[0] + columns[-1]) // 2

    def ticks(self) -> list[int]:
        """Return the columns of ticks below knob and groove."""
        return self.columns(self.height() - 6, lambda color: is_near(color, LIGHT.quiet))

    def send(self, kind: QEvent.Type, is_repeated: bool = False) -> None:
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self, QKeyEvent(kind, Qt.Key.Key_Left, none, "", is_repeated))


def timeline(qtbot: QtBot, newest: int, at: int) -> Timeline:
    return shown(qtbot, Timeline(newest, at), 400 + KNOB, 28)


@given(newest=st.integers(1, LONGEST), share=st.floats(0, 1))
def test_the_position_is_exact_in_runs_of_any_length(
    qtbot: QtBot, newest: int, share: float
) -> None:
    bar = TimeSlider("timeline")
    qtbot.addWidget(bar)
    seen: list[int] = heard(bar.position_requested)
    at = round(share * newest)
    bar.show_range(newest, at)
    assert bar.position == at
    assert bar.value() / bar.maximum() == pytest.approx(at / newest, abs=1e-9)
    if newest < 2**31 - 1:
        assert (bar.value(), bar.maximum()) == (at, newest)
    assert seen == []
    for notch, end in ((bar.maximum(), newest), (0, 0)):
        bar.setValue(notch)  # as assistive technology does
        assert bar.position == end
    assert set(seen) <= {0, newest}


@pytest.mark.parametrize("newest", [50, LONGEST])
def test_keys_move_a_step_a_hundredth_or_to_an_end(qtbot: QtBot, newest: int) -> None:
    bar = timeline(qtbot, newest, newest // 2)
    at, page = newest // 2, max(1, newest // 100)
    for key, goal in (
        (Qt.Key.Key_Right, at + 1),
        (Qt.Key.Key_Up, at + 2),
        (Qt.Key.Key_Left, at + 1),
        (Qt.Key.Key_Down, at),
        (Qt.Key.Key_PageUp, at + page),
        (Qt.Key.Key_PageDown, at),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_PageDown, 0),
        (Qt.Key.Key_End, newest),
        (Qt.Key.Key_Right, newest),
    ):
        QTest.keyClick(bar, key)
        assert bar.position == bar.chosen[-1] == goal
    assert len(bar.chosen) == 8, "at an end nothing is requested"
    bar.setValue(bar.maximum() // 5)
    QTest.mouseClick(bar, Qt.MouseButton.RightButton, pos=bar.place(0.8))
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.place(0.8))
    QTest.mouseMove(bar, bar.place(0.9))
    assert len(bar.chosen) == 9, "only the left button moves the knob"


def test_a_click_moves_the_knob_there(qtbot: QtBot) -> None:
    bar = timeline(qtbot, 40_000, 12_000)
    for share, y in ((0.1, 14), (1.0, 26), (0.0, 1)):
        at = bar.place(share)
        QTest.mouseClick(bar, LEFT, pos=QPoint(at.x(), y))
        assert bar.chosen.pop() == bar.position == pytest.approx(share * 40_000, abs=100)
        assert abs(bar.knob_middle() - at.x()) <= 1
        assert not bar.is_held
    QApplication.setStyle("Windows")  # in which the knob has another size
    QTest.mouseClick(bar, LEFT, pos=bar.place(0.5))
    assert bar.position == pytest.approx(20_000, abs=200)
    QApplication.setStyle(look.STYLE)


def test_a_drag_requests_every_position_and_grabbing_the_knob_none(qtbot: QtBot) -> None:
    bar = timeline(qtbot, 40_000, 40_000)
    for aside in (-5, 5):
        QTest.mouseClick(bar, LEFT, pos=bar.place(1) + QPoint(aside, 0))
    assert (bar.position, bar.chosen) == (40_000, [])
    drag(bar, bar.place(1), bar.place(0.25))
    assert len(bar.chosen) == 10
    assert bar.chosen == sorted(bar.chosen, reverse=True)
    assert bar.chosen[-1] == bar.position == pytest.approx(10_000, abs=100)
    drag(bar, bar.place(0.25), QPoint(bar.width() + 300, 14))  # beyond the end
    assert bar.position == 40_000
    bar.show_range(0, 0)
    QTest.mousePress(bar, LEFT, pos=bar.place(0.5))
    assert not bar.is_held, "there is nowhere to go"


def test_a_late_report_does_not_move_a_held_knob(qtbot: QtBot) -> None:
    bar = timeline(qtbot, 40_000, 40_000)
    end = bar.place(0.5)
    QTest.mousePress(bar, LEFT, pos=bar.place(1))
    QTest.mouseMove(bar, end)
    held = bar.position
    assert bar.is_held
    for newest, at in ((40_000, 39_000), (41_000, 41_000), (50_000, 30_000)):
        bar.show_range(newest, at)
        assert bar.position == bar.value() == held
        assert abs(bar.knob_middle() - end.x()) <= 1
    QTest.mouseRelease(bar, LEFT, pos=end)
    assert (bar.position, bar.maximum()) == (held, 50_000), "requested, not yet reported"
    bar.show_range(50_000, held)
    bar.show_range(50_000, 123)
    assert bar.position == 123


def test_a_reported_choice_or_a_knob_that_is_only_held_shows_the_last_report(qtbot: QtBot) -> None:
    bar = timeline(qtbot, 1000, 1000)
    for newest, while_held in ((2000, 1000), (10, 10)):  # a shorter run is another one
        QTest.mousePress(bar, LEFT, pos=bar.place(1))
        bar.show_range(newest, newest)
        assert bar.position == while_held
        QTest.mouseRelease(bar, LEFT, pos=bar.place(1))
        assert (bar.position, bar.value(), bar.maximum()) == (newest, newest, newest)
    assert bar.chosen == []
    bar.show_range(1000, 1000)
    QTest.mousePress(bar, LEFT, pos=bar.place(1))
    QTest.mouseMove(bar, bar.place(0.5))
    bar.show_range(1000, bar.position)  # the answer
    bar.show_range(1200, 1200)  # the run continues
    QTest.mouseRelease(bar, LEFT, pos=bar.place(0.5))
    assert bar.position == 1200


def test_a_held_key_loses_no_step_to_a_late_report(qtbot: QtBot) -> None:
    bar = timeline(qtbot, 100, 100)
    bar.send(QEvent.Type.KeyPress)
    for _ in range(4):
        bar.show_range(100, 99)  # later than the key
        bar.send(QEvent.Type.KeyRelease, is_repeated=True)  # as X11 sends it
        bar.show_range(100, 99)
        bar.send(QEvent.Type.KeyPress, is_repeated=True)
    assert bar.chosen == [99, 98, 97, 96, 95]
    bar.send(QEvent.Type.KeyRelease)
    assert (bar.position, bar.is_held) == (95, False)
    bar.show_range(100, 100)
    assert bar.position == 100


def test_a_key_is_released_when_the_focus_leaves(qtbot: QtBot) -> None:
    content, bar, other = QWidget(), Timeline(100, 100), QLineEdit()
    layout = QVBoxLayout(content)
    layout.addWidget(bar)
    layout.addWidget(other)
    window = active_window(qtbot, content)
    bar.setFocus()
    bar.send(QEvent.Type.KeyPress)
    assert bar.is_held
    other.setFocus()
    assert window.focusWidget() is other
    assert not bar.is_held


def test_ticks_are_drawn_at_the_knob_s_positions(qtbot: QtBot) -> None:
    bar = timeline(qtbot, 1000, 0)
    assert bar.ticks() == []
    bar.set_ticks([700, 250, 250, 5000])
    painted = bar.ticks()
    assert painted == pytest.approx([bar.place(0.25).x(), bar.place(0.7).x()], abs=1)
    bar.show_range(2000, 0)
    assert bar.ticks() == pytest.approx([bar.place(0.125).x(), bar.place(0.35).x()], abs=1)
    bar.show_range(LONGEST, 0)
    bar.set_ticks([0, LONGEST // 2, LONGEST])
    assert bar.ticks()[-2:] == pytest.approx([bar.place(0.5).x(), bar.place(1).x()], abs=1)


@pytest.mark.parametrize(("low", "high"), [(1e-4, 1000), (1, 100_000)])
@pytest.mark.parametrize("unlimited", [False, True])
def test_a_logarithmic_slider_has_equal_ratios_and_exact_ends(
    qtbot: QtBot, low: float, high: float, unlimited: bool
) -> None:
    bar = shown(qtbot, LogSlider("slider", low, high, unlimited), 300, 30)
    seen: list[float | None] = heard(bar.number_requested)
    assert bar.number == low
    notches = []
    for share in (0.0, 0.5, 1.0):
        bar.show_number(number := low * (high / low) ** share)
        assert bar.number == number, "between two notches, too"
        notches.append(bar.value())
    assert notches[1] == pytest.approx(notches[2] / 2, abs=1)
    assert (notches[2] < bar.maximum()) == unlimited
    for number, notch in ((low / 1000, notches[0]), (high * 1000, notches[2])):
        bar.show_number(number)
        assert bar.value() == notch
    bar.show_number(None)
    assert bar.value() == bar.maximum()
    assert seen == []
    QTest.keyClick(bar, Qt.Key.Key_Home)
    QTest.keyClick(bar, Qt.Key.Key_End)
    assert seen == [low, None if unlimited else high]
    bar.setValue(notches[2])
    assert bar.number == high
    bar.setValue(60)
    assert bar.number == pytest.approx(10 * low)


def test_a_drag_previews_numbers_and_requests_the_last(qtbot: QtBot) -> None:
    bar = shown(qtbot, LogSlider("slider", 1, 100_000), 300, 30)
    bar.show_number(100)
    moved: list[float | None] = heard(bar.number_moved)
    chosen: list[float | None] = heard(bar.number_requested)
    at = QPoint(round(10 + (bar.width() - 20) * bar.value() / bar.maximum()), 15)
    drag(bar, at, at + QPoint(80, 0))
    assert len(moved) > 3
    *_, last, before = moved  # in case that it ended where it began
    assert before == 100
    assert chosen == [last] == [bar.number]
