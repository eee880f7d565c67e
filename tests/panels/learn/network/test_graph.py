"""The network as a graph with one edge per trainable number; values and pictures in a row."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtGui import QColor

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.network import flat, hidden, initial_weights, outputs
from xorviz.core.runs.record import checked_intervention
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.choices import AUTOMATIC
from xorviz.panels.learn.network.graph import HIDDEN, INPUTS, OUTPUT, DiagramPicture, graph_of
from xorviz.ui.theme.palette import DARK, diverging, level

CONFIG = RunConfig(width=3, rate=0.5, biases=True)
SHAPES = [(1, False), (1, True), (3, False), (3, True), (64, False), (64, True)]


@pytest.mark.parametrize(("width", "biases"), some(SHAPES))
def test_nodes_are_layer_by_layer_and_edges_in_the_order_of_the_weights(
    width: int, biases: bool
) -> None:
    config, graph = RunConfig(width=width, biases=biases), graph_of(width, biases)
    constant, units = ["1"] * biases, [f"h{j + 1}" for j in range(width)]
    names = ["x1", "x2", *constant, *units, *constant, "o"]
    assert [node.name for node in graph.nodes] == names
    for layer in (INPUTS, HIDDEN, OUTPUT):
        places = [node.position for node in graph.nodes if node.layer == layer]
        assert places == [*range(len(places))]
    weights = initial_weights(config)
    values = [float(getattr(weights, edge.field)[edge.index]) for edge in graph.edges]
    np.testing.assert_array_equal(values, flat(weights))
    assert len({(edge.start, edge.end) for edge in graph.edges}) == len(graph.edges)
    for spots in (graph.nodes, graph.edges):
        assert [spot.number for spot in spots] == [*range(len(spots))]
    for edge in graph.edges:
        start, end = edge.start, edge.end
        assert end.layer == start.layer + 1
        ends = f"[{start.name}→{end.name}]" if not start.is_constant else f"[{end.name}]"
        assert edge.name == f"{edge.field}{ends}".removesuffix("2[o]") + "2" * (edge.name == "b2")
        assert checked_intervention(config, 0, edge.field, 0.5, edge.index).name == edge.name
        unit = (start if edge.field == "w2" else end).name.removeprefix("h")
        assert edge.unit == (None if edge.name == "b2" else int(unit) - 1)


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
def test_nodes_and_edges_have_and_read_out_the_values_of_the_network(activation: str) -> None:
    for biases, row in product((True, False), range(4)):
        config = replace(CONFIG, activation=activation, biases=biases, targets=(1, 1, 0, 0))
        snapshot = trained(config, 200)
        picture = DiagramPicture(snapshot, row, 5)
        constant = [1.0] * biases
        units = hidden(snapshot.weights, activation)[row]
        answer = float(outputs(snapshot.weights, activation)[row])
        values = [*ROWS[row], *constant, *units, *constant, answer]
        assert picture.values.tolist() == pytest.approx(values)
        assert picture.target == config.targets[row]
        assert picture.is_correct == (picture.target == (answer > 0.5))
        np.testing.assert_array_equal(picture.weights, flat(snapshot.weights))
        for spot, value in zip(picture.graph.spots, [*values, *picture.weights], strict=True):
            texts = f"{value:.0f}", numerals.real(float(value), 6), "for the biases"
            name, _, number = picture.readout(spot).partition(" ")
            assert name.rstrip(",") == spot.name
            assert number in texts


def test_the_strongest_weight_is_that_of_the_range_or_of_the_network() -> None:
    snapshot = trained(CONFIG, 3000)
    assert DiagramPicture(snapshot, 0, 20).limit == 20
    assert 5 < np.abs(flat(snapshot.weights)).max() < 10
    assert DiagramPicture(snapshot, 0, AUTOMATIC).limit == 10


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES, 3))
@pytest.mark.parametrize("width", some([3, 64], 1))
def test_each_pixel_is_the_answer_there(activation: str, width: int) -> None:
    config = RunConfig(width=width, activation=activation, biases=True, rate=0.1)
    weights, picture = trained(config, 300).weights, DiagramPicture(trained(config, 300), 0, 5)
    maps = picture.maps(DARK, range(1, 3), (30, 110))
    assert list(maps.units) == [1, 2]
    assert picture.maps(DARK, range(1, 3), (30, 110)) is maps
    assert picture.maps(DARK, range(1), (30, 110)) is not maps
    for image, is_output in ((maps.output, True), (maps.units[1], False)):
        n = image.width()
        assert n == (110 if is_output else 30)
        for x, y in np.multiply([(0.05, 0.9), (0.5, 0.5), (0.97, 0.2)], n).astype(int).tolist():
            span = (HIGH - LOW) / n
            at = np.array([(LOW + span * (x + 0.5), HIGH - span * (y + 0.5))])
            h = hidden(weights, activation, at)[0, 1]
            if is_output or activation == "sigmoid":
                h = 2 * float(outputs(weights, activation, at)[0] if is_output else h) - 1
            if is_output or activation != "relu":  # its scale depends on the largest response
                wanted = diverging(DARK)[level(h, 1)][0]
                assert is_near(QColor(image.pixel(x, y)), wanted, 10 if is_output else 6)


def test_the_boundary_is_where_the_output_is_one_half() -> None:
    snapshot = trained(RunConfig(biases=True, rate=0.5), 3000)
    lines = DiagramPicture(snapshot, 0, 5).maps(DARK, range(3), (20, 40)).boundary
    assert len(lines) == 2
    for line in lines:
        assert outputs(snapshot.weights, "sigmoid", line) == pytest.approx(0.5, abs=0.03)
    even = DiagramPicture(with_weights(RunConfig(biases=True), fill=1.0), 0, 5)
    assert even.maps(DARK, range(3), (20, 40)).boundary == []
