"""Layout of the diagram: nodes inside and apart, and the node or edge at a point."""

from math import hypot

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetrics

from tests.support.cases import some
from xorviz.panels.learn.network.graph import HIDDEN, Node, graph_of
from xorviz.panels.learn.network.layout import EDGE_REACH, DiagramLayout, Names

pytestmark = pytest.mark.usefixtures("qapp")

SIZES = [(214, 108), (380, 250), (880, 640)]
ONE_OF_SIZES = [SIZES[0], *(pytest.param(size, marks=pytest.mark.thorough) for size in SIZES[1:])]
SHAPES = [(1, False), (3, False), (3, True), (16, True), (64, False), (64, True)]


def laid_out(width: int, biases: bool, size: tuple[int, int] = (380, 250)) -> DiagramLayout:
    return DiagramLayout(graph_of(width, biases), "0.00", *size, QFontMetrics(QFont()))


@pytest.mark.parametrize("size", ONE_OF_SIZES)
@pytest.mark.parametrize(("width", "biases"), some(SHAPES))
def test_all_nodes_are_inside_and_apart(width: int, biases: bool, size: tuple[int, int]) -> None:
    layout = laid_out(width, biases, size)
    low, high = (layout.centers + sign * layout.radii[:, np.newaxis] for sign in (-1, 1))
    assert low.min() >= 0
    assert high[:, 0].max() <= size[0]
    assert high[:, 1].max() <= size[1]
    for i, one in enumerate(layout.centers):
        for j, other in enumerate(layout.centers[:i]):
            assert hypot(*(one - other)) > layout.radii[i] + layout.radii[j]


@pytest.mark.parametrize("size", ONE_OF_SIZES)
@pytest.mark.parametrize(("width", "biases"), some(SHAPES[::-1], 1))
def test_names_above_nodes_do_not_overlap(width: int, biases: bool, size: tuple[int, int]) -> None:
    layout = laid_out(width, biases, size)
    line = QFontMetrics(QFont()).height()
    named = [n for n in layout.graph.nodes if layout.names[n.layer] is Names.ABOVE]
    for node in named:
        top = layout.centers[node.number, 1] - layout.radii[node.number] - line
        assert top >= 0
        above = [n for n in named if (n.layer, n.position) == (node.layer, node.position - 1)]
        for other in above:
            assert top >= layout.centers[other.number, 1] + layout.radii[other.number]


@pytest.mark.parametrize(
    ("width", "names"),
    some([(4, Names.ABOVE), (1, Names.ABOVE), (8, Names.INSIDE), (16, Names.NOWHERE)]),
)
def test_small_nodes_omit_values_then_names(width: int, names: Names) -> None:
    layout = laid_out(width, biases=False)
    assert layout.names[HIDDEN] is names
    unit = next(node for node in layout.graph.nodes if node.unit == 0)
    assert layout.fits_value(unit) is (names is Names.ABOVE)


def test_names_of_inputs_move_beside_in_a_low_diagram() -> None:
    layout = laid_out(3, True, SIZES[0])
    first = layout.graph.nodes[0]
    assert layout.names[first.layer] is Names.BESIDE
    assert layout.centers[0, 0] - layout.radii[0] >= QFontMetrics(QFont()).horizontalAdvance("x1")


def test_edges_join_the_centres_of_nodes() -> None:
    layout = laid_out(3, biases=True)
    for edge, line in zip(layout.graph.edges, layout.lines, strict=True):
        np.testing.assert_allclose(line.p1().toTuple(), layout.centers[edge.start.number])
        np.testing.assert_allclose(line.p2().toTuple(), layout.centers[edge.end.number])


@pytest.mark.parametrize("size", ONE_OF_SIZES)
@pytest.mark.parametrize(("width", "biases"), some(SHAPES[::-1], 1))
def test_the_centre_of_a_node_is_that_node(width: int, biases: bool, size: tuple[int, int]) -> None:
    layout = laid_out(width, biases, size)
    for node in layout.graph.nodes:
        x, y = layout.centers[node.number]
        assert layout.spot_at(x, y, None) == node


@pytest.mark.parametrize(("width", "biases"), some(SHAPES[1:], 1))
def test_the_nearest_edge_is_found_as_by_brute_force(width: int, biases: bool) -> None:
    layout = laid_out(width, biases)
    shares = np.linspace(0, 1, 2001)[:, np.newaxis]
    random = np.random.default_rng(3)
    edges_found = 0
    for x, y in random.uniform((0, 0), (380, 250), (60, 2)):
        found = layout.spot_at(x, y, None)
        if isinstance(found, Node):
            continue
        ends = [np.array((line.p1().toTuple(), line.p2().toTuple())) for line in layout.lines]
        walked = np.array(
            [np.hypot(*(start + shares * (end - start) - (x, y)).T).min() for start, end in ends]
        )
        if found is None:
            assert walked.min() > EDGE_REACH - 0.1
        else:
            edges_found += 1
            assert walked[found.number] <= walked.min() + 0.1
    assert edges_found > 3


def test_the_selected_unit_s_edges_take_precedence() -> None:
    layout = laid_out(64, biases=False)
    own = next(edge for edge in layout.graph.edges if edge.name == "w1[x2→h20]")
    x, y = layout.lines[own.number].pointAt(0.4).toTuple()
    assert layout.spot_at(x, y + 2, 19) == own
    assert layout.spot_at(x, y + 2, None) != own
    far = layout.lines[60].pointAt(0.6).toTuple()
    assert layout.spot_at(*far, 19) != own
