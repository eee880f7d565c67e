"""Layout of the network: nodes in sight, inside and apart, and the spot at a point."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF

from tests.support.cases import some
from xorviz.panels.learn.network.graph import Edge, Node, Spot, graph_of
from xorviz.panels.learn.network.layout import EDGE_REACH, DiagramLayout

pytestmark = pytest.mark.usefixtures("qapp")

SIDES = [(210, 110), (330, 420), (376, 230), (420, 240), (520, 500), (900, 640)]
SIZES = [QSize(*sides) for sides in SIDES]
SHAPES = [(1, False), (3, True), (8, True), (16, True), (24, False), (64, True)]
WIDE, TALL = SIZES[3:5]


def laid_out(
    width: int, biases: bool, size: QSize = WIDE, first: int = 0, zoom: float = 1.0
) -> DiagramLayout:
    font = QFont()
    font.setPointSizeF(font.pointSizeF() * zoom)
    metrics = QFontMetricsF(font)
    return DiagramLayout(graph_of(width, biases), "0.00", size, metrics, first)


def named(layout: DiagramLayout, name: str) -> Spot:
    return next(spot for spot in layout.graph.spots if spot.name == name)


@pytest.mark.parametrize("size", some(SIZES, 3))
@pytest.mark.parametrize(("width", "biases"), some(SHAPES, 3))
@pytest.mark.parametrize("zoom", some([1.0, 2.0], 1))
def test_nodes_are_inside_apart_and_large_enough_for_their_texts(
    width: int, biases: bool, size: QSize, zoom: float
) -> None:
    layout = laid_out(width, biases, size, zoom=zoom)
    frames = {node: place.frame for node, place in layout.places.items()}
    area = QRectF(-1, -1, size.width() + 2, size.height() + 2)
    assert all(area.contains(frame) for frame in frames.values())
    assert not any(a.intersects(b) for a, b in combinations(frames.values(), 2))
    units = {node: frame for node, frame in frames.items() if node.unit is not None}
    assert [node.unit for node in units] == [*layout.units]
    least = layout.line if layout.sizes.text else 14
    assert all(frame.height() >= least for frame in units.values())
    for edge, points in zip(layout.paths, layout.points, strict=True):
        start, end = frames[edge.start], frames[edge.end]
        assert (points[0, 0], points[-1, 0]) == pytest.approx((start.right(), end.left()))
        assert start.top() <= points[0, 1] <= start.bottom()
        assert end.top() <= points[-1, 1] <= end.bottom()
        assert layout.outline([edge]).tolist() == points.tolist()
        if edge.name == "b2":
            assert not any(f.contains(*point) for f in units.values() for point in points.tolist())


def test_units_that_would_be_too_small_are_out_of_sight() -> None:
    assert not laid_out(16, biases=True, size=TALL).is_cut
    layout = laid_out(64, biases=True, first=20)
    assert layout.is_cut
    assert layout.units == range(20, 20 + layout.visible)
    assert laid_out(64, biases=True, first=90).units[-1] == 63
    assert {edge.unit for edge in layout.paths} == {*layout.units, None}, "b2 stays in sight"
    assert len(layout.outline([named(layout, "h5"), named(layout, "w2[h5→o]"), None])) == 0
    above, below = layout.beyond(-1), layout.beyond(1)
    units = [place.frame for node, place in layout.places.items() if node.unit is not None]
    assert above.bottom() <= units[0].top() + 1
    assert below.top() >= units[-1].bottom() - 1


@pytest.mark.parametrize(("width", "biases"), some(SHAPES, 3))
def test_the_nearest_edge_is_found_as_by_brute_force(width: int, biases: bool) -> None:
    layout = laid_out(width, biases)
    share = np.linspace(0, 1, 201)
    walked = {
        e: [path.pointAtPercent(s).toTuple() for s in share] for e, path in layout.paths.items()
    }
    curves, found = np.array([*walked.values()]), 0
    for x, y in np.random.default_rng(3).uniform((0, 0), SIDES[3], (300, 2)):
        spot = layout.spot_at(QPointF(x, y), None)
        away = dict(zip(walked, np.hypot(*(curves - (x, y)).T).min(axis=0), strict=True))
        if spot is None:
            assert min(away.values()) > EDGE_REACH - 0.5
        elif isinstance(spot, Edge):
            found += 1
            assert away[spot] <= min(away.values()) + 1
    assert found > 1


def test_a_node_is_found_over_its_frame_and_the_selected_unit_s_edges_come_first() -> None:
    layout = laid_out(16, biases=True, size=TALL)
    for node, place in layout.places.items():
        for point in (place.frame.center(), place.frame.topLeft(), place.frame.bottomRight()):
            assert layout.spot_at(point, None) == node
    own, other = named(layout, "w2[h9→o]"), named(layout, "w2[h10→o]")
    assert isinstance(other, Edge)
    at = layout.paths[other].pointAtPercent(0.96)
    assert layout.spot_at(at, None) == other
    assert layout.spot_at(at, 8) == own
    assert not isinstance(layout.spot_at(at, 3), Node)
