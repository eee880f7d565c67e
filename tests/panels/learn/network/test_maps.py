"""The pictures in the nodes, against the network itself."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.arrays import Array
from xorviz.core.network import hidden, outputs
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.panels.learn.network.maps import NodeMaps
from xorviz.ui.theme.palette import DARK, diverging, level

SPOTS = [(0.05, 0.9), (0.5, 0.5), (0.97, 0.2)]
"""Positions in a picture, as shares of its side from the left and the top."""


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
@pytest.mark.parametrize("width", some([3, 64], 1))
def test_each_pixel_is_the_answer_there(activation: str, width: int) -> None:
    config = RunConfig(width=width, activation=activation, biases=True, rate=0.1)
    weights = trained(config, 300).weights
    maps = NodeMaps.of(weights, config, DARK, range(1, 3), (30, 110))
    assert list(maps.units) == [1, 2]
    assert (maps.units[1].width(), maps.output.width()) == (30, 110)
    for across, down in SPOTS:
        at, (x, y) = pixel_at(maps.output, across, down)
        answer = float(outputs(weights, activation, at)[0])
        wanted = diverging(DARK)[level(2 * answer - 1, 1)][0]
        assert is_near(QColor(maps.output.pixel(x, y)), wanted, 10)
        at, (x, y) = pixel_at(maps.units[1], across, down)
        h = hidden(weights, activation, at)[0, 1]
        if activation != "relu":  # its scale depends on the largest response
            shade = 2 * h - 1 if activation == "sigmoid" else h
            assert is_near(QColor(maps.units[1].pixel(x, y)), diverging(DARK)[level(shade, 1)][0])


def pixel_at(image: QImage, across: float, down: float) -> tuple[Array, tuple[int, int]]:
    """Return the inputs (1, 2) at the middle of a pixel, and the pixel."""
    n = image.width()
    x, y = int(across * n), int(down * n)
    at = LOW + (HIGH - LOW) * (x + 0.5) / n, HIGH - (HIGH - LOW) * (y + 0.5) / n
    return np.array([at]), (x, y)


def test_the_boundary_is_where_the_output_is_one_half() -> None:
    config = RunConfig(biases=True, rate=0.5)
    weights = trained(config, 3000).weights
    lines = NodeMaps.of(weights, config, DARK, range(3), (20, 40)).boundary
    assert len(lines) == 2
    for line in lines:
        assert outputs(weights, "sigmoid", line) == pytest.approx(0.5, abs=0.03)


def test_an_even_network_has_no_boundary() -> None:
    config = RunConfig(biases=True)
    weights = with_weights(config, fill=1.0).weights
    assert NodeMaps.of(weights, config, DARK, range(3), (20, 40)).boundary == []
