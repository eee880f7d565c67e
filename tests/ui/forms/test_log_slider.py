"""The logarithmic slider: numbers, keys and drags."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, drag, press, shown
from xorviz.ui.forms.log_slider import LogSlider


def slider(
    qtbot: QtBot, low: float = 1, high: float = 100_000, unlimited: bool = False
) -> LogSlider:
    return shown(qtbot, LogSlider("slider", low, high, unlimited), 300, 30)


def test_both_ends_of_a_slider_are_reached_exactly(qtbot: QtBot) -> None:
    for low, high in [(1, 64), (1e-4, 1000), (1, 100_000)]:
        bar = slider(qtbot, low, high)
        for end in (low, high):
            bar.show_number(end)
            assert bar.number == end
        QTest.keyClick(bar, Qt.Key.Key_Home)
        assert bar.number == low
        QTest.keyClick(bar, Qt.Key.Key_End)
        assert bar.number == high


def test_equal_distances_are_equal_ratios(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1, 10_000)
    for number, share in ((1, 0.0), (10, 0.25), (100, 0.5), (10_000, 1.0)):
        bar.show_number(number)
        assert bar.value() / bar.maximum() == pytest.approx(share)


def test_a_number_beyond_the_range_is_shown_at_the_end(qtbot: QtBot) -> None:
    bar = slider(qtbot, 1, 100)
    for number, end in [(0.001, bar.minimum()), (1e9, bar.maximum())]:
        bar.show_number(number)
        assert bar.value() == end


def test_showing_a_number_requests_nothing(qtbot: QtBot) -> None:
    bar = slider(qtbot)
    seen: list[float | None] = []
    bar.number_requested.connect(seen.append)
    bar.show_number(500)
    bar.show_number(None)
    assert seen == []


def test_unlimited_is_the_last_notch(qtbot: QtBot) -> None:
    bar = slider(qtbot, unlimited=True)
    seen: list[float | None] = []
    bar.number_requested.connect(seen.append)
    bar.show_number(None)
    assert bar.number is None
    bar.show_number(100_000)
    assert bar.number == 100_000
    QTest.keyClick(bar, Qt.Key.Key_End)
    QTest.keyClick(bar, Qt.Key.Key_Home)
    assert seen == [None, 1]


def test_arrow_keys_move_a_slider_before_shortcuts(qtbot: QtBot) -> None:
    bar = LogSlider("slider", 1, 100)
    bar.show_number(10)
    seen: list[float | None] = []
    bar.number_requested.connect(seen.append)
    window = active_window(qtbot, bar, "Right", "Left", "Space", "S")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_S)
    assert [number is not None and round(number) for number in seen] == [13, 10]
    assert window.used == ["Space", "S"]


def handle_of(bar: LogSlider) -> int:
    """Return roughly the position of the knob, in pixels from the left."""
    return round(10 + (bar.width() - 20) * bar.value() / bar.maximum())


def test_a_drag_previews_numbers_and_requests_the_last(qtbot: QtBot) -> None:
    bar = slider(qtbot)
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
