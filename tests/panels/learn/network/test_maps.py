"""The pictures in the nodes, against the network itself."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.config import ACTIVATION_NAMES, RunConfig
from xorviz.core.network import hidden, outputs
from xorviz.panels.learn.network.maps import NodeMaps
from xorviz.ui.theme.palette import DARK, diverging, level

SPOTS = [(0.05, 0.9), (0.5, 0.5), (0.97, 0.2)]
"""Positions in a picture, as shares of its side from the left and the top."""


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
@pytest.mark.parametrize("width", some([3, 64], 1))
def test_each_pixel_is_the_answer_there(activation: str, width: int) -> None:
    config = RunConfig(width=width, activation=activation, biases=True, rate=0.1)
    weights = trained(config, 300).weights
    maps = NodeMaps.of(weights, activation, DARK)
    n = maps.output.width()
    assert len(maps.units) == width
    for across, down in SPOTS:
        x, y = int(across * n), int(down * n)
        at = [LOW + (HIGH - LOW) * (x + 0.5) / n, HIGH - (HIGH - LOW) * (y + 0.5) / n]
        h = hidden(weights, activation, np.array([at]))[0]
        answer = float(outputs(weights, activation, np.array([at]))[0])
        wanted = diverging(DARK)[level(2 * answer - 1, 1)][0]
        assert is_near(QColor(maps.output.pixel(x, y)), wanted)
        if activation != "relu":  # its scale depends on the largest response
            shade = 2 * h[1] - 1 if activation == "sigmoid" else h[1]
            assert is_near(QColor(maps.units[1].pixel(x, y)), diverging(DARK)[level(shade, 1)][0])


def test_the_boundary_is_where_the_output_is_one_half() -> None:
    weights = trained(RunConfig(biases=True, rate=0.5), 3000).weights
    lines = NodeMaps.of(weights, "sigmoid", DARK).boundary
    assert len(lines) == 2
    for line in lines:
        assert outputs(weights, "sigmoid", line) == pytest.approx(0.5, abs=0.03)


def test_an_even_network_has_no_boundary() -> None:
    weights = with_weights(RunConfig(biases=True), fill=1.0).weights
    assert NodeMaps.of(weights, "sigmoid", DARK).boundary == []
