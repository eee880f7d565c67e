"""The colour scale and its labels."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near, pixel, shown
from xorviz.ui.chrome.color_bar import ColorBar

COLORS = ("#0000FF", "#FFFFFF", "#FF0000")


def bar(qtbot: QtBot) -> ColorBar:
    bar = shown(qtbot, ColorBar(), 201, 40)
    bar.set_colors([QColor(color) for color in COLORS], "#000000")
    return bar


def test_the_colours_are_spread_evenly(qtbot: QtBot) -> None:
    strip = bar(qtbot)
    for x, color in ((0, COLORS[0]), (100, COLORS[1]), (200, COLORS[2])):
        assert is_near(pixel(strip, QPoint(x, 3)), color)
    halfway = pixel(strip, QPoint(50, 3))
    assert is_near(halfway, "#8080FF")


def test_the_labels_are_spread_below_the_colours(qtbot: QtBot) -> None:
    strip = bar(qtbot)
    strip.set_labels(("−5", "0", "+5"))
    picture = strip.grab().toImage()
    below = range(11, 11 + strip.fontMetrics().height())
    ground = picture.pixelColor(50, 20)
    written = {
        x for x in range(201) for y in below if not is_near(picture.pixelColor(x, y), ground, 40)
    }
    assert min(written) < 5
    assert max(written) > 195
    assert written & set(range(90, 111))
    assert not written & set(range(30, 90))


def test_the_accessible_name_has_both_ends(qtbot: QtBot) -> None:
    strip = bar(qtbot)
    strip.set_labels(("−5", "0", "+5"))
    assert strip.accessibleName() == "Colours from −5 to +5"


def test_without_colours_nothing_is_painted(qtbot: QtBot) -> None:
    strip = shown(qtbot, ColorBar(), 100, 40)
    ground = QColor(strip.palette().window().color())
    assert is_near(pixel(strip, QPoint(50, 3)), ground)
