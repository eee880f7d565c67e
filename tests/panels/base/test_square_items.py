"""Curves and images over the input square look like pyqtgraph's."""

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.panels.base.square_items import LevelImage, SquareCurve, simplified
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, diverging

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def pixels(plot: Plot) -> NDArray[np.int64]:
    """Return the painted colours, (height, width, 4)."""
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    shape = image.height(), image.width(), 4
    return np.array(image.constBits()).reshape(shape).astype(np.int64)


@pytest.fixture
def plots(qtbot: QtBot) -> Iterator[tuple[Plot, Plot]]:
    """Return two empty plots of the input square."""
    pair = (shown(qtbot, Plot()), shown(qtbot, Plot()))
    for plot in pair:
        plot.setRange(xRange=(LOW, HIGH), yRange=(LOW, HIGH), padding=0)
        plot.recolour(LIGHT)
        plot.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    yield pair
    for plot in pair:
        plot.hide()


def test_levels_have_the_colours_of_a_pyqtgraph_image(plots: tuple[Plot, Plot]) -> None:
    ours, plain = LevelImage(), pg.ImageItem(axisOrder="row-major", levels=(0, LEVELS - 1))
    for plot, image in zip(plots, (ours, plain), strict=True):
        plot.addItem(image)
    for theme, levels in ((LIGHT, RAMP), (DARK, RAMP), (DARK, RAMP[::-1, :8])):
        ours.set_colors(diverging(theme))
        plain.setLookupTable(diverging(theme))
        for image in (ours, plain):
            image.setImage(levels, autoLevels=False)
            image.setRect(QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW))
        difference = np.abs(pixels(plots[0]) - pixels(plots[1]))
        assert not difference.any()


def test_new_colours_repaint_the_image(plots: tuple[Plot, Plot]) -> None:
    image, (plot, _) = LevelImage(), plots
    plot.addItem(image)
    image.set_colors(diverging(LIGHT))
    image.setImage(RAMP, autoLevels=False)
    light = plot.grab().toImage()
    image.set_colors(diverging(DARK))
    assert plot.grab().toImage() != light


def test_an_image_without_colours_is_grey(plots: tuple[Plot, Plot]) -> None:
    image, (plot, _) = LevelImage(), plots
    plot.addItem(image)
    image.setImage(RAMP, autoLevels=False)
    plot.grab()
    assert image.qimage.pixelColor(3, 4).name() == "#808080"


def test_a_moving_curve_looks_like_pyqtgraph_s(plots: tuple[Plot, Plot]) -> None:
    ours, plain = SquareCurve(antialias=True), pg.PlotCurveItem(antialias=True)
    x = np.linspace(LOW, HIGH, 50)
    for plot, curve in zip(plots, (ours, plain), strict=True):
        plot.addItem(curve, ignoreBounds=True)
        curve.setPen(pg.mkPen(LIGHT.text, width=2))
    for y in (x, x**2, np.full(50, HIGH), np.full(50, LOW)):
        for curve in (ours, plain):
            curve.setData(x, y)
        pictures = [plot.grab().toImage() for plot in plots]
        assert pictures[0] == pictures[1]


def test_a_simplified_line_stays_within_the_tolerance() -> None:
    for bend in [0.0, 0.3, 3.0]:
        x = np.linspace(0, 1, 201)
        line = np.column_stack((x, np.sin(bend * x) + (x > 0.7) * (x - 0.7)))
        fewer = simplified(line, 1e-3)
        assert len(fewer) < 80
        assert fewer[[0, -1]].tolist() == line[[0, -1]].tolist()
        assert {tuple(point) for point in fewer.tolist()} <= {
            tuple(point) for point in line.tolist()
        }
        between = np.interp(x, fewer[:, 0], fewer[:, 1])
        assert np.abs(between - line[:, 1]).max() <= 2e-3 * np.hypot(1, 4)


def test_corners_short_lines_and_thin_loops_are_kept() -> None:
    for points in [2, 3, 4, 5]:
        zigzag = np.column_stack((np.arange(points), np.arange(points) % 2)).astype(float)
        np.testing.assert_array_equal(simplified(zigzag, 0.01), zigzag)

    loop = np.array([(0, 0), (1, 1e-6), (2, 0), (1, -1e-6), (0, 0)], dtype=float)
    assert simplified(loop, 0.01)[:, 0].max() == 2
