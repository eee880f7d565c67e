"""Curves in fewer points: nothing that stands out is lost, nothing unknown is drawn."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from xorviz.core.arrays import Array
from xorviz.panels.curves.run_curves import paint_curve, traced

INK = "#FF0000"


def inked(x: Array, y: Array, dash: tuple[float, ...] = ()) -> Array:
    """Return in which columns (100,) a curve leaves ink, drawn inside of a margin of 10."""
    image = QImage(100, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_curve(painter, x, y, QRectF(10, 0, 80, 40), INK, dash)
    painter.end()
    data = np.frombuffer(image.constBits(), np.uint8).reshape(40, 100, 4)
    return np.asarray((data[:, :, 0] < 200).any(axis=0))


@pytest.mark.parametrize("n", [1, 2, 3, 50, 5000])
def test_a_curve_keeps_its_ends_and_its_extremes(n: int) -> None:
    x = np.linspace(0, 300, n)
    y = np.random.RandomState(n).uniform(0, 100, n)
    few_x, few_y = traced(x, y)
    assert len(few_x) == len(few_y) <= max(n * 4, 4 * 301)
    assert (np.diff(few_x) >= 0).all()
    assert (few_x[0], few_y[0], few_x[-1], few_y[-1]) == (x[0], y[0], x[-1], y[-1])
    for column in range(301):
        mine, all_of = few_y[np.floor(few_x) == column], y[np.floor(x) == column]
        if len(all_of):
            assert mine.min() == pytest.approx(all_of.min(), abs=0.6)
            assert mine.max() == pytest.approx(all_of.max(), abs=0.6)


def test_a_smooth_curve_has_one_point_a_column() -> None:
    x = np.linspace(0, 300, 4000)
    assert len(traced(x, 50 + 40 * np.sin(x / 100))[0]) <= 303


def test_what_is_not_known_is_not_drawn(qtbot: QtBot) -> None:
    x, y = np.arange(10.0, 90.0), np.full(80, 20.0)
    y[20:40] = np.nan
    columns = inked(x, y)
    assert columns[12:28].all()
    assert not columns[31:49].any()
    assert columns[52:88].all()
    assert not inked(x, np.full(80, np.nan)).any()


def test_a_curve_stays_inside_its_area(qtbot: QtBot) -> None:
    columns = inked(np.array([-1e9, 0.0, 50.0, 1e9]), np.full(4, 20.0))
    assert columns[10:90].all()
    assert not columns[:10].any()
    assert not columns[90:].any()


def test_a_dashed_curve_has_gaps(qtbot: QtBot) -> None:
    columns = inked(np.array([10.0, 90.0]), np.full(2, 20.0), (6, 4))
    assert 40 <= columns.sum() <= 60


@pytest.mark.parametrize("points", [0, 1])
def test_a_curve_of_hardly_any_points_is_nothing(qtbot: QtBot, points: int) -> None:
    assert not inked(np.full(points, 20.0), np.full(points, 20.0)).any()
    assert not inked(np.full(points, 20.0), np.full(points, 20.0), (6, 4)).any()
