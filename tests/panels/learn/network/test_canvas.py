"""The network as it is painted: edges, nodes, what is at work, out of sight, and the card."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, near, shown, turn_wheel
from tests.support.snapshots import trained, with_weights
from xorviz.core.analysis.explanation import Explanation, Line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.learn.network.canvas import CardText, DiagramCanvas, FormulaCard
from xorviz.panels.learn.network.graph import AtWork, DiagramPicture, Edge, Node
from xorviz.panels.learn.network.ink import EdgeInk, Emphasis
from xorviz.panels.learn.network.layout import DiagramLayout
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, contrast

CONFIG = RunConfig(width=3, biases=True, rate=0.5)
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
    seen = {}
    for emphasis in Emphasis:
        pens = [ink.pen(at, emphasis) for at in range(LEVELS)]
        widths = [pen.widthF() for pen in pens]
        assert widths[ZERO:] == sorted(widths[ZERO:])
        assert widths[LEAST] == widths[MOST] == 7 + emphasis.value[2]
        assert widths[ZERO] == pytest.approx(1 + emphasis.value[2], abs=0.1)
        thick = EdgeInk(replace(theme, stroke=2), 7, 1).pen(MOST, emphasis)
        assert thick.widthF() == 2 * 7 + emphasis.value[2]
        is_solid = [pen.style() == Qt.PenStyle.SolidLine for pen in pens]
        assert is_solid == [at > ZERO for at in range(LEVELS)]  # zero itself is dotted
        colors = [ink.color(at, emphasis).name() for at in range(LEVELS)]
        seen[emphasis] = np.array([contrast(color, theme.panel) for color in colors])
    assert min(seen[Emphasis.PLAIN].min(), seen[Emphasis.FRONT].min()) > 1.35
    for at in (LEAST, ZERO - 40, ZERO + 40, MOST):
        assert seen[Emphasis.BACK][at] < seen[Emphasis.PLAIN][at] <= seen[Emphasis.FRONT][at]
    paler = EdgeInk(theme, 2, 0.5).pen(MOST, Emphasis.PLAIN).color()
    assert contrast(paler.name(), theme.panel) < seen[Emphasis.PLAIN][MOST]
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


@pytest.mark.usefixtures("qapp")
def test_a_card_has_short_sums_in_one_row_and_long_ones_shortened_and_is_spoken() -> None:
    long = " + ".join(f"h{j}·w2[h{j}→o]" for j in range(1, 65))
    card = FormulaCard(CardText("Output", [Line("z", long, long, 1.5)]), QFont(), 360)
    assert card.size.width() <= 360
    assert all(part in written(card)[1] for part in ("…", "64"))
    assert written(card)[2].endswith("1.500")
    card = FormulaCard(CardText("Output", [Line("y", "σ(z)", "σ(1.5)", 0.8176)]), QFont(), 360)
    assert [len(written(card)), "σ(1.5)" in written(card)[1]] == [2, True]
    lines = Explanation(LEARNED.weights, CONFIG, 2).of_weight("w2", (0, 0))
    title, *told, hint = CardText("w2[h1→o] = 0.5", lines, "Drag").spoken.split(". ")
    assert (title, hint) == ("w2[h1→o] = 0.5", "Drag")
    assert told[0].startswith("∂loss/∂w2[h1→o] = Σ[rows] δ·h1 = ")
    assert any(one.startswith("row 01: δ·h1 = ") for one in told)
