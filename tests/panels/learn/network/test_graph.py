"""The network as a graph with one edge per trainable number; values and read-outs in a row."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.arrays import Array
from xorviz.core.network import flat, hidden, initial_weights, outputs, parameter_count
from xorviz.core.runs.record import checked_intervention
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.choices import AUTOMATIC
from xorviz.panels.learn.network.graph import HIDDEN, INPUTS, OUTPUT, DiagramPicture, graph_of
from xorviz.ui.theme.palette import DARK, diverging, level

CONFIG = RunConfig(width=3, rate=0.5, biases=True)
SHAPES = [(1, False), (1, True), (3, False), (3, True), (64, False), (64, True)]


@pytest.mark.parametrize(("width", "biases"), some(SHAPES))
def test_edges_are_in_the_order_of_the_flat_weights(width: int, biases: bool) -> None:
    config = RunConfig(width=width, biases=biases)
    weights = initial_weights(config)
    edges = graph_of(width, biases).edges
    values = [float(getattr(weights, edge.field)[edge.index]) for edge in edges]
    np.testing.assert_array_equal(values, flat(weights))
    assert len(edges) == parameter_count(config)
    assert len({(edge.field, edge.index) for edge in edges}) == len(edges)
    assert len({(edge.start, edge.end) for edge in edges}) == len(edges)
    assert [edge.number for edge in edges] == list(range(len(edges)))
    for edge in edges:
        assert checked_intervention(config, 0, edge.field, 0.5, edge.index).name == edge.name


@pytest.mark.parametrize(("width", "biases"), some(SHAPES[::-1], 1))
def test_an_edge_joins_the_nodes_in_its_name(width: int, biases: bool) -> None:
    graph = graph_of(width, biases)
    for edge in graph.edges:
        start, end = edge.start, edge.end
        assert end.layer == start.layer + 1
        if edge.field in {"w1", "w2"}:
            assert edge.name == f"{edge.field}[{start.name}→{end.name}]"
        else:
            assert start.is_constant
            assert end.name == (edge.name[3:-1] if edge.field == "b1" else "o")


@pytest.mark.parametrize(("width", "biases"), some(SHAPES[::-1], 1))
def test_nodes_are_layer_by_layer_with_constants_last(width: int, biases: bool) -> None:
    graph = graph_of(width, biases)
    constant = ["1"] if biases else []
    hidden = [f"h{j + 1}" for j in range(width)]
    assert [node.name for node in graph.nodes] == ["x1", "x2", *constant, *hidden, *constant, "o"]
    assert [node.number for node in graph.nodes] == list(range(len(graph.nodes)))
    for layer in (INPUTS, HIDDEN, OUTPUT):
        places = [node.position for node in graph.nodes if node.layer == layer]
        assert places == list(range(len(places)))


def test_units_inputs_and_constants_are_marked() -> None:
    graph = graph_of(3, True)
    units = {node.name: node.unit for node in graph.nodes if node.unit is not None}
    assert units == {"h1": 0, "h2": 1, "h3": 2}
    own = [edge.name for edge in graph.edges if edge.unit == 1]
    assert own == ["w1[x1→h2]", "w1[x2→h2]", "b1[h2]", "w2[h2→o]"]
    assert [edge.name for edge in graph.edges if edge.unit is None] == ["b2"]
    graph = graph_of(2, True)
    assert [node.name for node in graph.nodes if node.is_input] == ["x1", "x2"]
    assert [node.layer for node in graph.nodes if node.is_constant] == [INPUTS, HIDDEN]


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
@pytest.mark.parametrize("biases", some([True, False], 1))
@pytest.mark.parametrize("row", some([2, 0, 1, 3], 1))
def test_nodes_have_the_values_of_the_network(activation: str, biases: bool, row: int) -> None:
    snapshot = trained(replace(CONFIG, activation=activation, biases=biases), 200)
    picture = DiagramPicture(snapshot, row, 5)
    at = {
        (node.layer, node.name): float(picture.values[node.number]) for node in picture.graph.nodes
    }
    responses = hidden(snapshot.weights, activation)[row]
    answer = outputs(snapshot.weights, activation)[row]
    assert (at[0, "x1"], at[0, "x2"]) == ROWS[row]
    assert [at[HIDDEN, f"h{j + 1}"] for j in range(3)] == pytest.approx(list(responses))
    assert at[OUTPUT, "o"] == pytest.approx(float(answer))
    constants = [value for (_, name), value in at.items() if name == "1"]
    assert constants == ([1.0, 1.0] if biases else [])


def test_weights_and_limit_are_those_of_the_snapshot() -> None:
    snapshot = trained(CONFIG, 3000)
    np.testing.assert_array_equal(DiagramPicture(snapshot, 0, 5).weights, flat(snapshot.weights))
    assert DiagramPicture(snapshot, 0, 20).limit == 20
    largest = np.abs(flat(snapshot.weights)).max()
    assert 5 < largest < 10
    assert DiagramPicture(snapshot, 0, AUTOMATIC).limit == 10


@pytest.mark.parametrize("row", some(range(4), 1))
def test_target_and_correctness_belong_to_the_row(row: int) -> None:
    snapshot = trained(RunConfig(targets=(1, 1, 0, 0)))
    picture = DiagramPicture(snapshot, row, 5)
    assert picture.target == (1, 1, 0, 0)[row]
    assert picture.is_correct == (picture.target == (snapshot.outputs[row] > 0.5))


def test_read_outs_have_six_digits() -> None:
    snapshot = trained(CONFIG, 3000)
    picture = DiagramPicture(snapshot, ROWS.index((0, 1)), 5)
    read = [picture.readout(edge) for edge in picture.graph.edges]
    for edge, text in zip(picture.graph.edges, read, strict=True):
        name, number = text.split(" ", 1)
        value = float(getattr(snapshot.weights, edge.field)[edge.index])
        assert name == edge.name
        assert float(number.replace("−", "-")) == pytest.approx(value, rel=1e-5)
    nodes = [picture.readout(node) for node in picture.graph.nodes]
    assert nodes[:3] == ["x1 0", "x2 1", "1, for the biases"]
    h2 = hidden(snapshot.weights, "sigmoid")[picture.row, 1]
    read_of = {name: float(number) for name, number in (nodes[i].split(" ") for i in (4, -1))}
    assert read_of["h2"] == pytest.approx(h2, rel=1e-5)
    assert read_of["o"] == pytest.approx(snapshot.outputs[picture.row], rel=1e-5)
    picture = DiagramPicture(with_weights(RunConfig(), fill=0.0), 0, 5)
    assert picture.readout(picture.graph.edges[0]) == "w1[x1→h1] 0.00000"


SPOTS = [(0.05, 0.9), (0.5, 0.5), (0.97, 0.2)]
"""Positions in a picture, as shares of its side from the left and the top."""


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
@pytest.mark.parametrize("width", some([3, 64], 1))
def test_each_pixel_is_the_answer_there(activation: str, width: int) -> None:
    config = RunConfig(width=width, activation=activation, biases=True, rate=0.1)
    snapshot = trained(config, 300)
    maps = DiagramPicture(snapshot, 0, 5).maps(DARK, range(1, 3), (30, 110))
    weights = snapshot.weights
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
    snapshot = trained(RunConfig(biases=True, rate=0.5), 3000)
    lines = DiagramPicture(snapshot, 0, 5).maps(DARK, range(3), (20, 40)).boundary
    assert len(lines) == 2
    for line in lines:
        assert outputs(snapshot.weights, "sigmoid", line) == pytest.approx(0.5, abs=0.03)


def test_an_even_network_has_no_boundary() -> None:
    picture = DiagramPicture(with_weights(RunConfig(biases=True), fill=1.0), 0, 5)
    assert picture.maps(DARK, range(3), (20, 40)).boundary == []
