"""The network as a graph with one edge per trainable number."""

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.config import RunConfig
from xorviz.core.network import flat, initial_weights, parameter_count
from xorviz.core.runs.record import checked_intervention
from xorviz.panels.inside.diagram.graph import HIDDEN, INPUTS, OUTPUT, Graph, Spot, graph_of

SHAPES = [(1, False), (1, True), (3, False), (3, True), (64, False), (64, True)]


def named(graph: Graph, name: str) -> Spot:
    return next(spot for spot in graph.spots if spot.name == name)


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
        start, end = graph.nodes[edge.start], graph.nodes[edge.end]
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


def test_a_graph_contains_only_its_own_nodes_and_edges() -> None:
    small, large, biased = graph_of(2, False), graph_of(3, False), graph_of(3, True)
    assert all(large.has(spot) for spot in large.spots)
    assert not small.has(large.nodes[-1])
    assert not small.has(large.edges[-1])
    assert not large.has(biased.edges[-1])
    assert not biased.has(named(large, "h2"))
    assert biased.has(named(large, "x1"))
