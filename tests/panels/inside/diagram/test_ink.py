"""The pens of edges: wide and strong for large weights, dashed for negative ones."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near
from xorviz.panels.inside.diagram.ink import EdgeInk, Emphasis
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, contrast, level

MOST, LEAST, ZERO = LEVELS - 1, 0, LEVELS // 2


def ink(theme: Theme = LIGHT) -> EdgeInk:
    ink = EdgeInk()
    ink.recolour(theme)
    return ink


def test_width_grows_with_the_size_of_a_weight() -> None:
    pens = ink()
    pens.adapt(7, 1)
    widths = [pens.pen(at, Emphasis.PLAIN).widthF() for at in range(ZERO, LEVELS)]
    assert widths == sorted(widths)
    assert widths[0] == pytest.approx(1, abs=0.1)
    assert widths[-1] == 7
    assert pens.pen(LEAST, Emphasis.PLAIN).widthF() == 7


@pytest.mark.parametrize("weight", list(Emphasis))
def test_negative_is_dashed_and_positive_is_not(weight: Emphasis) -> None:
    solid, pens = Qt.PenStyle.SolidLine, ink()
    styles = [pens.pen(at, weight).style() for at in range(LEVELS)]
    assert all(style != solid for style in styles[: ZERO + 1])  # zero itself is dotted
    assert all(style == solid for style in styles[ZERO + 1 :])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_strongest_have_the_colours_of_the_theme(theme: Theme) -> None:
    pens = ink(theme)
    assert is_near(pens.color(LEAST), theme.minus)
    assert is_near(pens.color(MOST), theme.plus)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("weight", [Emphasis.PLAIN, Emphasis.FRONT])
def test_no_edge_is_lost_in_the_ground(theme: Theme, weight: Emphasis) -> None:
    pens = ink(theme)
    for at in range(LEVELS):
        assert contrast(pens.color(at, weight).name(), theme.panel) > 1.35


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_what_stands_back_is_weaker_and_what_stands_out_is_not(theme: Theme) -> None:
    pens = ink(theme)
    for at in (LEAST, ZERO - 40, ZERO + 40, MOST):
        back, plain, front = (
            contrast(pens.color(at, weight).name(), theme.panel)
            for weight in (Emphasis.BACK, Emphasis.PLAIN, Emphasis.FRONT)
        )
        assert back < plain <= front
        assert pens.pen(at, Emphasis.FRONT).widthF() > pens.pen(at, Emphasis.PLAIN).widthF()


def test_pens_are_made_once_and_anew_for_other_colours_or_widths() -> None:
    pens = ink()
    first = pens.pen(MOST, Emphasis.PLAIN)
    assert pens.pen(MOST, Emphasis.PLAIN) is first
    pens.adapt(pens.widest, pens.strength)
    assert pens.pen(MOST, Emphasis.PLAIN) is first
    pens.adapt(2, 0.5)
    second = pens.pen(MOST, Emphasis.PLAIN)
    assert second.widthF() == 2
    assert second.color() != first.color()
    assert not pens.pen(MOST, Emphasis.PLAIN).color().alpha() < 255
    pens.recolour(DARK)
    assert pens.pen(MOST, Emphasis.PLAIN).color() != second.color()


def painted_key(width: int, limit: float) -> QImage:
    image = QImage(width, 24, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.panel))
    painter = QPainter(image)
    ink().paint_key(painter, QRectF(0, 0, width, 24), limit)
    painter.end()
    return image


def test_the_key_goes_from_the_strongest_negative_to_the_strongest_positive(qtbot: QtBot) -> None:
    image = painted_key(400, 5)
    line = [image.pixelColor(x, 12) for x in range(400)]
    blue = [x for x, color in enumerate(line) if is_near(color, LIGHT.minus, 12)]
    orange = [x for x, color in enumerate(line) if is_near(color, LIGHT.plus, 12)]
    assert blue
    assert orange
    assert max(blue) < min(orange)
    bar = line[min(blue) : max(orange) + 1]
    gaps = [i for i, color in enumerate(bar) if is_near(color, LIGHT.panel, 2)]
    assert gaps
    assert max(gaps) < len(bar) / 2 + 1
    assert abs((min(blue) + max(orange)) / 2 - 200) < 40


def test_the_key_says_what_its_ends_stand_for(qtbot: QtBot) -> None:
    assert painted_key(400, 5) != painted_key(400, 50)


def test_without_room_there_is_no_key(qtbot: QtBot) -> None:
    blank = QImage(90, 24, QImage.Format.Format_RGB32)
    blank.fill(QColor(LIGHT.panel))
    assert painted_key(90, 5) == blank


def test_a_weight_of_zero_is_neither_positive_nor_negative() -> None:
    ink = EdgeInk()
    zero, plus, minus = (ink.pen(level(value, 5), Emphasis.PLAIN) for value in (0, 0.5, -0.5))
    assert zero.color() != plus.color()
    assert zero.color() != minus.color()
    assert zero.dashPattern() not in (plus.dashPattern(), minus.dashPattern())
