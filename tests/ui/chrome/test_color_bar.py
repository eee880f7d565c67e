"""The colour scale and its labels."""

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, pixel, shown
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging


def bar(qtbot: QtBot, theme: Theme = LIGHT) -> ColorBar:
    bar = shown(qtbot, ColorBar(diverging), 201, 40)
    bar.apply_theme(theme)
    return bar


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_the_colours_of_the_map_are_spread_evenly(qtbot: QtBot, theme: Theme) -> None:
    strip, last = bar(qtbot, theme), LEVELS - 1
    for x in (0, 50, 100, 200):
        fill, _ = diverging(theme)[round(x / 200 * last)]
        assert is_near(pixel(strip, QPoint(x, 3)), fill.name())


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


@pytest.mark.parametrize("pixels", [13, 26])
def test_a_title_is_beside_the_colours(qtbot: QtBot, pixels: int) -> None:
    strip = shown(qtbot, ColorBar(diverging, "weight"), 300, 80)
    font = strip.font()
    font.setPixelSize(pixels)
    strip.setFont(font)
    strip.set_labels(("−5", "0", "+5"))
    assert strip.accessibleName() == "Colours of weight from −5 to +5"
    assert strip.bar.left() > strip.fontMetrics().horizontalAdvance("weight")
    assert strip.bar.right() == strip.width()
    assert is_near(pixel(strip, strip.bar.toRect().topLeft() + QPoint(2, 2)), LIGHT.minus, 12)
    strip.set_labels(("−5", "0", "+5"), "gradient")
    assert strip.accessibleName() == "Colours of gradient from −5 to +5"
