"""Sliders: exact positions and numbers, keys, drags, and reports while one is held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, drag, is_near, press, shown
from xorviz.ui.forms.sliders import LogSlider, TimeSlider
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
KNOB = 14
"""Width of the knob in the program's style, in pixels."""


def slider(qtbot: QtBot, newest: int, at: int, width: int = 414) -> TimeSlider:
    """Return a slider in the program's style; its knob travels 400 pixels by default."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    look.apply_theme(application, LIGHT)
    bar = TimeSlider("timeline")
    bar.show_range(newest, at)
    return shown(qtbot, bar, width, 28)


def chosen(bar: TimeSlider) -> list[int]:
    seen: list[int] = []
    bar.position_requested.connect(seen.append)
    return seen


def place(bar: TimeSlider, share: float) -> QPoint:
    """Return the middle of the knob at a share of its travel."""
    return QPoint(round(KNOB / 2 + share * (bar.width() - KNOB)), bar.height() // 2)


def knob_middle(bar: TimeSlider) -> int:
    """Return the painted middle of the knob."""
    image, panel = bar.grab().toImage(), bar.palette().color(QPalette.ColorRole.Window)
    y = bar.height() // 2 - 5
    columns = [x for x in range(bar.width()) if not is_near(image.pixelColor(x, y), panel)]
    return (columns[0] + columns[-1]) // 2


def test_a_notch_is_a_step(qtbot: QtBot) -> None:
    for newest in [1, 31_240, 2**31 - 2]:
        bar = slider(qtbot, newest, newest)
        assert (bar.minimum(), bar.maximum(), bar.value()) == (0, newest, newest)
        bar.show_range(newest, newest // 3)
        assert bar.value() == bar.position == newest // 3


@given(newest=st.integers(2**31 - 1, 10**12), share=st.floats(0, 1))
def test_the_position_is_exact_in_longer_runs(qtbot: QtBot, newest: int, share: float) -> None:
    bar = TimeSlider("timeline")
    qtbot.addWidget(bar)
    at = round(share * newest)
    bar.show_range(newest, at)
    assert bar.position == at
    assert bar.value() / bar.maximum() == pytest.approx(at / newest, abs=1e-9)
    seen = chosen(bar)
    for notch, end in ((bar.maximum(), newest), (0, 0)):
        bar.setValue(notch)
        assert bar.position == end
    assert set(seen) <= {0, newest}


@pytest.mark.parametrize("newest", some([31_240, 10**12], 2))
def test_keys_move_a_step_a_hundredth_or_to_an_end(qtbot: QtBot, newest: int) -> None:
    bar = slider(qtbot, newest, newest // 2)
    seen, at, page = chosen(bar), newest // 2, newest // 100
    for key, goal in (
        (Qt.Key.Key_Right, at + 1),
        (Qt.Key.Key_Up, at + 2),
        (Qt.Key.Key_Left, at + 1),
        (Qt.Key.Key_Down, at),
        (Qt.Key.Key_PageUp, at + page),
        (Qt.Key.Key_PageDown, at),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, newest),
    ):
        QTest.keyClick(bar, key)
        assert bar.position == seen[-1] == goal
    assert len(seen) == 8


def test_keys_at_an_end_request_nothing(qtbot: QtBot) -> None:
    bar = slider(qtbot, 50, 50)
    seen = chosen(bar)
    QTest.keyClick(bar, Qt.Key.Key_Right)
    QTest.keyClick(bar, Qt.Key.Key_End)
    QTest.keyClick(bar, Qt.Key.Key_Home)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_PageDown)
    assert seen == [0]
    assert bar.value() == 0  # although it has not been reported yet
    QTest.keyClick(bar, Qt.Key.Key_PageUp)
    assert seen == [0, 1]  # a hundredth of a short run is still a step


@pytest.mark.parametrize("share", some([0.0, 0.1, 0.5, 0.9, 1.0], 2))
@pytest.mark.parametrize("y", some([1, 14, 26], 1))
def test_a_click_moves_the_knob_there(qtbot: QtBot, share: float, y: int) -> None:
    bar = slider(qtbot, 40_000, 12_000)
    seen, at = chosen(bar), place(bar, share)
    QTest.mouseClick(bar, LEFT, pos=QPoint(at.x(), y))
    assert seen == [bar.position] == [pytest.approx(share * 40_000, abs=100)]
    assert abs(knob_middle(bar) - at.x()) <= 1
    assert not bar.is_held


def test_a_click_moves_the_knob_there_in_any_style(qtbot: QtBot) -> None:
    bar = TimeSlider("timeline")
    bar.show_range(1000, 0)
    shown(qtbot, bar, 400, 30)
    QTest.mouseClick(bar, LEFT, pos=bar.rect().center())
    assert bar.position == pytest.approx(500, abs=5)


@pytest.mark.parametrize("aside", some([-5, 0, 5], 2))
def test_grabbing_the_knob_does_not_move_it(qtbot: QtBot, aside: int) -> None:
    bar = slider(qtbot, 40_000, 12_345)
    seen, at = chosen(bar), place(bar, 12_345 / 40_000) + QPoint(aside, 0)
    QTest.mousePress(bar, LEFT, pos=at)
    QTest.mouseRelease(bar, LEFT, pos=at)
    assert (bar.position, seen) == (12_345, [])
    drag(bar, at, at + QPoint(100, 0))
    assert bar.position == pytest.approx(22_345, abs=200)


def test_a_drag_requests_every_position(qtbot: QtBot) -> None:
    bar = slider(qtbot, 40_000, 40_000)
    seen = chosen(bar)
    drag(bar, place(bar, 1), place(bar, 0.25))
    assert len(seen) == 10
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == bar.position == pytest.approx(10_000, abs=100)
    drag(bar, place(bar, 0.25), QPoint(bar.width() + 300, 14))  # beyond the end
    assert bar.position == 40_000


def test_a_knob_that_is_held_and_not_moved_shows_the_last_report(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1000, 1000)
    seen = chosen(bar)
    for newest, while_held in ((2000, 1000), (10, 10)):  # a shorter run is another one
        QTest.mousePress(bar, LEFT, pos=place(bar, 1))
        bar.show_range(newest, newest)
        assert bar.position == while_held
        QTest.mouseRelease(bar, LEFT, pos=place(bar, 1))
        assert (bar.position, bar.value(), bar.maximum()) == (newest, newest, newest)
    assert seen == []


def test_nothing_else_moves_the_knob(qtbot: QtBot) -> None:
    bar = slider(qtbot, 0, 0)
    QTest.mousePress(bar, LEFT, pos=place(bar, 0.5))
    assert not bar.is_held  # there is nowhere to go
    seen = chosen(bar)
    for newest, at in ((100, 30), (200, 7), (50, 50), (10**12, 10**11), (100, 30)):
        bar.show_range(newest, at)
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        QTest.mouseClick(bar, button, pos=place(bar, 0.8))
        QTest.mouseMove(bar, place(bar, 0.9))
    assert seen == []
    bar.setValue(40)  # as assistive technology does
    bar.setValue(40)
    bar.setValue(-5)
    assert seen == [40, 0]


def test_a_late_report_does_not_move_a_held_knob(qtbot: QtBot) -> None:
    bar = slider(qtbot, 40_000, 40_000)
    start, end = place(bar, 1), place(bar, 0.5)
    QTest.mousePress(bar, LEFT, pos=start)
    QTest.mouseMove(bar, end)
    held = bar.position
    for newest, at in ((40_000, 39_000), (41_000, 41_000), (50_000, 30_000)):
        bar.show_range(newest, at)
        assert bar.position == bar.value() == held
        assert abs(knob_middle(bar) - end.x()) <= 1
    QTest.mouseRelease(bar, LEFT, pos=end)
    assert (bar.position, bar.maximum()) == (held, 50_000)  # requested, not yet reported
    bar.show_range(50_000, held)
    bar.show_range(50_000, 123)
    assert bar.position == 123


def test_a_reported_choice_does_not_hold_the_knob_back(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1000, 1000)
    QTest.mousePress(bar, LEFT, pos=place(bar, 1))
    QTest.mouseMove(bar, place(bar, 0.5))
    bar.show_range(1000, bar.position)  # the answer
    bar.show_range(1200, 1200)  # the run continues
    QTest.mouseRelease(bar, LEFT, pos=place(bar, 0.5))
    assert bar.position == 1200


def key(bar: TimeSlider, kind: QEvent.Type, is_repeated: bool = False) -> None:
    none = Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(kind, Qt.Key.Key_Left, none, "", is_repeated)
    QApplication.sendEvent(bar, event)


def test_a_held_key_loses_no_step_to_a_late_report(qtbot: QtBot) -> None:
    bar = slider(qtbot, 100, 100)
    seen = chosen(bar)
    key(bar, QEvent.Type.KeyPress)
    for _ in range(4):
        bar.show_range(100, 99)  # later than the key
        key(bar, QEvent.Type.KeyRelease, is_repeated=True)  # as X11 sends it
        bar.show_range(100, 99)
        key(bar, QEvent.Type.KeyPress, is_repeated=True)
    assert seen == [99, 98, 97, 96, 95]
    key(bar, QEvent.Type.KeyRelease)
    assert (bar.position, bar.is_held) == (95, False)
    bar.show_range(100, 100)
    assert bar.position == 100


def test_a_key_is_released_when_the_focus_leaves(qtbot: QtBot) -> None:
    content, bar, other = QWidget(), TimeSlider("timeline"), QLineEdit()
    layout = QVBoxLayout(content)
    layout.addWidget(bar)
    layout.addWidget(other)
    window = active_window(qtbot, content)
    bar.show_range(100, 100)
    bar.setFocus()
    key(bar, QEvent.Type.KeyPress)
    assert bar.is_held
    other.setFocus()
    assert window.focusWidget() is other
    assert not bar.is_held


def test_plain_keys_move_the_knob_and_keys_with_shift_are_the_window_s(qtbot: QtBot) -> None:
    bar = TimeSlider("timeline")
    bar.show_range(1000, 500)
    keys = ("Left", "Right", "Home", "End", "Shift+Left", "Shift+Home", "Space", "S")
    window = active_window(qtbot, bar, *keys)
    seen = chosen(bar)
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Home)
    assert (window.used, seen) == ([], [499, 500, 1000, 0])
    press(Qt.Key.Key_Left, SHIFT)
    press(Qt.Key.Key_Home, SHIFT)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_S)
    assert window.used == ["Shift+Left", "Shift+Home", "Space", "S"]
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_A)
    unknown = QKeyEvent(QEvent.Type.KeyPress, 0x0416, Qt.KeyboardModifier.NoModifier, "Ж")
    QApplication.sendEvent(bar, unknown)
    assert len(seen) == 4


def ticks_of(bar: TimeSlider) -> list[int]:
    """Return the columns of ticks below knob and groove."""
    image, y = bar.grab().toImage(), bar.height() - 6
    quiet = QColor(LIGHT.quiet)
    return [x for x in range(bar.width()) if is_near(image.pixelColor(x, y), quiet)]


def test_ticks_are_drawn_at_the_knob_s_positions(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1000, 0)
    assert ticks_of(bar) == []
    bar.set_ticks([700, 250])
    painted = ticks_of(bar)
    assert painted == pytest.approx([place(bar, 0.25).x(), place(bar, 0.7).x()], abs=1)
    for at, x in zip((250, 700), painted, strict=True):
        bar.show_range(1000, at)
        assert abs(knob_middle(bar) - x) <= 1
    bar.show_range(2000, 0)
    assert ticks_of(bar) == pytest.approx([place(bar, 0.125).x(), place(bar, 0.35).x()], abs=1)


@given(positions=st.lists(st.integers(0, 10**12), max_size=40), newest=st.integers(1, 10**12))
def test_every_tick_in_range_is_drawn(qtbot: QtBot, positions: list[int], newest: int) -> None:
    bar = TimeSlider("timeline")
    qtbot.addWidget(bar)
    bar.resize(314, 28)
    bar.show_range(newest, 0)
    bar.set_ticks(positions)
    left, span = bar._travel()
    wanted = sorted({left + p * span // newest + 0.5 for p in positions if p <= newest})
    assert bar._tick_columns() == wanted


def log_slider(
    qtbot: QtBot, low: float = 1, high: float = 100_000, unlimited: bool = False
) -> LogSlider:
    return shown(qtbot, LogSlider("slider", low, high, unlimited), 300, 30)


def test_both_ends_of_a_slider_are_reached_exactly(qtbot: QtBot) -> None:
    for low, high in [(1, 64), (1e-4, 1000), (1, 100_000)]:
        bar = log_slider(qtbot, low, high)
        for end in (low, high):
            bar.show_number(end)
            assert bar.number == end
        QTest.keyClick(bar, Qt.Key.Key_Home)
        assert bar.number == low
        QTest.keyClick(bar, Qt.Key.Key_End)
        assert bar.number == high


def test_equal_distances_are_equal_ratios(qtbot: QtBot) -> None:
    bar = log_slider(qtbot, 1, 10_000)
    for number, share in ((1, 0.0), (10, 0.25), (100, 0.5), (10_000, 1.0)):
        bar.show_number(number)
        assert bar.value() / bar.maximum() == pytest.approx(share)


def test_a_number_beyond_the_range_is_shown_at_the_end(qtbot: QtBot) -> None:
    bar = log_slider(qtbot, 1, 100)
    for number, end in [(0.001, bar.minimum()), (1e9, bar.maximum())]:
        bar.show_number(number)
        assert bar.value() == end


def test_showing_a_number_requests_nothing(qtbot: QtBot) -> None:
    bar = log_slider(qtbot)
    seen: list[float | None] = []
    bar.number_requested.connect(seen.append)
    bar.show_number(500)
    bar.show_number(None)
    assert seen == []


def test_unlimited_is_the_last_notch(qtbot: QtBot) -> None:
    bar = log_slider(qtbot, unlimited=True)
    seen: list[float | None] = []
    bar.number_requested.connect(seen.append)
    bar.show_number(None)
    assert bar.number is None
    bar.show_number(100_000)
    assert bar.number == 100_000
    QTest.keyClick(bar, Qt.Key.Key_End)
    QTest.keyClick(bar, Qt.Key.Key_Home)
    assert seen == [None, 1]


def handle_of(bar: LogSlider) -> int:
    """Return roughly the position of the knob, in pixels from the left."""
    return round(10 + (bar.width() - 20) * bar.value() / bar.maximum())


def test_a_drag_previews_numbers_and_requests_the_last(qtbot: QtBot) -> None:
    bar = log_slider(qtbot)
    bar.show_number(100)
    moved: list[float | None] = []
    chosen: list[float | None] = []
    bar.number_moved.connect(moved.append)
    bar.number_requested.connect(chosen.append)
    start = bar.rect().center()
    start.setX(handle_of(bar))
    end = bar.rect().center()
    end.setX(handle_of(bar) + 80)
    drag(bar, start, end)
    assert len(moved) > 3
    *_, last, before = moved  # in case that it ended where it began
    assert before == 100
    assert chosen == [last] == [bar.number]
