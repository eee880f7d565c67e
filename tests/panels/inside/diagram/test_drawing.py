"""Pixels of the diagram: dashes, fills, rings and texts."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near
from tests.support.snapshots import trained, with_weights
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.diagram.drawing import Drawing, edge_label, verdict
from xorviz.panels.inside.diagram.layout import DiagramLayout, Lettering
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SIZE = (460, 300)
CONFIG = RunConfig(width=3, biases=True, rate=0.5)


class Sheet:
    """A drawing on an image."""

    def __init__(self, snapshot: Snapshot, theme: Theme = LIGHT) -> None:
        self.picture = DiagramPicture.of(snapshot, 2, 5)
        self.drawing = Drawing()
        self.drawing.recolour(theme)
        self.image = QImage(*SIZE, QImage.Format.Format_RGB32)
        metrics = QFontMetricsF(QApplication.font())
        advance = metrics.horizontalAdvance
        letters = Lettering(metrics.height(), advance("0.00"), advance("0.00"), advance("h3"), 70)
        self.layout = DiagramLayout(self.picture.graph, *SIZE, letters)

    def paint(self) -> QImage:
        self.image.fill(QColor(self.drawing.theme.panel))
        painter = QPainter(self.image)
        lines = [QLineF(*ends) for ends in self.layout.segments.tolist()]
        self.drawing.paint(painter, self.picture, self.layout, lines)
        painter.end()
        return self.image.copy()

    def along(self, name: str) -> list[QColor]:
        """Return the colours along an edge, between its nodes."""
        edge = next(edge for edge in self.picture.graph.edges if edge.name == name)
        points = [QPointF(*self.layout.along(edge, 0.3 + i / 500)).toPoint() for i in range(200)]
        return [self.image.pixelColor(point) for point in points]


def gaps(colors: list[QColor], theme: Theme = LIGHT) -> int:
    return sum(is_near(color, theme.panel, 4) for color in colors)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_only_negative_edges_have_gaps(qtbot: QtBot, theme: Theme) -> None:
    config = RunConfig(width=1)
    positive = Sheet(with_weights(config, fill=4.0), theme)
    positive.paint()
    negative = Sheet(with_weights(config, fill=-4.0), theme)
    negative.paint()
    for name in ("w1[x1→h1]", "w1[x2→h1]", "w2[h1→o]"):
        assert gaps(positive.along(name), theme) == 0
        assert 20 < gaps(negative.along(name), theme) < 120


@pytest.mark.parametrize("fill", some([0.0, 1e-12, 0.01, -0.01], 1))
def test_a_weight_near_zero_is_still_visible(qtbot: QtBot, fill: float) -> None:
    sheet = Sheet(with_weights(CONFIG, fill=fill))
    sheet.paint()
    for edge in sheet.picture.graph.edges:
        assert gaps(sheet.along(edge.name)) < 150


def test_the_strongest_edges_lie_on_top(qtbot: QtBot) -> None:
    snapshot = with_weights(RunConfig(width=2), fill=0.5)
    w1 = snapshot.weights.w1.copy()
    w1[0, 1] = 5.0
    sheet = Sheet(replace(snapshot, weights=replace(snapshot.weights, w1=w1)))
    image = sheet.paint()
    crossing = QPointF(*sheet.layout.along(sheet.picture.graph.edges[1], 0.5)).toPoint()
    assert is_near(image.pixelColor(crossing), LIGHT.plus, 12)


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_the_selected_unit_has_an_accent_ring(qtbot: QtBot, theme: Theme) -> None:
    sheet = Sheet(trained(CONFIG, 2000), theme)
    node = next(node for node in sheet.picture.graph.nodes if node.unit == 2)
    x, y = sheet.layout.centers[node.number]
    below = QPointF(x, y + sheet.layout.radii[node.number] + 3).toPoint()
    assert not is_near(sheet.paint().pixelColor(below), theme.accent, 40)
    sheet.drawing.unit = 2
    assert is_near(sheet.paint().pixelColor(below), theme.accent, 40)


def test_a_marked_node_has_a_ring_even_if_selected(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    sheet.drawing.unit = 1
    selected = sheet.paint()
    sheet.drawing.marked = next(node for node in sheet.picture.graph.nodes if node.unit == 1)
    both = sheet.paint()
    assert both != selected
    sheet.drawing.unit = None
    assert sheet.paint() != both


def test_texts_of_edges_and_output(qtbot: QtBot) -> None:
    assert [edge_label(value) for value in (4.7946, -0.5, 0.0)] == ["+4.79", "−0.50", "0.00"]
    assert verdict(1, is_correct=True) == "target 1 ✓"
    assert verdict(0, is_correct=False) == "target 0 ✗"


def test_an_edge_s_weight_is_written_in_a_box(qtbot: QtBot) -> None:
    sheet = Sheet(trained(CONFIG, 2000))
    sheet.image.fill(QColor("#123456"))
    painter = QPainter(sheet.image)
    edge = sheet.picture.graph.edges[0]
    sheet.drawing.write_at_edge(painter, edge, 1.25, QRectF(100, 100, 60, 16))
    painter.end()
    assert is_near(sheet.image.pixelColor(104, 108), LIGHT.panel)
    assert is_near(sheet.image.pixelColor(90, 108), "#123456")
    inside = [sheet.image.pixelColor(x, y) for x in range(105, 155) for y in range(103, 114)]
    assert any(is_near(color, LIGHT.text, 60) for color in inside)


@pytest.mark.thorough
@pytest.mark.parametrize("width", [3, 8, 64])
def test_every_width_can_be_painted(qtbot: QtBot, width: int) -> None:
    sheet = Sheet(trained(replace(CONFIG, width=width)))
    blank = QImage(sheet.image.size(), sheet.image.format())
    blank.fill(QColor(LIGHT.panel))
    assert sheet.paint() != blank
    sheet.drawing.unit = width - 1
    sheet.drawing.marked = sheet.picture.graph.edges[0]
    sheet.paint()
