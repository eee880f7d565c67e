"""Bars over a plot: heights, colours, the least height, and the frame of one."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import near, shown
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import Bars
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import LIGHT

EDGES = np.arange(6.0)
HEIGHTS = np.array([4.0, 1e-4, 0.0, -1e-4, -2.0])
COLORS = [LIGHT.plus, LIGHT.plus, LIGHT.quiet, LIGHT.minus, LIGHT.minus]


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[CurvePlot]:
    plot = shown(qtbot, CurvePlot("Bars", ScaledAxis("left", "{:g}".format)), 300, 200)
    plot.apply_theme(LIGHT)
    plot.rows[0].ends, plot.step_ends = (-4.0, 4.0), (0.0, 5.0)
    plot.fit_curves()
    for _ in range(3):
        plot.grab()
        QApplication.processEvents()
    yield plot
    plot.hide()


@pytest.fixture
def bars(plot: CurvePlot) -> Bars:
    bars = Bars(plot.rows[0].scales)
    bars.apply_theme(LIGHT)
    bars.show_bars(EDGES, HEIGHTS, COLORS, shows_zeros=True)
    return bars


def test_heights_are_to_scale_from_the_line_of_zero(bars: Bars) -> None:
    rects, area = bars.rects(), bars.scales.area
    zero = rects[0].bottom()
    assert zero == pytest.approx(area.height() / 2, abs=1)
    assert rects[0].top() == pytest.approx(0, abs=1)
    assert rects[4].top() == zero + 1
    assert rects[4].bottom() == pytest.approx(area.height() * 0.75, abs=1)
    assert [rect.left() for rect in rects] == pytest.approx(np.arange(5) * area.width() / 5, abs=1)


def test_small_bars_are_visible_and_zeros_have_a_mark_of_their_own(bars: Bars) -> None:
    rects = bars.rects()
    zero = rects[0].bottom()
    assert (rects[1].top(), rects[1].bottom()) == (zero - 2, zero)
    assert (rects[3].top(), rects[3].height()) == (zero + 1, 2)
    assert (rects[2].top(), rects[2].height()) == (zero - 1, 3)
    bars.show_bars(EDGES, HEIGHTS, COLORS)
    assert bars.rects()[2].isEmpty()


def test_any_number_of_bars_has_a_pixel_each(bars: Bars) -> None:
    bars.show_bars(np.linspace(0, 5, 401), np.ones(400), [LIGHT.plus] * 400)
    assert min(rect.width() for rect in bars.rects()) >= 1


def test_each_bar_has_its_colour_and_one_can_be_framed(plot: CurvePlot, bars: Bars) -> None:
    picture = plot.grab().toImage()
    for color in (LIGHT.plus, LIGHT.minus):
        assert near(picture, color).sum() > 500
    bars.mark(1)
    framed = plot.grab().toImage()
    assert near(framed, LIGHT.text).sum() > near(picture, LIGHT.text).sum() + 250
    bars.mark(99)  # of a run that had more
    assert plot.grab().toImage() == picture
