"""Pixels over a plot equal pyqtgraph's."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.support.screen import plot_of, shown
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.plot.overlay import Scales


@pytest.fixture
def scales(qtbot: QtBot) -> Iterator[Scales]:
    step, value = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left")
    plot = shown(qtbot, plot_of(value, step))
    yield Scales(plot.frames[0].box, step, value)
    plot.hide()


@pytest.mark.parametrize("is_log", [False, True])
def test_pixels_equal_pyqtgraph_s(scales: Scales, is_log: bool) -> None:
    scales.step_axis.set_log(is_log)
    scales.value_axis.set_log(is_log)
    scales.box.setRange(xRange=(0, 3), yRange=(-2, 1), padding=0)
    steps, values = np.array([1.0, 2.0, 500.0]), np.array([0.9, 0.5, 0.01])
    x, y = scales.x_of(steps), scales.y_of(values)
    view = scales.step_axis.to_view(steps), scales.value_axis.to_view(values)
    for place in range(3):
        pixel = scales.box.mapFromView(QPointF(float(view[0][place]), float(view[1][place])))
        assert (x[place], y[place]) == pytest.approx((pixel.x(), pixel.y()), abs=1e-6)
        assert scales.at(steps[place], values[place]) == (x[place], y[place])


def test_far_positions_stay_finite(scales: Scales) -> None:
    scales.box.setRange(xRange=(0, 1e-6), yRange=(0, 1e-9), padding=0)
    assert np.isfinite(scales.x_of(np.array([0.0, 2.0**62]))).all()
    assert np.isfinite(scales.y_of(np.array([5e-324, 1.7e308]))).all()


def test_the_look_changes_with_range_size_and_scale(scales: Scales) -> None:
    looks = [scales.look()]
    for change in (
        lambda: scales.box.setRange(xRange=(0, 7), padding=0),
        lambda: scales.box.setRange(yRange=(0, 7), padding=0),
        lambda: scales.value_axis.set_log(True),
        lambda: scales.step_axis.set_log(True),
        lambda: scales.box.resize(50, 60),
    ):
        change()
        looks.append(scales.look())
    assert len(set(looks)) == len(looks)
