"""The network as a graph with an edge per trainable number: its layout, and as it is painted."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import contrast, is_near, near, shown, turn_wheel
from tests.support.snapshots import RECIPES, trained, with_weights
from xorviz.core import numerals
from xorviz.core.analysis.explanation import Explanation, Line
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.network import flat, hidden, initial_weights, inputs, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.learn.network.canvas import CardText, DiagramCanvas, FormulaCard
from xorviz.panels.learn.network.graph import (
    HIDDEN,
    INPUTS,
    OUTPUT,
    AtWork,
    DiagramPicture,
    Edge,
    Node,
    Spot,
    graph_of,
)
from xorviz.panels.learn.network.ink import EdgeInk
from xorviz.panels.learn.network.layout import EDGE_REACH, DiagramLayout
from xorviz.panels.learn.weight_grid import AUTOMATIC, cells
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging, level

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
        units = hidden(snapshot.weights, config)[row]
        answer = float(outputs(snapshot.weights, config)[row])
        values = [*ROWS[row], *constant, *units, *constant, answer]
        assert picture.values.tolist() == pytest.approx(values)
        assert picture.target == str(config.targets[row])
        assert picture.is_correct == (config.targets[row] == (answer > 0.5))
        np.testing.assert_array_equal(picture.weights, flat(snapshot.weights))
        for spot, value in zip(picture.graph.spots, [*values, *picture.weights], strict=True):
            texts = f"{value:.0f}", numerals.real(float(value), 6), "for the biases"
            name, _, number = picture.readout(spot).partition(" ")
            assert name.rstrip(",") == spot.name
            assert number in texts


def test_inputs_and_targets_have_the_numbers_of_the_run() -> None:
    for config in RECIPES.values():
        picture, low = DiagramPicture(trained(config, 20), 0, 5), inputs(config).min()
        assert picture.values[:2].tolist() == [1, low]
        x2 = "0" if low == 0 else "−1"
        assert picture.readout(picture.graph.nodes[1]) == f"x2 {x2}"
        assert picture.target == "1"
        assert DiagramPicture(trained(config, 20), 1, 5).target == x2


@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES, 3))
def test_each_pixel_is_the_answer_there_and_the_boundary_where_it_is_one_half(
    activation: str,
) -> None:
    config = RunConfig(activation=activation, biases=True, rate=0.1)
    weights, picture = trained(config, 300).weights, DiagramPicture(trained(config, 300), 0, 5)
    (first, _), output, _ = picture.maps(DARK, range(1, 3), (30, 110))
    for image, is_output in ((output, True), (first, False)):
        n = image.width()
        assert n == (110 if is_output else 30)
        for x, y in np.multiply([(0.05, 0.9), (0.5, 0.5), (0.97, 0.2)], n).astype(int).tolist():
            span = (HIGH - LOW) / n
            at = np.array([(LOW + span * (x + 0.5), HIGH - span * (y + 0.5))])
            h = hidden(weights, config, at)[0, 1]
            if is_output or activation == "sigmoid":
                h = 2 * float(outputs(weights, config, at)[0] if is_output else h) - 1
            if is_output or activation != "relu":  # its scale depends on the largest response
                wanted = diverging(DARK)[level(h, 1)][0]
                assert is_near(QColor(image.pixel(x, y)), wanted, 10 if is_output else 6)
    learned = trained(CONFIG, 3000)
    lines = DiagramPicture(learned, 0, 5).maps(DARK, range(3), (20, 40))[-1]
    assert len(lines) == 2
    for line in lines:
        assert outputs(learned.weights, CONFIG, line) == pytest.approx(0.5, abs=0.03)
    even = DiagramPicture(with_weights(RunConfig(biases=True), fill=1.0), 0, 5)
    assert even.maps(DARK, range(3), (20, 40))[-1] == []
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


@pytest.mark.parametrize(("size", "zoom"), some(zip(SIZES, (1.0, 2.0, 1.0) * 2, strict=True), 2))
@pytest.mark.parametrize(("width", "biases"), some(SHAPES, 3))
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
    least = layout.line if layout.sizes.text else 12
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


# Painting

LEARNED = trained(CONFIG, 2000)


class Sheet:
    """A canvas on the screen, and what it has painted."""

    def __init__(self, qtbot: QtBot, snapshot: Snapshot = LEARNED, theme: Theme = LIGHT) -> None:
        self.canvas = DiagramCanvas()
        self.canvas.apply_theme(theme)
        shown(qtbot, self.canvas, 460, 300)
        self.show(snapshot)

    def show(self, snapshot: Snapshot, row: int = 2, unit: int | None = None) -> None:
        self.picture = DiagramPicture(snapshot, row, 5)
        self.canvas.show_picture(self.picture, unit)

    def paint(self) -> QImage:
        return self.canvas.grab().toImage()

    @property
    def plan(self) -> DiagramLayout:
        assert self.canvas.plan is not None
        return self.canvas.plan

    def edge(self, name: str) -> Edge:
        return next(edge for edge in self.picture.graph.edges if edge.name == name)

    def node(self, name: str) -> Node:
        return next(node for node in self.picture.graph.nodes if node.name == name)


MOST, LEAST, ZERO = LEVELS - 1, 0, LEVELS // 2
themes = pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)


@themes
def test_width_and_colour_of_an_edge_grow_with_its_weight_and_only_negative_ones_are_dashed(
    theme: Theme,
) -> None:
    ink = EdgeInk(theme, 7, 1)
    assert is_near(ink.color(LEAST), theme.minus)
    assert is_near(ink.color(MOST), theme.plus)
    seen = []
    for is_back in (False, True):
        pens = [ink.pen(at, is_back) for at in range(LEVELS)]
        widths = [pen.widthF() for pen in pens]
        assert widths[ZERO:] == sorted(widths[ZERO:])
        assert widths[LEAST] == widths[MOST] == 7
        assert widths[ZERO] == pytest.approx(1, abs=0.1)
        assert EdgeInk(replace(theme, stroke=2), 7, 1).pen(MOST, is_back).widthF() == 2 * 7
        is_solid = [pen.style() == Qt.PenStyle.SolidLine for pen in pens]
        assert is_solid == [at > ZERO for at in range(LEVELS)]  # zero itself is dotted
        colors = [ink.color(at, is_back).name() for at in range(LEVELS)]
        seen.append(np.array([contrast(color, theme.panel) for color in colors]))
    plain, back = seen
    assert plain.min() > 1.35
    assert (back < plain).all()
    paler = EdgeInk(theme, 2, 0.5).pen(MOST).color()
    assert contrast(paler.name(), theme.panel) < plain[MOST]
    assert paler.alpha() == 255


@pytest.mark.parametrize(("value", "color"), [(5.0, LIGHT.plus), (-5.0, LIGHT.minus)])
def test_an_edge_has_the_colour_of_its_weight_and_lies_above_weaker_ones(
    qtbot: QtBot, value: float, color: str
) -> None:
    snapshot = with_weights(RunConfig(width=2), fill=0.5)
    w1 = np.array([[0.5, value], [0.5, 0.5]])
    sheet = Sheet(qtbot, replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    image, path = sheet.paint(), sheet.plan.paths[sheet.edge("w1[x1→h2]")]
    on_the_way = [path.pointAtPercent(i / 50).toPoint() for i in range(5, 45)]
    ours = [is_near(image.pixelColor(point), color, 12) for point in on_the_way]
    assert sum(ours) > len(ours) / 3  # it is dashed where it is negative
    assert all(ours) is (value > 0)


@themes
def test_a_selected_unit_is_framed_with_its_numbers_on_its_edges_and_a_marked_node_too(
    qtbot: QtBot, theme: Theme
) -> None:
    sheet = Sheet(qtbot, theme=theme)
    frame, plain = sheet.plan.places[sheet.node("h3")].frame, sheet.paint()
    below = QPoint(round(frame.center().x()), round(frame.bottom()))
    assert not is_near(plain.pixelColor(below), theme.accent, 40)
    sheet.show(LEARNED, unit=2)
    selected = sheet.paint()
    assert is_near(selected.pixelColor(below), theme.accent, 40)
    for edge in sheet.picture.graph.edges:
        place = sheet.canvas.rect_of(edge).toAlignedRect()
        assert sheet.canvas.rect().contains(place)
        assert edge.unit != 2 or selected.copy(place) != plain.copy(place)
    sheet.canvas.mark(sheet.node("h3"))
    assert sheet.paint() != selected
    sheet.show(LEARNED)
    assert is_near(sheet.paint().pixelColor(below), theme.text, 40)


def test_the_chosen_row_is_ringed_in_each_unit(qtbot: QtBot) -> None:
    sheet, images = Sheet(qtbot), []
    for row in range(4):
        sheet.show(LEARNED, row)
        images.append(sheet.paint())
    rect = sheet.plan.places[sheet.picture.graph.nodes[3]].picture
    for row, (x1, x2) in enumerate(ROWS):
        middle = rect.topLeft() + QPointF(x1 + 0.5, 1.5 - x2) * rect.width() / 2
        at = (middle + QPointF(rect.width() / 13, 0)).toPoint()
        around = QRect(at - QPoint(1, 1), QSize(3, 3))
        ringed = [bool(near(image.copy(around), "#FFFFFF", 60).any()) for image in images]
        assert ringed == [other == row for other in range(4)]


def test_what_is_at_work_is_lit_and_something_runs_along_it(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot)
    still, edge = sheet.paint(), sheet.edge("w1[x1→h1]")
    assert not near(still, LIGHT.accent, 30).any()
    for way, at in ((1, 0.25), (-1, 0.75)):
        sheet.canvas.show_work(AtWork((), (edge,), way), 0.25)
        runs_at = sheet.plan.paths[edge].pointAtPercent(at).toPoint()
        assert is_near(sheet.paint().pixelColor(runs_at), LIGHT.accent, 12)
    sheet.canvas.show_work(AtWork((sheet.node("h1"),)), None)
    assert near(sheet.paint(), LIGHT.accent, 30).any()
    sheet.canvas.show_work(AtWork(), None)
    assert sheet.paint() == still


def test_the_wheel_and_marks_scroll_to_units_out_of_sight(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot)
    first = sheet.plan
    assert not turn_wheel(sheet.canvas, -1)
    sheet.show(trained(CONFIG, 500), 0, 1)
    assert sheet.plan is first, "the layout stays"
    sheet.show(trained(RunConfig(width=64)))
    before = sheet.paint()
    assert turn_wheel(sheet.canvas, -3)
    assert sheet.plan.first == 3
    assert sheet.paint() != before
    for unit in (63, 0, 20):
        sheet.canvas.scroll_to(sheet.node(f"h{unit + 1}"))
        assert unit in sheet.plan.units
        assert sheet.plan.first == {63: 64 - sheet.plan.visible, 0: 0}.get(unit, sheet.plan.first)
    assert sheet.canvas.rect_of(sheet.edge("w2[h64→o]")).isEmpty()
    sheet.show(LEARNED)
    assert (sheet.plan.first, sheet.canvas.bar.isVisible()) == (0, False)


@pytest.mark.parametrize("size", some([QSize(330, 150), QSize(376, 260), QSize(520, 520)], 2))
def test_a_card_is_in_sight_and_off_what_it_is_about(qtbot: QtBot, size: QSize) -> None:
    for width in (3, 24):
        snapshot = trained(RunConfig(width=width, biases=True, rate=0.5), 300)
        sheet = Sheet(qtbot, snapshot)
        sheet.canvas.resize(size)
        sheet.canvas.grab()
        told = Explanation(snapshot.weights, snapshot.config, 2)
        assert sheet.canvas.placed_card() is None
        for edge in sheet.plan.paths:
            sheet.canvas.mark(edge)
            lines = told.of_weight(edge.field, edge.index)
            sheet.canvas.show_card(CardText(f"{edge.name} = −3.528", lines, "Drag"))
            _, place = sheet.canvas.placed_card() or (None, QRectF())
            assert QRectF(sheet.canvas.rect()).contains(place)
            bar = sheet.canvas.bar.geometry().toRectF()
            assert not (sheet.plan.is_cut and place.intersects(bar))
            points = sheet.plan.outline([edge]).tolist()
            assert not any(place.contains(*point) for point in points), edge.name


def written(card: FormulaCard) -> list[str]:
    """Return the rows of a card."""
    return ["".join(run.text for run in row.runs) for row, _ in card._rows]


def test_a_card_has_short_sums_in_one_row_and_long_ones_shortened_and_is_spoken() -> None:
    long = " + ".join(f"h{j}·w2[h{j}→o]" for j in range(1, 65))
    card = FormulaCard(CardText("Output", [Line("z", long, long, 1.5)]), QFont(), 360)
    assert card.size.width() <= 360
    assert all(part in written(card)[1] for part in ("…", "64"))
    assert written(card)[2].endswith("1.500")
    line = Line("z", "w1[x1→h1] · x1 + w1[x2→h1] · x2 + b1[h1]", "0.5 + 1 + 0", 1.5)
    card = FormulaCard(CardText("Hidden", [line], has_numbers=False), QFont(), 200)
    (_, (row, _)), line_height = card._rows, QFontMetricsF(QFont()).height()
    assert card.size.width() <= 200
    assert line_height * 1.5 < row.height < line_height * 3, "a sum without room is in two rows"
    card = FormulaCard(CardText("Output", [Line("y", "σ(z)", "σ(1.5)", 0.8176)]), QFont(), 360)
    assert [len(written(card)), "σ(1.5)" in written(card)[1]] == [2, True]
    lines = Explanation(LEARNED.weights, CONFIG, 2).of_weight("w2", (0, 0))
    title, *told, hint = CardText("w2[h1→o] = 0.5", lines, "Drag").spoken.split(". ")
    assert (title, hint) == ("w2[h1→o] = 0.5", "Drag")
    assert told[0].startswith("∂loss/∂w2[h1→o] = Σ[rows] δ·h1 = ")
    assert any(one.startswith("row 01: δ·h1 = ") for one in told)
