"""Curves and images over the input square look like pyqtgraph's; signs show targets."""

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.screen import ink_along, is_near, painted_at, plot_of, shown
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.panels.base.square_items import SquareCurve, SquareImage, level_images, paint_sign
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.fixture
def plots(qtbot: QtBot) -> Iterator[tuple[Plot, Plot]]:
    """Return two empty plots of the input square."""
    pair = (shown(qtbot, plot_of(), 160, 120), shown(qtbot, plot_of(), 160, 120))
    for plot in pair:
        plot.frames[0].left.setWidth(30)  # else painting sets it
        plot.frames[0].box.setRange(xRange=(LOW, HIGH), yRange=(LOW, HIGH), padding=0)
        plot.apply_theme(LIGHT)
        plot.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    yield pair
    for plot in pair:
        plot.hide()


def test_an_image_looks_like_pyqtgraph_s(plots: tuple[Plot, Plot]) -> None:
    ours, plain = SquareImage(), pg.ImageItem(axisOrder="row-major", levels=(0, LEVELS - 1))
    for plot, item in zip(plots, (ours, plain), strict=True):
        plot.frames[0].box.addItem(item)
    square = QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW)
    for theme, levels in ((LIGHT, RAMP), (DARK, RAMP), (DARK, RAMP[::-1])):
        (image,) = level_images(levels[np.newaxis] / (LEVELS - 1), theme)
        ours.show_image(image, square)
        colors = [(fill.red(), fill.green(), fill.blue()) for fill, _ in diverging(theme)]
        plain.setLookupTable(np.array(colors, np.uint8))
        plain.setImage(levels, autoLevels=False)
        plain.setRect(square)
        assert plots[0].grab().toImage() == plots[1].grab().toImage()


def test_a_curve_looks_like_pyqtgraph_s_and_is_as_thick_on_every_screen(
    plots: tuple[Plot, Plot],
) -> None:
    ours, plain = SquareCurve(antialias=True), pg.PlotCurveItem(antialias=True)
    x = np.linspace(LOW, HIGH, 50)
    for plot, curve in zip(plots, (ours, plain), strict=True):
        plot.frames[0].box.addItem(curve, ignoreBounds=True)
        curve.setPen(pg.mkPen(LIGHT.text, width=2))
    for y in (x, x**2, np.full(50, 0.5)):
        for curve in (ours, plain):
            curve.setData(x, y)
        pictures = [plot.grab().toImage() for plot in plots]
        assert pictures[0] == pictures[1]
    middle = plots[0].mapFromScene(plots[0].frames[0].box.sceneBoundingRect().center())
    strip = middle.x(), middle.y(), 8, LIGHT.text, LIGHT.panel
    for ratio in (1, 1.5, 2):
        image = painted_at(plots[0].viewport(), ratio)
        assert ink_along(image, *strip) == pytest.approx(2, abs=0.1)


def painted(theme: Theme, target: int, is_right: bool = True) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    paint_sign(painter, QPointF(30, 30), 20, target, theme, is_right=is_right)
    painter.end()
    return image


def test_target_0_is_a_circle_1_a_square_and_a_wrong_row_is_crossed(qtbot: QtBot) -> None:
    for theme in (LIGHT, DARK):
        circle, square = painted(theme, 0), painted(theme, 1)
        assert is_near(circle.pixelColor(30, 30), theme.minus)
        assert is_near(square.pixelColor(30, 30), theme.plus)
        assert is_near(circle.pixelColor(13, 13), "#808080")
        assert is_near(square.pixelColor(13, 13), "white")
        for target in (0, 1):
            assert is_near(painted(theme, target, is_right=False).pixelColor(30, 30), "white")
