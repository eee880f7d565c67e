"""Pixels of the network: edges, nodes, what is at work, and what is out of sight."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, near, turn_wheel
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.explanation import Explanation, Line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.learn.network.canvas import CardText, DiagramCanvas, FormulaCard
from xorviz.panels.learn.network.graph import AtWork, DiagramPicture, Edge, Node, Spot
from xorviz.panels.learn.network.layout import DiagramLayout, verdict
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SIZE = (460, 300)
CONFIG = RunConfig(width=3, biases=True, rate=0.5)


class Sheet:
    """A canvas, and what it has painted."""

    def __init__(self, snapshot: Snapshot, theme: Theme = LIGHT, row: int = 2) -> None:
        self.picture = DiagramPicture(snapshot, row, 5)
        self.canvas = DiagramCanvas()
        self.canvas.resize(*SIZE)
        self.canvas.apply_theme(theme)
        self.show_unit(None)
        self.image = self.paint()

    def show_unit(self, unit: int | None) -> None:
        self.canvas.show_picture(self.picture, unit)

    @property
    def plan(self) -> DiagramLayout:
        assert self.canvas.plan is not None
        return self.canvas.plan

    def spot(self, name: str) -> Spot:
        return next(spot for spot in self.picture.graph.spots if spot.name == name)

    def frame(self, name: str) -> QRectF:
        spot = self.spot(name)
        assert isinstance(spot, Node)
        return self.plan.places[spot].frame

    def paint(self) -> QImage:
        image = QImage(*SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor(self.canvas.theme.panel))
        without_ground = QWidget.RenderFlag.DrawChildren
        self.canvas.render(image, QPoint(), QRegion(), without_ground)
        return image


def with_strong_edge(snapshot: Snapshot, i: int, j: int, value: float) -> Snapshot:
    w1 = snapshot.weights.w1.copy()
    w1[i, j] = value
    return replace(snapshot, weights=replace(snapshot.weights, w1=w1))


@pytest.mark.parametrize(("value", "color"), [(5.0, LIGHT.plus), (-5.0, LIGHT.minus)])
def test_an_edge_has_the_colour_of_its_weight_and_lies_above_weaker_ones(
    qtbot: QtBot, value: float, color: str
) -> None:
    sheet = Sheet(with_strong_edge(with_weights(RunConfig(width=2), fill=0.5), 0, 1, value))
    path = sheet.plan.paths[sheet.picture.graph.edges[1]]
    on_the_way = [path.pointAtPercent(i / 50).toPoint() for i in range(5, 45)]
    ours = [is_near(sheet.image.pixelColor(point), color, 12) for point in on_the_way]
    assert sum(ours) > len(ours) / 3  # it is dashed where it is negative
    assert all(ours) is (value > 0)


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_the_selected_unit_has_an_accent_frame(qtbot: QtBot, theme: Theme) -> None:
    sheet = Sheet(trained(CONFIG, 2000), theme)
    frame = sheet.frame("h3")
    below = QPoint(round(frame.center().x()), round(frame.bottom()))
    assert not is_near(sheet.image.pixelColor(below), theme.accent, 40)
    sheet.show_unit(2)
    assert is_near(sheet.paint().pixelColor(below), theme.accent, 40)


def test_a_marked_node_has_a_frame_even_if_selected(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    sheet.show_unit(1)
    selected = sheet.paint()
    sheet.canvas.mark(sheet.spot("h2"))
    both = sheet.paint()
    assert both != selected
    sheet.show_unit(None)
    assert sheet.paint() != both


def test_the_layout_stays_until_size_or_network_change(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG))
    first = sheet.plan
    sheet.canvas.show_picture(DiagramPicture(trained(CONFIG, 500), 0, 10), 1)
    assert sheet.plan is first
    sheet.canvas.show_picture(DiagramPicture(trained(replace(CONFIG, width=2)), 0, 10), 1)
    assert len(sheet.plan.places) < len(first.places)


def test_the_selected_unit_s_numbers_are_on_its_edges(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    plain = sheet.paint()
    sheet.show_unit(1)
    selected = sheet.paint()
    for edge in sheet.picture.graph.edges:
        place = sheet.canvas.rect_of(edge).toAlignedRect()
        assert sheet.canvas.rect().contains(place)
        if edge.unit == 1:
            assert selected.copy(place) != plain.copy(place)


def test_the_chosen_row_is_ringed_in_each_unit(qtbot: QtBot) -> None:
    snapshot = trained(CONFIG, 2000)
    images = [Sheet(snapshot, row=row).image for row in range(4)]
    sheet = Sheet(snapshot)
    rect = sheet.plan.places[sheet.picture.graph.nodes[3]].picture
    radius = rect.width() / 13
    for row, (x1, x2) in enumerate(ROWS):
        middle = rect.topLeft() + QPointF(x1 + 0.5, 1.5 - x2) * rect.width() / 2
        at = (middle + QPointF(radius, 0)).toPoint()
        around = QRect(at - QPoint(1, 1), QSize(3, 3))
        ringed = [bool(near(image.copy(around), "#FFFFFF", 60).any()) for image in images]
        assert ringed == [other == row for other in range(4)]


def test_what_is_at_work_is_lit_and_something_runs_along_it(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    edge = next(e for e in sheet.picture.graph.edges if e.name == "w1[x1→h1]")
    accent = near(sheet.image, LIGHT.accent, 30)
    assert not accent.any()
    seen = []
    for way, pulse in ((1, 0.25), (-1, 0.25)):
        sheet.canvas.show_work(AtWork((sheet.picture.graph.nodes[3],), (edge,), way), pulse)
        image = sheet.paint()
        path = sheet.plan.paths[edge]
        runs_at = path.pointAtPercent(pulse if way > 0 else 1 - pulse).toPoint()
        assert is_near(image.pixelColor(runs_at), LIGHT.accent, 12)
        seen.append(image)
    assert seen[0] != seen[1]
    sheet.canvas.show_work(AtWork(), None)
    assert sheet.paint() == sheet.image


def test_the_wheel_scrolls_to_units_out_of_sight(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG))
    assert not turn_wheel(sheet.canvas, -1)
    sheet = Sheet(trained(RunConfig(width=64)))
    assert sheet.plan.first == 0
    assert turn_wheel(sheet.canvas, -3)
    assert sheet.plan.first == 3
    assert sheet.paint() != sheet.image
    for unit in (63, 0, 20):
        node = next(n for n in sheet.picture.graph.nodes if n.unit == unit)
        sheet.canvas.scroll_to(node)
        assert unit in sheet.plan.units


def test_lines_are_thicker_with_a_larger_stroke(qtbot: QtBot) -> None:
    snapshot = with_weights(RunConfig(width=1), fill=5.0)
    counts = []
    for stroke in (1.0, 2.0):
        sheet = Sheet(snapshot, replace(LIGHT, stroke=stroke))
        left, right = sheet.frame("h1").right() + 4, sheet.frame("o").left() - 4
        way = QRectF(left, 0, right - left, SIZE[1] - 30).toAlignedRect()
        counts.append(near(sheet.image.copy(way), LIGHT.plus, 12).sum())
    assert counts[1] == pytest.approx(2 * counts[0], rel=0.2)


def test_the_output_says_whether_it_is_correct() -> None:
    assert verdict(1, is_correct=True) == "target 1 ✓"
    assert verdict(0, is_correct=False) == "target 0 ✗"


SIZES = [(330, 150), (376, 260), (520, 520)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", some([3, 1, 8, 24], 2))
def test_a_card_is_in_sight_and_off_what_it_is_about(
    qtbot: QtBot, size: tuple[int, int], width: int
) -> None:
    snapshot = trained(RunConfig(width=width, biases=True, rate=0.5), 300)
    canvas, picture = DiagramCanvas(), DiagramPicture(snapshot, 2, 5)
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    canvas.show_picture(picture, None)
    told = Explanation(snapshot.weights, snapshot.config, 2)
    assert canvas.plan is not None
    for edge in canvas.plan.paths:
        canvas.mark(edge)
        lines = told.of_weight(edge.field, edge.index)
        canvas.show_card(CardText(f"{edge.name} = −3.528", lines, "Drag"))
        found = canvas.placed_card()
        assert found is not None
        _, place = found
        assert QRectF(canvas.rect()).contains(place)
        assert not (canvas.plan.is_cut and place.intersects(canvas.bar.geometry().toRectF()))
        points = canvas.plan.outline([edge])
        assert not any(place.contains(x, y) for x, y in points.tolist()), edge.name


def test_a_long_sum_is_shortened_and_a_short_one_is_one_row(qtbot: QtBot) -> None:
    long = " + ".join(f"h{j}·w2[h{j}→o]" for j in range(1, 65))
    card = FormulaCard(CardText("Output", [Line("z", long, long, 1.5)]), QFont(), 360)
    assert card.size.width() <= 360
    texts = "".join(run.text for row, _ in card._rows for run in row.runs)
    assert "…" in texts
    assert "64" in texts
    assert texts.endswith("1.500")
    short = FormulaCard(CardText("Output", [Line("y", "σ(z)", "σ(1.5)", 0.8176)]), QFont(), 360)
    assert len(short._rows) == 2


def test_a_card_is_spoken_as_text(qtbot: QtBot) -> None:
    snapshot = trained(RunConfig(width=2), 10)
    edge = next(
        e for e in DiagramPicture(snapshot, 2, 5).graph.spots
        if isinstance(e, Edge) and e.name == "w2[h1→o]"
    )  # fmt: skip
    told = Explanation(snapshot.weights, snapshot.config, 2)
    spoken = CardText("w2[h1→o] = 0.5", told.of_weight(edge.field, edge.index), "Drag").spoken
    assert spoken.startswith("w2[h1→o] = 0.5. ∂loss/∂w2[h1→o] = Σ[rows] δ·h1 = ")
    assert "row 01: δ·h1 = " in spoken
    assert spoken.endswith(". Drag")
