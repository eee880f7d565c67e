"""Pixels over a plot equal pyqtgraph's."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import shown
from xorviz.core.runs.trace import Trace
from xorviz.panels.curves.overlay import Scales
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text
from xorviz.ui.plot.plot import Plot


@pytest.fixture
def scales(qtbot: QtBot) -> Iterator[Scales]:
    step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
    plot = shown(qtbot, Plot(bottom=step, left=loss))
    yield Scales(plot.getPlotItem().getViewBox(), step, loss)
    plot.hide()


@pytest.mark.parametrize("is_log", some([False, True], 2))
def test_pixels_equal_pyqtgraph_s(scales: Scales, is_log: bool) -> None:
    scales.step_axis.set_log(is_log)
    scales.loss_axis.set_log(is_log)
    scales.box.setRange(xRange=(0, 3), yRange=(-2, 1), padding=0)
    trace = Trace(np.array([1, 2, 500]), np.array([0.9, 0.5, 0.01]))
    x, y = scales.line_of(trace)
    for place in range(3):
        at = QPointF(
            float(scales.step_axis.to_view(trace.steps.astype(float))[place]),
            float(scales.loss_axis.to_view(trace.losses)[place]),
        )
        pixel = scales.box.mapFromView(at)
        assert (x[place], y[place]) == pytest.approx((pixel.x(), pixel.y()), abs=1e-6)


def test_far_positions_stay_finite(scales: Scales) -> None:
    scales.box.setRange(xRange=(0, 1e-6), yRange=(0, 1e-9), padding=0)
    x, y = scales.line_of(Trace(np.array([0, 2**62]), np.array([5e-324, 1.7e308])))
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_the_look_changes_with_range_size_and_scale(scales: Scales) -> None:
    looks = [scales.look()]
    scales.box.setRange(xRange=(0, 7), padding=0)
    looks.append(scales.look())
    scales.box.setRange(yRange=(0, 7), padding=0)
    looks.append(scales.look())
    scales.loss_axis.set_log(True)
    looks.append(scales.look())
    scales.box.resize(50, 60)
    looks.append(scales.look())
    assert len(set(looks)) == len(looks)
