"""Coordinates of a plane."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from xorviz.core.analysis.surface import Span
from xorviz.panels.inside.chart import Chart

CHART = Chart(QRectF(30, 10, 200, 120), Span(-1, 1), Span(0, 4))


def test_the_second_axis_points_upwards() -> None:
    assert CHART.at(-1, 0) == QPointF(30, 130)
    assert CHART.at(1, 4) == QPointF(230, 10)
    assert CHART.at(0, 1) == QPointF(130, 100)


def test_pixels_and_points_are_inverse() -> None:
    for x, y in ((-0.9, 1.5), (0.0, 0.0), (1.0, 3.9)):
        assert CHART.point(CHART.at(x, y)) == pytest.approx((x, y))
    assert CHART.point(CHART.rect.topLeft() - QPointF(1, 0)) is None


def test_far_points_are_clipped() -> None:
    assert np.abs(CHART.pixels(np.array([[1e100, -1e100]]))).max() <= 1e6
