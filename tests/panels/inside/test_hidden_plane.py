"""Geometry of the plane: half planes, strips and the warped grid."""

import itertools
import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from tests.support.cases import some
from tests.support.snapshots import trained
from xorviz.core.analysis.pair_plane import LINES, POINTS, Border, Pair, PairPlane, plane_of
from xorviz.core.analysis.surface import Span
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.chart import Chart
from xorviz.panels.inside.hidden_plane import RAMP, ramp, ramp_color, strip, warped_paths
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast

CHART = Chart(QRectF(30, 10, 200, 120), Span(-1, 1), Span(0, 4))


@pytest.mark.parametrize(
    "border",
    some(
        [
            Border(1, 1, -1),
            Border(-2, 0.3, 0.2),
            Border(0, 1, -2),
            Border(1, 0, 0.25),
            Border(3, 1, 9),
        ],
        1,
    ),
)
@pytest.mark.parametrize(("low", "high"), some([(0, math.inf), (-math.inf, 0), (-0.5, 1)]))
def test_a_strip_contains_the_points_between_two_values(
    border: Border, low: float, high: float
) -> None:
    part = strip(CHART, border, low, high)
    random = np.random.RandomState(0)
    checked = 0
    for across, up in random.uniform((-1, 0), (1, 4), (300, 2)).tolist():
        side = border.side(across, up)
        if min(abs(side - low), abs(side - high)) > 0.05:
            inside = part.containsPoint(CHART.at(across, up), Qt.FillRule.OddEvenFill)
            assert inside == (low < side < high)
            checked += 1
    assert checked > 200


def test_without_a_slope_the_whole_box_is_on_one_side() -> None:
    level = Border(0, 0, 2)
    assert strip(CHART, level, 0, math.inf).boundingRect() == CHART.rect
    assert strip(CHART, level, -math.inf, 0).isEmpty()


BOX = QRectF(20, 10, 300, 200)
PIECES = 2 * LINES * (POINTS - 1)


def plane(width: int) -> PairPlane:
    snapshot = trained(RunConfig(width=width, biases=True, seed=3, init_range=3))
    return plane_of(snapshot.weights, "sigmoid", Pair(0, 1))


def chart(of: PairPlane) -> Chart:
    return Chart(BOX, of.across, of.up)


def pieces(path: QPainterPath) -> list[tuple[float, float, float, float]]:
    """Return the line segments of a path."""
    elements = [path.elementAt(i) for i in range(path.elementCount())]
    return [(a.x, a.y, b.x, b.y) for a, b in itertools.pairwise(elements) if b.isLineTo()]


@pytest.mark.parametrize("width", some([3, 2, 6], 1))
def test_every_segment_of_the_grid_is_drawn_once(width: int) -> None:
    bent = plane(width)
    paths = warped_paths(chart(bent), bent, LIGHT)
    drawn = [piece for _, path in paths for piece in pieces(path)]
    assert len(drawn) == PIECES
    expected = set()
    for line in bent.grid.tolist():
        points = [chart(bent).at(*at) for at in line]
        for a, b in itertools.pairwise(points):
            expected.add(tuple(round(v, 3) for v in (a.x(), a.y(), b.x(), b.y())))
    assert {tuple(round(v, 3) for v in piece) for piece in drawn} == expected
    assert (len(paths) > 1) == (width == 3)


def test_a_segment_has_the_colour_of_the_third_unit_s_response() -> None:
    bent = plane(3)
    assert bent.third is not None
    colors = {
        piece: color.name()
        for color, path in warped_paths(chart(bent), bent, LIGHT)
        for piece in pieces(path)
    }
    answers = (bent.third.grid[:, :-1] + bent.third.grid[:, 1:]) / 2
    for line, of_line in zip(bent.grid, answers, strict=True):
        points = [chart(bent).at(*at) for at in line.tolist()]
        for a, b, answer in zip(points, points[1:], of_line.tolist(), strict=False):
            wanted = ramp_color(LIGHT, bent.third.span, answer).name()
            assert colors[a.x(), a.y(), b.x(), b.y()] == wanted


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_grid_lines_contrast_with_the_panel(theme: Theme) -> None:
    colors = [color.name() for color in ramp(theme)]
    assert len(colors) == RAMP
    assert (colors[0].upper(), colors[-1].upper()) == (theme.minus, theme.plus)
    assert min(contrast(color, theme.panel) for color in colors) > 1.8


def test_responses_beyond_the_span_have_the_colours_of_its_ends() -> None:
    span = Span(-1, 1)
    found = [ramp_color(LIGHT, span, value) for value in (-9, -1, 1, 9)]
    assert found == [ramp(LIGHT)[0]] * 2 + [ramp(LIGHT)[-1]] * 2
    assert np.array_equal(
        [ramp_color(LIGHT, span, v) == ramp(LIGHT)[i] for i, v in enumerate(np.linspace(-1, 1, 9))],
        [True] * 9,
    )
