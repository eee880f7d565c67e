"""Geometry of planes that are painted by hand: coordinates, strips and the warped grid."""

import itertools
import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from tests.support.cases import some
from tests.support.screen import contrast
from tests.support.snapshots import RECIPES, trained
from xorviz.core.analysis.pair_plane import Border, Pair, PairPlane, plane_of
from xorviz.core.analysis.surface import Span
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.chart import Chart
from xorviz.panels.inside.hidden_plane import RAMP, ramp, ramp_color, strip, warped_paths
from xorviz.ui.theme.palette import DARK, LIGHT

CHART = Chart(QRectF(30, 10, 200, 120), Span(-1, 1), Span(0, 4))


def test_the_second_axis_points_upwards_and_pixels_and_points_are_inverse() -> None:
    assert CHART.at(-1, 0) == QPointF(30, 130)
    assert CHART.at(1, 4) == QPointF(230, 10)
    for x, y in ((-0.9, 1.5), (0.0, 0.0), (1.0, 3.9)):
        assert CHART.point(CHART.at(x, y)) == pytest.approx((x, y))
    assert CHART.point(CHART.rect.topLeft() - QPointF(1, 0)) is None
    assert np.abs(CHART.pixels(np.array([[1e100, -1e100]]))).max() <= 1e6


BORDERS = [(1, 1, -1), (1, 0, 0.25), (3, 1, 9), (0, 0, 2)]


def test_a_strip_contains_the_points_between_two_values() -> None:
    points = np.random.RandomState(0).uniform((-1, 0), (1, 4), (60, 2)).tolist()
    ends = ((0, math.inf), (-math.inf, 0), (-0.5, 1))
    for numbers, (low, high) in itertools.product(BORDERS, ends):
        border = Border(*numbers)
        part = strip(CHART, border, low, high)
        for across, up in points:
            side = border.side(across, up)
            if min(abs(side - low), abs(side - high)) > 0.05:
                inside = part.containsPoint(CHART.at(across, up), Qt.FillRule.OddEvenFill)
                assert inside == (low < side < high)


def bent_plane(width: int) -> tuple[Chart, PairPlane]:
    """Return the plane of two units, and its box."""
    snapshot = trained(RunConfig(width=width, biases=True, seed=3, init_range=3))
    plane = plane_of(snapshot.weights, snapshot.config, Pair(0, 1))
    return Chart(QRectF(20, 10, 300, 200), plane.across, plane.up), plane


Piece = tuple[float, ...]


def pieces(path: QPainterPath) -> list[Piece]:
    """Return the line segments of a path."""
    elements = [path.elementAt(i) for i in range(path.elementCount())]
    return [(a.x, a.y, b.x, b.y) for a, b in itertools.pairwise(elements) if b.isLineTo()]


@pytest.mark.parametrize("width", [2, 3])
def test_every_segment_of_the_grid_is_drawn_once_in_the_colour_of_the_third_unit(
    width: int,
) -> None:
    chart, plane = bent_plane(width)
    paths = warped_paths(chart, plane, LIGHT)
    colors = {piece: color.name() for color, path in paths for piece in pieces(path)}
    assert sum(len(pieces(path)) for _, path in paths) == len(colors)
    expected = {}
    for number, line in enumerate(plane.grid.tolist()):
        points = [chart.at(*at) for at in line]
        for place, (a, b) in enumerate(itertools.pairwise(points)):
            color = ""
            if plane.third is not None:
                mean = plane.third.grid[number, place : place + 2].mean()
                color = ramp_color(LIGHT, plane.third.span, float(mean)).name()
            expected[a.x(), a.y(), b.x(), b.y()] = color
    assert colors.keys() == expected.keys()
    if plane.third is None:
        assert len(paths) == 1
    else:
        assert colors == expected


def test_grid_colours_go_from_blue_to_orange_and_contrast_with_the_panel() -> None:
    for theme in (LIGHT, DARK):
        names = [color.name() for color in ramp(theme)]
        assert (names[0].upper(), names[-1].upper()) == (theme.minus, theme.plus)
        assert min(contrast(color, theme.panel) for color in names) > 1.8
    values = (-9, *np.linspace(-1, 1, RAMP), 9)
    found = [ramp_color(LIGHT, Span(-1, 1), value) for value in values]
    assert found == [ramp(LIGHT)[0], *ramp(LIGHT), ramp(LIGHT)[-1]]


@pytest.mark.parametrize("name", some(RECIPES))
def test_rows_are_on_the_side_of_their_border_that_their_output_is_on(name: str) -> None:
    snapshot = trained(RECIPES[name], 40)
    plane = plane_of(snapshot.weights, snapshot.config, Pair(0, 1))
    for border, at, share in zip(plane.borders, plane.rows, snapshot.shares, strict=True):
        assert (border.side(*at.tolist()) > 0) == (share > 0.5)
