"""A mark for each seed: where it is, how it looks, and what the mouse does to it."""

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near, move_pressed, pixel, shown
from xorviz.core import numerals
from xorviz.panels.lab.outcomes import OUTCOMES, color_of
from xorviz.panels.lab.seeds.strip import Codes, SeedStrip
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

BOTH_THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def codes(count: int) -> Codes:
    return (np.arange(count) % 5).astype(np.uint8)


def drawing(strip: SeedStrip) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(strip.size())
    strip.render(generator)
    return bytes(buffer.data().data()).decode()


@pytest.fixture
def strip(qtbot: QtBot) -> SeedStrip:
    found = shown(qtbot, SeedStrip(), 400, 200)
    found.show_codes(codes(300))
    return found


@BOTH_THEMES
def test_a_seed_has_the_colour_of_its_outcome(strip: SeedStrip, theme: Theme) -> None:
    strip.apply_theme(theme)
    for index in (0, 1, 2, 5, 299 - 299 % 5):
        color = QColor(color_of(theme, OUTCOMES[index % 5]))
        assert is_near(pixel(strip, strip.center_of(index).toPoint()), color), index


def test_a_ring_is_open(strip: SeedStrip) -> None:
    middle = strip.center_of(4).toPoint()
    assert OUTCOMES[4] == "coin toss"
    assert not is_near(pixel(strip, middle), QColor(color_of(LIGHT, "coin toss")), 60)


def test_new_outcomes_are_painted(strip: SeedStrip) -> None:
    strip.grab()
    strip.show_codes(np.roll(codes(300), 1))
    assert is_near(pixel(strip, strip.center_of(1).toPoint()), QColor(LIGHT.accent))


def test_the_mouse_points_at_a_seed_and_at_none_beside_them(strip: SeedStrip) -> None:
    seen: list[int | None] = []
    strip.pointed_at.connect(seen.append)
    move_pressed(strip, strip.center_of(123).toPoint())
    move_pressed(strip, QPoint(5, 195))
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    assert seen == [123, None, None]


def test_a_click_tells_the_seed_and_whether_shift_was_held(strip: SeedStrip) -> None:
    seen: list[tuple[int, bool]] = []
    strip.clicked.connect(lambda index, shift: seen.append((index, shift)))
    left, at = Qt.MouseButton.LeftButton, strip.center_of(7)
    for button, modifier in (
        (left, Qt.KeyboardModifier.NoModifier),
        (left, Qt.KeyboardModifier.ShiftModifier),
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
    ):
        event = QMouseEvent(
            QEvent.Type.MouseButtonPress, at, strip.mapToGlobal(at), button, button, modifier
        )
        QApplication.sendEvent(strip, event)
    assert seen == [(7, False), (7, True)]


def test_the_right_button_wants_a_menu_for_the_seed_under_it(strip: SeedStrip) -> None:
    seen: list[int] = []
    strip.menu_wanted.connect(lambda index, _: seen.append(index))
    for at in (strip.center_of(31).toPoint(), QPoint(5, 195)):
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(strip, QContextMenuEvent(reason, at, strip.mapToGlobal(at)))
    assert seen == [31]


def test_the_pointed_and_the_chosen_seed_are_framed(strip: SeedStrip) -> None:
    corner = (strip.center_of(45) - QPointF(1, 1) * (strip.grid.mark / 2 + 1)).toPoint()
    plain = pixel(strip, corner)
    strip.mark(45, None)
    pointed = pixel(strip, corner)
    strip.mark(None, 45)
    chosen = pixel(strip, corner)
    strip.mark(None, None)
    assert pixel(strip, corner) == plain
    assert plain not in (pointed, chosen)


@pytest.mark.parametrize(("width", "height"), [(540, 240), (284, 70), (300, 400), (90, 60)])
@pytest.mark.parametrize("count", [1, 30, 500, 10_000])
def test_it_takes_no_more_height_than_it_may(
    qtbot: QtBot, width: int, height: int, count: int
) -> None:
    strip = SeedStrip()
    strip.show_codes(codes(count))
    needed = strip.height_for(width, height)
    assert needed <= height
    shown(qtbot, strip, width, needed)
    before = strip.grid
    strip.resize(width, height)
    assert strip.grid == before, "what is left over would make cells no larger"


def test_where_not_all_fit_it_says_so(strip: SeedStrip) -> None:
    assert "The first" not in drawing(strip)
    strip.show_codes(codes(100_000))
    assert strip.grid.cell == 3
    assert f"The first {numerals.whole(strip.grid.shown)} of 100\u2009000;" in drawing(strip)


def test_it_says_aloud_how_many_there_are_of_each(strip: SeedStrip) -> None:
    assert strip.accessibleName().startswith("Seeds: right 60, one row on the fence 60")


def test_a_drawing_has_real_marks_and_text(strip: SeedStrip) -> None:
    text = drawing(strip)
    assert "<image" not in text
    assert text.count("<circle") + text.count("<ellipse") >= 120  # fences and coin tosses
    assert "one row on the fence" in text


def test_ten_thousand_seeds_can_be_walked_by_mouse(qtbot: QtBot) -> None:
    strip = shown(qtbot, SeedStrip(), 540, 240)
    strip.show_codes(codes(10_000))
    seen: list[int | None] = []
    strip.pointed_at.connect(seen.append)
    move_pressed(strip, strip.center_of(9_999).toPoint())
    assert seen == [9_999]
