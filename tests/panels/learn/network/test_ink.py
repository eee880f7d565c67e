"""Pens of edges: wide and strong for large weights, dashed for negative ones."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from tests.support.cases import some
from tests.support.screen import is_near
from xorviz.panels.learn.network.ink import EdgeInk, Emphasis
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, contrast

MOST, LEAST, ZERO = LEVELS - 1, 0, LEVELS // 2
themes = pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)


@pytest.mark.parametrize("emphasis", some(Emphasis, 2))
def test_width_grows_with_the_weight_and_only_negative_edges_are_dashed(emphasis: Emphasis) -> None:
    pens = [EdgeInk(LIGHT, 7, 1).pen(at, emphasis) for at in range(LEVELS)]
    widths = [pen.widthF() for pen in pens]
    assert widths[ZERO:] == sorted(widths[ZERO:])
    assert widths[LEAST] == widths[MOST] == 7 + emphasis.value[2]
    assert widths[ZERO] == pytest.approx(1 + emphasis.value[2], abs=0.1)
    thick = EdgeInk(replace(LIGHT, stroke=2), 7, 1).pen(MOST, emphasis)
    assert thick.widthF() == 2 * 7 + emphasis.value[2]
    solid = Qt.PenStyle.SolidLine
    assert all(pen.style() != solid for pen in pens[: ZERO + 1])  # zero itself is dotted
    assert all(pen.style() == solid for pen in pens[ZERO + 1 :])


@themes
def test_colours_are_those_of_the_theme_and_contrast_with_it(theme: Theme) -> None:
    pens = EdgeInk(theme, 7, 1)
    assert is_near(pens.color(LEAST), theme.minus)
    assert is_near(pens.color(MOST), theme.plus)

    def seen(at: int, emphasis: Emphasis) -> float:
        return contrast(pens.color(at, emphasis).name(), theme.panel)

    for at in range(0, LEVELS, 3):
        assert min(seen(at, Emphasis.PLAIN), seen(at, Emphasis.FRONT)) > 1.35
    for at in (LEAST, ZERO - 40, ZERO + 40, MOST):
        assert seen(at, Emphasis.BACK) < seen(at, Emphasis.PLAIN) <= seen(at, Emphasis.FRONT)
    paler = EdgeInk(theme, 2, 0.5).pen(MOST, Emphasis.PLAIN).color()
    assert contrast(paler.name(), theme.panel) < seen(MOST, Emphasis.PLAIN)
    assert paler.alpha() == 255


def painted_key(width: int, limit: float = 5) -> QImage:
    image = QImage(width, 24, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.panel))
    painter = QPainter(image)
    EdgeInk(LIGHT, 7, 1).paint_key(painter, QRectF(0, 0, width, 24), limit)
    painter.end()
    return image


@pytest.mark.usefixtures("qapp")
def test_the_legend_runs_from_negative_and_dashed_to_positive() -> None:
    image = painted_key(400)
    line = [image.pixelColor(x, 12) for x in range(400)]
    blue, orange, paper = (
        [x for x, color in enumerate(line) if is_near(color, ink, tolerance)]
        for ink, tolerance in ((LIGHT.minus, 12), (LIGHT.plus, 12), (LIGHT.panel, 2))
    )
    assert blue[-1] < orange[0]
    gaps = [x for x in paper if blue[0] < x < orange[-1]]
    assert gaps
    assert max(gaps) < (blue[0] + orange[-1]) / 2 + 1
    assert painted_key(400, 50) != image
    blank = QImage(90, 24, QImage.Format.Format_RGB32)
    blank.fill(QColor(LIGHT.panel))
    assert painted_key(90) == blank
