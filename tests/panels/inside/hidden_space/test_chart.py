"""Sides of a line in a box: a point is inside exactly if what goes into the output says so."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt

from xorviz.core.analysis.pair_plane import Border
from xorviz.core.analysis.responses import Span
from xorviz.panels.inside.hidden_space.chart import Chart

CHART = Chart(QRectF(30, 10, 200, 120), Span(-1, 1), Span(0, 4))


def test_values_have_their_place_with_the_second_upwards() -> None:
    assert CHART.at(-1, 0) == QPointF(30, 130)
    assert CHART.at(1, 4) == QPointF(230, 10)
    assert CHART.at(0, 1) == QPointF(130, 100)


@pytest.mark.parametrize(
    "border",
    [Border(1, 1, -1), Border(-2, 0.3, 0.2), Border(0, 1, -2), Border(1, 0, 0.25), Border(3, 1, 9)],
)
@pytest.mark.parametrize(("low", "high"), [(0, math.inf), (-math.inf, 0), (-0.5, 1)])
def test_a_strip_holds_what_lies_between(border: Border, low: float, high: float) -> None:
    strip = CHART.strip(border, low, high)
    random = np.random.RandomState(0)
    checked = 0
    for across, up in random.uniform((-1, 0), (1, 4), (300, 2)).tolist():
        side = border.side(across, up)
        if min(abs(side - low), abs(side - high)) > 0.05:
            inside = strip.containsPoint(CHART.at(across, up), Qt.FillRule.OddEvenFill)
            assert inside == (low < side < high)
            checked += 1
    assert checked > 200


def test_without_a_slope_all_of_the_box_is_on_one_side() -> None:
    level = Border(0, 0, 2)
    assert CHART.strip(level, 0, math.inf).boundingRect() == CHART.rect
    assert CHART.strip(level, -math.inf, 0).isEmpty()
