"""The network as a graph with an edge per trainable number: values and pictures, and its layout."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.network import flat, hidden, initial_weights, outputs
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.choices import AUTOMATIC
from xorviz.panels.learn.network.graph import (
    HIDDEN,
    INPUTS,
    OUTPUT,
    DiagramPicture,
    Edge,
    Node,
    Spot,
    graph_of,
)
from xorviz.panels.learn.network.layout import EDGE_REACH, DiagramLayout
from xorviz.panels.learn.weight_editor import cells
from xorviz.ui.theme.palette import DARK, diverging, level

pytestmark = pytest.mark.usefixtures("qapp")

CONFIG = RunConfig(width=3, rate=0.5, biases=True)
SHAPES = [(1, False), (3, True), (8, True), (16, False), (24, False), (64, True)]
"""Units, and whether there are biases."""


@pytest.mark.parametrize(("width", "biases"), some(SHAPES))
def test_nodes_are_layer_by_layer_and_edges_in_the_order_of_the_weights(
    width: int, biases: bool
) -> None:
    graph, weights = graph_of(width, biases), initial_weights(RunConfig(width=width, biases=biases))
    constant, units = ["1"] * biases, [f"h{j + 1}" for j in range(width)]
    names = ["x1", "x2", *constant, *units, *constant, "o"]
    assert [node.name for node in graph.nodes] == names
    for layer in (INPUTS, HIDDEN, OUTPUT):
        places = [node.position for node in graph.nodes if node.layer == layer]
        assert places == [*range(len(places))]
    laid = [(cell.name, cell.field, cell.index, cell.unit) for cell in cells(weights)]
    assert [(edge.name, edge.field, edge.index, edge.unit) for edge in graph.edges] == laid
    assert len({(edge.start, edge.end) for edge in graph.edges}) == len(graph.edges)
    for spots in (graph.nodes, graph.edges):
        assert [spot.number for spot in spots] == [*range(len(spots))]
    for edge in graph.edges:
        start, end = edge.start, edge.end
        assert end.layer == start.layer + 1
        if not start.is_constant:
            assert edge.name.endswith(f"[{start.name}→{end.name}]")
        else:
            assert edge.name in (f"b1[{end.name}]", "b2")


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES))
def test_nodes_and_edges_have_and_read_out_the_values_of_the_network(activation: str) -> None:
    for biases, row in ((True, 1), (False, 2), (True, 3)):
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


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES, 3))
def test_each_pixel_is_the_answer_there_and_the_boundary_where_it_is_one_half(
    activation: str,
) -> None:
    config = RunConfig(activation=activation, biases=True, rate=0.1)
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
    learned = trained(CONFIG, 3000)
    lines = DiagramPicture(learned, 0, 5).maps(DARK, range(3), (20, 40)).boundary
    assert len(lines) == 2
    for line in lines:
        assert outputs(learned.weights, "sigmoid", line) == pytest.approx(0.5, abs=0.03)
    even = DiagramPicture(with_weights(RunConfig(biases=True), fill=1.0), 0, 5)
    assert even.maps(DARK, range(3), (20, 40)).boundary == []
    assert DiagramPicture(learned, 0, 20).limit == 20
    assert 5 < np.abs(flat(learned.weights)).max() < 10
    assert DiagramPicture(learned, 0, AUTOMATIC).limit == 10


# Layout

SIDES = [(210, 110), (330, 420), (376, 230), (420, 240), (520, 500), (900, 640)]
SIZES = [QSize(*sides) for sides in SIDES]
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


@pytest.mark.parametrize("size", some(SIZES, 2))
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


def test_the_nearest_edge_is_found_as_by_brute_force_nodes_and_the_selected_unit_first() -> None:
    layout = laid_out(3, biases=True)
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
    layout = laid_out(16, biases=True, size=TALL)
    for node, place in layout.places.items():
        for point in (place.frame.center(), place.frame.topLeft(), place.frame.bottomRight()):
            assert layout.spot_at(point, None) == node
    own, other = named(layout, "w2[h9→o]"), named(layout, "w2[h10→o]")
    assert isinstance(other, Edge)
    at = layout.paths[other].pointAtPercent(0.96)
    assert [layout.spot_at(at, unit) for unit in (None, 8)] == [other, own]
    assert not isinstance(layout.spot_at(at, 3), Node)
