"""Data of a diagram: values of the nodes and read-outs."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.snapshots import trained, with_weights
from xorviz.core.config import ACTIVATION_NAMES, ROWS, RunConfig
from xorviz.core.network import flat, hidden, outputs
from xorviz.panels.inside.diagram.graph import HIDDEN, OUTPUT
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.panels.learn.weights.range import AUTOMATIC

CONFIG = RunConfig(width=3, rate=0.5, biases=True)


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
@pytest.mark.parametrize("biases", some([True, False], 1))
@pytest.mark.parametrize("row", some([2, 0, 1, 3], 1))
def test_nodes_have_the_values_of_the_network(activation: str, biases: bool, row: int) -> None:
    snapshot = trained(replace(CONFIG, activation=activation, biases=biases), 200)
    picture = DiagramPicture.of(snapshot, row, 5)
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
    np.testing.assert_array_equal(DiagramPicture.of(snapshot, 0, 5).weights, flat(snapshot.weights))
    assert DiagramPicture.of(snapshot, 0, 20).limit == 20
    largest = np.abs(flat(snapshot.weights)).max()
    assert 5 < largest < 10
    assert DiagramPicture.of(snapshot, 0, AUTOMATIC).limit == 10


@pytest.mark.parametrize(
    ("activation", "value", "shade"),
    some([("sigmoid", 0.5, 0), ("sigmoid", 0.982, 0.964), ("relu", 0, 0), ("tanh", 0, 0)]),
)
def test_the_middle_of_an_activation_s_range_has_the_middle_colour(
    activation: str, value: float, shade: float
) -> None:
    config = RunConfig(width=1, activation=activation)
    fill = 4.0 if value == 0.982 else 0.0  # sigmoid(4) is 0.982
    picture = DiagramPicture.of(with_weights(config, fill=fill), ROWS.index((1, 0)), 5)
    (unit,) = [node.number for node in picture.graph.nodes if node.unit == 0]
    assert picture.values[unit] == pytest.approx(value, abs=1e-3)
    assert picture.shades[unit] == pytest.approx(shade, abs=1e-3)
    assert picture.shades[:2].tolist() == [1, -1]


@pytest.mark.parametrize("row", some(range(4), 1))
def test_target_and_correctness_belong_to_the_row(row: int) -> None:
    snapshot = trained(RunConfig(targets=(1, 1, 0, 0)))
    picture = DiagramPicture.of(snapshot, row, 5)
    assert picture.target == (1, 1, 0, 0)[row]
    assert picture.is_correct == (picture.target == (snapshot.outputs[row] > 0.5))


def test_read_outs_have_six_digits() -> None:
    snapshot = trained(CONFIG, 3000)
    picture = DiagramPicture.of(snapshot, ROWS.index((0, 1)), 5)
    assert picture.readout(None) == "row 01"
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
    picture = DiagramPicture.of(with_weights(RunConfig(), fill=0.0), 0, 5)
    assert picture.readout(picture.graph.edges[0]) == "w1[x1→h1] 0.00000"
