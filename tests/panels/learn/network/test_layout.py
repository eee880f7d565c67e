"""Layout of the network: nodes in sight, inside and apart, and the spot at a point."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF

from tests.support.cases import some
from xorviz.panels.learn.network.graph import Node, graph_of
from xorviz.panels.learn.network.layout import EDGE_REACH, DiagramLayout

pytestmark = pytest.mark.usefixtures("qapp")

SIZES = [QSize(210, 110), QSize(376, 230), QSize(420, 240), QSize(520, 500), QSize(900, 640)]
WIDE, TALL = SIZES[2:4]
SHAPES = [(1, False), (3, True), (8, True), (16, True), (24, False), (64, True)]


def laid_out(
    width: int, biases: bool, size: QSize = WIDE, first: int = 0, zoom: float = 1.0
) -> DiagramLayout:
    font = QFont()
    font.setPointSizeF(font.pointSizeF() * zoom)
    return DiagramLayout(graph_of(width, biases), "0.00", size, QFontMetricsF(font), first)


@pytest.mark.parametrize("size", some(SIZES, 2))
@pytest.mark.parametrize(("width", "biases"), some(SHAPES, 3))
@pytest.mark.parametrize("zoom", [1.0, pytest.param(2.0, marks=pytest.mark.thorough)])
def test_nodes_are_inside_apart_and_large_enough_for_their_texts(
    width: int, biases: bool, size: QSize, zoom: float
) -> None:
    layout = laid_out(width, biases, size, zoom=zoom)
    frames = [place.frame for place in layout.places.values()]
    area = QRectF(0, 0, size.width(), size.height()).adjusted(-1, -1, 1, 1)
    assert all(area.contains(frame) for frame in frames)
    for i, one in enumerate(frames):
        assert not any(one.intersects(other) for other in frames[:i])
    for unit in layout.units:
        node = next(node for node in layout.graph.nodes if node.unit == unit)
        assert layout.places[node].frame.height() >= (layout.line if layout.sizes.text else 14)


@pytest.mark.parametrize("size", [QSize(330, 420), *some(SIZES, 2)])
@pytest.mark.parametrize("width", [2, 4])
def test_the_edge_of_the_output_s_bias_crosses_no_unit(width: int, size: QSize) -> None:
    layout = laid_out(width, biases=True, size=size)
    (index,) = (i for i, edge in enumerate(layout.paths) if edge.name == "b2")
    units = (node for node in layout.graph.nodes if node.unit is not None)
    frames = [layout.places[unit].frame for unit in units]
    for x, y in layout.points[index]:
        assert not any(frame.contains(QPointF(x, y)) for frame in frames)


@pytest.mark.parametrize(
    ("width", "size", "has_texts"),
    [(4, SIZES[0], False), (8, QSize(300, 200), False), (4, SIZES[1], True), (8, WIDE, True)],
)
def test_in_a_small_panel_all_of_a_few_units_are_pictures_alone(
    width: int, size: QSize, has_texts: bool
) -> None:
    layout = laid_out(width, biases=True, size=size)
    assert not layout.is_cut
    assert bool(layout.sizes.text) is has_texts


def test_units_that_would_be_too_small_are_out_of_sight() -> None:
    assert not laid_out(8, biases=True).is_cut
    assert not laid_out(16, biases=True, size=TALL).is_cut
    layout = laid_out(64, biases=True, first=20)
    assert layout.is_cut
    assert layout.units == range(20, 20 + layout.visible)
    assert laid_out(64, biases=True, first=90).units[-1] == 63
    shown = {edge.unit for edge in layout.paths}
    assert shown == {*layout.units, None}  # the output's bias stays in sight
    hidden = next(edge for edge in layout.graph.edges if edge.unit == 5)
    assert hidden not in layout.paths


@pytest.mark.parametrize(("width", "biases"), some(SHAPES, 3))
def test_each_edge_leads_from_its_node_to_its_node(width: int, biases: bool) -> None:
    layout = laid_out(width, biases)
    for (edge, path), points in zip(layout.paths.items(), layout.points, strict=True):
        start, end = layout.places[edge.start].frame, layout.places[edge.end].frame
        assert points[0, 0] == pytest.approx(start.right())
        assert start.top() <= points[0, 1] <= start.bottom()
        assert points[-1, 0] == pytest.approx(end.left())
        assert end.top() <= points[-1, 1] <= end.bottom()
        assert path.pointAtPercent(1).toTuple() == pytest.approx(points[-1])


@pytest.mark.parametrize(("width", "biases"), some(SHAPES, 3))
def test_the_nearest_edge_is_found_as_by_brute_force(width: int, biases: bool) -> None:
    layout = laid_out(width, biases)
    walked = {
        edge: np.array([path.pointAtPercent(i / 400).toTuple() for i in range(401)])
        for edge, path in layout.paths.items()
    }
    edges_found = 0
    for x, y in np.random.default_rng(3).uniform((0, 0), (420, 240), (300, 2)):
        found = layout.spot_at(QPointF(x, y), None)
        distances = {e: np.hypot(*(points - (x, y)).T).min() for e, points in walked.items()}
        if found is None:
            assert min(distances.values()) > EDGE_REACH - 0.5
        elif not isinstance(found, Node):
            edges_found += 1
            assert distances[found] <= min(distances.values()) + 0.5
    assert edges_found > 1


def test_the_selected_unit_s_edges_take_precedence() -> None:
    layout = laid_out(16, biases=True, size=TALL)
    own, other = (
        next(edge for edge in layout.paths if edge.name == name)
        for name in ("w2[h9→o]", "w2[h10→o]")
    )
    at = layout.paths[other].pointAtPercent(0.96)
    assert layout.spot_at(at, None) == other
    assert layout.spot_at(at, 8) == own


def test_a_node_is_found_over_its_whole_frame() -> None:
    layout = laid_out(3, biases=True)
    for node in layout.graph.nodes:
        frame = layout.places[node].frame
        for point in (frame.center(), frame.topLeft(), frame.bottomRight()):
            assert layout.spot_at(point, None) == node
