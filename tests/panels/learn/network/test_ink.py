"""Pens of edges: wide and strong for large weights, dashed for negative ones."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near
from xorviz.panels.learn.network.ink import EdgeInk, Emphasis
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, contrast

MOST, LEAST, ZERO = LEVELS - 1, 0, LEVELS // 2


def ink(theme: Theme = LIGHT) -> EdgeInk:
    return EdgeInk(theme, 7, 1)


def test_width_grows_with_the_absolute_weight() -> None:
    pens = ink()
    widths = [pens.pen(at, Emphasis.PLAIN).widthF() for at in range(ZERO, LEVELS)]
    assert widths == sorted(widths)
    assert widths[0] == pytest.approx(1, abs=0.1)
    assert widths[-1] == 7
    assert pens.pen(LEAST, Emphasis.PLAIN).widthF() == 7


@pytest.mark.parametrize("emphasis", some(Emphasis, 1))
def test_only_negative_edges_are_dashed(emphasis: Emphasis) -> None:
    solid, pens = Qt.PenStyle.SolidLine, ink()
    styles = [pens.pen(at, emphasis).style() for at in range(LEVELS)]
    assert all(style != solid for style in styles[: ZERO + 1])  # zero itself is dotted
    assert all(style == solid for style in styles[ZERO + 1 :])


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_extreme_weights_have_the_colours_of_the_theme(theme: Theme) -> None:
    pens = ink(theme)
    assert is_near(pens.color(LEAST), theme.minus)
    assert is_near(pens.color(MOST), theme.plus)


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
@pytest.mark.parametrize("emphasis", some([Emphasis.PLAIN, Emphasis.FRONT], 1))
def test_every_edge_contrasts_with_the_background(theme: Theme, emphasis: Emphasis) -> None:
    pens = ink(theme)
    for at in range(LEVELS):
        assert contrast(pens.color(at, emphasis).name(), theme.panel) > 1.35


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_faded_edges_are_weaker_and_highlighted_ones_wider(theme: Theme) -> None:
    pens = ink(theme)
    for at in (LEAST, ZERO - 40, ZERO + 40, MOST):
        back, plain, front = (
            contrast(pens.color(at, emphasis).name(), theme.panel)
            for emphasis in (Emphasis.BACK, Emphasis.PLAIN, Emphasis.FRONT)
        )
        assert back < plain <= front
        assert pens.pen(at, Emphasis.FRONT).widthF() > pens.pen(at, Emphasis.PLAIN).widthF()


def test_pens_are_cached_and_opaque() -> None:
    pens = ink()
    first = pens.pen(MOST, Emphasis.PLAIN)
    assert pens.pen(MOST, Emphasis.PLAIN) is first
    second = EdgeInk(LIGHT, 2, 0.5).pen(MOST, Emphasis.PLAIN)
    assert second.widthF() == 2
    assert second.color() != first.color()
    assert second.color().alpha() == 255


def painted_key(width: int, limit: float) -> QImage:
    image = QImage(width, 24, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.panel))
    painter = QPainter(image)
    ink().paint_key(painter, QRectF(0, 0, width, 24), limit)
    painter.end()
    return image


def test_the_legend_runs_from_negative_to_positive(qtbot: QtBot) -> None:
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


def test_the_legend_depends_on_range_and_width(qtbot: QtBot) -> None:
    assert painted_key(400, 5) != painted_key(400, 50)
    blank = QImage(90, 24, QImage.Format.Format_RGB32)
    blank.fill(QColor(LIGHT.panel))
    assert painted_key(90, 5) == blank
